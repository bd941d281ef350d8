// A small database of the data directory that is this node's own: drafts, views, works, codes. What it holds never travels;
// what a purge and a backup do with it says ledger/records/local_stores.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "foundation/store/database.h"

namespace nc::web {

// Made when it is not there, with its tables. Errors: kIo, kFull, kCorrupt (another program's file).
inline Result<store::Database> open_local_store(const std::filesystem::path& file, std::uint32_t application_id,
                                                const std::string& tables) {
  store::Options options;
  options.create = true;
  options.application_id = application_id;
  options.cache_kib = 128;  // read seldom
  NC_ASSIGN(auto database, store::Database::open(file, options));
  NC_TRY(database.exec(tables));
  return database;
}

}  // namespace nc::web
