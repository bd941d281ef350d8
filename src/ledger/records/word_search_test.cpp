// Searching for words, for readers of every reach, beside the plain way: every record, decide, and each word by itself.
#include "ledger/records/word_search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "base/words.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/derived_rows.h"
#include "ledger/records/tables.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"
#include "ledger/records/word_blocks.h"

namespace nc::records {
namespace {

using catalog::Handling;

TEST(DocSet, IsStoredAsAListOrAsBits) {
  SeededRng rng(3);
  for (const std::size_t many : {0, 1, 2, 255, 256, 257, 1000, 4096}) {
    DocSet docs;
    while (docs.count() < many) docs.set(rng.below(kBlockDocs), true);
    EXPECT_EQ(docs.bytes().size(), many < 256 ? 2 * many : 512U);
    DocSet again;
    EXPECT_TRUE(again.add(docs.bytes()));
    EXPECT_EQ(again, docs);
  }
  DocSet broken;
  EXPECT_FALSE(broken.add("abc"));
  EXPECT_FALSE(broken.add("\x01\x20"));  // 0x2001: no place of a block
  EXPECT_FALSE(broken.add(std::string(600, 'a')));
}

TEST(WordCells, KeepNumbersOfEverySign) {
  std::string cells;
  put_cell<std::int32_t>(cells, 3, -1'000'000);
  put_cell<std::int32_t>(cells, 1, 20'000);
  EXPECT_EQ(cells.size(), 16U);
  EXPECT_EQ(cell_at<std::int32_t>(cells, 3), -1'000'000);
  EXPECT_EQ(cell_at<std::int32_t>(cells, 1), 20'000);
  EXPECT_EQ(cell_at<std::int32_t>(cells, 0), 0);
  EXPECT_EQ(cell_at<std::int32_t>(cells, 9), 0);
}

WordQuestion words(const std::vector<std::string>& terms, bool by_type = false) {
  WordQuestion out;
  for (const auto& term : terms) out.words.push_back({term, false});
  out.by_type = by_type;
  return out;
}

class WordSearchTest : public test::LedgerTest {
 protected:
  void SetUp() override {
    test::LedgerTest::SetUp();
    test::allow_restricted(*ledger_);
    search_ = std::make_unique<WordSearch>(*ledger_);
  }
  void TearDown() override {
    search_.reset();
    test::LedgerTest::TearDown();
  }
  WordAnswer find(const access::Subject& who, const WordQuestion& question) {
    auto answer = search_->find(who, question);
    if (!answer) throw std::runtime_error(answer.error().english());
    return std::move(*answer);
  }
  std::int64_t total(const access::Subject& who, const std::vector<std::string>& terms) { return find(who, words(terms)).total; }
  UnitId unit(const std::string& code, const std::string& name, const std::string& country, const std::string& chain = {}) {
    Json values;
    values.set("code", code).set("name", name).set("country", country).set("own", country == "VN").set("level", "post");
    if (!chain.empty()) values.set("chain", chain);
    return make(values, std::nullopt, "unit");
  }
  void sound() {
    const auto report = ledger_->rebuild(true);
    ASSERT_TRUE(report) << report.error().english();
    EXPECT_TRUE(report->differs.empty()) << report->differs.front();
  }
  // With a text of its own in a restricted part.
  [[nodiscard]] Json contact(const std::string& function, const std::string& rank) const {
    Json values;
    values.set("function", function).set("unit", unit_.hex()).set("lead_unit", unit_.hex()).set("status", "held").set("rank_text", rank);
    return values;
  }
  // Enough records that a pack leaves the tail.
  void fill(std::size_t count) {
    std::vector<Imported> rows;
    for (std::size_t i = 0; i < count; ++i) {
      Imported row;
      row.id = imported_id("fill", std::to_string(i));
      row.type = "talks";
      row.values = talks("Bãi " + std::to_string(i));
      row.origin.bytes[0] = 1;
      std::copy(row.id.bytes.begin(), row.id.bytes.end(), row.origin.bytes.begin() + 1);
      rows.push_back(std::move(row));
    }
    for (const auto& result : ledger_->import(ledger_->console(), rows)) ASSERT_TRUE(result) << result.error().error.english();
  }
  std::unique_ptr<WordSearch> search_;
};

TEST_F(WordSearchTest, ATailAndBlocksAnswerAlike) {
  const auto who = ledger_->console();
  const auto id = make(talks("Cầu Đắk Ruê"));
  EXPECT_EQ(total(who, {"dak", "rue"}), 1);
  EXPECT_EQ(total(who, {"dak", "ruen"}), 0);
  fill(520);
  EXPECT_EQ(total(who, {"dak", "rue"}), 1);  // in a block now
  EXPECT_EQ(total(who, {"bai", "hoi"}), 520);
  EXPECT_EQ(total(who, {"bai", "519"}), 1);
  EXPECT_EQ(find(who, words({"dak", "rue"})).groups[0].records[0].id, id);
  sound();
}

TEST_F(WordSearchTest, TheBeginningOfAWord) {
  make(talks("Cửa khẩu Bờ Y"));
  WordQuestion question;
  question.words = {{"kha", true}};
  EXPECT_EQ(find(ledger_->console(), question).total, 1);
  question.words = {{"kha", false}};
  EXPECT_EQ(find(ledger_->console(), question).total, 0);
  question.words = {{"khau", true}};
  EXPECT_EQ(find(ledger_->console(), question).total, 1);
  question.words = {{"khaux", true}};
  EXPECT_EQ(find(ledger_->console(), question).total, 0);
  fill(520);
  question.words = {{"kha", true}};
  EXPECT_EQ(find(ledger_->console(), question).total, 1);
}

// What is in a block and is changed is found by its new words and not by the old ones.
TEST_F(WordSearchTest, FollowsAmendmentsInTailAndBlock) {
  const auto who = ledger_->console();
  const auto early = make(talks("Cầu Treo"));
  const auto move = [&](const RecordId& id, const std::string& place) {
    Json later;
    later.set("place", Json(JsonObject{{"text", Json(place)}}));
    ASSERT_TRUE(ledger_->amend(who, {id, {}, later, {}}));
  };
  move(early, "Bến Phà");
  EXPECT_EQ(total(who, {"treo"}), 0);
  EXPECT_EQ(total(who, {"ben", "pha"}), 1);
  fill(520);
  move(early, "Nậm Cắn");
  EXPECT_EQ(total(who, {"ben", "pha"}), 0);
  EXPECT_EQ(total(who, {"nam", "can"}), 1);
  sound();
  ASSERT_TRUE(ledger_->transition(who, {early, "void", "sai"}));
  EXPECT_EQ(total(who, {"nam", "can"}), 0);
  sound();
  ASSERT_TRUE(ledger_->transition(who, {early, "restore", "đúng"}));
  EXPECT_EQ(total(who, {"nam", "can"}), 1);
  Json later;
  later.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2025, 1, 2), DatePrecision::kDay, false})}}));
  ASSERT_TRUE(ledger_->amend(who, {early, {}, later, {}}));
  EXPECT_EQ(find(who, words({"hoi", "dam"})).groups[0].records[0].id, early);  // the newest of all now
  sound();
  ASSERT_TRUE(ledger_->rebuild(false));
  EXPECT_EQ(total(who, {"nam", "can"}), 1);
}

