// Standing in: whoever is away hands one of his own roles, or part of it, to another for some days, signed.
// Both see it: under their account, and on the overview while it lasts. Either of the two ends it early.
#include <algorithm>

#include "base/text.h"
#include "face/web/pages/record_entry.h"
#include "face/web/people/grants.h"
#include "face/web/site.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "ledger/access/login_name.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/account/standing-in";
constexpr const char* kEndPath = "/account/standing-in/end";

const std::vector<access::Delegation>& all(const Visit& visit) { return visit.world->delegations; }
bool is_over(const Visit& visit, const access::Delegation& one) { return one.grant.until.value_or(visit.who.today) < visit.who.today; }

std::string person_text(const Visit& visit, const PersonId& person) {
  const auto* account = visit.world->account(person);
  const auto name = visit.site.account_name(person);
  return account && account->login != name ? name + " (" + account->login + ")" : name;
}

// --- the page ---

Html table(const Visit& visit, std::string caption, bool given, std::string empty) {
  List list;
  list.caption = std::move(caption);
  list.columns = {{given ? visit.tr("Who stands in") : visit.tr("For whom")},
                  {visit.tr("Role")},
                  {visit.tr("Over what")},
                  {visit.tr("From when to when")},
                  {visit.tr("State")},
                  {visit.tr("Action")}};
  for (const auto& one : all(visit)) {
    if ((given ? one.from : one.to) != visit.who.person) continue;
    const auto end = button_link(visit.tr("End early"), Url::to(kEndPath, {{"record", one.record.hex()}}));
    list.rows.push_back({{person_text(visit, given ? one.to : one.from), role_name(visit, one.grant.role), scope_text(visit, one.grant),
                          days_text(visit, one.grant), days_badge(visit, one.grant), is_over(visit, one) ? Html() : end}});
  }
  list.empty_text = std::move(empty);
  return section(list.caption, render(list, visit.ui));
}

bool has_own_grants(const Visit& visit) {
  return std::ranges::any_of(
      visit.who.grants, [&](const auto& grant) { return !grant.for_person && grant.until.value_or(visit.who.today) >= visit.who.today; });
}

net::Response overview(Visit& visit, const net::Params&) {
  auto page = visit.frame(visit.tr("Standing in"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {page.title, {}}};
  if (has_own_grants(visit)) page.actions = button_link(visit.tr("Hand over a role"), Url::to("/account/standing-in/new"), true);
  page.main = join(hint(visit.tr("While you are away, another does part of your work in your place, and the history says so. It is never "
                                 "wider than what you hold, gives no right to grant, and cannot be handed on.")),
                   table(visit, visit.tr("Who stands in for you"), true, visit.tr("You have handed nothing over.")),
                   table(visit, visit.tr("For whom you stand in"), false, visit.tr("You stand in for nobody.")));
  return visit.show(page);
}

// --- ending early, by either of the two ---

const access::Delegation* his(const Visit& visit, std::string_view record) {
  const auto id = RecordId::from_hex(record);
  for (const auto& one : all(visit))
    if (id == one.record && (one.from == visit.who.person || one.to == visit.who.person)) return &one;
  return nullptr;
}

net::Response end_page(const Visit& visit, const access::Delegation& one, const std::string& error = {}) {
  auto page = visit.frame(visit.tr("End early"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {visit.tr("Standing in"), Url::to(kPath)}, {page.title, {}}};
  Form form{Url::to(kEndPath)};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"record", one.record.hex()}};
  Field reason{"reason", visit.tr("Why"), Input::kText};
  reason.required = true;
  reason.width = Width::kFull;
  reason.error = error;
  form.fieldsets = {{"", "", {reason}}};
  form.submits = {{visit.tr("End it now"), "", ""}};
  form.cancel = Url::to(kPath);
  page.main = join(facts({{visit.tr("Who is away"), person_text(visit, one.from), ""},
                          {visit.tr("Who stands in"), person_text(visit, one.to), ""},
                          {visit.tr("Role"), grant_text(visit, one.grant), ""}}),
                   render(form, visit.ui));
  return visit.show(page, error.empty() ? 200 : 422);
}

