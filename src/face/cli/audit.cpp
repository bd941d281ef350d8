// audit: the trail of who read, did and was refused what: list, verify, keep, prune.
#include "face/cli/choices.h"
#include "face/cli/commands.h"
#include "ledger/access/audit_words.h"
#include "ledger/catalog/purposes.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, actor, action, record, outcome, from, to, format = "table";
  std::int64_t before = 0;
  std::size_t limit = 50;
  std::int32_t days = 0;
};

Result<access::AuditQuery> query_of(const Asked& asked, const records::Ledger& ledger) {
  access::AuditQuery query;
  query.before = asked.before;
  query.limit = asked.limit;
  query.action = asked.action;
  if (!asked.outcome.empty()) query.outcome = access::outcome_from_name(asked.outcome);
  if (!asked.actor.empty()) {
    const auto world = ledger.world();
    const auto account = world->accounts.find(asked.actor);
    const auto id = account == world->accounts.end() ? PersonId::from_hex(asked.actor) : std::optional(account->second.person);
    if (asked.actor != "console" && !id)
      return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no account “{1}”"), {asked.actor}).at("--actor"));
    query.actor = asked.actor == "console" ? ledger.console().person : *id;
  }
  if (!asked.record.empty()) {
    query.record = RecordId::from_hex(asked.record);
    if (!query.record)
      return fail(Error(ErrorCode::kUsage, NC_MSG("This is not a record id")).at("--record").then(NC_MSG("It has 32 hexadecimal digits")));
  }
  NC_TRY(read_period(asked.from, asked.to, query.from, query.until));
  return query;
}

Json json_of(const access::AuditPage& page) {
  Json out, rows{JsonArray{}};
  for (const auto& row : page.rows) {
    Json line;
    line.set("seq", row.seq).set("at", row.at_ms).set("action", row.action).set("outcome", access::outcome_name(row.outcome));
    line.set("count", row.count).set("hash", row.hash.hex());
    if (!row.actor.is_zero()) line.set("actor", row.actor.hex());
    if (!row.record.is_zero()) line.set("record", row.record.hex());
    if (!row.purpose.empty()) line.set("purpose", row.purpose);
    if (!row.origin.empty()) line.set("origin", row.origin);
    rows.push(std::move(line));
  }
  out.set("rows", std::move(rows)).set("total", page.total);
  if (page.next_before != 0) out.set("next_before", page.next_before);
  return out;
}

Status list(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto query, query_of(asked, *ledger));
  NC_ASSIGN(const auto page, ledger->audit().list(query));
  if (asked.format == "json") {
    context.out() << pretty(json_of(page));
    return {};
  }
  const auto console = ledger->console();
  std::vector<std::vector<std::string>> rows{{context.tr(NC_MSG("No.")), context.tr(NC_MSG("Time")), context.tr(NC_MSG("Who")),
                                              context.tr(NC_MSG("What")), context.tr(NC_MSG("Record")), context.tr(NC_MSG("Outcome"))}};
  for (const auto& row : page.rows) {
    const auto who = row.actor.is_zero()           ? row.origin
                     : row.actor == console.person ? context.tr(NC_MSG("console"))
                                                   : ledger->title(console, row.actor, context.lang());
    auto what = context.tr(access::action_words(row.action));
    if (!row.purpose.empty()) what += ": " + catalog::purpose_words(*ledger->world()->catalog, row.purpose, context.lang());
    auto outcome = context.tr(access::outcome_words(row.outcome));
    if (row.count > 1) outcome += " × " + context.words.number(row.count);
    // The id, not the title: listing the trail is not reading the records.
    rows.push_back({context.words.number(row.seq), context.words.datetime(row.at_ms), who, what,
                    row.record.is_zero() ? "" : row.record.hex(), outcome});
  }
  print_table(context.out(), rows);
  if (page.next_before != 0)
    context.out() << context.tr(NC_MSG("{1} rows in all; older ones with --before {2}"), page.total, std::to_string(page.next_before))
                  << '\n';
  return {};
}

