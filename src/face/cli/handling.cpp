// handling: what this node may hold: its ceiling, and the waiver for restricted content.
#include "face/cli/choices.h"
#include "face/cli/commands.h"
#include "face/cli/himself.h"
#include "foundation/store/volume.h"
#include "ledger/records/holding.h"
#include "ledger/records/waiving.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, by, reason, until, level;
  bool replace = false;
};

Status show(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  say_what_is_held(context, *ledger);
  return {};
}

Status set_ceiling(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  const auto console = ledger->console();
  NC_ASSIGN(const auto node, ledger->read(console, console.person));
  const auto* field = node.type ? node.type->slot("ceiling") : nullptr;
  if (!field)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no place for a node's ceiling"))
                    .then(NC_MSG("Use the catalogue that comes with the program")));
  const auto written = ledger->amend(console, {console.person, {}, Json(JsonObject{{field->id, Json(asked.level)}}), {}});
  if (!written) return fail(error_of(written.error(), context));
  say_what_is_held(context, *ledger);
  return {};
}

// Who decides is a person with an account who answers for the node, and says so himself.
Status waive(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto person, ledger->subject(asked.by));
  NC_ASSIGN(const auto until, parse_period_edge(asked.until));
  NC_TRY(check_himself(context, asked.dir, asked.by, person.person));
  const auto written = records::waive(*ledger, person, {person.person, asked.reason, until.last, asked.replace});
  if (!written) return fail(error_of(written.error(), context));
  say_what_is_held(context, *ledger);
  return {};
}

Status end(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  const auto waiver = records::waiver_in_force(*ledger->world(), ledger->identity().node, ledger->today());
  if (!waiver) return fail(Error(ErrorCode::kNotFound, NC_MSG("No waiver is in force on this node")));
  const auto written = ledger->transition(ledger->console(), {waiver->id, "void", asked.reason, nullptr});
  if (!written) return fail(error_of(written.error(), context));
  say_what_is_held(context, *ledger);
  return {};
}

}  // namespace

bool say_what_is_held(const Context& context, const records::Ledger& ledger) {
  const auto volume = store::look_at_volume(ledger.dir());
  const auto where = volume.mount_point + " (" + volume.filesystem + ")";
  if (volume.encryption == store::Encryption::kEncrypted)
    context.out() << context.tr(NC_MSG("The data directory lies on an encrypted volume: {1}, {2}"), where, volume.by) << '\n';
  else if (volume.encryption == store::Encryption::kNone)
    context.out() << context.tr(NC_MSG("The data directory lies on {1}; no encryption is seen. What a disk or a host below does by itself "
                                       "cannot be seen from here"),
                                where)
                  << '\n';
  else context.out() << context.tr(NC_MSG("Whether {1} is encrypted cannot be told from here"), where) << '\n';
  const auto world = ledger.world();
  const auto console = ledger.console();
  if (const auto ceiling = world->ceilings.find(console.person); ceiling != world->ceilings.end())
    context.out() << context.tr(NC_MSG("Ceiling of this node: {1}"), std::string(catalog::handling_name(ceiling->second))) << '\n';
  if (const auto waiver = records::waiver_in_force(*world, ledger.identity().node, ledger.today()))
    context.out() << context.tr(NC_MSG("Waiver by {1} until {2}: {3}"), ledger.title(console, waiver->person, context.lang()),
                                context.words.date({waiver->until, DatePrecision::kDay, false}), waiver->reason)
                  << '\n';
  const bool restricted = ledger.may_hold(catalog::Handling::kRestricted).has_value();
  context.out() << (restricted ? context.tr(NC_MSG("Restricted content is taken on this node"))
                               : context.tr(NC_MSG("Restricted content is refused on this node")))
                << '\n';
  return restricted;
}

void add_handling(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("handling", context.tr(NC_MSG("What this node may hold: its ceiling, and a waiver for restricted content")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->require_subcommand(1);
  const auto choose = chooser(context, dir, asked);
  auto* sub = command->add_subcommand("show", context.tr(NC_MSG("Disk, ceiling and waiver")));
  choose(sub, [&context](const Asked& a) { return show(context, a); });
  sub = command->add_subcommand("ceiling", context.tr(NC_MSG("Refuse everything above a handling")));
  add_choice(*sub, "level", asked->level, context.tr(NC_MSG("open, internal or restricted")), {"open", "internal", "restricted"}, context)
      ->required();
  choose(sub, [&context](const Asked& a) { return set_ceiling(context, a); });
  sub = command->add_subcommand("waive", context.tr(NC_MSG("Record that restricted content is held without an encrypted volume")));
  sub->add_option("--by", asked->by, context.tr(NC_MSG("Login of the person who decides it; asks for the password")))->required();
  sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")))->required();
  sub->add_option("--until", asked->until, context.tr(NC_MSG("Last day; at most a year")))->required();
  sub->add_flag("--replace", asked->replace, context.tr(NC_MSG("End the waiver that is in force")));
  choose(sub, [&context](const Asked& a) { return waive(context, a); });
  sub = command->add_subcommand("end", context.tr(NC_MSG("End the waiver that is in force")));
  sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")))->required();
  choose(sub, [&context](const Asked& a) { return end(context, a); });
}

}  // namespace nc::cli
