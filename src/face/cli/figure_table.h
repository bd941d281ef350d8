// Figures as tables of text, for the command line.
#pragma once

#include "face/cli/commands.h"

namespace nc::cli {

void print_answer(const Context& context, const stats::Answer& answer, const records::World& world, const stats::NameOf& name_of);
// One line a figure: what, recorded, declared with its qualifier and parts, differences, sources.
void print_figures(const Context& context, const std::vector<stats::Figure>& figures, const records::World& world,
                   const stats::NameOf& name_of);
void print_pivot(const Context& context, const stats::Pivot& pivot, const records::World& world);

}  // namespace nc::cli
