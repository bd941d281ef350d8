// Tokens of programs: made, found, ended.
#include "ledger/access/tokens.h"

#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/token.h"
#include "foundation/store/transaction.h"
#include "ledger/access/credentials.h"

namespace nc::access {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kNameBytesMax = 100;
constexpr std::size_t kViewBytesMax = 2000;
constexpr std::int64_t kTouchEveryMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 3'600'000;
// Lets who finds one in a file see what it is, and tools that look for secrets find it.
constexpr std::string_view kPrefix = "nct_";

constexpr const char* kColumns = "id, person, name, use, until_ms, ceiling, reads_only, grants, view, created_ms, seen_ms";

Token token_from(store::Statement& row) {
  Token token;
  token.id = row.id<TokenId>(0);
  token.person = row.id<PersonId>(1);
  token.terms.name = row.text(2);
  token.terms.use = row.integer(3) == 0 ? TokenUse::kApi : TokenUse::kFeed;
  token.terms.until_ms = row.integer(4);
  token.terms.ceiling = row.integer(5) == 0 ? Handling::kOpen : Handling::kInternal;
  token.terms.reads_only = row.integer(6) != 0;
  token.terms.grants = split_trimmed(row.text(7), '\n');
  token.terms.view = row.text(8);
  token.created_ms = row.integer(9);
  token.seen_ms = row.integer(10);
  return token;
}

Error no_token() {
  return Error(ErrorCode::kDenied, NC_MSG("This token is not known here, or it has ended"))
      .then(NC_MSG("Make a new one under “My account”, or ask your administrator"));
}

Status check(const TokenTerms& terms, std::int64_t now) {
  const auto wrong = [](const char* message, std::vector<std::string> args, const char* where) {
    return fail(Error(ErrorCode::kInvalid, message, std::move(args)).at(where));
  };
  if (trim(terms.name).empty() || terms.name.size() > kNameBytesMax || !is_utf8(terms.name) || !is_nfc(terms.name))
    return wrong(NC_MSG("Say in a few words what the token is for"), {}, "name");
  if (terms.until_ms <= now || terms.until_ms > now + kTokenDaysMax * kDayMs)
    return wrong(NC_MSG("A token lasts between 1 and {1} days"), {std::to_string(kTokenDaysMax)}, "days");
  if (terms.ceiling > Handling::kInternal) return wrong(NC_MSG("A token shows nothing restricted"), {}, "ceiling");
  if (terms.view.size() > kViewBytesMax) return wrong(NC_MSG("The view of this feed is too long"), {}, "view");
  return {};
}

}  // namespace

std::string grant_key(const Grant& grant) {
  return grant.role + "|" + (grant.unit ? grant.unit->hex() : "") + "|" + std::string(orgtree::line_name(grant.line)) + "|" + grant.chain;
}

Subject subject_with(Subject account, const TokenTerms& terms) {
  account.strength = Strength::kToken;
  account.reads_only = terms.reads_only || terms.use == TokenUse::kFeed;
  account.clearance = std::min({account.clearance, terms.ceiling, Handling::kInternal});
  std::erase_if(account.grants, [&](const Grant& grant) {
    if (grant.for_person) return true;  // he stands in as a person
    return !terms.grants.empty() && std::ranges::find(terms.grants, grant_key(grant)) == terms.grants.end();
  });
  return account;
}

Result<MadeToken> Credentials::make_token(const PersonId& person, TokenTerms terms) {
  NC_TRY(check(terms, now()));
  MadeToken made;
  made.secret = std::string(kPrefix) + crypto::random_token_hex(*options_.rng, kSecretBytes);
  made.token = {options_.rng->make<TokenId>(), person, std::move(terms), now(), 0};
  const auto& token = made.token;
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("DELETE FROM cred_token WHERE until_ms <= ?1", now()));
  NC_ASSIGN(const auto held, database_.integer("SELECT count(*) FROM cred_token WHERE person = ?1", person));
  if (held >= static_cast<std::int64_t>(kTokensMax))
    return fail(Error(ErrorCode::kLimit, NC_MSG("You have {1} tokens already"), {std::to_string(held)})
                    .then(NC_MSG("End one that is not used any more")));
  NC_TRY(database_.run(
      "INSERT INTO cred_token(token_hash, id, person, name, use, until_ms, ceiling, reads_only, grants, view, created_ms, "
      "seen_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0)",
      crypto::sha256(made.secret), token.id, person, token.terms.name, static_cast<std::int64_t>(token.terms.use), token.terms.until_ms,
      static_cast<std::int64_t>(token.terms.ceiling), static_cast<std::int64_t>(token.terms.reads_only ? 1 : 0),
      join(token.terms.grants, "\n"), token.terms.view, token.created_ms));
  NC_TRY(transaction.commit());
  return made;
}

Result<std::string> Credentials::renew_token(const PersonId& person, const TokenId& id, std::int64_t until_ms) {
  const auto secret = std::string(kPrefix) + crypto::random_token_hex(*options_.rng, kSecretBytes);
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto there,
            database_.integer("SELECT count(*) FROM cred_token WHERE person = ?1 AND id = ?2 AND until_ms > ?3", person, id, now()));
  if (there == 0) return fail(no_token());
  NC_TRY(database_.run("UPDATE cred_token SET token_hash = ?1, until_ms = ?2, seen_ms = 0 WHERE person = ?3 AND id = ?4",
                       crypto::sha256(secret), std::min(until_ms, now() + kTokenDaysMax * kDayMs), person, id));
  return secret;
}

Result<Token> Credentials::find_token(std::string_view secret, TokenUse use) {
  const auto hash = crypto::sha256(secret);
  const std::lock_guard lock(mutex_);
  std::optional<Token> token;
  {
    NC_ASSIGN(auto row, database_.prepare(std::string("SELECT ") + kColumns + " FROM cred_token WHERE token_hash = ?1"));
    row.bind(1, hash);
    NC_ASSIGN(const bool found, row.step());
    if (found) token = token_from(row);
    NC_TRY(row.status());
  }
  // A clock set back lets no token live before it was made.
  if (!token || token->terms.use != use || now() >= token->terms.until_ms || now() + kDayMs < token->created_ms) return fail(no_token());
  if (now() - token->seen_ms >= kTouchEveryMs) {
    token->seen_ms = now();
    NC_TRY(database_.run("UPDATE cred_token SET seen_ms = ?1 WHERE token_hash = ?2", token->seen_ms, hash));
  }
  return std::move(*token);
}

Result<std::vector<Token>> Credentials::tokens_of(const PersonId& person) {
  const std::lock_guard lock(mutex_);
  std::vector<Token> out;
  NC_ASSIGN(auto row, database_.prepare(std::string("SELECT ") + kColumns +
                                        " FROM cred_token WHERE person = ?1 AND until_ms > ?2 ORDER BY created_ms DESC, id"));
  row.bind(1, person);
  row.bind(2, now());
  while (true) {
    NC_ASSIGN(const bool found, row.step());
    if (!found) break;
    out.push_back(token_from(row));
  }
  NC_TRY(row.status());
  return out;
}

Status Credentials::end_token(const PersonId& person, const TokenId& id) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(const auto there, database_.integer("SELECT count(*) FROM cred_token WHERE person = ?1 AND id = ?2", person, id));
  if (there == 0) return fail(no_token());
  return database_.run("DELETE FROM cred_token WHERE person = ?1 AND id = ?2", person, id);
}

}  // namespace nc::access
