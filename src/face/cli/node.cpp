// node, renew: what is known of the nodes above and below; cutting one off, readmitting what it wrote; a new certificate for this one.
#include <algorithm>

#include "base/civil.h"
#include "base/files.h"
#include "channels/sync/card.h"
#include "channels/sync/node_states.h"
#include "face/cli/choices.h"
#include "face/cli/commands.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/accounts.h"
#include "ledger/records/cutting_off.h"

namespace nc::cli {
namespace {

constexpr std::size_t kAsideShown = 10'000;

struct Asked {
  std::string dir, node, reason = "stolen", until, card, request;
  std::vector<std::string> entries;
  bool confirm = false, believe_clock = false;
};

std::string unit_of(const records::Ledger& ledger, const sync::NodeState& state) {
  const auto world = ledger.world();
  const auto* unit = world->tree->find(state.unit);
  return unit != nullptr ? unit->code : "-";
}

std::string state_text(const Context& context, const sync::NodeState& state) {
  if (state.ended) return context.tr(NC_MSG("cut off"));
  if (state.forked) return context.tr(NC_MSG("two machines"));
  if (state.unlinked) return context.tr(NC_MSG("its unit stands here now; it has not come yet"));
  if (state.moved)
    return context.tr(state.relation == sync::Relation::kParent ? NC_MSG("our unit stands under another superior now")
                                                                : NC_MSG("its unit stands under another superior now"));
  if (state.relation == sync::Relation::kBelow && !state.seen_by_superior) return context.tr(NC_MSG("known through its superior"));
  if (state.same) return context.tr(NC_MSG("the same"));
  if (state.same_then) return context.tr(NC_MSG("the same at that contact"));
  if (state.behind == 0) return context.tr(NC_MSG("nothing waits here for it"));
  return state.behind_since_ms == 0
             ? context.tr(NC_MSG("{1} entries behind"), state.behind)
             : context.tr(NC_MSG("{1} entries behind since {2}"), state.behind, context.words.datetime(state.behind_since_ms));
}

Status list(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto parent, sync::known_parent(asked.dir));
  NC_ASSIGN(const auto all, sync::node_states(*ledger, parent));
  for (const auto& one : all) {
    context.out() << one.node.hex() << "  " << unit_of(*ledger, one) << "  " << state_text(context, one);
    if (one.complete_to_ms) context.out() << "; " << context.tr(NC_MSG("complete to {1}"), context.words.datetime(*one.complete_to_ms));
    if (one.takes_less) context.out() << "; " << context.tr(NC_MSG("takes no restricted content now"));
    if (one.cut_aside > 0) context.out() << "; " << context.tr(NC_MSG("{1} entries are set aside"), one.cut_aside);
    context.out() << '\n';
  }
  if (all.empty()) context.out() << context.tr(NC_MSG("This node knows no other one yet.")) << '\n';
  return {};
}

// By node id or by the code of its unit.
Result<sync::NodeState> node_asked(const records::Ledger& ledger, const Asked& asked) {
  NC_ASSIGN(const auto parent, sync::known_parent(asked.dir));
  NC_ASSIGN(const auto all, sync::node_states(ledger, parent));
  std::vector<sync::NodeState> found;
  for (const auto& one : all)
    if (one.node.hex() == asked.node || unit_of(ledger, one) == asked.node) found.push_back(one);
  if (found.size() == 1) return found.front();
  if (found.empty())
    return fail(Error(ErrorCode::kNotFound, NC_MSG("No node of the unit “{1}” is enrolled here"), {asked.node})
                    .then(NC_MSG("See the list: nhipcau node DIR list")));
  return fail(Error(ErrorCode::kUsage, NC_MSG("The unit “{1}” has several nodes; name one by its id"), {asked.node})
                  .then(NC_MSG("See the list: nhipcau node DIR list")));
}

Status cut(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto state, node_asked(*ledger, asked));
  records::CutOff what{
      state.node, state.incarnation, records::cut_reason_from(asked.reason).value_or(records::CutReason::kStolen), {}, asked.believe_clock};
  if (!asked.until.empty()) {
    NC_ASSIGN(const auto day, parse_typed_date(asked.until));
    if (day.precision != DatePrecision::kDay)
      return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a whole day"), {asked.until}).at("--good-until"));
    const auto until = records::end_of_good_day(*ledger, day.day);
    if (!until) return fail(Error(until.error()).at("--good-until"));
    what.good_until_ms = *until;
  }
  if (!asked.confirm) {
    context.out() << context.tr(
                         NC_MSG("The node {1} of “{2}” would be cut off, and this cannot be taken back; say it again with --confirm"),
                         state.node.hex(), unit_of(*ledger, state))
                  << '\n';
    return {};
  }
  const auto done = records::cut_off(*ledger, ledger->console(), what);
  if (!done) return fail(done.error().error);
  context.out() << context.tr(NC_MSG("The node {1} is cut off. Next: nhipcau node {2} aside"), state.node.hex(), asked.dir) << '\n';
  return {};
}

