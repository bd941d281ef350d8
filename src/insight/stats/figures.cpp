// From a query to figures: those that sources declare, each with its recount, then one for every kind.
#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "insight/stats/declared.h"
#include "insight/stats/periods.h"
#include "insight/stats/pivot.h"

namespace nc::stats {
namespace {

Bounds asked_bounds(const Query& query) {
  Bounds bounds;
  bounds.unit = query.unit;
  bounds.line = query.line;
  bounds.as_of = query.as_of;
  if (query.partner.unit) bounds.partner_units = {*query.partner.unit};
  if (!query.partner.country.empty()) bounds.partner_countries = {query.partner.country};
  bounds.partner_area = fold(query.partner.area);
  return bounds;
}

class Answering {
 public:
  Answering(View& view, const Query& query) : view_(view), query_(query), bounds_(asked_bounds(query)) {}

  Answer figures() {
    declared_figures();
    recorded_figures();
    return std::move(answer_);
  }

 private:
  void declared_figures();
  void recorded_figures();
  void figures_of_kind(const std::string& kind, const std::vector<RowNo>& rows);
  void add_recorded(const std::vector<RowNo>& rows, const Spec& spec, bool even_if_empty);
  // `rows` are to be counted; null: nothing is.
  Figure filled(const Bounds& bounds, const Spec& spec, const std::vector<RowNo>* rows);
  [[nodiscard]] Completeness completeness(const Bounds& bounds, const Spec& spec) const;
  [[nodiscard]] bool nil_reported(const Bounds& bounds, const Spec& spec) const;
  [[nodiscard]] bool stands_already(const Bounds& bounds, const Spec& spec) const;

