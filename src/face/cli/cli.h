// The command line: one file per command, all on the same records API as the web pages.
//
// Exit codes: 0 done, 1 refused (with reason), 2 wrong usage. Words in Vietnamese by default, English
// with --lang en or NHIPCAU_LANG=en; JSON output is the same in both.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/error.h"

namespace nc::cli {

struct ServeRequest {
  std::filesystem::path dir;
  std::string listen = "127.0.0.1:8600";
  std::string listen_at = "--listen";  // where that is written, for errors
  std::string tls_cert, tls_key;
  std::vector<std::string> hosts;  // further names in the Host header, lower case, with the port unless it is the usual one
  std::string sync_listen{};       // where the nodes below connect; empty: nowhere
  std::string sync_listen_at = "--sync-listen";
  std::string version{};  // of the program
};

// Where it listens.
struct Serving {
  std::string pages;
  std::string sync;  // host:port; empty: nowhere
};
using Ready = std::function<void(const Serving&)>;

// What app/ hands in.
struct Environment {
  std::filesystem::path share;  // catalog/, import/, demo/, locale/, assets/
  std::string version;
  std::ostream& out;
  std::ostream& err;
  // Serves until it is told to stop; `ready` is called once it listens.
  std::function<Status(const ServeRequest&, const Ready& ready)> serve;
};

int run(int argc, const char* const* argv, const Environment& environment);

}  // namespace nc::cli
