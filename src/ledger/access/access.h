// May: the one decision about access (docs/LEDGER.md section 9).
//
// `decide` is asked at every exit: screen, list, count, export, print, API. Lists use an SQL predicate
// and figures a column predicate; all three come from the same ReadScope. Pure: no database, no clock.
// Not here: credentials and sessions (credentials.h), what the merge admits (journal/).
//
// How the table was read where it leaves room:
// - BASE: live account, clearance >= handling, and one grant, valid today, whose role holds the capability,
//   covers the group, and reaches the object. know, read and list are one capability, "read".
// - A grant reaches an object by its unit (an audience unit counts under it today by its line: the tree of
//   today with its lineage, so former units belong to their successors), by its chain, or, if it has both,
//   by both. With neither it reaches only what is for all. A grant over a unit that was renamed goes on
//   under the new name; over one that was merged away or split it keeps what the unit itself wrote.
// - What is for all (units, sources, types) is read by everybody with any valid grant that holds the
//   capability. To change it, the grant must cover the group, and reach the owners if any are named.
// - restricted: read and export ask for full strength and a written audit line; know and count do not, since
//   they show no content.
// - count: each contributor known, capability "count"; sensitive types also "count_sensitive".
// - Of a record of which something was purged nobody can say any more who wrote it: whatever takes another than the amenders
//   is refused to everybody.
// - void: as amending, in an editable state; of an approved record "approve" and a signature.
// - transition: a step may be for him alone who took the step before it (withdrawing), or for anybody but him
//   (returning); the catalogue says so.
// - approve, and any binding transition: the catalogue's capability (default "approve"), step-up, signature,
//   never an amender.
// - Lists that all use: what is for all is changed, declared void or decided by who entered it, or with "keep_lists". What
//   shapes the tree of units shapes everybody's scope: a unit of our side or a reorganisation is entered, too, only with one
//   grant over a unit along the command line with "keep_lists" that reaches every unit of our side that is placed, named or
//   replaced, and the superior that it gets. Nobody's scope grows by his own act.
// - A unit of the other side is named by the records of all. Declaring it void, taking it back, making it one of ours (or
//   one of ours theirs), and its successor are for who keeps the lists of the whole force: by a grant with "keep_lists" without
//   unit and chain, or over a unit of the level of a command or ministry, or one with units under it and none above it along
//   the command line (or the only one of ours). Who entered it takes it back while no record that he sees names it.
// - grant: "not wider" is scope, line, dates and clearance; a role that administers is given only by one who
//   administers there. What else a role may do is not compared: who sets up accounts reads no record himself.
// - read_audit: a row of the trail belongs to who acted; it is shown where a grant reaches that person's unit (a
//   grant over a chain alone reaches nobody). Asked without a unit: whether there is a trail for him at all.
// - A role with "administer" holds nothing else but "grant", whatever the catalogue lists.
// - The console holds the files: it reads and writes everything, and never does what takes a person's
//   signature or two persons, nor reads personal data.
// - Delegation (delegation.h): a grant held for somebody who is away is a grant like any other, up to the
//   clearance of both, but never lets its holder grant. Writing is decided with one's own grants first, then
//   with those of one absent person at a time, never of two together; the answer says for whom one acts.
// - Separation of duties holds across it: whoever acted for another counts as both, and while somebody stands
//   in for the author of a record he is no second person for it, by whatever right (he may hand the delegation
//   back). Otherwise one could approve one's own work by way of a deputy.
// - A short-handed post: where the catalogue allows a step to one person and a superior has said that the unit
//   is short-handed at this hour, an amender may take it; the answer says so (`alone`). Confirming it takes a
//   grant that reaches a unit above, and another person.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"
#include "ledger/catalog/catalog.h"
#include "ledger/orgtree/orgtree.h"

