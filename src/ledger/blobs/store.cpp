#include "ledger/blobs/store.h"

#include <algorithm>
#include <map>

#include "base/files.h"
#include "base/limits.h"
#include "ledger/blobs/arriving.h"
#include "ledger/blobs/file_name.h"
#include "ledger/blobs/hashing.h"
#include "ledger/blobs/look.h"
#include "ledger/blobs/strip.h"

namespace nc::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFolderDigits = 32;

Error no_such_upload() {
  return Error(ErrorCode::kNotFound, NC_MSG("There is no such upload, or it is too old")).then(NC_MSG("Send the file again"));
}

Error no_such_file() {
  return Error(ErrorCode::kNotFound, NC_MSG("The attachment's bytes are not on this node"))
      .then(NC_MSG("Restore them from a backup, or attach the file again"));
}

// Every byte of a file through `take`.
Status each_piece(const InputFile& file, const std::function<Status(std::string_view)>& take) {
  std::string piece(limits::kBlobChunkBytes, '\0');
  for (std::int64_t at = 0; at < file.size();) {
    NC_ASSIGN(const auto got, file.read_at(at, piece));
    if (got == 0) break;
    NC_TRY(take(std::string_view(piece).substr(0, got)));
    at += static_cast<std::int64_t>(got);
  }
  return {};
}

Result<FileRef> hash_of(const InputFile& file) {
  BlobHasher hasher;
  NC_TRY(each_piece(file, [&](std::string_view piece) -> Status {
    hasher.update(piece);
    return {};
  }));
  FileRef out;
  hasher.finish(out);
  return out;
}

bool is_old(const fs::path& path, std::int64_t now_ms) {
  // What comes from another node may take its weeks.
  const auto age_max = path.extension() == kArrivingEnding ? kArrivingAgeMsMax : limits::kUploadAgeMsMax;
  std::error_code ec;
  const auto written = fs::last_write_time(path, ec);
  if (ec) return false;
  const auto wall = std::chrono::file_clock::to_sys(written).time_since_epoch();
  return now_ms - std::chrono::duration_cast<std::chrono::milliseconds>(wall).count() > age_max;
}

}  // namespace

// One call at a time works on an upload.
class Store::Busy {
 public:
  static Result<Busy> take(Store& store, const UploadId& id) {
    const std::lock_guard guard(store.mutex_);
    if (store.busy_.insert(id).second) return Busy(store, id);
    return fail(Error(ErrorCode::kBusy, NC_MSG("This upload is being written already"))
                    .then(NC_MSG("Wait a moment, then ask how much has arrived")));
  }
  Busy(Busy&& other) noexcept : store_(std::exchange(other.store_, nullptr)), id_(other.id_) {}
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  Busy& operator=(Busy&&) = delete;
  ~Busy() {
    if (!store_) return;
    const std::lock_guard guard(store_->mutex_);
    store_->busy_.erase(id_);
  }

 private:
  Busy(Store& store, const UploadId& id) : store_(&store), id_(id) {}
  Store* store_;
  UploadId id_;
};

std::string Store::folder_of(const std::string& part) { return crypto::sha256(part).hex().substr(0, kFolderDigits); }
fs::path Store::path_of(const std::string& part, const Digest& sha256) const { return blobs() / folder_of(part) / sha256.hex(); }
fs::path Store::preview_path(const std::string& part, const Digest& sha256) const {
  return root_ / "cache" / "previews" / folder_of(part) / (sha256.hex() + ".jpg");
}
fs::path Store::upload_file(const UploadId& id, const char* ending) const { return uploads() / (id.hex() + ending); }

Status Store::make_folder(const fs::path& dir) const {
  std::error_code ec;
  if (fs::is_directory(dir, ec)) return {};
  if (dir != root_) NC_TRY(make_folder(dir.parent_path()));
  fs::create_directory(dir, ec);
  if (ec) return fail(io_error(dir, ec.value()));
  fs::permissions(dir, fs::perms::owner_all, ec);
  return sync_directory(dir.parent_path());
}

// --- uploads ---

