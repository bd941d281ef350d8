// What the other rooms see of a record: its current state, and notice of its changes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "ledger/access/delegation.h"
#include "ledger/catalog/catalog.h"
#include "ledger/journal/entry.h"
#include "ledger/orgtree/orgtree.h"

namespace nc::records {

// The derived state of one part of a record.
struct PartView {
  journal::PartKey key;
  Json values;                         // object: field id -> shown wire value (set fields as arrays)
  std::vector<EntryHash> heads;        // what a change of this part names as seen
  std::vector<std::string> conflicts;  // fields (registers) with several live values
  std::vector<EntryHash> proposals;    // amendments that wait because an approval had not seen them
  bool closed = false;                 // withdrawn from it: no values, and no change goes there
};

// A binding act that an amender took because the unit was short-handed: to be confirmed by the superior.
struct Alone {
  std::string act;  // the transition taken alone
  PersonId by;
  std::int64_t at_ms = 0, due_ms = 0;
  std::optional<PersonId> confirmed_by;
  [[nodiscard]] bool overdue(std::int64_t now_ms) const { return !confirmed_by && now_ms > due_ms; }
};

// The derived state of one record. `values` joins the parts that the view was made for.
struct RecordView {
  RecordId id;
  const catalog::Type* type = nullptr;  // of the World it was read with; null: type unknown here
  std::string type_id;
  std::string state;
  bool voided = false;
  bool bound = false;           // an approval is in force
  std::optional<Alone> alone;   // that was given by one person in a short-handed post
  std::vector<PartView> parts;  // base part first; closed ones last
  Json values;
  std::int64_t created_ms = 0, changed_ms = 0;  // wall claims of first and last entry
  PersonId created_by;
  std::int64_t arrival = 0;  // of the last entry: grows with every change

  // Wire value of the field that fills a slot; null when there is none.
  [[nodiscard]] const Json& slot(std::string_view name) const;
  [[nodiscard]] const PartView& base_part() const { return parts.front(); }
};

// Somebody's decision that a node may hold restricted content without an encrypted volume (records/holding.h).
struct Waiver {
  RecordId id;
  NodeId node;
  PersonId person;
  std::string reason;
  std::int32_t from = 0, until = 0;  // days
};

// An immutable snapshot of what decisions need; replaced when authority records change.
struct World {
  std::shared_ptr<const catalog::Catalog> catalog;
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::unordered_map<RecordId, RecordView> units;                // as the tables have them; the values of the parts are left out
  std::map<std::string, access::Subject, std::less<>> accounts;  // by login; strength and today are filled per request
  std::map<RecordId, catalog::Handling> ceilings;                // by node record: the highest that node may hold
  std::vector<Waiver> waivers;
  std::vector<access::Delegation> delegations;  // signed and not ended
  struct ShortHanded {                          // what a superior has declared
    RecordId record;
    UnitId unit;
    std::int32_t from = 0, until = 0;
    std::optional<std::int32_t> hour_from, hour_until;  // none: all day; until < from: past midnight
    PersonId by;                                        // who said it, also when he did in another's place
  };
  std::vector<ShortHanded> short_handed;
  // The declaration under which `for_whom` may act alone in the unit at that minute of that day, or null. What he said himself,
  // in whosever place, is none.
  [[nodiscard]] const ShortHanded* short_handed_at(const UnitId& unit, std::int32_t day, std::int32_t minute,
                                                   const PersonId& for_whom) const;
  [[nodiscard]] const access::Subject* account(const PersonId& person) const;
};

// One committed group, told to observers by whoever writes, in order of commits: what was derived with it, and the World
// after it. A new record is told of with the group that derives it. An observer asks nothing of the Ledger.
// `changed` are full views (all parts), for projections that keep handling and audience beside.
struct CommitNotice {
  std::shared_ptr<const World> world;
  std::vector<RecordView> changed;
  bool world_changed = false;  // units, reorganisations, accounts or types moved
};
using Observer = std::function<void(const CommitNotice&)>;

// What `decide` is asked about for a part of a record.
access::Object object_of(const RecordView& record, const PartView& part, const orgtree::OrgTree& tree);
// To an object: what a record with these values places in the tree of units (access.h). `id`: zero when it is new.
void say_listed(access::Object& object, const catalog::Type& type, const RecordId& id, const Json& values, const orgtree::OrgTree& tree);
// Whether a row of a reorganisation says what became of a unit of the other side.
bool replaces_foreign(const Json& row, const orgtree::OrgTree& tree);
// Whether names of units are for this reader: they are for everybody who reads anything, but not for one
// who only runs the node.
bool reads_units(const access::Subject& who, const World& world);
// And about a step of its workflow.
void say_step(access::Object& object, const catalog::Transition& transition);
// The lead unit, or the first of its audience.
UnitId unit_in_charge(const RecordView& record, const access::Object& object);
// What of that depends on the unit and the hour: who stands above, and whether one person may act alone now.
void say_unit_now(access::Object& object, const RecordView& record, const catalog::Transition& transition, const access::Subject& who,
                  const World& world);
// Title in a language: the type's title fields joined, names resolved by `name_of`.
std::string title_of(const RecordView& record, std::string_view lang, const std::function<std::string(const RecordId&)>& name_of);

}  // namespace nc::records
