// Store: the files attached to records, by part and hash, and the uploads that no record names yet.
// docs/formats/attachments.md is the layout on the disk.
//
// A file comes as an upload: start, append at an offset as often as the link breaks, finish. Finishing looks at what it
// is, takes metadata out of pictures, hashes and syncs. It is one person's until records adopts it into the part of the
// entry that names it, before that entry is committed. Nothing here decides who may read: records does.
// Owns: the folders blobs/ and uploads/ of the data directory. Threads: any; an upload takes one call at a time (kBusy).
// Invariants: a file under blobs/ has the hash that is its name and was synced with its directory before it got the
// name; memory is constant whatever the size.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_stream.h"
#include "base/rng.h"
#include "ledger/blobs/checked_file.h"
#include "ledger/blobs/file_ref.h"
#include "ledger/catalog/catalog.h"

namespace nc::blobs {

using UploadId = Id<struct UploadTag, 16>;

struct Upload {
  UploadId id;
  std::string name;        // made safe
  std::int64_t bytes = 0;  // here so far
  std::int64_t started_ms = 0;
  std::optional<FileRef> file;    // finished: as an entry may name it
  bool metadata_removed = false;  // something was taken out of the picture
  bool renamed = false;           // it is not called as it came
};

class Store {
 public:
  // `root`: the data directory. The folders are made when they are needed.
  Store(std::filesystem::path root, const Clock& clock, Rng& rng) : root_(std::move(root)), clock_(clock), rng_(rng) {}

  // --- uploads of one person; another's answer like absent ones (kNotFound) ---
  // Errors: kLimit (too many, or too large together), kFull. `bytes_expected`: 0 when it is not known.
  Result<Upload> start(const PersonId& person, std::string_view name, std::int64_t bytes_expected = 0);
  // kConflict when `offset` is not what is here so far: args[0] says how much is. kLimit over 64 MiB.
  Status append(const PersonId& person, const UploadId& id, std::int64_t offset, std::string_view piece);
  // The whole is here. `expected`: SHA-256 of what was sent, when the sender knows it; kCorrupt when it is another.
  // Errors of look_at; a refused upload is thrown away. Finishing again gives the same answer.
  Result<Upload> finish(const PersonId& person, const UploadId& id, const std::vector<catalog::MediaType>& kinds,
                        const std::optional<Digest>& expected = std::nullopt);
  [[nodiscard]] Result<Upload> find(const PersonId& person, const UploadId& id) const;
  void drop(const PersonId& person, const UploadId& id);

  // --- files of parts; `part` is its text, "own:<unit>/internal" ---
  // The person's finished upload with this hash, media type and size becomes a file of the part, synced. kNotFound
  // when he has none, whoever else may have the file.
  Status adopt(const PersonId& person, const std::string& part, const FileRef& file);
  // As adopt, of a file that another part of the same record has.
  Status adopt_from(const std::string& other_part, const std::string& part, const FileRef& file);
  [[nodiscard]] bool holds(const std::string& part, const Digest& sha256) const;
  // kNotFound when it is not on this node. Its bytes may have rotted: whoever shows them to somebody takes open_checked.
  [[nodiscard]] Result<InputFile> open(const std::string& part, const Digest& sha256) const;
  // As open; kCorrupt when its bytes are not what the entry says.
  [[nodiscard]] Result<CheckedFile> open_checked(const std::string& part, const FileRef& file) const;
  // The same, for who wants no bytes.
  Status check(const std::string& part, const FileRef& file) const;
  // For restoring: takes the bytes piece by piece from `next` (empty at the end); kept only when they have the hash.
  Status put(const std::string& part, const FileRef& file, const std::function<Result<std::string>()>& next);
  // The bytes, their preview, every upload with the same ones or not whole yet: overwritten and gone.
  Status destroy(const std::string& part, const Digest& sha256);

  // Throws away uploads older than a day, and files that `is_named` does not know and that are as old. How many went.
  Result<std::int64_t> collect(const std::function<Result<bool>(const std::string& part_folder, const Digest&)>& is_named);

  [[nodiscard]] std::filesystem::path preview_path(const std::string& part, const Digest& sha256) const;
  // The name of a part's folder: the first 32 digits of the SHA-256 of its text.
  [[nodiscard]] static std::string folder_of(const std::string& part);

 private:
  class Busy;
  [[nodiscard]] std::filesystem::path uploads() const { return root_ / "uploads"; }
  [[nodiscard]] std::filesystem::path blobs() const { return root_ / "blobs"; }
  [[nodiscard]] std::filesystem::path path_of(const std::string& part, const Digest& sha256) const;
  [[nodiscard]] std::filesystem::path upload_file(const UploadId& id, const char* ending) const;
  Status write_state(const PersonId& person, const Upload& upload) const;
  [[nodiscard]] Result<Upload> read_state(const UploadId& id, PersonId& person) const;
  [[nodiscard]] std::vector<std::pair<PersonId, Upload>> all_uploads() const;
  Status make_folder(const std::filesystem::path& dir) const;
  Status place(const std::filesystem::path& from, const std::string& part, const Digest& sha256) const;
  Result<Upload> finish_held(const PersonId& person, Upload upload, const std::vector<catalog::MediaType>& kinds,
                             const std::optional<Digest>& expected);
  void remove_upload(const UploadId& id) const;

  std::filesystem::path root_;
  const Clock& clock_;
  Rng& rng_;
  mutable std::mutex mutex_;
  std::set<UploadId> busy_;
};

}  // namespace nc::blobs
