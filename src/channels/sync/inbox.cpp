#include "channels/sync/inbox.h"

#include <algorithm>

#include "base/limits.h"
#include "channels/sync/runs_ahead.h"

namespace nc::sync {
namespace {

using journal::StreamKey;

constexpr std::size_t kCandidatesMax = 16;
constexpr std::size_t kNoticesMax = 20;

// What only this node can mend: the disk is full or broken, another process holds the file.
bool is_own(ErrorCode code) { return code == ErrorCode::kIo || code == ErrorCode::kFull || code == ErrorCode::kBusy; }

}  // namespace

// What came a moment ago is looked for as well: whoever is not known is read for once more.
Result<std::optional<StreamKey>> HeldKnown::stream(std::string_view tag) {
  if (!by_tag_.contains(std::string(tag))) {
    NC_ASSIGN(const auto streams, journal::held_streams(db_, [&](std::string_view part) {
                const auto key = journal::PartKey::parse(part);
                return !key || theirs_.has(*key);
              }));
    for (const auto& one : streams) by_tag_.emplace(tag_of(one.name), one.key);
    NC_ASSIGN(const auto waiting, spooled_streams(db_, peer_));
    for (const auto& name : waiting) {
      NC_ASSIGN(auto key, StreamKey::parse(name));
      by_tag_.emplace(tag_of(name), std::move(key));
    }
  }
  const auto found = by_tag_.find(std::string(tag));
  return found == by_tag_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<EntryHash>> HeldKnown::hash_at(const StreamKey& stream, std::int64_t seq) {
  NC_ASSIGN(const auto held, journal::held_stream(db_, stream));
  if (held && held->seq >= seq) return journal::hash_at(db_, held->id, seq);
  return spooled_hash(db_, peer_, stream.text(), seq);
}

Result<std::optional<Known::Before>> HeldKnown::entry_at(const StreamKey& stream, std::int64_t seq) {
  std::optional<Before> out;
  NC_ASSIGN(const auto held, journal::held_stream(db_, stream));
  if (held && held->seq >= seq) {
    NC_TRY(journal::each_held(db_, held->id, seq, [&](journal::HeldEntry entry) -> Result<bool> {
      if (entry.seq == seq) out = Before{std::move(entry.header), std::move(entry.body_bytes)};
      return false;
    }));
    return out;
  }
  NC_ASSIGN(auto waiting, spooled_at(db_, peer_, stream.text(), seq));
  if (!waiting) return out;
  NC_ASSIGN(auto header, journal::decode_header(waiting->entry.header_bytes));
  return std::optional(Before{std::move(header), std::move(waiting->entry.body_bytes)});
}

Result<std::optional<EntryHash>> HeldKnown::entry(std::string_view beginning, const StreamKey& of, bool authority) {
  if (!theirs_.has(of.part)) return std::optional<EntryHash>();  // nobody learns by asking what is held elsewhere
  NC_ASSIGN(auto found, journal::hashes_beginning(db_, beginning, kCandidatesMax));
  NC_ASSIGN(const auto waiting, spooled_beginning(db_, peer_, beginning));
  found.insert(found.end(), waiting.begin(), waiting.end());
  std::set<EntryHash> fit;
  for (const auto& one : found) {
    NC_ASSIGN(const auto key, StreamKey::parse(one.stream));
    const bool fits = authority ? key.lane == journal::Lane::kAuthority && key.part.handling <= of.part.handling : key.part == of.part;
    if (fits) fit.insert(one.hash);
  }
  return fit.size() == 1 ? std::optional(*fit.begin()) : std::nullopt;
}

Result<std::int64_t> durable(store::Database& db, const NodeId& peer, const StreamKey& stream) {
  NC_ASSIGN(const auto held, journal::held_stream(db, stream));
  NC_ASSIGN(const auto waiting, last_spooled(db, peer, stream.text()));
  return std::max(held ? held->seq : 0, waiting);
}

Status Inbox::note(const Error& error, const std::string& stream) {
  if (is_own(error.code)) return fail(error);
  if (!stream.empty()) taken_.refused.insert(stream);
  auto said = error;
  if (StreamKey::parse(said.where)) said.where.clear();  // a notice is short, and people know no streams
  if (taken_.notices.size() < kNoticesMax) taken_.notices.push_back(said);
  return {};
}

// The other has not heard yet that this node takes no such content (any more). It is missing here, not refused for good: it comes again
// once this node takes it.
bool Inbox::is_too_high(const StreamKey& stream) {
  if (stream.part.handling <= taken_here_) return false;
  taken_.streams.emplace(stream.text(), stream);
  taken_.gaps.insert(stream.text());
  if (taken_.notices.size() < kNoticesMax)
    taken_.notices.emplace_back(ErrorCode::kDenied, NC_MSG("Content of a handling that this node does not take now was left out"));
  return true;
}

Result<std::int64_t> Inbox::held(const StreamKey& stream) {
  NC_ASSIGN(const auto found, journal::held_stream(intake_.db(), stream));
  return found ? found->seq : 0;
}

Status Inbox::take(const Message& message) { return message.kind == kRun ? run(message.content) : piece(message.content); }

Result<Run> Inbox::read(std::string_view content) {
  if (ahead_ != nullptr)
    if (auto run = ahead_->take(content)) return std::move(*run);
  return decode_run(content, known_);
}

Status Inbox::run(std::string_view content) {
  auto run = read(content);
  if (!run && run.error().code == ErrorCode::kConflict) {
    if (auto key = StreamKey::parse(run.error().where)) taken_.streams.emplace(run.error().where, std::move(*key));
    taken_.gaps.insert(run.error().where);
    return {};
  }
  if (!run && run.error().code == ErrorCode::kNotFound) {
    taken_.unresolved = true;
    return {};
  }
  // It may follow another branch than ours: the other is told that it was refused, or would send it for ever.
  if (!run) {
    const auto& name = run.error().where;
    const auto stream = StreamKey::parse(name);
    if (stream) taken_.streams.emplace(name, *stream);
    return note(run.error(), stream ? name : std::string());
  }
  if (is_too_high(run->stream)) return {};
  const auto name = run->stream.text();
  taken_.streams.emplace(name, run->stream);
  NC_ASSIGN(const auto have, held(run->stream));
  const auto last = run->first + static_cast<std::int64_t>(run->entries.size()) - 1;
  NC_TRY(raise_held_there(intake_.db(), peer_, name, last));
  return run->seal ? deliver(std::move(*run), name, have) : keep(std::move(*run), name, have);
}

// Entries whose seal comes later.
Status Inbox::keep(Run run, const std::string& name, std::int64_t have) {
  NC_ASSIGN([[maybe_unused]] const bool purged, intake_.empty_purged(run.entries));
  NC_ASSIGN(auto fill, spool_fill(intake_.db(), peer_, name));
  for (std::size_t i = 0; i < run.entries.size(); ++i) {
    const auto seq = run.first + static_cast<std::int64_t>(i);
    if (seq <= have) continue;
    const auto kept = spool(intake_.db(), peer_, name, {seq, run.hashes[i], run.entries[i]}, fill);
    if (kept) continue;
    NC_TRY(drop_spooled(intake_.db(), peer_, name, seq));
    return note(kept.error(), name);
  }
  return drop_piece(intake_.db(), peer_, name, run.first + static_cast<std::int64_t>(run.entries.size()) - 1);
}

Status Inbox::deliver(Run run, const std::string& name, std::int64_t have) {
  std::vector<journal::Journal::Incoming> batch;
  EntryHash head;
  NC_ASSIGN(const auto waiting, spooled(intake_.db(), peer_, name));
  for (const auto& one : waiting) {
    if (one.seq <= have || one.seq >= run.first) continue;
    batch.push_back(one.entry);
    head = one.hash;
  }
  std::move(run.entries.begin(), run.entries.end(), std::back_inserter(batch));
  // A seal over what is not here, or no more, refuses nothing: what lacks is sent once more.
  if (run.first - 1 > have && static_cast<std::int64_t>(batch.size()) < run.first - 1 - have) {
    taken_.gaps.insert(name);
    return {};
  }
  if (!run.hashes.empty()) head = run.hashes.back();
  const auto last = run.first + static_cast<std::int64_t>(run.entries.size()) - 1;
  NC_TRY(drop_spooled(intake_.db(), peer_, name, last));
  NC_TRY(drop_piece(intake_.db(), peer_, name, last));
  if (batch.empty()) return {};  // a seal over what is held already
  const auto received = intake_.take(batch, last, head, run.seal.value_or(Signature{}));
  if (!received && received.error().code == ErrorCode::kConflict) taken_.gaps.insert(name);
  if (!received) return note(received.error(), name);
  taken_.admitted += received->admitted;
  taken_.parked += received->parked;
  taken_.known += received->known;
  NC_ASSIGN(const auto now, held(run.stream));
  // What is refused entry by entry is held all the same; a batch that is refused whole is not.
  for (const auto& error : received->refused) NC_TRY(note(error, now >= last ? std::string() : name));
  return {};
}

Status Inbox::piece(std::string_view content) {
  Unpacker in(content);
  auto stream = unpack_stream(in, known_);
  if (!stream && stream.error().code == ErrorCode::kNotFound) taken_.unresolved = true;
  if (!stream) return stream.error().code == ErrorCode::kNotFound ? Status() : note(stream.error(), "");
  if (is_too_high(*stream)) return {};
  const auto name = stream->text();
  Piece piece{name, in.count(), in.count(), in.count(), {}};
  const auto from = in.count();
  const auto bytes = in.rest();
  const Error wrong(ErrorCode::kCorrupt, NC_MSG("What was received is no piece of an entry"));
  const auto total = piece.header_bytes + piece.body_bytes;
  if (!in.good() || piece.header_bytes > static_cast<std::int64_t>(limits::kHeaderBytesMax) ||
      piece.body_bytes > static_cast<std::int64_t>(limits::kBodyBytesMax) || from + static_cast<std::int64_t>(bytes.size()) > total)
    return note(wrong, name);
  taken_.streams.emplace(name, *stream);
  NC_ASSIGN(const auto before, durable(intake_.db(), peer_, *stream));
  if (piece.seq <= before) return {};
  NC_ASSIGN(const auto held, sync::piece(intake_.db(), peer_, name));
  if (held && held->seq == piece.seq && held->header_bytes == piece.header_bytes && held->body_bytes == piece.body_bytes)
    piece.bytes = held->bytes;
  if (from > static_cast<std::int64_t>(piece.bytes.size()) || piece.seq > before + 1) {
    taken_.gaps.insert(name);
    return {};
  }
  const auto known = piece.bytes.size() - static_cast<std::size_t>(from);
  if (known >= bytes.size() && !bytes.empty()) return {};
  piece.bytes += bytes.substr(known);
  NC_ASSIGN(auto entry, entry_in(piece));
  if (!entry) {
    const auto kept = keep_piece(intake_.db(), peer_, piece);
    return kept ? Status() : note(kept.error(), name);
  }
  NC_TRY(drop_piece(intake_.db(), peer_, name, piece.seq));
  const auto hash = journal::hash_header(entry->header_bytes);
  const auto kept = spool(intake_.db(), peer_, name, {piece.seq, hash, std::move(*entry)});
  return kept ? Status() : note(kept.error(), name);
}

// Nothing while bytes are missing. Of a purged entry nobody waits for the rest.
Result<std::optional<journal::Journal::Incoming>> Inbox::entry_in(const Piece& piece) {
  std::optional<journal::Journal::Incoming> out;
  const auto header = static_cast<std::size_t>(piece.header_bytes);
  if (piece.bytes.size() < header) return out;
  std::vector<journal::Journal::Incoming> one{{piece.bytes.substr(0, header), piece.bytes.substr(header)}};
  NC_ASSIGN(const bool purged, intake_.empty_purged(one));
  if (purged || static_cast<std::int64_t>(piece.bytes.size()) == piece.header_bytes + piece.body_bytes) out = std::move(one.front());
  return out;
}

}  // namespace nc::sync
