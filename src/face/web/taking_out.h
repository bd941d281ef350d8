// Inside the room: what leaves the program on paper or in a file. It takes the capability "export" over every part of
// a record (docs/LEDGER.md section 9), is marked with the highest handling in it, and stands in the audit trail before
// it is shown. What a browser prints of an ordinary page nobody can see.
#pragma once

#include "face/web/visit.h"

namespace nc::web {

// Whether he may take anything out at all, and this record.
[[nodiscard]] bool takes_out(const Visit& visit);
[[nodiscard]] bool may_take_out(const Visit& visit, const records::RecordView& record);

// Writes the row of the trail (audited::kPrint or kExport; `record` zero for a list); what cannot be written is not shown.
Status write_taken_out(const Visit& visit, std::string_view action, const RecordId& record = {});

// Says, where the buttons would be looked for, that his rights hold no printing and no export.
[[nodiscard]] Html not_taken_out(const Visit& visit);

// Handling, who took it out and when; stands on top of what is printed.
[[nodiscard]] Html taken_out_head(const Visit& visit, catalog::Handling handling);
[[nodiscard]] catalog::Handling highest_handling(const records::RecordView& record);

}  // namespace nc::web
