// For tests: the counting again, by straight loops over record views, sharing nothing with the room.
#pragma once

#include <algorithm>

#include "insight/stats/test_world.h"

namespace nc::stats::test {

struct NaiveCount {
  std::optional<std::int64_t> value;  // in thousandths for km, else whole
  std::size_t records = 0, undated = 0, announced = 0;
};

struct NaiveQuery {
  std::optional<std::string> unit;
  orgtree::Line line = orgtree::Line::kCommand;
  std::optional<std::int32_t> as_of, from, to;
  std::string partner_unit, partner_country, partner_area, level;
  std::vector<std::string> kinds;  // empty: all activities
  std::string measure = "count";
  std::function<bool(const Json& values, const std::string& type)> only;  // of a pivot's total
};

class Naive {
 public:
  Naive(const Records& records, access::Subject who) : r_(records), who_(std::move(who)) {
    for (const auto& [id, view] : r_.all) see(view);
  }

  [[nodiscard]] NaiveCount count(const NaiveQuery& q) const {
    std::vector<RecordId> selected;
    NaiveCount out;
    for (const auto& [id, values] : seen_) {
      if (!stands_for_itself(id) || !asked(id, values, q)) continue;
      const auto when = period(id, values, q);
      if (when == 'n') continue;
      const auto status = values.text("status");
      if (status == "announced") ++out.announced;
      if (status != "held") continue;
      if (when == '?') ++out.undated;
      else selected.push_back(id);
    }
    for (const auto& id : selected) {
      if (has_whole_in(id, selected) || is_held_by_a_total_in(id, selected, q.measure)) continue;
      ++out.records;
      if (const auto value = measured(id, q.measure)) out.value = out.value.value_or(0) + *value;
    }
    if (is_standing(q.kinds)) {
      std::set<std::string> levels;
      for (const auto& id : selected) levels.insert(seen_.at(id).text("level"));
      if (levels.size() > 1 && q.measure != "signed") out.value.reset();
    }
    return out;
  }

 private:
  void see(const records::RecordView& view) {
    if (view.voided || (view.type->feeds != "counted-activity" && view.type->feeds != "standing-thing")) return;
    Json values{JsonObject{}};
    std::size_t parts = 0;
    for (const auto& part : view.parts) {
      access::Object object;
      object.group = view.type->group;
      object.sensitive = view.type->sensitive;
      object.handling = static_cast<access::Handling>(part.key.handling);
      object.owners = part.key.audience.units;
      if (!access::decide(who_, access::Action::kCount, object, *r_.world.tree, *r_.world.catalog).allow) break;
      for (const auto& [field, value] : part.values.as_object()) values.set(field, value);
      ++parts;
    }
    if (parts == 0) return;
    // Practice marches do not count.
    if (view.type_id == "march" && values.text("detail") == "b" && values.text("level") == "village") values.set("status", "planned");
    seen_[view.id] = values;
    type_[view.id] = view.type_id;
  }

  [[nodiscard]] static std::vector<RecordId> ids(const Json& refs) {
    std::vector<RecordId> out;
    if (refs.is_array())
      for (const auto& item : refs.as_array()) out.push_back(RecordId::from_hex(item.text("ref")).value());
    return out;
  }

  [[nodiscard]] std::set<RecordId> cluster(const RecordId& id) const {
    std::set<RecordId> found{id};
    for (bool grew = true; grew;) {
      grew = false;
      for (const auto& [a, values] : seen_)
        for (const auto& b : ids(values["same_event"])) {
          if (!seen_.contains(b) || found.contains(a) == found.contains(b)) continue;
          found.insert(a), found.insert(b);
          grew = true;
        }
    }
    return found;
  }

  [[nodiscard]] std::string source(const RecordId& id) const {
    std::string best = "~";
    for (const auto& s : ids(seen_.at(id)["source"]))
      if (const auto at = r_.all.find(s); at != r_.all.end()) best = std::min(best, at->second.values.text("code"));
    return best;
  }

