#include "face/web/api/record_json.h"

#include <algorithm>
#include <set>
#include "base/instant.h"

#include "face/web/site.h"
#include "ledger/records/raising.h"

namespace nc::web {
namespace {

Json title_json(const Call& call, const records::RecordView& record) {
  Json out;
  for (const auto* lang : {"vi", "en"}) {
    const auto* unit = call.world->tree->find(record.id);
    const auto named = unit ? call.name(record.id, lang) : std::string();
    const auto name_of = [&](const RecordId& id) { return call.name(id, lang); };
    out.set(lang, named.empty() ? records::title_of(record, lang, name_of) : named);
  }
  return out;
}

// Values without what is sealed; the fields of that in `sealed`.
Json values_json(const records::RecordView& record, JsonArray& sealed) {
  Json out{JsonObject{}};
  for (const auto& [id, value] : record.values.as_object()) {
    const auto* field = record.type->field(id);
    if (field && field->kind == catalog::FieldKind::kPersonal) sealed.emplace_back(id);
    else out.set(id, value);
  }
  return out;
}

bool is_personal(const records::RecordView& record, const std::string& id) {
  const auto* field = record.type->field(id);
  return !field || field->kind == catalog::FieldKind::kPersonal;
}

Json without_personal(const records::RecordView& record, const Json& values) {
  Json out{JsonObject{}};
  if (!values.is_object()) return out;
  for (const auto& [id, value] : values.as_object())
    if (!is_personal(record, id)) out.set(id, value);
  return out;
}

Json item_json(const Call& call, const records::RecordView& record, const records::HistoryItem& item) {
  Json out;
  JsonArray fields;
  for (const auto& id : item.fields) fields.emplace_back(id);
  out.set("hash", item.hash.hex()).set("at", instant_text(item.wall_ms)).set("received", instant_text(item.received_ms));
  out.set("author", item.author.hex()).set("author_name", call.site.account_name(item.author));
  out.set("act", item.act).set("state", item.state).set("reason", item.reason);
  out.set("handling", std::string(catalog::handling_name(static_cast<catalog::Handling>(item.part.handling))));
  out.set("fields", std::move(fields));
  out.set("before", without_personal(record, item.before)).set("after", without_personal(record, item.after));
  Json confirmed{JsonObject{}};
  for (const auto& [question, reason] : item.confirmed) confirmed.set(question, reason);
  out.set("confirmed", std::move(confirmed));
  if (item.acting_for) out.set("acting_for", item.acting_for->hex());
  out.set("imported", item.imported).set("sealed", item.sealed).set("signed", item.signed_by_person).set("purged", item.purged);
  out.set("alone", item.alone).set("clock_doubtful", item.clock_doubtful);
  return out;
}

}  // namespace

Json label_json(const catalog::Label& label) { return Json().set("vi", label.vi).set("en", label.in("en")); }

Json seen_json(const records::RecordView& record) {
  JsonArray heads;
  for (const auto& part : record.parts)
    for (const auto& head : part.heads) heads.emplace_back(head.hex());
  return heads;
}

Result<std::vector<EntryHash>> seen_from(const Json& heads) {
  std::vector<EntryHash> out;
  const auto bad = [] {
    return fail(Error(ErrorCode::kUsage, NC_MSG("This is no list of heads as the record gave it"))
                    .at("seen")
                    .then(NC_MSG("Read the record again")));
  };
  if (!heads.is_array()) return bad();
  for (const auto& head : heads.as_array()) {
    const auto hash = head.is_string() ? EntryHash::from_hex(head.as_string()) : std::nullopt;
    if (!hash) return bad();
    out.push_back(*hash);
  }
  return out;
}

Json record_json(const Call& call, const records::RecordView& record) {
  Json out;
  JsonArray sealed, conflicts, proposals;
  out.set("id", record.id.hex()).set("type", record.type_id).set("title", title_json(call, record));
  out.set("state", record.state).set("void", record.voided).set("approved", record.bound).set("withdrawn", records::withdrawn(record));
  out.set("handling", std::string(catalog::handling_name(static_cast<catalog::Handling>(record.base_part().key.handling))));
  out.set("created", instant_text(record.created_ms)).set("changed", instant_text(record.changed_ms));
  out.set("created_by", record.created_by.hex()).set("seen", seen_json(record));
  std::set<std::string> fields;
  bool waiting = false;
  for (const auto& part : record.parts) {
    fields.insert(part.conflicts.begin(), part.conflicts.end());
    waiting = waiting || !part.proposals.empty();
  }
  for (const auto& field : fields) conflicts.emplace_back(field);
  out.set("values", values_json(record, sealed)).set("sealed", std::move(sealed));
  out.set("conflicts", std::move(conflicts)).set("proposals", waiting);
  return out;
}

Json history_json(const Call& call, const records::RecordView& record, const std::vector<records::HistoryItem>& items) {
  JsonArray out;
  for (auto item = items.rbegin(); item != items.rend(); ++item) out.push_back(item_json(call, record, *item));
  return Json().set("items", std::move(out));
}

Result<records::RecordView> record_of(const Call& call) {
  const auto absent = [] {
    return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you"))
                    .then(NC_MSG("Check the address, or ask your superior for access")));
  };
  const auto id = call.id();
  if (!id) return absent();
  NC_ASSIGN(auto record, call.ledger().read(call.who, *id));
  if (!record.type) return absent();
  return record;
}

}  // namespace nc::web
