// Inside the room only: entries of other nodes that have not come whole lie in tables of the ledger's own file, where whoever
// exchanges keeps them (channels/sync). A purge reaches them too, or a node that was cut off in the middle of an entry would keep
// what everybody else has destroyed. What goes is asked for again, and comes without its body.
// Threads: those of the connection given. Errors: kIo, kFull, kCorrupt, kBusy.
#pragma once

#include <array>
#include <cstdint>

#include "ledger/journal/journal.h"

namespace nc::records {

struct UnfinishedTable {
  const char* name;
  const char* rows;    // node, stream, number and header of each entry of which bytes of the body are here
  const char* forget;  // of node ?1 and stream ?2 that number ?3 and what is beyond it, which follows nothing any more
};

inline constexpr std::array kUnfinishedTables{
    UnfinishedTable{"sync_spool", "SELECT node, stream, seq, header FROM sync_spool WHERE length(body) > 0",
                    "DELETE FROM sync_spool WHERE node=?1 AND stream=?2 AND seq>=?3"},
    UnfinishedTable{"sync_piece", "SELECT node, stream, seq, substr(bytes, 1, header) FROM sync_piece WHERE length(bytes) > header",
                    "DELETE FROM sync_piece WHERE node=?1 AND stream=?2 AND seq>=?3"}};

// Of everybody's entries those that are purged, or have the body of one that is.
Status forget_unfinished(store::Database& db);

}  // namespace nc::records
