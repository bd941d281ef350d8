// Signing a binding act on a record: approve, and taking back what was approved. The text that is signed
// stands on the page; its hash goes into the signature together with the heads and values of the record.
#include <algorithm>

#include "face/web/confirm.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_signing.h"
#include "face/web/site.h"
#include "face/web/site_pages.h"
#include "insight/stats/closing.h"
#include "ledger/access/capability_words.h"
#include "ledger/journal/entry.h"

namespace nc::web {
namespace {

struct Act {
  std::string id, label;
  const catalog::Transition* transition = nullptr;  // none: void or restore
  bool reason = false;
};

std::optional<Act> act_of(const Visit& visit, const records::RecordView& record, std::string_view id) {
  const auto history = load_history(visit, record);
  if (!history || !record.type) return std::nullopt;
  const auto steps = steps_for(visit, record, *history);
  if (id == journal::acts::kVoid && steps.void_it && record.bound) return Act{std::string(id), visit.tr("Declare void"), nullptr, true};
  if (id == journal::acts::kRestore && steps.restore && record.bound)
    return Act{std::string(id), visit.tr("Put in force again"), nullptr, true};
  for (const auto* transition : steps.transitions)
    if (transition->binding && transition->id == id)
      return Act{transition->id, transition->label.in(visit.lang()), transition, transition->reason};
  return std::nullopt;
}

std::string line(const std::string& label, const std::string& value) { return label + ": " + value + "\n"; }

std::string statement_text(const Visit& visit, const records::RecordView& record, const Act& act) {
  const auto lang = visit.lang();
  auto out = line(act.label, records::title_of(record, lang, visit.namer())) + "\n";
  for (const auto& part : sections_of(*record.type, lang))
    for (const auto* field : part.fields)
      if (const auto& value = record.values[field->id]; !value.is_null())
        out += line(field->label.in(lang), catalog::show_value(*field, value, lang, visit.namer()));
  out += "\n" + line(visit.tr("Kind"), record.type->label.in(lang)) + line(visit.tr("Record"), record.id.hex());
  out += line(visit.tr("Handling"), visit.tr(access::handling_words(static_cast<catalog::Handling>(record.base_part().key.handling))));
  const auto* after = act.transition ? record.type->state(act.transition->to) : nullptr;
  if (after) out += line(visit.tr("State after it"), after->label.in(lang));
  return out + line(visit.tr("Signed by"), visit.site.account_name(visit.who.person) + " (" + visit.who.login + ")");
}

std::vector<EntryHash> heads_of(const records::RecordView& record) {
  std::vector<EntryHash> out;
  for (const auto& part : record.parts) out.insert(out.end(), part.heads.begin(), part.heads.end());
  return out;
}

struct Again {
  ConfirmErrors errors;
  std::string error;   // of the form as a whole
  std::string reason;  // as typed
  int status = 200;
};

net::Response sign_page(const Visit& visit, const records::RecordView& record, const Act& act, const Again& again) {
  const auto title = visit.name(record.id);
  auto page = visit.frame(visit.tr("Sign: {1}", act.label), Place::kNone);
  page.crumbs = {{title, record_url(record.id)}, {page.title, {}}};
  if (!has_key(visit)) {
    page.main = join(no_key_notice(visit), el("p", {}, button_link(visit.tr("Back to the record"), record_url(record.id))));
    return visit.show(page, again.status);
  }
  const auto text = statement_text(visit, record, act);
  Form form{Url::to("/records/" + record.id.hex() + "/sign")};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"act", act.id}, {"shown", statement_hash(text).hex()}};
  form.error = again.error;
  if (act.reason) {
    Field reason{"reason", visit.tr("Why"), Input::kText, again.reason};
    reason.required = true;
    reason.width = Width::kFull;
    if (const auto at = again.errors.beside.find("reason"); at != again.errors.beside.end()) reason.error = at->second;
    form.fieldsets.push_back({"", "", {reason}});
  }
  form.fieldsets.push_back(confirm_fields(visit, {.key = true}, again.errors));
  form.submits = {{visit.tr("Sign: {1}", act.label), "", ""}};
  form.cancel = record_url(record.id);
  page.main = join(statement(visit, text), render(form, visit.ui));
  return visit.show(page, again.status);
}

