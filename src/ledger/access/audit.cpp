// Writing: rows in a chain, and refusals that are counted.
#include "ledger/access/audit.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "foundation/store/transaction.h"
#include "ledger/access/audit_file.h"

namespace nc::access {
namespace {

constexpr std::size_t kPurposeBytesMax = 200;
constexpr std::size_t kOriginBytesMax = 64;
constexpr std::size_t kAddressesPerMinuteMax = 64;  // more are counted together; accounts never are
constexpr std::size_t kShownMax = 100'000;
constexpr std::int64_t kCheckpointBytes = std::int64_t{1} << 20;

constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS audit_row(
  seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor BLOB, action TEXT NOT NULL, record BLOB, purpose TEXT NOT NULL,
  origin TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL, hash BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS audit_row_actor ON audit_row(actor);
CREATE INDEX IF NOT EXISTS audit_row_record ON audit_row(record) WHERE record IS NOT NULL;
CREATE TABLE IF NOT EXISTS audit_counter(
  minute INTEGER NOT NULL, actor BLOB NOT NULL, action TEXT NOT NULL, origin TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY(minute, actor, action, origin)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_setting(name TEXT PRIMARY KEY, value INTEGER, hash BLOB) WITHOUT ROWID;
)sql";

constexpr std::array<std::string_view, 3> kOutcomes = {"done", "refused", "failed"};

bool is_action(std::string_view action) { return std::find(audited::kAll.begin(), audited::kAll.end(), action) != audited::kAll.end(); }

std::optional<PersonId> known(const PersonId& id) { return id.is_zero() ? std::nullopt : std::optional(id); }

}  // namespace

std::string_view outcome_name(AuditOutcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

std::optional<AuditOutcome> outcome_from_name(std::string_view name) {
  const auto at = std::find(kOutcomes.begin(), kOutcomes.end(), name);
  if (at == kOutcomes.end()) return std::nullopt;
  return static_cast<AuditOutcome>(at - kOutcomes.begin());
}

std::string audit_row_bytes(const AuditRow& row, const std::optional<Digest>& prev) {
  Json json;
  json.set("action", row.action).set("at", row.at_ms).set("count", row.count).set("outcome", outcome_name(row.outcome));
  json.set("prev", prev ? Json(prev->hex()) : Json()).set("seq", row.seq).set("v", 1);
  if (!row.actor.is_zero()) json.set("actor", row.actor.hex());
  if (!row.record.is_zero()) json.set("record", row.record.hex());
  if (!row.purpose.empty()) json.set("purpose", row.purpose);
  if (!row.origin.empty()) json.set("origin", row.origin);
  return canonical(json);
}

Digest audit_row_hash(const AuditRow& row, const std::optional<Digest>& prev) {
  return crypto::sha256("nhipcau-audit-1\n" + audit_row_bytes(row, prev));
}

AuditTrail::AuditTrail(std::filesystem::path file, const Options& options) : file_(std::move(file)), options_(options) {
  if (options_.clock == nullptr) options_.clock = &system_clock();
}

AuditTrail::~AuditTrail() {
  const std::lock_guard lock(mutex_);
  if (counters_.empty()) return;
  if (const auto db = open(true); db)
    for (auto& [key, counter] : counters_) static_cast<void>(save_counter(**db, key, counter));
}

std::int32_t AuditTrail::day_of(std::int64_t wall_ms) const {
  const auto minutes = wall_ms / 60'000 + options_.zone_minutes;
  return static_cast<std::int32_t>(minutes >= 0 ? minutes / 1440 : (minutes - 1439) / 1440);
}

Result<store::Database*> AuditTrail::open(bool make) {
  // Taken away or replaced from under us: what is written must not go into a file without a name.
  if (database_ && database_->has_moved()) database_.reset();
  if (database_) return &*database_;
  std::error_code ec;
  // An empty one is what a full disk left of a file that was about to be made.
  const bool none = !std::filesystem::exists(file_, ec) || std::filesystem::file_size(file_, ec) == 0;
  if ((!make || options_.immutable) && none) return static_cast<store::Database*>(nullptr);
  store::Options options;
  options.create = !options_.immutable;
  options.read_only = options.immutable = options_.immutable;
  options.application_id = kAuditApplicationId;
  options.vfs = options_.vfs;
  options.cache_kib = 256;
  NC_ASSIGN(database_, store::Database::open(file_, options));
  const Status made = options_.immutable ? Status{} : database_->exec(kTables);
  if (!made) {
    database_.reset();
    return fail(made.error());
  }
  return &*database_;
}

Status AuditTrail::append_row(store::Database& db, AuditRow row) {
  NC_CHECK(is_action(row.action));
  NC_ASSIGN(auto last, last_link(db));
  if (!last && row.action != audited::kBegin) {
    AuditRow first;
    first.at_ms = row.at_ms;
    first.action = std::string(audited::kBegin);
    first.record = options_.node;
    NC_TRY(append_row(db, first));
    NC_ASSIGN(last, last_link(db));
  }
  row.seq = last ? last->seq + 1 : 1;
  row.hash = audit_row_hash(row, last ? std::optional(last->hash) : std::nullopt);
  return db.run(
      "INSERT INTO audit_row(seq, at_ms, actor, action, record, purpose, origin, outcome, count, hash) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?)",
      row.seq, row.at_ms, known(row.actor), row.action, known(row.record), row.purpose, row.origin, outcome_name(row.outcome), row.count,
      row.hash);
}

Status AuditTrail::append(store::Database& db, const AuditEvent& event, std::int64_t at_ms) {
  AuditRow row;
  row.at_ms = at_ms;
  row.actor = event.actor;
  row.action = std::string(event.action);
  row.record = event.record;
  row.purpose = is_utf8(event.purpose) ? shorten(to_nfc(event.purpose), kPurposeBytesMax) : std::string();
  row.outcome = event.outcome;
  return append_row(db, std::move(row));
}

// One transaction; after a failure of disk or file the next call opens the file anew.
Status AuditTrail::in_transaction(const std::function<Status(store::Database&)>& work) {
  if (options_.immutable)
    return fail(Error(ErrorCode::kIo, NC_MSG("The audit trail cannot be written: nothing can be written here")).at(file_.string()));
  const auto whole = [&]() -> Status {
    NC_ASSIGN(auto* db, open(true));
    NC_ASSIGN(auto transaction, store::Transaction::begin(*db));
    NC_TRY(settle(*db));
    NC_TRY(work(*db));
    NC_TRY(transaction.commit());
    if (db->wal_backlog_bytes() > kCheckpointBytes) static_cast<void>(db->checkpoint(store::CheckpointMode::kPassive));
    return {};
  };
  const Status status = whole();
  if (!status && status.error().code != ErrorCode::kBusy) database_.reset();
  return status;
}

Status AuditTrail::write(const AuditEvent& event) {
  const std::lock_guard lock(mutex_);
  return in_transaction([&](store::Database& db) { return append(db, event, options_.clock->wall_ms()); });
}

Status AuditTrail::write_restricted_reads(const PersonId& actor, const std::vector<RecordId>& records) {
  const std::lock_guard lock(mutex_);
  if (shown_minute_ != minute() || shown_.size() > kShownMax) shown_.clear();
  shown_minute_ = minute();
  std::vector<RecordId> fresh;
  for (const auto& record : records)
    if (!shown_.contains({actor, record}) && std::find(fresh.begin(), fresh.end(), record) == fresh.end()) fresh.push_back(record);
  if (fresh.empty()) return {};
  const Status written = in_transaction([&](store::Database& db) -> Status {
    for (const auto& record : fresh) NC_TRY(append(db, {actor, audited::kReadRestricted, record, {}, {}}, options_.clock->wall_ms()));
    return {};
  });
  if (!written) return written;
  for (const auto& record : fresh) shown_.emplace(actor, record);
  return {};
}

// --- refusals ---

Status AuditTrail::save_counter(store::Database& db, const CounterKey& key, Counter& counter) {
  if (counter.total == counter.saved) return {};
  NC_TRY(
      db.run("INSERT INTO audit_counter(minute, actor, action, origin, count) VALUES(?1, ?2, ?3, ?4, ?5) "
             "ON CONFLICT DO UPDATE SET count = count + excluded.count",
             counted_minute_, key.actor, key.action, key.origin, counter.total - counter.saved));
  counter.saved = counter.total;
  return {};
}

void AuditTrail::count_refusal(const PersonId& actor, std::string_view action, std::string_view origin) {
  NC_CHECK(is_action(action));
  const std::lock_guard lock(mutex_);
  if (counted_minute_ != minute()) {
    if (!counters_.empty()) static_cast<void>(in_transaction([](store::Database&) -> Status { return {}; }));
    counters_.clear();  // what a broken file could not take is lost, and the memory stays small
    counted_minute_ = minute();
  }
  const auto place = actor.is_zero() && is_utf8(origin) ? shorten(origin, kOriginBytesMax) : std::string();
  CounterKey key{actor, std::string(action), place};
  // Of accounts there are only so many; and what somebody out of reach did must not move the rows of another.
  if (actor.is_zero() && !counters_.contains(key)) {
    const auto addresses = std::count_if(counters_.begin(), counters_.end(), [](const auto& one) { return one.first.actor.is_zero(); });
    if (static_cast<std::size_t>(addresses) >= kAddressesPerMinuteMax) key.origin.clear();
  }
  auto& counter = counters_[key];
  ++counter.total;
  // Written at 1, 2, 4, 8 ...: a cut of power loses less than half of the minute's count.
  if (!std::has_single_bit(static_cast<std::uint64_t>(counter.total))) return;
  static_cast<void>(in_transaction([&](store::Database& db) { return save_counter(db, key, counter); }));
}

// Counters of minutes that are over become rows, oldest first.
Status AuditTrail::end_minutes(store::Database& db) {
  std::vector<AuditRow> rows;
  {
    NC_ASSIGN(auto row, db.prepare("SELECT minute, actor, action, origin, count FROM audit_counter WHERE minute <> ?1"
                                   " ORDER BY minute, actor, action, origin"));
    row.bind(1, minute());
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      AuditRow one;
      one.at_ms = row.integer(0) * 60'000;
      one.actor = row.id<PersonId>(1);
      one.action = row.text(2);
      one.origin = row.text(3);
      one.count = row.integer(4);
      one.outcome = AuditOutcome::kRefused;
      rows.push_back(std::move(one));
    }
    NC_TRY(row.status());
  }
  if (rows.empty()) return {};
  for (auto& row : rows) {
    if (!is_action(row.action)) return fail(ErrorCode::kCorrupt, NC_MSG("The audit trail holds a row of no known form"));
    NC_TRY(append_row(db, std::move(row)));
  }
  return db.run("DELETE FROM audit_counter WHERE minute <> ?1", minute());
}

Status AuditTrail::settle(store::Database& db) {
  if (counted_minute_ != minute()) {
    for (auto& [key, counter] : counters_) NC_TRY(save_counter(db, key, counter));
  }
  return end_minutes(db);
}

Status AuditTrail::settle_if_there() {
  NC_ASSIGN(const auto* db, open(false));
  if (db == nullptr) return {};
  return in_transaction([](store::Database&) -> Status { return {}; });
}

}  // namespace nc::access
