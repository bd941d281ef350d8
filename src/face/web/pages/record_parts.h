// Inside the room: the parts of a record's page.
#pragma once

#include "face/web/form.h"
#include "face/web/visit.h"
#include "foundation/net/router.h"
#include "ledger/journal/proof.h"

namespace nc::web {

// History: who, when, where, what changed; and what was proved of each entry just now.
struct RecordHistory {
  std::vector<records::HistoryItem> items;                // newest first
  std::vector<journal::EntryProof> proofs;                // one for each
  std::map<std::string, std::string, std::less<>> nodes;  // id of a node -> its name; this node's own, and those that the items name
  [[nodiscard]] bool all_right() const;
};
[[nodiscard]] Result<RecordHistory> load_history(const Visit& visit, const records::RecordView& record);
[[nodiscard]] Html history_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history);
// Who made the entry, and in whose place; the node on which it was made.
[[nodiscard]] std::string author_text(const Visit& visit, const records::HistoryItem& item);
[[nodiscard]] std::string node_text(const Visit& visit, const RecordHistory& history, const records::HistoryItem& item);
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
  std::string reason = {};    // as it was given
  std::string question = {};  // what it was refused for is odd but may be true: confirmed by the same reason, given once more
  [[nodiscard]] bool at_reason() const { return error != nullptr && (error->where == "reason" || !question.empty()); }
};
[[nodiscard]] Html steps_section(const Visit& visit, const records::RecordView& record, const Steps& steps, const RefusedStep& refused);

// Fields in which two people wrote different things without knowing of each other: all values with who wrote them, and
// a button for each where the person may decide; the values alone, above the form of a change.
[[nodiscard]] Html conflicts_section(const Visit& visit, const records::RecordView& record, const RecordHistory& history);
[[nodiscard]] Html conflict_values(const Visit& visit, const records::RecordView& record);
// `sole_author`: the person alone wrote one of the values.
[[nodiscard]] access::Decision decide_conflict(const Visit& visit, const records::RecordView& record, const RecordHistory& history,
                                               bool sole_author);

// What the record names, the first of it; and everything that names it, page by page: parts, the same event elsewhere,
// answers, declared figures, decisions. Of either only what the reader may see.
[[nodiscard]] Html named_section(const Visit& visit, const records::RecordView& record);
[[nodiscard]] Html linked_section(const Visit& visit, const records::RecordView& record);

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
