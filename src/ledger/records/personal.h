// Personal data in records: typed as text, kept as sealed text, opened for a purpose. docs/formats/keys.md.
#pragma once

#include "ledger/records/person_keys.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

[[nodiscard]] bool has_personal(const catalog::Type& type);

// Whether a person with a purpose would be shown what is sealed in the record.
[[nodiscard]] bool may_read_personal(const access::Subject& who, const RecordView& view, const World& world);

// Where a sealed text stands: it opens nowhere else.
[[nodiscard]] std::string personal_place(const RecordId& record, const journal::PartKey& part, const std::string& field);

// A sealed value as an entry of the record holds it, whatever stands there today.
struct SealedValue {
  journal::PartKey part;
  std::string place;
  Json value;
};
// By its form, under the key of that id.
[[nodiscard]] bool is_sealed_under(const RecordId& key, const Json& value);
// Those of the record's own key id; values that name another id are nobody's.
[[nodiscard]] std::vector<SealedValue> sealed_in(const journal::Entry& entry);
[[nodiscard]] bool opens(const PersonKeys::Key& key, const SealedValue& sealed);

// The values with the texts of personal fields sealed under the record's key; what says the same as
// `before` is left out. Base part of the record: `base`. Sealed values in `typed` are refused: only the
// program makes them.
Result<Json> seal_personal(PersonKeys& keys, const catalog::Type& type, const RecordId& record, const journal::PartKey& base,
                           const Json& typed, const Json& before);
// The other way, as far as the keys are here: to compare what was typed with what stands there.
Result<Json> open_personal(PersonKeys& keys, const catalog::Type& type, const RecordId& record, const journal::PartKey& base,
                           const Json& values);

}  // namespace nc::records
