#include "face/cli/commands.h"

namespace nc::cli {

void add_serve(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("serve", context.tr(NC_MSG("Serve the web pages")));
  const auto dir = dir_argument(*command, context);
  auto request = std::make_shared<ServeRequest>();
  command->add_option("--listen", request->listen, context.tr(NC_MSG("Address and port, default 127.0.0.1:8600")));
  command->add_option("--tls-cert", request->tls_cert, context.tr(NC_MSG("Certificate file (PEM)")));
  command->add_option("--tls-key", request->tls_key, context.tr(NC_MSG("Key file (PEM)")));
  command->callback([=, &context] {
    context.chosen = [=, &context] {
      request->dir = *dir;
      return context.environment.serve(
          *request, [&](const std::string& address) { context.out() << context.tr(NC_MSG("Serving at {1}"), address) << std::endl; });
    };
  });
}

}  // namespace nc::cli
