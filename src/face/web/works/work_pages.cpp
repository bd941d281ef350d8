// What one has ordered that takes longer than a request: a list, and a page of each with how far it is.
#include "face/web/works/work_pages.h"

#include <algorithm>

#include "face/web/file_response.h"
#include "face/web/list.h"
#include "foundation/crypto/hash.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/work";

Url work_url(const Work& work, std::string_view more = {}) { return Url::to(std::string(kPath) + "/" + work.id.hex() + std::string(more)); }

// What he might see and take out: a file that was made with other rights is not given.
Digest rights_of(const access::Subject& who) {
  std::string text =
      std::to_string(static_cast<int>(who.clearance)) + (who.strength == access::Strength::kPin ? "|pin|" : "|") + who.unit.hex() + "\n";
  for (const auto& grant : who.grants) {
    if (grant.from.value_or(who.today) > who.today || grant.until.value_or(who.today) < who.today) continue;
    text += grant.role + "|" + (grant.unit ? grant.unit->hex() : "") + "|" + std::to_string(static_cast<int>(grant.line)) + "|" +
            grant.chain + "|" + grant.delegation.hex() + "|" + std::to_string(static_cast<int>(grant.ceiling)) + "\n";
  }
  return crypto::sha256(text);
}

Html state_badge(const Visit& visit, const Work& work) {
  switch (work.state) {
    case WorkState::kWaiting: return badge(Tone::kNeutral, visit.tr("waits its turn"));
    case WorkState::kRunning: return badge(Tone::kAccent, work.cancelling ? visit.tr("is being cancelled") : visit.tr("under way"));
    case WorkState::kDone: {
      const bool bad = std::ranges::any_of(work.lines, &Said::bad);
      return bad ? badge(Tone::kBad, visit.tr("done, something is wrong")) : badge(Tone::kGood, visit.tr("done"));
    }
    case WorkState::kFailed: return badge(Tone::kBad, visit.tr("failed"));
    case WorkState::kCancelled: return badge(Tone::kNeutral, visit.tr("cancelled"));
    case WorkState::kBrokenOff: return badge(Tone::kWarn, visit.tr("broken off"));
  }
  return {};
}

Html progress(const Visit& visit, const Work& work) {
  const auto stage = work.stage.empty() ? visit.tr("It waits until what was ordered before is done.") : visit.tr(work.stage);
  if (work.total == 0) return join(el("p", {}, stage), el("progress", {{"aria-label", stage}}));
  const auto far = work.total == 0 ? std::string() : visit.tr("{1} of {2}", work.done, work.total);
  return join(el("p", {}, stage, ": ", far),
              el("progress", {{"aria-label", stage}, {"max", std::to_string(work.total)}, {"value", std::to_string(work.done)}}, far));
}

Html file_part(const Visit& visit, const Work& work) {
  if (!work.file) return {};
  const auto kept = visit.tr("It is kept until {1}, for you alone.", visit.ui.datetime(work.ordered_ms + Works::kFileKeptMs));
  if (work.rights != rights_of(visit.who))
    return notice(Tone::kWarn, visit.tr("What you may see is not what it was when the file was made. Order it anew."), kept);
  return join(el("p", {}, button_link(visit.tr("Save the file"), work_url(work, "/file"), true), " ", work.file->name, ", ",
                 visit.tr("{1} bytes", work.file->bytes)),
              hint(kept));
}

Html outcome(const Visit& visit, const Work& work) {
  const bool cut_short = work.state == WorkState::kCancelled || work.state == WorkState::kBrokenOff;
  if (cut_short && !work.lines.empty()) return notice(Tone::kWarn, visit.tr(work.lines.front().message));
  if (work.state == WorkState::kCancelled) return hint(visit.tr("You cancelled it; nothing of it stays."));
  if (work.state == WorkState::kBrokenOff)
    return notice(Tone::kWarn, visit.tr("The program ended before it was done; nothing of it stays."), visit.tr("Order it once more."));
  Html good, bad;
  for (const auto& line : work.lines)
    (line.bad ? bad : good).add(el("li", {}, visit.ui.error_text(Error(ErrorCode::kInvalid, line.message, line.args))));
  Html out;
  if (!bad.empty()) out.add(el("div", {{"class", "notice bad"}, {"role", "alert"}}, el("ul", {}, bad)));
  if (!good.empty()) out.add(el("ul", {}, good));
  return out.add(file_part(visit, work));
}

