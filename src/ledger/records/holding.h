// What this node may hold: nothing above its ceiling, and restricted content only on an encrypted volume or
// under a waiver, which is an enduring record of who decided it, why and until when.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "ledger/records/view.h"

namespace nc::records {

inline constexpr std::int32_t kWaiverDaysMax = 366;

struct Holding {
  bool encrypted_volume = false;  // as far as the program can see (store/volume.h)
  NodeId node;
  RecordId node_record;  // its `ceiling` is the node's
  std::int32_t today = 0;
};

// kDenied with what to do; well for what may be held.
Status may_hold(const World& world, const Holding& holding, catalog::Handling handling);
// The waiver of this node that covers `today`, if any.
std::optional<Waiver> waiver_in_force(const World& world, const NodeId& node, std::int32_t today);

}  // namespace nc::records
