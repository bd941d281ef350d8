// Inside the room only: which files the entries name, what of them is here, what came in part, what the parent has. Local tables in
// ledger.db; losing a row costs bytes only.
//
// sync_file      a file of a part as entries name it: whether its bytes are here, whether the parent has it, when to ask again
// sync_naming    which entries name it
// sync_indexed   up to which arrival the entries were looked at
// sync_arriving  of a sender: how much of a file came, what became of it
// sync_wished    of a receiver of bundles: what it said that it lacks
// Threads: those of the connection given.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "channels/sync/file_messages.h"
#include "channels/sync/peer.h"
#include "channels/sync/shared.h"
#include "ledger/blobs/store.h"

namespace nc::sync {

inline constexpr std::int64_t kArrivingMax = 16;  // unfinished files of one sender
inline constexpr std::int64_t kAskAgainMs = 60'000, kAskAgainMaxMs = std::int64_t{12} * 60 * 60 * 1000;

Status make_file_tables(store::Database& db);

// Looks at the entries that came since the last call, at most `most` of them, so that nobody waits long for a directory of before. Whether
// the bytes are here is asked of `files` once.
inline constexpr std::int64_t kIndexedAtOnce = 20'000;
Status index_files(store::Database& db, const blobs::Store& files, std::int64_t most = std::numeric_limits<std::int64_t>::max());
[[nodiscard]] Result<bool> files_are_indexed(store::Database& db);

struct KnownFile {
  std::int64_t id = 0;
  std::string part;
  FileName name;
  bool here = false;
};

// The files that are named so by an entry which counts or waits; in no part twice.
Result<std::optional<KnownFile>> find_file(store::Database& db, const FileName& name);
// Whether an entry of a stream that `goes` names it.
Result<bool> is_named_in(store::Database& db, std::int64_t file,
                         const std::function<Result<bool>(const std::string& stream, std::int64_t seq)>& goes);

// Whose bytes are not here, whatever the part; `now`: those that are due to be asked for, nothing: all.
Result<std::vector<KnownFile>> lacking(store::Database& db, const blobs::Store& files, std::optional<std::int64_t> now);
// Of those that lacked when their entries came, what is here by now: put back by hand, or left by another state of this directory.
Status note_what_is_here(store::Database& db, const blobs::Store& files);
// That are here and of which the parent is not known to have them.
Result<std::vector<KnownFile>> untold(store::Database& db, std::optional<std::int64_t> now);
Status set_here(store::Database& db, std::int64_t file);
Status set_refused_here(store::Database& db, std::int64_t file);  // what the parent gave was another
Status set_told(store::Database& db, std::int64_t file, bool refused);
// It did not answer: later, each time later than the last. `answered`: at once.
Status ask_later(store::Database& db, std::int64_t file, std::int64_t now);
Status ask_at_once(store::Database& db, std::int64_t file);
// Another parent, or another incarnation of it, than before is known to have nothing.
Status note_parent(store::Database& db, const NodeId& parent, std::string_view incarnation);

// --- of a sender ---
enum class Arrival : int { kOpen = 0, kDone = 1, kRefused = 2 };
struct Arriving {
  KnownFile file;
  std::int64_t bytes = 0;
  Arrival state = Arrival::kOpen;
};
Result<std::optional<Arriving>> arriving(store::Database& db, const NodeId& sender, const KnownFile& file);
Result<std::vector<Arriving>> all_arriving(store::Database& db, const NodeId& sender);
Result<std::int64_t> count_open(store::Database& db, const NodeId& sender);
Status set_arriving(store::Database& db, const NodeId& sender, std::int64_t file, std::int64_t bytes, Arrival state);
// Finished ones that were said in fewer than two bundles; `said` counts one more.
Result<std::vector<Arriving>> to_acknowledge(store::Database& db, const NodeId& sender);
Status note_acknowledged(store::Database& db, const NodeId& sender);

// --- of a receiver of bundles ---
Status forget_wishes(store::Database& db, const NodeId& receiver);
Status set_wish(store::Database& db, const NodeId& receiver, std::int64_t file, std::int64_t from);
Result<std::vector<std::pair<KnownFile, std::int64_t>>> wishes_of(store::Database& db, const NodeId& receiver);
// Named by entries of the channel after a number.
Result<std::vector<KnownFile>> named_after(store::Database& db, std::int64_t channel, std::int64_t number);

}  // namespace nc::sync
