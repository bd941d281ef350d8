// The words of figures: kinds, levels, measures, quantities with their qualifier, periods, partners.
//
// Nothing here decides or counts. Labels come from the catalogue; what it does not know shows as its id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "face/web/form.h"
#include "face/web/visit.h"
#include "insight/stats/stats.h"

namespace nc::web {

// --- of the catalogue ---
// Whether any type has this option in the field that fills `slot`.
[[nodiscard]] bool has_option(const catalog::Catalog& catalog, std::string_view slot, std::string_view id);
// Whether a type measures it, or indicators are counted in it.
[[nodiscard]] bool is_measure(const catalog::Catalog& catalog, std::string_view id);
// The option's label in the first type that has it; else the id.
[[nodiscard]] std::string option_label(const catalog::Catalog& catalog, std::string_view slot, std::string_view id, std::string_view lang);
// All options of a slot over all types, each once, in the order of the files.
[[nodiscard]] std::vector<Option> slot_options(const catalog::Catalog& catalog, std::string_view slot, std::string_view lang);
// "VN" of "VN", "Việt Nam" or "viet nam"; empty when it is no country of the catalogue.
[[nodiscard]] std::string country_from_text(const catalog::Catalog& catalog, std::string_view text);
// The one type that feeds `feeds`, or null.
[[nodiscard]] const catalog::Type* type_feeding(const catalog::Catalog& catalog, std::string_view feeds);
// Types whose records are counted: activities and standing things.
[[nodiscard]] std::vector<const catalog::Type*> counted_types(const catalog::Catalog& catalog);

// --- of units ---
[[nodiscard]] std::string unit_name(const Visit& visit, const UnitId& id);
[[nodiscard]] std::string line_text(const Visit& visit, orgtree::Line line);
[[nodiscard]] std::string country_name(const Visit& visit, std::string_view code);
[[nodiscard]] std::string chain_name(const Visit& visit, std::string_view chain);

// --- of figures ---
[[nodiscard]] std::string kind_name(const Visit& visit, std::string_view kind);
[[nodiscard]] std::string figure_name(const Visit& visit, const stats::Figure& figure);
[[nodiscard]] std::string levels_text(const Visit& visit, const std::vector<std::string>& levels);
// `counted_in`: what an indicator is counted in, when none of the kinds has the measure (ledger/catalog/words.h).
[[nodiscard]] std::string measure_name(const Visit& visit, const std::vector<std::string>& kinds, std::string_view measure,
                                       std::string_view counted_in = {});
[[nodiscard]] std::string measure_name(const Visit& visit, const stats::Figure& figure);
[[nodiscard]] std::string nature_text(const Visit& visit, stats::Nature nature);
[[nodiscard]] std::string dimension_text(const Visit& visit, stats::Dimension dimension);
// "nearly 200", "317 of 371", "hundreds of thousands".
[[nodiscard]] std::string quantity_text(const Visit& visit, const stats::Declared& declared);
[[nodiscard]] std::string amount_text(const Visit& visit, const stats::Amount& amount);
// "01/01/2013 – 31/12/2022", "up to 31/01/2023", "as of 31/12/2022".
[[nodiscard]] std::string period_text(const Visit& visit, stats::Nature nature, std::optional<std::int32_t> from,
                                      std::optional<std::int32_t> to);
[[nodiscard]] std::string partner_text(const Visit& visit, const std::vector<UnitId>& units, const std::vector<std::string>& countries,
                                       const std::string& area);
// Of a declared figure: the units named, else the countries other than our own; every figure is also ours.
[[nodiscard]] std::string partner_text(const Visit& visit, const stats::Declared& declared);
// A key of a pivot in words.
[[nodiscard]] std::string key_text(const Visit& visit, stats::Dimension dimension, const std::string& key);
// A difference in courteous words, numbers as the reader writes them.
[[nodiscard]] std::string difference_text(const Visit& visit, const stats::Difference& difference);
[[nodiscard]] std::string completeness_text(const Visit& visit, const stats::Completeness& completeness);

// Where a printed source's own page is.
[[nodiscard]] Url source_url(const RecordId& id);
[[nodiscard]] Url unit_url(const UnitId& id);

}  // namespace nc::web
