// Printed sources, and each with everything that rests on it.
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/pages/record_parts.h"
#include "face/web/site_pages.h"

namespace nc::web {
namespace {

constexpr const char* kFeeds = "printed-source";

std::string shown(const Visit& visit, const records::RecordView& record, std::string_view slot) {
  const auto* field = record.type ? record.type->slot(slot) : nullptr;
  return field ? catalog::show_value(*field, record.slot(slot), visit.lang(), visit.namer()) : std::string();
}

Row source_row(const Visit& visit, const records::RecordView& source) {
  return {{link(shown(visit, source, "name"), Url::to("/sources/" + source.id.hex())), shown(visit, source, "publisher"),
           shown(visit, source, "date"), shown(visit, source, "language"), shown(visit, source, "code")}};
}

Url page_url(const Visit& visit, const std::string& cursor) {
  auto query = visit.request.query;
  query.set("after", cursor.empty() ? std::nullopt : std::optional(cursor));
  return Url::to("/sources", query);
}

net::Response sources(Visit& visit, const net::Params&) {
  if (!visit.reads()) return visit.not_found();
  records::ListQuery query;
  query.feeds = {kFeeds};
  query.looked_at_max = kLookedAtMax;
  query.text = visit.request.query.get("q");
  query.cursor = visit.request.query.get("after");
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return visit.refuse(found.error());
  List list;
  list.caption = visit.tr("Sources");
  list.columns = {{visit.tr("Title")},
                  {visit.tr("Publisher")},
                  {visit.tr("Date"), false, false, {}, 0, true},
                  {visit.tr("Language"), false, true},
                  {visit.tr("Code"), false, true}};
  for (const auto& source : found->items) list.rows.push_back(source_row(visit, source));
  show_count(list, *found);
  Filters filters{Url::to("/sources")};
  filters.search.name = "q";
  filters.search.label = visit.tr("Words of the title; marks may be left out");
  filters.search.value = query.text;
  list.filters = filters;
  if (!query.cursor.empty()) list.first = page_url(visit, "");
  if (!found->next_cursor.empty()) list.next = page_url(visit, found->next_cursor);
  list.empty_text = query.text.empty() ? visit.tr("No source is recorded yet.") : visit.tr("No source has these words in its title.");
  list.empty_hint = query.text.empty() ? visit.tr("A source is made like any record: New record, then Source.")
                                       : visit.tr("Try fewer words, or a part of a word.");
  auto page = visit.frame(visit.tr("Sources"), Place::kSources);
  page.main = render(list, visit.ui);
  return visit.show(page);
}

std::vector<Fact> source_facts(const Visit& visit, const records::RecordView& source) {
  std::vector<Fact> out;
  for (const auto& field : source.type->fields) {
    auto value = visit.value(field, source.values[field.id]);
    if (!value.empty()) out.push_back({field.label.in(visit.lang()), std::move(value), ""});
  }
  return out;
}

Html resting_on_it(const Visit& visit, const records::RecordView& source) {
  records::ListQuery query;
  query.linked_to = source.id;
  query.looked_at_max = kLookedAtMax;
  query.cursor = visit.request.query.get("after");
  const auto found = visit.ledger().list(visit.who, query);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  const auto path = "/sources/" + source.id.hex();
  List list;
  list.caption = visit.tr("What rests on this source");
  list.columns = record_columns(visit);
  for (const auto& record : found->items) list.rows.push_back(record_row(visit, record));
  show_count(list, *found);
  if (!query.cursor.empty()) list.first = Url::to(path);
  if (!found->next_cursor.empty()) list.next = Url::to(path, {{"after", found->next_cursor}});
  list.empty_text = visit.tr("Nothing rests on this source yet.");
  list.empty_hint = visit.tr("Name it under Sources when you enter or amend a record.");
  return section(list.caption, render(list, visit.ui));
}

net::Response source(Visit& visit, const net::Params& params) {
  const auto record = record_of(visit, params);
  if (!record || !record->type || record->type->feeds != kFeeds) return visit.not_found();
  const auto title = shown(visit, *record, "name");
  auto page = visit.frame(title, Place::kSources);
  page.crumbs = {{visit.tr("Sources"), Url::to("/sources")}, {title, {}}};
  page.actions = button_link(visit.tr("History and proof"), record_url(record->id));
  page.main = join(facts(source_facts(visit, *record)), resting_on_it(visit, *record));
  return visit.show(page);
}

}  // namespace

void add_source_pages(net::Router& router, Site& site) {
  site.add_page(router, "/sources", sources);
  site.add_page(router, "/sources/{id}", source);
}

}  // namespace nc::web
