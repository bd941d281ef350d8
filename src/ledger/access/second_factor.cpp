// The second factor: codes of an authenticator, and codes for the day on which it is lost.
//
// A code counts once, and none that is older than the last that was used: whoever saw it typed cannot use it.
// One step before and after the node's own time is taken, for clocks that go wrong by less than half a minute.
// Wrong ones make the next try wait, as wrong passwords do; nobody is locked out. The secret must lie here as it is,
// or no code could be compared with it: it is as safe as local.db (mode 0600, in no backup).
#include <array>

#include "foundation/crypto/hash.h"
#include "foundation/crypto/token.h"
#include "foundation/crypto/totp.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"
#include "ledger/access/login_key.h"

namespace nc::access {
namespace {

constexpr int kRecoveryCodes = 10;
constexpr std::int64_t kToldMs = std::int64_t{30} * 24 * 3'600'000;

Error wrong_code() {
  return Error(ErrorCode::kDenied, NC_MSG("This code is not right"))
      .at("code")
      .then(NC_MSG("Look at the authenticator again; the clocks of both machines must be right"));
}

// Without the spaces that authenticators show and the dashes of a recovery code.
std::string plain(std::string_view typed) {
  std::string out;
  for (const char c : typed)
    if (c != ' ' && c != '-') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// The step whose code was typed, near `now`; nothing when it is none's.
std::optional<std::int64_t> step_of(std::string_view secret, std::string_view typed, std::int64_t now) {
  std::optional<std::int64_t> out;
  for (const std::int64_t more : {0, -1, 1})
    if (const auto step = crypto::totp_step(now) + more; crypto::equal_constant_time(crypto::totp_code(secret, step), typed)) out = step;
  return out;
}

}  // namespace

Result<std::string> Credentials::begin_second_factor(const PersonId& person) {
  std::array<std::uint8_t, crypto::kTotpSecretBytes> secret{};
  options_.rng->fill(secret);
  const std::lock_guard lock(mutex_);
  NC_TRY(
      database_.run("INSERT INTO cred_totp(person, secret) VALUES(?1, ?2) "
                    "ON CONFLICT(person) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE confirmed_ms IS NULL",
                    person, std::span<const std::uint8_t>(secret)));
  if (database_.changes() == 0)
    return fail(Error(ErrorCode::kConflict, NC_MSG("An authenticator is in use already")).then(NC_MSG("Take it away first")));
  return crypto::base32({reinterpret_cast<const char*>(secret.data()), secret.size()});
}

Result<std::optional<Credentials::Totp>> Credentials::load_totp(const PersonId& person) {
  NC_ASSIGN(auto row, database_.prepare("SELECT secret, last_step, confirmed_ms FROM cred_totp WHERE person = ?1"));
  row.bind(1, person);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<Totp>();
  Totp out{row.blob(0), row.integer(1), row.optional_integer(2).has_value()};
  NC_TRY(row.status());
  return std::optional(std::move(out));
}

Result<std::optional<std::string>> Credentials::begun_second_factor(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto totp, load_totp(person));
  if (!totp || totp->confirmed) return std::optional<std::string>();
  return std::optional(crypto::base32(totp->secret));
}

Result<bool> Credentials::has_second_factor(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto totp, load_totp(person));
  return totp && totp->confirmed;
}

Result<std::int64_t> Credentials::recovery_codes_left(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  return database_.integer("SELECT count(*) FROM cred_recovery WHERE person = ?1", person);
}

// Used in the same breath as it is compared: of two at once one is refused.
Status Credentials::use_code(const PersonId& person, const std::string& typed, bool confirmed) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_ASSIGN(const auto totp, load_totp(person));
  if (!totp || totp->confirmed != confirmed) return fail(wrong_code());
  if (const auto step = step_of(totp->secret, typed, now())) {
    if (crypto::totp_step(now()) + 1 < totp->last_step)  // when that one was taken, the clock stood later than now
      return fail(Error(ErrorCode::kDenied, NC_MSG("The clock of this machine stands behind the last code that was used"))
                      .at("code")
                      .then(NC_MSG("Have its clock set right, or use a recovery code")));
    if (*step <= totp->last_step)
      return fail(Error(ErrorCode::kDenied, NC_MSG("This code was used already"))
                      .at("code")
                      .then(NC_MSG("Wait until the authenticator shows the next one, at most half a minute")));
    NC_TRY(database_.run("UPDATE cred_totp SET last_step = ?2 WHERE person = ?1", person, *step));
    return transaction.commit();
  }
  NC_TRY(database_.run("DELETE FROM cred_recovery WHERE person = ?1 AND hash = ?2", person, crypto::sha256(typed)));
  if (database_.changes() == 0) return fail(wrong_code());
  return transaction.commit();
}

Status Credentials::check_code(const PersonId& person, std::string_view typed) {
  if (auto tried = begin_try(code_subject(person)); !tried) return fail(std::move(tried).error().at("code"));
  NC_TRY(use_code(person, plain(typed), true));
  return end_try_well(code_subject(person));
}

Result<std::vector<std::string>> Credentials::confirm_second_factor(const PersonId& person, std::string_view typed) {
  if (auto tried = begin_try(code_subject(person)); !tried) return fail(std::move(tried).error().at("code"));
  NC_TRY(use_code(person, plain(typed), false));
  NC_TRY(end_try_well(code_subject(person)));
  std::vector<std::string> codes;
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("UPDATE cred_totp SET confirmed_ms = ?2 WHERE person = ?1", person, now()));
  NC_TRY(database_.run("DELETE FROM cred_recovery WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_totp_removed WHERE person = ?1", person));
  for (int i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(crypto::random_password(*options_.rng));
    NC_TRY(database_.run("INSERT INTO cred_recovery(person, hash) VALUES(?1, ?2)", person, crypto::sha256(plain(codes.back()))));
  }
  NC_TRY(transaction.commit());
  return codes;
}

Status Credentials::remove_second_factor(const PersonId& person, const PersonId& by) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("DELETE FROM cred_totp WHERE person = ?1", person));
  if (database_.changes() == 0)
    return fail(Error(ErrorCode::kNotFound, NC_MSG("This account uses no authenticator")).then(NC_MSG("There is nothing to take away")));
  NC_TRY(database_.run("DELETE FROM cred_recovery WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", code_subject(person)));
  if (by != person)
    NC_TRY(
        database_.run("INSERT INTO cred_totp_removed(person, by, at_ms) VALUES(?1, ?2, ?3) "
                      "ON CONFLICT(person) DO UPDATE SET by = excluded.by, at_ms = excluded.at_ms",
                      person, by, now()));
  return transaction.commit();
}

Result<std::optional<Credentials::Removed>> Credentials::second_factor_removed(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT by, at_ms FROM cred_totp_removed WHERE person = ?1 AND at_ms > ?2"));
  row.bind_all(person, now() - kToldMs);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<Removed>();
  const Removed out{row.id<PersonId>(0), row.integer(1)};
  NC_TRY(row.status());
  return std::optional(out);
}

Status Credentials::give_code(std::string_view token, std::string_view typed) {
  NC_ASSIGN(const auto session, find_session(token));
  if (session.locked) return fail(Error(ErrorCode::kDenied, NC_MSG("The screen is locked")));
  NC_TRY(check_code(session.person, typed));
  const std::lock_guard lock(mutex_);
  return database_.run("UPDATE cred_session SET code_due = 0 WHERE token_hash = ?1", crypto::sha256(token));
}

}  // namespace nc::access
