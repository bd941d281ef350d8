#include "insight/search/search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::search {
namespace {

using catalog::Handling;

class SearchTest : public records::test::LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    records::test::allow_restricted(*ledger_);
    search_ = std::make_unique<Search>(*ledger_);
  }
  void TearDown() override {
    search_.reset();
    LedgerTest::TearDown();
  }
  Answer ask(const access::Subject& who, const std::string& typed, std::vector<std::string> types = {}) {
    Asked asked;
    asked.typed = typed;
    asked.types = std::move(types);
    auto answer = search_->ask(who, asked);
    if (!answer) throw std::runtime_error(answer.error().english());
    return std::move(*answer);
  }
  RecordId marker(const std::string& border, const std::string& notation) {
    Json values;
    values.set("border", border).set("notation", notation).set("kind", "main").set("lead_unit", unit_.hex());
    for (const auto& field : ledger_->world()->catalog->find("marker")->fields)
      if (field.required && !field.options.empty() && values[field.id].is_null()) values.set(field.id, field.options[0].id);
    return make(values, std::nullopt, "marker");
  }
  RecordId letter(const std::string& number) {
    Json values{JsonObject{{"title", Json("Biên bản " + number)}, {"code", Json(number)}}};
    return make(values, std::nullopt, "source");
  }

  void fill(std::size_t count) {
    std::vector<records::Imported> rows;
    for (std::size_t i = 0; i < count; ++i) {
      records::Imported row;
      row.id = records::imported_id("fill", std::to_string(i));
      row.type = "source";
      row.values.set("title", "Nguồn " + std::to_string(i));
      row.origin.bytes[0] = 1;
      std::copy(row.id.bytes.begin(), row.id.bytes.end(), row.origin.bytes.begin() + 1);
      rows.push_back(std::move(row));
    }
    for (const auto& result : ledger_->import(ledger_->console(), rows)) ASSERT_TRUE(result) << result.error().error.english();
  }

  static std::string text(const std::vector<Piece>& pieces) {
    std::string out;
    for (const auto& piece : pieces) out += piece.marked ? "[" + piece.text + "]" : piece.text;
    return out;
  }
  // Everything that an answer says.
  static std::string text(const Answer& answer) {
    std::string out = std::to_string(answer.total) + " " + answer.next_cursor + (answer.phrases_cut ? " cut\n" : "\n");
    for (const auto& jump : answer.jumps)
      out += "jump " + std::to_string(static_cast<int>(jump.kind)) + jump.record.hex() + jump.text + "\n";
    for (const auto& [type, count] : answer.types) out += type->id + " " + std::to_string(count) + "\n";
    for (const auto& [year, count] : answer.years) out += std::to_string(year) + " " + std::to_string(count) + "\n";
    for (const auto& [unit, count] : answer.units) out += unit.hex() + " " + std::to_string(count) + "\n";
    for (const auto& group : answer.groups) {
      out += "group " + (group.type ? group.type->id : "") + " " + std::to_string(group.count) + "\n";
      for (const auto& hit : group.hits) {
        out += hit.record.id.hex() + " " + text(hit.title) + " " + canonical(hit.record.values) + "\n";
        for (const auto& snippet : hit.snippets) out += "  " + snippet.label + ": " + text(snippet.pieces) + "\n";
      }
    }
    return out;
  }

  std::unique_ptr<Search> search_;
};

TEST_F(SearchTest, AHitSaysWhereTheWordsStand) {
  auto values = talks("Nhà văn hóa xã Krông Na");
  values.set("summary", "Hai bên trao đổi tình hình; thống nhất tuần tra ở suối Đắk Ruê trong quý sau.");
  make(values);
  const auto answer = ask(ledger_->console(), "krong dak rue");
  ASSERT_EQ(answer.total, 1);
  const auto& hit = answer.groups.at(0).hits.at(0);
  ASSERT_EQ(hit.snippets.size(), 2U);
  EXPECT_NE(text(hit.snippets[0].pieces).find("suối [Đắk] [Ruê] trong"), std::string::npos) << text(hit.snippets[0].pieces);
  EXPECT_NE(text(hit.snippets[1].pieces).find("xã [Krông] Na"), std::string::npos);
  EXPECT_EQ(answer.groups[0].type->id, "talks");
}

TEST_F(SearchTest, JumpsToAUnitByCodeAndName) {
  const auto who = ledger_->console();
  Json values;
  values.set("code", "vn-post-dakrue").set("name", "Đồn Biên phòng Đắk Ruê").set("country", "VN").set("own", true).set("level", "post");
  const auto post = make(values, std::nullopt, "unit");
  for (const auto* typed : {"vn-post-dakrue", "dak rue", "Đồn Biên phòng Đắk Ruê", "don dak ru"}) {
    const auto jumps = ask(who, typed).jumps;
    ASSERT_FALSE(jumps.empty()) << typed;
    EXPECT_EQ(jumps[0].kind, Jump::Kind::kUnit);
    EXPECT_EQ(jumps[0].record, post) << typed;
    EXPECT_EQ(jumps[0].text, "Đồn Biên phòng Đắk Ruê");
  }
  EXPECT_TRUE(search_->jumps(access::Subject{}, "dak rue", "vi")->empty());
}

