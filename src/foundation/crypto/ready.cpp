#include "foundation/crypto/ready.h"

#include <sodium.h>

#include "base/check.h"

namespace nc::crypto {

void ensure_ready() {
  static const int started = sodium_init();  // 1 means that somebody was first: fine
  NC_CHECK(started >= 0);
}

}  // namespace nc::crypto