net::Response end(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto* one = his(visit, form.get("record"));
  if (!one) return visit.go(kPath, "same");
  const std::string reason(trim(form.get("reason")));
  if (reason.empty()) return end_page(visit, *one, visit.tr("Say why"));
  const auto written = visit.ledger().transition(visit.who, {one->record, std::string(journal::acts::kVoid), reason, nullptr});
  return written ? visit.go(kPath, "handed-back") : end_page(visit, *one, visit.ui.error_text(written.error().error));
}

// --- handing over ---

struct Again {
  ConfirmErrors errors;
  net::Fields typed;
  std::string error;
  int status = 200;
  std::vector<catalog::Finding> questions = {};  // odd, to be confirmed with a reason
};

// One's own grants, by their place among them.
std::vector<Option> own_grants(const Visit& visit) {
  std::vector<Option> out;
  for (std::size_t i = 0; i < visit.who.grants.size(); ++i) {
    const auto& grant = visit.who.grants[i];
    if (grant.for_person || grant.until.value_or(visit.who.today) < visit.who.today) continue;
    out.push_back({std::to_string(i), grant_text(visit, grant), ""});
  }
  return out;
}

// Whom he knows: people of his own unit, and accounts whose records he may read.
bool is_known(const Visit& visit, const access::Subject& account) {
  if (!account.live || account.person == visit.who.person) return false;
  return account.unit == visit.who.unit || visit.ledger().read(visit.who, account.person).has_value();
}

std::vector<Option> deputies(const Visit& visit) {
  std::vector<Option> out;
  for (const auto& [login, account] : visit.world->accounts)
    if (is_known(visit, account)) out.push_back({login, visit.site.account_name(account.person), ""});
  return out;
}

