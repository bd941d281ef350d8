// period: who reported, closing with a signature, what came after, reopening.
#include <algorithm>

#include "base/text.h"
#include "face/cli/choices.h"
#include "face/cli/closing.h"
#include "face/cli/commands.h"
#include "face/cli/local.h"
#include "insight/stats/closing.h"
#include "ledger/catalog/words.h"

namespace nc::cli {
namespace {

struct Asked {
  std::string dir, unit, line = "command", from, to, format = "table", login, reason;
  std::vector<std::string> kinds;
  bool sign = false;
};

// A command at work: the open ledger, whom it acts for, and what is asked about.
struct Work {
  std::unique_ptr<records::Ledger> ledger;
  access::Subject who;
  std::shared_ptr<const records::World> world;
  stats::Query query;
  const catalog::Type* type = nullptr;  // of closings
};

Result<Work> begin(const Asked& asked, bool writing) {
  Work work;
  if (writing) {
    NC_ASSIGN(work.ledger, records::Ledger::open(asked.dir));
  } else {
    NC_ASSIGN(work.ledger, open_for_reading(asked.dir));
  }
  NC_ASSIGN(work.who, acting_subject(*work.ledger, asked.login));
  work.world = work.ledger->world();
  const auto types = work.world->catalog->feeding("period-closing");
  if (types.empty()) return fail(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"period-closing"});
  work.type = types.front();
  const auto* unit = work.world->tree->by_code(asked.unit);
  if (!unit) {
    std::vector<std::string> codes;
    for (const auto& one : work.world->tree->units()) codes.push_back(one.code);
    return fail(not_among(ErrorCode::kNotFound, "--unit", asked.unit, std::move(codes)));
  }
  for (const auto& kind : asked.kinds)
    if (!work.world->catalog->find(kind)) return fail(ErrorCode::kNotFound, NC_MSG("There is no record type “{1}”"), {kind});
  auto from = parse_period_edge(asked.from), to = parse_period_edge(asked.to);
  if (!from) return fail(std::move(from).error().at("--from"));
  if (!to) return fail(std::move(to).error().at("--to"));
  if (from->first > to->last) return fail(Error(ErrorCode::kUsage, NC_MSG("The period ends before it begins")).at("--to"));
  work.query.unit = unit->id;
  work.query.line = orgtree::line_from_name(asked.line).value_or(orgtree::Line::kCommand);
  work.query.from = from->first;
  work.query.to = to->last;
  work.query.kinds = asked.kinds;
  return work;
}

access::ReadScope scope_of(const Work& work, const access::Subject& who) {
  return access::ReadScope::resolve(who, access::Action::kCount, *work.world->tree, *work.world->catalog);
}

std::string unit_code(const Work& work, const UnitId& id) {
  const auto* unit = work.world->tree->find(id);
  return unit ? unit->code : id.hex();
}

std::string said_text(const Context& context, stats::UnitSaid said) {
  switch (said) {
    case stats::UnitSaid::kClosed: return context.tr(NC_MSG("closed"));
    case stats::UnitSaid::kReported: return context.tr(NC_MSG("reported"));
    case stats::UnitSaid::kNil: return context.tr(NC_MSG("said there was nothing"));
    case stats::UnitSaid::kRecorded: return context.tr(NC_MSG("single records only"));
    case stats::UnitSaid::kSilent: break;
  }
  return context.tr(NC_MSG("nothing yet"));
}

Json ids_json(const std::vector<RecordId>& ids) {
  Json out{JsonArray{}};
  for (const auto& id : ids) out.push(id.hex());
  return out;
}

Status status(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto work, begin(asked, false));
  NC_ASSIGN(const auto columns, load_columns(*work.ledger));
  const auto statuses = columns->statuses(work.query, scope_of(work, work.who), *work.world);
  const auto answered = std::count_if(statuses.begin(), statuses.end(), [](const auto& one) { return one.said <= stats::UnitSaid::kNil; });
  const CivilDate as_of{std::min(*work.query.to, work.ledger->today()), DatePrecision::kDay, false};
  if (asked.format == "json") {
    Json units{JsonArray{}}, out;
    for (const auto& one : statuses) {
      Json item;
      item.set("unit", unit_code(work, one.unit)).set("said", stats::unit_said_name(one.said)).set("records", one.records);
      item.set("contradicted", one.contradicted).set("statements", ids_json(one.statements));
      units.push(std::move(item));
    }
    out.set("reporting", static_cast<std::int64_t>(answered))
        .set("expected", statuses.size())
        .set("as_of", iso_date(as_of))
        .set("units", units);
    context.out() << pretty(out);
    return {};
  }
  std::vector<std::vector<std::string>> rows{{context.tr(NC_MSG("Unit")), context.tr(NC_MSG("Said")), context.tr(NC_MSG("Records")), ""}};
  for (const auto& one : statuses)
    rows.push_back({unit_code(work, one.unit), said_text(context, one.said), std::to_string(one.records),
                    one.contradicted ? context.tr(NC_MSG("a record contradicts what it said")) : ""});
  print_table(context.out(), rows);
  context.out() << context.tr(NC_MSG("{1} of {2} units reported, as of {3}"), static_cast<std::int64_t>(answered),
                              static_cast<std::int64_t>(statuses.size()), context.words.date(as_of))
                << '\n'
                << context.tr(stats::kCountsWhatIsSeen) << '\n';  // always: that something is hidden is not told by a word either
  return {};
}

