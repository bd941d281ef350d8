// enrol, bundle: nodes below this one, and what goes to them and comes from them by hand.
#include "base/files.h"
#include "base/text.h"
#include "channels/sync/card.h"
#include "channels/sync/peer.h"
#include "face/cli/choices.h"
#include "face/cli/commands.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, unit, out, at, request, words, file, to, ceiling = "internal";
  bool confirm = false, waiting = false;
};

constexpr const char* kRaced = NC_MSG("Another node asks with the same card: one of the two has a copy of it. Find out which");

Status card(const Context& context, const Asked& asked) {
  std::error_code ec;
  if (std::filesystem::exists(asked.out, ec))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The file exists already"))
                    .at(asked.out)
                    .then(NC_MSG("Choose another name; nothing was changed")));
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  const auto ceiling = asked.ceiling == "open"         ? catalog::Handling::kOpen
                       : asked.ceiling == "restricted" ? catalog::Handling::kRestricted
                                                       : catalog::Handling::kInternal;
  NC_ASSIGN(const auto text, sync::make_card(*ledger, asked.unit, ceiling, system_rng(), asked.at));
  NC_TRY(write_file_durably(asked.out, text, 0600));
  context.out() << context.tr(NC_MSG("The card is in {1}. It lets one node in; hand it over yourself and let nobody copy it"), asked.out)
                << '\n'
                << context.tr(NC_MSG("Next, at the new node: nhipcau init DIR --card FILE")) << '\n';
  return {};
}

Status admit(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto text, read_file(asked.request, 64 * 1024));
  NC_ASSIGN(const auto request, sync::read_request(*ledger, text));
  context.out() << context.tr(NC_MSG("A node of “{1}” asks to be let in. Its words: {2}"), request.unit_code, request.words) << '\n';
  if (!asked.confirm) {
    NC_ASSIGN(const bool raced, request.admitted ? Result<bool>(false) : sync::keep_request(*ledger, request, text));
    if (raced) context.out() << context.tr(kRaced) << '\n';
    context.out() << context.tr(NC_MSG("Compare them with the other screen; if they are equal, say it again with --confirm")) << '\n';
    return {};
  }
  NC_TRY(sync::admit(*ledger, ledger->console(), request));
  context.out() << context.tr(NC_MSG("The node {1} is let in. Next: nhipcau bundle {2} out FILE --to {3}"), request.node.hex(), asked.dir,
                              request.unit_code)
                << '\n';
  return {};
}

// Requests that wait, come by link or stick. What was typed from the other screen is the comparison.
Status link_requests(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto waiting, sync::waiting_requests(*ledger));
  for (const auto& one : waiting) {
    if (!asked.words.empty() && fold(one.request.words) != fold(asked.words)) continue;
    if (asked.words.empty()) {
      context.out() << context.tr(NC_MSG("A node of “{1}” asks to be let in. Its words: {2}"), one.request.unit_code, one.request.words)
                    << '\n';
      if (one.raced) context.out() << context.tr(kRaced) << '\n';
      continue;
    }
    NC_TRY(sync::admit(*ledger, ledger->console(), one.request));
    context.out() << context.tr(NC_MSG("The node {1} of “{2}” is let in; it goes on when it connects next"), one.request.node.hex(),
                                one.request.unit_code)
                  << '\n';
    return {};
  }
  if (!asked.words.empty())
    return fail(Error(ErrorCode::kNotFound, NC_MSG("No node with these words asks to be let in"))
                    .at("--words")
                    .then(NC_MSG("Look with --waiting; when none of the words is that of the new node, make a new card")));
  if (waiting.empty()) context.out() << context.tr(NC_MSG("No node asks to be let in")) << '\n';
  return {};
}

Status enrol(const Context& context, const Asked& asked) {
  if (asked.waiting || !asked.words.empty()) return link_requests(context, asked);
  if (!asked.request.empty()) return admit(context, asked);
  if (!asked.unit.empty() && !asked.out.empty()) return card(context, asked);
  return fail(Error(ErrorCode::kUsage, NC_MSG("Say --unit and --out to make a card, or --admit with the file of a request")));
}

