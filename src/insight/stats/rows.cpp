#include "insight/stats/rows.h"

#include <algorithm>

#include "base/text.h"

namespace nc::stats {
namespace {

constexpr int kScaleMax = 6;

const Json& slot_of(const catalog::Type& type, const Json& values, std::string_view name) {
  static const Json kNone;
  const auto at = type.slots.find(std::string(name));
  return at == type.slots.end() ? kNone : values[at->second];
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.as_string();
  if (value.is_int()) return std::to_string(value.as_int());
  return value.text("text");
}

// A set of options, lines of one column, or a text with parts between semicolons, commas or lines.
std::vector<std::string> texts_of(const Json& value) {
  std::vector<std::string> out;
  if (value.is_array()) {
    for (const auto& item : value.as_array()) {
      if (item.is_string()) out.push_back(item.as_string());
      if (!item.is_object()) continue;  // a row of lines: one word to a column
      for (const auto& [column, word] : item.as_object())
        if (word.is_string()) out.push_back(word.as_string());
    }
  } else if (value.is_string()) {
    std::string text = value.as_string();
    std::replace_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '\n'; }, ';');
    out = split_trimmed(text, ';');
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<RecordId> ref_of(const Json& value) {
  if (value.is_string()) return RecordId::from_hex(value.as_string());
  return RecordId::from_hex(value.text("ref"));
}

std::vector<RecordId> refs_of(const Json& value) {
  std::vector<RecordId> out;
  if (value.is_array()) {
    for (const auto& item : value.as_array())
      if (const auto id = ref_of(item)) out.push_back(*id);
  } else if (const auto id = ref_of(value)) {
    out.push_back(*id);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::optional<DayRange> date_days(const Json& value) {
  if (!value["day"].is_int()) return std::nullopt;
  const auto day = value.integer("day");
  if (day < kDayMin || day > kDayMax) return std::nullopt;
  CivilDate date;
  date.day = static_cast<std::int32_t>(day);
  const auto precision = value.text("precision", "day");
  date.precision = precision == "month"       ? DatePrecision::kMonth
                   : precision == "year"      ? DatePrecision::kYear
                   : precision == "month_day" ? DatePrecision::kMonthDay
                                              : DatePrecision::kDay;
  return extent(date);
}

// The days on which it may have begun: a talk of three days counts where its first day lies.
std::optional<DayRange> begin_days(const Json& value) {
  if (value.has("day")) return date_days(value);
  if (value.has("from")) return date_days(value["from"]);
  return date_days(value["to"]);
}

std::optional<Amount> amount_of(const Json& value) {
  if (value.is_int()) return Amount{value.as_int(), 0};
  if (value.is_object()) return amount_of(value["amount"]);
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.as_string();
  Amount out;
  bool point = false, digits = false;
  const bool minus = !text.empty() && text[0] == '-';
  for (std::size_t i = minus ? 1 : 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point && digits) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || (point && out.scale == kScaleMax)) return std::nullopt;
    if (__builtin_mul_overflow(out.value, 10, &out.value) || __builtin_add_overflow(out.value, c - '0', &out.value)) return std::nullopt;
    digits = true;
    if (point) ++out.scale;
  }
  if (!digits) return std::nullopt;
  if (minus) out.value = -out.value;
  return out;
}

Status status_of(const Json& value, bool standing) {
  if (value.is_string()) {
    const auto& text = value.as_string();
    if (text == "held") return Status::kHeld;
    if (text == "announced") return Status::kAnnounced;
    if (text == "planned" || text == "postponed" || text == "cancelled") return Status::kOther;
  }
  // A thing stands by its days; an activity of which nobody says that it was held was not.
  return standing ? Status::kHeld : Status::kOther;
}

Json ids_json(const std::vector<RecordId>& ids) {
  Json out{JsonArray{}};
  for (const auto& id : ids) out.push(id.hex());
  return out;
}

Json texts_json(const std::vector<std::string>& texts) { return JsonArray(texts.begin(), texts.end()); }

Json day_json(const std::optional<std::int32_t>& day) { return day ? Json(static_cast<std::int64_t>(*day)) : Json(); }

Json atoms_json(const std::vector<Atom>& atoms) {
  Json out{JsonArray{}};
  for (const auto& atom : atoms) {
    Json units = ids_json(atom.audience.units);
    Json item;
    item.set("handling", static_cast<int>(atom.handling))
        .set("audience", static_cast<int>(atom.audience.kind))
        .set("units", std::move(units));
    out.push(std::move(item));
  }
  return out;
}

Json amount_json(const std::optional<Amount>& amount) { return amount ? Json(amount->text()) : Json(); }

}  // namespace

std::vector<Reading> readings_of(const records::RecordView& record) {
  std::vector<Reading> out;
  Wall wall;
  wall.type = record.type_id;
  if (record.type && !record.parts.empty()) wall.counterparts = refs_of(slot_of(*record.type, record.base_part().values, "counterpart"));
  Json values{JsonObject{}};
  std::vector<const records::PartView*> open;  // those that it was withdrawn from say nothing
  for (const auto& part : record.parts)
    if (!part.closed) open.push_back(&part);
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto& part = *open[i];
    wall.need.push_back({part.key.handling, part.key.audience});
    wall.next.clear();
    if (i + 1 < open.size()) wall.next.push_back({open[i + 1]->key.handling, open[i + 1]->key.audience});
    if (part.values.is_object())
      for (const auto& [field, value] : part.values.as_object()) values.set(field, value);
    out.push_back({wall, values});
  }
  return out;
}

