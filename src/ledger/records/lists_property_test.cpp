// Lists page by page, for readers of every reach and questions of every kind, beside the plain way: every record, decide,
// and each condition by itself.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "ledger/records/tables.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

class ListsProperty : public test::LedgerTest {
 protected:
  static constexpr std::size_t kPosts = 12, kOthers = 4, kRecords = 300;

  void SetUp() override {
    test::LedgerTest::SetUp();
    test::allow_restricted(*ledger_);
    for (std::size_t i = 0; i < kPosts; ++i) posts_.push_back(unit("post-" + std::to_string(i), "VN", ""));
    for (std::size_t i = 0; i < kOthers; ++i)
      others_.push_back(unit("other-" + std::to_string(i), "KH", i % 2 ? "KH-police" : "KH-defence"));
    for (std::size_t i = 0; i < kRecords / 5; ++i) add_record();
    make_readers();
  }

  UnitId unit(const std::string& code, const std::string& country, const std::string& chain) {
    Json values;
    values.set("code", code).set("name", code).set("country", country).set("own", country == "VN").set("level", "post");
    if (!chain.empty()) values.set("chain", chain);
    return make(values, std::nullopt, "unit");
  }

  template <typename List>
  const auto& any(const List& list) {
    return list[rng_.below(list.size())];
  }

