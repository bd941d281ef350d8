#include "foundation/net/fields.h"

#include <gtest/gtest.h>

#include "foundation/net/message.h"

namespace nc::net {
namespace {

TEST(Form, ReadsNamesAndValuesInOrder) {
  const auto form = parse_form("b=2&a=1&b=3&empty=&bare&&t=Hai+Ba%20Tr%C6%B0ng");
  ASSERT_TRUE(form);
  EXPECT_EQ(*form, (Fields{{"b", "2"}, {"a", "1"}, {"b", "3"}, {"empty", ""}, {"bare", ""}, {"t", "Hai Ba Trưng"}}));
  EXPECT_EQ(form->get("b"), "2");
  EXPECT_EQ(form->all("b").size(), 2u);
  EXPECT_FALSE(form->first("absent"));
}

TEST(Form, BrowserTextBecomesNfcWithUnixLineEnds) {
  const auto form = parse_form("t=a%0D%0Ab%0Dc&n=tie%CC%82%CC%81ng");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->get("t"), "a\nb\nc");
  EXPECT_EQ(form->get("n"), "tiếng");
}

TEST(Form, RefusesBrokenEscapesByField) {
  for (const auto* text : {"x=%", "x=%4", "x=%zz", "x=%G0", "x=a%2"}) {
    const auto form = parse_form(text);
    ASSERT_FALSE(form) << text;
    EXPECT_EQ(form.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(form.error().where, "x");
  }
}

TEST(Form, RefusesWhatIsNotUtf8) {
  for (const auto* text : {"x=%FF", "x=%C3", "x=%00", "x=%ED%A0%80", "x=%C0%AF", "%FF=x"}) EXPECT_FALSE(parse_form(text)) << text;
}

TEST(Form, ReplacesWhatCannotBeReadAndKeepsTheRest) {
  const auto form = parse_form("a=tr%C6%B0%E1%BB%9Bc&b=x%FFy%00z%C3&%FF=1&c=%ED%A0%80", kFormFieldsMax, Unreadable::kReplaced);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->get("a"), "trước");
  EXPECT_EQ(form->get("b"), "x\uFFFDy\uFFFDz\uFFFD");
  EXPECT_EQ(form->get("\uFFFD"), "1");
  EXPECT_EQ(form->get("c"), "\uFFFD\uFFFD\uFFFD");
  const auto* bad = unreadable_field(*form);
  ASSERT_NE(bad, nullptr);
  EXPECT_EQ(bad->first, "b");
  EXPECT_EQ(unreadable_field({{"a", "trước"}}), nullptr);
  EXPECT_FALSE(parse_form("x=%zz", kFormFieldsMax, Unreadable::kReplaced));
}

TEST(Form, RefusesTooManyFieldsByName) {
  std::string text;
  for (int i = 0; i < 1024; ++i) text += "a=1&";
  EXPECT_TRUE(parse_form(text));
  const auto form = parse_form(text + "a=1");
  ASSERT_FALSE(form);
  EXPECT_EQ(form.error().code, ErrorCode::kLimit);
  EXPECT_EQ(form.error().args.front(), "1024");
}

TEST(Form, WritingIsTheInverseOfReading) {
  const Fields fields{{"a&b", "c=d"}, {"q", "hội đàm + 50%"}, {"", "x"}, {"line", "1\n2"}};
  const auto again = parse_form(form_text(fields));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, fields);
}

TEST(Fields, SetReplacesAllOfThatName) {
  Fields fields{{"a", "1"}, {"b", "2"}, {"a", "3"}};
  fields.set("a", "9");
  EXPECT_EQ(fields, (Fields{{"a", "9"}, {"b", "2"}}));
  fields.set("b", std::nullopt);
  EXPECT_EQ(with_query("/x", fields), "/x?a=9");
  fields.set("a", std::nullopt);
  EXPECT_EQ(with_query("/x", fields), "/x");
}

TEST(Cookies, TakeWhatIsWellFormedAndPassOverTheRest) {
  EXPECT_EQ(parse_cookies("__Host-s=abc; lang=\"vi\";bad; =x; a b=1; c=1 2; d=1"),
            (Fields{{"__Host-s", "abc"}, {"lang", "vi"}, {"d", "1"}}));
  std::string many;
  for (int i = 0; i < 200; ++i) many += "c" + std::to_string(i) + "=1;";
  EXPECT_EQ(parse_cookies(many).size(), 64u);
}

TEST(Cookies, AreSetWithTheirGuards) {
  EXPECT_EQ(set_cookie("__Host-s", "ab"), "__Host-s=ab; Path=/; HttpOnly; Secure; SameSite=Lax");
  EXPECT_EQ(set_cookie("l", "vi", {.secure = false, .max_age_s = 0, .lax = false}), "l=vi; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST(Target, IsDecodedOnce) {
  Request request;
  ASSERT_TRUE(set_target(request, "/h%E1%BB%93%20s%C6%A1/%2541?q=a+b&q=%252F"));
  EXPECT_EQ(request.path, "/hồ sơ/%41");
  EXPECT_EQ(request.query, (Fields{{"q", "a b"}, {"q", "%2F"}}));
  Request again;
  ASSERT_TRUE(set_target(again, request.target()));
  EXPECT_EQ(again.path, request.path);
  EXPECT_EQ(again.query, request.query);
}

TEST(Target, RefusesWaysOutOfTheTree) {
  Request request;
  for (const auto* target :
       {"", "x", "*", "http://h/", "/..", "/a/../b", "/a/%2e%2E/b", "/./a", "/a%2Fb", "/a%00b", "/a%0ab", "/%ff", "/%", "/a\\b", "/?q=%"})
    EXPECT_FALSE(set_target(request, target)) << target;
  EXPECT_TRUE(set_target(request, "/...//a.b/"));
}

TEST(Response, NoValueCanStartAHeaderOfItsOwn) {
  auto response = Response::redirect("/x\r\nSet-Cookie: a=b");
  response.headers.add("Content-Length", "999");
  const auto head = response_head(response, true, 0);
  EXPECT_EQ(head.find("\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(head,
            "HTTP/1.1 303 See Other\r\nLocation: /x  Set-Cookie: a=b\r\nContent-Length: 0\r\n"
            "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n\r\n");
}

TEST(Request, FormWantsItsContentType) {
  Request request;
  request.body = "a=1";
  EXPECT_FALSE(request.form());
  request.headers.set("content-type", "application/X-www-form-urlencoded; charset=utf-8");
  ASSERT_TRUE(request.form());
  EXPECT_EQ(request.form()->get("a"), "1");
}

}  // namespace
}  // namespace nc::net
