#include "channels/sync/behind.h"

#include <algorithm>
#include <map>
#include <optional>

#include "channels/sync/runs.h"
#include "ledger/journal/passing_on.h"

namespace nc::sync {
namespace {

void add(Behind& out, std::int64_t received_ms) {
  ++out.entries;
  if (out.since_ms == 0 || received_ms < out.since_ms) out.since_ms = received_ms;
}
bool enough(const Behind& out) { return out.entries >= kBehindCountedMax; }

// Before anything was ever exchanged there is no table to ask.
Result<bool> has_tables(store::Database& db) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_complete'"));
  return tables != 0;
}

Status count_up(store::Database& db, Shared& shared, const NodeId& parent, bool tables, Behind& out) {
  NC_ASSIGN(const auto streams, shared.to_hand_up(db));
  for (const auto& stream : streams) {
    if (enough(out)) return {};
    HeldThere there;
    if (tables) { NC_ASSIGN(there, held_there(db, parent, stream.name)); }
    if (stream.seq <= there.seq) continue;
    NC_ASSIGN(auto query, db.prepare("SELECT received FROM journal_entry WHERE stream=?1 AND seq>?2 ORDER BY seq LIMIT ?3"));
    query.bind_all(stream.id, there.seq, kBehindCountedMax - out.entries);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      add(out, query.integer(0));
    }
  }
  return {};
}

class CountingDown {
 public:
  CountingDown(store::Database& db, Shared& shared, const NodeId& child) : db_(db), shared_(shared), child_(child) {}

  Status count(Behind& out) {
    NC_ASSIGN(const auto all, channels(db_, shared_.parts()));
    for (const auto& channel : all) {
      if (enough(out)) break;
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
    while (!enough(out)) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) return {};
      NC_ASSIGN(const auto held, held_of(query.text(0)));
      if (held && query.integer(1) > *held) add(out, query.integer(2));
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

}  // namespace

Result<Behind> parent_behind(store::Database& db, Shared& shared, const NodeId& parent) {
  Behind out;
  NC_ASSIGN(const bool tables, has_tables(db));
  NC_TRY(count_up(db, shared, parent, tables, out));
  return out;
}

Result<Behind> child_behind(store::Database& db, Shared& shared, const NodeId& child) {
  Behind out;
  NC_ASSIGN(const bool tables, has_tables(db));
  if (tables) {
    NC_TRY(CountingDown(db, shared, child).count(out));
    return out;
  }
  NC_ASSIGN(const auto streams, shared.streams(db));
  for (const auto& stream : streams) out.entries += stream.seq;
  return out;
}

}  // namespace nc::sync
