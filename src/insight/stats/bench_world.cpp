#include "insight/stats/bench_world.h"

#include <algorithm>

namespace nc::stats::bench {
namespace {

const std::vector<std::string> kLevels = {"province", "district", "post", "station", "village"};

orgtree::Link link(const orgtree::Unit& below, const UnitId& above, std::optional<std::int32_t> from, std::optional<std::int32_t> until) {
  return {below.id, above, orgtree::Line::kCommand, from, until, {}};
}

}  // namespace

World::World(std::size_t rows, const std::filesystem::path& catalog, bool plain) : keep_plain_(plain) {
  make_kinds(catalog);
  make_units();
  std::vector<Told> recent(512);
  while (rows_ < rows) {
    const auto now = told();
    const auto& before = recent[below(std::min<std::size_t>(rows_ + 1, recent.size()))];
    const bool can = !before.id.is_zero();
    if (can && percent(4)) {
      auto part = now;
      part.row.own = before.row.own;
      part.row.counterpart = before.row.counterpart;
      part.row.start = before.row.start;
      part.wall = before.wall;
      if (percent(70)) part.wall.type = now.wall.type;
      add(part, &before, nullptr);
      continue;
    }
    add(now, nullptr, nullptr);
    if (percent(2)) {
      auto again = now;
      again.id = rng_.make<RecordId>();
      again.row.sources.clear();
      again.wall.need.front().handling = 1;
      add(again, nullptr, &now);
      continue;
    }
    recent[rows_ % recent.size()] = now;
    recent[rows_ % recent.size()].at = rows_ - 1;
  }
  columns_.settle();
}

void World::make_kinds(const std::filesystem::path& files) {
  auto loaded = catalog::Catalog::load(files);
  NC_CHECK(loaded.has_value());
  world_.catalog = *loaded;
  for (const auto& type : world_.catalog->types()) {
    if (type.feeds != "counted-activity" || !type.countable) continue;
    kinds_.push_back(type.id);
    details_.emplace_back();
    for (std::uint64_t i = 0, n = 1 + below(6); i < n; ++i) details_.back().push_back("detail" + std::to_string(i));
    class_of_type_[type.id] = 0;
  }
  // As Sight numbers them: in the order in which kinds came into the columns; here only to tell them apart.
  std::map<std::pair<std::string, bool>, std::int32_t> classes;
  for (auto& [id, number] : class_of_type_) {
    const auto* type = world_.catalog->find(id);
    number = classes.try_emplace({type->group, type->sensitive}, static_cast<std::int32_t>(classes.size())).first->second;
  }
}

orgtree::Unit World::unit(std::string code, std::string level, std::string country, std::string area, std::string chain) {
  orgtree::Unit out;
  out.id = rng_.make<UnitId>();
  out.code = out.name = std::move(code);
  out.level = std::move(level);
  out.own = country == "VN";
  out.country = std::move(country);
  out.area = std::move(area);
  out.chain = std::move(chain);
  return out;
}

void World::make_units() {
  std::vector<orgtree::Link> links;
  std::vector<orgtree::Lineage> lineage;
  units_.push_back(unit("BTL", "command", "VN", "", ""));
  for (int i = 0; i < kProvinces; ++i) {
    units_.push_back(unit("P" + std::to_string(100 + i), "province", "VN", "Province " + std::to_string(i), ""));
    links.push_back(link(units_.back(), units_.front().id, {}, {}));
  }
  const std::int32_t merger = to_day(2025, 7, 1);
  const auto merged_into = [&](int province) { return province < 58 && province % 2 == 1 ? province - 1 : province; };
  for (int i = 0; i < kProvinces; ++i)
    if (merged_into(i) != i) lineage.push_back({province(i), province(merged_into(i)), merger, orgtree::Change::kMerge, false});
  for (int i = 0; i < kPosts; ++i) {
    units_.push_back(unit("D" + std::to_string(1000 + i), "post", "VN", "", ""));
    const auto& post = units_.back();
    int now = i * kProvinces / kPosts;
    std::optional<std::int32_t> from;
    const auto move = [&](int to, std::int32_t day) {
      if (to == now) return;
      links.push_back(link(post, province(now), from, day - 1));
      now = to;
      from = day;
    };
    if (i % 22 == 5) move((now + 1) % kProvinces, to_day(2010, 1, 1));
    if (i % 15 == 7) move((now + 2) % kProvinces, to_day(2018, 6, 1));
    move(merged_into(now), merger);
    links.push_back(link(post, province(now), from, {}));
  }
  for (int i = 0; i < kOtherPosts; ++i) {
    const auto& country = kCountries[static_cast<std::size_t>(i) * kCountries.size() / kOtherPosts];
    units_.push_back(unit("X" + std::to_string(1000 + i), "post", country, country + " area " + std::to_string(i * 24 / kOtherPosts),
                          country + (i % 5 == 0 ? "-police" : "-border")));
  }
  world_.tree = orgtree::OrgTree::build(units_, links, lineage);
}

std::optional<DayRange> World::some_days() {
  const auto day = to_day(2006, 1, 1) + static_cast<std::int32_t>(below(7300));
  const auto at = from_day(day);
  if (percent(93)) return DayRange{day, day};
  if (percent(70))
    return DayRange{to_day(at.year, at.month, 1), at.month == 12 ? to_day(at.year, 12, 31) : to_day(at.year, at.month + 1, 1) - 1};
  if (percent(60)) return DayRange{to_day(at.year, 1, 1), to_day(at.year, 12, 31)};
  return std::nullopt;
}

World::Told World::told() {
  Told out;
  out.id = rng_.make<RecordId>();
  const auto kind = std::min(below(kinds_.size()), below(kinds_.size()));
  out.wall.type = kinds_[kind];
  out.row.detail = details_[kind][below(details_[kind].size())];
  out.row.level = kLevels[std::max(below(3), below(kLevels.size()))];
  out.row.start = some_days();
  out.row.status = percent(92) ? Status::kHeld : percent(50) ? Status::kAnnounced : Status::kOther;
  const auto post_number = static_cast<int>(below(kPosts));
  out.row.own.lead = post(post_number);
  out.row.own.units = {out.row.own.lead};
  if (percent(12)) out.row.own.units.push_back(post((post_number + 1 + static_cast<int>(below(3))) % kPosts));
  if (percent(3)) out.row.own.units.push_back(out.row.own.lead = province(post_number * kProvinces / kPosts));
  auto& own = out.row.own.units;
  std::sort(own.begin(), own.end());
  own.erase(std::unique(own.begin(), own.end()), own.end());
  if (percent(95)) {
    const auto other = [&] {
      return units_[1 + kProvinces + kPosts + (static_cast<std::size_t>(post_number) * kOtherPosts / kPosts + below(4)) % kOtherPosts].id;
    };
    auto& units = out.row.counterpart.units;
    units.push_back(other());
    if (percent(15)) units.push_back(other());
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
  }
  const auto handling = percent(30) ? 0 : percent(86) ? 1 : 2;
  out.wall.need = {{static_cast<journal::HandlingLevel>(handling), journal::Audience::own(out.row.own.lead)}};
  out.wall.counterparts = out.row.counterpart.units;
  if (percent(70)) out.row.values.push_back({{"participants", 0}, static_cast<std::int64_t>(3 + below(40))});
  if (percent(8)) out.row.values.push_back({{"km", 3}, static_cast<std::int64_t>(500 + below(30'000))});
  if (percent(5)) out.row.values.push_back({{"documents", 0}, static_cast<std::int64_t>(1 + below(9))});
  if (percent(10)) {
    RecordId source;
    source.bytes[15] = static_cast<std::uint8_t>(below(200));
    source.bytes[0] = 1;
    out.row.sources = {source};
  }
  return out;
}

void World::add(const Told& from, const Told* parent, const Told* twin) {
  auto row = from.row;
  if (parent) row.parent = parent->id;
  if (twin) row.same_event = {twin->id};
  auto& store = columns_.store();
  const auto number = store.end();
  store.add({from.id, 0}, from.wall, row);
  if (keep_plain_) {
    const auto& party = store.party(number);
    const auto& when = store.when(number);
    Plain out;
    out.first = when.first;
    out.last = when.first > when.last ? kDayMax + 1 : when.last;
    if (const auto a = from_day(when.first), b = from_day(when.last); when.first <= when.last && a.year == b.year) {
      out.year = a.year;
      if (a.month == b.month) out.month = a.year * 100 + a.month;
    }
    out.kind = static_cast<std::int32_t>(store.shape(number).kind);
    out.own = static_cast<std::int32_t>(party.own);
    out.counterpart = static_cast<std::int32_t>(party.counterpart);
    out.status = static_cast<std::int32_t>(row.status);
    const auto lead = std::find_if(units_.begin(), units_.end(), [&](const auto& unit) { return unit.id == row.own.lead; });
    out.lead = static_cast<std::int32_t>(lead - units_.begin());
    out.lock = lock_of(party.lock, from.wall.type);
    if (twin) {
      auto& other = plain_.back();
      out.twin_lock = other.lock;
      other.twin_lock = out.lock;
      // Both have the same status; a source comes first, but none is known here, so the smaller id does.
      (from.id < twin->id ? other : out).better = 0;
    }
    if (parent && parent->row.status == Status::kHeld) {
      const auto& above = plain_[parent->at];
      out.parent_kind = above.kind;
      out.parent_year = above.year;
      out.parent_lock = above.lock;
    }
    plain_.push_back(out);
  }
  ++rows_;
  if (rows_ % 500'000 == 0) store.settle_if_needed();
}

}  // namespace nc::stats::bench
