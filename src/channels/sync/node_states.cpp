#include "channels/sync/node_states.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/instant.h"
#include "channels/sync/behind.h"
#include "channels/sync/below.h"
#include "channels/sync/file_tables.h"
#include "channels/sync/runs.h"
#include "channels/sync/shared.h"
#include "channels/sync/standing.h"
#include "channels/sync/tables.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"

namespace nc::sync {
namespace {

Status look_at_peer(store::Database& db, const records::Ledger& ledger, NodeState& state) {
  NC_ASSIGN(const auto shared, Shared::with(db, ledger, state.node));
  state.takes_less = shared->takes_less();
  NC_ASSIGN(const auto behind,
            state.relation == Relation::kParent ? parent_behind(db, *shared, state.node) : child_behind(db, *shared, state.node));
  state.behind = behind.entries;
  state.behind_since_ms = behind.since_ms;
  for (const auto& one : state.contacts) {
    if (one.way != Way::kLink) continue;
    state.same = one.same && behind.entries == 0;
    state.waits_there = one.to_get;
  }
  return {};
}

// As its superior saw it.
Status look_below(store::Database& db, NodeState& state) {
  NC_ASSIGN(const auto seen, seen_below(db, state.node));
  if (!seen) return {};
  state.seen_by_superior = true;
  state.same_then = seen->same;
  state.behind = seen->behind;
  state.behind_since_ms = seen->behind_since_ms;
  Contact contact;
  contact.node = state.node;
  contact.way = seen->way;
  contact.at_ms = seen->at_ms;
  contact.clock_ahead_ms = seen->clock_ahead_ms;
  contact.version = seen->version;
  state.contacts.push_back(std::move(contact));
  return {};
}

Result<std::int64_t> last_entry(store::Database& db, const NodeId& node) {
  return db.integer(
      "SELECT coalesce(max(e.received), 0) FROM journal_stream s JOIN journal_entry e ON e.stream=s.id AND e.seq=s.seq WHERE s.node=?1",
      node);
}

class Looking {
 public:
  Looking(store::Database& db, const records::Ledger& ledger, const std::optional<NodeId>& parent)
      : db_(db), ledger_(ledger), parent_(parent) {}

  Result<std::vector<NodeState>> look() {
    NC_ASSIGN(const auto all_contacts, contacts_in(db_, ledger_.identity().incarnation));
    NC_ASSIGN(const auto tables, db_.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_complete'"));
    NC_ASSIGN(const auto certificates, journal::certificates(db_));
    NC_ASSIGN(const auto forks, journal::forks(db_));
    const auto self = ledger_.identity().node;
    for (const auto& one : certificates) take(one);
    const auto world = ledger_.world();
    NC_ASSIGN(const auto chain, chain_of(db_, *world, self, certificates, parent_));
    if (chain.parent && !states_.contains(*chain.parent)) states_[*chain.parent].certified = false;
    for (auto& [node, state] : states_) {
      const auto below = chain.below.find(node);
      if (node != chain.parent && below == chain.below.end()) continue;
      state.node = node;
      state.relation = node == chain.parent ? Relation::kParent : state.by == self ? Relation::kChild : Relation::kBelow;
      if (below != chain.below.end()) state.moved = below->second == Standing::kMoved;
      state.forked = std::ranges::any_of(
          forks, [&](const auto& fork) { return fork.stream.node == node && fork.stream.incarnation == state.incarnation; });
      for (const auto& contact : all_contacts)
        if (contact.node == node) state.contacts.push_back(contact);
      if (below != chain.below.end() && below->second == Standing::kUnlinked) {
        // Who has come here is a child, whoever let it in.
        state.unlinked = state.contacts.empty();
        if (!state.unlinked) state.relation = Relation::kChild;
      }
      if (state.relation == Relation::kParent) { NC_ASSIGN(state.moved, has_left(*world, node)); }
      NC_ASSIGN(state.cut_aside, journal::count_aside(db_, journal::Aside::kQuarantined, node, state.incarnation));
      NC_ASSIGN(state.last_entry_ms, last_entry(db_, node));
      if (tables != 0) { NC_ASSIGN(state.complete_to_ms, complete_to(db_, node)); }
      if (state.relation == Relation::kBelow) NC_TRY(look_below(db_, state));
      else if (!state.ended) NC_TRY(look_at_peer(db_, ledger_, state));
      out_.push_back(std::move(state));
    }
    sort();
    return std::move(out_);
  }

 private:
  void take(const journal::Certificate& one) {
    auto& state = states_[one.node];
    if (one.in_reserve) return;
    state.incarnation = one.incarnation;
    state.record = one.record;
    state.unit = one.unit;
    state.ended = one.ended;
    if (one.by != one.node || state.by.is_zero()) state.by = one.by;
  }
  // Our unit no longer stands under that of our parent.
  Result<bool> has_left(const records::World& world, const NodeId& parent) {
    const auto own = peer_of(db_, world, ledger_.identity().node), above = peer_of(db_, world, parent);
    if (!own || !above || own->whole || above->whole) return false;
    return std::ranges::none_of(own->units, [&](const UnitId& unit) { return lies_under(*world.tree, unit, above->units, true); });
  }
  void sort() {
    const auto world = ledger_.world();
    const auto key = [&](const NodeState& one) {
      const auto* unit = world->tree->find(one.unit);
      return std::tuple(one.relation, unit != nullptr ? unit->code : std::string(), one.node);
    };
    std::ranges::sort(out_, [&](const auto& a, const auto& b) { return key(a) < key(b); });
  }
  store::Database& db_;
  const records::Ledger& ledger_;
  std::optional<NodeId> parent_;
  std::map<NodeId, NodeState> states_;
  std::vector<NodeState> out_;
};

}  // namespace

const Contact* NodeState::last_contact() const {
  const Contact* out = nullptr;
  for (const auto& one : contacts)
    if (one.at_ms > 0 && one.way != Way::kBundleOut && (out == nullptr || one.at_ms > out->at_ms)) out = &one;
  return out;
}

std::optional<std::int64_t> NodeState::clock_ahead_ms() const {
  std::optional<std::int64_t> out;
  std::int64_t at = 0;
  for (const auto& one : contacts)
    if (one.clock_ahead_ms && one.at_ms >= at) {
      out = one.clock_ahead_ms;
      at = one.at_ms;
    }
  return out;
}

std::string NodeState::version() const {
  for (const auto& one : contacts)
    if (!one.version.empty()) return one.version;
  return {};
}

Result<std::vector<NodeState>> node_states(const records::Ledger& ledger, const std::optional<KnownParent>& parent) {
  std::vector<NodeState> out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, node_states_in(db, ledger, parent ? std::optional(parent->node) : std::nullopt));
    return {};
  }));
  return out;
}

