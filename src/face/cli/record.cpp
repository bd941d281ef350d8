// record: show, list, create from JSON, amend, void, restore, step through the workflow.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <set>

#include "base/files.h"
#include "base/limits.h"
#include "base/text.h"
#include "face/cli/choices.h"
#include "face/cli/closing.h"
#include "face/cli/local.h"
#include "face/cli/record_files.h"
#include "ledger/catalog/names.h"
#include "ledger/catalog/values.h"
#include "ledger/catalog/words.h"
#include "ledger/records/accounts.h"
#include "ledger/records/duplicates.h"
#include "ledger/records/purges.h"

namespace nc::cli {
namespace {

constexpr std::int64_t kListedMax = 500;

struct Asked {
  std::string dir, login, id, type, file, reason, act, text, from, to, format = "table", handling;
  std::vector<std::string> confirm;
  std::int64_t limit = 50;
  bool sign = false;
};

Result<Json> read_json(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    NC_ASSIGN(text, read_file(file, limits::kFormBodyBytesMax));
  }
  auto json = parse_json(text, {limits::kFormBodyBytesMax, true});
  if (!json) return fail(std::move(json).error().at(file + ":" + json.error().where));
  if (!json->is_object()) return fail(Error(ErrorCode::kInvalid, NC_MSG("The file does not hold one JSON object")).at(file));
  return json;
}

Json json_of(const records::RecordView& view) {
  Json out;
  out.set("id", view.id.hex()).set("type", view.type_id).set("state", view.state).set("voided", view.voided).set("values", view.values);
  Json heads{JsonArray{}}, conflicts{JsonArray{}};
  for (const auto& part : view.parts) {
    for (const auto& head : part.heads) heads.push(head.hex());
    for (const auto& field : part.conflicts) conflicts.push(field);
  }
  out.set("heads", heads).set("conflicts", conflicts);
  return out;
}

Status report(const Context& context, const records::WriteResult& written, const std::string& format) {
  if (!written) return fail(error_of(written.error(), context));
  if (format == "json")
    context.out() << canonical(Json(JsonObject{{"changed", Json(written->changed)}, {"id", Json(written->id.hex())}})) << '\n';
  else
    context.out() << (written->changed ? context.tr(NC_MSG("Saved: {1}"), written->id.hex())
                                       : context.tr(NC_MSG("Nothing to change: {1}"), written->id.hex()))
                  << '\n';
  return {};
}

void show_facts(const Context& context, const records::Ledger& ledger, const access::Subject& who, const records::RecordView& view) {
  const auto name_of = namer(ledger, who, context.lang());
  const bool erased = records::is_erased(ledger, view.id).value_or(false);
  context.out() << records::title_of(view, context.lang(), name_of) << '\n';
  std::vector<std::vector<std::string>> rows{{"id", view.id.hex()},
                                             {context.tr(NC_MSG("Type")), view.type ? view.type->label.in(context.lang()) : view.type_id}};
  if (view.type)
    for (const auto& field : view.type->fields)
      if (view.values.has(field.id))
        rows.push_back({field.label.in(context.lang()), field.kind == catalog::FieldKind::kPersonal && erased
                                                            ? std::string(catalog::fixed_word("erased", context.lang()))
                                                            : catalog::show_value(field, view.values[field.id], context.lang(), name_of)});
  if (const auto* state = view.type ? view.type->state(view.state) : nullptr)
    rows.push_back({context.tr(NC_MSG("State")), state->label.in(context.lang())});
  if (view.voided) rows.push_back({context.tr(NC_MSG("Void")), context.tr(NC_MSG("yes"))});
  print_table(context.out(), rows);
}

std::string standing_of(const Context& context, const records::Ledger& ledger, const records::HistoryItem& item) {
  if (!item.purged) return item.sealed ? context.tr(NC_MSG("sealed")) : context.tr(NC_MSG("not sealed yet"));
  const auto purge = records::purge_of(ledger, item.hash).value_or(records::Purge{});
  std::vector<std::string> persons;
  for (const auto& person : purge.by) {
    const auto words = records::author_words(ledger, person, context.lang());
    persons.push_back(context.tr(words.message, words.name));
  }
  return context.tr(NC_MSG("purged on {1} by {2}"), context.words.datetime(purge.at_ms), join(persons, ", "));
}

Status show(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  NC_ASSIGN(const auto history, ledger->history(who, view.id));
  const auto author_of = [&](const records::HistoryItem& item) {
    const auto words = records::author_words(*ledger, item, context.lang());
    const auto author = context.tr(words.message, words.name);
    if (!item.acting_for) return author;
    const auto absent = records::author_words(*ledger, *item.acting_for, context.lang());
    return context.tr(NC_MSG("{1}, in place of {2}"), author, context.tr(absent.message, absent.name));
  };
  if (asked.format == "json") {
    Json out = json_of(view), items{JsonArray{}};
    for (const auto& item : history) {
      Json line;
      line.set("entry", item.hash.hex())
          .set("wall", item.wall_ms)
          .set("author", item.author.hex())
          .set("author_name", author_of(item))
          .set("act", item.act)
          .set("sealed", item.sealed)
          .set("purged", item.purged);
      if (item.acting_for) line.set("acting_for", item.acting_for->hex());
      if (item.purged) {
        NC_ASSIGN(const auto purge, records::purge_of(*ledger, item.hash));
        JsonArray persons;
        for (const auto& person : purge.by) persons.emplace_back(person.hex());
        line.set("purged_by", std::move(persons)).set("purged_at", purge.at_ms);
      }
      line.set("before", item.before).set("after", item.after).set("imported", item.imported).set("clock_doubtful", item.clock_doubtful);
      items.push(std::move(line));
    }
    out.set("history", items);
    context.out() << pretty(out);
    return {};
  }
  show_facts(context, *ledger, who, view);
  context.out() << '\n' << context.tr(NC_MSG("History")) << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : history)
    rows.push_back({context.words.datetime(item.wall_ms) + (item.clock_doubtful ? " (?)" : ""), author_of(item),
                    item.act.empty() ? context.tr(NC_MSG("changed")) : item.act, join(item.fields, ", "),
                    standing_of(context, *ledger, item), item.hash.hex().substr(0, 16)});
  print_table(context.out(), rows);
  return {};
}