ActivityRow activity_row(const catalog::Type& type, const Json& values) {
  const auto slot = [&](std::string_view name) -> const Json& { return slot_of(type, values, name); };
  ActivityRow row;
  row.standing = type.feeds == "standing-thing";
  row.start = begin_days(slot(row.standing ? "from" : "when"));
  if (row.standing)
    if (const auto until = date_days(slot("until"))) row.end = *until;
  row.detail = text_of(slot("detail"));
  row.level = text_of(slot("level"));
  row.status = status_of(slot("status"), row.standing);
  const auto fails = [&](const auto& condition) { return condition.truth(values) == false; };
  if (std::any_of(type.counts_when.begin(), type.counts_when.end(), fails)) row.status = Status::kOther;
  row.own.units = refs_of(slot("own"));
  if (const auto lead = ref_of(slot("lead"))) {
    row.own.lead = *lead;
    row.own.units.push_back(*lead);
    std::sort(row.own.units.begin(), row.own.units.end());
    row.own.units.erase(std::unique(row.own.units.begin(), row.own.units.end()), row.own.units.end());
  }
  row.counterpart = {refs_of(slot("counterpart")), texts_of(slot("countries"))};
  row.parent = ref_of(slot("parent")).value_or(RecordId{});
  row.same_event = refs_of(slot("same_event"));
  row.includes = refs_of(slot("includes"));
  row.sources = refs_of(slot("source"));
  for (const auto& measure : type.measures) {
    if (measure.when && !measure.when->truth(values).value_or(false)) continue;
    if (const auto value = measure.value.number(values, measure.scale)) row.values.push_back({{measure.id, measure.scale}, *value});
  }
  return row;
}

Declared declared_row(const catalog::Type& type, const Json& values, const RecordId& id) {
  const auto slot = [&](std::string_view name) -> const Json& { return slot_of(type, values, name); };
  Declared row;
  row.id = id;
  row.indicator = ref_of(slot("indicator")).value_or(RecordId{});
  row.unit = ref_of(slot("unit")).value_or(UnitId{});
  row.code = text_of(slot("code"));
  row.levels = texts_of(slot("levels"));
  row.counterparts = refs_of(slot("counterpart"));
  row.countries = texts_of(slot("countries"));
  row.area = text_of(slot("area"));
  if (row.area.empty()) row.area = slot("area").text("area");
  if (const auto from = date_days(slot("from"))) row.from = from->first;
  if (const auto until = date_days(slot("until"))) row.to = until->last;
  row.value = amount_of(slot("value"));
  row.denominator = amount_of(slot("denominator"));
  row.qualifier = text_of(slot("qualifier"));
  row.magnitude = text_of(slot("magnitude"));
  row.basis = text_of(slot("basis"));
  row.verbatim = text_of(slot("verbatim"));
  row.part_of = ref_of(slot("part_of"));
  row.sources = refs_of(slot("source"));
  return row;
}

