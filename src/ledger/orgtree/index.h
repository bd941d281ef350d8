// Inside the room only: the indexes of an OrgTree. Units are numbers here (positions in units()).
//
// A timeline is the one superior of a unit along a line through time: periods sorted by day, not
// overlapping, already without the links that would close a cycle.
#pragma once

#include <array>
#include <list>
#include <mutex>

#include "ledger/orgtree/orgtree.h"

namespace nc::orgtree {

using UnitNo = std::uint32_t;
inline constexpr UnitNo kNoUnit = 0xffffffff;

struct Period {
  DayRange days;
  UnitNo parent = kNoUnit;
  std::int32_t since = kDayMin;  // where the link itself began
  std::uint32_t depth = 0;       // of the link
  RecordId source;
};
using Timeline = std::vector<Period>;

// A lineage row by unit number; undated: `day` is kDayMin and `dated` false.
struct Step {
  UnitNo from = kNoUnit, to = kNoUnit;
  std::int32_t day = kDayMin;
  bool dated = false;
  Change change = Change::kRename;
  bool default_heir = false;
  std::size_t row = 0;
};

// Where every unit's records count in the tree of one day along one line.
struct DayTree {
  std::vector<UnitNo> stands_as;             // as_of
  std::vector<UnitNo> place;                 // superior of a standing unit, or kNoUnit
  std::vector<std::vector<UnitNo>> below;    // standing units placed directly below
  std::vector<std::vector<UnitNo>> counted;  // units that stand as this one
};

// `places` is a forest except for cycles; cuts each cycle at its greatest number.
void cut_cycles(std::vector<UnitNo>& places);

struct OrgTree::Index {
  std::unordered_map<UnitId, UnitNo> numbers;
  std::map<std::string, UnitNo, std::less<>> codes;
  std::map<std::string, std::vector<UnitNo>, std::less<>> names;  // folded
  std::vector<std::vector<Link>> links;                           // by unit
  std::array<std::vector<Timeline>, 2> timelines;                 // by line, unit
  std::array<std::vector<std::vector<UnitNo>>, 2> below_ever;     // by line, superior: ever directly below
  std::vector<Lineage> lineage;
  std::vector<std::vector<Step>> out, in;  // by unit, sorted by day

  [[nodiscard]] UnitNo number(const UnitId& id) const;
  [[nodiscard]] const Period* period(UnitNo unit, Line line, std::int32_t day) const;
  [[nodiscard]] UnitNo parent(UnitNo unit, Line line, std::int32_t day) const;

  // cycles.cpp: cuts links that close a cycle on some day and says which.
  void cut_cycles_through_time(Line line, const std::vector<Unit>& units, std::vector<std::string>& problems, std::vector<Circle>& circles);

  // lineage.cpp
  [[nodiscard]] UnitNo forward(UnitNo unit, std::int32_t day, bool renames_only) const;
  [[nodiscard]] UnitNo stands_as(UnitNo unit, std::int32_t day, const std::vector<Unit>& units) const;

  // counting.cpp
  [[nodiscard]] std::shared_ptr<const DayTree> day_tree(Line line, std::int32_t day, const std::vector<Unit>& units) const;

 private:
  [[nodiscard]] const Step* next_step(UnitNo unit, std::int32_t day, bool renames_only) const;
  [[nodiscard]] const Step* step_back(UnitNo unit, std::int32_t day, const std::vector<Unit>& units) const;
  [[nodiscard]] DayTree make_day_tree(Line line, std::int32_t day, const std::vector<Unit>& units) const;
  void place_by_links(DayTree& tree, Line line, std::int32_t day, const std::vector<Unit>& units) const;
  void place_undivided(DayTree& tree, Line line, std::int32_t day, const std::vector<Unit>& units) const;
  [[nodiscard]] std::vector<UnitNo> standing_kin(const DayTree& tree, UnitNo unit, std::int32_t day) const;

  struct Remembered {
    Line line;
    std::int32_t day;
    std::shared_ptr<const DayTree> tree;
  };
  mutable std::mutex mutex_;
  mutable std::list<Remembered> remembered_;  // latest first, at most kDayTreesMax
};

}  // namespace nc::orgtree