// A unit's new name finds the records that name it, at once.
TEST_F(WordSearchTest, NamesOfUnits) {
  const auto who = ledger_->console();
  const auto post = unit("post-x", "Đồn Biên phòng Đắk Ruê", "VN");
  auto values = talks("Hội trường");
  values.set("lead_unit", post.hex());
  const auto id = make(values);
  for (const bool packed : {false, true}) {
    if (packed) fill(520);
    auto answer = find(who, words({"hoi", "truong", "dak", "rue"}));
    ASSERT_EQ(answer.total, 1);
    EXPECT_EQ(answer.groups[0].records[0].id, id);
  }
  Json named;
  named.set("name", "Đồn Biên phòng Sêrêpốk");
  ASSERT_TRUE(ledger_->amend(who, {post, {}, named, {}}));
  EXPECT_EQ(total(who, {"truong", "serepok"}), 1);
  EXPECT_EQ(total(who, {"truong", "rue"}), 0);
}

// The words of a part that he may not read neither find the record nor hide it.
TEST_F(WordSearchTest, WordsOfAHiddenPart) {
  const auto id = make(contact("Bến sông", "chuyện kín"), std::nullopt, "contact");
  const auto high = account("high", "duty_officer", "restricted"), low = account("low", "duty_officer", "internal");
  for (const bool packed : {false, true}) {
    if (packed) fill(520);
    EXPECT_EQ(total(high, {"ben", "song"}), 1);
    EXPECT_EQ(total(high, {"song", "kin"}), 1);  // one word of each part
    EXPECT_EQ(total(low, {"ben", "song"}), 1);
    EXPECT_EQ(total(low, {"kin"}), 0);
    const auto answer = find(low, words({"ben", "song"}));
    EXPECT_EQ(answer.groups[0].records[0].id, id);
    EXPECT_TRUE(answer.groups[0].records[0].values["rank_text"].is_null());
    auto weak = high;
    weak.strength = access::Strength::kPin;  // sees nothing restricted
    EXPECT_EQ(total(weak, {"ben", "song"}), 1);
    EXPECT_EQ(total(weak, {"kin"}), 0);
  }
  Json gone;
  gone.set("rank_text", Json());
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, gone, {}}));
  EXPECT_EQ(total(high, {"kin"}), 0);
  EXPECT_EQ(total(high, {"ben", "song"}), 1);
  sound();
}

