// Tokens: how a program shows for whom it acts. Local like passwords, never journalled.
//
// A token stands for an account, or a part of what it holds: some of its grants, an end, a ceiling, reading
// alone. It never does what is a person's (Strength::kToken), nor what its person does for somebody who is
// away, and shows nothing restricted. Plain values; the tables are Credentials'.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "ledger/access/access.h"

namespace nc::access {

using TokenId = Id<struct TokenTag, 16>;  // names a token in lists; opens nothing

enum class TokenUse : std::uint8_t {
  kApi,   // sent with each request to /api (docs/formats/api.md)
  kFeed,  // stands in the private address of one calendar feed
};

struct TokenTerms {
  std::string name;  // what it is for, as its person says
  TokenUse use = TokenUse::kApi;
  std::int64_t until_ms = 0;               // its end
  Handling ceiling = Handling::kInternal;  // never above internal
  bool reads_only = true;                  // changes nothing
  std::vector<std::string> grants;         // of grant_key; empty: all that the account holds at the time
  std::string view;                        // feeds: what is asked for, as a query
};

struct Token {
  TokenId id;
  PersonId person;
  TokenTerms terms;
  std::int64_t created_ms = 0;
  std::int64_t seen_ms = 0;  // last use, to a minute; 0: never used
};

struct MadeToken {
  std::string secret;  // shown once, not kept here
  Token token;
};

inline constexpr std::int64_t kTokenDaysMax = 366;
inline constexpr std::int64_t kTokenDaysDefault = 90;
inline constexpr std::size_t kTokensMax = 50;  // of one person

// Role, unit, line and chain of a grant, by which a token names it.
[[nodiscard]] std::string grant_key(const Grant& grant);

// What a token makes of its account.
[[nodiscard]] Subject subject_with(Subject account, const TokenTerms& terms);

}  // namespace nc::access
