// The lock of a session and the PIN that opens it again.
//
// A PIN is short, so it alone is worth nothing: it works only beside the token of a session that a password
// opened, each wrong one makes the next wait longer, and after a few the session is over. From unlocking by PIN
// until the password is given once more the session has the strength kPin: nothing restricted is shown.
#include <algorithm>

#include "foundation/crypto/hash.h"
#include "foundation/crypto/password.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"
#include "ledger/access/login_key.h"

namespace nc::access {
namespace {

constexpr std::size_t kPinDigitsMin = 4, kPinDigitsMax = 12;
constexpr std::int64_t kPinFreeFailures = 1;

Error too_many() {
  return Error(ErrorCode::kNotFound, NC_MSG("Too many wrong PINs: the session is over")).then(NC_MSG("Log in with your password"));
}

// 1111, 1234 and 4321 are what everybody tries first.
bool too_plain(std::string_view pin) {
  for (const int step : {0, 1, -1})
    if (std::ranges::adjacent_find(pin, [&](char a, char b) { return b - a != step; }) == pin.end()) return true;
  return false;
}

}  // namespace

Status Credentials::lock_session(std::string_view token) {
  const std::lock_guard lock(mutex_);
  return database_.run("UPDATE cred_session SET locked_ms = ?1, step_up_ms = NULL WHERE token_hash = ?2 AND locked_ms IS NULL", now(),
                       crypto::sha256(token));
}

Status Credentials::unlock(std::string_view token, const PersonId& person, Strength strength) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", pin_subject(person)));
  NC_TRY(database_.run("UPDATE cred_session SET locked_ms = NULL, seen_ms = ?1, by_pin = ?2 WHERE token_hash = ?3", now(),
                       std::int64_t{strength == Strength::kPin ? 1 : 0}, crypto::sha256(token)));
  return transaction.commit();
}

Status Credentials::unlock_with_pin(std::string_view token, const crypto::SecretString& pin) {
  NC_ASSIGN(const auto session, find_session(token, Look::kLooking));
  std::optional<std::string> stored;
  {
    const std::lock_guard lock(mutex_);
    NC_ASSIGN(auto row, database_.prepare("SELECT hash FROM cred_pin WHERE person = ?1"));
    row.bind(1, session.person);
    NC_ASSIGN(const bool found, row.step());
    if (found) stored = row.text(0);
    NC_TRY(row.status());
  }
  const auto wrong = Error(ErrorCode::kDenied, NC_MSG("This is not your PIN"));
  if (!stored) return fail(wrong);
  NC_ASSIGN(const auto tries, begin_try(pin_subject(session.person), kPinFreeFailures));
  const bool right = tries <= options_.pin_tries_max && crypto::verify_password(*stored, pin);
  if (right) return unlock(token, session.person, Strength::kPin);
  if (tries < options_.pin_tries_max) return fail(wrong);
  NC_TRY(end_session(token));
  return fail(too_many());
}

Status Credentials::unlock_with_password(std::string_view token, const crypto::SecretString& password) {
  NC_ASSIGN(const auto session, find_session(token, Look::kLooking));
  NC_ASSIGN(const auto login, login_of(session.person));
  NC_ASSIGN(const auto found, check_login(login, password, PasswordFor::kGoingOn));
  if (found.person != session.person) return fail(Error(ErrorCode::kDenied, NC_MSG("This is not your password")));
  return unlock(token, session.person, Strength::kFull);
}

Status Credentials::set_pin(const PersonId& person, const crypto::SecretString& pin) {
  const auto text = pin.view();
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || text.size() < kPinDigitsMin || text.size() > kPinDigitsMax)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("A PIN has {1} to {2} digits and nothing else"),
                      {std::to_string(kPinDigitsMin), std::to_string(kPinDigitsMax)})
                    .at("pin"));
  if (too_plain(text))
    return fail(
        Error(ErrorCode::kInvalid, NC_MSG("That PIN is the first that anybody would try")).at("pin").then(NC_MSG("Choose another one")));
  NC_ASSIGN(const auto hash, crypto::hash_password(pin));
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(
      database_.run("INSERT INTO cred_pin(person, hash, changed_ms) VALUES(?1, ?2, ?3) "
                    "ON CONFLICT(person) DO UPDATE SET hash = excluded.hash, changed_ms = excluded.changed_ms",
                    person, hash, now()));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", pin_subject(person)));
  return transaction.commit();
}

Status Credentials::remove_pin(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_pin WHERE person = ?1", person);
}

Result<bool> Credentials::has_pin(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto count, database_.integer("SELECT count(*) FROM cred_pin WHERE person = ?1", person));
  return count != 0;
}

}  // namespace nc::access
