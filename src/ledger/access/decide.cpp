// The decision table (docs/LEDGER.md section 9), one row an action.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/civil.h"
#include "base/term.h"
#include "ledger/access/capability_words.h"
#include "ledger/access/grants.h"

namespace nc::access {
namespace {

// Levels of units that stand above the posts of more than one province.
constexpr std::array<std::string_view, 2> kForceLevels{"ministry", "command"};

struct Question {
  const Subject& subject;
  const std::vector<PersonId>& persons;  // himself first, then those whom he stands in for
  const Object& object;
  const orgtree::OrgTree& tree;
  const catalog::Catalog& catalog;
};

using Refusal = std::optional<Error>;
using Condition = Refusal (*)(const Question&);

// --- BASE ---

enum class Use { kReading, kWriting };

// Reading what is for all asks for the capability alone; see the header.
bool base(const Question& q, std::string_view capability, Use use) {
  if (q.subject.console) return true;
  if (!q.subject.live || q.subject.clearance < q.object.handling) return false;
  return std::any_of(q.subject.grants.begin(), q.subject.grants.end(), [&](const Grant& grant) {
    const auto* role = role_holding(q.subject, grant, capability, q.catalog);
    if (role == nullptr || q.object.handling > grant.ceiling) return false;
    if (q.object.for_all && use == Use::kReading) return true;
    if (!covers_group(*role, q.object.group)) return false;
    return (q.object.for_all && q.object.owners.empty()) || reaches(grant, q.object, q.subject.today, q.tree);
  });
}

bool known(const Question& q) { return base(q, capabilities::kRead, Use::kReading); }

bool holds_anywhere(const Question& q, std::string_view capability) {
  return q.subject.console || std::any_of(q.subject.grants.begin(), q.subject.grants.end(), [&](const Grant& grant) {
           return role_holding(q.subject, grant, capability, q.catalog) != nullptr;
         });
}

Error no_grant(std::string_view what) {
  return Error(ErrorCode::kDenied, NC_MSG("Your grants do not include “{1}” here"), {term(capability_words(what))})
      .then(NC_MSG("Ask your superior, or hand this to somebody who may"));
}

// --- conditions; the first that refuses gives the reason ---

Refusal full_strength_if_restricted(const Question& q) {
  if (q.object.handling != Handling::kRestricted) return std::nullopt;
  if (!q.subject.console && q.subject.strength < Strength::kFull)
    return Error(ErrorCode::kDenied, NC_MSG("Restricted content is shown only after logging in with the password"))
        .then(NC_MSG("Log in with your password"));
  if (!q.object.audit_written)
    return Error(ErrorCode::kDenied, NC_MSG("Restricted content is not shown while the audit trail cannot be written"))
        .then(NC_MSG("Tell the administrator of this node"));
  return std::nullopt;
}

Refusal custody_and_purpose(const Question& q) {
  if (q.subject.console || !base(q, "read_personal", Use::kWriting))
    return Error(ErrorCode::kDenied, NC_MSG("Personal data are shown only to their custodian"))
        .then(NC_MSG("Ask the custodian of these records"));
  if (q.object.purpose.empty())
    return Error(ErrorCode::kDenied, NC_MSG("Personal data are shown only for a stated purpose"))
        .then(NC_MSG("Say what you need them for"));
  return std::nullopt;
}

Refusal grant_if_sensitive(const Question& q) {
  if (!q.object.sensitive || base(q, capabilities::kCountSensitive, Use::kReading)) return std::nullopt;
  return no_grant(capabilities::kCountSensitive);
}

Refusal at_least_type_default(const Question& q) {
  if (q.object.handling >= q.object.type_default) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Records of this type are at least “{1}”"), {term(handling_words(q.object.type_default))})
      .at("handling")
      .then(NC_MSG("Choose a higher handling"));
}

Refusal state_permits(const Question& q) {
  if (q.object.editable) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("The record cannot be changed in its present state"))
      .then(NC_MSG("Have it returned or reopened first"));
}

Refusal signature(const Question& q) {
  if (q.object.signature_present && !q.subject.console) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("This needs your personal signature"))
      .then(NC_MSG("Unlock your key with its passphrase and sign"));
}

