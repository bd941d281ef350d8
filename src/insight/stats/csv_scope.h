// A table of figures that says of itself what it is about: lines of CSV are taken out of their file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "insight/stats/stats.h"

namespace nc::stats {

// Further columns, name and value, behind those of each line.
using CsvScope = std::vector<std::pair<std::string, std::string>>;
std::string to_csv(const Answer& answer, const records::World& world, const NameOf& name_of, const CsvScope& scope);

}  // namespace nc::stats
