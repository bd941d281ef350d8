#include "ledger/records/word_memory.h"

#include <algorithm>

#include "base/text.h"
#include "base/words.h"

namespace nc::records {
namespace {

constexpr std::size_t kReadersKept = 8;

Status add_locks(store::Database& db, KnownTables& known) {
  const auto& types = known.catalog->types();
  NC_ASSIGN(auto row, db.prepare("SELECT no, type, handling, higher, audience, voided FROM word_lock WHERE no >= ? ORDER BY no"));
  row.bind(1, static_cast<std::int64_t>(known.locks.size()));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    known.locks.resize(static_cast<std::size_t>(row.integer(0)));  // numbers that are missing stand for nothing
    Lock lock;
    lock.type = known.catalog->find(row.text_view(1));
    if (lock.type) lock.type_no = static_cast<std::uint32_t>(lock.type - types.data());
    lock.handling = static_cast<int>(row.integer(2));
    lock.higher = static_cast<int>(row.integer(3));
    lock.audience = row.integer(4);
    lock.voided = row.integer(5) != 0;
    known.locks.push_back(lock);
  }
}

Status add_parties(store::Database& db, Parties& parties) {
  NC_ASSIGN(auto row, db.prepare("SELECT no, units FROM word_party WHERE no >= ? ORDER BY no"));
  row.bind(1, static_cast<std::int64_t>(parties.size()));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    while (parties.size() < static_cast<std::size_t>(row.integer(0))) parties.begins.push_back(parties.begins.back());
    const auto bytes = row.bytes(1);
    for (std::size_t at = 0; at + UnitId::kSize <= bytes.size(); at += UnitId::kSize)
      parties.units.push_back(*UnitId::from_bytes(bytes.subspan(at, UnitId::kSize)));
    parties.begins.push_back(static_cast<std::uint32_t>(parties.units.size()));
  }
}

}  // namespace

UnitWords::UnitWords(std::shared_ptr<const orgtree::OrgTree> of) : tree(std::move(of)) {
  const auto units = tree->with_void_units();
  for (std::uint32_t i = 0; i < units.size(); ++i) {
    places.emplace(units[i].id, i);
    auto text = units[i].name + "\n" + units[i].name_en + "\n" + units[i].code;
    for (const auto& alias : units[i].aliases) text += "\n" + alias;
    for (auto& term : terms_of(fold(text))) terms.emplace_back(std::move(term), i);
  }
  std::sort(terms.begin(), terms.end());
  terms.shrink_to_fit();
}

std::vector<bool> UnitWords::named(std::string_view term, bool beginning) const {
  std::vector<bool> out;
  auto at =
      std::lower_bound(terms.begin(), terms.end(), term, [](const auto& item, std::string_view wanted) { return item.first < wanted; });
  for (; at != terms.end() && (beginning ? at->first.starts_with(term) : at->first == term); ++at) {
    out.resize(tree->with_void_units().size());
    out[at->second] = true;
  }
  return out;
}

Result<std::shared_ptr<const KnownTables>> WordMemory::tables(store::Database& db, const World& world) {
  NC_ASSIGN(const auto schema, db.integer("PRAGMA schema_version"));
  NC_ASSIGN(const auto locks, db.integer("SELECT coalesce(max(no), 0) FROM word_lock"));
  NC_ASSIGN(const auto parties, db.integer("SELECT coalesce(max(no), 0) FROM word_party"));
  std::shared_ptr<const KnownTables> held;
  {
    const std::lock_guard lock(mutex_);
    held = tables_;
  }
  const bool usable = held && held->schema == schema && held->catalog == world.catalog;
  if (usable && static_cast<std::int64_t>(held->locks.size()) > locks && static_cast<std::int64_t>(held->parties.size()) > parties)
    return held;
  auto made = usable ? std::make_shared<KnownTables>(*held) : std::make_shared<KnownTables>();
  made->schema = schema;
  made->catalog = world.catalog;
  NC_TRY(add_locks(db, *made));
  NC_TRY(add_parties(db, made->parties));
  const std::lock_guard lock(mutex_);
  tables_ = made;
  return std::shared_ptr<const KnownTables>(made);
}

std::shared_ptr<const UnitWords> WordMemory::unit_words(const World& world) {
  {
    const std::lock_guard lock(mutex_);
    if (units_ && units_->tree == world.tree) return units_;
  }
  auto made = std::make_shared<const UnitWords>(world.tree);
  const std::lock_guard lock(mutex_);
  units_ = made;
  return made;
}

Result<std::shared_ptr<const OpenLocks>> WordMemory::open_locks(store::Database& db, const access::ReadScope& scope, const World& world,
                                                                const KnownTables& known, int ceiling) {
  NC_ASSIGN(auto sight, sights_.of(db, scope, world));
  std::shared_ptr<const OpenLocks> held;
  {
    const std::lock_guard lock(mutex_);
    const auto at = std::find_if(opened_.begin(), opened_.end(), [&](const auto& one) {
      return one->sight == sight && one->catalog == known.catalog && one->schema == known.schema && one->ceiling == ceiling;
    });
    if (at != opened_.end()) {
      std::rotate(opened_.begin(), at, at + 1);
      held = opened_.front();
    }
  }
  if (held && held->open.size() >= known.locks.size()) return held;
  auto made =
      held ? std::make_shared<OpenLocks>(*held) : std::make_shared<OpenLocks>(OpenLocks{sight, known.catalog, known.schema, ceiling, {}});
  for (auto no = made->open.size(); no < known.locks.size(); ++no) {
    const auto& lock = known.locks[no];
    const auto sees = [&](int handling) { return handling <= ceiling && sight->admits(lock.type, handling, lock.audience); };
    // Whoever sees the part above it finds the record by that.
    made->open.push_back(lock.type != nullptr && !lock.voided && sees(lock.handling) && !(lock.higher >= 0 && sees(lock.higher)) ? 1 : 0);
  }
  const std::lock_guard lock(mutex_);
  std::erase(opened_, held);
  opened_.insert(opened_.begin(), made);
  if (opened_.size() > kReadersKept) opened_.pop_back();
  return std::shared_ptr<const OpenLocks>(made);
}

}  // namespace nc::records
