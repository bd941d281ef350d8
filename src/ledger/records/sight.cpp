#include "ledger/records/sight.h"

#include <algorithm>

namespace nc::records {
namespace {

constexpr std::size_t kSightsKept = 16;

Audiences::Item item_of(const AudienceRow& row, const orgtree::OrgTree& tree) {
  using Kind = journal::Audience::Kind;
  Audiences::Item item{row.id, row.home, row.audience.kind == Kind::kAll || row.audience.kind == Kind::kAuthority, row.audience.units, {}};
  for (const auto& id : row.counterparts)
    if (const auto* unit = tree.find(id); unit && !unit->chain.empty()) item.chains.push_back(unit->chain);
  return item;
}

}  // namespace

const Audiences::Item* Audiences::find(std::int64_t id) const {
  const auto at = std::lower_bound(items.begin(), items.end(), id, [](const Item& item, std::int64_t wanted) { return item.id < wanted; });
  return at == items.end() || at->id != id ? nullptr : &*at;
}

Sight::Sight(access::ReadScope scope, std::shared_ptr<const Audiences> audiences, std::shared_ptr<const catalog::Catalog> catalog)
    : scope_(std::move(scope)), audiences_(std::move(audiences)), catalog_(std::move(catalog)) {
  if (scope_.nothing()) return;
  std::set<std::pair<std::string, bool>> kinds{{std::string(), false}};  // also of a type that is not known here
  for (const auto& type : catalog_->types()) kinds.emplace(type.group, type.sensitive);
  std::set<std::int64_t> homes;
  for (const auto& item : audiences_->items) {
    if (homes.contains(item.home)) continue;
    const bool seen = std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
      return scope_.admits(kind.first, access::Handling::kOpen, item.for_all, item.owners, item.chains, kind.second);
    });
    if (seen) homes.insert(item.home);
  }
  homes_.assign(homes.begin(), homes.end());
}

bool Sight::admits(const catalog::Type* type, int handling, std::int64_t audience) const {
  const auto* item = audiences_->find(audience);
  return item != nullptr && scope_.admits(type ? type->group : std::string(), static_cast<access::Handling>(handling), item->for_all,
                                          item->owners, item->chains, type && type->sensitive);
}

// Audiences are only ever added, until a rebuild makes the tables anew.
Result<std::shared_ptr<const Audiences>> SightCache::audiences(store::Database& db, const World& world) {
  NC_ASSIGN(const auto schema, db.integer("PRAGMA schema_version"));
  NC_ASSIGN(const auto newest, db.integer("SELECT coalesce(max(id), 0) FROM audience"));
  std::shared_ptr<const Audiences> held;
  {
    const std::lock_guard lock(mutex_);
    held = audiences_;
  }
  const bool usable = held && held->schema == schema && held->tree == world.tree;
  if (usable && (held->items.empty() ? newest == 0 : held->items.back().id >= newest)) return held;
  auto made = std::make_shared<Audiences>();
  if (usable) *made = *held;
  made->schema = schema;
  made->tree = world.tree;
  NC_ASSIGN(const auto rows, load_audiences(db, made->items.empty() ? 0 : made->items.back().id));
  for (const auto& row : rows) made->items.push_back(item_of(row, *world.tree));
  const std::lock_guard lock(mutex_);
  audiences_ = made;
  return std::shared_ptr<const Audiences>(made);
}

Result<std::shared_ptr<const Sight>> SightCache::of(store::Database& db, const access::ReadScope& scope, const World& world) {
  NC_ASSIGN(auto known, audiences(db, world));
  {
    const std::lock_guard lock(mutex_);
    const auto at =
        std::find_if(sights_.begin(), sights_.end(), [&](const auto& sight) { return sight->made_of(scope, *known, *world.catalog); });
    if (at != sights_.end()) {
      std::rotate(sights_.begin(), at, at + 1);
      return sights_.front();
    }
  }
  auto made = std::make_shared<const Sight>(scope, std::move(known), world.catalog);
  const std::lock_guard lock(mutex_);
  sights_.insert(sights_.begin(), made);
  if (sights_.size() > kSightsKept) sights_.pop_back();
  return made;
}

}  // namespace nc::records
