// Counting a whole table in one pass over the words of the rows.
//
// A plane is a small table of counters: one line for each key that shapes give, one column for each key that
// days give, and beside them columns for days outside the period or too imprecise, and lines for announced
// rows and for rows that do not count. So no row is tested: it adds one, somewhere. What the party decides
// (the sight, the scope, keys of units and partners) is decided once for all rows of a party; each
// combination of its keys has its own plane.
#include <algorithm>
#include <atomic>
#include <thread>

#include "insight/stats/pivot.h"

namespace nc::stats {
namespace {

constexpr std::size_t kCountersMax = std::size_t{1} << 22;  // 16 MiB of counters; a wider table goes row by row
constexpr std::size_t kBatchRows = std::size_t{1} << 16;    // fewer are counted before a second thread has begun

// What a plane is counted for: rows of one combination of keys stand in every total at once; rows of several
// (a joint activity) are counted for cells and totals apart.
enum class For : std::uint32_t { kAll, kCells, kRows, kColumns, kTotal };

struct Plane {
  For use = For::kAll;
  std::uint32_t row = kNoNumber, column = kNoNumber;  // keys that the party gives
  bool operator==(const Plane&) const = default;
};
std::uint64_t hash_of(const Plane& plane) {
  return mixed(std::uint64_t{plane.row} << 32 | plane.column, static_cast<std::uint64_t>(plane.use));
}

constexpr std::uint32_t kLast = kNoNumber, kBeforeLast = kNoNumber - 1;  // until the number of lines is known

// A pair of keys of which a shape, or days, give neither, one or both.
using Pair = std::pair<std::uint32_t, std::uint32_t>;

class Sweep {
 public:
  Sweep(const View& view, const Reach& reach, const Spec& spec, const std::vector<std::uint8_t>& counted, Axis& rows, Axis& columns)
      : view_(view), store_(view.store()), reach_(reach), counted_(counted), rows_(rows), columns_(columns) {
    number_shapes();
    number_days(spec);
    in_sight_ = view.parts_in_sight(reach);
    for (const auto* axis : {&rows, &columns}) {
      by_lead_ = by_lead_ || axis->from() == Axis::From::kLead || axis->from() == Axis::From::kLeadByDay;
      by_counterpart_ = by_counterpart_ || axis->from() == Axis::From::kCounterpart;
    }
    by_day_ = rows.from() == Axis::From::kLeadByDay ? &rows : columns.from() == Axis::From::kLeadByDay ? &columns : nullptr;
    if (by_day_ == nullptr) return;
    for (const auto& when : store_.whens.all()) epochs_.push_back(static_cast<std::uint16_t>(by_day_->epoch(when)));
  }

  bool run() {
    if (plane_size() > kCountersMax || (by_day_ && by_day_->epochs() > 0xffff)) return false;
    const auto& rows = store_.rows;
    for (std::uint32_t party = 0; party < rows.parties() && !too_wide_; ++party)
      if (rows.begin_of(party) != rows.begin_of(party + 1)) count(party, rows.begin_of(party), rows.begin_of(party + 1));
    end_run();
    for (auto row = rows.ordered(); row < rows.end() && !too_wide_; ++row) {
      count(rows.party(row), row, row + 1);
      end_run();
    }
    if (!too_wide_) count_waiting();
    return !too_wide_;
  }
  // Rows that hang together with others in ways that planes cannot tell.
  [[nodiscard]] const std::vector<RowNo>& left() const { return left_; }
  void add_to(Sums& sums) const;

 private:
  // Where the rows of a party go: the beginnings of planes, one, or one for each epoch.
  using Bases = std::vector<std::uint32_t>;
  using Setup = std::vector<Bases>;

