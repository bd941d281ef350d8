// Calendar feeds: addresses that a calendar outside reads without a password. Each has its view, its label and its
// end; whoever has the address reads it, so it can be renewed, and shows no title above its label.
#include <algorithm>

#include "base/text.h"
#include "face/web/confirm.h"
#include "face/web/list.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "work/calendar/events.h"
#include "work/calendar/ical.h"

namespace nc::web {
namespace {

using access::Token;
using access::TokenTerms;
using access::TokenUse;

constexpr const char* kPath = "/account/feeds";
constexpr std::int64_t kDayMs = 24 * 3'600'000;
constexpr std::int64_t kFeedDays = access::kTokenDaysMax;
constexpr std::int32_t kDaysBack = 90, kDaysAhead = 400;

// A view is a query: "own" (code of a unit), "kind" (type id), "lang".
Result<net::Fields> view_of(const TokenTerms& terms) { return net::parse_form(terms.view); }

std::string view_text(const Visit& visit, const TokenTerms& terms) {
  const auto view = view_of(terms);
  if (!view) return {};
  const auto* unit = visit.world->tree->by_code(view->get("own"));
  const auto* type = visit.world->catalog->find(view->get("kind"));
  const auto where = unit ? unit_name(*unit, visit.lang()) : visit.tr("all that you see");
  return type ? where + " · " + type->label.in(visit.lang()) : where;
}

net::Fields feed_id(const Token& token) { return {{"feed", token.id.hex()}}; }

List feed_list(const Visit& visit, const std::vector<Token>& tokens) {
  List list;
  list.caption = visit.tr("Calendar feeds");
  list.columns = {{visit.tr("What for")}, {visit.tr("View")}, {visit.tr("Titles")}, {visit.tr("Ends")}, {visit.tr("Last use")}, {""}};
  for (const auto& token : tokens) {
    if (token.terms.use != TokenUse::kFeed) continue;
    const auto seen = token.seen_ms == 0 ? visit.tr("never") : visit.ui.datetime(token.seen_ms);
    const auto titles =
        token.terms.ceiling == access::Handling::kOpen ? visit.tr("of open records") : visit.tr("of open and internal records");
    list.rows.push_back(
        {{token.terms.name, view_text(visit, token.terms), titles, visit.ui.datetime(token.terms.until_ms), seen,
          join(post_button(visit.tr("Another address"), Url::to("/account/feeds/renew"), visit.session.csrf, feed_id(token)), " ",
               post_button(visit.tr("End it"), Url::to("/account/feeds/end"), visit.session.csrf, feed_id(token)))}});
  }
  list.empty_text = visit.tr("No calendar reads yours.");
  list.empty_hint = visit.tr("A feed shows activities in the calendar of a telephone or an office, by an address that only you know.");
  return list;
}

Field choice(const char* name, std::string label, std::vector<Option> options, const net::Fields& typed) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.input = Input::kChoice;
  out.options = std::move(options);
  out.value = typed.has(name) ? std::string(typed.get(name)) : out.options.front().value;
  return out;
}

Form feed_form(const Visit& visit, const net::Fields& typed, const ConfirmErrors& errors) {
  Form form{Url::to(kPath)};
  form.csrf_token = visit.session.csrf;
  Field name;
  name.name = "name";
  name.label = visit.tr("What the feed is for");
  name.value = typed.get("name");
  name.required = true;
  if (const auto at = errors.beside.find("name"); at != errors.beside.end()) name.error = at->second;
  std::vector<Option> units{{"", visit.tr("all that you see"), ""}};
  if (const auto* unit = visit.world->tree->find(visit.who.unit))
    units.insert(units.begin(), Option{unit->code, visit.tr("{1} with the units below it", unit_name(*unit, visit.lang())), ""});
  std::vector<Option> kinds{{"", visit.tr("all that has a day"), ""}};
  for (const auto* type : calendar::dated_types(*visit.world->catalog)) kinds.push_back(Option{type->id, type->label.in(visit.lang()), ""});
  std::ranges::sort(kinds.begin() + 1, kinds.end(), {}, [](const Option& option) { return fold(option.label); });
  auto titles = choice("ceiling", visit.tr("Titles"),
                       {{"open", visit.tr("of open records"), ""}, {"internal", visit.tr("of open and internal records"), ""}}, typed);
  titles.help = visit.tr(
      "Of the others only the day is shown. The feed leaves this machine: choose the second only for a calendar of the unit's own.");
  form.fieldsets = {{visit.tr("A new feed"),
                     "",
                     {name, choice("own", visit.tr("Own unit"), std::move(units), typed),
                      choice("kind", visit.tr("Kind"), std::move(kinds), typed), titles}},
                    confirm_fields(visit, {}, errors)};
  form.submits = {{visit.tr("Make the feed"), "", ""}};
  form.cancel = Url::to("/account");
  return form;
}

net::Response show_feeds(const Visit& visit, const net::Fields& typed = {}, const ConfirmErrors& errors = {}, const Html& above = {}) {
  const auto tokens = visit.site.credentials().tokens_of(visit.who.person);
  if (!tokens) return visit.refuse(tokens.error());
  auto page = visit.frame(visit.tr("Calendar feeds"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {visit.tr("Calendar feeds"), {}}};
  page.main = join(above, render(feed_list(visit, *tokens), visit.ui), render(feed_form(visit, typed, errors), visit.ui));
  return visit.show(page, errors.beside.empty() ? 200 : 422);
}

net::Response show_address(const Visit& visit, const std::string& secret) {
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kToken, visit.who.person, {}, {}}));
  const auto address = visit.site.own_address(visit.request) + "/feeds/" + secret + ".ics";
  return show_feeds(
      visit, {}, {},
      join(notice(Tone::kGood, visit.tr("This is the address of the feed. It is shown this once, and opens the feed to whoever has it.")),
           el("div", {{"class", "statement"}}, el("pre", {}, address))));
}

