// Tables, passwords and person keys.
#include "ledger/access/credentials.h"

#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/password.h"
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
)sql";

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string key_subject(const PersonId& person) { return "key:" + person.hex(); }

}  // namespace

std::string login_key(std::string_view typed) {
  std::string key = to_nfc(trim(typed));
  for (auto& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
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
  return transaction.commit();
}

Status Credentials::set_password(const PersonId& person, std::string_view login, const crypto::SecretString& password) {
  const auto key = login_key(is_utf8(login) ? login : std::string_view());
  if (key.empty() || key.size() > kLoginBytesMax) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a login name")).at("login"));
  if (characters(password.view()) < kPasswordCharactersMin)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The password has fewer than {1} characters"), {std::to_string(kPasswordCharactersMin)})
                    .at("password")
                    .then(NC_MSG("Choose a longer one, several words for instance")));
  NC_ASSIGN(const auto hash, crypto::hash_password(password));

  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_ASSIGN(const auto taken, database_.integer("SELECT count(*) FROM cred_password WHERE login = ?1 AND person <> ?2", key, person));
  if (taken != 0) return fail(Error(ErrorCode::kConflict, NC_MSG("The login {1} belongs to another account"), {key}).at("login"));
  NC_TRY(
      database_.run("INSERT INTO cred_password(person, login, hash, changed_ms) VALUES(?1, ?2, ?3, ?4) "
                    "ON CONFLICT(person) DO UPDATE SET login = excluded.login, hash = excluded.hash, changed_ms = excluded.changed_ms",
                    person, key, hash, now()));
  NC_TRY(database_.run("DELETE FROM cred_session WHERE person = ?1", person));
  NC_TRY(database_.run("DELETE FROM cred_try WHERE subject = ?1", login_subject(key)));
  return transaction.commit();
}

Result<bool> Credentials::has_password(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto count, database_.integer("SELECT count(*) FROM cred_password WHERE person = ?1", person));
  return count != 0;
}

Status Credentials::store_person_key(const PersonId& person, const crypto::SigningKey& key, const crypto::SecretString& passphrase) {
  if (characters(passphrase.view()) < kPasswordCharactersMin)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The password has fewer than {1} characters"), {std::to_string(kPasswordCharactersMin)})
                    .at("passphrase")
                    .then(NC_MSG("Choose a longer one, several words for instance")));
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
