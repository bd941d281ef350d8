#include "ledger/journal/read_ahead.h"

#include "ledger/journal/rows.h"

namespace nc::journal {

void Journal::read_ahead(Incoming& incoming) {
  if (incoming.body_bytes.empty()) return;
  auto entry = decode_entry(incoming.header_bytes, incoming.body_bytes);
  if (!entry) return;
  auto stored = to_stored(*entry, true);
  incoming.ahead = std::make_shared<EntryAhead>(EntryAhead{std::move(*entry), std::move(stored)});
}

Result<Entry> entry_in(const Journal::Incoming& incoming, std::optional<StoredForm>& stored) {
  auto* ahead = incoming.ahead.get();
  const bool fits = ahead != nullptr && !ahead->used && ahead->entry.header_bytes == incoming.header_bytes &&
                    ahead->entry.body_bytes == incoming.body_bytes;
  if (fits) {
    ahead->used = true;
    stored = std::move(ahead->stored);
    return std::move(ahead->entry);
  }
  return decode_entry(incoming.header_bytes, incoming.body_bytes.empty() ? std::nullopt : std::optional(incoming.body_bytes));
}

}  // namespace nc::journal
