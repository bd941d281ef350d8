// The lines of mountinfo: names of mounts come from outside. Whatever is found holds the path.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "foundation/store/volume.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto mount = nc::store::mount_of(text, "/srv/data one/node");
  if (mount) NC_CHECK(std::string_view("/srv/data one/node").starts_with(mount->mount_point));
  return 0;
}
