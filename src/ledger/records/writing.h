// Inside the room only: what the ways of writing share.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "foundation/store/database.h"
#include "ledger/access/access.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

std::unexpected<Refusal> refuse(Error error);
inline std::unexpected<Refusal> refuse(Refusal refusal) { return std::unexpected(std::move(refusal)); }
std::unexpected<Refusal> refuse(std::vector<catalog::Finding> findings);
Error not_found();  // it is absent, or not for him
// No person makes such a record by hand: a closing says what the program counted.
inline bool is_by_program_only(const catalog::Type& type) { return !type.creatable || type.feeds == "period-closing"; }
// Of types that are not offered to persons, those whose records are made when a person asks for what needs them.
inline bool is_made_for_persons(const catalog::Type& type) {
  return type.feeds == "person-account" || type.feeds == "period-closing-part" || type.feeds == "handling-waiver";
}
Error by_program_only(const catalog::Type& type);
std::string label_term(const catalog::Label& label);

Json without_nulls(const Json& values);
// Of a record whose open parts are not his, or not here, while a part that it was withdrawn from is: nothing is changed there.
Status not_withdrawn(const RecordView& view, const access::Subject& who, const World& world);
// What a new record begins with: what was typed, and the type's defaults for fields that were not asked.
Json with_defaults(const catalog::Type& type, const Json& typed);

// An account record carries rights: whoever changes it grants, and may give no more than he holds. A waiver of the encrypted
// volume is written, changed and ended by who answers for the node; the object says by which capability.
access::Action writing_action(const catalog::Type& type, access::Action otherwise, access::Object& object);
// What nobody may say by a right that he holds: a waiver is given in one's own name, by a right of one's own and not for longer
// than one holds; nobody of a unit declares it short-handed by a right lent to him. `decision` allowed it.
Status is_his_word(const access::Subject& who, const catalog::Type& type, const Json& values, const access::Decision& decision,
                   const World& world);
// Of an account before and after a change both are said: who takes a right away is asked as who gives it.
void say_what_is_granted(access::Object& object, const catalog::Type& type, const RecordId& account, const Json& values);
// Whether he could give the account all that it holds, what is lent to it included.
Status may_give_all(const access::Subject& who, const RecordView& account, const World& world);
// Whose word it is that a unit is short-handed: the unit's superior's.
void say_superior(access::Object& object, const catalog::Type& type, const Json& values, const access::Subject& who, const World& world);

// What our units did with a foreign one is read by whoever has a grant over its chain. Who puts the unit into a chain that he
// himself reads by opens it to himself: the units that he reads there count as placed, so that his care has to reach them all.
void say_chain_opened(access::Object& object, const catalog::Type& type, const RecordId& unit, const Json& after,
                      const access::Subject& who, const World& world);

// A unit that he entered himself and that stands nowhere yet, nor anything under it, is his to place: it is left out of what
// the object places.
Status leave_out_new_units(access::Object& object, const access::Subject& who, const World& world, store::Database* db);

// Of him, or of somebody in whose place he stands: separation of duties counts both.
template <typename IsHis>
bool of_him_or_absent(const access::Subject& who, const IsHis& is_his) {
  return is_his(who.person) || std::any_of(who.grants.begin(), who.grants.end(),
                                           [&](const access::Grant& grant) { return grant.for_person && is_his(*grant.for_person); });
}

// In the author's name, and in that of the person for whom he stood in.
void say_author(journal::Body& body, const access::Subject& who, const access::Decision& decision);
// What the ledger itself notes there is not for anybody to type.
Confirmed without_notes(Confirmed confirmed);
journal::Lane lane_of(const catalog::Type& type, const journal::PartKey& part);

// For structure.h: may the author of a record of that type know of another? Empty: of every one. All are borrowed.
// Who gives rights names the units over which he may give them, though he reads no record of them.
std::function<bool(const RecordView&)> knows(const access::Subject& who, const World& world, const catalog::Type& type);

#define NC_WRITE_TRY(expr)                                         \
  do {                                                             \
    auto nc_status_ = (expr);                                      \
    if (!nc_status_) return refuse(std::move(nc_status_).error()); \
  } while (false)
#define NC_WRITE_ASSIGN_IMPL(tmp, decl, expr)      \
  auto tmp = (expr);                               \
  if (!tmp) return refuse(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define NC_WRITE_ASSIGN(decl, expr) NC_WRITE_ASSIGN_IMPL(NC_CONCAT(nc_w_, __LINE__), decl, expr)

}  // namespace nc::records
