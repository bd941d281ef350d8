#include "base/priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace nc {

void lower_own_priority() {
  constexpr int kLow = 10;  // as `nice` does by itself
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLow));
}

}  // namespace nc