Refusal step_up(const Question& q) {
  if (q.subject.console || q.subject.strength == Strength::kStepUp) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("This needs your password once more")).then(NC_MSG("Confirm with your password, then repeat"));
}

bool is_one_of(const std::vector<PersonId>& persons, const std::vector<PersonId>& others) {
  return std::any_of(persons.begin(), persons.end(),
                     [&](const PersonId& person) { return std::find(others.begin(), others.end(), person) != others.end(); });
}

Refusal never_an_amender(const Question& q) {
  if (q.object.alone_allowed) return std::nullopt;
  if (q.object.amender_unknown)
    return Error(ErrorCode::kDenied,
                 NC_MSG("Something of this record was purged, and with it who wrote that: nobody can say that it was not you"))
        .then(NC_MSG("Enter what is left as a new record, and declare this one void"));
  if (!is_one_of(q.persons, q.object.amenders)) return std::nullopt;
  const auto& amenders = q.object.amenders;
  if (std::find(amenders.begin(), amenders.end(), q.subject.person) == amenders.end())
    return Error(ErrorCode::kDenied, NC_MSG("You stand in for a person who changed this record, so another person must do this"))
        .then(NC_MSG("Hand it to another approver, or hand the delegation back"));
  return Error(ErrorCode::kDenied, NC_MSG("You changed this record yourself, so another person must do this"))
      .then(NC_MSG("Hand it to another approver"));
}

Refusal another_person(const Question& q) {
  if (q.object.second_person && !q.subject.console) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("This needs two persons")).then(NC_MSG("Have a second person with this right confirm it"));
}

Refusal amending_or_approving(const Question& q) {
  if (!q.object.approved) {
    if (!base(q, capabilities::kAmend, Use::kWriting)) return no_grant(capabilities::kAmend);
    return state_permits(q);
  }
  if (!base(q, capabilities::kApprove, Use::kWriting)) return no_grant(capabilities::kApprove);
  return signature(q);
}

Refusal not_a_sole_author(const Question& q) {
  if (!q.object.sole_author) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("One of the values is yours alone, so another person must decide"))
      .then(NC_MSG("Ask somebody who wrote neither"));
}

// The catalogue names the capability; a step without one is nobody's.
Refusal catalogue_capability(const Question& q) {
  if (!q.object.capability.empty() && base(q, q.object.capability, Use::kWriting)) return std::nullopt;
  return no_grant(q.object.capability);
}

Refusal approving_capability(const Question& q) {
  const auto wanted = q.object.capability.empty() ? capabilities::kApprove : std::string_view(q.object.capability);
  return base(q, wanted, Use::kWriting) ? std::nullopt : Refusal(no_grant(wanted));
}

Refusal separation_of_duties(const Question& q) { return q.object.separate ? never_an_amender(q) : std::nullopt; }

Refusal by_the_right_person(const Question& q) {
  using By = catalog::Transition::By;
  const bool himself = is_one_of(q.persons, q.object.entered_by);
  if (q.object.by == By::kSelf && !himself)
    return Error(ErrorCode::kDenied, NC_MSG("Only the person who took the step before may take it back"))
        .then(NC_MSG("Ask that person, or have the record returned"));
  if (q.object.by == By::kAnother && himself)
    return Error(ErrorCode::kDenied, NC_MSG("You took the step before yourself, so another person must do this"))
        .then(NC_MSG("Take your own step back instead"));
  return std::nullopt;
}

Refusal binding_as_approval(const Question& q) {
  if (!q.object.binding) return std::nullopt;
  for (const auto condition : {&never_an_amender, &step_up, &signature})
    if (auto refusal = condition(q)) return refusal;
  return std::nullopt;
}

// What a chain reaches follows from the list of foreign units: who is let in by one keeps no lists.
bool keeps_lists(const Grant& grant, const Question& q) {
  const auto* role = role_holding(q.subject, grant, capabilities::kKeepLists, q.catalog);
  return role != nullptr && covers_group(*role, q.object.group) && q.object.handling <= grant.ceiling && grant.chain.empty();
}

