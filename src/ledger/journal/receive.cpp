// Receiving another node's entries. What a seal vouches for is held, whatever one thinks of it, so that
// its chain can go on; what no seal vouches for yet is kept aside and tried again when something came.
#include <algorithm>
#include <set>

#include "base/error_json.h"
#include "base/limits.h"
#include "ledger/journal/admission.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/read_ahead.h"
#include "ledger/journal/settle.h"
#include "ledger/journal/standing.h"
#include "ledger/journal/tail.h"

namespace nc::journal {
namespace {

constexpr std::int64_t kKeptAsideMax = 10'000;  // batches; more are refused and not kept
constexpr std::size_t kBatchEntriesMax = 4096;

struct Batch {
  std::vector<Entry> entries;
  std::vector<bool> with_body;
  std::vector<std::optional<StoredForm>> stored;  // where it was made ahead
  std::int64_t seq = 0;
  EntryHash head;
  Signature seal;
  StreamKey stream;
  std::string name;
};

// What became of a batch.
struct Outcome {
  enum class Kind { kTaken, kWaiting, kRefused } kind = Kind::kTaken;
  std::optional<Error> error;
  bool for_a_cut = false;  // refused until the superior cuts its incarnation
};

Outcome refuse(Error error) { return {Outcome::Kind::kRefused, std::move(error)}; }
Outcome wait(Error error) { return {Outcome::Kind::kWaiting, std::move(error)}; }

using Incoming = std::vector<Journal::Incoming>;

// One stream, in order, each following the one before, the seal over the last.
Result<Batch> decode_batch(const Incoming& incoming, std::int64_t seq, const EntryHash& head, const Signature& seal) {
  if (incoming.empty()) return fail(ErrorCode::kInvalid, NC_MSG("A batch has no entries"));
  if (incoming.size() > kBatchEntriesMax)
    return fail(ErrorCode::kLimit, NC_MSG("A batch has more than {1} entries (limit kBatchEntriesMax)"),
                {std::to_string(kBatchEntriesMax)});
  Batch out;
  out.seq = seq;
  out.head = head;
  out.seal = seal;
  for (const auto& one : incoming) {
    std::optional<StoredForm> stored;
    NC_ASSIGN(auto entry, entry_in(one, stored));
    if (!out.entries.empty()) {
      const auto& before = out.entries.back();
      if (entry.header.stream != before.header.stream || entry.header.seq != before.header.seq + 1 || entry.header.prev != before.hash)
        return fail(Error(ErrorCode::kCorrupt, NC_MSG("Entry {1} does not follow the one before it"), {std::to_string(entry.header.seq)})
                        .at(before.header.stream.text()));
    }
    out.entries.push_back(std::move(entry));
    out.with_body.push_back(!one.body_bytes.empty());
    out.stored.push_back(std::move(stored));
  }
  out.stream = out.entries.back().header.stream;
  out.name = out.stream.text();
  if (out.entries.back().header.seq != seq || out.entries.back().hash != head)
    return fail(Error(ErrorCode::kCorrupt, NC_MSG("The seal is over another entry than the last")).at(out.name));
  return out;
}

class Receiver {
 public:
  Receiver(store::Database& db, const Identity& self, const ReceiveRules& rules, Standings& kept, std::int64_t now_ms)
      : db_(db), self_(self), kept_(kept), settler_(db, rules, &kept), now_ms_(now_ms) {}

  Result<Journal::Received> run(const Incoming& incoming, std::int64_t seq, const EntryHash& head, const Signature& seal) {
    NC_ASSIGN(const bool held, incoming.empty() ? Result<bool>(false) : is_held(incoming.back(), seq, head, seal));
    if (held) {
      out_.known += static_cast<std::int64_t>(incoming.size());
    } else if (incoming.empty()) {
      NC_TRY(retry());
    } else if (auto batch = decode_batch(incoming, seq, head, seal); !batch) {
      out_.refused.push_back(batch.error());
    } else {
      NC_ASSIGN(const auto outcome, take(*batch));
      if (outcome.kind == Outcome::Kind::kWaiting) out_.parked += static_cast<std::int64_t>(batch->entries.size());
      if (outcome.kind == Outcome::Kind::kRefused) out_.refused.push_back(*outcome.error);
      if (outcome.kind != Outcome::Kind::kTaken) NC_TRY(keep_aside(*batch, incoming, outcome));
      else NC_TRY(retry());
    }
    out_.touched = settler_.touched();
    return std::move(out_);
  }

