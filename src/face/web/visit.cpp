#include "face/web/visit.h"

#include <array>

#include "face/web/site.h"
#include "face/web/site_pages.h"
#include "face/web/unit_lookup.h"
#include "face/web/views/view_pages.h"
#include "ledger/catalog/names.h"
#include "ledger/records/accounts.h"

namespace nc::web {
namespace {

struct PlaceRow {
  Place place;
  const char* label;
  const char* path;
};

// Order of the rail.
constexpr std::array kPlaces = {
    PlaceRow{Place::kTasks, NC_MSG("To do"), "/"},
    PlaceRow{Place::kOverview, NC_MSG("Overview"), "/overview"},
    PlaceRow{Place::kActivities, NC_MSG("External activities"), "/activities"},
    PlaceRow{Place::kCalendar, NC_MSG("Calendar"), "/calendar"},
    PlaceRow{Place::kInstruments, NC_MSG("Instruments, agreements"), "/instruments"},
    PlaceRow{Place::kFigures, NC_MSG("Figures"), "/figures"},
    PlaceRow{Place::kUnits, NC_MSG("Own units"), "/units"},
    PlaceRow{Place::kCounterparts, NC_MSG("Counterparts"), "/counterparts"},
    PlaceRow{Place::kSources, NC_MSG("Sources"), "/sources"},
    PlaceRow{Place::kSync, NC_MSG("Sync"), "/sync"},
    PlaceRow{Place::kAudit, NC_MSG("Audit trail"), "/audit"},
    PlaceRow{Place::kAdmin, NC_MSG("Administration"), "/admin"},
};

struct DoneText {
  std::string_view key;
  const char* text;
};

// How far the rail counts: what waits until a week from now.
constexpr std::int32_t kTaskDaysAhead = 7;
constexpr std::size_t kTasksCounted = 20;

constexpr std::array kDone = {
    DoneText{"created", NC_MSG("The record is saved and sealed.")},
    DoneText{"same", NC_MSG("Nothing had to be changed: it was already saved so.")},
    DoneText{"amended", NC_MSG("The change is saved; the former values stay in the history.")},
    DoneText{"decided", NC_MSG("It is decided; the other value stays in the history.")},
    DoneText{"state-kept", NC_MSG("It is decided where the record stands; the other step stays in the history.")},
    DoneText{"draft", NC_MSG("The draft is kept; nothing of it is saved as a record yet.")},
    DoneText{"no-draft", NC_MSG("The draft is thrown away.")},
    DoneText{"attached", NC_MSG("The files are attached.")},
    DoneText{"stepped", NC_MSG("The step is recorded in the history.")},
    DoneText{"signed", NC_MSG("You have signed it; the signature stands in the history.")},
    DoneText{"voided", NC_MSG("The record is declared void; it stays in the history.")},
    DoneText{"password", NC_MSG("The new password is set; all other sessions of yours have ended.")},
    DoneText{"pin", NC_MSG("The PIN is set.")},
    DoneText{"no-pin", NC_MSG("The PIN is taken away; the password unlocks the screen.")},
    DoneText{"key", NC_MSG("The new key is made. It signs as soon as it is certified.")},
    DoneText{"full", NC_MSG("You gave your password; everything that is yours to see is shown again.")},
    DoneText{"certified", NC_MSG("The key is certified.")},
    DoneText{"ended", NC_MSG("The key signs nothing any more; what it signed before stays valid.")},
    DoneText{"handed-over", NC_MSG("It is handed over for those days. Both of you see it, and either can end it.")},
    DoneText{"handed-back", NC_MSG("It is ended: nobody stands in under it any more.")},
    DoneText{"no-code", NC_MSG("The authenticator is taken away; the password is enough again.")},
    DoneText{"code-removed", NC_MSG("The authenticator is taken away; the person is told at the next log-in.")},
    DoneText{"erase-asked", NC_MSG("You have signed. The data are erased when a second person with this right signs as well.")},
    DoneText{"erased", NC_MSG("The personal data are erased for ever. Destroy the backups of the keys that were made before.")},
    DoneText{"granted", NC_MSG("The role is given; it holds on the days that stand below.")},
    DoneText{"grant-ended", NC_MSG("The role is ended; what was done under it stays.")},
    DoneText{"closed", NC_MSG("The account is closed and its sessions have ended.")},
    DoneText{"opened", NC_MSG("The account is open again.")},
    DoneText{"sessions-ended", NC_MSG("All sessions of the account have ended.")},
    DoneText{"token-ended", NC_MSG("The token has ended; whatever used it gets no answer any more.")},
    DoneText{"feed-ended", NC_MSG("The feed has ended; its address shows nothing any more.")},
    DoneText{"view-kept", NC_MSG("The view is kept; it stands above the list and in the menu.")},
    DoneText{"view-renamed", NC_MSG("The view has its new name.")},
    DoneText{"view-gone", NC_MSG("The view is deleted; no record was changed.")},
    DoneText{"let-in", NC_MSG("The node is let in. Make a bundle for it, or let it connect: it gets what is for its unit.")},
    DoneText{"card-withdrawn", NC_MSG("The card is withdrawn; it lets nobody in any more.")},
    DoneText{"cut-off", NC_MSG("The node is cut off. Below stands what it wrote beyond the cut.")},
    DoneText{"readmitted", NC_MSG("What was chosen counts again; the other nodes learn it with the next contact.")},
    DoneText{"raised", NC_MSG("The handling is raised. Below it the record is withdrawn; what was handed out there stays there.")},
    DoneText{"restored", NC_MSG("The record is in force again.")},
};

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return 404;
    case ErrorCode::kDenied: return 403;
    case ErrorCode::kConflict: return 409;
    case ErrorCode::kLimit: return 413;
    case ErrorCode::kBusy: return 503;
    case ErrorCode::kFull:
    case ErrorCode::kIo:
    case ErrorCode::kCorrupt: return 500;
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
    case ErrorCode::kUsage: return 400;
  }
  return 500;
}

