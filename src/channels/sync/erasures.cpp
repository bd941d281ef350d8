#include "channels/sync/erasures.h"

#include <algorithm>
#include <set>

#include "channels/sync/key_tables.h"

namespace nc::sync {

// This node carries an erasure out as soon as it is signed by two, and at every opening: it needs no report of its own.
Result<Erasures> erasures_of(const records::Ledger& ledger, const RecordId& record, const std::vector<journal::PartKey>& parts) {
  NC_ASSIGN(const auto others, copy_holders(ledger, parts, parts.front()));
  std::set<NodeId> reported;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto tables, keys_seen(db));
    if (!tables) return {};  // it never met another node
    NC_ASSIGN(const auto reports, reports_about(db, record));
    for (const auto& one : reports) reported.insert(one.node);
    return {};
  }));
  Erasures out;
  out.holders = out.erased = 1;
  for (const auto& one : others) {
    if (one.ended) {
      out.cut_off.push_back(one);
      continue;
    }
    ++out.holders;
    if (reported.contains(one.node)) ++out.erased;
    else out.waiting.push_back(one);
  }
  return out;
}

}  // namespace nc::sync
