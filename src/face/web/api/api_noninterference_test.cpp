// Noninterference over the interface for programs: two worlds that differ only in hidden rows answer a lower
// reader's token byte for byte alike, read or changed; and what is hidden answers like what is absent.
#include <gtest/gtest.h>

#include <regex>

#include "base/url_text.h"
#include "face/web/two_worlds_for_test.h"
#include "foundation/crypto/hash.h"

namespace nc::web {
namespace {

using test::TwinWorld;

struct Worlds {
  TwinWorld without{false}, with{true};
};
Worlds& worlds() {
  static Worlds both;
  return both;
}

std::string whole(const net::Response& response) {
  std::string out = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\n";
  return out + "\n" + response.body;
}

std::string without_ids(std::string text) {
  static const std::regex ids("[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{8}…");
  return std::regex_replace(text, ids, "ID");
}

class ApiNoninterference : public ::testing::Test {
 protected:
  static void as(const char* reader) {
    worlds().without.log_in(reader);
    worlds().with.log_in(reader);
  }
  static std::string same(const std::string& method, const std::string& target, const Json& body = {}, const net::Headers& more = {}) {
    const auto a = whole(worlds().without.ask(method, "/api/v1" + target, body, more));
    const auto b = whole(worlds().with.ask(method, "/api/v1" + target, body, more));
    EXPECT_EQ(a, b) << method << " " << target;
    return a;
  }
  static net::Headers key(const std::string& text) {
    net::Headers out;
    out.add("Idempotency-Key", text);
    return out;
  }
  static std::vector<std::string> questions() {
    std::vector<std::string> out{"/records",
                                 "/records?limit=7",
                                 "/records?void=true",
                                 "/records?sort=oldest&limit=500",

                                 "/me",
                                 "/catalogue",
                                 "/catalogue/talks",
                                 "/units",
                                 "/units?under=vn-post-a",
                                 "/figures",
                                 "/figures?rows=month",
                                 "/figures?rows=unit&columns=year",
                                 "/figures?from=2024&to=2024&records=1000",
                                 "/openapi.json"};
    for (const auto* words : {"kin", "noi khac", "cua khau 1", "dieu", "\"dieu kin\"", "ghi chú", "11/2024", "vn-post-a", "\""})
      for (const auto* more : {"", "&type=talks&limit=2", "&year=2024", "&unit=vn-post-a"})
        out.push_back("/search?q=" + url_encode(words) + more);
    for (const auto* more : {"type=talks", "type=agreed_point", "type=account", "type=audit_head", "own=vn-post-b", "counterpart=la-post-1",
                             "country=LA", "from=2024-02&until=2024-02"})
      out.push_back(std::string("/records?") + more);
    return out;
  }
};

constexpr std::array kReaders = {"lower", "open", "chain"};

TEST_F(ApiNoninterference, EveryAnswerIsTheSameBytes) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    for (const auto& question : questions()) same("GET", question);
    for (const auto& id : worlds().without.shared) {
      same("GET", "/records/" + id.hex());
      same("GET", "/records/" + id.hex() + "/history");
      same("GET", "/records/" + id.hex() + "/attachments");
      same("GET", "/records/" + id.hex() + "/attachments/" + crypto::sha256(TwinWorld::kHiddenFile).hex());
      same("GET", "/records?linked_to=" + id.hex());
    }
  }
}

