// The interface for programs, asked by function calls: docs/formats/api.md.
#include <gtest/gtest.h>

#include <set>

#include "base/files.h"
#include "face/web/api/api.h"
#include "face/web/api/negotiate.h"
#include "face/web/api/refusal.h"
#include "face/web/small_site_test.h"

namespace nc::web {
namespace {

using test::json_of;
using test::Program;

constexpr std::int64_t kDay = 24 * 3'600'000;

class ApiTest : public testing::Test {
 protected:
  Json talks(const std::string& place = "Cửa khẩu A") {
    Json values;
    values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", world_.post().hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
    values.set("place", Json(JsonObject{{"text", Json(place)}}));
    values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(world_.counterpart().hex())}})});
    values.set("persons", Json(JsonObject{{"own", Json(6)}, {"counterpart", Json(5)}}));
    return values;
  }
  Json new_talks(const std::string& place = "Cửa khẩu A") {
    return Json()
        .set("type", "talks")
        .set("values", talks(place))
        .set("confirmed", Json(JsonObject{{"likely_duplicate", Json("cuộc khác")}}));
  }
  Json create(const std::string& place = "Cửa khẩu A") {
    const auto response = officer_.send("POST", "/records", new_talks(place));
    EXPECT_EQ(response.status, 201) << response.body;
    return json_of(response);
  }
  static void expect_problem(const net::Response& response, int status, const std::string& type, const std::string& where = {}) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    const auto body = json_of(response);
    EXPECT_EQ(body.text("type"), "/api#" + type) << response.body;
    EXPECT_EQ(body.integer("status"), status);
    EXPECT_FALSE(body.text("title").empty());
    EXPECT_FALSE(body.text("next").empty());
    EXPECT_TRUE(where.empty() || body.text("where") == where) << response.body;
  }
  static net::Headers header(const std::string& name, const std::string& value) {
    net::Headers out;
    out.add(name, value);
    return out;
  }

  test::SmallSite world_;
  Program officer_{world_, world_.token("officer")}, stranger_{world_, world_.token("stranger")}, nobody_{world_, ""};
};

// As it comes over the wire: what cannot be read is named, and two faults are two errors.
TEST_F(ApiTest, AQueryThatCannotBeReadIsAProblemThatNamesTheParameter) {
  std::set<std::string> said;
  const auto detail = [&](const std::string& query, const std::string& where) {
    const auto response = officer_.get("/records?" + query);
    expect_problem(response, 400, "bad-request", where);
    said.insert(json_of(response).text("detail"));
  };
  detail("q=a%00b", "q");
  detail("type=talks&own=%ff", "own");
  detail("q=%zz", "q");
  std::string many = "q=1";
  for (int i = 0; i < 1500; ++i) many += "&p" + std::to_string(i) + "=1";
  detail(many, "");
  EXPECT_EQ(said.size(), 4U);
  expect_problem(nobody_.get("/records?%ff=1"), 400, "bad-request");
}

TEST_F(ApiTest, ARecordIsMadeReadListedAmendedAndVoided) {
  const auto response = officer_.send("POST", "/records", new_talks());
  ASSERT_EQ(response.status, 201) << response.body;
  const auto made = json_of(response);
  const auto path = "/records/" + made.text("id");
  EXPECT_EQ(response.headers.get("Location"), "/api/v1" + path);
  EXPECT_EQ(made.text("type"), "talks");
  EXPECT_EQ(made["values"]["place"].text("text"), "Cửa khẩu A");
  const auto read = officer_.get(path);
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body, response.body);
  EXPECT_EQ(read.headers.get("ETag"), response.headers.get("ETag"));
  EXPECT_EQ(json_of(officer_.get("/records?type=talks")).integer("total"), 1);
  EXPECT_EQ(json_of(officer_.get("/search?q=cua%20khau")).integer("total"), 1);

  const auto amended =
      officer_.send("PATCH", path, Json().set("seen", made["seen"]).set("values", Json(JsonObject{{"level", Json("province")}})));
  ASSERT_EQ(amended.status, 200) << amended.body;
  EXPECT_EQ(json_of(amended)["values"].text("level"), "province");
  EXPECT_NE(amended.headers.get("ETag"), read.headers.get("ETag"));

  const auto gone =
      officer_.send("POST", path + "/steps", Json().set("act", "void").set("reason", "trùng").set("seen", json_of(amended)["seen"]));
  ASSERT_EQ(gone.status, 200) << gone.body;
  EXPECT_TRUE(json_of(gone).boolean("void"));
  EXPECT_EQ(json_of(officer_.get("/records?type=talks")).integer("total"), 0);
  EXPECT_EQ(json_of(officer_.get("/records?type=talks&void=true")).integer("total"), 1);
  const auto history = json_of(officer_.get(path + "/history"));
  ASSERT_EQ(history["items"].as_array().size(), 3U);
  EXPECT_EQ(history["items"].as_array()[0].text("act"), "void");
  EXPECT_EQ(history["items"].as_array()[0].text("reason"), "trùng");
  EXPECT_EQ(history["items"].as_array()[1]["before"].text("level"), "post");
  EXPECT_EQ(history["items"].as_array()[1]["after"].text("level"), "province");
}

