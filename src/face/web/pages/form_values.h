// Inside the room: between the inputs of a record's form and values of the catalogue.
//
// Names of inputs: "v.<field>", "v.<field>.<part>", and in rows (references, lines) "v.<field>.<row>.<part>"
// with rows from 0. What was typed is kept as it is, so that a form comes back as it was sent.
#pragma once

#include <map>
#include <string>

#include "face/web/visit.h"
#include "ledger/catalog/values.h"

namespace nc::web {

// Errors by name of input.
using InputErrors = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] std::string input_name(const catalog::Field& field, std::string_view part = {});
[[nodiscard]] std::string row_input_name(const catalog::Field& field, std::size_t row, std::string_view part);
// Rows that were sent, empty ones included.
[[nodiscard]] std::size_t rows_sent(const catalog::Field& field, const net::Fields& typed);
// Retired fields are not entered here, nor files within rows.
[[nodiscard]] bool is_offered(const catalog::Field& field);
[[nodiscard]] bool has_rows(const catalog::Field& field);

// Values of all offered fields; a field with an error is left out and named in `errors`. Fields without
// anything typed are null.
[[nodiscard]] Json values_from_form(const Visit& visit, const catalog::Type& type, const net::Fields& typed, InputErrors& errors);
// What the inputs of the field show for a value.
void put_typed(const Visit& visit, const catalog::Field& field, const Json& value, net::Fields& typed);
// Takes all inputs of the field away.
[[nodiscard]] net::Fields without_field(const net::Fields& typed, const catalog::Field& field);

// The heads of a record that stand in a form, so that what comes back says what its person had before him; and back.
[[nodiscard]] std::string heads_text(const records::RecordView& record);
[[nodiscard]] std::vector<EntryHash> heads_from(std::string_view text);

// A reference as typed (a code, a name of a unit, "Title [code]", an address of this site) as the id's text;
// nothing typed gives the empty text.
[[nodiscard]] Result<std::string> ref_from_typed(const Visit& visit, const catalog::Field& field, std::string_view typed);
[[nodiscard]] std::string ref_text(const Visit& visit, const RecordId& id);
[[nodiscard]] bool refers_to_units(const Visit& visit, const catalog::Field& field);

}  // namespace nc::web