TEST_F(SearchTest, JumpsToAMarkerOnWhateverBorder) {
  const auto cn = marker("VN-CN", "165(1)"), la = marker("VN-LA", "165(1)"), sub = marker("VN-LA", "1088/3"),
             stake = marker("VN-KH", "260+500");
  marker("VN-KH", "165");
  const auto found = [&](const std::string& typed) {
    std::set<RecordId> out;
    const auto answer = ask(ledger_->console(), typed);
    for (const auto& jump : answer.jumps)
      if (jump.kind == Jump::Kind::kMarker) out.insert(jump.record);
    return out;
  };
  EXPECT_EQ(found("165(1)"), (std::set{cn, la}));
  EXPECT_EQ(found("mốc 165(1)"), (std::set{cn, la}));
  EXPECT_EQ(found("1088/3"), std::set{sub});
  EXPECT_EQ(found("260+500"), std::set{stake});
  EXPECT_EQ(found("165").size(), 1U);
  EXPECT_EQ(found("166").size(), 0U);
}

TEST_F(SearchTest, JumpsToAnOfficialNumber) {
  const auto id = letter("15/BB-ĐBP");
  letter("115/BB-ĐBP");
  for (const auto* typed : {"15/BB-ĐBP", "15/bb-dbp", "số 15/BB-ĐBP"}) {
    const auto answer = ask(ledger_->console(), typed);
    ASSERT_EQ(answer.jumps.size(), 1U) << typed;
    EXPECT_EQ(answer.jumps[0].kind, Jump::Kind::kNumber);
    EXPECT_EQ(answer.jumps[0].record, id);
  }
  EXPECT_EQ(ask(ledger_->console(), "15/BB-ĐBP").total, 1);
}

TEST_F(SearchTest, ManyOfOneTypeArePaged) {
  for (int i = 0; i < 7; ++i) letter("số " + std::to_string(i));
  auto answer = ask(ledger_->console(), "bien ban");
  ASSERT_EQ(answer.groups.size(), 1U);
  EXPECT_EQ(answer.groups[0].count, 7);
  EXPECT_EQ(answer.groups[0].hits.size(), kOfEachType);
  EXPECT_TRUE(answer.next_cursor.empty());
  Asked asked;
  asked.typed = "bien ban";
  asked.types = {"source"};
  asked.limit = 4;
  const auto first = search_->ask(ledger_->console(), asked);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->groups[0].hits.size(), 4U);
  asked.cursor = first->next_cursor;
  const auto second = search_->ask(ledger_->console(), asked);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->groups[0].hits.size(), 3U);
  EXPECT_EQ(second->total, 7);
  EXPECT_TRUE(second->next_cursor.empty());
  asked.cursor = "not a cursor";
  EXPECT_EQ(search_->ask(ledger_->console(), asked).error().where, "cursor");
}

// Records and parts of records that a reader may not see change no byte of any answer of his: not what is found, not its
// order, numbers, snippets, jumps or errors. Enough of them that the index is packed otherwise.
TEST_F(SearchTest, WhatIsHiddenChangesNothing) {
  const auto low = account("low", "duty_officer", "internal"), high = account("high", "duty_officer", "restricted");
  Json contact;
  contact.set("function", "Trực ban bến sông").set("unit", unit_.hex()).set("lead_unit", unit_.hex()).set("status", "held");
  const auto half_hidden = make(contact, std::nullopt, "contact");
  for (int i = 0; i < 12; ++i) {
    auto values = talks("Bến sông " + std::to_string(i));
    values.set("summary", "mốc 165(1), số 15/BB-ĐBP, 边防站, ຊາຍແດນ");
    make(values);
  }
  marker("VN-CN", "165(1)");
  fill(470);
  const std::vector<std::string> questions = {"bến sông", "ben s",   "kín",      "\"bến sông\"", "15/BB-ĐBP", "165(1)", "166",   "边防",
                                              "ຊາຍແດນ",   "hội đàm", "truc ban", "22/11/2026",   "vn-post-a", "",       "\"\xff"};
  const auto everything = [&](const access::Subject& who) {
    std::string out;
    for (const auto& typed : questions)
      for (const bool in_order : {false, true}) {
        Asked asked;
        asked.typed = typed;
        asked.limit = 3;
        if (in_order) asked.types = {"talks", "contact", "marker"};
        while (true) {
          const auto answer = search_->ask(who, asked);
          out += typed + "\n" + (answer ? text(*answer) : answer.error().english() + "\n");
          if (!answer || answer->next_cursor.empty()) break;
          asked.cursor = answer->next_cursor;
        }
      }
    return out;
  };
  const auto before = everything(low), before_high = everything(high);
  EXPECT_GT(before.size(), 2000U);
  for (int i = 0; i < 40; ++i) {
    auto values = talks("Bến sông kín " + std::to_string(i));
    values.set("summary", "mốc 165(1), số 15/BB-ĐBP, 边防站, ຊາຍແດນ");
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "talks", values, Handling::kRestricted, std::nullopt, true},
                                         {{"likely_duplicate", "?"}});
    ASSERT_TRUE(written) << written.error().error.english();
  }
  Json kin;
  kin.set("rank_text", "kín bến sông");
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {half_hidden, {}, kin, {}}));
  EXPECT_EQ(everything(low), before);
  EXPECT_NE(everything(high), before_high);
}

}  // namespace
}  // namespace nc::search
