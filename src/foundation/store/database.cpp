#include "foundation/store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/files.h"
#include "foundation/store/handle.h"
#include "foundation/store/private_index.h"

namespace nc::store {
namespace {

constexpr std::size_t kCachedStatementsMax = 128;

// SQLite would make the file readable by everybody; its log and index take the mode of the file.
Status make_private(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(io_error(path, errno));
  ::close(fd);
  return {};
}

// SQLite tells after each commit how long the log now is.
int note_wal(void* counter, sqlite3* /*connection*/, const char* /*name*/, int pages) {
  const auto& note = *static_cast<std::function<void(int)>*>(counter);
  note(pages);
  return SQLITE_OK;
}

// The name that tells SQLite to make no files beside the data and to look for no other process.
std::string immutable_name(const std::filesystem::path& path) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string name = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c == '%' || c == '?' || c == '#') (name += '%') += {kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
    else name += c;
  }
  return name + "?immutable=1";
}

// Changes that only the log holds: whoever was to move them into the data file had no room, or died.
bool has_left_log(const std::filesystem::path& path) {
  std::error_code ec;
  const auto bytes = std::filesystem::file_size(path.string() + "-wal", ec);
  return !ec && bytes > 0;
}

bool only_spaces(std::string_view text) { return text.find_first_not_of(" \t\r\n;") == std::string_view::npos; }

}  // namespace

Database::Database(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::filesystem::path& path, const Options& options) {
  auto handle = std::make_unique<Handle>();
  handle->path = path;
  handle->where = path.string();
  handle->options = options;
  const bool create = options.create && !options.read_only;
  std::error_code ignored;
  if (options.vfs.empty() && !std::filesystem::exists(path, ignored)) {
    if (!create) return fail(Error(ErrorCode::kNotFound, NC_MSG("There is no data file here")).at(handle->where));
    NC_TRY(make_private(path));
  }
  const bool index_in_memory = options.immutable && options.vfs.empty() && has_left_log(path);
  const bool as_it_is = options.immutable && !index_in_memory;
  const auto name = as_it_is ? immutable_name(path) : path.string();
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (as_it_is ? SQLITE_OPEN_URI : 0) |
                    (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0));
  const char* vfs = index_in_memory ? private_index_vfs() : options.vfs.empty() ? nullptr : options.vfs.c_str();
  const int code = sqlite3_open_v2(name.c_str(), &handle->connection, flags, vfs);
  if (code != SQLITE_OK) return fail(handle->error_of(code));
  NC_TRY(configure(*handle));
  return Database(std::move(handle));
}

Status Database::configure(Handle& handle) {
  sqlite3* const connection = handle.connection;
  sqlite3_busy_timeout(connection, handle.options.busy_timeout_ms);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a column, never a text
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  NC_TRY(
      handle.exec("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                  "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cache_size=-" +
                  std::to_string(handle.options.cache_kib)));
  NC_TRY(handle.exec(handle.options.fullsync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  bool fresh = false;
  // Closing would move a left-over log into the file, and the file may be somebody else's.
  sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  NC_TRY(recognise(handle, fresh));
  sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  if (!handle.options.read_only) {
    NC_TRY(handle.exec("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=8388608"));
    if (fresh) {
      NC_TRY(handle.exec("PRAGMA application_id=" + std::to_string(static_cast<std::int32_t>(handle.options.application_id))));
      if (handle.options.vfs.empty()) {
        const auto folder = handle.path.parent_path();
        NC_TRY(sync_directory(folder.empty() ? "." : folder));
      }
    }
  }
  sqlite3_wal_autocheckpoint(connection, 0);
  handle.watch_wal();
  return {};
}

// Looks before anything is changed: a file of another program stays as it is.
Status Database::recognise(Handle& handle, bool& fresh) {
  const auto ask = [&handle](const char* sql) -> Result<std::int64_t> {
    NC_ASSIGN(CachedStatement* const cached, handle.borrow(sql));
    Statement statement(cached);
    return first_integer(statement);
  };
  NC_ASSIGN(const auto id, ask("PRAGMA application_id"));
  NC_ASSIGN(const auto pages, ask("PRAGMA page_count"));
  NC_ASSIGN(const auto tables, ask("SELECT count(*) FROM sqlite_schema"));
  NC_ASSIGN(handle.page_bytes, ask("PRAGMA page_size"));
  const auto wanted = static_cast<std::int32_t>(handle.options.application_id);
  if (id == wanted && pages > 0) return {};
  // No page yet, or a creation that a power cut stopped before it wrote the id.
  fresh = handle.options.create && !handle.options.read_only && id == 0 && tables == 0;
  if (fresh) return {};
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("This is not a data file of the kind that is wanted here"))
                  .at(handle.where)
                  .then(NC_MSG("Check the path; the file was not changed")));
}

