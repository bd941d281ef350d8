// Reading: entries, records, states, the digest of what is held, the plain export.
#include <algorithm>
#include <set>

#include "foundation/crypto/hash.h"
#include "ledger/journal/authority.h"
#include "ledger/journal/journal.h"

namespace nc::journal {
namespace {

Result<Stored> stored_of(const EntryRow& row) {
  Stored out;
  NC_ASSIGN(out.entry, decode_row(row));
  out.arrival = row.arrival;
  out.received_ms = row.received_ms;
  out.depth = row.depth;
  out.purged = row.standing == Standing::kPurged;
  return out;
}

// Ancestors of entries that are not among the admitted ones of the record: authority entries of other
// records, and entries of this one that are held but do not count. Remembers the first failure.
class HeldAncestry final : public Ancestry {
 public:
  HeldAncestry(store::Database& db, const std::vector<Stored>& members) : db_(db), members_(members) {}

  [[nodiscard]] std::optional<std::vector<EntryHash>> nearest(const EntryHash& hash, const RecordId&) const override {
    std::set<EntryHash> out, visited;
    std::vector<EntryHash> work = {hash};
    while (!work.empty()) {
      const auto next = work.back();
      work.pop_back();
      if (!visited.insert(next).second) continue;
      const auto row = find(next);
      if (!row || row->standing == Standing::kParked) return std::nullopt;
      if (counts(row->standing) && row->record == record()) out.insert(next);
      else if (!step_down(*row, out, work)) return std::nullopt;
    }
    return std::vector<EntryHash>(out.begin(), out.end());
  }
  [[nodiscard]] std::uint32_t depth_of(const EntryHash& hash) const override {
    const auto row = find(hash);
    return row ? row->depth : 0;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  [[nodiscard]] RecordId record() const { return members_.empty() ? RecordId{} : members_.front().entry.header.record; }

  // Entries of the record in the past of an authority entry; or the base of one that does not count.
  bool step_down(const EntryRow& row, std::set<EntryHash>& out, std::vector<EntryHash>& work) const {
    const auto bytes = bytes_of(row);
    if (!bytes) return note(bytes.error());
    const auto& header = bytes->header;
    if (header.stream.lane != Lane::kAuthority) {
      work.insert(work.end(), header.base.begin(), header.base.end());
      return true;
    }
    for (const auto& member : members_) {
      if (member.entry.header.stream.lane != Lane::kAuthority) continue;
      const auto known = knows(db_, row.arrival, member.arrival);
      if (!known) return note(known.error());
      if (*known) out.insert(member.entry.hash);
    }
    return true;
  }
  std::optional<EntryRow> find(const EntryHash& hash) const {
    auto row = find_row(db_, hash);
    if (!row) note(row.error());
    return row ? *row : std::nullopt;
  }
  bool note(Error error) const {
    if (!error_) error_ = std::move(error);
    return false;
  }

  store::Database& db_;
  const std::vector<Stored>& members_;
  mutable std::optional<Error> error_;
};

}  // namespace

Result<std::vector<Stored>> Journal::entries_of(store::Database& db, const RecordId& record) const {
  static const std::string kSql = select_entries("WHERE e.record=?1 AND e.status IN (0, 3) ORDER BY e.arrival");
  NC_ASSIGN(auto query, db.prepare(kSql));
  query.bind(1, record);
  std::vector<Stored> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    NC_ASSIGN(auto stored, stored_of(read_row(query)));
    out.push_back(std::move(stored));
  }
}

// What came a moment ago may stand elsewhere by now: where it stands is read, what it says is not.
Result<std::vector<Stored>> Journal::entries_of(store::Database& db, const RecordId& record, std::vector<Stored> fresh) const {
  if (fresh.empty()) return entries_of(db, record);
  NC_ASSIGN(auto query,
            db.prepare("SELECT arrival, depth, status FROM journal_entry WHERE record=?1 AND status IN (0, 3) ORDER BY arrival"));
  query.bind(1, record);
  std::vector<Stored> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    const auto arrival = query.integer(0);
    const auto known = std::find_if(fresh.begin(), fresh.end(), [&](const Stored& one) { return one.arrival == arrival; });
    if (known != fresh.end() && static_cast<Standing>(query.integer(2)) == Standing::kAdmitted) {
      out.push_back(std::move(*known));
      out.back().depth = static_cast<std::uint32_t>(query.integer(1));
      continue;
    }
    NC_ASSIGN(const auto row, row_at(db, arrival));
    NC_ASSIGN(auto stored, stored_of(row));
    out.push_back(std::move(stored));
  }
}

Result<std::optional<Stored>> Journal::find(store::Database& db, const EntryHash& hash) const {
  NC_ASSIGN(const auto row, find_row(db, hash));
  if (!row) return std::optional<Stored>();
  NC_ASSIGN(auto stored, stored_of(*row));
  return std::optional(std::move(stored));
}

Result<std::vector<Journal::StreamInfo>> Journal::streams(store::Database& db) const {
  NC_ASSIGN(auto query, db.prepare("SELECT name, seq, head, sealed_seq FROM journal_stream WHERE seq > 0 ORDER BY name"));
  std::vector<StreamInfo> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    StreamInfo info;
    NC_ASSIGN(info.key, StreamKey::parse(query.text_view(0)));
    info.seq = query.integer(1);
    info.head = query.id<EntryHash>(2);
    info.sealed = query.integer(3);
    out.push_back(std::move(info));
  }
}