Json closing_json(const Work& work, const records::RecordView& view, const stats::SinceClosing& since) {
  const auto amount = [](const std::optional<stats::Amount>& value) { return value ? value->json() : Json(); };
  Json figures{JsonArray{}}, out;
  for (const auto& one : since.figures) {
    Json item;
    item.set("what", one.what).set("indicator", one.indicator).set("level", one.level).set("measure", one.measure);
    item.set("partner", one.partner).set("period", one.period).set("records", one.records).set("differs", one.differs);
    item.set("recorded", amount(one.recorded)).set("recorded_now", amount(one.recorded_now));
    item.set("declared", amount(one.declared)).set("declared_now", amount(one.declared_now));
    figures.push(std::move(item));
  }
  out.set("id", view.id.hex()).set("state", view.state).set("unit", unit_code(work, *work.query.unit));
  out.set("set_digest", view.slot("set_digest")).set("parameters", view.slot("parameters")).set("figures", std::move(figures));
  Json broken{JsonArray{}};
  for (const auto& part : since.broken) broken.push(Json().set("part", part.number).set("missing", part.missing));
  out.set("broken", std::move(broken));
  out.set("added", ids_json(since.added)).set("changed", ids_json(since.changed)).set("gone", ids_json(since.gone));
  return out;
}

// Options of a slot, as a closing writes them: with ";" between.
std::string option_names(const Context& context, const Work& work, std::string_view slot, const std::string& ids) {
  std::vector<std::string> out;
  for (const auto& id : split_trimmed(ids, ';')) {
    const auto* option = catalog::find_slot_option(*work.world->catalog, slot, id);
    out.push_back(option ? option->label.in(context.lang()) : id);
  }
  return join(out, ", ");
}

std::string what_text(const Context& context, const Work& work, const stats::ClosedFigure& one) {
  if (!one.indicator.empty()) return one.indicator;
  const auto* type = work.world->catalog->find(one.what);
  const auto kind = type ? type->label.in(context.lang()) : one.what;
  return one.detail.empty() ? kind : kind + ", " + option_names(context, work, "detail", one.detail);
}

std::string closed_measure(const Context& context, const Work& work, const stats::ClosedFigure& one) {
  if (one.measure == "count") return context.tr(NC_MSG("times"));
  return catalog::measure_label(*work.world->catalog, {one.what}, one.measure, {}, context.lang());
}

