#include "face/web/parts.h"

namespace nc::web {
namespace {

using i18n::Translator;

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return "neutral";
    case Tone::kAccent: return "accent";
    case Tone::kGood: return "good";
    case Tone::kWarn: return "warn";
    case Tone::kBad: return "bad";
  }
  return "neutral";
}

std::string_view tone_mark(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return "";
    case Tone::kAccent: return "›";
    case Tone::kGood: return "✓";
    case Tone::kWarn: return "!";
    case Tone::kBad: return "×";
  }
  return "";
}

Html mark(Tone tone) {
  if (tone_mark(tone).empty()) return {};
  return el("span", {{"class", "mark"}, {"aria-hidden", "true"}}, tone_mark(tone));
}

Html change_row(const Change& change, const Translator& ui) {
  const auto none = el("span", {{"class", "absent"}}, ui.tr("(empty)"));
  return el("li", {}, el("span", {{"class", "change-field"}}, change.field), " ",
            el("span", {{"class", "visually-hidden"}}, ui.tr("before"), ": "), change.before.empty() ? none : el("del", {}, change.before),
            el("span", {{"class", "arrow"}, {"aria-hidden", "true"}}, " → "),
            el("span", {{"class", "visually-hidden"}}, ui.tr("after"), ": "), change.after.empty() ? none : el("ins", {}, change.after));
}

Html event_item(const Event& event, const Translator& ui) {
  Html out = el("p", {{"class", "event-head"}}, el("strong", {}, event.what), " ", el("span", {{"class", "event-who"}}, event.who),
                event.where.empty() ? Html() : el("span", {{"class", "event-where"}}, event.where),
                el("span", {{"class", "event-when"}}, event.when));
  if (event.verified)
    out.add(*event.verified ? badge(Tone::kGood, ui.tr("Signature verified")) : badge(Tone::kBad, ui.tr("Signature is wrong")));
  if (!event.note.empty()) out.add(el("p", {{"class", "event-note"}}, event.note));
  if (event.changes.empty()) return el("li", {}, out);
  Html changes;
  for (const auto& change : event.changes) changes.add(change_row(change, ui));
  return el("li", {}, out, el("ul", {{"class", "changes"}}, changes));
}

Html pivot_cell(const PivotCell& cell, const Translator& ui) {
  if (cell.text.empty()) return el("td", {{"class", "number none"}}, el("span", {{"title", ui.tr("no report")}}, "–"));
  Html value = cell.drill ? link(cell.text, *cell.drill) : Html(cell.text);
  if (cell.incomplete) value.add(el("abbr", {{"class", "incomplete"}, {"title", ui.tr("incomplete")}}, "*"));
  return el("td", {{"class", "number"}}, value);
}

}  // namespace

Html link(std::string_view label, const Url& url) { return el("a", {{"href", url}}, label); }

Html outside_link(std::string_view label, const Url& url, const Translator& ui) {
  return el("a", {{"href", url}, {"rel", "noreferrer noopener external"}, {"class", "outside"}}, label,
            el("span", {{"class", "visually-hidden"}}, " (", ui.tr("another site"), ")"));
}

Html button_link(std::string_view label, const Url& url, bool primary) {
  return el("a", {{"class", primary ? "button primary" : "button"}, {"href", url}}, label);
}

Html post_button(std::string_view label, const Url& action, std::string_view csrf_token, const net::Fields& hidden, std::string_view kind) {
  Html inputs = el("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", csrf_token}});
  for (const auto& [name, value] : hidden) inputs.add(el("input", {{"type", "hidden"}, {"name", name}, {"value", value}}));
  return el("form", {{"class", "inline"}, {"method", "post"}, {"action", action}}, inputs,
            el("button", {{"class", "button " + std::string(kind)}, {"type", "submit"}}, label));
}

Html badge(Tone tone, std::string_view text) { return el("span", {{"class", "badge " + std::string(tone_class(tone))}}, mark(tone), text); }

Html notice(Tone tone, std::string_view text, std::string_view detail) {
  return el("div", {{"class", "notice " + std::string(tone_class(tone))}, {"role", tone == Tone::kBad ? "alert" : "status"}}, mark(tone),
            el("div", {}, el("p", {}, text), detail.empty() ? Html() : el("p", {{"class", "notice-detail"}}, detail)));
}

Html section(std::string_view heading, const Html& body, const Html& actions) {
  return el("section", {}, el("div", {{"class", "section-head"}}, el("h2", {}, heading), actions), body);
}

Html hint(std::string_view text) { return el("p", {{"class", "hint"}}, text); }

Html facts(const std::vector<Fact>& rows) {
  Html out;
  for (const auto& row : rows)
    out.add(el("div", {}, el("dt", {}, row.label),
               el("dd", {}, row.value, row.note.empty() ? Html() : el("span", {{"class", "fact-note"}}, row.note))));
  return el("dl", {{"class", "facts"}}, out);
}

Html tiles(const std::vector<Tile>& all, const Translator& ui) {
  Html out;
  for (const auto& tile : all) {
    Html beside;
    for (const auto& row : tile.beside) beside.add(el("div", {}, el("dt", {}, row.label), el("dd", {}, row.value)));
    out.add(el("li", {{"class", "tile"}}, el("p", {{"class", "tile-label"}}, tile.label), el("p", {{"class", "tile-value"}}, tile.value),
               el("p", {{"class", "tile-basis"}}, tile.basis), beside.empty() ? Html() : el("dl", {}, beside),
               tile.drill ? el("p", {{"class", "tile-drill"}},
                               el("a", {{"href", *tile.drill}}, ui.tr("Records and sources"),
                                  el("span", {{"class", "visually-hidden"}}, ": ", tile.label)))
                          : Html()));
  }
  return el("ul", {{"class", "tiles"}}, out);
}

Html timeline(const std::vector<Event>& events, const Translator& ui) {
  Html out;
  for (const auto& event : events) out.add(event_item(event, ui));
  return el("ol", {{"class", "timeline"}}, out);
}

Html pivot(const Pivot& table, const Translator& ui) {
  Html head = el("th", {{"scope", "col"}}, table.corner);
  for (const auto& column : table.columns) head.add(el("th", {{"scope", "col"}, {"class", "number"}}, column));
  Html body;
  bool incomplete = false;
  for (const auto& row : table.rows) {
    Html cells = el("th", {{"scope", "row"}}, row.label);
    for (const auto& cell : row.cells) {
      cells.add(pivot_cell(cell, ui));
      incomplete = incomplete || cell.incomplete;
    }
    body.add(el("tr", {}, cells));
  }
  const auto whole = el("table", {{"class", "pivot"}},
                        el("caption", {{"class", table.caption_in_view ? std::nullopt : std::optional("visually-hidden")}}, table.caption),
                        el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  return join(el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", table.caption}}, whole),
              incomplete ? hint(ui.tr("* incomplete: some reports are not here yet; – no report")) : hint(ui.tr("– no report")));
}

}  // namespace nc::web