TEST_F(ApiTest, TheHandlingOfARecordIsRaised) {
  world_.add_account("staff", "provincial_staff", world_.post());
  world_.add_account("open", "post_officer", world_.post(), "open");
  Program staff(world_, world_.token("staff")), below(world_, world_.token("open"));
  const Json values(JsonObject{{"title", Json("Báo cáo mở")}});
  const auto made = json_of(staff.send("POST", "/records", Json().set("type", "source").set("values", values)));
  const auto path = "/records/" + made.text("id");
  ASSERT_EQ(json_of(below.get(path))["values"].text("title"), "Báo cáo mở");
  const auto ask = [&](const std::string& to) { return Json().set("handling", to).set("reason", "lộ").set("seen", made["seen"]); };
  expect_problem(officer_.send("POST", path + "/handling", ask("internal")), 403, "denied");
  expect_problem(staff.send("POST", path + "/handling", ask("open")), 400, "bad-request", "handling");
  const auto raised = staff.send("POST", path + "/handling", ask("internal"));
  ASSERT_EQ(raised.status, 200) << raised.body;
  EXPECT_EQ(json_of(raised).text("handling"), "internal");
  EXPECT_EQ(below.get(path).body.find("Báo cáo mở"), std::string::npos);
  EXPECT_EQ(json_of(officer_.get(path))["values"].text("title"), "Báo cáo mở");
}

TEST_F(ApiTest, WithoutAGoodTokenNothingIsSaid) {
  const auto path = "/records/" + create().text("id");
  for (const auto* secret : {"", "nct_00", "x"}) {
    Program program(world_, secret);
    for (const auto* target : {"/records", "/me", "/figures", "/tasks", "/units", "/catalogue", "/openapi.json"})
      expect_problem(program.get(target), 401, "no-token");
    expect_problem(program.get(path), 401, "no-token");
    expect_problem(program.send("POST", "/records", new_talks()), 401, "no-token");
  }
  EXPECT_EQ(nobody_.get("/me").headers.get("WWW-Authenticate"), "Bearer realm=\"nhipcau\"");
  // The session of a browser opens nothing here: a form of another site could use it.
  test::Browser browser(world_);
  browser.log_in("officer");
  EXPECT_EQ(browser.get("/api/v1/me").status, 401);
  EXPECT_EQ(browser.get("/api/v1/openapi.json").status, 200) << "what there is to ask is no secret to whoever is signed in";
}

TEST_F(ApiTest, ATokenThatHasEndedOrWhoseAccountIsClosedOpensNothing) {
  Program brief(world_, world_.token("officer", [&](auto& terms) { terms.until_ms = world_.clock.now_ms + kDay; }));
  EXPECT_EQ(brief.get("/me").status, 200);
  world_.clock.now_ms += kDay;
  expect_problem(brief.get("/me"), 401, "no-token");
  EXPECT_EQ(officer_.get("/me").status, 200);
  const auto person = test::must(world_.ledger().subject("officer")).person;
  ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {person, {}, Json(JsonObject{{"disabled", Json(true)}}), {}}));
  expect_problem(officer_.get("/me"), 401, "no-token");
}

// Closed and opened again, by whomever and wherever, with no question between: what was given before is over, and what is
// given afterwards is good.
TEST_F(ApiTest, ATokenOfBeforeAClosingIsDeadThoughNothingWasAskedMeanwhile) {
  test::Browser browser(world_);
  browser.log_in("officer");
  ASSERT_EQ(browser.get("/activities").status, 200);
  Program unused(world_, world_.token("officer"));
  EXPECT_EQ(officer_.get("/me").status, 200);
  const auto person = test::must(world_.ledger().subject("officer")).person;
  for (const bool closed : {true, false})
    ASSERT_TRUE(world_.ledger().amend(world_.ledger().console(), {person, {}, Json(JsonObject{{"disabled", Json(closed)}}), {}}));
  ASSERT_TRUE(world_.ledger().subject("officer"));
  for (auto* program : {&unused, &officer_}) expect_problem(program->get("/me"), 401, "no-token");
  EXPECT_EQ(browser.get("/activities").status, 303) << "sessions likewise";
  EXPECT_TRUE(test::must(world_.credentials().tokens_of(person)).empty());
  browser.log_in("officer");
  Program fresh(world_, world_.token("officer"));
  EXPECT_EQ(fresh.get("/me").status, 200);
  EXPECT_EQ(browser.get("/activities").status, 200);
  EXPECT_EQ(fresh.get("/me").status, 200);
}