  View& view_;
  const Query& query_;
  Bounds bounds_;
  std::vector<std::pair<Bounds, Spec>> done_;  // of the declared figures
  Answer answer_;
};

Figure Answering::filled(const Bounds& bounds, const Spec& spec, const std::vector<RowNo>* rows) {
  Figure figure;
  figure.kinds = spec.kinds;
  figure.details = spec.details;
  figure.levels = spec.levels;
  figure.measure = spec.measure;
  figure.nature = spec.nature;
  figure.unit = bounds.unit;
  figure.from = spec.from;
  figure.to = spec.to;
  figure.countries = bounds.partner_countries;
  if (rows) figure.recorded = count(view_, *rows, spec, query_.records_max, &figure.sources);
  if (figure.recorded.records == 0 && !figure.recorded.value && nil_reported(bounds, spec)) {
    figure.recorded.value = Amount{};
    figure.recorded.nil = true;
  }
  figure.completeness = completeness(bounds, spec);
  find_nil_contradictions(view_, bounds, spec, figure);
  return figure;
}

// Zero for a scope: the unit said so itself, or every unit below it that owes.
bool Answering::nil_reported(const Bounds& bounds, const Spec& spec) const {
  if (!bounds.unit || !spec.from || !spec.to) return false;
  if (says_nil(view_, *bounds.unit, spec)) return true;
  const auto owing = owing_units(*view_.world().tree, *bounds.unit, bounds.line, {*spec.from, *spec.to});
  return !owing.empty() && std::ranges::all_of(owing, [&](const UnitId& unit) { return says_nil(view_, unit, spec); });
}

Completeness Answering::completeness(const Bounds& bounds, const Spec& spec) const {
  Completeness out;
  out.message = NC_MSG("Single reports only: incomplete");
  if (!bounds.unit || !spec.from || !spec.to || view_.store().reports.empty()) return out;
  const auto expected = owing_units(*view_.world().tree, *bounds.unit, bounds.line, {*spec.from, *spec.to});
  std::set<UnitId> reporting;
  for (const auto& [id, readings] : view_.store().reports) {
    const auto* report = view_.seen(readings);
    if (!report || !report->in_force() || !report->covers(*spec.from, *spec.to)) continue;
    if (std::find(expected.begin(), expected.end(), report->unit) == expected.end()) continue;
    if (report->form != ReportForm::kNil || says_nil(view_, report->unit, spec)) reporting.insert(report->unit);
  }
  if (reporting.empty()) return out;
  out.reported = true;
  out.reporting = reporting.size();
  out.expected = expected.size();
  out.day = spec.to;
  out.message = NC_MSG("{1} of {2} units reported, as of {3}");
  return out;
}

void Answering::declared_figures() {
  const Matcher matcher(view_, query_);
  std::vector<Printed> inside;
  for (const auto& printed : printed_of(view_)) {
    const auto place = matcher.place(printed);
    const bool wanted = query_.measure.empty() || printed.indicator->measure == query_.measure;
    if (place == Place::kFigure) inside.push_back(printed);
    else if (place == Place::kBelow && wanted) answer_.below.push_back(*printed.row);
    else if (place == Place::kOutside && wanted) answer_.outside.push_back(*printed.row);
  }
  std::vector<Figure> figures;
  for (auto& group : grouped(view_, inside)) {
    const auto& lead = group.lead;
    const auto bounds = bounds_of(view_, query_, *lead.row);
    const auto spec = spec_of(lead);
    // Without kinds there is nothing to recount: what it counts is not kept as records.
    auto figure = filled(bounds, spec, spec.kinds.empty() ? nullptr : &view_.rows(bounds));
    figure.indicator = lead.row->indicator;
    figure.indicator_code = lead.indicator->code;
    figure.indicator_name = lead.indicator->name;
    figure.indicator_name_en = lead.indicator->name_en;
    figure.unit_of_count = lead.indicator->unit_of_count;
    figure.area = lead.row->area;
    figure.countries = lead.row->countries;
    figure.declared = std::move(group.declared);
    std::vector<RecordId> sources;
    for (const auto& row : figure.declared) sources.insert(sources.end(), row.sources.begin(), row.sources.end());
    sources.insert(sources.end(), figure.sources.begin(), figure.sources.end());
    std::set<RecordId> once;
    std::erase_if(sources, [&](const RecordId& id) { return !once.insert(id).second; });
    figure.sources = std::move(sources);
    figure.leading = leading_of(*view_.world().tree, figure);
    find_differences(view_, figure);
    done_.emplace_back(bounds, spec);
    figures.push_back(std::move(figure));
  }
  find_ratios(figures);
  for (auto& figure : figures)
    if (query_.measure.empty() || figure.measure == query_.measure) answer_.figures.push_back(std::move(figure));
}

bool Answering::stands_already(const Bounds& bounds, const Spec& spec) const {
  return std::any_of(done_.begin(), done_.end(), [&](const auto& done) {
    const auto& [b, s] = done;
    return b == bounds && s.kinds == spec.kinds && s.details == spec.details && s.levels == spec.levels && s.measure == spec.measure &&
           s.nature == spec.nature && s.from == spec.from && s.to == spec.to;
  });
}

void Answering::add_recorded(const std::vector<RowNo>& rows, const Spec& spec, bool even_if_empty) {
  if (stands_already(bounds_, spec)) return;
  auto figure = filled(bounds_, spec, &rows);
  figure.area = query_.partner.area;
  const auto& said = figure.recorded;
  const bool empty = spec.measure == "count" ? said.records + said.undated_within + said.announced == 0 && !said.nil : said.with_value == 0;
  if (!empty || even_if_empty) answer_.figures.push_back(std::move(figure));
}

void Answering::figures_of_kind(const std::string& kind, const std::vector<RowNo>& rows) {
  const auto* type = view_.world().catalog->find(kind);
  if (!type) return;
  const auto& store = view_.store();
  std::set<std::string> measures{"count"}, levels;
  std::vector<std::uint8_t> shapes(store.shapes.size(), 0);
  for (const auto row : rows) shapes[store.shape_no(row)] = 1;
  for (std::uint32_t shape = 0; shape < shapes.size(); ++shape)
    if (shapes[shape] != 0) levels.insert(store.words.at(store.shapes.at(shape).level));
  for (std::uint32_t number = 0; number < store.values.size(); ++number)
    if (std::any_of(rows.begin(), rows.end(), [&](RowNo row) { return store.values[number].get(row).has_value(); }))
      measures.insert(store.measures.at(number).id);
  for (const auto& id : measures) {
    if (!query_.measure.empty() && id != query_.measure) continue;
    const auto* measure = type->measure(id);
    const bool stock = measure ? measure->nature == Nature::kStock : type->feeds == "standing-thing";
    Spec spec{{kind}, {}, {}, id, stock ? Nature::kStock : Nature::kFlow, query_.from, query_.to};
    if (!query_.detail.empty()) spec.details = {query_.detail};
    if (!query_.level.empty()) spec.levels = {query_.level};
    const bool named = std::find(query_.kinds.begin(), query_.kinds.end(), kind) != query_.kinds.end();
    const bool asked = named && (id == "count" || !query_.measure.empty());
    if (!stock || !spec.levels.empty() || levels.empty()) {
      add_recorded(rows, spec, asked);
      continue;
    }
    const auto before = answer_.figures.size();
    for (const auto& level : levels) {  // a stock of one level is no stock of another
      spec.levels = {level};
      add_recorded(rows, spec, false);
    }
    spec.levels.clear();
    if (asked && answer_.figures.size() == before) add_recorded(rows, spec, true);
  }
}

void Answering::recorded_figures() {
  Spec all{query_.kinds, {}, {}, "count", Nature::kFlow, query_.from, query_.to};
  if (!query_.detail.empty()) all.details = {query_.detail};
  if (!query_.level.empty()) all.levels = {query_.level};
  if (query_.kinds.empty() && (query_.measure.empty() || query_.measure == "count")) add_recorded(view_.rows(bounds_), all, false);
  std::map<std::string, std::vector<RowNo>> by_kind;
  for (const auto& kind : query_.kinds) by_kind[kind] = {};
  const auto& store = view_.store();
  std::vector<std::vector<RowNo>*> of_shape(store.shapes.size(), nullptr);
  for (std::uint32_t i = 0; i < of_shape.size(); ++i) {
    const auto& shape = store.shapes.at(i);
    const auto& kind = store.words.at(shape.kind);
    if (!query_.kinds.empty() && !by_kind.contains(kind)) continue;
    if (!query_.detail.empty() && store.words.at(shape.detail) != query_.detail) continue;
    if (!query_.level.empty() && store.words.at(shape.level) != query_.level) continue;
    of_shape[i] = &by_kind[kind];
  }
  for (const auto row : view_.rows(bounds_))
    if (auto* const rows = of_shape[store.shape_no(row)]) rows->push_back(row);
  if (query_.kinds.empty()) std::erase_if(by_kind, [](const auto& kind) { return kind.second.empty(); });
  for (const auto& [kind, rows] : by_kind) figures_of_kind(kind, rows);
}

}  // namespace

Answer Columns::answer(const Query& query, const access::ReadScope& read, const records::World& world) const {
  const auto lock = store_->read();
  View view(*store_, read, world);
  if (query.rows == Dimension::kNone) return Answering(view, query).figures();
  Answer answer;
  answer.pivot = make_pivot(view, asked_bounds(query), query);
  return answer;
}

}  // namespace nc::stats
