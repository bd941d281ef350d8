// What the engine understands: feeds, their slots, and the kinds of field that may fill a slot.
// This is the table "Slots and feeds" of docs/formats/catalogue.md. Private to this room.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {

struct SlotRule {
  std::string_view name;
  bool required = false;
  std::vector<FieldKind> kinds;
};

[[nodiscard]] bool is_feed(std::string_view feeds);
// The slots of a feed ("" for a type that feeds nothing), general ones included.
[[nodiscard]] const std::vector<SlotRule>& slots_of(std::string_view feeds);

struct ColumnRule {
  std::string_view name;
  std::vector<FieldKind> kinds;
};
// The columns that a lines field must have to fill the slot; empty when any will do.
[[nodiscard]] const std::vector<ColumnRule>& slot_columns(std::string_view feeds, std::string_view slot);

// The options that a choice may have to fill the slot because the engine counts by them; empty: any.
[[nodiscard]] std::span<const std::string_view> slot_options(std::string_view feeds, std::string_view slot);

}  // namespace nc::catalog
