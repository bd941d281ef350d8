// Inside the room: what a search remembers of the tables from one question to the next. Locks and parties are only ever
// added, until a rebuild makes the tables anew.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/records/sight.h"

namespace nc::records {

struct Lock {
  const catalog::Type* type = nullptr;  // null: not known here
  std::uint32_t type_no = 0;            // its place in the catalogue
  int handling = 0, higher = -1;
  std::int64_t audience = 0;
  bool voided = false;
};

// Words of the names of units.
struct UnitWords {
  std::shared_ptr<const orgtree::OrgTree> tree;
  std::vector<std::pair<std::string, std::uint32_t>> terms;  // sorted; the place of the unit in tree->with_void_units()
  std::unordered_map<UnitId, std::uint32_t> places;

  explicit UnitWords(std::shared_ptr<const orgtree::OrgTree> of);
  // Whether it is named so, by place; empty: none is.
  [[nodiscard]] std::vector<bool> named(std::string_view term, bool beginning) const;
};

// Which units documents name, by the number of the party.
struct Parties {
  std::vector<std::uint32_t> begins{0, 0};  // of its units; party 0 names none
  std::vector<UnitId> units;
  [[nodiscard]] std::size_t size() const { return begins.size() - 1; }
  template <typename Visit>
  void each(std::size_t party, Visit visit) const {
    if (party >= size()) return;
    for (auto i = begins[party]; i < begins[party + 1]; ++i) visit(units[i]);
  }
};

struct KnownTables {
  std::int64_t schema = 0;  // of the file: another one after every rebuild
  std::shared_ptr<const catalog::Catalog> catalog;
  std::vector<Lock> locks{Lock{}};  // by number; the first stands for nothing
  Parties parties;
};

// Which locks open for one reader.
struct OpenLocks {
  std::shared_ptr<const Sight> sight;
  std::shared_ptr<const catalog::Catalog> catalog;
  std::int64_t schema = 0;
  int ceiling = 0;
  std::vector<char> open;  // by number
};

class WordMemory {
 public:
  // `db` is in a read transaction.
  Result<std::shared_ptr<const KnownTables>> tables(store::Database& db, const World& world);
  std::shared_ptr<const UnitWords> unit_words(const World& world);
  Result<std::shared_ptr<const OpenLocks>> open_locks(store::Database& db, const access::ReadScope& scope, const World& world,
                                                      const KnownTables& known, int ceiling);

 private:
  std::mutex mutex_;
  SightCache sights_;
  std::shared_ptr<const KnownTables> tables_;
  std::shared_ptr<const UnitWords> units_;
  std::vector<std::shared_ptr<const OpenLocks>> opened_;  // the last asked for first
};

}  // namespace nc::records
