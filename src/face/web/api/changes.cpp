// Changing records: create, amend, steps. The ledger decides and checks; here is only what a program sends and
// is told.
#include <algorithm>
#include <array>

#include "face/web/api/negotiate.h"
#include "face/web/api/pointer.h"
#include "face/web/api/record_json.h"
#include "face/web/site.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/duplicates.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

constexpr std::string_view kIdempotencyKey = "Idempotency-Key";

// As forms make them, version 7 of RFC 9562: ids of version 8 are those of imported rows.
RecordId id_of_form(const Digest& digest) {
  RecordId out;
  std::copy_n(digest.bytes.begin(), out.bytes.size(), out.bytes.begin());
  out.bytes[6] = static_cast<std::uint8_t>((out.bytes[6] & 0x0fU) | 0x70U);
  out.bytes[8] = static_cast<std::uint8_t>((out.bytes[8] & 0x3fU) | 0x80U);
  return out;
}

// The same key of the same person makes the same form, so that a request sent twice makes one record.
Result<std::optional<RecordId>> form_id(const Call& call) {
  constexpr std::size_t kKeyBytesMax = 100;
  const auto key = call.request.header(kIdempotencyKey);
  if (!call.request.headers.has(kIdempotencyKey)) return std::optional<RecordId>();
  const bool plain = std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
  if (key.empty() || key.size() > kKeyBytesMax || !plain)
    return fail(Error(ErrorCode::kUsage, NC_MSG("The key has 1 to {1} letters, digits and signs of ASCII, without blanks"),
                      {std::to_string(kKeyBytesMax)})
                    .at(std::string(kIdempotencyKey)));
  return std::optional(id_of_form(crypto::sha256("nhipcau-api-form-1\n" + call.who.person.hex() + "\n" + std::string(key))));
}

Result<records::Confirmed> confirmed_of(const Json& body) {
  records::Confirmed out;
  const auto& confirmed = body["confirmed"];
  if (confirmed.is_null()) return out;
  const auto bad = [] { return fail(Error(ErrorCode::kUsage, NC_MSG("This is no object of questions and reasons")).at("confirmed")); };
  if (!confirmed.is_object()) return bad();
  for (const auto& [question, reason] : confirmed.as_object()) {
    if (!reason.is_string() || reason.as_string().empty()) return bad();
    out[question] = reason.as_string();
  }
  return out;
}

Result<Json> values_of(const Json& body, bool needed) {
  const auto& values = body["values"];
  if (values.is_object()) return values;
  if (values.is_null() && !needed) return Json(JsonObject{});
  return fail(Error(ErrorCode::kUsage, NC_MSG("The values are not an object of fields")).at("values"));
}

// Where in the body that was sent; empty: the error is not of a place in it. A field that the type does not have was sent, too.
std::string pointer_of(const catalog::Type* type, std::string_view where, const Json& values = {}) {
  const auto field = where.substr(0, where.find_first_of(".["));
  if (type && !type->field(field) && values.has(where)) return json_pointer_to("/values", where);
  if (type && type->field(field)) return json_pointer("/values", where);
  constexpr auto kMembers =
      std::to_array<std::string_view>({"type", "values", "handling", "confirmed", "seen", "resolve", "act", "reason"});
  return std::ranges::find(kMembers, field) == kMembers.end() ? std::string() : json_pointer("", where);
}

net::Response problem_in_body(const Call& call, ProblemType type, const Error& error) {
  const auto pointer = pointer_of(nullptr, error.where);
  return problem(type, error, call.ui, pointer.empty() ? Json() : Json().set("pointer", pointer));
}
net::Response problem_in_body(const Call& call, const Error& error) { return problem_in_body(call, problem_of(error.code), error); }

Json finding_json(const Call& call, const catalog::Type* type, const catalog::Finding& finding, const Json& values) {
  JsonArray fields;
  for (const auto& field : finding.fields) fields.emplace_back(field);
  Json out = Json().set("id", finding.rule).set("fields", std::move(fields));
  out.set("text", finding.message.empty() ? call.ui.error_text(finding.error) : finding.message.in(call.lang()));
  if (!finding.error.where.empty()) out.set("where", finding.error.where);
  const auto& where = finding.error.where.empty() && !finding.fields.empty() ? finding.fields.front() : finding.error.where;
  if (const auto pointer = pointer_of(type, where, values); !pointer.empty()) out.set("pointer", pointer);
  return out;
}

