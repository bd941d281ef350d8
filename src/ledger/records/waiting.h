// New records whose entries are in the journal and whose derived rows are not: deriving them in groups costs a fraction
// of deriving each in its own commit. docs/ARCHITECTURE.md section 3 says who waits and who may not.
//
// In the database stands one mark, in the same transaction as the first entry that waits: what arrived from it on may
// lack its rows. It goes in the transaction that writes the last of them, so that a cut between loses nothing: whoever
// opens the ledger for writing derives from the mark on.
// Threads: whoever writes (store::GroupCommitter), but for a WaitingRecord, size(), find() and any(), which are anybody's.
// Memory: kWaitingMax records at most, without the bytes of their entries.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ledger/catalog/tasks.h"
#include "ledger/journal/journal.h"
#include "ledger/records/tables.h"

namespace nc::records {

inline constexpr std::size_t kWaitingMax = 1024;

// A new record as its entries say it, by whoever needs it first. Not changed once it waits. Any thread.
class WaitingRecord {
 public:
  WaitingRecord(const RecordId& id, std::vector<journal::Stored> entries);  // all of the record; their encoded bytes are let go
  [[nodiscard]] const RecordId& id() const { return id_; }
  [[nodiscard]] const std::string& type() const;
  [[nodiscard]] std::int64_t first_arrival() const { return entries_.front().arrival; }
  [[nodiscard]] const std::vector<journal::Stored>& entries() const { return entries_; }
  // What the tables will say. `world`: any since it was written; types do not change while a ledger is open.
  [[nodiscard]] const Rows& rows(const World& world) const;
  std::atomic<bool> derived = false;

 private:
  RecordId id_;
  std::vector<journal::Stored> entries_;
  mutable std::once_flag once_;
  mutable std::optional<Rows> rows_;
};
using WaitingRecords = std::vector<std::shared_ptr<WaitingRecord>>;

class Waiting {
 public:
  // `dir`: whose disk must have room, because rows are written after their entry was acknowledged.
  explicit Waiting(std::filesystem::path dir) : dir_(std::move(dir)) {}

  // Whether another record may wait. Not when the last attempt to derive failed: then each save finds out itself.
  [[nodiscard]] bool takes(const RecordId& id) const;
  [[nodiscard]] bool holds(const RecordId& id) const { return ids_.contains(id); }
  void add(const RecordId& id, std::vector<journal::Stored> entries);
  // Writes the rows of what waits, in order of arrival, at most of `max`, and adds their views to `changed`.
  Status derive(store::Database& db, const World& world, std::vector<RecordView>& changed, std::size_t max = kWaitingMax);
  // Before each commit in which something was added or derived.
  Status keep_mark(store::Database& db);

  // Of a work whose savepoint is undone.
  struct Mark {
    std::size_t added = 0, derived = 0;
  };
  [[nodiscard]] Mark mark() const { return {records_.size(), derived_}; }
  void back_to(const Mark& mark);
  // The transaction is over. The records that came with it and still wait.
  WaitingRecords committed();
  void undone();

  void say_failed() { failed_ = true; }  // until rows could be written
  // Committed and waiting. Any thread.
  [[nodiscard]] std::size_t size() const { return size_; }
  // Null: it is in the tables, or there is none. Any thread.
  [[nodiscard]] std::shared_ptr<const WaitingRecord> find(const RecordId& id) const;
  // Whether one of them is such; all that a save's answer came before are asked about. Any thread.
  [[nodiscard]] bool any(const std::function<bool(const WaitingRecord&)>& is_such) const;

 private:
  std::filesystem::path dir_;
  std::deque<std::shared_ptr<WaitingRecord>> records_;
  std::unordered_set<RecordId> ids_;
  std::size_t derived_ = 0;    // of the front, in the open transaction
  std::size_t committed_ = 0;  // were there when it began
  std::optional<std::int64_t> marked_, mark_kept_;
  bool failed_ = false;
  std::atomic<std::size_t> size_ = 0;
  mutable std::mutex mutex_;  // of the next
  std::unordered_map<RecordId, std::shared_ptr<WaitingRecord>> acknowledged_;
};

// The mark: nothing when all is derived.
Result<std::optional<std::int64_t>> waiting_from(store::Database& db);
Status clear_waiting(store::Database& db);
// What the mark says was left over by a cut is derived. The number of records.
Result<std::int64_t> derive_left_over(store::Database& db, const journal::Journal& journal, const World& world,
                                      const catalog::TaskBook& tasks);

}  // namespace nc::records
