// Inside the room: grants of an account as people read and type them.
//
// Names of inputs: "role", "line", "scope", "chain", "from", "until"; what was typed comes back as it was.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "face/web/confirm.h"
#include "face/web/list.h"
#include "ledger/records/accounts.h"

namespace nc::web {

// One input with what was typed into it and what is wrong with that.
[[nodiscard]] Field typed_field(const char* name, std::string label, Input input, const net::Fields& typed,
                                const ErrorsBeside& errors = {});

[[nodiscard]] std::string role_name(const Visit& visit, std::string_view role);
// "Post A and below, command line", "what LA-police took part in".
[[nodiscard]] std::string scope_text(const Visit& visit, const access::Grant& grant);
// "01/12/2026 – 07/12/2026", "since ...", "no end".
[[nodiscard]] std::string days_text(const Visit& visit, const access::Grant& grant);
[[nodiscard]] std::string grant_text(const Visit& visit, const access::Grant& grant);
[[nodiscard]] Html days_badge(const Visit& visit, const access::Grant& grant);

// The grants with their days; `action`: what stands in the last column of a row (may be empty).
[[nodiscard]] Html grant_list(const Visit& visit, const std::vector<records::GrantRow>& rows,
                              const std::function<Html(const records::GrantRow&)>& action);

// Inputs for one grant. `roles`: which may be chosen.
[[nodiscard]] std::vector<Field> grant_fields(const Visit& visit, const std::vector<Option>& roles, const net::Fields& typed,
                                              const ErrorsBeside& errors);
[[nodiscard]] std::vector<Option> all_roles(const Visit& visit);
// What each role may do, folded away.
[[nodiscard]] Html roles_help(const Visit& visit);
// The grant that was typed; `errors` say what is wrong with it.
[[nodiscard]] access::Grant grant_from(const Visit& visit, const net::Fields& typed, ErrorsBeside& errors);
// The day that was typed; nothing for nothing. `last`: of a month or year its last day.
[[nodiscard]] std::optional<std::int32_t> day_from(const Visit& visit, const net::Fields& typed, const char* name, bool last,
                                                   ErrorsBeside& errors);
// Own units to choose from; for who reads no record those over which he may give rights.
[[nodiscard]] std::vector<Option> own_units(const Visit& visit);
// The own unit that was typed, one of those; nothing for nothing.
[[nodiscard]] std::optional<UnitId> unit_from(const Visit& visit, const net::Fields& typed, const char* name, ErrorsBeside& errors);

// What the visitor himself may hand out, so that a refusal surprises nobody.
[[nodiscard]] Html what_he_may_give(const Visit& visit);

}  // namespace nc::web
