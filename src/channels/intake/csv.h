// CSV as RFC 4180 says, UTF-8 with or without a byte order mark, read row by row from a text.
//
// Strict on purpose: a file with another delimiter, encoding or a ragged row is a file somebody's
// spreadsheet has changed, and guessing would put figures into wrong columns. Errors carry `where` as
// "file:line:column", the column by its name in the header where there is one.
//
// Owns nothing: the text and the file name outlive the reader. Threads: one reader, one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace nc::intake {

struct CsvRow {
  std::size_t line = 0;            // where the row begins, counted from 1
  std::vector<std::string> cells;  // NFC
};

class CsvReader {
 public:
  // `file` is the name for errors.
  CsvReader(std::string_view text, std::string file);

  // Reads the header; call once, first. Names are trimmed, unique and not empty.
  Result<std::vector<std::string>> header();
  // The next row into `row`; false at the end. Every row has as many cells as the header.
  Result<bool> next(CsvRow& row);

 private:
  Status check_text();
  Result<bool> read_row(CsvRow& row);
  Status read_cell(std::string& cell, std::size_t column);
  Status read_quoted(std::string& cell, std::size_t column);
  [[nodiscard]] std::string place(std::size_t line, std::size_t column) const;
  [[nodiscard]] bool at_row_end() const;
  void skip_row_end();

  std::string_view text_;
  std::string file_;
  std::vector<std::string> names_;
  std::size_t at_ = 0, line_ = 1;
};

struct CsvTable {
  std::string file;  // name for reports
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
};
// The whole of a file's text.
Result<CsvTable> read_csv(std::string_view text, const std::string& file);

}  // namespace nc::intake
