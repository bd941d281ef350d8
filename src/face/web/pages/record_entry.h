// Inside the room: a record's form as it is shown and sent, for a new record and for the change of one.
//
// A new form carries the id of the record it will make, so that a second click finds it made already. A
// change carries the heads it was made from and the values that stood there ("base"): only fields that the
// person changed are sent to the ledger, and when somebody else was faster both values are shown.
#pragma once

#include "face/web/pages/form_fields.h"
#include "face/web/pages/record_draft.h"

namespace nc::web {

struct FormEntry {
  FormState state;
  std::string error;                // of the form as a whole
  Html before;                      // above the form: both values after a conflict
  std::optional<RecordId> amended;  // none: a new record
  RecordId once;
  net::Fields hidden;
  std::vector<Flash> flashes;
  std::vector<SubmitButton> more_submits;  // other ways to save
  bool whole = false;                      // all fields, also where the type has a short form
};

inline constexpr const char* kWhole = "whole";  // the button and the hidden input that ask for all fields

// What is asked about a new record of the type: of the person's own unit, or for all.
[[nodiscard]] access::Object object_of_new(const Visit& visit, const catalog::Type& type);
[[nodiscard]] net::Response show_form(Visit& visit, const FormEntry& entry, int status = 200);
[[nodiscard]] int status_of_refusal(const Error& error);
// Where the errors of a refusal stand: beside their fields, questions by themselves, the rest on top.
void place_errors(const Visit& visit, const records::Refusal& refusal, FormEntry& entry);
// Reasons for what is odd but true, as they were typed.
[[nodiscard]] records::Confirmed confirmed_from(const net::Fields& form);

// Records of what may be the same event stand above the form, each with a button that saves with a link to
// it; or a reason says that it is another event.
bool ask_about_duplicates(const Visit& visit, const Result<std::vector<records::RecordView>>& candidates, const net::Fields& form,
                          FormEntry& entry);
// The button "same event" adds its record to the links that the form says.
void add_same_event(const Visit& visit, const net::Fields& form, Json& values, FormEntry& entry);
// What a form asks about its draft instead of being saved: keep it, or throw it away.
[[nodiscard]] std::optional<net::Response> about_draft(Visit& visit, const DraftOf& of, const net::Fields& form);

// The form of a change that was refused, filled with that value of the field in conflict.
[[nodiscard]] net::Response show_decision(Visit& visit, const records::RecordView& record, const catalog::Field& field, const Json& value,
                                          const records::Refusal& refusal);

}  // namespace nc::web