// Whose lists are those of the whole force, and not of one post. A post of which nobody has said under whom it stands is no head.
bool over_the_force(const Grant& grant, const Question& q) {
  if (!grant.unit) return true;
  const auto now = q.tree.renamed_as_of(*grant.unit, q.subject.today);
  const auto* unit = q.tree.find(now);
  if (unit == nullptr) return false;
  if (std::find(kForceLevels.begin(), kForceLevels.end(), unit->level) != kForceLevels.end()) return true;
  if (q.tree.parent(now, orgtree::Line::kCommand, q.subject.today)) return false;
  const auto units = q.tree.units();
  return !q.tree.children(now, orgtree::Line::kCommand, q.subject.today).empty() ||
         std::none_of(units.begin(), units.end(), [&](const auto& one) { return one.own && one.id != now; });
}

Refusal kept_for_the_whole_force(const Question& q) {
  if (q.subject.console) return std::nullopt;
  if (q.object.list_maker && *q.object.list_maker == q.subject.person) return std::nullopt;
  const auto covers = [&](const Grant& grant) { return keeps_lists(grant, q) && over_the_force(grant, q); };
  if (std::any_of(q.subject.grants.begin(), q.subject.grants.end(), covers)) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Records of every unit may name a unit of the other side: it is not for one unit to decide this"))
      .then(NC_MSG("Ask who keeps the lists at the Command or the Ministry, and say what is wrong with it"));
}

// The first unit that no such grant reaches, or that the first does not where no grant alone reaches all; null: all are in one's care.
const UnitId* out_of_care(const Question& q, const std::vector<const Grant*>& keeping) {
  const auto in_care = [&](const Grant& grant, const UnitId& unit) {
    return grant.unit && grant.line == orgtree::Line::kCommand && reaches_unit(*grant.unit, unit, grant.line, q.subject.today, q.tree);
  };
  const UnitId* missed = nullptr;
  for (const auto* grant : keeping) {
    const auto at = std::find_if(q.object.placed.begin(), q.object.placed.end(), [&](const auto& unit) { return !in_care(*grant, unit); });
    if (at == q.object.placed.end()) return nullptr;
    if (missed == nullptr) missed = &*at;
  }
  const auto nobodys = std::find_if(q.object.placed.begin(), q.object.placed.end(), [&](const auto& unit) {
    return std::none_of(keeping.begin(), keeping.end(), [&](const auto* grant) { return in_care(*grant, unit); });
  });
  return nobodys == q.object.placed.end() ? missed : &*nobodys;
}

Error not_in_care(const Question& q, const UnitId& missed) {
  const auto next = NC_MSG("Have it entered by the staff above all the units concerned");
  // Units are for everybody who reads anything.
  const auto* unit = holds_anywhere(q, capabilities::kRead) ? q.tree.find(missed) : nullptr;
  if (unit == nullptr)
    return Error(ErrorCode::kDenied, NC_MSG("This places, names or replaces a unit that is not in your care, or opens its records to you"))
        .then(next);
  return Error(
             ErrorCode::kDenied,
             NC_MSG("This places, names or replaces “{1}”, which is not in your care along the command line, or opens its records to you"),
             {unit->name.empty() ? unit->code : unit->name})
      .then(next);
}

Refusal kept_by_its_keepers(const Question& q) {
  if (!q.object.listed || q.subject.console) return std::nullopt;
  if (q.object.for_whole)
    if (auto refusal = kept_for_the_whole_force(q)) return refusal;
  if (q.object.list_maker && *q.object.list_maker == q.subject.person) return std::nullopt;
  std::vector<const Grant*> keeping;
  for (const auto& grant : q.subject.grants)
    if (keeps_lists(grant, q)) keeping.push_back(&grant);
  if (keeping.empty() && !holds_anywhere(q, capabilities::kKeepLists)) return no_grant(capabilities::kKeepLists);
  if (keeping.empty()) return not_in_care(q, q.object.placed.empty() ? UnitId{} : q.object.placed.front());
  const auto* missed = out_of_care(q, keeping);
  return missed == nullptr ? Refusal() : not_in_care(q, *missed);
}

Refusal void_of_a_foreign_unit(const Question& q) { return q.object.other_side ? kept_for_the_whole_force(q) : std::nullopt; }

