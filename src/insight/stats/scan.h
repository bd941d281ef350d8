// One viewer's sight of the columns: rights, scopes and partners resolved once into bitmaps over the
// interned sets, then one scan. Private to this room; lives under the store's shared lock.
#pragma once

#include <set>
#include <unordered_set>

#include "insight/stats/store.h"

namespace nc::stats {

// Who: a figure reads one of these, never several added up.
struct Bounds {
  std::optional<UnitId> unit;
  orgtree::Line line = orgtree::Line::kCommand;
  std::optional<std::int32_t> as_of;
  std::vector<UnitId> partner_units;           // any of them, or of those below them
  std::vector<std::string> partner_countries;  // any of them
  std::string partner_area;                    // folded
  auto operator<=>(const Bounds&) const = default;
};

// What: of the rows within the bounds.
struct Spec {
  std::vector<std::string> kinds, details, levels;  // empty: all; all kinds leaves out what is not countable
  std::string measure = "count";
  Nature nature = Nature::kFlow;
  std::optional<std::int32_t> from, to;
};

enum class InPeriod : std::uint8_t { kNo, kMaybe, kYes };

// Days on which the units of one interned set lie in a scope.
struct Presence {
  bool always = false;
  std::vector<DayRange> days;
  [[nodiscard]] bool on(std::int32_t day) const;
  [[nodiscard]] bool ever() const { return always || !days.empty(); }
};

// The units of a scope with their days.
class UnitScope {
 public:
  UnitScope(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line, std::optional<std::int32_t> as_of);
  [[nodiscard]] Presence presence(const std::vector<UnitId>& units) const;
  [[nodiscard]] bool holds(const UnitId& unit) const { return days_.contains(unit); }

 private:
  std::map<UnitId, std::vector<DayRange>> days_;
  bool whole_ = false;  // as of a day: no days to look at
};

class View {
 public:
  View(const Columns::Store& store, const access::ReadScope& read, const records::World& world);

  [[nodiscard]] const Columns::Store& store() const { return store_; }
  [[nodiscard]] const records::World& world() const { return world_; }
  [[nodiscard]] bool sees(std::uint32_t wall) const { return wall_seen_[wall] != 0; }
  // The reading of a register's row that this viewer sees, or null.
  template <typename T>
  [[nodiscard]] const T* seen(const Register<T>& table, const RecordId& id) const {
    const auto at = table.find(id);
    return at == table.end() ? nullptr : seen(at->second);
  }
  template <typename T>
  [[nodiscard]] const T* seen(const std::vector<Behind<T>>& readings) const {
    for (const auto& reading : readings)
      if (sees(reading.wall)) return &reading.row;
    return nullptr;
  }

  // Rows within the bounds that this viewer sees, one for each cluster. Remembered for the View's life.
  const std::vector<RowNo>& rows(const Bounds& bounds);
  // The row that stands for the record: of its cluster; kNoRow when it is not seen.
  [[nodiscard]] RowNo row_of(const RecordId& id) const;
  // The rows of the activities that it is part of, nearest first; empty for a circle through itself.
  [[nodiscard]] std::vector<RowNo> above(RowNo row) const;
  // Whether the row is asked about at all: kind, sub-kind, level.
  [[nodiscard]] std::vector<RowNo> narrowed(const std::vector<RowNo>& rows, const Spec& spec) const;
  [[nodiscard]] InPeriod in_period(RowNo row, const Spec& spec) const;
  [[nodiscard]] std::optional<Amount> value(RowNo row, const std::string& measure) const;
  // Rank of a record by its sources: the smallest source code; those without come last.
  [[nodiscard]] std::pair<bool, std::string> source_rank(const std::vector<RecordId>& sources) const;
  [[nodiscard]] const std::set<std::string>& own_countries() const { return own_countries_; }

  [[nodiscard]] const std::string& kind(RowNo row) const { return store_.words.at(store_.kind[row]); }
  [[nodiscard]] const std::string& detail(RowNo row) const { return store_.words.at(store_.detail[row]); }
  [[nodiscard]] const std::string& level(RowNo row) const { return store_.words.at(store_.level[row]); }
  [[nodiscard]] const RecordId& id(RowNo row) const { return store_.cold[row].key.id; }
  [[nodiscard]] const OwnSet& own(RowNo row) const { return store_.own_sets.at(store_.own[row]); }
  [[nodiscard]] const CounterpartSet& counterpart(RowNo row) const { return store_.counterpart_sets.at(store_.counterpart[row]); }

 private:
  void see_walls(const access::ReadScope& read);
  void join_clusters();
  [[nodiscard]] RowNo seen_row(const RecordId& id) const;
  [[nodiscard]] std::vector<Presence> own_presence(const Bounds& bounds) const;
  [[nodiscard]] std::vector<Presence> partner_presence(const Bounds& bounds) const;
  [[nodiscard]] bool better(RowNo a, RowNo b) const;

  const Columns::Store& store_;
  const records::World& world_;
  std::vector<std::uint8_t> wall_seen_;
  std::unordered_map<RowNo, RowNo> stands_for_;  // rows of clusters to the one that counts
  std::set<std::string> own_countries_;
  std::map<Bounds, std::vector<RowNo>> remembered_;
};

// What the rows say for the spec: the counting itself.
Recorded count(View& view, const Bounds& bounds, const Spec& spec, std::size_t records_max, std::vector<RecordId>* sources);
// Selected rows of a flow without those whose parent is selected too; `left_out` and `within` are counted.
std::vector<RowNo> without_parts(const View& view, const std::vector<RowNo>& selected, std::size_t& left_out, std::size_t& within);
// a + b at the finer scale; stays at the largest number instead of running over.
Amount plus(Amount a, Amount b);

}  // namespace nc::stats
