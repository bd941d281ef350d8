#include "insight/stats/pivot.h"

#include <algorithm>

namespace nc::stats {
namespace {

constexpr std::int32_t kBucketsMax = 1200;  // a hundred years of months

bool is_time(Dimension d) { return d == Dimension::kYear || d == Dimension::kQuarter || d == Dimension::kMonth; }
bool is_unit(Dimension d) { return d == Dimension::kUnit || d == Dimension::kProvince; }

std::string padded(int number, std::size_t width) {
  auto text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string bucket_of(std::int32_t day, Dimension dimension) {
  const auto date = from_day(day);
  const auto year = padded(date.year, 4);
  if (dimension == Dimension::kYear) return year;
  if (dimension == Dimension::kQuarter) return year + "-Q" + std::to_string((date.month + 2) / 3);
  return year + "-" + padded(date.month, 2);
}

std::int32_t bucket_end(std::int32_t day, Dimension dimension) {
  auto date = from_day(day);
  if (dimension == Dimension::kYear) date.month = 12;
  if (dimension == Dimension::kQuarter) date.month = (date.month + 2) / 3 * 3;
  const bool december = date.month == 12;
  if (december && date.year == 9999) return kDayMax;
  return to_day(december ? date.year + 1 : date.year, december ? 1 : date.month + 1, 1) - 1;
}

// Buckets on whose last day (or the last day of the period, if that is earlier) the thing is in force.
std::vector<std::string> buckets_in_force(const View& view, RowNo row, Dimension dimension, const Spec& spec) {
  std::vector<std::string> out;
  if (!spec.from || !spec.to) return out;
  auto day = *spec.from;
  for (std::int32_t n = 0; n < kBucketsMax && day <= *spec.to; ++n) {
    Spec then = spec;
    then.to = std::min(bucket_end(day, dimension), *spec.to);
    if (view.in_period(row, then) == InPeriod::kYes) out.push_back(bucket_of(day, dimension));
    day = *then.to + 1;
  }
  return out;
}

std::string code_of(const View& view, const UnitId& id) {
  if (id.is_zero()) return {};
  const auto* unit = view.world().tree->find(id);
  return unit ? unit->code : id.hex();
}

// The lead unit's superior of level province, or the unit itself when it is one; none above provinces.
std::string province_of(const View& view, RowNo row, const Bounds& bounds) {
  const auto& tree = *view.world().tree;
  auto lead = view.own(row).lead;
  auto day = view.store().undated(row) ? kDayMax : view.store().first[row];
  if (bounds.as_of) {
    day = *bounds.as_of;
    lead = tree.as_of(lead, day);
  }
  const auto* unit = tree.find(lead);
  if (!unit) return {};
  if (view.store().undated(row) && !bounds.as_of) day = unit->until.value_or(kDayMax);
  if (unit->level == "province") return unit->code;
  for (const auto& id : tree.chain_above(lead, bounds.line, day))
    if (const auto* above = tree.find(id); above && above->level == "province") return above->code;
  return {};
}

std::vector<std::string> counterpart_keys(const View& view, RowNo row, Dimension dimension) {
  std::set<std::string> out;
  const auto& set = view.counterpart(row);
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

std::vector<std::string> time_keys(const View& view, RowNo row, Dimension dimension, const Spec& spec) {
  const auto& store = view.store();
  if (spec.nature == Nature::kStock) return buckets_in_force(view, row, dimension, spec);
  if (store.undated(row)) return {""};
  const auto first = bucket_of(store.first[row], dimension);
  return {first == bucket_of(store.last[row], dimension) ? first : std::string()};
}

bool shares(const std::vector<std::string>& keys, const std::string& key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

struct Sum {
  Cell cell;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> what;  // kind and level of a stock
  bool mixed = false;
  void add(const View& view, RowNo row, const std::optional<Amount>& value, std::size_t ids_max) {
    ++cell.records;
    if (cell.record_ids.size() < ids_max) cell.record_ids.push_back(view.id(row));
    const std::pair mine(view.store().kind[row], view.store().level[row]);
    mixed = mixed || (what && *what != mine);
    what = mine;
    if (value) cell.value = cell.value ? plus(*cell.value, *value) : *value;
  }
  [[nodiscard]] Cell done(bool stock) const { return stock && mixed ? Cell{std::nullopt, cell.records, cell.record_ids} : cell; }
};

struct Placed {
  std::vector<std::string> rows, columns;
  bool in_total = true;  // false: a stock of the period, not of its last day
};

class Table {
 public:
  Table(View& view, const Bounds& bounds, const Query& query)
      : view_(view), bounds_(bounds), query_(query), ids_max_(query.cell_records ? query.records_max : 0) {
    spec_ = {query.kinds, {}, {}, query.measure.empty() ? "count" : query.measure, Nature::kFlow, query.from, query.to};
    if (!query.detail.empty()) spec_.details = {query.detail};
    if (!query.level.empty()) spec_.levels = {query.level};
    if (!query.kinds.empty() &&
        std::all_of(query.kinds.begin(), query.kinds.end(), [&](const auto& kind) { return stock(kind, spec_.measure); }))
      spec_.nature = Nature::kStock;
  }

  Pivot make() {
    place();
    for (const auto& [row, placed] : placed_) add(row, placed);
    return finished();
  }

 private:
  [[nodiscard]] bool stock(const std::string& kind, const std::string& measure) const {
    const auto* type = view_.world().catalog->find(kind);
    const auto* known = type ? type->measure(measure) : nullptr;
    return known ? known->nature == Nature::kStock : type && type->feeds == "standing-thing";
  }
  [[nodiscard]] bool timed(Dimension d) const { return spec_.nature == Nature::kStock && is_time(d); }
  [[nodiscard]] bool by_measure() const { return query_.rows == Dimension::kMeasure || query_.columns == Dimension::kMeasure; }
  void place();
  void add(RowNo row, const Placed& placed);
  void add_measured(RowNo row, const Placed& placed);
  void add_to(std::map<std::string, Sum>& totals, const std::string& key, RowNo row, const std::optional<Amount>& value) {
    totals[key].add(view_, row, value, ids_max_);
  }
  Pivot finished();

  View& view_;
  const Bounds& bounds_;
  const Query& query_;
  const std::size_t ids_max_;
  Spec spec_;
  Pivot out_;
  std::map<RowNo, Placed> placed_;
  std::map<std::pair<std::string, std::string>, Sum> cells_;
  std::map<std::string, Sum> row_totals_, column_totals_;
  Sum total_;
};

void Table::place() {
  const bool over_time = timed(query_.rows) || timed(query_.columns);
  for (const auto row : view_.narrowed(view_.rows(bounds_), spec_)) {
    const auto status = view_.store().status[row];
    const bool is_stock = stock(view_.kind(row), spec_.measure);
    if (status == Status::kOther || is_stock != (spec_.nature == Nature::kStock) || (is_stock && !view_.store().standing[row])) continue;
    const auto in = view_.in_period(row, spec_);
    if (status == Status::kAnnounced) {
      out_.announced += in == InPeriod::kNo ? 0 : 1;
      continue;
    }
    if (in == InPeriod::kMaybe) ++out_.undated_within;
    if (in != InPeriod::kYes && !over_time) continue;
    placed_[row] = {keys_of(view_, row, query_.rows, bounds_, spec_), keys_of(view_, row, query_.columns, bounds_, spec_),
                    in == InPeriod::kYes};
  }
}

// A part stands nowhere where what it is part of stands too.
void Table::add(RowNo row, const Placed& placed) {
  if (by_measure()) return add_measured(row, placed);
  std::vector<const Placed*> above;
  for (const auto at : view_.above(row))
    if (const auto found = placed_.find(at); found != placed_.end()) above.push_back(&found->second);
  const auto none = [&](auto&& test) { return std::none_of(above.begin(), above.end(), test); };
  const auto value = view_.value(row, spec_.measure);
  for (const auto& r : placed.rows)
    for (const auto& c : placed.columns)
      if (none([&](const Placed* p) { return shares(p->rows, r) && shares(p->columns, c); }))
        cells_[{r, c}].add(view_, row, value, ids_max_);
  if (placed.in_total || !timed(query_.columns))
    for (const auto& r : placed.rows)
      if (none([&](const Placed* p) { return shares(p->rows, r); })) add_to(row_totals_, r, row, value);
  if (placed.in_total || !timed(query_.rows))
    for (const auto& c : placed.columns)
      if (none([&](const Placed* p) { return shares(p->columns, c); })) add_to(column_totals_, c, row, value);
  if (placed.in_total && above.empty()) total_.add(view_, row, value, ids_max_);
}

// One dimension is the measure: the other one's keys by every measure of the row; nothing adds up across.
void Table::add_measured(RowNo row, const Placed& placed) {
  const bool down = query_.rows == Dimension::kMeasure;
  const auto& keys = down ? placed.columns : placed.rows;
  std::set<std::string> measures;
  if (stock(view_.kind(row), "count") == (spec_.nature == Nature::kStock)) measures.insert("count");
  for (const auto& [number, value] : view_.store().cold[row].values) {
    const auto& id = view_.store().measures.at(number).id;
    if (stock(view_.kind(row), id) == (spec_.nature == Nature::kStock)) measures.insert(id);
  }
  const auto above = view_.above(row);
  const auto hidden = [&](const std::string* key) {
    return std::any_of(above.begin(), above.end(), [&](RowNo at) {
      const auto found = placed_.find(at);
      return found != placed_.end() && (!key || shares(down ? found->second.columns : found->second.rows, *key));
    });
  };
  for (const auto& measure : measures) {
    const auto value = view_.value(row, measure);
    for (const auto& key : keys)
      if (!hidden(&key)) cells_[down ? std::pair(measure, key) : std::pair(key, measure)].add(view_, row, value, ids_max_);
    if (placed.in_total && !hidden(nullptr)) add_to(down ? row_totals_ : column_totals_, measure, row, value);
  }
}

Pivot Table::finished() {
  const bool is_stock = spec_.nature == Nature::kStock;
  out_.rows = query_.rows;
  out_.columns = query_.columns;
  out_.measure = by_measure() ? "" : spec_.measure;
  out_.nature = spec_.nature;
  out_.by_lead_unit = is_unit(query_.rows) || is_unit(query_.columns);
  std::set<std::string> rows, columns;
  for (const auto& [key, sum] : cells_) {
    rows.insert(key.first), columns.insert(key.second);
    out_.cells[key] = sum.done(is_stock);
  }
  for (const auto& [key, sum] : row_totals_) {
    rows.insert(key);
    out_.row_totals[key] = sum.done(is_stock);
  }
  for (const auto& [key, sum] : column_totals_) {
    columns.insert(key);
    out_.column_totals[key] = sum.done(is_stock);
  }
  out_.row_keys.assign(rows.begin(), rows.end());
  out_.column_keys.assign(columns.begin(), columns.end());
  out_.total = total_.done(is_stock);
  return std::move(out_);
}

}  // namespace

Pivot make_pivot(View& view, const Bounds& bounds, const Query& query) { return Table(view, bounds, query).make(); }

std::vector<std::string> keys_of(const View& view, RowNo row, Dimension dimension, const Bounds& bounds, const Spec& spec) {
  switch (dimension) {
    case Dimension::kUnit: {
      const auto& lead = view.own(row).lead;
      return {code_of(view, bounds.as_of && !lead.is_zero() ? view.world().tree->as_of(lead, *bounds.as_of) : lead)};
    }
    case Dimension::kProvince: return {province_of(view, row, bounds)};
    case Dimension::kPartner:
    case Dimension::kChain:
    case Dimension::kCounterpart:
    case Dimension::kArea: return counterpart_keys(view, row, dimension);
    case Dimension::kKind: return {view.kind(row)};
    case Dimension::kDetail: return {view.detail(row)};
    case Dimension::kLevel: return {view.level(row)};
    case Dimension::kYear:
    case Dimension::kQuarter:
    case Dimension::kMonth: return time_keys(view, row, dimension, spec);
    case Dimension::kNone:
    case Dimension::kMeasure: break;
  }
  return {""};
}

}  // namespace nc::stats
