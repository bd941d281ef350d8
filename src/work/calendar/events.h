// Events: the days on which something happened, is planned or falls due, made of records by the catalogue's slots.
//
// Plain values, made anew for each question from Ledger::list with the reader's Subject. Threads: any.
// Not here: pages, feeds (ical.h).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "ledger/records/ledger.h"

namespace nc::calendar {

struct Event {
  RecordId record;
  const catalog::Type* type = nullptr;  // of the World that the question was asked in
  DayRange days;                        // first and last day
  bool exact = true;                    // dated to the day; else `days` is the month or year it lies in
  bool matter = false;                  // no activity: what was agreed, falls due or stands in a plan
  std::string title;                    // in the language asked for
  std::string status;                   // option id of the slot: planned, announced, held, postponed, cancelled; may be empty
  catalog::Handling handling = catalog::Handling::kOpen;  // the highest of what the reader sees of the record
  std::int64_t created_ms = 0, changed_ms = 0;
};

struct Question {
  std::int32_t from = 0, until = 0;  // days, both included
  std::vector<std::string> types;    // empty: all of dated_types()
  std::set<UnitId> own;              // in charge or taking part; empty: any
  std::set<UnitId> counterpart;      // empty: any
  std::size_t most = 2000;
};

// What has days: types that feed counted-activity, and those that feed nothing and have a slot `when`.
[[nodiscard]] std::vector<const catalog::Type*> dated_types(const catalog::Catalog& catalog);

// In order of days, then of ids. At most `most`, the earliest; void records are none.
Result<std::vector<Event>> events_of(const records::Ledger& ledger, const access::Subject& who, const Question& question,
                                     std::string_view lang);

// The events of a short period for a page, in the same order. Read from its end backwards, so that it costs what it shows:
// what began more than a month before the period is not looked for. `more`: there are more than `most`.
struct Within {
  std::vector<Event> events;
  bool more = false;
};
Result<Within> events_within(const records::Ledger& ledger, const access::Subject& who, DayRange days, std::size_t most,
                             std::string_view lang);

}  // namespace nc::calendar
