// The one list of activities: its filters stand in the address, so that a view can be kept and sent.
#include <algorithm>

#include "face/web/activity_rows.h"
#include "face/web/bulk/choosing.h"
#include "face/web/pages/activity_query.h"
#include "face/web/pages/take_out_list.h"
#include "face/web/site_pages.h"
#include "face/web/taking_out.h"
#include "face/web/views/view_pages.h"

namespace nc::web {
namespace {

List list_of(const ActivityQuery& asked, const records::Page& found) {
  const auto& visit = asked.visit;
  const bool oldest = asked.list.sort == records::ListQuery::Sort::kOldest;
  List list;
  list.caption = visit.tr("External activities");
  list.columns = heads_of(asked.columns);
  for (std::size_t i = 0; i < asked.columns.size(); ++i) {
    if (!asked.columns[i].dated) continue;
    list.columns[i].sort = sorted_by_date(asked, oldest);
    list.columns[i].sorted = oldest ? 1 : -1;
  }
  for (const auto& record : found.items) list.rows.push_back(row_of(asked.columns, visit, record));
  show_count(list, found);
  let_choose(visit, found, list);
  list.filters = filters_of(asked);
  list.chooser = chooser_of(asked);
  if (!asked.list.cursor.empty()) list.first = page_url(asked, "");
  if (!found.next_cursor.empty()) list.next = page_url(asked, found.next_cursor);
  const bool filtered = !asked.chips.empty();
  list.empty_text = filtered ? visit.tr("No activity fits these filters.") : visit.tr("No activity is recorded here yet.");
  list.empty_hint = filtered ? visit.tr("Take a filter away, or look for a part of a name without marks.")
                             : visit.tr("Begin with the last talks or patrol that you have the minutes of.");
  list.empty_action = filtered ? button_link(visit.tr("All activities"), Url::to(kActivitiesPath)) : new_record_button(visit);
  return list;
}

net::Response activities(Visit& visit, const net::Params&) {
  if (!visit.reads()) return visit.not_found();
  const auto asked = read_activity_query(visit);
  if (!asked) return visit.refuse(asked.error());
  const auto found = visit.ledger().list(visit.who, asked->list);
  if (!found) return visit.refuse(found.error());
  auto page = visit.frame(heading_of(*asked), Place::kActivities);
  page.flashes.insert(page.flashes.end(), asked->problems.begin(), asked->problems.end());
  page.actions = join(take_out_buttons(visit), import_button(visit), new_record_button(visit));
  page.main = join(views_bar(visit), asked->candidates, render(list_of(*asked, *found), visit.ui),
                   takes_out(visit) ? Html() : not_taken_out(visit));
  return visit.show(page);
}

}  // namespace

void add_activity_pages(net::Router& router, Site& site) {
  site.add_page(router, kActivitiesPath, activities);
  add_list_export(router, site);
  add_bulk_pages(router, site);
}

}  // namespace nc::web
