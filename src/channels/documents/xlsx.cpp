#include "channels/documents/xlsx.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>

#include "base/civil.h"
#include "base/files.h"

namespace nc::documents {
namespace {

namespace fs = std::filesystem;

// At a boundary of a character, with a mark.
std::string fitting(const std::string& text) {
  if (text.size() <= kXlsxTextMax) return text;
  auto end = kXlsxTextMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + " …";
}

// At most 31 characters, without what the format keeps for itself.
std::string sheet_name(const std::string& name) {
  constexpr std::size_t kCharactersMax = 31;
  std::string out;
  std::size_t characters = 0;
  for (const char c : name) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (begins && ++characters > kCharactersMax) break;
    out += std::string_view("[]:*?/\\'").find(c) == std::string_view::npos ? c : ' ';
  }
  return out.empty() ? "1" : out;
}

// The number of the day that Excel counts from 1899-12-30 (days before March 1900 are texts there, as here).
std::optional<double> excel_day(std::int64_t day) {
  const auto number = day - to_day(1899, 12, 30);
  constexpr std::int64_t kFirst = 61, kLast = 2'958'465;
  if (number < kFirst || number > kLast) return std::nullopt;
  return static_cast<double>(number);
}

class Book {
 public:
  Book(const Sheet& sheet, const fs::path& file, const fs::path& folder) : sheet_(sheet), path_(file.string()), folder_(folder.string()) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder_.data();
    book_ = workbook_new_opt(path_.c_str(), &options);
    if (book_) page_ = workbook_add_worksheet(book_, sheet_name(sheet.name).c_str());
  }
  Book(const Book&) = delete;
  ~Book() {
    if (book_) lxw_workbook_free(book_);
  }
  [[nodiscard]] bool good() const { return page_ != nullptr; }

  void begin() {
    properties();
    formats();
    columns();
    head();
    labels();
  }

