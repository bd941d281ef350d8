#include "channels/sync/outbox.h"

#include <algorithm>

#include "base/check.h"
#include "channels/sync/shared.h"
#include "ledger/journal/passing_on.h"

namespace nc::sync {
namespace {

using journal::HeldEntry;
using journal::HeldStream;

constexpr std::size_t kRawBytesMax = 128 * 1024;  // of what is tried for one frame
constexpr std::int64_t kWindowMax = 512, kWindowFirst = 64;
constexpr std::size_t kPieceBytes = 15 * 1024, kPieceHeadBytes = 512;

}  // namespace

Status Outbox::flush() {
  writer_.flush();
  if (!drain_ || writer_.bytes() == 0) return {};
  auto bytes = writer_.take();
  written_ += bytes.size();
  return drain_(std::move(bytes));
}

// Into the frame that is being filled, else into a new one. False: not even there.
Result<bool> Outbox::add(const std::vector<Message>& messages) {
  if (writer_.add(messages)) return true;
  if (!writer_.pending()) return false;
  NC_TRY(flush());
  return writer_.add(messages);
}

Status Outbox::put(std::uint64_t kind, std::string content) {
  const std::vector<Message> message = {{kind, std::move(content)}};
  NC_ASSIGN(const bool done, add(message));
  if (done || writer_.add_undivided(message)) return {};
  return fail(ErrorCode::kLimit, NC_MSG("A message is longer than a frame (limit kFrameBytesMax)"));
}

Status Outbox::put_piece(std::uint64_t kind, std::string content) {
  NC_TRY(put(kind, std::move(content)));
  return flush();
}

std::size_t Outbox::piece_bytes(std::size_t head_bytes) const {
  return std::min(kPieceBytes, writer_.payload_max() - std::min(writer_.payload_max() / 2, head_bytes));
}

Status Outbox::put_cursors(const std::vector<Cursor>& cursors) {
  constexpr std::size_t kInOneMessage = 1024;
  for (std::size_t at = 0; at < cursors.size(); at += kInOneMessage) {
    const auto end = cursors.begin() + static_cast<std::ptrdiff_t>(std::min(cursors.size(), at + kInOneMessage));
    NC_TRY(put(kCursors, encode(std::vector<Cursor>(cursors.begin() + static_cast<std::ptrdiff_t>(at), end))));
  }
  return {};
}

Status Outbox::put_part_held(const journal::StreamKey& stream, const PartHeld& held) {
  Packer out;
  pack_stream(out, stream, false);
  return put(kPartial, out.number(held.seq).number(held.bytes).take());
}

Status Outbox::put_parts_of(const NodeId& peer, const std::map<std::string, journal::StreamKey>* about) {
  const auto asked = [&](const std::string& stream) { return about == nullptr || about->contains(stream); };
  NC_ASSIGN(const auto without_seal, spooled_streams(db_, peer));
  for (const auto& name : without_seal) {
    if (!asked(name)) continue;
    NC_ASSIGN(const auto key, journal::StreamKey::parse(name));
    NC_ASSIGN(const auto last, last_spooled(db_, peer, name));
    NC_TRY(put_part_held(key, {last, kWaitingForSeal}));
  }
  NC_ASSIGN(const auto unfinished, pieces(db_, peer));
  for (const auto& one : unfinished) {
    if (!asked(one.stream)) continue;
    NC_ASSIGN(const auto key, journal::StreamKey::parse(one.stream));
    NC_TRY(put_part_held(key, {one.seq, static_cast<std::int64_t>(one.bytes.size())}));
  }
  return {};
}

Result<Outbox::Loaded> Outbox::load(const HeldStream& stream, std::int64_t from, std::int64_t to) const {
  Loaded out;
  NC_TRY(journal::each_held(db_, stream.id, from, [&](HeldEntry entry) -> Result<bool> {
    if (entry.seq > to) return false;
    const auto bytes = entry.header_bytes.size() + entry.body_bytes.size();
    if (!out.entries.empty() && out.bytes + bytes > kRawBytesMax) return false;
    out.bytes += bytes;
    out.entries.push_back(std::move(entry));
    return true;
  }));
  return out;
}

Result<Message> Outbox::run_of(const HeldStream& stream, std::vector<HeldEntry> entries, std::optional<Signature> seal) const {
  NC_CHECK(!entries.empty());
  const auto first = entries.front().seq;
  OutRun run{stream.key, first, std::move(entries), seal, references_ && short_forms_, std::nullopt, {}};
  if (!run.short_forms) return Message{kRun, encode_run(run, references_)};
  if (first > 1)
    NC_TRY(journal::each_held(db_, stream.id, first - 1, [&](HeldEntry entry) -> Result<bool> {
      if (entry.seq == first - 1) run.before = std::move(entry);
      return false;
    }));
  for (const auto& entry : run.entries) {
    if (entry.header.base.empty()) continue;
    NC_ASSIGN(const auto record, record_of(db_, NodeId{}, entry.header.base.front()));
    if (record == entry.header.record) run.of_base.insert(entry.seq);
  }
  return Message{kRun, encode_run(run, references_)};
}

// Entries of the authority go seal by seal. What stands above one of them may lie in another's stream, which waits for what stands
// below it in the same run: of one batch under its last seal neither would ever be taken.
Result<std::optional<journal::HeldSeal>> Outbox::seal_of(const HeldStream& stream, std::int64_t from, std::int64_t to) const {
  if (stream.key.lane == journal::Lane::kAuthority) return journal::first_seal(db_, stream.id, from, to);
  return journal::last_seal(db_, stream.id, from, to);
}

// What waits there for its seal is not sent again: only the seal, if it lies there, else what follows.
Result<std::int64_t> Outbox::after_waiting(const HeldStream& stream, std::int64_t from) {
  const auto part = parts_.find({stream.name, from});
  if (part == parts_.end() || part->second < kWaitingForSeal || from > stream.seq) return from;
  NC_ASSIGN(const auto seal, journal::last_seal(db_, stream.id, from, from));
  if (seal) NC_TRY(put(kRun, encode_run({stream.key, from + 1, {}, seal->seal, false, std::nullopt, {}}, references_)));
  return from + 1;
}

Result<std::int64_t> Outbox::send_stream(const HeldStream& stream, std::int64_t from) {
  NC_ASSIGN(from, after_waiting(stream, from));
  auto most = kWindowMax;
  while (from <= stream.seq && !full()) {
    NC_ASSIGN(auto loaded, load(stream, from, std::min(stream.seq, from + most - 1)));
    if (loaded.entries.empty()) break;
    NC_ASSIGN(const auto seal, seal_of(stream, from, loaded.entries.back().seq));
    while (seal && loaded.entries.back().seq > seal->seq) loaded.entries.pop_back();
    const auto last = loaded.entries.back().seq;
    const auto count = static_cast<std::int64_t>(loaded.entries.size());
    NC_ASSIGN(auto message, run_of(stream, loaded.entries, seal ? std::optional(seal->seal) : std::nullopt));
    NC_ASSIGN(const bool done, add({std::move(message)}));
    if (done) {
      from = last + 1;
      most = std::min(kWindowMax, 2 * count);
    } else if (count > 1) {
      most = count / 2;
    } else {
      NC_ASSIGN(const bool whole, send_piecewise(stream, loaded.entries.front()));
      if (!whole) return from - 1;
      if (seal) NC_TRY(put(kRun, encode_run({stream.key, last + 1, {}, seal->seal, false, std::nullopt, {}}, references_)));
      from = last + 1;
    }
  }
  return from - 1;
}

Result<bool> Outbox::send_piecewise(const HeldStream& stream, const HeldEntry& entry) {
  const auto all = entry.header_bytes + entry.body_bytes;
  std::size_t at = 0;
  if (const auto part = parts_.find({stream.name, entry.seq}); part != parts_.end())
    at = std::min(all.size(), static_cast<std::size_t>(part->second));
  const auto step = piece_bytes(kPieceHeadBytes);
  for (; at < all.size(); at += step) {
    if (full()) return false;
    Packer out;
    pack_stream(out, stream.key, references_ && entry.seq > 1);
    out.number(entry.seq).number(std::uint64_t{entry.header_bytes.size()}).number(std::uint64_t{entry.body_bytes.size()});
    out.number(std::uint64_t{at}).text(std::string_view(all).substr(at, step));
    NC_TRY(put_piece(kPiece, out.take()));
  }
  return true;
}

Result<std::optional<std::vector<Message>>> Outbox::runs(const HeldStream& stream, std::int64_t from, std::int64_t to) const {
  NC_ASSIGN(auto loaded, load(stream, from, to));
  std::vector<Message> out;
  if (loaded.entries.empty() || loaded.entries.back().seq < to) return std::optional<std::vector<Message>>();
  for (auto begin = loaded.entries.begin(); begin != loaded.entries.end();) {
    NC_ASSIGN(const auto seal, seal_of(stream, begin->seq, to));
    auto end = seal ? begin : loaded.entries.end();
    while (seal && end != loaded.entries.end() && end->seq <= seal->seq) ++end;
    NC_ASSIGN(auto message, run_of(stream, {begin, end}, seal ? std::optional(seal->seal) : std::nullopt));
    out.push_back(std::move(message));
    begin = end;
  }
  return std::optional(std::move(out));
}

Result<const HeldStream*> Outbox::stream_at(std::int64_t id) {
  auto found = streams_.find(id);
  if (found == streams_.end()) {
    NC_ASSIGN(auto stream, journal::held_stream(db_, id));
    if (!stream) return fail(ErrorCode::kCorrupt, NC_MSG("The journal lacks a stream that it numbered"));
    found = streams_.emplace(id, std::move(*stream)).first;
  }
  return &found->second;
}

// All of it must fit into one frame, so that a cut repeats no more than that.
Result<std::optional<std::vector<Message>>> Outbox::window(const std::vector<Placed>& placed, const Channel& channel, std::int64_t cursor,
                                                           const HeldByPeer& held) {
  std::vector<Message> out;
  std::size_t bytes = 0;
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> ranges;  // by stream: first and last number
  std::vector<std::int64_t> order;
  for (const auto& one : placed) {
    const auto [at, fresh] = ranges.emplace(one.stream, std::pair(one.seq, one.seq));
    if (fresh) order.push_back(one.stream);
    at->second.second = one.seq;
  }
  for (const auto id : order) {
    NC_ASSIGN(const auto* stream, stream_at(id));
    NC_ASSIGN(const auto there, held(*stream));
    const auto first = std::max(ranges[id].first, there + 1);
    if (first > ranges[id].second) continue;
    NC_ASSIGN(auto some, runs(*stream, first, ranges[id].second));
    if (!some) return some;
    for (auto& message : *some) {
      bytes += message.content.size();
      out.push_back(std::move(message));
    }
    if (bytes > kRawBytesMax) return std::optional<std::vector<Message>>();
  }
  out.push_back({kReached, encode(Reached{tag_of(channel.text), cursor, placed.back().number})});
  return std::optional(std::move(out));
}

Result<std::int64_t> Outbox::send_channel(const Channel& channel, std::int64_t cursor, const HeldByPeer& held) {
  auto most = kWindowFirst;
  while (cursor < channel.count && !full()) {
    NC_ASSIGN(const auto placed, entries_after(db_, channel.id, cursor, most));
    if (placed.empty()) break;
    NC_ASSIGN(auto messages, window(placed, channel, cursor, held));
    NC_ASSIGN(const bool done, messages ? add(*messages) : Result<bool>(false));
    if (done) {
      cursor = placed.back().number;
      most = std::min(kWindowMax, 2 * static_cast<std::int64_t>(placed.size()));
    } else if (placed.size() > 1) {
      most = static_cast<std::int64_t>(placed.size()) / 2;
    } else {
      NC_ASSIGN(const auto* stream, stream_at(placed[0].stream));
      NC_ASSIGN(const auto loaded, load(*stream, placed[0].seq, placed[0].seq));
      NC_ASSIGN(const bool whole, send_piecewise(*stream, loaded.entries.front()));
      if (!whole) break;
      NC_ASSIGN(const auto seal, journal::last_seal(db_, stream->id, placed[0].seq, placed[0].seq));
      std::vector<Message> last;
      if (seal) last.push_back({kRun, encode_run({stream->key, placed[0].seq + 1, {}, seal->seal, false, std::nullopt, {}}, references_)});
      last.push_back({kReached, encode(Reached{tag_of(channel.text), cursor, placed[0].number})});
      NC_ASSIGN(const bool put_last, add(last));
      if (!put_last && !writer_.add_undivided(last)) break;
      cursor = placed[0].number;
    }
  }
  return cursor;
}

namespace {

constexpr std::size_t kForksMax = 8;  // in one answer: one is proof enough

}  // namespace

std::string encode_fork(const journal::SealedHead& proof) {
  Packer row;
  pack_stream(row, proof.stream, false);
  return row.number(proof.seq).id(proof.head).id(proof.seal).take();
}

std::optional<journal::SealedHead> decode_fork(std::string_view content) {
  Unpacker in(content);
  NothingKnown nothing;
  const auto stream = unpack_stream(in, nothing);
  journal::SealedHead proof;
  if (stream) proof.stream = *stream;
  proof.seq = in.count();
  proof.head = in.id<EntryHash>();
  proof.seal = in.id<Signature>();
  return stream && in.good() ? std::optional(proof) : std::nullopt;
}

Status put_forks(store::Database& db, const NodeId& peer, std::string_view incarnation, Outbox& out) {
  NC_ASSIGN(const auto certificates, journal::certificates(db, peer));
  for (const auto& one : certificates) {
    if (incarnation_tag(one.incarnation) != incarnation) continue;
    NC_ASSIGN(auto heads, journal::heads_of_forks(db, peer, one.incarnation));
    heads.resize(std::min(heads.size(), kForksMax));
    for (const auto& head : heads) NC_TRY(out.put(kForked, encode_fork(head)));
    return {};
  }
  return {};
}

Status put_heads_of_refused(store::Database& db, const NodeId& peer, const std::set<std::string>& refused, Outbox& out) {
  std::size_t put = 0;
  for (const auto& name : refused) {
    const auto stream = journal::StreamKey::parse(name);
    if (!stream || stream->node != peer || put == kForksMax) continue;
    NC_ASSIGN(const auto head, journal::sealed_head(db, *stream));
    if (!head) continue;
    NC_TRY(out.put(kForked, encode_fork(*head)));
    ++put;
  }
  return {};
}

Status hear_forked(records::Intake& intake, std::string_view content, std::vector<Error>& notices) {
  const auto proof = decode_fork(content);
  if (!proof) return {};
  NC_ASSIGN(const bool forked, intake.take_fork_of_own(*proof));
  if (forked && proof->stream.incarnation != intake.self().incarnation)
    notices.emplace_back(ErrorCode::kConflict, NC_MSG("Before this machine was restored, two machines wrote as this node. What the other "
                                                      "wrote stands at the superior"));
  else if (forked)
    notices.emplace_back(ErrorCode::kDenied, NC_MSG("Another machine writes as this node: its disk was copied, or somebody has its "
                                                    "key. Nothing more is written here"));
  return {};
}

}  // namespace nc::sync
