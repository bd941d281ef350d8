#include "face/web/figures/closed_figures.h"

#include "base/civil.h"
#include "base/text.h"
#include "face/web/figures/asked.h"
#include "face/web/figures/chart.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"
#include "face/web/parts.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
namespace {

constexpr std::size_t kIndicatorsMax = 500;

// As a closing writes it: countries, an area, codes of units, with ";" between.
std::string partners_text(const Visit& visit, const std::string& partner) {
  std::vector<std::string> out;
  for (const auto& one : split_trimmed(partner, ';')) {
    const auto* unit = visit.world->tree->by_code(one);
    out.push_back(unit ? unit_name(visit, unit->id) : country_name(visit, one));
  }
  return nc::join(out, ", ");
}

// Options of a slot, with ";" between.
std::string options_text(const Visit& visit, std::string_view slot, const std::string& ids) {
  std::vector<std::string> out;
  for (const auto& one : split_trimmed(ids, ';')) out.push_back(option_label(*visit.world->catalog, slot, one, visit.lang()));
  return nc::join(out, ", ");
}

// "2013-01-01..2022-12-31", with either end left out.
std::string days_text(const Visit& visit, const std::string& period) {
  const auto at = period.find("..");
  if (at == std::string::npos) return period;
  const auto day = [&](const std::string& text) -> std::optional<std::int32_t> {
    const auto date = parse_iso_date(text);
    return date ? std::optional(date->day) : std::nullopt;
  };
  return period_text(visit, stats::Nature::kFlow, day(period.substr(0, at)), day(period.substr(at + 2)));
}

}  // namespace

IndicatorNames indicator_names(const Visit& visit) {
  IndicatorNames out;
  const auto* type = type_feeding(*visit.world->catalog, "figure-indicator");
  if (!type) return out;
  records::ListQuery query;
  query.types = {type->id};
  query.limit = kIndicatorsMax;
  const auto page = visit.ledger().list(visit.who, query);
  if (page)
    for (const auto& one : page->items) out.emplace(one.slot("code").is_string() ? one.slot("code").as_string() : "", visit.name(one.id));
  return out;
}

std::string closed_name(const Visit& visit, const IndicatorNames& names, const stats::ClosedFigure& figure) {
  const auto named = names.find(figure.indicator);
  std::vector<std::string> out = {figure.indicator.empty() ? kind_name(visit, figure.what)
                                  : named != names.end()   ? named->second
                                                           : figure.indicator};
  if (!figure.detail.empty() && figure.indicator.empty()) out.push_back(options_text(visit, "detail", figure.detail));
  if (!figure.level.empty()) out.push_back(options_text(visit, "level", figure.level));
  if (!figure.partner.empty()) out.push_back(partners_text(visit, figure.partner));
  if (!figure.period.empty()) out.push_back(days_text(visit, figure.period));
  return nc::join(out, ", ");
}

Html broken_closing(const Visit& visit, const std::vector<stats::BrokenPart>& broken) {
  Html items;
  for (const auto& part : broken) {
    const auto number = static_cast<std::int64_t>(part.number);
    items.add(el("li", {},
                 part.missing ? visit.tr("Part {1} is missing: it was purged, or is not on this node.", number)
                              : visit.tr("Part {1} does not hold what was closed.", number)));
  }
  return join(notice(Tone::kBad, visit.tr("This closing is not whole: nothing is compared with it."),
                     visit.tr("Its record and signature stay. To close the period again, reopen it and prepare a new closing.")),
              el("ul", {}, items));
}

Html closing_rule(const Visit& visit, const records::RecordView& closing) {
  const auto query = stats::query_of_closing(closing);
  const auto* unit = query ? visit.world->tree->find(*query->unit) : nullptr;
  const auto as_of = catalog::date_from_json(closing.slot("as_of"));
  if (!unit || !as_of || !closing.type) return {};
  const std::vector<std::string> rule = {visit.tr("{1} and all below it, {2}", unit_name(visit, unit->id), line_text(visit, query->line)),
                                         visit.tr("units as they were when it happened"),
                                         visit.tr("period: {1}", period_text(visit, stats::Nature::kFlow, query->from, query->to)),
                                         visit.tr("as of {1}", visit.ui.date(*as_of)),
                                         visit.tr("nothing above the handling “{1}” and no kind that is counted by special right",
                                                  visit.tr(access::handling_words(closing.type->handling)))};
  const auto words = nc::join(rule, "; ") + ". " +
                     visit.tr(
                         "One activity counts once; announced ones are not counted; parts are never added to their total; what nobody "
                         "reported is not zero.");
  const net::Fields asked{{"unit", unit->code},
                          {"line", std::string(orgtree::line_name(query->line))},
                          {"from", i18n::day_text(*query->from)},
                          {"to", i18n::day_text(*query->to)}};
  return join(el("p", {{"class", "rule"}}, el("strong", {}, visit.tr("Rule of counting") + ": "), words),
              way_back(visit, read_asked(asked, *visit.world, visit.ui)));
}

Html closed_figures(const Visit& visit, const records::RecordView& closing) {
  const auto kept = stats::kept_answer(closing, stats::read_by(visit.ledger(), visit.who));
  if (!kept.whole()) return broken_closing(visit, kept.broken);
  const auto text = [&](const std::optional<stats::Amount>& value) -> Html {
    return value ? amount_text(visit, *value) : std::string("–");
  };
  const auto names = indicator_names(visit);
  List list;
  list.caption = visit.tr("The figures as they were closed");
  list.columns = {
      {visit.tr("What")}, {visit.tr("Measure")}, {visit.tr("Recorded"), true}, {visit.tr("Records"), true}, {visit.tr("Declared"), true}};
  for (const auto& figure : kept.figures)
    list.rows.push_back(
        {{Html(closed_name(visit, names, figure)), Html(measure_name(visit, {figure.what}, figure.measure)), text(figure.recorded),
          figure.records == 0 ? "–" : visit.ui.number(static_cast<std::int64_t>(figure.records)), text(figure.declared)}});
  return render(list, visit.ui);
}

}  // namespace nc::web
