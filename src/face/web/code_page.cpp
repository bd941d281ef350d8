// After the password of somebody who uses an authenticator: its code, on a page that shows nothing else.
#include "face/web/confirm.h"
#include "face/web/guard.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

std::string next_from(const net::Fields& fields) {
  auto next = own_target(fields.get("next")).value_or("/");
  return next.starts_with("/code") ? "/" : next;
}

}  // namespace

net::Response Site::code_page(const net::Request& request, const access::Session& session, const std::string& error, int status) {
  const auto& ui = words_for(request);
  const auto next = next_from(request.method == "POST" ? request.form().value_or(net::Fields{}) : request.query);
  Form form{Url::to("/code")};
  form.csrf_token = session.csrf;
  form.hidden = {{"next", next}};
  auto code = code_field(ui.tr("Code of your authenticator"));
  code.help = ui.tr("Six digits, or one of your recovery codes if the authenticator is lost.");
  code.error = error;
  code.autofocus = true;
  code.width = Width::kFull;
  form.fieldsets = {{"", "", {std::move(code)}}};
  form.submits = {{ui.tr("Go on"), "", ""}};
  auto page = bare_page(request, ui.tr("One more step"));
  const auto other = ui.lang() == i18n::Lang::vi ? "en" : "vi";
  if (request.method == "GET") page.other_language = Url::to("/code", {{"lang", other}, {"next", next}});
  page.main =
      el("div", {{"class", "log-in"}}, el("p", {}, ui.tr("Your password was right.")), render(form, ui),
         hint(ui.tr("Neither the authenticator nor a recovery code is at hand: the administrator can take the authenticator away; you "
                    "are told of it.")),
         post_button(ui.tr("Log out"), Url::to("/logout"), session.csrf, {}, "quiet"));
  return respond(page, ui, status);
}

net::Response Site::give_code(const net::Request& request) {
  const auto& ui = words_for(request);
  const auto form = request.form();
  if (!form) return bad_form(request, form.error());
  const auto session = session_of(request);
  if (!session || session->locked) return stopped(request);
  if (!session->code_due) return net::Response::redirect(next_from(*form));
  if (!is_from(request, *session, *form))
    return code_page(request, *session, ui.tr("The form was sent from another site; nothing was changed."), 403);
  const auto given = parts_.credentials.give_code(session_cookie_value(request), form->get("code"));
  if (!given) {
    parts_.ledger.audit().count_refusal(session->person, access::audited::kLogIn);
    return code_page(request, *session, ui.error_text(given.error()), given.error().code == ErrorCode::kBusy ? 429 : 403);
  }
  static_cast<void>(parts_.ledger.audit().write({session->person, access::audited::kLogIn, {}, {}, {}}));
  auto open = *session;
  open.code_due = false;
  const auto next = next_from(*form);
  if (open.must_change) return net::Response::redirect(net::with_query("/password", {{"next", next}}));
  return go_on(request, open, next);
}

void Site::add_code() {
  router_.add("GET", "/code", [this](const net::Request& request, const net::Params&) {
    const auto session = session_of(request);
    if (!session || session->locked) return stopped(request);
    return session->code_due ? code_page(request, *session) : net::Response::redirect(next_from(request.query));
  });
  router_.add("POST", "/code", [this](const net::Request& request, const net::Params&) { return give_code(request); });
}

}  // namespace nc::web
