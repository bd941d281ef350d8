// Random calls, right and wrong, made from the description of the interface, against a running server: none is
// answered with a fault of the program, every answer fits the description, and no planted word of a hidden record
// reaches a token that may not know it.
#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/url_text.h"
#include "face/web/api/refusal.h"
#include "face/web/two_worlds_for_test.h"
#include "foundation/net/server.h"
#include "foundation/net/test_client.h"
#include "ledger/catalog/schema_for_test.h"

namespace nc::web {
namespace {

using catalog::test::SchemaCheck;
using test::TwinWorld;

constexpr int kCalls = 2200;
// What stands in hidden records and parts of the twin world.
constexpr std::array kPlanted = {"Nơi kín", "Nơi khác", "Điều kín", "ghi chú kín", "N\\u01a1i k", "Ghi chú kín"};

struct Sent {
  std::string method, target, body;
  net::Headers headers;
  const Json* operation = nullptr;  // none: nothing of the description
};

struct Got {
  int status = 0;
  net::Headers headers;
  std::string body, all;
};

Got parsed(const std::string& response) {
  Got out;
  out.all = response;
  out.status = net::status_of(response);
  out.body = net::body_of(response);
  std::size_t line = response.find("\r\n");
  while (line != std::string::npos) {
    const auto end = response.find("\r\n", line + 2);
    if (end == std::string::npos || end == line + 2) break;
    const auto text = response.substr(line + 2, end - line - 2);
    if (const auto colon = text.find(": "); colon != std::string::npos) out.headers.add(text.substr(0, colon), text.substr(colon + 2));
    line = end;
  }
  return out;
}

// Values that fit a schema more or less: `wild` of a hundred are something else.
class Maker {
 public:
  Maker(SeededRng& rng, const SchemaCheck& schemas, std::vector<std::string> ids) : rng_(rng), schemas_(schemas), ids_(std::move(ids)) {}

  Json value(const Json& given, int wild, int depth = 0) {
    if (chance(wild)) return anything();
    const auto& schema = schemas_.resolve(given);
    if (schema.has("enum")) return one(schema["enum"].as_array());
    if (schema.has("const")) return schema["const"];
    const auto& type = schema["type"].is_array() ? schema["type"].as_array().front().as_string() : schema.text("type");
    if (type == "object") return object(schema, wild, depth);
    if (type == "array") return array(schema, wild, depth);
    if (type == "integer") return integer(schema);
    if (type == "boolean") return Json(chance(50));
    return text(schema);
  }
  bool chance(int of_hundred) { return rng_.below(100) < static_cast<std::uint64_t>(of_hundred); }
  template <typename Items>
  const typename Items::value_type& one(const Items& items) {
    return items[rng_.below(items.size())];
  }
  std::string id() { return chance(90) ? one(ids_) : rng_.make<RecordId>().hex(); }
  Json anything() {
    static const JsonArray odd{Json(),
                               Json(true),
                               Json(-1),
                               Json(limits::kJsonIntegerMax),
                               Json(""),
                               Json("\n"),
                               Json(std::string(400, 'x')),
                               Json("0"),
                               Json("đ"),
                               Json(JsonArray{}),
                               Json(JsonObject{}),
                               Json("\xE2\x80\xAE"),
                               Json("' OR 1=1 --"),
                               Json("<script>")};
    return one(odd);
  }
  std::string word() {
    static const std::vector<std::string> words{
        "talks",  "vn-post-a", "2024", "2024-02", "2024-13-77",           "kín",  "Nơi",   "0",  "500",   "true",
        "newest", "-1",        "%",    "a|b",     "18446744073709551616", "unit", "month", "LA", "x' --", "held"};
    return one(words);
  }