net::Response make_feed(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return show_feeds(visit, form, confirmed.error());
  TokenTerms terms;
  terms.use = TokenUse::kFeed;
  terms.name = trim(form.get("name"));
  terms.until_ms = visit.ledger().now_ms() + kFeedDays * kDayMs;
  terms.ceiling = form.get("ceiling") == "internal" ? access::Handling::kInternal : access::Handling::kOpen;
  net::Fields view{{"lang", visit.lang()}};
  if (visit.world->tree->by_code(form.get("own"))) view.add("own", std::string(form.get("own")));
  if (visit.world->catalog->find(form.get("kind"))) view.add("kind", std::string(form.get("kind")));
  terms.view = net::form_text(view);
  const auto made = visit.site.credentials().make_token(visit.who.person, std::move(terms));
  if (made) return show_address(visit, made->secret);
  ConfirmErrors errors;
  errors.password_given = true;
  errors.beside["name"] = visit.ui.error_text(made.error());
  return show_feeds(visit, form, errors);
}

std::optional<access::TokenId> asked_feed(const Visit& visit, const net::Fields& form) {
  const auto id = access::TokenId::from_hex(form.get("feed"));
  const auto tokens = visit.site.credentials().tokens_of(visit.who.person);
  if (!id || !tokens) return std::nullopt;
  const bool his = std::ranges::any_of(*tokens, [&](const Token& token) { return token.id == *id && token.terms.use == TokenUse::kFeed; });
  return his ? id : std::nullopt;
}

net::Response renew_feed(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto id = asked_feed(visit, form);
  if (!id) return visit.not_found();
  const auto secret = visit.site.credentials().renew_token(visit.who.person, *id, visit.ledger().now_ms() + kFeedDays * kDayMs);
  return secret ? show_address(visit, *secret) : visit.refuse(secret.error());
}

