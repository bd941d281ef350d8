#include "face/cli/serve_settings.h"

#include <array>

#include "base/files.h"
#include "ledger/catalog/toml_reader.h"

namespace nc::cli {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::array kSettings = {
    Setting{"listen", "\"127.0.0.1:8600\"", NC_MSG("Address and port, default 127.0.0.1:8600")},
    Setting{"hosts", "[\"node.lan:8600\"]",
            NC_MSG("Further names that browsers may ask for, each with its port unless that is the usual one")},
    Setting{"sync_listen", "\"0.0.0.0:8610\"",
            NC_MSG("Address and port at which the nodes below connect to sync, as 0.0.0.0:8610; without it they cannot")},
    Setting{"tls_cert", "\"tls/node.pem\"", NC_MSG("Certificate file (PEM) with its chain; together with tls_key")},
    Setting{"tls_key", "\"tls/node.key\"", NC_MSG("Key file (PEM), readable for the group nhipcau and nobody else")}};

std::string beside(const std::filesystem::path& file, const std::string& named) {
  return named.empty() ? named : (file.parent_path() / named).string();
}

}  // namespace

std::span<const Setting> known_settings() { return kSettings; }

Result<ServeSettings> parse_serve_settings(std::string_view text, const std::string& where) {
  NC_ASSIGN(const auto tree, catalog::parse_toml(text, where));
  catalog::Problem problem(where);
  catalog::TableReader reader(problem, tree);
  ServeSettings settings;
  if (reader.find("listen") != nullptr) settings.listen = reader.text("listen", true);
  if (reader.find("sync_listen") != nullptr) settings.sync_listen = reader.text("sync_listen", true);
  settings.hosts = reader.texts("hosts");
  settings.tls_cert = reader.text("tls_cert", false);
  settings.tls_key = reader.text("tls_key", false);
  reader.finish();
  for (const auto* key : {"tls_cert", "tls_key"})
    if (settings.tls_cert.empty() != settings.tls_key.empty()) reader.need(key);
  if (problem.found()) return fail(problem.error());
  return settings;
}

Result<ServeSettings> read_serve_settings(const std::filesystem::path& file) {
  NC_ASSIGN(const auto text, read_file(file, kFileBytesMax));
  NC_ASSIGN(auto settings, parse_serve_settings(text, file.string()));
  settings.tls_cert = beside(file, settings.tls_cert);
  settings.tls_key = beside(file, settings.tls_key);
  return settings;
}

}  // namespace nc::cli
