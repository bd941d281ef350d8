// sync.json of a child's data directory: where its parent is, how often, in which hours, how many bytes. docs/operations/sync.md.
//
// Written by people; a key that is not known is refused by name. Values.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ledger/records/ledger.h"

namespace nc::sync {

struct LinkRules {
  std::string parent;                                // host:port; empty: as the card says
  bool background = true;                            // false: only when somebody asks for it
  std::int64_t every_s = 300;                        // at least 5
  std::int64_t from_minute = 0, to_minute = 0;       // of the day; equal: all day. Over midnight when `from` is the later
  std::int64_t bytes_a_second = 0, bytes_a_day = 0;  // 0: any; a day's end stops all but what is urgent
};
// Without the file: as above. kInvalid with the key.
Result<LinkRules> read_link_rules(const std::filesystem::path& dir);
Result<LinkRules> parse_link_rules(std::string_view text, const std::string& where);
[[nodiscard]] bool within_hours(const LinkRules& rules, std::int64_t minute_of_day);

// How many bytes went over the link on a civil day; kept in ledger.db, local.
Result<std::int64_t> bytes_of_day(const records::Ledger& ledger, std::int32_t day);
Status add_bytes_of_day(records::Ledger& ledger, std::int32_t day, std::int64_t bytes);

}  // namespace nc::sync
