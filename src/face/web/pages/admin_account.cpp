// One account, as its administrator sees it: a password for one use, certifying and ending its signing key.
#include "base/text.h"
#include "face/web/confirm.h"
#include "face/web/person_keys.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "foundation/crypto/token.h"

namespace nc::web {
namespace {

std::optional<access::Subject> account_of(const Visit& visit, const net::Params& params) {
  const auto id = RecordId::from_hex(params.get("id"));
  if (!id || !visit.administers()) return std::nullopt;
  for (const auto& [login, account] : visit.world->accounts)
    if (account.person == *id) return account;
  return std::nullopt;
}

Url page_of(const access::Subject& account) { return Url::to("/admin/accounts/" + account.person.hex()); }

Html account_facts(const Visit& visit, const access::Subject& account, const KeyState& key) {
  const auto* unit = visit.world->tree->find(account.unit);
  Html key_value = key_badge(visit, key);
  if (key.is != KeyState::Is::kNone) key_value = join(key_value, " ", el("code", {}, key.key.hex()));
  return facts(
      {{visit.tr("Login"), account.login, ""},
       {visit.tr("Function"), visit.site.account_name(account.person), ""},
       {visit.tr("Unit"), unit ? unit_name(*unit, visit.lang()) : std::string(), ""},
       {visit.tr("State"), account.live ? badge(Tone::kGood, visit.tr("open")) : badge(Tone::kNeutral, visit.tr("closed")), ""},
       {visit.tr("Signing key"), key_value,
        key.is == KeyState::Is::kWaiting ? visit.tr("Compare the number with the one that the person sees under his account.") : ""}});
}

net::Response show_account(const Visit& visit, const access::Subject& account, const ConfirmErrors& errors = {}, const Html& result = {},
                           int status = 200) {
  auto page = visit.frame(visit.tr("Account {1}", account.login), Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {account.login, {}}};
  const auto key = PersonKeys(visit).of(account.person);
  page.main = join(result, account_facts(visit, account, key));
  if (account.person == visit.who.person) {
    page.main.add(
        hint(visit.tr("This is your own account: its password and PIN are changed under “My account”, and another administrator "
                      "certifies its key.")));
    return visit.show(page, status);
  }
  Form form{page_of(account)};
  form.csrf_token = visit.session.csrf;
  auto set = confirm_fields(visit, {}, errors);
  if (key.is == KeyState::Is::kCertified) {
    Field why;
    why.name = "reason";
    why.label = visit.tr("Why the key ends");
    why.help = visit.tr("Only for ending the key: lost, stolen, the person has moved on.");
    if (const auto at = errors.beside.find("reason"); at != errors.beside.end()) why.error = at->second;
    set.fields.push_back(std::move(why));
  }
  form.fieldsets = {std::move(set)};
  form.submits = {{visit.tr("New password for one use"), "act", "password"}};
  if (key.is == KeyState::Is::kWaiting) form.submits.push_back({visit.tr("Certify the key"), "act", "certify"});
  if (key.is == KeyState::Is::kCertified) form.submits.push_back({visit.tr("End the key"), "act", "end-key"});
  page.main.add(section(visit.tr("Password and key"), render(form, visit.ui)));
  return visit.show(page, status);
}

// Shown once, to be handed over; the person sets another at the first log-in.
net::Response new_password(const Visit& visit, const access::Subject& account) {
  const auto password = crypto::random_password(visit.site.rng());
  auto& credentials = visit.site.credentials();
  const auto set = credentials.set_password(account.person, account.login, crypto::SecretString(password), access::PasswordUse::kOnce);
  if (!set) return visit.refuse(set.error());
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kAccount, account.person, {}, {}}));
  const auto days = credentials.once_ms() / (24 * 3'600'000);
  return show_account(
      visit, account, {},
      join(notice(Tone::kGood, visit.tr("Password of {1} for one use: {2}", account.login, password),
                  visit.tr("It is shown only now. It is good for {1} days, and must be changed at the first log-in; the person's sessions "
                           "and PIN have ended.",
                           days))));
}

net::Response change(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto account = account_of(visit, params);
  if (!account || account->person == visit.who.person) return visit.not_found();
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return show_account(visit, *account, confirmed.error(), {}, 422);
  const auto act = form.get("act");
  if (act == "password") return new_password(visit, *account);
  const auto key = PersonKeys(visit).of(account->person);
  if (act == "certify" && key.is == KeyState::Is::kWaiting) {
    const auto done = visit.ledger().certify_key(confirmed->who, account->person, key.key);
    return done ? visit.go(page_of(*account).text(), "certified") : visit.refuse(done.error().error);
  }
  if (act != "end-key" || key.is != KeyState::Is::kCertified) return visit.go(page_of(*account).text());
  if (trim(form.get("reason")).empty()) {
    ConfirmErrors errors;
    errors.password_given = true;
    errors.beside["reason"] = visit.tr("Say why");
    return show_account(visit, *account, errors, {}, 422);
  }
  const auto done = visit.ledger().end_key(confirmed->who, account->person, key.key, form.get("reason"));
  return done ? visit.go(page_of(*account).text(), "ended") : visit.refuse(done.error().error);
}

}  // namespace

void add_admin_account_page(net::Router& router, Site& site) {
  site.add_page(router, "/admin/accounts/{id}", [](Visit& visit, const net::Params& params) {
    const auto account = account_of(visit, params);
    return account ? show_account(visit, *account) : visit.not_found();
  });
  site.add_change(router, "/admin/accounts/{id}", change);
}

}  // namespace nc::web
