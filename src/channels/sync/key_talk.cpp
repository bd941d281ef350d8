#include "channels/sync/key_talk.h"

#include <algorithm>

#include "ledger/records/foreign.h"

namespace nc::sync {
namespace {

constexpr int kTendingsMax = 16;  // in one session

}  // namespace

Status KeyTalk::begin_request() {
  said_.clear();
  bool due = false;
  NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(due, keys_want_tending(db, ledger_));
    return {};
  }));
  if (!due) return {};
  ++tended_;
  return ledger_.exchange([&](records::Intake& intake) { return tend_keys(intake, ledger_); });
}

Status KeyTalk::compose(store::Database& db, Shared& shared, Outbox& out) {
  said_ = came_;
  NC_TRY(put_letter_tags(out, {said_.begin(), said_.end()}));
  if (!takes_) return {};
  NC_ASSIGN(const auto sent, put_letters(db, shared, parent_, out));
  sent_.insert(sent.begin(), sent.end());
  return {};
}

void KeyTalk::came(const std::vector<std::string>& tags) { came_.insert(tags.begin(), tags.end()); }

void KeyTalk::answered() {
  for (const auto& tag : said_) came_.erase(tag);
  said_.clear();
}

Result<bool> KeyTalk::more(store::Database& db, Shared& shared) const {
  if (!takes_) return false;
  if (!came_.empty()) return true;
  NC_ASSIGN(const bool due, keys_want_tending(db, ledger_));
  if (due && tended_ < kTendingsMax) return true;
  NC_ASSIGN(const auto letters, letters_for(db, shared, parent_, kLettersAtOnce));
  return std::ranges::any_of(letters, [&](const auto& bytes) { return !sent_.contains(letter_tag(letter_name(bytes))); });
}

}  // namespace nc::sync
