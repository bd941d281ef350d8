// Scopes: what is not committed or released is undone when the scope ends.
// Threads: that of the Database, which must outlive the scope and stay where it is.
#pragma once

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

// BEGIN IMMEDIATE: takes the writer's place at once (or kBusy), so that it cannot be lost halfway.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  ~Transaction();
  // Durable when it returns well (Options::fullsync). After an error everything is rolled back.
  Status commit();
  void rollback();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

// Inside a Transaction; may nest.
class Savepoint {
 public:
  static Result<Savepoint> begin(Database& database);
  Savepoint(Savepoint&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Savepoint& operator=(Savepoint&&) = delete;
  Savepoint(const Savepoint&) = delete;
  ~Savepoint();
  Status release();
  // Undoes what came after begin(). An error means that the whole transaction is gone.
  Status rollback();

 private:
  explicit Savepoint(Database* database) : database_(database) {}
  Database* database_;
};

// All reads inside see one state of the data. Keep it short: the log cannot restart meanwhile.
class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(Database& database);
  ReadTransaction(ReadTransaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ReadTransaction(const ReadTransaction&) = delete;
  ~ReadTransaction();

 private:
  explicit ReadTransaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace nc::store
