#include "ledger/records/personal.h"

#include "foundation/crypto/aead.h"
#include "ledger/records/checks.h"

namespace nc::records {
namespace {

using catalog::FieldKind;

// What is typed into a personal field is a text like any other.
Status check_text(const catalog::Field& field, const Json& typed) {
  if (!typed.is_string())
    return fail(Error(ErrorCode::kInvalid, NC_MSG("Personal data are entered as text; the program seals them")).at(field.id));
  catalog::Field text = field;
  text.kind = FieldKind::kLongText;
  auto checked = catalog::check_value(text, typed);
  if (checked) return {};
  return fail(std::move(checked).error().at(field.id));
}

}  // namespace

bool has_personal(const catalog::Type& type) {
  return std::any_of(type.fields.begin(), type.fields.end(), [](const auto& field) { return field.kind == FieldKind::kPersonal; });
}

std::string personal_place(const RecordId& record, const journal::PartKey& part, const std::string& field) {
  return "nhipcau-personal-1\n" +
         canonical(Json(JsonObject{{"field", Json(field)}, {"part", Json(part.text())}, {"record", Json(record.hex())}}));
}

bool is_sealed_under(const RecordId& key, const Json& value) {
  const auto& enc = value["enc"];
  return enc.is_array() && enc.as_array().size() == 3 && enc.as_array()[0] == Json(key.hex());
}

std::vector<SealedValue> sealed_in(const journal::Entry& entry) {
  std::vector<SealedValue> out;
  const auto& record = entry.header.record;
  const auto& part = entry.header.stream.part;
  for (const auto& [field, value] : entry.body.set)
    if (is_sealed_under(record, value)) out.push_back({part, personal_place(record, part, field), value});
  return out;
}

bool opens(const PersonKeys::Key& key, const SealedValue& sealed) {
  const auto& enc = sealed.value["enc"].as_array();
  if (!enc[1].is_string() || !enc[2].is_string()) return false;
  const auto nonce = crypto::AeadNonce::from_hex(enc[1].as_string());
  return nonce && crypto::open_text(key, sealed.place, {*nonce, enc[2].as_string()}).has_value();
}

Result<Json> seal_personal(PersonKeys& keys, const catalog::Type& type, const RecordId& record, const journal::PartKey& base,
                           const Json& typed, const Json& before) {
  Json out = typed;
  if (!typed.is_object()) return out;
  for (const auto& field : type.fields) {
    if (field.kind != FieldKind::kPersonal || !typed.has(field.id) || typed[field.id].is_null()) continue;
    NC_TRY(check_text(field, typed[field.id]));
    const auto place = personal_place(record, part_of_field(field, base), field.id);
    if (before.has(field.id)) {
      NC_ASSIGN(const auto there, keys.open_value(place, before[field.id]));
      if (!there)
        return fail(Error(ErrorCode::kDenied, NC_MSG("The key of these personal data is not on this node"))
                        .at(field.id)
                        .then(NC_MSG("Have them changed where the key is, or restore the backup of the keys")));
      if (*there == typed[field.id].as_string()) {
        out.erase(field.id);
        continue;
      }
    }
    auto sealed = keys.seal_value(record, place, typed[field.id].as_string());
    if (!sealed) return fail(std::move(sealed).error().at(field.id));
    out.set(field.id, std::move(*sealed));
  }
  return out;
}

Result<Json> open_personal(PersonKeys& keys, const catalog::Type& type, const RecordId& record, const journal::PartKey& base,
                           const Json& values) {
  Json out = values;
  for (const auto& field : type.fields) {
    if (field.kind != FieldKind::kPersonal || !values.has(field.id)) continue;
    NC_ASSIGN(const auto text, keys.open_value(personal_place(record, part_of_field(field, base), field.id), values[field.id]));
    if (text) out.set(field.id, *text);
  }
  return out;
}

}  // namespace nc::records
