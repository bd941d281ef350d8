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
  std::string count;  // shown beside the label, already formatted; empty: none
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
  Html main;
  Html footer;                // e.g. as-of date and node
  std::string asset_version;  // changes when the style sheet does
};

// The whole document.
[[nodiscard]] std::string render(const Page& page, const i18n::Translator& ui);

// The same as a response, with the security headers that every page has (strict CSP, no-store,
// nosniff, no referrer to elsewhere, no framing).
[[nodiscard]] net::Response respond(const Page& page, const i18n::Translator& ui, int status = 200);
void add_security_headers(net::Response& response);

}  // namespace nc::web
