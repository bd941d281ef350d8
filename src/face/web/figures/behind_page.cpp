#include "face/web/figures/behind_page.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "face/web/figures/answer_view.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"
#include "face/web/record_columns.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

constexpr std::size_t kPerPage = 50;
constexpr std::size_t kListedMax = 100'000;

// What the record itself says for the measure.
std::string own_number(const Visit& visit, const records::RecordView& record, std::string_view measure) {
  const auto* known = record.type->measure(measure);
  if (!known || (known->when && known->when->truth(record.values) != true)) return {};
  const auto number = known->value.number(record.values, known->scale);
  return number ? amount_text(visit, {*number, known->scale}) : std::string();
}

// What may be counted but not read has a title for this reader at most.
Row counted_row(const Visit& visit, const RecordId& id, std::string_view measure, const RecordColumns& columns) {
  const auto record = visit.ledger().read(visit.who, id);
  Row out;
  if (record && record->type) out = row_of(columns, visit, *record);
  else out.cells = {link(visit.name(id), record_url(id))};
  out.cells.resize(columns.size());
  if (measure.empty()) return out;
  out.cells.emplace_back(record && record->type ? own_number(visit, *record, measure) : std::string());
  return out;
}

List record_list(const Visit& visit, const std::vector<RecordId>& ids, const std::vector<std::string>& kinds,
                 const std::string& asked_measure) {
  List list;
  list.caption = visit.tr("Records behind it");
  const auto measure = asked_measure == "count" ? std::string() : asked_measure;
  const auto columns = usual_columns(visit);
  list.columns = heads_of(columns);
  if (!measure.empty()) list.columns.push_back({measure_name(visit, kinds, measure), true});
  for (const auto& id : ids) list.rows.push_back(counted_row(visit, id, measure, columns));
  list.empty_text = visit.tr("No report yet");
  list.empty_hint = visit.tr("This is not a zero: nothing that counts here has been recorded.");
  return list;
}

// Newest first, where that is not too much to look up; else in the order of the ids.
std::vector<RecordId> newest_first(const Visit& visit, const std::vector<RecordId>& ids) {
  constexpr std::size_t kSortedMax = 2000;
  if (ids.size() > kSortedMax) return ids;
  std::vector<std::pair<std::int64_t, RecordId>> dated;
  for (const auto& id : ids) {
    const auto record = visit.ledger().read(visit.who, id);
    const auto when = record ? record->slot("when")["from"] : Json();
    const auto date = catalog::date_from_json(record && when.is_null() ? record->slot("from") : when);
    const auto days = date ? extent(*date) : std::nullopt;
    dated.emplace_back(days ? -std::int64_t{days->last} : -std::int64_t{kDayMin}, id);
  }
  std::ranges::sort(dated);
  std::vector<RecordId> out;
  for (const auto& [day, id] : dated) out.push_back(id);
  return out;
}

std::size_t start_of(const Visit& visit) {
  const auto text = visit.request.query.get("start");
  std::size_t start = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), start);
  return bad == std::errc() && end == text.data() + text.size() ? start : 0;
}

Url with_start(const Visit& visit, std::size_t start) {
  auto query = visit.request.query;
  query.set("start", start == 0 ? std::nullopt : std::optional(std::to_string(start)));
  return Url::to(visit.request.path, query);
}

// One page of the records, with the way on.
Html paged(const Visit& visit, const std::vector<RecordId>& all, const std::vector<std::string>& kinds, const std::string& measure,
           std::size_t whole) {
  const auto ids = newest_first(visit, all);
  const auto start = std::min(start_of(visit), ids.size());
  const auto end = std::min(start + kPerPage, ids.size());
  const auto at = [&](std::size_t i) { return ids.begin() + static_cast<std::ptrdiff_t>(i); };
  auto list = record_list(visit, {at(start), at(end)}, kinds, measure);
  list.total = static_cast<std::int64_t>(whole);
  if (start > 0) list.first = with_start(visit, 0);
  if (end < ids.size()) list.next = with_start(visit, end);
  if (ids.size() > kPerPage) list.summary = visit.tr("{1} to {2}", static_cast<std::int64_t>(start + 1), static_cast<std::int64_t>(end));
  return render(list, visit.ui);
}

