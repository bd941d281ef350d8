// The import as the command line runs it: map, progress, report.
#pragma once

#include "face/cli/commands.h"

namespace nc::cli {

// kRows: rows with a question or a refusal; every output but kJson ends with counts by table.
enum class ImportOutput { kCounts, kRows, kAllRows, kJson };

// `map` empty: the import map that comes with the program. kInvalid at the end when rows were refused
// is not an error of the import: the report says it.
Status import_paths(const Context& context, records::Ledger& ledger, const access::Subject& who, const std::vector<std::string>& paths,
                    const std::string& map, ImportOutput output);

}  // namespace nc::cli
