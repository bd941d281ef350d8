// Inside the room: files of records in forms, on pages and on their way out.
#pragma once

#include "face/web/form.h"
#include "face/web/pages/form_values.h"
#include "face/web/pages/record_parts.h"

namespace nc::web {

// The value of a file field from what a form sent: what stood there ("base"), without what is to be left out, with the
// uploads; of a field for one file the last upload replaces it. An error stands under the input.
[[nodiscard]] Json files_from_form(const Visit& visit, const catalog::Field& field, const net::Fields& typed, InputErrors& errors);
// The input with the files that are there, of the record `amended` or sent before.
void show_files(const Visit& visit, const catalog::Field& field, const net::Fields& typed, const std::optional<RecordId>& amended,
                Field& input);
// Uploads that were refused: the text of the errors by input.
void put_refused_files(const Visit& visit, InputErrors& errors);

// The files of the record with previews, and the way to add more.
[[nodiscard]] Html files_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history, bool may_amend);
// "1,4 MB"
[[nodiscard]] std::string size_text(const Visit& visit, std::int64_t bytes);

}  // namespace nc::web
