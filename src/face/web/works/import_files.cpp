#include "face/web/works/import_files.h"

#include <algorithm>

#include "base/destroy.h"
#include "base/files.h"
#include "face/web/site.h"
#include "ledger/blobs/file_name.h"

namespace nc::web {
namespace {

namespace fs = std::filesystem;

// Two files of one name stay two: the rows of both are read.
fs::path free_name(const fs::path& folder, const std::vector<fs::path>& taken, const std::string& name) {
  auto path = folder / name;
  for (std::size_t number = 2; std::ranges::find(taken, path) != taken.end(); ++number)
    path = folder / (fs::path(name).stem().string() + " (" + std::to_string(number) + ")" + fs::path(name).extension().string());
  return path;
}

}  // namespace

Result<std::shared_ptr<ImportFolder>> ImportFolder::make(const fs::path& works, const std::string& name) {
  const auto path = works / name;
  std::error_code ec;
  fs::create_directory(path, ec);
  if (ec) return fail(io_error(path, ec.value()));
  fs::permissions(path, fs::perms::owner_all, ec);
  return std::shared_ptr<ImportFolder>(new ImportFolder(path));
}

ImportFolder::~ImportFolder() {
  for (const auto& file : files) static_cast<void>(destroy_file(file));
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void ImportFiles::write(std::string_view piece) {
  if (broken_) return;
  if (auto read = reader_.feed(piece); !read && !broken_) broken_ = std::move(read).error();
}

Result<net::Fields> ImportFiles::form() {
  if (!finished_) {
    finished_ = true;
    if (!broken_)
      if (auto end = reader_.finish(); !end) broken_ = std::move(end).error();
  }
  // What is wrong with a file is told on the page of the import; the other fields say who sent it.
  return reader_.fields();
}

Result<std::shared_ptr<ImportFolder>> ImportFiles::of(const net::Request& request) {
  const auto* sent = dynamic_cast<const ImportFiles*>(request.sink.get());
  if (sent == nullptr) return std::shared_ptr<ImportFolder>();
  if (sent->broken_) return fail(*sent->broken_);
  return sent->folder_;
}

void ImportFiles::begin(const std::string&, const std::string& file_name) {
  if (broken_) return;
  if (!folder_) {
    auto made = ImportFolder::make(works_, folder_name_);
    if (!made) {
      broken_ = std::move(made).error();
      return;
    }
    folder_ = std::move(*made);
  }
  if (folder_->files.size() == kImportFilesMax) {
    broken_ = Error(ErrorCode::kLimit, NC_MSG("More than {1} files at once are not imported"), {std::to_string(kImportFilesMax)})
                  .then(NC_MSG("Import them one after the other"));
    return;
  }
  const auto path = free_name(folder_->path(), folder_->files, blobs::safe_file_name(file_name));
  auto file = OutputFile::create(path);
  if (!file) {
    broken_ = std::move(file).error();
    return;
  }
  folder_->files.push_back(path);
  open_.emplace(std::move(*file));
}

void ImportFiles::bytes(std::string_view piece) {
  if (!open_ || broken_) return;
  bytes_ += static_cast<std::int64_t>(piece.size());
  if (bytes_ > kImportBytesMax) {
    constexpr std::int64_t kMiB = 1024 * 1024;
    broken_ = Error(ErrorCode::kLimit, NC_MSG("The files are larger than {1} MiB together"), {std::to_string(kImportBytesMax / kMiB)})
                  .then(NC_MSG("Divide them, or let the administrator run: nhipcau import DIR FILES"));
    return;
  }
  if (auto written = open_->write(piece); !written) broken_ = std::move(written).error();
}

void ImportFiles::end() { open_.reset(); }

std::shared_ptr<net::BodySink> import_sink(const Visit& visit, std::string_view boundary) {
  const auto name = visit.site.rng().make<RecordId>().hex() + ".in";
  return std::make_shared<ImportFiles>(visit.site.works().folder(), name, boundary);
}

}  // namespace nc::web
