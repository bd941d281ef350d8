// RowSpool: rows on the disk between reading and writing them, because a table's head, which says how many they are and
// what is in them, comes first.
//
// Owns its file, which is destroyed with it. One thread. Errors: kIo, kFull.
#pragma once

#include <filesystem>
#include <optional>

#include "base/file_stream.h"
#include "channels/documents/sheet.h"

namespace nc::documents {

class RowSpool {
 public:
  // A new file; one that is there already is of work that was broken off, and is destroyed.
  static Result<RowSpool> create(const std::filesystem::path& file);
  RowSpool(RowSpool&& other) noexcept;
  RowSpool& operator=(RowSpool&&) = delete;
  RowSpool(const RowSpool&) = delete;
  ~RowSpool();

  Status add(std::span<const Cell> row);
  [[nodiscard]] std::int64_t rows() const { return rows_; }
  // All of them, in their order.
  Status each(const TakeRow& take);

 private:
  RowSpool(OutputFile out, std::filesystem::path file) : out_(std::move(out)), file_(std::move(file)) {}
  Status flush();
  OutputFile out_;
  std::filesystem::path file_;  // empty: moved away
  std::string piece_;
  std::int64_t rows_ = 0;
};

}  // namespace nc::documents
