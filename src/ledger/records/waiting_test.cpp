// New records are acknowledged before their rows are derived: nobody ever sees the difference.
#include <gmock/gmock.h>

#include <thread>

#include "base/files.h"
#include "foundation/store/database.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiting.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class WaitingTest : public test::LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    officer_ = account("lan", "post_officer", "internal");
  }
  WriteResult save(const std::string& place, std::optional<RecordId> id = {}) {
    return ledger_->create(officer_, {id, "talks", talks(place), {}, {}});
  }
  RecordId saved(const std::string& place) {
    const auto written = save(place);
    if (!written) throw std::runtime_error(written.error().error.english());
    return written->id;
  }
  // Runs `look` once, when the entry of the next save is on disk and its rows are not.
  void in_between(std::function<void()> look) {
    ledger_->observe([look = std::move(look), done = false](const CommitNotice&) mutable {
      if (!std::exchange(done, true)) look();
    });
  }
  // What a kill leaves of the directory.
  [[nodiscard]] fs::path copy_of_the_disk(const std::string& name) const {
    const auto target = fs::path(dir_.string() + "-" + name);
    fs::copy(dir_, target, fs::copy_options::recursive);
    fs::remove(target / "lock");
    fs::remove(target / "ledger.db-shm");
    return target;
  }
  static std::optional<std::int64_t> mark_in(const fs::path& dir) {
    auto db = store::Database::open(DataDir{dir}.ledger(), {.application_id = kLedgerApplicationId});
    if (!db) throw std::runtime_error(db.error().english());
    return waiting_from(*db).value();
  }
  void expect_as_the_journal_says(Ledger& ledger) {
    const auto checked = ledger.rebuild(true);
    ASSERT_TRUE(checked) << checked.error().english();
    EXPECT_THAT(checked->differs, testing::IsEmpty());
    EXPECT_EQ(checked->before, checked->after);
  }
  access::Subject officer_;
};

TEST_F(WaitingTest, AReaderElsewhereSeesEachSaveThatWasAcknowledged) {
  constexpr int kSaves = 400;
  std::atomic<int> acknowledged = 0;
  std::vector<RecordId> ids(kSaves);
  int missing = 0, short_lists = 0;
  std::thread reader([&] {
    for (int seen = 0; seen < kSaves;) {
      const int now = acknowledged;
      for (; seen < now; ++seen) missing += ledger_->read(officer_, ids[static_cast<std::size_t>(seen)]) ? 0 : 1;
      ListQuery query;
      query.types = {"talks"};
      query.limit = 500;
      const auto page = ledger_->list(officer_, query);
      if (!page || static_cast<int>(page->items.size()) < now) ++short_lists;
    }
  });
  for (int i = 0; i < kSaves; ++i) {
    ids[static_cast<std::size_t>(i)] = saved("Mốc " + std::to_string(i));
    ++acknowledged;
  }
  reader.join();
  EXPECT_EQ(missing, 0);
  EXPECT_EQ(short_lists, 0);
  expect_as_the_journal_says(*ledger_);
}

TEST_F(WaitingTest, ARecordThatWaitsReadsAsFromItsRows) {
  const auto said = [](const RecordView& view) {
    std::string out = view.id.hex() + view.type_id + view.state + canonical(view.values) + std::to_string(view.created_ms) + "/" +
                      std::to_string(view.changed_ms) + view.created_by.hex() + std::to_string(view.arrival);
    for (const auto& part : view.parts) {
      out += "\n" + part.key.text() + canonical(part.values) + std::to_string(part.closed) + std::to_string(part.conflicts.size()) +
             std::to_string(part.proposals.size());
      for (const auto& head : part.heads) out += head.hex();
    }
    return out;
  };
  auto values = talks("Mốc 1");
  values.set("remark", "nội bộ");  // a part of its own
  for (const auto& who : {officer_, account("vang", "post_commander", "restricted"), ledger_->console()}) {
    const auto saved = ledger_->create(officer_, {{}, "talks", values, {}, {}});
    ASSERT_TRUE(saved);
    const auto before = ledger_->read(who, saved->id);  // most of the time it waits: the deriver lets 3 ms pass
    ASSERT_TRUE(ledger_->catch_up());
    const auto after = ledger_->read(who, saved->id);
    ASSERT_TRUE(before);
    ASSERT_TRUE(after);
    EXPECT_EQ(said(*before), said(*after)) << who.login;
  }
}

