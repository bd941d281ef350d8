#include "face/web/figures/question.h"

#include <algorithm>
#include <array>
#include <set>

#include "face/web/figures/words.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

using stats::Dimension;

Field field(const Asked& asked, std::string_view name, std::string label, Input input) {
  Field out;
  out.name = name;
  out.label = std::move(label);
  out.input = input;
  out.value = asked.text(name);
  if (const auto at = asked.errors.find(name); at != asked.errors.end()) out.error = at->second;
  return out;
}

Field choice(const Asked& asked, std::string_view name, std::string label, std::string any, const std::vector<Option>& options) {
  auto out = field(asked, name, std::move(label), Input::kChoice);
  out.width = Width::kNarrow;
  out.options.push_back({"", std::move(any), {}});
  out.options.insert(out.options.end(), options.begin(), options.end());
  // What was typed stays, even when it is none of the list.
  if (!out.error.empty()) out.options.push_back({out.value, out.value, {}});
  return out;
}

std::vector<Option> suggested(const Visit& visit, Side side) {
  return unit_suggestions(*visit.world->tree, side, visit.lang(), visit.who.today);
}

Field unit_field(const Visit& visit, const Asked& asked) {
  auto out = field(asked, "unit", visit.tr("Unit (it and all below it)"), Input::kSuggest);
  out.options = suggested(visit, Side::kOwn);
  out.help = asked.query.unit ? unit_name(visit, *asked.query.unit) : visit.tr("Code or name; empty: all of our side");
  return out;
}

Field counterpart_field(const Visit& visit, const Asked& asked) {
  auto out = field(asked, "counterpart", visit.tr("Counterpart"), Input::kSuggest);
  const auto& partner = asked.query.partner;
  std::set<std::string> areas, countries;
  for (const auto& unit : visit.world->tree->units()) {
    if (unit.own) continue;
    if (!unit.area.empty()) areas.insert(unit.area);
    if (!unit.country.empty()) countries.insert(unit.country);
  }
  for (const auto& country : countries) out.options.push_back({country_name(visit, country), visit.tr("country"), {}});
  for (const auto& area : areas) out.options.push_back({area, visit.tr("province, area"), {}});
  const auto units = suggested(visit, Side::kCounterpart);
  out.options.insert(out.options.end(), units.begin(), units.end());
  if (partner.unit) out.help = unit_name(visit, *partner.unit);
  else if (!partner.country.empty()) out.help = visit.tr("All forces and authorities of: {1}", country_name(visit, partner.country));
  else if (!partner.area.empty()) out.help = visit.tr("Area: {1}", partner.area);
  else out.help = visit.tr("Unit, province or country; empty: all");
  return out;
}

Field day_field(const Visit& visit, const Asked& asked, std::string_view name, std::string label) {
  auto out = field(asked, name, std::move(label), Input::kDate);
  if (asked.text(name).empty()) out.help = visit.tr("31/12/2024, 12/2024 or 2024");
  return out;
}

std::vector<Option> detail_options(const Visit& visit, const Asked& asked) {
  std::vector<Option> out;
  std::set<std::string> seen;
  for (const auto* type : counted_types(*visit.world->catalog)) {
    const auto& kinds = asked.query.kinds;
    const auto* slot = type->slot("detail");
    if (!slot || (!kinds.empty() && std::ranges::find(kinds, type->id) == kinds.end())) continue;
    for (const auto& option : slot->options)
      if (!option.retired && seen.insert(option.id).second)
        out.push_back({option.id, option.label.in(visit.lang()), type->label.in(visit.lang())});
  }
  return out;
}

// What types measure and what indicators count in.
std::vector<Option> measure_options(const Visit& visit) {
  auto out = slot_options(*visit.world->catalog, "unit_of_count", visit.lang());
  std::set<std::string> seen;
  for (const auto& option : out) seen.insert(option.value);
  for (const auto* type : counted_types(*visit.world->catalog))
    for (const auto& measure : type->measures)
      if (seen.insert(measure.id).second) out.push_back({measure.id, measure.label.in(visit.lang()), {}});
  return out;
}

std::vector<Option> dimension_options(const Visit& visit) {
  std::vector<Option> out;
  for (auto i = static_cast<int>(Dimension::kUnit); i <= static_cast<int>(Dimension::kMeasure); ++i) {
    const auto dimension = static_cast<Dimension>(i);
    out.push_back({std::string(stats::dimension_name(dimension)), dimension_text(visit, dimension), {}});
  }
  return out;
}

