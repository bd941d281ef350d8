// Inside the room only: what is sent to a peer, put into frames: runs that end at seals where they can, large entries in pieces.
// Reads the journal by the connection given, inside its caller's snapshot.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/limits.h"
#include "channels/sync/messages.h"
#include "channels/sync/runs.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

class Outbox;
// Sealed heads of forked streams of the peer's incarnation that begins so: it may not know that another machine writes as it does.
[[nodiscard]] std::string encode_fork(const journal::SealedHead& proof);
std::optional<journal::SealedHead> decode_fork(std::string_view content);
Status put_forks(store::Database& db, const NodeId& peer, std::string_view incarnation, Outbox& out);
// What stands here of the peer's own streams that were just refused: it may follow another branch of them.
Status put_heads_of_refused(store::Database& db, const NodeId& peer, const std::set<std::string>& refused, Outbox& out);
// The same as it came: when it proves that another machine writes as this one, nothing more is written here, and a notice says so.
Status hear_forked(records::Intake& intake, std::string_view content, std::vector<Error>& notices);

// Of an entry in pieces, what the receiver has.
struct PartHeld {
  std::int64_t seq = 0, bytes = 0;  // kWaitingForSeal: all of it, its seal has not come
};
inline constexpr std::int64_t kWaitingForSeal = limits::kBodyBytesMax + limits::kHeaderBytesMax;

class Outbox {
 public:
  // `drain`: called with what was written whenever it is more than a frame; without it the row grows up to the budget.
  // `short_forms`: the receiver knows them, and has what stands before each run that he is sent.
  Outbox(store::Database& db, FrameWriter& writer, bool references, std::size_t budget, std::function<Status(std::string)> drain = {},
         bool short_forms = false)
      : db_(db), writer_(writer), references_(references), short_forms_(short_forms), budget_(budget), drain_(std::move(drain)) {}

  [[nodiscard]] bool full() const { return written_ + writer_.bytes() >= budget_; }
  // Of one stream there may be two: an entry that waits whole for its seal, and the next, of which pieces came.
  void set_part_held(const std::string& stream, const PartHeld& held) { parts_[{stream, held.seq}] = held.bytes; }
  // How the other side is told of such.
  Status put_part_held(const journal::StreamKey& stream, const PartHeld& held);
  // Of streams of which entries came from `peer` that wait for their seal, and of large entries that came in part. Of those in `about`
  // alone, when it is given.
  Status put_parts_of(const NodeId& peer, const std::map<std::string, journal::StreamKey>* about);
  // One that fills a frame: with what stands before it, or alone. At most piece_bytes() beside its head.
  Status put_piece(std::uint64_t kind, std::string content);
  [[nodiscard]] std::size_t piece_bytes(std::size_t head_bytes) const;
  [[nodiscard]] std::size_t room() const { return budget_ - std::min(budget_, written_ + writer_.bytes()); }
  // A small message.
  Status put(std::uint64_t kind, std::string content);
  Status put_cursors(const std::vector<Cursor>& cursors);
  // What follows `from` - 1 in a stream. The last number that went whole; from - 1: none.
  Result<std::int64_t> send_stream(const journal::HeldStream& stream, std::int64_t from);
  // What follows a number in a channel, but for what the receiver has. The number reached.
  using HeldByPeer = std::function<Result<std::int64_t>(const journal::HeldStream&)>;
  Result<std::int64_t> send_channel(const Channel& channel, std::int64_t cursor, const HeldByPeer& held);

 private:
  struct Loaded {
    std::vector<journal::HeldEntry> entries;
    std::size_t bytes = 0;
  };
  Result<Loaded> load(const journal::HeldStream& stream, std::int64_t from, std::int64_t to) const;
  Result<std::int64_t> after_waiting(const journal::HeldStream& stream, std::int64_t from);
  Result<bool> send_piecewise(const journal::HeldStream& stream, const journal::HeldEntry& entry);
  Result<Message> run_of(const journal::HeldStream& stream, std::vector<journal::HeldEntry> entries, std::optional<Signature> seal) const;
  [[nodiscard]] Result<std::optional<journal::HeldSeal>> seal_of(const journal::HeldStream& stream, std::int64_t from,
                                                                 std::int64_t to) const;
  // The messages of [from, to]: runs that end at their seals, and one for what no seal in it covers. Nothing: too large.
  Result<std::optional<std::vector<Message>>> runs(const journal::HeldStream& stream, std::int64_t from, std::int64_t to) const;
  Result<std::optional<std::vector<Message>>> window(const std::vector<Placed>& placed, const Channel& channel, std::int64_t cursor,
                                                     const HeldByPeer& held);
  Result<const journal::HeldStream*> stream_at(std::int64_t id);
  Result<bool> add(const std::vector<Message>& messages);
  Status flush();
  store::Database& db_;
  FrameWriter& writer_;
  bool references_, short_forms_;
  std::size_t budget_, written_ = 0;
  std::function<Status(std::string)> drain_;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> parts_;  // bytes by stream and number
  std::map<std::int64_t, journal::HeldStream> streams_;
};

}  // namespace nc::sync
