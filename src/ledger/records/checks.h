// Weighing what the catalogue finds wrong or odd about a record.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ledger/catalog/values.h"
#include "ledger/journal/merge.h"
#include "ledger/orgtree/orgtree.h"
#include "ledger/records/request.h"

namespace nc::records {

// Every field is of the type, in use, and its value of the right kind. The first error, by name.
Status well_formed(const catalog::Type& type, const Json& values);

// The catalogue's findings, and those that need a calendar or the units: held on a day that has not come yet,
// and units of our side that did not exist on the day of an activity.
// `formed`: whether each value has passed well_formed before.
enum class Formed : std::uint8_t { kUnknown, kChecked };
std::vector<catalog::Finding> findings_of(const catalog::Type& type, const Json& values, std::int32_t today, const orgtree::OrgTree& tree,
                                          Formed formed = Formed::kUnknown);

// And what a person is asked besides; a row of a file has its source.
std::vector<catalog::Finding> findings_for_person(const catalog::Type& type, const Json& values, std::int32_t today,
                                                  const orgtree::OrgTree& tree, Formed formed = Formed::kUnknown);

struct Weighed {
  std::vector<catalog::Finding> blocking;
  std::vector<catalog::Finding> open_questions;
};
// `before` are the findings of the record as it was: what was odd already does not block a change that
// does not touch it. Questions are answered by `confirmed`, or left open for imports.
Weighed weigh(std::vector<catalog::Finding> now, const std::vector<catalog::Finding>& before, const std::set<std::string>& touched,
              const Confirmed& confirmed, bool leave_questions_open);

Error findings_error(const std::vector<catalog::Finding>& findings);

journal::RankOf rank_by(const catalog::Type& type);

// A field that wants a higher handling than the record's lies in a part of its own.
journal::PartKey part_of_field(const catalog::Field& field, const journal::PartKey& base);

}  // namespace nc::records
