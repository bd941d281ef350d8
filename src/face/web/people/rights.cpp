// The rights of an account: giving a role, ending one. The ledger decides; the page says beforehand what can be given.
#include "base/civil.h"
#include "base/text.h"
#include "face/web/people/account_pages.h"
#include "face/web/site.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

struct Again {
  ConfirmErrors errors;
  net::Fields typed;
  std::string error;  // of the form as a whole
  int status = 200;
};

web::Page page_about(const Visit& visit, const access::Subject& account, std::string title) {
  auto page = visit.frame(title, Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {account.login, account_url(account.person)}, {std::move(title), {}}};
  return page;
}

// What was typed is shown with the refusal; the password, if it was right, need not be given again.
net::Response refused(Again again, const records::Refusal& refusal, const Visit& visit,
                      const std::function<net::Response(const Again&)>& show) {
  again.errors.password_given = true;
  again.error = visit.ui.error_text(refusal.error);
  again.status = refusal.error.code == ErrorCode::kDenied ? 403 : refusal.error.code == ErrorCode::kConflict ? 409 : 422;
  return show(again);
}

net::Response grant_page(const Visit& visit, const access::Subject& account, const Again& again = {}) {
  auto page = page_about(visit, account, visit.tr("Give a role"));
  Form form{Url::to(account_path(account.person) + "/grant")};
  form.csrf_token = visit.session.csrf;
  form.error = again.error;
  form.fieldsets.push_back(
      {visit.tr("The role and where it holds"), "", grant_fields(visit, all_roles(visit), again.typed, again.errors.beside)});
  if (auto confirm = confirm_fields(visit, {}, again.errors); !confirm.fields.empty()) form.fieldsets.push_back(std::move(confirm));
  form.submits = {{visit.tr("Give the role"), "", ""}};
  form.cancel = account_url(account.person);
  page.main = join(el("p", {}, visit.tr("To: {1} ({2})", visit.site.account_name(account.person), account.login)), what_he_may_give(visit),
                   roles_help(visit), render(form, visit.ui));
  return visit.show(page, again.status);
}

net::Response give(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto account = account_of(visit, params);
  if (!account) return visit.not_found();
  Again again{{}, form, "", 422};
  const auto grant = grant_from(visit, form, again.errors.beside);
  if (!again.errors.beside.empty()) return grant_page(visit, *account, again);
  const auto by = confirm(visit, {}, form);
  if (!by) {
    again.errors = by.error();
    return grant_page(visit, *account, again);
  }
  const auto written = records::add_grant(visit.ledger(), by->who, account->person, grant);
  if (!written)
    return refused(std::move(again), written.error(), visit, [&](const Again& said) { return grant_page(visit, *account, said); });
  return visit.go(account_path(account->person), written->changed ? "granted" : "same");
}

std::optional<records::GrantRow> row_named(const Visit& visit, const PersonId& person, std::string_view key) {
  const auto record = visit.ledger().read(visit.ledger().console(), person);
  if (!record) return std::nullopt;
  for (auto& row : records::grant_rows(*record))
    if (row.key == key) return row;
  return std::nullopt;
}

net::Response end_page(const Visit& visit, const access::Subject& account, const records::GrantRow& row, const Again& again = {}) {
  auto page = page_about(visit, account, visit.tr("End a role"));
  Form form{Url::to(account_path(account.person) + "/end-grant")};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"row", row.key}};
  form.error = again.error;
  auto last = typed_field("last_day", visit.tr("Last day"), Input::kDate, again.typed, again.errors.beside);
  last.help = visit.tr("Left empty: it ends now, yesterday was its last day.");
  auto set = confirm_fields(visit, {}, again.errors);
  set.fields.insert(set.fields.begin(), std::move(last));
  form.fieldsets = {std::move(set)};
  form.submits = {{visit.tr("End the role"), "", ""}};
  form.cancel = account_url(account.person);
  page.main = join(facts({{visit.tr("Login"), account.login, ""},
                          {visit.tr("Role"), role_name(visit, row.grant.role), ""},
                          {visit.tr("Over what"), scope_text(visit, row.grant), ""},
                          {visit.tr("From when to when"), days_text(visit, row.grant), ""}}),
                   hint(visit.tr("What the person lent of it to others ends with it. What he did under it stays as it is.")),
                   render(form, visit.ui));
  return visit.show(page, again.status);
}

net::Response end(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto account = account_of(visit, params);
  const auto row = account ? row_named(visit, account->person, form.get("row")) : std::nullopt;
  if (!row) return account ? visit.go(account_path(account->person), "same") : visit.not_found();
  Again again{{}, form, "", 422};
  const auto typed = day_from(visit, form, "last_day", true, again.errors.beside);
  if (!again.errors.beside.empty()) return end_page(visit, *account, *row, again);
  const auto by = confirm(visit, {}, form);
  if (!by) {
    again.errors = by.error();
    return end_page(visit, *account, *row, again);
  }
  const auto written = records::end_grant(visit.ledger(), by->who, account->person, row->key, typed.value_or(visit.who.today - 1));
  if (!written)
    return refused(std::move(again), written.error(), visit, [&](const Again& said) { return end_page(visit, *account, *row, said); });
  return visit.go(account_path(account->person), "grant-ended");
}

}  // namespace

Html rights_section(const Visit& visit, const access::Subject& account) {
  const auto record = visit.ledger().read(visit.ledger().console(), account.person);
  if (!record) return {};
  const bool own = account.person == visit.who.person;
  const auto end_button = [&](const records::GrantRow& row) {
    const bool over = row.grant.until && *row.grant.until < visit.who.today;
    return own || over ? Html() : button_link(visit.tr("End"), Url::to(account_path(account.person) + "/end-grant", {{"row", row.key}}));
  };
  return section(visit.tr("Roles"), grant_list(visit, records::grant_rows(*record), end_button),
                 own ? Html() : button_link(visit.tr("Give a role"), Url::to(account_path(account.person) + "/grant")));
}

void add_rights_pages(net::Router& router, Site& site) {
  site.add_page(router, "/admin/accounts/{id}/grant", [](Visit& visit, const net::Params& params) {
    const auto account = account_of(visit, params);
    const auto* unit = account ? visit.world->tree->find(account->unit) : nullptr;
    Again first;
    if (unit) first.typed.set("scope", unit_text(*unit, visit.lang()));
    return account ? grant_page(visit, *account, first) : visit.not_found();
  });
  site.add_change(router, "/admin/accounts/{id}/grant", give);
  site.add_page(router, "/admin/accounts/{id}/end-grant", [](Visit& visit, const net::Params& params) {
    const auto account = account_of(visit, params);
    const auto row = account ? row_named(visit, account->person, visit.request.query.get("row")) : std::nullopt;
    return row ? end_page(visit, *account, *row) : visit.not_found();
  });
  site.add_change(router, "/admin/accounts/{id}/end-grant", end);
}

}  // namespace nc::web
