// Personal data of a record: read by their custodian for a purpose that is written down first, erased for ever by two.
#include <algorithm>

#include "base/text.h"
#include "channels/sync/erasures.h"
#include "face/web/confirm.h"
#include "face/web/pages/record_parts.h"
#include "face/web/people/grants.h"
#include "face/web/site.h"
#include "face/web/site_pages.h"
#include "foundation/store/database.h"
#include "ledger/catalog/purposes.h"
#include "ledger/journal/journal.h"
#include "ledger/records/personal.h"

namespace nc::web {
namespace {

// Those that may be chosen today.
std::vector<const catalog::Purpose*> purposes_of(const Visit& visit) {
  std::vector<const catalog::Purpose*> out;
  for (const auto& one : visit.world->catalog->purposes())
    if (one.holds_on(visit.who.today)) out.push_back(&one);
  return out;
}

bool holds_personal(const records::RecordView& record) {
  return record.type && std::ranges::any_of(record.type->fields, [&](const auto& field) {
           return field.kind == catalog::FieldKind::kPersonal && record.values.has(field.id);
         });
}

bool may(const Visit& visit, const records::RecordView& record, access::Action action) {
  return std::ranges::all_of(record.parts, [&](const auto& part) {
    auto object = records::object_of(record, part, *visit.world->tree);
    object.purpose = "x";
    object.second_person = object.signature_present = true;  // the page asks for them
    return access::decide(visit.who, action, object, *visit.world->tree, *visit.world->catalog).allow;
  });
}

// Who wants it erased, with his reason.
struct Wish {
  PersonId person;
  std::string reason;
};
struct Erasure {
  std::vector<Wish> wishes;
  [[nodiscard]] bool done() const { return wishes.size() >= journal::kPersonsToDestroy; }
};

// The acts by which it was wanted; the names of keys in them are for the journal alone, so that it is asked.
Result<std::vector<RecordId>> removal_acts(const Visit& visit) {
  std::vector<RecordId> out;
  records::ListQuery query;
  query.feeds = {"removal-act"};
  query.limit = 500;
  do {
    NC_ASSIGN(const auto page, visit.ledger().list(visit.ledger().console(), query));
    for (const auto& act : page.items) out.push_back(act.id);
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  return out;
}

bool names_key(const journal::Body& body, const RecordId& record) {
  const auto keys = body.set.find("keys");
  if (body.act != journal::acts::kErase || keys == body.set.end() || !keys->second.is_array()) return false;
  return std::ranges::find(keys->second.as_array(), Json(record.hex())) != keys->second.as_array().end();
}

Result<Erasure> erasure_of(const Visit& visit, const RecordId& record) {
  Erasure out;
  NC_ASSIGN(const auto acts, removal_acts(visit));
  if (acts.empty()) return out;
  NC_TRY(visit.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto persons, journal.who_want_erased(db, record));
    for (const auto& person : persons) out.wishes.push_back({person, {}});
    for (const auto& act : persons.empty() ? std::vector<RecordId>() : acts) {
      NC_ASSIGN(const auto entries, journal.entries_of(db, act));
      for (const auto& stored : entries) {
        const auto& body = stored.entry.body;
        const auto wish = std::ranges::find(out.wishes, body.author, &Wish::person);
        if (!names_key(body, record) || wish == out.wishes.end()) continue;
        if (const auto reason = body.set.find("reason"); reason != body.set.end() && reason->second.is_string())
          wish->reason = reason->second.as_string();
      }
    }
    return {};
  }));
  return out;
}

std::string path_of(const RecordId& record, const char* what) { return "/records/" + record.hex() + what; }

std::vector<Crumb> crumbs_of(const Visit& visit, const records::RecordView& record, const std::string& title) {
  return {{visit.name(record.id), record_url(record.id)}, {title, {}}};
}

// --- reading ---

