// What may be written for an option or a question, and how its absence is answered: by name, with the
// nearest valid words first, in the user's language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "face/cli/commands.h"

namespace nc::cli {

// “typed” is not possible here; the next step names all valid words, or the nearest of many. `code`:
// kUsage for words that are the program's, kNotFound for words that this node's data decides.
Error not_among(ErrorCode code, const std::string& option, const std::string& typed, std::vector<std::string> valid);

// kNotFound unless `typed` is empty or one of the valid words, which this node's data decides.
Status must_be_one(const std::string& option, const std::string& typed, std::vector<std::string> valid);
// kUsage unless it is written as codes and logins are: letters a to z without marks, digits, and . _ - after
// the first (docs/operations/people.md). Logins may have capitals, which are compared as small ones.
Status must_be_code(const std::string& option, const std::string& typed);
Status must_be_login(const std::string& option, const std::string& typed);
// The unit with that code, for an option; kNotFound names the nearest codes.
Result<const orgtree::Unit*> unit_of_code(const std::string& option, const std::string& code, const orgtree::OrgTree& tree);
// Days as --from and --to name them, each left alone when nothing is said: days, months or years.
Status read_period(const std::string& from, const std::string& to, std::optional<std::int32_t>& first, std::optional<std::int32_t>& last);
// What --confirm says: QUESTION=REASON, each once.
records::Confirmed confirmed_of(const std::vector<std::string>& pairs);
std::vector<std::string> kinds_of(const catalog::Catalog& catalog);  // ids of all record types

// An option with a fixed list of words; help shows them, and another word is refused by the parser.
CLI::Option* add_choice(CLI::App& command, const std::string& name, std::string& target, const std::string& help,
                        const std::vector<std::string>& valid, const Context& context);

}  // namespace nc::cli
