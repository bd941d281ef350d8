#include "work/calendar/events.h"

#include <algorithm>

#include "ledger/catalog/values.h"

namespace nc::calendar {
namespace {

constexpr const char* kActivities = "counted-activity";
constexpr std::size_t kPage = 500;

struct Dated {
  DayRange days;
  bool exact = false;
};

// A date, or a range of them; without its end a range is its beginning.
std::optional<Dated> dated(const Json& value) {
  const bool range = value.has("from") || value.has("to");
  const auto first = catalog::date_from_json(range ? value["from"] : value);
  const auto last = range && value.has("to") ? catalog::date_from_json(value["to"]) : first;
  if (!last) return std::nullopt;
  const auto begin = extent(first ? *first : *last), end = extent(*last);
  if (!begin || !end) return std::nullopt;
  const bool exact = (!first || first->precision == DatePrecision::kDay) && last->precision == DatePrecision::kDay;
  return Dated{{begin->first, std::max(begin->first, end->last)}, exact};
}

std::vector<std::string> ids_of(const std::vector<const catalog::Type*>& types) {
  std::vector<std::string> out;
  for (const auto* type : types) out.push_back(type->id);
  return out;
}

std::optional<Event> event_of(const records::RecordView& record, const std::function<std::string(const RecordId&)>& name_of,
                              std::string_view lang) {
  if (!record.type) return std::nullopt;
  const auto when = dated(record.slot("when"));
  if (!when) return std::nullopt;
  Event out;
  out.record = record.id;
  out.type = record.type;
  out.days = when->days;
  out.exact = when->exact;
  out.matter = record.type->feeds.empty();
  out.title = records::title_of(record, lang, name_of);
  if (const auto& status = record.slot("status"); status.is_string()) out.status = status.as_string();
  for (const auto& part : record.parts) out.handling = std::max(out.handling, static_cast<catalog::Handling>(part.key.handling));
  out.created_ms = record.created_ms;
  out.changed_ms = record.changed_ms;
  return out;
}

}  // namespace

std::vector<const catalog::Type*> dated_types(const catalog::Catalog& catalog) {
  auto out = catalog.feeding(kActivities);
  for (const auto& type : catalog.types())
    if (type.feeds.empty() && type.slot("when")) out.push_back(&type);
  return out;
}

Result<std::vector<Event>> events_of(const records::Ledger& ledger, const access::Subject& who, const Question& question,
                                     std::string_view lang) {
  records::ListQuery list;
  list.types = question.types;
  if (list.types.empty()) list.types = ids_of(dated_types(*ledger.world()->catalog));
  list.from = question.from;
  list.until = question.until;
  list.own = question.own;
  list.counterpart = question.counterpart;
  list.sort = records::ListQuery::Sort::kOldest;
  list.limit = kPage;
  const auto name_of = [&](const RecordId& id) { return ledger.title(who, id, lang); };
  std::vector<Event> out;
  do {
    NC_ASSIGN(const auto page, ledger.list(who, list));
    for (const auto& record : page.items)
      if (auto event = event_of(record, name_of, lang); event && out.size() < question.most) out.push_back(std::move(*event));
    list.cursor = page.next_cursor;
  } while (!list.cursor.empty() && out.size() < question.most);
  std::ranges::sort(out, {}, [](const Event& event) { return std::tuple(event.days.first, event.days.last, event.record); });
  return out;
}

Result<Within> events_within(const records::Ledger& ledger, const access::Subject& who, DayRange days, std::size_t most,
                             std::string_view lang) {
  constexpr std::int32_t kReach = 31;
  records::ListQuery list;
  list.types = ids_of(dated_types(*ledger.world()->catalog));
  list.until = days.last;
  list.limit = std::min<std::size_t>(most, 50);
  list.count_max = 0;
  const auto name_of = [&](const RecordId& id) { return ledger.title(who, id, lang); };
  Within out;
  for (bool before = false; !before;) {
    NC_ASSIGN(const auto page, ledger.list(who, list));
    for (const auto& record : page.items) {
      auto event = event_of(record, name_of, lang);
      if (!event) continue;
      before = before || event->days.first < days.first - kReach;
      if (event->days.last < days.first || event->days.first > days.last) continue;
      if (out.events.size() == most) out.more = true;
      else out.events.push_back(std::move(*event));
    }
    list.cursor = page.next_cursor;
    if (list.cursor.empty() || out.more) break;
  }
  std::ranges::sort(out.events, {}, [](const Event& event) { return std::tuple(event.days.first, event.days.last, event.record); });
  return out;
}

}  // namespace nc::calendar