 private:
  Json object(const Json& schema, int wild, int depth) {
    Json out{JsonObject{}};
    const auto& required = schema["required"];
    if (schema["properties"].is_object())
      for (const auto& [name, member] : schema["properties"].as_object()) {
        const bool needed = required.is_array() && std::ranges::find(required.as_array(), Json(name)) != required.as_array().end();
        if (needed ? !chance(wild) : chance(depth > 2 ? 5 : 25)) out.set(name, value(member, wild, depth + 1));
      }
    if (chance(wild)) out.set(word(), anything());
    return out;
  }
  Json array(const Json& schema, int wild, int depth) {
    JsonArray out;
    for (std::uint64_t i = rng_.below(3); i > 0; --i) out.push_back(value(schema["items"], wild, depth + 1));
    return out;
  }
  Json integer(const Json& schema) {
    if (chance(70)) return Json(std::max<std::int64_t>(schema.integer("minimum", 0), static_cast<std::int64_t>(rng_.below(60))));
    return schema.has("maximum") ? schema["maximum"] : Json(19'000);
  }
  Json text(const Json& schema) {
    const auto pattern = schema.text("pattern");
    if (pattern == "^[0-9a-f]{32}$") return Json(id());
    if (pattern == "^[0-9a-f]{64}$") return Json(rng_.make<Digest>().hex());
    if (pattern.starts_with("^-?[0-9]")) return Json("12.5");
    if (pattern == "^[A-Z]{3}$") return Json("VND");
    return Json(chance(60) ? "chữ " + std::to_string(rng_.below(1000)) : word());
  }

  SeededRng& rng_;
  const SchemaCheck& schemas_;
  std::vector<std::string> ids_;
};

class ApiProperty : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.log_in("lower");
    net::ServerOptions options;
    options.body_bytes_max = 4 * 1024 * 1024;
    options.refusal_page = [this](const net::Request& head, int status) { return refusal(world_.running_site(), head, status); };
    options.failure_page = [this](const net::Request& request, const std::string& incident) {
      return world_.running_site().failure(request, incident);
    };
    server_ =
        test::must(net::Server::start(options, [this](const net::Request& request) { return world_.running_site().handle(request); }));
    world_.running_site().allow_listener("127.0.0.1", server_->port());
    client_.emplace(server_->port());
    description_ = test::must(parse_json(call({"GET", "/api/v1/openapi.json", "", {}, nullptr}).body, {16 * 1024 * 1024, false}));
    for (const auto& record : world_.shared) ids_.push_back(record.hex());
    for (const auto& record : world_.hidden) ids_.push_back(record.hex());
    attach_files();
  }

  // A file of some records that the token reads, one in a part that it does not; uploads of its person on their way.
  void attach_files() {
    const auto console = world_.ledger().console();
    const auto file = upload(console, "chung.txt", "ai cũng đọc");
    const auto hidden = upload(console, "kín.txt", "Nơi kín trong tệp");
    const auto name = [&](const RecordId& record, const Json& value) {
      const auto written = world_.ledger().amend(console, {record, {}, Json(JsonObject{{"attachments", JsonArray{value}}}), {}});
      EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    };
    for (const auto& record : world_.shared)
      if (const auto view = world_.ledger().read(console, record);
          view && view->type_id == "talks" && view->state == "recorded" && !view->voided)
        name(record, file);
    name(world_.hidden[4], hidden);
    files_ = {file.text("sha256"), file.text("sha256"), hidden.text("sha256")};
    person_ = world_.ledger().world()->accounts.at("lower").person;
    for (int i = 0; i < 40; ++i) {
      const auto started = world_.ledger().files().start(person_, "tệp.txt");
      if (i % 4 != 0) test::must(world_.ledger().files().append(person_, started->id, 0, "một phần " + std::to_string(i)));
      uploads_.push_back(started->id);
    }
  }
  Json upload(const access::Subject& who, const std::string& name, const std::string& content) {
    const auto started = world_.ledger().files().start(who.person, name);
    EXPECT_TRUE(started && world_.ledger().files().append(who.person, started->id, 0, content));
    return blobs::json_of(*test::must(world_.ledger().finish_upload(who, started->id)).file);
  }

  Got call(const Sent& sent) {
    std::string text = sent.method + " " + sent.target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server_->port()) + "\r\n";
    text += "Authorization: Bearer " + world_.token() + "\r\n";
    for (const auto& [name, value] : sent.headers) text += name + ": " + value + "\r\n";
    if (sent.method != "GET") text += "Content-Length: " + std::to_string(sent.body.size()) + "\r\n";
    auto response = client_->ask(text + "\r\n" + sent.body);
    if (response.empty() || response.find("Connection: close") != std::string::npos) client_.emplace(server_->port());
    return parsed(response);
  }

  // Of the record of that id as it is now, so that some changes are right.
  Json seen_of(const std::string& id) {
    const auto got = call({"GET", "/api/v1/records/" + id, "", {}, nullptr});
    const auto record = parse_json(got.body, {16 * 1024 * 1024, false});
    return record && record->has("seen") ? (*record)["seen"] : Json(JsonArray{});
  }

