// Credentials: how somebody shows who he is at this node. Local, never journalled, never synchronised.
//
// Passwords (Argon2id), delays after failures, sessions, and wrapped person keys. A session token is
// 256 random bits; the database holds only its SHA-256.
// Owns: its connection to local.db and the tables cred_*. Threads: any; the connection is behind a mutex,
// which is never held while a password is computed.
// Invariants: an unknown login costs, waits and says exactly what a wrong password does. Failures delay
// the next try, counted before the password is looked at and kept over restarts; nobody is locked out.
// Not here: whether the account is live and what it may (access.h), cookies (face/web), PIN and TOTP.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "base/rng.h"
#include "foundation/crypto/secret.h"
#include "foundation/crypto/sign.h"
#include "foundation/store/database.h"
#include "ledger/access/access.h"

namespace nc::access {

using SessionId = Id<struct SessionTag, 16>;  // names a session in lists; opens nothing

struct Session {
  SessionId id;
  PersonId person;
  std::string csrf;   // to be repeated by every form
  std::string label;  // browser or device, as told
  std::int64_t created_ms = 0, seen_ms = 0;
  Strength strength = Strength::kFull;  // kStepUp for a while after the password was given once more
};

struct OpenedSession {
  std::string token;  // hexadecimal, for the cookie; not kept here
  Session session;
};

class Credentials {
 public:
  struct Options {
    const Clock* clock = nullptr;  // default: the system's
    Rng* rng = nullptr;            // default: the system's
    std::int64_t idle_ms = 30 * 60'000;
    std::int64_t absolute_ms = 12 * 3'600'000;
    std::int64_t step_up_ms = 5 * 60'000;
  };
  // `database`: local.db, writable. Makes the tables if they are not there.
  static Result<std::unique_ptr<Credentials>> open(store::Database database, const Options& options);

  // --- passwords ---
  // Makes or replaces the person's password and login, and ends all his sessions. kInvalid: too short;
  // kConflict: the login is another's.
  Status set_password(const PersonId& person, std::string_view login, const crypto::SecretString& password);
  Result<bool> has_password(const PersonId& person);
  // kDenied, with one text for every cause; kBusy with the seconds to wait after failures.
  Result<PersonId> check_login(std::string_view login, const crypto::SecretString& password);

  // --- sessions ---
  // A new token; the session of `old_token`, if any, ends with it.
  Result<OpenedSession> open_session(const PersonId& person, std::string_view label, std::string_view old_token = {});
  // kDenied when absent or over; otherwise the session is kept awake.
  Result<Session> find_session(std::string_view token);
  // The password once more: the session has kStepUp for Options::step_up_ms. Errors as check_login.
  Status step_up(std::string_view token, const crypto::SecretString& password);
  Status end_session(std::string_view token);
  Status end_session(const PersonId& person, const SessionId& session);
  Status end_all_sessions(const PersonId& person);
  Result<std::vector<Session>> sessions_of(const PersonId& person);  // latest first
  [[nodiscard]] static bool csrf_fits(const Session& session, std::string_view typed);

  // --- person keys ---
  Status store_person_key(const PersonId& person, const crypto::SigningKey& key, const crypto::SecretString& passphrase);
  // kNotFound: none is stored; kDenied: the passphrase does not fit; kBusy as check_login.
  Result<crypto::SigningKey> unlock_person_key(const PersonId& person, const crypto::SecretString& passphrase);
  Result<std::optional<PublicKey>> person_key(const PersonId& person);

 private:
  Credentials(store::Database database, const Options& options);
  Status make_tables();
  // Counts a try for `subject` (a login or a key), or says how long to wait.
  Status begin_try(const std::string& subject);
  Status end_try_well(const std::string& subject);
  Status check_password(const std::string& login_key, const crypto::SecretString& password, PersonId& person);
  [[nodiscard]] bool over(const Session& session, std::int64_t now) const;
  Result<std::optional<Session>> load_session(const Digest& token_hash);
  [[nodiscard]] std::int64_t now() const { return options_.clock->wall_ms(); }

  std::mutex mutex_;
  store::Database database_;
  Options options_;
};

}  // namespace nc::access
