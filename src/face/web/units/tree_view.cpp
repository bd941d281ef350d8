#include "face/web/units/tree_view.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "face/web/figures/words.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using orgtree::Unit;

class Drawing {
 public:
  Drawing(const TreeView& view, const std::vector<const Unit*>& all) : view_(view) {
    std::set<UnitId> there;
    for (const auto* unit : all) there.insert(unit->id);
    for (const auto* unit : all) {
      const auto parent = view.visit.world->tree->parent(unit->id, view.line, view.day);
      below_[parent && there.contains(*parent) ? *parent : UnitId{}].push_back(unit);
    }
    for (auto& [parent, units] : below_)
      std::ranges::sort(units, {}, [&](const Unit* unit) {
        return std::tuple(!below_.contains(unit->id), fold(unit_name(*unit, view_.visit.lang())), unit->code);
      });
  }

  [[nodiscard]] Html branches(const UnitId& parent, int depth) const {
    constexpr int kOpenDepth = 2;
    const auto at = below_.find(parent);
    if (at == below_.end()) return {};
    Html out;
    for (const auto* unit : at->second) {
      const auto below = branches(unit->id, depth + 1);
      if (below.empty()) out.add(el("li", {}, unit_line(view_.visit, *unit)));
      else
        out.add(el(
            "li", {}, el("span", {{"class", "unit-head"}}, unit_line(view_.visit, *unit)),
            el("details", {{"open", depth < kOpenDepth}},
               el("summary", {}, size_of(unit->id), el("span", {{"class", "visually-hidden"}}, ": ", unit_name(*unit, view_.visit.lang()))),
               below)));
    }
    return el("ul", {{"class", "unit-tree"}}, out);
  }

 private:
  [[nodiscard]] Html size_of(const UnitId& unit) const {
    const auto count = static_cast<std::int64_t>(below_.at(unit).size());
    return el("span", {{"class", "unit-size"}}, view_.visit.ui.trn("{1} below", "{1} below", count));
  }

  const TreeView& view_;
  std::map<UnitId, std::vector<const Unit*>> below_;
};

}  // namespace

bool exists_on(const Unit& unit, std::int32_t day) { return (!unit.from || *unit.from <= day) && (!unit.until || day <= *unit.until); }

Html unit_line(const Visit& visit, const Unit& unit) {
  std::string note = unit.level.empty() ? std::string() : option_label(*visit.world->catalog, "level", unit.level, visit.lang());
  if (unit.until) note += (note.empty() ? "" : ", ") + visit.tr("until {1}", i18n::day_text(*unit.until));
  auto out = link(unit_name(unit, visit.lang()), unit_url(unit.id));
  if (!note.empty()) out.add(" ").add(el("span", {{"class", "unit-note"}}, note));
  return out;
}

Html unit_tree(const TreeView& view, const std::vector<const Unit*>& all) { return Drawing(view, all).branches(UnitId{}, 0); }

Html found_units(const TreeView& view, const std::vector<const Unit*>& units) {
  const auto& tree = *view.visit.world->tree;
  Html out;
  for (const auto* unit : units) {
    std::vector<std::string> above;
    for (const auto& id : tree.chain_above(unit->id, view.line, std::min(view.day, unit->until.value_or(view.day))))
      above.push_back(unit_name(view.visit, id));
    out.add(el("li", {}, unit_line(view.visit, *unit), " ", el("span", {{"class", "unit-note"}}, unit->code),
               above.empty() ? Html() : el("span", {{"class", "unit-above"}}, nc::join(above, " › "))));
  }
  return el("ul", {{"class", "unit-found"}}, out);
}

std::vector<const Unit*> search_units(const orgtree::OrgTree& tree, bool own, std::string_view text) {
  const auto words = split_trimmed(fold(text), ' ');
  std::vector<const Unit*> out;
  for (const auto& unit : tree.units()) {
    if (unit.own != own) continue;
    auto all = fold(unit.name) + " " + fold(unit.name_en) + " " + fold(unit.code) + " " + fold(unit.area);
    for (const auto& alias : unit.aliases) all += " " + fold(alias);
    if (std::ranges::all_of(words, [&](const auto& word) { return all.find(word) != std::string::npos; })) out.push_back(&unit);
  }
  return out;
}

}  // namespace nc::web