  Json body_for(Maker& maker, const Json& operation, const std::string& id, int wild) {
    const auto& schema = operation["requestBody"]["content"]["application/json"]["schema"];
    auto body = maker.value(schema, wild);
    if (!body.is_object()) return body;
    if (operation.text("operationId") == "createRecord" && !maker.chance(wild)) {
      const auto& kinds = SchemaCheck(description_).resolve(schema)["anyOf"].as_array();
      const auto& kind = maker.one(kinds)["properties"];
      body.set("type", kind["type"]["const"]).set("values", maker.value(kind["values"], wild / 2));
      if (maker.chance(80)) body.erase("handling");
    }
    if (operation.text("operationId") == "amendRecord" && !maker.chance(wild)) {
      const auto record = world_.ledger().read(world_.ledger().console(), RecordId::from_hex(id).value_or(RecordId{}));
      const auto& values = description_["components"]["schemas"]["Values_" + (record ? record->type_id : std::string("talks"))];
      body.set("values", maker.value(values, wild)).set("seen", seen_of(id));
      if (maker.chance(30)) body.set("values", Json(JsonObject{{"remark", Json(maker.word())}}));  // of many random values one is wrong
    }
    if (operation.text("operationId") == "takeStep" && !maker.chance(wild)) {
      static const std::vector<std::string> acts{"void", "restore", "submit", "approve", "return", "withdraw"};
      body.set("act", maker.one(acts)).set("seen", seen_of(id));
    }
    return body;
  }

  Sent random_call(Maker& maker, int wild) {
    std::vector<std::tuple<std::string, std::string, const Json*>> all;
    for (const auto& [path, methods] : description_["paths"].as_object())
      for (const auto& [method, operation] : methods.as_object()) all.emplace_back(method, path, &operation);
    const auto& [method, path, operation] = maker.one(all);
    Sent out;
    for (const char c : method) out.method += static_cast<char>(c - 'a' + 'A');
    const auto id = maker.id();
    auto target = path;
    if (const auto at = target.find("{id}"); at != std::string::npos)
      target.replace(at, 4, maker.chance(wild) ? url_encode(maker.word()) : id);
    if (const auto at = target.find("{type}"); at != std::string::npos) target.replace(at, 6, url_encode(maker.word()));
    net::Fields query;
    for (const auto& parameter : (*operation)["parameters"].as_array()) {
      if (parameter.text("in") == "query" && maker.chance(12))
        query.add(parameter.text("name"), query_value(maker, parameter["schema"], wild));
      if (parameter.text("in") == "header" && maker.chance(15))
        out.headers.add(parameter.text("name"), maker.chance(50) ? "en" : maker.word());
    }
    if (maker.chance(wild / 3)) query.add(maker.word(), maker.word());
    out.operation = operation;
    if (operation->text("operationId") == "sendPiece") return a_piece(maker, std::move(out), std::move(target), query, wild);
    if (const auto at = target.find("{upload}"); at != std::string::npos)
      target.replace(at, 8, maker.chance(wild) ? id : out.method == "DELETE" ? to_throw_away() : maker.one(uploads_).hex());
    if (const auto at = target.find("{file}"); at != std::string::npos)
      target.replace(at, 6, maker.chance(wild) ? url_encode(maker.word()) : maker.one(files_));
    if (maker.chance(30) && target.find("/attachments/") != std::string::npos)
      out.headers.set("Range", "bytes=2-" + std::string(maker.chance(50) ? "4" : ""));
    out.target = "/api/v1" + net::with_query(target, query);
    if (out.method == "GET") return out;
    out.headers.set("Content-Type", maker.chance(97) ? "application/json" : "text/plain");
    out.body = canonical(body_for(maker, *operation, id, wild));
    if (maker.chance(wild / 3)) out.body = out.body.substr(0, out.body.size() / 2);
    return out;
  }
  // The others go on with theirs.
  std::string to_throw_away() {
    const auto started = world_.ledger().files().start(person_, "bỏ.txt");
    return started ? started->id.hex() : uploads_.front().hex();
  }
  Sent a_piece(Maker& maker, Sent out, std::string target, net::Fields& query, int wild) {
    const auto upload = maker.one(uploads_);
    const auto held = world_.ledger().files().find(person_, upload);
    target.replace(target.find("{upload}"), 8, maker.chance(wild) ? maker.id() : upload.hex());
    if (!maker.chance(wild)) query.set("offset", std::to_string(held && !maker.chance(20) ? held->bytes : 3));
    out.target = "/api/v1" + net::with_query(target, query);
    out.headers.set("Content-Type", maker.chance(95) ? "application/octet-stream" : "application/json");
    out.body = maker.chance(90) ? "thêm " + maker.word() : std::string("\0\xff\x01", 3);
    return out;
  }
  static std::string query_value(Maker& maker, const Json& schema, int wild) {
    const auto value = maker.chance(wild) ? Json(maker.word()) : maker.value(schema.text("type") == "array" ? schema["items"] : schema, 0);
    return value.is_string() ? value.as_string() : canonical(value);
  }

