#include "foundation/net/exchange_head.h"

#include <algorithm>
#include <charconv>

namespace nc::net {
namespace {

constexpr std::size_t kProgramBytesMax = 40, kPathBytesMax = 64;
constexpr std::size_t kFrameBytesMin = 1024, kFrameBytesMost = 16 * 1024;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t out = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (ec != std::errc() || end != text.data() + text.size() || text.size() > 9) return std::nullopt;
  return out;
}

struct Lines {
  int wrong = 0;
  bool has_length = false;
};

// The lines after the first.
Lines read_lines(std::string_view rest, ExchangeHead& into) {
  Lines out;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) return {400, false};
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.empty()) return rest.empty() ? out : Lines{400, false};
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || !printable(line) || line[colon - 1] == ' ' || line[0] == ' ') return {400, false};
    const auto name = line.substr(0, colon);
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (same_name(name, "Transfer-Encoding")) return {411, false};
    if (same_name(name, "Content-Length")) {
      const auto length = number(value);
      if (!length || out.has_length) return {400, false};
      out.has_length = true;
      into.length = *length;
    } else if (same_name(name, "Nhipcau")) {
      into.program = value.substr(0, kProgramBytesMax);
      while (into.program.ends_with(' ')) into.program.pop_back();
    } else if (same_name(name, "Frame")) {
      const auto frame = number(value);
      if (!frame) return {400, false};
      into.frame = std::clamp(*frame, kFrameBytesMin, kFrameBytesMost);
    }
  }
  return {400, false};
}

std::string lines(const ExchangeHead& head) {
  std::string out;
  if (!head.program.empty()) out += "Nhipcau: " + head.program.substr(0, kProgramBytesMax) + "\r\n";
  if (head.frame > 0) out += "Frame: " + std::to_string(head.frame) + "\r\n";
  return out + "Content-Length:" + std::to_string(head.length) + "\r\n\r\n";
}

}  // namespace

std::optional<std::size_t> head_size(std::string_view bytes) {
  const auto end = bytes.substr(0, kHeadBytesMax).find("\r\n\r\n");
  return end == std::string_view::npos ? std::nullopt : std::optional(end + 4);
}

int read_request_head(std::string_view head, std::size_t body_max, ExchangeHead& into) {
  into = {};
  const auto end = head.find("\r\n");
  if (end == std::string_view::npos) return 400;
  const auto first = head.substr(0, end);
  const auto space = first.find(' '), second = first.rfind(' ');
  if (space == std::string_view::npos || second == space || !printable(first)) return 400;
  const auto path = first.substr(space + 1, second - space - 1), version = first.substr(second + 1);
  if (!version.starts_with("HTTP/1.") || version.size() != 8 || path.empty() || path[0] != '/' ||
      path.find(' ') != std::string_view::npos || path.size() > kPathBytesMax)
    return 400;
  into.path = path;
  const auto lines = read_lines(head.substr(end + 2), into);
  if (lines.wrong != 0) return lines.wrong;
  if (first.substr(0, space) != "POST") return 405;
  if (!lines.has_length) return 411;
  return into.length > body_max ? 413 : 0;
}

Result<ExchangeHead> read_answer_head(std::string_view head, std::size_t body_max) {
  ExchangeHead out;
  const Error wrong = Error(ErrorCode::kInvalid, NC_MSG("What answers there is no node of nhipcau"));
  const auto end = head.find("\r\n");
  const auto first = head.substr(0, end);
  if (end == std::string_view::npos || !first.starts_with("HTTP/1.") || first.size() < 12 || first[8] != ' ') return fail(wrong);
  const auto status = number(first.substr(9, 3));
  if (!status || *status < 200 || *status > 599 || (first.size() > 12 && first[12] != ' ')) return fail(wrong);
  out.status = static_cast<int>(*status);
  const auto lines = read_lines(head.substr(end + 2), out);
  if (lines.wrong != 0 || !lines.has_length) return fail(wrong);
  if (out.length > body_max)
    return fail(ErrorCode::kLimit, NC_MSG("The answer has {1} bytes, more than a node may send"), {std::to_string(out.length)});
  return out;
}

std::string request_head(const ExchangeHead& head) { return "POST " + head.path + " HTTP/1.1\r\nHost:n\r\n" + lines(head); }
std::string answer_head(const ExchangeHead& head) { return "HTTP/1.1 " + std::to_string(head.status) + " \r\n" + lines(head); }

}  // namespace nc::net
