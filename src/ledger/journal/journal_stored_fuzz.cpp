// Stored forms: any two columns are damage, or no body, or bytes that the program stores and reads back as the same bytes.
#include "base/check.h"
#include "ledger/journal/stored_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto cut = std::min<std::size_t>(data[0], text.size());
  const nc::journal::StoredForm stored{std::string(text.substr(0, cut)), std::string(text.substr(cut))};
  const nc::journal::RowPlace place{{{}, {}, {1, nc::journal::Audience::all()}, nc::journal::Lane::kOrdinary}, 1, {}};
  const auto read = nc::journal::from_stored(stored, place);
  if (!read) return 0;
  nc::journal::Entry entry;
  entry.header = read->header;
  entry.header_bytes = read->header_bytes;
  // Bytes that are no body are stored by nobody; their row has not the hash that was said.
  const auto body = nc::journal::decode_body(*read->body_bytes, read->header.form);
  if (!body) return 0;
  entry.body = *body;
  entry.body_bytes = *read->body_bytes;
  const auto again = nc::journal::from_stored(nc::journal::to_stored(entry, true), place);
  NC_CHECK(again && again->header_bytes == read->header_bytes && again->body_bytes == read->body_bytes);
  return 0;
}