  // Few different days, so that many share one; some have none, some many.
  void add_record() {
    static const std::vector<std::string> kTypes = {"talks", "patrol", "call", "twinning", "source"};
    const auto type = any(kTypes);
    Json values;
    if (type == "source") {
      values.set("title", "Nguồn " + std::to_string(rng_.below(9)));
    } else {
      const auto post = any(posts_);
      values.set("lead_unit", post.hex());
      values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", any(others_).hex()}, {"role", "take_part"}})});
    }
    if (type == "talks" || type == "patrol" || type == "call") {
      values.set("status", rng_.below(4) == 0 ? "planned" : "held").set("level", rng_.below(3) == 0 ? "province" : "post");
      values.set("countries", JsonArray{Json("KH"), Json("VN")});
      values.set("place", Json(JsonObject{{"text", rng_.below(2) == 0 ? "Cầu Đắk Ruê" : "Bến sông"}}));
      const auto& options = ledger_->world()->catalog->find(type)->slot("detail")->options;
      values.set(ledger_->world()->catalog->find(type)->slot("detail")->id, any(options).id);
      const auto first = static_cast<int>(1 + rng_.below(9));
      const bool earlier = rng_.below(4) == 0;  // by more than kLastingDays
      Json when{JsonObject{{"from", catalog::json_from_date({to_day(2024, earlier ? 3 : 5, first), DatePrecision::kDay, false})}}};
      if (rng_.below(earlier ? 2 : 4) == 0)
        when.set("to", catalog::json_from_date({to_day(2024, 5, first + 3), DatePrecision::kDay, false}));
      if (rng_.below(8) != 0) values.set("when", when);
      else values.set("status", "planned");
    }
    for (const auto& field : ledger_->world()->catalog->find(type)->fields)
      if (field.required && !field.options.empty() && values[field.id].is_null()) values.set(field.id, any(field.options).id);
    if (type == "twinning") values.set("signed_on", catalog::json_from_date({to_day(2024, 5, 4), DatePrecision::kDay, false}));
    if (rng_.below(3) == 0 && type == "talks") values.set("remark", "nội bộ");
    const auto handling = rng_.below(6) == 0 && type != "source" ? std::optional(catalog::Handling::kRestricted) : std::nullopt;
    Confirmed confirmed{{"likely_duplicate", "?"}};
    for (const auto& question : ledger_->world()->catalog->find(type)->questions) confirmed[question.id] = "?";
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, type, values, handling, std::nullopt, true}, confirmed);
    if (!written) throw std::runtime_error(type + ": " + written.error().error.english());
    made_.push_back(written->id);
    if (rng_.below(10) == 0) {
      const auto gone = ledger_->transition(ledger_->console(), {written->id, "void", "sai"});
      if (!gone) throw std::runtime_error(gone.error().error.english());
    }
  }

  void make_readers() {
    readers_ = {ledger_->console(), account("commander", "post_commander", "restricted")};
    const auto reader = [&](const std::string& role, std::size_t posts, const std::string& chain, catalog::Handling clearance) {
      access::Subject out = readers_.back();
      out.grants.clear();
      out.clearance = clearance;
      for (std::size_t i = 0; i < posts; ++i)
        out.grants.push_back({role, posts_[i], orgtree::Line::kCommand, chain, {}, {}, {}, {}, catalog::Handling::kRestricted});
      return out;
    };
    const auto internal = catalog::Handling::kInternal;
    readers_.push_back(reader("post_officer", 1, "", internal));
    readers_.push_back(reader("post_officer", 1, "", catalog::Handling::kOpen));
    readers_.push_back(reader("duty_officer", 10, "", catalog::Handling::kRestricted));
    readers_.push_back(reader("post_officer", 12, "KH-police", internal));
    readers_.push_back(reader("administrator", 3, "", catalog::Handling::kRestricted));
    readers_.push_back(access::Subject{});
  }

  ListQuery question() {
    ListQuery out;
    out.count_max = 1'000'000;
    if (rng_.below(2) == 0) out.feeds = {"counted-activity"};
    else if (rng_.below(2) == 0) out.types = {rng_.below(2) == 0 ? "talks" : "source"};
    if (rng_.below(4) == 0) out.from = to_day(2024, 5, static_cast<int>(1 + rng_.below(12)));
    if (rng_.below(4) == 0) out.until = to_day(2024, 5, static_cast<int>(1 + rng_.below(12)));
    if (rng_.below(5) == 0) out.own = {any(posts_), any(posts_)};
    if (rng_.below(5) == 0) out.counterpart = {any(others_)};
    if (rng_.below(8) == 0) out.linked_to = any(posts_);
    if (rng_.below(8) == 0) out.level = "post";
    if (rng_.below(8) == 0) out.status = "planned";
    if (rng_.below(8) == 0) out.country = rng_.below(2) == 0 ? "KH" : "LA";
    if (rng_.below(8) == 0) out.text = "dak rue";
    out.with_voided = rng_.below(3) == 0;
    out.sort = rng_.below(2) == 0 ? ListQuery::Sort::kNewest : ListQuery::Sort::kOldest;
    out.limit = 1 + rng_.below(30);
    return out;
  }

  static bool links(const RecordView& record, int clearance, const std::set<UnitId>& wanted, std::initializer_list<const char*> slots) {
    for (const auto& part : record.parts)
      if (part.key.handling <= clearance)
        for (const auto& [field, target] : links_of(*record.type, part.values)) {
          const bool asked = slots.size() == 0 || std::any_of(slots.begin(), slots.end(), [&](const char* slot) {
                               return record.type->slot(slot) && record.type->slot(slot)->id == field;
                             });
          if (asked && wanted.contains(target)) return true;
        }
    return false;
  }

  // One condition after the other, from what anybody can read in the record.
  bool fits(const RecordView& record, const access::Subject& who, const ListQuery& asked) {
    if (!asked.types.empty() && asked.types.front() != record.type_id) return false;
    if (!asked.feeds.empty() && asked.feeds.front() != record.type->feeds) return false;
    if (record.voided && !asked.with_voided) return false;
    RecordView lowest;
    lowest.type = record.type;
    lowest.values = record.base_part().values;
    const auto days = days_of(lowest);
    if (asked.from && (!days || days->last < *asked.from)) return false;
    if (asked.until && (!days || days->first > *asked.until)) return false;
    const auto clearance = static_cast<int>(who.console ? catalog::Handling::kRestricted : who.clearance);
    if (!asked.own.empty() && !links(record, clearance, asked.own, {"lead", "own"})) return false;
    if (!asked.counterpart.empty() && !links(record, clearance, asked.counterpart, {"counterpart"})) return false;
    if (asked.linked_to && !links(record, clearance, {*asked.linked_to}, {})) return false;
    const auto has = [&](const char* slot, const std::string& value) {
      return std::any_of(record.parts.begin(), record.parts.end(), [&](const PartView& part) {
        const auto* field = part.key.handling <= clearance ? record.type->slot(slot) : nullptr;
        if (!field) return false;
        const auto& held = part.values[field->id];
        if (!held.is_array()) return held == Json(value);
        return std::any_of(held.as_array().begin(), held.as_array().end(), [&](const Json& one) { return one == Json(value); });
      });
    };
    if (!asked.level.empty() && !has("level", asked.level)) return false;
    if (!asked.status.empty() && !has("status", asked.status)) return false;
    if (!asked.country.empty() && !has("countries", asked.country)) return false;
    return asked.text.empty() || fold(record.base_part().values["place"].text("text")).find(asked.text) != std::string::npos;
  }

  std::vector<RecordId> expected(const access::Subject& who, const ListQuery& asked) {
    std::vector<std::pair<std::int64_t, RecordId>> found;
    for (const auto& id : made_) {
      const auto record = *ledger_->read(ledger_->console(), id);
      const bool seen = std::any_of(record.parts.begin(), record.parts.end(), [&](const PartView& part) {
        auto object = object_of(record, part, *ledger_->world()->tree);
        const bool restricted = object.handling == catalog::Handling::kRestricted;
        return access::decide(who, restricted ? access::Action::kReadRestricted : access::Action::kRead, object, *ledger_->world()->tree,
                              *ledger_->world()->catalog)
            .allow;
      });
      if (!seen || !fits(record, who, asked)) continue;
      RecordView lowest;
      lowest.type = record.type;
      lowest.values = record.base_part().values;
      const auto days = days_of(lowest);
      found.emplace_back(days ? days->first : kNoDay, id);
    }
    std::sort(found.begin(), found.end());
    if (asked.sort == ListQuery::Sort::kNewest) std::reverse(found.begin(), found.end());
    std::vector<RecordId> out;
    for (const auto& [day, id] : found) out.push_back(id);
    return out;
  }

  SeededRng rng_{11};
  std::vector<UnitId> posts_, others_;
  std::vector<RecordId> made_;
  std::vector<access::Subject> readers_;
};

