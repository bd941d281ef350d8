#include "ledger/records/seen.h"

#include <algorithm>
#include <unordered_map>

#include "ledger/records/live_states.h"

namespace nc::records {
namespace {

bool contains(const JsonArray& list, const Json& element) { return std::find(list.begin(), list.end(), element) != list.end(); }

JsonArray list_of(const Json& value) { return value.is_array() ? value.as_array() : JsonArray{}; }

// Absent, null and the empty list are the same to a person.
bool same(const Json& a, const Json& b) {
  const auto empty = [](const Json& value) { return value.is_null() || (value.is_array() && value.as_array().empty()); };
  if (empty(a) || empty(b)) return empty(a) && empty(b);
  return a == b;
}

// Of a field: the order of a set's elements says nothing.
bool same_field(bool is_set, const Json& a, const Json& b) {
  if (!is_set) return same(a, b);
  const auto difference = set_difference_of(a, b);
  return difference.add.empty() && difference.remove.empty();
}

}  // namespace

std::map<journal::PartKey, std::vector<EntryHash>> heads_of(const RecordView& view) {
  std::map<journal::PartKey, std::vector<EntryHash>> heads;
  for (const auto& part : view.parts) heads[part.key] = part.heads;
  return heads;
}

bool is_moving(const journal::Stored& stored) {
  const auto& act = stored.entry.body.act;
  return stored.entry.header.form == journal::Form::kAct && (act == journal::acts::kRaise || act == journal::acts::kPartClosed);
}

bool is_withdrawal(const EntryHash& hash, const std::vector<journal::Stored>& entries) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const auto& stored) { return stored.entry.hash == hash; });
  return at != entries.end() && is_moving(*at) && at->entry.body.act == journal::acts::kPartClosed;
}

std::vector<EntryHash> bases_in(const journal::PartKey& part, const RecordView& view, const std::vector<journal::Stored>& entries,
                                const std::map<journal::PartKey, std::vector<EntryHash>>& heads) {
  std::set<EntryHash> out;
  const bool base = !view.parts.empty() && part == view.base_part().key;
  for (const auto& [key, list] : heads) {
    if (key == part) out.insert(list.begin(), list.end());
    else if (base && key < part)
      for (const auto& hash : list)
        if (!is_withdrawal(hash, entries)) out.insert(hash);
  }
  return {out.begin(), out.end()};
}

Result<Seen> seen_state(const std::vector<journal::Stored>& entries, const RecordView& view, const std::vector<EntryHash>& heads,
                        const journal::RankOf& rank_of) {
  auto current = heads_of(view);
  std::set<EntryHash> wanted(heads.begin(), heads.end()), now;
  for (const auto& [key, list] : current) now.insert(list.begin(), list.end());
  const bool authority = view.base_part().key.audience.kind == journal::Audience::Kind::kAuthority;
  if (heads.empty() || wanted == now || authority) return Seen{view.values, std::move(current)};

  std::unordered_map<EntryHash, const journal::Stored*> by_hash;
  for (const auto& stored : entries) by_hash.emplace(stored.entry.hash, &stored);
  std::vector<EntryHash> open(heads.begin(), heads.end());
  std::set<EntryHash> closure;
  Seen seen;
  for (const auto& hash : heads) {
    const auto it = by_hash.find(hash);
    if (it == by_hash.end())
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The change was made from a state of the record that this node does not know"))
                      .then(NC_MSG("Open the record anew")));
    seen.heads[it->second->entry.header.stream.part].push_back(hash);
  }
  while (!open.empty()) {
    const auto hash = open.back();
    open.pop_back();
    const auto it = by_hash.find(hash);
    if (it == by_hash.end() || !closure.insert(hash).second) continue;
    for (const auto& base : it->second->entry.header.base) open.push_back(base);
  }
  std::vector<journal::Entry> subset;
  for (const auto& stored : entries)
    if (closure.contains(stored.entry.hash)) subset.push_back(stored.entry);
  seen.values = journal::merge_record(subset, rank_of).values();
  if (seen.values.is_null()) seen.values = Json(JsonObject{});
  for (auto& [key, list] : current)
    if (!seen.heads.contains(key)) seen.heads[key] = list;
  for (auto& [key, list] : seen.heads) std::sort(list.begin(), list.end());
  return seen;
}

bool same_values(const catalog::Type& type, const Json& a, const Json& b) {
  return std::all_of(type.fields.begin(), type.fields.end(),
                     [&](const auto& field) { return same_field(field.is_set(), a[field.id], b[field.id]); });
}

Json values_at_creation(const std::vector<journal::Stored>& entries, const journal::RankOf& rank_of) {
  std::set<journal::PartKey> parts;
  std::vector<journal::Entry> first;  // of each part: creation writes one entry into each
  for (const auto& stored : entries) {
    if (is_moving(stored) || !parts.insert(stored.entry.header.stream.part).second) continue;
    first.push_back(stored.entry);
    first.back().header.base.clear();  // in the authority: of other records, without which nothing would be said here
  }
  auto values = journal::merge_record(first, rank_of).values();
  return values.is_null() ? Json(JsonObject{}) : values;
}

