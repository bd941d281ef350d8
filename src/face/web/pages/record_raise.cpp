// Raising the handling of a record: what would change, who would no longer see it and what was handed out already; then
// doing it. The ledger decides both times.
#include <algorithm>

#include "base/text.h"
#include "channels/sync/copies.h"
#include "face/web/change_form.h"
#include "face/web/list.h"
#include "face/web/pages/form_values.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_raise.h"
#include "face/web/site.h"
#include "ledger/access/capability_words.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

std::string words_of(const Visit& visit, catalog::Handling handling) { return visit.tr(access::handling_words(handling)); }

catalog::Handling handling_of(const records::RecordView& record) { return static_cast<catalog::Handling>(record.base_part().key.handling); }

Url raise_url(const records::RecordView& record, std::optional<catalog::Handling> to = {}) {
  const auto path = "/records/" + record.id.hex() + "/raise";
  return to ? Url::to(path, {{"to", std::string(catalog::handling_name(*to))}}) : Url::to(path);
}

// The one that was asked for, or the lowest that there is.
std::optional<catalog::Handling> wanted(const std::vector<catalog::Handling>& possible, std::string_view asked) {
  if (asked.empty() && !possible.empty()) return possible.front();
  const auto to = catalog::handling_from_name(asked);
  const bool can_be = to && std::ranges::find(possible, *to) != possible.end();
  return can_be ? to : std::nullopt;
}

Html choices(const Visit& visit, const records::RecordView& record, const std::vector<catalog::Handling>& possible, catalog::Handling to) {
  if (possible.size() < 2) return {};
  Html out;
  for (const auto one : possible)
    out.add(one == to ? badge(Tone::kAccent, words_of(visit, one)) : button_link(words_of(visit, one), raise_url(record, one))).add(" ");
  return el("p", {}, visit.tr("Raise it to:"), " ", out);
}

Html changes(const Visit& visit, const records::RecordView& record, catalog::Handling to) {
  const auto lose = static_cast<std::int64_t>(records::losing_sight(record, to, visit.who, *visit.world).size());
  std::vector<Fact> rows{{visit.tr("Handling now"), words_of(visit, handling_of(record)), ""},
                         {visit.tr("Handling then"), words_of(visit, to), ""}};
  rows.push_back({visit.tr("Who no longer sees it"),
                  lose == 0 ? visit.tr("nobody of the accounts known here")
                            : visit.ui.trn("{1} account: it is told only that the record was withdrawn",
                                           "{1} accounts: they are told only that the record was withdrawn", lose),
                  ""});
  rows.push_back({visit.tr("Lists, figures, search, calendar"), visit.tr("count and show it only for those who may see it then"), ""});
  rows.push_back({visit.tr("State, history, files, approval"), visit.tr("stay as they are; later changes go to the higher handling"), ""});
  return section(visit.tr("What changes"), facts(rows));
}

Html node_list(const Visit& visit, const std::vector<sync::CopyHolder>& nodes) {
  if (nodes.empty()) return el("p", {}, visit.tr("No other node was to get it."));
  List list;
  list.caption = visit.tr("Nodes that have it, or may have it");
  list.columns = {{visit.tr("Node of")}, {visit.tr("After it is raised")}};
  for (const auto& node : nodes) {
    const auto unit = node.unit.is_zero() ? visit.tr("the whole tree") : visit.name(node.unit);
    const auto then =
        node.keeps   ? badge(Tone::kGood, visit.tr("gets it at the higher handling too"))
        : node.ended ? badge(Tone::kBad, visit.tr("cut off: keeps what it had, and is told nothing"))
                     : badge(Tone::kWarn, visit.tr("is told that it was withdrawn; keeps the former content in its journal and backups"));
    list.rows.push_back({{Html(unit), then}});
  }
  return render(list, visit.ui);
}