// The findings of a refusal: what must be put right, and what may be confirmed.
net::Response refused(const Call& call, const catalog::Type* type, const records::Refusal& refusal, const Json& values = {}) {
  JsonArray errors, questions;
  for (const auto& finding : refusal.findings) (finding.question ? questions : errors).push_back(finding_json(call, type, finding, values));
  Json more{JsonObject{}};
  const auto pointer = pointer_of(type, refusal.error.where, values);
  if (!pointer.empty()) more.set("pointer", pointer);
  const bool only_asks = errors.empty() && !questions.empty();
  if (!errors.empty()) more.set("errors", std::move(errors));
  if (!questions.empty()) more.set("questions", std::move(questions));
  if (only_asks) return problem(ProblemType::kQuestion, Error(ErrorCode::kInvalid, ""), call.ui, std::move(more));
  // Limits of single values are wrong values; only a whole request is too large.
  const bool value =
      refusal.error.code == ErrorCode::kLimit || refusal.error.code == ErrorCode::kUnsupported || refusal.error.code == ErrorCode::kInvalid;
  if (value && refusal.findings.empty() && !refusal.error.where.empty()) {
    Json one = Json().set("where", refusal.error.where).set("text", call.ui.error_text(refusal.error));
    if (!pointer.empty()) one.set("pointer", pointer);
    more.set("errors", JsonArray{std::move(one)});
  }
  return value ? problem(ProblemType::kInvalid, refusal.error, call.ui, std::move(more)) : problem(refusal.error, call.ui, std::move(more));
}

using Candidates = Result<std::vector<records::RecordView>>;

// As the form asks: which records may be of the same event.
std::optional<net::Response> likely_duplicates(const Call& call, const catalog::Type& type, const Candidates& candidates,
                                               const records::Confirmed& confirmed) {
  if (!candidates || candidates->empty() || confirmed.contains(std::string(records::kLikelyDuplicate))) return std::nullopt;
  Json question = finding_json(call, &type, records::duplicate_question(type, candidates->size()), {});
  JsonArray ids;
  for (const auto& one : *candidates) ids.emplace_back(one.id.hex());
  question.set("records", std::move(ids));
  return problem(ProblemType::kQuestion, Error(ErrorCode::kInvalid, ""), call.ui, Json().set("questions", JsonArray{std::move(question)}));
}

// A request that was sent before is not asked again.
Candidates duplicates_of_new(const Call& call, const catalog::Type& type, const RecordId& form, const Json& values) {
  const auto id = call.ledger().id_from_form(call.who, form);
  if (call.ledger().read(call.who, id)) return std::vector<records::RecordView>();
  return records::likely_duplicates(call.ledger(), call.who, type, values, id);
}

Candidates duplicates_of_change(const Call& call, const records::RecordView& record, const Json& change) {
  auto after = record.values;
  for (const auto& [field, value] : change.as_object()) after.set(field, value);
  return records::newly_likely_duplicates(call.ledger(), call.who, *record.type, record.values, after, record.id);
}

net::Response written_answer(const Call& call, const RecordId& id, bool made) {
  const auto record = call.ledger().read(call.who, id);
  if (!record || !record->type) {
    // Saved, and not for this reader any more, as when a field of it is above him.
    return problem(ProblemType::kNotFound, Error(ErrorCode::kNotFound, NC_MSG("It is saved, and is not for you to read")), call.ui);
  }
  auto response = net::Response::json(canonical(record_json(call, *record)), made ? 201 : 200);
  response.headers.set("ETag", etag_of(response.body));
  if (made) response.headers.set("Location", std::string(kApiPrefix) + "/records/" + id.hex());
  return response;
}

struct Asked {
  records::Create create;
  records::Confirmed confirmed;
  const catalog::Type* type = nullptr;
  RecordId form;
};

