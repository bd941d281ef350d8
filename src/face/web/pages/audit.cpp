// The audit trail as the inspector reads it. Reading it is a row of it.
//
// He sees the rows of those whom his grant reaches, but none about records that he may not know. What he may not see
// leaves no trace: rows are numbered among those that he sees, and a login out of reach is none.
#include "base/text.h"
#include "face/web/filters.h"
#include "face/web/list.h"
#include "face/web/site_pages.h"
#include "ledger/access/audit_words.h"
#include "ledger/catalog/purposes.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/audit";
constexpr const char* kConsole = "console";

struct Asked {
  const Visit& visit;
  access::AuditQuery query;
  std::vector<Chip> chips;
  std::vector<Flash> problems;

  [[nodiscard]] std::string text(std::string_view name) const { return std::string(trim(visit.request.query.get(name))); }
  void chip(std::string_view name, const std::string& label, const std::string& value) {
    auto without = visit.request.query;
    without.set(name, std::nullopt);
    without.set("before", std::nullopt);
    chips.push_back({label + ": " + value, Url::to(kPath, without)});
  }
  [[nodiscard]] const access::AuditReach& reach() const { return *query.reach; }
  // Nothing is shown rather than everything.
  void nothing_fits(std::string_view name, const std::string& label, const std::string& problem) {
    query.actor = PersonId{};
    chip(name, label, text(name));
    problems.push_back({Tone::kWarn, problem, ""});
  }
};

std::string actor_name(const Visit& visit, const PersonId& actor) {
  if (actor.is_zero()) return {};
  if (actor == visit.ledger().console().person) return visit.tr("console");
  const auto name = visit.site.account_name(actor);
  return name.empty() ? actor.hex().substr(0, 8) + "…" : name;
}

void read_actor(Asked& asked) {
  const auto typed = asked.text("who");
  if (typed.empty()) return;
  const auto label = asked.visit.tr("Who");
  const auto account = asked.visit.world->accounts.find(typed);
  const bool is_account = account != asked.visit.world->accounts.end() && asked.reach().admits(account->second.person);
  if (typed == kConsole && asked.reach().admits_node()) asked.query.actor = asked.visit.ledger().console().person;
  else if (is_account) asked.query.actor = account->second.person;
  else return asked.nothing_fits("who", label, asked.visit.tr("No account is called “{1}”.", typed));
  asked.chip("who", label, actor_name(asked.visit, *asked.query.actor));
}

void read_words(Asked& asked) {
  if (const auto action = asked.text("action"); !action.empty()) {
    asked.query.action = action;
    asked.chip("action", asked.visit.tr("What"), asked.visit.tr(access::action_words(action)));
  }
  if (const auto outcome = access::outcome_from_name(asked.text("outcome"))) {
    asked.query.outcome = *outcome;
    asked.chip("outcome", asked.visit.tr("Outcome"), asked.visit.tr(access::outcome_words(*outcome)));
  }
}

void read_record(Asked& asked) {
  const auto typed = asked.text("record");
  if (typed.empty()) return;
  const auto label = asked.visit.tr("Record");
  asked.query.record = RecordId::from_hex(typed);
  if (!asked.query.record) return asked.nothing_fits("record", label, asked.visit.tr("“{1}” is no record's id.", typed));
  asked.chip("record", label, typed.substr(0, 8) + "…");
}

void read_day(Asked& asked, std::string_view name, const std::string& label, bool last, std::optional<std::int32_t>& into) {
  const auto found = day_filter(asked.visit, name, asked.problems);
  if (!found) return;
  into = last ? found->days.last : found->days.first;
  asked.chip(name, label, asked.visit.ui.date(found->date));
}

Asked read_query(const Visit& visit, access::AuditReach reach) {
  Asked asked{visit, {}, {}, {}};
  asked.query.reach = std::move(reach);
  read_actor(asked);
  read_words(asked);
  read_record(asked);
  read_day(asked, "from", visit.tr("From"), false, asked.query.from);
  read_day(asked, "to", visit.tr("To"), true, asked.query.until);
  const auto before = asked.text("before");
  if (!before.empty() && before.size() <= 15 && before.find_first_not_of("0123456789") == std::string::npos)
    asked.query.before = std::stoll(before);
  return asked;
}