TEST_F(WaitingTest, AListOfCertainDaysHoldsWhatWaitsOfThem) {
  const auto of_days = [&](std::int32_t from, std::int32_t until) {
    ListQuery query;
    query.types = {"talks"};
    query.from = from;
    query.until = until;
    return ledger_->list(officer_, query).value().items.size();
  };
  const auto day = days_of(ledger_->read(officer_, saved("Mốc 0")).value())->first;
  for (std::size_t i = 1; i < 40; ++i) {
    saved("Mốc " + std::to_string(i));
    if (i % 2 == 0) { EXPECT_EQ(of_days(day - 9, day - 1) + of_days(day + 1, day + 9), 0u); }
    EXPECT_EQ(of_days(day - 1, day), i + 1);
  }
}

TEST_F(WaitingTest, ACutBeforeTheRowsAreThereLosesNothing) {
  fs::path cut;
  in_between([&] { cut = copy_of_the_disk("cut"); });
  const auto id = saved("Mốc 1");
  const auto digest = ledger_->digest();
  ASSERT_TRUE(digest);
  EXPECT_EQ(mark_in(dir_), std::nullopt) << "whoever asked for the digest had it derived";
  EXPECT_NE(mark_in(cut), std::nullopt) << "the copy is of the moment between";
  auto opened = Ledger::open(cut, options_);
  ASSERT_TRUE(opened) << opened.error().english();
  EXPECT_TRUE((*opened)->read(officer_, id));
  EXPECT_EQ((*opened)->digest().value_or(Digest{}), *digest);
  expect_as_the_journal_says(**opened);
  opened->reset();
  EXPECT_EQ(mark_in(cut), std::nullopt);
  fs::remove_all(cut);
}

TEST_F(WaitingTest, ABackupOfThatMomentHoldsTheSave) {
  const auto file = fs::path(dir_.string() + ".bak"), again = fs::path(dir_.string() + "-again");
  fs::path cut;
  in_between([&] { cut = copy_of_the_disk("between"); });
  const auto id = saved("Mốc 1");
  ASSERT_NE(mark_in(cut), std::nullopt);
  const auto made = backup_directory(cut, file, clock_);
  ASSERT_TRUE(made) << made.error().english();
  const auto held = ledger_->verify();
  ASSERT_TRUE(held);
  EXPECT_EQ(made->entries, held->entries) << "what was in the journal's tail is in the copy's tables, and verified with them";
  const auto restored = restore_backup(file, again, {});
  ASSERT_TRUE(restored) << restored.error().english();
  auto opened = Ledger::open(again, options_);
  ASSERT_TRUE(opened) << opened.error().english();
  EXPECT_TRUE((*opened)->read((*opened)->console(), id));
  opened->reset();
  for (const auto& path : {file, again, cut}) fs::remove_all(path);
}

TEST_F(WaitingTest, AnotherProcessWaitsForTheRows) {
  auto beside = options_;
  beside.read_only = true;
  auto opened = Ledger::open(dir_, beside);
  ASSERT_TRUE(opened) << opened.error().english();
  for (int i = 0; i < 20; ++i) {
    const auto id = saved("Mốc " + std::to_string(i));
    EXPECT_TRUE((*opened)->read((*opened)->console(), id)) << i;
  }
}

TEST_F(WaitingTest, AnotherProcessNeedNotWaitUntilNobodySaves) {
  auto beside = options_;
  beside.read_only = true;
  auto opened = Ledger::open(dir_, beside);
  ASSERT_TRUE(opened) << opened.error().english();
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) saved("Mốc " + std::to_string(i));
  });
  for (int i = 0; i < 5; ++i) {
    const auto id = saved("Mốc khác " + std::to_string(i));
    EXPECT_TRUE((*opened)->read((*opened)->console(), id)) << i;
  }
  stop = true;
  writer.join();
}

TEST_F(WaitingTest, OneFormIsOneRecordThoughItsRowsAreNotThere) {
  const auto form = make_uuid7(clock_.now_ms, system_rng());
  const auto first = save("Mốc 1", form);
  ASSERT_TRUE(first);
  const auto again = save("Mốc 1", form);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, first->id);
  EXPECT_FALSE(again->changed);
  const auto other = save("Mốc 2", form);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().error.code, ErrorCode::kConflict);
}

