// Raising the handling of a record (docs/LEDGER.md section 3): it is restated in the higher part, and withdrawn below.
#include <algorithm>

#include "base/text.h"
#include "ledger/records/checks.h"
#include "ledger/records/person_keys.h"
#include "ledger/records/personal.h"
#include "ledger/records/raising.h"
#include "ledger/records/seen.h"
#include "ledger/records/world.h"
#include "ledger/records/writer.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

constexpr std::string_view kPrefix = "raise:";

// What is handled as its type says, for everybody, or is made by the program alone.
std::optional<Error> not_of_this_type(const RecordView& view, catalog::Handling to) {
  if (is_by_program_only(*view.type)) return by_program_only(*view.type);
  if (is_common(*view.type, static_cast<journal::HandlingLevel>(to)) &&
      view.base_part().key.audience.kind != journal::Audience::Kind::kAuthority)
    return std::nullopt;
  return Error(ErrorCode::kInvalid, NC_MSG("Everybody's rights follow from records of this type: none is handled above its type"))
      .at("handling")
      .then(NC_MSG("Put what fewer people may know into a record of another type"));
}

std::optional<Error> out_of_place(const RecordView& view, catalog::Handling to, const Transition& what) {
  if (auto wrong = not_of_this_type(view, to)) return wrong;
  if (trim(what.reason).empty()) return Error(ErrorCode::kInvalid, NC_MSG("Say why")).at("reason");
  for (const auto& part : view.parts)  // what lies above is not touched, and may not be his to see
    for (const auto& head : part.heads)
      if (part.key.handling <= static_cast<journal::HandlingLevel>(to) && !what.seen.empty() &&
          std::find(what.seen.begin(), what.seen.end(), head) == what.seen.end())
        return Error(ErrorCode::kConflict, NC_MSG("The record changed while you looked at it"))
            .then(NC_MSG("Look at the preview again, then raise it"));
  if (static_cast<journal::HandlingLevel>(to) > view.base_part().key.handling) return std::nullopt;
  return Error(ErrorCode::kConflict, NC_MSG("The record is handled so already, or higher"))
      .at("handling")
      .then(NC_MSG("Choose a higher handling"));
}

// Whoever raises it must be able to know it there. The decision about the record as it stands, which says in whose place he acts.
Result<access::Decision> may_raise(const access::Subject& who, const RecordView& view, const journal::PartKey& to, const World& world) {
  auto object = object_of(view, view.base_part(), *world.tree);
  auto from = access::decide(who, access::Action::kRaiseHandling, object, *world.tree, *world.catalog);
  if (!from.allow) return fail(from.may_know ? from.reason : not_found());
  object.handling = static_cast<catalog::Handling>(to.handling);
  const auto there = access::decide(who, access::Action::kRaiseHandling, object, *world.tree, *world.catalog);
  if (there.allow) return from;
  return fail(there.may_know ? there.reason
                             : Error(ErrorCode::kDenied, NC_MSG("You may not raise a record above what you may read yourself"))
                                   .at("handling")
                                   .then(NC_MSG("Hand this to somebody with that clearance")));
}

// What is restated: the heads of the parts up to there, but for what only says that it was withdrawn.
std::vector<EntryHash> bases_up_to(const journal::PartKey& to, const RecordView& view, const std::vector<journal::Stored>& entries) {
  std::vector<EntryHash> out;
  for (const auto& part : view.parts)
    for (const auto& head : part.heads)
      if (part.key.audience == to.audience && part.key.handling <= to.handling && !is_withdrawal(head, entries)) out.push_back(head);
  return out;
}

bool is_withdrawn_from(const std::vector<journal::Stored>& entries, const journal::PartKey& part) {
  return std::any_of(entries.begin(), entries.end(), [&](const journal::Stored& stored) {
    return is_moving(stored) && stored.entry.body.act == journal::acts::kPartClosed && stored.entry.header.stream.part == part;
  });
}

