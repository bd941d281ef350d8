// Sessions: opened, kept awake, stepped up, ended.
#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/token.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"
#include "ledger/access/login_key.h"

namespace nc::access {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kLabelBytesMax = 200;
constexpr std::int64_t kTouchEveryMs = 30'000;  // a page has many requests; one write is enough
constexpr std::int64_t kClockSlackMs = 5 * 60'000;

constexpr const char* kColumns =
    "id, person, csrf, label, created_ms, seen_ms, step_up_ms, locked_ms IS NOT NULL, by_pin, "
    "EXISTS(SELECT 1 FROM cred_password p WHERE p.person = cred_session.person AND p.once_until_ms IS NOT NULL), "
    "code_due <> 0 AND EXISTS(SELECT 1 FROM cred_totp t WHERE t.person = cred_session.person AND t.confirmed_ms IS NOT NULL)";

Session session_from(store::Statement& row, std::int64_t now, std::int64_t step_up_ms) {
  Session session;
  session.id = row.id<SessionId>(0);
  session.person = row.id<PersonId>(1);
  session.csrf = row.text(2);
  session.label = row.text(3);
  session.created_ms = row.integer(4);
  session.seen_ms = row.integer(5);
  session.locked = row.integer(7) != 0;
  session.must_change = row.integer(9) != 0;
  session.code_due = row.integer(10) != 0;
  if (row.integer(8) != 0) session.strength = Strength::kPin;
  const auto stepped = row.optional_integer(6);
  if (stepped && *stepped <= now && now - *stepped <= step_up_ms) session.strength = Strength::kStepUp;
  return session;
}

Error no_session() {
  return Error(ErrorCode::kDenied, NC_MSG("You are not logged in, or the session is over")).then(NC_MSG("Log in again"));
}

}  // namespace

// A clock set far back ends a session rather than let it live on.
bool Credentials::over(const Session& session, std::int64_t now) const {
  return now - session.seen_ms > options_.idle_ms || now - session.created_ms > options_.absolute_ms ||
         session.seen_ms - now > kClockSlackMs;
}

Result<OpenedSession> Credentials::open_session(const PersonId& person, std::string_view label, std::string_view old_token) {
  OpenedSession opened;
  auto& session = opened.session;
  opened.token = crypto::random_token_hex(*options_.rng, kTokenBytes);
  session.id = options_.rng->make<SessionId>();
  session.person = person;
  session.csrf = csrf_of(person, crypto::random_token_hex(*options_.rng, kFormNonceBytes));
  session.label = is_utf8(label) ? shorten(label, kLabelBytesMax) : std::string();
  session.created_ms = session.seen_ms = now();

  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_ASSIGN(const auto used, database_.integer("SELECT count(*) FROM cred_password WHERE person = ?1 AND once_until_ms IS NOT NULL"
                                               " AND once_used_ms IS NOT NULL",
                                               person));
  if (used != 0) return fail(used_up());
  NC_TRY(database_.run("UPDATE cred_password SET once_used_ms = ?1 WHERE person = ?2 AND once_until_ms IS NOT NULL", now(), person));
  NC_ASSIGN(const auto totp, load_totp(person));
  session.code_due = totp && totp->confirmed;
  NC_TRY(database_.run("DELETE FROM cred_session WHERE token_hash = ?1", crypto::sha256(old_token)));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", pin_subject(person)));  // he gave his password
  NC_TRY(database_.run("DELETE FROM cred_session WHERE seen_ms < ?1 OR created_ms < ?2", now() - options_.idle_ms,
                       now() - options_.absolute_ms));
  NC_TRY(
      database_.run("INSERT INTO cred_session(token_hash, id, person, csrf, label, created_ms, seen_ms, code_due) "
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    crypto::sha256(opened.token), session.id, person, session.csrf, session.label, session.created_ms, session.seen_ms,
                    session.code_due));
  NC_TRY(transaction.commit());
  return opened;
}

Result<std::optional<Session>> Credentials::load_session(const Digest& token_hash) {
  NC_ASSIGN(auto row, database_.prepare(std::string("SELECT ") + kColumns + " FROM cred_session WHERE token_hash = ?1"));
  row.bind(1, token_hash);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<Session>();
  auto session = session_from(row, now(), options_.step_up_ms);
  NC_TRY(row.status());
  return std::optional(std::move(session));
}

