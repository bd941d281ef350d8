#include "channels/sync/file_inbox.h"

#include <algorithm>

#include "ledger/blobs/arriving.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

Result<FileInbox::Pending*> FileInbox::begin(const KnownFile& file) {
  const auto at = pending_.find(file.id);
  if (at != pending_.end()) return &at->second;
  NC_ASSIGN(const auto before, arriving(db_, sender_, file));
  if (before && before->state == Arrival::kRefused) return nullptr;
  if (!before) {
    NC_ASSIGN(const auto open, count_open(db_, sender_));
    if (open + static_cast<std::int64_t>(pending_.size()) >= kArrivingMax) return nullptr;
  }
  return &pending_.emplace(file.id, Pending{file, before && before->state == Arrival::kOpen ? before->bytes : 0, {}}).first->second;
}

Status FileInbox::take(std::string_view content) {
  const auto some = decode_file_bytes(content);
  if (!some) return {};
  NC_TRY(index_files(db_, ledger_.files()));
  NC_ASSIGN(const auto file, find_file(db_, some->file));
  if (!file) return {};
  NC_ASSIGN(const auto taking, asks_(*file));
  if (!taking.wanted) return {};
  came_.emplace(file->id, *file);
  if (taking.whole_here) return {};
  NC_ASSIGN(auto* pending, begin(*file));
  if (pending == nullptr) return {};
  const auto here = pending->from + static_cast<std::int64_t>(pending->bytes.size());
  const auto end = some->from + static_cast<std::int64_t>(some->bytes.size());
  if (some->from > here || end < here) return {};
  pending->bytes += some->bytes.substr(static_cast<std::size_t>(here - some->from));
  return {};
}

Status FileInbox::flush() {
  const blobs::Arriving arrivals(ledger_.files(), ledger_.dir());
  for (auto& [id, one] : pending_) {
    if (one.bytes.empty() && one.file.name.bytes > 0) continue;
    const auto written = arrivals.take(sender_.hex(), one.file.part, one.file.name.sha256, one.from, one.bytes);
    auto here = one.from + static_cast<std::int64_t>(one.bytes.size());
    // What was here before has gone, or the disk is short: it is told from where to go on.
    if (!written) here = written.error().code == ErrorCode::kConflict ? 0 : one.from;
    else bytes_taken_ += static_cast<std::int64_t>(one.bytes.size());
    if (written || here != one.from) NC_TRY(set_arriving(db_, sender_, id, here, Arrival::kOpen));
  }
  pending_.clear();
  return {};
}

namespace {

Result<std::vector<Arriving>> whole_ones(const records::Ledger& ledger, const NodeId& sender) {
  std::vector<Arriving> out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, all_arriving(db, sender));
    return {};
  }));
  std::erase_if(out, [](const auto& one) { return one.bytes < one.file.name.bytes; });
  return out;
}

}  // namespace

Result<Finished> finish_files(records::Ledger& ledger, const NodeId& sender, std::vector<Error>& notices) {
  NC_ASSIGN(const auto whole, whole_ones(ledger, sender));
  Finished out;
  std::vector<KnownFile> anew;
  blobs::Arriving arrivals(ledger.files(), ledger.dir());
  for (const auto& one : whole) {
    const auto kept = arrivals.finish(sender.hex(), one.file.part, one.file.name.sha256);
    if (kept) out.kept.push_back(one.file);
    else if (kept.error().code == ErrorCode::kCorrupt) out.refused.push_back(one.file);
    else anew.push_back(one.file);
    if (!kept) notices.push_back(kept.error());
  }
  if (whole.empty()) return out;
  const Status noted = ledger.exchange([&](records::Intake& intake) -> Status {
    for (const auto& file : out.kept) {
      NC_TRY(set_here(intake.db(), file.id));
      NC_TRY(set_arriving(intake.db(), sender, file.id, file.name.bytes, Arrival::kDone));
    }
    for (const auto& file : out.refused) NC_TRY(set_arriving(intake.db(), sender, file.id, 0, Arrival::kRefused));
    for (const auto& file : anew) NC_TRY(set_arriving(intake.db(), sender, file.id, 0, Arrival::kOpen));
    return {};
  });
  NC_TRY(noted);
  return out;
}

}  // namespace nc::sync
