// Inside the room: the file of the audit trail.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "base/id.h"
#include "foundation/store/database.h"
#include "ledger/access/audit.h"

namespace nc::access {

inline constexpr std::uint32_t kAuditApplicationId = 0x4e434131;  // "NCA1"

inline constexpr const char* kAuditColumns = "seq, at_ms, actor, action, record, purpose, origin, outcome, count, hash";
AuditRow audit_row_from(const store::Statement& row);  // of those columns

// The row that the next one follows: the last, or what stands for the rows that were taken out.
struct AuditLink {
  std::int64_t seq = 0;
  Digest hash;
};
Result<std::optional<AuditLink>> last_link(store::Database& db);
// What stands for the rows taken out; nothing: the trail is whole from its first row.
Result<std::optional<AuditLink>> pruned_link(store::Database& db);

}  // namespace nc::access
