// Inside the room: what one reader may see in lists, as sets of homes and a test of a part.
//
// A home is an audience as it is written (units, all, authority), whoever took part: the rows of table `shelf` lie by
// home, so that a reader's list is read from what he may see and hidden rows cost him nothing.
// Values once made are not changed; any thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/records/tables.h"
#include "ledger/records/view.h"

namespace nc::records {

// The interned audiences as they stand in a snapshot, ready to be asked about.
struct Audiences {
  struct Item {
    std::int64_t id = 0, home = 0;
    bool for_all = false;
    std::vector<UnitId> owners;
    std::vector<std::string> chains;  // of the counterparts, in the tree that they were read with
  };
  std::int64_t schema = 0;  // of the file: another one after every rebuild
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::vector<Item> items;  // in order of id
  [[nodiscard]] const Item* find(std::int64_t id) const;
};

class Sight {
 public:
  Sight(access::ReadScope scope, std::shared_ptr<const Audiences> audiences, std::shared_ptr<const catalog::Catalog> catalog);

  // Equal to decide(...).allow for reading a part of that type, handling and audience.
  [[nodiscard]] bool admits(const catalog::Type* type, int handling, std::int64_t audience) const;
  // Of all audiences some part of which he may see.
  [[nodiscard]] const std::vector<std::int64_t>& homes() const { return homes_; }
  [[nodiscard]] const access::ReadScope& scope() const { return scope_; }
  [[nodiscard]] bool made_of(const access::ReadScope& scope, const Audiences& audiences, const catalog::Catalog& catalog) const {
    return audiences_.get() == &audiences && catalog_.get() == &catalog && scope_ == scope;
  }

 private:
  access::ReadScope scope_;
  std::shared_ptr<const Audiences> audiences_;
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::vector<std::int64_t> homes_;
};

// Keeps the audiences and the sights of the last readers until something that they are made of changes. Any thread.
class SightCache {
 public:
  // `db` is in a read transaction.
  Result<std::shared_ptr<const Sight>> of(store::Database& db, const access::ReadScope& scope, const World& world);

 private:
  Result<std::shared_ptr<const Audiences>> audiences(store::Database& db, const World& world);
  std::mutex mutex_;
  std::shared_ptr<const Audiences> audiences_;
  std::vector<std::shared_ptr<const Sight>> sights_;  // the last asked for first
};

}  // namespace nc::records
