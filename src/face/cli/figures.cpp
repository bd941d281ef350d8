// figures: any figure by unit, line, partner, kind, level, measure and period, with what stands behind it.
#include <algorithm>
#include <array>

#include "face/cli/commands.h"
#include "face/cli/figure_table.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, unit, line = "command", counterpart, level, measure, from, to, as = "recorded", rows, columns, detail, format = "table",
                         as_login;
  std::vector<std::string> kinds;
};

Error bad_choice(const std::string& option, const std::string& value, const std::string& allowed) {
  return Error(ErrorCode::kUsage, NC_MSG("“{1}” is not possible here"), {value})
      .at(option)
      .then(fill_in(NC_MSG("Choose one of: {1}"), {allowed}));
}

Status read_units(const Asked& asked, const records::World& world, stats::Query& query) {
  const auto line = orgtree::line_from_name(asked.line);
  if (!line) return fail(bad_choice("--line", asked.line, "command, guidance"));
  query.line = *line;
  if (!asked.unit.empty()) {
    const auto* unit = world.tree->by_code(asked.unit);
    if (!unit)
      return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {asked.unit})
                      .at("--unit")
                      .then(NC_MSG("Look for it with: nhipcau record DIR list --type unit")));
    query.unit = unit->id;
  }
  if (!asked.counterpart.empty()) { NC_ASSIGN(query.partner, stats::partner_from_text(asked.counterpart, *world.tree)); }
  if (asked.as != "recorded") {
    auto day = parse_period_edge(asked.as);
    if (!day) return fail(std::move(day).error().at("--as"));
    query.as_of = day->last;
  }
  return {};
}

Status read_what(const Asked& asked, const records::World& world, stats::Query& query) {
  for (const auto& kind : asked.kinds) {
    if (!world.catalog->find(kind)) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no record type “{1}”"), {kind}).at("--kind"));
    query.kinds.push_back(kind);
  }
  query.detail = asked.detail;
  static constexpr std::array kLevels = {"ministry", "command", "province", "district", "post", "station", "village"};
  if (!asked.level.empty() && std::ranges::find(kLevels, asked.level) == kLevels.end())
    return fail(bad_choice("--level", asked.level, "ministry, command, province, district, post, station, village"));
  query.level = asked.level;
  query.measure = asked.measure;
  for (const auto& [option, text, edge] : {std::tuple{"--from", &asked.from, &query.from}, std::tuple{"--to", &asked.to, &query.to}}) {
    if (text->empty()) continue;
    auto days = parse_period_edge(*text);
    if (!days) return fail(std::move(days).error().at(option));
    *edge = std::string_view(option) == "--from" ? days->first : days->last;
  }
  for (const auto& [option, text, dimension] :
       {std::tuple{"--rows", &asked.rows, &query.rows}, std::tuple{"--columns", &asked.columns, &query.columns}}) {
    if (text->empty()) continue;
    const auto found = stats::dimension_from_name(*text);
    if (!found)
      return fail(bad_choice(option, *text,
                             "unit, province, partner, chain, counterpart, area, kind, detail, level, year, quarter, month, measure"));
    *dimension = *found;
  }
  return {};
}

Status figures(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.as_login));
  const auto world = ledger->world();
  stats::Query query;
  NC_TRY(read_units(asked, *world, query));
  NC_TRY(read_what(asked, *world, query));
  NC_ASSIGN(const auto columns, load_columns(*ledger));
  const auto answer =
      columns->answer(query, access::ReadScope::resolve(who, access::Action::kCount, *world->tree, *world->catalog), *world);
  const auto name_of = namer(*ledger, who, context.lang());
  if (asked.format == "json") context.out() << pretty(stats::to_json(answer, *world, name_of));
  else if (asked.format == "csv") context.out() << (answer.pivot ? stats::to_csv(*answer.pivot) : stats::to_csv(answer, *world, name_of));
  else print_answer(context, answer, *world, name_of);
  return {};
}

}  // namespace

void add_figures(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("figures", context.tr(NC_MSG("Ask for figures: recorded, declared, differences, sources")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit; it and all below it")));
  command->add_option("--line", asked->line, context.tr(NC_MSG("Which line stands over units: command or guidance")));
  command->add_option("--counterpart", asked->counterpart, context.tr(NC_MSG("The other side: unit code, area or country")));
  command->add_option("--kind", asked->kinds, context.tr(NC_MSG("Record types, several allowed")));
  command->add_option("--detail", asked->detail, context.tr(NC_MSG("Sub-kind")));
  command->add_option("--level", asked->level, context.tr(NC_MSG("Level of the activity")));
  command->add_option("--measure", asked->measure, context.tr(NC_MSG("What is counted: count, participants, value_vnd, km, pairs ...")));
  command->add_option("--from", asked->from, context.tr(NC_MSG("First day, month or year")));
  command->add_option("--to", asked->to, context.tr(NC_MSG("Last day, month or year")));
  command->add_option("--as", asked->as, context.tr(NC_MSG("Units as recorded, or as of a day")));
  command->add_option("--rows", asked->rows, context.tr(NC_MSG("A table: what the rows are")));
  command->add_option("--columns", asked->columns, context.tr(NC_MSG("A table: what the columns are")));
  command->add_option("--format", asked->format, context.tr(NC_MSG("table, json or csv")))->check(CLI::IsMember({"table", "json", "csv"}));
  command->add_option("--login", asked->as_login, context.tr(NC_MSG("Act with the rights of this account")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context] { return figures(context, *asked); };
  });
}

}  // namespace nc::cli
