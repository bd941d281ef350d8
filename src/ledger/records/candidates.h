// Inside the room: the records that a list may hold, in the order of the list, read piece by piece from what leads to few of
// them: the homes of the reader, the types asked for, or the records that something is linked to.
//
// The order is (first day, id). Nothing is sorted or counted beforehand, so that a page costs what it shows and not what
// there is. What ended before a day is not read to its end either: few records last longer than kLastingDays, and those
// have an index of their own. One snapshot, one thread.
#pragma once

#include <string>
#include <vector>

#include "ledger/records/sight.h"

namespace nc::records {

struct Candidate {
  std::int64_t day = kNoDay, sid = 0;
  RecordId id;
  std::string type;
  // Of the part by which it was found; -1: found by the record, so that all its parts are to be asked, and it for the rest.
  int handling = -1;
  std::int64_t audience = 0;
  bool voided = false;
  std::optional<std::int64_t> last;
};

struct ListPlace {
  std::int64_t day = 0;
  std::optional<RecordId> id;  // none: before every record of the day, in either direction
};

class Candidates {
 public:
  // What leads to them, the list's own conditions aside.
  struct Lead {
    enum class By { kHome, kType, kLink } by = By::kHome;
    std::vector<std::int64_t> homes;
    std::vector<std::string> types;
    std::vector<RecordId> targets;
  };
  enum class Order {
    kNewest,
    kOldest,
    kAny,  // for counting: what leads to them one after the other, so that a record may come again later
  };
  // Those after `from` in the order; with kAny from the newest on. `since`: none that ended before that day, or is undated.
  Candidates(store::Database& db, Lead lead, Order order, ListPlace from, std::optional<std::int64_t> since);
  // The next ones, or nothing when that was all. A record may come again right after itself, by another part or link.
  Result<std::vector<Candidate>> next();

 private:
  [[nodiscard]] bool before(const Candidate& a, const Candidate& b) const;
  [[nodiscard]] bool past(const Candidate& candidate) const;
  // What one thing leads to, in the order of the list. With `since` it has two lanes: of what began late enough to be
  // read through, and of what began earlier and lasts.
  struct Lane {
    std::size_t lead = 0;
    bool lasting = false;
  };
  Status add_lane(const Lane& lane, std::vector<Candidate>& best);
  [[nodiscard]] Result<store::Statement> begin_lane(const Lane& lane) const;
  [[nodiscard]] bool is_over(const Lane& lane, std::int64_t day) const;
  [[nodiscard]] std::vector<Lane> lanes() const;
  [[nodiscard]] std::string lane_sql(bool lasting) const;

  // What is the next piece of all lanes, or of one; false: that was all of them.
  bool cut(std::vector<Candidate>& best);

  store::Database& db_;
  Lead lead_;
  bool newest_, any_order_;
  std::optional<std::int64_t> since_, near_;  // near: the first day of what is read through
  std::string sql_, lasting_sql_;
  std::vector<Lane> lanes_;
  ListPlace begin_, from_;
  std::size_t lane_ = 0;
  std::size_t piece_;
  bool over_ = false;
};

// Up to `max` of the records of these types that begin in these days; quickly, whatever there is.
struct DaysAsked {
  std::int64_t from = -1'000'000'000, until = 1'000'000'000;  // all, undated ones too
};
Result<std::size_t> count_of_types(store::Database& db, const std::vector<std::string>& types, const DaysAsked& days, std::size_t max);
Result<std::size_t> count_of_links(store::Database& db, const std::vector<RecordId>& targets, const DaysAsked& days, std::size_t max);

}  // namespace nc::records
