#include "channels/sync/node_states.h"

#include <algorithm>
#include <map>
#include <set>

#include "channels/sync/file_tables.h"
#include "channels/sync/runs.h"
#include "channels/sync/shared.h"
#include "channels/sync/tables.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"

namespace nc::sync {
namespace {

// Entries of the shared set that the other is not known to hold.
struct Behind {
  std::int64_t entries = 0, since_ms = 0;
  void add(std::int64_t received_ms) {
    ++entries;
    if (since_ms == 0 || received_ms < since_ms) since_ms = received_ms;
  }
  [[nodiscard]] bool enough() const { return entries >= kBehindCountedMax; }
};

// To the parent, by stream: what follows the number that it has named.
Status count_up(store::Database& db, Shared& shared, const NodeId& parent, bool tables, Behind& out) {
  NC_ASSIGN(const auto streams, shared.to_hand_up(db));
  for (const auto& stream : streams) {
    if (out.enough()) return {};
    HeldThere there;
    if (tables) { NC_ASSIGN(there, held_there(db, parent, stream.name)); }
    if (stream.seq <= there.seq) continue;
    NC_ASSIGN(auto query, db.prepare("SELECT received FROM journal_entry WHERE stream=?1 AND seq>?2 ORDER BY seq LIMIT ?3"));
    query.bind_all(stream.id, there.seq, kBehindCountedMax - out.entries);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      out.add(query.integer(0));
    }
  }
  return {};
}

// To a child: what follows its cursors, and what came since entries were last put in order; but for what came from it.
class CountingDown {
 public:
  CountingDown(store::Database& db, Shared& shared, const NodeId& child) : db_(db), shared_(shared), child_(child) {}

  Status count(Behind& out) {
    NC_ASSIGN(const auto all, channels(db_));
    for (const auto& channel : all) {
      if (!shared_.has(channel.part) || out.enough()) continue;
      NC_ASSIGN(const auto from, cursor(db_, child_, tag_of(channel.text)));
      if (from >= channel.count) continue;
      NC_ASSIGN(auto query, db_.prepare("SELECT s.name, e.seq, e.received FROM sync_order o JOIN journal_entry e ON e.arrival=o.arrival "
                                        "JOIN journal_stream s ON s.id=e.stream WHERE o.channel=?1 AND o.n>?2 ORDER BY o.n LIMIT ?3"));
      query.bind_all(channel.id, from, kBehindCountedMax);
      NC_TRY(take(query, out));
    }
    NC_ASSIGN(const auto ordered, db_.integer("SELECT coalesce(max(arrival), 0) FROM sync_ordered"));
    return count_since(ordered, out);
  }
  Status count_since(std::int64_t arrival, Behind& out) {
    NC_ASSIGN(auto query, db_.prepare("SELECT s.name, e.seq, e.received FROM journal_entry e JOIN journal_stream s ON s.id=e.stream "
                                      "WHERE e.arrival>?1 ORDER BY e.arrival LIMIT ?2"));
    query.bind_all(arrival, kBehindCountedMax);
    return take(query, out);
  }

 private:
  Status take(store::Statement& query, Behind& out) {
    while (!out.enough()) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) return {};
      NC_ASSIGN(const auto held, held_of(query.text(0)));
      if (held && query.integer(1) > *held) out.add(query.integer(2));
    }
    return {};
  }
  // Up to where the child has the stream; nothing: it is not for it.
  Result<std::optional<std::int64_t>> held_of(const std::string& stream) {
    const auto known = held_.find(stream);
    if (known != held_.end()) return known->second;
    NC_ASSIGN(const auto key, journal::StreamKey::parse(stream));
    std::optional<std::int64_t> held;
    if (shared_.has(key.part)) {
      NC_ASSIGN(const auto there, held_there(db_, child_, stream));
      held = std::max(there.seq, there.refused);
    }
    return held_.emplace(stream, held).first->second;
  }
  store::Database& db_;
  Shared& shared_;
  NodeId child_;
  std::map<std::string, std::optional<std::int64_t>> held_;
};

Status look_at_peer(store::Database& db, const records::Ledger& ledger, bool tables, NodeState& state) {
  NC_ASSIGN(const auto shared, Shared::with(db, ledger, state.node));
  state.takes_less = shared->takes_less();
  Behind behind;
  if (state.relation == Relation::kParent) NC_TRY(count_up(db, *shared, state.node, tables, behind));
  else if (tables) NC_TRY(CountingDown(db, *shared, state.node).count(behind));
  else {
    // Nobody has exchanged anything yet: no table to ask.
    NC_ASSIGN(const auto streams, shared->streams(db));
    for (const auto& stream : streams) behind.entries += stream.seq;
  }
  state.behind = behind.entries;
  state.behind_since_ms = behind.since_ms;
  for (const auto& one : state.contacts) {
    if (one.way != Way::kLink) continue;
    state.same = one.same && behind.entries == 0;
    state.waits_there = one.to_get;
  }
  return {};
}

