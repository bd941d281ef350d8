// What people would type, and what of the public record must be found by it: words of the trade, units and partners,
// markers, places, numbers; with marks and without, in one piece or the beginning of one.
#include <algorithm>

#include "base/text.h"
#include "channels/intake/import_test_node.h"
#include "insight/search/search.h"

namespace nc::intake {
namespace {

using testing::Node;

// Rows are named as in data/public-record: E events, S sources, R figures; other words are codes of units.
struct Phrase {
  const char* typed;
  const char* found;       // all of these, separated by spaces
  const char* jumps = "";  // codes of units that the question leads to, the first first
};

const std::vector<Phrase> kPhrases = {
    // the trade
    {"tuan tra song phuong", "S007 S108 S337"},
    {"tuần tra song phương khu vực cửa sông Bắc Luân", "S108"},
    {"tuan tra bo heng", "S007", ""},
    {"hội đàm bđbp", "S099 S147 S177"},
    {"HOI DAM BDBP 4 TINH", "S099"},
    {"giao lưu hữu nghị quốc phòng biên giới", "S027 S191"},
    {"giao luu huu nghi quoc phong bien gioi viet trung", "S027"},
    {"giao lưu hữu nghị biên giới hai nước lần thứ hai", ""},
    {"kết nghĩa bản bản", "S020"},
    {"ket nghia dai doi bien phong 224", "S303"},
    {"quy che ket nghia hue salavan", "S132"},
    {"tiếp nhận 9 công dân", "S063"},
    {"đồng tháp tiếp nhận 57", "S069"},
    {"doi tuong truy na lan tron o lao", "S325"},
    {"ban giao 30 ban chi huy", "S240"},
    {"tặng bộ công an lào thiết bị y tế", "S033"},
    {"khám chữa bệnh cho nhân dân biên giới", "S056"},
    {"tap huan quan ly bien gioi can bo bien phong lao", "S085"},
    {"chúc tết bđbp thanh hóa", "S114"},
    {"chuc tet 2023", "S114"},
    {"đường dây nóng cảnh sát biển", "S254"},
    {"dien tap lien hop di cu tu do", "S225"},
    {"hoi nghi gia lang truong ban", "S355"},
    {"tuyên truyền pháp luật biên giới việt trung", "S276"},
    {"phỏng vấn đối ngoại biên phòng", "S001"},
    {"gần 60 văn bản hợp tác", "R001"},
    {"18 cuộc giao lưu hữu nghị biên giới", "R002"},
    {"cột mốc biên giới việt nam campuchia", "S261"},
    {"nâng cấp cặp cửa khẩu trà lĩnh", "S269"},
    {"khai truong cap cua khau binh hiep", "S047"},
    // English
    {"joint border patrol dien bien", "S290"},
    {"new zealand naval ship", "S218"},
    {"coast guards beibu gulf", "S198"},
    {"joint patrols chinese border guards", "S349"},
    {"fourth edition opened", "E027"},
    {"field talks on the epidemic", "E189"},
    // places
    {"mộc bài", "E033 E339 E340 vn-post-mocbai", "vn-post-mocbai"},
    {"cửa khẩu quốc tế mộc bài", "E339 vn-post-mocbai"},
    {"lẳng khăng", "E020"},
    {"bua la pha", "E020"},
    {"xã nhi sơn", "E007"},
    {"kaysone phomvihane", "E142"},
    {"điện biên phủ", "E098"},
    {"vịnh bắc bộ", "E201"},
    {"den sa van", "E276"},
    {"lao bảo", "E017 E018 E191 E235 E276 vn-post-laobao", "vn-post-laobao"},
    {"cha lo na phao", "E246"},
    {"bo y", "E152 E326"},
    {"long thuận tây ninh", "E355"},
    {"nam can", "E082 E328 vn-post-namcan", "vn-post-namcan"},
    // units and partners, by the names that records only point to
    {"tuần tra pù nhi", "E007"},
    {"tuan tra dai doi bien phong 215", "E007"},
    {"đồn biên phòng pha long", "E003 vn-post-phalong", "vn-post-phalong"},
    {"hội đàm savannakhet", "E142"},
    {"hoi dam ty cong an mondulkiri", "S177 E179"},
    {"bộ tư lệnh bđbp", "vn-bg"},
    {"bo tu lenh bo doi bien phong", "vn-bg", "vn-bg"},
    {"thanh thuy", "E061 E073 vn-post-thanhthuy-hg"},
    {"xin cai", "E067 vn-post-xincai", "vn-post-xincai"},
    {"lũng cú", "E310 vn-post-lungcu", "vn-post-lungcu"},
    {"chi doi quan ly bien gioi van son", "cn-bm-wenshan", "cn-bm-wenshan"},
    {"hai quan hoang gia campuchia", "kh-navy", "kh-navy"},
    {"vn-post-haihoa", "vn-post-haihoa", "vn-post-haihoa"},
    {"Hien binh tinh Takeo", "kh-gd-takeo", "kh-gd-takeo"},
    {"bộ chỉ huy quân sự tỉnh áttapư", "la-mc-attapeu", "la-mc-attapeu"},
    // other spellings and former names of a place, which are data of its units
    {"hội đàm xavannakhet", "E142"},
    {"hoi dam savanakhet", "E142"},
    {"hội đàm Đắc Lắc", "E179"},
    // a whole word leads before the beginning of a longer one
    {"dinh ba", "", "vn-post-dinhba"},
    // the kind and its sub-kind, as titles put them together
    {"\"hội đàm thường niên\"", "E142"},
    // markers and numbers
    {"165(1)", "E003"},
    {"1376", "E112"},
    {"mốc 188", "E189"},
    {"cột mốc 591", "S138"},
    {"mốc 460-462", "S337"},
    {"moc 605 lao bao", "E191"},
    {"\"mốc 171\"", "E033"},
    // words with days beside them
    {"tuần tra 2019", "E003"},
    {"tuan tra nam 2019", "E003"},
    {"tuần tra 7/2022", "E007"},
    {"hội đàm 20/12/2018", "E179 S177"},
    {"hội đàm tháng 12 năm 2018", "E179 S177"},
    {"quý 4/2018 hoi dam dak lak", "E179"},
    {"mondulkiri 6 tháng cuối năm 2018", "E179"},
    {"hội đàm bđbp đắk la", "S177"},
    {"\"hội đàm BĐBP Đắk Lắk\"", "S177"},
    {"“quan hệ hữu nghị, hợp tác”", "S001"},
};

class PublicRecordSearch : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    node_ = std::make_unique<Node>("search");
    const auto imported = node_->import({std::filesystem::path(NC_SOURCE_DIR) / "data/public-record"});
    ASSERT_TRUE(imported) << imported.error().english();
    search_ = std::make_unique<search::Search>(*node_->ledger);
  }
  static void TearDownTestSuite() {
    search_.reset();
    node_.reset();
  }