Status keep(const Context& context, const Asked& asked) {
  const auto trail = audit_trail_of(asked.dir);
  NC_TRY(records::read_config(records::DataDir{asked.dir}));
  NC_TRY(trail->set_keep_days(asked.days));
  context.out() << context.tr(NC_MSG("Rows of the audit trail are kept for {1} days"), static_cast<std::int64_t>(asked.days)) << '\n';
  return {};
}

Status prune(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_TRY(check_audit(context, *ledger));
  NC_ASSIGN(const auto seals, ledger->audit_seals());
  NC_ASSIGN(const auto gone, ledger->audit().prune(ledger->console().person, seals));
  context.out() << context.tr(NC_MSG("{1} rows were old enough and are taken out"), gone) << '\n';
  return {};
}

}  // namespace

std::unique_ptr<access::AuditTrail> audit_trail_of(const std::filesystem::path& dir) {
  const records::DataDir data{dir};
  access::AuditTrail::Options options;
  if (const auto config = records::read_config(data)) options.node = config->node_record;
  return std::make_unique<access::AuditTrail>(data.audit(), options);
}

Status check_audit(const Context& context, const records::Ledger& ledger) {
  NC_ASSIGN(const auto report, ledger.verify_audit());
  for (const auto& fault : report.faults) context.out() << context.words.located_text(fault.error) << '\n';
  if (report.faults.empty()) {
    context.out() << context.tr(NC_MSG("Audit trail: {1} rows hold against {2} sealed heads"), report.rows, report.seals) << '\n';
    return {};
  }
  const auto day = context.words.date({report.faults.front().from_day, DatePrecision::kDay, false});
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("The audit trail does not hold from {1} on"), {day})
                  .then(NC_MSG("Keep audit.db as it is, and find out who had the files of this node in hand")));
}

void add_audit(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("audit", context.tr(NC_MSG("Who read what is restricted, did what binds, was refused")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->require_subcommand(1);
  const auto choose = chooser(context, dir, asked);
  auto* sub = command->add_subcommand("list", context.tr(NC_MSG("Rows of the trail, newest first; reading it is written down too")));
  sub->add_option("--actor", asked->actor, context.tr(NC_MSG("Login, id of the account, or console")));
  sub->add_option("--record", asked->record, context.tr(NC_MSG("Id of the record")));
  sub->add_option("--from", asked->from, context.tr(NC_MSG("First day, month or year")));
  sub->add_option("--to", asked->to, context.tr(NC_MSG("Last day, month or year")));
  std::vector<std::string> actions(access::audited::kAll.begin(), access::audited::kAll.end());
  add_choice(*sub, "--action", asked->action, context.tr(NC_MSG("What was done")), actions, context);
  add_choice(*sub, "--outcome", asked->outcome, context.tr(NC_MSG("done, refused or failed")), {"done", "refused", "failed"}, context);
  add_choice(*sub, "--format", asked->format, context.tr(NC_MSG("table or json")), {"table", "json"}, context);
  sub->add_option("--before", asked->before, context.tr(NC_MSG("Only rows before this number")));
  sub->add_option("--limit", asked->limit, context.tr(NC_MSG("How many, at most 500")));
  choose(sub, [&context](const Asked& a) { return list(context, a); });
  sub = command->add_subcommand("verify", context.tr(NC_MSG("Hold the trail against the heads that the journal sealed")));
  choose(sub, [&context](const Asked& a) -> Status {
    NC_ASSIGN(const auto ledger, open_for_reading(a.dir));
    return check_audit(context, *ledger);
  });
  sub = command->add_subcommand("keep", context.tr(NC_MSG("How many days rows are kept; at least two years")));
  sub->add_option("days", asked->days, context.tr(NC_MSG("Days")))->required();
  choose(sub, [&context](const Asked& a) { return keep(context, a); });
  sub = command->add_subcommand("prune", context.tr(NC_MSG("Take out the rows that are older than rows are kept")));
  choose(sub, [&context](const Asked& a) { return prune(context, a); });
}

}  // namespace nc::cli
