// Writing: append and seal.
#include "ledger/journal/journal.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "ledger/journal/body_limit.h"
#include "ledger/journal/settle.h"
#include "ledger/journal/standing.h"
#include "ledger/journal/tail.h"
#include "ledger/journal/tail_rows.h"

namespace nc::journal {
namespace {

Error refused(Verdict verdict) {
  NC_CHECK(verdict.error.has_value());
  return std::move(*verdict.error);
}

// What was written must be what was meant: re-read and compared byte for byte.
Status read_back(store::Database& db, std::int64_t arrival, const EntryHash& hash, const StoredForm& meant) {
  NC_ASSIGN(auto query, db.prepare("SELECT hash, header, body FROM journal_entry WHERE arrival=?1"));
  query.bind(1, arrival);
  NC_ASSIGN(const bool found, query.step());
  const bool same = found && query.id<EntryHash>(0) == hash && query.blob_view(1) == meant.header && query.blob_view(2) == meant.body;
  return same ? Status() : fail(ErrorCode::kCorrupt, NC_MSG("The journal did not keep what was written"));
}

// Equal to to_stored(entry, true), whose body was packed before.
StoredForm stored_form(const Entry& entry, std::string packed) {
  if (packed.empty()) return {entry.header_bytes, entry.body_bytes};
  return {stored_header(entry.header), std::move(packed)};
}

// Whether it may lie in the tail for a while (tail.h).
bool goes_to_tail(const Draft& draft) {
  return draft.ready && draft.base.empty() && draft.part.audience.kind != Audience::Kind::kAuthority;
}

std::vector<EntryHash> sorted_hashes(const std::vector<AuthorityHead>& heads) {
  std::vector<EntryHash> out;
  for (const auto& head : heads) out.push_back(head.hash);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<ReadyBody> make_ready(Body body, Form form, Rng& rng) {
  ReadyBody out;
  body.salt = rng.make<Salt>();
  NC_TRY(settle_body(body, form));
  out.bytes = encode_body(body, form);
  NC_TRY(check_body_bytes(out.bytes));
  out.body = std::move(body);
  out.hash = hash_body(out.body.salt, out.bytes);
  out.stored = stored_body(out.body.salt, out.bytes).value_or(std::string());
  return out;
}

Journal::Journal(Identity self, const Clock& clock, Rng& rng)
    : self_(self), clock_(clock), rng_(rng), standings_(std::make_shared<Standings>()) {}

// Where a new entry will stand.
struct Journal::Place {
  Header header;  // but for base of authority entries, auth and hashes
  std::string name;
  std::optional<StreamRow> stream;
};

Result<Journal::Place> Journal::place(store::Database& db, const Draft& draft) {
  Place out;
  auto& header = out.header;
  const bool authority = draft.part.audience.kind == Audience::Kind::kAuthority;
  header.stream = {self_.node, self_.incarnation, draft.part, authority ? Lane::kAuthority : draft.lane};
  if (!standings_->closed) { NC_ASSIGN(standings_->closed, is_closed(db, self_.node, self_.incarnation)); }
  if (*standings_->closed)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This node's incarnation is closed: its entries were forked"))
                    .then(NC_MSG("Start a new incarnation by a restore")));
  out.name = header.stream.text();
  NC_ASSIGN(out.stream, find_stream(db, out.name));
  header.seq = out.stream ? out.stream->seq + 1 : 1;
  if (out.stream) header.prev = out.stream->head;
  if (out.stream && goes_to_tail(draft)) {
    NC_ASSIGN(const auto end, tail_end(db, out.stream->id));
    if (end) header.seq = end->seq + 1;
    if (end) header.prev = end->head;
  }
  header.record = draft.record;
  header.type = draft.type;
  header.type_version = draft.type_version;
  header.form = draft.form;
  header.base = draft.base;
  std::sort(header.base.begin(), header.base.end());
  header.wall_ms = clock_.wall_ms();
  return out;
}

Result<Stored> Journal::append(store::Database& db, Draft draft) {
  standings_->belongs_to(db);
  const bool authority = draft.part.audience.kind == Audience::Kind::kAuthority;
  if (authority) standings_->authority_moves();
  const bool to_tail = goes_to_tail(draft);
  if (!to_tail) NC_TRY(take_in(db));
  auto* kept = standings_->moving ? nullptr : standings_.get();
  NC_ASSIGN(auto at, place(db, draft));
  auto& header = at.header;
  auto& known_heads = standings_->heads[header.stream.part.handling];
  std::vector<AuthorityHead> heads;
  if (kept && known_heads) heads = *known_heads;
  else { NC_ASSIGN(heads, authority_heads(db, header.stream.part.handling)); }
  if (kept) known_heads = heads;
  if (authority) {
    if (!draft.base.empty()) return fail(ErrorCode::kInvalid, NC_MSG("The base of an authority entry is chosen by the journal"));
    header.base = sorted_hashes(heads);
  }
  if (!draft.ready) { NC_ASSIGN(draft.ready, make_ready(std::move(draft.body), header.form, rng_)); }
  Entry entry;
  entry.body = std::move(draft.ready->body);
  entry.body_bytes = std::move(draft.ready->bytes);
  header.body_hash = draft.ready->hash;
  NC_TRY(check_header(header));
  entry.header = std::move(header);
  Settler settler(db, rules_, kept);
  std::optional<Verdict> verdict;
  std::optional<Error> first_error;
  // Under the greatest head; under a lower one when only that knows this node and the type.
  for (std::size_t i = 0; i < std::max<std::size_t>(heads.size(), 1); ++i) {
    entry.header.auth = heads.empty() ? std::nullopt : std::optional(heads[i].hash);
    entry.header_bytes = encode_header(entry.header);
    entry.hash = hash_header(entry.header_bytes);
    NC_ASSIGN(auto one, settler.check(entry));
    if (one.standing == Standing::kAdmitted) verdict = std::move(one);
    else if (!first_error) first_error = refused(std::move(one));
    if (verdict) break;
  }
  if (!verdict) return fail(std::move(*first_error));
  if (!at.stream) { NC_ASSIGN(at.stream, make_stream(db, entry.header.stream, at.name)); }
  if (standings_->moved) standings_->moved->insert(at.stream->id);
  const auto stored = stored_form(entry, std::move(draft.ready->stored));
  Stored out;
  out.received_ms = entry.header.wall_ms;
  out.depth = verdict->depth;
  if (to_tail) {
    NC_ASSIGN(out.arrival, insert_in_tail(db, at.stream->id, entry, stored, verdict->depth, out.received_ms));
  } else {
    NC_ASSIGN(out.arrival, insert_row(db, *at.stream, entry, stored, verdict->depth, Standing::kAdmitted, out.received_ms));
    NC_TRY(set_head(db, at.stream->id, entry.header.seq, entry.hash));
    NC_TRY(read_back(db, out.arrival, entry.hash, stored));
  }
  NC_TRY(settler.settle(out.arrival, entry, *verdict));
  if (authority) { NC_ASSIGN([[maybe_unused]] const bool moved, settler.retry()); }
  out.entry = std::move(entry);
  return out;
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

namespace {

struct Moved {
  std::int64_t id = 0, seq = 0;
  EntryHash head;
  std::string name;
};

Status collect_moved(store::Statement& query, std::vector<Moved>& out) {
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    out.push_back({query.integer(0), query.integer(1), query.id<EntryHash>(2), query.text(3)});
  }
}

// `among`: where to look; null: everywhere.
Result<std::vector<Moved>> moved_streams(store::Database& db, const Identity& self, const std::set<std::int64_t>* among) {
  std::vector<Moved> out;
  if (among == nullptr) {
    NC_ASSIGN(auto query,
              db.prepare("SELECT id, seq, head, name FROM journal_stream WHERE seq > sealed_seq AND node=?1 AND incarnation=?2"));
    query.bind_all(self.node, self.incarnation);
    NC_TRY(collect_moved(query, out));
    return out;
  }
  NC_ASSIGN(auto query, db.prepare("SELECT id, seq, head, name FROM journal_stream WHERE id=?3 AND seq > sealed_seq AND node=?1 AND "
                                   "incarnation=?2"));
  for (const auto stream : *among) {
    query.bind_all(self.node, self.incarnation, stream);
    NC_TRY(collect_moved(query, out));
  }
  return out;
}

}  // namespace

Status Journal::seal_moved(store::Database& db, const crypto::SigningKey& key) {
  standings_->belongs_to(db);
  const auto seal = [&key](const std::string& name, std::int64_t seq, const EntryHash& head) -> Result<Signature> {
    NC_ASSIGN(const auto stream, StreamKey::parse(name));
    return key.sign(seal_message(stream, seq, head));
  };
  NC_ASSIGN(const auto in_tail, moved_in_tail(db));
  for (const auto& stream : in_tail) {
    NC_ASSIGN(const auto sealed, seal(stream.name, stream.seq, stream.head));
    NC_TRY(seal_in_tail(db, stream.arrival, sealed));
    if (standings_->moved) standings_->moved->erase(stream.stream);  // one seal covers all before it
  }
  NC_ASSIGN(const auto moved, moved_streams(db, self_, standings_->moved ? &*standings_->moved : nullptr));
  for (const auto& stream : moved) {
    NC_ASSIGN(const auto sealed, seal(stream.name, stream.seq, stream.head));
    NC_TRY(db.run("INSERT INTO journal_seal(stream, seq, head, sig) VALUES(?1, ?2, x'', ?3)", stream.id, stream.seq, sealed));
    NC_TRY(db.run("UPDATE journal_stream SET sealed_seq=seq WHERE id=?1", stream.id));
  }
  standings_->sealed();
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
