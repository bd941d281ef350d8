// Logging in, and the delays after failures.
//
// A try is counted before the password is computed, so that many at once are no way around the delay, and
// forgotten when it was right. Unknown logins are counted alike. The wait grows from the fourth failure on
// and ends at a minute: a guesser gets some 1,500 tries a day, the officer whom he annoys still gets in.
#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/password.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"
#include "ledger/access/login_key.h"

namespace nc::access {
namespace {

constexpr std::int64_t kWaitMsMax = 60'000;
constexpr std::int64_t kForgetAfterMs = 24 * 3'600'000;
constexpr std::int64_t kTriesMax = 10'000;  // rows: made-up logins must not fill the disk

std::int64_t wait_ms(std::int64_t failures, std::int64_t free_failures) {
  if (failures < free_failures) return 0;
  return std::min(kWaitMsMax, std::int64_t{1000} << std::min<std::int64_t>(failures - free_failures, 16));
}

Error wrong_login() {
  return Error(ErrorCode::kDenied, NC_MSG("The login or the password is wrong"))
      .then(NC_MSG("Check both, and whether an input method changed what you typed"));
}

// What was typed may be long or no text at all: only its hash is kept.
std::string subject_of(std::string_view login) {
  const std::string key = is_utf8(login) ? login_key(login) : std::string(login);
  return key.size() <= 128 && is_utf8(key) ? login_subject(key) : login_subject(crypto::sha256(key).hex());
}

}  // namespace

Error used_up() {
  return Error(ErrorCode::kUnsupported, NC_MSG("This password was for one use and has been used"))
      .then(NC_MSG("Go on in the browser where it was used, and set another one there; if it is closed, or if that was not you, have the "
                   "administrator give you another one"));
}

Result<std::int64_t> Credentials::begin_try(const std::string& subject, std::int64_t free_failures) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  std::int64_t failures = 0, last = 0;
  const auto at = now();
  {
    NC_ASSIGN(auto row, database_.prepare("SELECT failures, last_ms FROM cred_try WHERE subject = ?1"));
    row.bind(1, subject);
    NC_ASSIGN(const bool found, row.step());
    if (found) {
      failures = row.integer(0);
      last = row.integer(1);
    }
  }
  if (at - last > kForgetAfterMs) failures = 0;
  // A clock that was set back must not make anybody wait until it catches up.
  const auto left = last > at ? std::int64_t{0} : last + wait_ms(failures, free_failures) - at;
  if (left > 0) {
    const auto seconds = std::to_string((left + 999) / 1000);
    return fail(Error(ErrorCode::kBusy, NC_MSG("Too many wrong tries; the next one is possible in {1} seconds"), {seconds})
                    .then(NC_MSG("Wait, then try again; the account is not locked")));
  }
  NC_TRY(
      database_.run("INSERT INTO cred_try(subject, failures, last_ms) VALUES(?1, ?2, ?3) "
                    "ON CONFLICT(subject) DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms",
                    subject, failures + 1, at));
  NC_ASSIGN(const auto rows, database_.integer("SELECT count(*) FROM cred_try"));
  if (rows > kTriesMax)
    NC_TRY(database_.run("DELETE FROM cred_try WHERE subject IN (SELECT subject FROM cred_try ORDER BY last_ms LIMIT ?1)", kTriesMax / 10));
  NC_TRY(transaction.commit());
  return failures + 1;
}

Status Credentials::end_try_well(const std::string& subject) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_try WHERE subject = ?1", subject);
}

Result<LoggedIn> Credentials::check_password(const std::string& login, const crypto::SecretString& password, PasswordFor what) {
  std::optional<std::string> stored;
  bool used = false;
  std::optional<std::int64_t> once_until;
  LoggedIn found_as;
  {
    const std::lock_guard lock(mutex_);
    NC_ASSIGN(auto row,
              database_.prepare("SELECT person, hash, once_until_ms, once_used_ms IS NOT NULL FROM cred_password WHERE login = ?1"));
    row.bind(1, login);
    NC_ASSIGN(const bool found, row.step());
    if (found) {
      found_as.person = row.id<PersonId>(0);
      stored = row.text(1);
      once_until = row.optional_integer(2);
      used = row.integer(3) != 0;
    }
    NC_TRY(row.status());
  }
  if (!stored) {
    crypto::waste_password_time(password);
    return fail(wrong_login());
  }
  if (!crypto::verify_password(*stored, password)) return fail(wrong_login());
  found_as.once = once_until.has_value();
  // Only to who knows it: to others it is a wrong password like any other.
  if (once_until && *once_until < now())
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("This password was for one use and is too old now"))
                    .then(NC_MSG("Ask the administrator for another one")));
  if (once_until && used && what == PasswordFor::kLogIn) return fail(used_up());
  return found_as;
}

Result<LoggedIn> Credentials::check_login(std::string_view login, const crypto::SecretString& password) {
  return check_login(login, password, PasswordFor::kLogIn);
}

Result<LoggedIn> Credentials::check_login(std::string_view login, const crypto::SecretString& password, PasswordFor what) {
  const auto subject = subject_of(login);
  NC_TRY(begin_try(subject));
  NC_ASSIGN(auto found, check_password(is_utf8(login) ? login_key(login) : std::string(), password, what));
  NC_TRY(end_try_well(subject));
  NC_ASSIGN(found.code_due, has_second_factor(found.person));
  return found;
}

}  // namespace nc::access