Html purpose_form(const Visit& visit, const RecordId& record, const net::Fields& typed = {}, const ErrorsBeside& errors = {}) {
  const auto offered = purposes_of(visit);
  const bool in_words = visit.world->catalog->purposes().empty();
  if (offered.empty() && !in_words) return notice(Tone::kWarn, visit.tr("Personal data may be read for no purpose today."));
  std::vector<Field> fields;
  if (!in_words) {
    auto& purpose = fields.emplace_back(typed_field("purpose", visit.tr("What you need them for"), Input::kChoice, typed, errors));
    purpose.options = {{"", visit.tr("choose"), ""}};
    for (const auto* one : offered) purpose.options.push_back({one->id, one->label.in(visit.lang()), ""});
    purpose.required = true;
  }
  auto& more = fields.emplace_back(
      typed_field("more", in_words ? visit.tr("What you need them for") : visit.tr("More about it"), Input::kText, typed, errors));
  more.help = visit.tr("A task or an order; no personal data.");
  more.required = in_words;
  Form form{Url::to(path_of(record, "/personal"))};
  form.csrf_token = visit.session.csrf;
  form.fieldsets = {{"", "", std::move(fields)}};
  form.submits = {{visit.tr("Read for this purpose"), "", ""}};
  return render(form, visit.ui);
}

net::Response read_page(const Visit& visit, const records::RecordView& record, const net::Fields& typed, const ErrorsBeside& errors) {
  auto page = visit.frame(visit.tr("Personal data"), Place::kNone);
  page.crumbs = crumbs_of(visit, record, page.title);
  page.main = join(hint(visit.tr("Who reads them, when and for what is written down before they are shown.")),
                   purpose_form(visit, record.id, typed, errors));
  return visit.show(page, errors.empty() ? 200 : 422);
}

// As read_personal takes it; that checks it again.
std::optional<std::string> purpose_from(const Visit& visit, const net::Fields& form, ErrorsBeside& errors) {
  const std::string more(trim(form.get("more")));
  const bool in_words = visit.world->catalog->purposes().empty();
  const auto* chosen = visit.world->catalog->purpose(form.get("purpose"));
  if (!in_words && (!chosen || !chosen->holds_on(visit.who.today))) errors["purpose"] = visit.tr("Choose what you need them for");
  else if ((in_words || chosen->in_words) && more.empty()) errors["more"] = visit.tr("Say what for");
  if (!errors.empty()) return std::nullopt;
  if (in_words) return more;
  return more.empty() ? chosen->id : chosen->id + ": " + more;
}

net::Response read_them(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto record = record_of(visit, params);
  if (!record || !record->type || !records::has_personal(*record->type)) return visit.not_found();
  // While the trail cannot be written, what is sealed is not even there; its custodian is told why.
  const bool custodian = may(visit, *record, access::Action::kReadPersonal);
  if (!holds_personal(*record) && !custodian) return visit.not_found();
  ErrorsBeside errors;
  const auto purpose = purpose_from(visit, form, errors);
  if (!purpose) return custodian ? read_page(visit, *record, form, errors) : visit.not_found();
  const auto texts = visit.ledger().read_personal(visit.who, record->id, *purpose);
  if (!texts) return visit.refuse(texts.error());
  if (texts->empty()) return visit.not_found();
  std::vector<Fact> rows;
  for (const auto& one : *texts) {
    const auto* field = record->type->field(one.field);
    const auto text = one.erased ? visit.tr("erased for ever") : one.text.value_or(visit.tr("the key is not on this node"));
    rows.push_back({field ? field->label.in(visit.lang()) : one.field, text, ""});
  }
  const auto& catalog = *visit.world->catalog;
  const auto said =
      catalog::purpose_words(catalog, catalog::kept_purpose(catalog, *purpose, visit.who.today).value_or(*purpose), visit.lang());
  auto page = visit.frame(visit.tr("Personal data"), Place::kNone);
  page.crumbs = crumbs_of(visit, *record, page.title);
  page.main =
      join(notice(Tone::kAccent, visit.tr("Read on {1} for: {2}. It is written down.", visit.ui.datetime(visit.ledger().now_ms()), said)),
           facts(rows), el("p", {}, button_link(visit.tr("Back to the record"), record_url(record->id), true)));
  return visit.show(page);
}

