// What a person may do with a record: workflow steps, void and restore.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "face/web/pages/record_parts.h"
#include "face/web/pages/record_raise.h"
#include "face/web/pages/record_signing.h"
#include "face/web/site_pages.h"
#include "ledger/journal/entry.h"
#include "ledger/records/live_states.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

using access::Action;

access::Object object_for(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  auto object = records::object_of(record, record.base_part(), *visit.world->tree);
  std::set<PersonId> amenders;
  for (const auto& item : history.items) {
    object.amender_unknown = object.amender_unknown || item.purged;
    if (item.fields.empty()) continue;
    amenders.insert(item.author);
    if (item.acting_for) amenders.insert(*item.acting_for);
  }
  object.amenders.assign(amenders.begin(), amenders.end());
  const auto last = std::ranges::find_if(history.items, [&](const auto& item) {  // newest first
    return item.state == record.state && item.act != records::kKeepState && item.act != journal::acts::kRaise;
  });
  if (last != history.items.end()) object.entered_by = {last->author};
  if (last != history.items.end() && last->acting_for) object.entered_by.push_back(*last->acting_for);
  return object;
}

Url sign_url(const records::RecordView& record, std::string_view act) {
  return Url::to("/records/" + record.id.hex() + "/sign", {{"act", std::string(act)}});
}

bool may(const Visit& visit, Action action, const access::Object& object) {
  return access::decide(visit.who, action, object, *visit.world->tree, *visit.world->catalog).allow;
}

Html reason_form(const Visit& visit, const records::RecordView& record, const std::string& act, const std::string& label,
                 const RefusedStep& refused) {
  const bool again = refused.act == act && refused.at_reason();
  Form form{Url::to("/records/" + record.id.hex() + "/step")};
  form.csrf_token = visit.session.csrf;
  form.hidden = {{"act", act}};
  if (again && !refused.question.empty()) form.hidden.add("confirm", refused.question);
  Field reason;
  reason.name = "reason";
  reason.label = visit.tr("Why");
  reason.required = true;
  reason.width = Width::kFull;
  if (again) {
    reason.value = refused.reason;
    reason.error = visit.ui.error_text(*refused.error);
  }
  form.fieldsets = {{"", "", {reason}}};
  form.submits = {{label, "", ""}};
  return el("details", {{"class", "step"}, {"open", again}}, el("summary", {}, label), render(form, visit.ui));
}

net::Response step(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  if (!record) return visit.not_found();
  const std::string act(form.get("act"));
  records::Transition request{record->id, act, std::string(form.get("reason"))};
  if (const auto question = form.get("confirm"); !question.empty()) request.confirmed.emplace(question, request.reason);
  const auto written = visit.ledger().transition(visit.who, request);
  if (!written) {
    const auto& [error, findings] = written.error();
    if (error.code == ErrorCode::kNotFound) return visit.not_found();
    const bool asks = !findings.empty() && findings.front().question;
    return record_page(visit, *record, {act, &error, request.reason, asks ? findings.front().rule : std::string()});
  }
  const auto done = !written->changed ? "same" : act == "void" ? "voided" : act == "restore" ? "restored" : "stepped";
  return visit.go("/records/" + record->id.hex(), done);
}

}  // namespace

access::Decision decide_conflict(const Visit& visit, const records::RecordView& record, const RecordHistory& history, bool sole_author) {
  auto object = object_for(visit, record, history);
  object.sole_author = sole_author;
  if (record.voided || records::withdrawn(record)) return {};
  return access::decide(visit.who, Action::kResolve, object, *visit.world->tree, *visit.world->catalog);
}

