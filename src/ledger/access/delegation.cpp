#include "ledger/access/delegation.h"

#include <algorithm>

#include "base/civil.h"
#include "ledger/access/grants.h"

namespace nc::access {

// Held still, by himself, and as wide: what another lent him he cannot lend.
bool still_lends(const Subject& from, const Grant& lent, std::int32_t today, const orgtree::OrgTree& tree) {
  return from.live && std::any_of(from.grants.begin(), from.grants.end(), [&](const Grant& own) {
           return !own.for_person && own.role == lent.role && valid_on(own, today) && scope_within(lent, own, today, tree);
         });
}

namespace {

bool runs_the_node(const Grant& grant, const catalog::Catalog& catalog) {
  const auto* role = catalog.role(grant.role);
  return role != nullptr && holds(*role, capabilities::kAdminister);
}

}  // namespace

bool kept_apart(const Subject& deputy, const Grant& lent, const catalog::Catalog& catalog) {
  const bool runs = runs_the_node(lent, catalog);
  return std::ranges::any_of(deputy.grants, [&](const Grant& own) {
    const bool meets =
        own.from.value_or(kDayMin) <= lent.until.value_or(kDayMax) && lent.from.value_or(kDayMin) <= own.until.value_or(kDayMax);
    return !own.for_person && meets && runs_the_node(own, catalog) != runs;
  });
}

std::vector<Grant> delegated_grants(const Subject& deputy, const std::vector<Delegation>& delegations, const AccountOf& account_of,
                                    const orgtree::OrgTree& tree, const catalog::Catalog& catalog) {
  std::vector<Grant> out;
  for (const auto& delegation : delegations) {
    if (delegation.to != deputy.person || delegation.from == deputy.person || !valid_on(delegation.grant, deputy.today)) continue;
    const auto* from = account_of(delegation.from);
    if (from == nullptr || !still_lends(*from, delegation.grant, deputy.today, tree)) continue;
    Grant today = delegation.grant;
    today.from = today.until = deputy.today;
    if (kept_apart(deputy, today, catalog)) continue;
    Grant grant = delegation.grant;
    grant.for_person = delegation.from;
    grant.delegation = delegation.record;
    grant.ceiling = from->clearance;
    out.push_back(std::move(grant));
  }
  const auto runs = [&](const Grant& grant) { return runs_the_node(grant, catalog); };
  if (!std::ranges::all_of(out, runs)) std::erase_if(out, runs);
  return out;
}

}  // namespace nc::access
