// Pictures from outside, as nhipcau-preview reads them. A picture that cannot be read ends its process, so that each is
// read in a child. Oracles: the child ends by itself, with 0 or 1, and what it makes is a JPEG.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/check.h"
#include "foundation/pictures/thumbnail.h"

// A finding of the sanitizers ends a process with 1 by itself, as a picture that cannot be read does.
extern "C" const char* __asan_default_options() { return "exitcode=77:detect_leaks=0"; }
extern "C" const char* __ubsan_default_options() { return "exitcode=77:halt_on_error=1"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pid_t child = ::fork();
  NC_CHECK(child >= 0);
  if (child == 0) {
    using namespace std::string_view_literals;
    const auto small = nc::pictures::thumbnail({reinterpret_cast<const char*>(data), size}, 64);
    ::_exit(small.starts_with("\xff\xd8\xff"sv) ? 0 : 78);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) != child) NC_CHECK(errno == EINTR);  // the fuzzer's own clock
  NC_CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 1));
  return 0;
}
