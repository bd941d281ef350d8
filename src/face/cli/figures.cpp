// figures: any figure by unit, line, partner, kind, level, measure and period, with what stands behind it.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "channels/sync/node_states.h"

#include "face/cli/choices.h"
#include "face/cli/commands.h"
#include "face/cli/figure_table.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, unit, line = "command", counterpart, level, measure, from, to, as = "recorded", rows, columns, detail, format = "table",
                         as_login;
  std::vector<std::string> kinds;
};

// The words of a choice field that fills the slot, over all types.
std::vector<std::string> options_of(const catalog::Catalog& catalog, std::string_view slot) {
  std::set<std::string> out;
  for (const auto& type : catalog.types())
    if (const auto* field = type.slot(slot))
      for (const auto& option : field->options) out.insert(option.id);
  return {out.begin(), out.end()};
}

std::vector<std::string> measures_of(const catalog::Catalog& catalog) {
  auto out = options_of(catalog, "unit_of_count");
  out.emplace_back("count");
  for (const auto& type : catalog.types())
    for (const auto& measure : type.measures) out.push_back(measure.id);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Status read_units(const Asked& asked, const records::World& world, stats::Query& query) {
  query.line = orgtree::line_from_name(asked.line).value_or(orgtree::Line::kCommand);  // the parser took no other word
  if (!asked.unit.empty()) {
    NC_ASSIGN(const auto* unit, unit_of_code("--unit", asked.unit, *world.tree));
    query.unit = unit->id;
  }
  if (!asked.counterpart.empty()) {
    auto partner = stats::partner_from_text(asked.counterpart, *world.tree);
    if (!partner) return fail(std::move(partner).error().at("--counterpart"));
    query.partner = std::move(*partner);
  }
  if (asked.as != "recorded") {
    auto day = parse_period_edge(asked.as);
    if (!day) return fail(std::move(day).error().at("--as"));
    query.as_of = day->last;
  }
  return {};
}

Status read_what(const Asked& asked, const records::World& world, stats::Query& query) {
  for (const auto& kind : asked.kinds) NC_TRY(must_be_one("--kind", kind, kinds_of(*world.catalog)));
  NC_TRY(must_be_one("--detail", asked.detail, options_of(*world.catalog, "detail")));
  NC_TRY(must_be_one("--level", asked.level, options_of(*world.catalog, "level")));
  NC_TRY(must_be_one("--measure", asked.measure, measures_of(*world.catalog)));
  query.kinds = asked.kinds;
  query.detail = asked.detail;
  query.level = asked.level;
  query.measure = asked.measure;
  return {};
}

Status read_shape(const Asked& asked, stats::Query& query) {
  for (const auto& [option, text, edge] : {std::tuple{"--from", &asked.from, &query.from}, std::tuple{"--to", &asked.to, &query.to}}) {
    if (text->empty()) continue;
    auto days = parse_period_edge(*text);
    if (!days) return fail(std::move(days).error().at(option));
    *edge = std::string_view(option) == "--from" ? days->first : days->last;
  }
  if (query.from && query.to && *query.from > *query.to)
    return fail(Error(ErrorCode::kUsage, NC_MSG("The period ends before it begins"))
                    .at("--to")
                    .then(NC_MSG("Give a later day, or leave it empty")));
  query.rows = stats::dimension_from_name(asked.rows).value_or(stats::Dimension::kNone);
  query.columns = stats::dimension_from_name(asked.columns).value_or(stats::Dimension::kNone);
  if (query.rows != stats::Dimension::kNone && query.rows == query.columns)
    return fail(Error(ErrorCode::kUsage, NC_MSG("Rows and columns are the same"))
                    .at("--columns")
                    .then(NC_MSG("Choose another one, or leave it out")));
  return {};
}

// Areas that no unit of the other side has may still be named by activities and declared figures. Only
// what this reader may count is looked at, so that an area he must not know is absent for him.
Status area_must_be_known(const stats::Query& query, const stats::Columns& columns, const access::ReadScope& read,
                          const records::World& world) {
  const auto& area = query.partner.area;
  if (area.empty()) return {};
  std::set<std::string> areas;
  for (const auto& unit : world.tree->units())
    if (!unit.own && !unit.area.empty()) areas.insert(unit.area);
  stats::Query everything;
  const auto answer = columns.answer(everything, read, world);
  for (const auto& figure : answer.figures) areas.insert(figure.area);
  for (const auto* more : {&answer.below, &answer.outside})
    for (const auto& declared : *more) areas.insert(declared.area);
  everything.rows = stats::Dimension::kArea;
  if (const auto table = columns.answer(everything, read, world); table.pivot)
    areas.insert(table.pivot->row_keys.begin(), table.pivot->row_keys.end());
  areas.erase("");
  if (std::any_of(areas.begin(), areas.end(), [&](const auto& known) { return fold(known) == fold(area); })) return {};
  std::set<std::string> valid = areas;
  for (const auto& unit : world.tree->units()) {
    if (unit.own) continue;
    valid.insert(unit.code);
    if (!unit.country.empty()) valid.insert(unit.country);
  }
  return fail(not_among(ErrorCode::kNotFound, "--counterpart", area, {valid.begin(), valid.end()}));
}

// Up to when the nodes below have handed in all; empty at a node that has none.
std::string nodes_below_text(const Context& context, const sync::Completeness& below) {
  if (below.nodes == 0) return {};
  if (below.heard == 0) return context.tr(NC_MSG("Of the {1} nodes below nothing is known to be complete yet."), below.nodes);
  return context.tr(NC_MSG("Complete to {1} for {2} of {3} nodes below."), context.words.datetime(below.complete_to_ms), below.heard,
                    below.nodes);
}

Status figures(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.as_login));
  const auto world = ledger->world();
  stats::Query query;
  NC_TRY(read_units(asked, *world, query));
  NC_TRY(read_what(asked, *world, query));
  NC_TRY(read_shape(asked, query));
  NC_ASSIGN(const auto columns, load_columns(*ledger));
  const auto read = access::ReadScope::resolve(who, access::Action::kCount, *world->tree, *world->catalog);
  NC_TRY(area_must_be_known(query, *columns, read, *world));
  const auto answer = columns->answer(query, read, *world);
  const auto name_of = namer(*ledger, who, context.lang());
  NC_ASSIGN(const auto below, sync::completeness(*ledger));
  if (asked.format == "json") {
    auto json = stats::to_json(answer, *world, name_of);
    context.out() << pretty(json.set("nodes_below", sync::to_json(below)));
  } else if (asked.format == "csv") {
    // A table for programs stays a table: what is said of it goes beside.
    context.out() << (answer.pivot ? stats::to_csv(*answer.pivot) : stats::to_csv(answer, *world, name_of));
    if (const auto text = nodes_below_text(context, below); !text.empty()) context.environment.err << text << '\n';
  } else {
    print_answer(context, answer, *world, name_of);
    if (const auto text = nodes_below_text(context, below); !text.empty()) context.out() << text << '\n';
  }
  return {};
}

