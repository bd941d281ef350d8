// What waits for whom: the open tasks of one reader, in order of the day until which they are to be done.
//
// A task is his when it waits for his unit, or for him as who began the record, or is a step of the workflow in a
// record of a unit that he reaches; when he may read the part that it follows from; and when he may do it: `decide` is
// asked for each one that is shown or counted. What he may not know leaves no trace, also not in where a page ends.
// Read by index: what it costs follows from what waits for him, not from what the ledger holds.
// Restricted content leaves after its row in the audit trail, as in Ledger::list.
// Threads: any. The ledger must outlive it; made before others write.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ledger/catalog/tasks.h"
#include "ledger/records/ledger.h"

namespace nc::records {

class SightCache;

struct Task {
  RecordView record;                                // as the reader may see it
  const catalog::TaskRule* rule = nullptr;          // of the book; null: an open conflict, to be decided
  const catalog::Transition* transition = nullptr;  // that its button takes; null: the form of the record
  std::optional<std::int32_t> due;                  // nothing: no day is known
};

struct TaskQuery {
  std::optional<std::int32_t> from, until;  // days by which it is due, both included
  bool undated = true;                      // also those without a day, which come last
  bool units_below = false;                 // also what waits for the units below, and not only steps there
  std::string cursor;                       // from the page before
  std::size_t limit = 50;
  std::size_t looked_at_max = 400;  // that he sees, done by him or not, before a page ends as it is
};

struct TaskPage {
  std::vector<Task> items;
  std::string next_cursor;  // empty: that was all
};

struct TaskCount {
  std::size_t number = 0;
  bool more = false;  // it was not counted further
  bool operator==(const TaskCount&) const = default;
};

class OpenTasks {
 public:
  // Reads the catalogue's tasks.toml.
  static Result<std::unique_ptr<OpenTasks>> of(Ledger& ledger);
  ~OpenTasks();

  [[nodiscard]] Result<TaskPage> list(const access::Subject& who, const TaskQuery& query) const;
  // Of those due until the day and without a day, up to `most`; kept until something is written.
  [[nodiscard]] Result<TaskCount> count(const access::Subject& who, std::int32_t until, std::size_t most) const;
  // Whether anything could ever wait for him: he may change something, or take a step.
  [[nodiscard]] bool any_for(const access::Subject& who) const;
  [[nodiscard]] const catalog::TaskBook& book() const { return book_; }

 private:
  struct Reader;
  OpenTasks(Ledger& ledger, catalog::TaskBook book);
  [[nodiscard]] Result<TaskPage> list_up_to(catalog::Handling ceiling, const access::Subject& who, const TaskQuery& query) const;

  Ledger& ledger_;
  const catalog::TaskBook book_;
  std::unique_ptr<SightCache> sights_;
  // What was counted last for each reader, and after which change of the ledger.
  struct Counted {
    std::uint64_t change = 0;
    std::int32_t day = 0, minute = 0, until = 0;
    std::size_t most = 0;
    TaskCount count;
  };
  mutable std::mutex mutex_;
  mutable std::map<std::pair<PersonId, access::Strength>, Counted> counted_;
  std::shared_ptr<std::atomic<std::uint64_t>> changes_;
};

}  // namespace nc::records
