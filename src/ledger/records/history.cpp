// The history of a record: who, when, what changed, sealed and signed.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "foundation/store/transaction.h"
#include "ledger/journal/proof.h"
#include "ledger/records/checks.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/raising.h"
#include "ledger/records/seen.h"

namespace nc::records {
namespace {

using journal::Stored;

bool is_authority(const Stored& stored) { return stored.entry.header.stream.part.audience.kind == journal::Audience::Kind::kAuthority; }

std::vector<EntryHash> heads_of_chain(const std::vector<journal::Entry>& chain) {
  return chain.empty() ? std::vector<EntryHash>() : std::vector<EntryHash>{chain.back().hash};
}

// Entries that came before `entry` in its author's sight. Authority entries name heads of other records,
// so there the order of arrival stands in, as if each had seen the one before it.
std::vector<journal::Entry> before(const std::vector<Stored>& entries, const Stored& entry) {
  std::vector<journal::Entry> out;
  if (is_authority(entry)) {
    for (const auto& other : entries) {
      if (other.arrival >= entry.arrival) continue;
      auto copy = other.entry;
      copy.header.base = heads_of_chain(out);
      out.push_back(std::move(copy));
    }
    return out;
  }
  std::unordered_map<EntryHash, const Stored*> by_hash;
  for (const auto& other : entries) by_hash.emplace(other.entry.hash, &other);
  std::set<EntryHash> seen;
  std::vector<EntryHash> open = entry.entry.header.base;
  while (!open.empty()) {
    const auto hash = open.back();
    open.pop_back();
    const auto it = by_hash.find(hash);
    if (it == by_hash.end() || !seen.insert(hash).second) continue;
    out.push_back(it->second->entry);
    for (const auto& base : it->second->entry.header.base) open.push_back(base);
  }
  // Bases lie in one part. What founded the record in another was there before, and without it nothing is a record.
  for (const auto& other : entries)
    if (other.entry.body.act == journal::acts::kCreate && other.entry.header.stream.part != entry.entry.header.stream.part &&
        !seen.contains(other.entry.hash))
      out.push_back(other.entry);
  return out;
}

Json values_at(const std::vector<journal::Entry>& entries, const journal::RankOf& rank_of) {
  if (entries.empty()) return Json(JsonObject{});
  auto values = journal::merge_record(entries, rank_of).values();
  return values.is_null() ? Json(JsonObject{}) : values;
}

std::vector<std::string> changed_fields(const journal::Body& body) {
  std::set<std::string> fields;
  for (const auto& [field, value] : body.set) fields.insert(field);
  for (const auto& [field, value] : body.add) fields.insert(field);
  for (const auto& [field, value] : body.remove) fields.insert(field);
  return {fields.begin(), fields.end()};
}

// An instant is a claim (ledger rules, section 3): it is shown, and said to be doubtful where it cannot be true.
bool clock_is_doubtful(const std::vector<Stored>& entries, const Stored& stored) {
  constexpr std::int64_t kSlackMs = 10 * 60'000;  // clocks of two machines
  const auto& header = stored.entry.header;
  if (header.wall_ms > stored.received_ms + kSlackMs) return true;
  return std::ranges::any_of(entries, [&](const Stored& earlier) {
    return earlier.entry.header.wall_ms > header.wall_ms + kSlackMs &&
           std::ranges::find(header.base, earlier.entry.hash) != header.base.end();
  });
}

HistoryItem item_of(const std::vector<Stored>& entries, const Stored& stored, const std::map<std::string, std::int64_t>& sealed,
                    const journal::RankOf& rank_of) {
  const auto& header = stored.entry.header;
  const auto& body = stored.entry.body;
  HistoryItem item;
  item.hash = stored.entry.hash;
  item.wall_ms = header.wall_ms;
  item.received_ms = stored.received_ms;
  item.clock_doubtful = clock_is_doubtful(entries, stored);
  item.author = body.author;
  item.part = header.stream.part;
  item.act = body.act;
  item.state = body.state;
  item.fields = changed_fields(body);
  item.confirmed = body.confirmed;
  const auto taken = [&](std::string_view name) {
    const auto node = item.confirmed.extract(std::string(name));
    return node.empty() ? std::string() : node.mapped();
  };
  item.reason = taken(notes::kReason);
  item.acting_for = PersonId::from_hex(taken(notes::kActingFor));
  item.alone = !taken(notes::kAlone).empty();
  taken(notes::kDelegation);
  item.imported = body.origin.has_value();
  item.signed_by_person = body.signature.has_value();
  item.purged = stored.purged;
  item.stream = header.stream.text();
  item.seq = header.seq;
  const auto it = sealed.find(item.stream);
  item.sealed = it != sealed.end() && header.seq <= it->second;
  auto past = before(entries, stored);
  const Json old_values = values_at(past, rank_of);
  auto whole = stored.entry;
  if (is_authority(stored)) whole.header.base = heads_of_chain(past);
  past.push_back(std::move(whole));
  const Json new_values = values_at(past, rank_of);
  item.before = Json(JsonObject{});
  item.after = Json(JsonObject{});
  if (is_moving(stored)) std::erase_if(item.fields, [&](const auto& field) { return old_values[field] == new_values[field]; });
  for (const auto& field : item.fields) {
    if (old_values.has(field)) item.before.set(field, old_values[field]);
    if (new_values.has(field)) item.after.set(field, new_values[field]);
  }
  return item;
}

// Of what was withdrawn: neither values nor words.
void keep_who_and_when(HistoryItem& item) {
  item.fields.clear();
  item.before = item.after = Json(JsonObject{});
  item.confirmed.clear();
  item.reason.clear();
}

}  // namespace

Result<std::vector<HistoryItem>> Ledger::history(const access::Subject& who, const RecordId& id) const {
  const auto now = world();
  NC_ASSIGN(const auto view, read(who, id));
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(const auto all, impl_->journal.entries_of(*db, id));
  std::vector<Stored> visible;
  std::set<std::string> streams;  // those of this record: a node that many write to holds thousands
  for (const auto& stored : all) {
    const auto& part = stored.entry.header.stream.part;
    const bool may = std::any_of(view.parts.begin(), view.parts.end(), [&](const auto& kept) { return kept.key == part; });
    if (!may) continue;
    streams.insert(stored.entry.header.stream.text());
    visible.push_back(stored);
  }
  NC_ASSIGN(const auto sealed, journal::sealed_up_to(*db, streams));
  const auto rank_of = view.type ? rank_by(*view.type) : journal::RankOf([](std::string_view) { return 0; });
  std::vector<HistoryItem> out;
  for (const auto& stored : visible) {
    out.push_back(item_of(visible, stored, sealed, rank_of));
    if (withdrawn(view)) keep_who_and_when(out.back());
  }
  return out;
}

}  // namespace nc::records
