// The rules of tasks.toml: the project's own, what they say of records, and what is refused with its place.
#include "ledger/catalog/tasks.h"

#include <gtest/gtest.h>

#include "base/civil.h"
#include "ledger/catalog/values.h"

namespace nc::catalog {
namespace {

const Catalog& project() {
  static const auto loaded = Catalog::load(std::filesystem::path(NC_SOURCE_DIR) / "catalog").value();
  return *loaded;
}

Json date(int year, int month, int day, DatePrecision precision = DatePrecision::kDay) {
  return json_from_date({to_day(year, month, day), precision, false});
}

TEST(Tasks, TheProjectsOwnRulesFitItsTypes) {
  const auto book = TaskBook::load(std::filesystem::path(NC_SOURCE_DIR) / "catalog", project());
  ASSERT_TRUE(book) << book.error().english();
  const auto* approve = book->find("approve");
  ASSERT_TRUE(approve);
  EXPECT_TRUE(approve->concerns("talks"));
  EXPECT_TRUE(approve->concerns("plan"));
  EXPECT_FALSE(approve->concerns("unit"));
  EXPECT_EQ(approve->opens, TaskRule::Opens::kStep);
  EXPECT_TRUE(approve->open("talks", "submitted", {}));
  EXPECT_FALSE(approve->open("talks", "approved", {}));
  const auto* returned = book->find("returned");
  ASSERT_TRUE(returned);
  EXPECT_TRUE(returned->of_maker);
  EXPECT_EQ(returned->opens, TaskRule::Opens::kForm);
}

TEST(Tasks, AnAgreedPointIsOpenUntilItIsDoneAndDueByTheEndOfItsMonth) {
  const auto book = TaskBook::load(std::filesystem::path(NC_SOURCE_DIR) / "catalog", project()).value();
  const auto* point = book.find("agreed_point");
  ASSERT_TRUE(point);
  Json values;
  EXPECT_FALSE(point->open("agreed_point", "recorded", values)) << "nothing is known of it: not certain";
  values.set("state", "partly");
  EXPECT_TRUE(point->open("agreed_point", "recorded", values));
  EXPECT_EQ(point->due_day(values), std::nullopt);
  values.set("due_on", date(2026, 2, 1, DatePrecision::kMonth));
  EXPECT_EQ(point->due_day(values), to_day(2026, 2, 28));
  values.set("due_on", date(2026, 2, 3));
  EXPECT_EQ(point->due_day(values), to_day(2026, 2, 3));
  values.set("state", "done");
  EXPECT_FALSE(point->open("agreed_point", "recorded", values));
  const auto* planned = book.find("planned_activity");
  ASSERT_TRUE(planned);
  Json talks;
  talks.set("status", "announced").set("when", Json(JsonObject{{"from", date(2026, 5, 4)}, {"to", date(2026, 5, 6)}}));
  EXPECT_TRUE(planned->open("talks", "recorded", talks));
  EXPECT_EQ(planned->due_day(talks), to_day(2026, 5, 6));
  talks.set("when", Json(JsonObject{{"from", date(2026, 5, 4)}}));
  EXPECT_EQ(planned->due_day(talks), to_day(2026, 5, 4));
  const auto* series = book.find("series_yearly");
  ASSERT_TRUE(series);
  Json rounds;
  rounds.set("cadence", "yearly").set("last_held", date(2025, 5, 4));
  EXPECT_TRUE(series->open("series", "recorded", rounds));
  EXPECT_EQ(series->due_day(rounds), to_day(2025, 5, 4) + 366);
}

struct Bad {
  const char* toml;
  const char* where;
  const char* says;
};

constexpr const char* kHead = "[[task]]\nid = \"one\"\nlabel = { vi = \"a\", en = \"a\" }\nact = { vi = \"b\", en = \"b\" }\n";

TEST(Tasks, WhatDoesNotFitIsRefusedWithItsPlace) {
  const Bad cases[] = {
      {"types = [\"talk\"]", "5:9", "There is no type “talk”"},
      {"types = [\"talks\"]\nfeeds = \"counted-activity\"", "1:1", "not both"},
      {"", "1:1", "by types, feeds or step"},
      {"feeds = \"nothing\"", "1:1", "concerns no type"},
      {"types = [\"talks\"]\nstates = [\"lost\"]", "6:10", "no state “lost”"},
      {"types = [\"talks\"]\nstates = [\"approved\"]\nstep = \"approve\"", "7:8", "no step “approve”"},
      {"types = [\"talks\"]\nwhen = \"nome == 1\"", "6:8", "“nome”"},
      {"types = [\"talks\"]\nwhen = \"status ==\"", "6:8", "ends too early"},
      {"types = [\"talks\"]\nwhen = \"status == \\\"lost\\\"\"", "6:8", "“lost” is not an option"},
      {"types = [\"talks\"]\ndue = \"summary\"", "6:7", "that is a date"},
      {"types = [\"talks\"]\nopens = \"step\"", "1:1", "opens a step"},
      {"types = [\"talks\"]\nwhose = \"nobody\"", "6:9", ""},
      {"types = [\"talks\"]\ncolour = \"red\"", "6:1", ""},
  };
  for (const auto& bad : cases) {
    const auto book = TaskBook::parse(std::string(kHead) + bad.toml + "\n", "tasks.toml", project());
    ASSERT_FALSE(book) << bad.toml;
    EXPECT_EQ(book.error().where, std::string("tasks.toml:") + bad.where) << bad.toml;
    EXPECT_NE(book.error().english().find(bad.says), std::string::npos) << book.error().english();
  }
  const auto twice =
      TaskBook::parse(std::string(kHead) + "types = [\"talks\"]\n" + kHead + "types = [\"talks\"]\n", "tasks.toml", project());
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().where, "tasks.toml:6:1");
}

TEST(Tasks, TheFingerprintFollowsTheTextAndNoFileIsNoRules) {
  const auto one = TaskBook::parse(std::string(kHead) + "types = [\"talks\"]\n", "tasks.toml", project()).value();
  const auto other = TaskBook::parse(std::string(kHead) + "types = [\"patrol\"]\n", "tasks.toml", project()).value();
  EXPECT_NE(one.fingerprint(), other.fingerprint());
  const auto none = TaskBook::load(std::filesystem::temp_directory_path() / "no-such-catalogue", project());
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->rules().empty());
}

}  // namespace
}  // namespace nc::catalog
