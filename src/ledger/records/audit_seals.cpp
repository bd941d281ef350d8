// The audit trail beside the journal: its head sealed into it once a day, its rows held against the seals, what
// changes of records are to it, and whose rows a reader may see (docs/formats/audit.md).
#include <algorithm>

#include "foundation/store/transaction.h"
#include "ledger/catalog/values.h"
#include "ledger/records/checks.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/raising.h"

namespace nc::records {
namespace {

std::optional<access::AuditSeal> seal_of(const journal::Body& body, const catalog::Type& type) {
  const Json values(body.set);
  const auto day = catalog::date_from_json(values[type.slot("day")->id]);
  const auto head = Digest::from_hex(values.text(type.slot("head")->id));
  if (!day || !head) return std::nullopt;
  return access::AuditSeal{day->day, values.integer(type.slot("seq")->id), *head};
}

// The record whose entries are the sealed heads of this incarnation. Before, its id named nobody: such a one goes on.
struct Heads {
  RecordId id;
  std::vector<journal::Stored> entries;
};
Result<Heads> heads_of(store::Database& db, const journal::Journal& journal, const journal::Identity& self) {
  const auto key = self.incarnation.hex();
  Heads out{imported_id("audit-head", key), {}};
  NC_ASSIGN(out.entries, journal.entries_of(db, out.id));
  if (!out.entries.empty()) return out;
  out.id = row_id_of_node("audit-head", key, self.node);
  NC_ASSIGN(out.entries, journal.entries_of(db, out.id));
  return out;
}

// --- between two sealed heads: the last head that a commit saw, in the ledger's own file. A restored copy begins without it. ---
constexpr std::int64_t kLookAtHeadEveryMs = 1000;

Result<std::optional<access::AuditSeal>> kept_audit_head(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT s.value, h.value, d.value FROM state_meta s, state_meta h, state_meta d"
                                   " WHERE s.key = 'audit_seq' AND h.key = 'audit_hash' AND d.key = 'audit_day'"));
  NC_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<access::AuditSeal>();
  return std::optional(access::AuditSeal{static_cast<std::int32_t>(query.integer(2)), query.integer(0), query.id<Digest>(1)});
}

Status keep(store::Database& db, std::string_view key, const auto& value) {
  return db.run("INSERT INTO state_meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, value);
}

// Not when the row that was kept is another now, or gone: what was kept is then the proof of it.
Result<bool> goes_on_from(access::AuditTrail& trail, const access::AuditTrail::Ends& ends, const access::AuditSeal& kept) {
  if (ends.head.seq <= kept.seq) return false;
  if (ends.first.seq > kept.seq) return true;  // taken out after its years
  access::AuditQuery query;
  query.before = kept.seq + 1;
  query.limit = 1;
  NC_ASSIGN(const auto page, trail.list(query));
  return !page.rows.empty() && page.rows.front().seq == kept.seq && page.rows.front().hash == kept.hash;
}

}  // namespace

// A trail that cannot be read stops no commit: who writes into it is told, and verify says so.
Status Ledger::Impl::keep_audit_head(store::Database& db) {
  const auto now = clock.wall_ms();
  if (audit_looked_at_ms && now >= *audit_looked_at_ms && now - *audit_looked_at_ms < kLookAtHeadEveryMs) return {};
  audit_looked_at_ms = now;
  const auto ends = audit->ends();
  if (!ends || !*ends) return {};
  NC_ASSIGN(const auto kept, kept_audit_head(db));
  if (kept && !goes_on_from(*audit, **ends, *kept).value_or(false)) return {};
  NC_TRY(keep(db, "audit_seq", (*ends)->head.seq));
  NC_TRY(keep(db, "audit_hash", (*ends)->head.hash));
  return keep(db, "audit_day", audit->day_of(now));
}

