// Converters of dates, references and numbers of persons.
#include <algorithm>
#include <charconv>

#include "base/civil.h"
#include "base/text.h"
#include "channels/intake/convert.h"
#include "ledger/catalog/values.h"

namespace nc::intake {
namespace {

int small_number(const std::string& digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

bool marked_inferred(const Conversion& c) {
  for (const auto& column : c.rule.words_from)
    for (const auto& phrase : c.rule.inferred)
      if (phrase.find(c.cells.cell(column))) return true;
  return false;
}

Result<Json> iso_date_of(const Conversion& c, const std::string& column) {
  const auto text = c.cells.cell(column);
  if (text.empty()) return Json();
  auto date = parse_iso_date(text);
  if (!date) return fail(std::move(date).error().at(column).then(NC_MSG("In files dates are written 2024-12-31, 2024-12 or 2024")));
  date->inferred = marked_inferred(c);
  return catalog::json_from_date(*date);
}

std::optional<Json> month_day(const std::string& day, const std::string& month) {
  const int dom = small_number(day), number = small_number(month);
  if (number < 1 || number > 12 || !is_civil(2000, number, dom)) return std::nullopt;
  return catalog::json_from_date(CivilDate{number * 100 + dom, DatePrecision::kMonthDay, false});
}

// "7 to 9 September, year not shown": slots day month, or day day month.
std::optional<std::pair<Json, Json>> date_in_words(const Conversion& c) {
  for (const auto& column : c.rule.words_from)
    for (const auto& phrase : c.rule.in_words) {
      const auto parts = phrase.find(c.cells.cell(column));
      if (!parts || parts->size() < 2) continue;
      const auto first = month_day(parts->front(), parts->back());
      const auto last = parts->size() > 2 ? month_day((*parts)[1], parts->back()) : std::optional(Json());
      if (first && last) return std::pair(*first, *last);
    }
  return std::nullopt;
}

void ask_about_unread(const Conversion& c) {
  for (const auto& column : c.rule.words_from)
    for (const auto& phrase : c.rule.unread)
      if (phrase.find(c.cells.cell(column))) {
        c.row.note(Note::Weight::kQuestion, column,
                   Error(ErrorCode::kInvalid, NC_MSG("The date stands in words only: “{1}”"), {shorten(c.cells.cell(column), 200)}));
        return;
      }
}

// Names that a reference cell holds and that are known; the others are asked about and kept as text.
std::vector<std::pair<std::string, Target>> targets_of(const Conversion& c, const std::string& column) {
  std::vector<std::pair<std::string, Target>> out;
  for (const auto& key : split_trimmed(c.cells.cell(column), ';')) {
    auto target = c.lookup.find(c.rule.table, key);
    if (target && target->refused) target.reset();
    if (!target) {
      auto unknown = Error(ErrorCode::kNotFound, NC_MSG("“{1}” is not known; the record was taken without it"), {shorten(key, 80)})
                         .then(NC_MSG("Add it, then import again"));
      // Two fields may be taken from one column: told and kept once.
      const bool told = std::any_of(c.row.notes.begin(), c.row.notes.end(), [&](const Note& note) {
        return note.column == column && note.error.message == unknown.message && note.error.args == unknown.args;
      });
      if (told) continue;
      c.row.note(Note::Weight::kQuestion, column, std::move(unknown));
      if (const auto* type = c.lookup.catalog().find(c.row.type)) c.row.append_text(*type, c.row.table->leftover, column + ": " + key);
      continue;
    }
    if (c.rule.own_only && !target->values.boolean("own")) continue;
    out.emplace_back(key, std::move(*target));
  }
  return out;
}

}  // namespace

Result<Json> convert_date(const Conversion& c) {
  NC_ASSIGN(auto date, iso_date_of(c, c.rule.from.front()));
  if (!date.is_null()) return date;
  if (const auto words = date_in_words(c)) return words->first;
  ask_about_unread(c);
  return Json();
}

Result<Json> convert_date_range(const Conversion& c) {
  NC_ASSIGN(auto from, iso_date_of(c, c.rule.from.front()));
  Json to;
  if (c.rule.from.size() > 1) { NC_ASSIGN(to, iso_date_of(c, c.rule.from[1])); }
  if (from.is_null() && to.is_null()) {
    const auto words = date_in_words(c);
    if (!words) {
      ask_about_unread(c);
      return Json();
    }
    std::tie(from, to) = *words;
  }
  Json out;
  if (!from.is_null()) out.set("from", std::move(from));
  if (!to.is_null()) out.set("to", std::move(to));
  return out;
}

// "Q4/2025": the days of the quarter.
Result<Json> convert_quarter(const Conversion& c) {
  for (const auto& column : c.rule.from)
    for (const auto& [phrase, unused] : c.rule.phrases) {
      const auto parts = phrase.find(c.cells.cell(column));
      if (!parts || parts->size() != 2) continue;
      const int quarter = small_number(parts->front()), year = small_number(parts->back());
      if (!is_civil(year, 1, 1)) continue;
      const auto month = [&](int number) {
        return catalog::json_from_date(CivilDate{to_day(year, number, 1), DatePrecision::kMonth, false});
      };
      Json out;
      out.set("from", month(quarter * 3 - 2)).set("to", month(quarter * 3));
      return out;
    }
  return Json();
}

Result<Json> convert_reference(const Conversion& c) {
  if (!c.rule.choose.empty()) {
    const auto key = chosen(c.rule.choose, c.cells, c.row.key, c.row.values, c.lookup);
    if (key.empty()) return Json();
    const auto target = c.lookup.find(c.rule.table, key);
    if (!target) return fail(Error(ErrorCode::kNotFound, NC_MSG("The import map names “{1}”, which is not declared"), {key}));
    return Json(target->id.hex());
  }
  for (std::size_t i = 0; i < c.rule.from.size(); ++i) {
    const auto targets = targets_of(c, c.rule.from[i]);
    if (targets.empty()) continue;
    if (i > 0) c.row.say(Note::Weight::kNote, c.rule.else_note);
    return Json(targets.front().second.id.hex());
  }
  return Json();
}

Result<Json> convert_references(const Conversion& c) {
  Json out;
  std::set<RecordId> seen;
  for (const auto& column : c.rule.from)
    for (const auto& [key, target] : targets_of(c, column)) {
      if (!seen.insert(target.id).second) continue;
      Json element;
      element.set("ref", target.id.hex());
      const auto leads = c.rule.lead_column.empty() ? std::vector<std::string>() : split_trimmed(c.cells.cell(c.rule.lead_column), ';');
      const bool lead = std::find(leads.begin(), leads.end(), key) != leads.end();
      if (!c.rule.role.empty()) element.set("role", lead ? "lead" : c.rule.role.c_str());
      out.push(std::move(element));
    }
  return out;
}

Result<Json> convert_persons(const Conversion& c) {
  static constexpr const char* kMembers[] = {"own", "counterpart", "total"};
  Json out;
  for (std::size_t i = 0; i < c.rule.sides.size() && i < std::size(kMembers); ++i) {
    if (c.rule.sides[i].empty()) continue;
    const auto text = c.cells.cell(c.rule.sides[i]);
    if (text.empty()) continue;
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size())
      return fail(unreadable(NC_MSG("“{1}” is not a whole number"), {shorten(text, 80)}, c.rule.sides[i]));
    out.set(kMembers[i], number);
    for (const auto& column : c.rule.words_from) {
      const auto qualifier = qualifier_of(c.cells.cell(column), text, c.lookup.map().qualifier_words(), c.lookup.map().scale_words());
      if (qualifier && !qualifier->empty() && !out.has("qualifier")) out.set("qualifier", *qualifier);
    }
  }
  if (out.is_null()) return out;
  if (const auto side = chosen(c.rule.whole, c.cells, c.row.key, c.row.values, c.lookup); out.has(side) && !out.has("total"))
    out.set("total", out[side]);
  if (const auto counted = chosen(c.rule.counted, c.cells, c.row.key, c.row.values, c.lookup); !counted.empty())
    out.set("counted", counted);
  if (const auto basis = chosen(c.rule.basis, c.cells, c.row.key, c.row.values, c.lookup); !basis.empty()) out.set("basis", basis);
  return out;
}

}  // namespace nc::intake
