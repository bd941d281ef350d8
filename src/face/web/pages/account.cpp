// One's own account: the PIN of the screen lock, the password, the signing key; and the password once more after
// the screen was unlocked by PIN.
#include "base/text.h"
#include "face/web/confirm.h"
#include "face/web/person_keys.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using Errors = std::map<std::string, std::string, std::less<>>;

Field secret(const Errors& errors, const char* name, std::string label, std::string help = {}) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.input = Input::kPassword;
  out.help = std::move(help);
  out.required = true;
  if (const auto at = errors.find(name); at != errors.end()) out.error = at->second;
  return out;
}

web::Page own_page(const Visit& visit, std::string title) {
  auto page = visit.frame(title, Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {std::move(title), {}}};
  return page;
}

// A form that asks for the password as well, unless it was given a moment ago.
net::Response confirmed_form(const Visit& visit, std::string title, const Url& action, const std::string& why, std::vector<Field> fields,
                             std::string button, const ConfirmErrors& errors, const net::Fields& hidden = {}) {
  auto page = own_page(visit, std::move(title));
  Form form{action};
  form.csrf_token = visit.session.csrf;
  form.hidden = hidden;
  auto set = confirm_fields(visit, {}, errors);
  for (auto& field : fields) set.fields.push_back(std::move(field));
  form.fieldsets = {std::move(set)};
  form.submits = {{std::move(button), "", ""}};
  form.cancel = Url::to("/account");
  page.main = join(hint(why), render(form, visit.ui));
  return visit.show(page, errors.beside.empty() ? 200 : 422);
}

net::Response account_page(Visit& visit, const net::Params&) {
  auto page = visit.frame(visit.tr("My account"), Place::kNone);
  const auto pin = visit.site.credentials().has_pin(visit.who.person).value_or(false);
  const auto key = PersonKeys(visit).of(visit.who.person);
  const auto* unit = visit.world->tree->find(visit.who.unit);
  const auto minutes = visit.site.credentials().lock_ms() / 60'000;
  auto pin_actions = button_link(pin ? visit.tr("Another PIN") : visit.tr("Set a PIN"), Url::to("/account/pin"), !pin);
  if (pin) pin_actions = join(pin_actions, " ", post_button(visit.tr("Take the PIN away"), Url::to("/account/no-pin"), visit.session.csrf));
  Html key_facts = key_badge(visit, key);
  if (key.is != KeyState::Is::kNone) key_facts = join(key_facts, " ", el("code", {}, key.key.hex()));
  if (key.is == KeyState::Is::kWaiting)
    key_facts.add(hint(visit.tr("Show or read this number to the administrator; he compares it and certifies the key.")));
  page.main = join(
      facts({{visit.tr("Function"), page.account->name, ""},
             {visit.tr("Login"), visit.who.login, ""},
             {visit.tr("Unit"), unit ? unit_name(*unit, visit.lang()) : std::string(), ""}}),
      section(
          visit.tr("Screen lock"),
          join(pin ? badge(Tone::kGood, visit.tr("with a PIN")) : badge(Tone::kNeutral, visit.tr("with the password")),
               hint(visit.tr("The screen is locked by the button above, and by itself after {1} minutes without use. What is typed in a "
                             "form is kept if you lock by the button.",
                             minutes))),
          pin_actions),
      section(visit.tr("Password"), hint(visit.tr("Nobody may know it but you, the administrator neither.")),
              button_link(visit.tr("Change the password"), Url::to("/password"))),
      second_factor_section(visit),
      section(visit.tr("Standing in"),
              join(standing_in_notices(visit), hint(visit.tr("While you are away, another may do part of your work in your place."))),
              button_link(visit.tr("Look, hand over"), Url::to("/account/standing-in"))),
      section(visit.tr("Signing key"), key_facts,
              button_link(key.is == KeyState::Is::kNone ? visit.tr("Make a key") : visit.tr("Key or passphrase lost"),
                          Url::to("/account/key"))),
      section(visit.tr("Programs"), hint(visit.tr("Programs of yours may read and write here with a token, which is never your password.")),
              join(button_link(visit.tr("Tokens of programs"), Url::to("/account/tokens")), " ",
                   button_link(visit.tr("Calendar feeds"), Url::to("/account/feeds")))));
  return visit.show(page);
}

net::Response pin_page(const Visit& visit, const ConfirmErrors& errors = {}) {
  return confirmed_form(visit, visit.tr("PIN of the screen lock"), Url::to("/account/pin"),
                        visit.tr("It opens a locked screen on this machine and nothing else. After a few wrong ones the password is asked; "
                                 "what is restricted is shown again only after the password."),
                        {secret(errors.beside, "pin", visit.tr("New PIN"), visit.tr("4 to 12 digits")),
                         secret(errors.beside, "again", visit.tr("The PIN, once more"))},
                        visit.tr("Set the PIN"), errors);
}

