// Figures: what was recorded and what was declared, for a unit, partner, kind and period
// (docs/LEDGER.md section 8).
//
// Columns keeps the counted activities, the declared figures, indicators, sources and period reports of
// the ledger as columns in memory, in step with every commit; `answer` reads one scope of them in one
// scan. Nothing here is stored: Columns made anew from all records has the same digest.
//
// Threads: apply and clear take a unique lock, answer and digest a shared one; any thread may call any.
// Not here: records (ledger/records), titles (the caller's NameOf), text in languages (face/).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "ledger/access/access.h"
#include "ledger/catalog/catalog.h"
#include "ledger/orgtree/orgtree.h"
#include "ledger/records/view.h"

namespace nc::stats {

using catalog::Nature;

// A number with a fixed number of decimals: value / 10^scale.
struct Amount {
  std::int64_t value = 0;
  int scale = 0;
  // Equal numbers are equal whatever their scale: 71 and 71.000.
  [[nodiscard]] bool operator==(const Amount& other) const;
  [[nodiscard]] std::string text() const;  // "71", "157.422": no trailing zeros
  [[nodiscard]] Json json() const;         // integer when it is one, else text
};

// The other side that is asked about; all empty: any.
struct Partner {
  std::optional<UnitId> unit;  // it and its subtree along the command line
  std::string area;            // a province of the other side, compared folded
  std::string country;         // ISO code
  [[nodiscard]] bool any() const { return !unit && area.empty() && country.empty(); }
};
// What a person typed: a unit's code, a country, an area, or a unit's name. Anything else is an area
// (declared figures name areas that no unit has). Errors: a name of several units.
Result<Partner> partner_from_text(std::string_view text, const orgtree::OrgTree& tree);

enum class Dimension : std::uint8_t {
  kNone,
  kUnit,
  kProvince,
  kPartner,
  kChain,
  kCounterpart,
  kArea,
  kKind,
  kDetail,
  kLevel,
  kYear,
  kQuarter,
  kMonth,
  kMeasure,
};
std::string_view dimension_name(Dimension dimension);  // "", unit, province, partner, chain, counterpart, area ...
std::optional<Dimension> dimension_from_name(std::string_view name);

struct Query {
  std::optional<UnitId> unit;
  orgtree::Line line = orgtree::Line::kCommand;
  Partner partner;
  std::vector<std::string> kinds;  // type ids; empty: all, each by itself
  std::string detail;              // sub-kind
  std::string level;
  std::string measure;                   // empty: all of them; in a pivot: count
  std::optional<std::int32_t> from, to;  // days, both included
  std::optional<std::int32_t> as_of;     // units as of this day; none: as recorded
  Dimension rows = Dimension::kNone;     // set: a pivot is made instead of figures
  Dimension columns = Dimension::kNone;
  std::size_t records_max = 1000;  // ids listed per figure; the counts are always whole
  bool cell_records = false;       // a pivot's cells list ids as well, at most records_max each
};

// What the single records say.
struct Recorded {
  std::optional<Amount> value;       // none: not yet (never 0 without a nil report)
  std::size_t records = 0;           // activities counted
  std::size_t with_value = 0;        // of these, how many carry the measure
  std::size_t within = 0;            // of these, parts of another activity
  std::size_t parts_left_out = 0;    // not counted because the activity they are part of is
  std::size_t undated_within = 0;    // may lie in the period, date too imprecise to say
  std::size_t announced = 0;         // announced, no report yet: not counted
  bool nil = false;                  // 0 by a nil report
  std::vector<RecordId> record_ids;  // counted ones in order of id, at most records_max
  std::vector<RecordId> undated_ids, announced_ids;
};

// One figure that a source prints.
struct Declared {
  RecordId id, indicator, unit;
  std::string code;
  std::vector<std::string> levels;
  std::vector<UnitId> counterparts;
  std::vector<std::string> countries;
  std::string area;
  std::optional<std::int32_t> from, to;  // no `from`: open beginning, or a stock as of `to`
  std::optional<Amount> value;           // none: only an order of magnitude
  std::optional<Amount> denominator;
  std::string qualifier, magnitude, basis, verbatim;
  std::optional<RecordId> part_of;
  std::vector<RecordId> sources;
  std::vector<Declared> parts;  // shown with it, never added to it
};

struct Difference {
  std::string id;       // sources, parts, recorded, ratio, nil
  std::string message;  // message id with {1} ... for args
  std::vector<std::string> args;
  std::vector<RecordId> records;
};

// How complete the recorded side is: of the units that owe (their posts; where there are none the units
// right below, else the unit itself), those that closed the period, reported it or said that there was nothing.
struct Completeness {
  bool reported = false;  // one of them did
  std::size_t reporting = 0, expected = 0;
  std::optional<std::int32_t> day;  // as of
  std::string message;              // message id
};

// What one unit said of a period, the strongest first.
enum class UnitSaid : std::uint8_t { kClosed, kReported, kNil, kRecorded, kSilent };
std::string_view unit_said_name(UnitSaid said);  // closed, reported, nil, recorded, silent
struct UnitStatus {
  UnitId unit;
  UnitSaid said = UnitSaid::kSilent;
  std::size_t records = 0;           // held activities in the period that it took part in
  std::vector<RecordId> statements;  // the closings, reports and nil entries behind it
  bool contradicted = false;         // it said that there was nothing of a kind, and there is a record
};

// Which of the two sides leads a figure (docs/LEDGER.md section 8): declared, until the unit keeps records.
enum class Leading : std::uint8_t { kRecorded, kDeclared };
std::string_view leading_name(Leading leading);  // recorded, declared

// One figure: one indicator (or kind), measure, scope and period.
struct Figure {
  std::vector<std::string> kinds;     // empty: all activities
  std::optional<RecordId> indicator;  // set: recorded is the recount over exactly its bounds
  std::string indicator_code, indicator_name, indicator_name_en;
  std::string unit_of_count;  // of the indicator: what it is counted in where no kind has the measure
  std::vector<std::string> details;
  std::vector<std::string> levels;  // empty: all
  std::string measure;
  Nature nature = Nature::kFlow;
  std::optional<UnitId> unit;
  std::optional<std::int32_t> from, to;
  std::vector<std::string> countries;  // the partner of this figure
  std::string area;
  Recorded recorded;
  std::vector<Declared> declared;  // of exactly these bounds; the first leads
  std::vector<Difference> differences;
  Completeness completeness;
  Leading leading = Leading::kRecorded;
  std::vector<RecordId> sources;  // of the declared and then of the counted records
};

struct Cell {
  std::optional<Amount> value;  // none: no record, or stocks that must not be added
  std::size_t records = 0;
  std::vector<RecordId> record_ids;  // only with Query::cell_records
};

// Every total is a count of its own, never the sum of its cells: a joint activity stands in several.
struct Pivot {
  Dimension rows = Dimension::kNone, columns = Dimension::kNone;
  std::string measure;
  Nature nature = Nature::kFlow;
  bool by_lead_unit = false;                       // a dimension of units goes by the lead unit
  std::vector<std::string> row_keys, column_keys;  // unit codes, option ids, "2024", "2024-Q1", "2024-03"; "" none
  std::map<std::pair<std::string, std::string>, Cell> cells;
  std::map<std::string, Cell> row_totals, column_totals;
  Cell total;
  std::size_t undated_within = 0, announced = 0;
};

struct Answer {
  std::vector<Figure> figures;
  std::vector<Declared> below;    // of units below the one asked about: listed, never added
  std::vector<Declared> outside;  // fits, but for a period that is not inside: not compared
  std::optional<Pivot> pivot;
};

// The counted state of the ledger. See the top of the file.
class Columns {
 public:
  Columns();
  ~Columns();
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  // Puts the record's present state in the place of its former one; a voided record goes.
  // Precondition: `record` is a full view (all parts), `world` the one it was read with.
  void apply(const records::RecordView& record, const records::World& world);
  void clear();
  // Puts rows into the order in which they are found fastest, and gives back what they take too much:
  // once after loading; later it happens by itself. Changes no answer.
  void settle();
  // The columns as a file (docs/formats/columns.md), so that a start need not read every record. `stamp` says
  // of which state of the ledger they are; load fills the columns only from a whole file of this version and
  // stamp, else they are empty afterwards and its error says why: then apply every record.
  Status save(const std::filesystem::path& path, const Digest& stamp);
  Status load(const std::filesystem::path& path, const Digest& stamp);
  // Of everything counted, by natural keys, in order of record ids: equal for equal ledgers.
  [[nodiscard]] Digest digest() const;
  [[nodiscard]] std::size_t rows() const;
  // What rows and all that is kept for them take in memory; declared figures and sources left out.
  [[nodiscard]] std::size_t bytes() const;

