#include "face/web/record_columns.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/taking_out.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
namespace {

using documents::Cell;
using documents::text_cell;
using records::RecordView;
using TextOf = std::function<std::string(const RecordView&)>;

constexpr std::size_t kShownBytesMax = 240;  // of a text in a row of a page
constexpr int kDayWidth = 13, kShortWidth = 16, kNameWidth = 30, kTextWidth = 44;

RecordColumn text_column(std::string name, std::string label, int width, TextOf text) {
  RecordColumn out;
  out.name = std::move(name);
  out.head.label = std::move(label);
  out.width = width;
  out.show = [text](const RecordView& record) { return Html(shorten(text(record), kShownBytesMax)); };
  out.cell = [text = std::move(text)](const RecordView& record) { return text_cell(text(record)); };
  return out;
}

RecordColumn usual(RecordColumn column) {
  column.usual = true;
  return column;
}

std::string dotted(const catalog::Type* kind, std::string_view id) { return kind ? kind->id + "." + std::string(id) : std::string(id); }

// One exact day counts as such in a file; all else stands as it is shown.
Cell date_cell(const Json& value, std::string text) {
  const auto date = catalog::date_from_json(value);
  const bool exact = date && date->precision == DatePrecision::kDay && !date->inferred;
  return exact ? documents::day_cell(std::move(text), date->day) : text_cell(std::move(text));
}

Cell range_cell(const Json& value, std::string text) {
  const auto from = catalog::date_from_json(value["from"]), to = catalog::date_from_json(value["to"]);
  return from && (!to || *to == *from) ? date_cell(value["from"], std::move(text)) : text_cell(std::move(text));
}

// "157.422" as 157422 by a thousand.
Cell decimal_cell(const std::string& wire, std::string text) {
  const auto point = wire.find('.');
  auto digits = wire;
  if (point != std::string::npos) digits.erase(point, 1);
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (bad != std::errc() || end != digits.data() + digits.size()) return text_cell(std::move(text));
  return documents::number_cell(std::move(text), number, point == std::string::npos ? 0 : static_cast<int>(wire.size() - point - 1));
}

Cell field_cell(const catalog::Field& field, const Json& value, std::string text) {
  switch (field.kind) {
    case catalog::FieldKind::kDate: return date_cell(value, std::move(text));
    case catalog::FieldKind::kDateRange: return range_cell(value, std::move(text));
    case catalog::FieldKind::kInteger:
      return value.is_int() ? documents::number_cell(std::move(text), value.as_int()) : text_cell(std::move(text));
    case catalog::FieldKind::kDecimal:
      return value.is_string() ? decimal_cell(value.as_string(), std::move(text)) : text_cell(std::move(text));
    default: return text_cell(std::move(text));
  }
}

bool is_number(catalog::FieldKind kind) { return kind == catalog::FieldKind::kInteger || kind == catalog::FieldKind::kDecimal; }

int width_of(catalog::FieldKind kind) {
  using enum catalog::FieldKind;
  if (kind == kDate || kind == kDateRange || is_number(kind) || kind == kMarker) return kDayWidth;
  if (kind == kRef || kind == kRefs || kind == kText || kind == kPlace || kind == kPersons) return kNameWidth;
  return kind == kLongText || kind == kLines || kind == kFiles ? kTextWidth : kShortWidth;
}

// A field as it stands in a row: of units their names alone, of a status its badge.
Html field_html(const Visit& visit, const catalog::Field& field, const RecordView& record) {
  if (record.type && &field == record.type->slot("status")) return status_badge(visit, record);
  const auto& value = record.values[field.id];
  if (field.kind == catalog::FieldKind::kRefs) return Html(names_text(visit, value));
  return Html(shorten(catalog::show_value(field, value, visit.lang(), visit.namer()), kShownBytesMax));
}

RecordColumn field_column(const Visit& visit, const catalog::Type& type, const catalog::Field& field) {
  RecordColumn out;
  out.name = dotted(&type, field.id);
  out.head.label = field.label.in(visit.lang());
  out.head.number = is_number(field.kind);
  out.head.one_line = width_of(field.kind) == kDayWidth && field.kind != catalog::FieldKind::kDateRange;
  out.head.wide = field.kind == catalog::FieldKind::kLongText;
  out.usual = !field.retired && std::ranges::find(type.list, field.id) != type.list.end();
  out.dated = &field == type.slot("when") || &field == type.slot("from");
  out.retired = field.retired;
  out.width = width_of(field.kind);
  out.show = [&visit, &field](const RecordView& record) { return field_html(visit, field, record); };
  out.cell = [&visit, &field](const RecordView& record) {
    const auto& value = record.values[field.id];
    return field_cell(field, value, catalog::show_value(field, value, visit.lang(), visit.namer()));
  };
  return out;
}

// What is said of the record itself. The names have a hyphen, which no field's id has.
RecordColumns about_records(const Visit& visit, const catalog::Type* kind) {
  auto number = text_column(dotted(kind, "record-number"), visit.tr("Number of the record"), 34,
                            [](const RecordView& record) { return record.id.hex(); });
  number.head.one_line = true;
  return {text_column(dotted(kind, "record-state"), visit.tr("State"), kShortWidth,
                      [&visit](const RecordView& record) {
                        const auto* state = record.type ? record.type->state(record.state) : nullptr;
                        return record.voided ? visit.tr("void") : state ? state->label.in(visit.lang()) : std::string();
                      }),
          text_column(dotted(kind, "record-changed"), visit.tr("Last changed"), kShortWidth,
                      [&visit](const RecordView& record) { return visit.ui.datetime(record.changed_ms); }),
          text_column(dotted(kind, "record-handling"), visit.tr("Handling"), kShortWidth,
                      [&visit](const RecordView& record) { return visit.tr(access::handling_words(highest_handling(record))); }),
          std::move(number)};
}

// Whether the reader could be shown the field at all. Sealed personal data stand in no list.
class Seen {
 public:
  explicit Seen(const Visit& visit)
      : types_(visit.world->catalog->types()),
        clearance_(access::ReadScope::resolve(visit.who, access::Action::kRead, *visit.world->tree, *visit.world->catalog).clearance()) {}

