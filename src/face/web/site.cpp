#include "face/web/site.h"

#include <algorithm>

#include "base/clock.h"
#include "base/files.h"
#include "base/limits.h"
#include "face/web/guard.h"
#include "face/web/site_pages.h"
#include "face/web/sync/received_file.h"
#include "face/web/uploads.h"
#include "face/web/works/import_files.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/accounts.h"
#include "ledger/records/data_dir.h"

namespace nc::web {
namespace {

constexpr const char* kLanguageCookie = "__Host-nhipcau-lang";
constexpr std::int64_t kYearSeconds = 365 * 24 * 3600;

std::string media_of(const std::filesystem::path& file) {
  const auto ending = file.extension();
  if (ending == ".css") return "text/css; charset=utf-8";
  if (ending == ".svg") return "image/svg+xml";
  if (ending == ".js") return "text/javascript; charset=utf-8";
  if (ending == ".woff2") return "font/woff2";
  return {};
}

// The unit whose node this is: what the node's own key record says.
std::optional<UnitId> unit_of_node(const records::Ledger& ledger) {
  const auto list = ledger.list(ledger.console(), {.feeds = {"node-key"}, .limit = 500, .count_max = 0});
  if (!list) return std::nullopt;
  const auto node = ledger.identity().node.hex();
  for (const auto& record : list->items)
    if (record.slot("node") == Json(node) && record.slot("unit").is_string()) return UnitId::from_hex(record.slot("unit").as_string());
  return std::nullopt;
}

}  // namespace

Site::Site(Parts parts, i18n::Translator vietnamese, i18n::Translator english)
    : parts_(std::move(parts)),
      vietnamese_(std::move(vietnamese)),
      english_(std::move(english)),
      api_(*this, parts_.options.rates),
      metrics_(parts_.ledger.now_ms()),
      search_(parts_.ledger),
      previews_(parts_.ledger.files(), parts_.previews) {
  if (!parts_.rng) parts_.rng = &system_rng();
  hosts_ = hosts_of_listener(parts_.options.listen, parts_.options.tls);
  for (const auto& host : parts_.options.allowed_hosts) hosts_.insert(host);
  node_unit_ = unit_of_node(parts_.ledger);
}

Result<std::unique_ptr<Site>> Site::make(Parts parts) {
  NC_ASSIGN(auto vietnamese, i18n::Translator::load(parts.share / "locale", i18n::Lang::vi));
  NC_ASSIGN(auto english, i18n::Translator::load(parts.share / "locale", i18n::Lang::en));
  std::unique_ptr<Site> site(new Site(std::move(parts), std::move(vietnamese), std::move(english)));
  NC_TRY(site->load_assets());
  NC_ASSIGN(site->saved_drafts_, SavedDrafts::open(records::DataDir{site->parts_.ledger.dir()}.drafts()));
  NC_ASSIGN(site->figure_codes_, FigureCodes::open(site->parts_.ledger.dir() / FigureCodes::kFile, *site->parts_.rng));
  NC_ASSIGN(site->saved_views_, SavedViews::open(records::DataDir{site->parts_.ledger.dir()}.views()));
  NC_ASSIGN(site->works_,
            Works::open(records::DataDir{site->parts_.ledger.dir()}.works(), [&ledger = site->parts_.ledger] { return ledger.now_ms(); }));
  NC_ASSIGN(site->tasks_, records::OpenTasks::of(site->parts_.ledger));
  site->add_routes();
  return site;
}

Status Site::load_assets() {
  constexpr std::size_t kAssetBytesMax = 4 * 1024 * 1024;
  const auto dir = parts_.share / "assets";
  std::error_code failed;
  std::vector<std::filesystem::path> files;
  for (const auto& item : std::filesystem::directory_iterator(dir, failed)) files.push_back(item.path());
  if (failed) return fail(Error(ErrorCode::kIo, NC_MSG("The folder of style sheets cannot be read")).at(dir.string()));
  std::ranges::sort(files);
  std::string all;
  for (const auto& file : files) {
    const auto media = media_of(file);
    if (media.empty()) continue;
    NC_ASSIGN(auto bytes, read_file(file, kAssetBytesMax));
    all += crypto::sha256(bytes).hex();
    assets_[file.filename().string()] = {std::move(bytes), media};
  }
  asset_version_ = crypto::sha256(all).hex().substr(0, 12);
  return {};
}

void Site::add_routes() {
  add_log_in();
  add_lock();
  add_code();
  add_overview_page(router_, *this);
  add_task_pages(router_, *this);
  add_activity_pages(router_, *this);
  add_calendar_page(router_, *this);
  add_instrument_page(router_, *this);
  add_source_pages(router_, *this);
  add_search_page(router_, *this);
  add_record_pages(router_, *this);
  add_record_form_pages(router_, *this);
  add_record_file_pages(router_, *this);
  add_admin_pages(router_, *this);
  add_account_pages(router_, *this);
  add_audit_page(router_, *this);
  add_keys_page(router_, *this);
  add_figure_pages(router_, *this);
  add_unit_pages(router_, *this);
  add_sync_pages(router_, *this);
  add_work_pages(router_, *this);
  add_view_pages(router_, *this);
  api_.add_routes(router_);
  add_api_page(router_, *this);
  add_care_routes(router_, *this);
  router_.set_fallback([this](const net::Request& request, int status) {
    if (Api::is_for_programs(request.path)) return api_.refuse(request, status);
    const auto visit = visit_of(request);
    if (status == 404) return visit ? visit->not_found() : stopped(request);
    return plain_page(request, status, NC_MSG("This cannot be done"),
                      NC_MSG("This page does not take that kind of request; nothing was changed. Open it from the menu instead."), "/");
  });
}

void Site::allow_listener(const std::string& address, std::uint16_t port) {
  const std::lock_guard lock(hosts_mutex_);
  hosts_.merge(hosts_of_listener(address + ":" + std::to_string(port), parts_.options.tls));
}

std::string Site::own_address(const net::Request& request) const {
  return (parts_.options.tls ? "https://" : "http://") + std::string(request.header("Host"));
}

bool Site::host_allowed(const net::Request& request) const {
  if (request.headers.count("Host") != 1) return false;
  std::string host(request.header("Host"));
  for (char& c : host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::lock_guard lock(hosts_mutex_);
  return hosts_.contains(host);
}

const i18n::Translator& Site::words_for(const net::Request& request) const {
  return words(i18n::lang_from_code(request.cookies().get(kLanguageCookie)));
}

std::string Site::node_name(i18n::Lang lang) const {
  const auto world = parts_.ledger.world();
  const auto* unit = node_unit_ ? world->tree->find(*node_unit_) : nullptr;
  if (!unit) return {};
  return lang == i18n::Lang::en && !unit->name_en.empty() ? unit->name_en : unit->name;
}

std::string Site::account_name(const PersonId& person) const { return records::account_name(parts_.ledger, person); }

net::Response Site::asset(const net::Request& request, std::string_view name) const {
  const auto at = assets_.find(name);
  auto response = at == assets_.end() ? net::Response::not_found() : net::Response::bytes(at->second.bytes, at->second.media);
  // The address of the style sheet carries the version and may be kept; the fonts it names do not change.
  if (at != assets_.end()) {
    const bool versioned = request.query.get("v") == asset_version_ || name.ends_with(".woff2");
    response.headers.set("Cache-Control", versioned ? "public, max-age=31536000, immutable" : "public, max-age=600");
  }
  return response;
}

net::Response Site::handle(const net::Request& request) {
  const auto begun = system_clock().steady_ms();
  auto response = dispatch(request);
  metrics_.count(Metrics::area_of(request.path), response.status, system_clock().steady_ms() - begun);
  static_cast<void>(parts_.ledger.seal_audit());  // once a day; what fails here is said by doctor
  add_security_headers(response);
  if (parts_.options.tls) response.headers.set("Strict-Transport-Security", "max-age=31536000");
  return response;
}

net::Response Site::dispatch(const net::Request& request) {
  constexpr std::string_view kAssets = "/assets/";
  if (!host_allowed(request))
    return net::Response::text(english_.tr("This node is not served under that name. Ask your administrator for its address.") + "\n", 421);
  if (request.query_error) return Api::is_for_programs(request.path) ? api_.refuse_query(request) : bad_query(request);
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (reading && request.path.starts_with(kAssets)) return asset(request, std::string_view(request.path).substr(kAssets.size()));
  // "//host" would be another host to the browser that is sent there.
  if (request.path.starts_with("//")) return net::Response::text(english_.tr("There is no such page. Check the address.") + "\n", 404);
  const bool for_programs = Api::is_for_programs(request.path);
  // What a form sent is sent again by the browser (307), so that a page that answers it can be had in the other language, too.
  if ((reading || request.method == "POST") && request.query.has("lang") && !for_programs) {
    auto target = request;
    const auto wanted = i18n::lang_code(i18n::lang_from_code(request.query.get("lang")));
    target.query.set("lang", std::nullopt);
    auto response = net::Response::redirect(target.target());
    if (!reading) response.status = 307;
    response.headers.add("Set-Cookie", net::set_cookie(kLanguageCookie, wanted, {true, kYearSeconds, true}));
    return response;
  }
  if (request.body.size() > limits::kFormBodyBytesMax && for_programs) return api_.refuse(request, 413);
  if (request.body.size() > limits::kFormBodyBytesMax)
    return plain_page(request, 413, NC_MSG("That is too much at once"),
                      NC_MSG("The form is larger than 1 MB; nothing was saved. Go back in the browser and shorten the long texts."), "/");
  return router_.route(request);
}

// Whoever may not send files gets no sink: then the form is one of at most a megabyte, and is answered as any other.
std::shared_ptr<net::BodySink> Site::body_sink(const net::Request& head) {
  const bool by_stick = head.method == "POST" && (head.path == "/sync/take" || head.path == "/sync/requests");
  const bool for_files =
      by_stick || (head.method == "POST" && (head.path.starts_with("/records/") || head.path == "/lock" || head.path == kImportPath));
  const auto boundary = for_files ? net::multipart_boundary(head.header("Content-Type")) : std::string();
  if (boundary.empty() || !host_allowed(head) || origin_of(head) == Origin::kForeign) return nullptr;
  const auto visit = visit_of(head);
  if (!visit) return nullptr;
  if (head.path == kImportPath) return import_sink(*visit, boundary);
  // To the folder of long work, which destroys at the next start what a power cut leaves there.
  if (by_stick)
    return visit->administers() ? std::make_shared<ReceivedFile>(works_->folder() / (rng().make<RecordId>().hex() + ".in"), boundary)
                                : nullptr;
  return std::make_shared<FormUpload>(parts_.ledger, visit->who, boundary);
}

Result<InputFile> Site::preview_of(const std::string& part, const blobs::FileRef& file, std::int64_t wait_ms) {
  const bool waits = !preview_waited_for_.exchange(true);
  auto found = previews_.find(part, file, waits ? wait_ms : 0);
  if (waits) preview_waited_for_ = false;
  return found;
}

std::optional<access::Session> Site::session_of(const net::Request& request) {
  const auto token = session_cookie_value(request);
  if (token.empty()) return std::nullopt;
  // A page that loads itself anew keeps nobody awake.
  const auto look = request.query.has(kIdleParameter) ? access::Credentials::Look::kLooking : access::Credentials::Look::kUsing;
  auto session = parts_.credentials.find_session(token, look);
  if (!session || !account_goes_on(session->person)) return std::nullopt;
  return std::move(*session);
}

bool Site::account_goes_on(const PersonId& person) {
  const auto same = eras_.goes_on(parts_.ledger, parts_.credentials, person);
  return same && *same;
}

std::optional<Visit> Site::visit_of(const net::Request& request) {
  const auto session = session_of(request);
  if (!session || session->locked || session->code_due || session->must_change) return std::nullopt;
  auto who = parts_.ledger.subject_of(session->person, session->strength);
  if (!who) return std::nullopt;
  return Visit(*this, request, words_for(request), *session, std::move(*who));
}

void Site::add_page(net::Router& router, std::string_view pattern, Page page, std::string_view audited) {
  router.add("GET", pattern, [this, audited, page = std::move(page)](const net::Request& request, const net::Params& params) {
    auto visit = visit_of(request);
    if (!visit) return stopped(request);
    if (const auto done = parts_.ledger.catch_up(); !done) return visit->refuse(done.error());  // columns follow what is derived
    auto response = watched(*visit, page(*visit, params), access::audited::kPage);
    if (audited.empty() || response.status != 200) return response;
    const auto written = parts_.ledger.audit().write({visit->who.person, audited, {}, {}, {}});
    return written ? std::move(response) : visit->refuse(written.error());
  });
}

// A page that is not for him answers like one that is not there; both are counted.
net::Response Site::watched(const Visit& visit, net::Response response, std::string_view action) const {
  if (response.status == 403 || response.status == 404) parts_.ledger.audit().count_refusal(visit.who.person, action);
  return response;
}

void Site::add_change(net::Router& router, std::string_view pattern, Change change, Unreadable unreadable) {
  router.add("POST", pattern, [this, unreadable, change = std::move(change)](const net::Request& request, const net::Params& params) {
    const auto origin = origin_of(request);
    if (origin == Origin::kForeign)
      return plain_page(request, 403, NC_MSG("This cannot be done"), NC_MSG("The form was sent from another site; nothing was changed."),
                        "/");
    const auto form = request.form();
    if (!form) return bad_form(request, form.error());
    auto visit = visit_of(request);
    if (const auto session = visit ? std::nullopt : session_of(request); session && is_from(request, *session, *form)) {
      if (parts_.credentials.made_for(session->person, form->get("csrf")))
        drafts_.keep(session->person, request.target(), *form, not_yet_himself(*session));
      else keep_for_maker(request, request.target(), *form);
      return stopped(request);
    }
    if (!visit) return session_over(request, *form);
    if (!access::Credentials::csrf_fits(visit->session, form->get("csrf"))) {
      const auto maker = maker_of(*form);
      if (maker && *maker != visit->who.person) return not_his_page(request, keep_for_maker(request, request.target(), *form));
      // Made for him in another session, or by whom cannot be told and sent from a page of ours: he gets back what he sent, and
      // nothing is done before he says so once more. The form keeps its own token (once), so that nothing is saved twice.
      if (maker || origin == Origin::kOurs) return resume_page(*visit, {{request.target(), *form}});
      return plain_page(
          request, 403, NC_MSG("This cannot be done"),
          NC_MSG("The form is not from your present session, and your browser does not say where it comes from; nothing was "
                 "changed. Go back in the browser: what you typed still stands there. Copy it, load the page again, and put it "
                 "in."),
          "/");
    }
    const auto* bad = unreadable == Unreadable::kRefused ? net::unreadable_field(*form) : nullptr;
    if (bad) return bad_form(request, unreadable_text().at(bad->first));
    if (const auto done = parts_.ledger.catch_up(); !done) return visit->refuse(done.error());
    return watched(*visit, change(*visit, params, *form), access::audited::kChange);
  });
}

web::Page Site::bare_page(const net::Request& request, std::string title) const {
  web::Page page;
  page.title = std::move(title);
  page.node_name = node_name(words_for(request).lang());
  page.asset_version = asset_version_;
  return page;
}

net::Response Site::bad_form(const net::Request& request, const Error& error) const {
  const auto& ui = words_for(request);
  const int status = error.code == ErrorCode::kLimit ? 413 : error.code == ErrorCode::kUnsupported ? 415 : 400;
  const auto* next = NC_MSG("Nothing was changed. Go back in the browser, where what you typed still stands, and send it again.");
  auto page = bare_page(request, ui.tr(NC_MSG("The form could not be read")));
  page.main = join(notice(Tone::kBad, ui.located_text(error), ui.tr(next)),
                   el("p", {}, button_link(ui.tr(NC_MSG("To the first page")), Url::to("/"), true)));
  return respond(page, ui, status);
}

net::Response Site::bad_query(const net::Request& request) const {
  const auto& ui = words_for(request);
  const auto& error = *request.query_error;
  auto page = bare_page(request, ui.tr(NC_MSG("The address could not be read")));
  page.main =
      join(notice(Tone::kBad, ui.located_text(error)), el("p", {}, button_link(ui.tr(NC_MSG("To the first page")), Url::to("/"), true)));
  return respond(page, ui, 400);
}

net::Response Site::plain_page(const net::Request& request, int status, const std::string& title, const std::string& text,
                               const std::string& next, Tone tone) const {
  const auto& ui = words_for(request);
  auto page = bare_page(request, ui.tr(title));
  page.main = join(notice(tone, ui.tr(text)), el("p", {}, button_link(ui.tr(NC_MSG("Go on")), Url::to(next), true)));
  return respond(page, ui, status);
}

net::Response Site::refusal(int status) const {
  const char* text = status == 413
                         ? NC_MSG("The form is larger than 1 MB; nothing was saved. Go back in the browser and shorten the long texts.")
                     : status == 503 ? NC_MSG("Too many people at once. Please try again in a moment.")
                                     : NC_MSG("The request cannot be read; nothing was changed. Check the address.");
  auto response = net::Response::text(vietnamese_.tr(text) + "\n" + english_.tr(text) + "\n", status);
  add_security_headers(response);
  return response;
}

net::Response Site::failure(const net::Request& request, const std::string& incident) const {
  const auto& ui = words_for(request);
  web::Page page;
  page.title = ui.tr(NC_MSG("Something failed in the program"));
  page.asset_version = asset_version_;
  page.main = notice(Tone::kBad,
                     ui.tr(NC_MSG("The request could not be finished. Nothing that was saved before is lost. Try again; if it happens "
                                  "again, tell the administrator this number.")),
                     incident);
  return respond(page, ui, 500);
}

}  // namespace nc::web
