#include "ledger/records/foreign.h"

#include "foundation/store/transaction.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/purges.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/project.h"
#include "ledger/records/word_tables.h"
#include "ledger/records/world.h"

namespace nc::records {

Result<journal::Journal::Received> Intake::take(const std::vector<journal::Journal::Incoming>& entries, std::int64_t seq,
                                                const EntryHash& head, const Signature& seal) {
  NC_ASSIGN(auto savepoint, store::Savepoint::begin(db_));
  auto received = journal_.receive(db_, entries, seq, head, seal);
  if (!received) return received;
  NC_TRY(savepoint.release());
  touched_.insert(received->touched.begin(), received->touched.end());
  keep_fresh(std::exchange(received->fresh, {}));
  return received;
}

void Intake::keep_fresh(std::vector<journal::Stored> entries) {
  constexpr std::size_t kFreshBytesMax = std::size_t{4} << 20;  // of their bytes; the rest is read again
  for (auto& one : entries) {
    fresh_bytes_ += one.entry.header_bytes.size() + one.entry.body_bytes.size();
    if (fresh_bytes_ > kFreshBytesMax) return;
    fresh_[one.entry.header.record].push_back(std::move(one));
  }
}

std::vector<journal::Stored> Intake::take_fresh(const RecordId& record) {
  auto found = fresh_.extract(record);
  return found ? std::move(found.mapped()) : std::vector<journal::Stored>();
}

Status Intake::retry() {
  NC_ASSIGN([[maybe_unused]] const auto received, take({}, 0, {}, {}));
  return {};
}

Result<bool> Intake::take_fork_of_own(const journal::SealedHead& proof) {
  NC_ASSIGN(const auto certificates, journal::certificates(db_, self().node));
  for (const auto& one : certificates) {
    if (one.incarnation != proof.stream.incarnation) continue;
    NC_ASSIGN(const bool taken, journal::take_fork_of_own(db_, self(), one.key, proof));
    if (taken) NC_TRY(retry());
    return taken;
  }
  return false;
}

Result<bool> Intake::empty_purged(std::vector<journal::Journal::Incoming>& entries) {
  return journal::empty_purged(db_, admission_rules(), entries);
}

// Entries that wait, lie beyond a cut or are refused: whatever an act moves in or out of them ceases or begins to count.
Status Intake::touch_what_is_aside() {
  NC_ASSIGN(auto query, db_.prepare("SELECT record FROM journal_entry WHERE status=1 UNION SELECT record FROM journal_entry WHERE status=2 "
                                    "UNION SELECT record FROM journal_entry WHERE status=4"));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return {};
    touched_.insert(query.id<RecordId>(0));
  }
}

Status Intake::append_authority(journal::Draft draft) {
  NC_ASSIGN(auto savepoint, store::Savepoint::begin(db_));
  NC_TRY(touch_what_is_aside());
  touched_.insert(draft.record);
  NC_TRY(journal_.append(db_, std::move(draft)));
  NC_TRY(retry());
  NC_TRY(touch_what_is_aside());
  return savepoint.release();
}

