// Scope: commits of this session need not survive a power cut. For what can be derived anew from what was synced.
//
// They stand in the log behind earlier commits and before later ones, so that a later commit that is synced takes them
// to the disk, and a cut never leaves one of them without all that came before it.
// Threads: that of the Database, which must outlive the scope and stay where it is. Not inside a transaction.
#pragma once

#include <utility>

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

class Unsynced {
 public:
  static Result<Unsynced> begin(Database& database);
  Unsynced(Unsynced&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Unsynced& operator=(Unsynced&&) = delete;
  Unsynced(const Unsynced&) = delete;
  ~Unsynced();

 private:
  explicit Unsynced(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace nc::store
