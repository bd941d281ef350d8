// One viewer's sight of the columns: rights, scopes and partners resolved once into tables over the
// dictionaries, then one pass over the rows. Private to this room; lives under the store's shared lock.
#pragma once

#include <array>
#include <set>

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

// Bounds resolved: which parties lie in them, and on which days.
struct Reach {
  enum class Of : std::uint8_t { kNever, kByDay, kAlways };
  std::vector<Presence> own, partner;  // by number of the set
  std::vector<Of> parties;
};

// What a viewer may see: of each lock one bit for each class of types that are alike to the decision about
// access.
struct Sight {
  std::vector<std::pair<std::string, bool>> classes;  // group, sensitive
  std::vector<std::uint32_t> class_of_kind;           // by number of the word; kNoNumber: no type
  std::size_t stride = 1;                             // words of 64 classes for one lock
  std::vector<std::uint64_t> locks;
  bool operator==(const Sight&) const = default;
  void resolve(const Columns::Store& store, const access::ReadScope& read, const records::World& world);
};
// A sight that the store remembers, with what was made for it: viewers of equal sight share it.
struct Resolved {
  explicit Resolved(Sight s) : sight(std::move(s)) {}
  Sight sight;
  // Who stands for each member of clusters, as of so many changes of the store, where all sources are seen.
  mutable std::mutex joined_mutex;
  mutable std::shared_ptr<const std::vector<RowNo>> joined;
  mutable std::uint64_t joined_at = 0;
};
// Who asks, and of which dictionaries: what a sight is made from. The pointers keep what they name alive, so that
// an equal one is the same.
struct Asker {
  access::ReadScope read;
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::shared_ptr<const catalog::Catalog> catalog;
  std::size_t words = 0, shapes = 0, locks = 0;  // dictionaries only grow, until the store is cleared
  bool operator==(const Asker&) const = default;
};
std::shared_ptr<const Resolved> resolved(const Columns::Store& store, const access::ReadScope& read, const records::World& world);

// The same for one wall of a register.
bool passes(const Wall& wall, const access::ReadScope& read, const records::World& world);

class View {
 public:
  View(const Columns::Store& store, const access::ReadScope& read, const records::World& world);

  [[nodiscard]] const Columns::Store& store() const { return store_; }
  [[nodiscard]] const records::World& world() const { return world_; }
  // Whether a register's wall lets the viewer through.
  [[nodiscard]] bool sees(std::uint32_t wall) const;
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

  [[nodiscard]] bool sees_row(RowNo row) const { return sees(store_.shape_no(row), store_.party_no(row)); }
  [[nodiscard]] bool sees_word(std::uint64_t word) const { return sees(store_.rows.shape_in(word), store_.rows.party_in(word)); }
  [[nodiscard]] bool sees(std::uint32_t shape, std::uint32_t party) const {
    const auto of = class_of_shape_[shape];
    return of != kNoNumber && (mask(party, of / 64) >> (of % 64) & 1) != 0;
  }
  [[nodiscard]] std::uint64_t mask(std::uint32_t party, std::size_t word) const {
    return sight_.locks[store_.parties.at(party).lock * sight_.stride + word];
  }
  [[nodiscard]] std::size_t mask_words() const { return sight_.stride; }
  // Of rows of the party and within reach: kAll and kNone whatever else they are.
  enum class Part : std::uint8_t { kNone, kSome, kAll };
  [[nodiscard]] std::vector<Part> parts_in_sight(const Reach& reach) const;
  [[nodiscard]] std::uint32_t class_of_shape(std::uint32_t shape) const { return class_of_shape_[shape]; }

