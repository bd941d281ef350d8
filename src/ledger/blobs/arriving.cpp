#include "ledger/blobs/arriving.h"

#include "base/files.h"
#include "base/limits.h"

namespace nc::blobs {

namespace fs = std::filesystem;

namespace {

std::string ending_of(const std::string& part, const Digest& sha256) {
  return "-" + Store::folder_of(part) + "-" + sha256.hex() + kArrivingEnding;
}

}  // namespace

fs::path Arriving::path_of(const std::string& sender, const std::string& part, const Digest& sha256) const {
  return uploads_ / (sender + ending_of(part, sha256));
}

Status Arriving::make_folder() const {
  std::error_code ec;
  if (fs::is_directory(uploads_, ec)) return {};
  fs::create_directory(uploads_, ec);
  if (ec) return fail(io_error(uploads_, ec.value()));
  fs::permissions(uploads_, fs::perms::owner_all, ec);
  return sync_directory(uploads_.parent_path());
}

Status Arriving::room_for(std::int64_t bytes) const {
  NC_TRY(make_folder());
  return nc::room_for(uploads_, bytes, limits::kDiskReserveBytes);
}

Status Arriving::take(const std::string& sender, const std::string& part, const Digest& sha256, std::int64_t from,
                      std::string_view bytes) const {
  NC_TRY(room_for(static_cast<std::int64_t>(bytes.size())));
  const auto path = path_of(sender, part, sha256);
  std::error_code ec;
  if (from == 0) {
    fs::remove(path, ec);
    NC_ASSIGN(auto file, OutputFile::create(path));
    NC_TRY(file.write(bytes));
    NC_TRY(file.sync());
    return sync_directory(uploads_);
  }
  // What lies behind `from` was written and never counted.
  const auto size = fs::file_size(path, ec);
  if (ec || static_cast<std::int64_t>(size) < from)
    return fail(ErrorCode::kConflict, NC_MSG("{1} bytes of the file have arrived"), {ec ? "0" : std::to_string(size)});
  fs::resize_file(path, static_cast<std::uintmax_t>(from), ec);
  if (ec) return fail(io_error(path, ec.value()));
  NC_ASSIGN(auto file, OutputFile::append_to(path));
  NC_TRY(file.write(bytes));
  return file.sync();
}

Status Arriving::finish(const std::string& sender, const std::string& part, const Digest& sha256) {
  const auto path = path_of(sender, part, sha256);
  NC_ASSIGN(const auto bytes, InputFile::open(path));
  FileRef file;
  file.sha256 = sha256;
  file.bytes = bytes.size();
  std::int64_t at = 0;
  const auto kept = store_.put(part, file, [&]() -> Result<std::string> {
    std::string piece(limits::kBlobChunkBytes, '\0');
    NC_ASSIGN(const auto got, bytes.read_at(at, piece));
    piece.resize(got);
    at += static_cast<std::int64_t>(got);
    return piece;
  });
  if (kept) return destroy_name(path);
  if (kept.error().code != ErrorCode::kCorrupt) return kept;
  NC_TRY(destroy_name(path));
  return fail(ErrorCode::kCorrupt, NC_MSG("What came as the file {1} has other bytes, and was refused"), {sha256.hex()});
}

void Arriving::destroy(const fs::path& uploads, const std::string& part, const Digest& sha256) {
  std::vector<fs::path> gone;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(uploads, ec))
    if (entry.path().filename().string().ends_with(ending_of(part, sha256))) gone.push_back(entry.path());
  for (const auto& path : gone) static_cast<void>(destroy_name(path));
}

}  // namespace nc::blobs
