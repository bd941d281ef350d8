#include "work/calendar/feast_days.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "base/json.h"
#include "base/limits.h"

namespace nc::calendar {
namespace {

constexpr std::string_view kFormat = "nhipcau-feast-days-1";
constexpr int kLengthMax = 31;

Error wrong(const char* message, const std::string& id) { return Error(ErrorCode::kInvalid, message, {id}).at("days." + id); }

Result<DayRange> dates_of(const Json& item, const std::string& id) {
  const auto from = parse_iso_date(item.text("from")), to = parse_iso_date(item.text("to"));
  const bool exact = from && to && from->precision == DatePrecision::kDay && to->precision == DatePrecision::kDay;
  if (!exact || to->day < from->day || to->day - from->day >= kLengthMax)
    return fail(wrong(NC_MSG("The feast day “{1}” names days that are none, or too many"), id));
  return DayRange{from->day, to->day};
}

int number_of(const Json& item, std::string_view name, int fallback) {
  const auto value = item.integer(name, fallback);
  return value < 0 || value > 9999 ? -1 : static_cast<int>(value);
}

// 29 February and the 30th of a lunar month are kept in the years that have them.
bool is_rule(const FeastDay& day) {
  if (day.month == 0 && day.day == 0) return !day.lunar && !day.dates.empty();
  return day.lunar ? day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= 30 : is_civil(2024, day.month, day.day);
}

Result<FeastDay> day_of(const Json& item) {
  FeastDay out;
  out.id = item.text("id");
  out.label = {item.text("vi"), item.text("en")};
  if (out.id.empty() || out.label.vi.empty() || out.label.en.empty())
    return fail(wrong(NC_MSG("The feast day “{1}” lacks its id or a name"), out.id));
  if (item["countries"].is_array())
    for (const auto& country : item["countries"].as_array())
      if (country.is_string()) out.countries.push_back(country.as_string());
  const auto lunar = item.text("lunar");
  if (lunar == "VN") out.lunar = LunarZone::kVietnam;
  else if (lunar == "CN") out.lunar = LunarZone::kChina;
  else if (!lunar.empty()) return fail(wrong(NC_MSG("The feast day “{1}” names a lunar calendar that is not known"), out.id));
  out.month = number_of(item, "month", 0);
  out.day = number_of(item, "day", 0);
  out.length = number_of(item, "length", 1);
  if (item.has("since")) out.since = number_of(item, "since", 0);
  if (item["dates"].is_array())
    for (const auto& dates : item["dates"].as_array()) {
      NC_ASSIGN(const auto range, dates_of(dates, out.id));
      out.dates.push_back(range);
    }
  if (!is_rule(out) || out.length < 1 || out.length > kLengthMax || (out.since && *out.since < 1))
    return fail(wrong(NC_MSG("The feast day “{1}” names days that are none, or too many"), out.id));
  out.source = item.text("source");
  out.verified = item.boolean("verified");
  return out;
}

std::optional<std::int32_t> day_in(const FeastDay& feast, int year) {
  if (feast.month == 0) return std::nullopt;
  if (feast.lunar) return day_of_lunar({year, feast.month, feast.day, false}, *feast.lunar);
  if (!is_civil(year, feast.month, feast.day)) return std::nullopt;
  return to_day(year, feast.month, feast.day);
}

void add_year(const FeastDay& feast, int year, std::vector<Feast>& out) {
  const auto anniversary = feast.since ? std::optional(year - *feast.since) : std::nullopt;
  if (anniversary && *anniversary < 0) return;
  bool given = false;
  for (const auto& dates : feast.dates) {
    if (from_day(dates.first).year != year) continue;
    given = true;
    out.push_back({dates, &feast, anniversary});
  }
  const auto first = given ? std::nullopt : day_in(feast, year);
  if (first) out.push_back({{*first, *first + feast.length - 1}, &feast, anniversary});
}

}  // namespace

Result<FeastDays> FeastDays::parse(std::string_view text, const std::string& where) {
  auto json = parse_json(text, {limits::kCatalogFileBytesMax, false});
  if (!json) return fail(std::move(json.error()).at(where));
  if (json->text("format") != kFormat || !(*json)["days"].is_array())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("This is no file of feast days")).at(where));
  FeastDays out;
  std::set<std::string> ids;
  for (const auto& item : (*json)["days"].as_array()) {
    NC_ASSIGN(auto day, day_of(item));
    if (!ids.insert(day.id).second) return fail(wrong(NC_MSG("The feast day “{1}” stands twice"), day.id));
    out.days_.push_back(std::move(day));
  }
  return out;
}

Result<FeastDays> FeastDays::load(const std::filesystem::path& file) {
  NC_ASSIGN(const std::string text, read_file(file, limits::kCatalogFileBytesMax));
  return parse(text, file.string());
}

std::vector<Feast> FeastDays::between(std::int32_t from, std::int32_t until) const {
  std::vector<Feast> out;
  if (until < from) return out;
  constexpr int kYearsMax = 50;
  const int first = from_day(std::clamp(from, kDayMin + 400, kDayMax)).year - 1;  // one that began at the end of the year before
  const int last = std::min(from_day(std::clamp(until, kDayMin + 400, kDayMax)).year, first + kYearsMax);
  for (const auto& feast : days_)
    for (int year = first; year <= last; ++year) add_year(feast, year, out);
  std::erase_if(out, [&](const Feast& feast) { return feast.days.last < from || feast.days.first > until; });
  std::ranges::stable_sort(out, {}, [](const Feast& feast) { return std::pair(feast.days.first, feast.days.last); });
  return out;
}

}  // namespace nc::calendar
