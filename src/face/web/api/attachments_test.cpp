// Attached files as programs send and take them: docs/formats/api.md, Attachments.
#include <gtest/gtest.h>

#include "face/web/small_site_test.h"
#include "foundation/crypto/hash.h"

namespace nc::web {
namespace {

using test::json_of;
using test::Program;

class ApiAttachments : public testing::Test {
 protected:
  static std::string problem_type(const net::Response& response) { return json_of(response).text("type"); }
  static net::Response piece(Program& program, const Json& upload, std::int64_t offset, const std::string& bytes) {
    net::Headers headers;
    headers.add("Content-Type", "application/octet-stream");
    return program.send("PATCH", "/attachments/" + upload.text("id") + "?offset=" + std::to_string(offset), Json(bytes), headers);
  }
  Json sent(Program& program, const std::string& name, const std::string& bytes) {
    const auto upload = json_of(program.send("POST", "/attachments", Json().set("name", name)));
    EXPECT_EQ(piece(program, upload, 0, bytes).status, 200);
    const auto done = program.send("POST", "/attachments/" + upload.text("id") + "/finish", Json(JsonObject{}));
    EXPECT_EQ(done.status, 200) << done.body;
    return json_of(done);
  }
  net::Response attach(Program& program, const RecordId& record, const JsonArray& files) {
    const auto seen = json_of(program.get("/records/" + record.hex()));
    return program.send("PATCH", "/records/" + record.hex(),
                        Json().set("seen", seen["seen"]).set("values", Json(JsonObject{{"attachments", Json(files)}})));
  }
  static std::string bytes_of(const net::Response& response) {
    if (!response.source) return response.body;
    std::string out(static_cast<std::size_t>(response.source->size()), '\0');
    EXPECT_EQ(response.source->read(0, out).value_or(0), out.size());
    return out;
  }
  static net::Headers header(const std::string& name, const std::string& value) {
    net::Headers out;
    out.add(name, value);
    return out;
  }

