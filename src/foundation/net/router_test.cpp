#include "foundation/net/router.h"

#include <gtest/gtest.h>

namespace nc::net {
namespace {

Request get(std::string path, std::string method = "GET") {
  Request request;
  request.path = std::move(path);
  request.method = std::move(method);
  return request;
}

Router sample() {
  Router router;
  const auto say = [](std::string what) {
    return [what](const Request&, const Params& params) { return Response::text(what + ' ' + form_text(params)); };
  };
  router.add("GET", "/records/{id}", say("show"));
  router.add("GET", "/records/new", say("new"));
  router.add("POST", "/records/{id}", say("save"));
  router.add("GET", "/records/{id}/history/{seq}", say("history"));
  router.add("GET", "/assets/{path...}", say("asset"));
  router.add("GET", "/", say("start"));
  return router;
}

TEST(Router, FindsTheMostLiteralRoute) {
  const auto router = sample();
  EXPECT_EQ(router.route(get("/")).body, "start ");
  EXPECT_EQ(router.route(get("/records/7")).body, "show id=7");
  EXPECT_EQ(router.route(get("/records/new")).body, "new ");
  EXPECT_EQ(router.route(get("/records/7", "POST")).body, "save id=7");
  EXPECT_EQ(router.route(get("/records/a b/history/2")).body, "history id=a%20b&seq=2");
  EXPECT_EQ(router.route(get("/assets/fonts/x.woff2")).body, "asset path=fonts%2Fx.woff2");
  EXPECT_EQ(router.route(get("/records/7", "HEAD")).body, "show id=7");
}

TEST(Router, NotFoundAndNotAllowed) {
  auto router = sample();
  for (const auto* path : {"/x", "/records", "/records/", "/records/7/", "/records/7/history", "//"})
    EXPECT_EQ(router.route(get(path)).status, 404) << path;
  const auto refused = router.route(get("/records/7", "DELETE"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(router.route(get("/records/new", "DELETE")).headers.get("Allow"), "GET, HEAD, POST");  // two patterns fit
  router.set_fallback([](const Request&, int status) { return Response::html("page", status); });
  EXPECT_EQ(router.route(get("/x")).body, "page");
  EXPECT_TRUE(router.route(get("/records/7", "PUT")).headers.has("Allow"));
}

TEST(Router, LiteralOfOneMethodDoesNotHideParameterOfAnother) {
  const auto router = sample();
  EXPECT_EQ(router.route(get("/records/new", "POST")).body, "save id=new");
}

}  // namespace
}  // namespace nc::net