TEST_F(ApiNoninterference, EveryChangeIsTheSameBytes) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    auto& world = worlds().without;
    int changed = 0;
    for (const auto& id : world.shared) {
      const auto record = world.ledger().read(world.ledger().console(), id);
      if (!record || record->type_id != "talks" || ++changed > 6) continue;
      const Json body = Json().set("type", "talks").set("values", record->values);
      same("POST", "/records", body, key("twin-" + std::to_string(changed)));
      const auto confirmed = Json(body).set("confirmed", Json(JsonObject{{"likely_duplicate", Json("cuộc khác")}}));
      same("POST", "/records", confirmed, key("twin-" + std::to_string(changed)));
      same("POST", "/records", confirmed, key("twin-" + std::to_string(changed)));
      const auto etag = world.ask("GET", "/api/v1/records/" + id.hex(), {}).headers.get("ETag");
      net::Headers match;
      match.add("If-Match", std::string(etag));
      same("PATCH", "/records/" + id.hex(), Json().set("values", Json(JsonObject{{"level", Json("province")}})), match);
      same("PATCH", "/records/" + id.hex(), Json().set("values", Json(JsonObject{{"level", Json("central")}})), match);
      same("POST", "/records/" + id.hex() + "/steps", Json().set("act", "void").set("reason", "thử").set("seen", JsonArray{}));
      same("POST", "/records/" + id.hex() + "/handling",
           Json().set("handling", "restricted").set("reason", "thử").set("seen", JsonArray{Json(std::string(64, '0'))}));
      const auto shown = parse_json(world.ask("GET", "/api/v1/records/" + id.hex(), {}).body);
      if (changed == 1 && shown && shown->has("seen"))
        same("POST", "/records/" + id.hex() + "/steps", Json().set("act", "void").set("reason", "thử").set("seen", (*shown)["seen"]));
    }
    EXPECT_GT(changed, 6);
    for (const auto& question : questions()) same("GET", question);
  }
}

TEST_F(ApiNoninterference, HiddenAnswersLikeAbsent) {
  for (const auto* reader : kReaders) {
    SCOPED_TRACE(reader);
    as(reader);
    auto& world = worlds().with;
    const auto absent = make_uuid7(1'794'000'000'000, system_rng()).hex();
    for (const auto& one : {world.hidden[0], world.hidden[1], world.hidden[2], world.hidden.back()}) {
      const auto hidden = one.hex();
      const auto alike = [&](const std::string& method, const std::function<std::string(const std::string&)>& target,
                             const Json& body = {}) {
        const auto a = without_ids(whole(world.ask(method, "/api/v1" + target(hidden), body)));
        const auto b = without_ids(whole(world.ask(method, "/api/v1" + target(absent), body)));
        EXPECT_EQ(a, b) << method << " " << target("{id}");
      };
      alike("GET", [](const auto& id) { return "/records/" + id; });
      alike("GET", [](const auto& id) { return "/records/" + id + "/history"; });
      alike("GET", [](const auto& id) { return "/records/" + id + "/attachments"; });
      alike("GET", [](const auto& id) { return "/records/" + id + "/attachments/" + crypto::sha256(TwinWorld::kHiddenFile).hex(); });
      alike("GET", [](const auto& id) { return "/attachments/" + id; });
      for (const auto* name : {"linked_to", "own", "counterpart"})
        alike("GET", [&](const auto& id) { return std::string("/records?") + name + "=" + id; });
      alike("GET", [](const auto& id) { return "/figures?unit=" + id; });
      alike("GET", [](const auto& id) { return "/units?under=" + id; });
      const Json change =
          Json().set("values", Json(JsonObject{{"level", Json("province")}})).set("seen", JsonArray{Json(std::string(64, '0'))});
      alike("PATCH", [](const auto& id) { return "/records/" + id; }, change);
      alike("PATCH", [](const auto& id) { return "/records/" + id; }, Json(JsonObject{}));
      for (const auto* act : {"void", "submit", "nothing"})
        alike(
            "POST", [](const auto& id) { return "/records/" + id + "/steps"; },
            Json().set("act", act).set("reason", "x").set("seen", JsonArray{Json(std::string(64, '0'))}));
      // A reference to it is refused like one to nothing.
      const auto with_reference = [&](const std::string& id) {
        return Json().set("type", "agreed_point").set("values", Json().set("text", "x").set("agreed_at", id).set("lead_unit", id));
      };
      EXPECT_EQ(without_ids(whole(world.ask("POST", "/api/v1/records", with_reference(hidden)))),
                without_ids(whole(world.ask("POST", "/api/v1/records", with_reference(absent)))));
    }
  }
}

// The comparison can fail: to whoever may see them, the two worlds do differ.
TEST_F(ApiNoninterference, WhoMaySeeTheOtherUnitSeesIt) {
  const auto everything = [](TwinWorld& world) {
    return test::must(world.ledger().list(world.ledger().console(), {.feeds = {"counted-activity"}})).total;
  };
  EXPECT_NE(everything(worlds().without), everything(worlds().with));
}

}  // namespace
}  // namespace nc::web