std::string author_text(const Context& context, const records::Ledger& ledger, const std::optional<PersonId>& author) {
  if (!author) return context.tr(NC_MSG("author not known here"));
  const auto words = records::author_words(ledger, *author, context.lang());
  return context.tr(words.message, words.name);
}

// What lies beyond cuts, entry by entry, for whoever says which of it is right.
Status aside(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  std::vector<journal::AsideEntry> all;
  std::int64_t count = 0;
  NC_TRY(ledger->inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(count, journal::count_aside(db, journal::Aside::kQuarantined));
    NC_ASSIGN(all, journal::entries_aside(db, journal::Aside::kQuarantined, kAsideShown));
    return {};
  }));
  for (const auto& one : all)
    context.out() << one.hash.hex() << "  " << context.words.datetime(one.header.wall_ms) << "  " << one.header.type << "  "
                  << one.header.record.hex() << "  " << one.stream.node.hex() << "  " << author_text(context, *ledger, one.author) << '\n';
  const auto more = count - static_cast<std::int64_t>(all.size());
  if (more > 0) context.out() << context.tr(NC_MSG("and {1} more, of which each can be readmitted by its hash"), more) << '\n';
  if (all.empty()) context.out() << context.tr(NC_MSG("Nothing lies beyond a cut")) << '\n';
  return {};
}

Status readmit(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  std::vector<EntryHash> entries;
  for (const auto& text : asked.entries) {
    const auto hash = EntryHash::from_hex(text);
    if (!hash) return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is no hash of an entry"), {text}));
    entries.push_back(*hash);
  }
  const auto done = records::readmit(*ledger, ledger->console(), entries);
  if (!done) return fail(done.error().error);
  context.out() << context.tr(NC_MSG("Readmitted: {1}"), entries.size()) << '\n';
  return {};
}

Status renew(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto text, read_file(asked.card, sync::kCardTextMax));
  NC_ASSIGN(const auto joined, sync::renew_by_card(*ledger, text));
  NC_TRY(write_file_durably(asked.request, joined.request, 0600));
  context.out() << context.tr(NC_MSG("Its words: {1}. Bring {2} to the parent, and compare the words there"), joined.words, asked.request)
                << '\n';
  return {};
}

}  // namespace

void add_node(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("node", context.tr(NC_MSG("The nodes above and below: how far each is, cutting one off, readmitting entries")));
  const auto dir = dir_argument(*command, context);
  auto asked = std::make_shared<Asked>();
  const auto choose = chooser(context, dir, asked);
  choose(command->add_subcommand("list", context.tr(NC_MSG("Each node: the same, or how far behind and since when"))),
         [&context](const Asked& one) { return list(context, one); });
  auto* cutting = command->add_subcommand(
      "cut", context.tr(NC_MSG("Cut a stolen, lost or moved machine off; what it writes from then on is set aside")));
  cutting->add_option("node", asked->node, context.tr(NC_MSG("Code of its unit, or its node id")))->required();
  add_choice(*cutting, "--reason", asked->reason, context.tr(NC_MSG("Why")), {"stolen", "lost", "moved", "copied"}, context);
  cutting->add_option("--good-until", asked->until,
                      context.tr(NC_MSG("The last day of which what it wrote is good (default: all that is here)")));
  cutting->add_flag("--believe-its-clock", asked->believe_clock,
                    context.tr(NC_MSG("Of a stolen or lost machine: leave also what came here after that day and says that it is older; "
                                      "only when nobody can have set its clock")));
  cutting->add_flag("--confirm", asked->confirm, context.tr(NC_MSG("Do it; without this it is only said what would be done")));
  choose(cutting, [&context](const Asked& one) { return cut(context, one); });
  choose(command->add_subcommand("aside", context.tr(NC_MSG("What lies beyond cuts, entry by entry"))),
         [&context](const Asked& one) { return aside(context, one); });
  auto* back = command->add_subcommand("readmit", context.tr(NC_MSG("Let entries count again although they lie beyond a cut")));
  back->add_option("entries", asked->entries, context.tr(NC_MSG("Their hashes, as “aside” shows them")))->required();
  choose(back, [&context](const Asked& one) { return readmit(context, one); });
  command->require_subcommand(1);
}

void add_renew(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("renew", context.tr(NC_MSG("Ask the parent for a new certificate: after a restore without the recovery key")));
  const auto dir = dir_argument(*command, context);
  auto asked = std::make_shared<Asked>();
  command->add_option("--card", asked->card, context.tr(NC_MSG("The card of the parent")))->required();
  command->add_option("--request", asked->request, context.tr(NC_MSG("The file for the request to the parent")))->required();
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [asked, &context] { return renew(context, *asked); };
  });
}

}  // namespace nc::cli
