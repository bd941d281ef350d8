// Inside the room: activities and standing things as rows of the one list, wherever they are listed.
#pragma once

#include <vector>

#include "channels/documents/sheet.h"
#include "face/web/list.h"
#include "face/web/visit.h"

namespace nc::web {

// Kind, date, own unit, counterpart, place, status, code.
[[nodiscard]] std::vector<Column> activity_columns(const Visit& visit);
[[nodiscard]] Row activity_row(const Visit& visit, const records::RecordView& record);
// The same for a file; a day that is known is one.
[[nodiscard]] std::vector<documents::Cell> activity_cells(const Visit& visit, const records::RecordView& record);

// "Talks: annual" and the day, as titles of links.
[[nodiscard]] std::string kind_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string when_text(const Visit& visit, const records::RecordView& record);
// Status of an activity; what is only announced says that there is no result yet.
[[nodiscard]] Html status_badge(const Visit& visit, const records::RecordView& record);

// Columns and row for records of any type: title, type, state.
[[nodiscard]] std::vector<Column> record_columns(const Visit& visit);
[[nodiscard]] Row record_row(const Visit& visit, const records::RecordView& record);

// How many records a page looks at before it ends with what it has found.
constexpr std::size_t kLookedAtMax = 10'000;
// The total as far as it was counted, and whether the page ends early.
void show_count(List& list, const records::Page& found);

// That one person submitted and approved, and whether the superior has confirmed it in time.
[[nodiscard]] Html alone_badge(const Visit& visit, const records::Alone& alone);

}  // namespace nc::web