// His own signature for the act stands, and nothing came after it: what a second click sends.
bool signed_already(const Visit& visit, const records::RecordView& record, std::string_view act) {
  const auto history = load_history(visit, record);
  if (!history || history->items.empty()) return false;
  const auto acted = std::find_if(history->items.begin(), history->items.end(), [](const auto& item) { return !item.act.empty(); });
  return acted != history->items.end() && acted->act == act && acted->signed_by_person && acted->author == visit.who.person;
}

struct Asked {
  records::RecordView record;
  Act act;
};

std::optional<Asked> asked(const Visit& visit, const net::Params& params, std::string_view id) {
  auto record = record_of(visit, params);
  if (!record) return std::nullopt;
  auto act = act_of(visit, *record, id);
  if (!act) return std::nullopt;
  return Asked{std::move(*record), std::move(*act)};
}

// The record with the reason, as /step answers; as absent where the reader may not know so much.
net::Response refused(Visit& visit, const net::Params& params, std::string_view act) {
  const auto record = record_of(visit, params);
  if (!record) return visit.not_found();
  const auto history = load_history(visit, *record);
  if (!history) return visit.refuse(history.error());
  const auto why = why_not_signed(visit, *record, *history, act);
  return why ? record_page(visit, *record, {std::string(act), &*why}) : visit.not_found();
}

net::Response show_sign(Visit& visit, const net::Params& params) {
  const auto act = visit.request.query.get("act");
  const auto found = asked(visit, params, act);
  return found ? sign_page(visit, found->record, found->act, {}) : refused(visit, params, act);
}

net::Response sign(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto found = asked(visit, params, form.get("act"));
  if (!found) {
    const auto record = record_of(visit, params);
    if (record && signed_already(visit, *record, form.get("act"))) return visit.go("/records/" + record->id.hex(), "same");
    return refused(visit, params, form.get("act"));
  }
  Again again;
  again.reason = form.get("reason");
  again.status = 422;
  const auto shown = statement_hash(statement_text(visit, found->record, found->act));
  if (shown.hex() != form.get("shown")) {
    again.error = visit.tr("The record changed while you looked at it. Nothing is signed; read the text again.");
    again.status = 409;
    return sign_page(visit, found->record, found->act, again);
  }
  if (found->act.reason && again.reason.find_first_not_of(" \n\t") == std::string::npos) {
    again.errors.beside["reason"] = visit.tr("Say why");
    return sign_page(visit, found->record, found->act, again);
  }
  if (stats::signs_closing(found->record, found->act.id)) {
    if (const auto holds =
            stats::closing_holds(found->record, stats::read_by(visit.ledger(), visit.who), visit.site.columns(), visit.who, *visit.world);
        !holds) {
      again.error = visit.ui.error_text(holds.error());
      again.status = 409;
      return sign_page(visit, found->record, found->act, again);
    }
  }
  auto by = confirm(visit, {.key = true}, form);
  if (!by) {
    again.errors = std::move(by).error();
    return sign_page(visit, found->record, found->act, again);
  }
  const auto written =
      visit.ledger().transition(by->who, {found->record.id, found->act.id, again.reason, &*by->key, shown, heads_of(found->record)});
  if (written) return visit.go("/records/" + found->record.id.hex(), written->changed ? "signed" : "same");
  again.error = visit.ui.error_text(written.error().error);
  again.status = 409;
  return sign_page(visit, found->record, found->act, again);
}

}  // namespace

void add_record_sign_page(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}/sign", show_sign);
  site.add_change(router, "/records/{id}/sign", sign);
}

}  // namespace nc::web
