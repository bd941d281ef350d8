// The columns themselves. Private to this room; columns.cpp writes them, scan.cpp reads them.
#pragma once

#include <deque>
#include <map>
#include <shared_mutex>
#include <unordered_map>

#include "insight/stats/rows.h"

namespace nc::stats {

// Numbers for equal values; numbers are stable until the store is cleared.
template <typename T>
class Interner {
 public:
  std::uint32_t of(const T& value) {
    const auto [at, made] = numbers_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (made) values_.push_back(&at->first);
    return at->second;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(const T& value) const {
    const auto at = numbers_.find(value);
    return at == numbers_.end() ? std::nullopt : std::optional(at->second);
  }
  [[nodiscard]] const T& at(std::uint32_t number) const { return *values_[number]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  void clear() {
    numbers_.clear();
    values_.clear();
  }

 private:
  std::map<T, std::uint32_t> numbers_;  // nodes do not move, so values_ may point into it
  std::vector<const T*> values_;
};

using RowNo = std::uint32_t;
inline constexpr RowNo kNoRow = 0xffffffff;

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
  std::uint8_t reading = 0;  // which reading of the record
  bool operator==(const RowKey&) const = default;
};
struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const { return std::hash<RecordId>()(key.id) + key.reading; }
};

// What a scan seldom touches.
struct ColdRow {
  RowKey key;
  RecordId parent;
  std::uint32_t same_event = 0, sources = 0;                   // interned lists; 0 is the empty one
  std::vector<std::pair<std::uint32_t, std::int64_t>> values;  // interned measure, value
};

struct Columns::Store {
  mutable std::shared_mutex mutex;

  // One entry a row in each, at the same place. Undated rows have first > last.
  std::vector<std::int32_t> first, last, end_first, end_last;
  std::vector<std::uint32_t> kind, detail, level, own, counterpart, wall;
  std::vector<Status> status;
  std::vector<std::uint8_t> standing;
  std::vector<ColdRow> cold;
  std::unordered_map<RowKey, RowNo, RowKeyHash> index;

  Interner<std::string> words;  // kinds, details, levels
  Interner<OwnSet> own_sets;
  Interner<CounterpartSet> counterpart_sets;
  Interner<Wall> walls;
  Interner<MeasureKey> measures;
  Interner<std::vector<RecordId>> id_lists;

  Register<Declared> declared;
  Register<IndicatorRow> indicators;
  Register<SourceRow> sources;
  Register<ReportRow> reports;

  Store();
  void clear();
  void remove(const RecordId& id);
  void add(const RowKey& key, const Wall& behind, const ActivityRow& row);
  [[nodiscard]] ActivityRow row_at(RowNo row) const;
  [[nodiscard]] std::size_t size() const { return first.size(); }
  [[nodiscard]] bool undated(RowNo row) const { return first[row] > last[row]; }

 private:
  void drop_row(RowNo row);
};

}  // namespace nc::stats
