// Deriving what waits: by the deriver's thread when nothing comes, by whoever writes otherwise, by whoever reads.
#include <thread>

#include "foundation/store/transaction.h"
#include "foundation/store/unsynced.h"
#include "ledger/journal/tail.h"
#include "ledger/records/ledger_impl.h"

namespace nc::records {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(2);
constexpr auto kPatience = std::chrono::seconds(5);

Error not_yet_derived() {
  return Error(ErrorCode::kBusy, NC_MSG("What was saved last cannot be shown yet"))
      .then(NC_MSG("Try again in a moment; if nobody serves the directory, open it once where it can be written"));
}

}  // namespace

Status Ledger::catch_up() const { return impl_->catch_up(); }

// No fsync of its own: the entries are on disk, and a cut before the next one leaves the mark with them.
Status Ledger::Impl::derive_now(std::size_t max) {
  std::vector<RecordView> told;  // let go of when others may write
  const auto done = committer->submit_alone([&](store::Database& db) -> Status {
    NC_ASSIGN(const auto unsynced, store::Unsynced::begin(db));
    bool committed = false;
    const auto derive = [&]() -> Status {
      NC_ASSIGN(auto transaction, store::Transaction::begin(db));
      NC_TRY(waiting.derive(db, *working, changed, max));
      for (const auto& view : changed) NC_TRY(store_tasks(db, task_book, view, true));
      NC_TRY(waiting.keep_mark(db));
      NC_TRY(transaction.commit());
      committed = true;
      return {};
    };
    auto outcome = derive();
    if (!committed) waiting.say_failed();
    told = after_commit(committed);
    return outcome;
  });
  return done;
}

Result<store::ReaderPool::Lease> Ledger::Impl::reader() {
  if (committer) NC_TRY(catch_up());
  return reader_as_it_is();
}

Result<store::ReaderPool::Lease> Ledger::Impl::reader_of(const std::function<bool(const WaitingRecord&)>& concerns) {
  if (committer && waiting.any(concerns)) NC_TRY(catch_up());
  return reader_as_it_is();
}

Result<store::ReaderPool::Lease> Ledger::Impl::reader_as_it_is() {
  auto db = readers->lease();
  if (!committer) NC_TRY(wait_until_derived(*db));
  return db;
}

// Whoever serves the directory derives within a moment. Where nobody writes nothing changes any more.
Status Ledger::Impl::wait_until_derived(store::Database& db) const {
  NC_ASSIGN(auto from, waiting_from(db));
  if (!from) return {};
  if (db.options().immutable) return fail(not_yet_derived());
  NC_ASSIGN(const auto newest, journal::newest_arrival(db));
  for (auto waited = kLookAgain; from && *from <= newest; waited += kLookAgain) {
    if (waited > kPatience) return fail(not_yet_derived());
    std::this_thread::sleep_for(kLookAgain);
    NC_ASSIGN(from, waiting_from(db));
  }
  return {};
}

}  // namespace nc::records