Status Store::write_state(const PersonId& person, const Upload& upload) const {
  Json json;
  json.set("v", 1).set("person", person.hex()).set("name", upload.name).set("started", upload.started_ms);
  if (upload.file) json.set("file", json_of(*upload.file));
  json.set("metadata_removed", upload.metadata_removed).set("renamed", upload.renamed);
  return write_file_durably(upload_file(upload.id, ".json"), canonical(json), 0600);
}

Result<Upload> Store::read_state(const UploadId& id, PersonId& person) const {
  const auto text = read_file(upload_file(id, ".json"), 64 * 1024);
  const auto json = text ? parse_json(*text) : fail(text.error());
  if (!json) return fail(no_such_upload());
  const auto owner = PersonId::from_hex(json->text("person"));
  if (!owner) return fail(no_such_upload());
  person = *owner;
  Upload out{id,
             json->text("name"),
             0,
             json->integer("started"),
             file_from((*json)["file"]),
             json->boolean("metadata_removed"),
             json->boolean("renamed")};
  std::error_code ec;
  const auto size = out.file ? static_cast<std::uintmax_t>(out.file->bytes) : fs::file_size(upload_file(id, ".part"), ec);
  if (ec) return fail(no_such_upload());
  out.bytes = static_cast<std::int64_t>(size);
  return out;
}

std::vector<std::pair<PersonId, Upload>> Store::all_uploads() const {
  std::vector<std::pair<PersonId, Upload>> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(uploads(), ec)) {
    if (entry.path().extension() != ".json") continue;
    const auto id = UploadId::from_hex(entry.path().stem().string());
    PersonId person;
    if (!id) continue;
    if (auto upload = read_state(*id, person)) out.emplace_back(person, std::move(*upload));
  }
  return out;
}

void Store::remove_upload(const UploadId& id) const {
  for (const char* ending : {".part", ".data", ".json"}) static_cast<void>(destroy_name(upload_file(id, ending)));
}

Result<Upload> Store::start(const PersonId& person, std::string_view name, std::int64_t bytes_expected) {
  if (bytes_expected > static_cast<std::int64_t>(limits::kBlobBytesMax))
    return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} MiB"), {std::to_string(limits::kBlobBytesMax / (1024 * 1024))})
                    .then(NC_MSG("Save it smaller, or in several files")));
  std::size_t count = 0;
  std::int64_t bytes = bytes_expected;
  for (const auto& [owner, upload] : all_uploads()) {
    // What a record has taken is no more on its owner's account.
    if (owner != person || names_of_file(upload_file(upload.id, ".data")) > 1) continue;
    ++count;
    bytes += upload.bytes;
  }
  if (count >= limits::kUploadsPerPersonMax || bytes > limits::kUploadBytesPerPersonMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("You have {1} files waiting that no record names yet; {2} files or {3} MiB are the most"),
                      {std::to_string(count), std::to_string(limits::kUploadsPerPersonMax),
                       std::to_string(limits::kUploadBytesPerPersonMax / (1024 * 1024))})
                    .then(NC_MSG("Save the record that they belong to, or wait: they are thrown away after a day")));
  NC_TRY(make_folder(uploads()));
  NC_TRY(room_for(uploads(), bytes_expected, limits::kDiskReserveBytes));
  const auto safe = safe_file_name(name);
  Upload upload{rng_.make<UploadId>(), safe, 0, clock_.wall_ms(), std::nullopt, false, safe != name};
  NC_ASSIGN([[maybe_unused]] const auto made, OutputFile::create(upload_file(upload.id, ".part")));
  if (const auto written = write_state(person, upload); !written) {
    remove_upload(upload.id);
    return fail(written.error());
  }
  return upload;
}

Result<Upload> Store::find(const PersonId& person, const UploadId& id) const {
  PersonId owner;
  NC_ASSIGN(auto upload, read_state(id, owner));
  if (owner != person) return fail(no_such_upload());
  return upload;
}

