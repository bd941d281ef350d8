#include "ledger/journal/home.h"

#include <map>
#include <set>
#include <tuple>

#include "ledger/journal/bound_id.h"

namespace nc::journal {
namespace {

// Does the entry begin its part? Its header tells, also when the body is gone; entries of the authority have others
// in their base.
bool begins(const Entry& entry) { return entry.header.base.empty() || entry.header.stream.lane == Lane::kAuthority; }

// Does it found the record in its audience? An id that names a node needs no word of the body for it.
bool founds(const Entry& entry, bool bound) {
  const auto& header = entry.header;
  if (header.form != Form::kAct || !begins(entry)) return false;
  return bound ? is_bound_to(header.record, header.stream.node) : entry.body.act == acts::kCreate;
}

// What is known of one audience of the record.
struct Claim {
  std::set<PartKey> parts, closed;
  const Entry* creation = nullptr;  // that founds it, of least hash
  const Entry* begun = nullptr;     // of those that begin a part, of least hash
};

// The least is the home. Of an id that names nobody only who holds the whole tree begins parts (admission), so that
// nobody else can choose. The authority goes first, because what it may hold is bounded by content; a home that
// moved away has closed all its parts; the creation decides else.
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
    if (entry->header.form == Form::kAct && entry->body.act == acts::kPartClosed) claim.closed.insert(part);
    const auto take = [&](const Entry*& place) {
      if (place == nullptr || entry->hash < place->hash) place = entry;
    };
    if (begins(*entry)) take(claim.begun);
    if (founds(*entry, bound)) take(claim.creation);
  }
  const std::pair<const Audience, Claim>* home = nullptr;
  for (const auto& claim : claims) {
    const bool may_be = (bound ? claim.second.creation : claim.second.begun) != nullptr;
    if (may_be && (home == nullptr || order_of(claim.first, claim.second) < order_of(home->first, home->second))) home = &claim;
  }
  if (home == nullptr) return std::nullopt;
  const auto* said_by = home->second.creation != nullptr ? home->second.creation : home->second.begun;
  return Home{home->first, said_by->header.type};
}

}  // namespace nc::journal