// While it lasts the part loads itself anew where there is script, and by a link where there is none.
Html work_part(const Visit& visit, const Work& work) {
  const auto ordered = visit.tr("Ordered {1}", visit.ui.datetime(work.ordered_ms));
  const auto head = el("p", {}, state_badge(visit, work), " ", ordered,
                       work.ended() ? " – " + visit.tr("ended {1}", visit.ui.datetime(work.ended_ms)) : std::string());
  if (work.ended()) return el("div", {{"id", "work"}}, head, outcome(visit, work));
  const auto again = Url::to(work_url(work).text(), {{std::string(kIdleParameter), "1"}});
  return el("div", {{"id", "work"}, {"hx-get", again}, {"hx-trigger", "every 2s"}, {"hx-select", "#work"}, {"hx-swap", "outerHTML"}}, head,
            progress(visit, work), hint(visit.tr("You may leave this page; the work goes on.")),
            el("div", {{"class", "submit"}}, button_link(visit.tr("Look again"), work_url(work)),
               work.cancelling ? Html() : post_button(visit.tr("Cancel it"), work_url(work, "/cancel"), visit.session.csrf, {}, "danger")));
}

std::optional<Work> work_asked(const Visit& visit, const net::Params& params) {
  const auto id = WorkId::from_hex(params.get("id"));
  return id ? visit.site.works().find(visit.who.person, *id) : std::nullopt;
}

net::Response works(Visit& visit, const net::Params&) {
  auto page = visit.frame(visit.tr("Long work"), Place::kWork);
  visit.site.works().tidy();
  List list;
  list.caption = visit.tr("What you have ordered");
  list.columns = {
      {visit.tr("Work")}, {visit.tr("State")}, {visit.tr("Ordered"), false, false, {}, 0, true}, {visit.tr("Of what"), false, true}};
  for (const auto& work : visit.site.works().of(visit.who.person))
    list.rows.push_back(
        {{link(visit.tr(work.title), work_url(work)), state_badge(visit, work), visit.ui.datetime(work.ordered_ms), work.about}});
  without_empty_minor(list);
  list.empty_text = visit.tr("You have ordered nothing that takes long.");
  list.empty_hint = visit.tr("Large exports, checks and backups stand here while they run, and for a month afterwards.");
  page.main = render(list, visit.ui);
  return visit.show(page);
}

net::Response work_page(Visit& visit, const net::Params& params) {
  const auto work = work_asked(visit, params);
  if (!work) return visit.not_found();
  auto page = visit.frame(visit.tr(work->title), Place::kWork);
  page.crumbs = {{visit.tr("Long work"), Url::to(kPath)}, {page.title, {}}};
  page.main = join(work->about.empty() ? Html() : el("p", {}, work->about), work_part(visit, *work));
  return visit.show(page);
}

net::Response cancel_work(Visit& visit, const net::Params& params, const net::Fields&) {
  const auto work = work_asked(visit, params);
  if (!work) return visit.not_found();
  if (const auto cancelled = visit.site.works().cancel(visit.who.person, work->id); !cancelled) return visit.refuse(cancelled.error());
  return visit.go(work_url(*work).text());
}

net::Response work_file(Visit& visit, const net::Params& params) {
  const auto work = work_asked(visit, params);
  if (!work || !work->file || work->rights != rights_of(visit.who)) return visit.not_found();
  auto bytes = visit.site.works().open_file(visit.who.person, work->id);
  if (!bytes) return visit.refuse(bytes.error());
  auto checked = blobs::CheckedFile::open(std::move(*bytes), *work->file);
  if (!checked) return visit.refuse(checked.error());
  return file_response(visit.request, *work->file, std::move(*checked));
}

}  // namespace

net::Response order_work(const Visit& visit, WorkOrder order, const net::Fields& form) {
  order.maker = visit.who.person;
  order.once = form.get("once");
  order.rights = rights_of(visit.who);
  const auto id = visit.site.works().order(std::move(order));
  if (!id) return visit.refuse(id.error());
  return visit.go(std::string(kPath) + "/" + id->hex());
}

Html work_button(const Visit& visit, std::string_view label, const Url& action, net::Fields hidden) {
  hidden.set("once", visit.site.rng().make<RecordId>().hex());
  return post_button(label, action, visit.session.csrf, hidden);
}

void add_work_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath, works);
  site.add_page(router, "/work/{id}", work_page);
  site.add_page(router, "/work/{id}/file", work_file);
  site.add_change(router, "/work/{id}/cancel", cancel_work);
  add_care_works(router, site);
  add_import_pages(router, site);
}

}  // namespace nc::web