Status Store::append(const PersonId& person, const UploadId& id, std::int64_t offset, std::string_view piece) {
  NC_ASSIGN([[maybe_unused]] const auto busy, Busy::take(*this, id));
  NC_ASSIGN(const auto upload, find(person, id));
  if (upload.file || offset != upload.bytes)
    return fail(Error(ErrorCode::kConflict, NC_MSG("{1} bytes of the file have arrived"), {std::to_string(upload.bytes)})
                    .then(NC_MSG("Go on from there")));
  const auto after = upload.bytes + static_cast<std::int64_t>(piece.size());
  if (after > static_cast<std::int64_t>(limits::kBlobBytesMax))
    return fail(Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} MiB"), {std::to_string(limits::kBlobBytesMax / (1024 * 1024))})
                    .then(NC_MSG("Save it smaller, or in several files")));
  NC_TRY(room_for(uploads(), static_cast<std::int64_t>(piece.size()), limits::kDiskReserveBytes));
  NC_ASSIGN(auto out, OutputFile::append_to(upload_file(id, ".part")));
  return out.write(piece);
}

void Store::drop(const PersonId& person, const UploadId& id) {
  const auto busy = Busy::take(*this, id);
  if (busy && find(person, id)) remove_upload(id);
}

Result<Upload> Store::finish(const PersonId& person, const UploadId& id, const std::vector<catalog::MediaType>& kinds,
                             const std::optional<Digest>& expected) {
  NC_ASSIGN([[maybe_unused]] const auto busy, Busy::take(*this, id));
  NC_ASSIGN(auto upload, find(person, id));
  if (upload.file) return upload;
  auto done = finish_held(person, std::move(upload), kinds, expected);
  if (!done) remove_upload(id);
  return done;
}

Result<Upload> Store::finish_held(const PersonId& person, Upload upload, const std::vector<catalog::MediaType>& kinds,
                                  const std::optional<Digest>& expected) {
  const auto part = upload_file(upload.id, ".part"), data = upload_file(upload.id, ".data");
  NC_ASSIGN(const auto file, InputFile::open(part));
  if (expected) {
    NC_ASSIGN(const auto sent, hash_of(file));
    if (sent.sha256 != *expected)
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("The file did not arrive as it was sent: its SHA-256 is {1}"), {sent.sha256.hex()})
                      .then(NC_MSG("Send the file again")));
  }
  NC_ASSIGN(const auto* kind, look_at(file, upload.name, kinds));
  const auto named = with_ending_of(upload.name, *kind, kinds);
  upload.renamed = upload.renamed || named != upload.name;
  std::error_code ec;
  fs::remove(data, ec);  // of an attempt that a power cut ended
  FileRef kept;
  BlobHasher hasher;
  if (has_metadata_to_strip(kind->look)) {
    NC_ASSIGN(auto out, OutputFile::create(data));
    NC_ASSIGN(upload.metadata_removed, copy_without_metadata(kind->look, file, [&](std::string_view piece) {
                hasher.update(piece);
                return out.write(piece);
              }));
    NC_TRY(out.sync());
    NC_TRY(destroy_name(part));
  } else {
    NC_TRY(each_piece(file, [&](std::string_view piece) -> Status {
      hasher.update(piece);
      return {};
    }));
    NC_ASSIGN(auto out, OutputFile::append_to(part));
    NC_TRY(out.sync());
    fs::rename(part, data, ec);
    if (ec) return fail(io_error(data, ec.value()));
  }
  hasher.finish(kept);
  kept.name = named;
  kept.media = kind->id;
  upload.name = named;
  upload.bytes = kept.bytes;
  upload.file = kept;
  NC_TRY(write_state(person, upload));  // syncs the directory as well
  return upload;
}

// --- files of parts ---

bool Store::holds(const std::string& part, const Digest& sha256) const { return names_of_file(path_of(part, sha256)) > 0; }

Status Store::place(const fs::path& from, const std::string& part, const Digest& sha256) const {
  const auto target = path_of(part, sha256);
  NC_TRY(make_folder(target.parent_path()));
  NC_TRY(link_file(from, target));
  return sync_directory(target.parent_path());
}

Status Store::adopt(const PersonId& person, const std::string& part, const FileRef& file) {
  for (const auto& [owner, upload] : all_uploads())
    if (owner == person && upload.file && upload.file->sha256 == file.sha256 && upload.file->bytes == file.bytes &&
        upload.file->media == file.media && (!file.chunks || file.chunks == upload.file->chunks))
      return place(upload_file(upload.id, ".data"), part, file.sha256);
  return fail(Error(ErrorCode::kNotFound, NC_MSG("The file “{1}” has not been sent by you, or too long ago"), {file.name})
                  .then(NC_MSG("Send the file again")));
}

