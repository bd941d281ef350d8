#include "foundation/net/message.h"

#include <algorithm>
#include <ctime>

#include "base/check.h"
#include "base/text.h"
#include "base/url_text.h"
#include "foundation/net/multipart.h"

namespace nc::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  return text;
}

std::string http_date(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[64];
  const auto n = std::strftime(out, sizeof out, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(out, n);
}

Response make(std::string body, std::string type, int status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers.set("Content-Type", std::move(type));
  return response;
}

Error bad_address() {
  return Error(ErrorCode::kInvalid, NC_MSG("The address of the page is malformed")).then(NC_MSG("Go to the start page"));
}

constexpr std::size_t kNameShownMax = 64;

bool is_clean_path(std::string_view path) {
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\') return false;
  std::size_t start = 1;
  while (start <= path.size()) {
    const auto end = std::min(path.find('/', start), path.size());
    const auto segment = path.substr(start, end - start);
    if (segment == "." || segment == "..") return false;
    start = end + 1;
  }
  return true;
}

bool has_encoded_slash(std::string_view raw) {
  for (std::size_t i = 0; i + 2 < raw.size(); ++i)
    if (raw[i] == '%' && raw[i + 1] == '2' && lower(raw[i + 2]) == 'f') return true;
  return false;
}

}  // namespace

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(pairs_, [&](const Pair& pair) { return same_name(pair.first, name); });
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(pairs_, [&](const Pair& pair) { return same_name(pair.first, name); }));
}

std::string_view Headers::get(std::string_view name) const {
  const auto at = std::ranges::find_if(pairs_, [&](const Pair& pair) { return same_name(pair.first, name); });
  return at == pairs_.end() ? std::string_view() : std::string_view(at->second);
}

Result<Fields> Request::form() const {
  if (sink) return sink->form();
  const auto type = header("Content-Type");
  if (const auto boundary = multipart_boundary(type); !boundary.empty()) {
    MultipartReader reader(boundary, nullptr);
    NC_TRY(reader.feed(body));
    NC_TRY(reader.finish());
    return reader.fields();
  }
  if (!same_name(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded"))
    return fail(Error(ErrorCode::kUnsupported, NC_MSG("The request is not a form")).then(NC_MSG("Load the page again and repeat")));
  return parse_form(body, kFormFieldsMax, Unreadable::kReplaced);
}

std::string Request::target() const {
  std::string out;
  for (const char& c : path) out += c == '/' ? std::string(1, c) : url_encode({&c, 1});
  return with_query(out, query);
}

Status read_target(Request& request, std::string_view target) {
  if (!target.starts_with('/')) return fail(bad_address());
  const auto mark = target.find('?');
  const auto raw_path = target.substr(0, mark);
  auto path = url_decode(raw_path, false);
  if (!path || !is_utf8(*path) || has_encoded_slash(raw_path) || !is_clean_path(*path)) return fail(bad_address());
  request.path = to_nfc(*path);
  request.query = {};
  request.query_error.reset();
  if (mark == std::string_view::npos) return {};
  auto query = parse_form(target.substr(mark + 1));
  if (query) request.query = std::move(*query);
  else if (query.error().code == ErrorCode::kLimit)
    request.query_error = Error(ErrorCode::kLimit, NC_MSG("The address has more than {1} parameters"), {std::to_string(kFormFieldsMax)})
                              .then(NC_MSG("Leave some of them out"));
  else {
    request.query_error = query.error();
    request.query_error->where = shorten(request.query_error->where, kNameShownMax);
  }
  return {};
}

Status set_target(Request& request, std::string_view target) {
  Request read;
  NC_TRY(read_target(read, target));
  if (read.query_error) return fail(std::move(*read.query_error));
  request.path = std::move(read.path);
  request.query = std::move(read.query);
  return {};
}

Response Response::html(std::string body, int status) { return make(std::move(body), "text/html; charset=utf-8", status); }
Response Response::text(std::string body, int status) { return make(std::move(body), "text/plain; charset=utf-8", status); }
Response Response::json(std::string body, int status) { return make(std::move(body), "application/json", status); }
Response Response::bytes(std::string body, std::string content_type) { return make(std::move(body), std::move(content_type), 200); }

Response Response::redirect(std::string location) {
  Response response;
  response.status = 303;
  response.headers.set("Location", std::move(location));
  return response;
}

Response Response::not_found() { return text("404 Not Found\n", 404); }

std::string set_cookie(std::string_view name, std::string_view value, const CookieOptions& options) {
  NC_CHECK(url_encode(name) == name && url_encode(value) == value && !name.empty());
  std::string out = std::string(name) + '=' + std::string(value) + "; Path=/; HttpOnly";
  if (options.secure) out += "; Secure";
  out += options.lax ? "; SameSite=Lax" : "; SameSite=Strict";
  if (options.max_age_s >= 0) out += "; Max-Age=" + std::to_string(options.max_age_s);
  return out;
}

std::string_view status_text(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 412: return "Precondition Failed";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

std::string response_head(const Response& response, bool keep_alive, std::int64_t wall_ms) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(status_text(response.status)) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (same_name(name, "Content-Length") || same_name(name, "Connection") || same_name(name, "Transfer-Encoding")) continue;
    out += one_line(name) + ": " + one_line(value) + "\r\n";
  }
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless)
    out +=
        "Content-Length: " + std::to_string(response.source ? response.source->size() : static_cast<std::int64_t>(response.body.size())) +
        "\r\n";
  out += "Date: " + http_date(wall_ms) + "\r\n";
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out;
}

}  // namespace nc::net
