// Import of files: every row becomes a record with its source, or the report says why not.
//
// All files are read and checked before the first write; a file with a wrong header, encoding, delimiter
// or cell refuses the whole import and nothing is changed. Importing the same files again changes
// nothing, and two nodes that import them make equal records (docs/LEDGER.md section 3, Import).
// What columns, kinds and phrases mean stands in the import map (docs/formats/import-map.md).
//
// Threads: one import at a time; the ledger may be read and written meanwhile.
// Not here: writing (ledger/records), office documents (channels/documents).
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "channels/intake/import_map.h"
#include "channels/intake/report.h"
#include "ledger/records/ledger.h"

namespace nc::intake {

// Told before each group of rows and after each table. False: no further row is written. Those that were written stay, and
// importing the same files again goes on from there.
using Progress = std::function<bool(std::string_view table, std::size_t done, std::size_t total)>;

// `inputs`: folders, of which the files that the map knows by name are taken, and single files, which are
// recognised by their header. Errors: what is wrong with a file, `where` being file:line:column.
Result<Report> import_folder(records::Ledger& ledger, const access::Subject& who, const std::vector<std::filesystem::path>& inputs,
                             const ImportMap& map, const Progress& progress = {});

}  // namespace nc::intake
