// Runs: entries of one stream in the short form in which they travel, docs/formats/sync.md sections "Messages" (run, entry, reference,
// stream). What is left out follows from the run or from what the receiver holds; the canonical bytes come out again, each
// entry held against the first bytes of its hash, the whole later against its seal.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "channels/sync/bytes.h"
#include "ledger/journal/journal.h"
#include "ledger/journal/passing_on.h"

namespace nc::sync {

inline constexpr std::size_t kTagBytes = 6;
inline constexpr std::size_t kRunEntriesMax = 4096;

// The first bytes of SHA-256 of the text of a channel or stream.
[[nodiscard]] std::string tag_of(std::string_view text);

struct OutRun {
  journal::StreamKey stream;
  std::int64_t first = 1;
  std::vector<journal::HeldEntry> entries;
  std::optional<Signature> seal;  // over the last entry, or over the one before `first` when there are none
  // For receivers that know short forms: the entry before `first`, and the numbers of entries whose first base is of their record.
  // What is as in those is left out.
  bool short_forms = false;
  std::optional<journal::HeldEntry> before;
  std::set<std::int64_t> of_base;
};

struct Run {
  journal::StreamKey stream;
  std::int64_t first = 1;
  std::vector<journal::Journal::Incoming> entries;
  std::vector<EntryHash> hashes;
  std::optional<Signature> seal;
};

// What the receiver holds of that of which the sender may speak.
class Known {
 public:
  virtual ~Known() = default;
  virtual Result<std::optional<journal::StreamKey>> stream(std::string_view tag) = 0;
  virtual Result<std::optional<EntryHash>> hash_at(const journal::StreamKey& stream, std::int64_t seq) = 0;
  // Of an entry that hash_at finds.
  struct Before {
    journal::Header header;
    std::string body_bytes;
  };
  virtual Result<std::optional<Before>> entry_at(const journal::StreamKey& stream, std::int64_t seq) {
    static_cast<void>(stream), static_cast<void>(seq);
    return std::optional<Before>();
  }
  // Of an entry that `entry` found, or that hash_at did.
  virtual Result<std::optional<RecordId>> record_of(const EntryHash& hash) {
    static_cast<void>(hash);
    return std::optional<RecordId>();
  }
  // The only entry whose hash begins so: in the part of `of`, or in an authority part not above its handling.
  virtual Result<std::optional<EntryHash>> entry(std::string_view beginning, const journal::StreamKey& of, bool authority) = 0;
};

// `references`: the receiver may be reminded of what he holds; else all is written out.
[[nodiscard]] std::string encode_run(const OutRun& run, bool references);
// kCorrupt: no run, or an entry that has not its hash. kNotFound: a reference that cannot be resolved. kConflict: entries before
// it are missing here.
Result<Run> decode_run(std::string_view bytes, Known& known);

// Of messages that name their streams in full.
class NothingKnown final : public Known {
 public:
  Result<std::optional<journal::StreamKey>> stream(std::string_view) override { return std::optional<journal::StreamKey>(); }
  Result<std::optional<EntryHash>> hash_at(const journal::StreamKey&, std::int64_t) override { return std::optional<EntryHash>(); }
  Result<std::optional<EntryHash>> entry(std::string_view, const journal::StreamKey&, bool) override { return std::optional<EntryHash>(); }
};

void pack_stream(Packer& out, const journal::StreamKey& stream, bool by_tag);
// A tag that is not known: kNotFound.
Result<journal::StreamKey> unpack_stream(Unpacker& in, Known& known);

}  // namespace nc::sync