  test::SmallSite world_;
  Program officer_{world_, world_.token("officer")}, stranger_{world_, world_.token("stranger")};
};

TEST_F(ApiAttachments, AFileIsSentInPiecesNamedByARecordListedAndTakenInParts) {
  const std::string text = "Biên bản hội đàm, dòng một\ndòng hai\n";
  const auto started = officer_.send("POST", "/attachments", Json().set("name", "biên bản.txt").set("bytes", Json(std::int64_t{60})));
  ASSERT_EQ(started.status, 201) << started.body;
  const auto upload = json_of(started);
  EXPECT_EQ(started.headers.get("Location"), "/api/v1/attachments/" + upload.text("id"));
  EXPECT_EQ(piece(officer_, upload, 0, text.substr(0, 10)).status, 200);
  // The line broke: the sender asks how much is there, or is told when he guesses wrong.
  const auto wrong = piece(officer_, upload, 0, text);
  EXPECT_EQ(wrong.status, 409);
  EXPECT_EQ(json_of(wrong).integer("bytes"), 10);
  EXPECT_EQ(json_of(officer_.get("/attachments/" + upload.text("id"))).integer("bytes"), 10);
  EXPECT_EQ(json_of(piece(officer_, upload, 10, text.substr(10))).integer("bytes"), static_cast<std::int64_t>(text.size()));
  const auto finish = "/attachments/" + upload.text("id") + "/finish";
  const auto done = officer_.send("POST", finish, Json().set("sha256", crypto::sha256(text).hex()));
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(officer_.send("POST", finish, Json(JsonObject{})).body, done.body) << "again gives the same";
  const auto file = json_of(done)["file"];

  const auto record = world_.talks(world_.post());
  ASSERT_EQ(attach(officer_, record, {file}).status, 200);
  const auto list = json_of(officer_.get("/records/" + record.hex() + "/attachments"));
  ASSERT_EQ(list["items"].as_array().size(), 1U);
  EXPECT_EQ(list["items"].as_array()[0]["file"], file);
  EXPECT_EQ(list["items"].as_array()[0].text("field"), "attachments");

  const auto address = "/records/" + record.hex() + "/attachments/" + file.text("sha256");
  const auto whole = officer_.get(address);
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(bytes_of(whole), text);
  EXPECT_EQ(whole.headers.get("ETag"), "\"" + file.text("sha256") + "\"");
  EXPECT_TRUE(whole.headers.get("Content-Disposition").starts_with("attachment"));
  EXPECT_EQ(officer_.get(address, header("If-None-Match", std::string(whole.headers.get("ETag")))).status, 304);
  const auto part = officer_.get(address, header("Range", "bytes=10-"));
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(bytes_of(part), text.substr(10));
  const auto outside = officer_.get(address, header("Range", "bytes=1000-"));
  EXPECT_EQ(outside.status, 416);
  EXPECT_EQ(problem_type(outside), "/api#range");
  EXPECT_EQ(outside.headers.get("Content-Range"), "bytes */" + std::to_string(text.size()));
}

TEST_F(ApiAttachments, WhatIsNotTakenIsRefusedByNameAndNothingIsLeft) {
  const auto upload = json_of(officer_.send("POST", "/attachments", Json().set("name", "a.exe")));
  EXPECT_EQ(piece(officer_, upload, 0, std::string("MZ\0\0\x01", 5)).status, 200);
  const auto address = "/attachments/" + upload.text("id");
  const auto refused = officer_.send("POST", address + "/finish", Json(JsonObject{}));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(problem_type(refused), "/api#invalid");
  EXPECT_EQ(officer_.get(address).status, 404) << "a refused file is thrown away";
  const auto other = json_of(officer_.send("POST", "/attachments", Json().set("name", "a.txt")));
  EXPECT_EQ(piece(officer_, other, 0, "một").status, 200);
  EXPECT_EQ(officer_.send("POST", "/attachments/" + other.text("id") + "/finish", Json().set("sha256", std::string(64, '0'))).status, 422);
  EXPECT_EQ(officer_.send("POST", "/attachments", Json().set("name", "a").set("bytes", Json(std::int64_t{1} << 40))).status, 413);
  EXPECT_EQ(officer_.send("POST", "/attachments", Json().set("nam", "a")).status, 400);
  const auto third = json_of(officer_.send("POST", "/attachments", Json().set("name", "a.txt")));
  EXPECT_EQ(officer_.send("PATCH", "/attachments/" + third.text("id") + "?offset=0", Json("x")).status, 415);
  EXPECT_EQ(piece(officer_, third, 0, std::string(2 * 1024 * 1024, 'x')).status, 413) << "a piece is at most a megabyte";
}

TEST_F(ApiAttachments, AnUploadIsItsPersonsAndAFileItsRecords) {
  const auto upload = sent(officer_, "một.txt", "một");
  const auto address = "/attachments/" + upload.text("id");
  for (const auto& response :
       {stranger_.get(address), piece(stranger_, upload, 0, "x"), stranger_.send("POST", address + "/finish", Json(JsonObject{}))}) {
    EXPECT_EQ(response.status, 404) << response.body;
    EXPECT_EQ(problem_type(response), "/api#not-found");
  }
  const auto record = world_.talks(world_.post());
  ASSERT_EQ(attach(officer_, record, {upload["file"]}).status, 200);
  const auto file = upload["file"].text("sha256");
  const auto absent = std::string(32, '1');
  for (const auto* more : {"/attachments", "/attachments/FILE"}) {
    const auto at = [&](const std::string& id) {
      auto out = "/records/" + id + more;
      if (const auto found = out.find("FILE"); found != std::string::npos) out.replace(found, 4, file);
      return out;
    };
    const auto hidden = stranger_.get(at(record.hex()));
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(hidden.body, stranger_.get(at(absent)).body) << "hidden answers like absent";
  }
  EXPECT_EQ(officer_.get("/records/" + record.hex() + "/attachments/" + std::string(64, 'a')).status, 404);
}

TEST_F(ApiAttachments, AnUploadThatWaitsIsThrownAwayByItsPersonAlone) {
  const auto begun = json_of(officer_.send("POST", "/attachments", Json().set("name", "a.txt").set("bytes", Json(std::int64_t{9}))));
  const auto address = "/attachments/" + begun.text("id");
  EXPECT_EQ(piece(officer_, begun, 0, "nửa").status, 200);
  const auto other = stranger_.send("DELETE", address, Json()),
             absent = stranger_.send("DELETE", "/attachments/" + std::string(32, '1'), Json());
  EXPECT_EQ(other.status, 404);
  EXPECT_EQ(other.status, absent.status);
  EXPECT_EQ(officer_.get(address).status, 200);
  const auto gone = officer_.send("DELETE", address, Json());
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(json_of(gone).text("id"), begun.text("id"));
  EXPECT_EQ(officer_.get(address).status, 404);
  EXPECT_EQ(officer_.send("DELETE", address, Json()).status, 404);
  EXPECT_EQ(piece(officer_, begun, 5, "x").status, 404);
  Program reader(world_, world_.token("officer", [](access::TokenTerms& terms) { terms.reads_only = true; }));
  EXPECT_EQ(reader.send("DELETE", address, Json()).status, 403);
}

TEST_F(ApiAttachments, ATokenForReadingSendsNothing) {
  Program reader(world_, world_.token("officer", [](access::TokenTerms& terms) { terms.reads_only = true; }));
  const auto upload = sent(officer_, "một.txt", "một");
  EXPECT_EQ(reader.send("POST", "/attachments", Json().set("name", "a.txt")).status, 403);
  EXPECT_EQ(piece(reader, upload, 0, "x").status, 403);
  EXPECT_EQ(reader.send("POST", "/attachments/" + upload.text("id") + "/finish", Json(JsonObject{})).status, 403);
}

}  // namespace
}  // namespace nc::web
