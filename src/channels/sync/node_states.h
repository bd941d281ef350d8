// What this node knows of the nodes above and below it: who holds the same, who is how far behind and since when. For the page,
// the command and the reports ("complete to ...").
//
// Reading only, beside a serving process too. Nobody is asked whether he may know it: the caller decides. Threads: any.
#pragma once

#include <optional>
#include <vector>

#include "base/json.h"
#include "channels/sync/bundle.h"
#include "channels/sync/contacts.h"

namespace nc::sync {

enum class Relation {
  kParent,
  kChild,
  kBelow,  // of a child: known through it alone
};

struct NodeState {
  NodeId node;
  IncarnationId incarnation;  // the last one that was certified
  RecordId record;            // of its certificate
  UnitId unit;                // zero: the whole tree
  Relation relation = Relation::kChild;
  NodeId by;              // who certified it
  bool certified = true;  // false: the parent of a card that has sent nothing yet
  bool ended = false;     // cut off
  // A reorganisation has moved units: this child's unit away from here, or ours away from this parent (`moved`); this node's unit to
  // here, and it has not come yet (`unlinked`).
  bool moved = false, unlinked = false;
  bool forked = false;         // two machines wrote as this one: nothing more is taken from that incarnation
  std::int64_t cut_aside = 0;  // entries of it beyond a cut
  // Of a node below a child: as that one, its superior, saw it at the last contact (`contacts`), and no newer than an hour or so.
  bool seen_by_superior = false;
  bool same_then = false;  // they held the same at that contact
  // Of parent and children as seen from here, of who is below those as its superior said:
  std::int64_t behind = 0;           // entries there, for it, that it is not known to hold; counted to kBehindCountedMax
  std::int64_t behind_since_ms = 0;  // when the first of them came there
  std::vector<Contact> contacts;     // by link and by stick
  // Parent and children alone:
  bool takes_less = false;                     // it might have restricted content, and has not said that it takes it now
  bool same = false;                           // at the last contact, and nothing has come here since that is for it
  std::optional<std::int64_t> waits_there;     // entries that it said wait for us
  std::optional<std::int64_t> complete_to_ms;  // all that it had written by then is here
  std::int64_t last_entry_ms = 0;              // when its newest entry came here
  [[nodiscard]] const Contact* last_contact() const;
  [[nodiscard]] std::optional<std::int64_t> clock_ahead_ms() const;
  [[nodiscard]] std::string version() const;
};

// The parent first, then children, then who is below them; by unit. `parent` as known_parent tells.
Result<std::vector<NodeState>> node_states(const records::Ledger& ledger, const std::optional<KnownParent>& parent);
// The same, of the transaction of whoever exchanges.
Result<std::vector<NodeState>> node_states_in(store::Database& db, const records::Ledger& ledger, const std::optional<NodeId>& parent);

// Of all nodes below that are not cut off: up to when all of so many is here. For the foot of a figure. Of nodes below a child it is known
// as far as the child has said so.
struct Completeness {
  std::int64_t nodes = 0, heard = 0;  // `heard`: of how many it is known
  std::int64_t complete_to_ms = 0;    // the earliest of those
};
Result<Completeness> completeness(const records::Ledger& ledger);
// {"nodes":12,"heard":11,"complete_to":"2026-11-14T08:00:00.000Z"}; null when nothing is known.
[[nodiscard]] Json to_json(const Completeness& completeness);
// Puts it as `nodes_below` into what is answered to a question for figures: the file of the page and /api/v1 say the same.
Status add_nodes_below(Json& answer, const records::Ledger& ledger);
// Files that entries name which this node subscribes to, and whose bytes have not come.
Result<std::int64_t> files_awaited(const records::Ledger& ledger);

}  // namespace nc::sync
