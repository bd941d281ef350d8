// Inside the room only: streams and entries as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"
#include "ledger/journal/stored_form.h"

namespace nc::journal {

// What the node thinks of an entry that it holds; the numbers stand in the database.
enum class Standing : int {
  kAdmitted = 0,
  kParked = 1,       // base, auth or type is missing
  kQuarantined = 2,  // beyond a cut
  kPurged = 3,       // admitted, and its body is hidden
  kRefused = 4,      // breaks a rule that a seal cannot mend
};
inline bool counts(Standing standing) { return standing == Standing::kAdmitted || standing == Standing::kPurged; }

struct StreamRow {
  std::int64_t id = 0, seq = 0, sealed_seq = 0;
  std::optional<EntryHash> head;
};

struct EntryRow {
  std::int64_t arrival = 0, stream = 0, seq = 0, received_ms = 0;
  EntryHash hash;
  RecordId record;
  std::uint32_t depth = 0;
  Standing standing = Standing::kAdmitted;
  std::string stream_name;
  StoredForm stored;
};

Result<std::optional<StreamRow>> find_stream(store::Database& db, const std::string& name);
Result<StreamRow> find_or_make_stream(store::Database& db, const StreamKey& key);
Result<StreamRow> make_stream(store::Database& db, const StreamKey& key, const std::string& name);
// A fork was seen: nothing more is taken from any stream of the incarnation.
Result<bool> is_closed(store::Database& db, const NodeId& node, const IncarnationId& incarnation);

Result<std::optional<EntryRow>> find_row(store::Database& db, const EntryHash& hash);
Result<std::optional<EntryRow>> find_row_at(store::Database& db, std::int64_t stream, std::int64_t seq);
Result<EntryRow> row_at(store::Database& db, std::int64_t arrival);
// The statement's present row, when the statement began with select_entries. What follows there may name columns of
// journal_entry as e and of journal_stream as s.
EntryRow read_row(const store::Statement& statement);
[[nodiscard]] std::string select_entries(std::string_view where_and_order);

// The arrival number is the answer. The stream is moved to it, or to the last of several, by set_head.
Result<std::int64_t> insert_row(store::Database& db, const StreamRow& stream, const Entry& entry, const StoredForm& stored,
                                std::uint32_t depth, Standing standing, std::int64_t received_ms);
Status set_head(store::Database& db, std::int64_t stream, std::int64_t seq, const EntryHash& head);
Status set_standing(store::Database& db, std::int64_t arrival, Standing standing);

Status drop_body(store::Database& db, const EntryRow& row);

// Exactly the bytes that were hashed, or kCorrupt; the hash is not compared.
Result<FromStored> bytes_of(const EntryRow& row);
// Header and body decoded, both hashes compared. A destroyed body gives an entry without values, a purged one too.
Result<Entry> decode_row(const EntryRow& row);
// The same with the values of a purged entry, as long as they are here.
Result<Entry> decode_whole(const EntryRow& row);
Result<Entry> decode_entry(std::string header_bytes, std::optional<std::string> body_bytes);

}  // namespace nc::journal