Result<Asked> asked_record(const Call& call) {
  Asked asked;
  NC_ASSIGN(const auto body, read_body(call, {"type", "values", "handling", "confirmed"}));
  NC_ASSIGN(asked.confirmed, confirmed_of(body));
  NC_ASSIGN(asked.create.values, values_of(body, true));
  NC_ASSIGN(const auto form, form_id(call));
  asked.form = form ? *form : make_uuid7(call.ledger().now_ms(), call.site.rng());
  asked.create.id = asked.form;
  asked.create.type = body.text("type");
  asked.type = call.world->catalog->find(asked.create.type);
  if (!asked.type) {
    std::vector<std::string> types;
    for (const auto& type : call.world->catalog->types())
      if (type.creatable) types.push_back(type.id);
    return fail(none_of(asked.create.type, std::move(types), "type"));
  }
  if (body.has("handling")) {
    asked.create.handling = catalog::handling_from_name(body.text("handling"));
    if (!asked.create.handling) return fail(none_of(body.text("handling"), {"open", "internal", "restricted"}, "handling"));
  }
  return asked;
}

net::Response create_record(const Call& call) {
  const auto asked = asked_record(call);
  if (!asked) return problem_in_body(call, asked.error());
  const auto candidates = duplicates_of_new(call, *asked->type, asked->form, asked->create.values);
  if (auto question = likely_duplicates(call, *asked->type, candidates, asked->confirmed)) return std::move(*question);
  const auto written = call.ledger().create(call.who, asked->create, asked->confirmed);
  return written ? written_answer(call, written->id, written->changed) : refused(call, asked->type, written.error(), asked->create.values);
}

// What the sender had before him: his heads, or the answer whose tag he names.
Result<std::vector<EntryHash>> what_was_seen(const Call& call, const records::RecordView& record, const Json& body, ProblemType& type) {
  type = ProblemType::kBadRequest;
  const auto wanted = call.request.header("If-Match");
  if (call.request.headers.has("If-Match") && !names_etag(wanted, etag_of(canonical(record_json(call, record))))) {
    type = ProblemType::kPreconditionFailed;
    return fail(Error(ErrorCode::kConflict, ""));
  }
  // No heads at all would mean "whatever it is now".
  if (body["seen"].is_array() && !body["seen"].as_array().empty()) return seen_from(body["seen"]);
  if (body.has("seen") && !body["seen"].is_array()) return seen_from(body["seen"]);
  if (call.request.headers.has("If-Match")) return seen_from(seen_json(record));
  type = ProblemType::kPreconditionRequired;
  return fail(Error(ErrorCode::kUsage, "").at("seen"));
}

// Both values of every field that somebody else changed to something else meanwhile, and what to name as seen
// when the sender has decided.
net::Response clash(const Call& call, const RecordId& id, const Json& mine, const Error& error) {
  const auto now = call.ledger().read(call.who, id);
  if (!now || !now->type) return problem(error, call.ui);
  JsonArray both;
  for (const auto& [field, value] : mine.as_object()) {
    const auto* known = now->type->field(field);
    if (!known || known->kind == catalog::FieldKind::kPersonal || now->values[field] == value) continue;
    both.push_back(Json().set("field", field).set("now", now->values[field]).set("yours", value));
  }
  return problem(error, call.ui, Json().set("conflicts", std::move(both)).set("seen", seen_json(*now)));
}

Status add_resolved(const Json& body, records::Amend& amend) {
  const auto& resolve = body["resolve"];
  if (resolve.is_null()) return {};
  const auto bad = [] { return fail(Error(ErrorCode::kUsage, NC_MSG("This is no list of fields")).at("resolve")); };
  if (!resolve.is_array()) return bad();
  for (const auto& field : resolve.as_array()) {
    if (!field.is_string()) return bad();
    amend.resolve.insert(field.as_string());
  }
  return {};
}

net::Response amend_record(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  const auto body = read_body(call, {"values", "seen", "resolve", "confirmed"});
  if (!body) return problem_in_body(call, body.error());
  ProblemType why{};
  const auto seen = what_was_seen(call, *record, *body, why);
  if (!seen) return problem_in_body(call, why, seen.error());
  records::Amend amend{record->id, *seen, {}, {}};
  const auto values = values_of(*body, true);
  if (!values) return problem_in_body(call, values.error());
  amend.values = *values;
  if (const auto resolved = add_resolved(*body, amend); !resolved) return problem_in_body(call, resolved.error());
  const auto confirmed = confirmed_of(*body);
  if (!confirmed) return problem_in_body(call, confirmed.error());
  const auto candidates = duplicates_of_change(call, *record, amend.values);
  if (auto question = likely_duplicates(call, *record->type, candidates, *confirmed)) return std::move(*question);
  const auto written = call.ledger().amend(call.who, amend, *confirmed);
  if (written) return written_answer(call, record->id, false);
  if (written.error().error.code == ErrorCode::kConflict) return clash(call, record->id, amend.values, written.error().error);
  return refused(call, record->type, written.error(), amend.values);
}

