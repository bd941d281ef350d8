// What waits for whom, beside the plain way: every record, every rule, decide; and that it is derived alike again.
#include "ledger/records/tasks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "foundation/store/database.h"
#include "ledger/records/tables.h"
#include "ledger/records/task_rows.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

using Found = std::pair<RecordId, std::string>;  // record and rule

class TasksTest : public test::LedgerTest {
 protected:
  void SetUp() override {
    test::LedgerTest::SetUp();
    Json own;
    own.set("own", true).set("name", "Đồn A");
    ASSERT_TRUE(ledger_->amend(ledger_->console(), {unit_, {}, own, {}}));
    officer_ = account("officer", "post_officer", "internal");
    commander_ = account("commander", "post_commander", "restricted");
    today_ = ledger_->today();
    open_tasks();
  }
  void TearDown() override {
    tasks_.reset();
    test::LedgerTest::TearDown();
  }
  void open_tasks() {
    auto made = OpenTasks::of(*ledger_);
    ASSERT_TRUE(made) << made.error().english();
    tasks_ = std::move(*made);
  }
  void again() {
    tasks_.reset();
    reopen();
    open_tasks();
  }
  static Json on(std::int32_t day) { return catalog::json_from_date({day, DatePrecision::kDay, false}); }
  Json point(std::optional<std::int32_t> due, const std::string& state = "open") const {
    Json values;
    values.set("text", "Cùng phát quang đường tuần tra").set("owner_side", "both").set("lead_unit", unit_.hex()).set("state", state);
    if (due) values.set("due_on", on(*due));
    return values;
  }
  RecordId write(const access::Subject& who, const std::string& type, const Json& values) {
    Confirmed confirmed{{"likely_duplicate", "?"}};
    for (const auto& question : ledger_->world()->catalog->find(type)->questions) confirmed[question.id] = "?";
    const auto written = ledger_->create(who, {std::nullopt, type, values, std::nullopt, std::nullopt}, confirmed);
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  void step(const access::Subject& who, const RecordId& id, const std::string& act, const std::string& reason = {}) {
    const auto done = ledger_->transition(who, {id, act, reason});
    if (!done) throw std::runtime_error(done.error().error.english());
  }
  std::vector<Found> waits(const access::Subject& who, TaskQuery query = {}) {
    std::vector<Found> out;
    while (true) {
      const auto page = tasks_->list(who, query);
      if (!page) throw std::runtime_error(page.error().english());
      for (const auto& task : page->items) out.emplace_back(task.record.id, task.rule ? task.rule->id : ".conflict");
      if (page->next_cursor.empty()) return out;
      EXPECT_NE(page->next_cursor, query.cursor);
      query.cursor = page->next_cursor;
    }
  }

  access::Subject officer_, commander_;
  std::int32_t today_ = 0;
  std::unique_ptr<OpenTasks> tasks_;
};

TEST_F(TasksTest, ComeByTheirDayAndGoWhenTheyAreDone) {
  const auto late = write(officer_, "agreed_point", point(today_ - 9));
  const auto some_day = write(officer_, "agreed_point", point(std::nullopt));
  const auto today = write(officer_, "agreed_point", point(today_));
  const auto far = write(officer_, "agreed_point", point(today_ + 30));
  write(officer_, "agreed_point", point(today_, "done"));
  EXPECT_EQ(waits(officer_),
            (std::vector<Found>{{late, "agreed_point"}, {today, "agreed_point"}, {far, "agreed_point"}, {some_day, "agreed_point"}}));
  TaskQuery soon;
  soon.until = today_ + 7;
  EXPECT_EQ(waits(officer_, soon), (std::vector<Found>{{late, "agreed_point"}, {today, "agreed_point"}, {some_day, "agreed_point"}}));
  soon.from = today_;
  soon.undated = false;
  EXPECT_EQ(waits(officer_, soon), (std::vector<Found>{{today, "agreed_point"}}));
  const auto count = tasks_->count(officer_, today_, 50);
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, (TaskCount{3, false}));
  EXPECT_EQ(tasks_->count(officer_, today_, 2).value(), (TaskCount{2, true}));
  Json done;
  done.set("state", "done").set("settled_on", on(today_));
  ASSERT_TRUE(ledger_->amend(officer_, {late, {}, done, {}}));
  EXPECT_EQ(tasks_->count(officer_, today_, 50).value(), (TaskCount{2, false})) << "what was counted before is not kept";
  step(commander_, some_day, "void", "ghi nhầm");
  EXPECT_EQ(waits(officer_), (std::vector<Found>{{today, "agreed_point"}, {far, "agreed_point"}}));
}