Steps steps_for(const Visit& visit, const records::RecordView& record, const RecordHistory& history) {
  Steps steps;
  if (!record.type || records::withdrawn(record)) return steps;
  auto object = object_for(visit, record, history);
  object.signature_present = true;  // the page for signing asks for it, and for the password
  auto signer = visit.who;
  signer.strength = access::Strength::kStepUp;
  steps.void_it = !record.voided && may(visit, Action::kVoid, object);
  steps.restore = record.voided && may(visit, Action::kVoid, object);
  if (record.voided) return steps;
  steps.amend = may(visit, Action::kAmend, object);
  steps.resolve = may(visit, Action::kResolve, object);
  for (const auto& transition : record.type->transitions) {
    if (std::ranges::find(transition.from, record.state) == transition.from.end()) continue;
    if (!transition.confirms.empty() && (!record.alone || record.alone->confirmed_by)) continue;
    auto asked = object;
    records::say_step(asked, transition);
    records::say_unit_now(asked, record, transition, visit.who, *visit.world);
    const auto& tree = *visit.world->tree;
    const bool allowed = transition.binding ? access::decide(signer, Action::kApprove, asked, tree, *visit.world->catalog).allow
                                            : may(visit, Action::kTransition, asked);
    if (allowed) steps.transitions.push_back(&transition);
  }
  return steps;
}

std::optional<Error> why_not_signed(const Visit& visit, const records::RecordView& record, const RecordHistory& history,
                                    std::string_view act) {
  if (!record.type || records::withdrawn(record)) return std::nullopt;
  const auto look = NC_MSG("Look at the present state of the record");
  const bool voiding = act == journal::acts::kVoid || act == journal::acts::kRestore;
  const auto* transition = record.type->transition(act);
  if (!voiding && !transition)
    return Error(ErrorCode::kInvalid, NC_MSG("Records of this type know no step “{1}”"), {shorten(act, 64)}).then(look);
  if ((transition && !transition->binding) || (voiding && !record.bound))
    return Error(ErrorCode::kConflict, NC_MSG("This step takes no signature")).then(look);
  auto object = object_for(visit, record, history);
  object.signature_present = true;
  auto signer = visit.who;
  signer.strength = access::Strength::kStepUp;
  if (transition) {
    records::say_step(object, *transition);
    records::say_unit_now(object, record, *transition, visit.who, *visit.world);
  }
  const auto decision =
      access::decide(signer, voiding ? Action::kVoid : Action::kApprove, object, *visit.world->tree, *visit.world->catalog);
  if (!decision.may_know) return std::nullopt;
  if (!decision.allow) return decision.reason;
  if (record.voided != (act == journal::acts::kRestore))
    return Error(ErrorCode::kConflict, record.voided ? NC_MSG("The record is void") : NC_MSG("The record is in force")).then(look);
  if (!transition) return std::nullopt;
  const auto* state = record.type->state(record.state);
  return Error(ErrorCode::kConflict, NC_MSG("The step “{1}” is not possible from the state “{2}”"),
               {transition->label.in(visit.lang()), state ? state->label.in(visit.lang()) : record.state})
      .then(look);
}

Html steps_section(const Visit& visit, const records::RecordView& record, const Steps& steps, const RefusedStep& refused) {
  Html out;
  const auto action = Url::to("/records/" + record.id.hex() + "/step");
  for (const auto* transition : steps.transitions) {
    const auto& label = transition->label.in(visit.lang());
    if (transition->binding) out.add(button_link(label, sign_url(record, transition->id), true));
    else if (transition->reason) out.add(reason_form(visit, record, transition->id, label, refused));
    else out.add(post_button(label, action, visit.session.csrf, {{"act", transition->id}}));
  }
  // What was signed is taken back with a signature as well.
  const auto raise = raise_button(visit, record);
  if (record.bound) {
    if (steps.void_it) out.add(button_link(visit.tr("Declare void"), sign_url(record, journal::acts::kVoid)));
    if (steps.restore) out.add(button_link(visit.tr("Put in force again"), sign_url(record, journal::acts::kRestore)));
    out.add(raise);
    return out.empty() ? Html() : el("div", {{"class", "steps"}}, out);
  }
  if (steps.void_it) out.add(reason_form(visit, record, "void", visit.tr("Declare void"), refused));
  if (steps.restore) out.add(reason_form(visit, record, "restore", visit.tr("Put in force again"), refused));
  out.add(raise);
  return out.empty() ? Html() : el("div", {{"class", "steps"}}, out);
}

void add_record_step_page(net::Router& router, Site& site) {
  site.add_change(router, "/records/{id}/step", step);
  add_record_sign_page(router, site);
}

}  // namespace nc::web