Filters filters_of(const Asked& asked) {
  const auto& visit = asked.visit;
  Filters filters{Url::to(kPath)};
  filters.search = filter_field(visit, "who", visit.tr("Login of an account, or “console”"), Input::kText);
  auto action = filter_field(visit, "action", visit.tr("What"), Input::kChoice);
  action.options = {{"", visit.tr("all"), ""}};
  for (const auto word : access::audited::kAll) action.options.push_back({std::string(word), visit.tr(access::action_words(word)), ""});
  auto outcome = filter_field(visit, "outcome", visit.tr("Outcome"), Input::kChoice);
  outcome.options = {{"", visit.tr("all"), ""}};
  for (const auto one : {access::AuditOutcome::kDone, access::AuditOutcome::kRefused, access::AuditOutcome::kFailed})
    outcome.options.push_back({std::string(access::outcome_name(one)), visit.tr(access::outcome_words(one)), ""});
  filters.fields = {std::move(action), std::move(outcome),
                    filter_field(visit, "record", visit.tr("Record"), Input::kText, visit.tr("its id")),
                    filter_field(visit, "from", visit.tr("From"), Input::kDate, visit.tr("31/12/2024, 12/2024 or 2024")),
                    filter_field(visit, "to", visit.tr("To"), Input::kDate)};
  filters.chips = asked.chips;
  filters.open = !asked.chips.empty() || !asked.problems.empty();
  return filters;
}

Html record_cell(const Visit& visit, const RecordId& record) {
  if (record.is_zero()) return {};
  if (!visit.ledger().read(visit.who, record)) return Html(visit.tr("not for you"));
  return link(visit.name(record), record_url(record));
}

Row row_of(const Visit& visit, const access::AuditRow& row, std::int64_t number) {
  auto outcome = visit.tr(access::outcome_words(row.outcome));
  if (row.count > 1) outcome += " × " + visit.ui.number(row.count);
  auto what = visit.tr(access::action_words(row.action));
  if (!row.purpose.empty()) what += ": " + catalog::purpose_words(*visit.world->catalog, row.purpose, visit.lang());
  const auto tone = row.outcome == access::AuditOutcome::kDone ? Tone::kNeutral : Tone::kWarn;
  return {{visit.ui.datetime(row.at_ms), row.actor.is_zero() ? row.origin : actor_name(visit, row.actor), what,
           record_cell(visit, row.record), badge(tone, outcome), visit.ui.number(number)}};
}

List list_of(const Asked& asked, const access::AuditPage& found) {
  const auto& visit = asked.visit;
  List list;
  list.caption = visit.tr("Audit trail");
  list.columns = {{visit.tr("Time"), false, false, {}, 0, true},
                  {visit.tr("Who")},
                  {visit.tr("What")},
                  {visit.tr("Record")},
                  {visit.tr("Outcome")},
                  {visit.tr("No."), true, true}};
  for (std::size_t i = 0; i < found.rows.size(); ++i) list.rows.push_back(row_of(visit, found.rows[i], found.numbers[i]));
  list.total = found.total;
  list.filters = filters_of(asked);
  auto query = visit.request.query;
  query.set("before", std::nullopt);
  if (asked.query.before != 0) list.first = Url::to(kPath, query);
  if (found.next_before != 0) {
    query.set("before", std::to_string(found.next_before));
    list.next = Url::to(kPath, query);
  }
  list.empty_text = visit.tr("No row fits these filters.");
  list.empty_hint = visit.tr("Take a filter away. What is open or internal is not written down when it is read.");
  return list;
}

net::Response audit(Visit& visit, const net::Params&) {
  if (!visit.audits()) return visit.not_found();
  auto reach = visit.ledger().audit_reach(visit.who);
  if (!reach) return visit.refuse(reach.error());
  const auto asked = read_query(visit, std::move(*reach));
  const auto found = visit.ledger().audit().list(asked.query);
  if (!found) return visit.refuse(found.error());
  auto page = visit.frame(visit.tr("Audit trail"), Place::kAudit);
  page.flashes.insert(page.flashes.end(), asked.problems.begin(), asked.problems.end());
  page.main = join(hint(visit.tr("Who read what is restricted, did what binds, or was refused. Rows are chained, and their head is sealed "
                                 "into the journal daily. You see the rows of people whose unit your role reaches; those of the machine "
                                 "itself belong to the unit of this node.")),
                   render(list_of(asked, *found), visit.ui));
  return visit.show(page);
}

}  // namespace

void add_audit_page(net::Router& router, Site& site) { site.add_page(router, kPath, audit, access::audited::kReadAudit); }

}  // namespace nc::web