TEST_F(WaitingTest, WhatFollowsASaveSeesIt) {
  const auto id = saved("Mốc 1");
  const auto amended = ledger_->amend(officer_, {id, {}, Json(JsonObject{{"place", Json(JsonObject{{"text", Json("Mốc 2")}})}}), {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  const auto history = ledger_->history(officer_, id);
  ASSERT_TRUE(history);
  EXPECT_EQ(history->size(), 2u);
  expect_as_the_journal_says(*ledger_);
}

TEST_F(WaitingTest, ManyWritersWithRefusalsBetweenLeaveWhatTheJournalSays) {
  std::vector<std::thread> writers;
  std::atomic<int> missing = 0;
  const auto told = std::make_shared<std::atomic<int>>(0);  // the ledger outlives this test
  ledger_->observe([told](const CommitNotice& notice) { *told += static_cast<int>(notice.changed.size()); });
  for (int writer = 0; writer < 4; ++writer)
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 60; ++i) {
        const auto id = saved("Mốc " + std::to_string(writer) + "." + std::to_string(i));
        if (i % 3 == 1)
          missing += ledger_->amend(officer_, {id, {}, Json(JsonObject{{"place", Json(JsonObject{{"text", Json("Mốc")}})}}), {}}) ? 0 : 1;
        if (i % 3 == 2) missing += ledger_->amend(officer_, {id, {}, Json(JsonObject{{"no_such_field", Json(1)}}), {}}) ? 1 : 0;
        if (i % 10 == 9) missing += ledger_->read(officer_, id) ? 0 : 1;
      }
    });
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(missing, 0);
  ASSERT_TRUE(ledger_->catch_up());  // what is new is told of when it is derived
  expect_as_the_journal_says(*ledger_);
  EXPECT_EQ(*told, 4 * 60 + 4 * 20) << "each change is told once, refused ones never";
}

TEST_F(WaitingTest, RowsThatCannotBeWrittenAreReportedAndNothingIsLost) {
  const auto on_the_side = [&](const std::string& sql) {
    auto db = store::Database::open(DataDir{dir_}.ledger(), {.application_id = kLedgerApplicationId});
    ASSERT_TRUE(db);
    ASSERT_TRUE(db->exec(sql));
  };
  on_the_side("CREATE TRIGGER no_more BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'no more'); END");
  const auto first = save("Mốc 1");
  ASSERT_TRUE(first) << "the entry is on disk";
  EXPECT_FALSE(ledger_->catch_up());
  ListQuery query;
  query.types = {"talks"};
  EXPECT_FALSE(ledger_->list(officer_, query)) << "not shown as if it were absent";
  EXPECT_FALSE(ledger_->digest());
  EXPECT_TRUE(ledger_->read(officer_, first->id)) << "its entries are there";
  EXPECT_FALSE(save("Mốc 2")) << "nothing more is taken that cannot be shown";
  on_the_side("DROP TRIGGER no_more");
  ASSERT_TRUE(ledger_->read(officer_, first->id));
  ASSERT_TRUE(save("Mốc 3"));
  const auto page = ledger_->list(officer_, query);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2u);
  expect_as_the_journal_says(*ledger_);
}

TEST_F(WaitingTest, NoMoreThanSoManyWait) {
  Waiting waiting(dir_);
  journal::Stored stored;
  stored.entry.body_bytes = "bytes";
  for (std::size_t i = 0; i < kWaitingMax; ++i) {
    const auto id = make_uuid7(static_cast<std::int64_t>(i), system_rng());
    ASSERT_TRUE(waiting.takes(id));
    waiting.add(id, {stored});
    EXPECT_FALSE(waiting.takes(id)) << "its entries are no new record's any more";
  }
  EXPECT_FALSE(waiting.takes(make_uuid7(1, system_rng())));
  EXPECT_EQ(waiting.size(), 0u) << "none is committed";
  const auto left = waiting.committed();
  EXPECT_EQ(waiting.size(), kWaitingMax);
  ASSERT_EQ(left.size(), kWaitingMax);
  EXPECT_TRUE(left.front()->entries().front().entry.body_bytes.empty());
  waiting.undone();
  EXPECT_EQ(waiting.size(), kWaitingMax) << "what was committed before is not undone";
}

}  // namespace
}  // namespace nc::records
