#include "ledger/records/purges.h"

#include <algorithm>

#include "ledger/journal/purges.h"
#include "ledger/records/admission_rules.h"

namespace nc::records {

Result<Purge> purge_of(const Ledger& ledger, const EntryHash& entry) {
  journal::Wishes wishes;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(wishes, journal::purge_wishes(db, admission_rules(), entry));
    return {};
  }));
  Purge out;
  std::vector<std::int64_t> instants;
  for (const auto& [person, asked_ms] : wishes) {
    out.by.push_back(person);
    instants.push_back(asked_ms);
  }
  std::ranges::sort(instants);
  if (instants.size() >= journal::kPersonsToDestroy) out.at_ms = instants[journal::kPersonsToDestroy - 1];
  return out;
}

Result<bool> is_erased(const Ledger& ledger, const RecordId& record) {
  std::set<PersonId> persons;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(persons, journal.who_want_erased(db, record));
    return {};
  }));
  return persons.size() >= journal::kPersonsToDestroy;
}

}  // namespace nc::records