  [[nodiscard]] RecordId representative(const RecordId& id) const {
    const auto joined = cluster(id);
    return *std::min_element(joined.begin(), joined.end(), [&](const RecordId& a, const RecordId& b) {
      const auto rank = [&](const RecordId& x) { return std::tuple(seen_.at(x).text("status") != "held", source(x), x); };
      return rank(a) < rank(b);
    });
  }
  [[nodiscard]] bool stands_for_itself(const RecordId& id) const { return representative(id) == id; }

  [[nodiscard]] bool is_standing(const std::vector<std::string>& kinds) const {
    const auto stands = [&](const auto& kind) { return r_.world.catalog->find(kind)->feeds == "standing-thing"; };
    return !kinds.empty() && std::all_of(kinds.begin(), kinds.end(), stands);
  }

  static std::optional<DayRange> days(const Json& value) {
    if (!value["day"].is_int()) return std::nullopt;
    const auto d = static_cast<std::int32_t>(value["day"].as_int());
    const auto precision = value.text("precision");
    const auto at = from_day(d);
    if (precision == "day") return DayRange{d, d};
    if (precision == "month") return DayRange{d, (at.month == 12 ? to_day(at.year + 1, 1, 1) : to_day(at.year, at.month + 1, 1)) - 1};
    if (precision == "year") return DayRange{d, to_day(at.year, 12, 31)};
    return std::nullopt;
  }
  [[nodiscard]] std::optional<DayRange> begun(const RecordId& id, const Json& values) const {
    if (r_.world.catalog->find(type_.at(id))->feeds == "standing-thing") return days(values["from"]);
    return days(values["when"]["from"]);
  }

  [[nodiscard]] bool lies_under(const UnitId& unit, const std::string& above, orgtree::Line line, std::optional<std::int32_t> as_of,
                                std::optional<std::int32_t> on) const {
    const auto& tree = *r_.world.tree;
    if (as_of) return tree.counts_under(unit, id_of(above), line, *as_of);
    if (on) return tree.is_under(unit, id_of(above), line, *on);
    for (int year = 2009; year < 2032; ++year)  // the test's links begin and end on the first and last days of years
      if (tree.is_under(unit, id_of(above), line, day(year, 6, 1))) return true;
    return false;
  }

  [[nodiscard]] bool asked(const RecordId& id, const Json& values, const NaiveQuery& q) const {
    const auto* type = r_.world.catalog->find(type_.at(id));
    const auto& kind = type_.at(id);
    const bool in_all = type->countable && type->feeds == "counted-activity";
    if (q.kinds.empty() ? !in_all : std::find(q.kinds.begin(), q.kinds.end(), kind) == q.kinds.end()) return false;
    if (!q.level.empty() && values.text("level") != q.level) return false;
    if (q.only && !q.only(values, kind)) return false;
    // The cluster is in the scope when one of its members is.
    const auto joined = cluster(id);
    return std::any_of(joined.begin(), joined.end(), [&](const RecordId& member) { return touches(member, seen_.at(member), q); });
  }

  [[nodiscard]] bool touches(const RecordId& id, const Json& values, const NaiveQuery& q) const {
    const auto range = begun(id, values);
    const auto on = range ? std::optional(range->first) : std::nullopt;
    if (q.unit) {
      auto own = ids(values["own"]);
      own.push_back(UnitId::from_hex(values.text("lead")).value());
      if (std::none_of(own.begin(), own.end(), [&](const UnitId& u) { return lies_under(u, *q.unit, q.line, q.as_of, on); })) return false;
    }
    return with_partner(values, q, on);
  }

  [[nodiscard]] bool with_partner(const Json& values, const NaiveQuery& q, std::optional<std::int32_t> on) const {
    if (q.partner_unit.empty() && q.partner_country.empty() && q.partner_area.empty()) return true;
    if (values["countries"].is_array())
      for (const auto& c : values["countries"].as_array())
        if (!q.partner_country.empty() && c.as_string() == q.partner_country) return true;
    for (const auto& id : ids(values["counterpart"])) {
      const auto& unit = *r_.world.tree->find(id);
      if (!q.partner_country.empty() && unit.country == q.partner_country) return true;
      if (!q.partner_area.empty() && unit.area == q.partner_area) return true;
      if (!q.partner_unit.empty() && lies_under(id, q.partner_unit, orgtree::Line::kCommand, q.as_of, on)) return true;
    }
    return false;
  }

