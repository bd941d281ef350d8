// Inside the room only: what a node remembers of its peers, in its ledger.db. Local: it never travels, and losing it costs bytes only.
//
// sync_channel, sync_order   the entries of each channel in the order in which they came here: derived from the journal, made up to
//                            date by whoever needs it (order_entries)
// sync_peer, sync_cursor, sync_held   of a peer: the incarnation it last had; up to where one of the two has a channel; which
//                            numbers of streams it is known to hold
// sync_takes                 of a peer: whether it said at the last contact that it takes restricted content
// sync_told                  of a parent: the cursors that it has from us, so that only what is new is said
// sync_complete              up to when all that a node below had written is here
// sync_complete_told         what of that the parent was told
// sync_below                 how nodes below a child stand, as that one said (below.h); _told, _looked: what the parent was told,
//                            and when
// sync_contact               how the last contact with it went (contacts.h); _self: which incarnation of this node had it, for a
//                            backup that is restored has met nobody
// sync_day                   bytes that went over the link today (link_rules.h)
// sync_sealed, sync_letter   and what belongs to them: key_tables.h
// sync_spool, sync_piece     what came without its seal yet, what came of a large entry; a purge reaches both
//                            (ledger/records/unfinished.h)
// Threads: those of the connection given.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/journal.h"
#include "ledger/journal/passing_on.h"

namespace nc::sync {

inline constexpr std::int64_t kSpoolBytesMax = 64 * 1024 * 1024;  // of one peer
inline constexpr std::int64_t kSpoolEntriesMax = 4096;            // of one stream

Status make_tables(store::Database& db);

[[nodiscard]] std::string channel_text(const journal::PartKey& part, journal::Lane lane);

struct Channel {
  std::int64_t id = 0, count = 0;
  std::string text;
  journal::PartKey part;
  journal::Lane lane = journal::Lane::kOrdinary;
};
// Numbers the entries that came since the last call.
Status order_entries(store::Database& db);
[[nodiscard]] Result<bool> entries_are_ordered(store::Database& db);
// In the order in which they are sent: by lane, handling, audience.
Result<std::vector<Channel>> channels(store::Database& db, const std::function<bool(std::string_view part)>& of);
struct Placed {
  std::int64_t number = 0, stream = 0, seq = 0;
};
// The entries of a channel after a number, at most `most`.
Result<std::vector<Placed>> entries_after(store::Database& db, std::int64_t channel, std::int64_t number, std::int64_t most);

// --- of a peer ---
// Another incarnation than before: what was remembered of the former is void. Answers whether it was another.
Result<bool> note_incarnation(store::Database& db, const NodeId& peer, std::string_view tag);
Result<std::string> known_incarnation(store::Database& db, const NodeId& peer);  // 8 bytes; zeros: never met
Status forget_progress(store::Database& db, const NodeId& peer);
// What the peer said last; false before it said anything.
Result<bool> takes_restricted(store::Database& db, const NodeId& peer);
Status note_takes_restricted(store::Database& db, const NodeId& peer, bool takes);

Result<std::int64_t> cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag);
struct Cursor {
  std::string tag;
  std::int64_t number = 0;
};
Result<std::vector<Cursor>> cursors(store::Database& db, const NodeId& peer);
Status set_cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag, std::int64_t number);

Status forget_cursor(store::Database& db, const NodeId& peer, std::string_view channel_tag);
// By a child: the cursors that its parent has from it for certain. Nothing: it has to be told all, or does not know short forms.
Result<std::optional<std::vector<Cursor>>> told(store::Database& db, const NodeId& peer);
Status set_told(store::Database& db, const NodeId& peer, const std::vector<Cursor>& now);
Status forget_told(store::Database& db, const NodeId& peer);

struct HeldThere {
  std::int64_t seq = 0, refused = 0;  // `refused`: what follows `seq` was refused when there was so much
};
Result<HeldThere> held_there(store::Database& db, const NodeId& peer, const std::string& stream);
Status set_held_there(store::Database& db, const NodeId& peer, const std::string& stream, const HeldThere& held);
// Never less than before.
Status raise_held_there(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq);

// Streams of which something was refused in the peer's last bundle: what is said to it in the next one.
Status note_refused(store::Database& db, const NodeId& peer, const std::set<std::string>& streams);
Result<std::set<std::string>> refused_of(store::Database& db, const NodeId& peer);

// All that the node had written by then is here; never earlier than before.
Status note_complete(store::Database& db, const NodeId& node, std::int64_t ms);
Result<std::optional<std::int64_t>> complete_to(store::Database& db, const NodeId& node);

// --- unfinished ---
struct Spooled {
  std::int64_t seq = 0;
  EntryHash hash;
  journal::Journal::Incoming entry;
};
// kLimit: more than a peer may leave here.
Status spool(store::Database& db, const NodeId& peer, const std::string& stream, const Spooled& entry);
// The same for a row of entries: how full it is is asked once.
struct SpoolFill {
  std::int64_t bytes = 0, entries = 0;
};
Result<SpoolFill> spool_fill(store::Database& db, const NodeId& peer, const std::string& stream);
Status spool(store::Database& db, const NodeId& peer, const std::string& stream, const Spooled& entry, SpoolFill& fill);
Result<std::vector<Spooled>> spooled(store::Database& db, const NodeId& peer, const std::string& stream);
Result<std::optional<Spooled>> spooled_at(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq);
// Whose record an entry is, held or spooled.
Result<std::optional<RecordId>> record_of(store::Database& db, const NodeId& peer, const EntryHash& hash);
Result<std::int64_t> last_spooled(store::Database& db, const NodeId& peer, const std::string& stream);  // 0: none
Result<std::optional<EntryHash>> spooled_hash(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t seq);
Result<std::vector<journal::HashIn>> spooled_beginning(store::Database& db, const NodeId& peer, std::string_view bytes);
Result<std::vector<std::string>> spooled_streams(store::Database& db, const NodeId& peer);
Status drop_spooled(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t up_to);

struct Piece {
  std::string stream;
  std::int64_t seq = 0, header_bytes = 0, body_bytes = 0;
  std::string bytes;  // header and body one after the other, from the first byte
};
Result<std::optional<Piece>> piece(store::Database& db, const NodeId& peer, const std::string& stream);
Result<std::vector<Piece>> pieces(store::Database& db, const NodeId& peer);
Status keep_piece(store::Database& db, const NodeId& peer, const Piece& piece);
Status drop_piece(store::Database& db, const NodeId& peer, const std::string& stream, std::int64_t up_to);

}  // namespace nc::sync
