#include "insight/stats/closing.h"

#include <algorithm>

#include "base/text.h"
#include "foundation/crypto/hash.h"
#include "insight/stats/rows.h"
#include "ledger/catalog/values.h"

namespace nc::stats {
namespace {

constexpr int kScaleMax = 6;

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

std::optional<Amount> amount_in(const Json& row, const char* column) {
  const auto text = row.text(column);
  if (text.empty()) return std::nullopt;
  Amount out;
  bool point = false, minus = false;
  for (const char c : text) {
    if (c == '-') minus = true;
    else if (c == '.') point = true;
    else if (c < '0' || c > '9' || __builtin_mul_overflow(out.value, 10, &out.value) ||
             __builtin_add_overflow(out.value, c - '0', &out.value))
      return std::nullopt;
    else if (point) ++out.scale;
  }
  if (minus) out.value = -out.value;
  return out.scale <= kScaleMax ? std::optional(out) : std::nullopt;
}

ClosedFigure closed_figure(const Json& row) {
  ClosedFigure out;
  for (const auto& [column, member] : {std::pair{"what", &ClosedFigure::what},
                                       {"indicator", &ClosedFigure::indicator},
                                       {"detail", &ClosedFigure::detail},
                                       {"level", &ClosedFigure::level},
                                       {"partner", &ClosedFigure::partner},
                                       {"period", &ClosedFigure::period},
                                       {"measure", &ClosedFigure::measure},
                                       {"qualifier", &ClosedFigure::qualifier}})
    out.*member = row.text(column);
  out.recorded = amount_in(row, "recorded");
  out.declared = amount_in(row, "declared");
  out.records = static_cast<std::size_t>(std::max<std::int64_t>(0, row.integer("records")));
  return out;
}

Json line_of(const ClosedFigure& figure) {
  Json row;
  const auto put = [&](const char* column, const std::string& text) {
    if (!text.empty()) row.set(column, shorten(text, 300));
  };
  put("what", figure.what);
  put("indicator", figure.indicator);
  put("detail", figure.detail);
  put("level", figure.level);
  put("partner", figure.partner);
  put("period", figure.period);
  put("measure", figure.measure);
  put("qualifier", figure.qualifier);
  if (figure.recorded) row.set("recorded", figure.recorded->text());
  if (figure.declared) row.set("declared", figure.declared->text());
  row.set("records", static_cast<std::int64_t>(figure.records));
  return row;
}

std::string written(const std::vector<Columns::Bearing>& counted) {
  std::vector<std::string> out;
  for (const auto& one : counted) out.push_back(one.id.hex() + one.facts);
  return join(out, " ");
}

std::map<RecordId, std::string> counted_in(const records::RecordView& closing) {
  std::map<RecordId, std::string> out;
  const auto& text = closing.slot("counted");
  if (!text.is_string()) return out;
  for (const auto& word : split_trimmed(text.as_string(), ' '))
    if (const auto id = RecordId::from_hex(std::string_view(word).substr(0, 32))) out.emplace(*id, word.substr(32));
  return out;
}

// The rows as a closing writes them, however they came to be stored.
Json rewritten(const Json& rows) {
  Json out{JsonArray{}};
  if (rows.is_array())
    for (const auto& row : rows.as_array()) out.push(line_of(closed_figure(row)));
  return out;
}

std::optional<std::int32_t> day_in(const Json& value, bool last) {
  const auto date = catalog::date_from_json(value);
  const auto days = date ? extent(*date) : std::nullopt;
  return days ? std::optional(last ? days->last : days->first) : std::nullopt;
}

// Puts the present values beside the closed ones; what there was none of then comes last.
std::vector<ClosedFigure> beside(std::vector<ClosedFigure> closed, std::vector<ClosedFigure> now) {
  for (auto& figure : now) {
    const auto at = std::find_if(closed.begin(), closed.end(), [&](const auto& other) { return key_of(other) == key_of(figure); });
    if (at != closed.end()) {
      at->recorded_now = figure.recorded;
      at->declared_now = figure.declared;
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
  const auto at = std::find_if(closings.begin(), closings.end(), [&](const auto& view) { return view.state == state; });
  return at == closings.end() ? nullptr : &*at;
}

access::Subject closing_reader(access::Subject who, const catalog::Type& type) {
  who.clearance = std::min(who.clearance, type.handling);
  return who;
}

Result<Json> closing_values(const catalog::Type& type, const Query& query, const Columns& columns, const access::ReadScope& read,
                            const records::World& world, std::int32_t today) {
  const auto figures = figures_now(query, columns, read, world);
  const auto counted = columns.bearing(query, read, world);
  if (figures.size() > kClosingFiguresMax || counted.size() > kClosingRecordsMax)
    return fail(Error(ErrorCode::kLimit, NC_MSG("One closing holds {1} figures and {2} records at most; here are {3} and {4}"),
                      {std::to_string(kClosingFiguresMax), std::to_string(kClosingRecordsMax), std::to_string(figures.size()),
                       std::to_string(counted.size())})
                    .then(NC_MSG("Close a shorter period, or have the units below close theirs")));
  if (counted.empty())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("There is nothing to close: no record and no report lies in this period"))
                    .then(NC_MSG("Enter the activities, or a nil entry for each kind without any")));
  Json lines{JsonArray{}}, parameters, values;
  for (const auto& figure : figures) lines.push(line_of(figure));
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
  if (!figures.empty()) set("figures", std::move(lines));
  set("parameters", canonical(parameters));
  set("counted", written(counted));
  set("set_digest", crypto::sha256("nhipcau-closing-1\n" + written(counted)).hex());
  return values;
}

bool signs_closing(const records::RecordView& closing, std::string_view act) {
  const auto* step = closing.type && closing.type->feeds == "period-closing" ? closing.type->transition(act) : nullptr;
  return step && step->to == "closed";
}

nc::Status closing_holds(const records::RecordView& closing, const Columns& columns, const access::Subject& who,
                         const records::World& world) {
  const auto differs = [] {
    return fail(Error(ErrorCode::kConflict, NC_MSG("The prepared closing does not say what is counted now"))
                    .then(NC_MSG("Prepare it anew, then sign that one")));
  };
  const auto query = query_of_closing(closing);
  const auto as_of = day_in(closing.slot("as_of"), false);
  if (!query || !as_of) return differs();
  const auto read = access::ReadScope::resolve(closing_reader(who, *closing.type), access::Action::kCount, *world.tree, *world.catalog);
  NC_ASSIGN(const auto now, closing_values(*closing.type, *query, columns, read, world, *as_of));
  const auto* figures = closing.type->slot("figures");
  for (const auto& [name, id] : closing.type->slots) {
    const bool same = figures && id == figures->id ? rewritten(now[id]) == rewritten(closing.values[id]) : now[id] == closing.values[id];
    if (!same) return differs();
  }
  return {};
}

SinceClosing since_closing(const records::RecordView& closing, const Columns& columns, const access::ReadScope& read,
                           const records::World& world, const std::function<bool(const RecordId&)>& known) {
  SinceClosing out;
  const auto query = query_of_closing(closing);
  if (!query) return out;
  std::vector<ClosedFigure> closed;
  if (const auto& rows = closing.slot("figures"); rows.is_array())
    for (const auto& row : rows.as_array()) closed.push_back(closed_figure(row));
  out.figures = beside(std::move(closed), figures_now(*query, columns, read, world));
  auto before = counted_in(closing);
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