Result<Session> Credentials::find_session(std::string_view token, Look look) {
  const auto hash = crypto::sha256(token);
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto found, load_session(hash));
  if (!found) return fail(no_session());
  if (over(*found, now())) {
    NC_TRY(database_.run("DELETE FROM cred_session WHERE token_hash = ?1", hash));
    return fail(no_session());
  }
  if (!found->locked && now() - found->seen_ms > options_.lock_ms) {
    found->locked = true;
    NC_TRY(database_.run("UPDATE cred_session SET locked_ms = ?1, step_up_ms = NULL WHERE token_hash = ?2", now(), hash));
  }
  if (!found->locked && look == Look::kUsing && now() - found->seen_ms >= kTouchEveryMs) {
    found->seen_ms = now();
    NC_TRY(database_.run("UPDATE cred_session SET seen_ms = ?1 WHERE token_hash = ?2", found->seen_ms, hash));
  }
  return *found;
}

Status Credentials::step_up(std::string_view token, const crypto::SecretString& password, std::string_view code) {
  NC_ASSIGN(const auto session, find_session(token));
  if (session.locked || session.code_due) return fail(Error(ErrorCode::kDenied, NC_MSG("The screen is locked")));
  NC_ASSIGN(const auto login, login_of(session.person));
  NC_ASSIGN(const auto found, check_login(login, password));
  if (found.person != session.person) return fail(no_session());
  if (found.code_due) NC_TRY(check_code(session.person, code));
  const std::lock_guard lock(mutex_);
  return database_.run("UPDATE cred_session SET step_up_ms = ?1, by_pin = 0 WHERE token_hash = ?2", now(), crypto::sha256(token));
}

Status Credentials::end_session(std::string_view token) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_session WHERE token_hash = ?1", crypto::sha256(token));
}

Status Credentials::end_session(const PersonId& person, const SessionId& session) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_session WHERE person = ?1 AND id = ?2", person, session);
}

Status Credentials::end_all_sessions(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM cred_session WHERE person = ?1", person);
}

Status Credentials::end_access(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("DELETE FROM cred_session WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_token WHERE person = ?1", person));
  return transaction.commit();
}

Result<bool> Credentials::begin_era(const PersonId& person, const Digest& era) {
  {
    const std::lock_guard lock(mutex_);
    Digest last;
    {
      NC_ASSIGN(auto row, database_.prepare("SELECT era FROM cred_era WHERE person = ?1"));
      row.bind(1, person);
      NC_ASSIGN(const bool found, row.step());
      if (found) last = row.id<Digest>(0);
      NC_TRY(row.status());
    }
    if (last == era) return true;
  }
  NC_TRY(end_access(person));
  const std::lock_guard lock(mutex_);
  NC_TRY(database_.run("INSERT INTO cred_era(person, era) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET era = ?2", person, era));
  return false;
}

Result<std::vector<Session>> Credentials::sessions_of(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  std::vector<Session> sessions;
  NC_ASSIGN(auto row,
            database_.prepare(std::string("SELECT ") + kColumns + " FROM cred_session WHERE person = ?1 ORDER BY seen_ms DESC, id"));
  row.bind(1, person);
  while (true) {
    NC_ASSIGN(const bool found, row.step());
    if (!found) break;
    auto session = session_from(row, now(), options_.step_up_ms);
    if (!over(session, now())) sessions.push_back(std::move(session));
  }
  NC_TRY(row.status());
  return sessions;
}

// All three are of fixed length and half of the hash is shown, so that a plain hash with the secret in front is enough.
std::string Credentials::csrf_of(const PersonId& person, std::string_view nonce) const {
  const auto mark = crypto::sha256(form_secret_ + std::string(nonce) + person.hex()).hex();
  return std::string(nonce) + mark.substr(0, 2 * kFormNonceBytes);
}

bool Credentials::made_for(const PersonId& person, std::string_view csrf) const {
  return csrf.size() == 4 * kFormNonceBytes && crypto::equal_constant_time(csrf_of(person, csrf.substr(0, 2 * kFormNonceBytes)), csrf);
}

bool Credentials::csrf_fits(const Session& session, std::string_view typed) {
  return !session.csrf.empty() && crypto::equal_constant_time(session.csrf, typed);
}

}  // namespace nc::access