Html tabs(const Visit& visit, const Asked& asked, const stats::Figure& figure, std::string_view shown) {
  const auto& said = figure.recorded;
  Html out;
  const auto add = [&](std::string_view show, const std::string& label, std::size_t count) {
    if (count == 0 && show != "recorded") return;
    const auto text = label + " (" + visit.ui.number(static_cast<std::int64_t>(count)) + ")";
    out.add(el("li", {}, show == shown ? el("strong", {}, text) : link(text, behind_url(asked, figure, show))));
  };
  add("recorded", visit.tr("Counted"), said.records);
  add("undated", visit.tr("Date not exact, may lie in the period"), said.undated_within);
  add("announced", visit.tr("Announced, no report yet"), said.announced);
  return el("ul", {{"class", "tabs"}}, out);
}

Html sources_section(const Visit& visit, const std::vector<RecordId>& sources) {
  if (sources.empty()) return {};
  Html items;
  for (const auto& source : sources) items.add(el("li", {}, link(visit.name(source), source_url(source))));
  return section(visit.tr("Sources"), el("ul", {{"class", "sources"}}, items));
}

Page frame_of(const Visit& visit, const Asked& asked, const std::string& title) {
  auto page = visit.frame(title, Place::kFigures);
  page.crumbs = {{visit.tr("Figures"), asked.at("/figures")}, {visit.tr("Records and sources"), {}}};
  return page;
}

net::Response behind_figure(const Visit& visit, const Asked& asked, const stats::Answer& answer) {
  const auto wanted = visit.request.query.get("figure");
  const auto at = std::ranges::find_if(answer.figures, [&](const auto& figure) { return figure_key(figure) == wanted; });
  if (at == answer.figures.end()) return visit.not_found();
  const auto show = visit.request.query.get("show");
  const auto& said = at->recorded;
  const auto& ids = show == "undated" ? said.undated_ids : show == "announced" ? said.announced_ids : said.record_ids;
  const auto whole = show == "undated" ? said.undated_within : show == "announced" ? said.announced : said.records;
  auto page = frame_of(visit, asked, figure_name(visit, *at));
  page.main = join(figure_view(visit, asked, *at), rule_line(visit, asked),
                   section(visit.tr("Records behind it"), join(tabs(visit, asked, *at, show.empty() ? "recorded" : show),
                                                               paged(visit, ids, at->kinds, at->measure, whole))),
                   sources_section(visit, at->sources));
  return visit.show(page);
}

net::Response behind_cell(const Visit& visit, const Asked& asked, const stats::Pivot& table) {
  const auto key = [&](std::string_view name) {
    const auto text = visit.request.query.first(name);
    return text ? std::optional(std::string(*text)) : std::nullopt;
  };
  const auto row = key("row"), column = key("column");
  const auto find = [](const auto& map, const auto& wanted) {
    const auto at = map.find(wanted);
    return at == map.end() ? nullptr : &at->second;
  };
  const stats::Cell* cell = row && column ? find(table.cells, std::pair(*row, *column))
                            : row         ? find(table.row_totals, *row)
                            : column      ? find(table.column_totals, *column)
                                          : &table.total;
  if (!cell) return visit.not_found();
  std::vector<std::string> names;
  if (row) names.push_back(key_text(visit, table.rows, *row));
  if (column) names.push_back(key_text(visit, table.columns, *column));
  if (names.empty()) names.push_back(visit.tr("Total"));
  auto page = frame_of(visit, asked, nc::join(names, " · "));
  const auto number = cell->value ? amount_text(visit, *cell->value) : visit.tr("not added");
  page.main =
      join(facts({{visit.tr("Recorded from single reports"), Html(number), visit.tr("incomplete")},
                  {visit.tr("Measure"), Html(measure_name(visit, asked.query.kinds, table.measure)), nature_text(visit, table.nature)}}),
           rule_line(visit, asked),
           section(visit.tr("Records behind it"), paged(visit, cell->record_ids, asked.query.kinds, table.measure, cell->records)));
  return visit.show(page);
}

}  // namespace

net::Response behind_page(const Visit& visit) {
  const auto read = access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
  if (read.nothing()) return visit.not_found();
  auto asked = read_asked(visit.request.query, *visit.world, visit.ui);
  if (!asked.right()) return visit.refuse(Error(ErrorCode::kInvalid, asked.errors.begin()->second));
  asked.query.records_max = kListedMax;
  asked.query.cell_records = visit.request.query.has("cell");
  const auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
  return answer.pivot ? behind_cell(visit, asked, *answer.pivot) : behind_figure(visit, asked, answer);
}

}  // namespace nc::web
