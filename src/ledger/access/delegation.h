// Delegation: what somebody holds for another who is away (docs/LEDGER.md section 9).
//
// A record of the authority, signed by the one who is away, says who stands in for him, in which of his
// grants, from when until when. What the deputy then holds is made anew for each request from the two
// accounts as they are: it ends with the grant it comes from, with the account that gave it, and with its
// own last day. It is never wider than that grant nor above the clearance of either, and cannot be handed on. Who runs the
// node and who works with its records stay two: no loan brings both to one person (kept_apart).
// Pure: no database, no clock.
#pragma once

#include <functional>
#include <vector>

#include "ledger/access/access.h"

namespace nc::access {

struct Delegation {
  RecordId record;
  PersonId from, to;
  Grant grant;  // role, scope and both dates
};

// The account of a person, or null.
using AccountOf = std::function<const Subject*(const PersonId&)>;

// Whether the account holds on that day what it lent. Where a change of the account ends that, records ends the
// delegation itself, so that it does not come back with a later grant.
[[nodiscard]] bool still_lends(const Subject& from, const Grant& lent, std::int32_t today, const orgtree::OrgTree& tree);

// Whether the deputy, by what he holds himself on a day of the loan, runs a node while the role that is lent does not, or the
// other way round.
[[nodiscard]] bool kept_apart(const Subject& deputy, const Grant& lent, const catalog::Catalog& catalog);

// The grants that `deputy` holds on his day for others, marked with whom he stands for. Of roles of both kinds lent to
// somebody who holds none of his own, those that run the node are left out.
[[nodiscard]] std::vector<Grant> delegated_grants(const Subject& deputy, const std::vector<Delegation>& delegations,
                                                  const AccountOf& account_of, const orgtree::OrgTree& tree,
                                                  const catalog::Catalog& catalog);

}  // namespace nc::access