  // `read` is resolved for Action::kCount. Records that it does not admit change nothing in the answer.
  [[nodiscard]] Answer answer(const Query& query, const access::ReadScope& read, const records::World& world) const;

  // Of each unit that owes a report for the scope and period of the query: what it said; none for a unit that did not stand
  // then. Kinds empty: of any.
  // Precondition: unit, from and to are given.
  [[nodiscard]] std::vector<UnitStatus> statuses(const Query& query, const access::ReadScope& read, const records::World& world) const;
  // What bears on the figures of a scope and period: activities, declared figures, reports and nil entries
  // that lie in it, each with a hash of what counts in it, in order of id; at most so many, whichever. See closing.h.
  struct Bearing {
    RecordId id;
    std::string facts;  // 8 hex digits
    auto operator<=>(const Bearing&) const = default;
  };
  [[nodiscard]] std::vector<Bearing> bearing(const Query& query, const access::ReadScope& read, const records::World& world,
                                             std::size_t max = SIZE_MAX) const;

  struct Store;
  // For what lies in this room beside the columns: the saved file, the bench.
  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] const Store& store() const { return *store_; }

 private:
  std::unique_ptr<Store> store_;
};

// Titles and codes of the outside: the caller's.
using NameOf = std::function<std::string(const RecordId&)>;

// For CLI, REST and web. Each figure has: kind, level, measure, nature,
// recorded, declared, qualifier, sources [{id, title}], records, differences, completeness, and details
// of each. Differences are texts in English; `translate` puts a message into another language.
using Translate = std::function<std::string(const std::string& message)>;
Json to_json(const Answer& answer, const records::World& world, const NameOf& name_of, const Translate& translate = {});
Json to_json(const Declared& declared, const records::World& world, const NameOf& name_of);
Json to_json(const Pivot& pivot);
// RFC 4180, with a byte order mark; cells that a spreadsheet would take for a formula begin with an apostrophe.
std::string to_csv(const Pivot& pivot);
std::string to_csv(const Answer& answer, const records::World& world, const NameOf& name_of);

}  // namespace nc::stats
