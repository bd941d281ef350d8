#include "ledger/records/named_files.h"

#include <set>

namespace nc::records {

std::vector<blobs::FileRef> files_of(const journal::Body& body) {
  std::vector<blobs::FileRef> out;
  for (const auto& [field, value] : body.set) blobs::collect_files(value, out);
  for (const auto& [field, elements] : body.add) blobs::collect_files(Json(JsonArray(elements.begin(), elements.end())), out);
  return out;
}

Status each_named_file(store::Database& db, const journal::Journal& journal, const std::function<Status(const NamedFile&)>& visit) {
  std::set<std::pair<std::string, Digest>> seen;
  return journal.for_each_body(db, journal::Journal::Bodies::kHeld, [&](const journal::Stored& stored) -> Status {
    for (auto& file : files_of(stored.entry.body)) {
      NamedFile named{stored.entry.header.stream.part.text(), stored.entry.header.record, std::move(file)};
      if (seen.emplace(named.part, named.file.sha256).second) NC_TRY(visit(named));
    }
    return {};
  });
}

Result<std::vector<NamedFile>> files_only_purged(store::Database& db, const journal::Journal& journal) {
  std::vector<NamedFile> out;
  NC_TRY(journal.for_each_body(db, journal::Journal::Bodies::kPurged, [&](const journal::Stored& stored) -> Status {
    for (auto& file : files_of(stored.entry.body))
      out.push_back({stored.entry.header.stream.part.text(), stored.entry.header.record, std::move(file)});
    return {};
  }));
  if (out.empty()) return out;
  NC_TRY(each_named_file(db, journal, [&](const NamedFile& named) -> Status {
    std::erase_if(out, [&](const NamedFile& gone) { return gone.part == named.part && gone.file.sha256 == named.file.sha256; });
    return {};
  }));
  return out;
}

}  // namespace nc::records
