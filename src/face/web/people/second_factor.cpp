// The authenticator of one's own account: enrolled with a picture to be scanned and a first code, taken away again.
// Its secret and the recovery codes are shown once, to who has just given his password.
#include "base/text.h"
#include "face/web/confirm.h"
#include "face/web/qr.h"
#include "face/web/site.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/account/code";

void write_down(const Visit& visit) {
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kAccount, visit.who.person, {}, {}}));
}

web::Page own_page(const Visit& visit) {
  auto page = visit.frame(visit.tr("Authenticator"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {page.title, {}}};
  return page;
}

// What an authenticator program reads: the key URI format that they all know.
std::string key_uri(const Visit& visit, const std::string& secret) {
  return "otpauth://totp/Nhip%20Cau:" + visit.who.login + "?secret=" + secret + "&issuer=Nhip%20Cau";
}

// In groups of four, as it is typed by hand.
std::string in_groups(const std::string& secret) {
  std::string out;
  for (std::size_t i = 0; i < secret.size(); ++i) out += (i > 0 && i % 4 == 0 ? " " : "") + secret.substr(i, 1);
  return out;
}

net::Response state_page(const Visit& visit, const ConfirmErrors& errors = {}) {
  auto& credentials = visit.site.credentials();
  const auto has = credentials.has_second_factor(visit.who.person);
  if (!has) return visit.refuse(has.error());
  auto page = own_page(visit);
  Form form{Url::to(kPath)};
  form.csrf_token = visit.session.csrf;
  form.fieldsets = {confirm_fields(visit, {}, errors)};
  if (*has) {
    const auto left = credentials.recovery_codes_left(visit.who.person).value_or(0);
    page.main = join(notice(Tone::kGood, visit.tr("Your account asks for a code of your authenticator, at log-in and before what binds."),
                            visit.ui.trn("{1} recovery code is left.", "{1} recovery codes are left.", left)));
    form.hidden = {{"act", "remove"}};
    form.submits = {{visit.tr("Take the authenticator away"), "", ""}};
    page.main.add(hint(visit.tr("For another telephone or new recovery codes: take it away, then begin anew.")));
  } else {
    page.main = join(el("p", {},
                        visit.tr("An authenticator on your telephone shows a new code every half minute. Who finds out your "
                                 "password cannot log in without it.")),
                     hint(visit.tr("You need a program such as FreeOTP or Aegis on the telephone; it needs no network.")));
    form.hidden = {{"act", "begin"}};
    form.submits = {{visit.tr("Begin"), "", ""}};
  }
  form.cancel = Url::to("/account");
  page.main.add(render(form, visit.ui));
  return visit.show(page, errors.beside.empty() ? 200 : 422);
}

net::Response scan_page(const Visit& visit, const std::string& secret, const std::string& error = {}) {
  auto page = own_page(visit);
  Form form{Url::to(kPath)};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"act", "confirm"}};
  auto code = code_field(visit.tr("The code that it shows now"));
  code.error = error;
  form.fieldsets = {{"", "", {std::move(code)}}};
  form.submits = {{visit.tr("Use this authenticator"), "", ""}};
  form.cancel = Url::to("/account");
  page.main =
      join(el("ol", {{"class", "guide"}}, el("li", {}, visit.tr("Open the authenticator on the telephone and scan this picture.")),
              el("li", {}, visit.tr("Or type this key into it:"), " ", el("code", {}, in_groups(secret))),
              el("li", {}, visit.tr("Write below the six digits that it shows."))),
           qr_code(key_uri(visit, secret), visit.tr("Picture of the key for the authenticator; the same key stands beside it as text")),
           render(form, visit.ui));
  return visit.show(page, error.empty() ? 200 : 422);
}

net::Response codes_page(const Visit& visit, const std::vector<std::string>& codes) {
  auto page = own_page(visit);
  Html items;
  for (const auto& code : codes) items.add(el("li", {}, el("code", {}, code)));
  page.main = join(notice(Tone::kGood, visit.tr("The authenticator is in use from the next log-in on.")),
                   section(visit.tr("Your recovery codes"),
                           join(el("p", {},
                                   visit.tr("Each opens your account once when the authenticator is lost. They are shown only now: "
                                            "print this page or write them down, and lock them away.")),
                                el("ol", {{"class", "codes"}}, items))),
                   el("p", {}, button_link(visit.tr("I have them"), Url::to("/account"), true)));
  return visit.show(page);
}

net::Response begin(const Visit& visit) {
  const auto secret = visit.site.credentials().begin_second_factor(visit.who.person);
  return secret ? scan_page(visit, *secret) : visit.refuse(secret.error());
}

net::Response finish(const Visit& visit, const net::Fields& form) {
  // The key is not shown again to who did not give his password a moment ago.
  const auto secret = visit.site.credentials().begun_second_factor(visit.who.person);
  if (!secret || !*secret || visit.session.strength != access::Strength::kStepUp) return state_page(visit);
  const auto codes = visit.site.credentials().confirm_second_factor(visit.who.person, form.get("code"));
  if (!codes) return scan_page(visit, **secret, visit.ui.error_text(codes.error()));
  write_down(visit);
  return codes_page(visit, *codes);
}

net::Response change(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto act = form.get("act");
  if (act == "confirm") return finish(visit, form);
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return state_page(visit, confirmed.error());
  if (act == "begin") return begin(visit);
  if (act != "remove") return visit.go(kPath);
  const auto gone = visit.site.credentials().remove_second_factor(visit.who.person, visit.who.person);
  if (!gone) return visit.refuse(gone.error());
  write_down(visit);
  return visit.go("/account", "no-code");
}

}  // namespace

Html second_factor_section(const Visit& visit) {
  const bool has = visit.site.credentials().has_second_factor(visit.who.person).value_or(false);
  return section(
      visit.tr("Authenticator"),
      join(has ? badge(Tone::kGood, visit.tr("asked at log-in")) : badge(Tone::kNeutral, visit.tr("none: the password is enough")),
           hint(visit.tr("A code from your telephone, beside the password."))),
      button_link(has ? visit.tr("Look, take away") : visit.tr("Use one"), Url::to(kPath)));
}

Html second_factor_notice(const Visit& visit) {
  const auto removed = visit.site.credentials().second_factor_removed(visit.who.person);
  if (!removed || !*removed) return {};
  const auto console = visit.ledger().console().person;
  const auto by = (*removed)->by == console ? visit.tr("the node's command line") : visit.site.account_name((*removed)->by);
  return notice(Tone::kWarn, visit.tr("Your authenticator was taken away on {1} by: {2}.", visit.ui.datetime((*removed)->at_ms), by),
                visit.tr("If you had not asked for that, change your password now and tell your superior. You can use one again under “My "
                         "account”."));
}

void add_second_factor_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, [](Visit& visit, const net::Params&) { return state_page(visit); });
  site.add_change(router, kPath, change);
}

}  // namespace nc::web
