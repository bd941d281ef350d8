#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace nc {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "nhipcau: internal check failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace nc
