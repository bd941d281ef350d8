#include "ledger/journal/set_aside.h"

#include "base/error_json.h"
#include "foundation/store/all_rows.h"
#include "ledger/journal/admission.h"
#include "ledger/journal/passing_on.h"

namespace nc::journal {
namespace {

// In the words of SQL, so that the index of such entries is found.
const char* having(Aside which) {
  switch (which) {
    case Aside::kParked: return "status=1";
    case Aside::kQuarantined: return "status=2";
    case Aside::kRefused: return "status=4";
  }
  return "status=4";
}

// `query` begins with select_entries.
Result<std::vector<AsideEntry>> read_aside(store::Database& db, Aside which, store::Statement query) {
  // What is missing is asked of the rows alone; what its node may write is no reason to wait.
  const ReceiveRules none;
  Admission admission(db, none);
  std::vector<AsideEntry> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    const auto row = read_row(query);
    NC_ASSIGN(const auto entry, decode_row(row));
    AsideEntry one{entry.header.stream, entry.header.seq, row.received_ms, entry.hash, entry.header, {}, {}};
    if (!entry.body_bytes.empty()) one.author = entry.body.author;
    if (which == Aside::kParked) {
      NC_ASSIGN(auto verdict, admission.check(entry));
      one.why = std::move(verdict.error);
    }
    out.push_back(std::move(one));
  }
}

}  // namespace

Result<std::vector<AsideEntry>> entries_aside(store::Database& db, Aside which, std::size_t most) {
  NC_ASSIGN(auto query, db.prepare(select_entries(std::string("WHERE e.") + having(which) + " ORDER BY e.arrival LIMIT ?1")));
  query.bind(1, static_cast<std::int64_t>(most));
  return read_aside(db, which, std::move(query));
}

Result<std::vector<AsideEntry>> entries_aside(store::Database& db, Aside which, const NodeId& node, const IncarnationId& incarnation,
                                              std::size_t most) {
  NC_ASSIGN(auto query, db.prepare(select_entries(std::string("WHERE e.") + having(which) +
                                                  " AND e.stream IN (SELECT id FROM journal_stream WHERE node=?1 AND incarnation=?2)"
                                                  " ORDER BY e.arrival LIMIT ?3")));
  query.bind(1, node);
  query.bind(2, incarnation);
  query.bind(3, static_cast<std::int64_t>(most));
  return read_aside(db, which, std::move(query));
}

Result<std::optional<AsideEntry>> entry_aside(store::Database& db, Aside which, const EntryHash& hash) {
  NC_ASSIGN(auto query, db.prepare(select_entries(std::string("WHERE e.hash=?1 AND e.") + having(which))));
  query.bind(1, hash);
  NC_ASSIGN(auto found, read_aside(db, which, std::move(query)));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::int64_t> count_aside(store::Database& db, Aside which) {
  return db.integer(std::string("SELECT count(*) FROM journal_entry WHERE ") + having(which));
}

Result<std::int64_t> count_aside(store::Database& db, Aside which, const NodeId& node, const IncarnationId& incarnation) {
  return db.integer(
      std::string(
          "SELECT count(*) FROM journal_entry e JOIN journal_stream s ON s.id=e.stream WHERE s.node=?1 AND s.incarnation=?2 AND e.") +
          having(which),
      node, incarnation);
}

Result<std::vector<AsideBatch>> batches_aside(store::Database& db, std::size_t most) {
  NC_ASSIGN(auto query, db.prepare("SELECT stream, seq, received, reason, waiting FROM journal_kept_aside ORDER BY id LIMIT ?1"));
  query.bind(1, static_cast<std::int64_t>(most));
  return store::all_rows(query, [](const auto& row) {
    return AsideBatch{row.text(0), row.integer(1), row.integer(2), kept_error(row.text(3)), row.integer(4) != 0};
  });
}

Result<std::vector<StreamKey>> authority_waiting(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT stream FROM journal_kept_aside WHERE waiting=1"));
  NC_ASSIGN(const auto names, store::all_rows(query, [](const auto& row) { return row.text(0); }));
  std::vector<StreamKey> out;
  for (const auto& name : names) {
    NC_ASSIGN(const auto stream, StreamKey::parse(name));
    if (stream.lane == Lane::kAuthority) out.push_back(stream);
  }
  return out;
}

Result<std::vector<Fork>> forks(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT stream, seq, ours, theirs FROM journal_fork ORDER BY stream, seq, theirs"));
  std::vector<Fork> out;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    Fork one;
    NC_ASSIGN(one.stream, StreamKey::parse(query.text_view(0)));
    one.seq = query.integer(1);
    one.ours = query.id<EntryHash>(2);
    one.theirs = query.id<EntryHash>(3);
    out.push_back(std::move(one));
  }
}