// As many as tell the listed ids apart.
std::size_t telling_digits(const std::vector<records::RecordView>& records) {
  constexpr std::size_t kLeast = 8, kAll = 2 * RecordId::kSize;
  for (std::size_t digits = kLeast; digits < kAll; ++digits) {
    std::set<std::string> seen;
    if (std::ranges::all_of(records, [&](const auto& one) { return seen.insert(one.id.hex().substr(0, digits)).second; })) return digits;
  }
  return kAll;
}

Status list(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto ledger, open_for_reading(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  records::ListQuery query;
  if (!asked.type.empty()) {
    NC_TRY(must_be_one("--type", asked.type, kinds_of(*ledger->world()->catalog)));
    query.types = {asked.type};
  } else {
    query.feeds = {"counted-activity", "standing-thing"};
  }
  query.text = asked.text;
  if (asked.limit < 1 || asked.limit > kListedMax)
    return fail(Error(ErrorCode::kUsage, NC_MSG("“{1}” is not a number that is possible here"), {std::to_string(asked.limit)})
                    .at("--limit")
                    .then(NC_MSG("Give a number from 1 to 500")));
  query.limit = static_cast<std::size_t>(asked.limit);
  NC_TRY(read_period(asked.from, asked.to, query.from, query.until));
  NC_ASSIGN(const auto page, ledger->list(who, query));
  if (asked.format == "json") {
    Json items{JsonArray{}};
    for (const auto& view : page.items) items.push(json_of(view));
    context.out() << pretty(Json(JsonObject{{"records", items}, {"total", Json(page.total)}, {"more", Json(!page.next_cursor.empty())}}));
    return {};
  }
  const auto digits = telling_digits(page.items);
  std::vector<std::vector<std::string>> rows;
  for (const auto& view : page.items) {
    const auto& code = view.slot("code");
    rows.push_back({code.is_string() ? code.as_string() : view.id.hex().substr(0, digits),
                    view.type ? view.type->label.in(context.lang()) : view.type_id,
                    shorten(ledger->title(who, view.id, context.lang()), 110)});
  }
  print_table(context.out(), rows);
  const auto shown = static_cast<std::int64_t>(page.items.size());
  context.out() << (page.more ? context.tr(NC_MSG("{1} of more than {2} records"), shown, page.total)
                              : context.tr(NC_MSG("{1} of {2} records"), shown, page.total))
                << '\n';
  return {};
}

// Fails with the question when there are candidates, which are listed before.
Status ask_about(const Context& context, const records::Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                 const std::vector<records::RecordView>& candidates) {
  if (candidates.empty()) return {};
  const auto question = records::duplicate_question(type, candidates.size());
  for (const auto& one : candidates) context.out() << one.id.hex() << "  " << ledger.title(who, one.id, context.lang()) << '\n';
  return fail(Error(question.error).at("--confirm " + question.rule + "=..."));
}

Status create(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto json, read_json(asked.file));
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  records::Create request;
  request.type = asked.type.empty() ? json.text("type") : asked.type;
  request.values = json.has("values") ? json["values"] : json;
  if (!request.values.is_object()) return fail(Error(ErrorCode::kInvalid, NC_MSG("The values are not an object of fields")).at("values"));
  const auto* type = ledger->world()->catalog->find(request.type);
  if (type) request.values = catalog::with_ids_for_names(*type, std::move(request.values));
  if (json.has("id")) {
    request.id = RecordId::from_hex(json.text("id"));
    if (!request.id) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not a record id")).at("id"));
  }
  if (!asked.handling.empty()) {
    request.handling = catalog::handling_from_name(asked.handling);  // the parser took no other word
  }
  const auto confirmed = confirmed_of(asked.confirm);
  if (type && !confirmed.contains(std::string(records::kLikelyDuplicate))) {
    const auto self = request.id ? std::optional(ledger->id_from_form(who, *request.id)) : std::nullopt;
    NC_ASSIGN(const auto candidates, records::likely_duplicates(*ledger, who, *type, request.values, self.value_or(RecordId{})));
    if (!(self && ledger->read(who, *self))) NC_TRY(ask_about(context, *ledger, who, *type, candidates));
  }
  return report(context, ledger->create(who, request, confirmed), asked.format);
}

