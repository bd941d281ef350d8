#include "ledger/journal/home.h"

#include <map>
#include <set>
#include <tuple>

#include "ledger/journal/bound_id.h"

namespace nc::journal {
namespace {

bool is_act(const Entry& entry, std::string_view name) { return entry.header.form == Form::kAct && entry.body.act == name; }

// Does the entry found the record in its audience? Of an id that names a node its header tells, also when
// the body is gone; entries of the authority have others in their base.
bool founds(const Entry& entry, bool bound) {
  if (!bound) return is_act(entry, acts::kCreate);
  const auto& header = entry.header;
  return header.form == Form::kAct && (header.base.empty() || header.stream.lane == Lane::kAuthority) &&
         is_bound_to(header.record, header.stream.node);
}

// What is known of one audience of the record.
struct Claim {
  std::set<PartKey> parts, closed;
  const Entry* creation = nullptr;  // of least hash
  const Entry* least = nullptr;
};

// The least is the home. The authority goes first, because what it may hold is bounded by content; a home
// that moved away has closed all its parts; the creation decides else.
auto order_of(const Audience& audience, const Claim& claim) {
  return std::tuple(audience.kind != Audience::Kind::kAuthority, claim.parts == claim.closed, claim.creation == nullptr,
                    audience.kind != Audience::Kind::kAll, *claim.parts.begin());
}

}  // namespace

std::optional<Home> home_of(std::span<const Entry* const> entries) {
  if (entries.empty()) return std::nullopt;
  const bool bound = is_bound(entries.front()->header.record);
  std::map<Audience, Claim> claims;
  for (const auto* entry : entries) {
    const auto& part = entry->header.stream.part;
    auto& claim = claims[part.audience];
    claim.parts.insert(part);
    if (is_act(*entry, acts::kPartClosed)) claim.closed.insert(part);
    const auto take = [&](const Entry*& place) {
      if (place == nullptr || entry->hash < place->hash) place = entry;
    };
    take(claim.least);
    if (founds(*entry, bound)) take(claim.creation);
  }
  const std::pair<const Audience, Claim>* home = nullptr;
  for (const auto& claim : claims) {
    const bool may_be = !bound || claim.second.creation != nullptr;
    if (may_be && (home == nullptr || order_of(claim.first, claim.second) < order_of(home->first, home->second))) home = &claim;
  }
  if (home == nullptr) return std::nullopt;
  const auto* said_by = home->second.creation != nullptr ? home->second.creation : home->second.least;
  return Home{home->first, said_by->header.type};
}

}  // namespace nc::journal
