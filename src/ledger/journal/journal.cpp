// Writing: append and seal.
#include "ledger/journal/journal.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/journal/settle.h"

namespace nc::journal {
namespace {

Error refused(Verdict verdict) {
  NC_CHECK(verdict.error.has_value());
  return std::move(*verdict.error);
}

// What was written must be what was meant: re-read, and byte for byte what was decoded and hashed before.
Result<Stored> read_back(store::Database& db, std::int64_t arrival, const Entry& meant) {
  NC_ASSIGN(const auto row, row_at(db, arrival));
  NC_ASSIGN(const auto bytes, bytes_of(row));
  if (row.hash != meant.hash || bytes.header_bytes != meant.header_bytes || bytes.body_bytes != meant.body_bytes)
    return fail(ErrorCode::kCorrupt, NC_MSG("The journal did not keep what was written"));
  Stored out;
  out.entry = meant;
  out.arrival = row.arrival;
  out.received_ms = row.received_ms;
  out.depth = row.depth;
  return out;
}

std::vector<EntryHash> sorted_hashes(const std::vector<AuthorityHead>& heads) {
  std::vector<EntryHash> out;
  for (const auto& head : heads) out.push_back(head.hash);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

// The header but for base, auth and hashes.
Result<Header> Journal::place(store::Database& db, const Draft& draft) const {
  Header header;
  const bool authority = draft.part.audience.kind == Audience::Kind::kAuthority;
  header.stream = {self_.node, self_.incarnation, draft.part, authority ? Lane::kAuthority : draft.lane};
  NC_ASSIGN(const bool closed, is_closed(db, self_.node, self_.incarnation));
  if (closed)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This node's incarnation is closed: its entries were forked"))
                    .then(NC_MSG("Start a new incarnation by a restore")));
  NC_ASSIGN(const auto stream, find_stream(db, header.stream.text()));
  header.seq = stream ? stream->seq + 1 : 1;
  if (stream) header.prev = stream->head;
  header.record = draft.record;
  header.type = draft.type;
  header.type_version = draft.type_version;
  header.form = draft.form;
  header.base = draft.base;
  std::sort(header.base.begin(), header.base.end());
  header.wall_ms = clock_.wall_ms();
  return header;
}

Result<Stored> Journal::append(store::Database& db, const Draft& draft) {
  NC_ASSIGN(auto header, place(db, draft));
  NC_ASSIGN(const auto heads, authority_heads(db, header.stream.part.handling));
  const bool authority = header.stream.lane == Lane::kAuthority;
  if (authority) {
    if (!draft.base.empty()) return fail(ErrorCode::kInvalid, NC_MSG("The base of an authority entry is chosen by the journal"));
    header.base = sorted_hashes(heads);
  }
  auto body = draft.body;
  body.salt = rng_.make<Salt>();
  Entry entry;
  entry.body_bytes = encode_body(body, header.form);
  header.body_hash = hash_body(body.salt, entry.body_bytes);
  Settler settler(db, rules_);
  std::optional<Verdict> verdict;
  std::optional<Error> first_error;
  // Under the greatest head; under a lower one when only that knows this node and the type.
  for (std::size_t i = 0; i < std::max<std::size_t>(heads.size(), 1); ++i) {
    header.auth = heads.empty() ? std::nullopt : std::optional(heads[i].hash);
    NC_ASSIGN(entry, decode_entry(encode_header(header), entry.body_bytes));
    NC_ASSIGN(auto one, settler.check(entry));
    if (one.standing == Standing::kAdmitted) verdict = std::move(one);
    else if (!first_error) first_error = refused(std::move(one));
    if (verdict) break;
  }
  if (!verdict) return fail(std::move(*first_error));
  NC_ASSIGN(const auto stream, find_or_make_stream(db, header.stream));
  NC_ASSIGN(const auto arrival, insert_row(db, stream, entry, true, verdict->depth, Standing::kAdmitted, header.wall_ms));
  NC_ASSIGN(auto stored, read_back(db, arrival, entry));
  NC_TRY(settler.settle(arrival, entry, *verdict));
  if (authority) { NC_ASSIGN([[maybe_unused]] const bool moved, settler.retry()); }
  return stored;
}

Result<std::vector<EntryHash>> Journal::authority_base(store::Database& db, HandlingLevel handling) {
  NC_ASSIGN(const auto heads, authority_heads(db, handling));
  return sorted_hashes(heads);
}

Result<Holding> Journal::holding(store::Database& db) const {
  const PartKey open{0, Audience::authority()};
  NC_ASSIGN(const auto heads, authority_heads(db, open.handling));
  if (heads.empty()) return Holding();
  Admission admission(db, rules_);
  return admission.holding({self_.node, self_.incarnation, open, Lane::kAuthority}, heads.front().arrival);
}

Result<bool> Journal::may_write(store::Database& db, const PartKey& part) const {
  NC_ASSIGN(const auto heads, authority_heads(db, part.handling));
  if (heads.empty()) return false;
  Admission admission(db, rules_);
  NC_ASSIGN(const auto holding, admission.holding({self_.node, self_.incarnation, part, Lane::kOrdinary}, heads.front().arrival));
  return admission.may_write(holding, heads.front().arrival, part.audience);
}

Status Journal::seal_moved(store::Database& db, const crypto::SigningKey& key) {
  struct Moved {
    std::int64_t id, seq;
    EntryHash head;
    std::string name;
  };
  std::vector<Moved> moved;
  {
    NC_ASSIGN(auto query,
              db.prepare("SELECT id, seq, head, name FROM journal_stream WHERE seq > sealed_seq AND node=?1 AND incarnation=?2"));
    query.bind_all(self_.node, self_.incarnation);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      moved.push_back({query.integer(0), query.integer(1), query.id<EntryHash>(2), query.text(3)});
    }
  }
  for (const auto& stream : moved) {
    NC_ASSIGN(const auto name, StreamKey::parse(stream.name));
    NC_TRY(db.run("INSERT INTO journal_seal(stream, seq, head, sig) VALUES(?1, ?2, x'', ?3)", stream.id, stream.seq,
                  key.sign(seal_message(name, stream.seq, stream.head))));
    NC_TRY(db.run("UPDATE journal_stream SET sealed_seq=seq WHERE id=?1", stream.id));
  }
  return {};
}

Result<std::set<PersonId>> Journal::who_want_purged(store::Database& db, const EntryHash& hash) const {
  NC_ASSIGN(const auto row, find_row(db, hash));
  if (!row) return fail(ErrorCode::kNotFound, NC_MSG("There is no entry {1}"), {hash.hex()});
  NC_ASSIGN(const auto key, StreamKey::parse(row->stream_name));
  return Admission(db, rules_).who_want(acts::kPurge, hash.hex(), {key.part.audience});
}

// A key's id is the record's about the person: who may write for one of its parts may ask.
Result<std::set<PersonId>> Journal::who_want_erased(store::Database& db, const RecordId& key) const {
  std::vector<Audience> audiences;
  NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT s.part FROM journal_entry e JOIN journal_stream s ON s.id=e.stream "
                                   "WHERE e.record=?1 AND e.status IN (0, 3)"));
  query.bind(1, key);
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) break;
    NC_ASSIGN(auto part, PartKey::parse(query.text_view(0)));
    audiences.push_back(std::move(part.audience));
  }
  return Admission(db, rules_).who_want(acts::kErase, key.hex(), audiences);
}

