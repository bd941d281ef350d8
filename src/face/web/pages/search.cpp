// Search: one box for everything that the visitor may see; what was found by type, and where the question itself leads.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/record_columns.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "insight/search/days_named.h"
#include "insight/search/search.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/search";
constexpr std::size_t kChoicesMax = 8;  // of types, years and units to narrow down by

// What the address asks for, and what of it could not be understood.
struct Question {
  const Visit& visit;
  search::Asked asked;
  std::vector<Flash> problems;
  std::vector<Chip> chips;

  [[nodiscard]] Url with(std::string_view name, const std::optional<std::string>& value) const {
    auto query = visit.request.query;
    query.set("after", std::nullopt);
    query.set(name, value);
    return Url::to(kPath, query);
  }
  void chip(std::string_view name, const std::string& label, const std::string& value) {
    chips.push_back({label + ": " + value, with(name, std::nullopt)});
  }
  void problem(std::string text) { problems.push_back({Tone::kWarn, std::move(text), {}}); }
};

void read_year(Question& question, const std::string& typed) {
  int year = 0;
  const auto [end, bad] = std::from_chars(typed.data(), typed.data() + typed.size(), year);
  if (bad != std::errc() || end != typed.data() + typed.size() || year < 1 || year > 9999)
    return question.problem(question.visit.tr("“{1}” is not a year; it is left out.", typed));
  question.asked.year = year;
  question.chip("year", question.visit.tr("Year"), typed);
}

Question read_question(const Visit& visit) {
  Question out{visit, {}, {}, {}};
  const auto text = [&](std::string_view name) { return std::string(trim(visit.request.query.get(name))); };
  out.asked.typed = visit.request.query.get("q");
  out.asked.lang = visit.lang();
  out.asked.cursor = text("after");
  if (const auto id = text("type"); !id.empty()) {
    const auto* type = visit.world->catalog->find(id);
    if (type == nullptr) {
      out.problem(visit.tr("There is no type “{1}”; it is left out.", id));
    } else {
      out.asked.types = {id};
      out.chip("type", visit.tr("Type"), type->label.in(visit.lang()));
    }
  }
  if (const auto typed = text("year"); !typed.empty()) read_year(out, typed);
  if (const auto code = text("unit"); !code.empty()) {
    const auto* unit = records::reads_units(visit.who, *visit.world) ? visit.world->tree->by_code(code) : nullptr;
    if (unit == nullptr) {
      out.problem(visit.tr("No unit has the code “{1}”; it is left out.", code));
    } else {
      out.asked.unit = unit->id;
      out.chip("unit", visit.tr("Unit"), unit_name(*unit, visit.lang()));
    }
  }
  return out;
}

Html pieces_of(const std::vector<search::Piece>& pieces) {
  Html out;
  for (const auto& piece : pieces) out.add(piece.marked ? el("mark", {}, piece.text) : Html(piece.text));
  return out;
}

Url activities_of(const DayRange& days) {
  CivilDate from, to;
  from.day = days.first;
  to.day = days.last;
  return Url::to("/activities", {{"from", iso_date(from)}, {"to", iso_date(to)}});
}

Html jump_of(const Visit& visit, const search::Jump& jump) {
  using Kind = search::Jump::Kind;
  switch (jump.kind) {
    case Kind::kUnit:
      return join(el("span", {{"class", "jump-kind"}}, visit.tr("Unit")), " ", link(jump.text, Url::to("/units/" + jump.record.hex())));
    case Kind::kMarker:
      return join(el("span", {{"class", "jump-kind"}}, visit.tr("Marker")), " ", link(jump.text, record_url(jump.record)));
    case Kind::kNumber:
      return join(el("span", {{"class", "jump-kind"}}, visit.tr("Number")), " ", link(jump.text, record_url(jump.record)));
    case Kind::kDays: break;
  }
  return join(el("span", {{"class", "jump-kind"}}, jump.text), " ", link(visit.tr("Activities of these days"), activities_of(*jump.days)));
}

// What happened on the days that the question names: the newest few, and how many there are.
Html days_of(const Visit& visit, const std::vector<search::Jump>& jumps) {
  constexpr std::size_t kShown = 5;
  const auto named = std::ranges::find(jumps, search::Jump::Kind::kDays, &search::Jump::kind);
  if (named == jumps.end()) return {};
  records::ListQuery query;
  query.feeds = {"counted-activity"};
  query.from = named->days->first;
  query.until = named->days->last;
  query.limit = kShown;
  query.looked_at_max = kLookedAtMax;
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return {};
  const auto heading = visit.tr("Activities of these days");
  if (found->items.empty()) return section(heading, hint(visit.tr("No activity of these days is recorded.")));
  List list;
  list.caption = heading;
  const auto columns = usual_columns(visit);
  list.columns = heads_of(columns);
  for (const auto& record : found->items) list.rows.push_back(row_of(columns, visit, record));
  without_empty_minor(list);
  show_count(list, *found);
  return section(heading, render(list, visit.ui), link(visit.tr("All of these days"), activities_of(*named->days)));
}

