// Bundles by stick: made for a node and saved, brought by hand and taken in. Both are long work: a first bundle holds years.
#include "base/destroy.h"
#include "channels/sync/bundle.h"
#include "face/web/change_form.h"
#include "face/web/sync/received_file.h"
#include "face/web/sync/sync_pages.h"
#include "face/web/works/work_pages.h"

namespace nc::web {
namespace {

constexpr const char* kMediaType = "application/octet-stream";

bool has_bundles(const sync::NodeState& state) { return !state.ended && state.relation != sync::Relation::kBelow; }

// What a stick is called in a folder: for whom, and when it was made.
std::string file_name_for(const Visit& visit, const sync::NodeState& state) {
  const auto* unit = visit.world->tree->find(state.unit);
  const auto code = unit != nullptr ? unit->code : state.node.hex().substr(0, 8);
  return "nhipcau-" + code + "-" + std::to_string(visit.ledger().now_ms() / 1000) + ".nhipcau";
}

net::Response make(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto to = NodeId::from_hex(form.get("to"));
  if (!visit.administers() || !to) return visit.not_found();
  const auto nodes = KnownNodes::look(visit);
  if (!nodes) return visit.refuse(nodes.error());
  const auto* state = nodes->find(*to);
  if (state == nullptr || !has_bundles(*state)) return visit.not_found();
  if (const auto written = visit.ledger().audit().write({visit.who.person, access::audited::kExport, state->record, {}, {}}); !written)
    return visit.refuse(written.error());
  WorkOrder order;
  order.title = NC_MSG("Make a bundle");
  order.about = nodes->name(visit, *to);
  order.run = [&ledger = visit.ledger(), &ui = visit.ui, to = *to, parent = nodes->parent(), name = file_name_for(visit, *state),
               unit = order.about](const Progress&, const std::filesystem::path& file) -> Result<WorkResult> {
    NC_ASSIGN(const auto made, sync::make_bundle(ledger, to, parent, file));
    WorkResult out;
    out.lines.push_back({NC_MSG("{1}: {2} bytes for the node {3}; nobody else can read them"), {name, ui.number(made.bytes), unit}});
    if (made.left > 0) out.lines.push_back({NC_MSG("{1} entries did not fit and wait for the next"), {ui.number(made.left)}});
    if (made.files_left > 0)
      out.lines.push_back({NC_MSG("{1} attached files did not fit and wait for the next"), {ui.number(made.files_left)}});
    out.file_name = name;
    out.media = kMediaType;
    return out;
  };
  return order_work(visit, std::move(order), form);
}

WorkResult said(const i18n::Translator& ui, const sync::BundleTaken& taken, const std::string& from) {
  WorkResult out;
  out.lines.push_back({NC_MSG("From the node {1}, made on {2}: {3} entries are new, {4} were here, {5} wait for what they stand on"),
                       {from, ui.datetime(taken.made_ms), ui.number(taken.admitted), ui.number(taken.known), ui.number(taken.parked)}});
  if (taken.gap) out.lines.push_back({NC_MSG("Something before it has not come: send a bundle back, the next one will have it"), {}, true});
  for (const auto& notice : taken.notices) out.lines.push_back({notice.message, notice.args, true});
  return out;
}

net::Response take(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.administers()) return visit.not_found();
  const auto nodes = KnownNodes::look(visit);
  if (!nodes) return visit.refuse(nodes.error());
  if (nodes->all().empty())
    return visit.refuse(Error(ErrorCode::kConflict, NC_MSG("This node knows no other one yet, so no bundle can be for it"))
                            .then(NC_MSG("Let a node in on the page “Sync” first")));
  auto* received = ReceivedFile::in(visit.request);
  if (received == nullptr || !received->came()) {
    auto page = visit.frame(visit.tr("Sync"), Place::kSync);
    page.crumbs = {{visit.tr("Sync"), Url::to("/sync")}, {visit.tr("By stick"), {}}};
    page.main = stick_section(visit, *nodes, visit.tr("Choose the file on the stick"));
    return visit.show(page, 422);
  }
  const std::shared_ptr<const std::filesystem::path> file(new std::filesystem::path(received->keep()),
                                                          [](const std::filesystem::path* path) {
                                                            static_cast<void>(destroy_file(*path));
                                                            delete path;
                                                          });
  WorkOrder order;
  order.title = NC_MSG("Take a bundle in");
  const auto lasting = std::make_shared<LastingVisit>(visit);
  order.run = [file, lasting, nodes = *nodes](const Progress&, const std::filesystem::path&) -> Result<WorkResult> {
    const auto& who = lasting->visit();
    NC_ASSIGN(const auto taken, sync::take_bundle(who.ledger(), *file, nodes.parent()));
    return said(who.ui, taken, nodes.name(who, taken.from));
  };
  return order_work(visit, std::move(order), form);
}

}  // namespace

Html stick_section(const Visit& visit, const KnownNodes& nodes, const std::string& error) {
  auto out = change_form(visit, Url::to("/sync/bundle"));
  Field to;
  to.name = "to";
  to.label = visit.tr("For the node of");
  to.input = Input::kChoice;
  to.required = true;
  to.width = Width::kFull;
  for (const auto& state : nodes.all())
    if (has_bundles(state)) to.options.push_back({state.node.hex(), nodes.name(visit, state.node), ""});
  if (to.options.empty()) return {};
  to.value = to.options.front().value;
  out.fieldsets = {{visit.tr("Make a bundle"), visit.tr("All that the node is not known to hold, sealed: nobody else can open it."), {to}}};
  out.submits = {{visit.tr("Make a bundle"), "", ""}};

  const auto in = file_form(
      visit,
      {Url::to("/sync/take"), visit.tr("Take a bundle in"),
       visit.tr(
           "Taking one twice, late or out of order does no harm. One above 256 MiB is taken at the machine: nhipcau bundle DIR in FILE."),
       "bundle", visit.tr("File on the stick"), "", ".nhipcau", false, visit.tr("Take a bundle in"), error});
  return section(visit.tr("By stick"), el("div", {{"class", "two-forms"}}, render(out, visit.ui), render(in, visit.ui)));
}

void add_stick_pages(net::Router& router, Site& site) {
  site.add_change(router, "/sync/bundle", make);
  site.add_change(router, "/sync/take", take);
}

}  // namespace nc::web
