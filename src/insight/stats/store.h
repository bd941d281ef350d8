// The columns themselves. Private to this room; columns.cpp writes them, scan.cpp reads them.
//
// A row is a word made of three numbers of dictionaries (what it is, when, who with whom behind which lock),
// the 16 bytes of its record's id, and what few rows have: measures and sources in narrow columns, parents
// and clusters in side tables. A question resolves the dictionaries once and then reads the words.
//
// Most rows lie in order of their party, so that those of one post are found without a scan; newer ones
// follow as they came, until settle() puts all in order.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <span>

#include "insight/stats/dictionary.h"
#include "insight/stats/narrow.h"
#include "insight/stats/row_words.h"

namespace nc::stats {

inline constexpr RowNo kNoRow = kNoNumber;

// What a row is, but for when and who. Words are numbers of Store::words.
struct Shape {
  std::uint32_t kind = 0, detail = 0, level = 0;
  DayRange end{kDayMax, kDayMax};  // standing things: the days that may be its last
  Status status = Status::kOther;
  std::uint8_t reading = 0;  // which reading of the record
  bool standing = false;
  bool part = false;       // has a parent, seen or not
  bool clustered = false;  // is in a cluster; right when clusters are not stale
  bool dead = false;       // no row any more
  bool operator==(const Shape&) const = default;
};

// A wall without the type, which the shape has.
struct Lock {
  std::vector<Atom> need, next;
  std::vector<UnitId> counterparts;
  bool operator==(const Lock&) const = default;
};

struct Party {
  std::uint32_t own = 0, counterpart = 0, lock = 0;
  bool operator==(const Party&) const = default;
};

inline std::uint64_t hash_of(const Shape& value) {
  const auto flags = std::uint64_t{static_cast<std::uint8_t>(value.status)} | std::uint64_t{value.reading} << 8 |
                     std::uint64_t{value.standing} << 16 | std::uint64_t{value.part} << 17 | std::uint64_t{value.clustered} << 18 |
                     std::uint64_t{value.dead} << 19;
  return mixed(mixed(hash_of(value.end), flags), mixed(std::uint64_t{value.kind} << 32 | value.detail, value.level));
}
inline std::uint64_t hash_of(const Lock& value) {
  return mixed(mixed(hash_of(value.need), hash_of(value.next)), hash_of(value.counterparts));
}
inline std::uint64_t hash_of(const Party& value) { return mixed(std::uint64_t{value.own} << 32 | value.counterpart, value.lock); }

// A row of a register (declared figure, indicator, source, report) behind its wall.
template <typename T>
struct Behind {
  std::uint32_t wall = 0;
  T row;
};
template <typename T>
using Register = std::map<RecordId, std::vector<Behind<T>>>;

struct RowKey {
  RecordId id;
  std::uint8_t reading = 0;
  bool operator==(const RowKey&) const = default;
};

// What a row says of other records, by their numbers in Store::named.
struct Link {
  RowNo row = kNoRow;
  std::uint32_t parent = kNoNumber;
  std::uint32_t same = 0;      // place in Store::pool of the records that are the same event; 0: none
  std::uint32_t includes = 0;  // the same, of the records whose values its own already hold
};

// Rows that the links of all rows together join, whoever sees them; the best row first.
struct Clusters {
  bool stale = false;
  std::vector<std::uint32_t> begin{0};  // of each cluster in members, and the end
  std::vector<RowNo> members;
  std::vector<std::uint64_t> words;  // of the members
  std::vector<std::uint8_t> plain;   // each of its records has one reading: seen whole, it is one cluster
  SlotTable by_row;                  // place in members
  [[nodiscard]] std::size_t size() const { return plain.size(); }
  [[nodiscard]] std::span<const RowNo> rows(std::size_t cluster) const {
    return std::span(members).subspan(begin[cluster], begin[cluster + 1] - begin[cluster]);
  }
  [[nodiscard]] std::uint32_t place(RowNo row) const {
    return by_row.find(row, [&](std::uint32_t place) { return members[place] == row; });
  }
};

// A row that is part of another one, with the words of both as they lie in the columns.
struct PartOf {
  std::uint64_t word = 0, above_word = 0;
  RowNo row = kNoRow;
  RowNo above = kNoRow;  // kNoRow: not one row that stands alone, so that it must be looked up
};

// Rank of a record by its sources: the smallest code; those without come last.
using SourceRank = std::pair<bool, std::string>;

struct Resolved;  // scan.h: a viewer's sight of the locks
struct Asker;     // scan.h: whose sight it is

struct Columns::Store {
  mutable std::shared_mutex mutex;

  RowWords rows;
  std::vector<RecordId> ids;
  std::vector<NarrowColumn> values;  // of each number of measures
  NarrowColumn source_lists;         // number of id_lists; absent: the empty list
  SlotTable index;                   // rows by id and reading

  Dictionary<Shape> shapes;    // 0: dead
  Dictionary<DayRange> whens;  // days on which it may have begun; first > last: undated
  Dictionary<Party> parties;

  RowNo dead_rows = 0;
  std::uint64_t changes = 1;  // grows with everything that may change what a viewer gets

  Dictionary<std::string> words;  // kinds, details, levels
  Dictionary<OwnSet> own_sets;
  Dictionary<CounterpartSet> counterpart_sets;
  Dictionary<Lock> locks;
  Dictionary<MeasureKey> measures;
  Dictionary<std::vector<RecordId>> id_lists;  // 0: empty