net::Response step(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  const auto body = read_body(call, {"act", "reason", "seen", "confirmed"});
  if (!body) return problem_in_body(call, body.error());
  ProblemType why{};
  const auto seen = what_was_seen(call, *record, *body, why);
  if (!seen) return problem_in_body(call, why, seen.error());
  const auto act = body->text("act");
  if (act != "void" && act != "restore" && !record->type->transition(act)) {
    std::vector<std::string> acts{"void", "restore"};
    for (const auto& transition : record->type->transitions) acts.push_back(transition.id);
    return problem_in_body(call, ProblemType::kBadRequest, none_of(act, std::move(acts), "act"));
  }
  const auto confirmed = confirmed_of(*body);
  if (!confirmed) return problem_in_body(call, confirmed.error());
  const auto written =
      call.ledger().transition(call.who, {record->id, act, body->text("reason"), nullptr, std::nullopt, *seen, *confirmed});
  if (written) return written_answer(call, record->id, false);
  if (written.error().error.code == ErrorCode::kConflict) return clash(call, record->id, Json(JsonObject{}), written.error().error);
  return refused(call, record->type, written.error());
}

// To a higher handling. What a token may not read it cannot raise a record to.
net::Response raise(const Call& call) {
  const auto record = record_of(call);
  if (!record) return problem(record.error(), call.ui);
  const auto body = read_body(call, {"handling", "reason", "seen"});
  if (!body) return problem_in_body(call, body.error());
  ProblemType why{};
  const auto seen = what_was_seen(call, *record, *body, why);
  if (!seen) return problem_in_body(call, why, seen.error());
  const auto to = catalog::handling_from_name(body->text("handling"));
  if (!to || *to == catalog::Handling::kOpen)
    return problem_in_body(call, ProblemType::kBadRequest,
                           none_of(body->text("handling"), std::vector<std::string>{"internal", "restricted"}, "handling"));
  const auto written = records::raise(call.ledger(), call.who, {record->id, *to, body->text("reason"), *seen});
  if (written) return written_answer(call, record->id, false);
  if (written.error().error.code == ErrorCode::kConflict) return clash(call, record->id, Json(JsonObject{}), written.error().error);
  return refused(call, record->type, written.error());
}

}  // namespace

void add_change_endpoints(std::vector<Endpoint>& out) {
  using P = ProblemType;
  const std::vector<P> change{P::kDenied, P::kNotFound, P::kConflict, P::kPreconditionFailed,  P::kTooLarge,
                              P::kMedia,  P::kInvalid,  P::kQuestion, P::kPreconditionRequired};
  out.push_back({"POST",
                 "/records",
                 "createRecord",
                 NC_MSG("A new record; Idempotency-Key makes it repeatable"),
                 Rate::kChanges,
                 {},
                 "NewRecord",
                 "Record",
                 {200, 201},
                 {P::kDenied, P::kNotFound, P::kConflict, P::kTooLarge, P::kMedia, P::kInvalid, P::kQuestion},
                 create_record});
  out.push_back({"PATCH",
                 "/records/{id}",
                 "amendRecord",
                 NC_MSG("Change fields of a record; null clears one"),
                 Rate::kChanges,
                 {},
                 "Amendment",
                 "Record",
                 {200},
                 change,
                 amend_record});
  out.push_back({"POST",
                 "/records/{id}/steps",
                 "takeStep",
                 NC_MSG("Declare void, restore, or take a step of the workflow that needs no signature"),
                 Rate::kChanges,
                 {},
                 "Step",
                 "Record",
                 {200},
                 change,
                 step});
  out.push_back({"POST",
                 "/records/{id}/handling",
                 "raiseHandling",
                 NC_MSG("Raise the handling of a record; it is withdrawn below, and what was handed out there stays there"),
                 Rate::kChanges,
                 {},
                 "Raising",
                 "Record",
                 {200},
                 change,
                 raise});
}

}  // namespace nc::web
