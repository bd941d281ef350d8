#include "ledger/records/writer.h"

#include "ledger/journal/passing_on.h"
#include "ledger/records/personal.h"
#include "ledger/records/project.h"
#include "ledger/records/structure.h"
#include "ledger/records/world.h"

namespace nc::records {
// Decisions are made in the tree as it is now. The console's do not depend on the tree, so that an import
// of a thousand units does not build it a thousand times; the commit does (before_commit).
Result<const World*> Writer::world(const access::Subject& who) {
  if (world_stale_ && !who.console) {
    NC_ASSIGN(world_, build_world(db_, world_->catalog));
    world_stale_ = false;
  }
  return world_.get();
}

Result<std::optional<Writer::Loaded>> Writer::load(const RecordId& id) {
  NC_ASSIGN(auto view, load_record(db_, *world_->catalog, id));
  if (!view) return std::optional<Loaded>();
  NC_ASSIGN(auto entries, journal_.entries_of(db_, id));
  return std::optional(Loaded{std::move(*view), std::move(entries)});
}

Status Writer::check_holding(const journal::PartKey& part) {
  const auto handling = static_cast<catalog::Handling>(part.handling);
  if (world_stale_ && handling == catalog::Handling::kRestricted) {  // a waiver of the same group counts
    NC_ASSIGN(world_, build_world(db_, world_->catalog));
    world_stale_ = false;
  }
  return may_hold(*world_, holding_, handling);
}

Result<Json> Writer::sealed(const catalog::Type& type, const RecordId& id, const journal::PartKey& base, const Json& typed,
                            const Json& before) const {
  if (!has_personal(type)) return typed;
  return seal_personal(*person_keys_, type, id, base, typed, before);
}

Result<Json> Writer::opened(const RecordView& view, const Json& values) const {
  if (!has_personal(*view.type)) return values;
  return open_personal(*person_keys_, *view.type, view.id, view.base_part().key, values);
}

Result<journal::Stored> Writer::append(journal::Draft draft) {
  const auto part = draft.part;
  auto stored = journal_.append(db_, std::move(draft));
  if (stored) return stored;
  NC_ASSIGN(const bool may, journal_.may_write(db_, part));
  if (may || part.audience.units.empty()) return fail(std::move(stored).error());
  NC_ASSIGN(const bool certified, journal::is_certified(db_, journal_.self().node, journal_.self().incarnation));
  if (!certified) return fail(journal::not_certified());
  const auto* unit = world_->tree->find(part.audience.units.front());
  return fail(Error(ErrorCode::kDenied, NC_MSG("This node may not write for the unit “{1}”"),
                    {unit ? unit->name : part.audience.units.front().hex()})
                  .then(NC_MSG("It writes for its own unit and the units below it: have the record made there, or higher up")));
}

Result<journal::Audience> Writer::audience_within_reach(journal::PartKey part) const {
  if (!node_unit_ || part.audience.units.empty()) return part.audience;
  NC_ASSIGN(const bool may, journal_.may_write(db_, part));
  return may ? part.audience : journal::Audience::own(*node_unit_);
}

Status Writer::check_tree(const catalog::Type& type) {
  return type.feeds == "org-change" ? check_no_new_circle(db_, *world_->catalog, *world_->tree) : Status();
}

Status Writer::derive_waiting() { return waiting_ ? waiting_->derive(db_, *world_, changed_) : Status(); }

// An authority entry may let others in or out, so that what is known of the record is read anew.
Result<RecordView> Writer::project(const RecordId& id, const std::vector<journal::Stored>& entries) {
  const bool authority = entries.back().entry.header.stream.lane == journal::Lane::kAuthority;
  NC_ASSIGN(auto view, authority ? project_record(db_, journal_, *world_, id) : project_entries(db_, journal_, *world_, id, entries));
  if (view.type && shapes_world(*view.type)) world_stale_ = true;
  changed_.push_back(view);
  return view;
}

}  // namespace nc::records
