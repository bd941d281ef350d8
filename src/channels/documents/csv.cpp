#include "channels/documents/csv.h"

#include "base/file_stream.h"

namespace nc::documents {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

// RFC 4180 knows no types: what may be typed by people is guarded, our own numbers and days are not.
void add_cell(std::string& out, const Cell& cell) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  if (cell.kind == Cell::Kind::kNumber) return void(out += decimal_digits(cell.number, cell.scale));
  out += '"';
  if (!cell.text.empty() && kFormula.find(cell.text.front()) != std::string_view::npos) out += '\'';
  for (const char c : cell.text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void add_line(std::string& out, std::span<const Cell> cells) {
  bool first = true;
  for (const auto& cell : cells) {
    if (!first) out += ',';
    first = false;
    add_cell(out, cell);
  }
  out += "\r\n";
}

}  // namespace

std::string decimal_digits(std::int64_t number, int scale) {
  auto digits = std::to_string(number);
  if (scale == 0) return digits;
  const bool minus = digits.front() == '-';
  if (minus) digits.erase(0, 1);
  const auto decimals = static_cast<std::size_t>(scale);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimals, ".");
  return minus ? "-" + digits : digits;
}

std::string csv_line(std::span<const Cell> cells) {
  std::string out;
  add_line(out, cells);
  return out;
}

Status write_csv(const Sheet& sheet, const RowSource& rows, const std::filesystem::path& file) {
  NC_ASSIGN(auto out, OutputFile::create(file));
  std::string piece = "\xEF\xBB\xBF";
  std::vector<Cell> labels;
  for (const auto& column : sheet.columns) labels.push_back(text_cell(column.label));
  add_line(piece, labels);
  NC_TRY(rows([&](std::span<const Cell> row) -> Status {
    add_line(piece, row);
    if (piece.size() < kPieceBytes) return {};
    auto written = out.write(piece);
    piece.clear();
    return written;
  }));
  NC_TRY(out.write(piece));
  return out.sync();
}

}  // namespace nc::documents
