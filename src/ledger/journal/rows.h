// Inside the room only: streams and entries as rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/entry.h"

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
  std::string header;
  std::optional<std::string> body;  // absent: its bytes were destroyed
};

Result<std::optional<StreamRow>> find_stream(store::Database& db, const std::string& name);
Result<StreamRow> find_or_make_stream(store::Database& db, const StreamKey& key);
// A fork was seen: nothing more is taken from any stream of the incarnation.
Result<bool> is_closed(store::Database& db, const NodeId& node, const IncarnationId& incarnation);

Result<std::optional<EntryRow>> find_row(store::Database& db, const EntryHash& hash);
Result<std::optional<EntryRow>> find_row_at(store::Database& db, std::int64_t stream, std::int64_t seq);
Result<EntryRow> row_at(store::Database& db, std::int64_t arrival);
// The columns of kEntryColumns in the statement's present row.
EntryRow read_row(const store::Statement& statement);
inline constexpr std::string_view kEntryColumns = "arrival, hash, stream, seq, record, depth, status, header, body, received";

// Inserts and moves the stream to it. The arrival number is the answer.
Result<std::int64_t> insert_row(store::Database& db, const StreamRow& stream, const Entry& entry, bool with_body, std::uint32_t depth,
                                Standing standing, std::int64_t received_ms);
Status set_standing(store::Database& db, std::int64_t arrival, Standing standing);

// Decodes header and body and compares both hashes. A destroyed body gives an entry without values.
Result<Entry> decode_row(const EntryRow& row);
Result<Entry> decode_entry(std::string header_bytes, std::optional<std::string> body_bytes);

}  // namespace nc::journal
