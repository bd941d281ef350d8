// /figures, the same question as CSV and JSON, and /summary.
#include <filesystem>

#include "face/web/figures/answer_view.h"
#include "face/web/figures/behind_page.h"
#include "face/web/figures/question.h"
#include "face/web/figures/words.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

access::ReadScope count_scope(const Visit& visit) {
  return access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
}

// Who comes without a question sees his own unit's present year.
net::Fields parameters_of(const Visit& visit) {
  for (const auto name : kAskedNames)
    if (visit.request.query.has(name)) return visit.request.query;
  net::Fields out;
  const auto* unit = visit.world->tree->find(visit.who.unit);
  if (unit && unit->own) out.add("unit", unit->code);
  out.add("from", std::to_string(from_day(visit.who.today).year));
  return out;
}

net::Response figures_page(Visit& visit) {
  const auto read = count_scope(visit);
  if (read.nothing()) return visit.not_found();
  const auto asked = read_asked(parameters_of(visit), *visit.world, visit.ui);
  auto page = visit.frame(visit.tr("Figures"), Place::kFigures);
  page.main = question_form(visit, asked);
  if (asked.right()) {
    const bool has_summary = std::filesystem::exists(visit.site.share() / "demo" / "summary.json");
    page.actions = join(has_summary ? button_link(visit.tr("Summary"), Url::to("/summary")) : Html(),
                        button_link(visit.tr("Export CSV"), asked.at("/figures.csv")),
                        button_link(visit.tr("Export JSON"), asked.at("/figures.json")));
    page.main.add(answer_view(visit, asked, visit.site.columns().answer(asked.query, read, *visit.world))).add(rule_line(visit, asked));
  }
  return visit.show(page, asked.right() ? 200 : 400);
}

net::Response as_file(net::Response response, const std::string& name) {
  response.headers.set("Content-Disposition", "attachment; filename=\"" + name + "\"");
  return response;
}

net::Response export_page(Visit& visit, bool csv) {
  const auto read = count_scope(visit);
  if (read.nothing()) return visit.not_found();
  const auto asked = read_asked(parameters_of(visit), *visit.world, visit.ui);
  if (!asked.right()) {
    std::string text;
    for (const auto& [name, error] : asked.errors) text += name + ": " + error + "\n";
    return net::Response::text(text, 400);
  }
  const auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
  if (csv) {
    auto bytes = answer.pivot ? stats::to_csv(*answer.pivot) : stats::to_csv(answer, *visit.world, visit.namer());
    return as_file(net::Response::bytes(std::move(bytes), "text/csv; charset=utf-8"), "figures.csv");
  }
  // The slots stay for the numbers.
  const auto translate = [&](const std::string& message) { return visit.ui.tr(message, "{1}", "{2}", "{3}", "{4}"); };
  return as_file(net::Response::json(pretty(stats::to_json(answer, *visit.world, visit.namer(), translate))), "figures.json");
}

net::Response summary_page(Visit& visit) {
  auto summary = summary_section(visit);
  if (summary.empty()) return visit.not_found();
  auto page = visit.frame(visit.tr("Summary"), Place::kFigures);
  page.crumbs = {{visit.tr("Figures"), Url::to("/figures")}, {visit.tr("Summary"), {}}};
  page.main = std::move(summary);
  return visit.show(page);
}

}  // namespace

void add_figure_pages(net::Router& router, Site& site) {
  site.add_page(router, "/figures", [](Visit& visit, const net::Params&) { return figures_page(visit); });
  site.add_page(router, "/figures.csv", [](Visit& visit, const net::Params&) { return export_page(visit, true); });
  site.add_page(router, "/figures.json", [](Visit& visit, const net::Params&) { return export_page(visit, false); });
  site.add_page(router, "/figures/records", [](Visit& visit, const net::Params&) { return behind_page(visit); });
  site.add_page(router, "/summary", [](Visit& visit, const net::Params&) { return summary_page(visit); });
}

}  // namespace nc::web
