// What a journal holds that does not count, and why: entries that wait, lie beyond a cut or break a rule; batches that no
// good seal vouches for; forks. For the pages that say so and for whoever readmits.
//
// Reading only; any thread with its own connection. Nothing here asks who may know it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/crypto/sign.h"
#include "foundation/store/database.h"
#include "ledger/journal/journal.h"

namespace nc::journal {

enum class Aside { kParked, kQuarantined, kRefused };

struct AsideEntry {
  StreamKey stream;
  std::int64_t seq = 0, received_ms = 0;
  EntryHash hash;
  Header header;
  std::optional<PersonId> author;  // none: its body is gone
  std::optional<Error> why;        // of what waits: what is missing
};
// The oldest first.
Result<std::vector<AsideEntry>> entries_aside(store::Database& db, Aside which, std::size_t most);
// Of one node's incarnation.
Result<std::vector<AsideEntry>> entries_aside(store::Database& db, Aside which, const NodeId& node, const IncarnationId& incarnation,
                                              std::size_t most);
Result<std::optional<AsideEntry>> entry_aside(store::Database& db, Aside which, const EntryHash& hash);
Result<std::int64_t> count_aside(store::Database& db, Aside which);
// Of one node's incarnation.
Result<std::int64_t> count_aside(store::Database& db, Aside which, const NodeId& node, const IncarnationId& incarnation);

struct AsideBatch {
  std::string stream;
  std::int64_t seq = 0, received_ms = 0;  // of the last of its entries
  Error why;
  bool waiting = false;  // else refused
};
Result<std::vector<AsideBatch>> batches_aside(store::Database& db, std::size_t most);
// Streams of the authority of which a batch waits.
Result<std::vector<StreamKey>> authority_waiting(store::Database& db);

// Two sealed entries at one number of one stream: a clone or a thief. Nothing more is taken from that incarnation.
struct Fork {
  StreamKey stream;
  std::int64_t seq = 0;
  EntryHash ours, theirs;
};
Result<std::vector<Fork>> forks(store::Database& db);

// What a machine is shown that writes under one name with another: sealed heads of both branches, for each knows its own. The last
// that are sealed.
struct SealedHead {
  StreamKey stream;
  std::int64_t seq = 0;
  EntryHash head;
  Signature seal;
};
Result<std::vector<SealedHead>> heads_of_forks(store::Database& db, const NodeId& node, const IncarnationId& incarnation);
// The last that is sealed of a stream held here.
Result<std::optional<SealedHead>> sealed_head(store::Database& db, const StreamKey& stream);
// By the node `self`, inside a transaction, of an incarnation of its own that had that key: whether the seal is its own over an entry
// that it has otherwise, or, of the present incarnation, does not have. Then the incarnation is closed here, and the proof kept. Of a
// former one a backup may end sooner, which proves nothing. Anybody may bring it: nobody else can make one.
Result<bool> take_fork_of_own(store::Database& db, const Identity& self, const PublicKey& key, const SealedHead& proof);

}  // namespace nc::journal