// Without the audit trail restricted content is not shown, and everything is as if it were not there.
TEST_F(WordSearchTest, WithoutTheTrailNothingRestricted) {
  make(contact("Bến sông", "chuyện kín"), std::nullopt, "contact");
  const auto high = account("high", "duty_officer", "restricted");
  std::filesystem::remove(dir_ / "audit.db");
  std::filesystem::create_directory(dir_ / "audit.db");
  EXPECT_EQ(total(high, {"ben", "song"}), 1);
  EXPECT_EQ(total(high, {"kin"}), 0);
}

TEST_F(WordSearchTest, CountsByTypeYearAndUnitAreOfTheOtherQuestions) {
  const auto who = ledger_->console();
  const auto post = unit("post-x", "Đồn X", "VN");
  for (int year = 2021; year <= 2024; ++year) {
    auto values = talks("Chợ biên giới");
    values.set("lead_unit", post.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(year, 3, 1), DatePrecision::kDay, false})}}));
    make(values);
  }
  make(Json(JsonObject{{"title", Json("Chợ biên giới")}}), std::nullopt, "source");
  auto question = words({"cho"}, true);
  auto answer = find(who, question);
  EXPECT_EQ(answer.total, 5);
  EXPECT_EQ(answer.types, (std::vector<std::pair<std::string, std::int64_t>>{{"talks", 4}, {"source", 1}}));
  EXPECT_EQ(answer.years, (std::vector<std::pair<int, std::int64_t>>{{2024, 1}, {2023, 1}, {2022, 1}, {2021, 1}}));
  ASSERT_EQ(answer.groups.size(), 2U);
  EXPECT_EQ(answer.groups[0].type, "talks");
  EXPECT_EQ(answer.groups[0].records.size(), 4U);
  question.types = {"source"};
  answer = find(who, question);
  EXPECT_EQ(answer.total, 1);
  EXPECT_EQ(answer.types.size(), 2U);
  EXPECT_TRUE(answer.years.empty());
  question.types.clear();
  question.from = to_day(2022, 1, 1), question.until = to_day(2023, 12, 31);
  answer = find(who, question);
  EXPECT_EQ(answer.total, 2);
  EXPECT_EQ(answer.years.size(), 4U);
  question.units = {post};
  EXPECT_EQ(find(who, question).total, 2);
  question.units = {unit_};
  EXPECT_EQ(find(who, question).total, 0);
}

