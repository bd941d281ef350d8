// Reading and checking the trail, and how long its rows are kept.
#include <algorithm>

#include "base/civil.h"
#include "foundation/store/transaction.h"
#include "ledger/access/audit.h"
#include "ledger/access/audit_file.h"

namespace nc::access {
namespace {

constexpr std::size_t kFaultsMax = 20;
Result<std::optional<AuditLink>> link_of(store::Database& db, std::string_view sql) {
  NC_ASSIGN(auto row, db.prepare(sql));
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::optional<AuditLink>();
  AuditLink link{row.integer(0), row.id<Digest>(1)};
  NC_TRY(row.status());
  return std::optional(link);
}

std::string number(std::int64_t value) { return std::to_string(value); }
std::string day_text(std::int32_t day) { return iso_date({day, DatePrecision::kDay, false}); }

// Walks the rows and the sealed heads side by side.
class Checker {
 public:
  Checker(const AuditTrail& trail, const std::vector<AuditSeal>& seals) : trail_(trail), seals_(seals) {
    report_.seals = static_cast<std::int64_t>(seals.size());
  }

  void begin(const std::optional<AuditLink>& pruned) {
    if (!pruned) return;
    seq_ = pruned->seq;
    prev_ = pruned->hash;
    const auto at = std::find_if(seals_.begin(), seals_.end(), [&](const AuditSeal& seal) { return seal.seq == pruned->seq; });
    if (at == seals_.end() || at->hash != pruned->hash)
      return fault(pruned->seq, Error(ErrorCode::kCorrupt, NC_MSG("Rows up to {1} were taken out, and no sealed head vouches for them"),
                                      {number(pruned->seq)}));
    // A clock that was set back does not make an old seal young.
    if (at->day > std::max(trail_.today(), seals_.back().day) - AuditTrail::kKeepDaysMin)
      fault(pruned->seq, Error(ErrorCode::kCorrupt, NC_MSG("Rows up to {1}, sealed on {2}, were taken out before their time"),
                               {number(pruned->seq), day_text(at->day)}));
    while (next_seal_ < seals_.size() && seals_[next_seal_].seq < pruned->seq) ++next_seal_;
    check_seals(pruned->seq, pruned->hash);
  }

  void look(const AuditRow& row) {
    ++report_.rows;
    if (report_.first_seq == 0) report_.first_seq = row.seq, first_day_ = trail_.day_of(row.at_ms);
    bool chained = true;
    if (row.seq != seq_ + 1) {
      fault(seq_ + 1, Error(ErrorCode::kCorrupt, NC_MSG("Rows {1} to {2} are missing"), {number(seq_ + 1), number(row.seq - 1)}));
      pass_seals(row.seq - 1);
      chained = false;  // its hash covers a row that is gone
    }
    if (chained && audit_row_hash(row, prev_) != row.hash)
      fault(row.seq, Error(ErrorCode::kCorrupt, NC_MSG("Row {1} was altered: its hash does not fit"), {number(row.seq)}));
    check_seals(row.seq, row.hash);
    seq_ = row.seq;
    prev_ = row.hash;
  }

  AuditReport end() {
    if (next_seal_ < seals_.size())
      fault(seq_ + 1, Error(ErrorCode::kCorrupt, NC_MSG("The trail ends at row {1}, but the journal sealed row {2} on {3}"),
                            {number(seq_), number(seals_.back().seq), day_text(seals_.back().day)}));
    return std::move(report_);
  }

 private:
  void check_seals(std::int64_t seq, const Digest& hash) {
    for (; next_seal_ < seals_.size() && seals_[next_seal_].seq == seq; ++next_seal_) {
      const auto& seal = seals_[next_seal_];
      if (seal.hash != hash)
        fault(seq, Error(ErrorCode::kCorrupt, NC_MSG("Row {1} is not the one that the journal sealed on {2}"),
                         {number(seq), day_text(seal.day)}));
      else if (report_.faults.empty()) proven_day_ = seal.day;
    }
  }
  void pass_seals(std::int64_t until_seq) {
    while (next_seal_ < seals_.size() && seals_[next_seal_].seq <= until_seq) ++next_seal_;
  }
  void fault(std::int64_t seq, Error error) {
    if (report_.faults.size() >= kFaultsMax) return;
    const auto first = first_day_ ? *first_day_ : seals_.empty() ? trail_.today() : seals_.front().day;
    report_.faults.push_back({seq, proven_day_.value_or(first), std::move(error)});
  }

