#include "insight/stats/scan.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace nc::stats {
namespace {

constexpr std::uint8_t kUnknown = 0, kHidden = 1, kSeen = 2;

std::vector<std::uint8_t> word_bits(const Dictionary<std::string>& words, const std::vector<std::string>& wanted) {
  std::vector<std::uint8_t> bits(words.size(), wanted.empty() ? 1 : 0);
  for (const auto& word : wanted)
    if (const auto number = words.find(word)) bits[*number] = 1;
  return bits;
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
    for (const auto& range : at->second) out.always = out.always || (range.first <= kDayMin && kDayMax <= range.last);
    out.days.insert(out.days.end(), at->second.begin(), at->second.end());
  }
  return out;
}

View::View(const Columns::Store& store, const access::ReadScope& read, const records::World& world)
    : store_(store),
      read_(read),
      world_(world),
      resolved_(resolved(store, read, world)),
      sight_(resolved_->sight),
      wall_seen_(store.walls.size(), kUnknown) {
  for (const auto& unit : world.tree->units())
    if (unit.own && !unit.country.empty()) own_countries_.insert(unit.country);
  for (const auto& shape : store.shapes.all()) class_of_shape_.push_back(shape.dead ? kNoNumber : sight_.class_of_kind[shape.kind]);
  joined_ = joined_clusters();
}

std::pair<bool, std::string> View::source_rank(const std::vector<RecordId>& sources) const {
  SourceRank rank{true, {}};
  for (const auto& id : sources) {
    const auto* source = seen(store_.sources, id);
    if (source && !source->code.empty()) rank = std::min(rank, {false, source->code});
  }
  return rank;
}

bool View::sources_in_full() const {
  return std::all_of(store_.sources.begin(), store_.sources.end(), [&](const auto& source) {
    const auto* row = seen(source.second);
    return row && row->code == source.second.back().row.code;
  });
}

// A held row before others, then by source, then by id.
bool View::better(RowNo a, RowNo b) const {
  const bool held_a = store_.shape(a).status == Status::kHeld, held_b = store_.shape(b).status == Status::kHeld;
  if (held_a != held_b) return held_a;
  const auto rank_a = source_rank(store_.sources_of(a)), rank_b = source_rank(store_.sources_of(b));
  if (rank_a != rank_b) return rank_a < rank_b;
  return id(a) < id(b);
}

// Clusters are closed over what this viewer sees only: a hidden row neither joins nor stands for others.
std::vector<RowNo> View::join_clusters(bool full_sources) const {
  const auto& clusters = store_.clusters;
  std::vector<RowNo> stands(clusters.members.size(), kNoRow);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const auto begin = clusters.begin[i], end = clusters.begin[i + 1];
    std::uint32_t seen = 0, last = begin;
    for (auto place = begin; place < end; ++place) {
      if (!sees_word(clusters.words[place])) continue;
      ++seen;
      last = place;
    }
    if (seen == 1) stands[last] = clusters.members[last];
    else if (seen == end - begin && clusters.plain[i] != 0 && full_sources)
      std::fill(stands.begin() + begin, stands.begin() + end, clusters.members[begin]);
    else if (seen > 0) join_part(clusters.rows(i), std::span(stands).subspan(begin, end - begin));
  }
  return stands;
}

// The same until something changes.
std::shared_ptr<const std::vector<RowNo>> View::joined_clusters() const {
  // Sources decide between rows, and are no part of the sight.
  if (!sources_in_full()) return std::make_shared<const std::vector<RowNo>>(join_clusters(false));
  const std::lock_guard lock(resolved_->joined_mutex);
  auto& joined = resolved_->joined;
  if (!joined || resolved_->joined_at != store_.changes) {
    joined = std::make_shared<const std::vector<RowNo>>(join_clusters(true));
    resolved_->joined_at = store_.changes;
  }
  return joined;
}

// Of a cluster of which not all is seen, or not in the order in which the store keeps it.
void View::join_part(std::span<const RowNo> rows, std::span<RowNo> stands) const {
  std::vector<std::size_t> up(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) up[i] = i;
  const auto root = [&](std::size_t i) {
    while (up[i] != i) i = up[i] = up[up[i]];
    return i;
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto* link = sees_row(rows[i]) ? store_.link(rows[i]) : nullptr;
    if (!link || link->same == 0) continue;
    for (const auto name : store_.same_event(*link))
      store_.for_rows_of(name, [&](RowNo other) {
        const auto at = std::find(rows.begin(), rows.end(), other);
        if (at != rows.end() && sees_row(other)) up[root(i)] = root(static_cast<std::size_t>(at - rows.begin()));
      });
  }
  std::vector<RowNo> best(rows.size(), kNoRow);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!sees_row(rows[i])) continue;
    auto& stand = best[root(i)];
    if (stand == kNoRow || better(rows[i], stand)) stand = rows[i];
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (sees_row(rows[i])) stands[i] = best[root(i)];
}