Status Store::adopt_from(const std::string& other_part, const std::string& part, const FileRef& file) {
  if (other_part == part) return {};
  if (!holds(other_part, file.sha256)) return {};  // a missing file hinders nothing
  return place(path_of(other_part, file.sha256), part, file.sha256);
}

Result<InputFile> Store::open(const std::string& part, const Digest& sha256) const {
  auto file = InputFile::open(path_of(part, sha256));
  if (!file && file.error().code == ErrorCode::kNotFound) return fail(no_such_file());
  return file;
}

Result<CheckedFile> Store::open_checked(const std::string& part, const FileRef& file) const {
  NC_ASSIGN(auto held, open(part, file.sha256));
  return CheckedFile::open(std::move(held), file);
}

Status Store::check(const std::string& part, const FileRef& file) const {
  NC_ASSIGN([[maybe_unused]] const auto held, open_checked(part, file));
  return {};
}

Status Store::put(const std::string& part, const FileRef& file, const std::function<Result<std::string>()>& next) {
  NC_TRY(make_folder(uploads()));
  const auto temporary = uploads() / (file.sha256.hex() + ".restored");
  std::error_code ec;
  fs::remove(temporary, ec);
  NC_ASSIGN(auto out, OutputFile::create(temporary));
  BlobHasher hasher;
  while (true) {
    NC_ASSIGN(const auto piece, next());
    if (piece.empty()) break;
    hasher.update(piece);
    NC_TRY(out.write(piece));
  }
  NC_TRY(out.sync());
  FileRef got;
  hasher.finish(got);
  if (got.sha256 != file.sha256) {
    fs::remove(temporary, ec);
    return fail(Error(ErrorCode::kCorrupt, NC_MSG("The attachment's bytes have changed: their SHA-256 is {1}"), {got.sha256.hex()}));
  }
  NC_TRY(place(temporary, part, file.sha256));
  fs::remove(temporary, ec);
  return {};
}

Status Store::destroy(const std::string& part, const Digest& sha256) {
  for (const auto& [owner, upload] : all_uploads())
    if (!upload.file || upload.file->sha256 == sha256) remove_upload(upload.id);  // what arrives may become the same
  Arriving::destroy(uploads(), part, sha256);
  NC_TRY(destroy_name(preview_path(part, sha256)));
  const auto path = path_of(part, sha256);
  NC_TRY(destroy_name(path));
  std::error_code ec;
  return fs::is_directory(path.parent_path(), ec) ? sync_directory(path.parent_path()) : Status{};
}

Result<std::int64_t> Store::collect(const std::function<Result<bool>(const std::string& part_folder, const Digest&)>& is_named) {
  const auto now_ms = clock_.wall_ms();
  std::int64_t gone = 0;
  std::error_code ec;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(uploads(), ec))
    if (is_old(entry.path(), now_ms)) old.push_back(entry.path());
  for (const auto& path : old) {
    const auto id = UploadId::from_hex(path.stem().string());
    if (id && !Busy::take(*this, *id)) continue;
    NC_TRY(destroy_name(path));
    gone += path.extension() == ".json" ? 1 : 0;
  }
  old.clear();
  for (fs::recursive_directory_iterator it(blobs(), ec), end; !ec && it != end; it.increment(ec))
    if (it->is_regular_file(ec) && is_old(it->path(), now_ms)) old.push_back(it->path());
  for (const auto& path : old) {
    const auto hash = Digest::from_hex(path.filename().string());
    const auto folder = path.parent_path().filename().string();
    if (!hash) continue;  // not ours: whoever put it there takes it away
    NC_ASSIGN(const bool named, is_named(folder, *hash));
    if (named) continue;
    NC_TRY(destroy_name(root_ / "cache" / "previews" / folder / (hash->hex() + ".jpg")));
    NC_TRY(destroy_name(path));
    ++gone;
  }
  return gone;
}

}  // namespace nc::blobs
