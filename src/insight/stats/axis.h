// One dimension of a table: under which keys rows stand. Private to this room.
//
// Keys are numbers of their texts. A key comes from what a row is (its shape), from its days, or from its
// party; the table is counted without looking at rows one by one wherever that is so.
#pragma once

#include "insight/stats/scan.h"

namespace nc::stats {

class Axis {
 public:
  // What decides the key. kRow: the row itself (a stock stands on many days); kNothing: one empty key.
  enum class From : std::uint8_t { kNothing, kShape, kWhen, kLead, kLeadByDay, kCounterpart, kRow };

  Axis(const View& view, const Bounds& bounds, const Spec& spec, Dimension dimension);
  [[nodiscard]] From from() const { return from_; }
  [[nodiscard]] bool of_party() const { return from_ >= From::kLead && from_ <= From::kCounterpart; }
  [[nodiscard]] const std::string& text(std::uint32_t key) const { return texts_.at(key); }
  std::uint32_t named(const std::string& text) { return texts_.of(text); }

  [[nodiscard]] std::uint32_t of_shape(std::uint32_t shape);
  [[nodiscard]] std::uint32_t of_when(std::uint32_t when);
  [[nodiscard]] std::uint32_t of_lead(const UnitId& lead);
  // By the epochs of the tree of units: spans of days on which no unit moves. The last one is for undated rows.
  [[nodiscard]] std::uint32_t of_lead(const UnitId& lead, std::uint32_t epoch);
  [[nodiscard]] std::uint32_t epochs() const { return static_cast<std::uint32_t>(edges_.size()) + 2; }
  [[nodiscard]] std::uint32_t epoch(const DayRange& when) const;
  [[nodiscard]] const std::vector<std::uint32_t>& of_counterpart(std::uint32_t set);
  // Every key of the row; a joint activity has several.
  void keys(RowNo row, std::vector<std::uint32_t>& out);

 private:
  void find_edges();
  std::uint32_t of_bucket(std::uint32_t bucket);
  [[nodiscard]] std::string unit_key(const UnitId& lead) const;
  [[nodiscard]] std::string province(UnitId lead, std::int32_t day) const;
  void in_force(RowNo row, std::vector<std::uint32_t>& out);

  const View& view_;
  const Bounds& bounds_;
  const Spec& spec_;
  Dimension dimension_;
  From from_;
  Dictionary<std::string> texts_;
  std::vector<std::uint32_t> by_word_, by_when_;
  Dictionary<std::uint32_t> buckets_;  // of time
  std::vector<std::uint32_t> bucket_keys_;
  std::vector<std::vector<std::uint32_t>> by_counterpart_;
  std::vector<std::int32_t> edges_;  // first days of epochs but the first
  Dictionary<UnitId> leads_;
  std::vector<std::uint32_t> by_lead_;  // by lead and epoch
};

}  // namespace nc::stats