  // Bounds resolved, and the rows within them that this viewer sees, one for each cluster, in order.
  // Remembered for the View's life.
  const Reach& reach(const Bounds& bounds);
  const std::vector<RowNo>& rows(const Bounds& bounds);
  [[nodiscard]] bool touches(const Reach& reach, RowNo row) const { return touches(reach, store_.party_no(row), store_.when_no(row)); }
  [[nodiscard]] bool touches_word(const Reach& reach, std::uint64_t word) const {
    return touches(reach, store_.rows.party_in(word), store_.rows.when_in(word));
  }
  [[nodiscard]] bool touches(const Reach& reach, std::uint32_t party, std::uint32_t when) const {
    return reach.parties[party] == Reach::Of::kByDay ? touches_by_day(reach, party, when) : reach.parties[party] == Reach::Of::kAlways;
  }
  // A cluster is in the scope when one of its seen rows is. Precondition: `row` stands for itself.
  [[nodiscard]] bool in_scope(const Reach& reach, RowNo row) const;
  // The rows that stand for clusters in the scope, once each: `visit(row, word)`.
  template <typename Visit>
  void for_cluster_rows(const Reach& reach, const Visit& visit) const {
    const auto& clusters = store_.clusters;
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const auto begin = clusters.begin[i], end = clusters.begin[i + 1];
      for (auto place = begin; place < end; ++place) {
        // The row that stands for others says so itself; others only whether it is in the scope.
        if ((*joined_)[place] != clusters.members[place]) continue;
        bool in = false;
        for (auto other = begin; other < end && !in; ++other)
          in = (*joined_)[other] == (*joined_)[place] && touches_word(reach, clusters.words[other]);
        if (in) visit(clusters.members[place], clusters.words[place]);
      }
    }
  }
  // The row that stands for a named record: of its cluster; kNoRow when it is not seen.
  [[nodiscard]] RowNo row_of(std::uint32_t name) const;
  // The rows of the activities that it is part of, nearest first; empty for a circle through itself.
  struct Above {
    static constexpr std::size_t kStepsMax = 64;
    std::array<RowNo, kStepsMax> rows;
    std::size_t count = 0;
    [[nodiscard]] const RowNo* begin() const { return rows.data(); }
    [[nodiscard]] const RowNo* end() const { return rows.data() + count; }
  };
  void above(RowNo row, Above& out) const;
  // The rows of the totals that say that they hold its values already, of totals of totals too; empty for a circle
  // through itself. What is part of it does not hold it.
  void wholes(RowNo row, std::vector<RowNo>& out) const;
  // Of each shape, whether it is asked about at all: kind, sub-kind, level.
  [[nodiscard]] std::vector<std::uint8_t> asked_shapes(const Spec& spec) const;
  [[nodiscard]] InPeriod in_period(RowNo row, const Spec& spec) const { return in_period(store_.shape(row), store_.when(row), spec); }
  [[nodiscard]] static InPeriod in_period(const Shape& shape, const DayRange& when, const Spec& spec);
  [[nodiscard]] std::optional<Amount> value(RowNo row, const std::string& measure) const;
  // Rank of a record by its sources: the smallest source code; those without come last.
  [[nodiscard]] SourceRank source_rank(const std::vector<RecordId>& sources) const;
  [[nodiscard]] const std::set<std::string>& own_countries() const { return own_countries_; }

  [[nodiscard]] const std::string& kind(RowNo row) const { return store_.words.at(store_.shape(row).kind); }
  [[nodiscard]] const std::string& detail(RowNo row) const { return store_.words.at(store_.shape(row).detail); }
  [[nodiscard]] const std::string& level(RowNo row) const { return store_.words.at(store_.shape(row).level); }
  [[nodiscard]] const RecordId& id(RowNo row) const { return store_.ids[row]; }
  [[nodiscard]] const OwnSet& own(RowNo row) const { return store_.own_sets.at(store_.party(row).own); }
  [[nodiscard]] const CounterpartSet& counterpart(RowNo row) const { return store_.counterpart_sets.at(store_.party(row).counterpart); }

 private:
  // A row whose values those of another one hold.
  struct Inside {
    RowNo part = kNoRow, whole = kNoRow;
    auto operator<=>(const Inside&) const = default;
  };
  [[nodiscard]] const std::vector<Inside>& inside() const;
  [[nodiscard]] std::vector<RowNo> join_clusters(bool full_sources) const;
  [[nodiscard]] std::shared_ptr<const std::vector<RowNo>> joined_clusters() const;
  void join_part(std::span<const RowNo> rows, std::span<RowNo> stands) const;
  [[nodiscard]] bool sources_in_full() const;
  [[nodiscard]] RowNo stands_for(RowNo row) const { return store_.shape(row).clustered ? (*joined_)[store_.clusters.place(row)] : row; }
  [[nodiscard]] std::vector<Presence> own_presence(const Bounds& bounds) const;
  [[nodiscard]] std::vector<Presence> partner_presence(const Bounds& bounds) const;
  [[nodiscard]] bool touches_by_day(const Reach& reach, std::uint32_t party, std::uint32_t when) const;
  [[nodiscard]] bool better(RowNo a, RowNo b) const;

  const Columns::Store& store_;
  const access::ReadScope& read_;
  const records::World& world_;
  std::shared_ptr<const Resolved> resolved_;
  const Sight& sight_;
  std::vector<std::uint32_t> class_of_shape_;
  mutable std::vector<std::uint8_t> wall_seen_;        // kUnknown, kHidden, kSeen
  std::shared_ptr<const std::vector<RowNo>> joined_;   // who stands for each member of clusters; kNoRow: not seen
  mutable std::optional<std::vector<Inside>> inside_;  // in order
  std::set<std::string> own_countries_;
  std::map<Bounds, Reach> reaches_;
  std::map<Bounds, std::vector<RowNo>> remembered_;
};

// Whether a kind's measure is as of a day: as the type says, else things that stand have stocks.
bool is_stock(const records::World& world, const std::string& kind, const std::string& measure);
// What the rows say for the spec: the counting itself. `rows` are some of the view's, in order.
Recorded count(View& view, const std::vector<RowNo>& rows, const Spec& spec, std::size_t records_max, std::vector<RecordId>* sources);
// Selected rows of a flow without those whose parent is selected too; `left_out` and `within` are counted.
// Precondition: in order.
std::vector<RowNo> without_parts(const View& view, const std::vector<RowNo>& selected, std::size_t& left_out, std::size_t& within);
// `counted` without those whose number of the measure a total in `selected` holds already; they are added to `left_out`.
// Precondition: both in order. Activities are counted by themselves: a total of values is one more of them.
std::vector<RowNo> without_included(const View& view, std::vector<RowNo> counted, const std::vector<RowNo>& selected,
                                    const std::string& measure, std::size_t& left_out);
// a + b at the finer scale; stays at the largest number instead of running over.
Amount plus(Amount a, Amount b);

}  // namespace nc::stats
