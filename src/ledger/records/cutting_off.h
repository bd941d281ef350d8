// Cutting a node off: what its superior does about a machine that was stolen, lost, copied or moved. docs/operations/nodes.md.
//
// All that is held of the incarnation stays as far as the superior says it is good, whatever comes beyond is set aside on
// every node, and nobody talks to the machine any more. Single entries can be readmitted. Decided as administering this
// node, with the password given once more, over a unit where the person may give rights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::records {

enum class CutReason { kMoved, kLost, kStolen, kCopied };
[[nodiscard]] std::string_view cut_reason_name(CutReason reason);
std::optional<CutReason> cut_reason_from(std::string_view name);

struct CutOff {
  NodeId node;
  IncarnationId incarnation;
  CutReason reason = CutReason::kStolen;
  // What the machine wrote before that instant, as its entries say, is good; none: all that is held here is.
  std::optional<std::int64_t> good_until_ms;
  // Entries bear the time of the machine's own clock, which a thief can set. So of a stolen or lost machine only what had also come
  // here by then is good, unless this says that its clock is believed.
  bool believe_its_clock = false;
};
// For `good_until_ms`: the end of the last day on which the machine was in good hands. kInvalid: a day that has not been.
Result<std::int64_t> end_of_good_day(const Ledger& ledger, std::int32_t day);
// kNotFound: no such incarnation is certified here. kDenied: this node does not stand above it, or the person may not.
WriteResult cut_off(Ledger& ledger, const access::Subject& who, const CutOff& what);
// kNotFound: one of them does not lie beyond a cut.
WriteResult readmit(Ledger& ledger, const access::Subject& who, const std::vector<EntryHash>& entries);

// Whether he may certify nodes for the unit, cut them off and readmit what they wrote.
[[nodiscard]] Status may_govern_node(const access::Subject& who, const UnitId& unit, const World& world);

}  // namespace nc::records
