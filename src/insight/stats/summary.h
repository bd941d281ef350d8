// The summary: questions that stand in a data file, answered by the figures themselves.
//
// Nothing here knows a result. The file is {"blocks": [{title {vi,en}, note {vi,en}, unit, line, counterpart,
// kinds, measure, from, to, rows, columns, declared_only}]}, texts as they stand in an address of /figures.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "insight/stats/stats.h"

namespace nc::stats {

struct SummaryBlock {
  catalog::Label title, note;
  std::vector<std::pair<std::string, std::string>> asked;  // the question as text: "unit", "kind" (repeated) ...
  Result<Query> query;                                     // an error when it cannot be asked of this ledger's units
  bool declared_only = false;                              // leave out what is only recorded
};

// Errors: kInvalid (no such file format). A question that cannot be asked here is an error of its block alone.
Result<std::vector<SummaryBlock>> read_summary(std::string_view json, const orgtree::OrgTree& tree);

// What of an answer belongs to the block.
void keep_of_summary(const SummaryBlock& block, Answer& answer);

}  // namespace nc::stats