Result<std::int64_t> last_entry(store::Database& db, const NodeId& node) {
  return db.integer(
      "SELECT coalesce(max(e.received), 0) FROM journal_stream s JOIN journal_entry e ON e.stream=s.id AND e.seq=s.seq WHERE s.node=?1",
      node);
}

// Certificates lead downward; a node is certified once by a node that was certified before, so a few rounds reach all.
std::set<NodeId> nodes_below(const std::vector<journal::Certificate>& certificates, const NodeId& self,
                             const std::optional<NodeId>& above) {
  std::set<NodeId> below = {self};
  for (bool more = true; more;) {
    more = false;
    for (const auto& one : certificates)
      if (one.by != one.node && below.contains(one.by) && one.node != above) more = below.insert(one.node).second || more;
  }
  return below;
}

class Looking {
 public:
  Looking(const records::Ledger& ledger, const std::optional<KnownParent>& parent) : ledger_(ledger), parent_(parent) {}

  Result<std::vector<NodeState>> look() {
    NC_ASSIGN(all_contacts_, contacts(ledger_));
    NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) { return look_in(db); }));
    sort();
    return std::move(out_);
  }

 private:
  Status look_in(store::Database& db) {
    NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_complete'"));
    NC_ASSIGN(const auto certificates, journal::certificates(db));
    NC_ASSIGN(const auto forks, journal::forks(db));
    const auto self = ledger_.identity().node;
    for (const auto& one : certificates) take(one);
    std::optional<NodeId> above = parent_ ? std::optional(parent_->node) : std::nullopt;
    for (const auto& one : certificates)
      if (one.node == self && one.by != self) above = one.by;
    if (above && !states_.contains(*above)) states_[*above].certified = false;
    const auto below = nodes_below(certificates, self, above);
    for (auto& [node, state] : states_) {
      if (node == self || (node != above && !below.contains(node))) continue;
      state.node = node;
      state.relation = node == above ? Relation::kParent : state.by == self ? Relation::kChild : Relation::kBelow;
      state.forked = std::ranges::any_of(
          forks, [&](const auto& fork) { return fork.stream.node == node && fork.stream.incarnation == state.incarnation; });
      for (const auto& contact : all_contacts_)
        if (contact.node == node) state.contacts.push_back(contact);
      NC_ASSIGN(state.cut_aside, journal::count_aside(db, journal::Aside::kQuarantined, node, state.incarnation));
      NC_ASSIGN(state.last_entry_ms, last_entry(db, node));
      if (tables != 0) { NC_ASSIGN(state.complete_to_ms, complete_to(db, node)); }
      if (state.relation != Relation::kBelow && !state.ended) NC_TRY(look_at_peer(db, ledger_, tables != 0, state));
      out_.push_back(std::move(state));
    }
    return {};
  }
  void take(const journal::Certificate& one) {
    auto& state = states_[one.node];
    if (one.in_reserve) return;
    state.incarnation = one.incarnation;
    state.record = one.record;
    state.unit = one.unit;
    state.ended = one.ended;
    if (one.by != one.node || state.by.is_zero()) state.by = one.by;
  }
  void sort() {
    const auto world = ledger_.world();
    const auto key = [&](const NodeState& one) {
      const auto* unit = world->tree->find(one.unit);
      return std::tuple(one.relation, unit != nullptr ? unit->code : std::string(), one.node);
    };
    std::ranges::sort(out_, [&](const auto& a, const auto& b) { return key(a) < key(b); });
  }
  const records::Ledger& ledger_;
  const std::optional<KnownParent>& parent_;
  std::vector<Contact> all_contacts_;
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
  return Looking(ledger, parent).look();
}

Result<Completeness> completeness(const records::Ledger& ledger) {
  Completeness out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto certificates, journal::certificates(db));
    NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_complete'"));
    const auto self = ledger.identity().node;
    std::optional<NodeId> above;
    for (const auto& one : certificates)
      if (one.node == self && one.by != self) above = one.by;
    const auto below = nodes_below(certificates, self, above);
    std::map<NodeId, bool> nodes;  // whether the last certificate is in force
    for (const auto& one : certificates)
      if (one.node != self && below.contains(one.node) && !one.in_reserve) nodes[one.node] = !one.ended;
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
