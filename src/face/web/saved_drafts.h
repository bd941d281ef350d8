// Unfinished entries of people, kept on this node until they are saved or thrown away: through a closed tab, a
// power cut and the end of the session.
//
// One draft a person and form (its address). In drafts.db of the data directory, which is local: it never travels
// and stands in no backup; a purge destroys it. Only its person gets it. What is restricted or personal is not given
// to keep (pages/record_draft.h); passwords never are (keepable in drafts.h).
// Owns: its connection. Threads: any; the connection is behind a mutex. Errors: kIo, kFull, kCorrupt; whoever
// cannot keep a draft goes on without one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "foundation/net/message.h"
#include "foundation/store/database.h"

namespace nc::web {

struct SavedDraft {
  std::string target;  // where the form goes
  net::Fields form;
  std::int64_t saved_ms = 0;
};

class SavedDrafts {
 public:
  static constexpr std::size_t kBytesMax = 256 * 1024;                  // of one draft
  static constexpr std::int64_t kAPersonMax = 50;                       // the oldest go
  static constexpr std::int64_t kKeptMs = 60LL * 24 * 60 * 60 * 1'000;  // since it was last saved

  // `file` is made if it is not there.
  static Result<std::unique_ptr<SavedDrafts>> open(const std::filesystem::path& file);

  // In the place of an earlier one of the same form. kLimit: too large.
  Status keep(const PersonId& person, const std::string& target, const net::Fields& form, std::int64_t now_ms);
  [[nodiscard]] Result<std::optional<SavedDraft>> find(const PersonId& person, const std::string& target, std::int64_t now_ms) const;
  // The newest first.
  [[nodiscard]] Result<std::vector<SavedDraft>> of(const PersonId& person, std::int64_t now_ms) const;
  Status forget(const PersonId& person, const std::string& target);

 private:
  explicit SavedDrafts(store::Database database) : database_(std::move(database)) {}
  mutable std::mutex mutex_;
  mutable store::Database database_;
};

}  // namespace nc::web