std::vector<std::string> dimensions() {
  std::vector<std::string> out;
  for (auto i = static_cast<int>(stats::Dimension::kUnit); i <= static_cast<int>(stats::Dimension::kMeasure); ++i)
    out.emplace_back(stats::dimension_name(static_cast<stats::Dimension>(i)));
  return out;
}

}  // namespace

void add_figures(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("figures", context.tr(NC_MSG("Ask for figures: recorded, declared, differences, sources")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit; it and all below it")));
  add_choice(*command, "--line", asked->line, context.tr(NC_MSG("Which line stands over units: command or guidance")),
             {"command", "guidance"}, context);
  command->add_option("--counterpart", asked->counterpart, context.tr(NC_MSG("The other side: unit code, area or country")));
  command->add_option("--kind", asked->kinds, context.tr(NC_MSG("Record types, several allowed")));
  command->add_option("--detail", asked->detail, context.tr(NC_MSG("Sub-kind")));
  command->add_option("--level", asked->level, context.tr(NC_MSG("Level of the activity")));
  command->add_option("--measure", asked->measure, context.tr(NC_MSG("What is counted: count, participants, value_vnd, km, pairs ...")));
  command->add_option("--from", asked->from, context.tr(NC_MSG("First day, month or year")));
  command->add_option("--to", asked->to, context.tr(NC_MSG("Last day, month or year")));
  command->add_option("--as", asked->as, context.tr(NC_MSG("Units as recorded, or as of a day")));
  const auto rows = add_choice(*command, "--rows", asked->rows, context.tr(NC_MSG("A table: what the rows are")), dimensions(), context);
  add_choice(*command, "--columns", asked->columns, context.tr(NC_MSG("A table: what the columns are")), dimensions(), context)
      ->needs(rows);
  add_choice(*command, "--format", asked->format, context.tr(NC_MSG("table, json or csv")), {"table", "json", "csv"}, context);
  command->add_option("--login", asked->as_login, context.tr(NC_MSG("Act with the rights of this account")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context] { return figures(context, *asked); };
  });
}

}  // namespace nc::cli