Status Journal::for_each(store::Database& db, const std::function<Status(const Stored&)>& visit) const {
  static const std::string kSql = select_entries("WHERE e.status IN (0, 3) ORDER BY e.arrival");
  NC_ASSIGN(auto query, db.prepare(kSql));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    NC_ASSIGN(const auto stored, stored_of(read_row(query)));
    NC_TRY(visit(stored));
  }
}

Status Journal::for_each_body(store::Database& db, Bodies which, const std::function<Status(const Stored&)>& visit) const {
  static const std::string kHeld = select_entries("WHERE e.status <> 3 AND e.body IS NOT NULL ORDER BY e.arrival");
  static const std::string kPurged = select_entries("WHERE e.status = 3 AND e.body IS NOT NULL ORDER BY e.arrival");
  NC_ASSIGN(auto query, db.prepare(which == Bodies::kHeld ? kHeld : kPurged));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    const auto row = read_row(query);
    NC_ASSIGN(auto stored, stored_of(row));
    if (stored.purged) { NC_ASSIGN(stored.entry, decode_whole(row)); }  // who destroys what it names must still know what that is
    NC_TRY(visit(stored));
  }
}

Status Journal::for_each_record(store::Database& db, const std::function<Status(const RecordId&)>& visit) const {
  NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT record FROM journal_entry WHERE status IN (0, 3) ORDER BY record"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    NC_TRY(visit(query.id<RecordId>(0)));
  }
}

Result<RecordState> Journal::state_of(store::Database& db, const RecordId& record, const RankOf& rank_of) const {
  NC_ASSIGN(const auto members, entries_of(db, record));
  return state_of(db, members, rank_of);
}

Result<RecordState> Journal::state_of(store::Database& db, const std::vector<Stored>& members, const RankOf& rank_of) const {
  std::vector<const Entry*> entries;
  entries.reserve(members.size());
  for (const auto& member : members) entries.push_back(&member.entry);
  const HeldAncestry ancestry(db, members);
  auto state = merge_entries(std::move(entries), rank_of, &ancestry);
  if (ancestry.error()) return fail(*ancestry.error());
  return state;
}

Result<Digest> Journal::set_digest(store::Database& db) const {
  NC_ASSIGN(auto query, db.prepare("SELECT name, seq, head FROM journal_stream WHERE seq > 0 ORDER BY name"));
  crypto::Sha256 hash;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return hash.finish();
    hash.update(query.text(0) + " " + std::to_string(query.integer(1)) + " " + query.id<EntryHash>(2).hex() + "\n");
  }
}

namespace {

const char* standing_name(Standing standing) {
  switch (standing) {
    case Standing::kAdmitted: return "admitted";
    case Standing::kParked: return "parked";
    case Standing::kQuarantined: return "quarantined";
    case Standing::kPurged: return "purged";
    case Standing::kRefused: break;
  }
  return "refused";
}

// Header and body stand in the line as objects: canonical again, they have their hashes.
Result<std::string> entry_line(const EntryRow& row) {
  NC_ASSIGN(const auto bytes, bytes_of(row));
  const bool shown = bytes.body_bytes && row.standing != Standing::kPurged;
  const auto header = parse_json(bytes.header_bytes), body = parse_json(shown ? *bytes.body_bytes : "null");
  if (!header) return fail(header.error());
  if (!body) return fail(body.error());
  Json line;
  line.set("header", *header).set("body", *body).set("hash", row.hash.hex()).set("received", row.received_ms);
  line.set("standing", standing_name(row.standing));
  return canonical(line);
}

}  // namespace

Status Journal::export_plain(store::Database& db, const std::function<Status(std::string_view line)>& write) const {
  static const std::string kSql = select_entries("ORDER BY e.arrival");
  NC_TRY(write(R"({"format":"nhipcau-plain-1"})"));
  std::int64_t entries = 0, seals = 0;
  NC_ASSIGN(auto query, db.prepare(kSql));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) break;
    NC_ASSIGN(const auto line, entry_line(read_row(query)));
    NC_TRY(write(line));
    ++entries;
  }
  NC_ASSIGN(auto seal, db.prepare("SELECT s.name, l.seq, e.hash, l.sig FROM journal_seal l JOIN journal_stream s ON s.id=l.stream"
                                  " JOIN journal_entry e ON e.stream=l.stream AND e.seq=l.seq ORDER BY s.name, l.seq"));
  while (true) {
    NC_ASSIGN(const bool more, seal.step());
    if (!more) break;
    Json line;
    line.set("seal", seal.text(0))
        .set("seq", seal.integer(1))
        .set("head", seal.id<EntryHash>(2).hex())
        .set("sig", seal.id<Signature>(3).hex());
    NC_TRY(write(canonical(line)));
    ++seals;
  }
  NC_ASSIGN(const auto digest, set_digest(db));
  Json last;
  last.set("entries", entries).set("seals", seals).set("set_digest", digest.hex());
  return write(canonical(last));
}

}  // namespace nc::journal
