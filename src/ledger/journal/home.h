// Where a record is at home: the audience that its state, type and values come from.
//
// A node may add a part to any record whose id it knows, in an audience that it may write for. Such a part
// is held and exchanged for its readers, and says nothing about the record: else whoever may write
// somewhere could void, re-type or fill records elsewhere. docs/LEDGER.md section 3 has the rule and why.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ledger/journal/entry.h"

namespace nc::journal {

struct Home {
  Audience audience;
  std::string type;  // of its creation; without one, of the entry of least hash that begins a part
};

// Of the entries of one record that count, in any order. Nothing when there are none, or when none of those who may
// begins the record: the node that its id names; else who holds the whole tree, which admission sees to
// (records/admission_rules.cpp). Then others have added parts to a record that is not here.
std::optional<Home> home_of(std::span<const Entry* const> entries);

}  // namespace nc::journal