// A short code from paper leads to its figure.
Html figure_jump(const Visit& visit, std::string_view typed) {
  const auto symbols = read_code(typed);
  if (!symbols) return {};
  const auto question = visit.site.figure_codes().question_of(*symbols);
  if (!question || !*question) return {};
  return el("li", {}, el("span", {{"class", "jump-kind"}}, visit.tr("Figure")), " ", link(code_text(*symbols), Url::to("/c/" + *symbols)));
}

Html jumps_of(const Visit& visit, const std::vector<search::Jump>& jumps, std::string_view typed) {
  auto items = figure_jump(visit, typed);
  if (jumps.empty() && items.empty()) return {};
  for (const auto& jump : jumps) items.add(el("li", {}, jump_of(visit, jump)));
  return el("nav", {{"class", "jumps"}, {"aria-label", visit.tr("Go straight to")}},
            el("p", {{"class", "jumps-head"}}, visit.tr("Go straight to")), el("ul", {}, items));
}

// A line of links that narrow down, with how many would be left.
struct Choice {
  std::string label, value;
  std::int64_t count = 0;
};
Html choices_of(const Question& question, const std::string& label, std::string_view name, const std::vector<Choice>& choices) {
  if (choices.size() < 2) return {};
  Html items;
  for (std::size_t i = 0; i < std::min(kChoicesMax, choices.size()); ++i)
    items.add(el("li", {}, link(choices[i].label, question.with(name, choices[i].value)), " ",
                 el("span", {{"class", "hint"}}, question.visit.ui.number(choices[i].count))));
  return el("div", {{"class", "narrow"}}, el("span", {{"class", "narrow-label"}}, label), el("ul", {}, items));
}

Html narrowing(const Question& question, const search::Answer& found) {
  const auto& visit = question.visit;
  std::vector<Choice> types, years, units;
  for (const auto& [type, count] : found.types) types.push_back({type->label.in(visit.lang()), type->id, count});
  for (const auto& [year, count] : found.years) years.push_back({std::to_string(year), std::to_string(year), count});
  for (const auto& [id, count] : found.units)
    if (const auto* unit = visit.world->tree->find(id); unit) units.push_back({unit_name(*unit, visit.lang()), unit->code, count});
  auto lines = join(question.asked.types.empty() ? choices_of(question, visit.tr("By type"), "type", types) : Html(),
                    question.asked.year ? Html() : choices_of(question, visit.tr("By year"), "year", years),
                    question.asked.unit ? Html() : choices_of(question, visit.tr("By unit"), "unit", units));
  return lines.empty() ? Html() : el("nav", {{"class", "narrowing"}, {"aria-label", visit.tr("Narrow down")}}, lines);
}

// The words and the days that stood beside them, where what was found is of these days: their jump leads.
std::optional<search::WordsAndDays> within_of(const Question& question, const search::Answer& found) {
  if (found.jumps.empty() || found.jumps.front().kind != search::Jump::Kind::kDays) return std::nullopt;
  return search::words_and_days(question.asked.typed);
}

// Days are a chip, too: without them the words are looked for alone.
Html chips_of(const Question& question, const std::optional<search::WordsAndDays>& within) {
  if (question.chips.empty() && !within) return {};
  const auto& visit = question.visit;
  Html items;
  if (within)
    items.add(el("li", {},
                 el("a", {{"class", "chip"}, {"href", question.with("q", within->words)}}, visit.tr("Days: {1}", within->named), " ✕")));
  for (const auto& chip : question.chips) items.add(el("li", {}, el("a", {{"class", "chip"}, {"href", chip.remove}}, chip.label, " ✕")));
  auto out = el("ul", {{"class", "chips"}}, items);
  if (within)
    out.add(el("p", {{"class", "hint"}},
               link(visit.tr("Look for “{1}” as it is written in the records", within->named),
                    question.with("q", within->words + " \"" + within->named + "\""))));
  return out;
}

Html hits_of(const Visit& visit, const std::vector<search::Hit>& hits) {
  Html items;
  for (const auto& hit : hits) {
    auto item = el("a", {{"class", "hit-title"}, {"href", record_url(hit.record.id)}}, pieces_of(hit.title));
    if (const auto when = when_text(visit, hit.record); !when.empty()) item.add(" ").add(el("span", {{"class", "hint"}}, when));
    for (const auto& snippet : hit.snippets)
      item.add(el("p", {{"class", "snippet"}}, el("span", {{"class", "hint"}}, snippet.label + ": "), pieces_of(snippet.pieces)));
    items.add(el("li", {}, item));
  }
  return el("ol", {{"class", "hits"}}, items);
}

