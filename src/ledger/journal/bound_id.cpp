#include "ledger/journal/bound_id.h"

#include <algorithm>
#include <bit>
#include <string>

#include "foundation/crypto/hash.h"

namespace nc::journal {
namespace {

constexpr std::uint8_t kVersion = 0xb;  // no UUID has it, so that none is taken for such an id
constexpr std::size_t kNamedBytes = 8;  // of time and nonce; what follows is the node's
constexpr int kTimeShift = 16, kTimeBits = 28;

std::array<std::uint8_t, 8> tail_for(const RecordId& id, const NodeId& node) {
  const auto text = [](const auto& bytes, std::size_t count) {
    return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
  };
  const auto digest = crypto::sha256("nhipcau-id-1\n" + text(node.bytes, node.bytes.size()) + text(id.bytes, kNamedBytes));
  std::array<std::uint8_t, 8> out{};
  std::copy_n(digest.bytes.begin(), out.size(), out.begin());
  out[0] = static_cast<std::uint8_t>(0x80 | (out[0] & 0x3f));
  return out;
}

}  // namespace

RecordId bound_id(std::int64_t wall_ms, std::uint32_t nonce, const NodeId& node) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(wall_ms, 0)) >> kTimeShift & ((std::uint64_t{1} << kTimeBits) - 1);
  // 28 bits of time, 20 of the nonce; the version; the other 12 of the nonce.
  const std::uint64_t named = time << 36 | std::uint64_t{nonce >> 12} << 16 | std::uint64_t{kVersion} << 12 | (nonce & 0xfff);
  RecordId id;
  for (std::size_t i = 0; i < kNamedBytes; ++i) id.bytes[i] = static_cast<std::uint8_t>(named >> (8 * (kNamedBytes - 1 - i)));
  std::ranges::copy(tail_for(id, node), id.bytes.begin() + kNamedBytes);
  return id;
}

RecordId bound_row_id(const Digest& row, const NodeId& node) {
  RecordId id = bound_row_ids(row).first;
  std::ranges::copy(tail_for(id, node), id.bytes.begin() + kNamedBytes);
  return id;
}

std::pair<RecordId, RecordId> bound_row_ids(const Digest& row) {
  RecordId first, last;
  std::copy_n(row.bytes.begin(), kNamedBytes, first.bytes.begin());
  first.bytes[6] = static_cast<std::uint8_t>(kVersion << 4 | (first.bytes[6] & 0x0f));
  last = first;
  std::fill(last.bytes.begin() + kNamedBytes, last.bytes.end(), 0xff);
  return {first, last};
}

std::uint32_t make_nonce(Rng& rng) { return std::bit_cast<std::uint32_t>(rng.make<Id<struct NonceTag, 4>>().bytes); }

bool is_bound(const RecordId& id) { return id.bytes[6] >> 4 == kVersion && id.bytes[8] >> 6 == 2; }

bool is_bound_to(const RecordId& id, const NodeId& node) {
  return is_bound(id) && std::ranges::equal(tail_for(id, node), std::span(id.bytes).subspan(kNamedBytes));
}

}  // namespace nc::journal
