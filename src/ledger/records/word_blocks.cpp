#include "ledger/records/word_blocks.h"

namespace nc::records {
namespace {

constexpr std::size_t kListMax = 255, kBitmapBytes = static_cast<std::size_t>(kBlockDocs) / 8;
static_assert((kListMax + 1) * 2 == kBitmapBytes);  // its length says which of the two it is

}  // namespace

std::string DocSet::bytes() const {
  std::string out;
  if (count() <= kListMax) {
    each([&](std::size_t place) {
      out += static_cast<char>(place & 0xff);
      out += static_cast<char>(place >> 8);
    });
    return out;
  }
  out.reserve(kBitmapBytes);
  for (const auto word : words_)
    for (int i = 0; i < 8; ++i) out += static_cast<char>(word >> (8 * i) & 0xff);
  return out;
}

bool DocSet::add(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])); };
  if (bytes.size() == kBitmapBytes) {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::size_t k = 0; k < 8; ++k) words_[i] |= byte(8 * i + k) << (8 * k);
    return true;
  }
  if (bytes.size() % 2 != 0 || bytes.size() > kBitmapBytes) return false;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto place = byte(i) | byte(i + 1) << 8;
    if (place >= static_cast<std::uint64_t>(kBlockDocs)) return false;
    set(place, true);
  }
  return true;
}

}  // namespace nc::records