  void number_shapes();
  void number_days(const Spec& spec);
  [[nodiscard]] std::size_t lines() const { return shape_pairs_.size() + 2; }
  [[nodiscard]] std::size_t width() const { return when_pairs_.size() + 2; }
  [[nodiscard]] std::size_t plane_size() const { return lines() * width(); }
  std::uint32_t base(const Plane& plane);
  const std::vector<std::uint32_t>* offsets(std::uint32_t party);
  const Setup& setup(std::uint32_t party);
  Setup make_setup(std::uint32_t party);
  std::vector<std::uint32_t> keys(Axis& axis, std::uint32_t party, std::uint32_t epoch) const;
  void count(std::uint32_t party, RowNo begin, RowNo end);
  void count_seen(std::uint32_t party, RowNo begin, RowNo end, const std::vector<std::uint32_t>* lines);
  void end_run();
  void count_waiting();
  void count_one(std::uint64_t word);
  void count_clusters();
  void count_part(const PartOf& part);
  [[nodiscard]] bool in_sight(std::uint64_t word) const {
    const auto part = in_sight_[store_.rows.party_in(word)];
    return part == View::Part::kAll || (part == View::Part::kSome && view_.sees_word(word) && view_.touches_word(reach_, word));
  }
  [[nodiscard]] bool stands(std::uint64_t word) const;
  std::uint32_t key(Axis& axis, std::uint64_t word);
  std::uint32_t key_of_lead(Axis& axis, std::uint64_t word);
  void count_apart(const Plane& plane, std::uint64_t word);
  void add_plane(const Plane& plane, const std::uint32_t* counters, Sums& sums) const;