TEST_F(WordSearchTest, PhrasesStandAsTheyAre) {
  make(talks("đàm phán hội nghị"));
  make(talks("hội đàm"));
  WordQuestion question = words({"phan", "hoi"});
  question.phrases = {"phan hoi"};
  EXPECT_EQ(find(ledger_->console(), question).total, 1);
  question = words({"nghi", "dam"});
  question.phrases = {"nghi dam"};
  EXPECT_EQ(find(ledger_->console(), question).total, 0);
}

TEST_F(WordSearchTest, PhrasesStandAcrossWhatIsWrittenBetweenWordsButNotAcrossLines) {
  make(talks("một"));
  make(talks("quan hệ: hữu nghị"));
  const auto total = [&](const std::string& phrase, std::vector<std::string> each) {
    WordQuestion question;
    for (auto& word : each) question.words.push_back({std::move(word), false});
    question.phrases = {phrase};
    return find(ledger_->console(), question).total;
  };
  EXPECT_EQ(total("quan he huu nghi", {"quan", "huu"}), 1);
  EXPECT_EQ(total("he, huu nghi", {"quan", "huu"}), 1);
  EXPECT_EQ(total("nghi quan he", {"quan", "huu"}), 0);
  EXPECT_EQ(total("hoi dam dinh ky", {"hoi", "dinh"}), 2) << "a kind and its sub-kind, as titles say them";
  EXPECT_EQ(total("hoi dam dot xuat", {"hoi", "dam"}), 0);
}

TEST_F(WordSearchTest, ABrokenCursorIsRefused) {
  for (const auto* cursor : {"1", "|", "x|00112233445566778899aabbccddeeff", "5|zz", "5 |00112233445566778899aabbccddeeff"}) {
    auto question = words({"hoi"});
    question.cursor = cursor;
    EXPECT_FALSE(search_->find(ledger_->console(), question)) << cursor;
  }
}

// verify, doctor and rebuild --check say that somebody changed what is found.
TEST_F(WordSearchTest, AChangedIndexIsNoticed) {
  fill(520);
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"DELETE FROM word_posting WHERE term = 'bai'", "word_posting.docs"},
      {"UPDATE word_posting SET docs = x'0000' WHERE term = '17'", "word_posting.docs"},
      {"INSERT INTO word_posting VALUES(0, 'zzz', x'0000')", "word_posting.docs"},
      {"INSERT INTO word_posting VALUES(7, 'zzz', x'0000')", "word_posting.docs"},
      {"UPDATE word_column SET cells = zeroblob(length(cells)) WHERE what = 0", "word_posting.docs"},
      {"UPDATE word_doc SET lock = 0 WHERE no = 5", "word_doc.id"},
      {"UPDATE word_doc SET text = 'khac' WHERE no = 5", "word_doc.text"},
  };
  search_.reset();
  ledger_.reset();
  store::Options options;
  options.application_id = kLedgerApplicationId;
  auto db = store::Database::open(dir_ / "ledger.db", options);
  ASSERT_TRUE(db) << db.error().english();
  const auto whole = derived_columns(*db);
  ASSERT_TRUE(whole);
  for (const auto& [sql, wanted] : changes) {
    ASSERT_TRUE(db->exec("BEGIN; " + sql));
    const auto changed = derived_columns(*db);
    ASSERT_TRUE(changed);
    const auto named = differing(*changed, *whole);
    EXPECT_NE(std::find(named.begin(), named.end(), wanted), named.end()) << sql;
    ASSERT_TRUE(db->exec("ROLLBACK"));
  }
  EXPECT_TRUE(differing(*derived_columns(*db), *whole).empty());
}

