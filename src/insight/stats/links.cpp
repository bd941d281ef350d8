// What rows say of other records: parents, and clusters of the same event.
#include <algorithm>
#include <mutex>
#include <numeric>

#include "insight/stats/store.h"

namespace nc::stats {

std::uint32_t Columns::Store::name(const RecordId& id) {
  const auto number = named.of(id);
  if (number < named_row.size()) return number;
  named_row.push_back(row_of({id, 0}));
  named_as.push_back(row_of({id, 1}) == kNoRow ? 0 : kMany);
  return number;
}

// The place in the pool of a list of records, each named `as`.
std::uint32_t Columns::Store::pooled(const std::vector<RecordId>& records, std::uint8_t as) {
  const auto place = static_cast<std::uint32_t>(pool.size());
  pool.push_back(static_cast<std::uint32_t>(records.size()));
  for (const auto& id : records) {
    const auto number = name(id);
    named_as[number] |= as;
    pool.push_back(number);
  }
  return place;
}

void Columns::Store::add_links(RowNo row, const ActivityRow& from) {
  if (from.parent.is_zero() && from.same_event.empty() && from.includes.empty()) return;
  Link link{row, from.parent.is_zero() ? kNoNumber : name(from.parent), 0, 0};
  if (link.parent != kNoNumber) {
    named_as[link.parent] |= kParent;
    parts_stale = true;
  }
  if (!from.same_event.empty()) {
    link.same = pooled(from.same_event, kSame);
    clusters.stale = true;
  }
  if (!from.includes.empty()) {
    link.includes = pooled(from.includes, 0);
    parts_stale = true;
  }
  const auto place = static_cast<std::uint32_t>(links.size());
  links.push_back(link);
  link_by_row.insert(row, place, [this](std::uint32_t n) { return std::uint64_t{links[n].row}; });
}

const Link* Columns::Store::link(RowNo row) const {
  const auto place = link_by_row.find(row, [&](std::uint32_t n) { return links[n].row == row; });
  return place == kNoNumber ? nullptr : &links[place];
}

// The last link takes the place of the dropped one; its words in the pool stay until settle().
void Columns::Store::drop_links(RowNo row) {
  const auto place = link_by_row.find(row, [&](std::uint32_t n) { return links[n].row == row; });
  if (place == kNoNumber) return;
  if (links[place].same != 0) clusters.stale = true;
  if (links[place].parent != kNoNumber || !totals.empty()) parts_stale = true;
  const auto hash = [this](std::uint32_t n) { return std::uint64_t{links[n].row}; };
  const auto last = static_cast<std::uint32_t>(links.size() - 1);
  link_by_row.erase(row, place, hash);
  if (place != last) {
    link_by_row.renumber(links[last].row, last, place);
    links[place] = links[last];
  }
  links.pop_back();
}

// After rows went to new numbers: links in the order of their rows, so that a pass over them reads forward.
void Columns::Store::move_links(const std::vector<RowNo>& moved) {
  for (auto& link : links) link.row = moved[link.row];
  std::sort(links.begin(), links.end(), [](const Link& a, const Link& b) { return a.row < b.row; });
  links.shrink_to_fit();
  std::vector<std::uint32_t> kept{0};
  for (auto& link : links)
    for (auto* const place : {&link.same, &link.includes}) {
      if (*place == 0) continue;
      const auto from = pool.begin() + *place;
      *place = static_cast<std::uint32_t>(kept.size());
      kept.insert(kept.end(), from, from + 1 + *from);
    }
  kept.shrink_to_fit();
  pool = std::move(kept);
  const auto hash = [this](std::uint32_t n) { return std::uint64_t{links[n].row}; };
  link_by_row.clear();
  link_by_row.reserve(links.size(), hash);
  for (std::uint32_t n = 0; n < links.size(); ++n) link_by_row.insert(links[n].row, n, hash);
  for (auto& row : named_row)
    if (row != kNoRow) row = moved[row];
  clusters.stale = parts_stale = true;
}

SourceRank Columns::Store::full_source_rank(RowNo row) const {
  SourceRank rank{true, {}};
  for (const auto& id : sources_of(row))
    if (const auto at = sources.find(id); at != sources.end() && !at->second.empty() && !at->second.back().row.code.empty())
      rank = std::min(rank, {false, at->second.back().row.code});
  return rank;
}

// A held row before others, then by source, then by id.
void Columns::Store::keep_cluster(std::vector<RowNo> cluster) {
  const auto held = [&](RowNo row) { return shape(row).status == Status::kHeld; };
  std::sort(cluster.begin(), cluster.end(), [&](RowNo a, RowNo b) {
    if (held(a) != held(b)) return held(a);
    if (source_lists.get(a) != source_lists.get(b)) {
      const auto rank_a = full_source_rank(a), rank_b = full_source_rank(b);
      if (rank_a != rank_b) return rank_a < rank_b;
    }
    if (ids[a] != ids[b]) return ids[a] < ids[b];
    return shape(a).reading < shape(b).reading;
  });
  bool plain = true;
  for (const auto row : cluster) {
    plain = plain && shape(row).reading == 0 && row_of({ids[row], 1}) == kNoRow;
    const auto place = static_cast<std::uint32_t>(clusters.members.size());
    clusters.members.push_back(row);
    clusters.by_row.insert(row, place, [this](std::uint32_t n) { return std::uint64_t{clusters.members[n]}; });
    auto changed = shape(row);
    changed.clustered = true;
    set_shape(row, changed);
  }
  clusters.begin.push_back(static_cast<std::uint32_t>(clusters.members.size()));
  clusters.plain.push_back(plain ? 1 : 0);
}

void Columns::Store::refresh_clusters() {
  ++changes;
  clusters = Clusters();
  std::vector<std::uint8_t> marked(shapes.size());
  for (std::uint32_t i = 0; i < marked.size(); ++i) marked[i] = shapes.at(i).clustered ? 1 : 0;
  for (RowNo row = 0; row < end(); ++row) {
    if (const auto number = shape_no(row); number < marked.size() && marked[number] != 0) {
      auto changed = shape(row);
      changed.clustered = false;
      set_shape(row, changed);
    }
  }
  // Nodes are the rows that links of the same event touch; a named record's readings hang together.
  std::vector<RowNo> nodes;
  std::vector<std::pair<RowNo, RowNo>> edges;
  for (const auto& link : links) {
    if (link.same == 0) continue;
    for (const auto name : same_event(link)) {
      for_rows_of(name, [&](RowNo other) {
        if (other == link.row) return;
        edges.emplace_back(link.row, other);
        nodes.push_back(link.row);
        nodes.push_back(other);
      });
    }
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const auto node = [&](RowNo row) {
    return static_cast<std::uint32_t>(std::lower_bound(nodes.begin(), nodes.end(), row) - nodes.begin());
  };
  std::vector<std::uint32_t> up(nodes.size());
  std::iota(up.begin(), up.end(), 0U);
  const auto root = [&](std::uint32_t n) {
    while (up[n] != n) n = up[n] = up[up[n]];
    return n;
  };
  for (const auto& [a, b] : edges) up[root(node(a))] = root(node(b));
  std::vector<std::pair<std::uint32_t, RowNo>> by_root;
  for (std::uint32_t n = 0; n < nodes.size(); ++n) by_root.emplace_back(root(n), nodes[n]);
  std::sort(by_root.begin(), by_root.end());
  for (std::size_t i = 0; i < by_root.size();) {
    std::vector<RowNo> cluster;
    for (const auto first = by_root[i].first; i < by_root.size() && by_root[i].first == first; ++i) cluster.push_back(by_root[i].second);
    keep_cluster(std::move(cluster));
  }
  clusters.members.shrink_to_fit(), clusters.begin.shrink_to_fit(), clusters.plain.shrink_to_fit();
  clusters.words.reserve(clusters.members.size());
  for (const auto row : clusters.members) clusters.words.push_back(rows[row]);
  clusters.stale = false;  // even where marking needed wider words: copies were made after it
  parts_stale = true;
}

// A parent that stands alone is the only one above: not in a cluster, no part itself, with one reading.
void Columns::Store::refresh_parts() {
  parts.clear();
  totals.clear();
  for (std::uint32_t place = 0; place < links.size(); ++place) {
    const auto& link = links[place];
    if (link.includes != 0) totals.push_back(place);
    if (link.parent == kNoNumber || shape(link.row).clustered) continue;
    PartOf part{rows[link.row], 0, link.row, kNoRow};
    const auto above = named_row[link.parent];
    const bool alone = above != kNoRow && (named_as[link.parent] & kMany) == 0 && !shape(above).clustered && !shape(above).part;
    if (alone && above != link.row) {
      part.above = above;
      part.above_word = rows[above];
    }
    parts.push_back(part);
  }
  parts.shrink_to_fit();
  parts_stale = false;
}

std::shared_lock<std::shared_mutex> Columns::Store::read() {
  std::shared_lock lock(mutex);
  while (clusters.stale || parts_stale) {
    lock.unlock();
    {
      const std::unique_lock alone(mutex);
      refresh();
    }
    lock.lock();
  }
  return lock;
}

}  // namespace nc::stats
