#include "insight/stats/start.h"

#include <filesystem>

#include "base/files.h"
#include "foundation/crypto/hash.h"

namespace nc::stats {

Result<Digest> stamp_of(const records::Ledger& ledger) {
  Digest held;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal& journal) -> nc::Status {
    NC_ASSIGN(held, journal.set_digest(db));
    return {};
  }));
  crypto::Sha256 sha;
  sha.update("nhipcau-columns-1\n").update(held.span());
  const auto world = ledger.world();
  for (const auto& type : world->catalog->types()) sha.update(canonical(world->catalog->definition(type)) + "\n");
  return sha.finish();
}

nc::Status fill_from_records(Columns& columns, const records::Ledger& ledger) {
  columns.clear();
  const auto world = ledger.world();
  NC_TRY(ledger.for_each([&](const records::RecordView& record) -> nc::Status {
    columns.apply(record, *world);
    return {};
  }));
  columns.settle();
  return {};
}

Result<bool> fill(Columns& columns, const records::Ledger& ledger) {
  NC_ASSIGN(const auto stamp, stamp_of(ledger));
  if (columns.load(ledger.dir() / kColumnsFile, stamp)) return true;
  NC_TRY(fill_from_records(columns, ledger));
  return false;
}

nc::Status drop_saved(const records::Ledger& ledger) {
  std::error_code failed;
  const auto file = ledger.dir() / kColumnsFile;
  if (!std::filesystem::remove(file, failed)) return failed ? nc::Status(fail(io_error(file, failed.value()))) : nc::Status();
  return sync_directory(ledger.dir());
}

nc::Status keep_saved(Columns& columns, const records::Ledger& ledger) {
  NC_ASSIGN(const auto stamp, stamp_of(ledger));
  return columns.save(ledger.dir() / kColumnsFile, stamp);
}

}  // namespace nc::stats
