// The files of records on the command line.
#pragma once

#include <functional>
#include <memory>

#include "base/file_stream.h"
#include "face/cli/commands.h"

namespace nc::cli {

// `login`: whose rights the command of records acts with; asked when it runs.
void add_record_files(CLI::App& record, Context& context, const std::shared_ptr<std::string>& dir,
                      const std::function<std::string()>& login);
// All bytes into a new file.
Status copy_out(const InputFile& bytes, const std::filesystem::path& target);

}  // namespace nc::cli
