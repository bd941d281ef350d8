// Records that are likely to be of the same event as one about to be saved.
//
// The same kind, a common force of the other side, a common marker or place, on the same day or the one
// beside it. Only what the reader may list is looked at: a hidden record changes nothing in the answer.
// Whoever saves links them (slot same_event) or says why they are different; the reason is kept in the
// entry under kLikelyDuplicate. Asked by the faces before they save; an import has its own links.
#pragma once

#include "ledger/records/ledger.h"

namespace nc::records {

inline constexpr std::string_view kLikelyDuplicate = "likely_duplicate";

// Candidates for values that are to be saved as `self`: at most ten, the latest days first looked at, in order of id; those
// that the values link already are left out. Empty for types without the slots, and without a day or a named counterpart.
Result<std::vector<RecordView>> likely_duplicates(const Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                  const Json& values, const RecordId& self);

// Those that a change of the record `self` from `before` to `after` makes likely. Nothing when it leaves alone
// what decides; who was a candidate before was asked about then.
Result<std::vector<RecordView>> newly_likely_duplicates(const Ledger& ledger, const access::Subject& who, const catalog::Type& type,
                                                        const Json& before, const Json& after, const RecordId& self);

// The question about them; to be put like those of the catalogue.
catalog::Finding duplicate_question(const catalog::Type& type, std::size_t candidates);

}  // namespace nc::records
