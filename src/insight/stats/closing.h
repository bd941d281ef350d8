// Closing a period: what a closing keeps, and what came after it (docs/LEDGER.md section 8).
//
// A closing is a record of a type that feeds period-closing. It keeps the answer, the parameters that were
// asked, each counted record with a hash of what counted in it, and the digest of that set. It counts
// nothing above its own handling and no sensitive kind, for who may read it reads all its numbers.
// Not here: writing and signing it (ledger/records, asked by face/).
#pragma once

#include "insight/stats/stats.h"
#include "ledger/records/ledger.h"

namespace nc::stats {

inline constexpr std::size_t kClosingFiguresMax = 250, kClosingRecordsMax = 900;  // what one entry can hold

// The unit, line and period of a closing; nothing when the record lacks them.
std::optional<Query> query_of_closing(const records::RecordView& closing);
// The closings of exactly the query's unit, line and period that the subject may read, the newest first.
Result<std::vector<records::RecordView>> closings_of(const records::Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                     const Query& query);
// The first of them in a state; null when there is none. In force is the state "closed".
const records::RecordView* closing_in(const std::vector<records::RecordView>& closings, std::string_view state);
// The subject as far as a closing of this type may see: his rights, up to the handling of the type.
access::Subject closing_reader(access::Subject who, const catalog::Type& type);

// The values of a new closing. Precondition: unit, from and to are given; `read` is of closing_reader.
// Errors: more figures or records than one record can hold.
Result<Json> closing_values(const catalog::Type& type, const Query& query, const Columns& columns, const access::ReadScope& read,
                            const records::World& world, std::int32_t today);

// Whether the act closes the period, so that closing_holds is asked before it is signed.
bool signs_closing(const records::RecordView& closing, std::string_view act);
// What is signed must be what the node counts now for the same parameters, as far as the subject may see it.
// Errors: kConflict when it is not, and those of closing_values.
nc::Status closing_holds(const records::RecordView& closing, const Columns& columns, const access::Subject& who,
                         const records::World& world);

// One figure as it was closed, and as it is now for this reader.
struct ClosedFigure {
  std::string what, indicator, detail, level, partner, period, measure, qualifier;
  std::optional<Amount> recorded, declared;
  std::size_t records = 0;
  std::optional<Amount> recorded_now, declared_now;
  bool differs = false;
};
// Added: counted now and not then. Changed: counts otherwise than then. Gone: counted then, and now void or no
// longer in scope or period, as far as `known` says that this reader may know of it.
struct SinceClosing {
  std::vector<ClosedFigure> figures;
  std::vector<RecordId> added, changed, gone;
  [[nodiscard]] bool nothing() const { return added.empty() && changed.empty() && gone.empty(); }
};
SinceClosing since_closing(const records::RecordView& closing, const Columns& columns, const access::ReadScope& read,
                           const records::World& world, const std::function<bool(const RecordId&)>& known);

}  // namespace nc::stats