Status amend(const Context& context, const Asked& asked) {
  NC_ASSIGN(const auto json, read_json(asked.file));
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  records::Amend request;
  request.id = view.id;
  request.values = json.has("values") ? json["values"] : json;
  if (view.type && request.values.is_object()) request.values = catalog::with_ids_for_names(*view.type, std::move(request.values));
  if (json["heads"].is_array()) {
    for (const auto& head : json["heads"].as_array()) {
      const auto hash = head.is_string() ? EntryHash::from_hex(head.as_string()) : std::nullopt;
      if (!hash) return fail(Error(ErrorCode::kInvalid, NC_MSG("This is not the hash of an entry")).at("heads"));
      request.seen.push_back(*hash);
    }
  }
  const auto confirmed = confirmed_of(asked.confirm);
  if (view.type && request.values.is_object() && !confirmed.contains(std::string(records::kLikelyDuplicate))) {
    Json after = view.values;
    for (const auto& [field, value] : request.values.as_object()) after.set(field, value);
    NC_ASSIGN(const auto candidates, records::newly_likely_duplicates(*ledger, who, *view.type, view.values, after, view.id));
    NC_TRY(ask_about(context, *ledger, who, *view.type, candidates));
  }
  return report(context, ledger->amend(who, request, confirmed), asked.format);
}

Status step(const Context& context, const Asked& asked, const std::string& act) {
  NC_ASSIGN(const auto ledger, records::Ledger::open(asked.dir));
  NC_ASSIGN(const auto who, acting_subject(*ledger, asked.login));
  NC_ASSIGN(const auto view, find_record(*ledger, who, asked.id));
  if (!who.console) NC_TRY(signed_if_binding(context, view.type, act, asked.sign));
  NC_TRY(check_closing(*ledger, who, view.id, act));
  records::Transition request{view.id, act, asked.reason};
  request.confirmed = confirmed_of(asked.confirm);
  if (!asked.sign) return report(context, ledger->transition(who, request), asked.format);
  // The passphrase of the own key is the step-up: whoever knows it is the person himself.
  NC_ASSIGN(const auto passphrase, read_secret(context, NC_MSG("Passphrase of the signing key: ")));
  NC_ASSIGN(const auto credentials, open_credentials(asked.dir));
  NC_ASSIGN(const auto key, credentials->unlock_person_key(who.person, crypto::SecretString(passphrase)));
  auto stepped_up = who;
  stepped_up.strength = access::Strength::kStepUp;
  request.signer = &key;
  return report(context, ledger->transition(stepped_up, request), asked.format);
}

}  // namespace

