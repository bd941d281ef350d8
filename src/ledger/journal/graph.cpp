#include "ledger/journal/graph.h"

#include <algorithm>
#include <tuple>

namespace nc::journal {
namespace {

// One entry on its way into the order.
struct Pending {
  std::vector<std::size_t> parents;  // indices into the entries sorted by hash
  std::uint32_t foreign_depth = 0;
  bool lost = false;  // a base is unknown
};

std::optional<std::size_t> find(const std::vector<const Entry*>& sorted, const EntryHash& hash) {
  const auto it =
      std::lower_bound(sorted.begin(), sorted.end(), hash, [](const Entry* entry, const EntryHash& h) { return entry->hash < h; });
  if (it == sorted.end() || (*it)->hash != hash) return std::nullopt;
  return static_cast<std::size_t>(it - sorted.begin());
}

Pending resolve(const Entry& entry, const std::vector<const Entry*>& sorted, const Ancestry* foreign) {
  Pending out;
  for (const auto& base : entry.header.base) {
    if (const auto here = find(sorted, base)) {
      out.parents.push_back(*here);
      continue;
    }
    const auto nearest = foreign != nullptr ? foreign->nearest(base, entry.header.record) : std::nullopt;
    if (!nearest) {
      out.lost = true;
      return out;
    }
    out.foreign_depth = std::max(out.foreign_depth, foreign->depth_of(base));
    for (const auto& hash : *nearest) {
      const auto here = find(sorted, hash);
      if (!here) out.lost = true;
      else out.parents.push_back(*here);
    }
  }
  return out;
}

bool same_row(const Entry& a, const Entry& b) {
  return a.body.origin && a.body.origin == b.body.origin && a.header.stream.part == b.header.stream.part && a.body.set == b.body.set &&
         a.body.add == b.body.add && a.body.remove == b.body.remove && a.body.act == b.body.act && a.body.state == b.body.state;
}

}  // namespace

Graph::Graph(std::vector<const Entry*> sorted, const Ancestry* foreign) {
  const auto key = [](const Entry* entry) { return std::pair(entry->hash, entry->body_bytes.empty()); };
  // Of two copies of one entry, the one that has its body.
  std::sort(sorted.begin(), sorted.end(), [&](const Entry* a, const Entry* b) { return key(a) < key(b); });
  sorted.erase(std::unique(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) { return a->hash == b->hash; }), sorted.end());
  order(std::move(sorted), foreign);
  find_twins();
}

void Graph::order(std::vector<const Entry*> sorted, const Ancestry* foreign) {
  const std::size_t count = sorted.size();
  std::vector<Pending> pending(count);
  std::vector<std::vector<std::size_t>> children(count);
  std::vector<std::size_t> waiting_for(count, 0), ready;
  for (std::size_t i = 0; i < count; ++i) {
    pending[i] = resolve(*sorted[i], sorted, foreign);
    waiting_for[i] = pending[i].parents.size() + (pending[i].lost ? 1 : 0);
    for (const auto parent : pending[i].parents) children[parent].push_back(i);
    if (waiting_for[i] == 0) ready.push_back(i);
  }
  std::vector<std::size_t> place(count, count);
  nodes_.reserve(count);
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t i = ready[next];
    Node node{sorted[i], pending[i].foreign_depth + 1, true, Bits(count)};
    for (const auto parent : pending[i].parents) {
      auto& before = nodes_[place[parent]];
      before.head = false;
      node.depth = std::max(node.depth, before.depth + 1);
      node.past.join(before.past);
      node.past.add(place[parent]);
    }
    place[i] = nodes_.size();
    by_hash_.emplace_back(sorted[i]->hash, place[i]);
    nodes_.push_back(std::move(node));
    for (const auto child : children[i])
      if (--waiting_for[child] == 0) ready.push_back(child);
  }
  for (std::size_t i = 0; i < count; ++i)
    if (place[i] == count) parked_.push_back(sorted[i]->hash);
  std::sort(by_hash_.begin(), by_hash_.end());
}

void Graph::find_twins() {
  const bool imported = std::any_of(nodes_.begin(), nodes_.end(), [](const Node& node) { return node.entry->body.origin.has_value(); });
  if (!imported || nodes_.size() < 2) return;
  twins_.assign(nodes_.size(), Bits(nodes_.size()));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    twins_[i].add(i);
    for (std::size_t j = 0; j < i; ++j)
      if (same_row(*nodes_[i].entry, *nodes_[j].entry)) {
        twins_[i].add(j);
        twins_[j].add(i);
      }
  }
}

std::optional<std::size_t> Graph::index_of(const EntryHash& hash) const {
  const auto it = std::lower_bound(by_hash_.begin(), by_hash_.end(), std::pair(hash, std::size_t{0}));
  if (it == by_hash_.end() || it->first != hash) return std::nullopt;
  return it->second;
}

Bits Graph::closure(const std::vector<EntryHash>& heads) const {
  Bits out(nodes_.size());
  for (const auto& hash : heads)
    if (const auto i = index_of(hash)) {
      out.join(nodes_[*i].past);
      out.add(*i);
    }
  return out;
}

}  // namespace nc::journal
