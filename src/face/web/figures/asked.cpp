#include "face/web/figures/asked.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/figures/words.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using i18n::Translator;

class Reader {
 public:
  Reader(Asked& asked, const records::World& world, const Translator& ui) : asked_(asked), world_(world), ui_(ui) {}

  void read() {
    unit();
    line();
    counterpart();
    kinds();
    words();
    days();
    as_of();
    dimensions();
  }

 private:
  void wrong(std::string_view name, const Error& error) { asked_.errors.emplace(std::string(name), ui_.error_text(error)); }
  void not_possible(std::string_view name) {
    wrong(name, Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not possible here"), {std::string(asked_.text(name))})
                    .then(NC_MSG("Choose one of the list")));
  }
  void unit();
  void line();
  void counterpart();
  void kinds();
  void words();
  void days();
  void as_of();
  void dimensions();
  std::optional<DayRange> day(std::string_view name);

  Asked& asked_;
  const records::World& world_;
  const Translator& ui_;
};

void Reader::unit() {
  const auto text = trim(asked_.text("unit"));
  if (text.empty()) return;
  const auto match = find_unit(*world_.tree, text, Side::kOwn);
  if (match.unit) {
    asked_.query.unit = match.unit->id;
  } else if (match.candidates.empty()) {
    wrong("unit", Error(ErrorCode::kNotFound, NC_MSG("There is no unit of our side with the code or the name “{1}”"), {std::string(text)})
                      .then(NC_MSG("Choose one of the suggestions, or look for it among the units")));
  } else {
    wrong("unit", Error(ErrorCode::kInvalid, NC_MSG("“{1}” may be several units: {2}"), {std::string(text), candidates_text(match, ui_)})
                      .then(NC_MSG("Give the unit's code")));
  }
}

void Reader::line() {
  const auto text = asked_.text("line");
  if (text.empty()) return;
  if (const auto line = orgtree::line_from_name(text)) asked_.query.line = *line;
  else not_possible("line");
}

void Reader::counterpart() {
  const auto text = trim(asked_.text("counterpart"));
  if (text.empty()) return;
  const auto bracketed = in_last_brackets(text);
  if (const auto country = country_from_text(*world_.catalog, text); !country.empty() && !world_.tree->by_code(text)) {
    asked_.query.partner.country = country;
    return;
  }
  auto partner = stats::partner_from_text(world_.tree->by_code(bracketed) ? bracketed : text, *world_.tree);
  if (partner) asked_.query.partner = std::move(*partner);
  else wrong("counterpart", partner.error());
}

void Reader::kinds() {
  for (const auto kind : asked_.typed.all("kind")) {
    if (world_.catalog->find(kind)) asked_.query.kinds.emplace_back(kind);
    else
      wrong(
          "kind",
          Error(ErrorCode::kNotFound, NC_MSG("There is no record type “{1}”"), {std::string(kind)}).then(NC_MSG("Choose one of the list")));
  }
}

void Reader::words() {
  asked_.query.detail = asked_.text("detail");
  asked_.query.level = asked_.text("level");
  asked_.query.measure = asked_.text("measure");
  if (!asked_.query.detail.empty() && !has_option(*world_.catalog, "detail", asked_.query.detail)) not_possible("detail");
  if (!asked_.query.level.empty() && !has_option(*world_.catalog, "level", asked_.query.level)) not_possible("level");
  if (!asked_.query.measure.empty() && !is_measure(*world_.catalog, asked_.query.measure)) not_possible("measure");
}

std::optional<DayRange> Reader::day(std::string_view name) {
  const auto text = trim(asked_.text(name));
  if (text.empty()) return std::nullopt;
  const auto date = parse_typed_date(text);
  if (!date) {
    wrong(name, date.error());
    return std::nullopt;
  }
  auto days = extent(*date);
  if (!days)
    wrong(name,
          Error(ErrorCode::kInvalid, NC_MSG("“{1}” has no year"), {std::string(text)}).then(NC_MSG("Write 31/12/2024, 12/2024 or 2024")));
  return days;
}

void Reader::days() {
  if (const auto from = day("from")) asked_.query.from = from->first;
  if (const auto to = day("to")) asked_.query.to = to->last;
  if (asked_.query.from && asked_.query.to && *asked_.query.from > *asked_.query.to)
    wrong("to", Error(ErrorCode::kInvalid, NC_MSG("The period ends before it begins")).then(NC_MSG("Give a later day, or leave it empty")));
}

void Reader::as_of() {
  if (asked_.text("as") == "recorded") return;
  if (const auto when = day("as")) asked_.query.as_of = when->last;
}

void Reader::dimensions() {
  for (const auto& [name, dimension] : {std::pair{"rows", &asked_.query.rows}, std::pair{"columns", &asked_.query.columns}}) {
    if (asked_.text(name).empty()) continue;
    if (const auto found = stats::dimension_from_name(asked_.text(name))) *dimension = *found;
    else not_possible(name);
  }
  const auto& query = asked_.query;
  if (query.columns != stats::Dimension::kNone && query.rows == stats::Dimension::kNone)
    asked_.errors.emplace("rows", ui_.tr("A table needs rows as well. Choose what they are"));
  if (query.rows != stats::Dimension::kNone && query.rows == query.columns)
    asked_.errors.emplace("columns", ui_.tr("Rows and columns are the same. Choose another one"));
}

}  // namespace

Url Asked::at(std::string_view path, const net::Fields& changes) const {
  auto fields = typed;
  for (const auto& [name, value] : changes) fields.set(name, std::nullopt);
  for (const auto& [name, value] : changes)
    if (!value.empty()) fields.add(name, value);
  return Url::to(path, fields);
}

Asked read_asked(const net::Fields& parameters, const records::World& world, const Translator& ui) {
  Asked asked;
  for (const auto name : kAskedNames)
    for (const auto value : parameters.all(name))
      if (!trim(value).empty() && (name == "kind" || !asked.typed.has(name))) asked.typed.add(std::string(name), std::string(value));
  Reader(asked, world, ui).read();
  return asked;
}

}  // namespace nc::web
