#include "insight/stats/summary.h"

#include "base/files.h"
#include "insight/stats/test_world.h"

namespace nc::stats {
namespace {

TEST(Summary, TheDemosQuestionsAreRead) {
  const auto text = read_file(NC_SOURCE_DIR "/data/demo/summary.json");
  ASSERT_TRUE(text);
  const auto blocks = read_summary(*text, *orgtree::OrgTree::build({}, {}, {}));
  ASSERT_TRUE(blocks) << blocks.error().english();
  ASSERT_EQ(blocks->size(), 5U);
  // Of a ledger without units the questions about units cannot be asked; the last names none.
  EXPECT_EQ(blocks->front().query.error().code, ErrorCode::kNotFound);
  const auto& last = blocks->back();
  ASSERT_TRUE(last.query) << last.query.error().english();
  EXPECT_EQ(last.query->rows, Dimension::kKind);
  EXPECT_EQ(last.query->from, to_day(2015, 1, 1));
  EXPECT_EQ(last.query->to, to_day(2026, 12, 31));
  EXPECT_EQ(last.asked,
            (std::vector<std::pair<std::string, std::string>>{{"from", "2015"}, {"to", "2026"}, {"rows", "kind"}, {"columns", "year"}}));
}

TEST(Summary, OddQuestionsAreErrorsOfTheirBlockAlone) {
  const auto blocks = read_summary(
      R"({"blocks":[{"rows":"colour"},{"line":"sideways"},{"from":"soon"},{"kinds":["a",7,"b"],"title":{"vi":"Một","en":"One"}}]})",
      *orgtree::OrgTree::build({}, {}, {}));
  ASSERT_TRUE(blocks);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FALSE((*blocks)[i].query) << i;
  EXPECT_EQ((*blocks)[3].query->kinds, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ((*blocks)[3].title.in("en"), "One");
  EXPECT_FALSE(read_summary("[]", *orgtree::OrgTree::build({}, {}, {})));
  EXPECT_FALSE(read_summary("{", *orgtree::OrgTree::build({}, {}, {})));
}

}  // namespace
}  // namespace nc::stats
