#include <algorithm>

#include "base/text.h"
#include "insight/stats/closing_parts.h"
#include "insight/stats/rows.h"
#include "ledger/catalog/values.h"

namespace nc::stats {
namespace {

Json day_json(std::int32_t day) { return catalog::json_from_date({day, DatePrecision::kDay, false}); }
std::string day_text(const std::optional<std::int32_t>& day) { return day ? iso_date({*day, DatePrecision::kDay, false}) : std::string(); }

// Which of the figures it is: equal texts for the same question at any time.
ClosedFigure identity(const Figure& figure, const records::World& world) {
  ClosedFigure out;
  out.what = join(figure.kinds, ";");
  out.indicator = figure.indicator_code;
  out.detail = join(figure.details, ";");
  out.level = join(figure.levels, ";");
  std::vector<std::string> partner = figure.countries;
  if (!figure.area.empty()) partner.push_back(figure.area);
  if (!figure.declared.empty())
    for (const auto& id : figure.declared.front().counterparts)
      if (const auto* unit = world.tree->find(id)) partner.push_back(unit->code);
  out.partner = join(partner, ";");
  if (figure.indicator) out.period = day_text(figure.from) + ".." + day_text(figure.to);
  out.measure = figure.measure;
  for (auto* text : {&out.what, &out.indicator, &out.detail, &out.level, &out.partner, &out.period, &out.measure})
    *text = shorten(*text, kFigureTextMax);  // as it is written, so that it is found again
  return out;
}

auto key_of(const ClosedFigure& figure) {
  return std::tie(figure.what, figure.indicator, figure.detail, figure.level, figure.partner, figure.period, figure.measure);
}

std::vector<ClosedFigure> figures_now(const Query& query, const Columns& columns, const access::ReadScope& read,
                                      const records::World& world) {
  const auto sensitive = [&](const std::string& kind) {
    const auto* type = world.catalog->find(kind);
    return type && type->sensitive;
  };
  std::vector<ClosedFigure> out;
  for (const auto& figure : columns.answer(query, read, world).figures) {
    // "All activities" takes the sensitive kinds in for those who may count them.
    if (figure.kinds.empty() && !figure.indicator) continue;
    if (std::any_of(figure.kinds.begin(), figure.kinds.end(), sensitive)) continue;
    auto item = identity(figure, world);
    item.recorded = figure.recorded.value;
    item.records = figure.recorded.records;
    if (!figure.declared.empty()) {
      item.declared = figure.declared.front().value;
      item.qualifier = figure.declared.front().qualifier;
    }
    out.push_back(std::move(item));
  }
  return out;
}

std::optional<std::int32_t> day_in(const Json& value, bool last) {
  const auto date = catalog::date_from_json(value);
  const auto days = date ? extent(*date) : std::nullopt;
  return days ? std::optional(last ? days->last : days->first) : std::nullopt;
}

// Puts the present values beside the closed ones; what there was none of then comes last.
std::vector<ClosedFigure> beside(std::vector<ClosedFigure> closed, std::vector<ClosedFigure> now) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::string>;
  std::map<Key, std::size_t> places;
  for (std::size_t i = 0; i < closed.size(); ++i) places.emplace(key_of(closed[i]), i);
  for (auto& figure : now) {
    if (const auto at = places.find(key_of(figure)); at != places.end()) {
      closed[at->second].recorded_now = figure.recorded;
      closed[at->second].declared_now = figure.declared;
      continue;
    }
    std::swap(figure.recorded, figure.recorded_now);
    std::swap(figure.declared, figure.declared_now);
    figure.records = 0;
    closed.push_back(std::move(figure));
  }
  for (auto& figure : closed) figure.differs = figure.recorded != figure.recorded_now || figure.declared != figure.declared_now;
  return closed;
}

}  // namespace

std::optional<Query> query_of_closing(const records::RecordView& closing) {
  const auto text = [&](std::string_view slot) {
    const auto& value = closing.slot(slot);
    return value.is_string() ? value.as_string() : std::string();
  };
  Query query;
  query.unit = UnitId::from_hex(text("unit"));
  query.line = orgtree::line_from_name(text("line")).value_or(orgtree::Line::kCommand);
  query.from = day_in(closing.slot("from"), false);
  query.to = day_in(closing.slot("until"), true);
  query.records_max = 0;
  return query.unit && query.from && query.to ? std::optional(query) : std::nullopt;
}

Result<std::vector<records::RecordView>> closings_of(const records::Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                     const Query& asked) {
  records::ListQuery query;
  query.types = {type.id};
  query.own = {*asked.unit};
  query.limit = 500;
  query.count_max = 0;
  std::vector<records::RecordView> out;
  while (true) {
    NC_ASSIGN(auto page, ledger.list(who, query));
    for (auto& view : page.items) {
      const auto of = query_of_closing(view);
      if (of && of->unit == asked.unit && of->line == asked.line && of->from == asked.from && of->to == asked.to)
        out.push_back(std::move(view));
    }
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return std::pair(a.created_ms, a.id) > std::pair(b.created_ms, b.id); });
  return out;
}

const records::RecordView* closing_in(const std::vector<records::RecordView>& closings, std::string_view state) {
  const auto at = std::find_if(closings.begin(), closings.end(), [&](const auto& view) { return view.state == state && !view.voided; });
  return at == closings.end() ? nullptr : &*at;
}

access::Subject closing_reader(access::Subject who, const catalog::Type& type) {
  who.clearance = std::min(who.clearance, type.handling);
  return who;
}

