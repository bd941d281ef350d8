// The derived tables of ledger.db: the current state of every record, rebuilt from the journal at will.
//
// record      one row a record: type, state, days, code, folded text for filters
// part        one row a part: values, heads, conflicts; grp, handling, audience are what access asks
// audience    interned (audience text, counterpart units); home: the first row with that text
// shelf       one row a part, in the order of lists below its home: what a reader's list is read from (sight.h)
// word_...    where words stand (word_tables.h)
// link        references from fields to records, for both directions; days: the record's, for lists of what names another
// Threads: those of the connection given. Not here: the journal's own tables.
#pragma once

#include <optional>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/journal/merge.h"
#include "ledger/records/view.h"

namespace nc::records {

// Makes the tables; tables of another derived version are dropped, and `stale` says that they must be
// filled again from the journal.
Status make_tables(store::Database& db, bool& stale);
// For those who can only read: kUnsupported when the tables are of another derived version.
Status expect_fresh(store::Database& db);
Status drop_tables(store::Database& db);
Status mark_fresh(store::Database& db);

// The civil day of an instant in a zone.
std::int32_t civil_day(std::int64_t wall_ms, std::int32_t zone_minutes);
// The latest day on which this node wrote: the one that is kept, or that of the newest entry. It outlives a rebuild.
Result<std::int32_t> latest_day(store::Database& db, std::int32_t zone_minutes);
Status keep_latest_day(store::Database& db, std::int32_t day);

// Of a record, beside its merged state.
struct Meta {
  std::int64_t created_ms = 0, changed_ms = 0, arrival = 0;
  PersonId created_by;
  std::optional<Alone> alone;
};
// The rows of one record, without a database: what takes time can be worked out before its turn comes.
struct LinkRow {
  int handling = 0;
  std::string field;
  RecordId target;
  std::int64_t day = 0;                   // the record's, as in its own row
  std::optional<std::int64_t> last = {};  // the same
  auto operator<=>(const LinkRow&) const = default;
};
// What one reader's sight of a record is found by (word_tables.h).
struct WordDoc {
  std::size_t part = 0;                  // of view.parts
  int higher = -1;                       // the handling of the part next above it; -1: none
  std::optional<std::string> text = {};  // none: the record's own, Rows::folded
  std::vector<UnitId> units = {};        // that it names; sorted, each once
};
struct Rows {
  RecordView view;
  std::optional<std::string> code;
  std::optional<DayRange> days;
  std::string folded, extra;
  std::optional<std::int64_t> alone_due;
  std::string counterparts;  // of its audience rows
  struct Part {
    std::string values, conflicts;
  };
  std::vector<Part> parts;     // as view.parts
  std::vector<LinkRow> links;  // sorted, each once
  std::vector<WordDoc> words;
};
Rows rows_of(const catalog::Catalog& catalog, const RecordId& id, const std::string& type_id, const journal::RecordState& state,
             const Meta& meta);
// `fresh`: the tables surely have nothing of the record.
Status store_rows(store::Database& db, const Rows& rows, bool fresh);

// Full view, all parts; nothing when absent. An unreadable row is kCorrupt.
Result<std::optional<RecordView>> load_record(store::Database& db, const catalog::Catalog& catalog, const RecordId& id);
Result<std::vector<RecordView>> load_types(store::Database& db, const catalog::Catalog& catalog, const std::vector<std::string>& types);
Status each_record(store::Database& db, const catalog::Catalog& catalog, const std::function<Status(const RecordView&)>& visit);
Result<bool> record_exists(store::Database& db, const RecordId& id, const std::vector<std::string>& types);

struct AudienceRow {
  std::int64_t id = 0, home = 0;  // the home: the first row of the same audience, whoever took part
  journal::Audience audience;
  std::vector<UnitId> counterparts;
};
// Those with a greater id.
Result<std::vector<AudienceRow>> load_audiences(store::Database& db, std::int64_t after = 0);

// Stands for "undated" where rows are ordered by day.
constexpr std::int64_t kNoDay = -1'000'000;
// What lasts longer has indexes of its own: a period is read from so many days before it, and from those.
constexpr std::int64_t kLastingDays = 31;

// The days that the record's when or from..until slots may mean: nothing when undated.
std::optional<DayRange> days_of(const RecordView& record);
// The ids in ref, refs and lines fields.
std::vector<std::pair<std::string, RecordId>> links_of_field(const catalog::Field& field, const Json& value);
std::vector<std::pair<std::string, RecordId>> links_of(const catalog::Type& type, const Json& values);

// SHA-256 over a canonical dump by natural keys (ledger rules, section 7).
Result<Digest> tables_digest(store::Database& db, const catalog::Catalog& catalog);

}  // namespace nc::records
