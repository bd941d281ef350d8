// Filters that people have named, for themselves: an address of a list or a table of figures with a name.
//
// In views.db of the data directory, which is local: a preference of one person at this node, which never travels; backups
// of the node hold it. The address is the truth: what a view shows is what its address shows to whoever opens it. A purge
// takes away what repeats purged words (ledger/records/local_stores.h).
// Owns: its connection. Threads: any; the connection is behind a mutex. Errors: kInvalid, kLimit, kConflict, kNotFound;
// kIo, kFull, kCorrupt.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/id.h"
#include "foundation/store/database.h"

namespace nc::web {

using ViewId = RecordId;

struct SavedView {
  ViewId id;
  std::string name;
  std::string target;  // "/activities?kind=talks"
};

class SavedViews {
 public:
  static constexpr std::size_t kNameCharactersMax = 60;
  static constexpr std::size_t kTargetBytesMax = 2000;
  static constexpr std::int64_t kAPersonMax = 50;

  // `file` is made if it is not there.
  static Result<std::unique_ptr<SavedViews>> open(const std::filesystem::path& file);

  // kConflict: he has one of that name; the same address may have several names.
  Status keep(const PersonId& person, const SavedView& view);
  Status rename(const PersonId& person, const ViewId& id, const std::string& name);
  Status forget(const PersonId& person, const ViewId& id);
  // In the order of their names.
  [[nodiscard]] Result<std::vector<SavedView>> of(const PersonId& person) const;

 private:
  explicit SavedViews(store::Database database) : database_(std::move(database)) {}
  Status name_is_free(const PersonId& person, const ViewId& id, const std::string& name);
  mutable std::mutex mutex_;
  mutable store::Database database_;
};

}  // namespace nc::web