  [[nodiscard]] bool field(const catalog::Field& field) const {
    return field.kind != catalog::FieldKind::kPersonal && field.handling.value_or(catalog::Handling::kOpen) <= clearance_;
  }
  // Some kind has a field for it that he may see.
  [[nodiscard]] bool slot(std::string_view slot) const {
    return std::ranges::any_of(types_, [&](const catalog::Type& type) {
      const auto* found = type.slot(slot);
      return found && field(*found);
    });
  }

 private:
  const std::vector<catalog::Type>& types_;
  access::Handling clearance_;
};

// A meaning that kinds share, in the words of whichever field has it.
RecordColumn slot_column(const Visit& visit, std::string slot, std::string label, int width) {
  auto out = text_column(slot, std::move(label), width, [&visit, slot](const RecordView& record) {
    const auto* field = record.type ? record.type->slot(slot) : nullptr;
    return field ? catalog::show_value(*field, record.slot(slot), visit.lang(), visit.namer()) : std::string();
  });
  out.cell = [&visit, slot](const RecordView& record) {
    const auto* field = record.type ? record.type->slot(slot) : nullptr;
    const auto& value = record.slot(slot);
    return field ? field_cell(*field, value, catalog::show_value(*field, value, visit.lang(), visit.namer())) : text_cell({});
  };
  return out;
}

RecordColumn date_column(const Visit& visit) {
  auto out = text_column("when", visit.tr("Date"), kDayWidth, [&visit](const RecordView& record) { return when_text(visit, record); });
  out.cell = [&visit](const RecordView& record) { return range_cell(record.slot("when"), when_text(visit, record)); };
  out.dated = true;
  return out;
}

RecordColumn status_column(const Visit& visit) {
  auto out =
      text_column("status", visit.tr("Status"), kShortWidth, [&visit](const RecordView& record) { return status_text(visit, record); });
  out.show = [&visit](const RecordView& record) { return status_badge(visit, record); };
  return out;
}

RecordColumns of_all_kinds(const Visit& visit) {
  auto out = usual_columns(visit);
  const Seen seen(visit);
  const std::pair<const char*, const char*> more[] = {{"level", NC_MSG("Level")},
                                                      {"countries", NC_MSG("Countries")},
                                                      {"persons", NC_MSG("People")},
                                                      {"series_number", NC_MSG("Number in the series")},
                                                      {"source", NC_MSG("Sources")}};
  for (const auto& [slot, label] : more)
    if (seen.slot(slot)) out.push_back(slot_column(visit, slot, visit.tr(label), kShortWidth));
  std::ranges::move(about_records(visit, nullptr), std::back_inserter(out));
  return out;
}

RecordColumns of_kind(const Visit& visit, const catalog::Type& kind) {
  RecordColumns out;
  const Seen seen(visit);
  for (const auto& id : kind.list)
    if (const auto* field = kind.field(id); field && seen.field(*field)) out.push_back(field_column(visit, kind, *field));
  for (const auto& field : kind.fields)
    if (std::ranges::find(kind.list, field.id) == kind.list.end() && seen.field(field)) out.push_back(field_column(visit, kind, field));
  auto kind_column = text_column(dotted(&kind, "record-kind"), visit.tr("Kind"), kNameWidth,
                                 [&visit](const RecordView& record) { return kind_text(visit, record); });
  // What has no usual field that this reader may see shows at least what it is.
  kind_column.usual = std::ranges::none_of(out, &RecordColumn::usual);
  out.push_back(std::move(kind_column));
  std::ranges::move(about_records(visit, &kind), std::back_inserter(out));
  return out;
}

RecordColumns all_columns(const Visit& visit, const catalog::Type* kind) { return kind ? of_kind(visit, *kind) : of_all_kinds(visit); }

bool has(const RecordColumns& columns, std::string_view name) {
  return std::ranges::find(columns, name, &RecordColumn::name) != columns.end();
}

// Of this list or of another one: an address keeps the columns of several kinds.
Status known_columns(const Visit& visit, const std::set<std::string>& names) {
  std::string prefix;
  std::optional<RecordColumns> columns;
  for (const auto& name : names) {  // in their order, so that those of a kind stand together
    const auto point = name.find('.');
    const auto of = point == std::string::npos ? std::string() : name.substr(0, point);
    const auto* kind = of.empty() ? nullptr : visit.world->catalog->find(of);
    const bool listed = kind ? kind->feeds == "counted-activity" || kind->feeds == "standing-thing" : point == std::string::npos;
    if (!columns || of != prefix) columns = listed ? all_columns(visit, kind) : RecordColumns();
    prefix = of;
    if (!has(*columns, name))
      return fail(Error(ErrorCode::kInvalid, NC_MSG("No list has a column “{1}”"), {shorten(name, 80)})
                      .at(std::string(kColumnParameter))
                      .then(NC_MSG("Take it out of the address, or go to the list and choose its columns anew")));
  }
  return {};
}

}  // namespace