  const AuditTrail& trail_;
  const std::vector<AuditSeal>& seals_;
  AuditReport report_;
  std::int64_t seq_ = 0;
  std::optional<Digest> prev_;
  std::size_t next_seal_ = 0;
  std::optional<std::int32_t> proven_day_;  // of the last sealed head that fits, before any fault
  std::optional<std::int32_t> first_day_;
};

Status each_row(store::Database& db, const std::function<void(const AuditRow&)>& visit) {
  NC_ASSIGN(auto row, db.prepare(std::string("SELECT ") + kAuditColumns + " FROM audit_row ORDER BY seq"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return row.status();
    visit(audit_row_from(row));
  }
}

Result<std::int32_t> kept_days(store::Database& db) {
  const auto days = db.integer("SELECT value FROM audit_setting WHERE name = 'keep_days'");
  if (!days && days.error().code != ErrorCode::kNotFound) return fail(days.error());
  // A number that somebody wrote into the file by hand does not undercut the least.
  return days ? std::max(AuditTrail::kKeepDaysMin, static_cast<std::int32_t>(std::min<std::int64_t>(*days, 100'000)))
              : AuditTrail::kKeepDaysDefault;
}

}  // namespace

// An outcome that is not known reads as failed: the hash then does not fit.
AuditRow audit_row_from(const store::Statement& row) {
  AuditRow out;
  out.seq = row.integer(0);
  out.at_ms = row.integer(1);
  out.actor = row.id<PersonId>(2);
  out.action = row.text(3);
  out.record = row.id<RecordId>(4);
  out.purpose = row.text(5);
  out.origin = row.text(6);
  out.outcome = outcome_from_name(row.text_view(7)).value_or(AuditOutcome::kFailed);
  out.count = row.integer(8);
  out.hash = row.id<Digest>(9);
  return out;
}

Result<std::optional<AuditLink>> last_link(store::Database& db) {
  NC_ASSIGN(auto last, link_of(db, "SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1"));
  if (last) return last;
  return pruned_link(db);
}

Result<std::optional<AuditLink>> pruned_link(store::Database& db) {
  return link_of(db, "SELECT value, hash FROM audit_setting WHERE name = 'pruned'");
}

Result<std::optional<AuditTrail::Ends>> AuditTrail::ends() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (db == nullptr) return std::optional<Ends>();
  NC_ASSIGN(auto row, db->prepare(std::string("SELECT ") + kAuditColumns +
                                  " FROM audit_row WHERE seq IN (SELECT min(seq) FROM audit_row UNION ALL SELECT max(seq) FROM audit_row)"
                                  " ORDER BY seq"));
  std::optional<Ends> ends;
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    if (!ends) ends.emplace().first = audit_row_from(row);
    ends->head = audit_row_from(row);
  }
  NC_TRY(row.status());
  return ends;
}

Result<AuditReport> AuditTrail::verify(const std::vector<AuditSeal>& seals) {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  Checker checker(*this, seals);
  if (db != nullptr) {
    NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
    NC_ASSIGN(const auto pruned, pruned_link(*db));
    checker.begin(pruned);
    NC_TRY(each_row(*db, [&](const AuditRow& row) { checker.look(row); }));
  }
  return checker.end();
}

Result<std::int32_t> AuditTrail::keep_days() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  if (db == nullptr) return kKeepDaysDefault;
  return kept_days(*db);
}

Status AuditTrail::set_keep_days(std::int32_t days) {
  if (days < kKeepDaysMin)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The audit trail is kept for at least {1} days"), {number(kKeepDaysMin)})
                    .then(NC_MSG("Give a larger number")));
  const std::lock_guard lock(mutex_);
  return in_transaction([&](store::Database& db) {
    return db.run("INSERT INTO audit_setting(name, value) VALUES('keep_days', ?1) ON CONFLICT DO UPDATE SET value = excluded.value", days);
  });
}

Result<std::int64_t> AuditTrail::prune(const PersonId& actor, const std::vector<AuditSeal>& seals) {
  const std::lock_guard lock(mutex_);
  std::int64_t gone = 0;
  const Status done = in_transaction([&](store::Database& db) -> Status {
    NC_ASSIGN(const auto days, kept_days(db));
    const AuditSeal* last = nullptr;
    for (const auto& seal : seals)
      if (seal.day <= today() - days) last = &seal;
    if (last == nullptr) return {};
    NC_ASSIGN(const auto fits, db.integer("SELECT count(*) FROM audit_row WHERE seq = ?1 AND hash = ?2", last->seq, last->hash));
    if (fits == 0) return {};  // taken out before, or not what was sealed: then verify has to say so
    NC_TRY(db.run("DELETE FROM audit_row WHERE seq <= ?1", last->seq));
    gone = db.changes();
    NC_TRY(
        db.run("INSERT INTO audit_setting(name, value, hash) VALUES('pruned', ?1, ?2) "
               "ON CONFLICT DO UPDATE SET value = excluded.value, hash = excluded.hash",
               last->seq, last->hash));
    return append(db, {actor, audited::kPrune, {}, {}, {}}, options_.clock->wall_ms());
  });
  if (!done) return fail(done.error());
  return gone;
}

}  // namespace nc::access
