// Visit: one request of somebody who is signed in, as the pages see it.
//
// Owns nothing but the flashes; lives for one request on one thread. `who` carries today's date and the
// strength of the session; every read and write of a page goes through the ledger with it. Pages of what
// a person may not see answer with not_found(), byte for byte as for what does not exist.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "face/web/frame.h"
#include "face/web/parts.h"
#include "foundation/i18n/translator.h"
#include "foundation/net/message.h"
#include "ledger/access/credentials.h"
#include "ledger/catalog/values.h"
#include "ledger/records/ledger.h"

namespace nc::web {

class Site;

// The places of the rail. kNone: a page that stands under none of them.
enum class Place {
  kNone,
  kTasks,
  kOverview,
  kActivities,
  kCalendar,
  kInstruments,
  kFigures,
  kUnits,
  kCounterparts,
  kSources,
  kSync,
  kAudit,
  kAdmin,
  kWork
};

class Visit {
 public:
  Visit(Site& site, const net::Request& request, const i18n::Translator& ui, access::Session session, access::Subject who);

  Site& site;
  const net::Request& request;
  const i18n::Translator& ui;
  const access::Session session;
  const access::Subject who;
  const std::shared_ptr<const records::World> world;  // one snapshot for the whole page
  std::vector<Flash> flashes;

  [[nodiscard]] records::Ledger& ledger() const;
  [[nodiscard]] std::string lang() const { return std::string(i18n::lang_code(ui.lang())); }
  template <typename... Args>
  [[nodiscard]] std::string tr(std::string_view id, const Args&... args) const {
    return ui.tr(id, args...);
  }
  // Whether he may do anything with records at all; an administrator reads none.
  [[nodiscard]] bool reads() const { return reads_; }
  // Whether anything could wait for him; an inspector only reads.
  [[nodiscard]] bool has_tasks() const { return has_tasks_; }
  [[nodiscard]] bool administers() const;
  [[nodiscard]] bool audits() const;  // may read the audit trail, or some of it

  // Title of a record for this reader; a short form of the id when he may not know it.
  [[nodiscard]] std::string name(const RecordId& id) const;
  [[nodiscard]] catalog::NameOf namer() const;
  // Who wrote an entry, here or at another node.
  [[nodiscard]] std::string author(const PersonId& person) const;
  // A value in words; references are links to their records.
  [[nodiscard]] Html value(const catalog::Field& field, const Json& value) const;

  // The page with the rail, the account, the language switch and the flashes; the caller adds crumbs,
  // actions and main.
  [[nodiscard]] Page frame(std::string title, Place place) const;
  [[nodiscard]] net::Response show(const Page& page, int status = 200) const;
  [[nodiscard]] net::Response not_found() const;
  // A page that says what is wrong and what to do next; kNotFound becomes not_found().
  [[nodiscard]] net::Response refuse(const Error& error) const;
  // 303 to `path`; `done` is the key of a notice shown there (see done_text), or empty.
  [[nodiscard]] net::Response go(std::string path, std::string_view done = {}) const;

 private:
  bool reads_ = false, has_tasks_ = false;
};

// Marks a page that the browser loaded by itself, after minutes without a request; it keeps no session awake.
inline constexpr std::string_view kIdleParameter = "idle";

// A text of a form that could not be read; U+FFFD stands in its place.
[[nodiscard]] Error unreadable_text();

// Where a record's own page is.
[[nodiscard]] Url record_url(const RecordId& id);

}  // namespace nc::web
