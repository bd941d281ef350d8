// Which fields of a record a person may fill. A field lies in the part of its handling: who may not know of that part puts
// nothing there either, for it would be closed to its own author. The answer follows from the type and the person, never
// from what stands in the record. Asked by every way of writing, and by the form, which offers no others.
#pragma once

#include "ledger/records/view.h"

namespace nc::records {

// `base`: what `decide` is asked about for the record's base part (object_of).
[[nodiscard]] bool may_fill(const access::Subject& who, const catalog::Field& field, const access::Object& base, const World& world);

// Refuses the first field of `typed` that he may not fill, beside it.
Status may_fill_all(const access::Subject& who, const catalog::Type& type, const Json& typed, const access::Object& base,
                    const World& world);

// The highest handling that the fields of `typed` lie in. Who may write there, by one person's right, may write all of them.
[[nodiscard]] access::Handling highest_part(const catalog::Type& type, const Json& typed, const access::Object& base);

}  // namespace nc::records
