#include "face/cli/summary.h"

#include "base/files.h"
#include "face/cli/figure_table.h"

namespace nc::cli {
namespace {

Result<stats::Query> query_of(const Json& block, const records::World& world) {
  stats::Query query;
  if (block.has("unit")) {
    const auto* unit = world.tree->by_code(block.text("unit"));
    if (!unit) return fail(ErrorCode::kNotFound, NC_MSG("There is no unit with the code “{1}”"), {block.text("unit")});
    query.unit = unit->id;
  }
  query.line = orgtree::line_from_name(block.text("line", "command")).value_or(orgtree::Line::kCommand);
  if (block.has("counterpart")) { NC_ASSIGN(query.partner, stats::partner_from_text(block.text("counterpart"), *world.tree)); }
  if (block["kinds"].is_array())
    for (const auto& kind : block["kinds"].as_array()) query.kinds.push_back(kind.as_string());
  query.measure = block.text("measure");
  if (block.has("from")) {
    NC_ASSIGN(const auto days, parse_period_edge(block.text("from")));
    query.from = days.first;
  }
  if (block.has("to")) {
    NC_ASSIGN(const auto days, parse_period_edge(block.text("to")));
    query.to = days.last;
  }
  query.rows = stats::dimension_from_name(block.text("rows")).value_or(stats::Dimension::kNone);
  query.columns = stats::dimension_from_name(block.text("columns")).value_or(stats::Dimension::kNone);
  return query;
}

}  // namespace

Status print_summary(const Context& context, const records::Ledger& ledger, const access::Subject& who, const stats::Columns& columns) {
  const auto file = context.environment.share / "demo" / "summary.json";
  NC_ASSIGN(const auto text, read_file(file));
  auto blocks = parse_json(text);
  if (!blocks) return fail(std::move(blocks).error().at(file.string() + ": " + blocks.error().where));
  const auto world = ledger.world();
  const auto read = access::ReadScope::resolve(who, access::Action::kCount, *world->tree, *world->catalog);
  const auto name_of = namer(ledger, who, context.lang());
  for (const auto& block : (*blocks)["blocks"].as_array()) {
    NC_ASSIGN(const auto query, query_of(block, *world));
    auto answer = columns.answer(query, read, *world);
    if (block.boolean("declared_only")) std::erase_if(answer.figures, [](const auto& figure) { return figure.declared.empty(); });
    answer.below.clear();
    answer.outside.clear();
    context.out() << '\n' << block["title"].text(context.lang()) << '\n';
    print_answer(context, answer, *world, name_of);
    if (block.has("note")) context.out() << block["note"].text(context.lang()) << '\n';
  }
  return {};
}

}  // namespace nc::cli
