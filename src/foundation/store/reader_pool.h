// ReaderPool: read-only sessions on one file, lent to one thread at a time.
//
// Owns: its Databases. Threads: any. Must outlive its leases.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/error.h"
#include "foundation/store/database.h"

namespace nc::store {

class ReaderPool {
 public:
  class Lease {
   public:
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), database_(std::exchange(other.database_, nullptr)) {}
    Lease& operator=(Lease&&) = delete;
    Lease(const Lease&) = delete;
    ~Lease();
    [[nodiscard]] Database& operator*() const { return *database_; }
    [[nodiscard]] Database* operator->() const { return database_; }

   private:
    friend class ReaderPool;
    Lease(ReaderPool* pool, Database* database) : pool_(pool), database_(database) {}
    ReaderPool* pool_;
    Database* database_;
  };

  // The file must exist and be migrated; options.read_only is implied.
  static Result<std::unique_ptr<ReaderPool>> open(const std::filesystem::path& path, Options options, std::size_t readers);
  ~ReaderPool();

  // Waits until one is free. Give back what you hold before you ask for another: a thread that
  // holds one and waits for a second can wait for ever.
  [[nodiscard]] Lease lease();
  [[nodiscard]] std::size_t size() const { return databases_.size(); }

 private:
  ReaderPool() = default;
  void give_back(Database* database);
  std::vector<std::unique_ptr<Database>> databases_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Database*> free_;
};

}  // namespace nc::store
