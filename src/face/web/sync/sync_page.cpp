// /sync: the nodes above and below: the same, or how far behind and since when; what waits; sticks.
#include "channels/sync/branches.h"
#include "channels/sync/card.h"
#include "face/web/list.h"
#include "face/web/sync/sync_pages.h"
#include "face/web/unit_lookup.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"

namespace nc::web {
namespace {

constexpr std::size_t kWaitingShown = 50;
constexpr std::int64_t kClockFineMs = 60'000, kClockWrongMs = 3'600'000;

Html node_cell(const Visit& visit, const KnownNodes& nodes, const sync::NodeState& state) {
  const auto name = nodes.name(visit, state.node);
  const auto how = state.relation == sync::Relation::kParent  ? visit.tr("superior")
                   : state.relation == sync::Relation::kChild ? std::string()
                                                              : visit.tr("below {1}", nodes.name(visit, state.by));
  return join(link(name, node_url(state.node)), how.empty() ? Html() : Html(" · " + how));
}

std::string complete_text(const Visit& visit, const sync::NodeState& state) {
  if (state.relation == sync::Relation::kParent) return {};
  if (state.complete_to_ms) return visit.ui.datetime(*state.complete_to_ms);
  return state.last_entry_ms > 0 ? visit.tr("last entry {1}", visit.ui.datetime(state.last_entry_ms)) : std::string();
}

Html node_list(const Visit& visit, const KnownNodes& nodes) {
  List list;
  list.caption = visit.tr("Nodes above and below");
  list.columns = {{visit.tr("Node of")},
                  {visit.tr("State")},
                  {visit.tr("Last contact")},
                  {visit.tr("Complete to")},
                  {visit.tr("Clock"), false, true},
                  {visit.tr("Version"), false, true}};
  for (const auto& state : nodes.all()) {
    const auto* contact = state.last_contact();
    // On a telephone a cell is a row of its parts: several badges are one.
    list.rows.push_back({{node_cell(visit, nodes, state), el("span", {}, node_state_badge(visit, state)),
                          contact != nullptr ? Html(contact_text(visit, *contact)) : Html(visit.tr("none yet")),
                          Html(complete_text(visit, state)), clock_text(visit, state), Html(state.version())}});
  }
  list.empty_text = visit.tr("This node knows no other one yet.");
  list.empty_hint = visit.tr("A card lets the node of a unit below in; a node that is below another is made from that one's card.");
  list.empty_action = button_link(visit.tr("Let a node in"), Url::to("/sync/cards"), true);
  if (list.rows.empty()) return section(list.caption, render(list, visit.ui));
  without_empty_minor(list);
  return section(list.caption,
                 join(render(list, visit.ui), hint(visit.tr("“Complete to”: all that the node had written by then is here."))),
                 button_link(visit.tr("Let a node in"), Url::to("/sync/cards")));
}

// --- what waits ---

struct Waits {
  journal::Waiting counts;
  std::vector<journal::AsideEntry> parked;
  std::vector<journal::AsideBatch> batches;
  std::vector<journal::Fork> forks;
};

Result<Waits> look_at_waiting(const Visit& visit) {
  Waits out;
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out.counts, journal::waiting(db));
    NC_ASSIGN(out.parked, journal::entries_aside(db, journal::Aside::kParked, kWaitingShown));
    NC_ASSIGN(out.batches, journal::batches_aside(db, kWaitingShown));
    NC_ASSIGN(out.forks, journal::forks(db));
    return {};
  }));
  return out;
}

std::string writer_of(const Visit& visit, const KnownNodes& nodes, std::string_view stream) {
  const auto key = journal::StreamKey::parse(stream);
  return key ? nodes.name(visit, key->node) : std::string();
}

std::string type_label(const Visit& visit, const std::string& id) {
  const auto* type = visit.world->catalog->find(id);
  return type != nullptr ? type->label.in(visit.lang()) : id;
}

