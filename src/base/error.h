// Error and Result: what input, disk, network or people can cause.
//
// An Error is not text: it carries an English message id (the gettext key) with numbered
// arguments and is translated only at the edge (face/). Bugs of our own are NC_CHECKs.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

// Marks a string literal for xgettext; evaluates to the literal.
#define NC_MSG(text) text

namespace nc {

enum class ErrorCode {
  kInvalid,      // the input breaks a rule; says which and where
  kNotFound,     // absent, or not for this reader: the two answer alike
  kDenied,       // the subject may know of the thing, but may not do this
  kConflict,     // somebody else changed it meanwhile
  kLimit,        // larger than a named limit
  kCorrupt,      // bytes that should be right are not
  kIo,           // disk or network failed
  kFull,         // disk full
  kBusy,         // locked by another process, or overloaded
  kUnsupported,  // a version or feature this program does not know
  kUsage,        // wrong command line
};

struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;  // message id, English, with {1} {2} ... for args
  std::vector<std::string> args;
  std::string where;  // field id, file:line:column, header name; may be empty
  std::string next;   // message id of the next step; may be empty

  Error() = default;
  Error(ErrorCode c, std::string m, std::vector<std::string> a = {}) : code(c), message(std::move(m)), args(std::move(a)) {}

  Error&& at(std::string place) && {
    where = std::move(place);
    return std::move(*this);
  }
  Error&& then(std::string step) && {
    next = std::move(step);
    return std::move(*this);
  }

  // English text for logs and tests: "where: message. next".
  [[nodiscard]] std::string english() const;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::vector<std::string> args = {}) {
  return std::unexpected<Error>(Error(code, std::move(message), std::move(args)));
}

// Puts args into {1} {2} ...; used by i18n after translation and by english().
std::string fill_in(const std::string& text, const std::vector<std::string>& args);

std::string_view error_code_name(ErrorCode code);

}  // namespace nc

// Returns the error of `expr` from the calling function, or goes on.
#define NC_TRY(expr)                                                                \
  do {                                                                              \
    auto nc_try_status_ = (expr);                                                   \
    if (!nc_try_status_) return std::unexpected(std::move(nc_try_status_).error()); \
  } while (false)

#define NC_CONCAT_INNER(a, b) a##b
#define NC_CONCAT(a, b) NC_CONCAT_INNER(a, b)
// NC_ASSIGN(auto x, f()): x is the value of f(), or the calling function returns its error.
#define NC_ASSIGN(decl, expr) NC_ASSIGN_IMPL(NC_CONCAT(nc_result_, __LINE__), decl, expr)
#define NC_ASSIGN_IMPL(tmp, decl, expr)                     \
  auto tmp = (expr);                                        \
  if (!tmp) return std::unexpected(std::move(tmp).error()); \
  decl = std::move(*tmp)
