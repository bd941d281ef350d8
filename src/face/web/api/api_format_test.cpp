// The worked example of docs/formats/api.md is made here, and must stand in the page byte for byte; so must the
// words that never change.
#include <gtest/gtest.h>

#include "base/files.h"
#include "face/web/api/api.h"
#include "face/web/two_worlds_for_test.h"

namespace nc::web {
namespace {

std::string page() { return test::must(read_file(std::filesystem::path(NC_SOURCE_DIR) / "docs/formats/api.md")); }

void show(std::string& out, const std::string& request, const Json& body, const net::Response& response) {
  out += "\n    " + request + "\n";
  if (!body.is_null()) out += "    " + canonical(body) + "\n";
  out += "\n    HTTP " + std::to_string(response.status) + "\n";
  for (const auto* name : {"Location", "ETag", "Content-Type"})
    if (response.headers.has(name)) out += "    " + std::string(name) + ": " + std::string(response.headers.get(name)) + "\n";
  if (!response.body.empty()) out += "    " + response.body + "\n";
}

std::string worked_example() {
  test::TwinWorld world(false);
  world.log_in("lower");
  std::string out;
  const auto ask = [&](const std::string& method, const std::string& target, const Json& body, const net::Headers& headers = {}) {
    auto response = world.ask(method, "/api/v1" + target, body, headers);
    std::string request = method + " /api/v1" + target;
    for (const auto& [name, value] : headers) request += "\n    " + name + ": " + value;
    show(out, request, body, response);
    return response;
  };
  net::Headers key;
  key.add("Idempotency-Key", "bb-2024-05-06");
  const auto unit = records::imported_id("units", "vn-post-a").hex();
  const Json values = Json()
                          .set("sub_kind", "periodic")
                          .set("status", "held")
                          .set("level", "post")
                          .set("lead_unit", unit)
                          .set("when", Json().set("from", Json().set("day", to_day(2024, 5, 6)).set("precision", "day")))
                          .set("place", Json().set("text", "Cửa khẩu A"));
  const auto made = ask("POST", "/records", Json().set("type", "talks").set("values", values), key);
  const auto record = test::must(parse_json(made.body));
  const auto path = "/records/" + record.text("id");
  net::Headers none_match;
  none_match.add("If-None-Match", std::string(made.headers.get("ETag")));
  ask("GET", path, {}, none_match);
  const Json change = Json().set("seen", record["seen"]).set("values", Json().set("level", "province"));
  ask("PATCH", path, change);
  ask("PATCH", path, Json().set("seen", record["seen"]).set("values", Json().set("level", "district")));
  ask("GET", "/records?tpye=talks", {});
  return out;
}

TEST(ApiFormat, TheExampleOfThePageIsWhatTheNodeAnswers) {
  const auto text = page();
  constexpr std::string_view kBegin = "<!-- example -->\n", kEnd = "<!-- /example -->";
  const auto from = text.find(kBegin) + kBegin.size(), to = text.find(kEnd);
  ASSERT_NE(to, std::string::npos);
  const auto example = worked_example();
  const auto samples = std::filesystem::path(NC_BINARY_DIR) / "samples";
  std::filesystem::create_directories(samples);
  test::must(write_file_durably(samples / "api-example.md", example));
  EXPECT_EQ(text.substr(from, to - from), example);
}

TEST(ApiFormat, ThePageNamesEveryProblemRateAndMemberOfARecord) {
  const auto text = page();
  for (const auto& row : problem_rows())
    EXPECT_NE(text.find("`/api#" + std::string(row.name) + "` | " + std::to_string(row.status)), std::string::npos) << row.name;
  for (std::size_t i = 0; i < kRates; ++i) {
    const auto name = std::string(rate_name(static_cast<Rate>(i)));
    EXPECT_NE(text.find("| `" + name + "` | " + std::to_string(RateRules{}.per_minute[i])), std::string::npos) << name;
    EXPECT_NE(text.find("\"" + name + "_per_minute\""), std::string::npos) << name;
  }
  for (const auto* member : {"id", "type", "title", "state", "void", "approved", "handling", "created", "changed", "created_by", "seen",
                             "values", "sealed", "conflicts", "proposals", "withdrawn"})
    EXPECT_NE(text.find("`" + std::string(member) + "`"), std::string::npos) << member;
}

}  // namespace
}  // namespace nc::web
