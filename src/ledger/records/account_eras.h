// The eras of an account: each closing of it begins a new one. What was given to it before (sessions, tokens) is over, on
// whatever node it was closed and opened again, and though nothing was asked of this one meanwhile.
//
// An era is a hash over those entries of the account's record that count and closed it: declared it void, or disabled it.
// Threads: any. Errors: those of the ledger and of local.db.
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "ledger/access/credentials.h"
#include "ledger/records/ledger.h"

namespace nc::records {

// Zero: it was never closed.
Result<Digest> era_of(const Ledger& ledger, const PersonId& person);

class AccountEras {
 public:
  // True: nothing of it was closed since it was seen here last. False: what was given to it has ended now, and what is
  // given to it from now on is good.
  Result<bool> goes_on(const Ledger& ledger, access::Credentials& credentials, const PersonId& person);

 private:
  std::mutex mutex_;
  std::shared_ptr<const World> world_;  // every change of an account makes another one
  std::set<PersonId> looked_at_;        // in it
};

}  // namespace nc::records
