// A new record, worked out before it is its turn to be written: decided, checked, encoded.
//
// The one writer thread has then only to give it its place. A plan holds for the World it was made with: when another
// is in force by the time it is written, it is made anew, inside the transaction.
#pragma once

#include <memory>
#include <optional>

#include "ledger/journal/journal.h"
#include "ledger/records/holding.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

struct NewRecord {
  RecordId id;
  const catalog::Type* type = nullptr;  // of the World of the plan
  Json values;                          // each has passed well_formed; personal texts are sealed
  journal::PartKey base;
  Confirmed confirmed;
  std::optional<Digest> origin;  // of an imported row
  std::string state;
};

struct Plan {
  std::shared_ptr<const World> world;
  RecordId id;
  const catalog::Type* type = nullptr;
  std::vector<catalog::Finding> open_questions;
  std::vector<journal::Draft> drafts;  // one a part, in order of part
};

// Where a plan looks things up.
struct Known {
  std::shared_ptr<const World> world;
  bool world_stale = false;       // the transaction has changed units since
  store::Database* db = nullptr;  // null: what the World does not say cannot be planned
};

// Default audience: what the type says; for own: the lead unit, together with the other own units that
// are named at creation (a joint activity is known to all that took part), at most eight.
Result<journal::Audience> audience_for(const catalog::Type& type, const Json& values, const access::Subject& who,
                                       const std::optional<UnitId>& node_unit);

std::expected<Plan, Refusal> plan_record(const Known& known, const access::Subject& who, NewRecord what);

// By the thread that asks, without a database: nothing when that cannot be, or when something is against it. Then it
// is worked out, and refused by name, in its turn.
std::optional<Plan> plan_ahead(std::shared_ptr<const World> world, const std::optional<UnitId>& node_unit, const Holding& holding, Rng& rng,
                               const access::Subject& who, const Create& what, const Confirmed& confirmed);

}  // namespace nc::records
