// Files through the pages: sent with the record's form and from its page, shown, saved, and hidden with their record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/files.h"
#include "face/web/small_site_test.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/backup_schedule.h"

namespace nc::web {
namespace {

using test::Browser;
using test::location;
using test::must;
using test::shows;
using test::SmallSite;
using testing::HasSubstr;
using testing::Not;

using Sent = Browser::SentFile;

class AttachmentPages : public ::testing::Test {
 protected:
  AttachmentPages() {
    officer.log_in("officer");
    stranger.log_in("stranger");
  }

  static std::string sample(const std::string& name) {
    return must(read_file(std::filesystem::path(NC_SOURCE_DIR "/src/ledger/blobs/testdata") / name));
  }

  net::Response send(Browser& browser, const std::string& target, const net::Fields& fields, const std::vector<Sent>& files) {
    return browser.send_files(target, fields, files);
  }
  net::Fields new_talks(const net::Response& form) {
    return {{"csrf", Browser::hidden(form, "csrf")},
            {"once", Browser::hidden(form, "once")},
            {"save", "1"},
            {"v.status", "held"},
            {"v.sub_kind", "periodic"},
            {"v.level", "post"},
            {"v.when.from", "6/5/2024"},
            {"v.lead_unit", "vn-post-a"},
            {"v.counterpart_units.0.ref", "kh-post-1"},
            {"v.place.text", "Cửa khẩu A"}};
  }
  std::string csrf(Browser& browser) { return Browser::hidden(browser.get("/"), "csrf"); }
  net::Response attach(Browser& browser, const RecordId& id, const std::vector<Sent>& files) {
    return send(browser, "/records/" + id.hex() + "/files", {{"csrf", csrf(browser)}, {"field", "attachments"}}, files);
  }
  std::vector<blobs::FileRef> files_of(const RecordId& id) {
    std::vector<blobs::FileRef> out;
    blobs::collect_files(must(world.ledger().read(world.ledger().console(), id)).values["attachments"], out);
    return out;
  }
  static std::string read_all(const net::BodySource& source) {
    std::string out(static_cast<std::size_t>(source.size()), '\0');
    EXPECT_EQ(source.read(0, out).value_or(0), out.size());
    return out;
  }

