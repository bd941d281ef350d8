#include "channels/sync/runs_ahead.h"

#include "foundation/crypto/hash.h"

namespace nc::sync {
namespace {

constexpr std::size_t kAheadBytesMax = std::size_t{1} << 20;

std::int64_t last_of(const Run& run) { return run.first + static_cast<std::int64_t>(run.entries.size()) - 1; }

// What is held, and what the runs before this one brought: most runs follow one of the same request.
class KnownAhead final : public Known {
 public:
  explicit KnownAhead(HeldKnown& held) : held_(held) {}
  void add(const Run& run) {
    if (run.entries.empty()) return;
    const auto name = run.stream.text();
    auto header = journal::decode_header(run.entries.back().header_bytes);
    if (!header) return;
    streams_.emplace(tag_of(name), run.stream);
    last_[name] = {last_of(run), run.hashes.back(), {std::move(*header), run.entries.back().body_bytes}};
  }
  Result<std::optional<journal::StreamKey>> stream(std::string_view tag) override {
    const auto found = streams_.find(std::string(tag));
    return found == streams_.end() ? held_.stream(tag) : std::optional(found->second);
  }
  Result<std::optional<EntryHash>> hash_at(const journal::StreamKey& stream, std::int64_t seq) override {
    const auto* last = at(stream, seq);
    return last != nullptr ? std::optional(last->hash) : held_.hash_at(stream, seq);
  }
  Result<std::optional<Before>> entry_at(const journal::StreamKey& stream, std::int64_t seq) override {
    const auto* last = at(stream, seq);
    return last != nullptr ? std::optional(last->entry) : held_.entry_at(stream, seq);
  }
  // A run that refers into one before it is read in its turn.
  Result<std::optional<RecordId>> record_of(const EntryHash& hash) override { return held_.record_of(hash); }
  Result<std::optional<EntryHash>> entry(std::string_view beginning, const journal::StreamKey& of, bool authority) override {
    return held_.entry(beginning, of, authority);
  }

 private:
  struct Last {
    std::int64_t seq = 0;
    EntryHash hash;
    Before entry;
  };
  [[nodiscard]] const Last* at(const journal::StreamKey& stream, std::int64_t seq) const {
    const auto found = last_.find(stream.text());
    return found == last_.end() || found->second.seq != seq ? nullptr : &found->second;
  }
  HeldKnown& held_;
  std::map<std::string, journal::StreamKey> streams_;  // by tag
  std::map<std::string, Last> last_;                   // by stream
};

std::size_t bytes_of(const Run& run) {
  std::size_t out = 0;
  for (const auto& one : run.entries) out += one.header_bytes.size() + one.body_bytes.size();
  return out;
}

// Of what is held nothing but the last is looked at in its turn.
bool is_held(store::Database& db, const Run& run) {
  const auto held = journal::held_stream(db, run.stream);
  return held && *held && (*held)->seq >= last_of(run);
}

}  // namespace

RunsAhead::RunsAhead(store::Database& db, const NodeId& peer, Subscription& theirs, std::string_view request) {
  HeldKnown held(db, peer, theirs);
  KnownAhead known(held);
  FrameReader reader;
  reader.feed(request);
  std::size_t bytes = 0;
  while (auto frame = reader.next())
    for (const auto& message : *frame) {
      if (message.kind != kRun) continue;
      auto run = decode_run(message.content, known);
      if (!run) continue;
      known.add(*run);
      bytes += bytes_of(*run);
      if (bytes > kAheadBytesMax) return;
      if (!is_held(db, *run))
        for (auto& entry : run->entries) journal::Journal::read_ahead(entry);
      runs_.emplace(crypto::sha256(message.content), std::move(*run));
    }
}

std::optional<Run> RunsAhead::take(std::string_view content) {
  if (runs_.empty()) return std::nullopt;
  auto found = runs_.extract(crypto::sha256(content));
  return found ? std::optional(std::move(found.mapped())) : std::nullopt;
}

}  // namespace nc::sync
