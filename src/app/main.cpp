// nhipcau: one program for every level. Wiring only; no logic here.
#include <filesystem>
#include <iostream>
#include <system_error>

#include "app/serve.h"
#include "face/cli/cli.h"

namespace {

// share/ lies beside the program in a build folder, and below ../share/nhipcau once installed.
std::filesystem::path share_folder() {
  std::error_code ec;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto here = program.parent_path();
  const auto built = here / "share";
  if (std::filesystem::exists(built / "catalog", ec)) return built;
  return here.parent_path() / "share" / "nhipcau";
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const auto share = share_folder();
  const nc::cli::Environment environment{
      share, NC_VERSION, std::cout, std::cerr,
      [&share](const nc::cli::ServeRequest& request, const nc::cli::Ready& ready) { return nc::app::serve(request, share, ready); }};
  return nc::cli::run(argc, argv, environment);
}
