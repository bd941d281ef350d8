#include "face/web/frame.h"

#include "face/web/parts.h"

namespace nc::web {
namespace {

using i18n::Translator;

// Nothing that the Content-Security-Policy forbids, and nothing kept in the browser: the computer is shared.
Html script(const Page& page, const net::Fields& version) {
  if (!page.scripted) return {};
  return join(el("meta", {{"name", "htmx-config"},
                          {"content",
                           "{\"includeIndicatorStyles\": false, \"allowEval\": false, \"historyCacheSize\": 0,"
                           " \"refreshOnHistoryMiss\": true, \"selfRequestsOnly\": true}"}}),
              script_from(Url::to("/assets/htmx.min.js", version)));
}

// Where the keys lead that have no link of their own on the page.
Html keys(const Page& page, const net::Fields& version) {
  if (!page.single_keys) return {};
  return join(page.keys_page ? el("link", {{"rel", "help"}, {"href", *page.keys_page}, {"data-key", "?"}}) : Html(),
              page.new_page ? el("link", {{"rel", "create-form"}, {"href", *page.new_page}, {"data-key", "n"}}) : Html(),
              script_from(Url::to("/assets/keys.js", version)));
}

Html head(const Page& page) {
  const net::Fields version = page.asset_version.empty() ? net::Fields{} : net::Fields{{"v", page.asset_version}};
  return el("head", {}, el("meta", {{"charset", "utf-8"}}), el("title", {}, page.title, " · Nhịp Cầu"),
            el("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
            el("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
            el("link", {{"rel", "icon"}, {"href", Url::to("/assets/icon.svg", version)}, {"type", "image/svg+xml"}}),
            el("link", {{"rel", "stylesheet"}, {"href", Url::to("/assets/app.css", version)}}), script(page, version), keys(page, version));
}

Html nav_list(const Page& page) {
  Html items;
  for (const auto& item : page.nav) {
    const std::optional<std::string> current = item.current ? std::optional<std::string>("page") : std::nullopt;
    items.add(el("li", {{"class", item.below ? std::optional<std::string>("below") : std::nullopt}},
                 el("a", {{"href", item.url}, {"aria-current", current}}, item.label,
                    item.count.empty() ? Html() : el("span", {{"class", "nav-count"}}, item.count))));
  }
  return el("ul", {}, items);
}

// The rail on wide screens; the same list under a summary on narrow ones, without JavaScript.
Html rail(const Page& page, const Translator& ui) {
  if (page.nav.empty()) return {};
  return join(el("nav", {{"class", "rail"}, {"aria-label", ui.tr("Main menu")}}, nav_list(page)),
              el("details", {{"class", "menu"}}, el("summary", {}, ui.tr("Menu")),
                 el("nav", {{"aria-label", ui.tr("Main menu")}}, nav_list(page))));
}

// With a form on the page it sends that form along, so that what is typed is kept. Enter in an input presses the
// first button of the form, wherever on the page: that must be its main one and not this.
Html lock_button(const Page& page, const Translator& ui) {
  const auto label = ui.tr("Lock the screen");
  if (!page.entry) return post_button(label, Url::to("/lock"), page.account->csrf_token, {{"next", page.account->lock_next}}, "quiet");
  const auto main_button = el("button",
                              {{"type", "submit"},
                               {"form", "entry"},
                               {"class", "visually-hidden"},
                               {"tabindex", "-1"},
                               {"aria-hidden", "true"},
                               {"name", page.entry->submit_name},
                               {"value", page.entry->submit_value}},
                              ui.tr("Save"));
  const auto lock = el("button",
                       {{"class", "button quiet"},
                        {"type", "submit"},
                        {"form", "entry"},
                        {"formaction", Url::to("/lock")},
                        {"formnovalidate", true},
                        {"name", "lock"},
                        {"value", page.entry->target}},
                       label);
  return join(main_button, lock);
}

Html account_box(const Page& page, const Translator& ui) {
  Html out;
  if (page.other_language) {
    const bool vi = ui.lang() == i18n::Lang::vi;
    out.add(el("a", {{"class", "language"}, {"href", *page.other_language}, {"lang", vi ? "en" : "vi"}, {"hreflang", vi ? "en" : "vi"}},
               vi ? "English" : "Tiếng Việt"));
  }
  if (!page.account) return out;
  const auto& account = *page.account;
  if (page.keys_page)
    out.add(el(
        "a", {{"class", "keys-link"}, {"href", *page.keys_page}, {"title", ui.tr("Keyboard keys")}, {"aria-label", ui.tr("Keyboard keys")}},
        "?"));
  out.add(el("a", {{"class", "who"}, {"href", Url::to("/account")}, {"title", ui.tr("My account")}},
             el("span", {{"class", "who-name"}}, account.name),
             account.unit.empty() ? Html() : el("span", {{"class", "who-unit"}}, account.unit)));
  if (account.half_open)
    out.add(
        el("a", {{"class", "language"}, {"href", Url::to("/account/full", {{"next", account.lock_next}})}}, ui.tr("Give your password")));
  out.add(lock_button(page, ui));
  out.add(post_button(ui.tr("Log out"), page.account->log_out, page.account->csrf_token, {}, "quiet"));
  return out;
}

// Searches everything; the key "/" leads to it (assets/keys.js).
Html search_box(const Page& page, const Translator& ui) {
  if (!page.search) return {};
  return el(
      "form",
      {{"class", "search-box"}, {"role", "search"}, {"method", "get"}, {"action", Url::to("/search")}, {"aria-label", ui.tr("Search")}},
      el("label", {{"class", "visually-hidden"}, {"for", "search-box"}},
         ui.tr("Search for anything: words, a unit, a marker, a day, an official number")),
      el("input", {{"type", "search"},
                   {"id", "search-box"},
                   {"name", "q"},
                   {"value", *page.search},
                   {"placeholder", ui.tr("Search everything (key /)")},
                   {"maxlength", "400"},
                   {"data-key", "/"},
                   {"autocomplete", "off"},
                   {"autofocus", page.search_first}}));
}

Html top(const Page& page, const Translator& ui) {
  return el("header", {{"class", "top"}},
            el("a", {{"class", "brand"}, {"href", Url::to("/")}},
               el("img", {{"src", Url::to("/assets/icon.svg")}, {"alt", ""}, {"width", "24"}, {"height", "24"}}),
               el("span", {{"class", "brand-name"}}, "Nhịp Cầu"),
               page.node_name.empty() ? Html() : el("span", {{"class", "brand-node"}}, page.node_name)),
            search_box(page, ui), el("div", {{"class", "top-right"}}, account_box(page, ui)));
}

Html crumbs(const Page& page, const Translator& ui) {
  if (page.crumbs.empty()) return {};
  Html items;
  for (const auto& crumb : page.crumbs) {
    if (crumb.url) items.add(el("li", {}, link(crumb.label, *crumb.url)));
    else items.add(el("li", {{"aria-current", "page"}}, crumb.label));
  }
  return el("nav", {{"class", "crumbs"}, {"aria-label", ui.tr("You are here")}}, el("ol", {}, items));
}

Html flashes(const Page& page) {
  Html out;
  for (const auto& flash : page.flashes) out.add(notice(flash.tone, flash.text, flash.detail));
  return out;
}

}  // namespace

std::string render(const Page& page, const Translator& ui) {
  const auto title = el("div", {{"class", "title"}}, el("h1", {}, page.title),
                        page.actions.empty() ? Html() : el("div", {{"class", "actions"}}, page.actions));
  const auto body =
      el("body", {{"class", page.nav.empty() ? "plain" : "framed"}},
         el("a", {{"class", "skip"}, {"href", Url::fragment("main")}}, ui.tr("Skip to the content")), top(page, ui), rail(page, ui),
         el("main", {{"id", "main"}, {"tabindex", "-1"}}, crumbs(page, ui), flashes(page), title, page.main,
            page.footer.empty() ? Html() : el("footer", {}, page.footer)));
  const auto document =
      join(Html::raw(Html::Literal("<!DOCTYPE html>\n")), el("html", {{"lang", i18n::lang_code(ui.lang())}}, head(page), body));
  return document.bytes();
}

void add_security_headers(net::Response& response) {
  if (!response.headers.has("Content-Security-Policy"))  // a file that is saved has a stricter one
    response.headers.set(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Referrer-Policy", "same-origin");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  if (!response.headers.has("Cache-Control")) response.headers.set("Cache-Control", "no-store");
}

net::Response respond(const Page& page, const i18n::Translator& ui, int status) {
  auto response = net::Response::html(render(page, ui), status);
  add_security_headers(response);
  return response;
}

}  // namespace nc::web
