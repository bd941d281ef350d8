#include "insight/stats/periods.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "foundation/crypto/hash.h"

namespace nc::stats {
namespace {

constexpr std::string_view kReportingLevel = "post";

Bounds bounds_of(const UnitId& unit, orgtree::Line line) {
  Bounds bounds;
  bounds.unit = unit;
  bounds.line = line;
  return bounds;
}

bool shares_kind(const ReportRow& report, const Spec& spec) {
  return spec.kinds.empty() || std::any_of(spec.kinds.begin(), spec.kinds.end(), [&](const auto& kind) {
           return std::find(report.nil_kinds.begin(), report.nil_kinds.end(), kind) != report.nil_kinds.end();
         });
}

// Held activities of the unit that a nil entry of its denies.
std::vector<RecordId> against(View& view, const ReportRow& report, orgtree::Line line) {
  if (report.nil_kinds.empty() || !report.from || !report.to) return {};
  Spec spec;
  spec.kinds = report.nil_kinds;
  spec.from = report.from;
  spec.to = report.to;
  return count(view, view.rows(bounds_of(report.unit, line)), spec, 1000, nullptr).record_ids;
}

class Bearings {
 public:
  Bearings(View& view, const Query& query, std::size_t max)
      : view_(view), query_(query), bounds_(bounds_of(*query.unit, query.line)), max_(max) {}

  std::vector<Columns::Bearing> all() {
    Spec spec;
    spec.from = query_.from;
    spec.to = query_.to;
    for (const auto row : view_.rows(bounds_)) {
      if (out_.size() >= max_) break;
      if (sensitive(view_.kind(row)) || view_.in_period(row, spec) == InPeriod::kNo) continue;
      if (view_.store().shape(row).status != Status::kOther) add(view_.id(row), digest_json(view_.store().row_at(row)));
    }
    const UnitScope scope(*view_.world().tree, *query_.unit, query_.line, std::nullopt);
    for (const auto& [id, readings] : view_.store().declared)
      if (const auto* row = view_.seen(readings); row && scope.holds(row->unit) && inside(row->from ? row->from : row->to, row->to))
        add(id, digest_json(*row));
    for (const auto& [id, readings] : view_.store().reports)
      if (const auto* row = view_.seen(readings);
          row && row->form != ReportForm::kClosing && row->in_force() && scope.holds(row->unit) && inside(row->from, row->to))
        add(id, digest_json(*row));
    std::sort(out_.begin(), out_.end());
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool sensitive(const std::string& kind) const {
    const auto* type = view_.world().catalog->find(kind);
    return type && type->sensitive;
  }
  [[nodiscard]] bool inside(const std::optional<std::int32_t>& from, const std::optional<std::int32_t>& to) const {
    return from && to && *query_.from <= *from && *to <= *query_.to;
  }
  void add(const RecordId& id, const Json& facts) {
    if (out_.size() < max_) out_.push_back({id, crypto::sha256(canonical(facts)).hex().substr(0, 8)});
  }

  View& view_;
  const Query& query_;
  Bounds bounds_;
  std::size_t max_;
  std::vector<Columns::Bearing> out_;
};

}  // namespace

std::vector<UnitId> owing_units(const orgtree::OrgTree& tree, const UnitId& unit, orgtree::Line line, DayRange period) {
  const auto* asked = tree.find(unit);
  if (asked && ((asked->from && *asked->from > period.last) || (asked->until && *asked->until < period.first))) return {};
  std::vector<UnitId> out;
  for (const auto& id : tree.subtree(unit, line, period.last)) {
    const auto* below = tree.find(id);
    if (below && below->own && !below->voided && below->level == kReportingLevel) out.push_back(id);
  }
  if (out.empty()) out = tree.children(unit, line, period.last);
  if (out.empty()) out.push_back(unit);
  return out;
}

bool says_nil(const View& view, const UnitId& unit, const Spec& spec) {
  std::set<std::string_view> said;
  for (const auto& [id, readings] : view.store().reports) {
    const auto* report = view.seen(readings);
    if (report && report->unit == unit && report->in_force() && report->covers(*spec.from, *spec.to))
      said.insert(report->nil_kinds.begin(), report->nil_kinds.end());
  }
  if (said.empty()) return false;
  if (!spec.kinds.empty()) return std::ranges::all_of(spec.kinds, [&](const auto& kind) { return said.contains(kind); });
  const auto counted = view.world().catalog->feeding("counted-activity");
  return std::ranges::all_of(counted, [&](const auto* type) { return !type->countable || said.contains(type->id); });
}

void find_nil_contradictions(View& view, const Bounds& bounds, const Spec& spec, Figure& figure) {
  if (figure.recorded.records == 0) return;
  std::optional<UnitScope> scope;
  if (bounds.unit) scope.emplace(*view.world().tree, *bounds.unit, bounds.line, bounds.as_of);
  for (const auto& [id, readings] : view.store().reports) {
    const auto* report = view.seen(readings);
    if (!report || !report->in_force() || report->nil_kinds.empty() || !shares_kind(*report, spec)) continue;
    if (scope && !scope->holds(report->unit)) continue;
    auto records = against(view, *report, bounds.line);
    std::erase_if(records, [&](const RecordId& record) {
      return !std::binary_search(figure.recorded.record_ids.begin(), figure.recorded.record_ids.end(), record);
    });
    if (records.empty()) continue;
    const auto* unit = view.world().tree->find(report->unit);
    const auto number = std::to_string(records.size());
    records.insert(records.begin(), id);
    figure.differences.push_back({"nil",
                                  NC_MSG("{1} said that there was nothing, and {2} records say otherwise"),
                                  {unit ? unit->code : "", number},
                                  std::move(records)});
  }
}

std::vector<UnitStatus> Columns::statuses(const Query& query, const access::ReadScope& read, const records::World& world) const {
  const auto lock = store_->read();
  View view(*store_, read, world);
  Spec spec;
  spec.kinds = query.kinds;
  spec.from = query.from;
  spec.to = query.to;
  std::vector<UnitStatus> out;
  for (const auto& unit : owing_units(*world.tree, *query.unit, query.line, {*query.from, *query.to})) {
    UnitStatus status;
    status.unit = unit;
    status.records = count(view, view.rows(bounds_of(unit, query.line)), spec, 0, nullptr).records;
    if (status.records > 0) status.said = UnitSaid::kRecorded;
    const bool nothing = says_nil(view, unit, spec);
    for (const auto& [id, readings] : store_->reports) {
      const auto* report = view.seen(readings);
      if (!report || report->unit != unit || !report->in_force() || !report->covers(*query.from, *query.to)) continue;
      if (!report->nil_kinds.empty() && shares_kind(*report, spec) && !against(view, *report, query.line).empty())
        status.contradicted = true;
      if (report->form == ReportForm::kNil && !nothing) continue;
      status.statements.push_back(id);
      const auto said = report->form == ReportForm::kClosing ? UnitSaid::kClosed
                        : report->form == ReportForm::kNil   ? UnitSaid::kNil
                                                             : UnitSaid::kReported;
      status.said = std::min(status.said, said);
    }
    out.push_back(std::move(status));
  }
  const auto code = [&](const UnitStatus& status) { return world.tree->find(status.unit)->code; };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return code(a) < code(b); });
  return out;
}

std::vector<Columns::Bearing> Columns::bearing(const Query& query, const access::ReadScope& read, const records::World& world,
                                               std::size_t max) const {
  const auto lock = store_->read();
  View view(*store_, read, world);
  return Bearings(view, query, max).all();
}

}  // namespace nc::stats