namespace nc::access {

using catalog::Handling;

enum class Action : std::uint8_t {
  kKnow,
  kRead,
  kReadRestricted,
  kReadPersonal,
  kCount,
  kCreate,
  kAmend,
  kVoid,
  kResolve,
  kTransition,
  kApprove,
  kRaiseHandling,
  kDeclassify,
  kExport,
  kRelease,
  kGrant,
  kPurge,
  kErase,
  kAdminister,
  kReadAudit,
  kPublishType,
  kDelegate,
  kEndDelegation,
};
std::string_view action_name(Action action);

enum class Strength : std::uint8_t { kPin, kToken, kFull, kStepUp };

// One grant of an account: a role over a scope for a time.
struct Grant {
  std::string role;
  std::optional<UnitId> unit;  // scope: the subtree of unit by line; none: no unit scope
  orgtree::Line line = orgtree::Line::kCommand;
  std::string chain;  // or a counterpart chain ("KH-police"); empty: any
  std::optional<std::int32_t> from, until;
  // Held for somebody who is away, by that record, up to his clearance.
  std::optional<PersonId> for_person = std::nullopt;
  RecordId delegation{};
  Handling ceiling = Handling::kRestricted;
};

struct Subject {
  PersonId person;  // the account's record id
  std::string login;
  UnitId unit;
  std::vector<Grant> grants;
  Handling clearance = Handling::kInternal;
  Strength strength = Strength::kFull;
  bool reads_only = false;  // a token that changes nothing
  bool live = true;         // not disabled
  bool console = false;     // the operator at the data directory's own command line: he holds the
                            // files; may read and write, but never what needs a person's signature
  std::int32_t today = 0;   // civil day of the request
  std::int32_t minute = 0;  // and minute of that day
};

// The part (or record) asked about.
struct Object {
  std::string group;  // the type's group
  bool sensitive = false;
  Handling handling = Handling::kInternal;
  bool for_all = false;             // audience all or authority
  std::vector<UnitId> owners;       // units of the audience; the lead unit first
  std::vector<std::string> chains;  // counterpart chains that took part
  bool editable = true;             // the workflow state permits amending
  bool approved = false;            // a binding act is in force
  std::vector<PersonId> amenders;
  bool amender_unknown = false;                                   // something of it was destroyed, and with it who wrote that
  std::string capability;                                         // transitions: what the catalogue asks for
  bool separate = false;                                          // transitions: never by an amender
  catalog::Transition::By by = catalog::Transition::By::kAnyone;  // transitions: in relation to
  std::vector<PersonId> entered_by;                               // who took the step into the present state
  bool binding = false;                                           // transitions: needs a person's signature
  bool alone_allowed = false;                                     // transitions: an amender may, because the unit is short-handed
  bool confirms = false;                                          // transitions: confirms what was done so; for the units above alone
  std::vector<UnitId> superiors;                                  // units above the owner
  bool signature_present = false;
  bool audit_written = true;
  Handling type_default = Handling::kOpen;  // create: the type's own handling, the least allowed
  bool sole_author = false;                 // resolve: the subject alone wrote one of the values
  std::string purpose;                      // personal data: why they are read
  bool second_person = false;               // declassify, purge, erase: another person has confirmed
  bool release_ready = false;               // release: chain in every field's releasability, no unknown field,
                                            // hash of the preview
  bool listed = false;                      // stands in a list that all use: its keepers change it
  std::vector<UnitId> placed;               // units of our side that it places, names or replaces, and their superiors
  std::optional<PersonId> list_maker;       // who entered it, when it places nothing of ours
  bool other_side = false;                  // a unit of the other side, of which void is a matter of the whole force
  bool for_whole = false;                   // what is done with it is a matter of the whole force, whatever is done
  std::optional<PersonId> grantee;          // grant, delegation: whose account
  std::optional<PersonId> delegator;        // end of a delegation: who gave it
  std::vector<Grant> wanted;                // grant: what he is to hold
  Handling wanted_clearance = Handling::kOpen;
};

struct Decision {
  bool allow = false;
  bool may_know = false;  // false: answer exactly as for an absent id
  Error reason;           // when denied and may_know
  // When allowed only by a grant that is held for somebody who is away: for whom, and by which record.
  std::optional<PersonId> acting_for = std::nullopt;
  RecordId delegation{};
  bool alone = false;  // allowed to an amender because the unit is short-handed: to be confirmed
};

// The table. Default: deny.
Decision decide(const Subject& subject, Action action, const Object& object, const orgtree::OrgTree& tree, const catalog::Catalog& catalog);

// Whether the unit lies where the subject may give rights: of the units of accounts, whose names he sees though he
// reads no record. What he gives there is decided as kGrant.
[[nodiscard]] bool may_grant_over(const Subject& subject, const UnitId& unit, const orgtree::OrgTree& tree,
                                  const catalog::Catalog& catalog);

// What a subject may do with action kKnow, kRead, kCount or kExport (any other: nothing), resolved once per
// request. Threads: const members from any.
class ReadScope {
 public:
  static ReadScope resolve(const Subject& subject, Action action, const orgtree::OrgTree& tree, const catalog::Catalog& catalog);

  // Equal to decide(...).allow for the resolved action, on the atoms that columns hold (and the audit written).
  [[nodiscard]] bool admits(const std::string& group, Handling handling, bool for_all, const std::vector<UnitId>& owners,
                            const std::vector<std::string>& chains, bool sensitive) const;
  // Nothing at all is admitted.
  [[nodiscard]] bool nothing() const;
  // The highest handling that is admitted.
  [[nodiscard]] Handling clearance() const { return ceiling_; }

  // The SQL predicate over the columns of records' table `part_index`: grp TEXT, handling INTEGER,
  // audience INTEGER (interned). `audiences` lists the interned audiences in force; the result is text
  // without placeholders ("0" when nothing is visible); every literal in it is an integer or a quoted
  // group id of the catalogue. For kCount a group is sensitive if one of its types is.
  struct InternedAudience {
    std::int64_t id;
    bool for_all;
    std::vector<UnitId> owners;
    std::vector<std::string> chains;
  };
  [[nodiscard]] std::string sql(const std::vector<InternedAudience>& audiences, const catalog::Catalog& catalog) const;

  // Equal ones admit alike.
  bool operator==(const ReadScope&) const = default;

 private:
  struct RuleRow {  // of one grant
    bool all_groups = false;
    std::set<std::string> groups;
    bool all_units = false;  // reached by chain alone, or the console
    std::set<UnitId> units;
    std::string chain;                         // empty: any
    Handling ceiling = Handling::kRestricted;  // of a grant held for somebody else
    bool operator==(const RuleRow&) const = default;
    [[nodiscard]] bool reaches(const std::vector<UnitId>& owners, const std::vector<std::string>& chains) const;
  };
  using Need = std::vector<RuleRow>;  // one capability: any of its rows
  static bool met(const Need& need, const std::string& group, Handling handling, bool for_all, const std::vector<UnitId>& owners,
                  const std::vector<std::string>& chains);
  static std::string need_sql(const Need& need, const std::vector<InternedAudience>& audiences, const std::set<std::string>& known_groups);
  static std::string rows_sql(const std::vector<const RuleRow*>& rows, const std::vector<InternedAudience>& audiences,
                              const std::set<std::string>& known_groups);

  std::vector<Need> needs_;             // all must be met; none: nothing is admitted
  std::optional<Need> sensitive_need_;  // and this for sensitive types
  Handling ceiling_ = Handling::kOpen;
};

}  // namespace nc::access
