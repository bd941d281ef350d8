#include "ledger/records/reliance.h"

#include <set>

#include "ledger/records/sight.h"

namespace nc::records {

Result<std::size_t> records_naming(store::Database& db, const access::Subject& who, const World& world, const UnitId& unit) {
  SightCache sights;
  const auto scope = access::ReadScope::resolve(who, access::Action::kKnow, *world.tree, *world.catalog);
  NC_ASSIGN(const auto sight, sights.of(db, scope, world));
  NC_ASSIGN(auto query, db.prepare("SELECT l.sid, r.type, p.handling, p.audience FROM link l JOIN record r ON r.sid = l.sid "
                                   "JOIN part p ON p.sid = l.sid AND p.handling = l.handling "
                                   "WHERE l.target = ?1 AND r.voided = 0 AND p.closed = 0"));
  query.bind(1, unit);
  std::set<std::int64_t> seen;
  while (true) {
    NC_ASSIGN(const bool more, query.step());
    if (!more) return seen.size();
    const auto* type = world.catalog->find(query.text(1));
    if (sight->admits(type, static_cast<int>(query.integer(2)), query.integer(3))) seen.insert(query.integer(0));
  }
}

catalog::Finding unit_named_question(std::size_t records) {
  catalog::Finding out;
  out.question = true;
  out.rule = kUnitNamed;
  const auto message = NC_MSG("Records that you see name this unit ({1}); they will show it as void");
  out.error = Error(ErrorCode::kInvalid, message, {std::to_string(records)})
                  .then(NC_MSG("Confirm it with the reason, or let these records name the right unit first"));
  return out;
}

}  // namespace nc::records
