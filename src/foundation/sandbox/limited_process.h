// Another program, run on bytes that nobody trusts, with as little as it needs.
//
// The child reads the file as its standard input and writes its answer to standard output. It has no environment, no
// other descriptor, no network, makes no file, starts no process, sends no signal (seccomp), and ends when it takes more
// processor time, memory or clock time than it is given. What it answers is to be mistrusted all the same.
// Threads: any; the calling thread waits.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace nc::sandbox {

struct Limits {
  // What it may hold of its own (RLIMIT_DATA); beside the node it stays below what the unit of the package grants both.
  std::int64_t memory_bytes_max = 128 * 1024 * 1024;
  std::int64_t processor_s_max = 10;
  std::int64_t wall_ms_max = 20'000;
  std::size_t answer_bytes_max = 2 * 1024 * 1024;
};

// What the program wrote. Errors: kNotFound (no such program), kLimit (it took more than it was given), kInvalid (it
// failed, or was stopped by what it may not do), kIo.
Result<std::string> run_limited(const std::filesystem::path& program, const std::vector<std::string>& arguments, int input_descriptor,
                                const Limits& limits = {});

}  // namespace nc::sandbox