  std::vector<Link> links;
  SlotTable link_by_row;
  std::vector<std::uint32_t> pool{0};  // a count, then so many numbers of named
  Dictionary<RecordId> named;          // records that links name
  std::vector<RowNo> named_row;        // of the record's first reading
  std::vector<std::uint8_t> named_as;  // kMany, kSame
  // Has several readings; is named as the same event; is named as a parent.
  static constexpr std::uint8_t kMany = 1, kSame = 2, kParent = 4;
  Clusters clusters;
  std::vector<PartOf> parts;  // of every row with a parent that is in no cluster; right when parts are not stale
  bool parts_stale = false;
  std::vector<std::uint32_t> totals;  // places of links with includes; right when parts are not stale

  // What viewers see, newest first. Behind a lock of its own: questions share the one above.
  mutable std::mutex sights_mutex;
  mutable std::deque<std::shared_ptr<const Resolved>> sights;
  mutable std::deque<std::pair<std::shared_ptr<const Asker>, std::shared_ptr<const Resolved>>> askers;

  Dictionary<Wall> walls;  // of the registers
  Register<Declared> declared;
  Register<IndicatorRow> indicators;
  Register<SourceRow> sources;
  Register<ReportRow> reports;

  Store();
  void clear();
  void remove(const RecordId& id);
  void add(const RowKey& key, const Wall& behind, const ActivityRow& row);
  // All rows in order of their parties, without dead ones.
  void settle();
  // Settles when the rows that are out of order have become many.
  void settle_if_needed();
  void refresh_clusters();
  void refresh_parts();
  void refresh() {
    if (clusters.stale) refresh_clusters();
    if (parts_stale) refresh_parts();
  }
  // After the columns were filled from bytes: false where they cannot be right; else makes what is not saved.
  [[nodiscard]] bool make_whole();
  // The lock for a question, with clusters that are not stale.
  [[nodiscard]] std::shared_lock<std::shared_mutex> read();

  [[nodiscard]] ActivityRow row_at(RowNo row) const;
  [[nodiscard]] Wall wall_at(RowNo row) const;
  [[nodiscard]] RowNo end() const { return rows.end(); }  // dead ones included
  [[nodiscard]] std::size_t size() const { return rows.end() - dead_rows; }
  [[nodiscard]] std::uint32_t shape_no(RowNo row) const { return rows.shape(row); }
  [[nodiscard]] std::uint32_t when_no(RowNo row) const { return rows.when(row); }
  [[nodiscard]] std::uint32_t party_no(RowNo row) const { return rows.party(row); }
  [[nodiscard]] const Shape& shape(RowNo row) const { return shapes.at(shape_no(row)); }
  [[nodiscard]] const DayRange& when(RowNo row) const { return whens.at(when_no(row)); }
  [[nodiscard]] const Party& party(RowNo row) const { return parties.at(party_no(row)); }
  [[nodiscard]] bool undated(RowNo row) const { return when(row).first > when(row).last; }
  [[nodiscard]] const std::vector<RecordId>& sources_of(RowNo row) const {
    return id_lists.at(static_cast<std::uint32_t>(source_lists.get(row).value_or(0)));
  }
  [[nodiscard]] RowNo row_of(const RowKey& key) const;
  [[nodiscard]] const Link* link(RowNo row) const;
  [[nodiscard]] std::span<const std::uint32_t> same_event(const Link& link) const {
    return std::span(pool).subspan(link.same + 1, pool[link.same]);
  }
  [[nodiscard]] std::span<const std::uint32_t> included(const Link& link) const {
    return std::span(pool).subspan(link.includes + 1, pool[link.includes]);
  }
  // The rows of all readings of a named record.
  template <typename Visit>
  void for_rows_of(std::uint32_t name, const Visit& visit) const {
    if (named_row[name] == kNoRow) return;
    visit(named_row[name]);
    if ((named_as[name] & kMany) == 0) return;
    for (std::uint8_t reading = 1;; ++reading) {
      const auto row = row_of({named.at(name), reading});
      if (row == kNoRow) return;
      visit(row);
    }
  }
  // What the columns, their dictionaries and side tables take, registers left out, by what it is for.
  struct Bytes {
    std::size_t words = 0, ids = 0, index = 0, measures = 0, links = 0, dictionaries = 0;
    [[nodiscard]] std::size_t all() const { return words + ids + index + measures + links + dictionaries; }
  };
  [[nodiscard]] Bytes bytes() const;

 private:
  void make_room();
  [[nodiscard]] bool numbers_in_range();
  [[nodiscard]] bool links_in_range() const;
  [[nodiscard]] bool pool_in_range() const;
  void find_again();
  void index_rows();
  void set_shape(RowNo row, const Shape& shape);
  void drop_row(RowNo row);
  void move_last_to(RowNo row);
  void add_links(RowNo row, const ActivityRow& from);
  void drop_links(RowNo row);
  std::uint32_t pooled(const std::vector<RecordId>& records, std::uint8_t as);
  void move_links(const std::vector<RowNo>& moved);
  std::uint32_t name(const RecordId& id);
  [[nodiscard]] std::uint64_t row_hash(RowNo row) const;
  [[nodiscard]] SourceRank full_source_rank(RowNo row) const;
  void keep_cluster(std::vector<RowNo> cluster);
};

}  // namespace nc::stats
