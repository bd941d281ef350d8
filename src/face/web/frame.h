// The frame that every page has: rail, header, crumbs, flash, main, footer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "face/web/html.h"
#include "foundation/i18n/translator.h"
#include "foundation/net/message.h"

namespace nc::web {

enum class Tone { kNeutral, kAccent, kGood, kWarn, kBad };

struct NavItem {
  std::string label;
  Url url;
  bool current = false;
  std::string count;   // shown beside the label, already formatted; empty: none
  bool below = false;  // of the item before
};

struct Crumb {
  std::string label;
  std::optional<Url> url;  // none for the page itself
};

struct Flash {
  Tone tone = Tone::kGood;
  std::string text;
  std::string detail;  // smaller, e.g. an incident id
};

struct Account {
  std::string name;
  std::string unit;
  Url log_out;  // a POST with the token
  std::string csrf_token;
  std::string lock_next = "/";  // the page to come back to after unlocking
  bool half_open = false;       // unlocked by PIN: the password would show more
};

struct Page {
  std::string title;
  std::string node_name;     // of the unit whose node this is; in the header
  std::vector<NavItem> nav;  // empty: no rail (log in)
  std::vector<Crumb> crumbs;
  std::vector<Flash> flashes;
  std::optional<Account> account;
  std::optional<Url> other_language;  // this page in the other language
  Html actions;                       // buttons beside the title
  // The form with the id "entry", if the page has one: locking keeps what is typed in it.
  struct EntryForm {
    std::string target;                     // where it goes
    std::string submit_name, submit_value;  // of its main button
  };
  std::optional<EntryForm> entry;
  Html main;
  Html footer;                        // e.g. as-of date and node
  std::string asset_version;          // changes when the style sheet does
  std::optional<std::string> search;  // what stands in the box to search in; none: there is no box
  bool search_first = false;          // the cursor stands in it
  bool scripted = false;              // htmx makes lists and forms smoother; every page works without it
  bool single_keys = false;           // "/", "n", "?" lead somewhere (assets/keys.js)
  std::optional<Url> keys_page;       // which keys there are
  std::optional<Url> new_page;        // where something new is begun; none for whoever may begin nothing
};

// The whole document.
[[nodiscard]] std::string render(const Page& page, const i18n::Translator& ui);

// The same as a response, with the security headers that every page has (strict CSP, no-store,
// nosniff, no referrer to elsewhere, no framing).
[[nodiscard]] net::Response respond(const Page& page, const i18n::Translator& ui, int status = 200);
void add_security_headers(net::Response& response);

}  // namespace nc::web
