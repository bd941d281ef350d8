// Inside the room only: an entry that was decoded before it was received (Journal::read_ahead).
//
// Belongs to one Incoming, and is used up by the first who receives that. Not for two threads at once.
#pragma once

#include "ledger/journal/journal.h"
#include "ledger/journal/stored_form.h"

namespace nc::journal {

struct EntryAhead {
  Entry entry;
  StoredForm stored;  // with its body
  bool used = false;
};

// What was read ahead, when it is of exactly these bytes; else they are decoded. `stored` is filled in the first case only.
Result<Entry> entry_in(const Journal::Incoming& incoming, std::optional<StoredForm>& stored);

}  // namespace nc::journal