Html handed_out(const Visit& visit, const records::RecordView& record, catalog::Handling to) {
  const auto nodes = sync::copy_holders(visit.ledger(), records::parts_left(record, to), records::part_raised_to(record, to));
  Html body = notice(Tone::kWarn, visit.tr("What was handed out stays handed out."),
                     visit.tr("What was printed, exported, taken along on a stick, read or sent to a calendar is not called back. If the "
                              "content must disappear below, have it purged by two persons besides."));
  body.add(nodes ? node_list(visit, *nodes) : notice(Tone::kBad, visit.ui.error_text(nodes.error())));
  return section(visit.tr("What was handed out already"), body);
}

Html ask(const Visit& visit, const records::RecordView& record, catalog::Handling to, const net::Fields& typed, const std::string& error) {
  auto form = change_form(visit, raise_url(record));
  form.hidden = {{"to", std::string(catalog::handling_name(to))}, {"seen", heads_text(record)}};
  Field reason{"reason", visit.tr("Why"), Input::kText, std::string(typed.get("reason"))};
  reason.required = true;
  reason.width = Width::kFull;
  reason.help = visit.tr("it stands in the history, for those who see the record then");
  reason.error = error;
  form.fieldsets = {{"", "", {reason}}};
  form.submits = {{visit.tr("Raise to “{1}”", words_of(visit, to)), "", ""}};
  form.cancel = record_url(record.id);
  return render(form, visit.ui);
}

net::Response raise_page(Visit& visit, const records::RecordView& record, std::string_view asked, const net::Fields& typed = {},
                         const Error* error = nullptr) {
  const auto possible = records::raisable_to(record, visit.who, *visit.world);
  const auto to = wanted(possible, asked);
  if (!to) return visit.not_found();
  auto page = visit.frame(visit.tr("Raise the handling"), Place::kNone);
  page.crumbs = {{visit.name(record.id), record_url(record.id)}, {page.title, {}}};
  const bool beside = error != nullptr && error->where == "reason";
  if (error != nullptr && !beside) page.flashes.push_back({Tone::kBad, visit.ui.error_text(*error), ""});
  page.main = join(choices(visit, record, possible, *to), changes(visit, record, *to), handed_out(visit, record, *to),
                   ask(visit, record, *to, typed, beside ? visit.ui.error_text(*error) : std::string()));
  return visit.show(page, error == nullptr ? 200 : beside ? 422 : 409);
}

net::Response show(Visit& visit, const net::Params& params) {
  const auto record = record_of(visit, params);
  return record ? raise_page(visit, *record, visit.request.query.get("to")) : visit.not_found();
}

net::Response carry_out(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  const auto to = catalog::handling_from_name(form.get("to"));
  if (!record || !to || records::withdrawn(*record)) return visit.not_found();
  const auto path = "/records/" + record->id.hex();
  if (handling_of(*record) >= *to) return visit.go(path, "same");  // a second click
  const auto written =
      records::raise(visit.ledger(), visit.who, {record->id, *to, std::string(trim(form.get("reason"))), heads_from(form.get("seen"))});
  if (written) return visit.go(path, written->changed ? "raised" : "same");
  const auto& error = written.error().error;
  if (error.code == ErrorCode::kNotFound) return visit.not_found();
  if (error.code == ErrorCode::kDenied) return visit.refuse(error);
  return raise_page(visit, *record, form.get("to"), form, &error);
}

}  // namespace

Html raise_button(const Visit& visit, const records::RecordView& record) {
  if (records::raisable_to(record, visit.who, *visit.world).empty()) return {};
  return button_link(visit.tr("Raise the handling …"), raise_url(record));
}

Html withdrawn_notice(const Visit& visit, const records::RecordView& record) {
  if (!records::withdrawn(record)) return {};
  return notice(Tone::kWarn, visit.tr("The record was withdrawn: it is handled higher than you may read."),
                visit.tr("What you knew of it stays as confidential as it was. Whoever needs it asks his superior."));
}

void add_record_raise_page(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}/raise", show);
  site.add_change(router, "/records/{id}/raise", carry_out);
}

}  // namespace nc::web