TEST_F(ListsProperty, PagesHoldWhatDecideAllowsInOrder) {
  for (std::size_t i = made_.size(); i < kRecords; ++i) add_record();
  const std::set<RecordId> mine(made_.begin(), made_.end());
  std::size_t shown = 0, pages = 0, empty = 0;
  for (int round = 0; round < 250; ++round) {
    const auto& who = any(readers_);
    auto asked = question();
    const auto wanted = expected(who, asked);
    std::vector<RecordId> found;
    for (asked.looked_at_max = rng_.below(3) == 0 ? 7 : 0; true; ++pages) {
      const auto page = ledger_->list(who, asked);
      ASSERT_TRUE(page) << page.error().english();
      ASSERT_LE(page->items.size(), asked.limit);
      for (const auto& record : page->items)
        if (mine.contains(record.id)) found.push_back(record.id);
      if (asked.looked_at_max == 0 && found.size() == wanted.size() && !asked.types.empty()) {
        ASSERT_EQ(static_cast<std::size_t>(page->total), wanted.size());
        ASSERT_FALSE(page->more && page->next_cursor.empty());
      }
      if (page->next_cursor.empty()) break;
      ASSERT_NE(page->next_cursor, asked.cursor);
      asked.cursor = page->next_cursor;
    }
    ASSERT_EQ(found, wanted) << "round " << round;
    shown += found.size();
    empty += wanted.empty();
  }
  EXPECT_GT(shown, 3000U);
  EXPECT_GT(pages, 500U);
  EXPECT_LT(empty, 200U);
}

TEST_F(ListsProperty, ATotalIsCountedNoFurtherThanAsked) {
  ListQuery asked{.types = {"talks"}};
  asked.limit = 5;
  asked.count_max = 8;
  auto page = ledger_->list(ledger_->console(), asked);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->total, 8);
  EXPECT_TRUE(page->more);
  asked.cursor = page->next_cursor;
  page = ledger_->list(ledger_->console(), asked);
  EXPECT_EQ(page->total, 8);
  asked.count_max = 1'000;
  page = ledger_->list(ledger_->console(), asked);
  EXPECT_GT(page->total, 8);
  EXPECT_FALSE(page->more);
}

TEST_F(ListsProperty, ABrokenCursorIsRefused) {
  for (const auto* cursor : {"1", "|", "x|00112233445566778899aabbccddeeff", "5|zz", "5 |00112233445566778899aabbccddeeff"}) {
    ListQuery asked{.types = {"talks"}};
    asked.cursor = cursor;
    EXPECT_FALSE(ledger_->list(ledger_->console(), asked)) << cursor;
  }
}

// A record goes to where its new day is; a change of something else leaves it where it was.
TEST_F(ListsProperty, ListsFollowAmendmentsAndRebuild) {
  const auto id = make(talks("Nơi mới"));
  const auto first = [&](ListQuery::Sort sort) {
    ListQuery asked{.types = {"talks"}};
    asked.limit = 1;
    asked.sort = sort;
    asked.until = to_day(2024, 12, 31);
    return ledger_->list(ledger_->console(), asked)->items.front().id;
  };
  EXPECT_NE(first(ListQuery::Sort::kNewest), id);
  Json later;
  later.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 11, 1), DatePrecision::kDay, false})}}));
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, later, {}}));
  EXPECT_EQ(first(ListQuery::Sort::kNewest), id);
  Json other;
  other.set("remark", "đã sửa");
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, other, {}}));
  EXPECT_EQ(first(ListQuery::Sort::kNewest), id);
  const auto report = ledger_->rebuild(false);
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_TRUE(report->differs.empty()) << report->differs.front();
  EXPECT_EQ(first(ListQuery::Sort::kNewest), id);
}

}  // namespace
}  // namespace nc::records