 private:
  // The last entry stands here under this very seal, and with it all before it: nothing of it is looked at again.
  Result<bool> is_held(const Journal::Incoming& last, std::int64_t seq, const EntryHash& head, const Signature& seal) {
    const auto header = decode_header(last.header_bytes);
    if (!header || header->seq != seq || hash_header(last.header_bytes) != head) return false;
    NC_ASSIGN(const auto stream, find_stream(db_, header->stream.text()));
    if (!stream || stream->seq < seq) return false;
    NC_ASSIGN(const auto hash, hash_at(db_, stream->id, seq));
    NC_ASSIGN(const auto sealed, last_seal(db_, stream->id, seq, seq));
    return hash == head && sealed && sealed->seal == seal;
  }

  Result<Outcome> take(Batch& batch) {
    const auto first = batch.entries.front().header.seq;
    NC_ASSIGN(const auto held, find_stream(db_, batch.name));
    const auto have = held ? held->seq : 0;
    if (first > have + 1)
      return fail(Error(ErrorCode::kConflict, NC_MSG("Entries {1} to {2} of the stream are missing"),
                        {std::to_string(have + 1), std::to_string(first - 1)})
                      .at(batch.name)
                      .then(NC_MSG("Ask for the missing entries")));
    NC_ASSIGN(const auto sealed, check_seal(batch));
    if (sealed.kind != Outcome::Kind::kTaken) return sealed;
    std::size_t known = 0;
    for (; known < batch.entries.size() && batch.entries[known].header.seq <= have; ++known) {
      NC_ASSIGN(const auto hash, hash_at(db_, held->id, batch.entries[known].header.seq));
      if (!hash)
        return fail(ErrorCode::kCorrupt, NC_MSG("The journal lacks entry {1} of a stream"),
                    {std::to_string(batch.entries[known].header.seq)});
      if (*hash != batch.entries[known].hash) return fork(batch, batch.entries[known].header.seq, *hash, batch.entries[known].hash);
    }
    out_.known += static_cast<std::int64_t>(known);
    if (known == batch.entries.size()) return keep_seal(batch, *held);
    if (known == 0 && have > 0 && batch.entries[0].header.prev != held->head)
      return fork(batch, have, *held->head, *batch.entries[0].header.prev);
    NC_ASSIGN(const auto fresh, may_go_on(batch, known));
    if (fresh.kind != Outcome::Kind::kTaken) return fresh;
    return insert(batch, known);
  }

  // Its authority stays open as long as it is not forked itself: whoever had not heard of the fork took it, wrote upon it, and without
  // it nothing could be taken here that stands on it. A cut ends it. What lies beyond a cut is held, set aside: so what one of the two
  // machines wrote meanwhile can be readmitted.
  Result<bool> is_closed_to(const Batch& batch, std::size_t known) {
    if (batch.stream.lane != Lane::kAuthority) {
      NC_ASSIGN(const bool closed, is_closed(db_, batch.stream.node, batch.stream.incarnation));
      if (!closed) return false;
      NC_ASSIGN(const auto cuts, Cuts::load(db_));
      const auto& first = batch.entries[known];
      NC_ASSIGN(const bool beyond, cuts.beyond(db_, batch.name, first.header.seq, EntryHash{}));
      return !beyond;
    }
    NC_ASSIGN(const auto forks, db_.integer("SELECT count(*) FROM journal_fork WHERE stream=?1", batch.name));
    return forks > 0;
  }

  Result<Outcome> may_go_on(const Batch& batch, std::size_t known) {
    if (batch.stream.node == self_.node && batch.stream.incarnation == self_.incarnation)
      return fail(Error(ErrorCode::kConflict, NC_MSG("Another holds entries of this node's own stream that are missing here"))
                      .at(batch.name)
                      .then(NC_MSG("This data was restored or copied: start a new incarnation")));
    NC_ASSIGN(const bool closed, is_closed_to(batch, known));
    if (closed) {
      auto out = refuse(Error(ErrorCode::kDenied, NC_MSG("The incarnation is closed: its entries were forked")).at(batch.name));
      out.for_a_cut = true;
      return out;
    }
    for (std::size_t i = known; i < batch.entries.size(); ++i) {
      if (batch.with_body[i]) continue;
      NC_ASSIGN(const bool purged, settler_.purged(batch.entries[i]));
      if (!purged || is_authority(batch.entries[i]))
        return wait(Error(ErrorCode::kNotFound, NC_MSG("The body of entry {1} is missing without a purge"),
                          {std::to_string(batch.entries[i].header.seq)})
                        .at(batch.name));
    }
    return Outcome{};
  }

