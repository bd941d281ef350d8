// Limits of a list as they stand in its address: inputs that show them again, and days that are read the same way everywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "face/web/form.h"
#include "face/web/visit.h"

namespace nc::web {

// An input with what the address says; of a choice the caller adds the options.
[[nodiscard]] Field filter_field(const Visit& visit, std::string name, std::string label, Input input, std::string help = {});

// A day, month or year of the address. One that cannot be understood is told among `problems` and left out.
struct DayFilter {
  CivilDate date;
  DayRange days;  // that it means
};
[[nodiscard]] std::optional<DayFilter> day_filter(const Visit& visit, std::string_view name, std::vector<Flash>& problems);

}  // namespace nc::web
