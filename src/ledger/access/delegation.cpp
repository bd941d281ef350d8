#include "ledger/access/delegation.h"

#include <algorithm>

#include "ledger/access/grants.h"

namespace nc::access {

// Held still, by himself, and as wide: what another lent him he cannot lend.
bool still_lends(const Subject& from, const Grant& lent, std::int32_t today, const orgtree::OrgTree& tree) {
  return from.live && std::any_of(from.grants.begin(), from.grants.end(), [&](const Grant& own) {
           return !own.for_person && own.role == lent.role && valid_on(own, today) && scope_within(lent, own, today, tree);
         });
}

std::vector<Grant> delegated_grants(const Subject& deputy, const std::vector<Delegation>& delegations, const AccountOf& account_of,
                                    const orgtree::OrgTree& tree) {
  std::vector<Grant> out;
  for (const auto& delegation : delegations) {
    if (delegation.to != deputy.person || delegation.from == deputy.person || !valid_on(delegation.grant, deputy.today)) continue;
    const auto* from = account_of(delegation.from);
    if (from == nullptr || !still_lends(*from, delegation.grant, deputy.today, tree)) continue;
    Grant grant = delegation.grant;
    grant.for_person = delegation.from;
    grant.delegation = delegation.record;
    grant.ceiling = from->clearance;
    out.push_back(std::move(grant));
  }
  return out;
}

}  // namespace nc::access
