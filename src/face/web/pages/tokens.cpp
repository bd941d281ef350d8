// One's own tokens of programs: made with the password, shown once, ended by a button.
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "face/web/confirm.h"
#include "face/web/list.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using access::Token;
using access::TokenTerms;
using access::TokenUse;

constexpr const char* kPath = "/account/tokens";
constexpr std::int64_t kDayMs = 24 * 3'600'000;

std::string grant_text(const Visit& visit, const access::Grant& grant) {
  const auto* role = visit.world->catalog->role(grant.role);
  const auto* unit = grant.unit ? visit.world->tree->find(*grant.unit) : nullptr;
  auto text = role ? role->label.in(visit.lang()) : grant.role;
  if (unit) text += " · " + unit_name(*unit, visit.lang());
  if (!grant.chain.empty()) text += " · " + grant.chain;
  return text;
}

std::string rights_text(const Visit& visit, const TokenTerms& terms) {
  std::vector<std::string> parts;
  parts.push_back(terms.reads_only ? visit.tr("reads only") : visit.tr("reads and writes"));
  parts.push_back(terms.ceiling == access::Handling::kOpen ? visit.tr("open records only") : visit.tr("up to internal"));
  for (const auto& grant : visit.who.grants)
    if (std::ranges::find(terms.grants, access::grant_key(grant)) != terms.grants.end()) parts.push_back(grant_text(visit, grant));
  if (terms.grants.empty()) parts.push_back(visit.tr("all your rights"));
  return nc::join(parts, "; ");
}

List token_list(const Visit& visit, const std::vector<Token>& tokens) {
  List list;
  list.caption = visit.tr("Tokens of programs");
  list.columns = {{visit.tr("What for")}, {visit.tr("May")}, {visit.tr("Ends")}, {visit.tr("Last use")}, {""}};
  for (const auto& token : tokens) {
    if (token.terms.use != TokenUse::kApi) continue;
    const auto seen = token.seen_ms == 0 ? visit.tr("never") : visit.ui.datetime(token.seen_ms);
    list.rows.push_back(
        {{token.terms.name, rights_text(visit, token.terms), visit.ui.datetime(token.terms.until_ms), seen,
          post_button(visit.tr("End it"), Url::to("/account/tokens/end"), visit.session.csrf, {{"token", token.id.hex()}})}});
  }
  list.empty_text = visit.tr("No program acts for you.");
  list.empty_hint = visit.tr("A token lets a program of yours read or write here with your rights, without your password.");
  return list;
}

Field text_field(const char* name, std::string label, std::string value, const ErrorsBeside& errors) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.value = std::move(value);
  if (const auto at = errors.find(name); at != errors.end()) out.error = at->second;
  return out;
}

Form token_form(const Visit& visit, const net::Fields& typed, const ConfirmErrors& errors) {
  Form form{Url::to(kPath)};
  form.csrf_token = visit.session.csrf;
  auto name = text_field("name", visit.tr("What the token is for"), std::string(typed.get("name")), errors.beside);
  name.required = true;
  name.help = visit.tr("For example: monthly table of the staff office");
  const std::string days(typed.has("days") ? typed.get("days") : std::to_string(access::kTokenDaysDefault));
  auto until = text_field("days", visit.tr("Ends after"), days, errors.beside);
  until.input = Input::kNumber;
  until.unit = visit.tr("days");
  until.width = Width::kNarrow;
  auto may = text_field("may", visit.tr("It may"), std::string(typed.has("may") ? typed.get("may") : "read"), errors.beside);
  may.input = Input::kRadio;
  may.options = {{"read", visit.tr("read only"), ""}, {"write", visit.tr("read, and write what needs no signature"), ""}};
  auto ceiling =
      text_field("ceiling", visit.tr("It sees"), std::string(typed.has("ceiling") ? typed.get("ceiling") : "internal"), errors.beside);
  ceiling.input = Input::kRadio;
  ceiling.options = {{"internal", visit.tr("open and internal records; never restricted ones"), ""},
                     {"open", visit.tr("open records only"), ""}};
  std::vector<Field> fields{name, until, may, ceiling};
  Field grants = text_field("grant", visit.tr("Only with these of your rights"), "", errors.beside);
  grants.input = Input::kChoices;
  grants.help = visit.tr("None chosen: all that you hold at the time");
  for (const auto& grant : visit.who.grants)
    if (!grant.for_person) grants.options.push_back({access::grant_key(grant), grant_text(visit, grant), ""});
  for (const auto chosen : typed.all("grant")) grants.values.emplace_back(chosen);
  if (grants.options.size() > 1) fields.push_back(std::move(grants));
  form.fieldsets = {{visit.tr("A new token"), "", std::move(fields)}, confirm_fields(visit, {}, errors)};
  form.submits = {{visit.tr("Make the token"), "", ""}};
  form.cancel = Url::to("/account");
  return form;
}

