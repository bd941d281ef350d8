// What must hold when all is quiet.
#include <fmt/format.h>

#include <algorithm>

#include "channels/sync/shared.h"
#include "ledger/journal/rows.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

std::vector<journal::HeldStream> shared_streams(Node& node, const NodeId& other) {
  std::vector<journal::HeldStream> out;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto shared, sync::Shared::with(db, node.ledger(), other));
    NC_ASSIGN(out, shared->streams(db));
    return {};
  }));
  return out;
}

}  // namespace

bool Checks::is_forked(const std::string& stream) const {
  constexpr auto kOwner = 2 * NodeId::kSize + 1 + 2 * IncarnationId::kSize;
  return world_.forked_.contains(stream.substr(0, kOwner));
}

// What one of the two counts as shared, the other holds: a request that comes late makes a parent forget what its child takes by now.
Finding Checks::pair(Member& one, Member& other, bool strict) const {
  // A rogue between two who take what is restricted may say of itself or of those below that they take none.
  for (auto* member : {&one, &other}) world_.look_above(*member);
  const bool withheld = !strict && (one.was_under_a_rogue || other.was_under_a_rogue);
  const auto lacking = [&](Member& has, Member& may_lack) {
    const auto there = heads_of(*may_lack.node);
    std::string out;
    for (const auto& stream : shared_streams(*has.node, may_lack.node->id())) {
      if (withheld && stream.key.part.handling > static_cast<int>(catalog::Handling::kInternal)) continue;
      const auto found = there.find(stream.name);
      const bool equal = found != there.end() && found->second.seq == stream.seq && found->second.head == stream.head;
      if (!equal && (strict || !is_forked(stream.name)))
        out = fmt::format("{}: {} at {} and {}", stream.name, stream.seq, has.code, found == there.end() ? 0 : found->second.seq);
    }
    return out;
  };
  auto differs = lacking(one, other);
  if (differs.empty()) differs = lacking(other, one);
  if (differs.empty()) return {};
  return fmt::format("{} and {} hold different sets of what they share: {}", one.code, other.code, differs);
}

// Where it was acknowledged, and wherever it belongs.
Finding Checks::acknowledged() const {
  for (const auto& writer : world_.members_) {
    if (writer->hostile) continue;
    for (const auto& [name, held] : writer->acknowledged) {
      const auto part = must(journal::StreamKey::parse(name)).part;
      if (part.handling > static_cast<int>(writer->reach())) continue;  // its own trail; who stands between may not hold it
      for (const auto& member : world_.members_) {
        if (member->hostile && member != writer) continue;
        if (member != writer && is_forked(name)) continue;
        // What a machine wrote that was restored since comes back to it only where its unit still reads it.
        const bool wrote = member == writer && name.starts_with(incarnation_text(*writer->node));
        if (!wrote && !world_.model_.reads(part, member->unit, member->parent == nullptr, member->reach(), false)) continue;
        if (held_at(*member->node, name, held.seq) == held.head) continue;
        for (auto* one : {writer.get(), member.get()}) world_.look_above(*one);
        if (part.handling > static_cast<int>(catalog::Handling::kInternal) && (writer->was_under_a_rogue || member->was_under_a_rogue))
          continue;
        return fmt::format("{} acknowledged {} of {}, and {} does not hold it", writer->code, held.seq, name, member->code);
      }
    }
  }
  return {};
}

// Of few nodes every two; of many each with its parent and some others.
Finding Checks::digests() const {
  constexpr std::size_t kFew = 6;
  const auto& members = world_.members_;
  for (std::size_t i = 0; i < members.size(); ++i)
    for (std::size_t k = 0; k < i; ++k) {
      if (members[i]->hostile || members[k]->hostile) continue;  // it believes what it wrote, and sees another tree of units
      const bool related = members[i]->parent == members[k].get() || members[k]->parent == members[i].get();
      if (!related && members.size() > kFew && (i * 7 + k * 13) % members.size() > 2) continue;
      if (auto bad = pair(*members[i], *members[k], false); !bad.empty()) return bad;
    }
  return {};
}

// By the simulation's own model. What a unit's former superior got stays; nothing new comes to it but from below.
Finding Checks::subscriptions() const {
  for (const auto& member : world_.members_) {
    // What a rogue gives away that it was given lawfully, nobody can hinder.
    world_.look_above(*member);
    if (member->was_under_a_rogue) continue;
    const auto self = member->node->id();
    std::set<std::string> below, rogues;
    for (const auto& other : world_.members_) {
      if (other->hostile) rogues.insert(other->node->id().hex());
      for (auto* at = other.get(); at != nullptr; at = at->parent)
        if (at == member.get()) below.insert(other->node->id().hex());
    }
    for (const auto& [name, held] : heads_of(*member->node)) {
      const auto key = must(journal::StreamKey::parse(name));
      const auto reads = [&](bool ever) {
        return world_.model_.reads(key.part, member->unit, member->parent == nullptr, member->reach(), ever);
      };
      if (key.node == self || rogues.contains(key.node.hex()) || below.contains(key.node.hex())) continue;
      const auto what = [&] {
        const auto writer =
            std::find_if(world_.members_.begin(), world_.members_.end(), [&](const auto& one) { return one->node->id() == key.node; });
        return writer == world_.members_.end() ? name : fmt::format("what {} wrote into {}", (*writer)->code, key.part.text());
      };
      if (!reads(true)) return fmt::format("{} holds {}", member->code, what());
      if (reads(false)) {
        member->frozen.erase(name);
        continue;
      }
      const auto [at, fresh] = member->frozen.emplace(name, held.seq);
      if (!fresh && held.seq > at->second) return fmt::format("{} got {} of {} after the unit had moved", member->code, held.seq, what());
    }
  }
  return {};
}

