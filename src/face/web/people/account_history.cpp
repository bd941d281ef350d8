// What became of an account's rights: who gave, ended or changed what, and when.
#include <algorithm>

#include "base/text.h"
#include "face/web/people/account_pages.h"
#include "face/web/site.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

// Rows that only one of the two has.
Html rows_left(const Visit& visit, const Json& of, const Json& without) {
  Html items;
  const auto others = records::grant_rows(without);
  for (const auto& row : records::grant_rows(of))
    if (std::ranges::find(others, row.key, &records::GrantRow::key) == others.end()) items.add(el("li", {}, grant_text(visit, row.grant)));
  return items.empty() ? Html() : el("ul", {{"class", "values"}}, items);
}

// The administrator reads no record of a unit; its name he sees, as in the head of the page.
Html unit_value(const Visit& visit, const Json& value) {
  const auto id = value.is_string() ? UnitId::from_hex(value.as_string()) : std::nullopt;
  const auto* unit = id ? visit.world->tree->find(*id) : nullptr;
  return unit ? Html(unit_name(*unit, visit.lang())) : Html();
}

// Of a new account its rights; the rest stands on top of the page.
std::vector<Change> changes_of(const Visit& visit, const catalog::Type& type, const records::HistoryItem& item) {
  std::vector<Change> out;
  for (const auto& id : item.fields) {
    const auto* field = type.field(id);
    if (!field) continue;
    const bool rights = field == type.slot("grants");
    if (item.act == "create" && !rights && field != type.slot("clearance")) continue;
    const auto &before = item.before[id], &after = item.after[id];
    const auto label = field->label.in(visit.lang());
    if (rights) out.push_back({label, rows_left(visit, before, after), rows_left(visit, after, before)});
    else if (field == type.slot("unit")) out.push_back({label, unit_value(visit, before), unit_value(visit, after)});
    else out.push_back({label, visit.value(*field, before), visit.value(*field, after)});
  }
  return out;
}

}  // namespace

Html account_history(const Visit& visit, const PersonId& person) {
  const auto console = visit.ledger().console();
  const auto record = visit.ledger().read(console, person);
  const auto history = visit.ledger().history(console, person);
  if (!record || !record->type || !history) return {};
  std::vector<Event> events;
  for (auto item = history->rbegin(); item != history->rend(); ++item) {
    Event event;
    event.when = visit.ui.datetime(item->wall_ms);
    event.who = visit.author(item->author);
    event.what = item->act == "create" ? visit.tr("Account made") : visit.tr("Account changed");
    event.changes = changes_of(visit, *record->type, *item);
    events.push_back(std::move(event));
  }
  return section(visit.tr("History of this account"), timeline(events, visit.ui));
}

}  // namespace nc::web
