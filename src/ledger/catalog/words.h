// The words of values: the fixed ones of composite values, and the options of slots over all types.
//
// One source for both faces and for show_value; in both languages, as everything of the catalogue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger/catalog/catalog.h"

namespace nc::catalog {

// Ids: yes, no, inferred, the qualifiers (exact, about, over, nearly, magnitude), the bases of counting
// persons (each_side, both_sides, own_only, counterpart_only, unknown). What is not known stands for itself.
[[nodiscard]] std::string_view fixed_word(std::string_view id, std::string_view lang);
[[nodiscard]] const std::vector<std::string_view>& qualifier_ids();
[[nodiscard]] const std::vector<std::string_view>& basis_ids();

// The option in the first type that has it in the field of that slot, or null.
[[nodiscard]] const Option* find_slot_option(const Catalog& catalog, std::string_view slot, std::string_view id);
// All options in use of a slot over all types, each once, in the order of the files.
[[nodiscard]] std::vector<const Option*> all_slot_options(const Catalog& catalog, std::string_view slot);

// What a number is counted in, in words: the measure of one of the kinds; else the unit of count of an indicator,
// which says it of itself (`counted_in`, an option); else the option of that id, or the first type that measures
// it; else the id.
[[nodiscard]] std::string measure_label(const Catalog& catalog, const std::vector<std::string>& kinds, std::string_view measure,
                                        std::string_view counted_in, std::string_view lang);

}  // namespace nc::catalog