Result<std::vector<NodeState>> node_states_in(store::Database& db, const records::Ledger& ledger, const std::optional<NodeId>& parent) {
  return Looking(db, ledger, parent).look();
}

Result<Completeness> completeness(const records::Ledger& ledger) {
  Completeness out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto certificates, journal::certificates(db));
    NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_complete'"));
    const auto self = ledger.identity().node;
    const auto world = ledger.world();
    NC_ASSIGN(const auto chain, chain_of(db, *world, self, certificates, std::nullopt));
    std::map<NodeId, bool> nodes;  // whether the last certificate is in force
    for (const auto& one : certificates) {
      const auto below = chain.below.find(one.node);
      if (below != chain.below.end() && below->second != Standing::kMoved && !one.in_reserve) nodes[one.node] = !one.ended;
    }
    for (const auto& [node, in_force] : nodes) {
      if (!in_force) continue;
      ++out.nodes;
      std::optional<std::int64_t> to;
      if (tables != 0) { NC_ASSIGN(to, complete_to(db, node)); }
      if (!to) continue;
      out.complete_to_ms = out.heard == 0 ? *to : std::min(out.complete_to_ms, *to);
      ++out.heard;
    }
    return {};
  }));
  return out;
}

Json to_json(const Completeness& completeness) {
  const bool known = completeness.heard > 0;
  return Json()
      .set("nodes", completeness.nodes)
      .set("heard", completeness.heard)
      .set("complete_to", known ? Json(instant_text(completeness.complete_to_ms)) : Json(nullptr));
}

Status add_nodes_below(Json& answer, const records::Ledger& ledger) {
  NC_ASSIGN(const auto below, completeness(ledger));
  answer.set("nodes_below", to_json(below));
  return {};
}

Result<std::int64_t> files_awaited(const records::Ledger& ledger) {
  std::int64_t out = 0;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_naming'"));
    const auto world = ledger.world();
    const auto self = peer_of(db, *world, ledger.identity().node);
    if (tables == 0 || !self) return {};
    Subscription mine(*self, *world->tree);
    NC_ASSIGN(const auto all, lacking(db, ledger.files(), std::nullopt));
    out = std::ranges::count_if(all, [&](const auto& file) {
      const auto part = journal::PartKey::parse(file.part);
      return part && mine.has(*part);
    });
    return {};
  }));
  return out;
}

}  // namespace nc::sync
