// Router: from method and path to a handler.
//
// Owns its handlers. Routes are added before serving starts; afterwards route() is const and may
// be called from any thread. A literal segment wins over a parameter; the order of adding does
// not matter. HEAD is answered by the GET handler (the server leaves the body out).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/net/message.h"

namespace nc::net {

// The values of the {names} of a pattern, decoded.
using Params = Fields;

class Router {
 public:
  using Handler = std::function<Response(const Request&, const Params&)>;
  // Answers for what no route does: 404, and 405 with Allow already set.
  using Fallback = std::function<Response(const Request&, int status)>;

  // `pattern` like "/records/{id}"; a last segment "{path...}" takes the rest of the path.
  // Precondition: the same method and pattern were not added before.
  void add(std::string_view method, std::string_view pattern, Handler handler);
  void set_fallback(Fallback fallback) { fallback_ = std::move(fallback); }

  [[nodiscard]] Response route(const Request& request) const;
  // Method and pattern of every route, for tests that must miss none.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> routes() const;

 private:
  struct Segment {
    std::string text;
    enum Kind { kLiteral, kParam, kRest } kind = kLiteral;
    bool operator==(const Segment&) const = default;
  };
  struct Route {
    std::vector<Segment> pattern;
    std::vector<std::pair<std::string, Handler>> by_method;
  };
  static std::vector<Segment> parse(std::string_view pattern);
  static bool match(const Route& route, const std::vector<std::string_view>& path, Params& params);
  static bool more_literal(const Route& a, const Route& b);
  [[nodiscard]] Response refuse(const Request& request, int status) const;

  std::vector<Route> routes_;  // most literal first, so the first match is the right one
  Fallback fallback_;
};

}  // namespace nc::net
