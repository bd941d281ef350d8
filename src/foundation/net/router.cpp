#include "foundation/net/router.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/text.h"

namespace nc::net {
namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  std::size_t start = 1;
  while (start <= path.size()) {
    const auto end = std::min(path.find('/', start), path.size());
    parts.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace

std::vector<Router::Segment> Router::parse(std::string_view pattern) {
  NC_CHECK(pattern.starts_with('/'));
  std::vector<Segment> segments;
  for (const auto part : split_path(pattern)) {
    NC_CHECK(segments.empty() || segments.back().kind != Segment::kRest);
    if (!part.starts_with('{')) {
      segments.push_back({std::string(part), Segment::kLiteral});
      continue;
    }
    NC_CHECK(part.size() > 2 && part.ends_with('}'));
    const auto name = part.substr(1, part.size() - 2);
    if (name.ends_with("...")) segments.push_back({std::string(name.substr(0, name.size() - 3)), Segment::kRest});
    else segments.push_back({std::string(name), Segment::kParam});
  }
  return segments;
}

bool Router::more_literal(const Route& a, const Route& b) {
  return std::ranges::lexicographical_compare(a.pattern, b.pattern, {}, &Segment::kind, &Segment::kind);
}

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  auto segments = parse(pattern);
  auto at = std::ranges::find_if(routes_, [&](const Route& route) { return route.pattern == segments; });
  if (at == routes_.end()) {
    Route route{std::move(segments), {}};
    at = routes_.insert(std::ranges::upper_bound(routes_, route, more_literal), std::move(route));
  }
  NC_CHECK(std::ranges::none_of(at->by_method, [&](const auto& entry) { return entry.first == method; }));
  at->by_method.emplace_back(std::string(method), std::move(handler));
}

std::vector<std::pair<std::string, std::string>> Router::routes() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& route : routes_) {
    std::string pattern;
    for (const auto& segment : route.pattern)
      pattern += "/" + (segment.kind == Segment::kLiteral ? segment.text
                        : segment.kind == Segment::kRest  ? "{" + segment.text + "...}"
                                                          : "{" + segment.text + "}");
    for (const auto& [method, handler] : route.by_method) out.emplace_back(method, pattern);
  }
  return out;
}

bool Router::match(const Route& route, const std::vector<std::string_view>& path, Params& params) {
  for (std::size_t i = 0; i < route.pattern.size(); ++i) {
    const auto& segment = route.pattern[i];
    if (i >= path.size()) return false;
    if (segment.kind == Segment::kRest) {
      std::string rest(path[i]);
      for (std::size_t k = i + 1; k < path.size(); ++k) rest += '/' + std::string(path[k]);
      params.add(segment.text, std::move(rest));
      return true;
    }
    if (segment.kind == Segment::kLiteral && path[i] != segment.text) return false;
    if (segment.kind == Segment::kParam) {
      if (path[i].empty()) return false;
      params.add(segment.text, std::string(path[i]));
    }
  }
  return path.size() == route.pattern.size();
}

Response Router::refuse(const Request& request, int status) const {
  if (fallback_) return fallback_(request, status);
  return Response::text(std::to_string(status) + ' ' + std::string(status_text(status)) + '\n', status);
}

Response Router::route(const Request& request) const {
  const auto path = split_path(request.path);
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::set<std::string> allowed;  // several patterns may fit one path
  for (const auto& route : routes_) {
    Params params;
    if (!match(route, path, params)) continue;
    for (const auto& [name, handler] : route.by_method) {
      if (name == method) return handler(request, params);
      allowed.insert(name);
      if (name == "GET") allowed.insert("HEAD");
    }
  }
  if (allowed.empty()) return refuse(request, 404);
  auto response = refuse(request, 405);
  response.headers.set("Allow", nc::join({allowed.begin(), allowed.end()}, ", "));
  return response;
}

}  // namespace nc::net