TEST_F(ApiTest, ATokenForReadingOrOfFewerRightsDoesLess) {
  const auto record = create();
  const auto path = "/records/" + record.text("id");
  Program reader(world_, world_.token("officer", [](auto& terms) { terms.reads_only = true; }));
  EXPECT_EQ(reader.get(path).status, 200);
  expect_problem(reader.send("POST", "/records", new_talks("B")), 403, "denied");
  expect_problem(
      reader.send("PATCH", path, Json().set("seen", record["seen"]).set("values", Json(JsonObject{{"level", Json("province")}}))), 403,
      "denied");
  expect_problem(reader.send("POST", path + "/steps", Json().set("act", "void").set("reason", "x").set("seen", record["seen"])), 403,
                 "denied");
  Program open(world_, world_.token("officer", [](auto& terms) { terms.ceiling = access::Handling::kOpen; }));
  expect_problem(open.get(path), 404, "not-found");
  Program none(world_, world_.token("officer", [](auto& terms) { terms.grants = {"no grant"}; }));
  expect_problem(none.get(path), 404, "not-found");
  EXPECT_EQ(json_of(none.get("/records")).integer("total"), 0);
}

TEST_F(ApiTest, WhatIsAPersonsIsNoTokens) {
  const auto record = create();
  const auto path = "/records/" + record.text("id");
  const auto submitted = officer_.send("POST", path + "/steps", Json().set("act", "submit").set("seen", record["seen"]));
  ASSERT_EQ(submitted.status, 200) << submitted.body;
  const auto approved = officer_.send("POST", path + "/steps", Json().set("act", "approve").set("seen", json_of(submitted)["seen"]));
  expect_problem(approved, 403, "denied");
  EXPECT_NE(json_of(approved).text("detail").find("token"), std::string::npos) << approved.body;
  expect_problem(Program(world_, world_.token("admin")).get(path), 404, "not-found");
}

TEST_F(ApiTest, HiddenAnswersLikeAbsent) {
  const auto path = "/records/" + create().text("id");
  const auto absent = "/records/" + make_uuid7(1, system_rng()).hex();
  for (const std::string more : {"", "/history"}) {
    EXPECT_EQ(stranger_.get(path + more).body, stranger_.get(absent + more).body);
    expect_problem(stranger_.get(path + more), 404, "not-found");
  }
  const Json change = Json().set("seen", JsonArray{}).set("values", Json(JsonObject{{"level", Json("province")}}));
  EXPECT_EQ(stranger_.send("PATCH", path, change).body, stranger_.send("PATCH", absent, change).body);
  EXPECT_EQ(json_of(stranger_.get("/records?type=talks")).integer("total"), 0);
  expect_problem(officer_.get("/records/zz"), 404, "not-found");
}