// The values that are shown, with `turn` 0; with a higher one what else stands in conflicts.
journal::Body values_of(const journal::PartState& part, std::size_t turn) {
  journal::Body out;
  for (const auto& [field, reg] : part.registers)
    if (turn < reg.live.size() && (reg.in_conflict() || !reg.shown.is_null())) out.set.emplace(field, reg.live[turn].value);
  if (turn > 0) return out;
  for (const auto& [field, elements] : part.sets)
    if (!elements.empty()) out.add.emplace(field, JsonArray(elements.begin(), elements.end()));
  return out;
}

void join(journal::Body& to, journal::Body&& part) {
  for (auto& [field, value] : part.set) to.set.insert_or_assign(field, std::move(value));
  for (auto& [field, elements] : part.add) to.add.insert_or_assign(field, std::move(elements));
}

}  // namespace

std::string raise_to(catalog::Handling to) { return std::string(kPrefix) + std::string(catalog::handling_name(to)); }

std::optional<catalog::Handling> raised_by(std::string_view act) {
  return act.starts_with(kPrefix) ? catalog::handling_from_name(act.substr(kPrefix.size())) : std::nullopt;
}

WriteResult raise(Ledger& ledger, const access::Subject& who, const Raise& what) {
  return ledger.transition(who, {what.id, raise_to(what.to), what.reason, nullptr, std::nullopt, what.seen});
}

std::vector<catalog::Handling> raisable_to(const RecordView& view, const access::Subject& who, const World& world) {
  std::vector<catalog::Handling> out;
  if (view.type == nullptr || withdrawn(view)) return out;
  for (const auto to : {catalog::Handling::kInternal, catalog::Handling::kRestricted}) {
    const auto part = part_raised_to(view, to);
    if (part.handling > view.base_part().key.handling && !not_of_this_type(view, to) && may_raise(who, view, part, world))
      out.push_back(to);
  }
  return out;
}

journal::PartKey part_raised_to(const RecordView& view, catalog::Handling to) {
  return {static_cast<journal::HandlingLevel>(to), view.base_part().key.audience};
}

std::vector<journal::PartKey> parts_left(const RecordView& view, catalog::Handling to) {
  std::vector<journal::PartKey> out;
  for (const auto& part : view.parts)
    if (!part.closed && part.key < part_raised_to(view, to)) out.push_back(part.key);
  return out;
}

std::vector<PersonId> losing_sight(const RecordView& view, catalog::Handling to, const access::Subject& asking, const World& world) {
  std::vector<PersonId> out;
  const auto below = object_of(view, view.base_part(), *world.tree);
  auto above = below;
  above.handling = to;
  for (const auto& [login, account] : world.accounts) {
    auto subject = account;
    subject.today = asking.today;
    const auto knows = [&](const access::Object& object) {
      return access::decide(subject, access::Action::kKnow, object, *world.tree, *world.catalog).allow;
    };
    if (knows(below) && !knows(above)) out.push_back(subject.person);
  }
  return out;
}

// Where the key was destroyed the text opens nowhere any more, and stays as it is.
Status Writer::seal_again(const RecordView& view, const journal::PartKey& from, const journal::PartKey& to, JsonObject& values) {
  if (!has_personal(*view.type)) return {};
  NC_ASSIGN(const bool erased, person_keys_->is_erased(view.id));
  if (erased) return {};
  for (const auto& field : view.type->fields) {
    const auto held = values.find(field.id);
    if (field.kind != catalog::FieldKind::kPersonal || held == values.end() || held->second.is_null()) continue;
    NC_ASSIGN(const auto text, person_keys_->open_value(personal_place(view.id, from, field.id), held->second));
    if (!text)
      return fail(Error(ErrorCode::kDenied, NC_MSG("The key of these personal data is not on this node"))
                      .at(field.id)
                      .then(NC_MSG("Raise it where the key is, or restore the backup of the keys")));
    NC_ASSIGN(held->second, person_keys_->seal_value(view.id, personal_place(view.id, to, field.id), *text));
  }
  return {};
}