  SmallSite world;
  Browser officer{world}, stranger{world};
};

TEST_F(AttachmentPages, AFormWithFilesMakesARecordWithFiles) {
  const auto form = officer.get("/records/new?type=talks&whole=1");
  EXPECT_TRUE(shows(form, "enctype=\"multipart/form-data\""));
  EXPECT_TRUE(shows(form, "type=\"file\""));
  const auto saved = send(officer, "/records/new?type=talks", new_talks(form),
                          {{"v.attachments", "Biên bản.pdf", sample("paper.pdf")}, {"v.attachments", "ảnh.jpg", sample("photo.jpg")}});
  ASSERT_EQ(saved.status, 303) << saved.body;
  const auto page = officer.get(location(saved));
  EXPECT_TRUE(shows(page, "Biên bản.pdf"));
  EXPECT_TRUE(shows(page, "ảnh.jpg"));
  EXPECT_TRUE(shows(page, "/preview\""));
  EXPECT_TRUE(shows(page, "Chức trách officer")) << "who attached it";
}

TEST_F(AttachmentPages, WhatIsRefusedKeepsWhatWasTypedAndSent) {
  const auto form = officer.get("/records/new?type=talks");
  auto typed = new_talks(form);
  typed.set("v.when.from", "khong phai ngay");
  const auto refused =
      send(officer, "/records/new?type=talks", typed,
           {{"v.attachments", "Biên bản.pdf", sample("paper.pdf")}, {"v.attachments", "virus.exe", std::string("MZ\0\0", 4)}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(shows(refused, "khong phai ngay"));
  EXPECT_TRUE(shows(refused, "virus.exe")) << "which file was not taken";
  const auto upload = Browser::hidden(refused, "v.attachments.upload");
  ASSERT_EQ(upload.size(), 32U) << "the good file waits";
  typed.set("v.when.from", "6/5/2024");
  typed.add("v.attachments.upload", upload);
  const auto saved = send(officer, "/records/new?type=talks", typed, {});
  ASSERT_EQ(saved.status, 303) << saved.body;
  EXPECT_TRUE(shows(officer.get(location(saved)), "Biên bản.pdf"));
}

TEST_F(AttachmentPages, FilesAreAddedAndLeftOutInTheFormOfAChange) {
  const auto id = world.talks(world.post());
  EXPECT_EQ(attach(officer, id, {{"v.attachments", "một.txt", "một"}, {"v.attachments", "hai.txt", "hai"}}).status, 303);
  ASSERT_EQ(files_of(id).size(), 2U);
  const auto form = officer.get("/records/" + id.hex() + "/edit");
  EXPECT_TRUE(shows(form, "một.txt"));
  const auto first = files_of(id).front();
  const auto hidden = [&](const char* name) {
    auto text = Browser::hidden(form, name);
    for (auto at = text.find("&quot;"); at != std::string::npos; at = text.find("&quot;")) text.replace(at, 6, "\"");
    return text;
  };
  net::Fields typed{{"csrf", hidden("csrf")}, {"once", hidden("once")}, {"seen", hidden("seen")}, {"base", hidden("base")}, {"save", "1"}};
  const auto record = must(world.ledger().read(world.ledger().console(), id));
  for (const auto& [name, value] : new_talks(form))
    if (name.starts_with("v.")) typed.add(name, value);
  typed.add("v.attachments.drop", first.sha256.hex());
  const auto saved = send(officer, "/records/" + id.hex() + "/edit", typed, {{"v.attachments", "ba.txt", "ba"}});
  ASSERT_EQ(saved.status, 303) << saved.body;
  std::set<std::string> names;
  for (const auto& file : files_of(id)) names.insert(file.name);
  EXPECT_EQ(names.size(), 2U);
  EXPECT_TRUE(names.contains("ba.txt"));
  EXPECT_FALSE(names.contains(first.name));
}

TEST_F(AttachmentPages, AFileIsAlwaysADownloadThatRunsNothing) {
  const auto id = world.talks(world.post());
  ASSERT_EQ(attach(officer, id, {{"v.attachments", "../\"trang\".html", "<script>alert(1)</script>"}}).status, 303);
  const auto file = files_of(id).front();
  EXPECT_EQ(file.name, "_trang_.html.txt");
  const auto answer = officer.get("/records/" + id.hex() + "/files/" + file.sha256.hex());
  ASSERT_EQ(answer.status, 200);
  ASSERT_TRUE(answer.source);
  EXPECT_EQ(read_all(*answer.source), "<script>alert(1)</script>");
  EXPECT_EQ(answer.headers.get("Content-Type"), "text/plain");
  EXPECT_THAT(std::string(answer.headers.get("Content-Disposition")), testing::StartsWith("attachment; filename=\"_trang_.html.txt\""));
  EXPECT_EQ(answer.headers.get("Content-Security-Policy"), "default-src 'none'; sandbox");
  EXPECT_EQ(answer.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
}

TEST_F(AttachmentPages, PartsOfAFileAreGivenAsRFC9110Says) {
  const auto id = world.talks(world.post());
  ASSERT_EQ(attach(officer, id, {{"v.attachments", "số.txt", "0123456789"}}).status, 303);
  const auto target = "/records/" + id.hex() + "/files/" + files_of(id).front().sha256.hex();
  const auto tag = std::string(officer.get(target).headers.get("ETag"));
  const auto part = [&](const std::string& range, const std::string& if_range = "") {
    net::Headers headers;
    headers.add("Range", range);
    if (!if_range.empty()) headers.add("If-Range", if_range);
    const auto answer = officer.send("GET", target, {}, headers);
    return std::to_string(answer.status) + " " + (answer.source ? read_all(*answer.source) : "") + " " +
           std::string(answer.headers.get("Content-Range"));
  };
  EXPECT_EQ(part("bytes=2-4"), "206 234 bytes 2-4/10");
  EXPECT_EQ(part("bytes=7-"), "206 789 bytes 7-9/10");
  EXPECT_EQ(part("bytes=-3"), "206 789 bytes 7-9/10");
  EXPECT_EQ(part("bytes=-30"), "206 0123456789 bytes 0-9/10");
  EXPECT_EQ(part("bytes=8-99"), "206 89 bytes 8-9/10");
  EXPECT_EQ(part("bytes=10-"), "416  bytes */10");
  EXPECT_EQ(part("bytes=-0"), "416  bytes */10");
  for (const char* odd : {"bytes=4-2", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2", "bytes=-", "bytes=99999999999999999999-"})
    EXPECT_EQ(part(odd), "200 0123456789 ") << odd;
  EXPECT_EQ(part("bytes=2-4", tag), "206 234 bytes 2-4/10");
  EXPECT_EQ(part("bytes=2-4", "\"other\""), "200 0123456789 ");
  net::Headers known;
  known.add("If-None-Match", tag);
  EXPECT_EQ(officer.send("GET", target, {}, known).status, 304);
}

// A rotten disk leads to an error, not to other bytes under the old name and tag: before the first byte, or in the middle.
TEST_F(AttachmentPages, BytesThatHaveChangedAreNotSent) {
  const auto id = world.talks(world.post());
  const std::string content(200'000, 'a');
  ASSERT_EQ(attach(officer, id, {{"v.attachments", "số.txt", content}}).status, 303);
  const auto file = files_of(id).front();
  const auto target = "/records/" + id.hex() + "/files/" + file.sha256.hex();
  const auto begun = officer.get(target);
  ASSERT_TRUE(begun.source);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(world.ledger().dir() / "blobs"))
    if (entry.path().filename() == file.sha256.hex()) {
      std::fstream bytes(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
      bytes.seekp(150'000);
      bytes << "sai!";
    }
  std::string piece(65'536, '\0');
  EXPECT_TRUE(begun.source->read(0, piece));
  EXPECT_FALSE(begun.source->read(131'072, piece)) << "the answer that had begun breaks off";
  net::Headers range;
  range.add("Range", "bytes=0-9");
  for (const auto& answer : {officer.get(target), officer.send("GET", target, {}, range)}) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_FALSE(answer.source);
    EXPECT_FALSE(answer.headers.has("ETag"));
  }
}

TEST_F(AttachmentPages, TheAdministratorIsToldWhatTheLastBackupLacksAndNoNamesThatAreNotForHim) {
  const auto id = world.talks(world.post());
  ASSERT_EQ(attach(officer, id, {{"v.attachments", "tên lộ.txt", "nội dung"}}).status, 303);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(world.ledger().dir() / "blobs"))
    if (entry.is_regular_file()) std::filesystem::remove(entry.path());
  const auto job = must(records::ledger_backup_job(world.ledger().dir()));
  ASSERT_TRUE(must(records::run_backup_if_due(job, system_clock().wall_ms())));
  Browser admin{world};
  admin.log_in("admin");
  const auto page = admin.get("/admin");
  EXPECT_TRUE(shows(page, "1 tệp đính kèm")) << page.body;
  EXPECT_FALSE(shows(page, "tên lộ")) << "an administrator reads no record";
}

// To who may not see the record, the file, its preview and the way to add one answer as if there were none.
TEST_F(AttachmentPages, HiddenAnswersLikeAbsent) {
  const auto id = world.talks(world.post());
  ASSERT_EQ(attach(officer, id, {{"v.attachments", "một.txt", "một"}}).status, 303);
  const auto file = files_of(id).front().sha256.hex();
  const auto absent_record = make_uuid7(1'794'000'000'000, system_rng()).hex();
  const auto absent_file = crypto::sha256("none").hex();
  const auto without = [](std::string text) { return std::regex_replace(text, std::regex("[0-9a-f]{64}|[0-9a-f]{32}"), "ID"); };
  for (const char* more : {"", "/preview"}) {
    const auto hidden = stranger.get("/records/" + id.hex() + "/files/" + file + more);
    EXPECT_EQ(hidden.status, 404);
    EXPECT_EQ(without(hidden.body), without(stranger.get("/records/" + absent_record + "/files/" + file + more).body));
    EXPECT_EQ(without(hidden.body), without(stranger.get("/records/" + id.hex() + "/files/" + absent_file + more).body));
  }
  const auto sent = attach(stranger, id, {{"v.attachments", "x.txt", "x"}});
  EXPECT_EQ(sent.status, 404);
  EXPECT_EQ(files_of(id).size(), 1U);
}

TEST_F(AttachmentPages, OnlyWhoIsSignedInOnOurOwnPagesMaySendFiles) {
  Browser nobody{world};
  const auto id = world.talks(world.post());
  net::Request head;
  must(net::set_target(head, "/records/" + id.hex() + "/files"));
  head.method = "POST";
  head.headers.add("Host", "127.0.0.1:8600");
  head.headers.add("Content-Type", "multipart/form-data; boundary=b");
  EXPECT_FALSE(world.site->body_sink(head)) << "no session";
  std::string jar;
  for (const auto& [name, value] : officer.cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
  head.headers.add("Cookie", jar);
  EXPECT_TRUE(world.site->body_sink(head));
  head.headers.set("Sec-Fetch-Site", "cross-site");
  EXPECT_FALSE(world.site->body_sink(head)) << "from another site";
  head.headers.remove("Sec-Fetch-Site");
  head.headers.set("Host", "evil.example");
  EXPECT_FALSE(world.site->body_sink(head));
  head.headers.set("Host", "127.0.0.1:8600");
  head.path = "/account";
  EXPECT_FALSE(world.site->body_sink(head)) << "a form without files";
  // With a session but a wrong token nothing is attached.
  const auto wrong =
      send(officer, "/records/" + id.hex() + "/files", {{"csrf", "wrong"}, {"field", "attachments"}}, {{"v.attachments", "a.txt", "a"}});
  EXPECT_NE(wrong.status, 303);
  EXPECT_TRUE(files_of(id).empty());
}

TEST_F(AttachmentPages, AFormThatComesWithoutASessionKeepsItsText) {
  const auto form = officer.get("/records/new?type=talks");
  const auto typed = new_talks(form);
  officer.cookies.erase("__Host-nhipcau");
  const auto answer = send(officer, "/records/new?type=talks", typed, {{"v.attachments", "a.txt", "a"}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_FALSE(shows(answer, "Cửa khẩu A")) << "it waits in the node, not in the page";
  EXPECT_TRUE(shows(officer.log_in("officer"), "Cửa khẩu A")) << "kept for after the log-in";
}

}  // namespace
}  // namespace nc::web