  static RecordId id_of(const std::string& name) {
    const auto of = [&](const char* table) { return records::imported_id(testing::project_map().table(table)->source, name); };
    switch (name[0]) {
      case 'E': return of("events");
      case 'S': return of("sources");
      case 'R': return of("returns");
      default: return records::imported_id("units", name);
    }
  }
  // Everything that is found, in order, page by page of each type.
  static std::vector<RecordId> everything(const std::string& typed) {
    std::vector<RecordId> out;
    search::Asked asked;
    asked.typed = typed;
    const auto first = search_->ask(node_->ledger->console(), asked);
    if (!first) throw std::runtime_error(typed + ": " + first.error().english());
    for (const auto& [type, count] : first->types) asked.types.push_back(type->id);
    if (asked.types.empty()) return out;
    while (true) {
      const auto page = search_->ask(node_->ledger->console(), asked);
      if (!page) throw std::runtime_error(page.error().english());
      EXPECT_EQ(page->total, first->total);
      for (const auto& hit : page->groups.front().hits) out.push_back(hit.record.id);
      if (page->next_cursor.empty()) break;
      asked.cursor = page->next_cursor;
    }
    EXPECT_EQ(static_cast<std::int64_t>(out.size()), first->total);
    return out;
  }

  static inline std::unique_ptr<Node> node_;
  static inline std::unique_ptr<search::Search> search_;
};

TEST_F(PublicRecordSearch, WhatPeopleTypeFindsWhatTheyMean) {
  ASSERT_GE(kPhrases.size(), 60U);
  for (const auto& phrase : kPhrases) {
    const auto found = everything(phrase.typed);
    for (const auto& name : split_trimmed(phrase.found, ' '))
      EXPECT_NE(std::ranges::find(found, id_of(name)), found.end()) << phrase.typed << ": not " << name << " among " << found.size();
    const auto jumps = search_->jumps(node_->ledger->console(), phrase.typed, "vi");
    ASSERT_TRUE(jumps);
    std::vector<RecordId> units;
    for (const auto& jump : *jumps)
      if (jump.kind == search::Jump::Kind::kUnit) units.push_back(jump.record);
    for (const auto& name : split_trimmed(phrase.jumps, ' '))
      EXPECT_NE(std::ranges::find(units, id_of(name)), units.end()) << phrase.typed << ": no jump to " << name;
  }
}

