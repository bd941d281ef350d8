// The saved columns, without their checksum: what is read writes itself again and can be added to.
#include "base/check.h"
#include "insight/stats/saved.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nc::stats;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  Columns columns;
  auto& store = columns.store();
  if (!read_saved_body(body, store)) {
    NC_CHECK(store.size() == 0);
    return 0;
  }
  const auto digest = columns.digest();
  for (RowNo row = 0; row < store.end(); ++row) NC_CHECK(store.row_of({store.ids[row], store.shape(row).reading}) != kNoRow);
  const auto again = saved_bytes(store, {});
  NC_CHECK(read_saved(again, {}, store).has_value());
  NC_CHECK(columns.digest() == digest);
  if (store.size() > 0) store.remove(nc::RecordId(store.ids[0]));
  store.settle();
  return 0;
}
