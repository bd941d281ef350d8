// Files of rows on their way in: they go into a folder of the works while they arrive, and stay for the import that is
// ordered with them. Whoever holds the folder last destroys it; what a crash leaves is destroyed at the next start.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_stream.h"
#include "face/web/visit.h"
#include "foundation/net/multipart.h"

namespace nc::web {

inline constexpr std::string_view kImportPath = "/import";
inline constexpr std::int64_t kImportBytesMax = 32 * 1024 * 1024;  // of all files of one import: its rows are held in memory
inline constexpr std::size_t kImportFilesMax = 16;

// A folder with files only. Owned by shared pointers; immutable once the form is read.
class ImportFolder {
 public:
  static Result<std::shared_ptr<ImportFolder>> make(const std::filesystem::path& works, const std::string& name);
  ~ImportFolder();
  ImportFolder(const ImportFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::vector<std::filesystem::path> files;  // in the order in which they came, under safe names

 private:
  explicit ImportFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

class ImportFiles final : public net::BodySink, private net::MultipartReader::Files {
 public:
  ImportFiles(std::filesystem::path works, std::string folder_name, std::string_view boundary)
      : works_(std::move(works)), folder_name_(std::move(folder_name)), reader_(boundary, this) {}
  void write(std::string_view piece) override;
  [[nodiscard]] Result<net::Fields> form() override;
  // Of the request: what came, null when nothing did; or what is wrong with it (kLimit, kFull, kIo, kInvalid).
  static Result<std::shared_ptr<ImportFolder>> of(const net::Request& request);

 private:
  void begin(const std::string& name, const std::string& file_name) override;
  void bytes(std::string_view piece) override;
  void end() override;

  std::filesystem::path works_;
  std::string folder_name_;
  net::MultipartReader reader_;
  std::shared_ptr<ImportFolder> folder_;
  std::optional<OutputFile> open_;
  std::optional<Error> broken_;
  std::int64_t bytes_ = 0;
  bool finished_ = false;
};

// A sink for a form that was sent to kImportPath.
[[nodiscard]] std::shared_ptr<net::BodySink> import_sink(const Visit& visit, std::string_view boundary);

}  // namespace nc::web
