#include "foundation/store/sql_error.h"

#include <sqlite3.h>

#include <cerrno>

namespace nc::store {
namespace {

Error disk_full() { return Error(ErrorCode::kFull, NC_MSG("The disk is full")).then(NC_MSG("Free some space; nothing was changed")); }

Error of_class(int primary, const std::string& text) {
  switch (primary) {
    case SQLITE_FULL: return disk_full();
    case SQLITE_IOERR:
      return Error(ErrorCode::kIo, NC_MSG("The disk failed while reading or writing the data ({1})"), {text})
          .then(NC_MSG("Look at the disk and the system log before you go on"));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(ErrorCode::kCorrupt, NC_MSG("The data file is damaged or is not a data file ({1})"), {text})
          .then(NC_MSG("Keep the file as it is and restore a backup"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(ErrorCode::kBusy, NC_MSG("Another program or task is using the data")).then(NC_MSG("Try again in a moment"));
    case SQLITE_READONLY:
      return Error(ErrorCode::kIo, NC_MSG("The data can only be read: the file, its folder or the disk does not allow changes"));
    case SQLITE_CANTOPEN: return {ErrorCode::kIo, NC_MSG("The data file cannot be opened ({1})"), {text}};
    case SQLITE_PERM:
    case SQLITE_AUTH: return {ErrorCode::kDenied, NC_MSG("The data file may not be used ({1})"), {text}};
    case SQLITE_CONSTRAINT: return {ErrorCode::kConflict, NC_MSG("The change breaks a rule of the data file ({1})"), {text}};
    case SQLITE_TOOBIG: return {ErrorCode::kLimit, NC_MSG("A value is too large for the data file")};
    case SQLITE_NOMEM: return Error(ErrorCode::kBusy, NC_MSG("There is not enough free memory")).then(NC_MSG("Try again in a moment"));
    case SQLITE_INTERRUPT: return {ErrorCode::kBusy, NC_MSG("The query was stopped")};
    default: return {ErrorCode::kInvalid, NC_MSG("The database refused a statement ({1})"), {text}};
  }
}

}  // namespace

Error sql_error(sqlite3* database, int code, const std::string& where) {
  const bool last = database != nullptr && sqlite3_extended_errcode(database) == code;
  std::string text = last ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  const int primary = code & 0xff;
  // Shared memory and fsync report a full disk as a failed one; the system's number knows better.
  const int system = database != nullptr ? sqlite3_system_errno(database) : 0;
  if (primary == SQLITE_IOERR && (system == ENOSPC || system == EDQUOT)) return disk_full().at(where);
  if (primary == SQLITE_IOERR) text += ", " + std::to_string(code);
  return of_class(primary, text).at(where);
}

}  // namespace nc::store
