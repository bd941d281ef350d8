// The first page: who is here, what is new, where to begin.
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/pages/record_draft.h"
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
  list.columns = activity_columns(visit);
  for (const auto& record : found->items) list.rows.push_back(activity_row(visit, record));
  show_count(list, *found);
  list.empty_text = visit.tr("No activity is recorded here yet.");
  list.empty_hint = visit.tr("Begin with the last talks or patrol that you have the minutes of.");
  list.empty_action = new_record_button(visit);
  return section(list.caption, render(list, visit.ui), button_link(visit.tr("All activities"), Url::to("/activities")));
}

// What one person did alone at a short-handed post, for the superior to confirm; empty when there is none.
Html to_confirm(const Visit& visit) {
  const auto found = visit.ledger().awaiting_confirmation(visit.who);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  if (found->empty()) return {};
  List list;
  list.caption = visit.tr("To be confirmed by the superior");
  list.columns = {{visit.tr("Record")}, {visit.tr("By")}, {visit.tr("State")}};
  for (const auto& record : *found)
    list.rows.push_back({{link(visit.name(record.id), record_url(record.id)), visit.site.account_name(record.alone->by),
                          alone_badge(visit, *record.alone)}});
  list.total = static_cast<std::int64_t>(list.rows.size());
  return section(list.caption, render(list, visit.ui));
}

net::Response overview(Visit& visit, const net::Params&) {
  auto page = visit.frame(visit.tr("Overview"), Place::kOverview);
  page.main = el("p", {{"class", "greeting"}}, visit.tr("Good day, {1}.", page.account->name), " ", i18n::day_text(visit.who.today), ".");
  page.main.add(second_factor_notice(visit));
  if (visit.reads()) {
    page.actions = new_record_button(visit);
    page.main.add(standing_in_notices(visit))
        .add(drafts_section(visit))
        .add(to_confirm(visit))
        .add(figure_summary(visit))
        .add(newest(visit));
  } else {
    page.main.add(recovery_notices(visit));
    page.main.add(
        hint(visit.tr("Your account runs the node and reads no records. Accounts and the state of the node are under Administration.")));
  }
  return visit.show(page);
}

}  // namespace

void add_overview_page(net::Router& router, Site& site) { site.add_page(router, "/", overview); }

}  // namespace nc::web
