// Serving: a ledger, its figures, its credentials and the web pages, until SIGINT or SIGTERM.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/error.h"
#include "face/cli/cli.h"

namespace nc::app {

Status serve(const cli::ServeRequest& request, const std::filesystem::path& share, const cli::Ready& ready);

}  // namespace nc::app
