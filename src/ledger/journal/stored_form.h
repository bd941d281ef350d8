// Inside the room only: the form in which header and body of an entry lie in the table, docs/formats/journal.md
// section "Stored form". It leaves out what the row says already and gives back the exact canonical bytes.
//
// What an entry is, and its hash, is not touched by this: the stored form is a node's own affair.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ledger/journal/entry.h"

namespace nc::journal {

// What the row of an entry says beside header and body.
struct RowPlace {
  StreamKey stream;
  std::int64_t seq = 0;
  RecordId record;
};

struct StoredForm {
  std::string header;
  std::optional<std::string> body;  // absent: its bytes were destroyed
};

// What cannot be given back exactly is stored as it is.
[[nodiscard]] StoredForm to_stored(const Entry& entry, bool with_body);
// The two halves, for an entry made here: the body needs no place yet; nothing: it is to be stored as it is.
[[nodiscard]] std::optional<std::string> stored_body(const Salt& salt, const std::string& body_bytes);
[[nodiscard]] std::string stored_header(const Header& header);  // beside a body that has its hash

struct FromStored {
  Header header;
  std::string header_bytes;
  std::optional<std::string> body_bytes;
};
// kCorrupt: the bytes are no stored form. Whether they are the right ones shows in the hash, which the caller compares.
[[nodiscard]] Result<FromStored> from_stored(const StoredForm& stored, const RowPlace& place);

}  // namespace nc::journal
