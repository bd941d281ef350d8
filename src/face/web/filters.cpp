#include "face/web/filters.h"

#include "base/text.h"

namespace nc::web {
namespace {

std::string text_of(const Visit& visit, std::string_view name) { return std::string(trim(visit.request.query.get(name))); }

}  // namespace

Field filter_field(const Visit& visit, std::string name, std::string label, Input input, std::string help) {
  Field field;
  field.name = std::move(name);
  field.label = std::move(label);
  field.input = input;
  field.value = text_of(visit, field.name);
  field.help = std::move(help);
  return field;
}

std::optional<DayFilter> day_filter(const Visit& visit, std::string_view name, std::vector<Flash>& problems) {
  const auto typed = text_of(visit, name);
  if (typed.empty()) return std::nullopt;
  const auto date = parse_typed_date(typed);
  const auto days = date ? extent(*date) : std::nullopt;
  if (days) return DayFilter{*date, *days};
  problems.push_back(
      {Tone::kWarn, date ? visit.tr("“{1}” has no year.", typed) : visit.ui.error_text(date.error()), visit.tr("This limit is left out.")});
  return std::nullopt;
}

}  // namespace nc::web
