// Closings that one entry does not hold: split, signed over, read back whole, and named when they are not.
#include "insight/stats/closing_parts.h"

#include "base/files.h"
#include "insight/stats/periods_for_test.h"

namespace nc::stats::test {
namespace {

constexpr std::size_t kEntryBytes = 64 * 1024;

struct ClosingParts : Periods {
  void games(std::size_t from, std::size_t until) {
    for (; from < until; ++from) r.put("game", "g" + std::to_string(from), "p1", held("p1", "2021-02-01"));
  }
  // Each is a figure of its own, of a kind without records: what is printed is compared with few rows.
  void printed(std::size_t count) {
    r.indicator("chats", "chat", "count");
    for (std::size_t i = 0; i < count; ++i)
      r.declared("d" + std::to_string(i), "chats", "p1", "2021-01-01", "2021-03-31", std::to_string(i),
                 Json(JsonObject{{"area", Json("Khu vực " + std::to_string(i))}}));
  }
  SinceClosing since(const records::RecordView& closing) { return since_closing(closing, r.columns, r.reader(), r.world, reads_all()); }
  bool holds(const records::RecordView& closing) {
    access::Subject who;
    who.console = true;
    who.clearance = catalog::Handling::kRestricted;
    return closing_holds(closing, reads_all(), r.columns, who, r.world).has_value();
  }
  void change(const std::string& name, const std::function<void(Json&)>& how) {
    auto view = r.all.at(id_of(name));
    how(view.values);
    for (auto& part : view.parts) how(part.values);
    r.put(std::move(view));
  }
};

TEST_F(ClosingParts, WhatOneEntryHoldsHasNoParts) {
  games(0, kClosingRecordsMax);
  const auto made = prepare("p1");
  ASSERT_TRUE(made) << made.error().english();
  EXPECT_TRUE(made->parts.empty());
  EXPECT_FALSE(made->head.values.has("parts"));
  EXPECT_LT(canonical(made->head.values).size(), kEntryBytes);
  games(kClosingRecordsMax, kClosingRecordsMax + 1);
  EXPECT_EQ(prepare("p1")->parts.size(), 2U) << "figures, and the other records";
}

TEST_F(ClosingParts, ThreeThousandFiguresAndTwelveThousandRecordsAreKeptAndComparedWhole) {
  games(0, 9'000);
  printed(3'000);
  const auto shut = closing("c1", "p1", "prepared");
  ASSERT_TRUE(shut.slot("parts").is_array());
  std::size_t figures = 0, records = 0;
  for (const auto& row : shut.slot("parts").as_array()) {
    figures += static_cast<std::size_t>(row.integer("figures"));
    records += static_cast<std::size_t>(row.integer("records"));
    const auto part = r.all.at(*RecordId::from_hex(row.text("part")));
    EXPECT_LT(canonical(part.values).size(), kEntryBytes);
  }
  EXPECT_LT(canonical(shut.values).size(), kEntryBytes);
  EXPECT_GE(figures, 3'000U);
  EXPECT_EQ(records, 12'000U - 100U) << "the first lie in the closing itself";
  const auto kept = kept_answer(shut, reads_all());
  EXPECT_TRUE(kept.whole());
  EXPECT_EQ(kept.counted.size(), 12'000U);
  EXPECT_EQ(kept.figures.size(), figures);
  const auto before = since(shut);
  EXPECT_TRUE(before.nothing() && std::ranges::none_of(before.figures, &ClosedFigure::differs));
  EXPECT_TRUE(holds(shut)) << "counted again, all of it";

  games(20'000, 20'001);
  EXPECT_FALSE(holds(shut));
  r.put("game", "g8000", "p1", held("p1", "2021-02-01").set("heads", 6));  // far back in the list
  r.void_it("g8999");
  const auto after = since(shut);
  EXPECT_EQ(after.added, std::vector{id_of("g20000")});
  EXPECT_EQ(after.changed, std::vector{id_of("g8000")});
  EXPECT_EQ(after.gone, std::vector{id_of("g8999")});
  EXPECT_TRUE(
      std::ranges::any_of(after.figures, [](const auto& f) { return f.what == "game" && f.measure == "participants" && f.differs; }));
}

// The closing's values are what a signature covers: nothing in a part can be another without being noticed.
TEST_F(ClosingParts, AMissingOrChangedPartIsNamedAndNothingIsComparedWithTheRest) {
  games(0, 3'000);
  const auto shut = closing("c1", "p1", "prepared");
  ASSERT_EQ(shut.slot("parts").as_array().size(), 5U) << "figures, and four of records";
  ASSERT_TRUE(holds(shut));
  const auto part = [](int number) { return "c1 part " + std::to_string(number); };
  r.void_it(part(1));
  EXPECT_TRUE(since(shut).broken.empty()) << "what it holds is what was closed";
  change(part(2), [](Json& values) { values.set("counted", values.text("counted").substr(41)); });  // one record less
  EXPECT_EQ(since(shut).broken, (std::vector{BrokenPart{2, false}}));
  change(part(3), [](Json& values) { values.erase("counted"); });  // purged
  EXPECT_EQ(since(shut).broken, (std::vector{BrokenPart{2, false}, BrokenPart{3, true}}));
  r.all.erase(id_of(part(4)));  // not on this node
  const auto found = since(shut);
  EXPECT_EQ(found.broken, (std::vector{BrokenPart{2, false}, BrokenPart{3, true}, BrokenPart{4, true}}));
  EXPECT_TRUE(found.nothing() && found.figures.empty()) << "no difference is made up";
  EXPECT_FALSE(holds(shut)) << "it is not signed";
}

TEST_F(ClosingParts, PartsOfAnotherClosingDoNotPassForItsOwn) {
  games(0, 2'000);
  const auto first = closing("c1", "p1", "prepared");
  games(2'000, 2'001);
  auto second = closing("c2", "p1", "prepared");
  ASSERT_TRUE(holds(second));
  auto rows = second.values["parts"].as_array();
  rows.back().set("part", first.values["parts"].as_array().back()["part"]);
  second.values.set("parts", Json(rows));
  EXPECT_FALSE(holds(second));
  EXPECT_EQ(kept_answer(second, reads_all()).broken, (std::vector{BrokenPart{rows.size(), false}}));
}

TEST_F(ClosingParts, WhatIsTooMuchIsRefusedByTheNameOfItsLimit) {
  ToKeep kept;
  kept.counted.resize((kClosingPartsMax + 1) * kClosingRecordsMax);
  const auto& catalog = *r.world.catalog;
  const auto put = [&](const catalog::Type& type) {
    records::Closing closing;
    const auto done = put_kept(kept, id_of("p1"), type, catalog, closing);
    return done ? std::string() : done.error().english();
  };
  const auto& type = *catalog.find("shut");
  EXPECT_NE(put(type).find("at most 256 parts; this one would have 257"), std::string::npos) << put(type);
  kept.counted.resize(kClosingPartsMax * kClosingRecordsMax);
  EXPECT_EQ(put(type), "");
  // Of a node whose catalogue knows no parts.
  auto before = type;
  before.slots.erase("parts");
  EXPECT_NE(put(before).find("250 figures and 900 records at most"), std::string::npos) << put(before);
}

// The worked example of the format page.
TEST_F(ClosingParts, ExampleStandsInTheFormatPage) {
  const auto id = [](std::uint8_t first) {
    RecordId out;
    for (std::size_t i = 0; i < out.bytes.size(); ++i) out.bytes[i] = static_cast<std::uint8_t>(first + i);
    return out.hex();
  };
  Json row;
  row.set("what", "patrol").set("level", "post").set("measure", "km").set("recorded", "157.422").set("records", 12);
  const JsonArray rows{row};
  const auto counted = id(0x10) + "01234567 " + id(0x20) + "89abcdef";
  const auto line = [](const Json& figures, const std::string& records) {
    return canonical(Json().set("figures", figures).set("counted", records)) + "\n" + part_digest(figures, records).hex() + "\n";
  };
  const auto expected = line(rows, "") + line(JsonArray{}, counted);
  const auto page = read_file(NC_SOURCE_DIR "/docs/formats/closing.md");
  ASSERT_TRUE(page);
  EXPECT_NE(page->find(expected), std::string::npos) << expected;
}

}  // namespace
}  // namespace nc::stats::test
