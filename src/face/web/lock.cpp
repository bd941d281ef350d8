// The lock of the screen, on a computer that several share, and the password that must be another first.
//
// A locked session is asked for its PIN or its password and shows nothing else but whose it is: no record, no
// menu, nothing of the form that was being filled in, which waits in memory for its person (drafts.h). Somebody
// else may log in from there; that ends the locked session. Who came in with a password for one use gets one
// page: to set another one.
#include "face/web/confirm.h"
#include "face/web/form.h"
#include "face/web/guard.h"
#include "face/web/parts.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

Field wide_secret(const char* name, std::string label, const char* autocomplete, const ErrorsBeside& errors = {}) {
  auto out = secret_field(name, std::move(label), autocomplete, errors);
  out.width = Width::kFull;
  return out;
}

// Where to go afterwards, as the page was asked for; never to the lock itself.
std::string next_from(const net::Fields& fields) {
  auto next = own_target(fields.get("next")).value_or("/");
  return next.starts_with("/locked") ? "/" : next;
}

}  // namespace

net::Response Site::stopped(const net::Request& request) {
  const auto session = session_of(request);
  // A session that is good, of an account that is not there any more or closed.
  if (!session || (!session->locked && !session->code_due && !session->must_change)) return to_log_in(request);
  auto there = request;
  there.query.set(std::string(kIdleParameter), std::nullopt);
  const auto next = request.method == "POST" ? std::string("/") : there.target();
  const auto* page = session->locked ? "/locked" : session->code_due ? "/code" : "/password";
  return net::Response::redirect(next == "/" ? page : net::with_query(page, {{"next", next}}));
}

// By the button. The form that stood on the page, if any, comes with it.
net::Response Site::lock(const net::Request& request) {
  const auto form = request.form();
  if (!form) return bad_form(request, form.error());
  const auto session = session_of(request);
  if (!session) return net::Response::redirect("/login");
  if (!is_from(request, *session, *form))
    return plain_page(request, 403, NC_MSG("This cannot be done"), NC_MSG("The form was sent from another site; nothing was changed."),
                      "/");
  auto next = next_from(*form);
  const auto target = own_target(form->get("lock"));
  if (target) {
    auto typed = *form;
    typed.set("lock", std::nullopt);
    const bool his = parts_.credentials.made_for(session->person, form->get("csrf"));
    if (his) drafts_.keep(session->person, *target, typed, not_yet_himself(*session));
    else keep_for_maker(request, *target, typed);
    if (his) next = *target;
  }
  if (const auto locked = parts_.credentials.lock_session(session_cookie_value(request)); !locked)
    return plain_page(request, 500, NC_MSG("This cannot be done"), locked.error().message, "/");
  return net::Response::redirect(net::with_query("/locked", {{"next", next}}));
}

net::Response Site::locked_page(const net::Request& request, const access::Session& session, const std::string& error, int status) {
  const auto& ui = words_for(request);
  const auto next = next_from(request.method == "POST" ? request.form().value_or(net::Fields{}) : request.query);
  const bool pin = parts_.credentials.has_pin(session.person).value_or(false);
  Form form{Url::to("/unlock")};
  form.csrf_token = session.csrf;
  form.hidden = {{"next", next}};
  form.error = error;
  auto by_pin = wide_secret("pin", ui.tr("PIN"), "off");
  by_pin.required = false;
  auto by_password = wide_secret("password", pin ? ui.tr("Or your password") : ui.tr("Password"), "current-password");
  by_password.required = false;
  (pin ? by_pin : by_password).autofocus = true;
  form.fieldsets = {{"", "", pin ? std::vector{by_pin, by_password} : std::vector{by_password}}};
  form.submits = {{ui.tr("Unlock"), "", ""}};
  auto page = bare_page(request, ui.tr("The screen is locked"));
  const auto other = ui.lang() == i18n::Lang::vi ? "en" : "vi";
  if (request.method == "GET") page.other_language = Url::to("/locked", {{"lang", other}, {"next", next}});
  const auto log_in = Url::to("/login");
  page.main = el(
      "div", {{"class", "log-in"}}, el("p", {}, ui.tr("Locked by:"), " ", el("strong", {}, account_name(session.person))), render(form, ui),
      el("p", {{"class", "hint"}}, ui.tr("Somebody else at this computer:"), " ", link(ui.tr("log in under your own account"), log_in),
         ". ", ui.tr("That ends the locked session; what was typed in it waits for its person.")),
      post_button(ui.tr("Log out"), Url::to("/logout"), session.csrf, {}, "quiet"));
  return respond(page, ui, status);
}

net::Response Site::unlock(const net::Request& request) {
  const auto& ui = words_for(request);
  const auto form = request.form();
  if (!form) return bad_form(request, form.error());
  const auto session = session_of(request);
  if (!session) return net::Response::redirect("/login");
  const auto next = next_from(*form);
  if (!session->locked) return net::Response::redirect(next);
  if (!is_from(request, *session, *form))
    return locked_page(request, *session, ui.tr("The form was sent from another site; nothing was changed."), 403);
  const auto token = session_cookie_value(request);
  const auto pin = form->get("pin"), password = form->get("password");
  if (pin.empty() && password.empty()) return locked_page(request, *session, ui.tr("Give your PIN or your password"), 403);
  const auto opened = pin.empty() ? parts_.credentials.unlock_with_password(token, crypto::SecretString(password))
                                  : parts_.credentials.unlock_with_pin(token, crypto::SecretString(pin));
  if (opened) {
    static_cast<void>(parts_.ledger.audit().write({session->person, access::audited::kUnlock, {}, {}, {}}));
    return go_on(request, *session, next);
  }
  parts_.ledger.audit().count_refusal(session->person, access::audited::kUnlock);
  if (opened.error().code == ErrorCode::kNotFound) return log_in_page(request, {{"next", next}}, ui.error_text(opened.error()), 403);
  const auto wrong = pin.empty() && opened.error().code == ErrorCode::kDenied;
  return locked_page(request, *session, wrong ? ui.tr("This is not your password") : ui.error_text(opened.error()),
                     opened.error().code == ErrorCode::kBusy ? 429 : 403);
}

