// /instruments: what is in force with whom on a day.
//
// Which types those are is said by the catalogue: what stands from a day to a day in the group of instruments.
#include <algorithm>

#include "base/text.h"
#include "face/web/activity_rows.h"
#include "face/web/list.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/instruments";
constexpr std::string_view kGroup = "instruments";

struct Asked {
  std::optional<std::int32_t> day;  // none: whenever
  records::ListQuery list;
  std::vector<Flash> problems;
};

std::vector<const catalog::Type*> instrument_types(const Visit& visit) {
  std::vector<const catalog::Type*> out;
  for (const auto* type : visit.world->catalog->feeding("standing-thing"))
    if (type->group == kGroup) out.push_back(type);
  return out;
}

std::string typed_of(const Visit& visit, std::string_view name) { return std::string(trim(visit.request.query.get(name))); }

void read_day(const Visit& visit, Asked& asked) {
  asked.day = visit.who.today;
  const auto typed = typed_of(visit, "day");
  if (typed_of(visit, "ever") == "1") asked.day.reset();
  if (typed.empty()) return;
  const auto date = parse_typed_date(typed);
  const auto days = date ? extent(*date) : std::nullopt;
  if (days) asked.day = days->last;
  else
    asked.problems.push_back({Tone::kWarn, date ? visit.tr("Write 31/12/2024, 12/2024 or 2024") : visit.ui.error_text(date.error()), ""});
}

void read_counterpart(const Visit& visit, Asked& asked) {
  const auto typed = typed_of(visit, "counterpart");
  if (typed.empty()) return;
  const auto match = find_unit(*visit.world->tree, typed, Side::kCounterpart);
  asked.list.counterpart = match.unit ? with_units_below(*visit.world->tree, match.unit->id) : std::set<UnitId>{UnitId{}};
  if (match.unit) return;
  asked.problems.push_back(match.candidates.empty() ? Flash{Tone::kWarn, visit.tr("No unit is called “{1}”.", typed), ""}
                                                    : Flash{Tone::kWarn, visit.tr("“{1}” may be several units. Which one?", typed),
                                                            candidates_text(match, visit.ui)});
}

Asked read_asked(const Visit& visit, const std::vector<const catalog::Type*>& types) {
  Asked out;
  for (const auto* type : types) out.list.types.push_back(type->id);
  read_day(visit, out);
  read_counterpart(visit, out);
  out.list.from = out.list.until = out.day;
  const auto country = typed_of(visit, "country");
  for (const auto* type : types)
    if (const auto* field = type->slot("countries"); field && field->option(country)) out.list.country = country;
  out.list.text = typed_of(visit, "q");
  out.list.cursor = visit.request.query.get("after");
  out.list.looked_at_max = kLookedAtMax;
  return out;
}

Html slot_text(const Visit& visit, const records::RecordView& record, std::string_view slot) {
  const auto* field = record.type ? record.type->slot(slot) : nullptr;
  return field ? visit.value(*field, record.values[field->id]) : Html();
}

Row instrument_row(const Visit& visit, const records::RecordView& record) {
  const auto title = records::title_of(record, visit.lang(), visit.namer());
  return {{link(title.empty() ? record.id.hex().substr(0, 8) : title, record_url(record.id)), slot_text(visit, record, "detail"),
           slot_text(visit, record, "counterpart"), slot_text(visit, record, "from"), slot_text(visit, record, "until"),
           record.voided ? badge(Tone::kBad, visit.tr("void")) : slot_text(visit, record, "status")}};
}

Filters filters_of(const Visit& visit, const std::vector<const catalog::Type*>& types, const Asked& asked) {
  Filters out{Url::to(kPath)};
  out.search.name = "q";
  out.search.label = visit.tr("Words in the title; marks may be left out");
  out.search.value = typed_of(visit, "q");
  Field day{"day", visit.tr("In force on the day"), Input::kDate, typed_of(visit, "day")};
  day.help = visit.tr("today when left empty");
  Field ever{"ever", visit.tr("Also what is no longer or not yet in force"), Input::kCheck, typed_of(visit, "ever")};
  Field counterpart{"counterpart", visit.tr("Counterpart"), Input::kText, typed_of(visit, "counterpart")};
  counterpart.help = visit.tr("code or part of the name");
  Field country{"country", visit.tr("Country"), Input::kChoice, asked.list.country};
  country.options = {{"", visit.tr("all"), ""}};
  for (const auto* type : types) {
    const auto* field = type->slot("countries");
    if (!field) continue;
    for (const auto& option : field->options) country.options.push_back({option.id, option.label.in(visit.lang()), ""});
    break;
  }
  out.fields = {day, ever, counterpart, country};
  out.open = std::ranges::any_of(out.fields, [](const Field& field) { return !field.value.empty(); });
  return out;
}

Url page_url(const Visit& visit, const std::string& cursor) {
  auto query = visit.request.query;
  query.set("done", std::nullopt);
  query.set("after", cursor.empty() ? std::nullopt : std::optional(cursor));
  return Url::to(kPath, query);
}

net::Response instruments(Visit& visit, const net::Params&) {
  const auto types = instrument_types(visit);
  if (!visit.reads() || types.empty()) return visit.not_found();
  const auto asked = read_asked(visit, types);
  const auto found = visit.ledger().list(visit.who, asked.list);
  if (!found) return visit.refuse(found.error());
  List list;
  list.caption = asked.day ? visit.tr("In force on {1}", i18n::day_text(*asked.day)) : visit.tr("Instruments of all times");
  list.columns = {{visit.tr("Instrument")},
                  {visit.tr("Class")},
                  {visit.tr("Counterpart"), false, false, {}, 0, false, true},
                  {visit.tr("Signed"), false, false, {}, 0, true},
                  {visit.tr("Ends"), false, true, {}, 0, true},
                  {visit.tr("Status")}};
  for (const auto& record : found->items) list.rows.push_back(instrument_row(visit, record));
  show_count(list, *found);
  list.summary = list.caption;
  list.filters = filters_of(visit, types, asked);
  if (!asked.list.cursor.empty()) list.first = page_url(visit, "");
  if (!found->next_cursor.empty()) list.next = page_url(visit, found->next_cursor);
  list.empty_text = visit.tr("No instrument in force is recorded here for that day.");
  list.empty_hint = visit.tr("Choose another day, or enter the instruments that you have the text of.");
  list.empty_action = new_record_button(visit);
  auto page = visit.frame(visit.tr("Instruments, agreements"), Place::kInstruments);
  page.flashes.insert(page.flashes.end(), asked.problems.begin(), asked.problems.end());
  page.actions = new_record_button(visit);
  page.main = render(list, visit.ui);
  return visit.show(page);
}

}  // namespace

void add_instrument_page(net::Router& router, Site& site) { site.add_page(router, kPath, instruments); }

}  // namespace nc::web