Html waiting_list(const Visit& visit, const KnownNodes& nodes, const Waits& waits) {
  List list;
  list.caption = visit.tr("What waits, and why");
  list.columns = {{visit.tr("Node of")}, {visit.tr("What")}, {visit.tr("Why")}, {visit.tr("Here since"), false, false, {}, 0, true}};
  for (const auto& one : waits.parked)
    list.rows.push_back({{Html(nodes.name(visit, one.stream.node)), Html(type_label(visit, one.header.type)),
                          Html(one.why ? visit.ui.error_text(*one.why) : visit.tr("something before it is missing")),
                          Html(visit.ui.datetime(one.received_ms))}});
  for (const auto& one : waits.batches)
    list.rows.push_back(
        {{Html(writer_of(visit, nodes, one.stream)),
          Html(one.waiting ? visit.tr("entries up to number {1}", one.seq) : visit.tr("entries up to number {1}, refused", one.seq)),
          Html(visit.ui.error_text(one.why)), Html(visit.ui.datetime(one.received_ms))}});
  list.empty_text = visit.tr("Nothing waits.");
  const auto all = waits.counts.parked + waits.counts.aside;
  if (all > 0) list.total = all;
  return section(
      list.caption,
      join(render(list, visit.ui),
           list.rows.empty()
               ? Html()
               : hint(visit.tr("An entry waits while what it stands on has not come; it counts by itself as soon as that arrives."))));
}

// --- what is wrong ---

Html alarms(const Visit& visit, const KnownNodes& nodes, const Waits& waits) {
  Html out;
  for (const auto& state : nodes.all())
    if (state.forked && !state.ended)
      out.add(join(notice(Tone::kBad,
                          visit.tr("Two machines write as the node of {1}: its disk was copied, or somebody has its key.",
                                   nodes.name(visit, state.node)),
                          visit.tr("Nothing more is taken from that incarnation; the entries that came first stay.")),
                   el("p", {}, button_link(visit.tr("What to do"), Url::to("/sync/guides/clone")))));
  const auto self = visit.ledger().identity();
  for (const auto& fork : waits.forks)
    if (fork.stream.node == self.node && fork.stream.incarnation == self.incarnation) {
      out.add(notice(Tone::kBad, visit.tr("Another machine writes as this node: its disk was copied, or somebody has its key.")));
      break;
    }
  const auto other = sync::follows_another_branch(visit.ledger(), nodes.parent() ? std::optional(nodes.parent()->node) : std::nullopt);
  if (other && *other)
    out.add(join(notice(Tone::kBad, visit.ui.error_text(sync::another_branch())),
                 el("p", {}, button_link(visit.tr("What to do"), Url::to("/sync/guides/clone")))));
  if (const auto cards = sync::cards(visit.ledger()))
    for (const auto& card : *cards)
      if (card.refused > 0)
        out.add(notice(Tone::kBad,
                       visit.tr("Another machine came with the card for {1} made on {2}, which had let one in: it was copied.",
                                card.unit_code, visit.ui.datetime(card.made_ms)),
                       visit.tr("It was refused. Find out who has the copy.")));
  return out;
}

// Files come after all entries: who holds the same may still wait for them.
Html awaited_files(const Visit& visit) {
  const auto files = sync::files_awaited(visit.ledger());
  if (!files || *files == 0) return {};
  return hint(visit.tr("Attached files that have not come yet: {1}. They come after all entries.", visit.ui.number(*files)));
}

net::Response sync_page(Visit& visit, const net::Params&) {
  if (!visit.administers()) return visit.not_found();
  const auto nodes = KnownNodes::look(visit);
  if (!nodes) return visit.refuse(nodes.error());
  const auto waits = look_at_waiting(visit);
  if (!waits) return visit.refuse(waits.error());
  auto page = visit.frame(visit.tr("Sync"), Place::kSync);
  page.main = join(alarms(visit, *nodes, *waits), node_list(visit, *nodes), awaited_files(visit), stick_section(visit, *nodes),
                   waiting_list(visit, *nodes, *waits), guide_links(visit));
  return visit.show(page);
}

}  // namespace

Result<KnownNodes> KnownNodes::look(const Visit& visit) {
  KnownNodes out;
  NC_ASSIGN(out.parent_, sync::known_parent(visit.ledger().dir()));
  NC_ASSIGN(out.states_, sync::node_states(visit.ledger(), out.parent_));
  return out;
}

const sync::NodeState* KnownNodes::find(const NodeId& node) const {
  for (const auto& one : states_)
    if (one.node == node) return &one;
  return nullptr;
}

// The founding node is certified for no unit of the tree below it: it holds all.
std::string KnownNodes::name(const Visit& visit, const NodeId& node) const {
  if (node == visit.ledger().identity().node) return visit.tr("this node");
  const auto* state = find(node);
  const auto* unit = state != nullptr ? visit.world->tree->find(state->unit) : nullptr;
  if (unit != nullptr) return unit_name(*unit, visit.lang());
  return state != nullptr && state->unit.is_zero() && state->certified ? visit.tr("the whole tree") : node.hex().substr(0, 8);
}

