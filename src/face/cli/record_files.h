// The files of records on the command line.
#pragma once

#include <functional>
#include <memory>

#include "face/cli/commands.h"
#include "ledger/blobs/checked_file.h"

namespace nc::cli {

// `login`: whose rights the command of records acts with; asked when it runs.
void add_record_files(CLI::App& record, Context& context, const std::shared_ptr<std::string>& dir,
                      const std::function<std::string()>& login);
// All bytes into a new file; nothing is left when they cannot be read to their end.
Status copy_out(const blobs::CheckedFile& bytes, const std::filesystem::path& target);

}  // namespace nc::cli
