// The numbers of signing in as a node has them: sign-in.json of its data directory, local, never journalled
// (docs/operations/people.md). Without the file the defaults of Credentials::Options.
#pragma once

#include <filesystem>
#include <string_view>

#include "ledger/access/credentials.h"

namespace nc::access {

// Members, all optional: lock_after_minutes (1 to 240), end_after_minutes (to 720), pin_tries (1 to 20),
// one_time_days (1 to 90). kInvalid for any other member or number: a node does not start on a rule it misreads.
Result<Credentials::Options> read_sign_in_rules(const std::filesystem::path& file);
// `where` is the file's name for errors.
Result<Credentials::Options> parse_sign_in_rules(std::string_view text, const std::string& where);

}  // namespace nc::access