net::Response end_feed(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto id = asked_feed(visit, form);
  if (!id || !visit.site.credentials().end_token(visit.who.person, *id)) return visit.not_found();
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kToken, visit.who.person, {}, {}}));
  return visit.go(kPath, "feed-ended");
}

// --- the feed itself ---

calendar::FeedStatus status_of(const std::string& option) {
  if (option == "cancelled") return calendar::FeedStatus::kCancelled;
  return option == "planned" || option == "postponed" ? calendar::FeedStatus::kTentative : calendar::FeedStatus::kConfirmed;
}

calendar::Feed feed_of(Site& site, const net::Request& request, const access::Subject& who, const TokenTerms& terms,
                       const net::Fields& view, const std::vector<calendar::Event>& events) {
  const auto& ui = site.words(i18n::lang_from_code(view.get("lang")));
  const std::string lang(i18n::lang_code(ui.lang()));
  calendar::Feed feed{terms.name, lang, {}};
  for (const auto& event : events) {
    if (!event.exact) continue;
    calendar::FeedEvent out;
    out.record = event.record;
    out.days = event.days;
    out.created_ms = event.created_ms;
    out.changed_ms = event.changed_ms;
    out.status = status_of(event.status);
    const bool titled = event.handling <= terms.ceiling && event.handling <= who.clearance;
    out.summary = titled         ? event.title
                  : event.matter ? ui.tr(NC_MSG("Something falls due (open it on the node)"))
                                 : ui.tr(NC_MSG("External activity (open it on the node)"));
    if (titled) out.category = event.type->label.in(lang);
    out.url = site.own_address(request) + "/records/" + event.record.hex();
    feed.events.push_back(std::move(out));
  }
  return feed;
}

net::Response not_there() {
  const auto error = Error(ErrorCode::kNotFound, NC_MSG("There is no such calendar, or its address has ended"))
                         .then(NC_MSG("Get a new address on the page of the calendar's addresses"));
  auto response = net::Response::text(error.english() + "\n", 404);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

net::Response show_feed(Site& site, const net::Request& request, const net::Params& params) {
  constexpr std::string_view kEnding = ".ics";
  auto secret = params.get("secret");
  if (!secret.ends_with(kEnding)) return not_there();
  secret.remove_suffix(kEnding.size());
  const auto token = site.api().token_of(request, secret, TokenUse::kFeed);
  if (!token) return token.error();
  // What the label hides is left without a title, not left out: the day is taken all the same.
  auto seeing = token->token.terms;
  seeing.ceiling = access::Handling::kInternal;
  const auto who = access::subject_with(token->account, seeing);
  const auto view = view_of(token->token.terms);
  if (!view) return not_there();
  const auto world = site.ledger().world();
  calendar::Question question{who.today - kDaysBack, who.today + kDaysAhead, {}, {}};
  if (view->has("kind")) question.types = {std::string(view->get("kind"))};
  if (view->has("own")) {
    const auto* unit = world->tree->by_code(view->get("own"));
    question.own = unit ? with_units_below(*world->tree, unit->id) : std::set<UnitId>{UnitId{}};
  }
  const auto events = calendar::events_of(site.ledger(), who, question, view->get("lang"));
  if (!events) return net::Response::text("", 503);
  return Api::tagged(request, net::Response::bytes(calendar::ical(feed_of(site, request, who, token->token.terms, *view, *events)),
                                                   "text/calendar; charset=utf-8"));
}

}  // namespace

void add_feed_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, [](Visit& visit, const net::Params&) { return show_feeds(visit); });
  site.add_change(router, kPath, make_feed);
  site.add_change(router, "/account/feeds/renew", renew_feed);
  site.add_change(router, "/account/feeds/end", end_feed);
  router.add("GET", "/feeds/{secret}",
             [&site](const net::Request& request, const net::Params& params) { return show_feed(site, request, params); });
}

}  // namespace nc::web
