#include "face/web/confirm.h"

#include "base/text.h"
#include "face/web/site.h"

namespace nc::web {
namespace {

bool uses_code(const Visit& visit) { return visit.site.credentials().has_second_factor(visit.who.person).value_or(false); }

bool password_needed(const Visit& visit) { return visit.session.strength != access::Strength::kStepUp; }

// "Wrong" and "wait" stand beside the field that was tried.
std::string said(const Visit& visit, const Error& error, const std::string& wrong) {
  return error.code == ErrorCode::kDenied ? wrong : visit.ui.error_text(error);
}

void check_password(const Visit& visit, const net::Fields& form, ConfirmErrors& errors) {
  if (!password_needed(visit)) return;
  const auto typed = form.get("password");
  if (typed.empty()) {
    errors.beside["password"] = visit.tr("Give your password");
    return;
  }
  const auto stepped =
      visit.site.credentials().step_up(visit.site.session_cookie_value(visit.request), crypto::SecretString(typed), form.get("code"));
  errors.password_given = stepped.has_value();
  if (!stepped && stepped.error().where == "code") errors.beside["code"] = visit.ui.error_text(stepped.error());
  else if (!stepped) errors.beside["password"] = said(visit, stepped.error(), visit.tr("This is not your password"));
}

std::optional<crypto::SigningKey> unlocked_key(const Visit& visit, const net::Fields& form, ConfirmErrors& errors) {
  const auto typed = form.get("passphrase");
  if (typed.empty()) {
    errors.beside["passphrase"] = visit.tr("Give the passphrase of your key");
    return std::nullopt;
  }
  auto key = visit.site.credentials().unlock_person_key(visit.who.person, crypto::SecretString(typed));
  if (key) return std::move(*key);
  errors.beside["passphrase"] = said(visit, key.error(), visit.tr("This is not the passphrase of your key"));
  return std::nullopt;
}

std::optional<access::Subject> second_person(const Visit& visit, const net::Fields& form, ConfirmErrors& errors) {
  const auto login = trim(form.get("second_login"));
  const auto wrong = visit.tr("The login or the password of the second person is wrong");
  if (login.empty()) {
    errors.beside["second_login"] = visit.tr("A second person gives login and password here");
    return std::nullopt;
  }
  const auto person = visit.site.credentials().check_login(login, crypto::SecretString(form.get("second_password")));
  if (!person) {
    errors.beside["second_password"] = said(visit, person.error(), wrong);
    return std::nullopt;
  }
  if (person->code_due) {
    const auto code = visit.site.credentials().check_code(person->person, form.get("second_code"));
    if (!code) {
      errors.beside["second_code"] = visit.ui.error_text(code.error());
      return std::nullopt;
    }
  }
  if (person->once) {
    errors.beside["second_password"] = visit.tr("That password is for a first log-in only; its person must set another one first");
    return std::nullopt;
  }
  if (person->person == visit.who.person) {
    errors.beside["second_login"] = visit.tr("That is yourself; another person must confirm");
    return std::nullopt;
  }
  auto who = visit.ledger().subject_of(person->person, access::Strength::kStepUp);
  if (who) return std::move(*who);
  errors.beside["second_login"] = wrong;
  return std::nullopt;
}

}  // namespace

Field secret_field(const char* name, std::string label, const char* autocomplete, const ErrorsBeside& errors) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.input = Input::kPassword;
  out.autocomplete = autocomplete;
  out.required = true;
  if (const auto at = errors.find(name); at != errors.end()) out.error = at->second;
  return out;
}

Field code_field(std::string label, const ErrorsBeside& errors) {
  Field out;
  out.name = "code";
  out.label = std::move(label);
  out.autocomplete = "one-time-code";
  out.required = true;
  if (const auto at = errors.find("code"); at != errors.end()) out.error = at->second;
  return out;
}

Fieldset confirm_fields(const Visit& visit, const ConfirmNeeds& needs, const ConfirmErrors& errors) {
  Fieldset out;
  if (password_needed(visit) && !errors.password_given) {
    out.fields.push_back(secret_field("password", visit.tr("Your password, once more"), "current-password", errors.beside));
    if (uses_code(visit)) out.fields.push_back(code_field(visit.tr("Code of your authenticator"), errors.beside));
  }
  if (needs.key) out.fields.push_back(secret_field("passphrase", visit.tr("Passphrase of your key"), "off", errors.beside));
  if (!needs.second_person) return out;
  Field login;
  login.name = "second_login";
  login.label = visit.tr("Login of the second person");
  login.required = true;
  if (const auto at = errors.beside.find("second_login"); at != errors.beside.end()) login.error = at->second;
  out.fields.push_back(std::move(login));
  out.fields.push_back(secret_field("second_password", visit.tr("Password of the second person"), "off", errors.beside));
  auto code = code_field(visit.tr("Code of the second person's authenticator, if one is used"));
  code.name = "second_code";
  code.required = false;
  if (const auto at = errors.beside.find("second_code"); at != errors.beside.end()) code.error = at->second;
  out.fields.push_back(std::move(code));
  return out;
}

std::expected<ConfirmedBy, ConfirmErrors> confirm(const Visit& visit, const ConfirmNeeds& needs, const net::Fields& form) {
  ConfirmErrors errors;
  ConfirmedBy out{visit.who, {}, {}};
  check_password(visit, form, errors);
  // Without the password nothing else is tried, so that a wrong one tells nothing about the rest.
  if (errors.beside.empty() && needs.key) out.key = unlocked_key(visit, form, errors);
  if (errors.beside.empty() && needs.second_person) out.second_person = second_person(visit, form, errors);
  if (!errors.beside.empty()) return std::unexpected(std::move(errors));
  out.who.strength = access::Strength::kStepUp;
  return out;
}

bool has_key(const Visit& visit) {
  const auto key = visit.site.credentials().person_key(visit.who.person);
  return key && key->has_value();
}

Html no_key_notice(const Visit& visit) {
  return notice(Tone::kWarn, visit.tr("You have no key to sign with yet."),
                visit.tr("Make one under your account; the administrator certifies it, and only you know its passphrase."));
}

Html statement(const Visit& visit, const std::string& text) {
  return el("section", {{"class", "statement"}}, el("h2", {}, visit.tr("What you sign, word for word")), el("pre", {}, text),
            el("p", {{"class", "hint"}}, visit.tr("SHA-256 of this text, part of your signature:"), " ",
               el("code", {}, statement_hash(text).hex())));
}

Digest statement_hash(const std::string& text) { return crypto::sha256(text); }

}  // namespace nc::web