net::Response set_pin(Visit& visit, const net::Params&, const net::Fields& form) {
  auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return pin_page(visit, confirmed.error());
  ConfirmErrors errors;
  errors.password_given = true;
  if (form.get("pin") != form.get("again")) errors.beside["again"] = visit.tr("The two are not the same");
  if (!errors.beside.empty()) return pin_page(visit, errors);
  if (const auto set = visit.site.credentials().set_pin(visit.who.person, crypto::SecretString(form.get("pin"))); !set) {
    errors.beside["pin"] = visit.ui.error_text(set.error());
    return pin_page(visit, errors);
  }
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kAccount, visit.who.person, {}, {}}));
  return visit.go("/account", "pin");
}

net::Response take_pin_away(Visit& visit, const net::Params&, const net::Fields&) {
  if (const auto gone = visit.site.credentials().remove_pin(visit.who.person); !gone) return visit.refuse(gone.error());
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kAccount, visit.who.person, {}, {}}));
  return visit.go("/account", "no-pin");
}

net::Response key_page(const Visit& visit, const ConfirmErrors& errors = {}, std::string_view reason = {}) {
  const auto key = PersonKeys(visit).of(visit.who.person);
  std::vector<Field> fields;
  if (key.is == KeyState::Is::kCertified) {
    Field why;
    why.name = "reason";
    why.label = visit.tr("What happened to the present key");
    why.help = visit.tr("For example: passphrase forgotten, machine lost. It stands in the history.");
    why.value = reason;
    why.required = true;
    if (const auto at = errors.beside.find("reason"); at != errors.beside.end()) why.error = at->second;
    fields.push_back(std::move(why));
  }
  fields.push_back(secret(errors.beside, "passphrase", visit.tr("Passphrase of the new key"),
                          visit.tr("At least 8 characters, not your password. Nobody can open the key without it, nor can we.")));
  fields.push_back(secret(errors.beside, "passphrase_again", visit.tr("The passphrase, once more")));
  const auto text = key.is == KeyState::Is::kNone
                        ? visit.tr("The key is made and kept on this machine under its passphrase; the administrator then certifies it.")
                        : visit.tr(
                              "The present key ends now: it signs nothing any more, and what it signed stays valid. The new one signs as "
                              "soon as the administrator has certified it.");
  return confirmed_form(visit, visit.tr("A new signing key"), Url::to("/account/key"), text, std::move(fields),
                        visit.tr("Make the new key"), errors);
}

// The old key ends first: whoever found it must not sign while the new one waits.
net::Response make_key(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto reason = form.get("reason");
  auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return key_page(visit, confirmed.error(), reason);
  ConfirmErrors errors;
  errors.password_given = true;
  const auto key = PersonKeys(visit).of(visit.who.person);
  if (form.get("passphrase") != form.get("passphrase_again")) errors.beside["passphrase_again"] = visit.tr("The two are not the same");
  if (key.is == KeyState::Is::kCertified && trim(reason).empty()) errors.beside["reason"] = visit.tr("Say why");
  if (!errors.beside.empty()) return key_page(visit, errors, reason);
  const auto fresh = crypto::SigningKey::generate(visit.site.rng());
  const crypto::SecretString passphrase(form.get("passphrase"));
  // Refused before anything is ended: a passphrase that is too short.
  if (const auto long_enough = access::Credentials::check_passphrase(passphrase); !long_enough) {
    errors.beside["passphrase"] = visit.ui.error_text(long_enough.error());
    return key_page(visit, errors, reason);
  }
  if (key.is == KeyState::Is::kCertified)
    if (const auto ended = visit.ledger().end_key(confirmed->who, visit.who.person, key.key, reason); !ended)
      return visit.refuse(ended.error().error);
  if (const auto stored = visit.site.credentials().store_person_key(visit.who.person, fresh, passphrase); !stored)
    return visit.refuse(stored.error());
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kKey, visit.who.person, {}, {}}));
  return visit.go("/account", "key");
}

net::Response full_page(const Visit& visit, const std::string& next, const ConfirmErrors& errors = {}) {
  return confirmed_form(visit, visit.tr("Give your password"), Url::to("/account/full"),
                        visit.tr("The screen was unlocked by PIN. What is restricted is shown again after the password."), {},
                        visit.tr("Show everything"), errors, {{"next", next}});
}

std::string next_in(const net::Fields& fields) {
  net::Request there;
  const auto next = fields.get("next");
  return !next.starts_with("//") && net::set_target(there, next) ? there.target() : std::string("/");
}

net::Response give_password(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return full_page(visit, next_in(form), confirmed.error());
  return visit.go(next_in(form), "full");
}

}  // namespace

void add_account_pages(net::Router& router, Site& site) {
  add_token_pages(router, site);
  add_feed_pages(router, site);
  site.add_page(router, "/account", account_page);
  site.add_page(router, "/account/pin", [](Visit& visit, const net::Params&) { return pin_page(visit); });
  site.add_change(router, "/account/pin", set_pin);
  site.add_change(router, "/account/no-pin", take_pin_away);
  site.add_page(router, "/account/key", [](Visit& visit, const net::Params&) { return key_page(visit); });
  site.add_change(router, "/account/key", make_key);
  site.add_page(router, "/account/full", [](Visit& visit, const net::Params&) { return full_page(visit, next_in(visit.request.query)); });
  site.add_change(router, "/account/full", give_password);
  add_second_factor_pages(router, site);
  add_standing_in_pages(router, site);
}

}  // namespace nc::web