void add_record(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("record", context.tr(NC_MSG("Show, list, create, amend and void records; attach files")));
  auto asked = std::make_shared<Asked>();
  const auto dir = dir_argument(*command, context);
  command->add_option("--login", asked->login, context.tr(NC_MSG("Act with the rights of this account")));
  add_choice(*command, "--format", asked->format, context.tr(NC_MSG("table or json")), {"table", "json"}, context);
  command->require_subcommand(1);
  const auto choose = chooser(context, dir, asked);
  const auto id_option = [&](CLI::App* sub) {
    sub->add_option("id", asked->id, context.tr(NC_MSG("Id or code of the record")))->required();
  };
  const auto confirm_option = [&](CLI::App* sub) {
    sub->add_option("--confirm", asked->confirm, context.tr(NC_MSG("QUESTION=REASON for what is unusual but true")));
  };
  const auto file_option = [&](CLI::App* sub) {
    sub->add_option("--file", asked->file, context.tr(NC_MSG("JSON file with the values, - for standard input")))->required();
    confirm_option(sub);
  };
  const auto sign_option = [&](CLI::App* sub) {
    sub->add_flag("--sign", asked->sign, context.tr(NC_MSG("Sign with the account's own key; asks for its passphrase")));
  };
  add_record_files(*command, context, dir, [asked] { return asked->login; });
  auto* sub = command->add_subcommand("show", context.tr(NC_MSG("One record with its history")));
  id_option(sub);
  choose(sub, [&context](const Asked& a) { return show(context, a); });
  sub = command->add_subcommand("list", context.tr(NC_MSG("Records, newest first")));
  sub->add_option("--type", asked->type, context.tr(NC_MSG("Record type")));
  sub->add_option("--text", asked->text, context.tr(NC_MSG("Words; marks may be left out")));
  sub->add_option("--from", asked->from, context.tr(NC_MSG("First day, month or year")));
  sub->add_option("--to", asked->to, context.tr(NC_MSG("Last day, month or year")));
  sub->add_option("--limit", asked->limit, context.tr(NC_MSG("How many, at most 500")));
  choose(sub, [&context](const Asked& a) { return list(context, a); });
  sub = command->add_subcommand("create", context.tr(NC_MSG("A new record from JSON")));
  sub->add_option("--type", asked->type, context.tr(NC_MSG("Record type")));
  add_choice(*sub, "--handling", asked->handling, context.tr(NC_MSG("open, internal or restricted")), {"open", "internal", "restricted"},
             context);
  file_option(sub);
  choose(sub, [&context](const Asked& a) { return create(context, a); });
  sub = command->add_subcommand("amend", context.tr(NC_MSG("Change fields of a record; null clears")));
  id_option(sub);
  file_option(sub);
  choose(sub, [&context](const Asked& a) { return amend(context, a); });
  for (const char* act : {"void", "restore"}) {
    sub =
        command->add_subcommand(act, std::string_view(act) == "void" ? context.tr(NC_MSG("Declare a record void; it stays in the history"))
                                                                     : context.tr(NC_MSG("Take a void record back")));
    id_option(sub);
    sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")))->required();
    if (std::string_view(act) == "void") confirm_option(sub);
    sign_option(sub);
    choose(sub, [&context, act](const Asked& a) { return step(context, a, act); });
  }
  sub = command->add_subcommand("step", context.tr(NC_MSG("Take a step of the workflow, e.g. submit")));
  id_option(sub);
  sub->add_option("step", asked->act, context.tr(NC_MSG("The step")))->required();
  sub->add_option("--reason", asked->reason, context.tr(NC_MSG("Why")));
  sign_option(sub);
  choose(sub, [&context](const Asked& a) { return step(context, a, a.act); });
}

}  // namespace nc::cli
