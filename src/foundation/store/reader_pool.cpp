#include "foundation/store/reader_pool.h"

#include <algorithm>

#include "base/check.h"

namespace nc::store {

Result<std::unique_ptr<ReaderPool>> ReaderPool::open(const std::filesystem::path& path, Options options, std::size_t readers) {
  options.read_only = true;
  options.create = false;
  std::unique_ptr<ReaderPool> pool(new ReaderPool);
  for (std::size_t i = 0; i < std::max<std::size_t>(readers, 1); ++i) {
    NC_ASSIGN(Database database, Database::open(path, options));
    pool->databases_.push_back(std::make_unique<Database>(std::move(database)));
    pool->free_.push_back(pool->databases_.back().get());
  }
  return pool;
}

ReaderPool::~ReaderPool() { NC_CHECK(free_.size() == databases_.size()); }

ReaderPool::Lease ReaderPool::lease() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !free_.empty(); });
  Database* const database = free_.back();  // the last used one has the warmest cache
  free_.pop_back();
  return {this, database};
}

void ReaderPool::give_back(Database* database) {
  // A snapshot left open would keep the log from starting anew.
  if (database->in_transaction()) static_cast<void>(database->run("ROLLBACK"));
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(database);
  }
  returned_.notify_one();
}

ReaderPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(database_);
}

}  // namespace nc::store
