#include "channels/sync/branches.h"

#include <algorithm>
#include <set>

#include "channels/sync/standing.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"

namespace nc::sync {
namespace {

// Whose authority came and waits for its own.
Result<std::set<NodeId>> authors_waiting(store::Database& db) {
  std::set<NodeId> out;
  NC_ASSIGN(const auto batches, journal::authority_waiting(db));
  for (const auto& one : batches) out.insert(one.node);
  return out;
}

}  // namespace

Result<bool> follows_another_branch(const records::Ledger& ledger, const std::optional<NodeId>& parent) {
  bool out = false;
  const auto world = ledger.world();
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto forks, journal::forks(db));
    if (std::ranges::none_of(forks, [](const auto& one) { return one.stream.lane == journal::Lane::kAuthority; })) return {};
    NC_ASSIGN(const auto authors, authors_waiting(db));
    if (authors.empty()) return {};
    if (parent && authors.contains(*parent)) {
      out = true;
      return {};
    }
    const auto self = peer_of(db, *world, ledger.identity().node);
    if (!self) return self.error().code == ErrorCode::kNotFound ? Status() : fail(self.error());
    NC_ASSIGN(const auto certificates, journal::certificates(db));
    out = std::ranges::any_of(certificates,
                              [&](const auto& one) { return authors.contains(one.node) && stands_above(one, *self, *world->tree); });
    return {};
  }));
  return out;
}

Error another_branch() {
  return Error(ErrorCode::kConflict,
               NC_MSG("Two machines laid down something about nodes or keys under one name, and here stands the other branch than at the "
                      "superior: nothing more of the superior can be taken here"))
      .then(NC_MSG("If this stays so after the next contact, set this machine up anew: docs/operations/copied-disk.md"));
}

}  // namespace nc::sync
