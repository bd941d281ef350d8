// Units through time: who stood under whom on a day, along which line, and what became of whom.
//
// An OrgTree is built from rows that records/ reads out of the ledger (units and reorganisation
// records); it is immutable and shared between threads by shared_ptr<const OrgTree>. Days are civil
// days; links and units are closed intervals [from, until], a missing edge is open.
//
// Threads: any; what is remembered per day lies behind a mutex. Every answer is the same for the same
// rows in any order.
//
// Two lines stand over every own unit: command and professional guidance; a unit without a guidance
// link of its own on that day follows its command link (docs/ARCHITECTURE.md section 5).
// Not here: routing of streams (journal), rights (access/).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"

namespace nc::orgtree {

enum class Line : std::uint8_t { kCommand, kGuidance };
std::string_view line_name(Line line);  // command, guidance
std::optional<Line> line_from_name(std::string_view name);

struct Unit {
  UnitId id;
  std::string code, name, name_en, country, force, level, chain, area;
  std::optional<std::int32_t> from, until;
  bool own = false;                          // of our side
  bool foreign = false;                      // of the other side; of one that is neither nobody knows
  bool voided = false;                       // entered in error: named where it was named before, offered nowhere
  std::optional<std::int32_t> records_from;  // first day on which it records everything it does
  std::vector<std::string> aliases;
};

struct Link {
  UnitId unit, parent;
  Line line = Line::kCommand;
  std::optional<std::int32_t> from, until;
  RecordId source;          // the reorganisation record
  std::uint32_t depth = 0;  // of the entry that said its rows: whoever had seen another one wrote a deeper one
  // Whether this link holds where both do: it began later; of one day it was written knowing the other; of two written side by
  // side the deeper, then of the greater record. The same on every node.
  [[nodiscard]] bool outweighs(const Link& other) const;
};

enum class Change : std::uint8_t { kMerge, kSplit, kRename, kTransfer };
std::optional<Change> change_from_name(std::string_view name);

// `from` became `to` (or part of it) on `day`; an undated change is known to have happened, not when.
struct Lineage {
  UnitId from, to;
  std::optional<std::int32_t> day;
  Change change = Change::kRename;
  bool default_heir = false;  // split: where its records count
};

// Units that the rows put under each other from `day` on. One link of it was left out of the tree.
struct Circle {
  Line line = Line::kCommand;
  std::int32_t day = 0;
  std::vector<UnitId> units;      // each stands under the next, the last under the first
  std::vector<RecordId> sources;  // the reorganisation records that say so, sorted
  auto operator<=>(const Circle&) const = default;
};

class OrgTree {
 public:
  OrgTree();
  ~OrgTree();
  OrgTree(const OrgTree&) = delete;
  OrgTree& operator=(const OrgTree&) = delete;

  // Cycles along a line on a day are cut deterministically and listed in problems(); unknown ids get
  // a stand-in unit whose code is the id's text. A void unit whose code another has takes the id's text as its code, too.
  static std::shared_ptr<const OrgTree> build(std::vector<Unit> units, std::vector<Link> links, std::vector<Lineage> lineage);

  // Void ones are found as well: records name them.
  [[nodiscard]] const Unit* find(const UnitId& id) const;
  [[nodiscard]] const Unit* by_code(std::string_view code) const;
  [[nodiscard]] std::span<const Unit> units() const { return std::span(units_).first(in_force_); }  // sorted by code; none is void
  [[nodiscard]] std::span<const Unit> with_void_units() const { return units_; }                    // void ones behind the others
  // Units in force whose folded name, English name, alias or code equals the folded text; several: ambiguous.
  [[nodiscard]] std::vector<const Unit*> by_name(std::string_view text) const;

  // The superior on the day: of several links the one that outweighs the others.
  [[nodiscard]] std::optional<UnitId> parent(const UnitId& unit, Line line, std::int32_t day) const;
  [[nodiscard]] std::vector<UnitId> chain_above(const UnitId& unit, Line line, std::int32_t day) const;  // nearest first
  [[nodiscard]] std::vector<UnitId> children(const UnitId& unit, Line line, std::int32_t day) const;
  // The unit itself and all below it on that day.
  [[nodiscard]] std::set<UnitId> subtree(const UnitId& unit, Line line, std::int32_t day) const;
  [[nodiscard]] bool is_under(const UnitId& unit, const UnitId& above, Line line, std::int32_t day) const;  // equal counts

  // The unit that stands for `unit` in the tree of `day`: lineage followed forward through changes on or
  // before the day, and backward through renames after it. A merge or split without default heir cannot
  // be undone: the answer is then the unit itself ("undivided"). An undated change is followed forward on
  // every day and never backward. A transfer changes the superior, not the body, and is not followed.
  [[nodiscard]] UnitId as_of(const UnitId& unit, std::int32_t day) const;
  // As as_of forward, through renames only: the same body under its name of the day, never a wider one.
  [[nodiscard]] UnitId renamed_as_of(const UnitId& unit, std::int32_t day) const;
  // All units that were the same body as `unit` before or were merged into it (predecessors,
  // transitively; a split's whole counts for its default heir), itself included.
  [[nodiscard]] std::set<UnitId> predecessors(const UnitId& unit) const;
  [[nodiscard]] std::vector<Lineage> lineage_of(const UnitId& unit) const;  // from or to
  [[nodiscard]] std::vector<Link> links_of(const UnitId& unit) const;       // to its superiors

  // Units whose records count in the subtree of `unit` in the tree of `day`: those whose as_of(day)
  // lies in the subtree. What has no superior on that day still counts somewhere, so that the total of a
  // common superior is equal in every tree: an undivided unit stands under the nearest common superior of
  // its heirs (or of its parts, before a merge), a superior that was replaced is read as its successor,
  // and a unit outside its own dates stands where its nearest link in time says. A unit that does not
  // stand in the tree of the day (as_of names another) has an empty scope: ask as_of first.
  [[nodiscard]] std::set<UnitId> scope_as_of(const UnitId& unit, Line line, std::int32_t day) const;
  // Whether `unit` is in scope_as_of(above, line, day), without making the set.
  [[nodiscard]] bool counts_under(const UnitId& unit, const UnitId& above, Line line, std::int32_t day) const;
  // Units for counting "as recorded": U is in scope of `unit` on activity day d when U was under `unit`
  // on d. Every unit that was ever under it with the closed day intervals (merged, sorted).
  struct Span {
    UnitId unit;
    std::vector<DayRange> days;
  };
  [[nodiscard]] std::vector<Span> scope_as_recorded(const UnitId& unit, Line line) const;

  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  [[nodiscard]] const std::vector<Circle>& circles() const { return circles_; }  // sorted, each once

 private:
  struct Index;  // orgtree's own business: index.h

  std::vector<Unit> units_;  // those in force first
  std::size_t in_force_ = 0;
  std::vector<std::string> problems_;
  std::vector<Circle> circles_;
  std::unique_ptr<Index> index_;
};

}  // namespace nc::orgtree
