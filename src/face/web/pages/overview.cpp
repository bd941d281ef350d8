// The overview: the month, who reported, this year beside last year, what is new.
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/record_columns.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

Html newest(const Visit& visit) {
  constexpr std::size_t kShown = 10;
  records::ListQuery query;
  query.feeds = {"counted-activity"};
  query.until = visit.who.today;  // plans of next year are no news
  query.limit = kShown;
  query.looked_at_max = kLookedAtMax;
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  List list;
  list.caption = visit.tr("Newest activities");
  const auto columns = usual_columns(visit);
  list.columns = heads_of(columns);
  for (const auto& record : found->items) list.rows.push_back(row_of(columns, visit, record));
  show_count(list, *found);
  list.empty_text = visit.tr("No activity is recorded here yet.");
  list.empty_hint = visit.tr("Begin with the last talks or patrol that you have the minutes of.");
  list.empty_action = new_record_button(visit);
  return section(list.caption, render(list, visit.ui), button_link(visit.tr("All activities"), Url::to("/activities")));
}

}  // namespace

Html greeting(const Visit& visit) {
  return join(el("p", {{"class", "greeting"}}, visit.tr("Good day, {1}.", visit.site.account_name(visit.who.person)), " ",
                 i18n::day_text(visit.who.today), "."),
              second_factor_notice(visit));
}

net::Response overview_page(Visit& visit) {
  auto page = visit.frame(visit.tr("Overview"), Place::kOverview);
  if (!visit.has_tasks()) page.main.add(greeting(visit));  // it is then the first page
  if (visit.reads()) {
    page.actions = new_record_button(visit);
    if (!visit.has_tasks()) page.main.add(standing_in_notices(visit));
    page.main.add(month_section(visit)).add(reports_section(visit, false)).add(figure_summary(visit)).add(newest(visit));
  } else {
    page.main.add(recovery_notices(visit));
    page.main.add(
        hint(visit.tr("Your account runs the node and reads no records. Accounts and the state of the node are under Administration.")));
  }
  return visit.show(page);
}

void add_overview_page(net::Router& router, Site& site) {
  site.add_page(router, "/overview", [](Visit& visit, const net::Params&) { return overview_page(visit); });
}

}  // namespace nc::web
