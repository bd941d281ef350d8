// One account, as its administrator sees it: its rights and their history, a password for one use, its sessions,
// closing it, certifying and ending its signing key.
#include "base/text.h"
#include "face/web/people/account_pages.h"
#include "face/web/person_keys.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "foundation/crypto/token.h"

namespace nc::web {
namespace {

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
  page.main = join(result, account_facts(visit, account, key), rights_section(visit, account));
  if (account.person == visit.who.person) {
    page.main.add(
        hint(visit.tr("This is your own account: its password and PIN are changed under “My account”, and another administrator "
                      "certifies its key.")));
    page.main.add(account_history(visit, account.person));
    return visit.show(page, status);
  }
  Form form{account_url(account.person)};
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
  if (const auto open = visit.site.credentials().sessions_of(account.person); open && !open->empty())
    form.submits.push_back(
        {visit.ui.trn("End its {1} session", "End its {1} sessions", static_cast<std::int64_t>(open->size())), "act", "sessions"});
  if (key.is == KeyState::Is::kWaiting) form.submits.push_back({visit.tr("Certify the key"), "act", "certify"});
  if (key.is == KeyState::Is::kCertified) form.submits.push_back({visit.tr("End the key"), "act", "end-key"});
  if (visit.site.credentials().has_second_factor(account.person).value_or(false))
    form.submits.push_back({visit.tr("Take the authenticator away"), "act", "no-code"});
  form.submits.push_back(account.live ? SubmitButton{visit.tr("Close the account"), "act", "close"}
                                      : SubmitButton{visit.tr("Open the account again"), "act", "open"});
  page.main.add(section(visit.tr("Password, sessions, key"), render(form, visit.ui)));
  page.main.add(account_history(visit, account.person));
  return visit.show(page, status);
}

net::Response new_password(const Visit& visit, const access::Subject& account) {
  if (const auto written = write_down_first(visit, account.person); !written) return visit.refuse(written.error());
  const auto shown = password_for_one_use(visit, account.person, account.login);
  return shown ? show_account(visit, account, {}, *shown) : visit.refuse(write_down_undone(visit, account.person, shown.error()));
}

net::Response end_sessions(const Visit& visit, const PersonId& person) {
  if (const auto written = write_down_first(visit, person); !written) return visit.refuse(written.error());
  if (const auto ended = visit.site.credentials().end_all_sessions(person); !ended)
    return visit.refuse(write_down_undone(visit, person, ended.error()));
  return visit.go(account_path(person), "sessions-ended");
}

// The person is told (second_factor_notice).
net::Response take_code_away(const Visit& visit, const PersonId& person) {
  if (const auto written = write_down_first(visit, person); !written) return visit.refuse(written.error());
  const auto gone = visit.site.credentials().remove_second_factor(person, visit.who.person);
  return gone ? visit.go(account_path(person), "code-removed") : visit.refuse(write_down_undone(visit, person, gone.error()));
}

net::Response close_or_open(const Visit& visit, const access::Subject& who, const access::Subject& account, bool closed) {
  const auto written = records::set_closed(visit.ledger(), who, account.person, closed);
  if (!written) return visit.refuse(written.error().error);
  if (closed)
    if (const auto ended = visit.site.credentials().end_access(account.person); !ended) return visit.refuse(ended.error());
  return visit.go(account_path(account.person), !written->changed ? "same" : closed ? "closed" : "opened");
}

net::Response change(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto account = account_of(visit, params);
  if (!account || account->person == visit.who.person) return visit.not_found();
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return show_account(visit, *account, confirmed.error(), {}, 422);
  // The one door of all acts below: who could not give what the account holds does nothing to it.
  if (const auto may = records::may_act_on(visit.ledger(), confirmed->who, account->person); !may) return visit.refuse(may.error());
  const auto act = form.get("act");
  if (act == "password") return new_password(visit, *account);
  if (act == "no-code") return take_code_away(visit, account->person);
  if (act == "sessions") return end_sessions(visit, account->person);
  if (act == "close" || act == "open") return close_or_open(visit, confirmed->who, *account, act == "close");
  const auto key = PersonKeys(visit).of(account->person);
  if (act == "certify" && key.is == KeyState::Is::kWaiting) {
    const auto done = visit.ledger().certify_key(confirmed->who, account->person, key.key);
    return done ? visit.go(account_path(account->person), "certified") : visit.refuse(done.error().error);
  }
  if (act != "end-key" || key.is != KeyState::Is::kCertified) return visit.go(account_path(account->person));
  if (trim(form.get("reason")).empty()) {
    ConfirmErrors errors;
    errors.password_given = true;
    errors.beside["reason"] = visit.tr("Say why");
    return show_account(visit, *account, errors, {}, 422);
  }
  const auto done = visit.ledger().end_key(confirmed->who, account->person, key.key, form.get("reason"));
  return done ? visit.go(account_path(account->person), "ended") : visit.refuse(done.error().error);
}

}  // namespace

std::optional<access::Subject> account_of(const Visit& visit, const net::Params& params) {
  const auto id = RecordId::from_hex(params.get("id"));
  if (!id || !visit.administers()) return std::nullopt;
  const auto* account = visit.world->account(*id);
  return account ? std::optional(*account) : std::nullopt;
}

std::string account_path(const PersonId& person) { return "/admin/accounts/" + person.hex(); }
Url account_url(const PersonId& person) { return Url::to(account_path(person)); }

Status write_down_first(const Visit& visit, const PersonId& person) {
  if (visit.ledger().audit().write({visit.who.person, access::audited::kAccount, person, {}, {}})) return {};
  return fail(Error(ErrorCode::kBusy, NC_MSG("Nothing was done: the audit trail cannot be written"))
                  .then(NC_MSG("Have the machine looked after; “nhipcau doctor” says what is wrong with it")));
}

const Error& write_down_undone(const Visit& visit, const PersonId& person, const Error& error) {
  const auto outcome = error.code == ErrorCode::kDenied ? access::AuditOutcome::kRefused : access::AuditOutcome::kFailed;
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kAccount, person, {}, outcome}));
  return error;
}

// To be handed over; the person sets another at the first log-in.
Result<Html> password_for_one_use(const Visit& visit, const PersonId& person, const std::string& login) {
  const auto password = crypto::random_password(visit.site.rng());
  auto& credentials = visit.site.credentials();
  NC_TRY(credentials.set_password(person, login, crypto::SecretString(password), access::PasswordUse::kOnce));
  const auto days = credentials.once_ms() / (24 * 3'600'000);
  return notice(Tone::kGood, visit.tr("Password of {1} for one use: {2}", login, password),
                visit.tr("It is shown only now. It is good for {1} days, and must be changed at the first log-in; the person's sessions "
                         "and PIN have ended.",
                         days));
}

void add_admin_account_page(net::Router& router, Site& site) {
  site.add_page(router, "/admin/accounts/{id}", [](Visit& visit, const net::Params& params) {
    const auto account = account_of(visit, params);
    return account ? show_account(visit, *account) : visit.not_found();
  });
  site.add_change(router, "/admin/accounts/{id}", change);
  add_new_account_page(router, site);
  add_rights_pages(router, site);
}

}  // namespace nc::web