// What to do about an error that does not say it itself.
const char* usual_next(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return NC_MSG("Check the address, or look for it by the search box");
    case ErrorCode::kDenied: return NC_MSG("Ask whoever gives rights at your unit, or let somebody do it who may");
    case ErrorCode::kConflict: return NC_MSG("Go back, load the page again and look at what stands there now");
    case ErrorCode::kLimit: return NC_MSG("Go back and send less at once");
    case ErrorCode::kBusy: return NC_MSG("Wait a moment and try again");
    case ErrorCode::kFull: return NC_MSG("Nothing more can be saved before the administrator makes room on the disk; tell him");
    case ErrorCode::kIo:
    case ErrorCode::kCorrupt: return NC_MSG("Tell the administrator; “nhipcau doctor” and “nhipcau verify” at the machine say more");
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
    case ErrorCode::kUsage: return NC_MSG("Go back, correct it and send it again");
  }
  return "";
}

// This page, to come back to; of a form that was sent the overview.
std::string next_of(const net::Request& request) {
  if (request.method == "POST") return "/";
  auto there = request;
  there.query.set(std::string(kIdleParameter), std::nullopt);
  there.query.set("done", std::nullopt);
  return there.target();
}

Html ref_link(const Visit& visit, const Json& value) {
  const auto id = value.is_string() ? RecordId::from_hex(value.as_string()) : std::nullopt;
  return id ? link(visit.name(*id), record_url(*id)) : Html();
}

Html refs_list(const Visit& visit, const catalog::Field& field, const Json& value) {
  Html items;
  std::size_t count = 0;
  for (const auto& element : value.as_array()) {
    Html item = ref_link(visit, element["ref"]);
    std::string more;
    if (const auto* role = element.has("role") ? field.role(element.text("role")) : nullptr) more = role->label.in(visit.lang());
    if (element.has("count")) more += (more.empty() ? "" : ", ") + visit.ui.number(element.integer("count"));
    if (!more.empty()) item.add(" (" + more + ")");
    items.add(el("li", {}, item));
    ++count;
  }
  return count == 0 ? Html() : el("ul", {{"class", "values"}}, items);
}

Html names_list(const catalog::Field& field, const Json& value, std::string_view lang) {
  Html items;
  const auto& column = field.columns.front();
  for (const auto& row : value.as_array()) items.add(el("li", {}, catalog::show_value(column, row[column.id], lang, {})));
  return el("ul", {{"class", "values names"}}, items);
}

