// For the bench: a made-up force of twenty years, the same for the same seed.
//
// 63 provinces and 450 posts through three reorganisations (20 posts move in 2010, 30 in 2018, 29 provinces
// are merged into others in July 2025), three neighbours with 24 provinces and 300 posts. Of the activities
// 15 % are joint, 10 % restricted, 7 % of imprecise date, 4 % parts of another one, 4 % told twice (as the
// same event), 8 % announced or not held.
#pragma once

#include "base/check.h"
#include "base/rng.h"
#include "insight/stats/store.h"

namespace nc::stats::bench {

inline constexpr int kProvinces = 63, kPosts = 450, kOtherPosts = 300;
inline const std::vector<std::string> kCountries = {"LA", "KH", "CN"};

// What a database is given of a row: what a good schema would keep beside it, so that its questions need
// neither clusters nor the rows of parents.
struct Plain {
  std::int32_t first = 0, last = 0;    // undated: after every day
  std::int32_t year = -1, month = -1;  // -1: none
  std::int32_t kind = 0, own = 0, lead = 0, counterpart = 0;
  std::int32_t lock = 0;    // lock and class of the type
  std::int32_t status = 0;  // 0: held, 1: announced, 2: other
  std::int32_t better = 1;  // not told twice, or the one that counts where both are seen
  std::int32_t twin_lock = -1;
  std::int32_t parent_kind = -1, parent_year = -1, parent_lock = -1;  // of a held parent
};

class World {
 public:
  World(std::size_t rows, const std::filesystem::path& catalog, bool plain);

  [[nodiscard]] const records::World& world() const { return world_; }
  [[nodiscard]] Columns& columns() { return columns_; }
  [[nodiscard]] const Columns::Store& store() const { return columns_.store(); }
  [[nodiscard]] const std::vector<Plain>& plain() const { return plain_; }
  [[nodiscard]] const std::vector<std::string>& kinds() const { return kinds_; }
  [[nodiscard]] UnitId force() const { return units_.front().id; }
  [[nodiscard]] UnitId province(int n) const { return units_[1 + static_cast<std::size_t>(n)].id; }
  [[nodiscard]] UnitId post(int n) const { return units_[1 + kProvinces + static_cast<std::size_t>(n)].id; }
  // The number that stands in Plain::lock.
  [[nodiscard]] std::int32_t lock_of(std::uint32_t lock, const std::string& kind) const {
    return static_cast<std::int32_t>(lock) * 64 + class_of_type_.at(kind);
  }
  [[nodiscard]] const std::vector<orgtree::Unit>& units() const { return units_; }

 private:
  struct Told {  // a row that another one may be part of, or tell again
    RecordId id;
    ActivityRow row;
    Wall wall;
    std::size_t at = 0;
  };

  void make_units();
  void make_kinds(const std::filesystem::path& catalog);
  std::uint64_t below(std::uint64_t n) { return rng_.below(n); }
  bool percent(std::uint64_t n) { return below(100) < n; }
  [[nodiscard]] orgtree::Unit unit(std::string code, std::string level, std::string country, std::string area, std::string chain);
  std::optional<DayRange> some_days();
  Told told();
  void add(const Told& from, const Told* parent, const Told* twin);

  SeededRng rng_{20'240'501};
  records::World world_;
  Columns columns_;
  std::vector<orgtree::Unit> units_;
  std::vector<std::string> kinds_;
  std::vector<std::vector<std::string>> details_;
  std::map<std::string, std::int32_t> class_of_type_;
  std::vector<Plain> plain_;
  bool keep_plain_ = false;
  std::size_t rows_ = 0;
};

}  // namespace nc::stats::bench
