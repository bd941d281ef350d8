#include "foundation/store/statement.h"

#include <sqlite3.h>

#include "base/check.h"
#include "foundation/store/handle.h"

namespace nc::store {

using State = CachedStatement::State;

Statement::~Statement() {
  if (cached_ == nullptr) return;
  reset();
  cached_->lent = false;
}

Statement& Statement::reset() {
  sqlite3_reset(cached_->statement);  // its code repeats the last step's, which was answered
  sqlite3_clear_bindings(cached_->statement);
  cached_->state = State::kFresh;
  cached_->error.reset();
  return *this;
}

Status Statement::status() const {
  if (cached_->error) return fail(*cached_->error);
  return {};
}

bool Statement::ready_to_bind() {
  if (cached_->state == State::kRow && !cached_->error) {
    cached_->error = Error(ErrorCode::kInvalid, NC_MSG("A statement was bound in the middle of its rows")).at(*cached_->where);
  }
  if (cached_->error) return false;
  cached_->state = State::kFresh;
  return true;
}

Statement& Statement::remember(int code, int index) {
  if (code == SQLITE_OK) return *this;
  if (code == SQLITE_RANGE) {
    cached_->error = Error(ErrorCode::kInvalid, NC_MSG("The statement has no parameter {1}"), {std::to_string(index)}).at(*cached_->where);
  } else {
    cached_->error = cached_->error_of(code);
  }
  return *this;
}

Statement& Statement::too_large(int index) {
  if (ready_to_bind()) {
    cached_->error =
        Error(ErrorCode::kInvalid, NC_MSG("The number for parameter {1} is too large"), {std::to_string(index)}).at(*cached_->where);
  }
  return *this;
}

Statement& Statement::bind_integer(int index, std::int64_t value) {
  return ready_to_bind() ? remember(sqlite3_bind_int64(cached_->statement, index, value), index) : *this;
}

// An empty view may have no address, and SQLite would take that for NULL.
Statement& Statement::bind(int index, std::string_view text) {
  if (!ready_to_bind()) return *this;
  const char* at = text.empty() ? "" : text.data();
  return remember(sqlite3_bind_text64(cached_->statement, index, at, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8), index);
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  if (!ready_to_bind()) return *this;
  const char* at = bytes.empty() ? "" : bytes.data();
  return remember(sqlite3_bind_blob64(cached_->statement, index, at, bytes.size(), SQLITE_TRANSIENT), index);
}

Statement& Statement::bind(int index, std::span<const std::uint8_t> bytes) {
  return bind_blob(index, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Statement& Statement::bind(int index, std::nullptr_t) {
  return ready_to_bind() ? remember(sqlite3_bind_null(cached_->statement, index), index) : *this;
}

Result<bool> Statement::step() {
  if (cached_->error) return fail(*cached_->error);
  if (cached_->state == State::kDone) {
    return fail(Error(ErrorCode::kInvalid, NC_MSG("A statement was stepped after its last row")).at(*cached_->where));
  }
  const int code = sqlite3_step(cached_->statement);
  if (code == SQLITE_ROW) {
    cached_->state = State::kRow;
    return true;
  }
  cached_->state = State::kDone;
  std::optional<Error> error;
  if (code != SQLITE_DONE) error = cached_->error_of(code);  // before the reset, which may change the text
  sqlite3_reset(cached_->statement);                         // gives locks and the snapshot back now
  if (error) return fail(std::move(*error));
  return false;
}

Status Statement::run() {
  if (cached_->state == State::kDone) cached_->state = State::kFresh;
  NC_ASSIGN(const bool row, step());
  sqlite3_reset(cached_->statement);
  cached_->state = State::kFresh;
  if (row) return fail(Error(ErrorCode::kInvalid, NC_MSG("A statement that was run gave rows")).at(*cached_->where));
  return {};
}

int Statement::columns() const { return sqlite3_column_count(cached_->statement); }

void Statement::check_column(int column) const { NC_CHECK(cached_->state == State::kRow && column >= 0 && column < columns()); }

void Statement::wrong_length(int column) const {
  if (cached_->error) return;
  cached_->error = Error(ErrorCode::kCorrupt, NC_MSG("An id in the data file has a wrong length (column {1})"),
                         {sqlite3_column_name(cached_->statement, column)})
                       .at(*cached_->where);
}

bool Statement::is_null(int column) const {
  check_column(column);
  return sqlite3_column_type(cached_->statement, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  check_column(column);
  return sqlite3_column_int64(cached_->statement, column);
}

std::string_view Statement::text_view(int column) const {
  check_column(column);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(cached_->statement, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(cached_->statement, column))};
}

std::string_view Statement::blob_view(int column) const {
  check_column(column);
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(cached_->statement, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(cached_->statement, column))};
}

std::span<const std::uint8_t> Statement::bytes(int column) const {
  const std::string_view view = blob_view(column);
  return {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
}

}  // namespace nc::store
