#include "channels/intake/csv.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"

namespace nc::intake {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kSaveAgain = NC_MSG("Save the sheet again as “CSV UTF-8 (comma delimited)”");

Error wrong(std::string message, std::string where, std::vector<std::string> args = {}) {
  return Error(ErrorCode::kInvalid, std::move(message), std::move(args)).at(std::move(where));
}

std::size_t line_at(std::string_view text, std::size_t byte) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(byte), '\n'));
}

}  // namespace

CsvReader::CsvReader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

std::string CsvReader::place(std::size_t line, std::size_t column) const {
  return file_ + ":" + std::to_string(line) + ":" + (column < names_.size() ? names_[column] : std::to_string(column + 1));
}

Status CsvReader::check_text() {
  if (trim(text_).empty()) return fail(wrong(NC_MSG("The file is empty"), file_));
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF"))
    return fail(wrong(NC_MSG("The file is UTF-16, not UTF-8"), file_ + ":1").then(kSaveAgain));
  if (const auto nul = text_.find('\0'); nul != std::string_view::npos)
    return fail(wrong(NC_MSG("The file holds a NUL byte: it is not a text file"), file_ + ":" + std::to_string(line_at(text_, nul)))
                    .then(kSaveAgain));
  if (is_utf8(text_)) return {};
  // The first line that is not well formed, for the person who has to find it.
  std::size_t line = 1;
  for (std::size_t at = 0; at < text_.size(); ++line) {
    const auto end = std::min(text_.find('\n', at), text_.size());
    if (!is_utf8(text_.substr(at, end - at))) break;
    at = end + 1;
  }
  return fail(wrong(NC_MSG("The file is not UTF-8"), file_ + ":" + std::to_string(line)).then(kSaveAgain));
}

bool CsvReader::at_row_end() const {
  return at_ >= text_.size() || text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void CsvReader::skip_row_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size()) ++at_;
  ++line_;
}

Status CsvReader::read_quoted(std::string& cell, std::size_t column) {
  const auto opened = line_;
  for (++at_; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
        ++at_;
        if (at_row_end() || text_[at_] == ',') return {};
        return fail(wrong(NC_MSG("After the closing quotation mark there is more text before the comma"), place(line_, column)));
      }
      ++at_;
    }
    if (c == '\n') ++line_;
    cell += c;
    if (cell.size() > limits::kCsvCellBytesMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The cell is longer than {1} bytes"), {std::to_string(limits::kCsvCellBytesMax)})
                      .at(place(opened, column)));
  }
  return fail(wrong(NC_MSG("The quotation mark that opens here is never closed"), place(opened, column)));
}

Status CsvReader::read_cell(std::string& cell, std::size_t column) {
  if (at_ < text_.size() && text_[at_] == '"') return read_quoted(cell, column);
  const auto start = at_;
  for (; !at_row_end() && text_[at_] != ','; ++at_) {
    if (text_[at_] == '"') return fail(wrong(NC_MSG("A quotation mark inside a cell that does not begin with one"), place(line_, column)));
    if (text_[at_] == '\r') return fail(wrong(NC_MSG("A carriage return without a line feed"), place(line_, column)).then(kSaveAgain));
    if (at_ - start >= limits::kCsvCellBytesMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("The cell is longer than {1} bytes"), {std::to_string(limits::kCsvCellBytesMax)})
                      .at(place(line_, column)));
  }
  cell = text_.substr(start, at_ - start);
  return {};
}

Result<bool> CsvReader::read_row(CsvRow& row) {
  row.cells.clear();
  if (at_ >= text_.size()) return false;
  row.line = line_;
  for (std::size_t column = 0;; ++column) {
    if (column >= limits::kCsvColumnsMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("There are more than {1} columns"), {std::to_string(limits::kCsvColumnsMax)})
                      .at(place(line_, column)));
    std::string cell;
    NC_TRY(read_cell(cell, column));
    row.cells.push_back(is_nfc(cell) ? std::move(cell) : to_nfc(cell));
    if (at_row_end()) break;
    ++at_;  // the comma
  }
  skip_row_end();
  return true;
}

Result<std::vector<std::string>> CsvReader::header() {
  if (text_.size() > limits::kCsvFileBytesMax)
    return fail(
        Error(ErrorCode::kLimit, NC_MSG("The file is larger than {1} bytes"), {std::to_string(limits::kCsvFileBytesMax)}).at(file_));
  NC_TRY(check_text());
  CsvRow row;
  NC_TRY(read_row(row));
  if (row.cells.size() == 1)
    for (const char delimiter : {';', '\t', '|'})
      if (row.cells.front().find(delimiter) != std::string::npos) {
        const std::string shown = delimiter == '\t' ? "TAB" : std::string(1, delimiter);
        return fail(wrong(NC_MSG("The columns are separated by “{1}”, not by commas"), file_ + ":1", {shown}).then(kSaveAgain));
      }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    auto name = std::string(trim(row.cells[i]));
    if (name.empty()) return fail(wrong(NC_MSG("A column of the header has no name"), place(1, i)));
    if (!seen.insert(name).second) return fail(wrong(NC_MSG("The header names the column “{1}” twice"), place(1, i), {shorten(name, 80)}));
    row.cells[i] = std::move(name);
  }
  names_ = std::move(row.cells);
  return names_;
}

Result<bool> CsvReader::next(CsvRow& row) {
  for (;;) {
    NC_ASSIGN(const bool more, read_row(row));
    if (!more) return false;
    const bool blank = names_.size() > 1 && row.cells.size() == 1 && row.cells.front().empty();
    if (!blank) break;  // an empty line says nothing
  }
  if (row.cells.size() != names_.size())
    return fail(wrong(NC_MSG("The row has {1} cells, the header has {2}"), file_ + ":" + std::to_string(row.line),
                      {std::to_string(row.cells.size()), std::to_string(names_.size())})
                    .then(NC_MSG("Put cells that hold a comma into quotation marks")));
  return true;
}

Result<CsvTable> read_csv(std::string_view text, const std::string& file) {
  CsvTable table;
  table.file = file;
  CsvReader reader(text, file);
  NC_ASSIGN(table.header, reader.header());
  for (CsvRow row;;) {
    NC_ASSIGN(const bool more, reader.next(row));
    if (!more) return table;
    table.rows.push_back(std::move(row));
  }
}

}  // namespace nc::intake
