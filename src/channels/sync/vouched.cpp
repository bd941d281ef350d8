#include "channels/sync/vouched.h"

#include <algorithm>

#include "ledger/orgtree/climb.h"

namespace nc::sync {
namespace {

// Of the links that `take` says, the one that began last, whether or not it has ended.
template <typename Take>
std::optional<UnitId> last_superior(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line, Take take) {
  const orgtree::Link* last = nullptr;
  const auto links = tree.links_of(unit);
  for (const auto& link : links)
    if (link.line == line && take(link) && (last == nullptr || link.outweighs(*last))) last = &link;
  return last != nullptr ? std::optional(last->parent) : std::nullopt;
}

std::optional<UnitId> superior(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line) {
  if (const auto now = tree.parent(unit, line, kDayMax)) return now;
  return last_superior(tree, unit, line, [](const orgtree::Link&) { return true; });
}

template <typename Superior>
bool climbs(const orgtree::OrgTree& tree, const UnitId& unit, const std::vector<UnitId>& tops, bool heirs, Superior above_of) {
  return orgtree::climbs_to(unit, tops, [&](const UnitId& one, std::vector<UnitId>& next) {
    for (const auto line : {orgtree::Line::kCommand, orgtree::Line::kGuidance})
      if (const auto above = above_of(one, line)) next.push_back(*above);
    if (!heirs) return;
    for (const auto& change : tree.lineage_of(one))
      if (change.from == one) next.push_back(change.to);
  });
}

}  // namespace

bool lies_under(const orgtree::OrgTree& tree, const UnitId& unit, const std::vector<UnitId>& tops, bool heirs) {
  return climbs(tree, unit, tops, heirs, [&](const UnitId& one, orgtree::Line line) { return superior(tree, one, line); });
}

Status Vouched::read_all() {
  NC_ASSIGN(const auto every, journal::certificates(db_));
  all_.emplace();
  for (const auto& one : every) (*all_)[one.node].push_back(one);
  return {};
}

Result<std::vector<journal::Certificate>> Vouched::all_of(const NodeId& node) {
  if (all_) return (*all_)[node];
  return journal::certificates(db_, node);
}

Result<std::vector<journal::Certificate>> Vouched::of(const NodeId& node) {
  if (const auto at = known_.find(node); at != known_.end()) return at->second;
  known_[node] = {};  // whoever is asked for meanwhile vouches for nobody: two cannot vouch for each other
  NC_ASSIGN(const auto all, all_of(node));
  std::vector<journal::Certificate> out;
  for (const auto& one : all) {
    NC_ASSIGN(const bool good, counts(one, out));
    if (good) out.push_back(one);
  }
  known_[node] = out;
  return out;
}

Result<bool> Vouched::counts(const journal::Certificate& certificate, const std::vector<journal::Certificate>& before) {
  if (before.empty()) return true;
  if (certificate.by == certificate.node)
    return std::any_of(before.begin(), before.end(), [&](const auto& one) { return one.incarnation == certificate.by_incarnation; });
  NC_ASSIGN(const auto writer, writer_of(certificate));
  if (!writer) return false;
  if (holds_whole(*writer)) return true;
  for (const auto& one : before) {
    if (holds_whole(one)) return false;
    if (lies_under(*world_.tree, one.unit, {writer->unit}, true)) continue;
    NC_ASSIGN(const bool lay, lay_under(one.unit, writer->unit, certificate));
    if (!lay) return false;
  }
  return true;
}

Result<bool> Vouched::lay_under(const UnitId& unit, const UnitId& top, const journal::Certificate& certificate) const {
  Status looked;
  const auto stood = [&](const orgtree::Link& link) {
    if (!looked) return false;
    const auto later = journal::began_knowing(db_, link.source, certificate);
    if (!later) looked = fail(later.error());
    return later && !*later;
  };
  const bool lay = climbs(*world_.tree, unit, {top}, true,
                          [&](const UnitId& one, orgtree::Line line) { return last_superior(*world_.tree, one, line, stood); });
  NC_TRY(looked);
  return lay;
}

Result<std::optional<journal::Certificate>> Vouched::writer_of(const journal::Certificate& certificate) {
  NC_ASSIGN(const auto all, of(certificate.by));
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.incarnation == certificate.by_incarnation; });
  return at == all.end() ? std::nullopt : std::optional(*at);
}

// Up to whoever certified himself. A further incarnation of a node, certified by itself, is what the one before it is.
Result<journal::HandlingLevel> Vouched::ceiling(const journal::Certificate& certificate) {
  constexpr int kStepsMax = 32;
  journal::HandlingLevel out = 2;
  std::optional<journal::Certificate> at = certificate;
  for (int step = 0; at && step < kStepsMax; ++step) {
    const bool further = at->by == at->node && at->by_incarnation != at->incarnation;
    const auto said = world_.ceilings.find(at->record);
    const auto own = said != world_.ceilings.end() ? static_cast<journal::HandlingLevel>(said->second)
                     : holds_whole(*at) || further ? journal::HandlingLevel{2}
                                                   : journal::HandlingLevel{1};
    out = std::min(out, own);
    if (at->by == at->node && !further) return out;
    NC_ASSIGN(at, writer_of(*at));
  }
  return journal::HandlingLevel{0};  // nobody is at its beginning
}

Result<bool> has_come(store::Database& db, const NodeId& node) {
  NC_ASSIGN(const auto its, journal::certificates(db, node));
  return !its.empty();
}

Status connecting_keys(store::Database& db, const records::World& world, const std::function<void(const journal::Certificate&)>& take) {
  Vouched vouched(db, world);
  NC_TRY(vouched.read_all());
  NC_ASSIGN(const auto all, journal::connecting(db));
  for (const auto& one : all) {
    NC_ASSIGN(const auto good, vouched.of(one.node));
    if (std::any_of(good.begin(), good.end(),
                    [&](const auto& known) { return known.incarnation == one.incarnation && known.key == one.key; }))
      take(one);
  }
  return {};
}

}  // namespace nc::sync
