// Credentials: how somebody shows who he is at this node. Local, never journalled, never synchronised.
//
// Passwords and PINs (Argon2id), codes of an authenticator, delays after failures, sessions and their locks, tokens of
// programs, and wrapped person keys. A token is 256 random bits; the database holds only its SHA-256.
// Owns: its connection to local.db and the tables cred_*. Threads: any; the connection is behind a mutex,
// which is never held while a password is computed.
// Invariants: an unknown login costs, waits and says exactly what a wrong password does. Failures delay
// the next try, counted before the password is looked at and kept over restarts; nobody is locked out.
// A PIN opens no session: it unlocks one that a password opened, and too many wrong ones end it.
// A locked session, one that waits for its code, and one whose password is for one use, is found as such: whoever
// asks shows nothing. A code of an authenticator counts once.
// Not here: whether the account is live and what it may (access.h), cookies (face/web).
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
#include "ledger/access/tokens.h"

namespace nc::access {

using SessionId = Id<struct SessionTag, 16>;  // names a session in lists; opens nothing

struct Session {
  SessionId id;
  PersonId person;
  std::string csrf;   // to be repeated by every form
  std::string label;  // browser or device, as told
  std::int64_t created_ms = 0, seen_ms = 0;
  // kStepUp for a while after the password was given once more; kPin from unlocking by PIN until then.
  Strength strength = Strength::kFull;
  bool locked = false;       // by its person, or by lock_ms without a request
  bool code_due = false;     // opened by the password of somebody who uses an authenticator: its code comes next
  bool must_change = false;  // the password is for one use: nothing but another one is to be set
};

struct OpenedSession {
  std::string token;  // hexadecimal, for the cookie; not kept here
  Session session;
};

struct LoggedIn {
  PersonId person;
  bool once = false;      // by a password for one use
  bool code_due = false;  // he uses an authenticator: the password alone is not enough
};

// Who knows a password besides its person.
enum class PasswordUse : std::uint8_t {
  kOwn,   // nobody
  kOnce,  // whoever made it: opens one session, in which another is to be set, and is good for once_ms only
};

class Credentials {
 public:
  // Where a node has its own numbers: sign_in_rules.h.
  struct Options {
    const Clock* clock = nullptr;  // default: the system's
    Rng* rng = nullptr;            // default: the system's
    std::int64_t lock_ms = 5 * 60'000;
    std::int64_t idle_ms = 2 * 3'600'000;  // and then the locked session is over
    std::int64_t absolute_ms = 12 * 3'600'000;
    std::int64_t step_up_ms = 5 * 60'000;
    std::int64_t once_ms = 7LL * 24 * 3'600'000;
    std::int64_t pin_tries_max = 5;
  };
  // `database`: local.db, writable. Makes the tables if they are not there.
  static Result<std::unique_ptr<Credentials>> open(store::Database database, const Options& options);

  // --- passwords ---
  // Makes or replaces the person's password and login, and ends all his sessions and tokens. kInvalid: too short;
  // kConflict: the login is another's.
  Status set_password(const PersonId& person, std::string_view login, const crypto::SecretString& password,
                      PasswordUse use = PasswordUse::kOwn);
  Result<bool> has_password(const PersonId& person);
  // kDenied, with one text for every cause but a right password for one use that is too old or has opened its
  // session (kUnsupported); kBusy with the seconds to wait after failures.
  Result<LoggedIn> check_login(std::string_view login, const crypto::SecretString& password);
  // By the person himself: all his other sessions end. kInvalid: too short, or the one he has.
  Status change_password(std::string_view token, const crypto::SecretString& password);

  // --- sessions ---
  // For who gave his password. A new token; the session of `old_token`, if any, ends with it. A password for one use
  // has done its work with the commit that makes the session: of two log-ins at once the second is kUnsupported.
  Result<OpenedSession> open_session(const PersonId& person, std::string_view label, std::string_view old_token = {});
  // kDenied when absent or over; otherwise the session is kept awake, unless it is locked or only looked at.
  enum class Look { kUsing, kLooking };
  Result<Session> find_session(std::string_view token, Look look = Look::kUsing);
  // The password once more: the session has kStepUp for Options::step_up_ms. Errors as check_login. Refused
  // while it is locked. Who uses an authenticator gives its code as well; errors of the code are at "code".
  Status step_up(std::string_view token, const crypto::SecretString& password, std::string_view code = {});
  Status end_session(std::string_view token);
  Status end_session(const PersonId& person, const SessionId& session);
  Status end_all_sessions(const PersonId& person);
  // Of an account that is closed: sessions and tokens; opened again, it begins without any.
  Status end_access(const PersonId& person);
  // The account is in this era (zero: the first). False: it was in another when it was seen here last, and what was given
  // to it has ended.
  Result<bool> begin_era(const PersonId& person, const Digest& era);
  Result<std::vector<Session>> sessions_of(const PersonId& person);  // latest first
  [[nodiscard]] static bool csrf_fits(const Session& session, std::string_view typed);
  // Whether the token was made here for a session of that person, be it over or not. Its second half is a keyed hash
  // of the first and the person: a form tells whose it was when its session is not known any more.
  [[nodiscard]] bool made_for(const PersonId& person, std::string_view csrf) const;

