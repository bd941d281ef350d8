// Inside the room only: the runs of a request, read by the thread that brought it before its turn at writing, so that who has much to
// say keeps others from writing for less.
//
// Nothing is decided here: an entry is what its hash says, whoever read it, and whatever could not be read ahead is read in its turn.
// Memory: kAheadBytesMax of entries, twice (as they came, and decoded).
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "channels/sync/inbox.h"

namespace nc::sync {

class RunsAhead {
 public:
  RunsAhead() = default;
  // `db`: any snapshot; `theirs`: of the peer.
  RunsAhead(store::Database& db, const NodeId& peer, Subscription& theirs, std::string_view request);
  // The run of that message; nothing: it was not read. Once.
  std::optional<Run> take(std::string_view content);

 private:
  std::map<Digest, Run> runs_;  // by what the message says
};

}  // namespace nc::sync
