// Which attachments the entries of the journal name, part by part: those that must be here, and no others.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/blobs/file_ref.h"
#include "ledger/journal/journal.h"

namespace nc::records {

struct NamedFile {
  std::string part;
  RecordId record;
  blobs::FileRef file;
};

std::vector<blobs::FileRef> files_of(const journal::Body& body);
// Each part and hash once, by every entry whose body is here and that is not purged, whatever its standing: what a cut
// put aside may be admitted again.
Status each_named_file(store::Database& db, const journal::Journal& journal, const std::function<Status(const NamedFile&)>& visit);
// The files that only purged entries name, whose bodies still lie here.
Result<std::vector<NamedFile>> files_only_purged(store::Database& db, const journal::Journal& journal);

}  // namespace nc::records