Html groups_of(const Question& question, const search::Answer& found) {
  const auto& visit = question.visit;
  Html out;
  for (const auto& group : found.groups) {
    if (group.hits.empty()) continue;
    if (group.type == nullptr) {
      out.add(section(visit.tr("What was found"), hits_of(visit, group.hits)));
      continue;
    }
    const auto heading = group.type->label.in(visit.lang()) + " (" + visit.ui.number(group.count) + ")";
    const bool more = group.count > static_cast<std::int64_t>(group.hits.size());
    out.add(section(heading, hits_of(visit, group.hits),
                    more ? link(visit.tr("All {1}", group.count), question.with("type", group.type->id)) : Html()));
  }
  return out;
}

Html pager_of(const Question& question, const search::Answer& found) {
  const auto& visit = question.visit;
  Html links;
  if (!question.asked.cursor.empty()) links.add(button_link(visit.tr("From the newest"), question.with("after", std::nullopt)));
  if (!found.next_cursor.empty()) {
    auto query = visit.request.query;
    query.set("after", found.next_cursor);
    links.add(button_link(visit.tr("More, older ones"), Url::to(kPath, query)));
  }
  return links.empty() ? Html() : el("div", {{"class", "pager"}}, links);
}

Html how_to(const Visit& visit) {
  return hint(
      visit.tr("Marks may be left out: hoi dam finds Hội đàm. What stands in quotes must stand there as it is. A "
               "marker (165(1), 1088/3, 260+500), a day or a period (22/11/2026, tháng 11/2026, quý 4/2026, 6 tháng đầu năm 2026), a unit "
               "or an official number (15/BB-ĐBP) leads "
               "straight there; a day or a period beside words (tuần tra 2019) says when."));
}

Html nothing_found(const Question& question, bool in_days) {
  const auto& visit = question.visit;
  const auto next = question.chips.empty() && !in_days
                        ? visit.tr("Try leaving some words out, or write only the beginning of the last one.")
                        : visit.tr("Leave out the narrowing by days, type, year or unit.");
  return join(el("div", {{"class", "empty"}},
                 el("p", {{"class", "empty-text"}}, visit.tr("Nothing was found for “{1}”.", question.asked.typed)), el("p", {}, next)),
              how_to(visit));
}

Html answer_of(const Question& question, const search::Answer& found) {
  const auto& visit = question.visit;
  const auto within = within_of(question, found);
  const auto jumps = jumps_of(visit, found.jumps, trim(question.asked.typed));
  auto out = join(jumps, chips_of(question, within));
  if (question.chips.empty() && !within && question.asked.cursor.empty()) out.add(days_of(visit, found.jumps));
  if (found.total == 0 && !jumps.empty() && !within)
    return join(out, el("p", {{"class", "hint"}}, visit.tr("No text of a record has these words.")));
  if (found.total == 0) return join(out, nothing_found(question, within.has_value()));
  out.add(el("p", {{"class", "list-bar"}}, el("span", {{"class", "list-total"}}, visit.ui.trn("{1} record", "{1} records", found.total))));
  if (found.phrases_cut)
    out.add(notice(Tone::kNeutral, visit.tr("The words in quotes were looked for in the newest {1} records that have all the words.",
                                            static_cast<std::int64_t>(records::kPhraseRecordsMax))));
  return out.add(narrowing(question, found)).add(groups_of(question, found)).add(pager_of(question, found));
}

net::Response search_page(Visit& visit, const net::Params&) {
  if (!visit.reads()) return visit.not_found();
  auto question = read_question(visit);
  auto page = visit.frame(visit.tr("Search"), Place::kNone);
  page.search = question.asked.typed;
  page.search_first = trim(question.asked.typed).empty();
  for (auto& problem : question.problems) page.flashes.push_back(std::move(problem));
  if (page.search_first) {
    page.main = how_to(visit);
    return visit.show(page);
  }
  const auto found = visit.site.search().ask(visit.who, question.asked);
  if (!found && found.error().where != "q" && found.error().where != "cursor") return visit.refuse(found.error());
  if (!found) page.flashes.push_back({Tone::kWarn, visit.ui.error_text(found.error()), {}});
  page.main = found ? answer_of(question, *found) : how_to(visit);
  return visit.show(page, found ? 200 : 400);
}

}  // namespace

void add_search_page(net::Router& router, Site& site) { site.add_page(router, "/search", search_page); }

}  // namespace nc::web