Refusal ready_for_release(const Question& q) {
  if (q.object.release_ready) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Not every field may go to this counterpart, or the preview is out of date"))
      .then(NC_MSG("Look at the preview again"));
}

Refusal not_to_oneself(const Question& q) {
  if (q.subject.console || (q.object.grantee && *q.object.grantee != q.subject.person)) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Nobody grants rights to himself")).then(NC_MSG("Ask another person with this right"));
}

bool within(const Grant& wanted, const Grant& own, const Question& q) {
  if (!valid_on(own, q.subject.today)) return false;
  if (own.until && wanted.until.value_or(kDayMax) > *own.until) return false;
  if (own.from && wanted.from.value_or(q.subject.today) < *own.from) return false;
  return scope_within(wanted, own, q.subject.today, q.tree);
}

Refusal not_wider(const Question& q) {
  if (q.subject.console) return std::nullopt;
  const Error wider = Error(ErrorCode::kDenied, NC_MSG("What you grant may not be wider than what you hold"))
                          .then(NC_MSG("Choose a unit, dates and clearance within your own"));
  if (q.object.wanted_clearance > q.subject.clearance) return wider;
  for (const auto& wanted : q.object.wanted) {
    const auto* role = q.catalog.role(wanted.role);
    if (role == nullptr) return wider;
    const auto covered_by = [&](std::string_view capability) {
      return std::any_of(q.subject.grants.begin(), q.subject.grants.end(), [&](const Grant& own) {
        return !own.for_person && role_holding(q.subject, own, capability, q.catalog) != nullptr && within(wanted, own, q);
      });
    };
    if (!covered_by(capabilities::kGrant)) return wider;
    if (holds(*role, capabilities::kAdminister) && !covered_by(capabilities::kAdminister)) return wider;
  }
  return std::nullopt;
}

Refusal to_another(const Question& q) {
  if (q.object.grantee && *q.object.grantee != q.subject.person) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Nobody stands in for himself")).at("deputy").then(NC_MSG("Choose another account"));
}

// His own grant, whole or a part of it, for no longer. What he holds for another is not his to hand on.
Refusal what_he_holds(const Question& q) {
  const auto may_lend = [&](const Grant& wanted) {
    const bool dated = wanted.from && wanted.until && *wanted.from <= *wanted.until && *wanted.until >= q.subject.today;
    return dated && q.catalog.role(wanted.role) != nullptr &&
           std::any_of(q.subject.grants.begin(), q.subject.grants.end(),
                       [&](const Grant& own) { return !own.for_person && own.role == wanted.role && within(wanted, own, q); });
  };
  if (!q.object.wanted.empty() && std::all_of(q.object.wanted.begin(), q.object.wanted.end(), may_lend)) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("Only what you hold yourself can be handed over, no wider and for no longer"))
      .then(NC_MSG("Choose one of your own grants and dates within it"));
}

// Without owners it is asked whether there is a trail for him at all; with one, for the rows of somebody of that unit.
Refusal reaches_whose_rows(const Question& q) {
  if (q.subject.console || q.object.owners.empty()) return std::nullopt;
  const auto covers = [&](const Grant& grant) {
    return role_holding(q.subject, grant, capabilities::kReadAudit, q.catalog) != nullptr &&
           reaches(grant, q.object, q.subject.today, q.tree);
  };
  if (std::any_of(q.subject.grants.begin(), q.subject.grants.end(), covers)) return std::nullopt;
  return no_grant(capabilities::kReadAudit);
}

Refusal one_of_the_two_or_above(const Question& q) {
  const auto& person = q.subject.person;
  if (q.subject.console || q.object.delegator == person || q.object.grantee == person || holds_anywhere(q, capabilities::kGrant))
    return std::nullopt;
  return no_grant(capabilities::kGrant);
}