  const View& view_;
  const Columns::Store& store_;
  const Reach& reach_;
  const std::vector<std::uint8_t>& counted_;
  Axis &rows_, &columns_;
  Axis* by_day_ = nullptr;             // an axis whose keys change with the tree of units
  std::vector<std::uint16_t> epochs_;  // by number of the days, for that axis
  Dictionary<Pair> shape_pairs_, when_pairs_;
  std::vector<Pair> keys_of_shapes_, keys_of_whens_;     // of those that stand in the table
  std::vector<std::uint32_t> row_leads_, column_leads_;  // keys by own set and epoch, once asked for
  std::vector<View::Part> in_sight_;                     // by party
  std::vector<std::uint32_t> shape_lines_;               // beginning of the line of each shape, were it seen
  std::vector<std::uint32_t> linked_lines_;              // the same, of rows in clusters and parts too
  std::vector<std::uint32_t> when_columns_;
  std::map<std::vector<std::uint64_t>, std::vector<std::uint32_t>> seen_lines_;  // by what a lock lets through
  std::vector<std::uint64_t> last_mask_;
  const std::vector<std::uint32_t>* last_lines_ = nullptr;
  const std::vector<std::uint32_t>* all_lines_ = nullptr;  // of locks that let everything through
  Dictionary<Plane> planes_;
  struct Apart {
    Plane plane;
    std::uint32_t base = kNoNumber;
  };
  std::array<Apart, 5> apart_;  // by use: the plane that was counted in last
  std::vector<std::uint32_t> counters_;
  Dictionary<std::pair<std::uint32_t, std::uint32_t>> setup_numbers_;  // by lead and counterpart, where they matter
  std::vector<const Setup*> setup_of_both_;                            // by these numbers
  std::vector<std::unique_ptr<const Setup>> setups_;
  struct Run {  // rows that wait to be counted
    const std::vector<std::uint32_t>* lines = nullptr;
    const Setup* to = nullptr;
    RowNo begin = 0, end = 0;
    std::uint32_t party = kNoNumber;  // whose they are, where days decide
  };
  std::vector<std::vector<Run>> batches_of_runs();
  void count_rows(const Run& run, std::vector<std::uint32_t>& counters) const;
  Run run_;
  std::vector<Run> waiting_;
  const Setup* last_to_ = nullptr;
  bool last_moves_ = false;                        // it has a plane for each epoch
  std::uint32_t lines_end_ = 0, columns_end_ = 0;  // of shapes and days that stand in the table
  bool by_lead_ = false, by_counterpart_ = false;
  Dictionary<UnitId> leads_;
  std::vector<std::uint32_t> lead_of_own_;   // number of leads_ by own set, once asked for
  std::vector<const Setup*> setup_of_lead_;  // by number of leads_, where nothing else matters
  std::vector<RowNo> left_;
  bool too_wide_ = false;
};

// Rows that do not count go to the last line, announced ones before it. Those in clusters and parts do not
// count as rows of their party, only by what they hang together with.
void Sweep::number_shapes() {
  const auto key = [](Axis& axis, std::uint32_t shape) { return axis.from() == Axis::From::kShape ? axis.of_shape(shape) : kNoNumber; };
  for (std::uint32_t i = 0; i < store_.shapes.size(); ++i) {
    const auto& shape = store_.shapes.at(i);
    const bool stands = counted_[i] != 0 && shape.status != Status::kAnnounced;
    keys_of_shapes_.push_back(stands ? Pair(key(rows_, i), key(columns_, i)) : Pair(kNoNumber, kNoNumber));
    linked_lines_.push_back(counted_[i] == 0 ? kLast : !stands ? kBeforeLast : shape_pairs_.of(keys_of_shapes_.back()));
    shape_lines_.push_back(shape.part || shape.clustered ? kLast : linked_lines_.back());
  }
}

void Sweep::number_days(const Spec& spec) {
  const auto key = [](Axis& axis, std::uint32_t when) { return axis.from() == Axis::From::kWhen ? axis.of_when(when) : kNoNumber; };
  const Shape flow;
  for (std::uint32_t i = 0; i < store_.whens.size(); ++i) {
    const auto in = View::in_period(flow, store_.whens.at(i), spec);
    const bool stands = in == InPeriod::kYes;
    keys_of_whens_.push_back(stands ? Pair(key(rows_, i), key(columns_, i)) : Pair(kNoNumber, kNoNumber));
    when_columns_.push_back(in == InPeriod::kNo ? kLast : !stands ? kBeforeLast : when_pairs_.of(keys_of_whens_.back()));
  }
  const auto settle = [](std::vector<std::uint32_t>& numbers, std::size_t count, std::size_t step) {
    for (auto& number : numbers) {
      number = number == kLast         ? static_cast<std::uint32_t>(count - 1)
               : number == kBeforeLast ? static_cast<std::uint32_t>(count - 2)
                                       : number;
      number *= static_cast<std::uint32_t>(step);
    }
  };
  settle(when_columns_, width(), 1);
  settle(shape_lines_, lines(), width());
  settle(linked_lines_, lines(), width());
  lines_end_ = static_cast<std::uint32_t>((lines() - 2) * width());
  columns_end_ = static_cast<std::uint32_t>(width() - 2);
}

std::uint32_t Sweep::base(const Plane& plane) {
  const auto number = planes_.of(plane);
  const auto begin = number * plane_size();
  if (begin + plane_size() > kCountersMax) {
    too_wide_ = true;
    return 0;
  }
  if (begin == counters_.size()) counters_.resize(begin + plane_size(), 0);
  return static_cast<std::uint32_t>(begin);
}

// The lines of shapes for a party's lock: what it hides goes to the last one. Null: nothing is seen.
const std::vector<std::uint32_t>* Sweep::offsets(std::uint32_t party) {
  bool same = last_mask_.size() == view_.mask_words(), any = false;
  for (std::size_t i = 0; i < view_.mask_words(); ++i) {
    same = same && last_mask_[i] == view_.mask(party, i);
    any = any || view_.mask(party, i) != 0;
  }
  if (!any) return nullptr;
  if (same) return last_lines_;
  last_mask_.resize(view_.mask_words());
  for (std::size_t i = 0; i < last_mask_.size(); ++i) last_mask_[i] = view_.mask(party, i);
  const auto [at, made] = seen_lines_.try_emplace(last_mask_, shape_lines_);
  if (made)
    for (std::uint32_t shape = 0; shape < at->second.size(); ++shape)
      if (!view_.sees(shape, party)) at->second[shape] = static_cast<std::uint32_t>((lines() - 1) * width());
  return last_lines_ = &at->second;
}

std::vector<std::uint32_t> Sweep::keys(Axis& axis, std::uint32_t party, std::uint32_t epoch) const {
  const auto& of = store_.parties.at(party);
  switch (axis.from()) {
    case Axis::From::kLead: return {axis.of_lead(store_.own_sets.at(of.own).lead)};
    case Axis::From::kLeadByDay: return {axis.of_lead(store_.own_sets.at(of.own).lead, epoch)};
    case Axis::From::kCounterpart: return axis.of_counterpart(of.counterpart);
    default: return {kNoNumber};
  }
}

Sweep::Setup Sweep::make_setup(std::uint32_t party) {
  Setup out;
  const std::uint32_t epochs = by_day_ ? by_day_->epochs() : 1;
  for (std::uint32_t epoch = 0; epoch < epochs; ++epoch) {
    const auto rows = keys(rows_, party, epoch), columns = keys(columns_, party, epoch);
    std::vector<Plane> planes;
    if (rows.size() * columns.size() == 1) {
      planes.push_back({For::kAll, rows.front(), columns.front()});
    } else {
      for (const auto r : rows)
        for (const auto c : columns) planes.push_back({For::kCells, r, c});
      for (const auto r : rows) planes.push_back({For::kRows, r, kNoNumber});
      for (const auto c : columns) planes.push_back({For::kColumns, kNoNumber, c});
      planes.push_back({For::kTotal, kNoNumber, kNoNumber});
    }
    out.resize(planes.size());  // the same number in every epoch
    for (std::size_t i = 0; i < planes.size(); ++i) out[i].push_back(base(planes[i]));
  }
  for (auto& bases : out)
    if (std::all_of(bases.begin(), bases.end(), [&](auto base) { return base == bases.front(); })) bases.resize(1);
  return out;
}

const Sweep::Setup& Sweep::setup(std::uint32_t party) {
  if (!by_lead_ && !by_counterpart_ && !setup_of_lead_.empty()) return *setup_of_lead_.front();
  const auto& of = store_.parties.at(party);
  const auto make = [&]() -> const Setup* { return setups_.emplace_back(std::make_unique<const Setup>(make_setup(party))).get(); };
  std::uint32_t lead = 0;
  if (by_lead_) {
    if (lead_of_own_.empty()) lead_of_own_.assign(store_.own_sets.size(), kNoNumber);
    auto& known = lead_of_own_[of.own];
    if (known == kNoNumber) known = leads_.of(store_.own_sets.at(of.own).lead);
    lead = known;
  }
  if (!by_counterpart_) {
    if (lead >= setup_of_lead_.size()) setup_of_lead_.resize(lead + 1, nullptr);
    if (!setup_of_lead_[lead]) setup_of_lead_[lead] = make();
    return *setup_of_lead_[lead];
  }
  const auto number = setup_numbers_.of({lead, of.counterpart});
  if (number == setup_of_both_.size()) setup_of_both_.push_back(make());
  return *setup_of_both_[number];
}

// `begin` to `end` are rows of the party. Those of parties that are counted alike make one run.
void Sweep::count(std::uint32_t party, RowNo begin, RowNo end) {
  if (in_sight_[party] == View::Part::kNone) return;
  if (in_sight_[party] == View::Part::kSome) {
    if (const auto* lines = offsets(party)) count_seen(party, begin, end, lines);
    return;
  }
  if (!all_lines_) all_lines_ = offsets(party);
  count_seen(party, begin, end, all_lines_);
}

void Sweep::count_seen(std::uint32_t party, RowNo begin, RowNo end, const std::vector<std::uint32_t>* lines) {
  const auto& to = setup(party);
  if (&to != last_to_) {
    last_to_ = &to;
    last_moves_ = std::any_of(to.begin(), to.end(), [](const auto& bases) { return bases.size() > 1; });
  }
  const bool by_day = reach_.parties[party] == Reach::Of::kByDay || last_moves_;
  if (!by_day && run_.lines == lines && run_.to == &to && run_.end == begin) {
    run_.end = end;
    return;
  }
  end_run();
  run_ = {lines, &to, begin, end, by_day ? party : kNoNumber};
  if (by_day) end_run();
}

void Sweep::end_run() {
  if (run_.to) waiting_.push_back(run_);
  run_ = {};
}

void Sweep::count_rows(const Run& run, std::vector<std::uint32_t>& counters) const {
  const auto* const line = run.lines->data();
  const auto* const column = when_columns_.data();
  for (const auto& bases : *run.to) {
    auto* const plane = counters.data() + bases.front();
    if (run.party == kNoNumber) {
      store_.rows.for_each(run.begin, run.end, [&](auto shape, auto when) { ++plane[line[shape] + column[when]]; });
      continue;
    }
    const bool always = reach_.parties[run.party] == Reach::Of::kAlways;
    store_.rows.for_each(run.begin, run.end, [&](auto shape, auto when) {
      if (!always && !view_.touches(reach_, run.party, when)) return;
      const auto base = bases.size() > 1 ? bases[epochs_[when]] : bases.front();
      ++counters[base + line[shape] + column[when]];
    });
  }
}

// Rows in runs need nothing more looked up: a second thread counts them, in counters of its own, while this one looks
// at those that hang together; then both take what is left.
void Sweep::count_waiting() {
  const auto batches = batches_of_runs();
  std::atomic<std::size_t> next = 0;
  const auto count_batches = [&](std::vector<std::uint32_t>& counters) {
    for (auto at = next++; at < batches.size(); at = next++)
      for (const auto& run : batches[at]) count_rows(run, counters);
  };
  const bool two = batches.size() > 1 && std::thread::hardware_concurrency() > 1;
  std::vector<std::uint32_t> others(two ? counters_.size() : 0, 0);
  std::optional<std::jthread> helper;
  if (two) helper.emplace([&] { count_batches(others); });
  count_clusters();
  for (const auto& part : store_.parts) count_part(part);
  count_batches(counters_);
  helper.reset();  // joins
  for (std::size_t i = 0; i < others.size(); ++i) counters_[i] += others[i];
}

// Of kBatchRows rows or a few more.
std::vector<std::vector<Sweep::Run>> Sweep::batches_of_runs() {
  std::vector<std::vector<Run>> out;
  std::size_t room = 0;
  for (auto run : waiting_)
    while (run.begin != run.end) {
      if (room == 0) {
        out.emplace_back();
        room = kBatchRows;
      }
      auto piece = run;
      piece.end = run.begin = run.begin + static_cast<RowNo>(std::min<std::size_t>(run.end - run.begin, room));
      room -= piece.end - piece.begin;
      out.back().push_back(piece);
    }
  return out;
}

// A seen row by itself.
void Sweep::count_one(std::uint64_t word) {
  const auto when = store_.rows.when_in(word);
  for (const auto& bases : setup(store_.rows.party_in(word))) {
    if (too_wide_) return;
    const auto base = bases.size() > 1 ? bases[epochs_[when]] : bases.front();
    ++counters_[base + linked_lines_[store_.rows.shape_in(word)] + when_columns_[when]];
  }
}

void Sweep::count_clusters() {
  view_.for_cluster_rows(reach_, [&](RowNo row, std::uint64_t word) {
    if (store_.shapes.at(store_.rows.shape_in(word)).part) left_.push_back(row);
    else count_one(word);
  });
}

// Whether a row that is in sight stands in the table: held, counted, in the period.
bool Sweep::stands(std::uint64_t word) const {
  return linked_lines_[store_.rows.shape_in(word)] < lines_end_ && when_columns_[store_.rows.when_in(word)] < columns_end_;
}

std::uint32_t Sweep::key_of_lead(Axis& axis, std::uint64_t word) {
  const auto epochs = by_day_ ? by_day_->epochs() : 1;
  const auto epoch = axis.from() == Axis::From::kLeadByDay ? epochs_[store_.rows.when_in(word)] : 0;
  const auto own = store_.parties.at(store_.rows.party_in(word)).own;
  auto& keys = &axis == &rows_ ? row_leads_ : column_leads_;
  if (keys.empty()) keys.assign(store_.own_sets.size() * epochs, kNoNumber);
  auto& key = keys[std::size_t{own} * epochs + epoch];
  const auto& lead = store_.own_sets.at(own).lead;
  if (key == kNoNumber) key = axis.from() == Axis::From::kLeadByDay ? axis.of_lead(lead, epoch) : axis.of_lead(lead);
  return key;
}

// Precondition: the row stands in the table, and the axis is not of the counterpart, so that there is one key.
std::uint32_t Sweep::key(Axis& axis, std::uint64_t word) {
  const auto of = [&](const Pair& keys) { return &axis == &rows_ ? keys.first : keys.second; };
  switch (axis.from()) {
    case Axis::From::kShape: return of(keys_of_shapes_[store_.rows.shape_in(word)]);
    case Axis::From::kWhen: return of(keys_of_whens_[store_.rows.when_in(word)]);
    case Axis::From::kLead:
    case Axis::From::kLeadByDay: return key_of_lead(axis, word);
    default: return 0;
  }
}

void Sweep::count_apart(const Plane& plane, std::uint64_t word) {
  auto& known = apart_[static_cast<std::size_t>(plane.use)];
  if (known.base == kNoNumber || known.plane != plane) known = {plane, base(plane)};
  const auto at = known.base;
  if (!too_wide_) ++counters_[at + linked_lines_[store_.rows.shape_in(word)] + when_columns_[store_.rows.when_in(word)]];
}

// A part stands nowhere where what it is part of stands too.
void Sweep::count_part(const PartOf& part) {
  if (!in_sight(part.word)) return;
  if (!stands(part.word)) return count_one(part.word);
  if (part.above == kNoRow) return left_.push_back(part.row);
  if (!stands(part.above_word) || !in_sight(part.above_word)) return count_one(part.word);
  if (by_counterpart_) return left_.push_back(part.row);
  const auto row = key(rows_, part.word), column = key(columns_, part.word);
  const bool same_row = row == key(rows_, part.above_word), same_column = column == key(columns_, part.above_word);
  if (same_row && same_column) return;
  Plane plane{For::kCells, rows_.of_party() ? row : kNoNumber, columns_.of_party() ? column : kNoNumber};
  count_apart(plane, part.word);
  plane.use = For::kRows;
  if (!same_row) count_apart(plane, part.word);
  plane.use = For::kColumns;
  if (!same_column) count_apart(plane, part.word);
}

void Sweep::add_plane(const Plane& plane, const std::uint32_t* counters, Sums& sums) const {
  const bool every_row = plane.use == For::kAll || plane.use == For::kTotal;
  const auto announced = shape_pairs_.size(), maybe = when_pairs_.size();
  const auto either = [](std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return a != kNoNumber ? a : b != kNoNumber ? b : c != kNoNumber ? c : 0;
  };
  for (std::uint32_t line = 0; line <= announced; ++line)
    for (std::uint32_t column = 0; column <= maybe; ++column) {
      const auto count = counters[line * width() + column];
      if (count == 0) continue;
      if (line == announced || column == maybe) {
        if (every_row) (line == announced ? sums.announced : sums.undated_within) += count;
        continue;
      }
      const auto [shape_row, shape_column] = shape_pairs_.at(line);
      const auto [when_row, when_column] = when_pairs_.at(column);
      const auto r = either(plane.row, shape_row, when_row), c = either(plane.column, shape_column, when_column);
      if (plane.use == For::kAll || plane.use == For::kCells) sums.cell(r, c).add(count);
      if (plane.use == For::kAll || plane.use == For::kRows) sums.row(r).add(count);
      if (plane.use == For::kAll || plane.use == For::kColumns) sums.column(c).add(count);
      if (every_row) sums.total.add(count);
    }
}

void Sweep::add_to(Sums& sums) const {
  for (std::uint32_t i = 0; i < planes_.size(); ++i) add_plane(planes_.at(i), counters_.data() + i * plane_size(), sums);
}

}  // namespace

bool sweep(const View& view, const Reach& reach, const Spec& spec, const std::vector<std::uint8_t>& counted, Axis& rows, Axis& columns,
           Sums& sums, std::vector<RowNo>& left) {
  Sweep sweep(view, reach, spec, counted, rows, columns);
  if (!sweep.run()) return false;
  sweep.add_to(sums);
  left = sweep.left();
  return true;
}

}  // namespace nc::stats
