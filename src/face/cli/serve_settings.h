// The settings of `serve` in a file: TOML, for a node that the system starts (docs/operations/install.md).
//
// Every key may be left out, and the command line wins. A key that is not known is refused by name with the
// nearest: a node does not start on a setting it misreads. Nothing secret stands in the file.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc::cli {

struct ServeSettings {
  std::optional<std::string> listen, sync_listen;
  std::vector<std::string> hosts;
  std::string tls_cert, tls_key;  // both or neither
};

// What the file may hold, for the manual: `value` is an example as it is written there.
struct Setting {
  const char* key;
  const char* value;
  const char* meaning;  // message id
};
std::span<const Setting> known_settings();

// kInvalid with `where` as "file:line:column".
Result<ServeSettings> parse_serve_settings(std::string_view text, const std::string& where);
// Certificate and key that are not absolute are looked for beside the file.
Result<ServeSettings> read_serve_settings(const std::filesystem::path& file);

}  // namespace nc::cli
