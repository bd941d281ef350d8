#include "face/web/guard.h"

#include <algorithm>

namespace nc::web {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::string host_text(std::string_view address, std::uint16_t port, bool tls) {
  const bool v6 = address.find(':') != std::string_view::npos && !address.starts_with('[');
  const auto host = v6 ? "[" + lower(address) + "]" : lower(address);
  return port == (tls ? 443 : 80) ? host : host + ":" + std::to_string(port);
}

std::set<std::string, std::less<>> hosts_of_listener(std::string_view listen, bool tls) {
  const auto colon = listen.rfind(':');
  const auto port_text = colon == std::string_view::npos ? std::string_view() : listen.substr(colon + 1);
  const bool numeric =
      !port_text.empty() && port_text.size() <= 5 && std::ranges::all_of(port_text, [](char c) { return c >= '0' && c <= '9'; });
  std::uint32_t port = numeric ? 0 : (tls ? 443 : 80);
  if (numeric)
    for (const char c : port_text) port = port * 10 + static_cast<std::uint32_t>(c - '0');
  const auto address = numeric ? listen.substr(0, colon) : listen;
  std::set<std::string, std::less<>> out;
  for (const std::string_view host : {address, std::string_view("localhost"), std::string_view("127.0.0.1"), std::string_view("::1")})
    out.insert(host_text(host, static_cast<std::uint16_t>(port), tls));
  return out;
}

Origin origin_of(const net::Request& request) {
  const auto site = request.header("Sec-Fetch-Site");
  const auto origin = request.header("Origin");
  if (!site.empty() && site != "same-origin" && site != "none") return Origin::kForeign;
  const auto ours = (request.tls ? "https://" : "http://") + lower(request.header("Host"));
  if (!origin.empty() && lower(origin) != ours) return Origin::kForeign;
  return site.empty() && origin.empty() ? Origin::kUnknown : Origin::kOurs;
}

std::optional<std::string> own_target(std::string_view text) {
  net::Request request;
  if (text.starts_with("//") || text.size() > 4096 || !net::set_target(request, text)) return std::nullopt;
  return request.target();
}

}  // namespace nc::web
