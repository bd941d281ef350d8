#include "face/cli/commands.h"

#include <algorithm>

#include "face/cli/serve_settings.h"

namespace nc::cli {
namespace {

// Compared exactly with what browsers send: a name in small letters, perhaps with a port.
Status make_host(std::string& host, const std::string& written_at) {
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view kPossible = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
  constexpr std::size_t kHostBytesMax = 255;
  if (!host.empty() && host.size() <= kHostBytesMax && host.find_first_not_of(kPossible) == std::string::npos) return {};
  return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not the name of a machine"), {host})
                  .at(written_at)
                  .then(NC_MSG("Write it as node.lan or node.lan:8600, without http://")));
}

// What the command line leaves open comes from the file.
Status take_settings(ServeRequest& request, const std::string& file) {
  if (file.empty()) return {};
  NC_ASSIGN(auto settings, read_serve_settings(file));
  if (request.listen.empty() && settings.listen) {
    request.listen = *settings.listen;
    request.listen_at = file;
  }
  if (request.hosts.empty()) {
    for (auto& host : settings.hosts) NC_TRY(make_host(host, file));
    request.hosts = std::move(settings.hosts);
  }
  if (request.sync_listen.empty() && settings.sync_listen) {
    request.sync_listen = *settings.sync_listen;
    request.sync_listen_at = file;
  }
  if (request.tls_cert.empty()) {
    request.tls_cert = std::move(settings.tls_cert);
    request.tls_key = std::move(settings.tls_key);
  }
  return {};
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("serve", context.tr(NC_MSG("Serve the web pages")));
  const auto dir = dir_argument(*command, context);
  auto request = std::make_shared<ServeRequest>();
  request->listen.clear();
  auto config = std::make_shared<std::string>();
  command->add_option("--config", *config, context.tr(NC_MSG("File of settings, as /etc/nhipcau/nhipcau.toml; the command line wins")));
  command->add_option("--listen", request->listen, context.tr(NC_MSG("Address and port, default 127.0.0.1:8600")));
  command->add_option(
      "--host", request->hosts,
      context.tr(NC_MSG("A further name that browsers may ask for, with its port unless that is the usual one; several allowed")));
  command->add_option(
      "--sync-listen", request->sync_listen,
      context.tr(NC_MSG("Address and port at which the nodes below connect to sync, as 0.0.0.0:8610; without it they cannot")));
  auto* cert = command->add_option("--tls-cert", request->tls_cert, context.tr(NC_MSG("Certificate file (PEM)")));
  auto* key = command->add_option("--tls-key", request->tls_key, context.tr(NC_MSG("Key file (PEM)")));
  cert->needs(key);
  key->needs(cert);
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      request->dir = *dir;
      for (auto& host : request->hosts) NC_TRY(make_host(host, "--host"));
      NC_TRY(take_settings(*request, *config));
      if (request->listen.empty()) request->listen = ServeRequest{}.listen;
      request->version = context.environment.version;
      return context.environment.serve(*request, [&](const Serving& at) {
        context.out() << context.tr(NC_MSG("Serving at {1}"), at.pages) << std::endl;
        if (!at.sync.empty()) context.out() << context.tr(NC_MSG("Nodes below connect at {1}"), at.sync) << std::endl;
      });
    };
  });
}

}  // namespace nc::cli
