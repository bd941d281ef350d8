// Inside the room only: what a Database and its statements share.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "foundation/store/database.h"
#include "foundation/store/sql_error.h"

namespace nc::store {

struct CachedStatement {
  enum class State { kFresh, kRow, kDone };

  sqlite3_stmt* statement = nullptr;
  const std::string* where = nullptr;  // the file, of the Handle
  bool lent = false;
  State state = State::kFresh;
  std::optional<Error> error;
  std::uint64_t last_use = 0;

  CachedStatement() = default;
  CachedStatement(const CachedStatement&) = delete;
  CachedStatement& operator=(const CachedStatement&) = delete;
  ~CachedStatement() { sqlite3_finalize(statement); }

  [[nodiscard]] Error error_of(int code) const { return sql_error(sqlite3_db_handle(statement), code, *where); }
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct Database::Handle {
  sqlite3* connection = nullptr;
  std::filesystem::path path;
  std::string where;
  Options options;
  std::int64_t page_bytes = 4096;
  std::int64_t wal_pages = 0;        // in the log, as of our last commit or checkpoint
  std::int64_t wal_pages_moved = 0;  // of these, in the main file too
  std::function<void(int)> note_pages;
  std::uint64_t uses = 0;
  std::size_t cached = 0;
  // Several for one text only while it is used inside its own loop.
  std::unordered_map<std::string, std::vector<std::unique_ptr<CachedStatement>>, TextHash, std::equal_to<>> statements;

  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    statements.clear();
    sqlite3_close_v2(connection);
  }

  [[nodiscard]] Error error_of(int code) const { return sql_error(connection, code, where); }
  Status exec(const std::string& sql) const {
    const int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(error_of(code));
    return {};
  }
  Result<CachedStatement*> borrow(std::string_view sql);
  void forget_least_used();
  void watch_wal();
};

}  // namespace nc::store
