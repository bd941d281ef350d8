// Inside the room: what the address of the list of activities asks for. The list, its print, its files, its views and what
// is done to many of its records at once all read it here, so that they mean the same rows.
#pragma once

#include "base/text.h"
#include "face/web/list.h"
#include "face/web/record_columns.h"
#include "face/web/visit.h"

namespace nc::web {

inline constexpr const char* kActivitiesPath = "/activities";

// And what of it could not be understood. Borrows the visit.
struct ActivityQuery {
  const Visit& visit;
  const net::Fields& query;
  records::ListQuery list;
  std::vector<Flash> problems;
  Html candidates;
  std::vector<Chip> chips;
  RecordColumns columns;

  // The one that is shown, or null.
  [[nodiscard]] const catalog::Type* kind() const { return list.types.empty() ? nullptr : visit.world->catalog->find(list.types.front()); }
  [[nodiscard]] std::string text(std::string_view name) const { return std::string(trim(query.get(name))); }
  [[nodiscard]] Url without(std::string_view name) const {
    auto rest = query;
    rest.set(name, std::nullopt);
    rest.set("after", std::nullopt);
    return Url::to(kActivitiesPath, rest);
  }
  void chip(std::string_view name, const std::string& label, const std::string& value) {
    chips.push_back({label + ": " + value, without(name)});
  }
  void problem(std::string text, std::string detail = {}) { problems.push_back({Tone::kWarn, std::move(text), std::move(detail)}); }
};

// A limit that cannot be understood is told and left out; a column that is not there is kInvalid, for a file would lack it.
[[nodiscard]] Result<ActivityQuery> read_activity_query(const Visit& visit);
[[nodiscard]] Filters filters_of(const ActivityQuery& asked);
[[nodiscard]] ColumnChooser chooser_of(const ActivityQuery& asked);
// The same list sorted by date, the other way round; another page of it.
[[nodiscard]] Url sorted_by_date(const ActivityQuery& asked, bool oldest_now);
[[nodiscard]] Url page_url(const ActivityQuery& asked, const std::string& cursor);
// "External activities", or "Registers".
[[nodiscard]] std::string heading_of(const ActivityQuery& asked);

}  // namespace nc::web