Finding Checks::parked() const {
  for (const auto& member : world_.members_) {
    if (member->hostile) continue;
    Finding found;
    must(member->node->ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
      NC_ASSIGN(auto rows, db.prepare("SELECT s.id, e.seq FROM journal_entry e JOIN journal_stream s ON s.id=e.stream WHERE e.status=1"));
      while (true) {
        NC_ASSIGN(const bool more, rows.step());
        if (!more) return {};
        bool complete = true;
        std::string name;
        NC_TRY(journal::each_held(db, rows.integer(0), rows.integer(1), [&](const journal::HeldEntry& entry) -> Result<bool> {
          auto needs = entry.header.base;
          if (entry.header.auth) needs.push_back(*entry.header.auth);
          for (const auto& need : needs) {
            NC_ASSIGN(const auto stored, journal.find(db, need));
            NC_ASSIGN(auto waits, db.prepare("SELECT 1 FROM journal_entry WHERE hash=?1 AND status=1"));
            waits.bind(1, need);
            NC_ASSIGN(const bool waits_too, waits.step());
            complete = complete && stored && !waits_too;
          }
          name = entry.header.stream.text();
          return false;
        }));
        if (complete) found = fmt::format("{}: {} of {} is parked though nothing is missing", member->code, rows.integer(1), name);
      }
    }));
    if (!found.empty()) return found;
  }
  return {};
}

// What a rogue or a thief wrote counts nowhere.
Finding Checks::refused() const {
  for (const auto& member : world_.members_) {
    if (member->hostile) continue;
    Finding found;
    must(member->node->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      for (const auto& hash : world_.may_not_count_) {
        NC_ASSIGN(auto row, db.prepare("SELECT e.seq, s.name FROM journal_entry e JOIN journal_stream s ON s.id=e.stream "
                                       "WHERE e.hash=?1 AND e.status IN (0, 3)"));
        row.bind(1, hash);
        NC_ASSIGN(const bool counts, row.step());
        if (counts) found = fmt::format("{} takes {} of {}, which its node may not write", member->code, row.integer(0), row.text(1));
      }
      return {};
    }));
    if (!found.empty()) return found;
  }
  return {};
}

// Columns that followed each commit, against columns made anew, and against a loop.
Finding Checks::figures() const {
  for (const auto& member : world_.members_) {
    if (member->hostile) continue;
    auto& ledger = member->node->ledger();
    must(ledger.catch_up());
    const auto now = ledger.world();
    stats::Columns anew;
    std::int64_t heads = 0;
    std::size_t held = 0;
    must(ledger.for_each([&](const records::RecordView& view) -> Status {
      anew.apply(view, *now);
      if (view.type_id != "sim_march" || view.voided || view.values.text("status") != "held") return {};
      ++held;
      heads += view.values.integer("heads");
      return {};
    }));
    stats::Query query;
    query.kinds = {"sim_march"};
    query.measure = "heads";
    const auto scope = access::ReadScope::resolve(ledger.console(), access::Action::kCount, *now->tree, *now->catalog);
    const auto answer = member->columns->answer(query, scope, *now);
    std::size_t counted = 0;
    std::int64_t sum = 0;
    for (const auto& figure : answer.figures) {
      counted += figure.recorded.records;
      sum += figure.recorded.value ? figure.recorded.value->value : 0;
    }
    if (counted != held || sum != heads)
      return fmt::format("{} counts {} activities with {} people, and there are {} with {}", member->code, counted, sum, held, heads);
    if (member->columns->digest() != anew.digest()) return fmt::format("{}: columns made anew are others", member->code);
  }
  return {};
}

// Two machines that subscribe to the same and hold the same show the same.
Finding Checks::states() const {
  for (const auto& one : world_.members_)
    for (const auto& other : world_.members_) {
      if (one == other || one->unit != other->unit || one->reach() != other->reach() || one->hostile || other->hostile) continue;
      if (one->knows_new_types != other->knows_new_types) continue;
      const auto sets = [](Node& node) {
        std::map<std::string, std::pair<std::int64_t, std::string>> out;
        for (const auto& [name, held] : heads_of(node)) out[name] = {held.seq, held.head.hex()};
        return out;
      };
      if (sets(*one->node) != sets(*other->node)) continue;
      if (must(one->node->ledger().digest()) != must(other->node->ledger().digest()))
        return fmt::format("two machines of {} hold the same and show different states", one->code);
    }
  return {};
}

Finding Checks::rebuild(Member& member) const {
  auto& ledger = member.node->ledger();
  const auto verified = must(ledger.verify());
  if (!verified.problems.empty())
    return fmt::format("{}: {} entries do not verify, as {} of {}: {}", member.code, verified.problems.size(),
                       verified.problems.front().seq, verified.problems.front().stream, verified.problems.front().error.english());
  const auto rebuilt = must(ledger.rebuild(true));
  if (!rebuilt.differs.empty()) return fmt::format("{}: rebuild gives another {}", member.code, rebuilt.differs.front());
  return {};
}

Finding Checks::all(bool last) {
  for (const auto check : {&Checks::acknowledged, &Checks::digests, &Checks::subscriptions, &Checks::parked, &Checks::refused,
                           &Checks::figures, &Checks::states, &Checks::files, &Checks::keys})
    if (auto bad = (this->*check)(); !bad.empty()) return bad;
  // Reading the whole journal anew takes longest: of one node each time, of all at the end.
  auto& one = world_.some();
  for (const auto& member : world_.members_) {
    if (member->hostile || (!last && member.get() != &one)) continue;
    if (auto bad = rebuild(*member); !bad.empty()) return bad;
  }
  return {};
}

}  // namespace nc::simulation