Result<std::vector<RecordId>> Journal::erased(store::Database& db) const {
  std::vector<RecordId> asked, out;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT DISTINCT subject FROM journal_fact WHERE kind='erase' ORDER BY subject"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      if (const auto id = RecordId::from_hex(query.text_view(0))) asked.push_back(*id);
    }
  }
  for (const auto& id : asked) {
    NC_ASSIGN(const auto persons, who_want_erased(db, id));
    if (persons.size() >= kPersonsToDestroy) out.push_back(id);
  }
  return out;
}

Status Journal::destroy_body(store::Database& db, const EntryHash& hash) {
  NC_ASSIGN(const auto row, find_row(db, hash));
  if (!row) return fail(ErrorCode::kNotFound, NC_MSG("There is no entry {1}"), {hash.hex()});
  NC_ASSIGN(const auto key, StreamKey::parse(row->stream_name));
  if (row->standing != Standing::kPurged || key.lane == Lane::kAuthority)
    return fail(Error(ErrorCode::kDenied, NC_MSG("No admitted purge names the entry {1}"), {hash.hex()})
                    .then(NC_MSG("Two persons must purge it first")));
  NC_TRY(drop_body(db, *row));
  Admission admission(db, rules_);
  NC_ASSIGN([[maybe_unused]] const bool aside, drop_purged_aside(db, admission));
  return {};
}

Result<std::int64_t> Journal::destroy_purged(store::Database& db) {
  std::vector<EntryHash> left;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT hash FROM journal_entry WHERE status=3 AND body IS NOT NULL"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      left.push_back(query.id<EntryHash>(0));
    }
  }
  for (const auto& hash : left) NC_TRY(destroy_body(db, hash));
  Admission admission(db, rules_);  // also what was refused and kept by a version before, or came after the purge
  NC_ASSIGN(const bool aside, drop_purged_aside(db, admission));
  return static_cast<std::int64_t>(left.size()) + (aside ? 1 : 0);
}

}  // namespace nc::journal
