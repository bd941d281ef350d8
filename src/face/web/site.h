// Site: all pages of a node. From a request to a response, without a socket.
//
// Owns the router and the words in both languages; borrows ledger, columns and credentials, which live
// longer. Threads: handle() from any; pages are added only while the site is made.
// Invariants, for every page: the Host header is one of ours; security headers (frame.h); a person's page
// only with a session, a change only with the session's token and from our own origin.
// Not here: sockets and TLS (foundation/net), what a person may (ledger/access).
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/rng.h"
#include "face/web/api/api.h"
#include "face/web/api/metrics.h"
#include "face/web/drafts.h"
#include "face/web/figures/codes.h"
#include "face/web/saved_drafts.h"
#include "face/web/views/saved_views.h"
#include "face/web/visit.h"
#include "face/web/works/works.h"
#include "foundation/net/router.h"
#include "insight/search/search.h"
#include "insight/stats/stats.h"
#include "ledger/access/credentials.h"
#include "ledger/blobs/previews.h"
#include "ledger/records/account_eras.h"
#include "ledger/records/ledger.h"
#include "ledger/records/tasks.h"

namespace nc::web {

class Site {
 public:
  struct Options {
    bool tls = false;
    std::string listen = "127.0.0.1:8600";   // with localhost and 127.0.0.1 at the same port it is allowed as Host
    std::vector<std::string> allowed_hosts;  // further names, with the port unless it is the usual one
    RateRules rates;                         // of programs
  };
  struct Parts {
    records::Ledger& ledger;
    stats::Columns& columns;
    access::Credentials& credentials;
    std::filesystem::path share;  // locale/ and assets/
    Options options{};
    Rng* rng = nullptr;  // default: the system's
    blobs::Previews::Programs previews = {};
  };
  // Errors: kIo, kCorrupt (words or assets unreadable).
  static Result<std::unique_ptr<Site>> make(Parts parts);

  [[nodiscard]] net::Response handle(const net::Request& request);
  // For ServerOptions::body_sink: forms with files, from who is signed in and on our own pages.
  [[nodiscard]] std::shared_ptr<net::BodySink> body_sink(const net::Request& head);
  // For ServerOptions::failure_page: the page of a failed request. Does not throw.
  [[nodiscard]] net::Response failure(const net::Request& request, const std::string& incident) const;
  // For ServerOptions::refusal_page: in both languages, because nothing is known of the reader. Does not throw.
  [[nodiscard]] net::Response refusal(int status) const;
  // "https://node.lan:8600" as this request names us.
  [[nodiscard]] std::string own_address(const net::Request& request) const;
  // When the port is known only after the server listens (port 0).
  void allow_listener(const std::string& address, std::uint16_t port);

  // The preview of a file whose record the visitor may read; waits a little for one that is not made yet, but not
  // when another request waits already: the threads that answer are few.
  [[nodiscard]] Result<InputFile> preview_of(const std::string& part, const blobs::FileRef& file, std::int64_t wait_ms);

  // --- for the pages ---
  using Page = std::function<net::Response(Visit&, const net::Params&)>;
  using Change = std::function<net::Response(Visit&, const net::Params&, const net::Fields& form)>;
  // GET for people who are signed in.
  // `audited` (of access::audited): what a page that is shown is to the audit trail; its row comes first.
  void add_page(net::Router& router, std::string_view pattern, Page page, std::string_view audited = {});
  // POST with a session and its token; `form` is what was sent. A form with text that cannot be read is
  // refused, unless the page shows the form again with the error beside the field (net::unreadable_field).
  enum class Unreadable { kRefused, kShownAgain };
  void add_change(net::Router& router, std::string_view pattern, Change change, Unreadable unreadable = Unreadable::kRefused);

  [[nodiscard]] const net::Router& router() const { return router_; }
  [[nodiscard]] records::Ledger& ledger() const { return parts_.ledger; }
  [[nodiscard]] const records::OpenTasks& tasks() const { return *tasks_; }
  [[nodiscard]] stats::Columns& columns() const { return parts_.columns; }
  [[nodiscard]] const search::Search& search() const { return search_; }
  [[nodiscard]] access::Credentials& credentials() const { return parts_.credentials; }
  [[nodiscard]] Rng& rng() const { return *parts_.rng; }
  [[nodiscard]] Api& api() { return api_; }
  [[nodiscard]] const Metrics& metrics() const { return metrics_; }
  [[nodiscard]] const std::filesystem::path& share() const { return parts_.share; }
  [[nodiscard]] const std::string& asset_version() const { return asset_version_; }
  [[nodiscard]] bool scripted() const { return assets_.contains("htmx.min.js"); }  // whether npm brought it
  [[nodiscard]] SavedDrafts& saved_drafts() const { return *saved_drafts_; }
  [[nodiscard]] SavedViews& saved_views() const { return *saved_views_; }
  [[nodiscard]] FigureCodes& figure_codes() const { return *figure_codes_; }
  [[nodiscard]] Works& works() const { return *works_; }
  [[nodiscard]] const i18n::Translator& words(i18n::Lang lang) const { return lang == i18n::Lang::en ? english_ : vietnamese_; }
  [[nodiscard]] const i18n::Translator& words_for(const net::Request& request) const;
  [[nodiscard]] std::string node_name(i18n::Lang lang) const;
  // The function shown for an account, from its record; empty when there is none.
  [[nodiscard]] std::string account_name(const PersonId& person) const;

