#include "face/web/unit_lookup.h"

#include <algorithm>

#include "base/text.h"

namespace nc::web {
namespace {

bool on_side(const orgtree::Unit& unit, Side side) { return side == Side::kAny || unit.own == (side == Side::kOwn); }

bool has_all_words(const orgtree::Unit& unit, const std::vector<std::string>& words) {
  auto text = fold(unit.name) + " " + fold(unit.name_en) + " " + fold(unit.code);
  for (const auto& alias : unit.aliases) text += " " + fold(alias);
  return std::ranges::all_of(words, [&](const auto& word) { return text.find(word) != std::string::npos; });
}

UnitMatch match_of(std::vector<const orgtree::Unit*> found, Side side) {
  std::erase_if(found, [&](const auto* unit) { return !on_side(*unit, side); });
  if (found.size() == 1) return {found.front(), {}};
  return {nullptr, std::move(found)};
}

}  // namespace

std::string_view in_last_brackets(std::string_view typed) {
  const auto text = trim(typed);
  const auto open = text.rfind('[');
  if (!text.ends_with(']') || open == std::string_view::npos) return {};
  return trim(text.substr(open + 1, text.size() - open - 2));
}

UnitMatch find_unit(const orgtree::OrgTree& tree, std::string_view typed, Side side) {
  constexpr std::size_t kTypedBytesMax = 400;
  const auto text = trim(typed);
  if (text.empty() || text.size() > kTypedBytesMax) return {};
  if (const auto* unit = tree.by_code(in_last_brackets(text)); unit && on_side(*unit, side)) return {unit, {}};
  if (const auto* unit = tree.by_code(text); unit && on_side(*unit, side)) return {unit, {}};
  auto named = match_of(tree.by_name(text), side);
  if (named.unit || !named.candidates.empty()) return named;
  const auto words = split_trimmed(fold(text), ' ');
  std::vector<const orgtree::Unit*> found;
  for (const auto& unit : tree.units())
    if (has_all_words(unit, words)) found.push_back(&unit);
  return match_of(std::move(found), side);
}

std::string unit_name(const orgtree::Unit& unit, std::string_view lang) {
  if (lang == "en" && !unit.name_en.empty()) return unit.name_en;
  return unit.name.empty() ? unit.code : unit.name;
}

std::string unit_text(const orgtree::Unit& unit, std::string_view lang) { return unit_name(unit, lang) + " [" + unit.code + "]"; }

std::string candidates_text(const UnitMatch& match, const i18n::Translator& ui) {
  constexpr std::size_t kNamedMax = 5;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(kNamedMax, match.candidates.size()); ++i)
    names.push_back(unit_text(*match.candidates[i], i18n::lang_code(ui.lang())));
  const auto named = nc::join(names, "; ");
  const auto more = match.candidates.size() - names.size();
  return more == 0 ? named : ui.tr("{1} and {2} more", named, static_cast<std::int64_t>(more));
}

std::vector<Option> unit_suggestions(const orgtree::OrgTree& tree, Side side, std::string_view lang, std::int32_t today,
                                     const AmongUnits& among) {
  std::vector<Option> out;
  for (const auto& unit : tree.units())
    if (on_side(unit, side) && (!unit.until || *unit.until >= today) && (!among || among(unit)))
      out.push_back({unit_text(unit, lang), "", ""});
  std::ranges::sort(out, {}, &Option::value);
  return out;
}

std::set<UnitId> with_units_below(const orgtree::OrgTree& tree, const UnitId& unit) {
  auto out = tree.predecessors(unit);
  out.insert(unit);
  for (const auto& span : tree.scope_as_recorded(unit, orgtree::Line::kCommand)) out.insert(span.unit);
  return out;
}

}  // namespace nc::web
