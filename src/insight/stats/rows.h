// What a record says to the counting, read out of its view by slots. Private to this room.
#pragma once

#include <compare>
#include <string>
#include <utility>
#include <vector>

#include "insight/stats/stats.h"
#include "ledger/journal/entry.h"

namespace nc::stats {

enum class Status : std::uint8_t { kHeld, kAnnounced, kOther };

// What a reader must be admitted to, to see a row: every part of `need`, and not `next`, for who sees
// that part too reads a fuller row. The type and the counterparts are atoms of the policy as well.
struct Atom {
  journal::HandlingLevel handling = 1;
  journal::Audience audience;
  auto operator<=>(const Atom&) const = default;
};
struct Wall {
  std::string type;
  std::vector<Atom> need, next;  // next: at most one
  std::vector<UnitId> counterparts;
  auto operator<=>(const Wall&) const = default;
};

struct OwnSet {
  UnitId lead;                // zero: none named
  std::vector<UnitId> units;  // sorted, lead included
  auto operator<=>(const OwnSet&) const = default;
};
struct CounterpartSet {
  std::vector<UnitId> units;           // sorted
  std::vector<std::string> countries;  // sorted, as written in the record
  auto operator<=>(const CounterpartSet&) const = default;
};
struct MeasureKey {
  std::string id;
  int scale = 0;
  auto operator<=>(const MeasureKey&) const = default;
};

struct ActivityRow {
  std::optional<DayRange> start;   // the days on which it may have begun
  DayRange end{kDayMax, kDayMax};  // standing things: the days that may be its last
  bool standing = false;
  std::string detail, level;
  Status status = Status::kOther;
  OwnSet own;
  CounterpartSet counterpart;
  RecordId parent;                                      // zero: none
  std::vector<RecordId> same_event, includes, sources;  // sorted
  std::vector<std::pair<MeasureKey, std::int64_t>> values;
};

struct IndicatorRow {
  std::string code, name, name_en, measure, basis, unit_of_count;
  std::vector<std::string> kinds, details, levels;
  Nature nature = Nature::kFlow;
};

enum class ReportForm : std::uint8_t { kReport, kNil, kClosing };

// What a unit says of a period: a report, "nothing of these kinds", or its closing.
struct ReportRow {
  ReportForm form = ReportForm::kReport;
  UnitId unit;
  std::optional<std::int32_t> from, to;
  std::vector<std::string> nil_kinds;
  std::string state;
  // Drafts say nothing yet, and a closing only while it is in force.
  [[nodiscard]] bool in_force() const { return form == ReportForm::kClosing ? state == "closed" : state != "draft"; }
  [[nodiscard]] bool covers(std::int32_t first, std::int32_t last) const { return from && to && *from <= first && last <= *to; }
};

struct SourceRow {
  std::string code;
};

// One reading of a record: what the reader behind `wall` sees of it.
struct Reading {
  Wall wall;
  Json values;
};
// One for each prefix of its parts, lowest handling first; the last is the whole record.
std::vector<Reading> readings_of(const records::RecordView& record);

ActivityRow activity_row(const catalog::Type& type, const Json& values);
Declared declared_row(const catalog::Type& type, const Json& values, const RecordId& id);
IndicatorRow indicator_row(const catalog::Type& type, const Json& values);
// `state`: the record's workflow state, for types that have no field for it.
ReportRow report_row(const catalog::Type& type, const Json& values, const std::string& state);
SourceRow source_row(const catalog::Type& type, const Json& values);

// Canonical forms for the digest.
Json digest_json(const Wall& wall);
Json digest_json(const ActivityRow& row);
Json digest_json(const Declared& row);
Json digest_json(const IndicatorRow& row);
Json digest_json(const ReportRow& row);
Json digest_json(const SourceRow& row);

}  // namespace nc::stats
