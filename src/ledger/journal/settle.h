// Inside the room only: writing a verdict down, and what follows from it for entries held before.
#pragma once

#include <set>

#include "ledger/journal/admission.h"
#include "ledger/journal/kept_aside.h"

namespace nc::journal {

class Settler {
 public:
  // `kept`: as Admission's; told when the authority moves.
  Settler(store::Database& db, const ReceiveRules& rules, Standings* kept = nullptr) : db_(db), admission_(db, rules, kept), kept_(kept) {}

  Result<Verdict> check(const Entry& entry) { return admission_.check(entry); }
  Result<bool> purged(const Entry& entry) { return admission_.purged(entry); }
  Result<bool> drop_purged(std::vector<Journal::Incoming>& entries) { return journal::drop_purged(db_, admission_, entries); }
  // After the row of `entry` stands in the journal with the verdict's standing.
  Status settle(std::int64_t arrival, const Entry& entry, const Verdict& verdict);
  // Parked entries whose missing parts came; when cuts changed, everything anew. True when something moved.
  Result<bool> retry();
  // Records of which an entry began or ceased to count.
  [[nodiscard]] std::vector<RecordId> touched() const { return {touched_.begin(), touched_.end()}; }

 private:
  Result<bool> recheck(std::int64_t arrival);
  Result<bool> recheck_all();
  Status purge_targets(const Entry& entry);
  store::Database& db_;
  Admission admission_;
  Standings* kept_;
  bool cuts_changed_ = false;
  std::set<RecordId> touched_;
};

}  // namespace nc::journal