RowNo View::row_of(std::uint32_t name) const {
  RowNo out = kNoRow;
  store_.for_rows_of(name, [&](RowNo row) {
    if (out == kNoRow && sees_row(row)) out = row;
  });
  return out == kNoRow ? out : stands_for(out);
}

void View::above(RowNo row, Above& out) const {
  out.count = 0;
  for (RowNo at = row; out.count < Above::kStepsMax && store_.shape(at).part;) {
    at = row_of(store_.link(at)->parent);
    if (at == row) out.count = 0;
    if (at == row || at == kNoRow || std::find(out.begin(), out.end(), at) != out.end()) return;
    out.rows[out.count++] = at;
  }
}

const std::vector<View::Inside>& View::inside() const {
  if (inside_) return *inside_;
  auto& out = inside_.emplace();
  for (const auto place : store_.totals) {
    const auto& link = store_.links[place];
    if (!sees_row(link.row)) continue;
    const auto whole = stands_for(link.row);
    for (const auto name : store_.included(link))
      if (const auto part = row_of(name); part != kNoRow && part != whole) out.push_back({part, whole});
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void View::wholes(RowNo row, std::vector<RowNo>& out) const {
  constexpr std::size_t kWholesMax = 256;  // a list that nobody keeps by hand
  out.clear();
  if (store_.totals.empty()) return;
  const auto& inside = this->inside();
  RowNo at = row;
  for (std::size_t walked = 0;; at = out[walked++]) {
    for (auto next = std::lower_bound(inside.begin(), inside.end(), Inside{at, 0}); next != inside.end() && next->part == at; ++next) {
      if (next->whole == row) return out.clear();
      if (out.size() < kWholesMax && std::find(out.begin(), out.end(), next->whole) == out.end()) out.push_back(next->whole);
    }
    if (walked == out.size()) break;
  }
  std::erase_if(out, [&](RowNo whole) {
    Above above;
    this->above(whole, above);
    return std::find(above.begin(), above.end(), row) != above.end();
  });
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
    if (out[i].always) continue;
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

const Reach& View::reach(const Bounds& bounds) {
  const auto [at, made] = reaches_.try_emplace(bounds);
  auto& reach = at->second;
  if (!made) return reach;
  reach.own = own_presence(bounds);
  reach.partner = partner_presence(bounds);
  reach.parties.reserve(store_.parties.size());
  for (const auto& party : store_.parties.all()) {
    const auto &own = reach.own[party.own], &partner = reach.partner[party.counterpart];
    reach.parties.push_back(!own.ever() || !partner.ever() ? Reach::Of::kNever
                            : own.always && partner.always ? Reach::Of::kAlways
                                                           : Reach::Of::kByDay);
  }
  return reach;
}

bool View::touches_by_day(const Reach& reach, std::uint32_t party, std::uint32_t when) const {
  const auto& days = store_.whens.at(when);
  const auto &own = reach.own[store_.parties.at(party).own], &partner = reach.partner[store_.parties.at(party).counterpart];
  return days.first > days.last || (own.on(days.first) && partner.on(days.first));
}

std::vector<View::Part> View::parts_in_sight(const Reach& reach) const {
  // Rows of a type that is no more are never seen, whoever may see the party's other rows.
  bool known = true;
  for (std::uint32_t shape = 0; shape < class_of_shape_.size(); ++shape)
    known = known && (store_.shapes.at(shape).dead || class_of_shape_[shape] != kNoNumber);
  std::vector<Part> out;
  out.reserve(store_.parties.size());
  for (std::uint32_t party = 0; party < store_.parties.size(); ++party) {
    bool none = true, all = known && reach.parties[party] == Reach::Of::kAlways;
    for (std::size_t word = 0; word < sight_.stride; ++word) {
      const auto rest = sight_.classes.size() - word * 64;
      const auto every = rest >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rest) - 1;
      const auto may = mask(party, word);
      none = none && may == 0;
      all = all && may == every;
    }
    out.push_back(none || reach.parties[party] == Reach::Of::kNever ? Part::kNone : all ? Part::kAll : Part::kSome);
  }
  return out;
}

bool View::in_scope(const Reach& reach, RowNo row) const {
  if (!store_.shape(row).clustered) return touches(reach, row);
  const auto& clusters = store_.clusters;
  const auto cluster = static_cast<std::size_t>(std::upper_bound(clusters.begin.begin(), clusters.begin.end(), clusters.place(row)) -
                                                clusters.begin.begin() - 1);
  for (auto place = clusters.begin[cluster]; place < clusters.begin[cluster + 1]; ++place)
    if ((*joined_)[place] == row && touches(reach, clusters.members[place])) return true;
  return false;
}

const std::vector<RowNo>& View::rows(const Bounds& bounds) {
  const auto [at, made] = remembered_.try_emplace(bounds);
  if (!made) return at->second;
  const auto& reach = this->reach(bounds);
  auto& out = at->second;
  const auto take = [&](RowNo row, std::uint32_t party) {
    const auto shape = store_.shape_no(row);
    if (sees(shape, party) && touches(reach, party, store_.when_no(row)) && !store_.shapes.at(shape).clustered) out.push_back(row);
  };
  for (std::uint32_t party = 0; party < store_.rows.parties(); ++party) {
    if (reach.parties[party] == Reach::Of::kNever) continue;
    for (auto row = store_.rows.begin_of(party); row < store_.rows.begin_of(party + 1); ++row) take(row, party);
  }
  for (auto row = store_.rows.ordered(); row < store_.end(); ++row) take(row, store_.party_no(row));
  const auto alone = static_cast<std::ptrdiff_t>(out.size());
  for_cluster_rows(reach, [&](RowNo row, std::uint64_t) { out.push_back(row); });
  std::sort(out.begin() + alone, out.end());
  std::inplace_merge(out.begin(), out.begin() + alone, out.end());
  return out;
}

std::vector<std::uint8_t> View::asked_shapes(const Spec& spec) const {
  auto kinds = word_bits(store_.words, spec.kinds);
  const auto details = word_bits(store_.words, spec.details), levels = word_bits(store_.words, spec.levels);
  if (spec.kinds.empty())
    for (const auto& type : world_.catalog->types())
      if (const auto number = store_.words.find(type.id); number && !type.countable) kinds[*number] = 0;
  std::vector<std::uint8_t> out;
  for (const auto& shape : store_.shapes.all()) {
    const bool asked = kinds[shape.kind] != 0 && details[shape.detail] != 0 && levels[shape.level] != 0;
    out.push_back(asked && !shape.dead && !(spec.kinds.empty() && shape.standing) ? 1 : 0);
  }
  return out;
}

InPeriod View::in_period(const Shape& shape, const DayRange& when, const Spec& spec) {
  const bool undated = when.first > when.last;
  const auto to = spec.to.value_or(kDayMax);
  if (spec.nature == Nature::kStock && shape.standing) {
    // In force on the last day; without one, now and for good.
    if (shape.end.last < to) return InPeriod::kNo;
    if (!undated && when.first > to) return InPeriod::kNo;
    const bool begun = spec.to ? !undated && when.last <= to : true;
    return begun && shape.end.first >= to ? InPeriod::kYes : InPeriod::kMaybe;
  }
  if (!spec.from && !spec.to) return InPeriod::kYes;
  if (undated) return InPeriod::kMaybe;
  const auto from = spec.from.value_or(kDayMin);
  if (from <= when.first && when.last <= to) return InPeriod::kYes;
  return when.first <= to && from <= when.last ? InPeriod::kMaybe : InPeriod::kNo;
}

std::optional<Amount> View::value(RowNo row, const std::string& measure) const {
  if (measure == "count") return Amount{1, 0};
  for (std::uint32_t number = 0; number < store_.values.size(); ++number) {
    const auto& key = store_.measures.at(number);
    if (key.id != measure) continue;
    if (const auto value = store_.values[number].get(row)) return Amount{*value, key.scale};
  }
  return std::nullopt;
}

bool View::sees(std::uint32_t wall) const {
  auto& seen = wall_seen_[wall];
  if (seen == kUnknown) seen = passes(store_.walls.at(wall), read_, world_) ? kSeen : kHidden;
  return seen == kSeen;
}

}  // namespace nc::stats