  // Empty when the answer is one that the description allows.
  std::string fault(const Sent& sent, const Got& got) {
    if (got.status < 200 || got.status >= 500) return "status " + std::to_string(got.status);
    for (const auto* planted : kPlanted)
      if (got.all.find(planted) != std::string::npos && sent.target.find(url_encode(planted)) == std::string::npos &&
          sent.body.find(planted) == std::string::npos)
        return std::string("it says ") + planted;
    const auto& said = (*sent.operation)["responses"][std::to_string(got.status)];
    if (said.is_null()) return "status " + std::to_string(got.status) + " is not described";
    if (got.status == 304) return got.body.empty() ? "" : "a body with 304";
    if (said["content"].has("*/*")) return got.headers.has("ETag") ? "" : "a file without ETag";
    const auto& content = said["content"][std::string(got.headers.get("Content-Type"))];
    if (content.is_null()) return "content type " + std::string(got.headers.get("Content-Type"));
    const auto body = parse_json(got.body, {16 * 1024 * 1024, false});
    if (!body) return "not JSON: " + body.error().english();
    return SchemaCheck(description_).fault(content["schema"], *body);
  }

  TwinWorld world_{true};
  std::unique_ptr<net::Server> server_;
  std::optional<net::TestClient> client_;
  Json description_;
  std::vector<std::string> ids_, files_;
  std::vector<blobs::UploadId> uploads_;
  PersonId person_;
};

TEST_F(ApiProperty, NoCallFailsAndEveryAnswerIsAsDescribed) {
  const SchemaCheck schemas(description_);
  std::map<int, int> statuses;
  std::set<std::string> done;
  int faults = 0;
  for (int i = 0; i < kCalls && faults < 5; ++i) {
    SeededRng rng(static_cast<std::uint64_t>(i));
    Maker maker(rng, schemas, ids_);
    const auto sent = random_call(maker, i % 3 == 0 ? 0 : i % 3 == 1 ? 5 : 30);
    const auto got = call(sent);
    const auto wrong = fault(sent, got);
    faults += wrong.empty() ? 0 : 1;
    EXPECT_EQ(wrong, "") << "call " << i << ": " << sent.method << " " << sent.target << "\n"
                         << sent.body.substr(0, 1500) << "\n"
                         << got.body.substr(0, 1500);
    ++statuses[got.status];
    if (got.status < 300) done.insert(sent.operation->text("operationId"));
  }
  // The calls are worth making: each operation was answered well at least once, and each kind of refusal was seen.
  done.insert("raiseHandling");  // above what he may read nobody raises, and no record here is handled lower (api_test.cpp)
  for (const auto& [path, methods] : description_["paths"].as_object())
    for (const auto& [method, operation] : methods.as_object())
      EXPECT_TRUE(done.contains(operation.text("operationId"))) << operation.text("operationId");
  for (const int status : {200, 201, 206, 400, 403, 404, 409, 415, 422, 428}) EXPECT_GT(statuses[status], 0) << status;
}

TEST_F(ApiProperty, WhatIsNoCallAtAllIsRefusedToo) {
  SeededRng rng(7);
  const auto host = "Host: 127.0.0.1:" + std::to_string(server_->port()) + "\r\nAuthorization: Bearer " + world_.token() + "\r\n";
  const std::vector<std::string> odd{
      "GET /api/v1/records?q=%zz HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/records/../admin HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/records/%2e%2e%2fadmin HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1// HTTP/1.1\r\n" + host + "\r\n",
      "BREW /api/v1/records HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/records?" + std::string(12'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n",
      "GET /api/v1/records?lang=en HTTP/1.1\r\n" + host + "\r\n",
      "POST /api/v1/records HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n\xff\xfe\x01",
      "POST /api/v1/records HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n{",
      "POST /api/v1/records HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n" +
          std::string(200'000, '['),
      "POST /api/try HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
  };
  for (const auto& text : odd) {
    net::TestClient client(server_->port());
    const auto status = net::status_of(client.ask(text));
    EXPECT_GE(status, 400) << text.substr(0, 100);
    EXPECT_LT(status, 500) << text.substr(0, 100);
  }
}

}  // namespace
}  // namespace nc::web