Result<Writer::Restated> Writer::restated(const Loaded& loaded, const journal::PartKey& to) {
  NC_ASSIGN(const auto state, journal_.state_of(db_, loaded.entries, rank_by(*loaded.view.type)));
  std::vector<const std::pair<const journal::PartKey, journal::PartState>*> below;
  std::size_t turns = std::max<std::size_t>(1, state.live_states.size());
  for (const auto& item : state.parts) {
    if (item.second.closed || !(item.first < to)) continue;
    below.push_back(&item);
    for (const auto& [field, reg] : item.second.registers) turns = std::max(turns, reg.live.size());
  }
  Restated out;
  for (std::size_t turn = 0; turn < turns; ++turn) {
    journal::Body body;
    body.act = std::string(journal::acts::kRaise);
    if (!state.live_states.empty()) body.state = state.live_states[std::min(turn, state.live_states.size() - 1)];
    for (const auto* part : below) {
      auto values = values_of(part->second, turn);
      NC_TRY(seal_again(loaded.view, part->first, to, values.set));
      join(body, std::move(values));
    }
    out.acts.push_back(std::move(body));
  }
  for (const auto* part : below)
    for (const auto& hash : part->second.proposals)
      for (const auto& stored : loaded.entries) {
        if (stored.entry.hash != hash) continue;
        journal::Body waiting;
        waiting.set = stored.entry.body.set;
        waiting.add = stored.entry.body.add;
        waiting.remove = stored.entry.body.remove;
        NC_TRY(seal_again(loaded.view, part->first, to, waiting.set));
        out.waiting.push_back(std::move(waiting));
      }
  return out;
}

WriteResult Writer::raise(const access::Subject& who, const Transition& what, catalog::Handling handling) {
  NC_WRITE_ASSIGN(auto loaded, load(what.id));
  if (!loaded || !loaded->view.type) return refuse(not_found());
  const auto view = loaded->view;
  const auto& type = *view.type;
  const auto to = part_raised_to(view, handling);
  const auto held = check_holding(to);  // may make the World anew
  NC_WRITE_ASSIGN(const auto* world_now, world(who));
  NC_WRITE_TRY(not_withdrawn(view, who, *world_now));
  NC_WRITE_ASSIGN(const auto decision, may_raise(who, view, to, *world_now));
  if (auto wrong = out_of_place(view, handling, what)) return refuse(std::move(*wrong));
  if (!held) return refuse(held.error());

  NC_WRITE_ASSIGN(auto restating, restated(*loaded, to));
  const auto add = [&](journal::Form form, const std::vector<EntryHash>& base, journal::Body body) -> Result<EntryHash> {
    NC_TRY(take_files(who, to, body, &view));
    say_author(body, who, decision);
    body.confirmed[std::string(notes::kReason)] = what.reason;
    NC_ASSIGN(auto stored, append({view.id, type.id, type.version, to, lane_of(type, to), form, base, std::move(body)}));
    loaded->entries.push_back(std::move(stored));
    return loaded->entries.back().entry.hash;
  };
  const auto seen = bases_up_to(to, view, loaded->entries);
  std::vector<EntryHash> raises;
  for (auto& body : restating.acts) {
    NC_WRITE_ASSIGN(const auto hash, add(journal::Form::kAct, seen, std::move(body)));
    raises.push_back(hash);
  }
  for (auto& body : restating.waiting) NC_WRITE_TRY(add(journal::Form::kSet, raises, std::move(body)));
  // Below nothing is said but this: no reason, no number of values, nothing that points upward.
  for (const auto& part : view.parts) {
    const auto& key = part.key;
    if (key.audience != to.audience || key.handling >= to.handling || is_withdrawn_from(loaded->entries, key)) continue;
    journal::Draft draft{view.id, type.id, type.version, key, lane_of(type, key), journal::Form::kAct, part.heads, {}};
    say_author(draft.body, who, decision);
    draft.body.act = std::string(journal::acts::kPartClosed);
    NC_WRITE_ASSIGN(auto stored, append(std::move(draft)));
    loaded->entries.push_back(std::move(stored));
  }
  NC_WRITE_TRY(project(what.id, loaded->entries));
  return Written{what.id, true, {}, false, access::audited::kRaise};
}

}  // namespace nc::records
