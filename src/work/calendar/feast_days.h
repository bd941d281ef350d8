// Feast days of all sides, of a file (docs/formats/feast-days.md): fixed, by the moon, or given year by year.
//
// Values; made once, then read by any thread. Which days a side keeps is data, with its source and a mark where nobody
// has compared it yet. Not here: records, pages.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "ledger/catalog/catalog.h"
#include "work/calendar/lunar.h"

namespace nc::calendar {

struct FeastDay {
  std::string id;
  catalog::Label label;
  std::vector<std::string> countries;  // whose it is: VN, LA, KH, CN
  std::optional<LunarZone> lunar;      // month and day are of that lunar calendar
  int month = 0, day = 0;              // 0: only the days that `dates` names
  int length = 1;                      // days
  std::optional<int> since;            // the year of the event that it marks
  std::vector<DayRange> dates;         // in the years in which they begin they stand instead of month and day
  std::string source;
  bool verified = false;
};

// One of them in one year.
struct Feast {
  DayRange days;
  const FeastDay* of = nullptr;    // of the FeastDays that was asked
  std::optional<int> anniversary;  // years since the event
  // Round years (5, 10, ...) raise the level of a visit.
  [[nodiscard]] bool round() const { return anniversary && *anniversary > 0 && *anniversary % 5 == 0; }
};

class FeastDays {
 public:
  // kInvalid, with the place of what is wrong.
  static Result<FeastDays> parse(std::string_view text, const std::string& where);
  static Result<FeastDays> load(const std::filesystem::path& file);

  // Those that have a day within, in order of days; at most of 50 years.
  [[nodiscard]] std::vector<Feast> between(std::int32_t from, std::int32_t until) const;
  [[nodiscard]] const std::vector<FeastDay>& all() const { return days_; }

 private:
  std::vector<FeastDay> days_;
};

}  // namespace nc::calendar