Result<std::optional<SealedHead>> sealed_head(store::Database& db, const StreamKey& stream) {
  NC_ASSIGN(auto query, db.prepare("SELECT l.seq, e.hash, l.sig FROM journal_stream s JOIN journal_seal l ON l.stream=s.id AND "
                                   "l.seq=s.sealed_seq JOIN journal_entry e ON e.stream=s.id AND e.seq=l.seq WHERE s.name=?1"));
  query.bind(1, stream.text());
  NC_ASSIGN(const bool some, query.step());
  if (!some) return std::optional<SealedHead>();
  return std::optional(SealedHead{stream, query.integer(0), query.id<EntryHash>(1), query.id<Signature>(2)});
}

Result<std::vector<SealedHead>> heads_of_forks(store::Database& db, const NodeId& node, const IncarnationId& incarnation) {
  std::vector<SealedHead> out;
  // In this order: forks are few or none, seals are many.
  NC_ASSIGN(auto query, db.prepare("SELECT stream, head_seq, head, sig FROM journal_fork WHERE stream LIKE ?1 UNION ALL "
                                   "SELECT DISTINCT f.stream, l.seq, e.hash, l.sig FROM journal_fork f "
                                   "CROSS JOIN journal_stream s ON s.name=f.stream "
                                   "CROSS JOIN journal_seal l ON l.stream=s.id AND l.seq=s.sealed_seq "
                                   "CROSS JOIN journal_entry e ON e.stream=s.id AND e.seq=l.seq WHERE f.stream LIKE ?1"));
  query.bind(1, node.hex() + "/" + incarnation.hex() + "/%");
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    SealedHead one;
    NC_ASSIGN(one.stream, StreamKey::parse(query.text_view(0)));
    one.seq = query.integer(1);
    one.head = query.id<EntryHash>(2);
    one.seal = query.id<Signature>(3);
    out.push_back(std::move(one));
  }
}

Result<bool> take_fork_of_own(store::Database& db, const Identity& self, const PublicKey& key, const SealedHead& proof) {
  if (proof.stream.node != self.node || proof.seq < 1) return false;
  if (!crypto::verify(key, seal_message(proof.stream, proof.seq, proof.head), proof.seal)) return false;
  const auto name = proof.stream.text();
  NC_ASSIGN(const auto stream, find_stream(db, name));
  std::optional<EntryHash> ours;
  if (stream) { NC_ASSIGN(ours, hash_at(db, stream->id, proof.seq)); }
  if (ours == proof.head || (!ours && proof.stream.incarnation != self.incarnation)) return false;
  NC_ASSIGN(auto insert, db.prepare("INSERT OR IGNORE INTO journal_fork(stream, seq, ours, theirs, header, head_seq, head, sig) "
                                    "VALUES(?1, ?2, ?3, ?4, x'', ?2, ?4, ?5)"));
  insert.bind_all(name, proof.seq, ours.value_or(EntryHash{}), proof.head, proof.seal);
  NC_TRY(insert.run());
  NC_TRY(db.run("UPDATE journal_stream SET closed=1 WHERE node=?1 AND incarnation=?2", self.node, proof.stream.incarnation));
  return true;
}

}  // namespace nc::journal