AmendPlan plan_amend(const RecordView& view, const Seen& seen, const Amend& what) {
  AmendPlan plan;
  std::set<std::string> in_conflict;
  for (const auto& part : view.parts) in_conflict.insert(part.conflicts.begin(), part.conflicts.end());
  for (const auto& [field, value] : what.values.as_object()) {
    const bool resolves = what.resolve.contains(field) && in_conflict.contains(field);
    if (resolves) {
      plan.resolves = true;
      plan.wanted.set(field, value);
      continue;
    }
    const auto* definition = view.type->field(field);
    const bool set_field = definition && definition->is_set();       // elements join, nobody's is lost
    if (same_field(set_field, value, seen.values[field])) continue;  // he left it as it was
    const bool moved = !same_field(set_field, view.values[field], seen.values[field]);
    if (moved && same_field(set_field, value, view.values[field])) continue;  // somebody else already did the same
    if ((moved && !set_field) || in_conflict.contains(field)) plan.clashes.push_back(field);
    else plan.wanted.set(field, value);
  }
  return plan;
}

std::vector<PersonId> persons_of(const journal::Stored& stored) {
  const auto& body = stored.entry.body;
  std::vector<PersonId> out{body.author};
  const auto note = body.confirmed.find(std::string(notes::kActingFor));
  const auto absent = note == body.confirmed.end() ? std::nullopt : PersonId::from_hex(note->second);
  if (absent) out.push_back(*absent);
  return out;
}

std::optional<Alone> alone_of(const catalog::Type* type, const std::vector<journal::Stored>& entries, const journal::RecordState& state) {
  if (type == nullptr || !state.bound) return std::nullopt;
  const auto in_force = [&](const journal::Stored& stored) {
    return std::find(state.bindings.begin(), state.bindings.end(), stored.entry.hash) != state.bindings.end();
  };
  const journal::Stored* taken = nullptr;
  for (const auto& stored : entries)
    if (in_force(stored) && stored.entry.body.confirmed.contains(std::string(notes::kAlone)) &&
        (taken == nullptr || std::pair(stored.depth, stored.entry.hash) > std::pair(taken->depth, taken->entry.hash)))
      taken = &stored;
  if (taken == nullptr) return std::nullopt;
  const auto* step = type->transition(taken->entry.body.act);
  constexpr std::int64_t kHourMs = 3'600'000;
  Alone out{taken->entry.body.act, taken->entry.body.author, taken->entry.header.wall_ms, 0, std::nullopt};
  out.due_ms = out.at_ms + (step != nullptr ? step->alone_hours : 0) * kHourMs;
  for (const auto& stored : entries) {
    const auto* confirming = type->transition(stored.entry.body.act);
    if (confirming != nullptr && confirming->confirms == out.act && stored.depth > taken->depth && in_force(stored))
      out.confirmed_by = stored.entry.body.author;
  }
  return out;
}

std::vector<PersonId> entered_by(const std::vector<journal::Stored>& entries, const std::string& state) {
  const auto last = std::find_if(entries.rbegin(), entries.rend(), [&](const auto& stored) {
    // Who keeps one of two states has not taken the step into it.
    return stored.entry.header.form == journal::Form::kAct && stored.entry.body.state == state && stored.entry.body.act != kKeepState &&
           !is_moving(stored);
  });
  if (last == entries.rend()) return {};
  return persons_of(*last);
}

std::vector<PersonId> authors_of(const std::vector<journal::Stored>& entries) {
  std::vector<PersonId> out;
  for (const auto& stored : entries)
    if (stored.entry.body.has_values() && !is_moving(stored))
      for (const auto& person : persons_of(stored)) out.push_back(person);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool wrote_one_alone(const std::vector<journal::Stored>& entries, const std::set<std::string>& fields, const PersonId& person) {
  // Of `person`, or of somebody who stood in for him.
  const auto rank_nothing = [](std::string_view) { return 0; };
  std::vector<journal::Entry> all;
  std::unordered_map<EntryHash, std::vector<PersonId>> authors;
  for (const auto& stored : entries) {
    all.push_back(stored.entry);
    // Who restated it has written none of the values.
    authors.emplace(stored.entry.hash, is_moving(stored) ? std::vector<PersonId>() : persons_of(stored));
  }
  const auto state = journal::merge_record(all, rank_nothing);
  for (const auto& [key, part] : state.parts)
    for (const auto& field : fields) {
      const auto reg = part.registers.find(field);
      if (reg == part.registers.end() || !reg->second.in_conflict()) continue;
      for (const auto& live : reg->second.live)
        if (std::all_of(live.setters.begin(), live.setters.end(), [&](const auto& setter) {
              const auto& persons = authors[setter];
              return std::find(persons.begin(), persons.end(), person) != persons.end();
            }))
          return true;
    }
  return false;
}

std::set<std::string> fields_imported_before(const std::vector<journal::Stored>& entries) {
  std::set<std::string> out;
  for (const auto& stored : entries) {
    if (!stored.entry.body.origin) continue;
    for (const auto& [field, value] : stored.entry.body.set) out.insert(field);
    for (const auto& [field, value] : stored.entry.body.add) out.insert(field);
  }
  return out;
}

SetDifference set_difference_of(const Json& before, const Json& wanted) {
  SetDifference out;
  const auto old_list = list_of(before), new_list = list_of(wanted);
  for (const auto& element : new_list)
    if (!contains(old_list, element) && !contains(out.add, element)) out.add.push_back(element);
  for (const auto& element : old_list)
    if (!contains(new_list, element)) out.remove.push_back(element);
  return out;
}

}  // namespace nc::records
