// Inside the room: a type of the catalogue as the fields of the one form.
#pragma once

#include "face/web/form.h"
#include "face/web/pages/form_values.h"
#include "ledger/access/access.h"

namespace nc::web {

struct FormState {
  const catalog::Type& type;
  net::Fields typed;                               // inputs as they were sent
  InputErrors errors;                              // by name of input
  std::vector<catalog::Finding> questions;         // odd, to be confirmed with a reason
  std::string more;                                // id of the field that shall have more rows
  std::optional<RecordId> amended = std::nullopt;  // whose files may be shown; none: a new record
  access::Object base = {};                        // of its base part: fields that the person may not fill are not offered
};

// All sections of the type; those that a short report does not need are folded unless something is in them.
[[nodiscard]] std::vector<Fieldset> fieldsets_of(const Visit& visit, const FormState& state);
// What a routine report needs (the type's `quick`), each field with as few inputs as it can be said with.
[[nodiscard]] Fieldset quick_fields(const Visit& visit, const FormState& state);
// The suggestions that those fields name.
[[nodiscard]] std::map<std::string, std::vector<Option>> suggestions_of(const Visit& visit, const catalog::Type& type);
// One fieldset for each open question, with an input for the reason.
[[nodiscard]] std::vector<Fieldset> question_fields(const Visit& visit, const FormState& state);

}  // namespace nc::web
