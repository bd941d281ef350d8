// The node as its administrator sees it: who it is, whether its journal is whole, who has an account.
// He sees no record; the names of the units of accounts he sees, as everybody does in the head of a page.
#include "base/text.h"
#include "face/web/list.h"
#include "face/web/people/grants.h"
#include "face/web/person_keys.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "face/web/works/work_pages.h"
#include "ledger/records/backup_schedule.h"

namespace nc::web {
namespace {

Html identity_facts(const Visit& visit) {
  const auto self = visit.ledger().identity();
  Html digest;
  if (const auto state = visit.ledger().digest()) digest = el("code", {}, state->hex());
  return section(visit.tr("This node"),
                 facts({{visit.tr("Unit"), visit.site.node_name(visit.ui.lang()), ""},
                        {visit.tr("Node"), el("code", {}, self.node.hex()), ""},
                        {visit.tr("Incarnation"), el("code", {}, self.incarnation.hex()), visit.tr("changes when a backup is restored")},
                        {visit.tr("Hash of the whole state"), digest, visit.tr("equal on nodes that hold the same")}}));
}

// Names of files are contents: those of records that are not for him are only counted.
Html left_out_state(const Visit& visit, const records::BackupState& state, const std::string& last) {
  Html items;
  for (const auto& one : state.left_out)
    if (visit.ledger().attachment(visit.who, one.record, one.sha256))
      items.add(el("li", {}, link(visit.name(one.record), record_url(one.record)), ": ", one.name));
  return join(
      notice(Tone::kBad,
             visit.tr("The last backup lacks {1} attached files: their bytes are missing or changed.", std::ssize(state.left_out)), last),
      items.empty() ? Html() : el("ul", {}, items),
      hint(visit.tr("nhipcau doctor names all of them. Take them from an older backup, or attach them again.")));
}

Html backup_state(const Visit& visit) {
  const auto state = records::look_at_backups(visit.ledger().dir(), system_clock().wall_ms());
  if (!state) return notice(Tone::kBad, visit.ui.error_text(state.error()));
  if (!state->last_ms) return notice(Tone::kAccent, visit.tr("There is no backup yet."), visit.tr("The first is made within minutes."));
  const auto last = visit.tr("{1} backups, the last of {2}", state->count, visit.ui.datetime(*state->last_ms));
  if (!state->left_out.empty()) return left_out_state(visit, *state, last);
  if (state->too_old) return notice(Tone::kBad, visit.tr("The last backup is {1} hours old.", state->age_hours), last);
  const auto where = state->same_disk ? visit.tr("They lie on the same disk as the node: a broken disk takes both.") : std::string();
  return join(notice(Tone::kGood, visit.tr("The backups are up to date."), last), where.empty() ? Html() : hint(where));
}

// What holds today; the rest stands on the account's page.
std::string grants_text(const Visit& visit, const access::Subject& account) {
  std::vector<std::string> out;
  for (const auto& grant : account.grants)
    if (grant.until.value_or(visit.who.today) >= visit.who.today) out.push_back(grant_text(visit, grant));
  return nc::join(out, "; ");
}

Html account_list(const Visit& visit) {
  List list;
  list.caption = visit.tr("Accounts");
  list.columns = {
      {visit.tr("Login")}, {visit.tr("Roles")}, {visit.tr("Unit"), false, true}, {visit.tr("Signing key")}, {visit.tr("State")}};
  const PersonKeys keys(visit);
  for (const auto& [login, account] : visit.world->accounts) {
    const auto* unit = visit.world->tree->find(account.unit);
    list.rows.push_back({{link(login, Url::to("/admin/accounts/" + account.person.hex())), grants_text(visit, account),
                          unit ? unit_name(*unit, visit.lang()) : "", key_badge(visit, keys.of(account.person)),
                          account.live ? badge(Tone::kGood, visit.tr("open")) : badge(Tone::kNeutral, visit.tr("closed"))}});
  }
  list.total = static_cast<std::int64_t>(list.rows.size());
  return section(
      list.caption,
      join(render(list, visit.ui), hint(visit.tr("A login opens its page: its roles, a password for one use, its signing key."))),
      button_link(visit.tr("New account"), Url::to("/admin/accounts/new"), true));
}

net::Response admin(Visit& visit, const net::Params&) {
  if (!visit.administers()) return visit.not_found();
  auto page = visit.frame(visit.tr("Administration"), Place::kAdmin);
  page.actions = join(button_link(visit.tr("State of the node"), Url::to("/admin/health")),
                      button_link(visit.tr("Record types"), Url::to("/admin/types")));
  page.main =
      join(recovery_notices(visit), account_list(visit), identity_facts(visit),
           section(visit.tr("Care of the node"),
                   join(backup_state(visit), care_buttons(visit),
                        hint(visit.tr("Verifying reads every entry, hash, chain and seal, the attached files and the audit trail; "
                                      "comparing derives everything anew beside it. Both may take minutes, and nobody waits for them.")))));
  return visit.show(page);
}

}  // namespace

Html recovery_notices(const Visit& visit) {
  constexpr std::int32_t kToldForDays = 90;
  if (!visit.administers()) return {};
  access::AuditQuery query;
  query.action = access::audited::kRecover;
  query.from = visit.who.today - kToldForDays;
  query.limit = 5;
  const auto found = visit.ledger().audit().list(query);
  if (!found) return notice(Tone::kBad, visit.ui.error_text(found.error()));
  Html out;
  for (const auto& row : found->rows)
    out.add(notice(Tone::kWarn,
                   visit.tr("An administrator was made on the machine itself on {1}: {2}.", visit.ui.datetime(row.at_ms),
                            visit.site.account_name(row.record)),
                   visit.tr("If nobody of you did that, whoever holds the machine did: look at the audit trail and at who has its keys.")));
  return out;
}

void add_admin_pages(net::Router& router, Site& site) {
  site.add_page(router, "/admin", admin);
  add_admin_account_page(router, site);
  add_admin_health_page(router, site);
  add_admin_type_pages(router, site);
}

}  // namespace nc::web
