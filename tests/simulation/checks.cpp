// What must hold when all is quiet.
#include <fmt/format.h>

#include "channels/sync/shared.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using Members = std::vector<std::unique_ptr<Member>>;

// Texts that a node's journal holds.
std::set<std::string> texts_of(Node& node) {
  std::set<std::string> out;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    return journal.for_each(db, [&](const journal::Stored& stored) -> Status {
      if (const auto text = stored.entry.body.set.find("text"); text != stored.entry.body.set.end() && text->second.is_string())
        out.insert(text->second.as_string());
      return {};
    });
  }));
  return out;
}

std::string shared_digest(Node& node, const NodeId& other) {
  std::string out;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto shared, sync::Shared::with(db, node.ledger(), other));
    NC_ASSIGN(const auto streams, shared->streams(db));
    out = sync::digest_of(streams);
    return {};
  }));
  return out;
}

}  // namespace

// Where it was acknowledged, and everywhere above.
Finding check_acknowledged(const Members& members) {
  std::map<const Member*, std::set<std::string>> held;
  for (const auto& member : members) held[member.get()] = texts_of(*member->node);
  for (const auto& member : members)
    for (const auto& [record, text] : member->acknowledged)
      for (const auto* at = member.get(); at != nullptr; at = at->parent)
        if (!held[at].contains(text))
          return fmt::format("{} acknowledged “{}”, and {} does not hold it", member->node->code(), text, at->node->code());
  return {};
}

Finding check_subscriptions(const Members& members) {
  for (const auto& member : members) {
    Finding found;
    auto& node = *member->node;
    must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      const auto world = node.ledger().world();
      NC_ASSIGN(const auto self, sync::peer_of(db, *world, node.id()));
      sync::Subscription mine(self, *world->tree);
      NC_ASSIGN(const auto streams, journal::held_streams(db));
      for (const auto& stream : streams)
        if (stream.key.node != node.id() && !mine.has(stream.key.part)) found = fmt::format("{} holds {}", node.code(), stream.name);
      return {};
    }));
    if (!found.empty()) return found;
  }
  return {};
}

Finding check_pair(Node& child, Node& parent) {
  if (shared_digest(child, parent.id()) == shared_digest(parent, child.id())) return {};
  return fmt::format("{} and {} hold different sets of what they share", child.code(), parent.code());
}

Finding check_digests(const Members& members) {
  for (const auto& member : members) {
    if (member->parent == nullptr) continue;
    if (auto bad = check_pair(*member->node, *member->parent->node); !bad.empty()) return bad;
  }
  return {};
}

Finding check_rebuild(const Members& members) {
  for (const auto& member : members) {
    auto& ledger = member->node->ledger();
    const auto verified = must(ledger.verify());
    if (!verified.problems.empty()) return fmt::format("{}: {} entries do not verify", member->node->code(), verified.problems.size());
    const auto rebuilt = must(ledger.rebuild(true));
    if (!rebuilt.differs.empty()) return fmt::format("{}: rebuild gives another {}", member->node->code(), rebuilt.differs.front());
  }
  return {};
}

}  // namespace nc::simulation
