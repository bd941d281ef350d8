// One node: what is known of it, and what its superior does when its machine is stolen, lost or moved: cut it off, look at what it
// wrote beyond the cut, readmit what is right.
#include "base/civil.h"
#include "base/text.h"
#include "face/web/change_form.h"
#include "face/web/confirm.h"
#include "face/web/list.h"
#include "face/web/sync/sync_pages.h"
#include "face/web/unit_lookup.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/cutting_off.h"

namespace nc::web {
namespace {

constexpr std::size_t kAsideShown = 500;

std::string said(const Visit& visit, const std::vector<Error>& notices) {
  std::string out;
  for (const auto& one : notices) out += (out.empty() ? "" : "; ") + visit.ui.error_text(one);
  return out;
}

Html node_facts(const Visit& visit, const KnownNodes& nodes, const sync::NodeState& state) {
  const auto* unit = visit.world->tree->find(state.unit);
  std::vector<Fact> rows = {
      {visit.tr("Unit"), unit != nullptr ? Html(unit_name(*unit, visit.lang())) : Html(visit.tr("the whole tree")), ""},
      {visit.tr("State"), node_state_badge(visit, state), ""},
      {visit.tr("Certified by"), Html(nodes.name(visit, state.by)), ""}};
  for (const auto& contact : state.contacts)
    if (contact.at_ms > 0) rows.push_back({visit.tr("Last contact"), Html(contact_text(visit, contact)), said(visit, contact.notices)});
  for (const auto& contact : state.contacts)
    if (contact.failure && contact.failed_at_ms > contact.at_ms)
      rows.push_back({visit.tr("No connection"), Html(visit.ui.datetime(contact.failed_at_ms)), visit.ui.error_text(*contact.failure)});
  if (state.complete_to_ms)
    rows.push_back(
        {visit.tr("Complete to"), Html(visit.ui.datetime(*state.complete_to_ms)), visit.tr("all that it had written by then is here")});
  if (state.last_entry_ms > 0) rows.push_back({visit.tr("Its last entry came"), Html(visit.ui.datetime(state.last_entry_ms)), ""});
  if (auto clock = clock_text(visit, state); !clock.empty())
    rows.push_back({visit.tr("Clock"), std::move(clock),
                    state.relation == sync::Relation::kBelow ? visit.tr("beside its superior's") : visit.tr("beside this node's")});
  if (!state.version().empty()) rows.push_back({visit.tr("Version"), Html(state.version()), ""});
  rows.push_back({visit.tr("Node"), el("code", {}, state.node.hex()), ""});
  rows.push_back({visit.tr("Incarnation"), el("code", {}, state.incarnation.hex()), visit.tr("changes when a backup is restored")});
  return facts(rows);
}

// --- what lies beyond the cut ---

Result<std::vector<journal::AsideEntry>> beyond_cut(const Visit& visit, const sync::NodeState& state) {
  std::vector<journal::AsideEntry> out;
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, journal::entries_aside(db, journal::Aside::kQuarantined, state.node, state.incarnation, kAsideShown));
    return {};
  }));
  return out;
}

std::string entry_text(const Visit& visit, const journal::AsideEntry& one) {
  const auto* type = visit.world->catalog->find(one.header.type);
  auto text = visit.ui.datetime(one.header.wall_ms) + " · " + (type != nullptr ? type->label.in(visit.lang()) : one.header.type) + " · " +
              visit.name(one.header.record);
  if (one.author) text += " · " + visit.author(*one.author);
  return text;
}

Html readmitting(const Visit& visit, const sync::NodeState& state, const ConfirmErrors& errors) {
  const auto entries = beyond_cut(visit, state);
  if (!entries) return notice(Tone::kBad, visit.ui.error_text(entries.error()));
  const auto title = visit.tr("What it wrote beyond the cut");
  if (entries->empty()) return section(title, el("p", {}, visit.tr("Nothing of it has come here.")));
  auto form = change_form(visit, Url::to(node_url(state.node).text() + "/readmit"));
  Field chosen;
  chosen.name = "entry";
  chosen.label = visit.tr("{1} entries are set aside on every node", visit.ui.number(state.cut_aside));
  chosen.input = Input::kChoices;
  chosen.help = visit.tr(
      "Ask the unit which of them are right. A readmitted entry counts again in its record, where it can be read and declared void.");
  for (const auto& one : *entries) chosen.options.push_back({one.hash.hex(), entry_text(visit, one), ""});
  if (const auto at = errors.beside.find("entry"); at != errors.beside.end()) chosen.error = at->second;
  auto set = confirm_fields(visit, {}, errors);
  set.fields.insert(set.fields.begin(), std::move(chosen));
  form.fieldsets = {std::move(set)};
  form.submits = {{visit.tr("Readmit what is chosen"), "", ""}};
  return section(title, render(form, visit.ui));
}

// --- cutting off ---

struct Typed {
  std::string reason, until;
  bool believe = false;
};

