#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "foundation/crypto/hash.h"
#include "insight/stats/store.h"

namespace nc::stats {

Columns::Store::Store() { id_lists.of({}); }

void Columns::Store::clear() {
  first.clear(), last.clear(), end_first.clear(), end_last.clear();
  kind.clear(), detail.clear(), level.clear(), own.clear(), counterpart.clear(), wall.clear();
  status.clear(), standing.clear(), cold.clear(), index.clear();
  words.clear(), own_sets.clear(), counterpart_sets.clear(), walls.clear(), measures.clear(), id_lists.clear();
  declared.clear(), indicators.clear(), sources.clear(), reports.clear();
  id_lists.of({});
}

void Columns::Store::add(const RowKey& key, const Wall& behind, const ActivityRow& row) {
  NC_CHECK(index.emplace(key, static_cast<RowNo>(size())).second);
  first.push_back(row.start ? row.start->first : kDayMax);
  last.push_back(row.start ? row.start->last : kDayMin);
  end_first.push_back(row.end.first);
  end_last.push_back(row.end.last);
  kind.push_back(words.of(behind.type));
  detail.push_back(words.of(row.detail));
  level.push_back(words.of(row.level));
  own.push_back(own_sets.of(row.own));
  counterpart.push_back(counterpart_sets.of(row.counterpart));
  wall.push_back(walls.of(behind));
  status.push_back(row.status);
  standing.push_back(row.standing ? 1 : 0);
  ColdRow rest{key, row.parent, id_lists.of(row.same_event), id_lists.of(row.sources), {}};
  for (const auto& [measure, value] : row.values) rest.values.emplace_back(measures.of(measure), value);
  cold.push_back(std::move(rest));
}

// The last row takes the place of the dropped one.
void Columns::Store::drop_row(RowNo row) {
  const auto drop = [row](auto& column) {
    if (row + 1 != column.size()) column[row] = std::move(column.back());
    column.pop_back();
  };
  index.erase(cold[row].key);
  if (row + 1 != size()) index[cold.back().key] = row;
  drop(first), drop(last), drop(end_first), drop(end_last);
  drop(kind), drop(detail), drop(level), drop(own), drop(counterpart), drop(wall);
  drop(status), drop(standing), drop(cold);
}

void Columns::Store::remove(const RecordId& id) {
  for (std::uint8_t reading = 0;; ++reading) {
    const auto at = index.find({id, reading});
    if (at == index.end()) break;
    drop_row(at->second);
  }
  declared.erase(id), indicators.erase(id), sources.erase(id), reports.erase(id);
}

ActivityRow Columns::Store::row_at(RowNo row) const {
  ActivityRow out;
  if (!undated(row)) out.start = DayRange{first[row], last[row]};
  out.end = {end_first[row], end_last[row]};
  out.standing = standing[row] != 0;
  out.detail = words.at(detail[row]);
  out.level = words.at(level[row]);
  out.status = status[row];
  out.own = own_sets.at(own[row]);
  out.counterpart = counterpart_sets.at(counterpart[row]);
  out.parent = cold[row].parent;
  out.same_event = id_lists.at(cold[row].same_event);
  out.sources = id_lists.at(cold[row].sources);
  for (const auto& [measure, value] : cold[row].values) out.values.emplace_back(measures.at(measure), value);
  return out;
}

Columns::Columns() : store_(std::make_unique<Store>()) {}
Columns::~Columns() = default;

void Columns::apply(const records::RecordView& record, const records::World& world) {
  // The view's own pointer may be of an older world.
  const catalog::Type* type = world.catalog ? world.catalog->find(record.type_id) : record.type;
  const std::unique_lock lock(store_->mutex);
  store_->remove(record.id);
  if (!type || record.voided) return;
  constexpr std::size_t kReadingsMax = 255;
  std::uint8_t number = 0;
  for (const auto& reading : readings_of(record)) {
    if (number == kReadingsMax) break;
    const auto keep = [&](auto& table, auto row) { table[record.id].push_back({store_->walls.of(reading.wall), std::move(row)}); };
    if (type->feeds == "counted-activity" || type->feeds == "standing-thing")
      store_->add({record.id, number++}, reading.wall, activity_row(*type, reading.values));
    else if (type->feeds == "figure-declared") keep(store_->declared, declared_row(*type, reading.values, record.id));
    else if (type->feeds == "figure-indicator") keep(store_->indicators, indicator_row(*type, reading.values));
    else if (type->feeds == "printed-source") keep(store_->sources, source_row(*type, reading.values));
    else if (type->feeds == "period-report") keep(store_->reports, report_row(*type, reading.values));
  }
}

void Columns::clear() {
  const std::unique_lock lock(store_->mutex);
  store_->clear();
}

std::size_t Columns::rows() const {
  const std::shared_lock lock(store_->mutex);
  return store_->size();
}

Digest Columns::digest() const {
  const std::shared_lock lock(store_->mutex);
  crypto::Sha256 sha;
  const auto line = [&](const char* table, const RecordId& id, std::uint32_t wall, Json row) {
    row.set("table", table).set("id", id.hex()).set("wall", digest_json(store_->walls.at(wall)));
    sha.update(canonical(row) + "\n");
  };
  std::vector<RowNo> order(store_->size());
  for (RowNo i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](RowNo a, RowNo b) {
    const auto& x = store_->cold[a].key;
    const auto& y = store_->cold[b].key;
    return x.id != y.id ? x.id < y.id : x.reading < y.reading;
  });
  for (const auto row : order) line("row", store_->cold[row].key.id, store_->wall[row], digest_json(store_->row_at(row)));
  const auto table = [&](const char* name, const auto& rows) {
    for (const auto& [id, readings] : rows)
      for (const auto& reading : readings) line(name, id, reading.wall, digest_json(reading.row));
  };
  table("declared", store_->declared);
  table("indicator", store_->indicators);
  table("source", store_->sources);
  table("report", store_->reports);
  return sha.finish();
}

}  // namespace nc::stats
