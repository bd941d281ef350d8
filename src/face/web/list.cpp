#include "face/web/list.h"

#include <algorithm>

#include "face/web/parts.h"

namespace nc::web {
namespace {

using i18n::Translator;

constexpr std::size_t kFitting = 8;  // more columns are moved sideways within the page

Html hidden_inputs(const net::Fields& fields) {
  Html out;
  for (const auto& [name, value] : fields) out.add(el("input", {{"type", "hidden"}, {"name", name}, {"value", value}}));
  return out;
}

Html filter_form(const Filters& filters, const Translator& ui) {
  const auto id = field_id(filters.search.name);
  const auto search = el("div", {{"class", "search"}}, el("label", {{"class", "visually-hidden"}, {"for", id}}, filters.search.label),
                         el("input", {{"type", "search"},
                                      {"id", id},
                                      {"name", filters.search.name},
                                      {"value", filters.search.value},
                                      {"placeholder", filters.search.label},
                                      {"autocomplete", "off"}}),
                         el("button", {{"class", "button"}, {"type", "submit"}}, ui.tr("Search")));
  Html fields;
  for (const auto& field : filters.fields) fields.add(render_field(field, ui));
  const auto more =
      filters.fields.empty()
          ? Html()
          : el("details", {{"class", "filters"}, {"open", filters.open}}, el("summary", {}, ui.tr("Filters")),
               el("div", {{"class", "fields"}}, fields),
               el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, ui.tr("Apply")),
                  el("a", {{"class", "button quiet"}, {"href", filters.action}}, ui.tr("Clear all"))));
  return el("form", {{"class", "list-filters"}, {"method", "get"}, {"action", filters.action}, {"role", "search"}},
            hidden_inputs(filters.hidden), search, more);
}

Html chips(const std::vector<Chip>& all, const Translator& ui) {
  if (all.empty()) return {};
  Html out;
  for (const auto& chip : all)
    out.add(el(
        "li", {},
        el("a", {{"class", "chip"}, {"href", chip.remove}, {"title", ui.tr("remove this filter")}}, chip.label,
           el("span", {{"aria-hidden", "true"}}, " ×"), el("span", {{"class", "visually-hidden"}}, " – ", ui.tr("remove this filter")))));
  return el("ul", {{"class", "chips"}}, out);
}

std::string cell_class(const Column& column) {
  std::string out;
  if (column.number) out += " number";
  if (column.minor) out += " minor";
  if (column.one_line) out += " one-line";
  if (column.wide) out += " wide";
  return out.empty() ? out : out.substr(1);
}

std::optional<std::string> maybe(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

Html header_cell(const Column& column) {
  std::optional<std::string> order;
  if (column.sorted != 0) order = column.sorted > 0 ? "ascending" : "descending";
  const auto arrow = column.sorted == 0 ? Html() : el("span", {{"aria-hidden", "true"}}, column.sorted > 0 ? " ▲" : " ▼");
  const Html label = column.sort ? el("a", {{"href", *column.sort}}, column.label, arrow) : Html(column.label);
  return el("th", {{"scope", "col"}, {"class", maybe(cell_class(column))}, {"aria-sort", order}}, label);
}

Html chooser_form(const ColumnChooser& chooser, const Translator& ui) {
  return el(
      "details", {{"class", "filters columns"}}, el("summary", {}, ui.tr("Columns")),
      el("form", {{"method", "get"}, {"action", chooser.action}}, hidden_inputs(chooser.hidden),
         el("div", {{"class", "fields"}}, render_field(chooser.choices, ui)),
         el("div", {{"class", "submit"}}, el("button", {{"class", "button primary"}, {"type", "submit"}}, ui.tr("Show these columns")))));
}

Html choose_box(const Row& row, const Translator& ui) {
  if (row.id.empty()) return {};
  return el("input",
            {{"type", "checkbox"}, {"name", "id"}, {"class", "choose"}, {"value", row.id}, {"aria-label", ui.tr("choose {1}", row.name)}});
}

// What is sent with the chosen rows stands before and after them.
Html choosing_form(const Choosing& choosing, const Html& rows) {
  return el("form", {{"method", "post"}, {"action", choosing.action}, {"class", "choosing"}}, hidden_inputs(choosing.hidden), rows,
            el("div", {{"class", "submit"}}, choosing.buttons));
}

Html table(const List& list, const Translator& ui) {
  Html head, body;
  for (const auto& column : list.columns) head.add(header_cell(column));
  for (const auto& row : list.rows) {
    Html cells;
    for (std::size_t i = 0; i < row.cells.size() && i < list.columns.size(); ++i) {
      const auto choice = list.choosing && i == 0 ? choose_box(row, ui) : Html();
      auto kind = cell_class(list.columns[i]);
      if (!choice.empty()) kind += kind.empty() ? "with-choice" : " with-choice";
      cells.add(el("td", {{"class", maybe(kind)}, {"data-label", list.columns[i].label}}, choice, row.cells[i]));
    }
    body.add(el("tr", {}, cells));
  }
  // Without one a heading above says what the table holds: who listens hears it once.
  const auto caption = list.caption.empty() ? Html() : el("caption", {{"class", "visually-hidden"}}, list.caption);
  const auto out = el("table", {{"class", "list"}}, caption, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  if (list.columns.size() <= kFitting) return out;
  return el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", maybe(list.caption)}}, out);
}

Html pager(const List& list, const Translator& ui) {
  if (!list.first && !list.next) return {};
  return el("nav", {{"class", "pager"}, {"aria-label", ui.tr("Pages")}},
            list.first ? button_link(ui.tr("‹ To the beginning"), *list.first) : Html(),
            list.next ? button_link(ui.tr("Next page ›"), *list.next) : Html());
}

Html empty_state(const List& list) {
  return el("div", {{"class", "empty"}}, el("p", {{"class", "empty-text"}}, list.empty_text), el("p", {}, list.empty_hint),
            list.empty_action);
}

}  // namespace

void without_empty_minor(List& list) {
  for (std::size_t i = list.columns.size(); i-- > 0;) {
    const auto empty = [&](const Row& row) { return i >= row.cells.size() || row.cells[i].empty(); };
    if (!list.columns[i].minor || !std::ranges::all_of(list.rows, empty)) continue;
    list.columns.erase(list.columns.begin() + static_cast<std::ptrdiff_t>(i));
    for (auto& row : list.rows)
      if (i < row.cells.size()) row.cells.erase(row.cells.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

Html render(const List& list, const Translator& ui) {
  Html out;
  if (list.filters) out.add(filter_form(*list.filters, ui)).add(chips(list.filters->chips, ui));
  if (list.chooser) out.add(chooser_form(*list.chooser, ui));
  Html bar;
  if (list.total)
    bar.add(el("span", {{"class", "list-total"}},
               list.more ? ui.tr("more than {1} records", *list.total) : ui.trn("{1} record", "{1} records", *list.total)));
  if (!list.summary.empty()) bar.add(el("span", {{"class", "list-summary"}}, list.summary));
  if (!list.actions.empty()) bar.add(el("span", {{"class", "actions"}}, list.actions));
  if (!bar.empty()) out.add(el("div", {{"class", "list-bar"}}, bar));
  if (!list.rows.empty()) out.add(list.choosing ? choosing_form(*list.choosing, table(list, ui)) : table(list, ui));
  else if (!list.unfinished) return out.add(empty_state(list));
  if (list.unfinished) out.add(el("p", {{"class", "hint"}}, ui.tr("Few records fit; the next page goes on looking.")));
  return out.add(pager(list, ui));
}

}  // namespace nc::web
