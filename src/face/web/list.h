// The one list component: filters that stay in the address, rows, a pager by cursor, and an empty
// state that says how to begin.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "face/web/form.h"
#include "face/web/html.h"
#include "foundation/i18n/translator.h"

namespace nc::web {

struct Column {
  std::string label;
  bool number = false;      // right-aligned, tabular figures
  bool minor = false;       // left out on a narrow screen
  std::optional<Url> sort;  // the same list sorted by this column
  int sorted = 0;           // 1 ascending, -1 descending
  bool one_line = false;    // short values that should not wrap: dates, kinds
  bool wide = false;        // long names: gets more of the width
};

struct Row {
  std::vector<Html> cells;  // as many as columns; the first holds the link to the record
  std::string id = {};      // sent as "id" when the row is chosen; empty: it cannot be
  std::string name = {};    // of the row, to whoever hears the box that chooses it
};

// Rows can be chosen: each has a box, and the table is a form that is sent to see what may be done with them.
struct Choosing {
  Url action;
  net::Fields hidden;
  Html buttons;
};

// A filter that is on, with the list without it.
struct Chip {
  std::string label;
  Url remove;
};

struct Filters {
  Url action;                 // the list without filters; the form is sent by GET
  Field search;               // always in view
  std::vector<Field> fields;  // folded away until asked for or in use
  net::Fields hidden;         // kept from the address (sort order, saved view)
  std::vector<Chip> chips;
  bool open = false;
};

// Which columns the list shows: a form that puts them into the address.
struct ColumnChooser {
  Url action;
  net::Fields hidden;  // what else the address says
  Field choices;       // kChoices
};

struct List {
  std::string caption;  // what the table holds, for screen readers
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::optional<std::int64_t> total;
  bool more = false;        // than the total: it was not counted further
  bool unfinished = false;  // the page ends early, and the next one goes on looking
  std::string summary;      // beside the total, e.g. "01/01/2013 – 31/12/2022"
  std::optional<Filters> filters;
  std::optional<Choosing> choosing;
  std::optional<ColumnChooser> chooser;
  Html actions;              // export
  std::optional<Url> first;  // back to the beginning; none on the first page
  std::optional<Url> next;
  std::string empty_text;  // "No talks recorded yet"
  std::string empty_hint;  // how to begin
  Html empty_action;
};

// Takes minor columns away in which no row has anything.
void without_empty_minor(List& list);
[[nodiscard]] Html render(const List& list, const i18n::Translator& ui);

}  // namespace nc::web