TEST_F(TasksTest, AStepWaitsForWhoMayTakeItAndNotForItsAuthor) {
  auto values = talks();
  const auto id = write(officer_, "talks", values);
  EXPECT_TRUE(waits(commander_).empty()) << "nobody has submitted it";
  step(officer_, id, "submit");
  EXPECT_EQ(waits(commander_), (std::vector<Found>{{id, "approve"}}));
  EXPECT_TRUE(waits(officer_).empty()) << "he approves nothing";
  const auto page = tasks_->list(commander_, {}).value();
  ASSERT_TRUE(page.items.front().transition);
  EXPECT_EQ(page.items.front().transition->id, "approve");
  step(commander_, id, "return", "thiếu số người");
  EXPECT_EQ(waits(officer_), (std::vector<Found>{{id, "returned"}}));
  EXPECT_TRUE(waits(commander_).empty()) << "it is its maker's";
  // Who amended a record never approves it.
  const auto own = write(commander_, "talks", talks("Cầu B"));
  step(commander_, own, "submit");
  EXPECT_TRUE(waits(commander_).empty());
}

TEST_F(TasksTest, WaitForNobodyWhoOnlyReadsAndNotForAnotherUnit) {
  write(officer_, "agreed_point", point(today_));
  EXPECT_TRUE(waits(account("inspector", "inspector", "restricted")).empty());
  EXPECT_FALSE(tasks_->any_for(ledger_->subject("inspector").value()));
  EXPECT_TRUE(tasks_->any_for(officer_));
  EXPECT_TRUE(tasks_->any_for(commander_));
  EXPECT_TRUE(waits(access::Subject{}).empty());
  Json other;
  other.set("code", "vn-post-b").set("name", "Đồn B").set("own", true).set("country", "VN").set("level", "post");
  auto neighbour = officer_;
  neighbour.unit = make(other, std::nullopt, "unit");
  neighbour.grants.front().unit = neighbour.unit;
  EXPECT_TRUE(waits(neighbour).empty());
  // Somebody above reaches both, and what waits for a unit below is its own.
  auto above = officer_;
  above.unit = neighbour.unit;
  above.grants.push_back(neighbour.grants.front());
  EXPECT_TRUE(waits(above).empty());
  TaskQuery below;
  below.units_below = true;
  EXPECT_EQ(waits(above, below).size(), 1U);
}

TEST_F(TasksTest, RestrictedOnesAreShownAfterTheirRowAndToNobodyBelow) {
  test::allow_restricted(*ledger_);
  const auto id = make(point(today_), catalog::Handling::kRestricted, "agreed_point");
  EXPECT_TRUE(waits(officer_).empty());
  EXPECT_EQ(tasks_->count(officer_, today_, 9).value().number, 0U);
  EXPECT_EQ(waits(commander_), (std::vector<Found>{{id, "agreed_point"}}));
  access::AuditQuery asked;
  asked.record = id;
  asked.actor = commander_.person;
  EXPECT_EQ(ledger_->audit().list(asked).value().rows.size(), 1U);
  auto by_pin = commander_;
  by_pin.strength = access::Strength::kPin;
  EXPECT_TRUE(waits(by_pin).empty());
}

// Many records in many states and pages of one: the same as looking at each record by itself.
TEST_F(TasksTest, PagesHoldWhatEachRecordSaysByItselfInAnyOrderOfWriting) {
  SeededRng rng(7);
  std::vector<RecordId> made;
  for (int i = 0; i < 60; ++i) {
    const auto& who = rng.below(3) == 0 ? commander_ : officer_;
    if (rng.below(2) == 0) {
      static const std::vector<std::string> kStates = {"open", "partly", "not_done", "done", "dropped"};
      made.push_back(write(who, "agreed_point",
                           point(rng.below(4) == 0 ? std::nullopt : std::optional(today_ - 20 + static_cast<int>(rng.below(40))),
                                 kStates[rng.below(kStates.size())])));
    } else {
      auto values = talks("Nơi " + std::to_string(i));
      if (rng.below(2) == 0) values.set("status", "planned");
      made.push_back(write(who, "talks", values));
      if (rng.below(2) == 0) step(who, made.back(), "submit");
      else if (rng.below(4) == 0) step(commander_, made.back(), "void", "thử");
    }
    if (rng.below(5) == 0 && ledger_->read(ledger_->console(), made.back())->type_id == "agreed_point") {
      Json change;
      change.set("state", rng.below(2) == 0 ? "open" : "done");
      ASSERT_TRUE(ledger_->amend(ledger_->console(), {made.back(), {}, change, {}}, {{"done_without_day", "?"}}));
    }
  }
  const auto expected = [&](const access::Subject& who) {
    std::vector<std::tuple<std::int64_t, RecordId, std::string>> out;
    for (const auto& id : made) {
      const auto record = ledger_->read(who, id);
      if (!record || record->voided) continue;
      for (const auto& rule : tasks_->book().rules()) {
        if (!rule.open(record->type_id, record->state, record->base_part().values)) continue;
        if (rule.of_maker && record->created_by != who.person) continue;
        auto object = object_of(*record, record->base_part(), *ledger_->world()->tree);
        auto action = access::Action::kAmend;
        auto asked = who;
        if (rule.opens == catalog::TaskRule::Opens::kStep) {
          const auto& transition = *record->type->transition(rule.step);
          say_step(object, transition);
          for (const auto& item : ledger_->history(ledger_->console(), id).value())
            if (!item.fields.empty()) object.amenders.push_back(item.author);
          object.signature_present = true;
          asked.strength = access::Strength::kStepUp;
          action = access::Action::kApprove;
        }
        if (!access::decide(asked, action, object, *ledger_->world()->tree, *ledger_->world()->catalog).allow) continue;
        out.emplace_back(rule.due_day(record->base_part().values).value_or(1'000'000), id, rule.id);
      }
    }
    std::sort(out.begin(), out.end());
    std::vector<Found> plain;
    for (const auto& [due, id, rule] : out) plain.emplace_back(id, rule);
    return plain;
  };
  for (const auto& who : {officer_, commander_}) {
    const auto wanted = expected(who);
    EXPECT_GT(wanted.size(), 10U);
    for (const std::size_t limit : {1U, 7U, 100U}) {
      TaskQuery query;
      query.limit = limit;
      query.looked_at_max = limit == 7 ? 5 : 400;
      EXPECT_EQ(waits(who, query), wanted) << limit;
    }
  }
  const auto before = waits(officer_);
  const auto report = ledger_->rebuild(false);
  ASSERT_TRUE(report) << report.error().english();
  EXPECT_TRUE(report->differs.empty()) << report->differs.front();
  EXPECT_EQ(waits(officer_), before);
  again();
  EXPECT_EQ(waits(officer_), before);
}

