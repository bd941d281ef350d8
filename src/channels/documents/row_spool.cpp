#include "channels/documents/row_spool.h"

#include <cstring>
#include <utility>

#include "base/destroy.h"

namespace nc::documents {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

// Only this process reads it: numbers as they lie in memory.
struct CellHead {
  std::int64_t number = 0;
  std::uint32_t bytes = 0;
  std::uint8_t kind = 0, scale = 0;
  std::uint16_t unused = 0;
};

void put(std::string& out, const void* data, std::size_t size) { out.append(static_cast<const char*>(data), size); }

// Reads a file from its beginning in large pieces.
class Reader {
 public:
  explicit Reader(const InputFile& file) : file_(file) {}
  // Empty at the end of the file.
  Result<std::string_view> next(std::size_t size) {
    if (piece_.size() - at_ < size) NC_TRY(fill(size));
    if (piece_.size() - at_ < size) return fail(ErrorCode::kIo, NC_MSG("The file is shorter than it was"));
    const auto out = std::string_view(piece_).substr(at_, size);
    at_ += size;
    return out;
  }

 private:
  Status fill(std::size_t size) {
    piece_.erase(0, at_);
    at_ = 0;
    const auto kept = piece_.size();
    piece_.resize(std::max(kPieceBytes, size + kept));
    NC_ASSIGN(const auto got, file_.read_at(read_, std::span(piece_).subspan(kept)));
    piece_.resize(kept + got);
    read_ += static_cast<std::int64_t>(got);
    return {};
  }
  const InputFile& file_;
  std::string piece_;
  std::size_t at_ = 0;
  std::int64_t read_ = 0;
};

template <typename T>
Result<T> value(Reader& reader) {
  NC_ASSIGN(const auto bytes, reader.next(sizeof(T)));
  T out;
  std::memcpy(&out, bytes.data(), sizeof(T));
  return out;
}

}  // namespace

Result<RowSpool> RowSpool::create(const std::filesystem::path& file) {
  NC_TRY(destroy_file(file));
  NC_ASSIGN(auto out, OutputFile::create(file));
  return RowSpool(std::move(out), file);
}

RowSpool::RowSpool(RowSpool&& other) noexcept
    : out_(std::move(other.out_)), file_(std::exchange(other.file_, {})), piece_(std::move(other.piece_)), rows_(other.rows_) {}

RowSpool::~RowSpool() {
  if (!file_.empty()) static_cast<void>(destroy_file(file_));
}

Status RowSpool::add(std::span<const Cell> row) {
  const auto count = static_cast<std::uint32_t>(row.size());
  put(piece_, &count, sizeof count);
  for (const auto& cell : row) {
    const CellHead head{cell.number, static_cast<std::uint32_t>(cell.text.size()), static_cast<std::uint8_t>(cell.kind),
                        static_cast<std::uint8_t>(cell.scale)};
    put(piece_, &head, sizeof head);
    piece_ += cell.text;
  }
  ++rows_;
  return piece_.size() < kPieceBytes ? Status() : flush();
}

Status RowSpool::flush() {
  NC_TRY(out_.write(piece_));
  piece_.clear();
  return {};
}

Status RowSpool::each(const TakeRow& take) {
  NC_TRY(flush());
  NC_ASSIGN(const auto file, InputFile::open(file_));
  Reader reader(file);
  std::vector<Cell> row;
  for (std::int64_t i = 0; i < rows_; ++i) {
    NC_ASSIGN(const auto count, value<std::uint32_t>(reader));
    row.resize(count);
    for (auto& cell : row) {
      NC_ASSIGN(const auto head, value<CellHead>(reader));
      NC_ASSIGN(const auto text, reader.next(head.bytes));
      cell = Cell{std::string(text), static_cast<Cell::Kind>(head.kind), head.number, head.scale};
    }
    NC_TRY(take(row));
  }
  return {};
}

}  // namespace nc::documents
