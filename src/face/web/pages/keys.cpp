// The keys: which there are, and whether single ones do anything. Whoever speaks to his computer, or lets a hand rest on the
// keyboard, turns them off (WCAG 2.2, 2.1.4); that is kept in the browser, as the language is.
#include "face/web/list.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/keys";
constexpr const char* kCookie = "__Host-nhipcau-keys";
constexpr std::int64_t kYearSeconds = 365 * 24 * 3600;

Row key_row(std::string_view key, const std::string& what) { return {{el("kbd", {}, key), what}}; }

net::Response keys(Visit& visit, const net::Params&) {
  auto page = visit.frame(visit.tr("Keyboard keys"), Place::kNone);
  const bool on = single_keys(visit.request);
  List list;
  list.caption = page.title;
  list.columns = {{visit.tr("Key"), false, false, {}, 0, true}, {visit.tr("What it does"), false, false, {}, 0, false, true}};
  if (on && visit.reads()) list.rows.push_back(key_row("/", visit.tr("to the box that searches everything")));
  if (on && may_create_any(visit)) list.rows.push_back(key_row("n", visit.tr("a new record")));
  if (on) list.rows.push_back(key_row("?", visit.tr("this page")));
  list.rows.push_back(key_row("Tab, Shift+Tab", visit.tr("to the next link, button or field; to the one before")));
  list.rows.push_back(key_row("Enter", visit.tr("opens a link, presses a button, sends a form")));
  list.rows.push_back(key_row(visit.tr("Space"), visit.tr("ticks a box, unfolds what is folded")));
  list.rows.push_back(key_row("↑ ↓", visit.tr("choose in a list")));
  list.rows.push_back(key_row("Esc", visit.tr("closes suggestions")));
  list.rows.push_back(key_row("Alt+←", visit.tr("back to the page before")));
  list.rows.push_back(key_row("Ctrl+P", visit.tr("prints the page")));
  page.main = join(
      render(list, visit.ui),
      section(visit.tr("Single keys"),
              join(on ? badge(Tone::kGood, visit.tr("on")) : badge(Tone::kNeutral, visit.tr("off")),
                   hint(visit.tr("While you type in a field they do nothing. Where a form is being filled in, the other page opens beside "
                                 "it. They need JavaScript."))),
              post_button(on ? visit.tr("Turn them off") : visit.tr("Turn them on"), Url::to(kPath), visit.session.csrf,
                          {{"keys", on ? "off" : "on"}})));
  return visit.show(page);
}

net::Response turn_keys(Visit& visit, const net::Params&, const net::Fields& form) {
  auto response = visit.go(kPath);
  const bool off = form.get("keys") == "off";
  response.headers.add("Set-Cookie", net::set_cookie(kCookie, off ? "off" : "on", {true, off ? kYearSeconds : 0, true}));
  return response;
}

}  // namespace

bool single_keys(const net::Request& request) { return request.cookies().get(kCookie) != "off"; }

void add_keys_page(net::Router& router, Site& site) {
  site.add_page(router, kPath, keys);
  site.add_change(router, kPath, turn_keys);
}

}  // namespace nc::web