// Many records of few words, so that most questions find some; readers of every reach; everything counted beside.
class WordProperty : public WordSearchTest {
 protected:
  static constexpr std::size_t kRecords = 520;

  void SetUp() override {
    WordSearchTest::SetUp();
    for (std::size_t i = 0; i < 6; ++i) posts_.push_back(unit("post-" + std::to_string(i), "Đồn " + any(kWords), "VN"));
    for (std::size_t i = 0; i < 4; ++i)
      others_.push_back(unit("other-" + std::to_string(i), "Trạm " + any(kWords), "KH", i % 2 ? "KH-police" : "KH-defence"));
    std::vector<Imported> rows;
    for (std::size_t i = 0; i < kRecords; ++i) rows.push_back(record(i));
    for (const auto& result : ledger_->import(ledger_->console(), rows)) {
      if (!result) throw std::runtime_error(result.error().error.english());
      made_.push_back(result->id);
    }
    for (std::size_t i = 0; i < 60; ++i) {  // with a part above the base part
      auto values = contact(any(kWords), any(kWords));
      values.set("lead_unit", any(posts_).hex());
      made_.push_back(make(values, std::nullopt, "contact"));
    }
    for (std::size_t i = 0; i < 40; ++i) amend(any(made_));
    make_readers();
  }

  template <typename List>
  const typename List::value_type& any(const List& list) {
    return list[rng_.below(list.size())];
  }

  Imported record(std::size_t number) {
    Imported row;
    row.id = imported_id("word", std::to_string(number));
    row.type = "talks";
    row.values = talks(any(kWords) + " " + any(kWords));
    row.values.set("lead_unit", any(posts_).hex()).set("counterpart_unnamed", Json());
    row.values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", any(others_).hex()}, {"role", "take_part"}})});
    const auto day = to_day(2024, 5, static_cast<int>(1 + rng_.below(9)));
    row.values.set("when", Json(JsonObject{{"from", catalog::json_from_date({day, DatePrecision::kDay, false})}}));
    row.origin.bytes[0] = 1;
    std::copy(row.id.bytes.begin(), row.id.bytes.end(), row.origin.bytes.begin() + 1);
    const auto* lead = ledger_->world()->tree->find(*UnitId::from_hex(row.values.text("lead_unit")));
    row.audience = journal::Audience::own(lead->id);
    return row;
  }

  void amend(const RecordId& id) {
    Json change;
    if (ledger_->read(ledger_->console(), id)->type_id == "contact") change.set("rank_text", any(kWords));
    else if (rng_.below(2) == 0) change.set("place", Json(JsonObject{{"text", Json(any(kWords))}}));
    else change.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", any(others_).hex()}, {"role", "take_part"}})});
    const auto done = ledger_->amend(ledger_->console(), {id, {}, change, {}}, {{"likely_duplicate", "?"}});
    if (!done) throw std::runtime_error(done.error().error.english());
    if (rng_.below(5) == 0 && !ledger_->transition(ledger_->console(), {id, "void", "sai"})) throw std::runtime_error("void");
  }

  void make_readers() {
    readers_ = {ledger_->console(), account("commander", "post_commander", "restricted")};
    const auto reader = [&](const std::string& role, std::size_t posts, const std::string& chain, Handling clearance) {
      access::Subject out = readers_[1];
      out.grants.clear();
      out.clearance = clearance;
      for (std::size_t i = 0; i < posts; ++i)
        out.grants.push_back({role, posts_[i], orgtree::Line::kCommand, chain, {}, {}, {}, {}, Handling::kRestricted});
      return out;
    };
    readers_.push_back(reader("post_officer", 1, "", Handling::kInternal));
    readers_.push_back(reader("duty_officer", 4, "", Handling::kRestricted));
    readers_.push_back(reader("duty_officer", 4, "", Handling::kInternal));
    readers_.push_back(reader("post_officer", 6, "KH-police", Handling::kInternal));
    readers_.push_back(reader("administrator", 3, "", Handling::kRestricted));
    readers_.push_back(access::Subject{});
  }

