// Adding, taking away and ordering of rows.
#include "insight/stats/store.h"

#include <algorithm>

#include "base/check.h"

namespace nc::stats {
namespace {

constexpr RowNo kUnsettledMax = 65'536;  // so many rows out of order are scanned without notice

std::uint64_t key_hash(const RecordId& id, std::uint8_t reading) { return hash_of(id) + reading; }

}  // namespace

Columns::Store::Store() { clear(); }

void Columns::Store::clear() {
  ++changes;
  rows.clear(), ids.clear(), values.clear(), source_lists.clear(), index.clear();
  shapes.clear(), whens.clear(), parties.clear();
  dead_rows = 0;
  words.clear(), own_sets.clear(), counterpart_sets.clear(), locks.clear(), measures.clear(), id_lists.clear();
  links.clear(), link_by_row.clear(), named.clear(), named_row.clear(), named_as.clear();
  pool = {0};
  clusters = Clusters();
  parts.clear(), totals.clear();
  parts_stale = false;
  {
    const std::lock_guard lock(sights_mutex);
    sights.clear(), askers.clear();
  }
  walls.clear(), declared.clear(), indicators.clear(), sources.clear(), reports.clear();
  Shape dead;
  dead.dead = true;
  words.of("");
  shapes.of(dead);
  id_lists.of({});
}

std::uint64_t Columns::Store::row_hash(RowNo row) const { return key_hash(ids[row], shape(row).reading); }

RowNo Columns::Store::row_of(const RowKey& key) const {
  return index.find(key_hash(key.id, key.reading), [&](RowNo row) { return ids[row] == key.id && shape(row).reading == key.reading; });
}

void Columns::Store::make_room() {
  if (!rows.make_room(shapes.size(), whens.size(), parties.size())) return;
  // Copies of words are of the old widths.
  clusters.stale = clusters.stale || clusters.size() > 0;
  parts_stale = parts_stale || !parts.empty();
}

void Columns::Store::set_shape(RowNo row, const Shape& shape) {
  const auto number = shapes.of(shape);
  make_room();
  rows.set_shape(row, number);
}

void Columns::Store::add(const RowKey& key, const Wall& behind, const ActivityRow& row) {
  ++changes;
  Shape shape;
  shape.kind = words.of(behind.type);
  shape.detail = words.of(row.detail);
  shape.level = words.of(row.level);
  shape.end = row.end;
  shape.status = row.status;
  shape.reading = key.reading;
  shape.standing = row.standing;
  shape.part = !row.parent.is_zero();
  const auto shape_number = shapes.of(shape);
  const auto when_number = whens.of(row.start.value_or(DayRange{kDayMax, kDayMin}));
  const auto party_number =
      parties.of({own_sets.of(row.own), counterpart_sets.of(row.counterpart), locks.of({behind.need, behind.next, behind.counterparts})});
  make_room();
  const auto number = end();
  rows.push_back(shape_number, when_number, party_number);
  ids.push_back(key.id);
  index.insert(key_hash(key.id, key.reading), number, [this](RowNo n) { return row_hash(n); });
  if (const auto list = id_lists.of(row.sources); list != 0) source_lists.set(number, list);
  for (const auto& [measure, value] : row.values) {
    const auto column = measures.of(measure);
    if (column >= values.size()) values.resize(column + 1);
    values[column].set(number, value);
  }
  if (const auto known = named.find(key.id)) {
    if (key.reading == 0) named_row[*known] = number;
    else named_as[*known] |= kMany;
    if ((named_as[*known] & kSame) != 0) clusters.stale = true;
    if ((named_as[*known] & kParent) != 0) parts_stale = true;
  }
  add_links(number, row);
}

// Takes everything of the last row to `row`, which holds nothing any more.
void Columns::Store::move_last_to(RowNo row) {
  const auto last = end() - 1;
  if (row != last) {
    index.renumber(row_hash(last), last, row);
    ids[row] = ids[last];
    source_lists.set(row, source_lists.get(last));
    for (auto& column : values) column.set(row, column.get(last));
    if (const auto place = link_by_row.find(last, [&](std::uint32_t n) { return links[n].row == last; }); place != kNoNumber) {
      const auto hash = [this](std::uint32_t n) { return std::uint64_t{links[n].row}; };
      link_by_row.erase(last, place, hash);
      links[place].row = row;
      link_by_row.insert(row, place, hash);
    }
    if (const auto known = named.find(ids[row])) {
      if (shape(last).reading == 0) named_row[*known] = row;
      if ((named_as[*known] & kParent) != 0) parts_stale = true;
    }
    if (shape(last).part) parts_stale = true;
    if (shape(last).clustered) clusters.stale = true;
  }
  source_lists.set(last, std::nullopt);
  for (auto& column : values) column.set(last, std::nullopt);
  rows.move_last_to(row);
  ids.pop_back();
}

void Columns::Store::drop_row(RowNo row) {
  if (shape(row).clustered) clusters.stale = true;
  index.erase(row_hash(row), row, [this](RowNo n) { return row_hash(n); });
  drop_links(row);
  if (row >= rows.ordered()) return move_last_to(row);
  // Others keep their places in the order of parties.
  source_lists.set(row, std::nullopt);
  for (auto& column : values) column.set(row, std::nullopt);
  rows.set_shape(row, 0);
  ids[row] = RecordId{};
  ++dead_rows;
}

void Columns::Store::remove(const RecordId& id) {
  if (const auto known = named.find(id)) {
    if ((named_as[*known] & kParent) != 0) parts_stale = true;
    named_row[*known] = kNoRow;
    named_as[*known] &= static_cast<std::uint8_t>(~kMany);
  }
  for (std::uint8_t reading = 0;; ++reading) {
    const auto row = row_of({id, reading});
    if (row == kNoRow) break;
    drop_row(row);
  }
  if (sources.erase(id) > 0) clusters.stale = true;
  declared.erase(id), indicators.erase(id), reports.erase(id);
}

void Columns::Store::settle_if_needed() {
  const auto unsettled = end() - rows.ordered() + dead_rows;
  if (unsettled > kUnsettledMax && unsettled > rows.ordered() / 2) settle();
}

namespace {

template <typename T>
std::vector<T> in_order(const std::vector<T>& column, const std::vector<RowNo>& order) {
  std::vector<T> out;
  out.reserve(order.size());
  for (const auto row : order) out.push_back(column[row]);
  return out;
}

NarrowColumn in_order(const NarrowColumn& column, const std::vector<RowNo>& order) {
  NarrowColumn out;
  for (RowNo to = 0; to < order.size(); ++to)
    if (const auto value = column.get(order[to])) out.set(to, value);
  out.shrink();
  return out;
}

}  // namespace

void Columns::Store::settle() {
  ++changes;
  // Counting sort, stable: within a party as they came.
  std::vector<RowNo> begin(parties.size() + 1, 0);
  for (RowNo row = 0; row < end(); ++row)
    if (shape_no(row) != 0) ++begin[party_no(row) + 1];
  for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
  std::vector<RowNo> next(begin.begin(), begin.end() - 1), order(begin.back()), moved(end(), kNoRow);
  for (RowNo row = 0; row < end(); ++row) {
    if (shape_no(row) == 0) continue;
    moved[row] = next[party_no(row)]++;
    order[moved[row]] = row;
  }
  rows.order(order, std::move(begin));
  ids = in_order(ids, order);
  source_lists = in_order(source_lists, order);
  for (auto& column : values) column = in_order(column, order);
  dead_rows = 0;
  index_rows();
  move_links(moved);
  own_sets.shrink(), counterpart_sets.shrink(), locks.shrink(), parties.shrink(), id_lists.shrink(), named.shrink();
}

void Columns::Store::index_rows() {
  const auto hash = [this](RowNo row) { return row_hash(row); };
  index.clear();
  index.reserve(end(), hash);
  for (RowNo row = 0; row < end(); ++row) index.insert(row_hash(row), row, hash);
}

ActivityRow Columns::Store::row_at(RowNo row) const {
  const auto& shape = this->shape(row);
  const auto& party = this->party(row);
  ActivityRow out;
  if (!undated(row)) out.start = when(row);
  out.end = shape.end;
  out.standing = shape.standing;
  out.detail = words.at(shape.detail);
  out.level = words.at(shape.level);
  out.status = shape.status;
  out.own = own_sets.at(party.own);
  out.counterpart = counterpart_sets.at(party.counterpart);
  out.sources = sources_of(row);
  if (const auto* at = link(row)) {
    if (at->parent != kNoNumber) out.parent = named.at(at->parent);
    for (const auto name : same_event(*at)) out.same_event.push_back(named.at(name));
    std::sort(out.same_event.begin(), out.same_event.end());
    for (const auto name : included(*at)) out.includes.push_back(named.at(name));
    std::sort(out.includes.begin(), out.includes.end());
  }
  for (std::uint32_t measure = 0; measure < values.size(); ++measure)
    if (const auto value = values[measure].get(row)) out.values.emplace_back(measures.at(measure), *value);
  return out;
}

Wall Columns::Store::wall_at(RowNo row) const {
  const auto& lock = locks.at(party(row).lock);
  return {words.at(shape(row).kind), lock.need, lock.next, lock.counterparts};
}

Columns::Store::Bytes Columns::Store::bytes() const {
  Bytes out;
  out.words = rows.bytes();
  out.ids = ids.capacity() * sizeof(RecordId);
  out.index = index.bytes();
  out.measures = source_lists.bytes();
  for (const auto& column : values) out.measures += column.bytes();
  out.links = links.capacity() * sizeof(Link) + link_by_row.bytes() + pool.capacity() * sizeof(std::uint32_t);
  out.links += named.bytes() + named_row.capacity() * sizeof(RowNo) + named_as.capacity() + parts.capacity() * sizeof(PartOf);
  out.links += totals.capacity() * sizeof(std::uint32_t);
  out.links += clusters.members.capacity() * sizeof(RowNo) + clusters.words.capacity() * sizeof(std::uint64_t) +
               clusters.begin.capacity() * sizeof(std::uint32_t) + clusters.by_row.bytes() + clusters.plain.capacity();
  out.dictionaries = shapes.bytes() + whens.bytes() + parties.bytes() + words.bytes() + own_sets.bytes() + counterpart_sets.bytes() +
                     locks.bytes() + measures.bytes() + id_lists.bytes();
  for (const auto& set : own_sets.all()) out.dictionaries += set.units.capacity() * sizeof(UnitId);
  for (const auto& set : counterpart_sets.all())
    out.dictionaries += set.units.capacity() * sizeof(UnitId) + set.countries.capacity() * sizeof(std::string);
  for (const auto& lock : locks.all()) {
    out.dictionaries += lock.counterparts.capacity() * sizeof(UnitId);
    for (const auto* atoms : {&lock.need, &lock.next})
      for (const auto& atom : *atoms) out.dictionaries += sizeof(Atom) + atom.audience.units.capacity() * sizeof(UnitId);
  }
  for (const auto& list : id_lists.all()) out.dictionaries += list.capacity() * sizeof(RecordId);
  return out;
}

}  // namespace nc::stats
