#include "ledger/records/waiting.h"

#include <algorithm>

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

WaitingRecord::WaitingRecord(const RecordId& id, std::vector<journal::Stored> entries) : id_(id), entries_(std::move(entries)) {
  for (auto& stored : entries_) {
    stored.entry.header_bytes = {};
    stored.entry.body_bytes = {};
  }
}

const std::string& WaitingRecord::type() const { return entries_.front().entry.header.type; }

const Rows& WaitingRecord::rows(const World& world) const {
  std::call_once(once_, [&] { rows_ = rows_of_new(world, id_, entries_); });
  NC_CHECK(rows_.has_value());
  return *rows_;
}

bool Waiting::takes(const RecordId& id) const { return !failed_ && records_.size() < kWaitingMax && !ids_.contains(id) && has_room(dir_); }

void Waiting::add(const RecordId& id, std::vector<journal::Stored> entries) {
  records_.push_back(std::make_shared<WaitingRecord>(id, std::move(entries)));
  ids_.insert(id);
}

Status Waiting::derive(store::Database& db, const World& world, std::vector<RecordView>& changed, std::size_t max) {
  NC_TRY(journal::take_in(db));
  const auto until = std::min(records_.size(), derived_ + max);
  for (; derived_ < until; ++derived_) {
    const auto& rows = records_[derived_]->rows(world);
    NC_TRY(store_rows(db, rows, true));
    changed.push_back(rows.view);
  }
  return {};
}

// It moves on with what is derived, so that another process that reads need not wait for all that comes meanwhile.
Status Waiting::keep_mark(store::Database& db) {
  const auto from = derived_ < records_.size() ? std::optional(records_[derived_]->first_arrival()) : std::nullopt;
  if (from == marked_) return {};
  if (from) {
    NC_TRY(db.run("INSERT INTO state_meta(key, value) VALUES('waiting_from', ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                  *from));
  } else {
    NC_TRY(clear_waiting(db));
  }
  marked_ = from;
  return {};
}

void Waiting::back_to(const Mark& mark) {
  while (records_.size() > mark.added) {
    ids_.erase(records_.back()->id());
    records_.pop_back();
  }
  derived_ = std::min(derived_, mark.derived);
}

WaitingRecords Waiting::committed() {
  WaitingRecords out(records_.begin() + static_cast<std::ptrdiff_t>(std::max(committed_, derived_)), records_.end());
  if (derived_ > 0) failed_ = false;  // rows can be written again
  const std::lock_guard lock(mutex_);
  for (const auto& record : out) acknowledged_.emplace(record->id(), record);
  for (; derived_ > 0; --derived_) {
    records_.front()->derived = true;
    ids_.erase(records_.front()->id());
    acknowledged_.erase(records_.front()->id());
    records_.pop_front();
  }
  committed_ = records_.size();
  mark_kept_ = marked_;
  size_ = committed_;
  return out;
}

std::shared_ptr<const WaitingRecord> Waiting::find(const RecordId& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = acknowledged_.find(id);
  return at == acknowledged_.end() ? nullptr : at->second;
}

bool Waiting::any(const std::function<bool(const WaitingRecord&)>& is_such) const {
  if (size_ == 0) return false;
  std::vector<std::shared_ptr<const WaitingRecord>> all;  // looked at without keeping whoever writes waiting
  {
    const std::lock_guard lock(mutex_);
    all.reserve(acknowledged_.size());
    for (const auto& [id, record] : acknowledged_) all.push_back(record);
  }
  return std::ranges::any_of(all, [&](const auto& one) { return is_such(*one); });
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
