#include "ledger/records/holding.h"

namespace nc::records {

std::optional<Waiver> waiver_in_force(const World& world, const NodeId& node, std::int32_t today) {
  for (const auto& waiver : world.waivers) {
    const bool whole = !waiver.person.is_zero() && !waiver.reason.empty() && waiver.until - waiver.from <= kWaiverDaysMax;
    if (whole && waiver.node == node && waiver.from <= today && today <= waiver.until) return waiver;
  }
  return std::nullopt;
}

Status may_hold(const World& world, const Holding& holding, catalog::Handling handling) {
  const auto ceiling = world.ceilings.find(holding.node_record);
  if (ceiling != world.ceilings.end() && handling > ceiling->second)
    return fail(
        Error(ErrorCode::kDenied, NC_MSG("This node may hold nothing above “{1}”"), {std::string(catalog::handling_name(ceiling->second))})
            .at("handling")
            .then(NC_MSG("Enter it on a node that may hold it, or have the ceiling of this one raised")));
  if (handling < catalog::Handling::kRestricted || holding.encrypted_volume) return {};
  if (waiver_in_force(world, holding.node, holding.today)) return {};
  return fail(Error(ErrorCode::kDenied, NC_MSG("Restricted content is not taken: no encrypted volume is seen under the data directory"))
                  .at("handling")
                  .then(NC_MSG("Move the data directory to an encrypted volume, or have a waiver recorded: nhipcau handling DIR waive")));
}

}  // namespace nc::records
