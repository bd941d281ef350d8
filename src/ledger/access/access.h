// May: the one decision about access (docs/LEDGER.md section 9).
//
// `decide` is asked at every exit: screen, list, count, export, print, API. Lists use an SQL predicate
// and figures a column predicate; all three come from the same ReadScope. Pure: no database, no clock.
// Not here: credentials and sessions (credentials.h), what the merge admits (journal/).
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
  kKnow, kRead, kReadRestricted, kReadPersonal, kCount, kCreate, kAmend, kVoid, kResolve, kTransition, kApprove,
  kRaiseHandling, kDeclassify, kExport, kRelease, kGrant, kPurge, kErase, kAdminister, kReadAudit, kPublishType,
};
std::string_view action_name(Action action);

enum class Strength : std::uint8_t { kPin, kToken, kFull, kStepUp };

// One grant of an account: a role over a scope for a time.
struct Grant {
  std::string role;
  std::optional<UnitId> unit;                   // scope: the subtree of unit by line; none: no unit scope
  orgtree::Line line = orgtree::Line::kCommand;
  std::string chain;                            // or a counterpart chain ("KH-police"); empty: any
  std::optional<std::int32_t> from, until;
};

struct Subject {
  PersonId person;                              // the account's record id
  std::string login;
  UnitId unit;
  std::vector<Grant> grants;
  Handling clearance = Handling::kInternal;
  Strength strength = Strength::kFull;
  bool live = true;                             // not disabled
  bool console = false;                         // the operator at the data directory's own command line: he holds the
                                                // files; may read and write, but never what needs a person's signature
  std::int32_t today = 0;                       // civil day of the request
};

// The part (or record) asked about.
struct Object {
  std::string group;                            // the type's group
  bool sensitive = false;
  Handling handling = Handling::kInternal;
  bool for_all = false;                         // audience all or authority
  std::vector<UnitId> owners;                   // units of the audience; the lead unit first
  std::vector<std::string> chains;              // counterpart chains that took part
  bool editable = true;                         // the workflow state permits amending
  bool approved = false;                        // a binding act is in force
  std::vector<PersonId> amenders;
  std::string capability;                       // transitions: what the catalogue asks for
  bool separate = false;                        // transitions: never by an amender
  bool binding = false;                         // transitions: needs a person's signature
  bool signature_present = false;
  bool audit_written = true;
};

struct Decision {
  bool allow = false;
  bool may_know = false;                        // false: answer exactly as for an absent id
  Error reason;                                 // when denied and may_know
};

// The table. Default: deny.
Decision decide(const Subject& subject, Action action, const Object& object, const orgtree::OrgTree& tree, const catalog::Catalog& catalog);

// What a subject may do with action kKnow/kRead/kCount/kExport, resolved once per request.
class ReadScope {
 public:
  static ReadScope resolve(const Subject& subject, Action action, const orgtree::OrgTree& tree, const catalog::Catalog& catalog);

  // Equal to decide(...).allow for the resolved action, on the atoms that columns hold.
  [[nodiscard]] bool admits(const std::string& group, Handling handling, bool for_all, const std::vector<UnitId>& owners,
                            const std::vector<std::string>& chains, bool sensitive) const;
  [[nodiscard]] bool nothing() const { return rules_.empty(); }
  [[nodiscard]] Handling clearance() const { return clearance_; }

  // The SQL predicate over the columns of records' table `part_index`: grp TEXT, handling INTEGER,
  // audience INTEGER (interned). `audiences` lists the interned audiences in force; the result is text
  // without placeholders ("0" when nothing is visible); every literal in it is an integer or a quoted
  // group id of the catalogue.
  struct InternedAudience { std::int64_t id; bool for_all; std::vector<UnitId> owners; std::vector<std::string> chains; };
  [[nodiscard]] std::string sql(const std::vector<InternedAudience>& audiences, const catalog::Catalog& catalog) const;

 private:
  struct RuleRow {
    bool all_groups = false;
    std::set<std::string> groups;
    bool all_units = false;
    std::set<UnitId> units;
    std::string chain;
    bool sensitive = false;                     // may count or read sensitive groups
  };
  std::vector<RuleRow> rules_;
  Handling clearance_ = Handling::kOpen;
  bool live_ = false;
};

}  // namespace nc::access
