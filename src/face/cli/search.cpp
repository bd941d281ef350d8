// search: records by the words that stand in them, and where a question itself leads.
#include "insight/search/search.h"

#include "base/text.h"
#include "face/cli/choices.h"
#include "face/cli/commands.h"
#include "insight/search/output.h"

namespace nc::cli {
namespace {

constexpr std::int64_t kLimitMax = 500;

struct Asked {
  std::string dir, words, unit, login, format = "table";
  std::vector<std::string> types;
  std::int64_t year = 0, limit = 0;
};

Result<search::Asked> question_of(const Asked& asked, const records::World& world, const std::string& lang) {
  search::Asked out;
  out.typed = asked.words;
  out.lang = lang;
  for (const auto& type : asked.types) NC_TRY(must_be_one("--type", type, kinds_of(*world.catalog)));
  out.types = asked.types;
  if (!asked.unit.empty()) {
    NC_ASSIGN(const auto* unit, unit_of_code("--unit", asked.unit, *world.tree));
    out.unit = unit->id;
  }
  if (asked.year != 0 && (asked.year < 1 || asked.year > 9999))
    return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a number that is possible here"), {std::to_string(asked.year)}).at("--year"));
  if (asked.year != 0) out.year = static_cast<int>(asked.year);
  if (asked.limit < 0 || asked.limit > kLimitMax)
    return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a number that is possible here"), {std::to_string(asked.limit)})
                    .at("--limit")
                    .then(NC_MSG("Give a number from 1 to 500")));
  out.limit = static_cast<std::size_t>(asked.limit);
  return out;
}

void show(const Context& context, const search::Answer& answer, std::string_view typed) {
  for (const auto& jump : answer.jumps)
    if (jump.kind != search::Jump::Kind::kDays) context.out() << "→ " << jump.text << "  " << jump.record.hex() << '\n';
  for (const auto& group : answer.groups) {
    if (group.type != nullptr)
      context.out() << '\n' << group.type->label.in(context.lang()) << " (" << context.words.number(group.count) << ")\n";
    for (const auto& hit : group.hits) {
      context.out() << "  " << shorten(search::plain_text(hit.title), 110) << "  " << hit.record.id.hex() << '\n';
      for (const auto& snippet : hit.snippets)
        context.out() << "    " << snippet.label << ": " << search::plain_text(snippet.pieces) << '\n';
    }
  }
  if (!answer.jumps.empty() && answer.jumps.front().kind == search::Jump::Kind::kDays && answer.jumps.front().text != trim(typed))
    context.out() << '\n' << context.tr(NC_MSG("“{1}” was taken as days"), answer.jumps.front().text) << '\n';
  if (answer.phrases_cut)
    context.out() << context.tr(NC_MSG("The words in quotes were looked for in the newest {1} records that have all the words."),
                                static_cast<std::int64_t>(records::kPhraseRecordsMax))
                  << '\n';
  context.out() << '\n'
                << (answer.total == 0 ? context.tr(NC_MSG("Nothing was found. Try leaving some words out"))
                                      : context.words.trn("{1} record", "{1} records", answer.total))
                << '\n';
}

Status find(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto question, question_of(asked, *ledger->world(), context.lang()));
  NC_ASSIGN(const auto answer, search::Search(*ledger).ask(who, question));
  if (asked.format == "json") context.out() << pretty(search::answer_json(answer));
  else show(context, answer, asked.words);
  return {};
}

}  // namespace

void add_search(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("search", context.tr(NC_MSG("Find records by the words that stand in them")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("words", asked->words, context.tr(NC_MSG("What to look for; words in quotes stand as they are")))->required();
  command->add_option("--type", asked->types, context.tr(NC_MSG("Only of this type; may be repeated")));
  command->add_option("--year", asked->year, context.tr(NC_MSG("Only of this year")));
  command->add_option("--unit", asked->unit, context.tr(NC_MSG("Only what names this unit or one below it (code)")));
  command->add_option("--limit", asked->limit, context.tr(NC_MSG("How many of each type; with --type of all, at most 500")));
  command->add_option("--login", asked->login, context.tr(NC_MSG("Act with the rights of this account")));
  add_choice(*command, "--format", asked->format, context.tr(NC_MSG("table or json")), {"table", "json"}, context);
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [=, &context] { return find(context, *asked); };
  });
}

}  // namespace nc::cli
