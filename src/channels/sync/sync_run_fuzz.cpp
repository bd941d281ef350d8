// Runs: any bytes are refused, or are entries whose written form gives them back.
#include "base/check.h"
#include "channels/sync/runs.h"

namespace {

// Holds everything that it is asked for.
class Everything final : public nc::sync::Known {
 public:
  nc::Result<std::optional<nc::journal::StreamKey>> stream(std::string_view) override {
    return std::optional(nc::journal::StreamKey{{}, {}, {1, nc::journal::Audience::all()}, nc::journal::Lane::kOrdinary});
  }
  nc::Result<std::optional<nc::EntryHash>> hash_at(const nc::journal::StreamKey&, std::int64_t) override {
    return std::optional(nc::EntryHash{});
  }
  nc::Result<std::optional<nc::EntryHash>> entry(std::string_view beginning, const nc::journal::StreamKey&, bool) override {
    nc::EntryHash hash;
    std::copy(beginning.begin(), beginning.end(), hash.bytes.begin());
    return std::optional(hash);
  }
  nc::Result<std::optional<Before>> entry_at(const nc::journal::StreamKey& stream, std::int64_t seq) override {
    Before out;
    out.header.stream = stream;
    out.header.seq = seq;
    out.body_bytes = R"({"author":"00112233445566778899aabbccddeeff"})";
    return std::optional(std::move(out));
  }
  nc::Result<std::optional<nc::RecordId>> record_of(const nc::EntryHash&) override { return std::optional(nc::RecordId{}); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Everything known;
  const auto run = nc::sync::decode_run({reinterpret_cast<const char*>(data), size}, known);
  if (!run) return 0;
  nc::sync::OutRun out{run->stream, run->first, {}, run->seal, false, std::nullopt, {}};
  for (std::size_t i = 0; i < run->entries.size(); ++i) {
    nc::journal::HeldEntry entry;
    entry.hash = run->hashes[i];
    entry.header_bytes = run->entries[i].header_bytes;
    entry.body_bytes = run->entries[i].body_bytes;
    auto header = nc::journal::decode_header(entry.header_bytes);
    if (!header || header->stream != run->stream) return 0;  // the journal refuses it
    if (i == 0 ? header->prev.has_value() != (run->first > 1) : header->prev != run->hashes[i - 1]) return 0;
    if (header->seq != run->first + static_cast<std::int64_t>(i)) return 0;
    entry.header = std::move(*header);
    out.entries.push_back(std::move(entry));
  }
  const auto again = nc::sync::decode_run(nc::sync::encode_run(out, false), known);
  if (!again) {
    // A header written whole may name any prev; then the chain, not the run, is wrong.
    return 0;
  }
  NC_CHECK(again->hashes == run->hashes && again->seal == run->seal && again->first == run->first);
  return 0;
}