IndicatorRow indicator_row(const catalog::Type& type, const Json& values) {
  const auto slot = [&](std::string_view name) -> const Json& { return slot_of(type, values, name); };
  IndicatorRow row;
  row.code = text_of(slot("code"));
  row.name = text_of(slot("name"));
  row.name_en = text_of(slot("name_en"));
  row.kinds = texts_of(slot("kinds"));
  row.details = texts_of(slot("details"));
  row.levels = texts_of(slot("levels"));
  row.measure = text_of(slot("measure"));
  if (row.measure.empty()) row.measure = "count";
  row.nature = text_of(slot("nature")) == "stock" ? Nature::kStock : Nature::kFlow;
  row.basis = text_of(slot("basis"));
  row.unit_of_count = text_of(slot("unit_of_count"));
  return row;
}

ReportRow report_row(const catalog::Type& type, const Json& values, const std::string& state) {
  const auto slot = [&](std::string_view name) -> const Json& { return slot_of(type, values, name); };
  ReportRow row;
  row.form = type.feeds == "nil-report" ? ReportForm::kNil : type.feeds == "period-closing" ? ReportForm::kClosing : ReportForm::kReport;
  row.unit = ref_of(slot("unit")).value_or(UnitId{});
  if (const auto from = date_days(slot("from"))) row.from = from->first;
  if (const auto until = date_days(slot("until"))) row.to = until->last;
  row.nil_kinds = texts_of(slot("nil_kinds"));
  row.state = type.slot("state") ? text_of(slot("state")) : state;
  return row;
}

SourceRow source_row(const catalog::Type& type, const Json& values) { return {text_of(slot_of(type, values, "code"))}; }

Json digest_json(const Wall& wall) {
  Json out;
  out.set("type", wall.type)
      .set("need", atoms_json(wall.need))
      .set("next", atoms_json(wall.next))
      .set("counterparts", ids_json(wall.counterparts));
  return out;
}

Json digest_json(const ActivityRow& row) {
  Json out;
  if (row.start) out.set("first", static_cast<std::int64_t>(row.start->first)).set("last", static_cast<std::int64_t>(row.start->last));
  out.set("end_first", static_cast<std::int64_t>(row.end.first)).set("end_last", static_cast<std::int64_t>(row.end.last));
  out.set("standing", row.standing).set("detail", row.detail).set("level", row.level).set("status", static_cast<int>(row.status));
  out.set("lead", row.own.lead.hex()).set("own", ids_json(row.own.units)).set("counterpart", ids_json(row.counterpart.units));
  out.set("countries", texts_json(row.counterpart.countries)).set("parent", row.parent.hex());
  out.set("same_event", ids_json(row.same_event)).set("sources", ids_json(row.sources));
  if (!row.includes.empty()) out.set("includes", ids_json(row.includes));
  Json values{JsonObject{}};
  for (const auto& [key, value] : row.values) values.set(key.id, Amount{value, key.scale}.text());
  out.set("values", std::move(values));
  return out;
}

Json digest_json(const Declared& row) {
  Json out;
  out.set("indicator", row.indicator.hex()).set("unit", row.unit.hex()).set("code", row.code).set("levels", texts_json(row.levels));
  out.set("counterparts", ids_json(row.counterparts)).set("countries", texts_json(row.countries)).set("area", row.area);
  out.set("from", day_json(row.from))
      .set("to", day_json(row.to))
      .set("value", amount_json(row.value))
      .set("denominator", amount_json(row.denominator));
  out.set("qualifier", row.qualifier).set("magnitude", row.magnitude).set("basis", row.basis).set("verbatim", row.verbatim);
  out.set("part_of", row.part_of ? Json(row.part_of->hex()) : Json()).set("sources", ids_json(row.sources));
  return out;
}

Json digest_json(const IndicatorRow& row) {
  Json out;
  out.set("code", row.code).set("name", row.name).set("name_en", row.name_en).set("measure", row.measure).set("basis", row.basis);
  out.set("unit_of_count", row.unit_of_count);
  out.set("kinds", texts_json(row.kinds)).set("details", texts_json(row.details)).set("levels", texts_json(row.levels));
  out.set("nature", row.nature == Nature::kStock ? "stock" : "flow");
  return out;
}

Json digest_json(const ReportRow& row) {
  Json out;
  out.set("unit", row.unit.hex()).set("from", day_json(row.from)).set("to", day_json(row.to));
  out.set("nil_kinds", texts_json(row.nil_kinds)).set("state", row.state).set("form", static_cast<int>(row.form));
  return out;
}

Json digest_json(const SourceRow& row) {
  Json out;
  out.set("code", row.code);
  return out;
}

}  // namespace nc::stats
