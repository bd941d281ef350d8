// Request and Response: what handlers see of HTTP. Plain values without a socket behind them, so
// that every page can be tested by a function call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "foundation/net/fields.h"

namespace nc::net {

// Header lines in the order they came; names compare without regard to case.
class Headers {
 public:
  using Pair = std::pair<std::string, std::string>;

  void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
  // Puts one line in the place of all of that name.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const { return count(name) > 0; }
  [[nodiscard]] std::size_t count(std::string_view name) const;
  // The first value of that name, or empty.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] auto begin() const { return pairs_.begin(); }
  [[nodiscard]] auto end() const { return pairs_.end(); }

 private:
  std::vector<Pair> pairs_;
};

// Takes a body that is too large to be held, piece by piece, on the threads of the handler, one piece at a time. What is
// wrong with it is kept until the handler asks: the body is read to its end in any case.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void write(std::string_view piece) = 0;
  // The fields of a form, once all is there.
  [[nodiscard]] virtual Result<Fields> form() = 0;
};

// Gives a body that is too large to be held; asked on the threads of the handler.
class BodySource {
 public:
  virtual ~BodySource() = default;
  [[nodiscard]] virtual std::int64_t size() const = 0;
  // Fills `into` from that place on; less only at the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::int64_t offset, std::span<char> into) const = 0;
};

struct Request {
  std::string method = "GET";
  std::string path = "/";  // decoded UTF-8; no "." or ".." segment, no encoded "/"
  Fields query;
  std::optional<Error> query_error;  // why the query could not be read; it is empty then, and whoever handles it refuses
  Headers headers;
  std::string body;
  std::shared_ptr<BodySink> sink;  // took the body in the place of `body` (ServerOptions::body_sink)
  std::string peer;                // address of the other end without the port; may be empty
  bool tls = false;

  [[nodiscard]] std::string_view header(std::string_view name) const { return headers.get(name); }
  [[nodiscard]] Fields cookies() const { return parse_cookies(header("Cookie")); }
  // The body as a form, what cannot be read of it replaced (unreadable_field); files of a form that came without a
  // sink are passed over. kUnsupported when the content type is another.
  [[nodiscard]] Result<Fields> form() const;
  // Path and query as they may stand in a link.
  [[nodiscard]] std::string target() const;
};

// Sets path and query of a request from a request target ("/a%20b?x=1"). kInvalid otherwise.
Status set_target(Request& request, std::string_view target);
// The same for what came over the wire: a query that cannot be read becomes query_error, its parameter named in `where`, so
// that the one who sent it is told in his own form. kInvalid: the path cannot be read.
Status read_target(Request& request, std::string_view target);

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<const BodySource> source;  // in the place of `body`

  static Response html(std::string body, int status = 200);
  static Response text(std::string body, int status = 200);
  static Response json(std::string body, int status = 200);
  static Response bytes(std::string body, std::string content_type);
  // 303: the browser goes on with GET, so that loading again does not send the form again.
  static Response redirect(std::string location);
  static Response not_found();
};

struct CookieOptions {
  bool secure = true;
  std::int64_t max_age_s = -1;  // negative: until the browser closes; 0: delete
  bool lax = true;              // SameSite=Lax, else Strict
};
// The value of a Set-Cookie header: HttpOnly and Path=/ always. Precondition: name and value are
// letters, digits and "-._~" (a "__Host-" name wants `secure`).
[[nodiscard]] std::string set_cookie(std::string_view name, std::string_view value, const CookieOptions& options = {});

[[nodiscard]] std::string_view status_text(int status);

// Status line and headers as they go over the wire. Line breaks inside a value become spaces, so
// that no value can start a header of its own.
[[nodiscard]] std::string response_head(const Response& response, bool keep_alive, std::int64_t wall_ms);

}  // namespace nc::net
