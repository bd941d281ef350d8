#include "insight/stats/declared.h"

#include <algorithm>

#include "base/text.h"

namespace nc::stats {
namespace {

bool has(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

// Countries of the other side: those named, else those of the counterpart units.
std::vector<std::string> other_countries(const View& view, const Declared& row) {
  std::set<std::string> out;
  for (const auto& country : row.countries)
    if (!view.own_countries().contains(country)) out.insert(country);
  if (row.countries.empty())
    for (const auto& id : row.counterparts)
      if (const auto* unit = view.world().tree->find(id); unit && !unit->country.empty()) out.insert(unit->country);
  return {out.begin(), out.end()};
}

auto bounds_key(const Printed& p) {
  const auto& row = *p.row;
  return std::tuple(p.indicator->code, row.indicator, row.unit, levels_of(p), row.from, row.to, fold(row.area), row.counterparts,
                    row.countries, row.basis);
}

// Nests the parts of `row` below it; `taken` guards against circles.
void nest(Declared& row, const std::multimap<RecordId, const Declared*>& parts, std::set<RecordId>& taken) {
  const auto [begin, end] = parts.equal_range(row.id);
  for (auto at = begin; at != end; ++at) {
    if (!taken.insert(at->second->id).second) continue;
    row.parts.push_back(*at->second);
    nest(row.parts.back(), parts, taken);
  }
}

// Whether the figure stands by itself: its total is not among `by_id`, or only by way of a circle.
bool stands_alone(const Declared& row, const std::map<RecordId, const Declared*>& by_id) {
  std::set<RecordId> walked;
  const Declared* at = &row;
  while (at->part_of && walked.insert(at->id).second) {
    const auto up = by_id.find(*at->part_of);
    if (up == by_id.end()) return at == &row;
    at = up->second;
  }
  return at == &row;
}

std::string source_code(const View& view, const Declared& row) {
  const auto rank = view.source_rank(row.sources);
  return rank.first ? row.code : rank.second;
}

}  // namespace

Matcher::Matcher(View& view, const Query& query) : view_(view), query_(query) {
  const auto& tree = *view.world().tree;
  if (query.unit) {
    scope_.emplace(tree, *query.unit, query.line, query.as_of);
    same_unit_.insert(*query.unit);
    if (query.as_of)
      for (const auto& unit : tree.predecessors(*query.unit))
        if (tree.as_of(unit, *query.as_of) == *query.unit) same_unit_.insert(unit);
  }
  if (query.partner.unit) partner_scope_.emplace(tree, *query.partner.unit, orgtree::Line::kCommand, query.as_of);
}

bool Matcher::fits_kind(const Printed& printed) const {
  const auto& kinds = printed.indicator->kinds;
  const auto asked = [&](const auto& kind) { return has(query_.kinds, kind); };
  if (!query_.kinds.empty() && std::none_of(kinds.begin(), kinds.end(), asked)) return false;
  if (!query_.detail.empty() && printed.indicator->details != std::vector{query_.detail}) return false;
  return query_.level.empty() || levels_of(printed) == std::vector{query_.level};
}

bool Matcher::fits_partner(const Declared& row) const {
  const auto& asked = query_.partner;
  if (asked.any()) return true;
  const auto& tree = *view_.world().tree;
  if (asked.unit) {
    return !row.counterparts.empty() &&
           std::all_of(row.counterparts.begin(), row.counterparts.end(), [&](const UnitId& unit) { return partner_scope_->holds(unit); });
  }
  if (!asked.area.empty()) {
    const auto area = fold(asked.area);
    return fold(row.area) == area || std::any_of(row.counterparts.begin(), row.counterparts.end(), [&](const UnitId& id) {
             const auto* unit = tree.find(id);
             return unit && fold(unit->area) == area;
           });
  }
  const auto others = other_countries(view_, row);
  if (view_.own_countries().contains(asked.country)) return has(row.countries, asked.country) && others.empty();
  return others == std::vector{asked.country};
}

Place Matcher::place_of_unit(const UnitId& unit) const {
  if (!query_.unit || same_unit_.contains(unit)) return Place::kFigure;
  return scope_->holds(unit) ? Place::kBelow : Place::kNone;
}

Place Matcher::place_of_period(const Declared& row, Nature nature) const {
  if (!query_.from && !query_.to) return Place::kFigure;
  const auto from = query_.from.value_or(kDayMin), to = query_.to.value_or(kDayMax);
  if (!row.from && !row.to) return Place::kOutside;
  // A stock, and a flow with an open beginning, are as of one day.
  if (nature == Nature::kStock || !row.from) {
    const auto day = row.to ? *row.to : *row.from;
    return day < from ? (nature == Nature::kStock ? Place::kOutside : Place::kNone) : day <= to ? Place::kFigure : Place::kNone;
  }
  const auto last = row.to.value_or(kDayMax);
  if (from <= *row.from && last <= to) return Place::kFigure;
  return *row.from <= to && from <= last ? Place::kOutside : Place::kNone;
}

Place Matcher::place(const Printed& printed) const {
  if (!fits_kind(printed) || !fits_partner(*printed.row)) return Place::kNone;
  const auto unit = place_of_unit(printed.row->unit), period = place_of_period(*printed.row, printed.indicator->nature);
  if (unit == Place::kNone || period == Place::kNone) return Place::kNone;
  if (unit == Place::kBelow) return period == Place::kFigure ? Place::kBelow : Place::kNone;
  return period;
}

std::vector<Printed> printed_of(const View& view) {
  std::vector<Printed> out;
  for (const auto& [id, readings] : view.store().declared) {
    const auto* row = view.seen(readings);
    const auto* indicator = row ? view.seen(view.store().indicators, row->indicator) : nullptr;
    if (indicator) out.push_back({row, indicator});
  }
  return out;
}

std::vector<std::string> levels_of(const Printed& printed) {
  return printed.row->levels.empty() ? printed.indicator->levels : printed.row->levels;
}

Bounds bounds_of(const View& view, const Query& query, const Declared& row) {
  Bounds bounds;
  bounds.unit = row.unit;
  bounds.line = query.line;
  // The unit was what it was when the source spoke of it, unless the question is about that very unit.
  if (query.unit && *query.unit == row.unit) bounds.as_of = query.as_of;
  if (!row.area.empty()) bounds.partner_area = fold(row.area);
  else if (!row.counterparts.empty()) bounds.partner_units = row.counterparts;
  else bounds.partner_countries = other_countries(view, row);
  return bounds;
}

Spec spec_of(const Printed& printed) {
  const auto& indicator = *printed.indicator;
  return {indicator.kinds, indicator.details, levels_of(printed), indicator.measure, indicator.nature, printed.row->from, printed.row->to};
}

std::vector<Group> grouped(const View& view, const std::vector<Printed>& printed) {
  std::map<RecordId, const Declared*> by_id;
  for (const auto& p : printed) by_id[p.row->id] = p.row;
  std::multimap<RecordId, const Declared*> parts;
  std::vector<Printed> tops;
  for (const auto& p : printed) {
    if (stands_alone(*p.row, by_id)) tops.push_back(p);
    else parts.emplace(*p.row->part_of, p.row);
  }
  const auto order = [&](const Printed& p) { return std::tuple(bounds_key(p), view.source_rank(p.row->sources), p.row->code, p.row->id); };
  std::sort(tops.begin(), tops.end(), [&](const Printed& a, const Printed& b) { return order(a) < order(b); });
  std::vector<Group> out;
  for (const auto& p : tops) {
    if (out.empty() || bounds_key(out.back().lead) != bounds_key(p)) out.push_back({p, {}});
    auto& group = out.back().declared;
    group.push_back(*p.row);
    std::set<RecordId> taken{p.row->id};
    nest(group.back(), parts, taken);
  }
  return out;
}

Leading leading_of(const orgtree::OrgTree& tree, const Figure& figure) {
  if (figure.declared.empty()) return Leading::kRecorded;
  const auto* unit = figure.unit ? tree.find(*figure.unit) : nullptr;
  if (!unit || !unit->records_from || figure.kinds.empty()) return Leading::kDeclared;
  const auto begins = figure.nature == Nature::kStock ? figure.to : figure.from;
  return begins && *begins >= *unit->records_from ? Leading::kRecorded : Leading::kDeclared;
}

void find_differences(const View& view, Figure& figure) {
  if (figure.declared.empty()) return;
  const auto& lead = figure.declared.front();
  for (std::size_t i = 1; i < figure.declared.size(); ++i) {
    const auto& other = figure.declared[i];
    if (!lead.value || !other.value || *lead.value == *other.value) continue;
    if (lead.denominator && other.denominator && !(*lead.denominator == *other.denominator)) continue;  // of other things
    figure.differences.push_back({"sources",
                                  NC_MSG("Sources differ: {1} ({2}) and {3} ({4})"),
                                  {lead.value->text(), source_code(view, lead), other.value->text(), source_code(view, other)},
                                  {lead.id, other.id}});
  }
  for (const auto& total : figure.declared) {
    Difference found{"parts", NC_MSG("The parts add up to {1}, the total says {2}"), {}, {total.id}};
    std::optional<Amount> sum;
    bool whole = total.value.has_value() && !total.parts.empty();
    for (const auto& part : total.parts) {
      whole = whole && part.value && part.indicator == total.indicator && part.basis == total.basis;
      if (part.value) sum = sum ? plus(*sum, *part.value) : *part.value;
      found.records.push_back(part.id);
    }
    if (!whole || *sum == *total.value) continue;
    found.args = {sum->text(), total.value->text()};
    figure.differences.push_back(std::move(found));
  }
  if (lead.value && figure.recorded.value && !(*lead.value == *figure.recorded.value))
    figure.differences.push_back({"recorded",
                                  NC_MSG("Declared {1} ({2}), recorded {3} in single reports"),
                                  {lead.value->text(), lead.qualifier, figure.recorded.value->text()},
                                  {lead.id}});
}

void find_ratios(std::vector<Figure>& figures) {
  constexpr std::int64_t kPersonsMin = 3, kPersonsMax = 60, kSaneMax = 1'000'000'000'000;
  const auto scope = [](const Figure& f) {
    const auto& row = f.declared.front();
    return std::tuple(f.kinds, f.details, f.levels, row.unit, row.from, row.to, row.area, row.counterparts, row.countries);
  };
  for (auto& counts : figures)
    for (auto& persons : figures) {
      if (counts.measure != "count" || persons.measure != "participants" || counts.nature != Nature::kFlow) continue;
      if (counts.declared.empty() || persons.declared.empty() || scope(counts) != scope(persons)) continue;
      const auto &many = persons.declared.front(), &few = counts.declared.front();
      if (!many.value || !few.value || few.value->scale != 0 || many.value->scale != 0) continue;
      const auto number = few.value->value, attendances = many.value->value;
      if (number <= 0 || attendances < 0 || number > kSaneMax || attendances > kSaneMax) continue;
      if (attendances >= number * kPersonsMin && attendances <= number * kPersonsMax) continue;
      const Amount tenths{(attendances * 10 + number / 2) / number, 1};
      const Difference found{"ratio",
                             NC_MSG("{1} attendances in {2} activities are {3} each: a question"),
                             {many.value->text(), few.value->text(), tenths.text()},
                             {few.id, many.id}};
      counts.differences.push_back(found);
      persons.differences.push_back(found);
    }
}

}  // namespace nc::stats