// The unit's superior: a grant with the step's capability that reaches a unit above.
Refusal from_above(const Question& q) {
  if (!q.object.confirms) return std::nullopt;
  const auto wanted = q.object.capability.empty() ? capabilities::kApprove : std::string_view(q.object.capability);
  const auto above = [&](const Grant& grant) {
    const auto* role = role_holding(q.subject, grant, wanted, q.catalog);
    return role != nullptr && covers_group(*role, q.object.group) && q.object.handling <= grant.ceiling && grant.unit &&
           std::any_of(q.object.superiors.begin(), q.object.superiors.end(),
                       [&](const UnitId& superior) { return reaches_unit(*grant.unit, superior, grant.line, q.subject.today, q.tree); });
  };
  if (std::any_of(q.subject.grants.begin(), q.subject.grants.end(), above)) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("What one person did alone is confirmed by the unit's superior"))
      .then(NC_MSG("Hand it to an approver of the superior unit"));
}

// --- the table ---

enum class Known {
  kByReading,  // a reason is given to whoever may read the object
  kAlways,     // there is nothing to hide: the act is on something new, or on the node
  kNever,      // answered as not found
};

struct Row {
  Action action;
  std::string_view name;
  Known reason_for;
  std::string_view capability;  // held by BASE; empty: the conditions ask
  Use use;
  bool tokens;  // a token may do this
  std::vector<Condition> conditions;
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {Action::kKnow, "know", Known::kByReading, "read", Use::kReading, true, {}},
      {Action::kRead, "read", Known::kByReading, "read", Use::kReading, true, {full_strength_if_restricted}},
      {Action::kReadRestricted, "read_restricted", Known::kByReading, "read", Use::kReading, true, {full_strength_if_restricted}},
      {Action::kReadPersonal,
       "read_personal",
       Known::kByReading,
       "",
       Use::kReading,
       true,
       {full_strength_if_restricted, custody_and_purpose}},
      {Action::kCount, "count", Known::kByReading, "count", Use::kReading, true, {grant_if_sensitive}},
      {Action::kCreate, "create", Known::kAlways, "create", Use::kWriting, true, {at_least_type_default, kept_by_its_keepers}},
      {Action::kAmend, "amend", Known::kByReading, "amend", Use::kWriting, true, {state_permits, kept_by_its_keepers}},
      {Action::kVoid,
       "void",
       Known::kByReading,
       "",
       Use::kWriting,
       true,
       {amending_or_approving, void_of_a_foreign_unit, kept_by_its_keepers}},
      {Action::kResolve, "resolve", Known::kByReading, "resolve", Use::kWriting, true, {not_a_sole_author, kept_by_its_keepers}},
      {Action::kTransition,
       "transition",
       Known::kByReading,
       "",
       Use::kWriting,
       true,
       {catalogue_capability, from_above, by_the_right_person, separation_of_duties, binding_as_approval, kept_by_its_keepers}},
      {Action::kApprove,
       "approve",
       Known::kByReading,
       "",
       Use::kWriting,
       false,
       {approving_capability, from_above, by_the_right_person, never_an_amender, step_up, signature, kept_by_its_keepers}},
      {Action::kRaiseHandling, "raise_handling", Known::kByReading, "raise_handling", Use::kWriting, true, {kept_by_its_keepers}},
      {Action::kDeclassify, "declassify", Known::kByReading, "declassify", Use::kWriting, false, {another_person}},
      {Action::kExport, "export", Known::kByReading, "export", Use::kReading, true, {full_strength_if_restricted}},
      {Action::kRelease,
       "release",
       Known::kByReading,
       "release",
       Use::kWriting,
       false,
       {full_strength_if_restricted, ready_for_release, signature}},
      {Action::kGrant, "grant", Known::kAlways, "", Use::kWriting, false, {not_to_oneself, not_wider, step_up}},
      {Action::kPurge, "purge", Known::kByReading, "purge", Use::kWriting, false, {another_person}},
      {Action::kErase, "erase", Known::kByReading, "erase", Use::kWriting, false, {another_person}},
      {Action::kAdminister, "administer", Known::kNever, "", Use::kWriting, true, {}},
      {Action::kReadAudit, "read_audit", Known::kNever, "", Use::kReading, true, {reaches_whose_rows}},
      {Action::kPublishType, "publish_type", Known::kAlways, "", Use::kWriting, true, {}},
      {Action::kDelegate, "delegate", Known::kAlways, "", Use::kWriting, false, {to_another, what_he_holds, step_up, signature}},
      {Action::kEndDelegation, "end_delegation", Known::kByReading, "", Use::kWriting, false, {one_of_the_two_or_above}},
  };
  return rows;
}

