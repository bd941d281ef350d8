// The small parts of pages: links, buttons, badges, notices, facts, figures, history, pivot.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "face/web/frame.h"
#include "face/web/html.h"
#include "foundation/i18n/translator.h"

namespace nc::web {

[[nodiscard]] Html link(std::string_view label, const Url& url);
// To another site (a printed source): says so, and sends no referrer.
[[nodiscard]] Html outside_link(std::string_view label, const Url& url, const i18n::Translator& ui);
[[nodiscard]] Html button_link(std::string_view label, const Url& url, bool primary = false);
// A form of one button. `kind`: "", "primary", "quiet" or "danger".
[[nodiscard]] Html post_button(std::string_view label, const Url& action, std::string_view csrf_token, const net::Fields& hidden = {},
                               std::string_view kind = "");

// Colour is never the only signal: each tone has its own mark before the text.
[[nodiscard]] Html badge(Tone tone, std::string_view text);
[[nodiscard]] Html notice(Tone tone, std::string_view text, std::string_view detail = {});
[[nodiscard]] Html section(std::string_view heading, const Html& body, const Html& actions = {});
[[nodiscard]] Html hint(std::string_view text);

// Label and value, one under the other; the table on top of a record.
struct Fact {
  std::string label;
  Html value;
  std::string note;  // e.g. "inferred, not printed"
};
[[nodiscard]] Html facts(const std::vector<Fact>& rows);

// One figure: what was recorded, what was declared, how complete, how different.
struct Tile {
  std::string label;
  std::string value;         // formatted, with its qualifier: "gần 200"
  std::string basis;         // "khai báo", "ghi nhận", "thời điểm 31/12/2022"
  std::vector<Fact> beside;  // the other value, difference, completeness
  std::optional<Url> drill;  // records and sources behind it
};
[[nodiscard]] Html tiles(const std::vector<Tile>& all, const i18n::Translator& ui);

// History of a record, newest first.
struct Change {
  std::string field;
  Html before;  // empty: not there before
  Html after;   // empty: taken away
};
struct Event {
  std::string when;
  std::string who;
  std::string where;  // node or unit
  std::string what;   // "Created", "Amended"
  std::vector<Change> changes;
  std::optional<bool> verified;  // signature checked and right, or wrong; none: not checked
  std::string note;
};
[[nodiscard]] Html timeline(const std::vector<Event>& events, const i18n::Translator& ui);

// Two dimensions of a figure.
struct PivotCell {
  std::string text;  // empty: no report, shown as a dash and never as 0
  std::optional<Url> drill;
  bool incomplete = false;  // marked with a sign and a legend
};
struct PivotRow {
  std::string label;
  std::vector<PivotCell> cells;  // as many as columns
};
struct Pivot {
  std::string caption;
  std::string corner;  // what the rows are
  std::vector<std::string> columns;
  std::vector<PivotRow> rows;
  bool caption_in_view = true;  // false where a heading above says the same
};
[[nodiscard]] Html pivot(const Pivot& table, const i18n::Translator& ui);

}  // namespace nc::web
