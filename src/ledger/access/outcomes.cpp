// What came of a form that was sent: so that a second click makes one record.
#include "foundation/crypto/hash.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"

namespace nc::access {
namespace {

constexpr std::int64_t kKeepMs = 2 * 24 * 3'600'000;
constexpr std::int64_t kPendingMs = 60'000;  // after that the first sender is taken for dead

// Keys come from a form and may be anything.
std::string stored_key(std::string_view key) { return crypto::sha256(key).hex(); }

}  // namespace

Result<std::optional<std::string>> Credentials::once(const PersonId& person, std::string_view key) {
  if (key.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("The form has no key of its own")).then(NC_MSG("Open the form again")));
  const auto stored = stored_key(key);
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("DELETE FROM cred_outcome WHERE at_ms < ?1", now() - kKeepMs));
  {
    NC_ASSIGN(auto row, database_.prepare("SELECT outcome, at_ms FROM cred_outcome WHERE person = ?1 AND key = ?2"));
    row.bind_all(person, stored);
    NC_ASSIGN(const bool found, row.step());
    if (found && !row.is_null(0)) return std::optional(row.text(0));
    if (found && row.integer(1) <= now() && now() - row.integer(1) < kPendingMs)
      return fail(Error(ErrorCode::kBusy, NC_MSG("This form was sent already and is being saved"))
                      .then(NC_MSG("Wait a moment, then look at the list")));
  }
  NC_TRY(database_.run("INSERT INTO cred_outcome(person, key, at_ms) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms",
                       person, stored, now()));
  NC_TRY(transaction.commit());
  return std::optional<std::string>();
}

Status Credentials::keep_outcome(const PersonId& person, std::string_view key, std::string_view outcome) {
  const std::lock_guard lock(mutex_);
  return database_.run(
      "INSERT INTO cred_outcome(person, key, outcome, at_ms) VALUES(?1, ?2, ?3, ?4) "
      "ON CONFLICT DO UPDATE SET outcome = excluded.outcome, at_ms = excluded.at_ms",
      person, stored_key(key), outcome, now());
}

Status Credentials::forget(const PersonId& person, std::string_view key) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_outcome WHERE person = ?1 AND key = ?2 AND outcome IS NULL", person, stored_key(key));
}

}  // namespace nc::access
