// A new account: login, function, unit, clearance and a first role; its password for one use is shown once.
#include "base/clock.h"
#include "base/text.h"
#include "face/web/people/account_pages.h"
#include "face/web/site.h"
#include "ledger/access/capability_words.h"
#include "ledger/access/login_name.h"

namespace nc::web {
namespace {

struct Again {
  ConfirmErrors errors;
  net::Fields typed;
  std::string error;
  int status = 200;
};

Field clearance_field(const Visit& visit, const Again& again) {
  auto out = typed_field("clearance", visit.tr("May see up to"), Input::kChoice, again.typed, again.errors.beside);
  for (const auto one : {catalog::Handling::kOpen, catalog::Handling::kInternal, catalog::Handling::kRestricted})
    if (one <= visit.who.clearance)
      out.options.push_back({std::string(catalog::handling_name(one)), visit.tr(access::handling_words(one)), ""});
  return out;
}

net::Response form_page(const Visit& visit, const Again& again) {
  auto page = visit.frame(visit.tr("New account"), Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {page.title, {}}};
  Form form{Url::to("/admin/accounts/new")};
  form.csrf_token = visit.session.csrf;
  const auto once = RecordId::from_hex(again.typed.get("once"));
  form.once_token = (once ? *once : make_uuid7(visit.ledger().now_ms(), visit.site.rng())).hex();
  form.error = again.error;
  const auto& errors = again.errors.beside;
  auto login = typed_field("login", visit.tr("Login"), Input::kText, again.typed, errors);
  login.help = visit.tr("Letters a to z without marks, digits, and . _ - between them, such as truc-ban.");
  login.required = true;
  auto display = typed_field("display", visit.tr("Function"), Input::kText, again.typed, errors);
  display.help = visit.tr("What others see, such as “Duty officer, post A”. No person's name.");
  display.required = true;
  auto unit = typed_field("unit", visit.tr("Unit"), Input::kSuggest, again.typed, errors);
  unit.options = own_units(visit);
  unit.help = visit.tr("Where the person serves: name or code.");
  unit.required = true;
  form.fieldsets.push_back({visit.tr("The account"), "", {login, display, unit, clearance_field(visit, again)}});
  form.fieldsets.push_back({visit.tr("Its first role"), "", grant_fields(visit, all_roles(visit), again.typed, errors)});
  if (auto confirm = confirm_fields(visit, {}, again.errors); !confirm.fields.empty()) form.fieldsets.push_back(std::move(confirm));
  form.submits = {{visit.tr("Make the account"), "", ""}};
  form.cancel = Url::to("/admin");
  page.main = join(hint(visit.tr("An account stands for a function. Its password is made here, shown once, and good for one log-in.")),
                   what_he_may_give(visit), roles_help(visit), render(form, visit.ui));
  return visit.show(page, again.status);
}

net::Response made(const Visit& visit, const PersonId& person, const std::string& login) {
  const auto password = password_for_one_use(visit, person, login);
  if (!password) return visit.refuse(password.error());
  auto page = visit.frame(visit.tr("The account {1} is made", login), Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {login, account_url(person)}};
  page.main = join(*password, el("p", {}, button_link(visit.tr("To the account"), account_url(person), true), " ",
                                 button_link(visit.tr("Another account"), Url::to("/admin/accounts/new"))));
  return visit.show(page);
}

net::Response make(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.administers()) return visit.not_found();
  Again again{{}, form, "", 422};
  auto& errors = again.errors.beside;
  records::NewAccount wanted;
  wanted.id = RecordId::from_hex(form.get("once"));
  if (!wanted.id) return form_page(visit, again);
  wanted.login = trim(form.get("login"));
  wanted.display = trim(form.get("display"));
  if (const auto right = access::check_login_name(wanted.login); !right) errors["login"] = visit.ui.error_text(right.error());
  if (wanted.display.empty()) errors["display"] = visit.tr("Say which function");
  const auto unit = unit_from(visit, form, "unit", errors);
  if (!unit && !errors.contains("unit")) errors["unit"] = visit.tr("Name the unit");
  const auto clearance = catalog::handling_from_name(form.get("clearance"));
  if (!clearance) errors["clearance"] = visit.tr("Choose one of the list");
  wanted.grants = {grant_from(visit, form, errors)};
  if (!errors.empty()) return form_page(visit, again);
  wanted.unit = *unit;
  wanted.clearance = *clearance;
  const auto by = confirm(visit, {}, form);
  if (!by) {
    again.errors = by.error();
    return form_page(visit, again);
  }
  const auto id = visit.ledger().id_from_form(by->who, *wanted.id);
  const auto noted = write_down_first(visit, id);
  if (!noted) return visit.refuse(noted.error());
  const auto written = records::make_account(visit.ledger(), by->who, wanted);
  if (written) {
    // The form sent again makes nothing: what the account was given meanwhile may be more than its maker gives.
    if (const auto may = records::may_act_on(visit.ledger(), by->who, written->id); !may)
      return visit.refuse(write_down_undone(visit, id, may.error()));
    return made(visit, written->id, access::login_key(wanted.login));
  }
  again.errors.password_given = true;
  const auto& error = write_down_undone(visit, id, written.error().error);
  if (error.where == "login") errors["login"] = visit.ui.error_text(error);
  else again.error = visit.ui.error_text(error);
  if (error.code == ErrorCode::kDenied) again.status = 403;
  return form_page(visit, again);
}

}  // namespace

void add_new_account_page(net::Router& router, Site& site) {
  site.add_page(router, "/admin/accounts/new", [](Visit& visit, const net::Params&) {
    if (!visit.administers()) return visit.not_found();
    Again first;
    first.typed.set("clearance", std::string(catalog::handling_name(std::min(catalog::Handling::kInternal, visit.who.clearance))));
    return form_page(visit, first);
  });
  site.add_change(router, "/admin/accounts/new", make);
}

}  // namespace nc::web
