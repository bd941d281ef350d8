// New records whose entries are in the journal and whose derived rows are not: deriving them in groups costs a fraction
// of deriving each in its own commit. docs/ARCHITECTURE.md section 3 says who waits and who may not.
//
// In the database stands one mark, in the same transaction as the first entry that waits: what arrived from it on may
// lack its rows. It goes in the transaction that writes the last of them, so that a cut between loses nothing: whoever
// opens the ledger for writing derives from the mark on.
// Threads: whoever writes (store::GroupCommitter), but for WaitingRecord::entries and size(), which anybody may read.
// Memory: kWaitingMax records at most, without the bytes of their entries.
#pragma once

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "ledger/catalog/tasks.h"
#include "ledger/journal/journal.h"
#include "ledger/records/tables.h"

namespace nc::records {

inline constexpr std::size_t kWaitingMax = 1024;

struct WaitingRecord {
  RecordId id;
  std::vector<journal::Stored> entries;  // all of the record; their encoded bytes are let go
  std::optional<Rows> rows;              // worked out ahead by the deriver; of whoever writes
  std::atomic<bool> derived = false;
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
  // Writes the rows of all that wait, in order of arrival, and adds their views to `changed`.
  Status derive(store::Database& db, const World& world, std::vector<RecordView>& changed);
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

 private:
  std::filesystem::path dir_;
  std::deque<std::shared_ptr<WaitingRecord>> records_;
  std::unordered_set<RecordId> ids_;
  std::size_t derived_ = 0;    // of the front, in the open transaction
  std::size_t committed_ = 0;  // were there when it began
  bool marked_ = false, mark_kept_ = false;
  bool failed_ = false;
  std::atomic<std::size_t> size_ = 0;
};

// The mark: nothing when all is derived.
Result<std::optional<std::int64_t>> waiting_from(store::Database& db);
Status clear_waiting(store::Database& db);
// What the mark says was left over by a cut is derived. The number of records.
Result<std::int64_t> derive_left_over(store::Database& db, const journal::Journal& journal, const World& world,
                                      const catalog::TaskBook& tasks);

}  // namespace nc::records