net::Response hand_over_page(const Visit& visit, const Again& again) {
  auto page = visit.frame(visit.tr("Hand over a role"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {visit.tr("Standing in"), Url::to(kPath)}, {page.title, {}}};
  if (!has_key(visit)) {
    page.main = join(no_key_notice(visit), el("p", {}, button_link(visit.tr("My account"), Url::to("/account"))));
    return visit.show(page, again.status);
  }
  const auto& errors = again.errors.beside;
  auto to = typed_field("to", visit.tr("Who stands in: the login"), Input::kSuggest, again.typed, errors);
  to.options = deputies(visit);
  to.required = true;
  auto role = typed_field("grant", visit.tr("Which of your roles"), Input::kRadio, again.typed, errors);
  role.options = own_grants(visit);
  role.required = true;
  role.width = Width::kFull;
  auto scope = typed_field("scope", visit.tr("Only over this unit and below"), Input::kSuggest, again.typed, errors);
  scope.options = own_units(visit);
  scope.help = visit.tr("Left empty: over all that the role reaches.");
  auto from = typed_field("from", visit.tr("First day"), Input::kDate, again.typed, errors);
  auto until = typed_field("until", visit.tr("Last day"), Input::kDate, again.typed, errors);
  from.required = until.required = true;
  auto reason = typed_field("reason", visit.tr("Why you are away"), Input::kText, again.typed, errors);
  reason.help = visit.tr("For example: on a mission; no private matter.");
  reason.width = Width::kFull;
  Form form{Url::to("/account/standing-in/new")};
  form.csrf_token = visit.session.csrf;
  form.error = again.error;
  for (const auto* type : visit.world->catalog->feeding("person-delegation"))
    form.fieldsets = question_fields(visit, {*type, again.typed, {}, again.questions, ""});
  form.fieldsets.push_back({visit.tr("What you hand over, to whom, how long"), "", {to, role, scope, from, until, reason}});
  auto confirm = confirm_fields(visit, {.key = true}, again.errors);
  confirm.legend = visit.tr("Your signature");
  form.fieldsets.push_back(std::move(confirm));
  form.submits = {{visit.tr("Sign and hand over"), "", ""}};
  form.cancel = Url::to(kPath);
  page.main = render(form, visit.ui);
  return visit.show(page, again.status);
}

// The grant of his that was chosen, narrowed and dated as typed.
std::optional<records::Delegate> wanted(const Visit& visit, const net::Fields& form, ErrorsBeside& errors) {
  records::Delegate out;
  const auto login = access::login_key(is_utf8(form.get("to")) ? form.get("to") : std::string_view());
  const auto deputy = visit.world->accounts.find(login);
  if (deputy == visit.world->accounts.end() || !is_known(visit, deputy->second))
    errors["to"] = visit.tr("No account that you know has the login “{1}”", shorten(login, 80));
  else out.to = deputy->second.person;
  const auto mine = own_grants(visit);
  const auto chosen = std::ranges::find(mine, form.get("grant"), &Option::value);
  if (chosen == mine.end()) errors["grant"] = visit.tr("Choose a role");
  else out.grant = visit.who.grants[static_cast<std::size_t>(std::stoul(chosen->value))];
  if (const auto unit = unit_from(visit, form, "scope", errors)) out.grant.unit = *unit;
  out.grant.from = day_from(visit, form, "from", false, errors);
  out.grant.until = day_from(visit, form, "until", true, errors);
  for (const auto& [name, day] : {std::pair("from", out.grant.from), std::pair("until", out.grant.until)})
    if (!day && !errors.contains(name)) errors[name] = visit.tr("Write the day");
  if (out.grant.from && out.grant.until && *out.grant.until < *out.grant.from)
    errors["until"] = visit.tr("The last day lies before the first");
  out.reason = trim(form.get("reason"));
  out.confirmed = confirmed_from(form);
  return errors.empty() ? std::optional(std::move(out)) : std::nullopt;
}

net::Response hand_over(Visit& visit, const net::Params&, const net::Fields& form) {
  Again again{{}, form, "", 422};
  auto request = wanted(visit, form, again.errors.beside);
  if (!request) return hand_over_page(visit, again);
  const auto by = confirm(visit, {.key = true}, form);
  if (!by) {
    again.errors = by.error();
    return hand_over_page(visit, again);
  }
  request->signer = &*by->key;
  const auto written = visit.ledger().delegate(by->who, *request);
  if (written) return visit.go(kPath, "handed-over");
  again.errors.password_given = true;
  again.questions = written.error().findings;
  again.error = again.questions.empty() ? visit.ui.error_text(written.error().error)
                                        : visit.tr("Nothing is saved yet: please answer the question below.");
  again.status = written.error().error.code == ErrorCode::kDenied ? 403 : 422;
  return hand_over_page(visit, again);
}

}  // namespace

Html standing_in_notices(const Visit& visit) {
  Html out;
  for (const auto& one : all(visit)) {
    const bool given = one.from == visit.who.person;
    if ((!given && one.to != visit.who.person) || is_over(visit, one)) continue;
    const auto other = visit.site.account_name(given ? one.to : one.from);
    const auto what = grant_text(visit, one.grant);
    out.add(notice(Tone::kAccent,
                   given ? visit.tr("{1} stands in for you: {2}", other, what) : visit.tr("You stand in for {1}: {2}", other, what)));
  }
  return out.empty() ? out : join(out, el("p", {}, link(visit.tr("Standing in: look, end early"), Url::to(kPath))));
}

void add_standing_in_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, overview);
  site.add_page(router, "/account/standing-in/new", [](Visit& visit, const net::Params&) {
    Again first;
    if (const auto mine = own_grants(visit); mine.size() == 1) first.typed.set("grant", mine.front().value);
    return hand_over_page(visit, first);
  });
  site.add_change(router, "/account/standing-in/new", hand_over);
  site.add_page(router, kEndPath, [](Visit& visit, const net::Params&) {
    const auto* one = his(visit, visit.request.query.get("record"));
    return one ? end_page(visit, *one) : visit.not_found();
  });
  site.add_change(router, kEndPath, end);
}

}  // namespace nc::web
