// What a journal holds, as sync between own nodes passes it on: streams, entries with their exact bytes whatever
// their standing, the seals over them, and whose the writing nodes are.
//
// Reading only but for trust_root; any thread with its own connection. Nothing here asks who may have it: channels/sync does.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"

namespace nc::journal {

struct HeldStream {
  std::int64_t id = 0;  // of this database
  std::string name;     // StreamKey::text()
  StreamKey key;
  std::int64_t seq = 0;
  EntryHash head;
};
// Streams with entries, by name.
Result<std::vector<HeldStream>> held_streams(store::Database& db);
// Only of parts, given as PartKey::text(), of which `of` says yes: one node's streams among those of hundreds.
Result<std::vector<HeldStream>> held_streams(store::Database& db, const std::function<bool(std::string_view part)>& of);
Result<std::optional<HeldStream>> held_stream(store::Database& db, const StreamKey& key);
Result<std::optional<HeldStream>> held_stream(store::Database& db, std::int64_t id);

struct HeldEntry {
  std::int64_t arrival = 0, seq = 0, received_ms = 0;
  EntryHash hash;
  Header header;
  std::string header_bytes;
  std::string body_bytes;  // empty: destroyed, or hidden by a purge
};
// Entries of a stream from a number on, until `visit` answers false.
Status each_held(store::Database& db, std::int64_t stream, std::int64_t from, const std::function<Result<bool>(HeldEntry)>& visit);

// Entries of any stream that came after an arrival number, in that order, until `visit` answers false.
Status each_held_since(store::Database& db, std::int64_t arrival, const std::function<Result<bool>(HeldEntry)>& visit);

struct HeldSeal {
  std::int64_t seq = 0;
  Signature seal;
};
// The last seal of the stream whose number lies in [from, to].
Result<std::optional<HeldSeal>> last_seal(store::Database& db, std::int64_t stream, std::int64_t from, std::int64_t to);
// The first of them.
Result<std::optional<HeldSeal>> first_seal(store::Database& db, std::int64_t stream, std::int64_t from, std::int64_t to);
Result<std::optional<EntryHash>> hash_at(store::Database& db, std::int64_t stream, std::int64_t seq);
// Entries whose hash begins with these bytes, with the stream in which they stand; at most `most`.
struct HashIn {
  EntryHash hash;
  std::string stream;
};
Result<std::vector<HashIn>> hashes_beginning(store::Database& db, std::string_view bytes, std::size_t most);
// The arrival number of the last entry.
Result<std::int64_t> last_arrival(store::Database& db);

// A certificate that counts under the authority of now.
struct Certificate {
  NodeId node;
  IncarnationId incarnation;
  PublicKey key;
  UnitId unit;
  RecordId record;  // of the node's key
  bool founding = false;
  // The node gave it to an incarnation of its own that it keeps in reserve (the recovery key of docs/operations/backup.md),
  // and of that incarnation nothing is held: the node does not have the key at hand.
  bool in_reserve = false;
  NodeId by;  // who gave it
  IncarnationId by_incarnation;
  bool ended = false;        // the incarnation is cut whole: nobody talks to it any more
  std::int64_t arrival = 0;  // here
};
// Of one node, or of all; by arrival.
Result<std::vector<Certificate>> certificates(store::Database& db, const std::optional<NodeId>& node = std::nullopt);
// Whether this machine has a certificate. Until it has one, as before its parent has let it in and after a restore without the recovery
// key, it writes nothing: not_certified() says so.
Result<bool> is_certified(store::Database& db, const NodeId& node, const IncarnationId& incarnation);
[[nodiscard]] Error not_certified();
// Whether the entry that began the record of the authority has the certificate in its past: no clock and nobody later makes that so.
Result<bool> began_knowing(store::Database& db, const RecordId& record, const Certificate& certificate);
// Those by which a node may connect: certified, and no cut in force names a stream of their incarnation.
Result<std::vector<Certificate>> connecting(store::Database& db);

// The founding entry of the tree that this journal will belong to, before it has it: no other is taken. kConflict when it has one.
Status trust_root(store::Database& db, const EntryHash& root);
Result<std::optional<EntryHash>> trusted_root(store::Database& db);
// Entries that wait for their base, type or authority; batches kept aside that wait.
struct Waiting {
  std::int64_t parked = 0, aside = 0;
};
Result<Waiting> waiting(store::Database& db);

}  // namespace nc::journal
