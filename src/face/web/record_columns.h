// Inside the room: what a list of records can say of each, by kind, and which of it an address asks for. The list, its
// paper and its files take their columns from here, so that they hold the same.
//
// Of one kind there is a column for each field of the catalogue ("patrol.km"), its own list first; of several kinds one
// for each meaning that kinds share ("when", "own"). A field that the reader may not see has none.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "channels/documents/sheet.h"
#include "face/web/list.h"
#include "face/web/visit.h"

namespace nc::web {

inline constexpr std::string_view kColumnParameter = "column";  // of an address; once for each column

// Borrows the visit that it was made for.
struct RecordColumn {
  std::string name;  // in the address
  Column head;
  bool usual = false;                                    // shown where the address names none
  bool dated = false;                                    // the list can be sorted by it
  bool retired = false;                                  // a field out of use: not offered, yet shown to whom the address asks for it
  int width = 16;                                        // in a file, in characters
  std::function<Html(const records::RecordView&)> show;  // on a page; long texts are cut there
  std::function<documents::Cell(const records::RecordView&)> cell;  // in a file, whole
};
using RecordColumns = std::vector<RecordColumn>;

// What every list of activities shows that nobody has chosen columns for: kind, date, units, place, status, code.
[[nodiscard]] RecordColumns usual_columns(const Visit& visit);

// For a file: the first day that the date of a record may mean, as a day of the calendar.
[[nodiscard]] RecordColumn first_day_column(const Visit& visit);

// Those that the address names, in the order of the offer; the usual ones of the kind when it names none of this list.
// `kind` null: records of several kinds. kInvalid: no list has a column of that name, or not for this reader.
[[nodiscard]] Result<RecordColumns> chosen_columns(const Visit& visit, const catalog::Type* kind);
// The form that chooses among all of them. `kept` is what else the address says.
[[nodiscard]] ColumnChooser column_chooser(const Visit& visit, const catalog::Type* kind, const RecordColumns& shown, const Url& list,
                                           const net::Fields& kept);

[[nodiscard]] std::vector<Column> heads_of(const RecordColumns& columns);
// The first cell is the link to the record.
[[nodiscard]] Row row_of(const RecordColumns& columns, const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::vector<documents::Cell> cells_of(const RecordColumns& columns, const records::RecordView& record);

}  // namespace nc::web
