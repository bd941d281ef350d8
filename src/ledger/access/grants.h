// Inside the room only: what a grant reaches, asked by `decide` and resolved by ReadScope.
#pragma once

#include "ledger/access/access.h"

namespace nc::access {

namespace capabilities {
inline constexpr std::string_view kRead = "read";
inline constexpr std::string_view kCount = "count";
inline constexpr std::string_view kCountSensitive = "count_sensitive";
inline constexpr std::string_view kExport = "export";
inline constexpr std::string_view kAmend = "amend";
inline constexpr std::string_view kApprove = "approve";
inline constexpr std::string_view kGrant = "grant";
inline constexpr std::string_view kReadAudit = "read_audit";
inline constexpr std::string_view kAdminister = "administer";
inline constexpr std::string_view kKeepLists = "keep_lists";
}  // namespace capabilities

[[nodiscard]] bool holds(const catalog::Role& role, std::string_view capability);
[[nodiscard]] bool valid_on(const Grant& grant, std::int32_t day);
// The role when the grant is valid on the subject's day and holds the capability, else null.
[[nodiscard]] const catalog::Role* role_holding(const Subject& subject, const Grant& grant, std::string_view capability,
                                                const catalog::Catalog& catalog);
[[nodiscard]] bool covers_group(const catalog::Role& role, const std::string& group);

// Units whose records the grant of `unit` reaches on the day; the same as a set and as a question.
[[nodiscard]] std::set<UnitId> units_reached(const UnitId& unit, orgtree::Line line, std::int32_t day, const orgtree::OrgTree& tree);
[[nodiscard]] bool reaches_unit(const UnitId& unit, const UnitId& owner, orgtree::Line line, std::int32_t day,
                                const orgtree::OrgTree& tree);
[[nodiscard]] bool reaches(const Grant& grant, const Object& object, std::int32_t day, const orgtree::OrgTree& tree);

// Whether the scope of `wanted` (unit, line, chain; not the dates) lies within `own`'s.
[[nodiscard]] bool scope_within(const Grant& wanted, const Grant& own, std::int32_t day, const orgtree::OrgTree& tree);

}  // namespace nc::access
