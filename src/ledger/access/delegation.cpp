#include "ledger/access/delegation.h"

#include <algorithm>

#include "ledger/access/grants.h"

namespace nc::access {

std::vector<Grant> delegated_grants(const Subject& deputy, const std::vector<Delegation>& delegations, const AccountOf& account_of,
                                    const orgtree::OrgTree& tree) {
  std::vector<Grant> out;
  for (const auto& delegation : delegations) {
    if (delegation.to != deputy.person || delegation.from == deputy.person || !valid_on(delegation.grant, deputy.today)) continue;
    const auto* from = account_of(delegation.from);
    if (from == nullptr || !from->live) continue;
    // Held still, by himself, and as wide: what another lent him he cannot lend.
    const bool holds_it = std::any_of(from->grants.begin(), from->grants.end(), [&](const Grant& own) {
      return !own.for_person && own.role == delegation.grant.role && valid_on(own, deputy.today) &&
             scope_within(delegation.grant, own, deputy.today, tree);
    });
    if (!holds_it) continue;
    Grant grant = delegation.grant;
    grant.for_person = delegation.from;
    grant.delegation = delegation.record;
    grant.ceiling = from->clearance;
    out.push_back(std::move(grant));
  }
  return out;
}

}  // namespace nc::access