Html lines_table(const Visit& visit, const catalog::Field& field, const Json& value) {
  Html head, body;
  for (const auto& column : field.columns) head.add(el("th", {{"scope", "col"}}, column.label.in(visit.lang())));
  for (const auto& row : value.as_array()) {
    Html cells;
    for (const auto& column : field.columns)
      cells.add(el("td", {{"data-label", column.label.in(visit.lang())}}, visit.value(column, row[column.id])));
    body.add(el("tr", {}, cells));
  }
  return el("div", {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", field.label.in(visit.lang())}},
            el("table", {{"class", "small"}}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body)));
}

Html long_text(const std::string& text) {
  Html out;
  std::size_t start = 0;
  while (start <= text.size()) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (start > 0) out.add(el("br", {}));
    out.add(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

// Beside the rail's first entry: how many, as far as they were counted; nothing when there are none.
std::string tasks_waiting(const Visit& visit) {
  const auto count = visit.site.tasks().count(visit.who, visit.who.today + kTaskDaysAhead, kTasksCounted);
  if (!count || (count->number == 0 && !count->more)) return {};
  return visit.ui.number(static_cast<std::int64_t>(count->number)) + (count->more ? "+" : "");
}

// The record that the address is of.
std::optional<RecordId> record_asked(const net::Request& request) {
  constexpr std::string_view kRecords = "/records/";
  constexpr std::size_t kIdLength = 32;
  if (!request.path.starts_with(kRecords)) return std::nullopt;
  return RecordId::from_hex(std::string_view(request.path).substr(kRecords.size(), kIdLength));
}

bool is_address(const catalog::Field& field, const Json& value) {
  return field.kind == catalog::FieldKind::kText && value.is_string() && Url::web(value.as_string()).has_value();
}

}  // namespace

Error unreadable_text() {
  return Error(ErrorCode::kInvalid, NC_MSG("Some characters could not be read; they are shown as �"))
      .then(NC_MSG("Type those words again"));
}

Url record_url(const RecordId& id) { return Url::to("/records/" + id.hex()); }

Visit::Visit(Site& the_site, const net::Request& the_request, const i18n::Translator& words, access::Session the_session,
             access::Subject subject)
    : site(the_site),
      request(the_request),
      ui(words),
      session(std::move(the_session)),
      who(std::move(subject)),
      world(the_site.ledger().world()) {
  reads_ = !access::ReadScope::resolve(who, access::Action::kRead, *world->tree, *world->catalog).nothing();
  has_tasks_ = reads_ && site.tasks().any_for(who);
  for (const auto& [key, text] : kDone)
    if (request.query.get("done") == key) flashes.push_back({key == "same" ? Tone::kNeutral : Tone::kGood, ui.tr(text), ""});
}

records::Ledger& Visit::ledger() const { return site.ledger(); }

bool Visit::administers() const { return access::decide(who, access::Action::kAdminister, {}, *world->tree, *world->catalog).allow; }

bool Visit::audits() const { return access::decide(who, access::Action::kReadAudit, {}, *world->tree, *world->catalog).allow; }

std::string Visit::name(const RecordId& id) const { return ledger().title(who, id, lang()); }

catalog::NameOf Visit::namer() const {
  return [this](const RecordId& id) { return name(id); };
}

std::string Visit::author(const PersonId& person) const {
  const auto words = records::author_words(ledger(), person, lang());
  return tr(words.message, words.name);
}

Html Visit::value(const catalog::Field& field, const Json& value) const {
  if (value.is_null()) return {};
  switch (field.kind) {
    case catalog::FieldKind::kRef: return ref_link(*this, value);
    case catalog::FieldKind::kRefs: return value.is_array() ? refs_list(*this, field, value) : Html();
    case catalog::FieldKind::kLines:
      if (!value.is_array()) return {};
      return catalog::is_list_of_names(field) ? names_list(field, value, lang()) : lines_table(*this, field, value);
    case catalog::FieldKind::kLongText: return value.is_string() ? long_text(value.as_string()) : Html();
    default: break;
  }
  if (is_address(field, value)) return outside_link(value.as_string(), *Url::web(value.as_string()), ui);
  return Html(catalog::show_value(field, value, lang(), namer()));
}

Page Visit::frame(std::string title, Place place) const {
  Page page;
  page.title = std::move(title);
  page.node_name = site.node_name(ui.lang());
  for (const auto& row : kPlaces) {
    const bool for_him = row.place == Place::kOverview || (row.place == Place::kAdmin || row.place == Place::kSync ? administers()
                                                           : row.place == Place::kAudit                            ? audits()
                                                           : row.place == Place::kTasks                            ? has_tasks_
                                                                                                                   : reads_);
    if (!for_him) continue;
    page.nav.push_back({ui.tr(row.label), Url::to(row.path), row.place == place, row.place == Place::kTasks ? tasks_waiting(*this) : ""});
    if (row.place == place)
      for (auto& view : view_links(*this, row.path)) page.nav.push_back(std::move(view));
  }
  if (const auto counts = site.works().counts(who.person); counts.all > 0)
    page.nav.push_back(
        {tr("Long work"), Url::to("/work"), place == Place::kWork, counts.unfinished > 0 ? ui.number(counts.unfinished) : std::string()});
  page.flashes = flashes;
  // The name of one's own unit is no secret, also to whoever runs the node and reads no record.
  const auto* unit = world->tree->find(who.unit);
  page.account = Account{site.account_name(who.person), unit ? unit_name(*unit, lang()) : "", Url::to("/logout"), session.csrf};
  page.account->lock_next = next_of(request);
  page.account->half_open = session.strength == access::Strength::kPin && who.clearance == access::Handling::kRestricted;
  if (request.method != "POST") {
    auto query = request.query;
    query.set("lang", ui.lang() == i18n::Lang::vi ? "en" : "vi");
    query.set("done", std::nullopt);
    query.set(std::string(kIdleParameter), std::nullopt);
    page.other_language = Url::to(request.path, query);
  }
  page.asset_version = site.asset_version();
  page.scripted = site.scripted();
  page.single_keys = web::single_keys(request);
  page.keys_page = Url::to("/keys");
  if (may_create_any(*this)) page.new_page = Url::to("/records/new");
  if (reads_) page.search = std::string();
  return page;
}

// What stays on the screen with nobody before it is taken away when the session is locked; a form that is being
// filled in is left alone, because loading anew would lose what was typed.
net::Response Visit::show(const Page& page, int status) const {
  auto response = respond(page, ui, status);
  if (request.method != "GET" || status != 200 || page.entry) return response;
  constexpr std::int64_t kSlackSeconds = 5;
  const auto seconds = std::to_string(site.credentials().lock_ms() / 1000 + kSlackSeconds);
  const auto there = net::with_query("/locked", {{std::string(kIdleParameter), "1"}, {"next", next_of(request)}});
  response.headers.set("Refresh", seconds + "; url=" + there);
  return response;
}

net::Response Visit::not_found() const {
  auto page = frame(tr("There is nothing here"), Place::kNone);
  page.main = join(el("p", {}, tr("There is no such page or record, or it is not for you.")),
                   el("p", {}, tr("Check the address, or go back to the overview.")),
                   el("p", {}, button_link(tr("Overview"), Url::to("/overview"), true)));
  return show(page, 404);
}

net::Response Visit::refuse(const Error& error) const {
  if (error.code == ErrorCode::kNotFound) return not_found();
  auto page = frame(tr("This cannot be done"), Place::kNone);
  auto what = error;
  what.next.clear();
  const Error next(error.code, error.next.empty() ? usual_next(error.code) : error.next, error.args);
  Html ways;
  if (const auto record = record_asked(request); error.code == ErrorCode::kConflict && record)
    ways.add(button_link(tr("The record as it is now"), record_url(*record), true)).add(" ");
  page.main = join(notice(Tone::kBad, ui.error_text(what), ui.error_text(next) + "."),
                   el("p", {}, ways, button_link(tr("To the first page"), Url::to("/"))));
  return show(page, status_of(error.code));
}

net::Response Visit::go(std::string path, std::string_view done) const {
  if (!done.empty()) path += (path.find('?') == std::string::npos ? "?done=" : "&done=") + std::string(done);
  auto response = net::Response::redirect(std::move(path));
  add_security_headers(response);
  return response;
}

}  // namespace nc::web