TEST_F(ApiTest, TheSameKeyMakesOneRecord) {
  const auto key = header("Idempotency-Key", "2026-11-phieu-7");
  const auto first = officer_.send("POST", "/records", new_talks(), key);
  ASSERT_EQ(first.status, 201) << first.body;
  const auto again = officer_.send("POST", "/records", new_talks(), key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  expect_problem(officer_.send("POST", "/records", new_talks("Nơi khác"), key), 409, "conflict");
  EXPECT_EQ(json_of(officer_.get("/records?type=talks")).integer("total"), 1);
  const auto other = stranger_.send("POST", "/records", new_talks(), key);
  EXPECT_NE(other.status, 200) << "another person's key is another key";
  expect_problem(officer_.send("POST", "/records", new_talks(), header("Idempotency-Key", "a b")), 400, "bad-request", "Idempotency-Key");
}

TEST_F(ApiTest, TwoWhoChangeTheSameFieldAreShownBothValues) {
  const auto record = create();
  const auto path = "/records/" + record.text("id");
  const auto change = [&](const char* field, Json value) {
    return Json().set("seen", record["seen"]).set("values", Json(JsonObject{{field, std::move(value)}}));
  };
  ASSERT_EQ(officer_.send("PATCH", path, change("level", "province")).status, 200);
  const auto clash = officer_.send("PATCH", path, change("level", "district"));
  expect_problem(clash, 409, "conflict");
  const auto both = json_of(clash)["conflicts"];
  ASSERT_EQ(both.as_array().size(), 1U) << clash.body;
  EXPECT_EQ(both.as_array()[0].text("field"), "level");
  EXPECT_EQ(both.as_array()[0].text("now"), "province");
  EXPECT_EQ(both.as_array()[0].text("yours"), "district");
  // Of another field, and the same again: both are kept, nothing is asked.
  EXPECT_EQ(officer_.send("PATCH", path, change("level", "province")).status, 200);
  EXPECT_EQ(officer_.send("PATCH", path, change("place", Json(JsonObject{{"text", Json("Cửa khẩu B")}}))).status, 200);
  const auto decided = officer_.send("PATCH", path, change("level", "district").set("seen", json_of(officer_.get(path))["seen"]));
  ASSERT_EQ(decided.status, 200) << decided.body;
  EXPECT_EQ(json_of(decided)["values"]["place"].text("text"), "Cửa khẩu B");
}

TEST_F(ApiTest, AChangeSaysWhatItWasMadeFrom) {
  const auto record = create();
  const auto path = "/records/" + record.text("id");
  const auto etag = std::string(officer_.get(path).headers.get("ETag"));
  const Json change = Json().set("values", Json(JsonObject{{"level", Json("province")}}));
  expect_problem(officer_.send("PATCH", path, change), 428, "precondition-required", "seen");
  expect_problem(officer_.send("PATCH", path, Json(change).set("seen", JsonArray{})), 428, "precondition-required", "seen");
  expect_problem(officer_.send("PATCH", path, Json(change).set("seen", "x")), 400, "bad-request", "seen");
  EXPECT_EQ(officer_.send("PATCH", path, change, header("If-Match", etag)).status, 200);
  expect_problem(officer_.send("PATCH", path, change, header("If-Match", etag)), 412, "precondition-failed");
  EXPECT_EQ(officer_.get(path, header("If-None-Match", etag)).status, 200);
  const auto now = std::string(officer_.get(path).headers.get("ETag"));
  const auto same = officer_.get(path, header("If-None-Match", "\"x\", W/" + now));
  EXPECT_EQ(same.status, 304);
  EXPECT_TRUE(same.body.empty());
  EXPECT_EQ(same.headers.get("ETag"), now);
}

TEST_F(ApiTest, QuestionsAreAskedAsInTheForm) {
  auto odd = new_talks();
  odd.set("confirmed", Json(JsonObject{}));
  Json values = talks();
  values.erase("when");  // held, and nobody says when
  odd.set("values", values);
  const auto asked = officer_.send("POST", "/records", odd);
  expect_problem(asked, 422, "question");
  const auto questions = json_of(asked)["questions"];
  ASSERT_FALSE(questions.as_array().empty()) << asked.body;
  Json confirmed{JsonObject{}};
  for (const auto& question : questions.as_array()) confirmed.set(question.text("id"), "đã kiểm tra biên bản");
  const auto saved = officer_.send("POST", "/records", odd.set("confirmed", confirmed));
  EXPECT_EQ(saved.status, 201) << saved.body;
}

TEST_F(ApiTest, TheSameEventAgainIsAskedAbout) {
  const auto saved = create();
  const auto twin = officer_.send("POST", "/records", Json().set("type", "talks").set("values", talks()));
  expect_problem(twin, 422, "question");
  EXPECT_EQ(json_of(twin)["questions"].as_array()[0].text("id"), "likely_duplicate");
  EXPECT_EQ(json_of(twin)["questions"].as_array()[0]["records"].as_array()[0], saved["id"]);
}

TEST_F(ApiTest, WhatIsWrongIsNamedWithTheNearest) {
  expect_problem(officer_.get("/records?tpye=talks"), 400, "bad-request", "tpye");
  EXPECT_NE(officer_.get("/records?tpye=talks").body.find("type"), std::string::npos);
  EXPECT_NE(json_of(officer_.get("/records?type=talk")).text("next").find("talks"), std::string::npos);
  expect_problem(officer_.get("/records?type=talk"), 400, "bad-request", "type");
  expect_problem(officer_.get("/records?limit=501"), 400, "bad-request", "limit");
  expect_problem(officer_.get("/records?limit=-1"), 400, "bad-request", "limit");
  expect_problem(officer_.get("/records?from=2024-13"), 400, "bad-request", "from");
  expect_problem(officer_.get("/records?from=2024&until=2023"), 400, "bad-request", "until");
  expect_problem(officer_.get("/records?sort=best"), 400, "bad-request", "sort");
  expect_problem(officer_.get("/records?q=a&q=b"), 400, "bad-request", "q");
  expect_problem(officer_.get("/records?after=zz"), 400, "bad-request", "after");
  expect_problem(officer_.get("/records?linked_to=1"), 400, "bad-request", "linked_to");
  expect_problem(officer_.get("/records?own=vn-post"), 400, "bad-request", "own");
  expect_problem(officer_.get("/me?a=1"), 400, "bad-request", "a");
  expect_problem(officer_.get("/search"), 400, "bad-request", "q");
  expect_problem(officer_.get("/figures?unit=nowhere"), 400, "bad-request", "unit");
  expect_problem(officer_.get("/units?day=2024"), 400, "bad-request", "day");
  expect_problem(officer_.get("/units?under=vn"), 400, "bad-request", "under");
  expect_problem(officer_.get("/catalogue/talk"), 404, "not-found");
  expect_problem(officer_.get("/nothing"), 404, "not-found");
  expect_problem(officer_.send("DELETE", "/records", {}), 405, "method");
  EXPECT_EQ(officer_.send("DELETE", "/records", {}).headers.get("Allow"), "GET, HEAD, POST");
}

TEST_F(ApiTest, BodiesThatAreNoneAreRefusedByName) {
  const auto send = [&](const std::string& body) { return officer_.send("POST", "/records", Json(body)); };
  expect_problem(send(""), 400, "bad-request");
  expect_problem(send("{"), 400, "bad-request");
  expect_problem(send("[]"), 400, "bad-request");
  expect_problem(send("{\"type\":\"talks\",\"valeus\":{}}"), 400, "bad-request", "valeus");
  expect_problem(send("{\"type\":\"talk\",\"values\":{}}"), 400, "bad-request", "type");
  expect_problem(send("{\"type\":\"talks\",\"values\":[]}"), 400, "bad-request", "values");
  expect_problem(send("{\"type\":\"talks\",\"values\":{},\"confirmed\":{\"a\":1}}"), 400, "bad-request", "confirmed");
  expect_problem(send("{\"type\":\"talks\",\"values\":{},\"handling\":\"secret\"}"), 400, "bad-request", "handling");
  expect_problem(send("{\"type\":\"talks\",\"values\":{\"km\":1.5}}"), 400, "bad-request");
  expect_problem(send(std::string(2 * 1024 * 1024, ' ')), 413, "too-large");
  const auto missing = send("{\"type\":\"talks\",\"values\":{\"level\":\"moon\"}}");
  expect_problem(missing, 422, "invalid");
  EXPECT_FALSE(json_of(missing)["errors"].as_array().empty());
  expect_problem(send("{\"type\":\"talks\",\"values\":{\"no_such_field\":\"x\"}}"), 422, "invalid");
  expect_problem(officer_.send("POST", "/records", new_talks(), header("Content-Type", "text/plain")), 415, "media");
  EXPECT_EQ(json_of(officer_.get("/records?type=talks")).integer("total"), 0) << "nothing of it is saved";
}

TEST_F(ApiTest, AnErrorSaysWhereInTheBodyItIsAndHowAProgramWritesIt) {
  const auto send = [&](const std::string& field, const Json& value) {
    auto body = new_talks();
    auto values = talks("Cửa khẩu A");
    values.set(field, value);
    body.set("values", values);
    return json_of(officer_.send("POST", "/records", body));
  };
  struct Row {
    const char *field, *value, *pointer, *says;
  };
  for (const auto& row : {Row{"when", R"({"from":"6/5/2024"})", "/values/when/from", R"({"day":19849,"precision":"day"})"},
                          Row{"when", R"({"from":"2024-31-12"})", "/values/when/from", R"({"day":19723,"precision":"day"})"},
                          Row{"when", R"("soon")", "/values/when", R"({"from":{"day":19723,"precision":"day"}})"},
                          Row{"place", R"("x")", "/values/place", "text, area"},
                          Row{"counterpart_units", R"("x")", "/values/counterpart_units", R"([{"ref":"..."}])"},
                          Row{"counterpart_units", R"([{"ref":"x"}])", "/values/counterpart_units/0/ref", "32 digits"},
                          Row{"no~such/field", "1", "/values/no~0such~1field", "no field"}}) {
    const auto said = send(row.field, test::must(parse_json(row.value)));
    EXPECT_EQ(said.integer("status"), 422);
    EXPECT_EQ(said.text("pointer"), row.pointer) << canonical(said);
    EXPECT_NE(canonical(said).find(canonical(Json(row.says)).substr(1, std::string_view(row.says).size())), std::string::npos)
        << canonical(said);
    EXPECT_EQ(canonical(said).find("31/12/2024"), std::string::npos) << "that is for the form";
  }
  EXPECT_EQ(json_of(officer_.send("POST", "/records", new_talks().set("handling", "secret"))).text("pointer"), "/handling");
  const auto made = create();
  const auto step =
      json_of(officer_.send("POST", "/records/" + made.text("id") + "/steps", Json().set("act", "fly").set("seen", made["seen"])));
  EXPECT_EQ(step.text("pointer"), "/act");
  const auto figures = json_of(officer_.get("/figures?kind=talks&from=2024-31-12"));
  EXPECT_NE(figures["errors"].as_array().front().text("text").find("Write 2024-05-06"), std::string::npos) << canonical(figures);
  EXPECT_EQ(figures.text("detail"), figures["errors"].as_array().front().text("text"));
}

TEST_F(ApiTest, ABodyThatIsTooLargeIsRefusedInTheWordsOfPrograms) {
  net::Request head;
  head.method = "POST";
  head.path = "/api/v1/records";
  head.headers.set("Accept-Language", "en");
  for (const auto& response : {refusal(*world_.site, head, 413), officer_.send("POST", "/records", Json(std::string(2 << 20, ' ')))}) {
    expect_problem(response, 413, "too-large");
    EXPECT_NE(json_of(response).text("detail").find("1048576"), std::string::npos) << response.body;
    EXPECT_NE(json_of(response).text("next").find("in pieces"), std::string::npos);
    EXPECT_EQ(response.body.find("browser"), std::string::npos);
  }
  head.path = "/records/new";
  EXPECT_NE(refusal(*world_.site, head, 413).body.find("browser"), std::string::npos);
}

TEST_F(ApiTest, TextInEitherNormalFormIsKept) {
  auto body = new_talks();
  Json values = talks(
      "Cu\xCC\x9B\xCC\x89"
      "a kha\xCC\x82\xCC\x89u");  // decomposed
  const auto made = officer_.send("POST", "/records", body.set("values", values));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(json_of(made)["values"]["place"].text("text"), "Cửa khẩu");
}

TEST_F(ApiTest, PagesFollowEachOtherByTheirCursor) {
  for (int i = 0; i < 5; ++i) world_.talks(world_.post(), "Cửa khẩu " + std::to_string(i));
  std::set<std::string> seen;
  std::string target = "/records?type=talks&limit=2";
  for (int page = 0; page < 3; ++page) {
    const auto response = officer_.get(target);
    const auto body = json_of(response);
    for (const auto& item : body["items"].as_array()) EXPECT_TRUE(seen.insert(item.text("id")).second);
    if (body["next"].is_null()) {
      EXPECT_EQ(page, 2);
      EXPECT_FALSE(response.headers.has("Link"));
      break;
    }
    const std::string link(response.headers.get("Link"));
    const auto start = link.find("/api/v1") + 7;
    target = link.substr(start, link.find('>') - start);
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST_F(ApiTest, MessagesAreInTheLanguageAskedFor) {
  const auto english = json_of(nobody_.get("/me"));
  const auto vietnamese = json_of(nobody_.get("/me", header("Accept-Language", "vi-VN, en;q=0.8")));
  EXPECT_NE(english.text("title"), vietnamese.text("title"));
  EXPECT_EQ(english.text("type"), vietnamese.text("type"));
  EXPECT_EQ(nobody_.get("/me", header("Accept-Language", "fr")).headers.get("Content-Language"), "vi");
}

TEST_F(ApiTest, WhoAsksTooOftenWaits) {
  test::SmallSite slow(Site::Options{.tls = false, .listen = "127.0.0.1:8600", .allowed_hosts = {}, .rates = {.per_minute = {3, 2, 1, 2}}});
  Program program(slow, slow.token("officer")), other(slow, slow.token("officer"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(program.get("/me").status, 200);
  const auto refused = program.get("/me");
  expect_problem(refused, 429, "too-many");
  EXPECT_EQ(json_of(refused).text("limit"), "reads");
  EXPECT_EQ(refused.headers.get("Retry-After"), std::to_string(json_of(refused).integer("retry_after")));
  EXPECT_EQ(other.get("/me").status, 200) << "each token has its own";
  slow.clock.now_ms += 1000 * json_of(refused).integer("retry_after");
  EXPECT_EQ(program.get("/me").status, 200);
  // Tokens are not tried out: after a few wrong ones this address waits, with a right one too.
  Program guess(slow, "nct_0000");
  expect_problem(guess.get("/me"), 401, "no-token");
  expect_problem(guess.get("/me"), 401, "no-token");
  expect_problem(guess.get("/me"), 429, "too-many");
}

TEST_F(ApiTest, TasksAreThoseOfTheFirstPage) {
  Json values;
  values.set("text", "trao danh sách").set("owner_side", "both").set("lead_unit", world_.post().hex()).set("state", "open");
  values.set("due_on", catalog::json_from_date({world_.ledger().today() - 1, DatePrecision::kDay, false}));
  const auto id = world_.create("agreed_point", values);
  const auto all = json_of(officer_.get("/tasks"));
  ASSERT_EQ(all["items"].as_array().size(), 1U);
  const auto& task = all["items"].as_array().front();
  EXPECT_EQ(task.text("task"), "agreed_point");
  EXPECT_EQ(task["record"].text("id"), id.hex());
  EXPECT_EQ(task["late"], Json(true));
  EXPECT_TRUE(task["step"].is_null());
  const auto yesterday = iso_date({world_.ledger().today() - 1, DatePrecision::kDay, false});
  EXPECT_EQ(task.text("due"), yesterday);
  EXPECT_EQ(json_of(officer_.get("/tasks?until=" + yesterday))["items"].as_array().size(), 1U);
  EXPECT_TRUE(json_of(officer_.get("/tasks?until=2020"))["items"].as_array().empty());
  Program reader(world_, world_.token("officer", [](access::TokenTerms& terms) { terms.reads_only = true; }));
  EXPECT_EQ(json_of(reader.get("/tasks"))["items"].as_array().size(), 1U);
  EXPECT_TRUE(json_of(Program(world_, world_.token("stranger")).get("/tasks"))["items"].as_array().empty());
  expect_problem(officer_.get("/tasks?after=x"), 400, "bad-request", "after");
}

TEST_F(ApiTest, UnitsAreThoseOfTheDay) {
  const auto all = json_of(officer_.get("/units?day=2024-05-06"));
  EXPECT_EQ(all.text("day"), "2024-05-06");
  EXPECT_EQ(all["items"].as_array().size(), 3U);
  EXPECT_EQ(json_of(officer_.get("/units?side=other"))["items"].as_array().size(), 1U);
  EXPECT_EQ(json_of(officer_.get("/units?under=vn-post-b"))["items"].as_array().size(), 1U);
  expect_problem(Program(world_, world_.token("admin")).get("/units"), 403, "denied");
}

TEST_F(ApiTest, TheTokenSaysForWhomItActs) {
  const auto me = json_of(officer_.get("/me"));
  EXPECT_EQ(me.text("login"), "officer");
  EXPECT_EQ(me.text("handling"), "internal");
  EXPECT_EQ(me["grants"].as_array()[0].text("role"), "post_commander");
}

TEST_F(ApiTest, RefusalsAndTokensAreInTheAuditTrail) {
  expect_problem(Program(world_, "nct_wrong").get("/me"), 401, "no-token");
  expect_problem(stranger_.get("/records/" + create().text("id")), 404, "not-found");
  world_.clock.now_ms += 120'000;
  static_cast<void>(world_.ledger().audit().write({world_.ledger().console().person, access::audited::kCheck, {}, {}, {}}));
  const auto rows = test::must(world_.ledger().audit().list({.outcome = access::AuditOutcome::kRefused})).rows;
  const auto has = [&](std::string_view action) {
    return std::ranges::any_of(rows, [&](const auto& row) { return row.action == action; });
  };
  EXPECT_TRUE(has("token"));
  EXPECT_TRUE(has("page"));
}

// --- how the node does ---

TEST_F(ApiTest, MetricsAreForATokenOfTheAdministratorAndSayNothingOfRecords) {
  create("Nơi kín đáo");
  const auto ask = [&](const std::string& target, const std::string& token) {
    net::Request request;
    test::must(net::set_target(request, target));
    request.peer = "127.0.0.1";
    request.headers.add("Host", "127.0.0.1:8600");
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    return world_.site->handle(request);
  };
  EXPECT_EQ(ask("/health", "").body, "ok\n");
  EXPECT_EQ(ask("/ready", "").body, "ready\n");
  expect_problem(ask("/metrics", ""), 401, "no-token");
  expect_problem(ask("/metrics", world_.token("officer")), 403, "denied");
  const auto metrics = ask("/metrics", world_.token("admin", [](auto& terms) { terms.reads_only = true; }));
  ASSERT_EQ(metrics.status, 200) << metrics.body;
  EXPECT_EQ(metrics.headers.get("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(metrics.body.find("nhipcau_http_requests_total{area=\"api\",status=\"2xx\"} 1\n"), std::string::npos) << metrics.body;
  for (const auto* word : {"talks", "kín", "officer", "post-a", "record"}) EXPECT_EQ(metrics.body.find(word), std::string::npos) << word;
}

// --- the pages about it ---

TEST_F(ApiTest, APersonMakesATokenWithHisPasswordSeesItOnceAndEndsIt) {
  test::Browser browser(world_);
  browser.log_in("officer");
  const auto page = browser.get("/account/tokens");
  const auto csrf = test::Browser::hidden(page, "csrf");
  const net::Fields form{{"csrf", csrf}, {"name", "bảng tháng"}, {"days", "30"}, {"may", "read"}, {"ceiling", "open"}};
  EXPECT_EQ(browser.post("/account/tokens", form).status, 422) << "the password is missing";
  auto with_password = form;
  with_password.add("password", test::SmallSite::kPassword);
  const auto made = browser.post("/account/tokens", with_password);
  ASSERT_EQ(made.status, 200) << made.body;
  const auto at = made.body.find("nct_");
  ASSERT_NE(at, std::string::npos);
  Program program(world_, made.body.substr(at, 68));
  const auto me = json_of(program.get("/me"));
  EXPECT_EQ(me.text("handling"), "open");
  EXPECT_TRUE(me.boolean("reads_only"));
  const auto list = browser.get("/account/tokens");
  EXPECT_TRUE(test::shows(list, "bảng tháng"));
  EXPECT_FALSE(test::shows(list, "nct_"));
  std::string id;
  for (const auto& token : test::must(world_.credentials().tokens_of(test::must(world_.ledger().subject("officer")).person)))
    if (token.terms.name == "bảng tháng") id = token.id.hex();
  const auto ended = browser.post("/account/tokens/end", {{"csrf", csrf}, {"token", id}});
  EXPECT_EQ(ended.status, 303);
  expect_problem(program.get("/me"), 401, "no-token");
  for (const auto& [name, value] : net::Fields{{"days", "0"}, {"days", "400"}, {"name", ""}}) {
    auto wrong = with_password;
    wrong.set(name, value);
    EXPECT_EQ(browser.post("/account/tokens", wrong).status, 422) << name << value;
  }
}

TEST_F(ApiTest, WhatCanBeAskedIsReadAndTriedInTheBrowser) {
  test::Browser browser(world_);
  EXPECT_EQ(browser.get("/api").status, 303);
  browser.log_in("officer");
  const auto page = browser.get("/api");
  EXPECT_EQ(page.status, 200);
  for (const auto& endpoint : endpoints()) EXPECT_TRUE(test::shows(page, "/api/v1" + std::string(endpoint.path))) << endpoint.path;
  for (const auto& row : problem_rows()) EXPECT_TRUE(test::shows(page, "id=\"" + std::string(row.name) + "\"")) << row.name;
  const auto csrf = test::Browser::hidden(page, "csrf");
  const auto tried = browser.post("/api/try", {{"csrf", csrf}, {"method", "GET"}, {"address", "/api/v1/me"}});
  EXPECT_EQ(tried.status, 200);
  EXPECT_TRUE(test::shows(tried, "HTTP 200"));
  EXPECT_TRUE(test::shows(tried, "&quot;login&quot;: &quot;officer&quot;")) << tried.body;
  const auto nowhere = browser.post("/api/try", {{"csrf", csrf}, {"method", "GET"}, {"address", "/admin"}});
  EXPECT_EQ(nowhere.status, 422);
}

// --- header lines ---

TEST(Negotiate, TheLanguageThatIsWantedMost) {
  using i18n::Lang;
  const auto wanted = [](const char* line) { return preferred_language(line); };
  EXPECT_EQ(wanted(""), Lang::vi);
  EXPECT_EQ(wanted("en"), Lang::en);
  EXPECT_EQ(wanted("EN-gb"), Lang::en);
  EXPECT_EQ(wanted("vi,en"), Lang::vi);
  EXPECT_EQ(wanted("vi;q=0.5, en;q=0.9"), Lang::en);
  EXPECT_EQ(wanted("en;q=0"), Lang::vi);
  EXPECT_EQ(wanted("fr, *;q=0.5, en;q=0.4"), Lang::vi);
  EXPECT_EQ(wanted("english"), Lang::vi);
  EXPECT_EQ(wanted(";;,q=,en;q=x"), Lang::vi);
}

TEST(Negotiate, TokensAndTags) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc "), "abc");
  EXPECT_EQ(bearer_token("Basic abc"), "");
  EXPECT_EQ(bearer_token("Bearer a b"), "");
  EXPECT_EQ(bearer_token("Bearer"), "");
  EXPECT_TRUE(names_etag("\"a\", W/\"b\"", "\"b\""));
  EXPECT_FALSE(names_etag("\"a\"", "\"b\""));
  EXPECT_TRUE(names_etag("*", "\"b\""));
  EXPECT_TRUE(is_json("Application/JSON; charset=utf-8"));
  EXPECT_FALSE(is_json("application/jsonx"));
}

TEST(Rates, TheRulesOfANodeAreReadOrRefusedByName) {
  EXPECT_EQ(test::must(parse_rate_rules("{\"reads_per_minute\":7}", "api.json")).per_minute[0], 7);
  EXPECT_EQ(test::must(parse_rate_rules("{}", "api.json")).per_minute[0], RateRules{}.per_minute[0]);
  for (const auto* text : {"[]", "{\"reads\":7}", "{\"reads_per_minute\":0}", "{\"reads_per_minute\":\"7\"}", "{"})
    EXPECT_EQ(parse_rate_rules(text, "api.json").error().where, "api.json") << text;
}

}  // namespace
}  // namespace nc::web
