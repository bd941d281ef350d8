#include "face/cli/summary.h"

#include "base/files.h"
#include "face/cli/figure_table.h"
#include "insight/stats/summary.h"

namespace nc::cli {

Status print_summary(const Context& context, const records::Ledger& ledger, const access::Subject& who, const stats::Columns& columns) {
  const auto file = context.environment.share / "demo" / "summary.json";
  NC_ASSIGN(const auto text, read_file(file));
  const auto world = ledger.world();
  auto blocks = stats::read_summary(text, *world->tree);
  if (!blocks) return fail(std::move(blocks).error().at(file.string() + ": " + blocks.error().where));
  const auto read = access::ReadScope::resolve(who, access::Action::kCount, *world->tree, *world->catalog);
  const auto name_of = namer(ledger, who, context.lang());
  for (const auto& block : *blocks) {
    context.out() << '\n' << block.title.in(context.lang()) << '\n';
    if (!block.query) {
      context.out() << context.tr(NC_MSG("This question cannot be asked here: {1}"), context.words.error_text(block.query.error())) << '\n';
      continue;
    }
    auto answer = columns.answer(*block.query, read, *world);
    stats::keep_of_summary(block, answer);
    print_answer(context, answer, *world, name_of);
    if (!block.note.empty()) context.out() << block.note.in(context.lang()) << '\n';
  }
  return {};
}

}  // namespace nc::cli
