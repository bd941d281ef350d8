#include "channels/sync/file_talk.h"

#include <algorithm>

#include "channels/sync/file_outbox.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

void FileTalk::begin_request() {
  up_.reset();
  asked_.clear();
  spoken_.clear();
  came_.clear();
  later_.clear();
  inbox_.reset();
  moved_ = 0;
  composed_ = all_sent_ = false;
}

Result<bool> FileTalk::goes_up(store::Database& db, Shared& shared, const KnownFile& file) {
  if (!up_) {
    NC_ASSIGN(const auto streams, shared.to_hand_up(db));
    up_.emplace();
    for (const auto& one : streams) up_->insert(one.name);
  }
  return is_named_in(db, file.id, [this](const std::string& stream, std::int64_t) -> Result<bool> { return up_->contains(stream); });
}

Status FileTalk::put_wishes(store::Database& db, Shared& shared, Outbox& out) {
  std::vector<FileWish> wishes;
  NC_ASSIGN(const auto all, lacking(db, ledger_.files(), ledger_.now_ms()));
  for (const auto& file : all) {
    if (!shared.has(journal::PartKey::parse(file.part).value_or(journal::PartKey{}))) continue;
    NC_ASSIGN(const auto here, arriving(db, parent_, file));
    wishes.push_back({file.name, here ? here->bytes : 0});
    asked_.emplace(file.id, file);
    if (wishes.size() >= kWishesMax) break;
  }
  return put_list(out, kFileWish, wishes);
}

Status FileTalk::put_offers(store::Database& db, Shared& shared, Outbox& out) {
  std::vector<FileName> offers;
  NC_ASSIGN(const auto all, untold(db, ledger_.now_ms()));
  for (const auto& file : all) {
    if (offers.size() >= kOffersMax) break;
    if (wanted_.contains(file.id)) continue;
    NC_ASSIGN(const bool goes, goes_up(db, shared, file));
    if (!goes) continue;
    offers.push_back(file.name);
    spoken_.emplace(file.id, Spoken{file, -1});
  }
  return put_list(out, kFileOffer, offers);
}

Status FileTalk::compose(store::Database& db, Shared& shared, Outbox& out, bool all_sent) {
  composed_ = true;
  all_sent_ = all_sent;
  NC_TRY(put_wishes(db, shared, out));
  if (!all_sent) return {};
  NC_TRY(put_offers(db, shared, out));
  for (const auto& [id, one] : wanted_) {
    if (out.full()) break;
    NC_ASSIGN(const auto to, send_file(out, ledger_.files(), one.file, one.from));
    spoken_.emplace(id, one);
    if (to == one.from && one.file.name.bytes > to) later_.insert(id);  // it has gone, or has other bytes
  }
  return {};
}

Status FileTalk::on_wish(store::Database& db, const FileWish& wish) {
  NC_ASSIGN(const auto file, find_file(db, wish.file));
  const auto said = file ? spoken_.find(file->id) : spoken_.end();
  if (said == spoken_.end()) return {};
  const auto from = said->second.from;
  spoken_.erase(said);
  wanted_.erase(file->id);
  if (wish.here <= from) {  // what was sent did not get there
    later_.insert(file->id);
    return {};
  }
  moved_ += from < 0 ? 0 : wish.here - from;
  wanted_.emplace(file->id, Spoken{*file, wish.here});
  return {};
}

Status FileTalk::on_kept(store::Database& db, const FileKept& kept) {
  NC_ASSIGN(const auto file, find_file(db, kept.file));
  const auto said = file ? spoken_.find(file->id) : spoken_.end();
  if (said == spoken_.end()) return {};
  moved_ += said->second.from < 0 ? 0 : kept.file.bytes - said->second.from;
  spoken_.erase(said);
  wanted_.erase(file->id);
  if (kept.refused)
    notices_.emplace_back(ErrorCode::kCorrupt, NC_MSG("The other node refused the file {1}: its bytes are not those that its entry names"),
                          std::vector{kept.file.sha256.hex()});
  return set_told(db, file->id, kept.refused);
}

Status FileTalk::hear(store::Database& db, Shared& shared, const Message& message) {
  if (message.kind == kFileWish) {
    const auto wishes = decode_wishes(message.content).value_or(std::vector<FileWish>());
    for (const auto& one : wishes) NC_TRY(on_wish(db, one));
  }
  if (message.kind == kFileKept) {
    const auto all = decode_kept(message.content).value_or(std::vector<FileKept>());
    for (const auto& one : all) NC_TRY(on_kept(db, one));
  }
  if (message.kind != kFileBytes) return {};
  if (!inbox_) {
    inbox_ = std::make_unique<FileInbox>(db, ledger_, parent_, [this, &shared](const KnownFile& file) -> Result<FileAsked> {
      const auto part = journal::PartKey::parse(file.part);
      return FileAsked{part && shared.has(*part), ledger_.files().holds(file.part, file.name.sha256)};
    });
  }
  return inbox_->take(message.content);
}

Status FileTalk::flush(store::Database& db) {
  if (!inbox_) return {};
  const auto inbox = std::exchange(inbox_, nullptr);
  NC_TRY(inbox->flush());
  moved_ += inbox->bytes_taken();
  for (const auto& [id, file] : inbox->came()) {
    if (inbox->bytes_taken() > 0) NC_TRY(ask_at_once(db, id));
    came_.insert(id);
  }
  return {};
}

Status FileTalk::finish(std::vector<Error>& notices) {
  for (auto& one : notices_) notices.push_back(std::move(one));
  notices_.clear();
  NC_ASSIGN(const auto done, finish_files(ledger_, parent_, notices));
  if (done.kept.empty() && done.refused.empty()) return {};
  return ledger_.exchange([&](records::Intake& intake) -> Status {
    for (const auto& file : done.kept) NC_TRY(set_told(intake.db(), file.id, false));
    for (const auto& file : done.refused) NC_TRY(set_refused_here(intake.db(), file.id));
    return {};
  });
}

Status FileTalk::judge(bool left) {
  if (!left && came_.empty())
    for (const auto& [id, file] : asked_) later_.insert(id);
  for (const auto& [id, one] : spoken_) later_.insert(id);
  for (const auto id : later_) wanted_.erase(id);
  if (later_.empty()) return {};
  const auto now = ledger_.now_ms();
  return ledger_.exchange([&](records::Intake& intake) -> Status {
    for (const auto id : later_) NC_TRY(ask_later(intake.db(), id, now));
    return {};
  });
}

Result<bool> FileTalk::more(store::Database& db, Shared& shared) {
  if (!composed_) return false;
  if (all_sent_ && !wanted_.empty()) return true;
  const auto now = ledger_.now_ms();
  NC_ASSIGN(const auto missing, lacking(db, ledger_.files(), now));
  for (const auto& file : missing)
    if (shared.has(journal::PartKey::parse(file.part).value_or(journal::PartKey{}))) return true;
  if (!all_sent_) return false;
  NC_ASSIGN(const auto unsaid, untold(db, now));
  for (const auto& file : unsaid) {
    NC_ASSIGN(const bool goes, goes_up(db, shared, file));
    if (goes) return true;
  }
  return false;
}

}  // namespace nc::sync