Url node_url(const NodeId& node) { return Url::to("/sync/nodes/" + node.hex()); }

Html node_state_badge(const Visit& visit, const sync::NodeState& state) {
  if (state.ended) return badge(Tone::kBad, visit.tr("cut off"));
  if (state.forked) return badge(Tone::kBad, visit.tr("two machines"));
  if (!state.certified) return badge(Tone::kNeutral, visit.tr("its first bundle has not come"));
  if (state.unlinked) return badge(Tone::kWarn, visit.tr("its unit stands here now; it has not come yet"));
  if (state.moved)
    return badge(Tone::kWarn, state.relation == sync::Relation::kParent ? visit.tr("our unit stands under another superior now")
                                                                        : visit.tr("its unit stands under another superior now"));
  if (state.relation == sync::Relation::kBelow && !state.seen_by_superior)
    return badge(Tone::kNeutral, visit.tr("known through its superior"));
  Html out;
  if (state.same) out = badge(Tone::kGood, visit.tr("the same"));
  else if (state.same_then) out = badge(Tone::kGood, visit.tr("the same at that contact"));
  else if (state.behind > 0) {
    const auto many = state.behind >= sync::kBehindCountedMax;
    const auto number = visit.ui.number(state.behind);
    const auto since = visit.ui.datetime(state.behind_since_ms);
    out = badge(Tone::kWarn, many                         ? visit.tr("more than {1} entries behind", number)
                             : state.behind_since_ms == 0 ? visit.tr("{1} entries behind", number)
                                                          : visit.tr("{1} entries behind since {2}", number, since));
  } else {
    out = badge(Tone::kNeutral, state.last_contact() == nullptr ? visit.tr("never heard of") : visit.tr("nothing waits here for it"));
  }
  if (state.waits_there.value_or(0) > 0)
    out.add(" ").add(badge(Tone::kWarn, visit.tr("{1} wait there", visit.ui.number(*state.waits_there))));
  if (state.takes_less) out.add(" ").add(badge(Tone::kWarn, visit.tr("takes no restricted content now")));
  for (const auto& contact : state.contacts)
    if (contact.failed_at_ms > contact.at_ms)
      out.add(" ").add(badge(Tone::kBad, visit.tr("no connection since {1}", visit.ui.datetime(contact.failed_at_ms))));
  return out;
}

std::string contact_text(const Visit& visit, const sync::Contact& contact) {
  const auto when = visit.ui.datetime(contact.at_ms);
  switch (contact.way) {
    case sync::Way::kLink: return visit.tr("{1}, by link", when);
    case sync::Way::kBundleIn: return visit.tr("{1}, its stick came", when);
    case sync::Way::kBundleOut: return visit.tr("{1}, a stick was made", when);
  }
  return when;
}

Html clock_text(const Visit& visit, const sync::NodeState& state) {
  const auto ahead = state.clock_ahead_ms();
  if (!ahead) return {};
  const auto off = *ahead < 0 ? -*ahead : *ahead;
  if (off < kClockFineMs) return badge(Tone::kGood, visit.tr("right"));
  const auto span = visit.ui.span(off);
  return badge(off >= kClockWrongMs ? Tone::kBad : Tone::kWarn, *ahead > 0 ? visit.tr("{1} ahead", span) : visit.tr("{1} behind", span));
}

std::string nodes_complete_text(const Visit& visit) {
  const auto all = sync::completeness(visit.ledger());
  if (!all || all->nodes == 0) return {};
  if (all->heard == 0) return visit.tr("Of the {1} nodes below nothing is known to be complete yet.", all->nodes);
  return visit.tr("Complete to {1} for {2} of {3} nodes below.", visit.ui.datetime(all->complete_to_ms), all->heard, all->nodes);
}

Html completeness_line(const Visit& visit) {
  const auto text = nodes_complete_text(visit);
  return text.empty() ? Html() : hint(text);
}

void add_sync_pages(net::Router& router, Site& site) {
  site.add_page(router, "/sync", sync_page);
  add_node_pages(router, site);
  add_stick_pages(router, site);
  add_card_pages(router, site);
  add_guide_pages(router, site);
}

}  // namespace nc::web
