#include "ledger/catalog/slots.h"

#include <algorithm>
#include <array>
#include <map>

namespace nc::catalog {
namespace {

using K = FieldKind;
using Slots = std::vector<SlotRule>;

constexpr std::array<std::string_view, 5> kStatusOptions{"planned", "announced", "held", "postponed", "cancelled"};
constexpr std::array<std::string_view, 7> kLevelOptions{"ministry", "command", "province", "district", "post", "station", "village"};

// Slots that every type may fill, whatever it feeds: the unit a record belongs to and its source.
Slots general() { return {{"lead", false, {K::kRef}}, {"code", false, {K::kText}}, {"source", false, {K::kRef, K::kRefs}}}; }

Slots activity() {
  return {{"when", true, {K::kDate, K::kDateRange}},
          {"status", true, {K::kChoice}},
          {"level", false, {K::kChoice}},
          {"lead", true, {K::kRef}},
          {"own", false, {K::kRefs}},
          {"counterpart", false, {K::kRefs}},
          {"countries", false, {K::kChoices}},
          {"detail", false, {K::kChoice}},
          {"parent", false, {K::kRef}},
          {"same_event", false, {K::kRefs}},
          {"includes", false, {K::kRefs}},
          {"persons", false, {K::kPersons}},
          {"source", false, {K::kRefs}},
          {"place", false, {K::kPlace}},
          {"series_number", false, {K::kInteger}},
          {"code", false, {K::kText}},
          {"releasable", false, {K::kChoices}},
          {"given", false, {K::kText, K::kLongText, K::kLines}},
          {"worth", false, {K::kMoney}},
          {"direction", false, {K::kChoice}}};
}

// A thing that stands: `when` may come along with the shared block, but `from` is what counts.
Slots standing() {
  Slots out = activity();
  out.front().required = false;
  out.push_back({"from", true, {K::kDate}});
  out.push_back({"until", false, {K::kDate}});
  return out;
}

Slots nothing() {
  Slots out = standing();
  for (auto& slot : out) slot.required = false;
  return out;
}

Slots org_unit() {
  return {{"name", true, {K::kText}},
          {"name_en", false, {K::kText}},
          {"code", true, {K::kText}},
          {"country", false, {K::kChoice}},
          {"force", false, {K::kChoice}},
          {"level", false, {K::kChoice}},
          {"chain", false, {K::kChoice}},
          {"from", false, {K::kDate}},
          {"until", false, {K::kDate}},
          {"aliases", false, {K::kText, K::kLongText, K::kLines}},
          {"area", false, {K::kText, K::kChoice, K::kPlace}},
          {"own", false, {K::kFlag}},
          {"records_from", false, {K::kDate}}};
}

Slots org_change() { return {{"rows", true, {K::kLines}}, {"source", false, {K::kRef, K::kRefs}}, {"code", false, {K::kText}}}; }

Slots account() {
  return {{"login", true, {K::kText}},
          {"unit", true, {K::kRef}},
          {"grants", false, {K::kLines}},
          {"clearance", false, {K::kChoice}},
          {"disabled", false, {K::kFlag}}};
}

Slots source() {
  return {{"name", true, {K::kText, K::kLongText}},
          {"code", false, {K::kText}},
          {"publisher", false, {K::kText}},
          {"date", false, {K::kDate}},
          {"address", false, {K::kText, K::kLongText}},
          {"language", false, {K::kChoice, K::kText}}};
}

Slots indicator() {
  return {{"code", true, {K::kText}},
          {"name", true, {K::kText, K::kLongText}},
          {"name_en", false, {K::kText, K::kLongText}},
          {"kinds", false, {K::kChoices, K::kText, K::kLongText, K::kLines}},
          {"details", false, {K::kChoices, K::kText, K::kLongText, K::kLines}},
          {"levels", false, {K::kChoices}},
          {"measure", false, {K::kText, K::kChoice}},
          {"nature", false, {K::kChoice}},
          {"unit_of_count", false, {K::kText, K::kChoice}},
          {"basis", false, {K::kChoice}}};
}

Slots declared() {
  return {{"indicator", true, {K::kRef}},
          {"unit", true, {K::kRef}},
          {"counterpart", false, {K::kRef, K::kRefs}},
          {"countries", false, {K::kChoices}},
          {"area", false, {K::kText, K::kChoice, K::kPlace}},
          {"levels", false, {K::kChoices}},
          {"from", false, {K::kDate}},
          {"until", false, {K::kDate}},
          {"value", false, {K::kInteger, K::kDecimal}},
          {"denominator", false, {K::kInteger, K::kDecimal}},
          {"qualifier", false, {K::kQualifier}},
          {"magnitude", false, {K::kChoice, K::kText, K::kInteger}},
          {"basis", false, {K::kChoice}},
          {"part_of", false, {K::kRef}},
          {"verbatim", false, {K::kText, K::kLongText}},
          {"source", false, {K::kRef, K::kRefs}},
          {"code", false, {K::kText}}};
}

Slots report() {
  return {{"unit", false, {K::kRef}},
          {"from", false, {K::kDate}},
          {"until", false, {K::kDate}},
          {"nil_kinds", false, {K::kChoices, K::kText, K::kLongText, K::kLines}},
          {"state", false, {K::kChoice}}};
}

// A unit says that there was nothing of these kinds in the period.
Slots nil_report() {
  return {{"unit", true, {K::kRef}}, {"from", true, {K::kDate}}, {"until", true, {K::kDate}}, {"nil_kinds", true, {K::kLines}}};
}

// What a commander closed: the answer of that day, and what it was counted from.
Slots period_closing() {
  return {{"unit", true, {K::kRef}},
          {"line", true, {K::kChoice}},
          {"from", true, {K::kDate}},
          {"until", true, {K::kDate}},
          {"as_of", true, {K::kDate}},
          {"figures", false, {K::kLines}},
          {"parameters", true, {K::kText, K::kLongText}},
          {"counted", true, {K::kLongText}},
          {"set_digest", true, {K::kText}},
          {"parts", false, {K::kLines}}};
}

// What does not fit into the closing's own entry (docs/formats/closing.md).
Slots period_closing_part() {
  return {{"unit", true, {K::kRef}}, {"number", true, {K::kInteger}}, {"figures", false, {K::kLines}}, {"counted", false, {K::kLongText}}};
}

Slots type_definition() {
  return {{"type_id", true, {K::kText}},
          {"version", true, {K::kInteger}},
          {"definition_hash", true, {K::kText}},
          {"definition", true, {K::kLongText}}};
}

Slots node_key() {
  return {{"name", false, {K::kText}},      {"node", true, {K::kText}}, {"incarnation", true, {K::kText, K::kInteger}},
          {"public_key", true, {K::kText}}, {"unit", false, {K::kRef}}, {"ceiling", false, {K::kChoice}}};
}

Slots audit_head() { return {{"day", true, {K::kDate}}, {"seq", true, {K::kInteger}}, {"head", true, {K::kText}}}; }

Slots handling_waiver() {
  return {{"node", true, {K::kText}},
          {"person", true, {K::kRef}},
          {"reason", true, {K::kText, K::kLongText}},
          {"from", true, {K::kDate}},
          {"until", true, {K::kDate}}};
}

Slots delegation() {
  return {{"principal", true, {K::kRef}}, {"deputy", true, {K::kRef}},  {"role", true, {K::kText}}, {"line", false, {K::kChoice}},
          {"unit", false, {K::kRef}},     {"chain", false, {K::kText}}, {"from", true, {K::kDate}}, {"until", true, {K::kDate}}};
}

Slots short_handed() {
  return {{"unit", true, {K::kRef}},
          {"from", true, {K::kDate}},
          {"until", true, {K::kDate}},
          {"hour_from", false, {K::kInteger}},
          {"hour_until", false, {K::kInteger}}};
}

Slots person_key() { return {{"person", true, {K::kRef}}, {"public_key", true, {K::kText}}, {"ended", false, {K::kText}}}; }

Slots with_general(Slots slots) {
  for (auto& extra : general())
    if (std::none_of(slots.begin(), slots.end(), [&](const SlotRule& s) { return s.name == extra.name; }))
      slots.push_back(std::move(extra));
  return slots;
}

const std::map<std::string_view, Slots>& table() {
  static const std::map<std::string_view, Slots> kTable{
      {"", with_general(nothing())},
      {"counted-activity", with_general(activity())},
      {"standing-thing", with_general(standing())},
      {"org-unit", with_general(org_unit())},
      {"org-change", with_general(org_change())},
      {"person-account", with_general(account())},
      {"printed-source", with_general(source())},
      {"figure-indicator", with_general(indicator())},
      {"figure-declared", with_general(declared())},
      {"period-report", with_general(report())},
      {"nil-report", with_general(nil_report())},
      {"period-closing", with_general(period_closing())},
      {"period-closing-part", with_general(period_closing_part())},
      {"type-definition", with_general(type_definition())},
      {"node-key", with_general(node_key())},
      {"person-key", with_general(person_key())},
      {"audit-head", with_general(audit_head())},
      {"handling-waiver", with_general(handling_waiver())},
      {"person-delegation", with_general(delegation())},
      {"short-handed", with_general(short_handed())},
      {"removal-act", with_general({})},
  };
  return kTable;
}

}  // namespace

bool is_feed(std::string_view feeds) { return !feeds.empty() && table().contains(feeds); }

const std::vector<SlotRule>& slots_of(std::string_view feeds) {
  const auto it = table().find(feeds);
  return it == table().end() ? table().at("") : it->second;
}

const std::vector<ColumnRule>& slot_columns(std::string_view feeds, std::string_view slot) {
  static const std::vector<ColumnRule> kNone;
  static const std::vector<ColumnRule> kChanges{{"unit", {K::kRef}},     {"line", {K::kChoice}}, {"parent", {K::kRef}},
                                                {"from", {K::kDate}},    {"until", {K::kDate}},  {"change", {K::kChoice}},
                                                {"successor", {K::kRef}}};
  static const std::vector<ColumnRule> kGrants{{"role", {K::kText, K::kChoice}},  {"unit", {K::kRef}},  {"line", {K::kChoice}},
                                               {"chain", {K::kText, K::kChoice}}, {"from", {K::kDate}}, {"until", {K::kDate}}};
  static const std::vector<ColumnRule> kFigures{{"what", {K::kText}},        {"indicator", {K::kText}},   {"detail", {K::kText}},
                                                {"level", {K::kText}},       {"partner", {K::kText}},     {"period", {K::kText}},
                                                {"measure", {K::kText}},     {"recorded", {K::kDecimal}}, {"records", {K::kInteger}},
                                                {"declared", {K::kDecimal}}, {"qualifier", {K::kText}}};
  static const std::vector<ColumnRule> kParts{
      {"part", {K::kRef}}, {"digest", {K::kText}}, {"figures", {K::kInteger}}, {"records", {K::kInteger}}};
  if (feeds.starts_with("period-closing") && slot == "figures") return kFigures;
  if (feeds == "period-closing" && slot == "parts") return kParts;
  if (feeds == "org-change" && slot == "rows") return kChanges;
  if (feeds == "person-account" && slot == "grants") return kGrants;
  return kNone;
}

std::span<const std::string_view> slot_options(std::string_view feeds, std::string_view slot) {
  const bool counted = feeds == "counted-activity" || feeds == "standing-thing";
  if (counted && slot == "status") return kStatusOptions;
  if (slot == "level" && (counted || feeds == "org-unit")) return kLevelOptions;
  if (slot == "levels") return kLevelOptions;
  return {};
}

}  // namespace nc::catalog
