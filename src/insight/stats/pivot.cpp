#include "insight/stats/pivot.h"

#include <algorithm>

namespace nc::stats {
namespace {

bool is_unit(Dimension d) { return d == Dimension::kUnit || d == Dimension::kProvince; }

bool shares(const std::vector<std::uint32_t>& keys, std::uint32_t key) { return std::find(keys.begin(), keys.end(), key) != keys.end(); }

struct Placed {
  std::vector<std::uint32_t> rows, columns;
  bool in_total = true;  // false: a stock of the period, not of its last day
  RowNo holds = kNoRow;  // of what stands above: a total that holds the value, where it has the measure at all
};

Spec spec_of(const View& view, const Query& query) {
  Spec spec{query.kinds, {}, {}, query.measure.empty() ? "count" : query.measure, Nature::kFlow, query.from, query.to};
  if (!query.detail.empty()) spec.details = {query.detail};
  if (!query.level.empty()) spec.levels = {query.level};
  const auto stock = [&](const std::string& kind) { return is_stock(view.world(), kind, spec.measure); };
  if (!query.kinds.empty() && std::all_of(query.kinds.begin(), query.kinds.end(), stock)) spec.nature = Nature::kStock;
  return spec;
}

class Table {
 public:
  Table(View& view, const Bounds& bounds, const Query& query)
      : view_(view),
        bounds_(bounds),
        query_(query),
        ids_max_(query.cell_records ? query.records_max : 0),
        spec_(spec_of(view, query)),
        rows_(view, bounds, spec_, query.rows),
        columns_(view, bounds, spec_, query.columns),
        reach_(view.reach(bounds)) {
    // Stocks and flows are never in one table, and a stock is of things that stand.
    counted_ = view.asked_shapes(spec_);
    for (std::uint32_t i = 0; i < counted_.size(); ++i) {
      const auto& shape = view.store().shapes.at(i);
      const bool stock = counted_[i] != 0 && is_stock(view.world(), view.store().words.at(shape.kind), spec_.measure);
      if (shape.status == Status::kOther || stock != (spec_.nature == Nature::kStock) || (stock && !shape.standing)) counted_[i] = 0;
    }
  }

  Pivot make() {
    const bool plain = spec_.nature == Nature::kFlow && spec_.measure == "count" && ids_max_ == 0 && !by_measure();
    std::vector<RowNo> left;
    const bool swept = plain && sweep(view_, reach_, spec_, counted_, rows_, columns_, sums_, left);
    for (const auto row : swept ? std::as_const(left) : view_.rows(bounds_)) add(row);
    return finished();
  }

 private:
  [[nodiscard]] bool timed(const Axis& axis) const { return axis.from() == Axis::From::kRow; }
  [[nodiscard]] bool by_measure() const { return query_.rows == Dimension::kMeasure || query_.columns == Dimension::kMeasure; }
  void add(RowNo row);
  [[nodiscard]] InPeriod held_in(RowNo row) const;
  void place(RowNo row, InPeriod in, Placed& out);
  void find_above(RowNo row);
  void stand_above(RowNo at, bool holds);
  void add_placed(RowNo row);
  void add_measured(RowNo row);
  Pivot finished();

