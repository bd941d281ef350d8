// Any bytes are either refused with a place and a reason, or read into rows as wide as the header.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "channels/intake/csv.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = nc::intake::read_csv(text, "fuzz.csv");
  if (!table) {
    if (table.error().message.empty() || !table.error().where.starts_with("fuzz.csv")) std::abort();
    return 0;
  }
  for (const auto& row : table->rows) {
    if (row.cells.size() != table->header.size()) std::abort();
    for (const auto& cell : row.cells)
      if (!nc::is_nfc(cell)) std::abort();
  }
  return 0;
}
