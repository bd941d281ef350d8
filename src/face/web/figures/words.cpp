#include "face/web/figures/words.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "face/web/unit_lookup.h"
#include "ledger/catalog/words.h"

namespace nc::web {
namespace {

using catalog::Catalog;
using stats::Dimension;

std::string qualifier_text(const Visit& visit, const std::string& qualifier) {
  return std::string(catalog::fixed_word(qualifier, visit.lang()));
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

}  // namespace

bool has_option(const Catalog& catalog, std::string_view slot, std::string_view id) {
  return catalog::find_slot_option(catalog, slot, id) != nullptr;
}

bool is_measure(const Catalog& catalog, std::string_view id) {
  return has_option(catalog, "unit_of_count", id) ||
         std::ranges::any_of(catalog.types(), [&](const auto& type) { return type.measure(id) != nullptr; });
}

std::string option_label(const Catalog& catalog, std::string_view slot, std::string_view id, std::string_view lang) {
  const auto* option = catalog::find_slot_option(catalog, slot, id);
  return option ? option->label.in(lang) : std::string(id);
}

std::vector<Option> slot_options(const Catalog& catalog, std::string_view slot, std::string_view lang) {
  std::vector<Option> out;
  for (const auto* option : catalog::all_slot_options(catalog, slot)) out.push_back({option->id, option->label.in(lang), {}});
  return out;
}

std::string country_from_text(const Catalog& catalog, std::string_view text) {
  const auto wanted = fold(text);
  const auto* type = type_feeding(catalog, "org-unit");
  const auto* field = type ? type->slot("country") : nullptr;
  if (!field || wanted.empty()) return {};
  for (const auto& option : field->options)
    if (fold(option.id) == wanted || fold(option.label.vi) == wanted || fold(option.label.en) == wanted) return option.id;
  return {};
}

const catalog::Type* type_feeding(const Catalog& catalog, std::string_view feeds) {
  const auto types = catalog.feeding(feeds);
  return types.empty() ? nullptr : types.front();
}

std::vector<const catalog::Type*> counted_types(const Catalog& catalog) {
  std::vector<const catalog::Type*> out;
  for (const auto feeds : {"counted-activity", "standing-thing"})
    for (const auto* type : catalog.feeding(feeds))
      if (type->countable) out.push_back(type);
  return out;
}

std::string line_text(const Visit& visit, orgtree::Line line) {
  return line == orgtree::Line::kGuidance ? visit.tr("line of professional guidance") : visit.tr("line of command");
}

std::string unit_name(const Visit& visit, const UnitId& id) {
  const auto* unit = visit.world->tree->find(id);
  return unit ? unit_name(*unit, visit.lang()) : visit.name(id);
}

std::string country_name(const Visit& visit, std::string_view code) {
  return option_label(*visit.world->catalog, "country", code, visit.lang());
}

std::string chain_name(const Visit& visit, std::string_view chain) {
  return option_label(*visit.world->catalog, "chain", chain, visit.lang());
}

std::string kind_name(const Visit& visit, std::string_view kind) {
  const auto* type = visit.world->catalog->find(kind);
  return type ? type->label.in(visit.lang()) : std::string(kind);
}

std::string figure_name(const Visit& visit, const stats::Figure& figure) {
  std::vector<std::string> names;
  if (!figure.indicator_name.empty()) {
    names.push_back(visit.lang() == "en" && !figure.indicator_name_en.empty() ? figure.indicator_name_en : figure.indicator_name);
  } else {
    for (const auto& kind : figure.kinds) names.push_back(kind_name(visit, kind));
    if (names.empty()) names.push_back(visit.tr("All activities"));
  }
  auto out = nc::join(names, ", ");
  if (!figure.indicator && !figure.details.empty()) {
    std::vector<std::string> details;
    for (const auto& detail : figure.details) details.push_back(option_label(*visit.world->catalog, "detail", detail, visit.lang()));
    out += " (" + nc::join(details, ", ") + ")";
  }
  return out;
}

std::string levels_text(const Visit& visit, const std::vector<std::string>& levels) {
  std::vector<std::string> names;
  for (const auto& level : levels) names.push_back(option_label(*visit.world->catalog, "level", level, visit.lang()));
  return nc::join(names, ", ");
}

std::string measure_name(const Visit& visit, const std::vector<std::string>& kinds, std::string_view measure, std::string_view counted_in) {
  return catalog::measure_label(*visit.world->catalog, kinds, measure, counted_in, visit.lang());
}

std::string measure_name(const Visit& visit, const stats::Figure& figure) {
  return measure_name(visit, figure.kinds, figure.measure, figure.unit_of_count);
}

std::string nature_text(const Visit& visit, stats::Nature nature) {
  return nature == stats::Nature::kStock ? visit.tr("as of a day") : visit.tr("summed over the period");
}

std::string dimension_text(const Visit& visit, Dimension dimension) {
  switch (dimension) {
    case Dimension::kNone: return {};
    case Dimension::kUnit: return visit.tr("Lead unit");
    case Dimension::kProvince: return visit.tr("Province (own side)");
    case Dimension::kPartner: return visit.tr("Country of the counterpart");
    case Dimension::kChain: return visit.tr("Chain of the counterpart");
    case Dimension::kCounterpart: return visit.tr("Counterpart unit");
    case Dimension::kArea: return visit.tr("Area of the counterpart");
    case Dimension::kKind: return visit.tr("Kind");
    case Dimension::kDetail: return visit.tr("Sub-kind");
    case Dimension::kLevel: return visit.tr("Level");
    case Dimension::kYear: return visit.tr("Year");
    case Dimension::kQuarter: return visit.tr("Quarter");
    case Dimension::kMonth: return visit.tr("Month");
    case Dimension::kMeasure: return visit.tr("Measure");
  }
  return {};
}

std::string amount_text(const Visit& visit, const stats::Amount& amount) { return visit.ui.decimal(amount.text()); }

std::string quantity_text(const Visit& visit, const stats::Declared& declared) {
  if (!declared.value)
    return declared.magnitude.empty() ? visit.tr("no number given")
                                      : option_label(*visit.world->catalog, "magnitude", declared.magnitude, visit.lang());
  auto out = amount_text(visit, *declared.value);
  if (declared.denominator) out = visit.tr("{1} of {2}", out, amount_text(visit, *declared.denominator));
  if (declared.qualifier.empty() || declared.qualifier == "exact" || declared.qualifier == "magnitude") return out;
  return qualifier_text(visit, declared.qualifier) + " " + out;
}

std::string period_text(const Visit& visit, stats::Nature nature, std::optional<std::int32_t> from, std::optional<std::int32_t> to) {
  if (nature == stats::Nature::kStock && (to || from)) return visit.tr("as of {1}", i18n::day_text(to ? *to : *from));
  if (from && to) return visit.ui.days({*from, *to});
  if (to) return visit.tr("from the beginning to {1}", i18n::day_text(*to));
  if (from) return visit.tr("from {1} on", i18n::day_text(*from));
  return visit.tr("all time");
}

std::string partner_text(const Visit& visit, const std::vector<UnitId>& units, const std::vector<std::string>& countries,
                         const std::string& area) {
  std::vector<std::string> names;
  if (!area.empty()) names.push_back(area);
  for (const auto& unit : units) names.push_back(unit_name(visit, unit));
  for (const auto& country : countries) names.push_back(country_name(visit, country));
  return nc::join(names, ", ");
}

std::string partner_text(const Visit& visit, const stats::Declared& declared) {
  if (!declared.counterparts.empty()) return partner_text(visit, declared.counterparts, {}, declared.area);
  const auto ours = [&](const std::string& country) {
    const auto& units = visit.world->tree->units();
    return std::ranges::any_of(units, [&](const auto& unit) { return unit.own && unit.country == country; });
  };
  std::vector<std::string> others;
  std::ranges::remove_copy_if(declared.countries, std::back_inserter(others), ours);
  return partner_text(visit, {}, others, declared.area);
}

std::string key_text(const Visit& visit, Dimension dimension, const std::string& key) {
  const auto& catalog = *visit.world->catalog;
  if (key.empty()) return visit.tr("(not stated)");
  switch (dimension) {
    case Dimension::kUnit:
    case Dimension::kProvince:
    case Dimension::kCounterpart: {
      const auto* unit = visit.world->tree->by_code(key);
      return unit ? unit_name(*unit, visit.lang()) : key;
    }
    case Dimension::kPartner: return country_name(visit, key);
    case Dimension::kChain: return chain_name(visit, key);
    case Dimension::kKind: return kind_name(visit, key);
    case Dimension::kDetail: return option_label(catalog, "detail", key, visit.lang());
    case Dimension::kLevel: return option_label(catalog, "level", key, visit.lang());
    case Dimension::kMeasure: return measure_name(visit, {}, key);
    case Dimension::kQuarter: return visit.tr("Q{1}/{2}", key.substr(key.size() - 1), key.substr(0, 4));
    case Dimension::kMonth: return key.size() == 7 ? key.substr(5) + "/" + key.substr(0, 4) : key;
    case Dimension::kArea:
    case Dimension::kYear:
    case Dimension::kNone: return key;
  }
  return key;
}

std::string difference_text(const Visit& visit, const stats::Difference& difference) {
  std::vector<std::string> args;
  for (const auto& arg : difference.args) args.push_back(is_number(arg) ? visit.ui.decimal(arg) : qualifier_text(visit, arg));
  return visit.ui.error_text(Error(ErrorCode::kInvalid, difference.message, std::move(args)));
}

std::string completeness_text(const Visit& visit, const stats::Completeness& completeness) {
  std::vector<std::string> args;
  if (completeness.reported)
    args = {visit.ui.number(static_cast<std::int64_t>(completeness.reporting)),
            visit.ui.number(static_cast<std::int64_t>(completeness.expected)),
            completeness.day ? i18n::day_text(*completeness.day) : std::string()};
  return visit.ui.error_text(Error(ErrorCode::kInvalid, completeness.message, std::move(args)));
}

Url source_url(const RecordId& id) { return Url::to("/sources/" + id.hex()); }
Url unit_url(const UnitId& id) { return Url::to("/units/" + id.hex()); }

}  // namespace nc::web