  // What counts goes into what the caller is given.
  Result<Outcome> insert(Batch& batch, std::size_t known) {
    NC_ASSIGN(auto stream, find_or_make_stream(db_, batch.stream));
    for (std::size_t i = known; i < batch.entries.size(); ++i) {
      auto& entry = batch.entries[i];
      NC_ASSIGN(const auto verdict, settler_.check(entry));
      const bool parked = verdict.standing == Standing::kParked;
      const auto stored = batch.stored[i] ? std::move(*batch.stored[i]) : to_stored(entry, batch.with_body[i]);
      NC_ASSIGN(const auto arrival, insert_row(db_, stream, entry, stored, parked ? 0 : verdict.depth, verdict.standing, now_ms_));
      NC_TRY(settler_.settle(arrival, entry, verdict));
      if (counts(verdict.standing)) ++out_.admitted;
      else if (parked) ++out_.parked;
      else out_.refused.push_back(Error(*verdict.error).at(batch.name + " " + std::to_string(entry.header.seq)));
      if (verdict.standing == Standing::kAdmitted) out_.fresh.push_back({std::move(entry), arrival, now_ms_, verdict.depth, false});
    }
    NC_TRY(set_head(db_, stream.id, batch.seq, batch.head));
    return keep_seal(batch, stream);
  }

  Result<Outcome> keep_seal(const Batch& batch, const StreamRow& stream) {
    NC_TRY(db_.run("INSERT OR IGNORE INTO journal_seal(stream, seq, head, sig) VALUES(?1, ?2, x'', ?3)", stream.id, batch.seq, batch.seal));
    if (stream.sealed_seq < batch.seq) NC_TRY(db_.run("UPDATE journal_stream SET sealed_seq=?2 WHERE id=?1", stream.id, batch.seq));
    return Outcome{};
  }

