#include "insight/stats/axis.h"

#include <algorithm>

namespace nc::stats {
namespace {

constexpr std::int32_t kBucketsMax = 1200;  // a hundred years of months

std::string padded(int number, std::size_t width) {
  auto text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// The year, quarter or month as a number, and its text.
std::uint32_t bucket_number(std::int32_t day, Dimension dimension) {
  const auto date = from_day(day);
  const int part = dimension == Dimension::kYear ? 0 : dimension == Dimension::kQuarter ? (date.month + 2) / 3 : date.month;
  return static_cast<std::uint32_t>(date.year * 16 + part);
}

std::string bucket_text(std::uint32_t number, Dimension dimension) {
  const auto year = padded(static_cast<int>(number / 16), 4);
  const auto part = static_cast<int>(number % 16);
  if (dimension == Dimension::kYear) return year;
  return dimension == Dimension::kQuarter ? year + "-Q" + std::to_string(part) : year + "-" + padded(part, 2);
}

std::int32_t bucket_end(std::int32_t day, Dimension dimension) {
  auto date = from_day(day);
  if (dimension == Dimension::kYear) date.month = 12;
  if (dimension == Dimension::kQuarter) date.month = (date.month + 2) / 3 * 3;
  const bool december = date.month == 12;
  if (december && date.year == 9999) return kDayMax;
  return to_day(december ? date.year + 1 : date.year, december ? 1 : date.month + 1, 1) - 1;
}

std::string code_of(const View& view, const UnitId& id) {
  if (id.is_zero()) return {};
  const auto* unit = view.world().tree->find(id);
  return unit ? unit->code : id.hex();
}

std::vector<std::string> counterpart_texts(const View& view, const CounterpartSet& set, Dimension dimension) {
  std::set<std::string> out;
  const auto& own = view.own_countries();
  if (dimension == Dimension::kPartner)
    for (const auto& country : set.countries)
      if (!own.contains(country)) out.insert(country);
  for (const auto& id : set.units) {
    const auto* unit = view.world().tree->find(id);
    if (dimension == Dimension::kCounterpart) {
      out.insert(code_of(view, id));
      continue;
    }
    if (!unit) continue;
    const auto& key = dimension == Dimension::kPartner ? unit->country : dimension == Dimension::kChain ? unit->chain : unit->area;
    if (!key.empty() && !(dimension == Dimension::kPartner && own.contains(key))) out.insert(key);
  }
  if (out.empty()) return {""};
  return {out.begin(), out.end()};
}

Axis::From from_of(Dimension dimension, const Bounds& bounds, Nature nature) {
  switch (dimension) {
    case Dimension::kUnit: return Axis::From::kLead;
    case Dimension::kProvince: return bounds.as_of ? Axis::From::kLead : Axis::From::kLeadByDay;
    case Dimension::kPartner:
    case Dimension::kChain:
    case Dimension::kCounterpart:
    case Dimension::kArea: return Axis::From::kCounterpart;
    case Dimension::kKind:
    case Dimension::kDetail:
    case Dimension::kLevel: return Axis::From::kShape;
    case Dimension::kYear:
    case Dimension::kQuarter:
    case Dimension::kMonth: return nature == Nature::kStock ? Axis::From::kRow : Axis::From::kWhen;
    case Dimension::kNone:
    case Dimension::kMeasure: break;
  }
  return Axis::From::kNothing;
}

}  // namespace

Axis::Axis(const View& view, const Bounds& bounds, const Spec& spec, Dimension dimension)
    : view_(view), bounds_(bounds), spec_(spec), dimension_(dimension), from_(from_of(dimension, bounds, spec.nature)) {
  texts_.of("");
  if (from_ == From::kLeadByDay) find_edges();
}

void Axis::find_edges() {
  const auto& tree = *view_.world().tree;
  for (const auto& unit : tree.with_void_units())
    for (const auto& link : tree.links_of(unit.id)) {
      if (link.from) edges_.push_back(*link.from);
      if (link.until && *link.until < kDayMax) edges_.push_back(*link.until + 1);
    }
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
}

std::uint32_t Axis::epoch(const DayRange& when) const {
  if (when.first > when.last) return epochs() - 1;
  return static_cast<std::uint32_t>(std::upper_bound(edges_.begin(), edges_.end(), when.first) - edges_.begin());
}

std::uint32_t Axis::of_shape(std::uint32_t shape) {
  const auto& of = view_.store().shapes.at(shape);
  const auto word = dimension_ == Dimension::kKind ? of.kind : dimension_ == Dimension::kDetail ? of.detail : of.level;
  if (by_word_.empty()) by_word_.assign(view_.store().words.size(), kNoNumber);
  if (by_word_[word] == kNoNumber) by_word_[word] = texts_.of(view_.store().words.at(word));
  return by_word_[word];
}

std::uint32_t Axis::of_bucket(std::uint32_t bucket) {
  const auto number = buckets_.of(bucket);
  if (number == bucket_keys_.size()) bucket_keys_.push_back(texts_.of(bucket_text(bucket, dimension_)));
  return bucket_keys_[number];
}

std::uint32_t Axis::of_when(std::uint32_t when) {
  if (by_when_.empty()) by_when_.assign(view_.store().whens.size(), kNoNumber);
  if (by_when_[when] != kNoNumber) return by_when_[when];
  const auto& days = view_.store().whens.at(when);
  if (days.first > days.last) return by_when_[when] = 0;
  const auto bucket = bucket_number(days.first, dimension_);
  if (bucket != bucket_number(days.last, dimension_)) return by_when_[when] = 0;
  return by_when_[when] = of_bucket(bucket);
}

std::string Axis::unit_key(const UnitId& lead) const {
  if (dimension_ == Dimension::kProvince) return province(view_.world().tree->as_of(lead, *bounds_.as_of), *bounds_.as_of);
  return code_of(view_, bounds_.as_of && !lead.is_zero() ? view_.world().tree->as_of(lead, *bounds_.as_of) : lead);
}

// The lead unit's superior of level province, or the unit itself when it is one; none above provinces.
std::string Axis::province(UnitId lead, std::int32_t day) const {
  const auto& tree = *view_.world().tree;
  const auto* unit = tree.find(lead);
  if (!unit) return {};
  if (unit->level == "province") return unit->code;
  for (const auto& id : tree.chain_above(lead, bounds_.line, day))
    if (const auto* above = tree.find(id); above && above->level == "province") return above->code;
  return {};
}

std::uint32_t Axis::of_lead(const UnitId& lead) {
  const auto number = leads_.of(lead);
  if (number >= by_lead_.size()) by_lead_.push_back(texts_.of(unit_key(lead)));
  return by_lead_[number];
}

std::uint32_t Axis::of_lead(const UnitId& lead, std::uint32_t epoch) {
  const auto number = leads_.of(lead);
  if (std::size_t{number} * epochs() >= by_lead_.size()) by_lead_.resize(by_lead_.size() + epochs(), kNoNumber);
  auto& key = by_lead_[std::size_t{number} * epochs() + epoch];
  if (key != kNoNumber) return key;
  std::int32_t day = epoch == 0 ? kDayMin : kDayMax;
  if (epoch > 0 && epoch <= edges_.size()) day = edges_[epoch - 1];
  if (epoch + 1 == epochs())
    if (const auto* unit = view_.world().tree->find(lead)) day = unit->until.value_or(kDayMax);
  return key = texts_.of(province(lead, day));
}

const std::vector<std::uint32_t>& Axis::of_counterpart(std::uint32_t set) {
  if (by_counterpart_.empty()) by_counterpart_.resize(view_.store().counterpart_sets.size());
  auto& keys = by_counterpart_[set];
  if (keys.empty())
    for (const auto& text : counterpart_texts(view_, view_.store().counterpart_sets.at(set), dimension_)) keys.push_back(texts_.of(text));
  return keys;
}

// Buckets on whose last day (or the last day of the period, if that is earlier) the thing is in force.
void Axis::in_force(RowNo row, std::vector<std::uint32_t>& out) {
  if (!spec_.from || !spec_.to) return;
  auto day = *spec_.from;
  for (std::int32_t n = 0; n < kBucketsMax && day <= *spec_.to; ++n) {
    Spec then = spec_;
    then.to = std::min(bucket_end(day, dimension_), *spec_.to);
    if (view_.in_period(row, then) == InPeriod::kYes) out.push_back(of_bucket(bucket_number(day, dimension_)));
    day = *then.to + 1;
  }
}

void Axis::keys(RowNo row, std::vector<std::uint32_t>& out) {
  const auto& store = view_.store();
  out.clear();
  switch (from_) {
    case From::kNothing: out.push_back(0); break;
    case From::kShape: out.push_back(of_shape(store.shape_no(row))); break;
    case From::kWhen: out.push_back(of_when(store.when_no(row))); break;
    case From::kLead: out.push_back(of_lead(view_.own(row).lead)); break;
    case From::kLeadByDay: out.push_back(of_lead(view_.own(row).lead, epoch(store.when(row)))); break;
    case From::kCounterpart: out = of_counterpart(store.party(row).counterpart); break;
    case From::kRow: in_force(row, out); break;
  }
}

}  // namespace nc::stats