Html kinds_field(const Visit& visit, const Asked& asked) {
  auto out = field(asked, "kind", visit.tr("Kinds"), Input::kChoices);
  out.width = Width::kFull;
  for (const auto kind : asked.typed.all("kind")) out.values.emplace_back(kind);
  for (const auto* type : counted_types(*visit.world->catalog)) out.options.push_back({type->id, type->label.in(visit.lang()), {}});
  return render_field(out, visit.ui);
}

Field as_field(const Visit& visit, const Asked& asked) {
  auto out = field(asked, "as", visit.tr("Units as they stood on"), Input::kText);
  out.width = Width::kNarrow;
  if (out.value == "recorded") out.value.clear();
  out.help = visit.tr("A day; empty: as they were when it happened");
  return out;
}

constexpr std::array kFolded = {"line", "kind", "detail", "level", "measure", "as", "rows", "columns"};

// Folded away, so that the answer is in view; what is in use is said, what is wrong is open.
Html folded(const Visit& visit, const Asked& asked, const Html& fields) {
  const bool wrong = std::ranges::any_of(kFolded, [&](const char* name) { return asked.errors.contains(name); });
  const auto used = std::ranges::count_if(kFolded, [&](const char* name) { return asked.typed.has(name); });
  auto label = visit.tr("Line, kinds, level, measure, table");
  if (used > 0) label += " (" + visit.tr("{1} in use", static_cast<std::int64_t>(used)) + ")";
  return el("details", {{"class", "filters"}, {"open", wrong}}, el("summary", {}, label), el("div", {{"class", "fields"}}, fields));
}

Html presets(const Visit& visit, const Asked& asked) {
  const auto year = from_day(visit.who.today).year;
  Html out(visit.tr("Period") + ": ");
  const auto add = [&](const std::string& label, const std::string& from, const std::string& to) {
    const bool on = asked.text("from") == from && asked.text("to") == to;
    out.add(el("a",
               {{"class", "chip"},
                {"href", asked.at("/figures", {{"from", from}, {"to", to}})},
                {"aria-current", on ? std::optional("true") : std::nullopt}},
               label))
        .add(" ");
  };
  add(visit.tr("This year"), std::to_string(year), std::to_string(year));
  add(visit.tr("Last year"), std::to_string(year - 1), std::to_string(year - 1));
  add("2013 – 12/2022", "2013", "12/2022");
  add(visit.tr("To January 2023"), "", "01/2023");
  add(visit.tr("All time"), "", "");
  return el("p", {{"class", "presets"}}, out);
}

Html error_list(const Visit& visit, const Asked& asked) {
  if (asked.right()) return {};
  Html items;
  for (const auto& [name, text] : asked.errors) items.add(el("li", {}, el("a", {{"href", Url::fragment(field_id(name))}}, text)));
  return el("div", {{"class", "notice bad"}, {"role", "alert"}}, el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, "×"),
            el("div", {}, el("p", {}, visit.tr("The figures cannot be made yet. Please look at:")), el("ul", {}, items)));
}

}  // namespace

Field line_field(const Visit& visit, const Asked& asked) {
  return choice(asked, "line", visit.tr("Line over the units"), visit.tr("command (usual)"),
                {{"guidance", visit.tr("professional guidance"), {}}});
}

Html question_form(const Visit& visit, const Asked& asked) {
  const auto& ui = visit.ui;
  const auto any = visit.tr("all");
  const auto main = join(render_field(unit_field(visit, asked), ui), render_field(counterpart_field(visit, asked), ui),
                         render_field(day_field(visit, asked, "from", visit.tr("From")), ui),
                         render_field(day_field(visit, asked, "to", visit.tr("To")), ui));
  const auto more =
      join(render_field(line_field(visit, asked), ui),
           render_field(choice(asked, "level", visit.tr("Level"), any, slot_options(*visit.world->catalog, "level", visit.lang())), ui),
           render_field(choice(asked, "measure", visit.tr("Measure"), any, measure_options(visit)), ui),
           render_field(choice(asked, "detail", visit.tr("Sub-kind"), any, detail_options(visit, asked)), ui),
           render_field(as_field(visit, asked), ui),
           render_field(choice(asked, "rows", visit.tr("Table: rows"), visit.tr("no table"), dimension_options(visit)), ui),
           render_field(choice(asked, "columns", visit.tr("Table: columns"), visit.tr("none"), dimension_options(visit)), ui),
           kinds_field(visit, asked));
  return join(
      error_list(visit, asked),
      el("form", {{"class", "question"}, {"method", "get"}, {"action", Url::to("/figures")}, {"role", "search"}},
         el("div", {{"class", "fields"}}, main), folded(visit, asked, more),
         el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, visit.tr("Make the figures")),
            el("a", {{"class", "button quiet"}, {"href", Url::to("/figures")}}, visit.tr("Clear all")))),
      presets(visit, asked));
}

}  // namespace nc::web
