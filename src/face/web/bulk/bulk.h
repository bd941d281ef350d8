// Inside the room: one act on many records of a list: what it would do to each, and then doing it.
//
// Nothing is decided here: every row goes to the ledger by itself, as if its own page had sent it, and is its own entry.
// What is said beforehand is what can be told from the reader's own sight of a record.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "face/web/visit.h"

namespace nc::web {

// One step of a workflow, declaring void, raising the handling, or setting one field to one value of its list.
struct BulkAct {
  std::string text;  // "step:submit", "void", "raise:restricted", "set:level:post": as it stands in the form
  enum class Kind { kStep, kVoid, kSet, kRaise } kind = Kind::kVoid;
  std::string step, field, option;
  catalog::Handling to = catalog::Handling::kRestricted;  // kRaise
};
[[nodiscard]] std::optional<BulkAct> read_act(std::string_view text);

// The acts that one of the records at least may need, for a list of choices.
struct BulkChoice {
  std::string value, label, group;
};
[[nodiscard]] std::vector<BulkChoice> choices_for(const Visit& visit, const std::vector<records::RecordView>& chosen);
[[nodiscard]] std::string act_label(const Visit& visit, const BulkAct& act, const std::vector<records::RecordView>& chosen);
// Whether it is kept only with a reason.
[[nodiscard]] bool needs_reason(const BulkAct& act, const std::vector<records::RecordView>& chosen);

// What stands there now and would stand there then; or why nothing would change.
struct BulkChange {
  std::string now, then;
};
[[nodiscard]] std::expected<BulkChange, std::string> change_of(const Visit& visit, const records::RecordView& record, const BulkAct& act);

// What must be known beforehand besides; empty: nothing.
[[nodiscard]] Html warning_of(const Visit& visit, const BulkAct& act, const std::vector<records::RecordView>& chosen);

// The write itself; `seen` are the heads that the person had before him.
[[nodiscard]] records::WriteResult carry_out(const Visit& visit, const RecordId& id, const BulkAct& act, const std::string& reason,
                                             const std::vector<EntryHash>& seen);

}  // namespace nc::web