  // 'y' in the period, 'n' not, '?' cannot be said.
  [[nodiscard]] char period(const RecordId& id, const Json& values, const NaiveQuery& q) const {
    const auto range = begun(id, values);
    if (is_standing(q.kinds) && q.measure != "signed") {
      const auto last = q.to.value_or(kDayMax);
      const auto end = days(values["until"]).value_or(DayRange{kDayMax, kDayMax});
      if (end.last < last || (range && range->first > last)) return 'n';
      const bool certain = (q.to ? range && range->last <= last : true) && end.first >= last;
      return certain ? 'y' : '?';
    }
    if (!q.from && !q.to) return 'y';
    if (!range) return '?';
    std::size_t inside = 0;
    for (const auto d : {range->first, range->last}) inside += (!q.from || *q.from <= d) && (!q.to || d <= *q.to);
    if (inside == 2) return 'y';
    const bool apart = (q.to && range->first > *q.to) || (q.from && range->last < *q.from);
    return apart ? 'n' : '?';
  }

  [[nodiscard]] bool has_whole_in(const RecordId& id, const std::vector<RecordId>& selected) const {
    std::set<RecordId> walked;
    bool found = false;
    for (RecordId at = id;;) {
      const auto parent = RecordId::from_hex(seen_.at(at).text("parent"));
      if (!parent || !seen_.contains(*parent)) return found;
      at = representative(*parent);
      if (at == id) return false;  // a circle through itself
      if (!walked.insert(at).second) return found;
      found = found || std::find(selected.begin(), selected.end(), at) != selected.end();
    }
  }

  [[nodiscard]] bool is_part_of(RecordId at, const RecordId& whole) const {
    const auto first = at;
    for (std::set<RecordId> walked; walked.insert(at).second;) {
      const auto parent = RecordId::from_hex(seen_.at(at).text("parent"));
      if (!parent || !seen_.contains(*parent)) return false;
      at = representative(*parent);
      if (at == whole) return circle_free(first);
    }
    return false;
  }
  // Following its parents one never comes back to it.
  [[nodiscard]] bool circle_free(const RecordId& id) const {
    std::set<RecordId> walked;
    for (RecordId at = id; walked.insert(at).second;) {
      const auto parent = RecordId::from_hex(seen_.at(at).text("parent"));
      if (!parent || !seen_.contains(*parent)) return true;
      at = representative(*parent);
      if (at == id) return false;
    }
    return true;
  }

  // Whatever any record of the total's event names, or what those name in turn.
  [[nodiscard]] std::set<RecordId> held_by(const RecordId& total) const {
    std::set<RecordId> out;
    std::vector<RecordId> open{total};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      for (const auto& member : cluster(at))
        for (const auto& named : ids(seen_.at(member)["includes"])) {
          if (!seen_.contains(named)) continue;
          const auto part = representative(named);
          if (part != at && out.insert(part).second) open.push_back(part);
        }
    }
    return out;
  }

  [[nodiscard]] bool is_held_by_a_total_in(const RecordId& id, const std::vector<RecordId>& selected, const std::string& measure) const {
    if (measure == "count" || !measured(id, measure) || held_by(id).contains(id)) return false;
    return std::any_of(selected.begin(), selected.end(), [&](const RecordId& total) {
      return total != id && measured(total, measure) && held_by(total).contains(id) && !is_part_of(total, id);
    });
  }

  [[nodiscard]] std::optional<std::int64_t> measured(const RecordId& id, const std::string& measure) const {
    if (measure == "count") return 1;
    const auto& values = seen_.at(id);
    const auto* field = measure == "secret" ? "secret_heads" : "heads";
    if (measure == "km") {
      const auto text = values.text("km");  // tests write three decimals
      if (text.empty()) return std::nullopt;
      return std::stoll(text.substr(0, text.size() - 4)) * 1000 + std::stoll(text.substr(text.size() - 3));
    }
    if (!values[field].is_int()) return std::nullopt;
    return values[field].as_int();
  }

  const Records& r_;
  access::Subject who_;
  std::map<RecordId, Json> seen_;
  std::map<RecordId, std::string> type_;
};

}  // namespace nc::stats::test