web::Page framed(const Visit& visit) {
  auto page = visit.frame(visit.tr("Tokens of programs"), Place::kNone);
  page.crumbs = {{visit.tr("My account"), Url::to("/account")}, {visit.tr("Tokens of programs"), {}}};
  return page;
}

net::Response show_tokens(const Visit& visit, const net::Fields& typed = {}, const ConfirmErrors& errors = {}, const Html& above = {}) {
  const auto tokens = visit.site.credentials().tokens_of(visit.who.person);
  if (!tokens) return visit.refuse(tokens.error());
  auto page = framed(visit);
  page.main = join(above, hint(visit.tr("What programs can ask stands under “Interface for programs”.")),
                   button_link(visit.tr("Interface for programs"), Url::to("/api")), render(token_list(visit, *tokens), visit.ui),
                   render(token_form(visit, typed, errors), visit.ui));
  return visit.show(page, errors.beside.empty() ? 200 : 422);
}

TokenTerms terms_from(const Visit& visit, const net::Fields& form) {
  TokenTerms terms;
  terms.name = trim(form.get("name"));
  std::int64_t days = 0;
  const auto text = trim(form.get("days"));
  std::from_chars(text.data(), text.data() + text.size(), days);
  terms.until_ms = visit.ledger().now_ms() + std::clamp<std::int64_t>(days, 0, 100'000) * kDayMs;
  terms.reads_only = form.get("may") != "write";
  terms.ceiling = form.get("ceiling") == "open" ? access::Handling::kOpen : access::Handling::kInternal;
  for (const auto& grant : visit.who.grants)
    if (const auto all = form.all("grant"); !grant.for_person && std::ranges::find(all, access::grant_key(grant)) != all.end())
      terms.grants.push_back(access::grant_key(grant));
  return terms;
}

net::Response make_token(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return show_tokens(visit, form, confirmed.error());
  const auto made = visit.site.credentials().make_token(visit.who.person, terms_from(visit, form));
  if (!made) {
    ConfirmErrors errors;
    errors.password_given = true;
    errors.beside[made.error().where.empty() ? "name" : made.error().where] = visit.ui.error_text(made.error());
    return show_tokens(visit, form, errors);
  }
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kToken, visit.who.person, {}, {}}));
  const auto shown = join(notice(Tone::kGood, visit.tr("The token is made. It is shown this once: copy it into the program now.")),
                          el("div", {{"class", "statement"}}, el("pre", {}, made->secret)));
  return show_tokens(visit, {}, {}, shown);
}

net::Response end_token(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto id = access::TokenId::from_hex(form.get("token"));
  const auto ended = id ? visit.site.credentials().end_token(visit.who.person, *id) : fail(ErrorCode::kNotFound, "");
  if (!ended) return visit.not_found();
  static_cast<void>(visit.ledger().audit().write({visit.who.person, access::audited::kToken, visit.who.person, {}, {}}));
  return visit.go(kPath, "token-ended");
}

}  // namespace

void add_token_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, [](Visit& visit, const net::Params&) { return show_tokens(visit); });
  site.add_change(router, kPath, make_token);
  site.add_change(router, "/account/tokens/end", end_token);
}

}  // namespace nc::web
