// Closing a period: what a closing keeps, and what came after it (docs/LEDGER.md section 8).
//
// A closing is a record of a type that feeds period-closing. It keeps the answer, the parameters that were
// asked, each counted record with a hash of what counted in it, and the digest of that set; what does not fit into
// its entry lies in parts, whose digests it names (docs/formats/closing.md). It counts
// nothing above its own handling and no sensitive kind, for who may read it reads all its numbers.
// Not here: signing it (ledger/records, asked by face/).
#pragma once

#include "insight/stats/stats.h"
#include "ledger/records/ledger.h"

namespace nc::stats {

// What one entry can hold, that of the closing or of one of its parts; and how many parts a closing may have.
inline constexpr std::size_t kClosingFiguresMax = 250, kClosingRecordsMax = 900, kClosingPartsMax = 256;

// The unit, line and period of a closing; nothing when the record lacks them.
std::optional<Query> query_of_closing(const records::RecordView& closing);
// The closings of exactly the query's unit, line and period that the subject may read, the newest first.
Result<std::vector<records::RecordView>> closings_of(const records::Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                     const Query& query);
// The first of them in a state and not void; null when there is none. In force is the state "closed".
const records::RecordView* closing_in(const std::vector<records::RecordView>& closings, std::string_view state);
// The subject as far as a closing of this type may see: his rights, up to the handling of the type.
access::Subject closing_reader(access::Subject who, const catalog::Type& type);

// What the program writes when a closing is prepared. Precondition: unit, from and to are given; `read` is of
// closing_reader. Errors: kInvalid, there is nothing to close; kLimit, more than kClosingPartsMax parts, or more than one
// entry holds where the catalogue knows no parts.
Result<records::Closing> new_closing(const catalog::Type& type, const Query& query, const Columns& columns, const access::ReadScope& read,
                                     const records::World& world, std::int32_t today);

// How the records that a closing names are read: as this reader sees them, nothing when he may not or it is not here.
using ReadRecord = std::function<std::optional<records::RecordView>(const RecordId&)>;
ReadRecord read_by(const records::Ledger& ledger, const access::Subject& who);

// Whether the act closes the period, so that closing_holds is asked before it is signed.
bool signs_closing(const records::RecordView& closing, std::string_view act);
// What is signed must be what the node counts now for the same parameters, as far as the subject may see it.
// Errors: kConflict when it is not, or the closing is not whole, and those of new_closing.
nc::Status closing_holds(const records::RecordView& closing, const ReadRecord& parts, const Columns& columns, const access::Subject& who,
                         const records::World& world);

// That which is prepared takes the place of those that wait for a signature and do not say any more what is counted: whoever
// prepares it withdraws them first, by the step of the catalogue from "prepared" to "withdrawn". Nothing where there is no such step.
// kConflict: the period is closed, or what waits still says what is counted.
struct PassedBy {
  std::vector<RecordId> closings;
  std::string step;
};
Result<PassedBy> passed_by(const std::vector<records::RecordView>& closings, const catalog::Type& type, const ReadRecord& parts,
                           const Columns& columns, const access::Subject& who, const records::World& world);

// Withdraws those, in the name of the subject, and writes what takes their place.
records::WriteResult prepare_closing(records::Ledger& ledger, const access::Subject& who, const records::Closing& made,
                                     const PassedBy& passed);

// Beside numbers of a period, for every reader alike: why a closing may say less, and another reader's numbers more.
inline constexpr const char* kCountsWhatIsSeen =
    NC_MSG("Counted is what you may see; a closing counts nothing above its own handling and no sensitive kind");

// One figure as it was closed, and as it is now for this reader.
struct ClosedFigure {
  std::string what, indicator, detail, level, partner, period, measure, qualifier;
  std::optional<Amount> recorded, declared;
  std::size_t records = 0;
  std::optional<Amount> recorded_now, declared_now;
  bool differs = false;
};
// A part that the closing names and that is not there, or whose content is another.
struct BrokenPart {
  std::size_t number = 0;  // as the closing counts them, from 1
  bool missing = false;    // purged, or not on this node; else changed
  auto operator<=>(const BrokenPart&) const = default;
};
// All that a closing keeps, its parts taken in. What is broken is left out: nothing is to be compared with the rest.
struct KeptAnswer {
  std::vector<ClosedFigure> figures;
  std::map<RecordId, std::string> counted;  // with the hash of what counted
  std::vector<BrokenPart> broken;
  [[nodiscard]] bool whole() const { return broken.empty(); }
};
KeptAnswer kept_answer(const records::RecordView& closing, const ReadRecord& parts);
// The closings that this reader sees and that are not whole.
struct NotWhole {
  RecordId closing;
  std::vector<BrokenPart> broken;
};
Result<std::vector<NotWhole>> closings_not_whole(const records::Ledger& ledger, const access::Subject& who);

// Added: counted now and not then. Changed: counts otherwise than then. Gone: counted then, and now void or no
// longer in scope or period, as far as this reader may know of it. Of a closing that is not whole only what is broken.
struct SinceClosing {
  std::vector<ClosedFigure> figures;
  std::vector<RecordId> added, changed, gone;
  std::vector<BrokenPart> broken;
  [[nodiscard]] bool nothing() const { return added.empty() && changed.empty() && gone.empty(); }
};
SinceClosing since_closing(const records::RecordView& closing, const Columns& columns, const access::ReadScope& read,
                           const records::World& world, const ReadRecord& known);

}  // namespace nc::stats