namespace {

Status forget_record(store::Database& db, const RecordId& id) {
  NC_TRY(forget_words(db, id));
  NC_TRY(db.run("DELETE FROM task WHERE sid IN (SELECT sid FROM record WHERE id=?1)", id));
  NC_TRY(db.run("DELETE FROM shelf WHERE sid IN (SELECT sid FROM record WHERE id=?1)", id));
  NC_TRY(db.run("DELETE FROM link WHERE sid IN (SELECT sid FROM record WHERE id=?1)", id));
  NC_TRY(db.run("DELETE FROM part WHERE sid IN (SELECT sid FROM record WHERE id=?1)", id));
  return db.run("DELETE FROM record WHERE id=?1", id);
}

// A record of which nothing counts any more (a cut) or whose founding is not here has no rows.
Result<RecordView> derive(store::Database& db, const journal::Journal& journal, const World& world, const RecordId& id,
                          std::vector<journal::Stored> fresh) {
  NC_ASSIGN(const auto entries, journal.entries_of(db, id, std::move(fresh)));
  RecordView view;
  view.id = id;
  if (!entries.empty()) { NC_ASSIGN(view, project_entries(db, journal, world, id, entries)); }
  if (!view.parts.empty()) return view;
  NC_ASSIGN(const auto before, load_record(db, *world.catalog, id));
  NC_TRY(forget_record(db, id));
  if (before) view.type = before->type;
  return view;
}

// Acts that want an entry destroyed, here or where it has not come whole yet. Of erasures it is asked directly which are due.
Result<std::int64_t> purges(store::Database& db) {
  return db.integer(
      "SELECT count(*) FROM journal_fact f JOIN journal_entry e ON e.arrival = f.entry "
      "WHERE f.kind = 'purge' AND e.status IN (0, 3)");
}

// By a purge that came, or because the entry came after it.
Result<std::int64_t> purged_bodies_lie_here(store::Database& db) {
  return db.integer("SELECT EXISTS (SELECT 1 FROM journal_entry WHERE status = 3 AND body IS NOT NULL)");
}

}  // namespace

Status Ledger::exchange(const std::function<Status(Intake&)>& work) {
  if (!impl_->committer) return fail(Impl::reading_only());
  bool removed = false;
  const Status taken = impl_->write([&](store::Database& db) -> Status {
    NC_TRY(impl_->waiting.derive(db, *impl_->working, impl_->changed));
    NC_ASSIGN(const auto before, purges(db));
    Intake intake(db, impl_->journal, impl_->person_keys, impl_->rng);
    NC_TRY(work(intake));
    for (const auto& id : intake.touched()) {
      NC_ASSIGN(auto view, derive(db, impl_->journal, *impl_->working, id, intake.take_fresh(id)));
      if (!view.type || shapes_world(*view.type)) impl_->world_stale = true;
      impl_->changed.push_back(std::move(view));
    }
    NC_ASSIGN(const auto after, purges(db));
    NC_ASSIGN(const auto purged, purged_bodies_lie_here(db));
    removed = after != before || purged > 0;
    // What came may make acts count that were here before: a certificate, a unit, the record itself.
    NC_ASSIGN(const auto erased, impl_->journal.erased(db));
    for (const auto& id : erased) {
      NC_ASSIGN(const bool done, impl_->person_keys.is_erased(id));
      removed = removed || !done;
    }
    return {};
  });
  if (!taken || !removed) return taken;
  return impl_->committer->submit_alone([&](store::Database& db) -> Status {
    NC_TRY(impl_->carry_out_erasures(db));
    return impl_->carry_out_purges(db);
  });
}

WriteResult Ledger::enrol(const access::Subject& who, const NewNode& node) {
  if (const auto may = may_govern_node(who, node.unit, *world()); !may) return std::unexpected(Refusal{may.error(), {}});
  return noted(who, impl_->submit([&](Writer& writer) -> WriteResult {
    const auto types = impl_->working->catalog->feeding("node-key");
    if (types.empty())
      return std::unexpected(Refusal{Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"node-key"}), {}});
    const auto& type = *types.front();
    Json values{JsonObject{}};
    values.set("node", node.self.node.hex()).set("incarnation", node.self.incarnation.hex()).set("public_key", node.key.hex());
    values.set("unit", node.unit.hex());
    if (node.asks) values.set("asks", node.asks->hex());
    if (const auto* name = type.slot("name")) values.set(name->id, node.unit_code);
    if (const auto* ceiling = type.slot("ceiling")) values.set(ceiling->id, std::string(catalog::handling_name(node.ceiling)));
    auto written = writer.assert_fact(who.person, node.node_record, type, journal::acts::kCertifyNode, values);
    if (!written) return std::unexpected(Refusal{std::move(written).error(), {}});
    Written out;
    out.id = *written;
    out.audited = access::audited::kKey;
    return out;
  }));
}

RecordId Ledger::new_node_record() const { return impl_->fresh_id(); }

}  // namespace nc::records
