#include "ledger/access/grants.h"

#include <algorithm>

#include "base/civil.h"

namespace nc::access {
namespace {

bool has(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

bool holds(const catalog::Role& role, std::string_view capability) {
  if (!has(role.capabilities, capability)) return false;
  // He who runs the node reads no record by that role, even if a catalogue file says otherwise.
  return capability == capabilities::kAdminister || capability == capabilities::kGrant ||
         !has(role.capabilities, capabilities::kAdminister);
}

bool valid_on(const Grant& grant, std::int32_t day) { return grant.from.value_or(kDayMin) <= day && day <= grant.until.value_or(kDayMax); }

const catalog::Role* role_holding(const Subject& subject, const Grant& grant, std::string_view capability,
                                  const catalog::Catalog& catalog) {
  if (!valid_on(grant, subject.today)) return nullptr;
  if (grant.for_person && capability == capabilities::kGrant) return nullptr;  // what is lent gives nobody rights
  const auto* role = catalog.role(grant.role);
  return role != nullptr && holds(*role, capability) ? role : nullptr;
}

bool covers_group(const catalog::Role& role, const std::string& group) { return role.groups.empty() || has(role.groups, group); }

std::set<UnitId> units_reached(const UnitId& unit, orgtree::Line line, std::int32_t day, const orgtree::OrgTree& tree) {
  const auto now = tree.renamed_as_of(unit, day);
  return tree.as_of(now, day) == now ? tree.scope_as_of(now, line, day) : tree.predecessors(now);
}

bool reaches_unit(const UnitId& unit, const UnitId& owner, orgtree::Line line, std::int32_t day, const orgtree::OrgTree& tree) {
  const auto now = tree.renamed_as_of(unit, day);
  return tree.as_of(now, day) == now ? tree.counts_under(owner, now, line, day) : tree.predecessors(now).contains(owner);
}

bool reaches(const Grant& grant, const Object& object, std::int32_t day, const orgtree::OrgTree& tree) {
  if (!grant.unit && grant.chain.empty()) return false;
  if (!grant.chain.empty() && !has(object.chains, grant.chain)) return false;
  return !grant.unit || std::any_of(object.owners.begin(), object.owners.end(),
                                    [&](const UnitId& owner) { return reaches_unit(*grant.unit, owner, grant.line, day, tree); });
}

bool scope_within(const Grant& wanted, const Grant& own, std::int32_t day, const orgtree::OrgTree& tree) {
  if (!own.chain.empty() && wanted.chain != own.chain) return false;
  if (!own.unit) return !own.chain.empty() || (!wanted.unit && wanted.chain.empty());
  return wanted.unit && wanted.line == own.line && reaches_unit(*own.unit, *wanted.unit, own.line, day, tree);
}

bool may_grant_over(const Subject& subject, const UnitId& unit, const orgtree::OrgTree& tree, const catalog::Catalog& catalog) {
  if (!subject.live || tree.find(unit) == nullptr) return false;
  return std::any_of(subject.grants.begin(), subject.grants.end(), [&](const Grant& own) {
    return own.unit && role_holding(subject, own, capabilities::kGrant, catalog) != nullptr &&
           reaches_unit(*own.unit, unit, own.line, subject.today, tree);
  });
}

}  // namespace nc::access