net::Response Site::password_page(const net::Request& request, const access::Session& session, const ErrorsBeside& errors) {
  const auto& ui = words_for(request);
  const auto next = next_from(request.method == "POST" ? request.form().value_or(net::Fields{}) : request.query);
  Form form{Url::to("/password")};
  form.csrf_token = session.csrf;
  form.hidden = {{"next", next}};
  std::vector<Field> fields;
  if (!session.must_change) fields.push_back(wide_secret("password", ui.tr("Your present password"), "current-password", errors));
  if (!session.must_change && parts_.credentials.has_second_factor(session.person).value_or(false)) {
    fields.push_back(code_field(ui.tr("Code of your authenticator"), errors));
    fields.back().width = Width::kFull;
  }
  fields.push_back(wide_secret("new_password", ui.tr("New password"), "new-password", errors));
  fields.back().help = ui.tr("At least 8 characters; several words that only you put together are best.");
  fields.push_back(wide_secret("again", ui.tr("The new password, once more"), "new-password", errors));
  form.fieldsets = {{"", "", std::move(fields)}};
  form.submits = {{ui.tr("Set the new password"), "", ""}};
  if (!session.must_change) form.cancel = Url::to("/account");
  auto page = bare_page(request, ui.tr("Change the password"));
  const auto other = ui.lang() == i18n::Lang::vi ? "en" : "vi";
  if (request.method == "GET") page.other_language = Url::to("/password", {{"lang", other}, {"next", next}});
  const auto why =
      session.must_change
          ? notice(Tone::kAccent, ui.tr("Your password was made by somebody else and is for this one time."),
                   ui.tr("It opens nothing any more after this log-in: choose one that only you know before you close the browser or log "
                         "out, or the administrator has to give you another one."))
          : Html();
  page.main = el("div", {{"class", "log-in"}}, why, render(form, ui),
                 session.must_change ? post_button(ui.tr("Log out"), Url::to("/logout"), session.csrf, {}, "quiet") : Html());
  return respond(page, ui, errors.empty() ? 200 : 422);
}

net::Response Site::change_password(const net::Request& request) {
  const auto& ui = words_for(request);
  const auto form = request.form();
  if (!form) return bad_form(request, form.error());
  const auto session = session_of(request);
  if (!session || session->locked || session->code_due) return stopped(request);
  if (!is_from(request, *session, *form))
    return plain_page(request, 403, NC_MSG("This cannot be done"), NC_MSG("The form was sent from another site; nothing was changed."),
                      "/");
  const auto token = session_cookie_value(request);
  const auto said = [&](const Error& error, const std::string& wrong) {
    return error.code == ErrorCode::kDenied ? wrong : ui.error_text(error);
  };
  if (form->get("new_password") != form->get("again"))
    return password_page(request, *session, {{"again", ui.tr("The two are not the same")}});
  if (!session->must_change)
    if (const auto known = parts_.credentials.step_up(token, crypto::SecretString(form->get("password")), form->get("code")); !known)
      return known.error().where == "code"
                 ? password_page(request, *session, {{"code", ui.error_text(known.error())}})
                 : password_page(request, *session, {{"password", said(known.error(), ui.tr("This is not your password"))}});
  const auto changed = parts_.credentials.change_password(token, crypto::SecretString(form->get("new_password")));
  if (!changed) return password_page(request, *session, {{"new_password", ui.error_text(changed.error())}});
  static_cast<void>(parts_.ledger.audit().write({session->person, access::audited::kAccount, session->person, {}, {}}));
  auto fresh = *session;
  fresh.must_change = false;
  return go_on(request, fresh, session->must_change ? next_from(*form) : "/account?done=password");
}

void Site::add_lock() {
  router_.add("POST", "/lock", [this](const net::Request& request, const net::Params&) { return lock(request); });
  router_.add("GET", "/locked", [this](const net::Request& request, const net::Params&) {
    const auto session = session_of(request);
    if (!session) return net::Response::redirect(net::with_query("/login", {{"next", next_from(request.query)}}));
    if (session->locked) return locked_page(request, *session);
    net::Request back;
    if (!net::set_target(back, next_from(request.query))) return net::Response::redirect("/");
    // Another window was in use meanwhile: this one loads anew, and that is nobody's doing.
    if (request.query.has(kIdleParameter)) back.query.set(std::string(kIdleParameter), "1");
    return net::Response::redirect(back.target());
  });
  router_.add("POST", "/unlock", [this](const net::Request& request, const net::Params&) { return unlock(request); });
  router_.add("GET", "/password", [this](const net::Request& request, const net::Params&) {
    const auto session = session_of(request);
    return session && !session->locked && !session->code_due ? password_page(request, *session) : stopped(request);
  });
  router_.add("POST", "/password", [this](const net::Request& request, const net::Params&) { return change_password(request); });
}

}  // namespace nc::web
