#include "face/web/views/saved_views.h"

#include <algorithm>

#include "base/text.h"
#include "face/web/local_store.h"
#include "foundation/store/transaction.h"
#include "ledger/catalog/values.h"
#include "ledger/records/local_stores.h"

namespace nc::web {
namespace {

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS view (person BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,"
    " target TEXT NOT NULL, PRIMARY KEY (person, id), UNIQUE (person, folded)) WITHOUT ROWID";

Error no_such_view() { return {ErrorCode::kNotFound, NC_MSG("There is no such view")}; }

Status is_name(const std::string& name) {
  if (trim(name).empty()) return fail(ErrorCode::kInvalid, NC_MSG("Give the view a name"));
  if (catalog::characters(name) > SavedViews::kNameCharactersMax)
    return fail(ErrorCode::kLimit, NC_MSG("The name has more than {1} characters"), {std::to_string(SavedViews::kNameCharactersMax)});
  return {};
}

}  // namespace

Result<std::unique_ptr<SavedViews>> SavedViews::open(const std::filesystem::path& file) {
  NC_ASSIGN(auto database, open_local_store(file, records::kViewsStore.application_id, kTables));
  return std::unique_ptr<SavedViews>(new SavedViews(std::move(database)));
}

Status SavedViews::name_is_free(const PersonId& person, const ViewId& id, const std::string& name) {
  NC_ASSIGN(const auto taken,
            database_.integer("SELECT count(*) FROM view WHERE person = ?1 AND folded = ?2 AND id <> ?3", person, fold(name), id));
  if (taken == 0) return {};
  return fail(Error(ErrorCode::kConflict, NC_MSG("You have a view “{1}” already"), {name}).then(NC_MSG("Choose another name")));
}

Status SavedViews::keep(const PersonId& person, const SavedView& view) {
  NC_TRY(is_name(view.name));
  if (view.target.size() > kTargetBytesMax)
    return fail(ErrorCode::kLimit, NC_MSG("The address of the view is longer than {1} bytes"), {std::to_string(kTargetBytesMax)});
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto transaction, store::Transaction::begin(database_));
  NC_TRY(name_is_free(person, view.id, view.name));
  NC_ASSIGN(const auto count, database_.integer("SELECT count(*) FROM view WHERE person = ?1", person));
  if (count >= kAPersonMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("You have {1} views already"), {std::to_string(kAPersonMax)})
                    .then(NC_MSG("Delete one that you do not use")));
  NC_TRY(database_.run("INSERT INTO view VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", person, view.id, std::string(trim(view.name)),
                       fold(view.name), view.target));
  return transaction.commit();
}

Status SavedViews::rename(const PersonId& person, const ViewId& id, const std::string& name) {
  NC_TRY(is_name(name));
  const std::lock_guard lock(mutex_);
  NC_TRY(name_is_free(person, id, name));
  NC_TRY(database_.run("UPDATE view SET name = ?3, folded = ?4 WHERE person = ?1 AND id = ?2", person, id, std::string(trim(name)),
                       fold(name)));
  return database_.changes() == 0 ? Status(fail(no_such_view())) : Status();
}

Status SavedViews::forget(const PersonId& person, const ViewId& id) {
  const std::lock_guard lock(mutex_);
  NC_TRY(database_.run("DELETE FROM view WHERE person = ?1 AND id = ?2", person, id));
  return database_.changes() == 0 ? Status(fail(no_such_view())) : Status();
}

Result<std::vector<SavedView>> SavedViews::of(const PersonId& person) const {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT id, name, target FROM view WHERE person = ?1 ORDER BY folded"));
  row.bind_all(person);
  std::vector<SavedView> out;
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.id<ViewId>(0), row.text(1), row.text(2)});
  }
}

}  // namespace nc::web
