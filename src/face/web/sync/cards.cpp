// Letting a node in: a card for a unit below, the request that the new machine makes with it, six words to compare, and a person
// who confirms with his password. docs/operations/nodes.md.
#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "channels/sync/card.h"
#include "face/web/change_form.h"
#include "face/web/confirm.h"
#include "face/web/list.h"
#include "face/web/qr.h"
#include "face/web/sync/received_file.h"
#include "face/web/sync/sync_pages.h"
#include "face/web/unit_lookup.h"
#include "ledger/access/capability_words.h"

namespace nc::web {
namespace {

constexpr const char* kPath = "/sync/cards";

using Is = sync::CardState::Is;

Html state_of(const Visit& visit, const sync::CardState& card) {
  Html out;
  switch (card.is) {
    case Is::kOpen: out = badge(Tone::kAccent, visit.tr("waits for its node")); break;
    case Is::kUsed: out = badge(Tone::kGood, visit.tr("has let its node in")); break;
    case Is::kExpired: out = badge(Tone::kNeutral, visit.tr("too old")); break;
    case Is::kWithdrawn: out = badge(Tone::kNeutral, visit.tr("withdrawn")); break;
  }
  if (card.refused > 0) out.add(" ").add(badge(Tone::kBad, visit.tr("{1} others refused", visit.ui.number(card.refused))));
  return out;
}

std::string handling_text(const Visit& visit, catalog::Handling handling) { return visit.tr(access::handling_words(handling)); }

Html card_list(const Visit& visit, const std::vector<sync::CardState>& cards) {
  List list;
  list.caption = visit.tr("Cards that were made here");
  list.columns = {{visit.tr("Unit")},
                  {visit.tr("State")},
                  {visit.tr("Made"), false, false, {}, 0, true},
                  {visit.tr("Highest handling"), false, true},
                  {""}};
  for (const auto& card : cards) {
    const auto* unit = visit.world->tree->find(card.unit);
    list.rows.push_back({{Html(unit != nullptr ? unit_name(*unit, visit.lang()) : card.unit_code), state_of(visit, card),
                          Html(visit.ui.datetime(card.made_ms)), Html(handling_text(visit, card.ceiling)),
                          card.is == Is::kOpen ? post_button(visit.tr("Withdraw"), Url::to("/sync/cards/withdraw"), visit.session.csrf,
                                                             {{"record", card.record.hex()}}, "quiet")
                                               : Html()}});
  }
  list.columns.back().label = visit.tr("What to do");
  list.empty_text = visit.tr("No card was made here yet.");
  return section(list.caption, render(list, visit.ui));
}

// Requests that came over the line, and those by stick that the form has taken.
Html request_list(const Visit& visit) {
  const auto waiting = sync::waiting_requests(visit.ledger());
  if (!waiting) return notice(Tone::kBad, visit.ui.error_text(waiting.error()));
  if (waiting->empty()) return {};
  List list;
  list.caption = visit.tr("Requests that wait");
  list.columns = {{visit.tr("Unit")}, {visit.tr("Came"), false, false, {}, 0, true}, {visit.tr("State")}};
  for (const auto& one : *waiting) {
    const auto* unit = visit.world->tree->find(one.request.unit);
    list.rows.push_back({{link(unit != nullptr ? unit_name(*unit, visit.lang()) : one.request.unit_code,
                               Url::to("/sync/requests/" + one.request.node.hex())),
                          Html(visit.ui.datetime(one.at_ms)),
                          one.raced ? badge(Tone::kBad, visit.tr("another machine asks with the same card"))
                                    : badge(Tone::kAccent, visit.tr("the words have to be compared"))}});
  }
  return section(list.caption, render(list, visit.ui));
}

struct Typed {
  std::string unit, at, ceiling = "internal";
  std::map<std::string, std::string> errors;
};

Form card_form(const Visit& visit, const Typed& typed) {
  const auto error = [&](const char* name) {
    const auto at = typed.errors.find(name);
    return at == typed.errors.end() ? std::string() : at->second;
  };
  auto form = change_form(visit, Url::to(kPath));
  Field unit;
  unit.name = "unit";
  unit.label = visit.tr("Unit whose node it will be");
  unit.input = Input::kSuggest;
  unit.required = true;
  unit.value = typed.unit;
  unit.error = error("unit");
  unit.options = unit_suggestions(*visit.world->tree, Side::kOwn, visit.lang(), visit.who.today, [&](const orgtree::Unit& one) {
    return access::may_grant_over(visit.who, one.id, *visit.world->tree, *visit.world->catalog);
  });
  Field ceiling;
  ceiling.name = "ceiling";
  ceiling.label = visit.tr("Highest handling that it may hold");
  ceiling.input = Input::kChoice;
  ceiling.value = typed.ceiling;
  for (const auto handling : {catalog::Handling::kOpen, catalog::Handling::kInternal, catalog::Handling::kRestricted})
    ceiling.options.push_back({std::string(catalog::handling_name(handling)), handling_text(visit, handling), ""});
  Field at;
  at.name = "at";
  at.label = visit.tr("Where this node listens for it");
  at.help =
      visit.tr("Name or address and port (serve --sync-listen), as the new machine reaches it. Left empty it is reached by stick alone.");
  at.value = typed.at;
  at.error = error("at");
  form.fieldsets = {
      {visit.tr("1. Make a card"),
       visit.tr("It lets one machine in, within 30 days. Hand it over yourself, on a stick or from screen to screen; nobody may copy it."),
       {std::move(unit), std::move(ceiling), std::move(at)}}};
  form.submits = {{visit.tr("Save the card as a file"), "as", "file"}, {visit.tr("Show it as a QR code"), "as", "code"}};
  return form;
}

Form request_form(const Visit& visit, const std::string& error) {
  return file_form(visit,
                   {Url::to("/sync/requests"), visit.tr("2. Take the request of the new machine"),
                    visit.tr("At the new machine: nhipcau init DIR --card FILE --request FILE. It shows six words and writes the request."),
                    "request", visit.tr("File with the request"), "", "", false, visit.tr("Look at the request"), error});
}

Page cards_frame(const Visit& visit) {
  auto page = visit.frame(visit.tr("Let a node in"), Place::kSync);
  page.crumbs = {{visit.tr("Sync"), Url::to("/sync")}, {page.title, {}}};
  return page;
}

net::Response cards_page(const Visit& visit, const Typed& typed = {}, const std::string& request_error = {}, int status = 200) {
  const auto cards = sync::cards(visit.ledger());
  if (!cards) return visit.refuse(cards.error());
  auto page = cards_frame(visit);
  page.main = join(
      el("p", {},
         visit.tr("In three steps: a card for the unit, the request that its machine makes with the card, and the six words that both "
                  "screens show.")),
      el("div", {{"class", "two-forms"}}, render(card_form(visit, typed), visit.ui), render(request_form(visit, request_error), visit.ui)),
      request_list(visit), card_list(visit, *cards));
  return visit.show(page, status);
}

catalog::Handling ceiling_of(std::string_view typed) {
  return typed == "open" ? catalog::Handling::kOpen : typed == "restricted" ? catalog::Handling::kRestricted : catalog::Handling::kInternal;
}

net::Response card_file(const std::string& text, const std::string& code) {
  auto response = net::Response::bytes(text, "application/octet-stream");
  response.headers.set("Content-Disposition", "attachment; filename=\"card-" + code + ".nhipcau-card\"");
  add_security_headers(response);
  return response;
}

net::Response make_card(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.administers()) return visit.not_found();
  Typed typed;
  typed.unit = form.get("unit");
  typed.ceiling = form.get("ceiling");
  typed.at = trim(form.get("at"));
  const auto match = find_unit(*visit.world->tree, typed.unit, Side::kOwn);
  if (match.unit == nullptr) {
    typed.errors["unit"] = match.candidates.empty() ? visit.tr("There is no unit “{1}”", typed.unit) : candidates_text(match, visit.ui);
    return cards_page(visit, typed, {}, 422);
  }
  if (!access::may_grant_over(visit.who, match.unit->id, *visit.world->tree, *visit.world->catalog)) {
    typed.errors["unit"] = visit.tr("The unit of the node does not lie where you may give rights");
    return cards_page(visit, typed, {}, 422);
  }
  if (const auto written = visit.ledger().audit().write({visit.who.person, access::audited::kKey, match.unit->id, {}, {}}); !written)
    return visit.refuse(written.error());
  const auto card = sync::make_card(visit.ledger(), match.unit->code, ceiling_of(typed.ceiling), visit.site.rng(), typed.at);
  if (!card && card.error().code == ErrorCode::kInvalid) {
    typed.errors["at"] = visit.ui.error_text(card.error());
    return cards_page(visit, typed, {}, 422);
  }
  if (!card) return visit.refuse(card.error());
  if (form.get("as") != "code") return card_file(*card, match.unit->code);
  auto page = cards_frame(visit);
  page.main =
      join(notice(Tone::kWarn, visit.tr("This card for {1} is shown only now.", unit_name(*match.unit, visit.lang())),
                  visit.tr("Whoever photographs it can come before the right machine: you would see it, for the six words would differ.")),
           qr_code(*card, visit.tr("The card as a QR code")),
           el("details", {}, el("summary", {}, visit.tr("The card as text")), el("pre", {{"class", "card-text"}}, *card)),
           el("p", {}, button_link(visit.tr("On to the request"), Url::to(kPath), true)));
  return visit.show(page);
}

net::Response withdraw(Visit& visit, const net::Params&, const net::Fields& form) {
  const auto record = RecordId::from_hex(form.get("record"));
  if (!visit.administers() || !record) return visit.not_found();
  if (const auto done = sync::withdraw_card(visit.ledger(), *record); !done) return visit.refuse(done.error());
  return visit.go(kPath, "card-withdrawn");
}

// --- comparing the words ---

Html words_html(const std::string& words) {
  Html out;
  std::size_t at = 0;
  while (at < words.size()) {
    const auto end = std::min(words.find(' ', at), words.size());
    out.add(el("li", {}, words.substr(at, end - at)));
    at = end + 1;
  }
  return el("ol", {{"class", "six-words"}, {"lang", "vi"}}, out);
}

Html raced_notice(const Visit& visit, const sync::Request& request) {
  const auto waiting = sync::waiting_requests(visit.ledger());
  const bool raced =
      waiting && std::ranges::any_of(*waiting, [&](const auto& one) { return one.raced && one.request.record == request.record; });
  return raced ? notice(Tone::kBad, visit.tr("Another node asks with the same card: one of the two has a copy of it. Find out which"))
               : Html();
}

net::Response compare_page(const Visit& visit, const sync::Request& request, std::string_view text, const ConfirmErrors& errors = {},
                           int status = 200) {
  const auto* unit = visit.world->tree->find(request.unit);
  const auto name = unit != nullptr ? unit_name(*unit, visit.lang()) : request.unit_code;
  auto page = cards_frame(visit);
  page.title = visit.tr("Compare the words");
  page.main =
      join(raced_notice(visit, request),
           facts({{visit.tr("Unit"), name, ""},
                  {visit.tr("Node"), el("code", {}, request.node.hex()), ""},
                  {visit.tr("Highest handling that it may hold"), handling_text(visit, request.ceiling), ""}}),
           section(visit.tr("3. The six words"),
                   join(words_html(request.words),
                        hint(visit.tr("The same words in the same order must stand on the screen of the new machine. If one differs, stop: "
                                      "another machine has used the card.")))));
  if (request.admitted) {
    page.main.add(notice(Tone::kGood, visit.tr("This node is let in already."), visit.tr("Make a bundle for it next.")));
    return visit.show(page, status);
  }
  auto form = change_form(visit, Url::to("/sync/admit"));
  form.hidden = {{"request", std::string(text)}};
  Field same;
  same.name = "same";
  same.label = visit.tr("I have compared all six words; they are the same");
  same.input = Input::kCheck;
  same.required = true;
  same.width = Width::kFull;
  if (const auto at = errors.beside.find("same"); at != errors.beside.end()) same.error = at->second;
  auto set = confirm_fields(visit, {}, errors);
  set.fields.insert(set.fields.begin(), std::move(same));
  form.fieldsets = {std::move(set)};
  form.submits = {{visit.tr("Let the node in"), "", ""}};
  form.cancel = Url::to(kPath);
  page.main.add(render(form, visit.ui));
  return visit.show(page, status);
}

net::Response look_at_request(Visit& visit, const net::Params&, const net::Fields&) {
  if (!visit.administers()) return visit.not_found();
  const auto* received = ReceivedFile::in(visit.request);
  if (received == nullptr || !received->came()) return cards_page(visit, {}, visit.tr("Choose the file with the request"), 422);
  const auto text = read_file(received->path(), sync::kCardTextMax);
  if (!text) return cards_page(visit, {}, visit.ui.error_text(text.error()), 422);
  const auto request = sync::read_request(visit.ledger(), *text);
  if (!request) return cards_page(visit, {}, visit.ui.error_text(request.error()), 422);
  if (!request->admitted)
    if (const auto kept = sync::keep_request(visit.ledger(), *request, *text); !kept)
      return cards_page(visit, {}, visit.ui.error_text(kept.error()), 422);
  return compare_page(visit, *request, *text);
}

net::Response request_by_link(Visit& visit, const net::Params& params) {
  const auto node = NodeId::from_hex(params.get("id"));
  if (!visit.administers() || !node) return visit.not_found();
  const auto waiting = sync::waiting_requests(visit.ledger());
  if (!waiting) return visit.refuse(waiting.error());
  for (const auto& one : *waiting)
    if (one.request.node == *node) return compare_page(visit, one.request, one.text);
  return visit.not_found();
}

net::Response admit(Visit& visit, const net::Params&, const net::Fields& form) {
  if (!visit.administers()) return visit.not_found();
  const auto request = sync::read_request(visit.ledger(), form.get("request"));
  if (!request) return cards_page(visit, {}, visit.ui.error_text(request.error()), 422);
  ConfirmErrors errors;
  if (form.get("same") != "1") {
    errors.beside["same"] = visit.tr("Compare the words first");
    return compare_page(visit, *request, form.get("request"), errors, 422);
  }
  const auto confirmed = confirm(visit, {}, form);
  if (!confirmed) return compare_page(visit, *request, form.get("request"), confirmed.error(), 422);
  if (const auto done = sync::admit(visit.ledger(), confirmed->who, *request); !done) return visit.refuse(done.error());
  return visit.go("/sync", "let-in");
}

}  // namespace

void add_card_pages(net::Router& router, Site& site) {
  site.add_page(router, kPath,
                [](Visit& visit, const net::Params&) { return visit.administers() ? cards_page(visit) : visit.not_found(); });
  site.add_change(router, kPath, make_card);
  site.add_change(router, "/sync/cards/withdraw", withdraw);
  site.add_change(router, "/sync/requests", look_at_request);
  site.add_page(router, "/sync/requests/{id}", request_by_link);
  site.add_change(router, "/sync/admit", admit);
}

}  // namespace nc::web