// A rule that comes with a new release finds what was written before it.
TEST_F(TasksTest, AreDerivedAnewWhenTheRulesChange) {
  const auto id = write(officer_, "agreed_point", point(today_ + 90));
  const auto file = dir_ / "catalog" / "tasks.toml";
  const auto text = read_file(file).value();
  std::filesystem::remove(file);
  again();
  EXPECT_TRUE(waits(officer_).empty());
  EXPECT_TRUE(ledger_->rebuild(true)->differs.empty());
  ASSERT_TRUE(write_file_durably(file, text));
  again();
  EXPECT_EQ(waits(officer_), (std::vector<Found>{{id, "agreed_point"}}));
  EXPECT_TRUE(ledger_->rebuild(true)->differs.empty());
}

// Two nodes wrote differently: it waits for the unit in charge, with the part that it is in, until somebody decides.
TEST_F(TasksTest, AnOpenConflictWaitsUntilItIsDecided) {
  store::Options options;
  options.create = true;
  auto db = store::Database::open(dir_ / "other.db", options).value();
  bool stale = false;
  ASSERT_TRUE(make_tables(db, stale));
  journal::RecordState state;
  state.state = "recorded";
  const journal::PartKey key{1, journal::Audience::own(unit_)};
  auto& part = state.parts[key];
  part.registers["lead_unit"] = {Json(unit_.hex()), {}, {{Json(unit_.hex()), {}}}};
  part.registers["text"] = {Json("một"), {}, {{Json("một"), {}}, {Json("hai"), {}}}};
  const auto id = system_rng().make<RecordId>();
  const auto derived = [&] {
    const auto rows = rows_of(*ledger_->world()->catalog, id, "agreed_point", state, Meta{});
    EXPECT_TRUE(store_rows(db, rows, false));
    EXPECT_TRUE(store_tasks(db, {}, rows.view));
    return db.integer("SELECT count(*) FROM task WHERE rule = '.conflict' AND whose = ? AND handling = 1", unit_).value();
  };
  EXPECT_EQ(derived(), 1);
  EXPECT_EQ(derived(), 1) << "the same again changes nothing";
  const auto of_states = [&] { return db.integer("SELECT count(*) FROM task WHERE rule = '.states' AND whose = ?", unit_).value(); };
  state.live_states = {"returned", "recorded"};
  EXPECT_EQ(derived(), 1);
  EXPECT_EQ(of_states(), 0) << "one task to decide is enough";
  part.registers["text"].live.pop_back();
  EXPECT_EQ(derived(), 0);
  EXPECT_EQ(of_states(), 1);
  state.live_states.pop_back();
  EXPECT_EQ(derived(), 0);
  EXPECT_EQ(of_states(), 0);
}

TEST_F(TasksTest, ABrokenCursorIsRefused) {
  for (const auto* cursor : {"1", "|", "x|00112233445566778899aabbccddeeff|a", "5|zz|a", "5|00112233445566778899aabbccddeeff"}) {
    TaskQuery query;
    query.cursor = cursor;
    EXPECT_FALSE(tasks_->list(officer_, query)) << cursor;
  }
}

}  // namespace
}  // namespace nc::records