// --- erasing ---

struct Again {
  ConfirmErrors errors;
  std::string reason, error;
  int status = 200;
};

Html wishes_list(const Visit& visit, const Erasure& erasure) {
  Html items;
  for (const auto& wish : erasure.wishes)
    items.add(el("li", {}, visit.site.account_name(wish.person), wish.reason.empty() ? "" : ": " + wish.reason));
  return el("ul", {}, items);
}

bool has_signed(const Visit& visit, const Erasure& erasure) {
  return std::ranges::find(erasure.wishes, visit.who.person, &Wish::person) != erasure.wishes.end();
}

net::Response erase_page(const Visit& visit, const records::RecordView& record, const Erasure& erasure, const Again& again = {}) {
  auto page = visit.frame(visit.tr("Erase the personal data"), Place::kNone);
  page.crumbs = crumbs_of(visit, record, page.title);
  page.main = notice(Tone::kWarn, visit.tr("What is erased is gone for ever: nobody can bring it back."),
                     visit.tr("The record itself stays. Free text, papers and scans are not covered: look through them yourself."));
  if (!erasure.wishes.empty()) page.main.add(section(visit.tr("Signed so far"), wishes_list(visit, erasure)));
  const auto back = el("p", {}, button_link(visit.tr("Back to the record"), record_url(record.id)));
  if (has_signed(visit, erasure)) {
    page.main.add(join(
        hint(visit.tr("You have signed. It is done when another person with this right signs as well, under the own account.")), back));
    return visit.show(page, again.status);
  }
  if (!has_key(visit)) {
    page.main.add(join(no_key_notice(visit), back));
    return visit.show(page, again.status);
  }
  Form form{Url::to(path_of(record.id, "/erase"))};
  form.csrf_token = visit.session.csrf;
  form.error = again.error;
  Field reason{"reason", visit.tr("Why"), Input::kText, again.reason};
  reason.help = visit.tr("For example: the time is over, consent withdrawn. Do not repeat what is to be erased.");
  reason.required = true;
  reason.width = Width::kFull;
  if (const auto at = again.errors.beside.find("reason"); at != again.errors.beside.end()) reason.error = at->second;
  auto set = confirm_fields(visit, {.key = true}, again.errors);
  set.fields.insert(set.fields.begin(), std::move(reason));
  form.fieldsets = {std::move(set)};
  form.submits = {{erasure.wishes.empty() ? visit.tr("Sign as the first of two") : visit.tr("Sign as the second: erase now"), "", ""}};
  form.cancel = record_url(record.id);
  page.main.add(render(form, visit.ui));
  return visit.show(page, again.status);
}

struct Asked {
  records::RecordView record;
  Erasure erasure;
};

std::optional<Asked> asked(const Visit& visit, const net::Params& params) {
  auto record = record_of(visit, params);
  if (!record || !holds_personal(*record) || !may(visit, *record, access::Action::kErase)) return std::nullopt;
  auto erasure = erasure_of(visit, record->id);
  if (!erasure || erasure->done()) return std::nullopt;
  return Asked{std::move(*record), std::move(*erasure)};
}

net::Response erase(Visit& visit, const net::Params& params, const net::Fields& form) {
  const auto found = asked(visit, params);
  if (!found) return visit.not_found();
  Again again{{}, std::string(trim(form.get("reason"))), "", 422};
  if (again.reason.empty()) {
    again.errors.beside["reason"] = visit.tr("Say why");
    return erase_page(visit, found->record, found->erasure, again);
  }
  if (has_signed(visit, found->erasure)) return visit.go(path_of(found->record.id, "/erase"), "same");
  const auto by = confirm(visit, {.key = true}, form);
  if (!by) {
    again.errors = by.error();
    return erase_page(visit, found->record, found->erasure, again);
  }
  const auto done = visit.ledger().erase(by->who, found->record.id, again.reason, *by->key);
  if (done) return visit.go(path_of(found->record.id, ""), done->done ? "erased" : "erase-asked");
  again.errors.password_given = true;
  again.error = visit.ui.error_text(done.error());
  again.status = 409;
  return erase_page(visit, found->record, found->erasure, again);
}

}  // namespace

