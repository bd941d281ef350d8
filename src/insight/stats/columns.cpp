#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "base/files.h"
#include "foundation/crypto/hash.h"
#include "insight/stats/saved.h"

namespace nc::stats {
namespace {

constexpr std::size_t kSavedBytesMax = std::size_t{8} << 30;  // far beyond what any ledger has

}  // namespace

Columns::Columns() : store_(std::make_unique<Store>()) {}
Columns::~Columns() = default;

void Columns::apply(const records::RecordView& record, const records::World& world) {
  // The view's own pointer may be of an older world.
  const catalog::Type* type = world.catalog ? world.catalog->find(record.type_id) : record.type;
  const std::unique_lock lock(store_->mutex);
  ++store_->changes;
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
    else if (type->feeds == "period-report" || type->feeds == "nil-report" || type->feeds == "period-closing")
      keep(store_->reports, report_row(*type, reading.values, record.state));
  }
  if (type->feeds == "printed-source") store_->clusters.stale = true;  // its code decides between rows
  store_->settle_if_needed();
}

void Columns::settle() {
  const std::unique_lock lock(store_->mutex);
  store_->settle();
}

nc::Status Columns::save(const std::filesystem::path& path, const Digest& stamp) {
  const std::unique_lock lock(store_->mutex);
  const auto& rows = store_->rows;  // a party may have come and gone
  if (rows.ordered() != rows.end() || rows.parties() != store_->parties.size() || store_->dead_rows != 0) store_->settle();
  store_->refresh();
  return write_file_durably(path, saved_bytes(*store_, stamp), 0600);
}

nc::Status Columns::load(const std::filesystem::path& path, const Digest& stamp) {
  NC_ASSIGN(const auto bytes, read_file(path, kSavedBytesMax));
  const std::unique_lock lock(store_->mutex);
  store_->clear();
  return read_saved(bytes, stamp, *store_);
}

std::size_t Columns::bytes() const {
  const std::shared_lock lock(store_->mutex);
  return store_->bytes().all();
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
  const auto line = [&](const char* table, const RecordId& id, const Wall& wall, Json row) {
    row.set("table", table).set("id", id.hex()).set("wall", digest_json(wall));
    sha.update(canonical(row) + "\n");
  };
  std::vector<RowNo> order;
  for (RowNo row = 0; row < store_->end(); ++row)
    if (!store_->shape(row).dead) order.push_back(row);
  std::sort(order.begin(), order.end(), [&](RowNo a, RowNo b) {
    return std::pair(store_->ids[a], store_->shape(a).reading) < std::pair(store_->ids[b], store_->shape(b).reading);
  });
  for (const auto row : order) line("row", store_->ids[row], store_->wall_at(row), digest_json(store_->row_at(row)));
  const auto table = [&](const char* name, const auto& rows) {
    for (const auto& [id, readings] : rows)
      for (const auto& reading : readings) line(name, id, store_->walls.at(reading.wall), digest_json(reading.row));
  };
  table("declared", store_->declared);
  table("indicator", store_->indicators);
  table("source", store_->sources);
  table("report", store_->reports);
  return sha.finish();
}

}  // namespace nc::stats
