#include "face/web/saved_drafts.h"

#include "face/web/drafts.h"
#include "face/web/local_store.h"
#include "foundation/store/transaction.h"
#include "ledger/records/local_stores.h"

namespace nc::web {
namespace {

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS draft (person BLOB NOT NULL, target TEXT NOT NULL, form TEXT NOT NULL, saved_ms INTEGER NOT NULL,"
    " PRIMARY KEY (person, target)) WITHOUT ROWID";

Result<SavedDraft> draft_in(store::Statement& row) {
  SavedDraft out;
  out.target = row.text(0);
  NC_ASSIGN(out.form, net::parse_form(row.text_view(1)));
  out.saved_ms = row.integer(2);
  return out;
}

}  // namespace

Result<std::unique_ptr<SavedDrafts>> SavedDrafts::open(const std::filesystem::path& file) {
  NC_ASSIGN(auto database, open_local_store(file, records::kDraftsStore.application_id, kTables));
  return std::unique_ptr<SavedDrafts>(new SavedDrafts(std::move(database)));
}

Status SavedDrafts::keep(const PersonId& person, const std::string& target, const net::Fields& form, std::int64_t now_ms) {
  const auto text = net::form_text(keepable(form));
  if (text.size() > kBytesMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("What you typed is too much for a draft")).then(NC_MSG("Save the record")));
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(database_.run("INSERT INTO draft VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET form = ?3, saved_ms = ?4", person, target, text,
                       now_ms));
  NC_TRY(database_.run("DELETE FROM draft WHERE saved_ms < ?1", now_ms - kKeptMs));
  NC_TRY(
      database_.run("DELETE FROM draft WHERE person = ?1 AND target NOT IN"
                    " (SELECT target FROM draft WHERE person = ?1 ORDER BY saved_ms DESC LIMIT ?2)",
                    person, kAPersonMax));
  NC_TRY(transaction.commit());
  return database_.checkpoint(store::CheckpointMode::kPassive);
}

Result<std::optional<SavedDraft>> SavedDrafts::find(const PersonId& person, const std::string& target, std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT target, form, saved_ms FROM draft WHERE person = ?1 AND target = ?2 AND saved_ms >= ?3"));
  row.bind_all(person, target, now_ms - kKeptMs);
  NC_ASSIGN(const bool found, row.step());
  if (!found) return std::nullopt;
  NC_ASSIGN(auto out, draft_in(row));
  return out;
}

Result<std::vector<SavedDraft>> SavedDrafts::of(const PersonId& person, std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare(
                          "SELECT target, form, saved_ms FROM draft WHERE person = ?1 AND saved_ms >= ?2 ORDER BY saved_ms DESC, target"));
  row.bind_all(person, now_ms - kKeptMs);
  std::vector<SavedDraft> out;
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    NC_ASSIGN(auto draft, draft_in(row));
    out.push_back(std::move(draft));
  }
}

Status SavedDrafts::forget(const PersonId& person, const std::string& target) {
  const std::lock_guard lock(mutex_);
  return database_.run("DELETE FROM draft WHERE person = ?1 AND target = ?2", person, target);
}

}  // namespace nc::web
