// Logging in and out. A wrong password and an unknown login read the same; waiting is said in seconds.
//
// The log-in form has a token of its own before there is a session: a random cookie that the form
// repeats, so that no other site can sign somebody in under a foreign account. The same cookie names the browser
// in which a form that was sent when the session was over is offered again, after its maker's log-in.
#include "base/text.h"
#include "face/web/form.h"
#include "face/web/guard.h"
#include "face/web/pages/kept_form.h"
#include "face/web/site.h"
#include "foundation/crypto/token.h"
#include "ledger/access/login_name.h"

namespace nc::web {
namespace {

constexpr const char* kSessionCookie = "__Host-nhipcau";
constexpr const char* kLogInCookie = "__Host-nhipcau-login";
constexpr std::size_t kTokenBytes = 32;

bool is_token(std::string_view text) {
  return text.size() == kTokenBytes * 2 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Fieldset log_in_fields(const i18n::Translator& ui, const net::Fields& typed) {
  Field login;
  login.name = "login";
  login.label = ui.tr("Login");
  login.value = typed.get("login");
  login.autocomplete = "username";
  login.autofocus = login.value.empty();
  login.width = Width::kFull;
  Field password;
  password.name = "password";
  password.label = ui.tr("Password");
  password.input = Input::kPassword;
  password.autocomplete = "current-password";
  password.autofocus = !login.autofocus;
  password.width = Width::kFull;
  return {"", "", {login, password}};
}

}  // namespace

std::string Site::session_cookie_value(const net::Request& request) const {
  const auto cookies = request.cookies();
  const auto all = cookies.all(kSessionCookie);
  return all.size() == 1 && is_token(all.front()) ? std::string(all.front()) : std::string();
}

void Site::set_session_cookie(net::Response& response, std::string_view token) const {
  response.headers.add("Set-Cookie", net::set_cookie(kSessionCookie, token, {true, token.empty() ? 0 : -1, false}));
}

net::Response Site::to_log_in(const net::Request& request) const {
  const auto target = request.target();
  return net::Response::redirect(target == "/" ? "/login" : net::with_query("/login", {{"next", target}}));
}

access::SessionId Site::browser_of(const net::Request& request) { return Drafts::mark_of(request.cookies().get(kLogInCookie)); }

// Told by the form's token; a form without one, or of an account that is no more, is nobody's.
std::optional<PersonId> Site::maker_of(const net::Fields& form) const {
  const auto world = parts_.ledger.world();
  for (const auto& [login, account] : world->accounts)
    if (parts_.credentials.made_for(account.person, form.get("csrf"))) return account.person;
  return std::nullopt;
}

bool Site::keep_for_maker(const net::Request& request, const std::string& target, const net::Fields& form) {
  const auto maker = is_token(std::string(request.cookies().get(kLogInCookie))) ? maker_of(form) : std::nullopt;
  if (maker) drafts_.keep(*maker, target, form, browser_of(request));
  return maker.has_value();
}

net::Response Site::session_over(const net::Request& request, const net::Fields& form) {
  const auto& ui = words_for(request);
  // A browser that has lost its cookies is given the mark of the log-in now: by it, and by the form's own token, its person finds
  // what he typed.
  net::Request marked;
  marked.headers = request.headers;
  if (!is_token(std::string(request.cookies().get(kLogInCookie)))) {
    const auto mark = std::string(kLogInCookie) + "=" + crypto::random_token_hex(*parts_.rng, kTokenBytes);
    const auto rest = std::string(request.header("Cookie"));
    marked.headers.set("Cookie", rest.empty() ? mark : mark + "; " + rest);
  }
  const auto said = keep_for_maker(marked, request.target(), form)
                        ? ui.tr("Your session is over. Log in to go on; what you typed is kept.")
                        : ui.tr(
                              "Your session is over. Log in to go on. What you typed could not be kept here: go back in the browser, "
                              "where it still stands, and copy it.");
  return log_in_page(marked, {}, said, 403);
}

net::Response Site::log_in_page(const net::Request& request, const net::Fields& typed, const std::string& error, int status) const {
  const auto& ui = words_for(request);
  const std::string sent(request.cookies().get(kLogInCookie));
  const auto token = is_token(sent) ? sent : crypto::random_token_hex(*parts_.rng, kTokenBytes);
  Form form{Url::to("/login")};
  form.csrf_token = token;
  if (const auto next = own_target(typed.get("next"))) form.hidden.add("next", *next);
  form.fieldsets = {log_in_fields(ui, typed)};
  form.submits = {{ui.tr("Log in"), "", ""}};
  form.error = error;
  auto page = bare_page(request, ui.tr("Log in"));
  net::Fields query{{"lang", ui.lang() == i18n::Lang::vi ? "en" : "vi"}};
  if (const auto next = own_target(typed.get("next"))) query.add("next", *next);
  page.other_language = Url::to("/login", query);
  page.main = el("div", {{"class", "log-in"}}, render(form, ui),
                 hint(ui.tr("Accounts are given by function by the administrator of this node. A lost password: he gives you one for a "
                            "single use. A lost signing key: log in, and make a new one under your account.")),
                 hint(ui.tr("No administrator is left: whoever holds the machine makes one with the command “nhipcau account … recover”; "
                            "every administrator is told of it.")));
  auto response = respond(page, ui, status);
  response.headers.add("Set-Cookie", net::set_cookie(kLogInCookie, token, {true, -1, false}));
  return response;
}

// By the account when the login is one's, else by the address it came from. What was typed is never kept:
// people type passwords into the wrong field.
void Site::count_refused_log_in(const net::Request& request, std::string_view login) const {
  const auto world = parts_.ledger.world();
  const auto account = world->accounts.find(is_utf8(login) ? access::login_key(login) : std::string());
  if (account == world->accounts.end()) return parts_.ledger.audit().count_refusal({}, access::audited::kLogIn, request.peer);
  parts_.ledger.audit().count_refusal(account->second.person, access::audited::kLogIn);
}

net::Response Site::log_in(const net::Request& request) {
  const auto& ui = words_for(request);
  const auto form = request.form();
  if (!form) return bad_form(request, form.error());
  const auto again = [&](const std::string& error, int status) { return log_in_page(request, *form, error, status); };
  const std::string cookie(request.cookies().get(kLogInCookie));
  const bool token_fits = is_token(cookie) && crypto::equal_constant_time(cookie, form->get("csrf"));
  if (origin_of(request) == Origin::kForeign || !token_fits)
    return again(ui.tr("The form was older than your browser's cookie. Please log in once more; cookies must be allowed, and from another "
                       "machine the address must begin with https://."),
                 403);
  const auto wrong = ui.tr("The login or the password is wrong. Check both, and whether an input method changed what you typed.");
  const auto person = parts_.credentials.check_login(form->get("login"), crypto::SecretString(form->get("password")));
  const auto who = person ? parts_.ledger.subject_of(person->person) : Result<access::Subject>(fail(person.error()));
  if (!who) count_refused_log_in(request, form->get("login"));
  if (!person)
    return again(person.error().code == ErrorCode::kDenied ? wrong : ui.error_text(person.error()),
                 person.error().code == ErrorCode::kBusy ? 429 : 403);
  if (!who) return again(wrong, 403);
  static_cast<void>(account_goes_on(person->person));  // what it was given before a closing does not live again with this session
  const auto opened = parts_.credentials.open_session(person->person, request.header("User-Agent"), session_cookie_value(request));
  if (!opened) {
    const bool used = opened.error().code == ErrorCode::kUnsupported;  // by another log-in at the same moment
    if (used) count_refused_log_in(request, form->get("login"));
    return again(ui.error_text(opened.error()), used ? 403 : 503);
  }
  // Nobody is kept out because this row cannot be written; what is restricted is then not shown to him. Who uses an
  // authenticator is in only after its code.
  if (!opened->session.code_due) static_cast<void>(parts_.ledger.audit().write({person->person, access::audited::kLogIn, {}, {}, {}}));
  auto response = go_on(request, opened->session, own_target(form->get("next")).value_or("/"));
  set_session_cookie(response, opened->token);
  return response;
}

net::Response Site::not_his_page(const net::Request& request, bool kept) const {
  return plain_page(
      request, 200, NC_MSG("This form is not yours"),
      kept
          ? NC_MSG("It was filled in under another account. Nothing of it was saved; whoever typed it finds it again when "
                   "he logs in in this browser.")
          : NC_MSG("It was filled in under another account. Nothing of it was saved, and it cannot be kept in this browser: go back in the "
                   "browser, copy what was typed, and let its person send it."),
      "/");
}

net::Response Site::log_out(const net::Request& request) {
  const auto origin = origin_of(request);
  if (origin == Origin::kForeign)
    return plain_page(request, 403, NC_MSG("This cannot be done"), NC_MSG("The form was sent from another site; nothing was changed."),
                      "/");
  const auto form = request.form();
  const auto session = session_of(request);
  if (!session) {
    auto over = plain_page(request, 200, NC_MSG("You are logged out"), NC_MSG("Your session was over already. Nobody is logged in here."),
                           "/login", Tone::kGood);
    set_session_cookie(over, "");
    return over;
  }
  // An old page of ours: the browser vouches for it, and whoever presses "log out" means it.
  if (!is_from(request, *session, form.value_or(net::Fields{}))) return still_logged_in(request, *session);
  if (const auto ended = parts_.credentials.end_session(session_cookie_value(request)); !ended)
    return plain_page(request, 500, NC_MSG("This cannot be done"), ended.error().message, "/");
  auto response = net::Response::redirect("/login");
  static_cast<void>(parts_.ledger.audit().write({session->person, access::audited::kLogOut, {}, {}, {}}));
  set_session_cookie(response, "");
  return response;
}

// A browser that does not say where a form comes from, with a token of another session.
net::Response Site::still_logged_in(const net::Request& request, const access::Session& session) const {
  const auto& ui = words_for(request);
  auto page = bare_page(request, ui.tr("You are still logged in"));
  page.main = join(notice(Tone::kBad, ui.tr("The page that you logged out from was older than this session, so nothing was done.")),
                   post_button(ui.tr("Log out"), Url::to("/logout"), session.csrf));
  return respond(page, ui, 403);
}

bool Site::is_from(const net::Request& request, const access::Session& session, const net::Fields& form) {
  const auto origin = origin_of(request);
  return origin != Origin::kForeign && (origin == Origin::kOurs || access::Credentials::csrf_fits(session, form.get("csrf")));
}

net::Response Site::go_on(const net::Request& request, const access::Session& session, const std::string& target) {
  // Who must give his code or set another password first finds what he typed after that.
  const auto kept =
      session.must_change || session.code_due ? std::vector<Draft>() : drafts_.take(session.person, {session.id, browser_of(request), {}});
  if (kept.empty()) return net::Response::redirect(target);
  if (const auto visit = visit_of(request)) return resume_page(*visit, kept);  // as he is now: a PIN shows less
  auto who = parts_.ledger.subject_of(session.person, session.strength);
  return who ? resume_page(Visit(*this, request, words_for(request), session, std::move(*who)), kept) : net::Response::redirect(target);
}

// Each of several goes on in a tab of its own: it is kept by this page alone now.
net::Response Site::resume_page(const Visit& visit, const std::vector<Draft>& kept) const {
  const auto& ui = visit.ui;
  const bool several = kept.size() > 1;
  const bool just_sent = !several && kept.front().target == visit.request.target();  // and not kept since before
  auto page = bare_page(visit.request, ui.tr("Nothing is lost"));
  const auto said =
      just_sent ? ui.tr(
                      "This form does not belong to your present log-in, so nothing of it is saved yet. What you typed is kept: send it "
                      "once more with the button.")
      : several ? ui.tr(
                      "You are back. What you had typed is kept; nothing of it is saved yet. Each form opens in a tab of its own, "
                      "and this page stays.")
                : ui.tr("You are back. What you had typed is kept; it is not saved yet.");
  page.main = just_sent ? notice(Tone::kWarn, said) : el("p", {}, said);
  for (const auto& draft : kept) {
    net::Request there;
    const bool good = net::set_target(there, draft.target).has_value();
    Form form{good ? Url::to(there.path, there.query) : Url::to("/")};
    form.csrf_token = visit.session.csrf;
    form.hidden = keepable(draft.form);
    form.submits = {{ui.tr("Go on with what I typed"), "", ""}};
    form.own_tab = several;
    if (!several) form.cancel = Url::to("/");
    page.main.add(el("section", {{"class", "kept-form"}}, kept_form(visit, draft), render(form, ui)));
  }
  if (several) page.main.add(el("p", {}, button_link(ui.tr("To the first page"), Url::to("/"))));
  return respond(page, ui);
}

void Site::add_log_in() {
  router_.add("GET", "/login", [this](const net::Request& request, const net::Params&) {
    // From a locked screen somebody else may log in; that ends the locked session.
    if (visit_of(request)) return net::Response::redirect(own_target(request.query.get("next")).value_or("/"));
    return log_in_page(request, request.query, "", 200);
  });
  router_.add("POST", "/login", [this](const net::Request& request, const net::Params&) { return log_in(request); });
  router_.add("POST", "/logout", [this](const net::Request& request, const net::Params&) { return log_out(request); });
}

}  // namespace nc::web