  static bool has_text(const catalog::Field& field) {
    using Kind = catalog::FieldKind;
    return field.kind == Kind::kText || field.kind == Kind::kLongText || field.kind == Kind::kPlace || field.kind == Kind::kMarker ||
           field.kind == Kind::kChoice || field.kind == Kind::kChoices;
  }
  // In the plain way: what read() gives him, and the words of that.
  bool fits(const access::Subject& who, const RecordId& id, const WordQuestion& asked) {
    const auto record = ledger_->read(who, id);
    if (!record || record->voided) return false;
    std::string text;
    for (const auto& field : record->type->fields)
      if (const auto& value = record->values[field.id]; !value.is_null() && has_text(field))
        text += catalog::show_value(field, value, "vi", {}) + " ; " + catalog::show_value(field, value, "en", {}) + " ; ";
    text += record->type->label.vi + " ; " + record->type->label.en;
    if (reads_units(who, *ledger_->world()))
      for (const auto& [field, target] : links_of(*record->type, record->values))
        if (const auto* named = ledger_->world()->tree->find(target)) text += " ; " + named->name + " ; " + named->code;
    const auto terms = terms_of(fold(text));
    return std::all_of(asked.words.begin(), asked.words.end(), [&](const auto& word) {
      return std::any_of(terms.begin(), terms.end(),
                         [&](const auto& term) { return word.beginning ? term.starts_with(word.term) : term == word.term; });
    });
  }

  std::vector<RecordId> expected(const access::Subject& who, const WordQuestion& asked) {
    std::vector<std::pair<std::int64_t, RecordId>> found;
    for (const auto& id : made_) {
      if (!fits(who, id, asked)) continue;
      const auto days = days_of(*ledger_->read(ledger_->console(), id));
      found.emplace_back(days ? days->first : kNoDay, id);
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<RecordId> out;
    for (const auto& [day, id] : found) out.push_back(id);
    return out;
  }

  SeededRng rng_{17};
  const std::vector<std::string> kWords = {"Đắk", "Ruê", "Bến", "Sông", "Cầu", "Treo", "Nậm", "边防站", "ຊາຍແດນ", "ដែន", "165(1)", "Phà"};
  std::vector<UnitId> posts_, others_;
  std::vector<RecordId> made_;
  std::vector<access::Subject> readers_;
};

TEST_F(WordProperty, WhatIsFoundIsWhatTheReaderMayReadAndHasTheWords) {
  const std::set<RecordId> mine(made_.begin(), made_.end());
  const std::vector<std::string> asked_words = {"dak", "rue", "ben", "song", "cau", "treo", "nam", "边防", "站",
                                                "ຊາຍ", "165", "hoi", "dam",  "don", "tram", "pha", "khong"};
  std::size_t found_all = 0, pages = 0;
  for (int round = 0; round < 60; ++round) {
    const auto& who = any(readers_);
    WordQuestion asked;
    for (auto n = 1 + rng_.below(3); n > 0; --n) asked.words.push_back({any(asked_words), rng_.below(4) == 0});
    asked.types = {"talks", "contact"};
    asked.limit = 1 + rng_.below(40);
    const auto wanted = expected(who, asked);
    std::vector<RecordId> got;
    while (true) {
      const auto answer = find(who, asked);
      ASSERT_EQ(static_cast<std::size_t>(answer.total), wanted.size()) << "round " << round;
      ASSERT_LE(answer.groups.at(0).records.size(), asked.limit);
      for (const auto& record : answer.groups[0].records) got.push_back(record.id);
      ++pages;
      if (answer.next_cursor.empty()) break;
      asked.cursor = answer.next_cursor;
    }
    ASSERT_EQ(got, wanted) << "round " << round;
    found_all += got.size();
  }
  EXPECT_GT(found_all, 1000U);
  EXPECT_GT(pages, 80U);
  sound();
}

}  // namespace
}  // namespace nc::records
