#include "ledger/records/duplicates.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "ledger/records/tables.h"

namespace nc::records {
namespace {

constexpr std::size_t kPageFirst = 20, kPageMax = 200, kLookedAtMax = 5'000, kCandidatesMax = 10;
constexpr std::int32_t kDaysBeside = 1;

std::set<RecordId> refs_in(const RecordView& record, std::string_view slot) {
  std::set<RecordId> out;
  const auto& value = record.slot(slot);
  if (value.is_array())
    for (const auto& element : value.as_array())
      if (const auto id = RecordId::from_hex(element.text("ref"))) out.insert(*id);
  return out;
}

// Forces of the other side by chain; a unit without one stands for itself.
std::set<std::string> chains_of(const RecordView& record, const orgtree::OrgTree& tree) {
  std::set<std::string> out;
  for (const auto& id : refs_in(record, "counterpart")) {
    const auto* unit = tree.find(id);
    out.insert(unit && !unit->chain.empty() ? unit->chain : id.hex());
  }
  return out;
}

// Whoever is of one of these forces.
std::set<UnitId> units_of(const std::set<std::string>& chains, const orgtree::OrgTree& tree) {
  std::set<UnitId> out;
  for (const auto& unit : tree.with_void_units())
    if (chains.contains(unit.chain.empty() ? unit.id.hex() : unit.chain)) out.insert(unit.id);
  for (const auto& chain : chains)  // a unit that this node does not know
    if (const auto id = UnitId::from_hex(chain)) out.insert(*id);
  return out;
}

// Where it was, as words that can be compared: every marker, and the place.
std::set<std::string> whereabouts(const RecordView& record) {
  std::set<std::string> out;
  for (const auto& field : record.type->fields)
    if (field.kind == catalog::FieldKind::kMarker && record.values[field.id].is_string())
      out.insert("#" + record.values[field.id].as_string());
  if (const auto place = fold(record.slot("place").text("text")); !place.empty()) out.insert(place);
  return out;
}

template <typename T>
bool meet(const std::set<T>& a, const std::set<T>& b) {
  return std::any_of(a.begin(), a.end(), [&](const T& one) { return b.contains(one); });
}

// What decides whether two records are likely to be of one event.
struct Traits {
  Traits(const catalog::Type& type, const Json& values, const orgtree::OrgTree& tree) {
    RecordView record;
    record.type = &type;
    record.values = values;
    if (const auto range = days_of(record)) days = {range->first, range->last};
    chains = chains_of(record, tree);
    where = whereabouts(record);
    linked = refs_in(record, "same_event");
  }
  [[nodiscard]] bool decides() const {
    const bool imprecise = days && days->second - days->first > 31;
    return days && !imprecise && !chains.empty() && !where.empty();
  }
  [[nodiscard]] bool same_event_as(const Traits& other) const {
    return days == other.days && chains == other.chains && where == other.where;
  }

  std::optional<std::pair<std::int32_t, std::int32_t>> days;
  std::set<std::string> chains, where;
  std::set<RecordId> linked;
};

}  // namespace

Result<std::vector<RecordView>> newly_likely_duplicates(const Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                        const Json& before, const Json& after, const RecordId& self) {
  const auto world = ledger.world();
  if (Traits(type, before, *world->tree).same_event_as(Traits(type, after, *world->tree))) return std::vector<RecordView>();
  NC_ASSIGN(const auto asked, likely_duplicates(ledger, who, type, before, self));
  NC_ASSIGN(auto now, likely_duplicates(ledger, who, type, after, self));
  std::erase_if(now, [&](const RecordView& one) { return std::ranges::find(asked, one.id, &RecordView::id) != asked.end(); });
  return now;
}

Result<std::vector<RecordView>> likely_duplicates(const Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                  const Json& values, const RecordId& self) {
  std::vector<RecordView> out;
  const auto world = ledger.world();
  const Traits mine(type, values, *world->tree);
  if (!type.slot("same_event") || !mine.decides()) return out;
  ListQuery query;
  query.types = {type.id};
  query.from = mine.days->first - kDaysBeside;
  query.until = mine.days->second + kDaysBeside;
  query.counterpart = units_of(mine.chains, *world->tree);
  query.limit = kPageFirst;
  query.count_max = 0;
  // Page after page: on a busy day of a whole force the one that matters lies behind hundreds of others.
  for (std::size_t looked_at = 0; looked_at < kLookedAtMax && out.size() < kCandidatesMax;) {
    NC_ASSIGN(const auto page, ledger.list(who, query));
    for (const auto& other : page.items) {
      if (out.size() == kCandidatesMax) break;
      if (!other.type || other.id == self || mine.linked.contains(other.id) || refs_in(other, "same_event").contains(self)) continue;
      if (meet(mine.chains, chains_of(other, *world->tree)) && meet(mine.where, whereabouts(other))) out.push_back(other);
    }
    looked_at += page.items.size();
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
    query.limit = std::min(2 * query.limit, kPageMax);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return out;
}

catalog::Finding duplicate_question(const catalog::Type& type, std::size_t candidates) {
  catalog::Finding out;
  out.question = true;
  out.rule = kLikelyDuplicate;
  if (const auto* field = type.slot("same_event")) out.fields = {field->id};
  out.error = Error(ErrorCode::kInvalid, NC_MSG("There are records of what may be the same event: {1}"), {std::to_string(candidates)})
                  .then(NC_MSG("Link them, or say why it is another event"));
  return out;
}

}  // namespace nc::records