// Acts on the node or on an account, not on a part: a grant with the capability is enough, its scope is
// compared by the conditions.
bool without_object(Action action) {
  return action == Action::kGrant || action == Action::kAdminister || action == Action::kReadAudit || action == Action::kPublishType;
}

Error not_found() { return Error(ErrorCode::kNotFound, NC_MSG("There is no such record")); }

// Approving, releasing and the like are a person's, never a program's.
Refusal token_refused(const Row& row, const Question& q) {
  const bool binding = row.action == Action::kTransition && q.object.binding;
  // Asking how the node does is administering too, and changes nothing.
  if (q.subject.reads_only && row.use == Use::kWriting && row.action != Action::kAdminister)
    return Error(ErrorCode::kDenied, NC_MSG("This token is for reading only")).then(NC_MSG("Make one that may change records"));
  if (q.subject.strength != Strength::kToken || (row.tokens && !binding)) return std::nullopt;
  return Error(ErrorCode::kDenied, NC_MSG("A program's token may not do this")).then(NC_MSG("Log in yourself"));
}

Refusal refused(const Row& row, const Question& q) {
  if (without_object(row.action)) {
    if (!holds_anywhere(q, row.name)) return no_grant(row.name);
  } else if (!row.capability.empty() && !base(q, row.capability, row.use)) {
    return no_grant(row.name);
  }
  if (auto refusal = token_refused(row, q)) return refusal;
  for (const auto condition : row.conditions)
    if (auto refusal = condition(q)) return refusal;
  return std::nullopt;
}

const Row& row_of(Action action) {
  const auto& rows = table();
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.action == action; });
  NC_CHECK(at != rows.end());
  return *at;
}

Decision decided(const Row& row, const Question& question) {
  Decision decision;
  decision.reason = not_found();
  if (!question.subject.live && !question.subject.console) return decision;
  if (row.reason_for == Known::kByReading && !known(question)) return decision;
  if (auto refusal = refused(row, question)) {
    decision.may_know = row.reason_for != Known::kNever;
    if (decision.may_know) decision.reason = std::move(*refusal);
    return decision;
  }
  decision.allow = decision.may_know = true;
  decision.reason = Error();
  decision.alone = question.object.alone_allowed && is_one_of(question.persons, question.object.amenders);
  return decision;
}

// Himself, and whom he stands in for today.
std::vector<PersonId> stands_for(const Subject& subject) {
  std::vector<PersonId> persons{subject.person};
  for (const auto& grant : subject.grants)
    if (grant.for_person && valid_on(grant, subject.today) && std::find(persons.begin(), persons.end(), *grant.for_person) == persons.end())
      persons.push_back(*grant.for_person);
  return persons;
}

}  // namespace

std::string_view action_name(Action action) { return row_of(action).name; }

Decision decide(const Subject& subject, Action action, const Object& object, const orgtree::OrgTree& tree,
                const catalog::Catalog& catalog) {
  const Row& row = row_of(action);
  const auto persons = stands_for(subject);
  if (persons.size() == 1 || row.use == Use::kReading) return decided(row, {subject, persons, object, tree, catalog});
  auto himself = subject;
  std::erase_if(himself.grants, [](const Grant& grant) { return grant.for_person.has_value(); });
  auto decision = decided(row, {himself, persons, object, tree, catalog});
  for (auto absent = persons.begin() + 1; !decision.allow && absent != persons.end(); ++absent) {
    auto deputy = himself;
    for (const auto& grant : subject.grants)
      if (grant.for_person == *absent) deputy.grants.push_back(grant);
    auto as_deputy = decided(row, {deputy, persons, object, tree, catalog});
    if (as_deputy.allow) {
      as_deputy.acting_for = *absent;
      as_deputy.delegation = deputy.grants.back().delegation;
    }
    if (as_deputy.allow || as_deputy.may_know) decision = std::move(as_deputy);
  }
  return decision;
}

}  // namespace nc::access
