// Inside the room: a record as programs see it (docs/formats/api.md, Record).
#pragma once

#include "face/web/api/endpoint.h"

namespace nc::web {

// As this reader may see it. Sealed personal fields are named, never sent.
[[nodiscard]] Json record_json(const Call& call, const records::RecordView& record);
// The heads that a change names as seen, as of the view.
[[nodiscard]] Json seen_json(const records::RecordView& record);
[[nodiscard]] Result<std::vector<EntryHash>> seen_from(const Json& heads);
[[nodiscard]] Json history_json(const Call& call, const records::RecordView& record, const std::vector<records::HistoryItem>& items);
// In both languages.
[[nodiscard]] Json label_json(const catalog::Label& label);
// The record of the path's id; kNotFound also for what this program has no type for.
[[nodiscard]] Result<records::RecordView> record_of(const Call& call);

}  // namespace nc::web
