#include "ledger/records/waiting.h"

#include "base/check.h"
#include "ledger/journal/tail.h"
#include "ledger/records/project.h"
#include "ledger/records/task_rows.h"
#include "ledger/records/world.h"

namespace nc::records {
namespace {

// Rows and the log that carries them, many times over: who derives later must not find the disk full.
constexpr std::uintmax_t kRoomBytes = std::uintmax_t{64} << 20;

bool has_room(const std::filesystem::path& dir) {
  std::error_code ec;
  const auto space = std::filesystem::space(dir, ec);
  return !ec && space.available >= kRoomBytes;
}

}  // namespace

bool Waiting::takes(const RecordId& id) const { return !failed_ && records_.size() < kWaitingMax && !ids_.contains(id) && has_room(dir_); }

void Waiting::add(const RecordId& id, std::vector<journal::Stored> entries) {
  for (auto& stored : entries) {
    stored.entry.header_bytes = {};
    stored.entry.body_bytes = {};
  }
  auto record = std::make_shared<WaitingRecord>();
  record->id = id;
  record->entries = std::move(entries);
  records_.push_back(std::move(record));
  ids_.insert(id);
}

Status Waiting::derive(store::Database& db, const World& world, std::vector<RecordView>& changed) {
  NC_TRY(journal::take_in(db));
  while (derived_ < records_.size()) {
    auto& record = *records_[derived_];
    auto rows = std::exchange(record.rows, std::nullopt);
    if (!rows) rows = rows_of_new(world, record.id, record.entries);
    NC_CHECK(rows.has_value());
    NC_TRY(store_rows(db, *rows, true));
    changed.push_back(std::move(rows->view));
    ++derived_;
  }
  return {};
}

Status Waiting::keep_mark(store::Database& db) {
  const bool waits = derived_ < records_.size();
  if (waits == marked_) return {};  // an older mark says the same, and more
  if (waits) {
    NC_TRY(db.run("INSERT INTO state_meta(key, value) VALUES('waiting_from', ?)", records_[derived_]->entries.front().arrival));
  } else {
    NC_TRY(clear_waiting(db));
  }
  marked_ = waits;
  return {};
}

void Waiting::back_to(const Mark& mark) {
  while (records_.size() > mark.added) {
    ids_.erase(records_.back()->id);
    records_.pop_back();
  }
  derived_ = std::min(derived_, mark.derived);
}

WaitingRecords Waiting::committed() {
  WaitingRecords out(records_.begin() + static_cast<std::ptrdiff_t>(std::max(committed_, derived_)), records_.end());
  if (derived_ > 0) failed_ = false;  // rows can be written again
  for (; derived_ > 0; --derived_) {
    records_.front()->derived = true;
    ids_.erase(records_.front()->id);
    records_.pop_front();
  }
  committed_ = records_.size();
  mark_kept_ = marked_;
  size_ = committed_;
  return out;
}

void Waiting::undone() {
  back_to({committed_, 0});
  marked_ = mark_kept_;
}

Result<std::optional<std::int64_t>> waiting_from(store::Database& db) {
  NC_ASSIGN(auto query, db.prepare("SELECT value FROM state_meta WHERE key = 'waiting_from'"));
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(query.integer(0)) : std::nullopt;
}

Status clear_waiting(store::Database& db) { return db.run("DELETE FROM state_meta WHERE key = 'waiting_from'"); }

Result<std::int64_t> derive_left_over(store::Database& db, const journal::Journal& journal, const World& world,
                                      const catalog::TaskBook& tasks) {
  NC_TRY(journal::take_in(db));
  NC_ASSIGN(const auto from, waiting_from(db));
  if (!from) return 0;
  std::vector<RecordId> left;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT record FROM journal_entry WHERE arrival >= ?1 GROUP BY record ORDER BY min(arrival)"));
    query.bind(1, *from);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      left.push_back(query.id<RecordId>(0));
    }
  }
  for (const auto& id : left) {
    NC_ASSIGN(const auto entries, journal.entries_of(db, id));
    if (entries.empty()) continue;  // nothing of it counts
    NC_ASSIGN(const auto view, project_entries(db, journal, world, id, entries));
    NC_TRY(store_tasks(db, tasks, view));
  }
  NC_TRY(clear_waiting(db));
  return static_cast<std::int64_t>(left.size());
}

}  // namespace nc::records