// By node id, by the code of its unit, or the parent.
Result<NodeId> node_of(const records::Ledger& ledger, const Asked& asked, const std::optional<sync::KnownParent>& parent) {
  if (asked.to.empty() && parent) return parent->node;
  if (const auto id = NodeId::from_hex(asked.to)) return *id;
  std::optional<NodeId> found;
  const auto world = ledger.world();
  const auto* unit = world->tree->by_code(asked.to);
  const Status looked = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto all, journal::certificates(db));
    for (const auto& one : all)
      if (unit != nullptr && one.unit == unit->id && one.node != ledger.identity().node) found = one.node;
    return {};
  });
  NC_TRY(looked);
  if (found) return *found;
  return fail(Error(ErrorCode::kNotFound, NC_MSG("No node of the unit “{1}” is enrolled here"), {asked.to})
                  .at("--to")
                  .then(NC_MSG("Enrol it first: nhipcau enrol")));
}

Status bundle_out(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto parent, sync::known_parent(asked.dir));
  NC_ASSIGN(const auto to, node_of(*ledger, asked, parent));
  NC_ASSIGN(const auto made, sync::make_bundle(*ledger, to, parent, asked.file));
  context.out() << context.tr(NC_MSG("{1}: {2} bytes for the node {3}; nobody else can read them"), asked.file, made.bytes, to.hex())
                << '\n';
  if (made.left > 0) context.out() << context.tr(NC_MSG("{1} entries did not fit and wait for the next"), made.left) << '\n';
  if (made.files_left > 0)
    context.out() << context.tr(NC_MSG("{1} attached files did not fit and wait for the next"), made.files_left) << '\n';
  return {};
}

Status bundle_in(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto parent, sync::known_parent(asked.dir));
  NC_ASSIGN(const auto taken, sync::take_bundle(*ledger, asked.file, parent));
  context.out() << context.tr(NC_MSG("From the node {1}, made on {2}: {3} entries are new, {4} were here, {5} wait for what they stand on"),
                              taken.from.hex(), context.words.datetime(taken.made_ms), context.words.number(taken.admitted),
                              context.words.number(taken.known), context.words.number(taken.parked))
                << '\n';
  if (taken.gap)
    context.out() << context.tr(NC_MSG("Something before it has not come: send a bundle back, the next one will have it")) << '\n';
  for (const auto& notice : taken.notices) context.out() << context.words.error_text(notice) << '\n';
  return {};
}

}  // namespace

void add_enrol(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("enrol", context.tr(NC_MSG("Let a node of a unit below in: make its card, then admit its request")));
  const auto dir = dir_argument(*command, context);
  auto asked = std::make_shared<Asked>();
  command->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit whose node it will be")));
  command->add_option("--out", asked->out, context.tr(NC_MSG("The file for the card")));
  command->add_option("--at", asked->at, context.tr(NC_MSG("Where the new node finds this one's --sync-listen, as 10.0.0.5:8610")));
  add_choice(*command, "--ceiling", asked->ceiling, context.tr(NC_MSG("The highest handling that it may hold")),
             {"open", "internal", "restricted"}, context);
  command->add_option("--admit", asked->request, context.tr(NC_MSG("The request that the new node made")));
  command->add_flag("--confirm", asked->confirm, context.tr(NC_MSG("The words on both screens are equal")));
  command->add_flag("--waiting", asked->waiting, context.tr(NC_MSG("Show which nodes ask over the line to be let in")));
  command->add_option("--words", asked->words, context.tr(NC_MSG("Let the one in that shows these words on its screen")));
  command->callback([=, &context] {
    asked->dir = *dir;
    context.chosen = [asked, &context] { return enrol(context, *asked); };
  });
}

void add_bundle(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("bundle", context.tr(NC_MSG("Carry records between own nodes by stick: out writes, in takes")));
  const auto dir = dir_argument(*command, context);
  auto asked = std::make_shared<Asked>();
  const auto choose = chooser(context, dir, asked);
  auto* out = command->add_subcommand("out", context.tr(NC_MSG("Write what the other node lacks into a file that only it can read")));
  out->add_option("file", asked->file, context.tr(NC_MSG("The file to write")))->required();
  out->add_option("--to", asked->to, context.tr(NC_MSG("For whom: code of a unit below, or a node id (default: the superior)")));
  choose(out, [&context](const Asked& one) { return bundle_out(context, one); });
  auto* in = command->add_subcommand("in", context.tr(NC_MSG("Take what such a file holds; taking it twice does no harm")));
  in->add_option("file", asked->file, context.tr(NC_MSG("The file to read")))->required();
  choose(in, [&context](const Asked& one) { return bundle_in(context, one); });
  command->require_subcommand(1);
}

}  // namespace nc::cli
