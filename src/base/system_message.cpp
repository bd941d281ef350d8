#include "base/system_message.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace nc {
namespace {

struct Row {
  int code;
  const char* message;  // the C library's words, so that English stays what operators search for
  const char* next;
};

constexpr std::array kRows = {
    Row{ENOENT, NC_MSG("No such file or directory"), NC_MSG("Check the path")},
    Row{ENOTDIR, NC_MSG("Not a directory"), NC_MSG("Check the path")},
    Row{EISDIR, NC_MSG("Is a directory"), NC_MSG("Name a file")},
    Row{EEXIST, NC_MSG("File exists"), NC_MSG("Choose another name")},
    Row{ENOTEMPTY, NC_MSG("Directory not empty"), NC_MSG("Choose an empty or a new directory")},
    Row{EACCES, NC_MSG("Permission denied"), NC_MSG("Use an account that has the right, or change the rights")},
    Row{EPERM, NC_MSG("Operation not permitted"), NC_MSG("Use an account that has the right, or change the rights")},
    Row{EROFS, NC_MSG("Read-only file system"), NC_MSG("Use a disk that can be written")},
    Row{ENAMETOOLONG, NC_MSG("File name too long"), NC_MSG("Choose a shorter name")},
    Row{ELOOP, NC_MSG("Too many levels of symbolic links"), NC_MSG("Check the path")},
    Row{EXDEV, NC_MSG("Invalid cross-device link"), NC_MSG("Choose a place on the same disk")},
    Row{EBUSY, NC_MSG("Device or resource busy"), NC_MSG("Wait, or end what uses it")},
    Row{EIO, NC_MSG("Input/output error"), NC_MSG("Look at the disk and its cables")},
    Row{EFBIG, NC_MSG("File too large"), NC_MSG("Use another disk, or a higher limit")},
    Row{EMFILE, NC_MSG("Too many open files"), NC_MSG("Raise the limit of open files")},
    Row{ENFILE, NC_MSG("Too many open files in system"), NC_MSG("Raise the limit of open files")},
    Row{ENOMEM, NC_MSG("Cannot allocate memory"), NC_MSG("End other programs, or use a machine with more memory")},
    Row{ENXIO, NC_MSG("No such device or address"), NC_MSG("Name an ordinary file")},
    Row{EINVAL, NC_MSG("Invalid argument"), NC_MSG("Check the path")},
    Row{EADDRINUSE, NC_MSG("Address already in use"), NC_MSG("Choose another address or port")},
    Row{EADDRNOTAVAIL, NC_MSG("Cannot assign requested address"), NC_MSG("Choose another address or port")},
    Row{EAFNOSUPPORT, NC_MSG("Address family not supported by protocol"), NC_MSG("Choose another address or port")},
};

const Row* row_of(int code) {
  const auto* at = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.code == code; });
  return at == kRows.end() ? nullptr : at;
}

}  // namespace

std::string_view system_message(int code) {
  const auto* row = row_of(code);
  return row ? std::string_view(row->message) : std::string_view();
}

Error system_error(ErrorCode kind, int code) {
  if (const auto* row = row_of(code)) return Error(kind, row->message).then(row->next);
  return Error(kind, NC_MSG("System error {1}: {2}"), {std::to_string(code), std::strerror(code)});
}

}  // namespace nc