Result<records::Closing> new_closing(const catalog::Type& type, const Query& query, const Columns& columns, const access::ReadScope& read,
                                     const records::World& world, std::int32_t today) {
  const ToKeep kept{figures_now(query, columns, read, world), columns.bearing(query, read, world)};
  if (kept.counted.empty())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("There is nothing to close: no record and no report lies in this period"))
                    .then(NC_MSG("Enter the activities, or a nil entry for each kind without any")));
  records::Closing out;
  out.head.type = type.id;
  out.head.by_program = true;
  Json parameters;
  auto& values = out.head.values;
  const auto* unit = world.tree->find(*query.unit);
  parameters.set("unit", unit ? unit->code : query.unit->hex())
      .set("line", orgtree::line_name(query.line))
      .set("from", day_text(query.from));
  parameters.set("to", day_text(query.to)).set("handling", catalog::handling_name(type.handling)).set("sensitive", false);
  const auto set = [&](std::string_view slot, Json value) {
    if (const auto* field = type.slot(slot)) values.set(field->id, std::move(value));
  };
  set("unit", query.unit->hex());
  set("line", orgtree::line_name(query.line));
  set("from", day_json(*query.from));
  set("until", day_json(*query.to));
  set("as_of", day_json(today));
  set("parameters", canonical(parameters));
  set("set_digest", set_digest_of(kept.counted).hex());
  NC_TRY(put_kept(kept, *query.unit, type, *world.catalog, out));
  return out;
}

ReadRecord read_by(const records::Ledger& ledger, const access::Subject& who) {
  return [&ledger, who](const RecordId& id) {
    auto view = ledger.read(who, id);
    return view ? std::optional(std::move(*view)) : std::nullopt;
  };
}

bool signs_closing(const records::RecordView& closing, std::string_view act) {
  const auto* step = closing.type && closing.type->feeds == "period-closing" ? closing.type->transition(act) : nullptr;
  return step && step->to == "closed";
}

nc::Status closing_holds(const records::RecordView& closing, const ReadRecord& parts, const Columns& columns, const access::Subject& who,
                         const records::World& world) {
  const auto differs = [] {
    return fail(Error(ErrorCode::kConflict, NC_MSG("The prepared closing does not say what is counted now"))
                    .then(NC_MSG("Prepare it anew, then sign that one")));
  };
  const auto query = query_of_closing(closing);
  const auto as_of = day_in(closing.slot("as_of"), false);
  if (!query || !as_of) return differs();
  const auto read = access::ReadScope::resolve(closing_reader(who, *closing.type), access::Action::kCount, *world.tree, *world.catalog);
  NC_ASSIGN(const auto now, new_closing(*closing.type, *query, columns, read, world, *as_of));
  for (const auto& [name, id] : closing.type->slots) {
    const auto alike = [&](const Json& value) {
      return name == "figures" ? rewritten(value) : name == "parts" ? parts_named(value) : value;
    };
    if (alike(now.head.values[id]) != alike(closing.values[id])) return differs();
  }
  // Equal digests: what lies in the parts is what was counted, where it is there at all.
  if (kept_answer(closing, parts).whole()) return {};
  return fail(Error(ErrorCode::kConflict, NC_MSG("The prepared closing is not whole: a part of it is missing or changed"))
                  .then(NC_MSG("Prepare it anew, then sign that one")));
}

Result<PassedBy> passed_by(const std::vector<records::RecordView>& closings, const catalog::Type& type, const ReadRecord& parts,
                           const Columns& columns, const access::Subject& who, const records::World& world) {
  if (closing_in(closings, "closed"))
    return fail(Error(ErrorCode::kConflict, NC_MSG("This period is closed already")).then(NC_MSG("Reopen it before closing it anew")));
  const auto withdrawing = std::find_if(type.transitions.begin(), type.transitions.end(), [](const auto& step) {
    return step.to == "withdrawn" && !step.binding && !step.reason && step.by == catalog::Transition::By::kAnyone;
  });
  PassedBy out;
  for (const auto& closing : closings) {
    if (closing.voided || closing.state != "prepared") continue;
    if (closing_holds(closing, parts, columns, who, world))
      return fail(Error(ErrorCode::kConflict, NC_MSG("A closing of this period waits for its signature, and says what is counted now"))
                      .then(NC_MSG("Have it signed; or withdraw it first, if another is wanted")));
    if (withdrawing == type.transitions.end()) continue;
    out.step = withdrawing->id;
    out.closings.push_back(closing.id);
  }
  return out;
}

records::WriteResult prepare_closing(records::Ledger& ledger, const access::Subject& who, const records::Closing& made,
                                     const PassedBy& passed) {
  for (const auto& id : passed.closings)
    if (auto withdrawn = ledger.transition(who, {id, passed.step, {}, nullptr}); !withdrawn) return withdrawn;
  return ledger.create_closing(who, made);
}

SinceClosing since_closing(const records::RecordView& closing, const Columns& columns, const access::ReadScope& read,
                           const records::World& world, const ReadRecord& known) {
  SinceClosing out;
  const auto query = query_of_closing(closing);
  if (!query) return out;
  auto kept = kept_answer(closing, known);
  out.broken = std::move(kept.broken);
  if (!out.broken.empty()) return out;
  out.figures = beside(std::move(kept.figures), figures_now(*query, columns, read, world));
  auto& before = kept.counted;
  for (const auto& one : columns.bearing(*query, read, world)) {
    const auto at = before.find(one.id);
    if (at == before.end()) {
      out.added.push_back(one.id);
      continue;
    }
    if (at->second != one.facts) out.changed.push_back(one.id);
    before.erase(at);
  }
  for (const auto& [id, facts] : before)
    if (known(id)) out.gone.push_back(id);
  return out;
}

}  // namespace nc::stats
