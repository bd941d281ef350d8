// Inside the room: a record's form that is not finished yet, kept for its person (saved_drafts.h).
#pragma once

#include "face/web/saved_drafts.h"
#include "face/web/visit.h"
#include "ledger/catalog/catalog.h"

namespace nc::web {

inline constexpr const char* kKeepDraft = "draft";     // the input that keeps what is typed and saves nothing
inline constexpr const char* kDropDraft = "no-draft";  // the button that throws the draft away

// The draft of the form at this address; none also when it cannot be read.
[[nodiscard]] std::optional<SavedDraft> draft_at(const Visit& visit, const std::string& target);
struct DraftOf {
  const catalog::Type& type;
  std::string target;
  const records::RecordView* record = nullptr;  // of a change: the record, and the values that the form began with
  const Json* base = nullptr;
};
// Keeps what the person typed and answers: the form again, or, to a page that keeps it by itself, the time alone.
// Never in a draft: what is restricted or personal, and what stood in the record before.
[[nodiscard]] net::Response keep_draft(Visit& visit, const DraftOf& of, const net::Fields& form);
// The inputs with those of the draft in their place.
[[nodiscard]] net::Fields with_draft(const catalog::Type& type, net::Fields typed, const SavedDraft& draft);
void forget_draft(const Visit& visit, const std::string& target);
// Above a form that a draft fills.
[[nodiscard]] Html draft_notice(const Visit& visit, const SavedDraft& draft);
// One's unfinished entries, to go on with; empty when there are none.
[[nodiscard]] Html drafts_section(const Visit& visit);

}  // namespace nc::web
