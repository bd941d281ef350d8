#include "face/web/type_groups.h"

#include <array>

namespace nc::web {
namespace {

constexpr std::array<std::string_view, 10> kGroups{
    "meetings", "patrols", "exchange_of_information", "incidents", "people", "works", "instruments", "direction", "places", "figures"};
constexpr std::array<const char*, 10> kLabels{NC_MSG("Talks, meetings, exchanges"),     NC_MSG("Patrols"),
                                              NC_MSG("Letters, calls, duty"),           NC_MSG("Incidents"),
                                              NC_MSG("Twinning, work with the people"), NC_MSG("Aid, works, procedures"),
                                              NC_MSG("Instruments and obligations"),    NC_MSG("Directives and plans"),
                                              NC_MSG("Units, markers, gates"),          NC_MSG("Sources and declared figures")};

}  // namespace

std::span<const std::string_view> type_groups() { return kGroups; }

std::string group_label(const Visit& visit, std::string_view group) {
  for (std::size_t i = 0; i < kGroups.size(); ++i)
    if (kGroups[i] == group) return visit.tr(kLabels[i]);
  return std::string(group);
}

}  // namespace nc::web
