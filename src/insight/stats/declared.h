// Which declared figures answer a query, and what does not agree. Private to this room.
#pragma once

#include "insight/stats/scan.h"

namespace nc::stats {

enum class Place : std::uint8_t { kNone, kFigure, kBelow, kOutside };

// A declared figure with its indicator; both seen by the viewer.
struct Printed {
  const Declared* row = nullptr;
  const IndicatorRow* indicator = nullptr;
};

// Where each declared figure of the viewer's sight stands towards the query; measures are not narrowed.
class Matcher {
 public:
  Matcher(View& view, const Query& query);
  [[nodiscard]] Place place(const Printed& printed) const;

 private:
  [[nodiscard]] bool fits_kind(const Printed& printed) const;
  [[nodiscard]] bool fits_partner(const Declared& row) const;
  [[nodiscard]] Place place_of_unit(const UnitId& unit) const;
  [[nodiscard]] Place place_of_period(const Declared& row, Nature nature) const;

  View& view_;
  const Query& query_;
  std::optional<UnitScope> scope_, partner_scope_;
  std::set<UnitId> same_unit_;  // the unit asked about; as of a day, its predecessors too
};

std::vector<Printed> printed_of(const View& view);
std::vector<std::string> levels_of(const Printed& printed);
// The bounds and the spec of exactly what the source speaks of.
Bounds bounds_of(const View& view, const Query& query, const Declared& row);
Spec spec_of(const Printed& printed);

// Declared figures of equal bounds, the leading one first, each with its parts; in a settled order.
struct Group {
  Printed lead;
  std::vector<Declared> declared;
};
std::vector<Group> grouped(const View& view, const std::vector<Printed>& printed);

// Recorded leads from the day on which the unit keeps records, for intervals that begin on it or later; an
// interval that lies across the day stays declared as a whole. A stock goes by its day.
Leading leading_of(const orgtree::OrgTree& tree, const Figure& figure);
void find_differences(const View& view, Figure& figure);
// Attendances beside counts of the same bounds: implausible below 3 or above 60 for one activity.
void find_ratios(std::vector<Figure>& figures);

}  // namespace nc::stats
