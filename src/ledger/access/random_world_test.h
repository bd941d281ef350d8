// For tests: worlds made at random: a tree with both lines, dates, reorganisations and lineage; roles; accounts
// with grants by unit, line and chain, and with what others handed them; objects of any audience.
#pragma once

#include <algorithm>
#include <map>

#include "base/rng.h"
#include "ledger/access/delegation.h"
#include "ledger/access/test_world.h"

namespace nc::access::test {

using orgtree::Line;

inline constexpr std::uint8_t kUnits = 12;
inline constexpr Action kReading[] = {Action::kKnow, Action::kRead, Action::kCount, Action::kExport};
inline const std::vector<std::string> kGroups{"alpha", "beta", "gamma"};
inline const std::vector<std::string> kChains{"KH-police", "LA-army"};
inline const std::vector<std::string> kCapabilities{"read", "count", "count_sensitive", "export", "amend", "administer"};

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : rng_(seed) {
    make_tree();
    std::vector<test::RoleText> roles;
    for (int i = 0; i < 6; ++i) roles.push_back({"role" + std::to_string(i), some(kCapabilities, i < 2 ? 9 : 5), some(kGroups, 4)});
    catalog = test::make_catalog(roles);
  }

  Subject subject() {
    Subject out;
    out.person = id(200);
    out.today = today;
    out.live = rng_.below(10) != 0;
    out.console = rng_.below(20) == 0;
    out.clearance = static_cast<Handling>(rng_.below(3));
    out.strength = static_cast<Strength>(rng_.below(4));
    add_grants(out);
    return out;
  }
  // The same with what three others, absent or not, handed him.
  Subject deputy() {
    auto out = subject();
    std::map<PersonId, Subject> others;
    std::vector<Delegation> delegations;
    for (std::uint8_t no = 201; no < 204; ++no) {
      auto other = subject();
      other.console = false;
      other.person = id(no);
      for (const auto& own : other.grants) {
        auto lent = own;
        if (rng_.below(3) == 0) lent.unit = unit();
        if (rng_.below(4) == 0) lent.chain = kChains[rng_.below(kChains.size())];
        lent.from = today - static_cast<std::int32_t>(rng_.below(3));
        lent.until = today + static_cast<std::int32_t>(rng_.below(3));
        if (rng_.below(2) == 0) delegations.push_back({id(100), other.person, out.person, lent});
      }
      others.emplace(other.person, std::move(other));
    }
    const auto account_of = [&](const PersonId& person) { return &others.at(person); };
    for (auto& grant : delegated_grants(out, delegations, account_of, *tree, *catalog)) out.grants.push_back(std::move(grant));
    return out;
  }

  ReadScope::InternedAudience audience(std::int64_t number) {
    ReadScope::InternedAudience out{number, rng_.below(6) == 0, {}, some(kChains, 3)};
    for (std::uint64_t i = out.for_all ? 0 : 1 + rng_.below(2); i > 0; --i) out.owners.push_back(unit());
    return out;
  }

  Object object(const ReadScope::InternedAudience& audience) {
    Object out;
    out.group = kGroups[rng_.below(kGroups.size())];
    out.sensitive = out.group == "beta";
    out.handling = static_cast<Handling>(rng_.below(3));
    out.for_all = audience.for_all;
    out.owners = audience.owners;
    out.chains = audience.chains;
    return out;
  }

  UnitId unit() { return id(static_cast<std::uint8_t>(1 + rng_.below(kUnits))); }

  static constexpr std::int32_t today = 50;
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::shared_ptr<const catalog::Catalog> catalog;

 private:
  void add_grants(Subject& out) {
    for (std::uint64_t i = rng_.below(4); i > 0; --i) {
      Grant grant{"role" + std::to_string(rng_.below(7)), {}, static_cast<Line>(rng_.below(2)), "", day(), day()};
      if (rng_.below(5) != 0) grant.unit = unit();
      if (rng_.below(4) == 0) grant.chain = kChains[rng_.below(kChains.size())];
      out.grants.push_back(std::move(grant));
    }
  }
  std::optional<std::int32_t> day() {
    if (rng_.below(3) != 0) return std::nullopt;
    return static_cast<std::int32_t>(rng_.below(100));
  }
  // Each with a chance of `tenths`.
  std::vector<std::string> some(const std::vector<std::string>& all, std::uint64_t tenths) {
    std::vector<std::string> out;
    for (const auto& one : all)
      if (rng_.below(10) < tenths) out.push_back(one);
    return out;
  }
  void make_tree() {
    std::vector<orgtree::Unit> units;
    std::vector<orgtree::Link> links;
    std::vector<orgtree::Lineage> lineage;
    for (std::uint8_t no = 1; no <= kUnits; ++no) {
      orgtree::Unit one;
      one.id = id(no);
      one.code = "u" + std::to_string(no);
      one.from = day();
      one.until = day();
      if (no > 9) one.chain = kChains[no % kChains.size()];  // counterparts
      units.push_back(std::move(one));
      if (no > 1) links.push_back({id(no), id(static_cast<std::uint8_t>(1 + rng_.below(no - 1U))), Line::kCommand, day(), day(), {}});
      if (rng_.below(3) == 0) links.push_back({id(no), unit(), Line::kGuidance, day(), day(), {}});
    }
    for (std::uint64_t i = rng_.below(6); i > 0; --i)
      lineage.push_back({unit(), unit(), day(), static_cast<orgtree::Change>(rng_.below(4)), rng_.below(2) == 0});
    tree = orgtree::OrgTree::build(std::move(units), std::move(links), std::move(lineage));
  }

  SeededRng rng_;
};

}  // namespace nc::access::test