Html cutting(const Visit& visit, const sync::NodeState& state, const Typed& typed, const ConfirmErrors& errors) {
  auto form = change_form(visit, Url::to(node_url(state.node).text() + "/cut"));
  const auto error = [&](const char* name) {
    const auto at = errors.beside.find(name);
    return at == errors.beside.end() ? std::string() : at->second;
  };
  Field reason;
  reason.name = "reason";
  reason.label = visit.tr("Why");
  reason.input = Input::kRadio;
  reason.required = true;
  reason.value = typed.reason;
  reason.error = error("reason");
  reason.options = {{"stolen", visit.tr("stolen, or in wrong hands"), ""},
                    {"lost", visit.tr("broken or lost"), ""},
                    {"moved", visit.tr("moved to another unit"), ""},
                    {"copied", visit.tr("its disk was copied"), ""}};
  Field until;
  until.name = "until";
  until.label = visit.tr("What it wrote is good up to the end of");
  until.input = Input::kDate;
  until.value = typed.until;
  until.error = error("until");
  until.help = visit.tr("Of a stolen machine the last day on which it was in your hands. Left empty all that is held here stays.");
  Field believe;
  believe.name = "believe";
  believe.label = visit.tr("What came here after that day and says that it is older is good too");
  believe.help = visit.tr("Stolen or lost: whoever has the machine can set its clock. Tick it only when nobody can have done so.");
  believe.input = Input::kCheck;
  believe.value = typed.believe ? "1" : "";
  believe.width = Width::kFull;
  auto set = confirm_fields(visit, {}, errors);
  set.fields.insert(set.fields.begin(), {std::move(reason), std::move(until), std::move(believe)});
  set.help = visit.tr(
      "Nobody talks to this machine any more, and all that it writes from then on is set aside on every node. This cannot be taken back; "
      "single entries can be readmitted, and the unit gets a new node by a new card.");
  set.tone = Tone::kWarn;
  form.fieldsets = {std::move(set)};
  form.submits = {{visit.tr("Cut the node off"), "", ""}};
  return section(visit.tr("Cut the node off"), render(form, visit.ui));
}

net::Response node_page(const Visit& visit, const sync::NodeState& state, const KnownNodes& nodes, const Typed& typed = {},
                        const ConfirmErrors& errors = {}, int status = 200) {
  auto page = visit.frame(visit.tr("Node of {1}", nodes.name(visit, state.node)), Place::kSync);
  page.crumbs = {{visit.tr("Sync"), Url::to("/sync")}, {nodes.name(visit, state.node), {}}};
  page.main = node_facts(visit, nodes, state);
  if (state.forked && !state.ended)
    page.main.add(notice(Tone::kBad, visit.tr("Two machines write with this incarnation."),
                         visit.tr("Nothing more is taken from that incarnation; the entries that came first stay.")));
  if (state.ended) page.main.add(readmitting(visit, state, errors));
  else if (state.certified && state.relation != sync::Relation::kParent) page.main.add(cutting(visit, state, typed, errors));
  return visit.show(page, status);
}

struct Asked {
  KnownNodes nodes;
  const sync::NodeState* state = nullptr;
};
std::optional<Asked> asked(const Visit& visit, const net::Params& params) {
  const auto id = NodeId::from_hex(params.get("id"));
  if (!id || !visit.administers()) return std::nullopt;
  auto nodes = KnownNodes::look(visit);
  if (!nodes) return std::nullopt;
  Asked out{std::move(*nodes), nullptr};
  out.state = out.nodes.find(*id);
  return out.state != nullptr ? std::optional(std::move(out)) : std::nullopt;
}

net::Response cut(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto what = asked(visit, params);
  if (!what) return visit.not_found();
  const auto& state = *what->nodes.find(what->state->node);
  const Typed typed{std::string(form.get("reason")), std::string(form.get("until")), form.get("believe") == "1"};
  ConfirmErrors errors;
  const auto reason = records::cut_reason_from(typed.reason);
  if (!reason) errors.beside["reason"] = visit.tr("Say why");
  records::CutOff order{state.node, state.incarnation, reason.value_or(records::CutReason::kStolen), {}, typed.believe};
  if (!trim(typed.until).empty()) {
    const auto day = parse_typed_date(typed.until);
    if (!day || day->precision != DatePrecision::kDay) errors.beside["until"] = visit.tr("This is not a day: write 31/12/2026");
    else if (const auto until = records::end_of_good_day(visit.ledger(), day->day)) order.good_until_ms = *until;
    else errors.beside["until"] = visit.ui.error_text(until.error());
  }
  if (!errors.beside.empty()) return node_page(visit, state, what->nodes, typed, errors, 422);
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return node_page(visit, state, what->nodes, typed, confirmed.error(), 422);
  const auto done = records::cut_off(visit.ledger(), confirmed->who, order);
  return done ? visit.go(node_url(state.node).text(), "cut-off") : visit.refuse(done.error().error);
}

net::Response readmit(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto what = asked(visit, params);
  if (!what) return visit.not_found();
  const auto& state = *what->nodes.find(what->state->node);
  std::vector<EntryHash> entries;
  for (const auto& [name, value] : form)
    if (name == "entry")
      if (const auto hash = EntryHash::from_hex(value)) entries.push_back(*hash);
  ConfirmErrors errors;
  if (entries.empty()) {
    errors.beside["entry"] = visit.tr("Choose at least one entry");
    return node_page(visit, state, what->nodes, {}, errors, 422);
  }
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return node_page(visit, state, what->nodes, {}, confirmed.error(), 422);
  const auto done = records::readmit(visit.ledger(), confirmed->who, entries);
  return done ? visit.go(node_url(state.node).text(), "readmitted") : visit.refuse(done.error().error);
}

}  // namespace

void add_node_pages(net::Router& router, Site& site) {
  site.add_page(router, "/sync/nodes/{id}", [](Visit& visit, const net::Params& params) {
    const auto what = asked(visit, params);
    return what ? node_page(visit, *what->nodes.find(what->state->node), what->nodes) : visit.not_found();
  });
  site.add_change(router, "/sync/nodes/{id}/cut", cut);
  site.add_change(router, "/sync/nodes/{id}/readmit", readmit);
}

}  // namespace nc::web
