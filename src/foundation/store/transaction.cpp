#include "foundation/store/transaction.h"

#include <utility>

namespace nc::store {
namespace {

// In a destructor nobody can be told; an open transaction is undone at the latest with its session.
void undo(Database& database) {
  if (database.in_transaction()) static_cast<void>(database.run("ROLLBACK"));
}

}  // namespace

Result<Transaction> Transaction::begin(Database& database) {
  NC_TRY(database.run("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::~Transaction() { rollback(); }

void Transaction::rollback() {
  if (Database* const database = std::exchange(database_, nullptr)) undo(*database);
}

Status Transaction::commit() {
  Database* const database = std::exchange(database_, nullptr);
  if (database == nullptr) return fail(ErrorCode::kInvalid, NC_MSG("The transaction has already ended"));
  const Status done = database->run("COMMIT");
  if (!done) undo(*database);
  return done;
}

Result<Savepoint> Savepoint::begin(Database& database) {
  if (!database.in_transaction()) return fail(ErrorCode::kInvalid, NC_MSG("A savepoint needs a transaction"));
  NC_TRY(database.run("SAVEPOINT nc"));  // equal names nest: the innermost is meant
  return Savepoint(&database);
}

Savepoint::~Savepoint() { static_cast<void>(rollback()); }

Status Savepoint::release() {
  Database* const database = std::exchange(database_, nullptr);
  if (database == nullptr) return fail(ErrorCode::kInvalid, NC_MSG("The savepoint has already ended"));
  return database->run("RELEASE nc");
}

Status Savepoint::rollback() {
  Database* const database = std::exchange(database_, nullptr);
  if (database == nullptr) return {};
  // A full disk may have ended the whole transaction already.
  if (!database->in_transaction()) return fail(ErrorCode::kInvalid, NC_MSG("The transaction has already ended"));
  NC_TRY(database->run("ROLLBACK TO nc"));
  return database->run("RELEASE nc");
}

Result<ReadTransaction> ReadTransaction::begin(Database& database) {
  NC_TRY(database.run("BEGIN DEFERRED"));
  ReadTransaction scope(&database);
  // The snapshot is taken by the first read: take it now.
  NC_TRY(database.integer("SELECT count(*) FROM (SELECT 1 FROM sqlite_schema LIMIT 1)"));
  return scope;
}

ReadTransaction::~ReadTransaction() {
  if (database_ != nullptr) undo(*database_);
}

}  // namespace nc::store
