// Loaded before the program (LD_PRELOAD): its clock goes NHIPCAU_CLOCK_SHIFT seconds wrong. Time-outs do not.
#include <dlfcn.h>
#include <time.h>

#include <cstdlib>

extern "C" int clock_gettime(clockid_t clock, struct timespec* out) {
  using Function = int (*)(clockid_t, struct timespec*);
  static const auto kSystem = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
  static const char* const kShift = std::getenv("NHIPCAU_CLOCK_SHIFT");
  const int answer = kSystem(clock, out);
  if (answer == 0 && kShift != nullptr && clock == CLOCK_REALTIME) out->tv_sec += std::atoll(kShift);
  return answer;
}