RecordColumns usual_columns(const Visit& visit) {
  const auto text = [&](const char* name, const char* label, int width, std::string (*of)(const Visit&, const RecordView&)) {
    return usual(text_column(name, visit.tr(label), width, [&visit, of](const RecordView& record) { return of(visit, record); }));
  };
  RecordColumns out;
  out.push_back(text("kind", NC_MSG("Kind"), 28, kind_text));
  out.push_back(usual(date_column(visit)));
  out.push_back(text("own", NC_MSG("Own unit"), kNameWidth, own_text));
  out.back().head.wide = true;
  out.push_back(text("counterpart", NC_MSG("Counterpart"), kNameWidth, counterpart_text));
  out.back().head.wide = true;
  out.push_back(text("place", NC_MSG("Place"), 24, place_text));
  out.back().head.minor = true;
  out.push_back(usual(status_column(visit)));
  out.push_back(text("code", NC_MSG("Code"), 12, code_text));
  out.back().head.minor = true;
  out.back().head.one_line = true;
  return out;
}

RecordColumn first_day_column(const Visit& visit) {
  RecordColumn out;
  out.name = "first-day";
  out.head.label = visit.tr("First day");
  out.width = kDayWidth;
  const auto day_of = [](const RecordView& record) -> std::optional<std::int32_t> {
    const auto& slot = record.slot("when").is_null() ? record.slot("from") : record.slot("when");
    const auto date = catalog::date_from_json(slot.has("from") ? slot["from"] : slot);
    const auto days = date ? extent(*date) : std::nullopt;
    return days ? std::optional(days->first) : std::nullopt;
  };
  out.show = [day_of](const RecordView& record) {
    const auto day = day_of(record);
    return day ? Html(i18n::day_text(*day)) : Html();
  };
  out.cell = [day_of](const RecordView& record) {
    const auto day = day_of(record);
    return day ? documents::day_cell(i18n::day_text(*day), *day) : text_cell({});
  };
  return out;
}