// Letters with marks and without, composed and not, in capitals: the same is found, in the same order.
TEST_F(PublicRecordSearch, MarksAndCapitalsChangeNothing) {
  std::size_t several = 0;
  for (std::size_t i = 0; i < kPhrases.size(); i += 3) {
    const std::string typed = kPhrases[i].typed;
    const auto found = everything(typed);
    EXPECT_EQ(everything(fold(typed)), found) << typed;
    EXPECT_EQ(everything(to_nfc(typed)), found) << typed;
    several += found.size() > 1 ? 1 : 0;
  }
  EXPECT_EQ(everything("Ho\xcc\xa3\xcc\x82i \xc4\x91\x61\xcc\x80m Sa La Van"), everything("hội đàm sa la van"));
  EXPECT_GT(several, 8U);
}

// Newest first; every hit says where the words stand, unless its title or its kind does.
TEST_F(PublicRecordSearch, HitsSayWhereTheWordsStand) {
  search::Asked asked;
  asked.typed = "mộc bài";
  const auto answer = search_->ask(node_->ledger->console(), asked);
  ASSERT_TRUE(answer);
  ASSERT_GT(answer->groups.size(), 2U);
  std::size_t marked = 0;
  for (const auto& group : answer->groups) {
    EXPECT_LE(group.hits.size(), search::kOfEachType);
    EXPECT_GE(group.count, static_cast<std::int64_t>(group.hits.size()));
    for (const auto& hit : group.hits) {
      const auto has_mark = [](const auto& pieces) { return std::ranges::any_of(pieces, &search::Piece::marked); };
      EXPECT_TRUE(has_mark(hit.title) || std::ranges::any_of(hit.snippets, [&](const auto& one) { return has_mark(one.pieces); }));
      marked += hit.snippets.size();
    }
  }
  EXPECT_GT(marked, 3U);
}

TEST_F(PublicRecordSearch, ADayAndAMonthAreJumps) {
  const auto jumps = search_->jumps(node_->ledger->console(), "tháng 11/2026", "vi");
  ASSERT_TRUE(jumps);
  ASSERT_EQ(jumps->size(), 1U);
  EXPECT_EQ(jumps->front().kind, search::Jump::Kind::kDays);
  EXPECT_EQ(jumps->front().days, (DayRange{to_day(2026, 11, 1), to_day(2026, 11, 30)}));
}

// Days beside words say when; what nothing of those days has is looked for as it is written.
TEST_F(PublicRecordSearch, DaysBesideWordsNarrowThemDown) {
  search::Asked asked;
  asked.typed = "tuần tra 2019";
  const auto within = search_->ask(node_->ledger->console(), asked);
  ASSERT_TRUE(within);
  ASSERT_FALSE(within->jumps.empty());
  EXPECT_EQ(within->jumps.front().days, (DayRange{to_day(2019, 1, 1), to_day(2019, 12, 31)}));
  EXPECT_LT(within->total, static_cast<std::int64_t>(everything("tuần tra").size()));
  const auto found = everything("tuần tra 2019");
  EXPECT_EQ(std::ranges::find(found, id_of("E007")), found.end()) << "that was in 2022";
  asked.year = 2018;
  EXPECT_EQ(search_->ask(node_->ledger->console(), asked)->total, 0) << "both are asked";
  asked.year.reset();
  asked.typed = "chúc tết \"2023\"";
  EXPECT_TRUE(search_->ask(node_->ledger->console(), asked)->jumps.empty()) << "words, in quotes";
  EXPECT_TRUE(everything("tuần tra 1955").empty());
}

TEST_F(PublicRecordSearch, RebuildFindsTheSame) {
  const auto before = everything("biên giới hữu nghị");
  EXPECT_GT(before.size(), 10U);
  const auto report = node_->ledger->rebuild(false);
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_TRUE(report->differs.empty()) << report->differs.front();
  EXPECT_EQ(everything("biên giới hữu nghị"), before);
}

}  // namespace
}  // namespace nc::intake
