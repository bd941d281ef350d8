// Steps that two people took without knowing of each other: the record then has several states, and shows the one of
// greatest rank until somebody decides.
//
// Deciding is a write as any other: Ledger::transition with the act of keep_state(), an act "keep-state" that enters one
// of these states and has all of them in its past. It carries no signature and lifts none: while an approval is in
// force only its own state may be kept; the step that reopens the record decides as well, as every step does.
// Pure functions of a record's entries. Source of the rule: docs/LEDGER.md section 3, "State".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/journal/journal.h"
#include "ledger/records/view.h"

namespace nc::records {

inline constexpr std::string_view kKeepState = "keep-state";  // the act as the journal has it

struct LiveState {
  std::string state;
  std::vector<EntryHash> setters;  // the steps into it that no other step has seen
  bool binding = false;            // an approval into it is in force
};
// Fewer than two live states: nothing. Else the shown one first.
[[nodiscard]] std::vector<LiveState> live_states(const std::vector<journal::Stored>& entries, const catalog::Type& type);
// For those who look at a page; kIo, kCorrupt.
[[nodiscard]] Result<std::vector<LiveState>> live_states(store::Database& db, const journal::Journal& journal, const RecordView& record);

// For Transition::act, and back: the state that is to be kept. Ids of steps hold no colon.
[[nodiscard]] std::string keep_state(std::string_view state);
[[nodiscard]] std::optional<std::string> kept_state(std::string_view act);

// Whether one of them was entered by `person` alone, or by somebody in his place: he does not decide.
[[nodiscard]] bool entered_one_alone(const std::vector<journal::Stored>& entries, const std::vector<LiveState>& states,
                                     const PersonId& person);

}  // namespace nc::records