void Database::Handle::watch_wal() {
  note_pages = [this](int pages) {
    if (pages < wal_pages_moved) wal_pages_moved = 0;  // the log has started anew
    wal_pages = pages;
  };
  sqlite3_wal_hook(connection, note_wal, &note_pages);
}

Result<CachedStatement*> Database::Handle::borrow(std::string_view sql) {
  auto found = statements.find(sql);
  if (found != statements.end()) {
    for (const auto& candidate : found->second) {
      if (candidate->lent) continue;
      candidate->lent = true;
      candidate->last_use = ++uses;
      return candidate.get();
    }
  }
  if (cached >= kCachedStatementsMax) forget_least_used();
  auto made = std::make_unique<CachedStatement>();
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made->statement, &tail);
  if (code != SQLITE_OK) return fail(error_of(code));
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (made->statement == nullptr || !only_spaces(rest)) {
    return fail(Error(ErrorCode::kInvalid, NC_MSG("Exactly one SQL statement is wanted here")).at(where));
  }
  made->where = &where;
  made->lent = true;
  made->last_use = ++uses;
  CachedStatement* const lent = made.get();
  statements[std::string(sql)].push_back(std::move(made));  // found is old if something was forgotten
  ++cached;
  return lent;
}

void Database::Handle::forget_least_used() {
  auto oldest_text = statements.end();
  std::size_t oldest_at = 0;
  std::uint64_t oldest_use = ~std::uint64_t{0};
  for (auto text = statements.begin(); text != statements.end(); ++text) {
    for (std::size_t i = 0; i < text->second.size(); ++i) {
      if (text->second[i]->lent || text->second[i]->last_use >= oldest_use) continue;
      oldest_use = text->second[i]->last_use;
      oldest_text = text;
      oldest_at = i;
    }
  }
  if (oldest_text == statements.end()) return;  // all are lent: grow
  auto& same_text = oldest_text->second;
  same_text.erase(same_text.begin() + static_cast<std::ptrdiff_t>(oldest_at));
  if (same_text.empty()) statements.erase(oldest_text);
  --cached;
}

Result<Statement> Database::prepare(std::string_view sql) {
  NC_ASSIGN(CachedStatement* const cached, handle_->borrow(sql));
  return Statement(cached);
}

Status Database::exec(const std::string& sql) { return handle_->exec(sql); }

Result<std::int64_t> Database::first_integer(Statement& statement) {
  NC_ASSIGN(const bool row, statement.step());
  if (!row) return fail(ErrorCode::kNotFound, NC_MSG("The query found nothing"));
  return statement.integer(0);
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_->connection); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_->connection); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_->connection) == 0; }
const std::filesystem::path& Database::path() const { return handle_->path; }
const Options& Database::options() const { return handle_->options; }
void Database::set_busy_timeout(int timeout_ms) { sqlite3_busy_timeout(handle_->connection, timeout_ms); }

Status Database::checkpoint(CheckpointMode mode) {
  const int sqlite_mode = mode == CheckpointMode::kPassive   ? SQLITE_CHECKPOINT_PASSIVE
                          : mode == CheckpointMode::kRestart ? SQLITE_CHECKPOINT_RESTART
                                                             : SQLITE_CHECKPOINT_TRUNCATE;
  int pages = -1;
  int moved = -1;
  const int code = sqlite3_wal_checkpoint_v2(handle_->connection, nullptr, sqlite_mode, &pages, &moved);
  if (pages >= 0 && moved >= 0) {
    const bool starts_anew = code == SQLITE_OK && mode != CheckpointMode::kPassive;
    handle_->wal_pages = starts_anew ? 0 : pages;
    handle_->wal_pages_moved = starts_anew ? 0 : moved;
  }
  if (code != SQLITE_OK) return fail(handle_->error_of(code));
  return {};
}

std::int64_t Database::wal_bytes() const { return handle_->wal_pages * (handle_->page_bytes + 24); }

std::int64_t Database::wal_backlog_bytes() const {
  return std::max<std::int64_t>(0, handle_->wal_pages - handle_->wal_pages_moved) * (handle_->page_bytes + 24);
}

bool Database::has_moved() const {
  int moved = 0;
  const int code = sqlite3_file_control(handle_->connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

Status Database::quick_check() {
  NC_ASSIGN(Statement check, prepare("PRAGMA quick_check(1)"));
  NC_ASSIGN(const bool row, check.step());
  if (row && check.text_view(0) == "ok") return {};
  return fail(Error(ErrorCode::kCorrupt, NC_MSG("The data file is damaged or is not a data file ({1})"), {row ? check.text(0) : ""})
                  .at(handle_->where)
                  .then(NC_MSG("Keep the file as it is and restore a backup")));
}

}  // namespace nc::store
