// Inside the room: what rows say of activities and standing things, wherever they are listed (their columns:
// record_columns.h), and rows of records of any type.
#pragma once

#include <vector>

#include "face/web/list.h"
#include "face/web/visit.h"

namespace nc::web {

// What rows say, in words: "Talks: annual", the day or days, the unit in charge or those that took part, the other side's
// units or else its countries. Of many units the first few, and how many more there are.
[[nodiscard]] std::string kind_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string when_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string own_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string counterpart_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string place_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string code_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string status_text(const Visit& visit, const records::RecordView& record);
[[nodiscard]] std::string names_text(const Visit& visit, const Json& refs);
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
