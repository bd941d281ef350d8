// What a person gives for an act that binds: the password once more (with the code of his authenticator, if he
// uses one), the passphrase of the own key, and where the rules ask for two persons, another one's login and password.
//
// A page puts confirm_fields() into its form, shows with statement() what will be signed, and calls confirm()
// on the form that comes back. Nothing typed here is ever shown again; wrong tries are delayed by Credentials.
// Not here: whether the act is allowed (the ledger decides with `who`), which text is signed (the page).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "face/web/form.h"
#include "face/web/visit.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/sign.h"

namespace nc::web {

// Which of them the act needs; the password always, unless it was given a moment ago.
struct ConfirmNeeds {
  bool key = false;            // the person's signature
  bool second_person = false;  // another person, at the same screen
};

// Texts beside the fields, by name of input.
using ErrorsBeside = std::map<std::string, std::string, std::less<>>;

// A password, PIN or passphrase: always wanted, never shown again.
[[nodiscard]] Field secret_field(const char* name, std::string label, const char* autocomplete, const ErrorsBeside& errors = {});

// The code of an authenticator, named "code".
[[nodiscard]] Field code_field(std::string label, const ErrorsBeside& errors = {});

// Texts beside the fields, by name of input ("password", "code", "passphrase", "second_login", "second_password").
struct ConfirmErrors {
  ErrorsBeside beside;
  bool password_given = false;  // it was right, and need not be given again with the next try
};

struct ConfirmedBy {
  access::Subject who;  // with step-up
  std::optional<crypto::SigningKey> key;
  std::optional<access::Subject> second_person;  // never the same person
};

[[nodiscard]] Fieldset confirm_fields(const Visit& visit, const ConfirmNeeds& needs, const ConfirmErrors& errors = {});
// Errors: what to show beside which field; the session may have its step-up all the same.
[[nodiscard]] std::expected<ConfirmedBy, ConfirmErrors> confirm(const Visit& visit, const ConfirmNeeds& needs, const net::Fields& form);
// Whether the person has a key here to sign with; without one the page says how to get it (no_key_notice).
[[nodiscard]] bool has_key(const Visit& visit);
[[nodiscard]] Html no_key_notice(const Visit& visit);

// What is signed, word for word. Its hash goes into the signature (journal Body::shown), and as the input
// "shown" into the form, so that a text that has changed meanwhile is shown anew.
[[nodiscard]] Html statement(const Visit& visit, const std::string& text);
[[nodiscard]] Digest statement_hash(const std::string& text);

}  // namespace nc::web
