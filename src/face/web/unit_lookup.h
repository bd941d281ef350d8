// Inside the room: units by what people type: a code, a name without marks, a part of a name.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "face/web/form.h"
#include "ledger/orgtree/orgtree.h"

namespace nc::web {

enum class Side { kAny, kOwn, kCounterpart };

struct UnitMatch {
  const orgtree::Unit* unit = nullptr;           // the one that is meant
  std::vector<const orgtree::Unit*> candidates;  // or several that may be; empty: none at all
};

// "vn-dlk", "Đồn Biên phòng Đắk Ruê", "dak rue" or "Name [code]".
[[nodiscard]] UnitMatch find_unit(const orgtree::OrgTree& tree, std::string_view typed, Side side = Side::kAny);

[[nodiscard]] std::string unit_name(const orgtree::Unit& unit, std::string_view lang);
// "Name [code]; Name [code] and 3 more": what may have been meant.
[[nodiscard]] std::string candidates_text(const UnitMatch& match, const i18n::Translator& ui);
// "Name [code]": what an input shows for a unit; find_unit understands it.
[[nodiscard]] std::string unit_text(const orgtree::Unit& unit, std::string_view lang);
// Suggestions for an input: all units of a side that still exist on `today`, or those `among` them.
using AmongUnits = std::function<bool(const orgtree::Unit&)>;
[[nodiscard]] std::vector<Option> unit_suggestions(const orgtree::OrgTree& tree, Side side, std::string_view lang, std::int32_t today,
                                                   const AmongUnits& among = {});
// The text between the last brackets, trimmed, or nothing.
[[nodiscard]] std::string_view in_last_brackets(std::string_view typed);

// The unit with all that ever stood below it or was merged into it.
[[nodiscard]] std::set<UnitId> with_units_below(const orgtree::OrgTree& tree, const UnitId& unit);

}  // namespace nc::web