  Status row(std::span<const Cell> cells) {
    if (rows_ == kXlsxRowsMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("A sheet takes at most {1} rows"), {std::to_string(kXlsxRowsMax)})
                      .then(NC_MSG("Narrow the list with a filter, a year for instance")));
    ++rows_;
    for (std::size_t i = 0; i < cells.size(); ++i) cell(line_, static_cast<lxw_col_t>(i), cells[i]);
    ++line_;
    return {};
  }

  Status end() {
    const auto last = static_cast<lxw_col_t>(std::max<std::size_t>(sheet_.columns.size(), 1) - 1);
    worksheet_freeze_panes(page_, labels_line_ + 1, 0);
    if (rows_ > 0) worksheet_autofilter(page_, labels_line_, 0, line_ - 1, last);
    worksheet_repeat_rows(page_, labels_line_, labels_line_);
    worksheet_set_landscape(page_);
    worksheet_set_paper(page_, 9);  // A4
    worksheet_fit_to_pages(page_, 1, 0);
    worksheet_set_footer(page_, "&L&A&R&P / &N");
    // The library does not look whether its temporary file took everything.
    const bool whole = std::fflush(page_->optimize_tmpfile) == 0 && std::ferror(page_->optimize_tmpfile) == 0;
    const int failed = errno;
    errno = 0;
    const auto closed = workbook_close(std::exchange(book_, nullptr));
    if (!whole) return fail(io_error(path_, failed));
    if (closed == LXW_NO_ERROR) return {};
    return fail(errno != 0 ? io_error(path_, errno)
                           : Error(ErrorCode::kIo, NC_MSG("The sheet cannot be written")).at(lxw_strerror(closed)));
  }

 private:
  void properties() {
    auto title = fitting(sheet_.title);
    std::string program = "Nhịp Cầu";
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.comments = program.data();
    properties.created = static_cast<time_t>(sheet_.made_ms / 1000);
    workbook_set_properties(book_, &properties);
  }

  void formats() {
    title_ = workbook_add_format(book_);
    format_set_bold(title_);
    format_set_font_size(title_, 15);
    muted_ = workbook_add_format(book_);
    format_set_font_color(muted_, 0x555555);
    format_set_align(muted_, LXW_ALIGN_VERTICAL_TOP);
    wrapped_ = workbook_add_format(book_);
    format_set_text_wrap(wrapped_);
    format_set_align(wrapped_, LXW_ALIGN_VERTICAL_TOP);
    format_set_align(wrapped_, LXW_ALIGN_LEFT);
    label_ = workbook_add_format(book_);
    format_set_bold(label_);
    format_set_text_wrap(label_);
    format_set_bg_color(label_, 0xE3ECE8);
    format_set_bottom(label_, LXW_BORDER_THIN);
    format_set_align(label_, LXW_ALIGN_VERTICAL_TOP);
    day_ = workbook_add_format(book_);
    format_set_num_format(day_, "dd/mm/yyyy");
    format_set_align(day_, LXW_ALIGN_LEFT);
    format_set_align(day_, LXW_ALIGN_VERTICAL_TOP);
  }

  lxw_format* number_format(int scale) {
    auto& format = numbers_.at(static_cast<std::size_t>(scale));
    if (format) return format;
    format = workbook_add_format(book_);
    format_set_num_format(format, scale == 0 ? "#,##0" : ("#,##0." + std::string(static_cast<std::size_t>(scale), '0')).c_str());
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    return format;
  }

  void columns() {
    for (std::size_t i = 0; i < sheet_.columns.size(); ++i)
      worksheet_set_column(page_, static_cast<lxw_col_t>(i), static_cast<lxw_col_t>(i), sheet_.columns[i].width, nullptr);
  }

  // The label in the first column, the text over all the others, as high as it needs.
  void head() {
    worksheet_set_row(page_, line_, 24, nullptr);
    text(line_++, 0, sheet_.title, title_);
    int width = 0;
    for (std::size_t i = 1; i < sheet_.columns.size(); ++i) width += sheet_.columns[i].width;
    for (const auto& line : sheet_.head) {
      constexpr double kLineHeight = 15;
      const auto lines = width == 0 ? 1 : 1 + static_cast<int>(line.text.size()) / width;
      worksheet_set_row(page_, line_, kLineHeight * lines, nullptr);
      text(line_, 0, line.label, muted_);
      const auto last = static_cast<lxw_col_t>(std::max<std::size_t>(sheet_.columns.size(), 2) - 1);
      if (last > 1) worksheet_merge_range(page_, line_, 1, line_, last, fitting(line.text).c_str(), wrapped_);
      else text(line_, 1, line.text, wrapped_);
      ++line_;
    }
    ++line_;
  }

  void labels() {
    labels_line_ = line_;
    for (std::size_t i = 0; i < sheet_.columns.size(); ++i) text(line_, static_cast<lxw_col_t>(i), sheet_.columns[i].label, label_);
    ++line_;
  }

  void text(lxw_row_t row, lxw_col_t column, const std::string& value, lxw_format* format) {
    worksheet_write_string(page_, row, column, fitting(value).c_str(), format);
  }

  void cell(lxw_row_t row, lxw_col_t column, const Cell& value) {
    if (value.kind == Cell::Kind::kNumber) {
      worksheet_write_number(page_, row, column, static_cast<double>(value.number) / std::pow(10.0, value.scale),
                             number_format(value.scale));
    } else if (const auto day = value.kind == Cell::Kind::kDay ? excel_day(value.number) : std::nullopt) {
      worksheet_write_number(page_, row, column, *day, day_);
    } else if (!value.text.empty()) {
      text(row, column, value.text, wrapped_);
    }
  }

  const Sheet& sheet_;
  std::string path_, folder_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* page_ = nullptr;
  lxw_format *title_ = nullptr, *muted_ = nullptr, *wrapped_ = nullptr, *label_ = nullptr, *day_ = nullptr;
  std::array<lxw_format*, 16> numbers_{};
  lxw_row_t line_ = 0, labels_line_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace

Status write_xlsx(const Sheet& sheet, const RowSource& rows, const fs::path& file, const fs::path& folder) {
  std::error_code ec;
  if (fs::exists(file, ec)) return fail(Error(ErrorCode::kConflict, NC_MSG("The file exists already")).at(file.string()));
  const auto written = [&]() -> Status {
    Book book(sheet, file, folder);
    if (!book.good()) return fail(io_error(folder, errno));
    book.begin();
    NC_TRY(rows([&](std::span<const Cell> row) { return book.row(row); }));
    return book.end();
  }();
  if (!written) fs::remove(file, ec);
  return written;
}

}  // namespace nc::documents
