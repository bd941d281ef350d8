// Tables, passwords and person keys.
#include "ledger/access/credentials.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/password.h"
#include "foundation/crypto/token.h"
#include "foundation/crypto/wrap.h"
#include "foundation/store/transaction.h"
#include "ledger/access/login_key.h"

namespace nc::access {
namespace {

constexpr std::size_t kPasswordCharactersMin = 8;
constexpr std::size_t kLoginBytesMax = 128;

constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS cred_password(
  person BLOB PRIMARY KEY, login TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, changed_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_try(
  subject TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_session(
  token_hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, person BLOB NOT NULL, csrf TEXT NOT NULL, label TEXT NOT NULL,
  created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL, step_up_ms INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cred_session_person ON cred_session(person);
DROP TABLE IF EXISTS cred_outcome; -- of version 0.1: a record's own id now makes a second click one record
CREATE TABLE IF NOT EXISTS cred_person_key(
  person BLOB PRIMARY KEY, public_key BLOB NOT NULL, wrapped TEXT NOT NULL, changed_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_token(
  token_hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, person BLOB NOT NULL, name TEXT NOT NULL, use INTEGER NOT NULL,
  until_ms INTEGER NOT NULL, ceiling INTEGER NOT NULL, reads_only INTEGER NOT NULL, grants TEXT NOT NULL, view TEXT NOT NULL,
  created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cred_token_person ON cred_token(person);
CREATE TABLE IF NOT EXISTS cred_pin(person BLOB PRIMARY KEY, hash TEXT NOT NULL, changed_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_totp(
  person BLOB PRIMARY KEY, secret BLOB NOT NULL, last_step INTEGER NOT NULL DEFAULT 0, confirmed_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_recovery(person BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(person, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_form_secret(one INTEGER PRIMARY KEY CHECK(one = 1), secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cred_era(person BLOB PRIMARY KEY, era BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cred_totp_removed(person BLOB PRIMARY KEY, by BLOB NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// What came to tables of 0.1: until when a password for one use is good, and when it opened its session; since when a session is locked;
// whether its last unlocking was by PIN; whether the code of its person's authenticator is still to come.
struct NewColumn {
  const char *table, *column, *type;
};
constexpr std::array kNewColumns = {
    NewColumn{"cred_password", "once_until_ms", "INTEGER"}, NewColumn{"cred_session", "locked_ms", "INTEGER"},
    NewColumn{"cred_password", "once_used_ms", "INTEGER"}, NewColumn{"cred_session", "by_pin", "INTEGER NOT NULL DEFAULT 0"},
    NewColumn{"cred_session", "code_due", "INTEGER NOT NULL DEFAULT 0"}};

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Status long_enough(const crypto::SecretString& password, const char* where) {
  if (characters(password.view()) >= kPasswordCharactersMin) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The password has fewer than {1} characters"), {std::to_string(kPasswordCharactersMin)})
                  .at(where)
                  .then(NC_MSG("Choose a longer one, several words for instance")));
}

std::string key_subject(const PersonId& person) { return "key:" + person.hex(); }

}  // namespace

std::string login_key(std::string_view typed) {
  std::string key = to_nfc(trim(typed));
  for (auto& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
}

Status check_login_name(std::string_view typed) {
  constexpr std::size_t kBytesMax = 64;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const bool right = !typed.empty() && typed.size() <= kBytesMax && letter(typed.front()) &&
                     std::ranges::all_of(typed, [&](char c) { return letter(c) || c == '.' || c == '_' || c == '-'; });
  if (right) return {};
  return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not a login"), {shorten(typed, 80)})
                  .at("login")
                  .then(NC_MSG("Write letters a to z without marks, digits, and . _ - between them, such as truc-ban")));
}

Credentials::Credentials(store::Database database, const Options& options) : database_(std::move(database)), options_(options) {
  if (options_.clock == nullptr) options_.clock = &system_clock();
  if (options_.rng == nullptr) options_.rng = &system_rng();
}

Result<std::unique_ptr<Credentials>> Credentials::open(store::Database database, const Options& options) {
  std::unique_ptr<Credentials> credentials(new Credentials(std::move(database), options));
  NC_TRY(credentials->make_tables());
  return credentials;
}

Status Credentials::make_tables() {
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.exec(kTables));
  for (const auto& [table, column, type] : kNewColumns) {
    NC_ASSIGN(const auto there, database_.integer("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", std::string_view(table),
                                                  std::string_view(column)));
    if (there == 0) NC_TRY(database_.exec(std::string("ALTER TABLE ") + table + " ADD COLUMN " + column + " " + type));
  }
  NC_TRY(database_.run("INSERT OR IGNORE INTO cred_form_secret(one, secret) VALUES(1, ?1)",
                       crypto::random_token_hex(*options_.rng, 2 * kFormNonceBytes)));
  {
    NC_ASSIGN(auto row, database_.prepare("SELECT secret FROM cred_form_secret"));
    NC_ASSIGN([[maybe_unused]] const bool found, row.step());
    form_secret_ = row.text(0);
    NC_TRY(row.status());
  }
  return transaction.commit();
}

Status Credentials::set_password(const PersonId& person, std::string_view login, const crypto::SecretString& password, PasswordUse use) {
  const auto key = login_key(is_utf8(login) ? login : std::string_view());
  if (key.empty() || key.size() > kLoginBytesMax) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a login name")).at("login"));
  NC_TRY(long_enough(password, "password"));
  NC_ASSIGN(const auto hash, crypto::hash_password(password));
  return write_password(person, key, hash, use, Digest{});
}

Status Credentials::write_password(const PersonId& person, const std::string& key, const std::string& hash, PasswordUse use,
                                   const Digest& kept_session) {
  std::optional<std::int64_t> until;
  if (use == PasswordUse::kOnce) until = now() + options_.once_ms;
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_ASSIGN(const auto taken, database_.integer("SELECT count(*) FROM cred_password WHERE login = ?1 AND person <> ?2", key, person));
  if (taken != 0) return fail(Error(ErrorCode::kConflict, NC_MSG("The login {1} belongs to another account"), {key}).at("login"));
  NC_TRY(
      database_.run("INSERT INTO cred_password(person, login, hash, changed_ms, once_until_ms) VALUES(?1, ?2, ?3, ?4, ?5) "
                    "ON CONFLICT(person) DO UPDATE SET login = excluded.login, hash = excluded.hash, changed_ms = excluded.changed_ms, "
                    "once_until_ms = excluded.once_until_ms, once_used_ms = NULL",
                    person, key, hash, now(), until));
  if (use == PasswordUse::kOnce) NC_TRY(database_.run("DELETE FROM cred_pin WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_session WHERE person = ?1 AND token_hash <> ?2", person, kept_session));
  // Whoever sets another's password shuts out whatever acted for him.
  if (kept_session.is_zero()) NC_TRY(database_.run("DELETE FROM cred_token WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", login_subject(key)));
  return transaction.commit();
}

Status Credentials::change_password(std::string_view token, const crypto::SecretString& password) {
  NC_ASSIGN(const auto session, find_session(token));
  if (session.locked) return fail(Error(ErrorCode::kDenied, NC_MSG("The screen is locked")));
  NC_TRY(long_enough(password, "password"));
  NC_ASSIGN(const auto login, login_of(session.person));
  std::string before;
  {
    const std::lock_guard lock(mutex_);
    NC_ASSIGN(auto row, database_.prepare("SELECT hash FROM cred_password WHERE person = ?1"));
    row.bind(1, session.person);
    NC_ASSIGN(const bool found, row.step());
    if (found) before = row.text(0);
    NC_TRY(row.status());
  }
  if (crypto::verify_password(before, password))
    return fail(Error(ErrorCode::kInvalid, NC_MSG("That is the password you have")).at("password").then(NC_MSG("Choose another one")));
  NC_ASSIGN(const auto hash, crypto::hash_password(password));
  return write_password(session.person, login, hash, PasswordUse::kOwn, crypto::sha256(token));
}

Result<std::string> Credentials::login_of(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT login FROM cred_password WHERE person = ?1"));
  row.bind(1, person);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return fail(Error(ErrorCode::kDenied, NC_MSG("This account has no password here")));
  auto login = row.text(0);
  NC_TRY(row.status());
  return login;
}

Result<bool> Credentials::has_password(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto count, database_.integer("SELECT count(*) FROM cred_password WHERE person = ?1", person));
  return count != 0;
}

Status Credentials::check_passphrase(const crypto::SecretString& passphrase) { return long_enough(passphrase, "passphrase"); }

Status Credentials::store_person_key(const PersonId& person, const crypto::SigningKey& key, const crypto::SecretString& passphrase) {
  NC_TRY(check_passphrase(passphrase));
  NC_ASSIGN(const auto wrapped, crypto::wrap(key.seed(), passphrase, *options_.rng));
  const std::lock_guard lock(mutex_);
  return database_.run(
      "INSERT INTO cred_person_key(person, public_key, wrapped, changed_ms) VALUES(?1, ?2, ?3, ?4) "
      "ON CONFLICT(person) DO UPDATE SET public_key = excluded.public_key, wrapped = excluded.wrapped, changed_ms = excluded.changed_ms",
      person, key.public_key(), wrapped, now());
}

Result<crypto::SigningKey> Credentials::unlock_person_key(const PersonId& person, const crypto::SecretString& passphrase) {
  std::string wrapped;
  PublicKey expected;
  {
    const std::lock_guard lock(mutex_);
    NC_ASSIGN(auto row, database_.prepare("SELECT wrapped, public_key FROM cred_person_key WHERE person = ?1"));
    row.bind(1, person);
    NC_ASSIGN(const bool found, row.step());
    if (!found)
      return fail(Error(ErrorCode::kNotFound, NC_MSG("You have no signing key on this node"))
                      .then(NC_MSG("Make one, and have your superior certify it")));
    wrapped = row.text(0);
    expected = row.id<PublicKey>(1);
    NC_TRY(row.status());
  }
  NC_TRY(begin_try(key_subject(person)));
  NC_ASSIGN(auto seed, crypto::unwrap(wrapped, passphrase));
  NC_TRY(end_try_well(key_subject(person)));
  auto key = crypto::SigningKey::from_seed(std::move(seed));
  if (key.public_key() != expected) return fail(ErrorCode::kCorrupt, NC_MSG("The stored signing key is not the one it says it is"));
  return key;
}

Result<std::optional<PublicKey>> Credentials::person_key(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT public_key FROM cred_person_key WHERE person = ?1"));
  row.bind(1, person);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<PublicKey>();
  const auto key = row.id<PublicKey>(0);
  NC_TRY(row.status());
  return std::optional(key);
}

}  // namespace nc::access