Result<RecordColumns> chosen_columns(const Visit& visit, const catalog::Type* kind) {
  std::set<std::string> asked;
  for (const auto name : visit.request.query.all(kColumnParameter))
    if (!name.empty()) asked.emplace(name);
  NC_TRY(known_columns(visit, asked));
  auto out = all_columns(visit, kind);
  const bool chosen = std::ranges::any_of(out, [&](const RecordColumn& column) { return asked.contains(column.name); });
  std::erase_if(out, [&](const RecordColumn& column) { return chosen ? !asked.contains(column.name) : !column.usual; });
  return out;
}

ColumnChooser column_chooser(const Visit& visit, const catalog::Type* kind, const RecordColumns& shown, const Url& list,
                             const net::Fields& kept) {
  ColumnChooser out{list, kept, {}};
  const auto offered = all_columns(visit, kind);
  // Those of other kinds wait in the address for their own list.
  for (const auto name : visit.request.query.all(kColumnParameter))
    if (!name.empty() && !has(offered, name)) out.hidden.add(std::string(kColumnParameter), std::string(name));
  out.choices.name = kColumnParameter;
  out.choices.label = visit.tr("Columns that the list and its files show");
  out.choices.help = visit.tr("None ticked: the usual ones.");
  out.choices.input = Input::kChoices;
  out.choices.width = Width::kFull;
  for (const auto& column : offered)
    if (!column.retired || has(shown, column.name)) out.choices.options.push_back({column.name, column.head.label, ""});
  for (const auto& column : shown) out.choices.values.push_back(column.name);
  return out;
}

std::vector<Column> heads_of(const RecordColumns& columns) {
  std::vector<Column> out;
  for (const auto& column : columns) out.push_back(column.head);
  return out;
}

Row row_of(const RecordColumns& columns, const Visit& visit, const RecordView& record) {
  Row out;
  for (const auto& column : columns) {
    auto shown = column.show(record);
    if (out.cells.empty()) {
      if (shown.empty()) shown = Html(kind_text(visit, record));
      shown = el("a", {{"href", record_url(record.id)}}, shown);
    }
    out.cells.push_back(std::move(shown));
  }
  return out;
}

std::vector<Cell> cells_of(const RecordColumns& columns, const RecordView& record) {
  std::vector<Cell> out;
  for (const auto& column : columns) out.push_back(column.cell(record));
  return out;
}

}  // namespace nc::web