  // --- the lock of a session, on a computer that several share ---
  Status lock_session(std::string_view token);
  // kDenied: wrong; kBusy: wait; kNotFound: too many wrong ones, the session is over.
  Status unlock_with_pin(std::string_view token, const crypto::SecretString& pin);
  Status unlock_with_password(std::string_view token, const crypto::SecretString& password);
  // 4 to 12 digits, neither all alike nor in a row. kInvalid says which.
  Status set_pin(const PersonId& person, const crypto::SecretString& pin);
  Status remove_pin(const PersonId& person);
  Result<bool> has_pin(const PersonId& person);
  [[nodiscard]] std::int64_t lock_ms() const { return options_.lock_ms; }
  [[nodiscard]] std::int64_t once_ms() const { return options_.once_ms; }

  // --- the second factor: an authenticator, and ten codes for the day on which it is lost ---
  // A new secret, in base 32; in force from confirm_second_factor on, which shows that the authenticator has it.
  // kConflict: one is in use.
  Result<std::string> begin_second_factor(const PersonId& person);
  Result<std::optional<std::string>> begun_second_factor(const PersonId& person);
  // The recovery codes, told only now. Errors as check_code.
  Result<std::vector<std::string>> confirm_second_factor(const PersonId& person, std::string_view code);
  Result<bool> has_second_factor(const PersonId& person);
  Result<std::int64_t> recovery_codes_left(const PersonId& person);
  // A code of the authenticator that was not used yet, or a recovery code, which is gone with it. All errors at
  // "code": kDenied: wrong or used; kBusy: wait.
  Status check_code(const PersonId& person, std::string_view code);
  // The code that the session waits for.
  Status give_code(std::string_view token, std::string_view code);
  // kNotFound: there is none. By another than himself it is told to the person for thirty days.
  Status remove_second_factor(const PersonId& person, const PersonId& by);
  struct Removed {
    PersonId by;
    std::int64_t at_ms = 0;
  };
  Result<std::optional<Removed>> second_factor_removed(const PersonId& person);

  // --- tokens of programs (tokens.h) ---
  // kInvalid: no name, an end that is past or too far; kLimit: too many.
  Result<MadeToken> make_token(const PersonId& person, TokenTerms terms);
  // Another secret for the same token; the former one is worth nothing any more.
  Result<std::string> renew_token(const PersonId& person, const TokenId& id, std::int64_t until_ms);
  // kDenied when unknown, over or of another use.
  Result<Token> find_token(std::string_view secret, TokenUse use);
  Result<std::vector<Token>> tokens_of(const PersonId& person);  // latest first
  Status end_token(const PersonId& person, const TokenId& id);   // kDenied: he has no such token

  // --- person keys ---
  Status store_person_key(const PersonId& person, const crypto::SigningKey& key, const crypto::SecretString& passphrase);
  [[nodiscard]] static Status check_passphrase(const crypto::SecretString& passphrase);  // long enough
  // kNotFound: none is stored; kDenied: the passphrase does not fit; kBusy as check_login.
  Result<crypto::SigningKey> unlock_person_key(const PersonId& person, const crypto::SecretString& passphrase);
  Result<std::optional<PublicKey>> person_key(const PersonId& person);

 private:
  struct Totp {
    std::string secret;  // raw bytes
    std::int64_t last_step = 0;
    bool confirmed = false;
  };
  // With mutex_ held.
  Result<std::optional<Totp>> load_totp(const PersonId& person);
  Status use_code(const PersonId& person, const std::string& typed, bool confirmed);
  Credentials(store::Database database, const Options& options);
  Status make_tables();
  // Counts a try for `subject` (a login, a key, a PIN), or says how long to wait; the number of tries with it.
  Result<std::int64_t> begin_try(const std::string& subject, std::int64_t free_failures = 3);
  Status end_try_well(const std::string& subject);
  // kGoingOn: in the session that it opened, where a used one still unlocks.
  enum class PasswordFor : std::uint8_t { kLogIn, kGoingOn };
  Result<LoggedIn> check_password(const std::string& login_key, const crypto::SecretString& password, PasswordFor what);
  Result<LoggedIn> check_login(std::string_view login, const crypto::SecretString& password, PasswordFor what);
  Result<std::string> login_of(const PersonId& person);
  Status write_password(const PersonId& person, const std::string& key, const std::string& hash, PasswordUse use,
                        const Digest& kept_session);
  Status unlock(std::string_view token, const PersonId& person, Strength strength);
  [[nodiscard]] bool over(const Session& session, std::int64_t now) const;
  Result<std::optional<Session>> load_session(const Digest& token_hash);
  [[nodiscard]] std::int64_t now() const { return options_.clock->wall_ms(); }

  std::mutex mutex_;
  [[nodiscard]] std::string csrf_of(const PersonId& person, std::string_view nonce) const;

  store::Database database_;
  Options options_;
  std::string form_secret_;  // of this node, kept with the sessions
};

}  // namespace nc::access
