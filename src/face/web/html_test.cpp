#include "face/web/html.h"

#include <gtest/gtest.h>

namespace nc::web {
namespace {

TEST(Html, TextAndAttributesAreEscaped) {
  const std::string evil = "<script>alert('x')</script> & \"q\"";
  EXPECT_EQ(el("p", {{"title", evil}}, evil).bytes(),
            "<p title=\"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;\">"
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;</p>");
}

TEST(Html, FragmentsAreNotEscapedTwice) {
  const auto inner = el("b", {}, "a < b");
  EXPECT_EQ(el("p", {}, inner, " & ", std::string_view("c")).bytes(), "<p><b>a &lt; b</b> &amp; c</p>");
  EXPECT_EQ(join(inner, inner).bytes(), "<b>a &lt; b</b><b>a &lt; b</b>");
}

TEST(Html, VoidElementsAndBareOrAbsentAttributes) {
  EXPECT_EQ(el("input",
               {{"checked", true}, {"disabled", false}, {"name", std::optional<std::string>()}, {"value", std::optional<std::string>("1")}})
                .bytes(),
            "<input checked value=\"1\">");
  EXPECT_EQ(el("br", {}).bytes(), "<br>");
}

TEST(Url, PathsAreEncodedAndStayOnThisHost) {
  EXPECT_EQ(Url::to("/records/a b/đ", {{"q", "hội đàm"}}).text(), "/records/a%20b/%C4%91?q=h%E1%BB%99i%20%C4%91%C3%A0m");
  for (const auto* path : {"//evil.example/x", "evil.example/x", "///evil.example/x"})
    EXPECT_EQ(Url::to(path).text(), "/evil.example/x") << path;
  EXPECT_EQ(Url::to("/\\evil.example").text(), "/%5Cevil.example");
  EXPECT_EQ(Url::to("javascript:alert(1)").text(), "/javascript%3Aalert%281%29");
  EXPECT_EQ(Url::to("").text(), "/");
  EXPECT_EQ(Url::fragment("f-a b").text(), "#f-a%20b");
}

TEST(Url, OnlyWebAddressesLeadElsewhere) {
  EXPECT_EQ(Url::web(" https://a.vn/b?c=1#d ")->text(), "https://a.vn/b?c=1#d");
  EXPECT_TRUE(Url::web("http://baodaklak.vn/x"));
  for (const auto* text : {"", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://a", "//a.vn", "/a", "https://",
                           "https:///x", "https://u@a.vn", "https://a.vn/ b", "https://a.vn\\@b", "https://a\nb"})
    EXPECT_FALSE(Url::web(text)) << text;
}

}  // namespace
}  // namespace nc::web