// Records of which rows speak and that he may not know: absent and hidden ones alike.
Result<std::vector<RecordId>> Ledger::Impl::unknown_to(const access::Subject& who, const World& now) {
  NC_ASSIGN(auto records, audit->records());
  NC_ASSIGN(const auto db, reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  std::vector<RecordId> out;
  for (const auto& id : records) {
    NC_ASSIGN(auto view, load_record(*db, *now.catalog, id));
    const auto cut = view ? cut_to(std::move(*view), who, now, true) : Cut{{}, false, no_such_record()};
    // Of a record that was withdrawn from him the rows tell who reads it where it is handled now.
    if (cut.view ? withdrawn(*cut.view) : cut.reason.code == ErrorCode::kNotFound) out.push_back(id);
  }
  return out;
}

access::AuditTrail& Ledger::audit() const { return *impl_->audit; }

Result<access::AuditReach> Ledger::audit_reach(const access::Subject& who) const {
  using Whose = access::AuditReach::Whose;
  const auto now = world();
  std::map<UnitId, bool> units;
  const auto reaches = [&](const UnitId& unit) {
    const auto [at, fresh] = units.try_emplace(unit, false);
    if (!fresh) return at->second;
    access::Object object;
    object.owners = {unit};
    return at->second = access::decide(who, access::Action::kReadAudit, object, *now->tree, *now->catalog).allow;
  };
  const bool node = reaches(console().unit);
  access::AuditReach reach;
  for (const auto& [login, account] : now->accounts)
    if (reaches(account.unit) != node) reach.accounts.push_back(account.person);
  reach.whose = !node ? Whose::kOnly : reach.accounts.empty() ? Whose::kAll : Whose::kAllBut;
  NC_ASSIGN(reach.hidden, impl_->unknown_to(who, *now));
  return reach;
}

// Each entry is a seal, not only the newest. Only the node's own count: whoever may amend records cannot
// add to them.
Result<std::vector<access::AuditSeal>> Ledger::audit_seals() const {
  std::vector<access::AuditSeal> seals;
  const auto types = world()->catalog->feeding("audit-head");
  if (types.empty()) return seals;
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(const auto heads, heads_of(*db, impl_->journal, impl_->config.self));
  for (const auto& stored : heads.entries) {
    const auto& stream = stored.entry.header.stream;
    if (stream.incarnation != impl_->config.self.incarnation || stored.entry.body.author != impl_->config.node_record) continue;
    if (const auto seal = seal_of(stored.entry.body, *types.front())) seals.push_back(*seal);
  }
  std::stable_sort(seals.begin(), seals.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  return seals;
}

Status Ledger::seal_audit() {
  const auto day = today();
  if (!impl_->committer || impl_->audit_sealed_on == day) return {};
  impl_->audit_sealed_on = day;
  NC_ASSIGN(const auto ends, impl_->audit->ends());
  if (!ends) return {};  // not a row yet
  NC_ASSIGN(const auto seals, audit_seals());
  // Nothing on the day that a trail begins. An older file in its place is not sealed over: verify has to say so.
  const auto& head = ends->head;
  if (seals.empty() ? impl_->audit->day_of(ends->first.at_ms) >= day : seals.back().day == day || seals.back().seq >= head.seq) return {};
  RecordId id;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_ASSIGN(const auto heads, heads_of(*db, impl_->journal, impl_->config.self));
    id = heads.id;
  }
  const auto written =
      impl_->submit([&](Writer& writer) { return writer.seal_audit_head(impl_->config.node_record, id, {day, head.seq, head.hash}); });
  return written ? Status{} : Status(fail(written.error().error));
}

Result<access::AuditReport> Ledger::verify_audit() const {
  NC_ASSIGN(auto seals, audit_seals());
  std::optional<access::AuditSeal> kept;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_ASSIGN(kept, kept_audit_head(*db));
  }
  const bool newer = kept && (seals.empty() || seals.back().seq < kept->seq);
  if (newer) seals.push_back(*kept);
  NC_ASSIGN(auto report, impl_->audit->verify(seals));
  if (newer) --report.seals;  // it is in no journal
  return report;
}

WriteResult Writer::seal_audit_head(const PersonId& node_record, const RecordId& id, const access::AuditSeal& seal) {
  const auto types = world_->catalog->feeding("audit-head");
  if (types.empty())
    return std::unexpected(Refusal{Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"audit-head"}), {}});
  const auto& type = *types.front();
  // The number of rows depends on what restricted readers did, so the part is restricted.
  const journal::PartKey key{static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted),
                             journal::Audience::own(node_unit_.value_or(UnitId{}))};
  journal::Draft draft{id, type.id, type.version, key, journal::Lane::kOrdinary, journal::Form::kSet, {}, {}};
  auto loaded = load(id);
  if (!loaded) return std::unexpected(Refusal{std::move(loaded).error(), {}});
  if (*loaded) {
    draft.part = (*loaded)->view.base_part().key;
    draft.base = (*loaded)->view.base_part().heads;
  } else {
    draft.form = journal::Form::kAct;
    draft.body.act = std::string(journal::acts::kCreate);
    draft.body.state = type.initial_state;
  }
  draft.body.author = node_record;
  draft.body.set = {{type.slot("day")->id, catalog::json_from_date({seal.day, DatePrecision::kDay, false})},
                    {type.slot("seq")->id, seal.seq},
                    {type.slot("head")->id, seal.hash.hex()}};
  auto appended = journal_.append(db_, draft);
  if (!appended) return std::unexpected(Refusal{std::move(appended).error(), {}});
  auto entries = *loaded ? std::move((*loaded)->entries) : std::vector<journal::Stored>();
  entries.push_back(std::move(*appended));
  if (auto projected = project(id, entries); !projected) return std::unexpected(Refusal{std::move(projected).error(), {}});
  return Written{id, true, {}, false};
}

// What a change is to the trail. Other changes stand in the journal alone.
std::string_view audited_change(const catalog::Type& type, std::string_view act) {
  if (act == journal::acts::kVoid) return access::audited::kVoid;
  if (act == journal::acts::kRestore) return access::audited::kRestore;
  if (const auto* step = type.transition(act); step && step->binding) return access::audited::kBinding;
  if (type.feeds == "person-account") return access::audited::kAccount;
  if (type.feeds == "person-key") return access::audited::kKey;
  if (type.feeds == "node-key" || type.feeds == "handling-waiver") return access::audited::kSetting;
  return {};
}

WriteResult Ledger::noted(const access::Subject& who, WriteResult result) {
  // The change stands in the journal, whatever becomes of this row and of the seal.
  if (result && result->changed && !result->audited.empty())
    static_cast<void>(impl_->audit->write({who.person, result->audited, result->id, {}, access::AuditOutcome::kDone}));
  static_cast<void>(seal_audit());
  return result;
}

}  // namespace nc::records