  // Both heads and the other's sealed header are the proof. The branch that was here first stays.
  Result<Outcome> fork(const Batch& batch, std::int64_t seq, const EntryHash& ours, const EntryHash& theirs) {
    const auto at = std::max<std::int64_t>(seq, batch.entries.front().header.seq);
    const auto& proof = batch.entries[static_cast<std::size_t>(at - batch.entries.front().header.seq)];
    NC_ASSIGN(auto insert, db_.prepare("INSERT OR IGNORE INTO journal_fork(stream, seq, ours, theirs, header, head_seq, head, sig) "
                                       "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
    insert.bind_all(batch.name, seq, ours, theirs).bind_blob(5, proof.header_bytes);
    insert.bind(6, batch.seq).bind(7, batch.head).bind(8, batch.seal);
    NC_TRY(insert.run());
    NC_TRY(db_.run("UPDATE journal_stream SET closed=1 WHERE node=?1 AND incarnation=?2", batch.stream.node, batch.stream.incarnation));
    kept_.authority_moves();  // it may be this node's own
    return refuse(Error(ErrorCode::kDenied,
                        NC_MSG("Two different entries stand at number {1} of one stream: a clone or a thief. The incarnation is closed"),
                        {std::to_string(seq)})
                      .at(batch.name)
                      .then(NC_MSG("Report it to the unit's superior")));
  }

  // The seal against the keys certified for the incarnation in the past of the head's authority. That
  // past may begin inside the batch, when the batch is an authority stream.
  Result<Outcome> check_seal(const Batch& batch) {
    std::set<std::string> keys;
    bool unknown = false;
    const auto& head = batch.entries.back();
    NC_TRY(collect_keys(batch, head.header.auth.value_or(head.hash), keys, unknown));
    const auto message = seal_message(batch.stream, batch.seq, batch.head);
    for (const auto& text : keys)
      if (const auto key = PublicKey::from_hex(text); key && crypto::verify(*key, message, batch.seal)) return Outcome{};
    if (unknown)
      return wait(Error(ErrorCode::kNotFound, NC_MSG("The authority under which the batch was sealed is not here")).at(batch.name));
    if (keys.empty())
      return refuse(Error(ErrorCode::kDenied, NC_MSG("Its node was not certified under the authority that it names")).at(batch.name));
    return refuse(Error(ErrorCode::kDenied, NC_MSG("The seal is wrong: no certified key of its node made it")).at(batch.name));
  }

  Status collect_keys(const Batch& batch, const EntryHash& from, std::set<std::string>& keys, bool& unknown) {
    const auto subject = incarnation_subject(batch.stream.node, batch.stream.incarnation);
    std::set<EntryHash> visited;
    std::vector<EntryHash> work = {from};
    while (!work.empty()) {
      const auto hash = work.back();
      work.pop_back();
      if (!visited.insert(hash).second) continue;
      NC_ASSIGN(const auto row, find_row(db_, hash));
      if (row && row->standing != Standing::kParked) {
        NC_ASSIGN(const auto entry, decode_whole(*row));
        if (entry.header.stream.lane != Lane::kAuthority) continue;
        NC_ASSIGN(const auto facts, facts_under(db_, acts::kCertifyNode, subject, row->arrival));
        for (const auto& fact : facts) keys.insert(fact.value);
        continue;
      }
      const auto inside = std::find_if(batch.entries.begin(), batch.entries.end(), [&](const Entry& entry) { return entry.hash == hash; });
      if (inside == batch.entries.end()) {
        unknown = true;
        continue;
      }
      work.insert(work.end(), inside->header.base.begin(), inside->header.base.end());
      NC_TRY(root_key(*inside, subject, keys));
    }
    return {};
  }

  // Only the root of a tree vouches for its own key, and only for this node's tree.
  Status root_key(const Entry& entry, const std::string& subject, std::set<std::string>& keys) {
    if (entry.header.auth) return {};
    NC_ASSIGN(const auto verdict, settler_.check(entry));
    if (verdict.standing != Standing::kAdmitted) return {};
    const auto facts = facts_of(entry);
    if (facts && facts->front().subject == subject) keys.insert(facts->front().value);
    return {};
  }

  Status keep_aside(const Batch& batch, const Incoming& incoming, const Outcome& outcome) {
    NC_ASSIGN(const auto count, db_.integer("SELECT count(*) FROM journal_kept_aside"));
    if (count >= kKeptAsideMax) {
      out_.refused.push_back(
          Error(ErrorCode::kLimit, NC_MSG("{1} batches are kept aside already; this one is not kept"), {std::to_string(count)}));
      return {};
    }
    auto kept = incoming;
    NC_ASSIGN([[maybe_unused]] const bool dropped, settler_.drop_purged(kept));
    const auto bytes = pack_batch(kept);
    const auto digest = batch_digest(bytes, batch.seal);
    NC_ASSIGN(auto insert,
              db_.prepare("INSERT OR IGNORE INTO journal_kept_aside(digest, stream, seq, head, sig, entries, reason, waiting, received) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    insert.bind_all(digest, batch.name, batch.seq, batch.head, batch.seal).bind_blob(6, bytes);
    insert.bind(7, kept_text(*outcome.error)).bind(8, outcome.kind == Outcome::Kind::kWaiting || outcome.for_a_cut).bind(9, now_ms_);
    return insert.run();
  }

  Status retry() {
    while (true) {
      NC_ASSIGN(bool moved, settler_.retry());
      NC_ASSIGN(const bool taken, retry_kept_aside());
      if (!moved && !taken) return {};
    }
  }

  Result<bool> retry_kept_aside() {
    std::vector<std::int64_t> ids;
    {
      NC_ASSIGN(auto query, db_.prepare("SELECT id FROM journal_kept_aside WHERE waiting=1 ORDER BY stream, seq, id"));
      while (true) {
        NC_ASSIGN(const bool more, query.step());
        if (!more) break;
        ids.push_back(query.integer(0));
      }
    }
    bool taken = false;
    for (const auto id : ids) {
      NC_ASSIGN(const bool one, retry_one(id));
      taken = taken || one;
    }
    return taken;
  }

  Result<bool> retry_one(std::int64_t id) {
    std::string bytes;
    std::int64_t seq = 0;
    EntryHash head;
    Signature seal;
    {
      NC_ASSIGN(auto query, db_.prepare("SELECT entries, seq, head, sig FROM journal_kept_aside WHERE id=?1"));
      query.bind(1, id);
      NC_ASSIGN(const bool found, query.step());
      if (!found) return false;
      bytes = query.blob(0);
      seq = query.integer(1);
      head = query.id<EntryHash>(2);
      seal = query.id<Signature>(3);
    }
    NC_ASSIGN(const auto incoming, unpack_batch(bytes));
    NC_ASSIGN(auto batch, decode_batch(incoming, seq, head, seal));
    const auto outcome = take(batch);
    if (!outcome && outcome.error().code == ErrorCode::kConflict) return false;  // still a gap before it
    if (!outcome) return fail(outcome.error());
    if (outcome->kind == Outcome::Kind::kWaiting || outcome->for_a_cut) return false;
    if (outcome->kind == Outcome::Kind::kRefused) {
      NC_TRY(db_.run("UPDATE journal_kept_aside SET waiting=0, reason=?2 WHERE id=?1", id, kept_text(*outcome->error)));
      return false;
    }
    NC_TRY(db_.run("DELETE FROM journal_kept_aside WHERE id=?1", id));
    return true;
  }

  store::Database& db_;
  const Identity& self_;
  Standings& kept_;
  Settler settler_;
  std::int64_t now_ms_;
  Journal::Received out_;
};

}  // namespace

Result<Journal::Received> Journal::receive(store::Database& db, const std::vector<Incoming>& entries, std::int64_t seq,
                                           const EntryHash& head, const Signature& seal) {
  standings_->belongs_to(db);
  if (entries.empty()) standings_->authority_moves();  // what is kept hangs on what the caller has changed
  NC_TRY(take_in(db));
  return Receiver(db, self_, rules_, *standings_, clock_.wall_ms()).run(entries, seq, head, seal);
}

}  // namespace nc::journal