namespace {

// Where sealed values stand that this reader may know of.
std::vector<journal::PartKey> sealed_parts(const records::RecordView& record) {
  std::vector<journal::PartKey> out;
  for (const auto& part : record.parts)
    if (std::ranges::any_of(record.type->fields,
                            [&](const auto& field) { return field.kind == catalog::FieldKind::kPersonal && part.values.has(field.id); }))
      out.push_back(part.key);
  return out;
}

std::string units_of(const Visit& visit, const std::vector<sync::CopyHolder>& nodes) {
  std::string out;
  for (const auto& node : nodes)
    out += (out.empty() ? "" : ", ") + (node.unit.is_zero() ? visit.tr("the whole tree") : visit.name(node.unit));
  return out;
}

Html erased_notice(const Visit& visit, const records::RecordView& record) {
  const auto parts = sealed_parts(record);
  if (parts.empty()) return {};
  const auto told = sync::erasures_of(visit.ledger(), record.id, parts);
  if (!told) return notice(Tone::kBad, visit.ui.error_text(told.error()));
  Html out = notice(Tone::kNeutral, visit.tr("The personal data of this record are erased at {1} of {2} holders, for ever.",
                                             std::to_string(told->erased), std::to_string(told->holders)));
  if (!told->waiting.empty()) out.add(hint(visit.tr("Not reported yet: {1}.", units_of(visit, told->waiting))));
  if (!told->cut_off.empty())
    out.add(
        hint(visit.tr("Cut off, and told nothing any more: {1}. What such a node had it may have still.", units_of(visit, told->cut_off))));
  return out;
}

}  // namespace

Html personal_section(const Visit& visit, const records::RecordView& record) {
  if (!holds_personal(record)) return {};
  const auto erasure = erasure_of(visit, record.id);
  if (!erasure) return notice(Tone::kBad, visit.ui.error_text(erasure.error()));
  Html out;
  if (erasure->done()) out = erased_notice(visit, record);
  else if (may(visit, record, access::Action::kReadPersonal))
    out = join(hint(visit.tr("Sealed. Who reads them, when and for what is written down before they are shown.")),
               purpose_form(visit, record.id));
  else out = hint(visit.tr("Sealed. Their custodian reads them, for a purpose that is written down."));
  const bool may_erase = !erasure->done() && may(visit, record, access::Action::kErase);
  if (may_erase && !erasure->wishes.empty())
    out.add(notice(Tone::kWarn, visit.tr("One person has signed that they be erased; a second one is needed.")))
        .add(wishes_list(visit, *erasure));
  Html actions;
  if (visit.audits())
    actions.add(button_link(visit.tr("Who read them"),
                            Url::to("/audit", {{"record", record.id.hex()}, {"action", std::string(access::audited::kReadPersonal)}})));
  if (may_erase) actions.add(" ").add(button_link(visit.tr("Erase for ever"), Url::to(path_of(record.id, "/erase"))));
  return section(visit.tr("Personal data"), out, actions);
}

void add_personal_pages(net::Router& router, Site& site) {
  site.add_page(router, "/records/{id}/personal", [](Visit& visit, const net::Params& params) {
    const auto record = record_of(visit, params);
    const bool his = record && holds_personal(*record) && may(visit, *record, access::Action::kReadPersonal);
    return his ? read_page(visit, *record, {}, {}) : visit.not_found();
  });
  site.add_change(router, "/records/{id}/personal", read_them);
  site.add_page(router, "/records/{id}/erase", [](Visit& visit, const net::Params& params) {
    const auto found = asked(visit, params);
    return found ? erase_page(visit, found->record, found->erasure) : visit.not_found();
  });
  site.add_change(router, "/records/{id}/erase", erase);
}

}  // namespace nc::web
