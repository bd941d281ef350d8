// /figures, the same question as CSV and JSON, and /summary.
#include <filesystem>

#include "channels/sync/node_states.h"
#include "face/web/figures/answer_view.h"
#include "face/web/figures/behind_page.h"
#include "face/web/figures/chart.h"
#include "face/web/figures/code_page.h"
#include "face/web/figures/figures_sheet.h"
#include "face/web/figures/opening.h"
#include "face/web/figures/period_page.h"
#include "face/web/figures/question.h"
#include "face/web/figures/words.h"
#include "face/web/sheet_file.h"
#include "face/web/site_pages.h"
#include "face/web/views/view_pages.h"
#include "insight/stats/csv_scope.h"

namespace nc::web {
namespace {

access::ReadScope count_scope(const Visit& visit) {
  return access::ReadScope::resolve(visit.who, access::Action::kCount, *visit.world->tree, *visit.world->catalog);
}

net::Response figures_page(Visit& visit) {
  const auto read = count_scope(visit);
  if (read.nothing()) return visit.not_found();
  const auto asked = read_asked(parameters_of(visit, read), *visit.world, visit.ui);
  auto page = visit.frame(visit.tr("Figures"), Place::kFigures);
  page.main = join(views_bar(visit), chosen_year(visit, asked), question_form(visit, asked));
  if (asked.right()) {
    const bool has_summary = std::filesystem::exists(visit.site.share() / "demo" / "summary.json");
    const bool whole = asked.query.unit && asked.query.from && asked.query.to;
    page.actions =
        join(whole ? button_link(visit.tr("Who reported, closing"), asked.at("/period")) : Html(),
             has_summary ? button_link(visit.tr("Summary"), Url::to("/summary")) : Html(),
             button_link(visit.tr("Export XLSX"), asked.at("/figures.xlsx")), button_link(visit.tr("Export CSV"), asked.at("/figures.csv")),
             button_link(visit.tr("Export JSON"), asked.at("/figures.json")));
    const auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
    if (!asked.query.as_of) page.main.add(former_units(visit, asked, read, "/figures"));
    page.main.add(answer_view(visit, asked, answer));
    if (answer.pivot) page.main.add(pivot_charts(visit, *answer.pivot));
    page.main.add(rule_line(visit, asked)).add(completeness_line(visit)).add(way_back(visit, asked));
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
  const auto asked = read_asked(parameters_of(visit, read), *visit.world, visit.ui);
  if (!asked.right()) {
    std::string text;
    for (const auto& [name, error] : asked.errors) text += name + ": " + error + "\n";
    return net::Response::text(text, 400);
  }
  const auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
  if (csv) {
    // A file that goes from hand to hand says of which unit and period it is, and within whose sight it was counted.
    const stats::CsvScope scope{{"rule", rule_text(visit, asked)},
                                {"question", visit.site.own_address(visit.request) + asked.at("/figures").text()}};
    auto bytes = stats::to_csv(answer, *visit.world, visit.namer(), scope);
    return as_file(net::Response::bytes(std::move(bytes), "text/csv; charset=utf-8"), "figures.csv");
  }
  // The slots stay for the numbers.
  const auto translate = [&](const std::string& message) { return visit.ui.tr(message, "{1}", "{2}", "{3}", "{4}"); };
  auto json = stats::to_json(answer, *visit.world, visit.namer(), translate);
  if (const auto added = sync::add_nodes_below(json, visit.site.ledger()); !added) return visit.refuse(added.error());
  return as_file(net::Response::json(pretty(json)), "figures.json");
}

net::Response sheet_page(Visit& visit) {
  const auto read = count_scope(visit);
  if (read.nothing()) return visit.not_found();
  const auto asked = read_asked(parameters_of(visit, read), *visit.world, visit.ui);
  if (!asked.right()) return visit.go(asked.at("/figures").text());  // where the errors stand beside the fields
  const auto answer = visit.site.columns().answer(asked.query, read, *visit.world);
  const auto table = sheet_of(visit, asked, answer);
  const SheetPlace place(visit);
  const auto written = write_sheet(SheetKind::kXlsx, table.sheet, place.file(), [&](const documents::TakeRow& take) -> Status {
    for (const auto& row : table.rows)
      if (auto taken = take(row); !taken) return taken;
    return {};
  });
  return written ? sheet_response(visit, SheetKind::kXlsx, place.file()) : visit.refuse(written.error());
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
  site.add_page(
      router, "/figures.csv", [](Visit& visit, const net::Params&) { return export_page(visit, true); }, access::audited::kExport);
  site.add_page(
      router, "/figures.json", [](Visit& visit, const net::Params&) { return export_page(visit, false); }, access::audited::kExport);
  site.add_page(router, "/figures.xlsx", [](Visit& visit, const net::Params&) { return sheet_page(visit); }, access::audited::kExport);
  site.add_page(router, "/figures/records", [](Visit& visit, const net::Params&) { return behind_page(visit); });
  add_period_page(router, site);
  add_code_pages(router, site);
  site.add_page(router, "/summary", [](Visit& visit, const net::Params&) { return summary_page(visit); });
}

}  // namespace nc::web
