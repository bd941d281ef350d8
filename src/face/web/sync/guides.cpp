// What to do when a machine is broken, lost, copied or moved: steps in order, each with the page on which it is done. The same with the
// commands stands in docs/operations.
#include <array>
#include <span>

#include "face/web/sync/sync_pages.h"

namespace nc::web {
namespace {

struct Step {
  const char* text;
  const char* button = nullptr;  // and where it leads
  const char* path = nullptr;
};

struct Guide {
  std::string_view name;
  const char* title;
  const char* when;
  std::span<const Step> steps;
};

constexpr const char* kToCards = NC_MSG("Let a node in");
constexpr const char* kToNodes = NC_MSG("Choose the node");
constexpr const char* kToSticks = NC_MSG("Sticks");

constexpr std::array kBroken = {
    Step{NC_MSG("At the new machine restore the last backup with the recovery key: nhipcau restore FILE DIR --recovery-key KEY. It is a "
                "new incarnation and "
                "writes at once; this node learns of it with the first contact.")},
    Step{NC_MSG("Without the recovery key, or without a backup: cut the old node off as “broken or lost”, with no day, so that all that is "
                "held here stays."),
         kToNodes, "/sync"},
    Step{NC_MSG("Make a card for the unit. With a backup, at the machine: nhipcau renew DIR --card FILE --request FILE; without one: "
                "nhipcau init DIR --card FILE "
                "--request FILE."),
         kToCards, "/sync/cards"},
    Step{NC_MSG("Compare the six words and let the node in; then it gets all that is for its unit, by link or with a bundle."), kToSticks,
         "/sync"},
    Step{NC_MSG("Set passwords anew at the machine and have its people make new signing keys; what they signed before stays signed.")},
};
constexpr std::array kBackup = {
    Step{NC_MSG("A restored node is a new incarnation, however old the backup is: it never writes over what it wrote later.")},
    Step{NC_MSG("Restore with the recovery key: nhipcau restore FILE DIR --recovery-key KEY. Without it the node reads and does not write "
                "until you let it in anew "
                "with a card: nhipcau renew DIR --card FILE --request FILE."),
         kToCards, "/sync/cards"},
    Step{NC_MSG("Let it connect, or give it a bundle: all that it had handed in before comes back to it from here."), kToSticks, "/sync"},
    Step{
        NC_MSG("What it had written after the backup and handed in nowhere is lost with the old disk; keep that disk until you are sure.")},
};
constexpr std::array kClone = {
    Step{NC_MSG("Two machines write as one node: this page names it as “two machines”. What came first stays; from the other nothing is "
                "taken, and from both nothing more. Each is told at its next contact and writes nothing more.")},
    Step{NC_MSG("Find both machines. Stop the program on both, and choose the one that goes on: the one whose last records stand here.")},
    Step{NC_MSG("Open the node here and cut it off as “its disk was copied”, with no day: what stands here stays."), kToNodes, "/sync"},
    Step{NC_MSG("At the machine that goes on: nhipcau backup DIR FILE, then restore the file into a new folder. It is a new incarnation.")},
    Step{NC_MSG("Let it in with a card of its unit: nhipcau renew DIR --card FILE --request FILE."), kToCards, "/sync/cards"},
    Step{NC_MSG("When it has connected, the page of the node lists what that machine wrote after the copy. Readmit it: it counts again, on "
                "every node."),
         kToNodes, "/sync"},
    Step{NC_MSG("From the other machine take what it alone has: look at it with nhipcau record DIR list, and enter it at the first one. "
                "Then destroy its disk.")},
    Step{
        NC_MSG(
            "If a machine says that here stands the other branch of what was laid down about nodes or keys, set it up anew as a broken one "
            "without a backup, and keep its old folder to read what it alone has."),
        NC_MSG("A broken machine"), "/sync/guides/broken"},
    Step{NC_MSG("If nobody copied the disk, somebody has the key: go on as for a stolen machine."), NC_MSG("A stolen machine"),
         "/sync/guides/stolen"},
};
constexpr std::array kMoved = {
    Step{NC_MSG("Take all that the node has written: let it connect once more, or take its bundle in, until this page says that it is "
                "complete."),
         kToSticks, "/sync"},
    Step{NC_MSG("Cut it off as “moved to another unit”, with no day: what it wrote for the old unit stays."), kToNodes, "/sync"},
    Step{NC_MSG("Make a card for the new unit, and begin a new node at the machine in another folder: nhipcau init DIR --card FILE "
                "--request FILE."),
         kToCards, "/sync/cards"},
    Step{NC_MSG("Compare the six words and let it in. It gets what is for its new unit, and nothing of the old one.")},
    Step{NC_MSG(
        "Keep the old folder with the papers of the old unit, or destroy it: it can be read, and nobody takes anything from it any more.")},
};
constexpr std::array kStolen = {
    Step{NC_MSG("Open the node and cut it off as “stolen”, with the last day on which the machine was in your hands. It can connect no "
                "more, and what it writes from then "
                "on is set aside on every node."),
         kToNodes, "/sync"},
    Step{NC_MSG("End the signing keys of the people of that unit: under Administration, account by account."), NC_MSG("Accounts"),
         "/admin"},
    Step{NC_MSG("On the page of the node stands each entry that it wrote after that day. Ask the unit which of them are right, and readmit "
                "those."),
         kToNodes, "/sync"},
    Step{NC_MSG("Report what the machine held: all that is for its unit, up to the handling that it might hold. If its volume was "
                "encrypted, say so.")},
    Step{NC_MSG("Give the unit a new node with a new card; it gets its records back from here."), kToCards, "/sync/cards"},
};

constexpr std::array kGuides = {
    Guide{"broken", NC_MSG("A broken machine is replaced"),
          NC_MSG("The machine of a unit does not start any more, or it is lost without anybody having it."), kBroken},
    Guide{"backup", NC_MSG("An old backup is restored"), NC_MSG("A node goes on from a backup, of whatever age."), kBackup},
    Guide{"clone", NC_MSG("A disk was copied"), NC_MSG("Two machines run with the same keys, mostly by mistake."), kClone},
    Guide{"moved", NC_MSG("A machine moves to another unit"), NC_MSG("A machine that wrote for one unit is given to another."), kMoved},
    Guide{"stolen", NC_MSG("A stolen machine"), NC_MSG("The machine is in wrong hands, or may have been."), kStolen},
};

Url guide_url(const Guide& guide) { return Url::to("/sync/guides/" + std::string(guide.name)); }

net::Response guide_page(Visit& visit, const net::Params& params) {
  const auto name = params.get("name");
  const auto* guide = std::ranges::find(kGuides, std::string_view(name), &Guide::name);
  if (!visit.administers() || guide == kGuides.end()) return visit.not_found();
  Html steps;
  for (const auto& step : guide->steps)
    steps.add(el("li", {}, el("p", {}, visit.tr(step.text)),
                 step.button != nullptr ? el("p", {}, button_link(visit.tr(step.button), Url::to(step.path))) : Html()));
  auto page = visit.frame(visit.tr(guide->title), Place::kSync);
  page.crumbs = {{visit.tr("Sync"), Url::to("/sync")}, {page.title, {}}};
  page.main = join(el("p", {}, visit.tr(guide->when)), el("ol", {{"class", "steps"}}, steps));
  return visit.show(page);
}

}  // namespace

Html guide_links(const Visit& visit) {
  Html items;
  for (const auto& guide : kGuides) items.add(el("li", {}, link(visit.tr(guide.title), guide_url(guide)), ": ", visit.tr(guide.when)));
  return section(visit.tr("When something has happened"), el("ul", {}, items));
}

void add_guide_pages(net::Router& router, Site& site) { site.add_page(router, "/sync/guides/{name}", guide_page); }

}  // namespace nc::web