  // For what runs before there is a visit, as the pages of the lock do: the session of the request in whatever
  // state, and the answer to who has none that is good: log in, unlock, give the code, or set another password first.
  [[nodiscard]] std::optional<access::Session> session_of(const net::Request& request);
  [[nodiscard]] net::Response stopped(const net::Request& request);
  // Whether a form that was sent is from this session: by its token, or because the browser says that it is ours.
  [[nodiscard]] static bool is_from(const net::Request& request, const access::Session& session, const net::Fields& form);
  // Whether the account was not closed since it was seen here last, by whomever and wherever; else its sessions and tokens
  // have ended now.
  [[nodiscard]] bool account_goes_on(const PersonId& person);
  // Where somebody goes who may go on: to what he had typed, if anything was kept, else to `target`.
  [[nodiscard]] net::Response go_on(const net::Request& request, const access::Session& session, const std::string& target);
  // A page without the rail, for who may see nothing yet.
  [[nodiscard]] web::Page bare_page(const net::Request& request, std::string title) const;

  // Cookies of the session and of the log-in form.
  [[nodiscard]] std::string session_cookie_value(const net::Request& request) const;
  void set_session_cookie(net::Response& response, std::string_view token) const;  // empty: taken away

 private:
  explicit Site(Parts parts, i18n::Translator vietnamese, i18n::Translator english);
  Status load_assets();
  void add_routes();
  void add_log_in();
  void add_lock();
  void add_code();
  [[nodiscard]] net::Response dispatch(const net::Request& request);
  // Counts the refusal that the response may be, in the audit trail.
  [[nodiscard]] net::Response watched(const Visit& visit, net::Response response, std::string_view action) const;
  void count_refused_log_in(const net::Request& request, std::string_view login) const;
  [[nodiscard]] std::optional<Visit> visit_of(const net::Request& request);
  [[nodiscard]] bool host_allowed(const net::Request& request) const;
  [[nodiscard]] net::Response asset(const net::Request& request, std::string_view name) const;
  // --- log_in.cpp ---
  [[nodiscard]] net::Response to_log_in(const net::Request& request) const;
  [[nodiscard]] net::Response log_in_page(const net::Request& request, const net::Fields& typed, const std::string& error,
                                          int status) const;
  // A form that was sent when its person is not logged in waits in memory for him, to be offered in this browser alone:
  // nothing of it stands on a page before. False: whose it is cannot be told.
  bool keep_for_maker(const net::Request& request, const std::string& target, const net::Fields& form);
  [[nodiscard]] net::Response session_over(const net::Request& request, const net::Fields& form);
  [[nodiscard]] std::optional<PersonId> maker_of(const net::Fields& form) const;
  [[nodiscard]] static access::SessionId browser_of(const net::Request& request);
  [[nodiscard]] net::Response log_in(const net::Request& request);
  [[nodiscard]] net::Response log_out(const net::Request& request);
  // A form was sent that is not of the person who is logged in: he sees nothing of it. `kept`: it waits for its maker.
  [[nodiscard]] net::Response not_his_page(const net::Request& request, bool kept) const;
  [[nodiscard]] net::Response still_logged_in(const net::Request& request, const access::Session& session) const;
  // --- lock.cpp ---
  [[nodiscard]] net::Response lock(const net::Request& request);
  [[nodiscard]] net::Response locked_page(const net::Request& request, const access::Session& session, const std::string& error = {},
                                          int status = 200);
  [[nodiscard]] net::Response unlock(const net::Request& request);
  [[nodiscard]] net::Response password_page(const net::Request& request, const access::Session& session,
                                            const std::map<std::string, std::string, std::less<>>& errors = {});
  [[nodiscard]] net::Response change_password(const net::Request& request);
  // --- code_page.cpp ---
  [[nodiscard]] net::Response code_page(const net::Request& request, const access::Session& session, const std::string& error = {},
                                        int status = 200);
  [[nodiscard]] net::Response give_code(const net::Request& request);
  [[nodiscard]] net::Response resume_page(const Visit& visit, const std::vector<Draft>& kept) const;

  [[nodiscard]] net::Response bad_form(const net::Request& request, const Error& error) const;
  [[nodiscard]] net::Response bad_query(const net::Request& request) const;
  // `title` and `text` are message ids.
  [[nodiscard]] net::Response plain_page(const net::Request& request, int status, const std::string& title, const std::string& text,
                                         const std::string& next, Tone tone = Tone::kBad) const;

  Parts parts_;
  i18n::Translator vietnamese_, english_;
  net::Router router_;
  Api api_;
  Metrics metrics_;
  struct Asset {
    std::string bytes, media;
  };
  std::map<std::string, Asset, std::less<>> assets_;
  std::string asset_version_;
  std::optional<UnitId> node_unit_;
  records::AccountEras eras_;
  Drafts drafts_;
  std::unique_ptr<SavedDrafts> saved_drafts_;
  search::Search search_;
  std::unique_ptr<SavedViews> saved_views_;
  std::unique_ptr<FigureCodes> figure_codes_;
  std::unique_ptr<records::OpenTasks> tasks_;
  blobs::Previews previews_;
  std::atomic<bool> preview_waited_for_ = false;
  mutable std::mutex hosts_mutex_;
  std::set<std::string, std::less<>> hosts_;
  std::unique_ptr<Works> works_;  // the last: what runs uses all of the above
};

}  // namespace nc::web
