// Inside the room: the parts of a record's page.
#pragma once

#include "face/web/form.h"
#include "face/web/visit.h"
#include "foundation/net/router.h"

namespace nc::web {

// History: who, when, what changed; and the proof of each entry.
struct RecordHistory {
  std::vector<records::HistoryItem> items;          // newest first
  std::vector<std::pair<EntryHash, bool>> checked;  // hash of an entry -> its bytes have that hash
  [[nodiscard]] bool all_right() const;
};
[[nodiscard]] Result<RecordHistory> load_history(const Visit& visit, const records::RecordView& record);
[[nodiscard]] Html history_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history);
[[nodiscard]] Html proof_section(const Visit& visit, const RecordHistory& history);

// What the person may do with the record now.
struct Steps {
  bool amend = false, resolve = false, void_it = false, restore = false;
  std::vector<const catalog::Transition*> transitions;
};
[[nodiscard]] Steps steps_for(const Visit& visit, const records::RecordView& record, const RecordHistory& history);
// A step that was asked for and refused, to be told where it was asked.
struct RefusedStep {
  std::string act;
  const Error* error = nullptr;
  [[nodiscard]] bool reason_missing() const { return error != nullptr && error->where == "reason"; }
};
[[nodiscard]] Html steps_section(const Visit& visit, const records::RecordView& record, const Steps& steps, const RefusedStep& refused);

// Fields in which two people wrote different things at the same time, with all values.
[[nodiscard]] Html conflicts_section(const Visit& visit, const records::RecordView& record, bool may_resolve);

// The record's page; the error of a step that was refused stands on top, or beside the reason that it lacks.
[[nodiscard]] net::Response record_page(Visit& visit, const records::RecordView& record, const RefusedStep& refused = {}, int status = 200);
// Id of a path like /records/{id}; the record as this person may read it.
[[nodiscard]] Result<records::RecordView> record_of(const Visit& visit, const net::Params& params);

// Where the field's heading in the record is: "Units taking part" and its fields in order.
struct FieldSection {
  std::string heading;
  std::vector<const catalog::Field*> fields;
};
[[nodiscard]] std::vector<FieldSection> sections_of(const catalog::Type& type, std::string_view lang);

}  // namespace nc::web