void print_closing(const Context& context, const Work& work, const records::RecordView& view, const stats::SinceClosing& since) {
  const auto* state = view.type ? view.type->state(view.state) : nullptr;
  context.out() << work.ledger->title(work.who, view.id, context.lang()) << ": " << (state ? state->label.in(context.lang()) : view.state)
                << " (" << view.id.hex() << ")\n";
  for (const auto& part : since.broken) context.out() << broken_text(context, part) << '\n';
  if (!since.broken.empty()) return;
  const auto text = [&](const std::optional<stats::Amount>& value) {
    return value ? context.words.decimal(value->text()) : std::string("–");
  };
  std::vector<std::vector<std::string>> rows{{context.tr(NC_MSG("What")), context.tr(NC_MSG("Level")), context.tr(NC_MSG("Measure")),
                                              context.tr(NC_MSG("Recorded, closed")), context.tr(NC_MSG("Recorded, today")),
                                              context.tr(NC_MSG("Declared, closed")), context.tr(NC_MSG("Declared, today"))}};
  for (const auto& one : since.figures)
    rows.push_back({what_text(context, work, one), option_names(context, work, "level", one.level), closed_measure(context, work, one),
                    text(one.recorded), text(one.recorded_now), text(one.declared), text(one.declared_now)});
  print_table(context.out(), rows);
  for (const auto& [message, ids] : {std::pair{NC_MSG("Added after closing: {1}"), &since.added},
                                     {NC_MSG("Changed after closing: {1}"), &since.changed},
                                     {NC_MSG("No longer counted since closing: {1}"), &since.gone}}) {
    context.out() << context.tr(message, static_cast<std::int64_t>(ids->size())) << '\n';
    for (const auto& id : *ids) context.out() << "  " << work.ledger->title(work.who, id, context.lang()) << '\n';
  }
}

Status show(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto work, begin(asked, false));
  NC_ASSIGN(const auto columns, load_columns(*work.ledger));
  NC_ASSIGN(const auto closings, stats::closings_of(*work.ledger, work.who, *work.type, work.query));
  const auto read = scope_of(work, stats::closing_reader(work.who, *work.type));
  Json all{JsonArray{}};
  for (const auto& view : closings) {
    const auto since = stats::since_closing(view, *columns, read, *work.world, stats::read_by(*work.ledger, work.who));
    if (asked.format == "json") all.push(closing_json(work, view, since));
    else print_closing(context, work, view, since);
  }
  if (asked.format == "json") context.out() << pretty(all);
  else if (closings.empty()) context.out() << context.tr(NC_MSG("Nobody has closed this period")) << '\n';
  return {};
}

