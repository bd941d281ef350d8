#include "insight/stats/scan.h"

#include <algorithm>

#include "base/text.h"

namespace nc::stats {
namespace {

std::vector<std::uint8_t> word_bits(const Interner<std::string>& words, const std::vector<std::string>& wanted) {
  std::vector<std::uint8_t> bits(words.size(), wanted.empty() ? 1 : 0);
  for (const auto& word : wanted)
    if (const auto number = words.find(word)) bits[*number] = 1;
  return bits;
}

bool admitted(const access::ReadScope& read, const catalog::Type& type, const Atom& atom, const std::vector<std::string>& chains) {
  using Kind = journal::Audience::Kind;
  const bool for_all = atom.audience.kind == Kind::kAll || atom.audience.kind == Kind::kAuthority;
  return read.admits(type.group, static_cast<catalog::Handling>(atom.handling), for_all, atom.audience.units, chains, type.sensitive);
}

}  // namespace

bool Presence::on(std::int32_t day) const {
  if (always) return true;
  return std::any_of(days.begin(), days.end(), [day](const DayRange& range) { return range.first <= day && day <= range.last; });
}

UnitScope::UnitScope(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line, std::optional<std::int32_t> as_of)
    : whole_(as_of.has_value()) {
  if (as_of)
    for (const auto& below : tree.scope_as_of(unit, line, *as_of)) days_[below] = {};
  else
    for (auto& span : tree.scope_as_recorded(unit, line)) days_[span.unit] = std::move(span.days);
}

Presence UnitScope::presence(const std::vector<UnitId>& units) const {
  Presence out;
  for (const auto& unit : units) {
    const auto at = days_.find(unit);
    if (at == days_.end()) continue;
    out.always = out.always || whole_;
    out.days.insert(out.days.end(), at->second.begin(), at->second.end());
  }
  return out;
}

View::View(const Columns::Store& store, const access::ReadScope& read, const records::World& world) : store_(store), world_(world) {
  for (const auto& unit : world.tree->units())
    if (unit.own && !unit.country.empty()) own_countries_.insert(unit.country);
  see_walls(read);
  join_clusters();
}

void View::see_walls(const access::ReadScope& read) {
  wall_seen_.assign(store_.walls.size(), 0);
  for (std::uint32_t i = 0; i < store_.walls.size(); ++i) {
    const auto& wall = store_.walls.at(i);
    const auto* type = world_.catalog->find(wall.type);
    if (!type) continue;
    std::vector<std::string> chains;
    for (const auto& id : wall.counterparts)
      if (const auto* unit = world_.tree->find(id); unit && !unit->chain.empty()) chains.push_back(unit->chain);
    const auto may = [&](const Atom& atom) { return admitted(read, *type, atom, chains); };
    wall_seen_[i] = std::all_of(wall.need.begin(), wall.need.end(), may) && std::none_of(wall.next.begin(), wall.next.end(), may);
  }
}

RowNo View::seen_row(const RecordId& id) const {
  for (std::uint8_t reading = 0;; ++reading) {
    const auto at = store_.index.find({id, reading});
    if (at == store_.index.end()) return kNoRow;
    if (sees(store_.wall[at->second])) return at->second;
  }
}

std::pair<bool, std::string> View::source_rank(const std::vector<RecordId>& sources) const {
  std::pair<bool, std::string> rank{true, {}};
  for (const auto& id : sources) {
    const auto* source = seen(store_.sources, id);
    if (source && !source->code.empty()) rank = std::min(rank, {false, source->code});
  }
  return rank;
}

// A held row before others, then by source, then by id.
bool View::better(RowNo a, RowNo b) const {
  const bool held_a = store_.status[a] == Status::kHeld, held_b = store_.status[b] == Status::kHeld;
  if (held_a != held_b) return held_a;
  const auto rank_a = source_rank(store_.id_lists.at(store_.cold[a].sources));
  const auto rank_b = source_rank(store_.id_lists.at(store_.cold[b].sources));
  if (rank_a != rank_b) return rank_a < rank_b;
  return id(a) < id(b);
}

// Clusters are closed over what this viewer sees only: a hidden row neither joins nor stands for others.
void View::join_clusters() {
  std::unordered_map<RowNo, RowNo> up;
  const auto root = [&](RowNo row) {
    while (up.at(row) != row) row = up[row] = up.at(up.at(row));
    return row;
  };
  for (RowNo row = 0; row < store_.size(); ++row) {
    if (store_.cold[row].same_event == 0 || !sees(store_.wall[row])) continue;
    for (const auto& id : store_.id_lists.at(store_.cold[row].same_event)) {
      const auto other = seen_row(id);
      if (other == kNoRow) continue;
      up.try_emplace(row, row);
      up.try_emplace(other, other);
      up[root(row)] = root(other);
    }
  }
  std::unordered_map<RowNo, RowNo> best;
  for (const auto& [row, unused] : up) {
    const auto [at, made] = best.try_emplace(root(row), row);
    if (!made && better(row, at->second)) at->second = row;
  }
  for (const auto& [row, unused] : up) stands_for_[row] = best.at(root(row));
}

RowNo View::row_of(const RecordId& id) const {
  const auto row = seen_row(id);
  const auto at = stands_for_.find(row);
  return at == stands_for_.end() ? row : at->second;
}

std::vector<RowNo> View::above(RowNo row) const {
  constexpr int kStepsMax = 64;
  std::vector<RowNo> out;
  for (RowNo at = row; out.size() < kStepsMax;) {
    const auto& parent = store_.cold[at].parent;
    if (parent.is_zero()) break;
    at = row_of(parent);
    if (at == row) return {};
    if (at == kNoRow || std::find(out.begin(), out.end(), at) != out.end()) break;
    out.push_back(at);
  }
  return out;
}

std::vector<Presence> View::own_presence(const Bounds& bounds) const {
  std::vector<Presence> out(store_.own_sets.size());
  if (!bounds.unit) {
    for (auto& presence : out) presence.always = true;
    return out;
  }
  const UnitScope scope(*world_.tree, *bounds.unit, bounds.line, bounds.as_of);
  for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = scope.presence(store_.own_sets.at(i).units);
  return out;
}

std::vector<Presence> View::partner_presence(const Bounds& bounds) const {
  std::vector<Presence> out(store_.counterpart_sets.size());
  const bool any = bounds.partner_units.empty() && bounds.partner_countries.empty() && bounds.partner_area.empty();
  std::vector<UnitScope> scopes;
  for (const auto& unit : bounds.partner_units) scopes.emplace_back(*world_.tree, unit, orgtree::Line::kCommand, bounds.as_of);
  const auto& countries = bounds.partner_countries;
  const auto wanted = [&](const std::string& country) { return std::find(countries.begin(), countries.end(), country) != countries.end(); };
  for (std::uint32_t i = 0; i < out.size(); ++i) {
    const auto& set = store_.counterpart_sets.at(i);
    out[i].always = any || std::any_of(set.countries.begin(), set.countries.end(), wanted);
    for (const auto& id : set.units) {
      const auto* unit = world_.tree->find(id);
      if (!unit) continue;
      if (wanted(unit->country) || (!bounds.partner_area.empty() && fold(unit->area) == bounds.partner_area)) out[i].always = true;
    }
    for (const auto& scope : scopes) {
      const auto presence = scope.presence(set.units);
      out[i].always = out[i].always || presence.always;
      out[i].days.insert(out[i].days.end(), presence.days.begin(), presence.days.end());
    }
  }
  return out;
}

const std::vector<RowNo>& View::rows(const Bounds& bounds) {
  const auto [at, made] = remembered_.try_emplace(bounds);
  if (!made) return at->second;
  const auto own = own_presence(bounds), partner = partner_presence(bounds);
  const auto touches = [](const Presence& presence, bool undated, std::int32_t day) {
    return undated ? presence.ever() : presence.on(day);
  };
  for (RowNo row = 0; row < store_.size(); ++row) {
    if (!wall_seen_[store_.wall[row]]) continue;
    const bool undated = store_.undated(row);
    const auto day = store_.first[row];
    if (!touches(own[store_.own[row]], undated, day) || !touches(partner[store_.counterpart[row]], undated, day)) continue;
    // A cluster is in the scope when one of its rows is, and its representative stands for it, once.
    const auto joined = stands_for_.find(row);
    at->second.push_back(joined == stands_for_.end() ? row : joined->second);
  }
  std::sort(at->second.begin(), at->second.end());
  at->second.erase(std::unique(at->second.begin(), at->second.end()), at->second.end());
  return at->second;
}

std::vector<RowNo> View::narrowed(const std::vector<RowNo>& rows, const Spec& spec) const {
  auto kinds = word_bits(store_.words, spec.kinds);
  const auto details = word_bits(store_.words, spec.details), levels = word_bits(store_.words, spec.levels);
  if (spec.kinds.empty())
    for (const auto& type : world_.catalog->types())
      if (const auto number = store_.words.find(type.id); number && !type.countable) kinds[*number] = 0;
  std::vector<RowNo> out;
  for (const auto row : rows) {
    if (!kinds[store_.kind[row]] || !details[store_.detail[row]] || !levels[store_.level[row]]) continue;
    if (spec.kinds.empty() && store_.standing[row]) continue;
    out.push_back(row);
  }
  return out;
}

InPeriod View::in_period(RowNo row, const Spec& spec) const {
  const bool undated = store_.undated(row);
  const auto to = spec.to.value_or(kDayMax);
  if (spec.nature == Nature::kStock && store_.standing[row]) {
    // In force on the last day; without one, now and for good.
    if (store_.end_last[row] < to) return InPeriod::kNo;
    if (!undated && store_.first[row] > to) return InPeriod::kNo;
    const bool begun = spec.to ? !undated && store_.last[row] <= to : true;
    return begun && store_.end_first[row] >= to ? InPeriod::kYes : InPeriod::kMaybe;
  }
  if (!spec.from && !spec.to) return InPeriod::kYes;
  if (undated) return InPeriod::kMaybe;
  const auto from = spec.from.value_or(kDayMin);
  if (from <= store_.first[row] && store_.last[row] <= to) return InPeriod::kYes;
  return store_.first[row] <= to && from <= store_.last[row] ? InPeriod::kMaybe : InPeriod::kNo;
}

std::optional<Amount> View::value(RowNo row, const std::string& measure) const {
  if (measure == "count") return Amount{1, 0};
  for (const auto& [number, value] : store_.cold[row].values) {
    const auto& key = store_.measures.at(number);
    if (key.id == measure) return Amount{value, key.scale};
  }
  return std::nullopt;
}

}  // namespace nc::stats
