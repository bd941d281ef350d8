// Progress: what long work tells of itself while it runs, and the question whether it may go on.
//
// Called by the working thread between two pieces of the work. `stage` is a message id, `total` 0 while it is not known.
// False gives the work up: it undoes what is half done and answers with given_up(). An empty one is never asked: then the
// work runs to its end.
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"

namespace nc {

using Progress = std::function<bool(const char* stage, std::int64_t done, std::int64_t total)>;

inline Error given_up() { return {ErrorCode::kConflict, NC_MSG("It was cancelled; nothing of it stays")}; }

// given_up() when the work may not go on.
inline Status step(const Progress& progress, const char* stage, std::int64_t done, std::int64_t total) {
  if (progress && !progress(stage, done, total)) return fail(given_up());
  return {};
}

}  // namespace nc