Status take_step(const Context& context, const Asked& asked, const Work& work, const RecordId& id, std::string_view to) {
  const auto at = std::find_if(work.type->transitions.begin(), work.type->transitions.end(),
                               [&](const auto& t) { return t.to == to && (to != "withdrawn" || t.reason == !asked.reason.empty()); });
  if (at == work.type->transitions.end())
    return fail(ErrorCode::kInvalid, NC_MSG("Records of this type know no step “{1}”"), {std::string(to)});
  if (!work.who.console) NC_TRY(signed_if_binding(context, work.type, at->id, asked.sign));
  NC_TRY(check_closing(*work.ledger, work.who, id, at->id));
  const auto take = [&](const access::Subject& who, const crypto::SigningKey* key) -> Status {
    const auto written = work.ledger->transition(who, {id, at->id, asked.reason, key});
    if (!written) return fail(error_of(written.error(), context));
    context.out() << context.tr(NC_MSG("Saved: {1}"), id.hex()) << '\n';
    return {};
  };
  if (!asked.sign) return take(work.who, nullptr);
  NC_ASSIGN(const auto passphrase, read_secret(context, NC_MSG("Passphrase of the signing key: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_ASSIGN(const auto key, credentials->unlock_person_key(work.who.person, crypto::SecretString(passphrase)));
  auto stepped_up = work.who;
  stepped_up.strength = access::Strength::kStepUp;
  return take(stepped_up, &key);
}

// One person prepares the closing, the commander signs it.
Status close(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto work, begin(asked, true));
  NC_ASSIGN(const auto closings, stats::closings_of(*work.ledger, work.who, *work.type, work.query));
  if (const auto* prepared = stats::closing_in(closings, "prepared"); prepared && asked.sign)
    return take_step(context, asked, work, prepared->id, "closed");
  NC_ASSIGN(const auto columns, load_columns(*work.ledger));
  const auto read = scope_of(work, stats::closing_reader(work.who, *work.type));
  NC_ASSIGN(const auto made, stats::new_closing(*work.type, work.query, *columns, read, *work.world, work.ledger->today()));
  NC_ASSIGN(const auto passed,
            stats::passed_by(closings, *work.type, stats::read_by(*work.ledger, work.who), *columns, work.who, *work.world));
  const auto written = stats::prepare_closing(*work.ledger, work.who, made, passed);
  if (!written) return fail(error_of(written.error(), context));
  for (const auto& id : passed.closings)
    context.out() << context.tr(NC_MSG("Withdrawn, for it does not say any more what is counted: {1}"), id.hex()) << '\n';
  context.out() << context.tr(NC_MSG("Prepared: {1}. Another person with the right to close signs it"), written->id.hex()) << '\n';
  return {};
}

// By whoever might prepare one; by whoever signs with a reason, as the step of the catalogue says.
Status withdraw(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto work, begin(asked, true));
  NC_ASSIGN(const auto closings, stats::closings_of(*work.ledger, work.who, *work.type, work.query));
  const auto* prepared = stats::closing_in(closings, "prepared");
  if (!prepared) return fail(ErrorCode::kNotFound, NC_MSG("No closing of this period waits for a signature"));
  return take_step(context, asked, work, prepared->id, "withdrawn");
}

Status reopen(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto work, begin(asked, true));
  NC_ASSIGN(const auto closings, stats::closings_of(*work.ledger, work.who, *work.type, work.query));
  const auto* closed = stats::closing_in(closings, "closed");
  if (!closed) return fail(ErrorCode::kNotFound, NC_MSG("Nobody has closed this period"));
  return take_step(context, asked, work, closed->id, "reopened");
}

}  // namespace

void add_period(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("period", context.tr(NC_MSG("Periods: who reported, closing, what came after, reopening")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->require_subcommand(1);
  const auto add = [&](const char* name, const std::string& help, Status (*work)(const Context&, const Asked&)) {
    auto* sub = command->add_subcommand(name, help);
    sub->add_option("--unit", asked->unit, context.tr(NC_MSG("Code of the unit; it and all below it")))->required();
    add_choice(*sub, "--line", asked->line, context.tr(NC_MSG("Which line stands over units: command or guidance")),
               {"command", "guidance"}, context);
    sub->add_option("--from", asked->from, context.tr(NC_MSG("First day, month or year")))->required();
    sub->add_option("--to", asked->to, context.tr(NC_MSG("Last day, month or year")))->required();
    sub->add_option("--login", asked->login, context.tr(NC_MSG("Act with the rights of this account")));
    sub->callback([=, &context] {
      asked->dir = *dir;
      context.chosen = [=, &context] { return work(context, *asked); };
    });
    return sub;
  };
  const auto format = [&](CLI::App* sub) {
    add_choice(*sub, "--format", asked->format, context.tr(NC_MSG("table or json")), {"table", "json"}, context);
  };
  const auto sign = [&](CLI::App* sub) {
    sub->add_flag("--sign", asked->sign, context.tr(NC_MSG("Sign with the account's own key; asks for its passphrase")));
  };
  auto* sub = add("status", context.tr(NC_MSG("What each unit that owes a report has said")), status);
  sub->add_option("--kind", asked->kinds, context.tr(NC_MSG("Record types, several allowed")));
  format(sub);
  format(add("show", context.tr(NC_MSG("The closed answer beside today's, and what came after")), show));
  sign(add("close", context.tr(NC_MSG("Prepare the closing of a period, or sign the prepared one")), close));
  sub = add("withdraw", context.tr(NC_MSG("Withdraw the prepared closing; with a reason, return it unsigned")), withdraw);
  sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")));
  sub = add("reopen", context.tr(NC_MSG("Reopen a closed period")), reopen);
  sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")));
  sign(sub);
}

}  // namespace nc::cli
