#include "ledger/journal/settle.h"

#include "ledger/journal/standing.h"

namespace nc::journal {
namespace {

Result<bool> is_indexed(store::Database& db, std::int64_t arrival) {
  NC_ASSIGN(auto query, db.prepare("SELECT 1 FROM journal_authority WHERE entry=?1"));
  query.bind(1, arrival);
  return query.step();
}

Result<std::vector<std::int64_t>> arrivals(store::Database& db, std::string_view sql) {
  std::vector<std::int64_t> out;
  NC_ASSIGN(auto query, db.prepare(sql));
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return out;
    out.push_back(query.integer(0));
  }
}

}  // namespace

Status Settler::settle(std::int64_t arrival, const Entry& entry, const Verdict& verdict) {
  if (kept_ && is_authority(entry)) kept_->authority_moves();
  if (counts(verdict.standing)) touched_.insert(entry.header.record);
  if (!is_authority(entry) || verdict.standing == Standing::kParked) return {};
  NC_ASSIGN(const bool indexed, is_indexed(db_, arrival));
  if (!indexed) NC_TRY(index_authority(db_, arrival, entry, verdict.bases));
  if (!entry.header.auth && counts(verdict.standing))
    NC_TRY(db_.run("INSERT OR IGNORE INTO journal_root(id, hash) VALUES(1, ?1)", entry.hash));
  const auto& act = entry.body.act;
  if (act == acts::kCut || act == acts::kReadmit) {
    cuts_changed_ = true;
    admission_.forget_cuts();
  }
  return act == acts::kPurge && counts(verdict.standing) ? purge_targets(entry) : Status();
}

Status Settler::purge_targets(const Entry& entry) {
  NC_ASSIGN(const auto facts, facts_of(entry));
  for (const auto& fact : facts) {
    NC_ASSIGN(const auto row, find_row(db_, *EntryHash::from_hex(fact.subject)));
    if (!row || row->standing != Standing::kAdmitted) continue;
    NC_ASSIGN(const auto target, decode_whole(*row));
    NC_ASSIGN(const bool gone, admission_.purged(target));
    if (!gone) continue;
    NC_TRY(set_standing(db_, row->arrival, Standing::kPurged));
    touched_.insert(row->record);
  }
  return {};
}

Result<bool> Settler::recheck(std::int64_t arrival) {
  NC_ASSIGN(const auto row, row_at(db_, arrival));
  NC_ASSIGN(const auto entry, decode_whole(row));
  NC_ASSIGN(const auto verdict, check(entry));
  if (verdict.standing == row.standing) return false;
  NC_TRY(db_.run("UPDATE journal_entry SET status=?2, depth=?3 WHERE arrival=?1", arrival, static_cast<int>(verdict.standing),
                 verdict.standing == Standing::kParked ? 0 : verdict.depth));
  touched_.insert(row.record);
  NC_TRY(settle(arrival, entry, verdict));
  return true;
}

// Few cuts are ever made, so each may cost a walk through the journal. Verdicts follow the authority
// set, which has no rings; the bound is for a journal that was tampered with.
Result<bool> Settler::recheck_all() {
  constexpr int kRoundsMax = 64;
  bool moved = false;
  admission_.set_remaking(true);
  NC_ASSIGN(const auto all, arrivals(db_, "SELECT arrival FROM journal_entry ORDER BY arrival"));
  for (int round = 0; round < kRoundsMax; ++round) {
    bool changed = false;
    for (const auto arrival : all) {
      NC_ASSIGN(const bool one, recheck(arrival));
      if (one) admission_.forget_cuts();
      changed = changed || one;
    }
    moved = moved || changed;
    if (!changed) break;
  }
  admission_.set_remaking(false);
  cuts_changed_ = false;
  return moved;
}

Result<bool> Settler::retry() {
  bool moved = false;
  while (true) {
    bool changed = false;
    if (cuts_changed_) { NC_ASSIGN(changed, recheck_all()); }
    NC_ASSIGN(const auto waiting, arrivals(db_, "SELECT arrival FROM journal_entry WHERE status=1 ORDER BY arrival"));
    for (const auto arrival : waiting) {
      NC_ASSIGN(const bool one, recheck(arrival));
      changed = changed || one;
    }
    if (!changed && !cuts_changed_) return moved;
    moved = moved || changed;
  }
}

}  // namespace nc::journal
