#include "channels/sync/below.h"

#include <algorithm>

#include "base/text.h"
#include "channels/sync/node_states.h"
#include "channels/sync/watermarks.h"

namespace nc::sync {
namespace {

enum Flags : unsigned { kSame = 1, kClock = 2 };
constexpr std::size_t kVersionMax = 40;

std::string version_text(std::string_view said) { return is_utf8(said) ? shorten(to_nfc(std::string(said)), kVersionMax) : std::string(); }

Below below_of(const NodeState& state) {
  Below out;
  out.node = state.node;
  out.same = state.same || state.same_then;
  out.behind = state.behind;
  out.behind_since_ms = state.behind_since_ms;
  out.clock_ahead_ms = state.clock_ahead_ms();
  out.version = version_text(state.version());
  if (const auto* contact = state.last_contact()) {
    out.at_ms = contact->at_ms;
    out.way = contact->way;
  }
  return out;
}

Result<bool> is_time_to_look(store::Database& db, std::int64_t now_ms) {
  NC_ASSIGN(auto query, db.prepare("SELECT at FROM sync_below_looked"));
  NC_ASSIGN(const bool found, query.step());
  // A clock that was set back does not silence it.
  return !found || now_ms < query.integer(0) || now_ms - query.integer(0) >= kBelowStepMs;
}

Result<std::string> told_of(store::Database& db, const NodeId& node) {
  NC_ASSIGN(auto query, db.prepare("SELECT said FROM sync_below_told WHERE node=?1"));
  query.bind(1, node);
  NC_ASSIGN(const bool found, query.step());
  return found ? query.blob(0) : std::string();
}

Status keep(store::Database& db, const char* sql, const Below& one) {
  NC_ASSIGN(auto insert, db.prepare(sql));
  insert.bind(1, one.node).bind_blob(2, encode(one));
  return insert.run();
}

}  // namespace

std::string encode(const Below& below) {
  Packer out;
  out.id(below.node).number(below.at_ms).byte(static_cast<unsigned>(below.way));
  out.byte((below.same ? kSame : 0U) | (below.clock_ahead_ms ? kClock : 0U));
  out.number(below.behind).number(below.behind_since_ms).signed_number(below.clock_ahead_ms.value_or(0));
  return out.number(below.version.size()).text(below.version).take();
}

std::optional<Below> decode_below(std::string_view content) {
  Unpacker in(content);
  Below out;
  out.node = in.id<NodeId>();
  out.at_ms = in.count();
  const auto way = in.byte();
  const auto flags = in.byte();
  out.behind = std::min(in.count(), kBehindCountedMax);
  out.behind_since_ms = in.count();
  const auto ahead = in.signed_number();
  out.version = version_text(in.text(in.number()));
  if (!in.good() || way < static_cast<unsigned>(Way::kLink) || way > static_cast<unsigned>(Way::kBundleIn)) return std::nullopt;
  out.way = static_cast<Way>(way);
  out.same = (flags & kSame) != 0;
  if ((flags & kClock) != 0) out.clock_ahead_ms = ahead;
  return out;
}

Result<BelowNow> below_to_tell(store::Database& db, const records::Ledger& ledger, const NodeId& parent, Shared& shared, bool all) {
  BelowNow out;
  NC_ASSIGN(const bool time, is_time_to_look(db, ledger.now_ms()));
  if (!time && !all) return out;
  NC_ASSIGN(const auto states, node_states_in(db, ledger, parent));
  const auto world = ledger.world();
  Vouched vouched(db, *world);
  out.looked_ms = ledger.now_ms();
  for (const auto& state : states) {
    const bool known = state.relation == Relation::kChild || (state.relation == Relation::kBelow && state.seen_by_superior);
    if (!known || state.ended || state.moved) continue;
    NC_ASSIGN(const bool heard, parent_hears_of(vouched, shared, state.node));
    if (!heard) continue;
    auto below = below_of(state);
    NC_ASSIGN(const auto told, told_of(db, state.node));
    if (!all && told == encode(below)) continue;
    if (out.news.size() >= kBelowMax) {
      out.looked_ms.reset();
      break;
    }
    out.news.push_back(std::move(below));
  }
  return out;
}

Status put_below(Outbox& out, const std::vector<Below>& news) {
  for (const auto& one : news) NC_TRY(out.put(kBelow, encode(one)));
  return {};
}

Status set_below_told(store::Database& db, const BelowNow& now) {
  for (const auto& one : now.news) NC_TRY(keep(db, "INSERT OR REPLACE INTO sync_below_told(node, said) VALUES(?1, ?2)", one));
  return now.looked_ms ? db.run("INSERT OR REPLACE INTO sync_below_looked(id, at) VALUES(1, ?1)", *now.looked_ms) : Status();
}

Status forget_below_told(store::Database& db) {
  NC_TRY(db.run("DELETE FROM sync_below_told"));
  return db.run("DELETE FROM sync_below_looked");
}

Status take_below(store::Database& db, const records::World& world, const NodeId& self, const Peer& child, const std::vector<Below>& news,
                  std::int64_t now_ms) {
  Vouched vouched(db, world);
  for (auto one : news) {
    NC_ASSIGN(const bool may, child_speaks_of(vouched, *world.tree, self, child, one.node));
    if (!may) continue;
    NC_ASSIGN(const auto before, seen_below(db, one.node));
    one.at_ms = std::min(one.at_ms, now_ms);
    if (before && before->at_ms > one.at_ms) continue;  // an old stick
    one.behind_since_ms = std::min(one.behind_since_ms, now_ms);
    NC_TRY(keep(db, "INSERT OR REPLACE INTO sync_below(node, said) VALUES(?1, ?2)", one));
  }
  return {};
}

Result<std::optional<Below>> seen_below(store::Database& db, const NodeId& node) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name='sync_below'"));
  if (tables == 0) return std::optional<Below>();
  NC_ASSIGN(auto query, db.prepare("SELECT said FROM sync_below WHERE node=?1"));
  query.bind(1, node);
  NC_ASSIGN(const bool found, query.step());
  return found ? decode_below(query.blob(0)) : std::nullopt;
}

}  // namespace nc::sync
