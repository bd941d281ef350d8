#include "foundation/net/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "foundation/net/message.h"

namespace nc::net {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Kept final : MultipartReader::Files {
  std::vector<std::string> files;  // "input|name|bytes"
  bool open = false;
  void begin(const std::string& name, const std::string& file_name) override {
    files.push_back(name + "|" + file_name + "|");
    open = true;
  }
  void bytes(std::string_view piece) override { files.back() += piece; }
  void end() override { open = false; }
};

std::string part(const std::string& disposition, const std::string& content) {
  return "--XY\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

// However the network cuts it.
class Multipart : public testing::TestWithParam<std::size_t> {};

TEST_P(Multipart, FieldsAndFilesComeWhole) {
  const std::string bytes = "a\r\n--X\r\n--XZ\r\n\0z" + std::string(200'000, 'q');
  const auto body = part("name=\"csrf\"", "abc") + part("name=\"v.attachments\"; filename=\"Bi\xc3\xaan b\xe1\xba\xa3n.pdf\"", bytes) +
                    part("name=\"v.text\"", "m\xe1\xbb\x99t\r\nhai") + part("name=\"none\"; filename=\"\"", "") + "--XY--\r\nepilogue";
  Kept kept;
  MultipartReader reader("XY", &kept);
  for (std::size_t at = 0; at < body.size(); at += GetParam()) ASSERT_TRUE(reader.feed(std::string_view(body).substr(at, GetParam())));
  ASSERT_TRUE(reader.finish());
  EXPECT_THAT(kept.files, ElementsAre("v.attachments|Bi\xc3\xaan b\xe1\xba\xa3n.pdf|" + bytes));
  EXPECT_FALSE(kept.open);
  EXPECT_EQ(reader.fields().get("csrf"), "abc");
  EXPECT_EQ(reader.fields().get("v.text"), "m\xe1\xbb\x99t\nhai");
  EXPECT_FALSE(reader.fields().has("none"));
}

INSTANTIATE_TEST_SUITE_P(Cuts, Multipart, testing::Values(1, 2, 3, 7, 64, 4096, 1'000'000));

TEST(MultipartReader, NamesOfFilesComeAsTheyWere) {
  const auto name_of = [](const std::string& disposition) {
    Kept kept;
    MultipartReader reader("XY", &kept);
    EXPECT_TRUE(reader.feed(part(disposition, "x") + "--XY--"));
    return kept.files.empty() ? "" : kept.files.front();
  };
  EXPECT_EQ(name_of("name=\"a\"; filename=\"../../etc/passwd\""), "a|../../etc/passwd|x");
  EXPECT_EQ(name_of("name=\"a\"; filename=\"C:\\Users\\b.pdf\""), "a|C:\\Users\\b.pdf|x");
  EXPECT_EQ(name_of("name=\"a\"; filename=\"say %22hi%22.pdf\""), "a|say \"hi\".pdf|x");
  EXPECT_EQ(name_of("name=\"a\"; filename=\"say \\\"hi\\\".pdf\""), "a|say \"hi\".pdf|x");
  EXPECT_EQ(name_of("name=\"a\"; filename=\"a;name=b.pdf\""), "a|a;name=b.pdf|x");
}

TEST(MultipartReader, WhatIsDamagedIsRefusedAndFilesEnd) {
  const auto refused = [](const std::string& body) {
    Kept kept;
    MultipartReader reader("XY", &kept);
    const bool good = reader.feed(body).has_value() && reader.finish().has_value();
    EXPECT_FALSE(kept.open);
    return !good;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("--XY\r\n"));
  EXPECT_TRUE(refused(part("name=\"a\"; filename=\"b\"", "c")));
  EXPECT_TRUE(refused("--XY\r\nContent-Type: text/plain\r\n\r\nno name\r\n--XY--"));
  EXPECT_TRUE(refused("--XYcontent"));
  EXPECT_TRUE(refused("--XY\r\n" + std::string(kPartHeaderBytesMax + 10, 'h')));
}

TEST(MultipartReader, LimitsHaveNames) {
  Kept kept;
  MultipartReader long_text("XY", &kept);
  const auto text = long_text.feed(part("name=\"a\"", std::string(limits::kFormBodyBytesMax + 1, 'x')) + "--XY--");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::kLimit);
  std::string many;
  for (std::size_t i = 0; i <= kFormFilesMax; ++i) many += part("name=\"a\"; filename=\"f\"", "x");
  MultipartReader files("XY", &kept);
  const auto too_many = files.feed(many + "--XY--");
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, ErrorCode::kLimit);
}

TEST(MultipartBoundary, OnlyOfThatTypeAndWellFormed) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKitFormBoundaryabc"), "----WebKitFormBoundaryabc");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), "a b");
  EXPECT_EQ(multipart_boundary("multipart/mixed; boundary=a"), "");
  EXPECT_EQ(multipart_boundary("multipart/form-data"), "");
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'a')), "");
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=a\r\nb"), "");
}

// A session that is over has no sink: what was typed is read all the same, and comes back.
TEST(Request, FormWithFilesWithoutASinkKeepsItsFields) {
  Request request;
  request.headers.set("Content-Type", "multipart/form-data; boundary=XY");
  request.body = part("name=\"v.text\"", "typed") + part("name=\"f\"; filename=\"a.pdf\"", "bytes") + "--XY--\r\n";
  const auto form = request.form();
  ASSERT_TRUE(form);
  EXPECT_THAT(std::vector<Fields::Pair>(form->begin(), form->end()), ElementsAre(Pair("v.text", "typed")));
}

}  // namespace
}  // namespace nc::net
