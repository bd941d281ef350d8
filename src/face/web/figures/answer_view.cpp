#include "face/web/figures/answer_view.h"

#include "base/text.h"
#include "face/web/figures/words.h"
#include "face/web/list.h"

namespace nc::web {
namespace {

using stats::Declared;
using stats::Figure;
using stats::Recorded;

std::int64_t as_number(std::size_t count) { return static_cast<std::int64_t>(count); }

std::string terms_text(const Visit& visit, const Figure& figure) {
  std::vector<std::string> terms{measure_name(visit, figure), nature_text(visit, figure.nature)};
  if (!figure.levels.empty()) terms.push_back(levels_text(visit, figure.levels));
  return nc::join(terms, " · ");
}

std::string scope_text(const Visit& visit, const Figure& figure) {
  std::vector<std::string> terms;
  if (figure.unit) terms.push_back(unit_name(visit, *figure.unit));
  const auto partner = figure.declared.empty() ? partner_text(visit, std::vector<UnitId>(), figure.countries, figure.area)
                                               : partner_text(visit, figure.declared.front());
  if (!partner.empty()) terms.push_back(visit.tr("with {1}", partner));
  terms.push_back(period_text(visit, figure.nature, figure.from, figure.to));
  return nc::join(terms, " · ");
}

Html sources_list(const Visit& visit, const std::vector<RecordId>& sources) {
  if (sources.empty()) return {};
  Html out;
  for (const auto& source : sources) out.add(el("li", {}, link(visit.name(source), source_url(source))));
  return el("ul", {{"class", "sources"}}, out);
}

Html part_item(const Visit& visit, const Declared& part) {
  auto label = levels_text(visit, part.levels);
  if (label.empty()) label = partner_text(visit, part);
  if (label.empty()) label = part.code;
  return el("li", {}, label + " ", el("a", {{"href", record_url(part.id)}, {"class", "value"}}, quantity_text(visit, part)));
}

Html parts_list(const Visit& visit, const Declared& declared) {
  if (declared.parts.empty()) return {};
  Html out;
  for (const auto& part : declared.parts) out.add(part_item(visit, part));
  return join(el("p", {{"class", "side-note"}}, visit.tr("of which (not added to it):")), el("ul", {{"class", "figure-parts"}}, out));
}

Html count_link(const Visit& visit, const Asked& asked, const Figure& figure, std::string_view show, const std::string& text) {
  (void)visit;
  return el("li", {}, el("a", {{"href", behind_url(asked, figure, show)}}, text));
}

// "14", linked to its records; "no report yet" when there is none; 0 only by a nil report.
Html recorded_value(const Visit& visit, const Asked& asked, const Figure& figure) {
  const auto& said = figure.recorded;
  if (said.value && said.nil) return Html(visit.tr("{1} (nil report)", amount_text(visit, *said.value)));
  if (said.value) return el("a", {{"href", behind_url(asked, figure, "recorded")}}, amount_text(visit, *said.value));
  if (said.records > 0)
    return el("a", {{"class", "none"}, {"href", behind_url(asked, figure, "recorded")}},
              visit.ui.trn("{1} record, number not stated", "{1} records, number not stated", as_number(said.records)));
  return el("span", {{"class", "none"}}, visit.tr("no report yet"));
}

Html recorded_notes(const Visit& visit, const Asked& asked, const Figure& figure) {
  const auto& said = figure.recorded;
  Html out;
  if (said.value && figure.measure != "count" && said.records > 0)
    out.add(el("li", {}, visit.tr("stated in {1} of {2} records", as_number(said.with_value), as_number(said.records))));
  if (said.within > 0)
    out.add(
        el("li", {}, visit.ui.trn("{1} of them within another activity", "{1} of them within other activities", as_number(said.within))));
  if (said.undated_within > 0)
    out.add(count_link(visit, asked, figure, "undated",
                       visit.ui.trn("{1} more may lie in the period (date not exact)", "{1} more may lie in the period (dates not exact)",
                                    as_number(said.undated_within))));
  if (said.announced > 0)
    out.add(count_link(visit, asked, figure, "announced",
                       visit.ui.trn("{1} announced, no report yet", "{1} announced, no reports yet", as_number(said.announced))));
  return out.empty() ? out : el("ul", {{"class", "side-notes"}}, out);
}

bool complete(const Figure& figure) {
  return figure.completeness.reported && figure.completeness.reporting == figure.completeness.expected;
}

Html completeness_badge(const Visit& visit, const Figure& figure) {
  if (complete(figure)) return badge(Tone::kGood, completeness_text(visit, figure.completeness));
  return badge(Tone::kWarn, figure.completeness.reported ? completeness_text(visit, figure.completeness) : visit.tr("incomplete"));
}

Html recorded_side(const Visit& visit, const Asked& asked, const Figure& figure) {
  const bool leads = !figure.declared.empty() && figure.leading == stats::Leading::kRecorded;
  return el("div", {{"class", "side"}},
            el("p", {{"class", "side-label"}}, visit.tr("Recorded from single reports"), " ", completeness_badge(visit, figure),
               leads ? badge(Tone::kAccent, visit.tr("leads")) : Html()),
            el("p", {{"class", leads ? "side-value" : "side-value lesser"}}, recorded_value(visit, asked, figure)),
            recorded_notes(visit, asked, figure));
}

Html differences_list(const Visit& visit, const Figure& figure) {
  if (figure.differences.empty()) return {};
  Html out;
  for (const auto& difference : figure.differences) out.add(el("li", {}, difference_text(visit, difference)));
  return el("div", {{"class", "difference"}}, el("p", {}, el("strong", {}, visit.tr("Differences between figures"))), el("ul", {}, out));
}

// What has no declared figure: one line each.
Html recorded_table(const Visit& visit, const Asked& asked, const std::vector<const Figure*>& figures) {
  List list;
  list.caption = visit.tr("Recorded from single reports");
  list.columns = {{visit.tr("What")}, {visit.tr("Measure")}, {visit.tr("Recorded"), true}, {visit.tr("Remarks"), false, true}};
  for (const auto* figure : figures) {
    Html remarks = recorded_notes(visit, asked, *figure);
    if (figure->completeness.reported) remarks = join(completeness_badge(visit, *figure), remarks);
    list.rows.push_back(
        {{Html(figure_name(visit, *figure) + (figure->levels.empty() ? "" : ", " + levels_text(visit, figure->levels))),
          Html(measure_name(visit, *figure) +
               (figure->nature == stats::Nature::kStock ? " (" + period_text(visit, figure->nature, figure->from, figure->to) + ")" : "")),
          recorded_value(visit, asked, *figure), remarks}});
  }
  without_empty_minor(list);
  return render(list, visit.ui);
}

Html declared_list(const Visit& visit, const std::vector<Declared>& rows, const std::string& heading, const std::string& why) {
  if (rows.empty()) return {};
  List list;
  list.caption = heading;
  list.columns = {{visit.tr("Declared")},
                  {visit.tr("Unit")},
                  {visit.tr("Counterpart"), false, true},
                  {visit.tr("Period"), false, false},
                  {visit.tr("Source"), false, true}};
  for (const auto& row : rows) {
    auto what =
        join(el("a", {{"href", record_url(row.id)}, {"class", "value"}}, quantity_text(visit, row)), " ", visit.name(row.indicator));
    if (!row.levels.empty()) what.add(" · " + levels_text(visit, row.levels));
    const auto nature = row.from ? stats::Nature::kFlow : stats::Nature::kStock;
    list.rows.push_back({{what, Html(unit_name(visit, row.unit)), Html(partner_text(visit, row)),
                          Html(period_text(visit, nature, row.from, row.to)), sources_list(visit, row.sources)}});
  }
  return el("details", {{"class", "more"}}, el("summary", {}, heading + " (" + visit.ui.number(as_number(rows.size())) + ")"), hint(why),
            render(list, visit.ui));
}

}  // namespace

std::string figure_key(const Figure& figure) {
  if (!figure.declared.empty()) return figure.declared.front().id.hex();
  return nc::join(figure.kinds, "+") + ":" + figure.measure + ":" + nc::join(figure.levels, "+");
}

Url behind_url(const Asked& asked, const Figure& figure, std::string_view show) {
  return asked.at("/figures/records", {{"figure", figure_key(figure)}, {"show", show == "recorded" ? "" : std::string(show)}});
}

Url behind_url(const Asked& asked, const std::optional<std::string>& row, const std::optional<std::string>& column) {
  net::Fields fields = asked.typed;
  fields.set("row", row);
  fields.set("column", column);
  fields.set("cell", "1");
  return Url::to("/figures/records", fields);
}

Html declared_view(const Visit& visit, const Declared& declared) {
  Html out = el("p", {{"class", "side-value"}}, el("a", {{"href", record_url(declared.id)}}, quantity_text(visit, declared)));
  out.add(parts_list(visit, declared));
  if (!declared.verbatim.empty()) out.add(el("p", {{"class", "verbatim"}}, "“", declared.verbatim, "”"));
  return out.add(sources_list(visit, declared.sources));
}

Html figure_view(const Visit& visit, const Asked& asked, const Figure& figure) {
  Html declared = el("p", {{"class", "side-label"}}, visit.tr("Declared"));
  if (!figure.declared.empty() && figure.leading == stats::Leading::kDeclared) declared.add(badge(Tone::kAccent, visit.tr("leads")));
  if (figure.declared.empty()) declared.add(el("p", {{"class", "side-value"}}, el("span", {{"class", "none"}}, "–")));
  for (const auto& row : figure.declared) declared.add(el("div", {{"class", "declared"}}, declared_view(visit, row)));
  return el(
      "article", {{"class", "figure"}},
      el("div", {{"class", "figure-what"}}, el("h3", {}, figure_name(visit, figure)),
         el("p", {{"class", "figure-terms"}}, terms_text(visit, figure)), el("p", {{"class", "figure-terms"}}, scope_text(visit, figure))),
      el("div", {{"class", "side"}}, declared), recorded_side(visit, asked, figure), differences_list(visit, figure));
}

Html answer_view(const Visit& visit, const Asked& asked, const stats::Answer& answer) {
  if (answer.pivot) return pivot_view(visit, asked, *answer.pivot, visit.tr("Table of figures"));
  Html declared, out;
  std::vector<const Figure*> recorded;
  for (const auto& figure : answer.figures) {
    if (figure.declared.empty()) recorded.push_back(&figure);
    else declared.add(figure_view(visit, asked, figure));
  }
  if (!declared.empty()) out.add(section(visit.tr("Declared figures, beside what was recorded"), declared));
  if (!recorded.empty()) out.add(section(visit.tr("Recorded from single reports: incomplete"), recorded_table(visit, asked, recorded)));
  if (answer.figures.empty())
    out.add(el("div", {{"class", "empty"}}, el("p", {{"class", "empty-text"}}, visit.tr("No report yet for this question")),
               el("p", {}, visit.tr("This is not a zero. Choose a wider period or unit, or take away a condition."))));
  out.add(declared_list(visit, answer.below, visit.tr("Declared by units below"), visit.tr("Listed, never added to the figures above.")));
  return out.add(declared_list(visit, answer.outside, visit.tr("Fits, but for another period"),
                               visit.tr("Their period lies partly or wholly outside the one asked for; they are not compared.")));
}

std::string rule_text(const Visit& visit, const Asked& asked) {
  const auto& query = asked.query;
  std::vector<std::string> rule;
  rule.push_back(query.unit ? visit.tr("{1} and all below it, {2}", unit_name(visit, *query.unit), line_text(visit, query.line))
                            : visit.tr("all units of our side"));
  const auto partner =
      partner_text(visit, query.partner.unit ? std::vector<UnitId>{*query.partner.unit} : std::vector<UnitId>(),
                   query.partner.country.empty() ? std::vector<std::string>() : std::vector{query.partner.country}, query.partner.area);
  if (!partner.empty()) rule.push_back(visit.tr("with {1}", partner));
  rule.push_back(query.as_of ? visit.tr("units as of {1}", i18n::day_text(*query.as_of)) : visit.tr("units as they were when it happened"));
  rule.push_back(visit.tr("period: {1}", period_text(visit, stats::Nature::kFlow, query.from, query.to)));
  rule.push_back(visit.tr("within what {1} may see", visit.who.login));
  rule.push_back(visit.tr("made on {1}", i18n::day_text(visit.who.today)));
  return nc::join(rule, "; ") + ". " +
         visit.tr(
             "One activity counts once; announced ones are not counted; parts are never added to their total; what nobody reported "
             "is not zero.");
}

Html rule_line(const Visit& visit, const Asked& asked) {
  return el("p", {{"class", "rule"}}, el("strong", {}, visit.tr("Rule of counting") + ": "), rule_text(visit, asked));
}

}  // namespace nc::web
