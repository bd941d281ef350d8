// Columns that came from bytes: whether they can be right, and what is not saved with them.
#include <algorithm>

#include "insight/stats/store.h"

namespace nc::stats {

// Every number names something, rows are alive and in order of their parties.
bool Columns::Store::numbers_in_range() {
  if (!rows.whole(shapes.size(), whens.size(), parties.size())) return false;
  if (ids.size() != rows.end() || ids.size() >= kNoRow || words.size() == 0 || values.size() > measures.size()) return false;
  if (shapes.size() == 0 || !shapes.at(0).dead || id_lists.size() == 0 || !id_lists.at(0).empty()) return false;
  for (std::uint32_t i = 0; i < shapes.size(); ++i) {
    const auto& shape = shapes.at(i);
    if (shape.reading == 0xff || shape.kind >= words.size() || shape.detail >= words.size() || shape.level >= words.size() ||
        shape.dead != (i == 0))
      return false;
  }
  for (const auto& party : parties.all())
    if (party.own >= own_sets.size() || party.counterpart >= counterpart_sets.size() || party.lock >= locks.size()) return false;
  bool good = true;
  for (const auto& column : values) column.for_each([&](std::uint32_t row, std::int64_t) { good = good && row < end(); });
  source_lists.for_each([&](std::uint32_t row, std::int64_t list) {
    good = good && row < end() && list > 0 && static_cast<std::uint64_t>(list) < id_lists.size();
  });
  return good;
}

// The pool is one list after the other, of known names.
bool Columns::Store::pool_in_range() const {
  if (pool.empty() || pool.front() != 0) return false;
  for (std::size_t at = 1; at < pool.size(); at += 1 + std::size_t{pool[at]}) {
    if (pool[at] >= pool.size() - at) return false;
    for (std::size_t i = at + 1; i <= at + pool[at]; ++i)
      if (pool[i] >= named.size()) return false;
  }
  return true;
}

// Links in order of their rows; exactly the rows that are parts have a parent.
bool Columns::Store::links_in_range() const {
  if (!pool_in_range()) return false;
  std::vector<std::uint32_t> lists;
  for (std::size_t at = 1; at < pool.size(); at += 1 + std::size_t{pool[at]}) lists.push_back(static_cast<std::uint32_t>(at));
  std::size_t with_parent = 0, are_parts = 0;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto& link = links[i];
    if (link.row >= end() || (i > 0 && links[i - 1].row >= link.row)) return false;
    if (link.parent != kNoNumber && link.parent >= named.size()) return false;
    if (shape(link.row).part != (link.parent != kNoNumber)) return false;
    for (const auto list : {link.same, link.includes})
      if (list != 0 && !std::binary_search(lists.begin(), lists.end(), list)) return false;
    with_parent += link.parent != kNoNumber ? 1 : 0;
  }
  for (RowNo row = 0; row < end(); ++row) are_parts += shape(row).part ? 1 : 0;
  return with_parent == are_parts;
}

// The tables by which rows, links and names are found.
void Columns::Store::find_again() {
  dead_rows = 0;
  index_rows();
  const auto link_hash = [this](std::uint32_t n) { return std::uint64_t{links[n].row}; };
  link_by_row.clear();
  link_by_row.reserve(links.size(), link_hash);
  for (std::uint32_t n = 0; n < links.size(); ++n) link_by_row.insert(links[n].row, n, link_hash);
  named_row.clear(), named_as.clear();
  for (const auto& id : named.all()) {
    named_row.push_back(row_of({id, 0}));
    named_as.push_back(row_of({id, 1}) == kNoRow ? 0 : kMany);
  }
  for (const auto& link : links) {
    if (link.parent != kNoNumber) named_as[link.parent] |= kParent;
    if (link.same != 0)
      for (const auto name : same_event(link)) named_as[name] |= kSame;
  }
}

bool Columns::Store::make_whole() {
  if (!numbers_in_range() || !links_in_range()) return false;
  find_again();
  refresh_clusters();
  refresh_parts();
  return true;
}

}  // namespace nc::stats
