// For benches: what was measured, as one line that tools/bench_page.py puts into docs/measurements.md.
//
//   NC_BENCH {"row": "saves", "what": "...", "unit": "/s", "p50": 1, "p95": 1, "min": 1, "max": 1, "runs": 5,
//             "aim": ">= 50 % of floor", "reference": {"floor": {"p50": ...}}}
//
// An aim is "stated", or "<=" or ">=" with a number, with "% of NAME" when it is a share of a reference.
// ">=" looks at the median, "<=" at the 95th percentile.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "base/json.h"

namespace nc::bench {

// Values of single runs, in the unit of the line.
using Runs = std::vector<double>;

inline double quantile(Runs runs, double q) {
  NC_CHECK(!runs.empty());
  std::sort(runs.begin(), runs.end());
  const auto at = static_cast<std::size_t>(q * static_cast<double>(runs.size() - 1) + 0.5);
  return runs[at];
}

inline std::string spread(const Runs& runs) {
  std::string out;
  const auto add = [&out](const char* name, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "\"%s\": %.6g, ", name, value);
    out += text;
  };
  add("p50", quantile(runs, 0.5));
  add("p95", quantile(runs, 0.95));
  add("min", quantile(runs, 0));
  add("max", quantile(runs, 1));
  return out + "\"runs\": " + std::to_string(runs.size());
}

struct Line {
  std::string row, what, unit, aim = "stated";
  Runs runs;
  std::map<std::string, Runs> reference;
};

inline std::string text(const Line& line) {
  std::string out = "{\"row\": " + canonical(Json(line.row)) + ", \"what\": " + canonical(Json(line.what)) +
                    ", \"unit\": " + canonical(Json(line.unit)) + ", " + spread(line.runs) + ", \"aim\": " + canonical(Json(line.aim));
  if (!line.reference.empty()) {
    out += ", \"reference\": {";
    for (const auto& [name, runs] : line.reference) out += canonical(Json(name)) + ": {" + spread(runs) + "}, ";
    out.resize(out.size() - 2);
    out += "}";
  }
  return out + "}";
}

inline void print(const Line& line) {
  std::printf("NC_BENCH %s\n", text(line).c_str());
  std::fflush(stdout);
}

template <typename T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().english().c_str());
  NC_CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// With ./dev bench --quick: sizes that show whether a bench works, not how fast the program is.
inline bool quick() { return std::getenv("NC_BENCH_QUICK") != nullptr; }

// "--name NUMBER" among the arguments.
inline std::int64_t option(int argc, const char* const* argv, std::string_view name, std::int64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i)
    if (argv[i] == name) return std::atoll(argv[i + 1]);
  return otherwise;
}

// A new folder on the disk that is measured: below NC_BENCH_DIR, else the system's for temporary files.
class Folder {
 public:
  Folder() {
    const char* where = std::getenv("NC_BENCH_DIR");
    path_ = (where ? std::filesystem::absolute(where) : std::filesystem::temp_directory_path()) / "nc-bench-XXXXXX";
    std::string text = path_.string();
    NC_CHECK(::mkdtemp(text.data()) != nullptr);
    path_ = text;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nc::bench
