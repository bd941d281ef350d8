// NC_CHECK: for our own bugs in the ledger. It stays on in release and stops the process,
// because going on with a broken invariant could write what must never be written.
// Never for anything that input, disk, network or people can cause: that is a Result.
#pragma once

namespace nc {
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}

#define NC_CHECK(condition) (static_cast<bool>(condition) ? void(0) : ::nc::check_failed(#condition, __FILE__, __LINE__))
