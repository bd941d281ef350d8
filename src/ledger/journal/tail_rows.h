// Inside the room only: what append and seal write into the tail (tail.h).
#pragma once

#include "ledger/journal/rows.h"

namespace nc::journal {

// Where the stream ends in the tail; nothing: it has no entry there.
struct TailEnd {
  std::int64_t seq = 0;
  EntryHash head;
};
Result<std::optional<TailEnd>> tail_end(store::Database& db, std::int64_t stream);
// The arrival number is the answer. What was written is read again and compared.
Result<std::int64_t> insert_in_tail(store::Database& db, std::int64_t stream, const Entry& entry, const StoredForm& stored,
                                    std::uint32_t depth, std::int64_t received_ms);
// Streams that this transaction has moved in the tail: its entries lie behind the last one with a seal.
struct TailMoved {
  std::int64_t arrival = 0, stream = 0, seq = 0;
  EntryHash head;
  std::string name;
};
Result<std::vector<TailMoved>> moved_in_tail(store::Database& db);
Status seal_in_tail(store::Database& db, std::int64_t arrival, const Signature& seal);

}  // namespace nc::journal