  View& view_;
  const Bounds& bounds_;
  const Query& query_;
  const std::size_t ids_max_;
  Spec spec_;
  Axis rows_, columns_;
  const Reach& reach_;
  std::vector<std::uint8_t> counted_;  // by shape
  Sums sums_;
  Placed placed_;              // of the row in hand
  std::vector<Placed> above_;  // of what it is part of and stands in the table; the first above_count_
  std::size_t above_count_ = 0;
  std::vector<RowNo> wholes_;
};

// Whether it stands in the table by its period; kMaybe where only some columns of time may have it.
InPeriod Table::held_in(RowNo row) const {
  const auto& shape = view_.store().shape(row);
  if (counted_[view_.store().shape_no(row)] == 0 || shape.status != Status::kHeld) return InPeriod::kNo;
  const auto in = view_.in_period(row, spec_);
  if (in == InPeriod::kYes) return in;
  return timed(rows_) || timed(columns_) ? InPeriod::kMaybe : InPeriod::kNo;
}

void Table::place(RowNo row, InPeriod in, Placed& out) {
  rows_.keys(row, out.rows);
  columns_.keys(row, out.columns);
  out.in_total = in == InPeriod::kYes;
}

void Table::find_above(RowNo row) {
  above_count_ = 0;
  if (view_.store().shape(row).part) {
    View::Above above;
    view_.above(row, above);
    for (const auto at : above) stand_above(at, false);
  }
  if (!by_measure() && (spec_.measure == "count" || !view_.value(row, spec_.measure))) return;
  view_.wholes(row, wholes_);
  for (const auto at : wholes_)
    if (by_measure() || view_.value(at, spec_.measure)) stand_above(at, true);
}

void Table::stand_above(RowNo at, bool holds) {
  const auto in = held_in(at);
  if (in == InPeriod::kNo || !view_.in_scope(reach_, at)) return;
  if (above_count_ == above_.size()) above_.emplace_back();
  auto& placed = above_[above_count_++];
  place(at, in, placed);
  placed.holds = holds ? at : kNoRow;
}

// `row` is seen, in the scope, and stands for its cluster.
void Table::add(RowNo row) {
  const auto& shape = view_.store().shape(row);
  if (counted_[view_.store().shape_no(row)] == 0) return;
  const auto in = view_.in_period(row, spec_);
  if (shape.status == Status::kAnnounced) {
    sums_.announced += in == InPeriod::kNo ? 0 : 1;
    return;
  }
  if (in == InPeriod::kMaybe) ++sums_.undated_within;
  if (held_in(row) == InPeriod::kNo) return;
  place(row, in, placed_);
  find_above(row);
  if (by_measure()) add_measured(row);
  else add_placed(row);
}

// A part stands nowhere where what it is part of stands too.
void Table::add_placed(RowNo row) {
  const auto none = [&](const auto& test) {
    return std::none_of(above_.begin(), above_.begin() + static_cast<std::ptrdiff_t>(above_count_), test);
  };
  const auto value = view_.value(row, spec_.measure);
  for (const auto r : placed_.rows)
    for (const auto c : placed_.columns)
      if (none([&](const Placed& p) { return shares(p.rows, r) && shares(p.columns, c); }))
        sums_.cell(r, c).add(view_, row, value, ids_max_);
  if (placed_.in_total || !timed(columns_))
    for (const auto r : placed_.rows)
      if (none([&](const Placed& p) { return shares(p.rows, r); })) sums_.row(r).add(view_, row, value, ids_max_);
  if (placed_.in_total || !timed(rows_))
    for (const auto c : placed_.columns)
      if (none([&](const Placed& p) { return shares(p.columns, c); })) sums_.column(c).add(view_, row, value, ids_max_);
  if (placed_.in_total && above_count_ == 0) sums_.total.add(view_, row, value, ids_max_);
}

// One dimension is the measure: the other one's keys by every measure of the row; nothing adds up across.
void Table::add_measured(RowNo row) {
  const auto& store = view_.store();
  const bool down = query_.rows == Dimension::kMeasure, stock = spec_.nature == Nature::kStock;
  const auto& keys = down ? placed_.columns : placed_.rows;
  std::set<std::string> measures;
  if (is_stock(view_.world(), view_.kind(row), "count") == stock) measures.insert("count");
  for (std::uint32_t number = 0; number < store.values.size(); ++number) {
    const auto& id = store.measures.at(number).id;
    if (store.values[number].get(row) && is_stock(view_.world(), view_.kind(row), id) == stock) measures.insert(id);
  }
  for (const auto& measure : measures) {
    const auto value = view_.value(row, measure);
    const auto holds = [&](const Placed& p) {
      return p.holds == kNoRow || (measure != "count" && value && view_.value(p.holds, measure).has_value());
    };
    const auto hidden = [&](std::optional<std::uint32_t> key) {
      return std::any_of(above_.begin(), above_.begin() + static_cast<std::ptrdiff_t>(above_count_),
                         [&](const Placed& p) { return holds(p) && (!key || shares(down ? p.columns : p.rows, *key)); });
    };
    const auto named = (down ? rows_ : columns_).named(measure);
    for (const auto key : keys)
      if (!hidden(key)) (down ? sums_.cell(named, key) : sums_.cell(key, named)).add(view_, row, value, ids_max_);
    if (placed_.in_total && !hidden({})) (down ? sums_.row(named) : sums_.column(named)).add(view_, row, value, ids_max_);
  }
}

Pivot Table::finished() {
  const bool stock = spec_.nature == Nature::kStock;
  Pivot out;
  out.rows = query_.rows;
  out.columns = query_.columns;
  out.measure = by_measure() ? "" : spec_.measure;
  out.nature = spec_.nature;
  out.by_lead_unit = is_unit(query_.rows) || is_unit(query_.columns);
  out.undated_within = sums_.undated_within;
  out.announced = sums_.announced;
  std::set<std::string> rows, columns;
  for (std::uint32_t place = 0; place < sums_.cells.size(); ++place) {
    const auto& [r, c] = sums_.places.at(place);
    rows.insert(rows_.text(r)), columns.insert(columns_.text(c));
    out.cells[{rows_.text(r), columns_.text(c)}] = sums_.cells[place].done(stock, ids_max_);
  }
  const auto totals = [&](const std::vector<Sum>& sums, const Axis& axis, std::map<std::string, Cell>& to, std::set<std::string>& keys) {
    for (std::uint32_t key = 0; key < sums.size(); ++key) {
      if (sums[key].cell.records == 0) continue;
      keys.insert(axis.text(key));
      to[axis.text(key)] = sums[key].done(stock, ids_max_);
    }
  };
  totals(sums_.rows, rows_, out.row_totals, rows);
  totals(sums_.columns, columns_, out.column_totals, columns);
  out.row_keys.assign(rows.begin(), rows.end());
  out.column_keys.assign(columns.begin(), columns.end());
  out.total = sums_.total.done(stock, ids_max_);
  return out;
}

}  // namespace

void Sum::add(const View& view, RowNo row, const std::optional<Amount>& value, std::size_t ids_max) {
  ++cell.records;
  if (ids_max > 0) list(view.id(row), ids_max);
  const auto& shape = view.store().shape(row);
  const std::pair mine(shape.kind, shape.level);
  mixed = mixed || (what && *what != mine);
  what = mine;
  if (value) cell.value = cell.value ? plus(*cell.value, *value) : *value;
}

// The smallest ids stay, whatever the order of rows.
void Sum::list(const RecordId& id, std::size_t ids_max) {
  auto& ids = cell.record_ids;
  ids.push_back(id);
  if (ids.size() < 2 * ids_max) return;
  std::nth_element(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(ids_max), ids.end());
  ids.resize(ids_max);
}

void Sum::add(std::uint64_t activities) {
  cell.records += activities;
  const Amount value{static_cast<std::int64_t>(activities), 0};
  cell.value = cell.value ? plus(*cell.value, value) : value;
}

Cell Sum::done(bool stock, std::size_t ids_max) const {
  Cell out = cell;
  if (stock && mixed) out.value.reset();
  std::sort(out.record_ids.begin(), out.record_ids.end());
  if (out.record_ids.size() > ids_max) out.record_ids.resize(ids_max);
  return out;
}

Sum& Sums::cell(std::uint32_t row, std::uint32_t column) {
  const auto place = places.of({row, column});
  if (place == cells.size()) cells.emplace_back();
  return cells[place];
}

Pivot make_pivot(View& view, const Bounds& bounds, const Query& query) { return Table(view, bounds, query).make(); }

}  // namespace nc::stats
