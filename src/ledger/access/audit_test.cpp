// The audit trail on real files: rows, refusals, alteration, truncation, keeping, a file that fails.
#include "ledger/access/audit.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

namespace fs = std::filesystem;
using test::id;

constexpr std::int64_t kDayMs = 86'400'000;

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() { clock_.now_ms = 1'795'000'000'000; }
  std::unique_ptr<AuditTrail> open() {
    AuditTrail::Options options;
    options.clock = &clock_;
    options.node = id(99);
    return std::make_unique<AuditTrail>(file(), options);
  }
  [[nodiscard]] fs::path file() const { return folder_.path() / "audit.db"; }
  // What the node seals into the journal.
  AuditSeal seal(AuditTrail& trail) {
    const auto ends = trail.ends();
    EXPECT_TRUE(ends && *ends);
    return {trail.today(), (*ends)->head.seq, (*ends)->head.hash};
  }
  void write(AuditTrail& trail, int rows) {
    for (int i = 0; i < rows; ++i) ASSERT_TRUE(trail.write({id(1), audited::kExport, id(7)}));
  }
  // As somebody with the file and an SQLite shell would.
  void tamper(const std::string& sql) {
    auto db = store::Database::open(file(), {.application_id = 0x4e434131});
    ASSERT_TRUE(db) << db.error().english();
    ASSERT_TRUE(db->exec(sql));
  }
  std::vector<AuditFault> faults(const std::vector<AuditSeal>& seals) {
    const auto report = open()->verify(seals);
    EXPECT_TRUE(report) << report.error().english();
    return report ? report->faults : std::vector<AuditFault>{};
  }
  // Three days with two rows each and a seal at the end of each day.
  std::vector<AuditSeal> three_days() {
    std::vector<AuditSeal> seals;
    auto trail = open();
    for (int day = 0; day < 3; ++day, clock_.now_ms += kDayMs) {
      write(*trail, 2);
      seals.push_back(seal(*trail));
    }
    return seals;
  }

  test::Folder folder_;
  ManualClock clock_;
};

TEST_F(AuditTest, NothingIsMadeBeforeTheFirstRow) {
  auto trail = open();
  EXPECT_FALSE(*trail->ends());
  EXPECT_EQ(trail->list({})->total, 0);
  EXPECT_TRUE(trail->verify({})->faults.empty());
  EXPECT_FALSE(fs::exists(file()));
  write(*trail, 1);
  EXPECT_EQ(fs::status(file()).permissions() & fs::perms::mask, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AuditTest, RowsSayWhoWhatWhichWhenAndSurviveReopening) {
  ASSERT_TRUE(open()->write({id(1), audited::kReadPersonal, id(7), "lập danh sách", AuditOutcome::kDone}));
  const auto page = open()->list({});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->rows.size(), 2U);  // and the row that the trail begins with
  const auto& row = page->rows.front();
  EXPECT_EQ(row.actor, id(1));
  EXPECT_EQ(row.action, audited::kReadPersonal);
  EXPECT_EQ(row.record, id(7));
  EXPECT_EQ(row.purpose, "lập danh sách");
  EXPECT_EQ(row.at_ms, clock_.now_ms);
  EXPECT_EQ(page->rows.back().action, audited::kBegin);
  EXPECT_EQ(page->rows.back().record, id(99));
  EXPECT_TRUE(faults({}).empty());
}

TEST_F(AuditTest, ARestrictedRecordIsOneRowPerReaderAndMinute) {
  auto trail = open();
  const std::vector<RecordId> two = {id(7), id(8), id(7)};
  ASSERT_TRUE(trail->write_restricted_reads(id(1), two));
  ASSERT_TRUE(trail->write_restricted_reads(id(1), two));
  EXPECT_EQ(trail->list({.action = std::string(audited::kReadRestricted)})->total, 2);
  ASSERT_TRUE(trail->write_restricted_reads(id(2), two));
  EXPECT_EQ(trail->list({.action = std::string(audited::kReadRestricted)})->total, 4);
  clock_.now_ms += 60'000;
  ASSERT_TRUE(trail->write_restricted_reads(id(1), two));
  EXPECT_EQ(trail->list({.action = std::string(audited::kReadRestricted)})->total, 6);
}

TEST_F(AuditTest, AMillionRefusalsAreOneRow) {
  auto trail = open();
  for (int i = 0; i < 1'000'000; ++i) trail->count_refusal(id(1), audited::kPage);
  EXPECT_EQ(trail->list({})->total, 0);  // their minute is not over
  clock_.now_ms += 60'000;
  const auto page = trail->list({.outcome = AuditOutcome::kRefused});
  ASSERT_EQ(page->rows.size(), 1U);
  EXPECT_EQ(page->rows[0].count, 1'000'000);
  EXPECT_EQ(page->rows[0].at_ms % 60'000, 0);
  EXPECT_LT(page->rows[0].at_ms, clock_.now_ms);
  EXPECT_LT(fs::file_size(file()), 64U * 1024);
  EXPECT_TRUE(faults({}).empty());
}

TEST_F(AuditTest, RefusalsFromManyAddressesStayBounded) {
  auto trail = open();
  std::int64_t all = 0;
  for (int minute = 0; minute < 3; ++minute, clock_.now_ms += 60'000)
    for (int i = 0; i < 5'000; ++i, ++all)
      trail->count_refusal({}, audited::kLogIn, "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256));
  const auto page = trail->list({.limit = 500});
  std::int64_t counted = 0;
  for (const auto& row : page->rows) counted += row.outcome == AuditOutcome::kRefused ? row.count : 0;
  EXPECT_EQ(counted, all);
  EXPECT_LE(page->total, 3 * 65 + 1);
}

TEST_F(AuditTest, CountedRefusalsSurviveTheEndOfTheProcess) {
  {
    auto trail = open();
    for (int i = 0; i < 7; ++i) trail->count_refusal(id(1), audited::kLogIn);
  }
  clock_.now_ms += 60'000;
  EXPECT_EQ(open()->list({.outcome = AuditOutcome::kRefused})->rows.at(0).count, 7);
}

TEST_F(AuditTest, TwoProcessesWriteOneChain) {
  auto one = open(), other = open();
  for (int i = 0; i < 5; ++i) {
    write(*one, 1);
    write(*other, 1);
  }
  EXPECT_EQ(one->list({})->total, 11);
  EXPECT_TRUE(faults({}).empty());
}

TEST_F(AuditTest, FiltersAndPagesOfTheList) {
  auto trail = open();
  write(*trail, 3);
  clock_.now_ms += kDayMs;
  ASSERT_TRUE(trail->write({id(2), audited::kVoid, id(8)}));
  EXPECT_EQ(trail->list({.actor = id(1)})->total, 3);
  EXPECT_EQ(trail->list({.record = id(8)})->total, 1);
  EXPECT_EQ(trail->list({.from = trail->today()})->total, 1);
  EXPECT_EQ(trail->list({.until = trail->today() - 1})->total, 4);
  EXPECT_EQ(trail->list({.outcome = AuditOutcome::kFailed})->total, 0);
  auto page = trail->list({.limit = 2});
  std::vector<std::int64_t> seen;
  while (true) {
    for (const auto& row : page->rows) seen.push_back(row.seq);
    if (page->next_before == 0) break;
    page = trail->list({.before = page->next_before, .limit = 2});
    EXPECT_EQ(page->total, 5);
  }
  EXPECT_EQ(seen, (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
}

// As if only the rows within reach were there: totals, numbers and pages.
TEST_F(AuditTest, AReachCutsTheListAndNumbersWhatIsLeft) {
  using Whose = AuditReach::Whose;
  auto trail = open();
  for (std::uint8_t i = 0; i < 12; ++i) {  // after "begin": 1 2 3 0 1 2 3 0 ...
    ASSERT_TRUE(trail->write({i % 4 == 3 ? PersonId{} : id(static_cast<std::uint8_t>(i % 4 + 1)), audited::kExport, id(7)}));
  }
  struct Case {
    AuditReach reach;
    std::vector<std::int64_t> seqs;  // oldest first
  };
  const std::vector<Case> cases = {{{Whose::kAll}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}},
                                   {{Whose::kAllBut, {id(2), id(3)}}, {1, 2, 5, 6, 9, 10, 13}},
                                   {{Whose::kOnly, {id(2)}}, {3, 7, 11}},
                                   {{Whose::kOnly, {}}, {}}};
  for (const auto& [reach, seqs] : cases) {
    std::int64_t before = 0;
    auto left = seqs;
    do {
      const auto page = trail->list({.reach = reach, .before = before, .limit = 2});
      ASSERT_TRUE(page) << page.error().english();
      EXPECT_EQ(page->total, static_cast<std::int64_t>(seqs.size()));
      ASSERT_EQ(page->numbers.size(), page->rows.size());
      for (std::size_t i = 0; i < page->rows.size(); ++i) {
        ASSERT_FALSE(left.empty());
        EXPECT_EQ(page->rows[i].seq, left.back());
        EXPECT_EQ(page->numbers[i], static_cast<std::int64_t>(left.size()));
        EXPECT_TRUE(reach.admits(page->rows[i].actor));
        left.pop_back();
      }
      before = page->next_before;
    } while (before != 0);
    EXPECT_TRUE(left.empty());
    EXPECT_EQ(trail->list({.reach = reach, .actor = id(3)})->total, reach.admits(id(3)) ? 3 : 0);
  }
  const auto far = trail->list({.reach = AuditReach{Whose::kOnly, {id(2)}}, .before = 999});
  EXPECT_EQ(far->numbers, (std::vector<std::int64_t>{3, 2, 1}));
}

// However many others were refused in the same minute, nobody's row is given up for theirs.
TEST_F(AuditTest, RefusalsOfAccountsAreAlwaysCountedApart) {
  auto trail = open();
  for (std::uint8_t i = 1; i <= 200; ++i) trail->count_refusal(id(i), audited::kPage);
  for (int i = 0; i < 200; ++i) trail->count_refusal({}, audited::kLogIn, "192.0.2." + std::to_string(i));
  trail->count_refusal(id(250), audited::kPage);
  clock_.now_ms += 60'000;
  EXPECT_EQ(trail->list({.actor = id(250)})->total, 1);
  EXPECT_EQ(trail->list({.action = "page"})->total, 201);
  EXPECT_LE(trail->list({.action = "log-in"})->total, 65);
}

TEST_F(AuditTest, AnUntouchedTrailHolds) {
  const auto seals = three_days();
  const auto report = open()->verify(seals);
  EXPECT_TRUE(report->faults.empty());
  EXPECT_EQ(report->rows, 7);
  EXPECT_EQ(report->seals, 3);
}

TEST_F(AuditTest, EveryColumnIsCoveredByTheHash) {
  const auto seals = three_days();
  for (const std::string change : {"at_ms = at_ms + 1", "actor = x'00000000000000000000000000000002'", "actor = NULL", "action = 'print'",
                                   "record = x'00000000000000000000000000000009'", "purpose = 'x'", "origin = 'x'", "outcome = 'refused'",
                                   "count = 2", "hash = randomblob(32)"}) {
    const auto whole = *read_file(file());
    tamper("UPDATE audit_row SET " + change + " WHERE seq = 4");
    const auto found = faults(seals);
    ASSERT_FALSE(found.empty()) << change;
    EXPECT_EQ(found[0].seq, 4) << change;
    EXPECT_EQ(found[0].from_day, seals[0].day) << change;  // sealed before: good; from that day on: unproven
    ASSERT_TRUE(write_file_durably(file(), whole, 0600));
  }
}

TEST_F(AuditTest, AMissingMiddleRowIsFound) {
  const auto seals = three_days();
  tamper("DELETE FROM audit_row WHERE seq = 6");
  const auto found = faults(seals);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].seq, 6);
  EXPECT_EQ(found[0].from_day, seals[1].day);
}

TEST_F(AuditTest, ATailCutOffBehindASealIsFound) {
  const auto seals = three_days();
  tamper("DELETE FROM audit_row WHERE seq > 5");
  const auto found = faults(seals);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].from_day, seals[1].day);
  EXPECT_NE(found[0].error.english().find("sealed row 7"), std::string::npos) << found[0].error.english();
}

TEST_F(AuditTest, ARowTakenOutAndTheRestChainedAnewIsFoundByTheSeal) {
  const auto seals = three_days();
  {
    // The forger writes as many rows with good hashes, but of another reader.
    tamper("DELETE FROM audit_row WHERE seq > 5");
    auto forged = open();
    clock_.now_ms -= kDayMs;
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(forged->write({id(2), audited::kExport, id(7)}));
    clock_.now_ms += kDayMs;
  }
  const auto found = faults(seals);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].seq, 7);
  EXPECT_EQ(found[0].from_day, seals[1].day);
}

TEST_F(AuditTest, AnOlderFileInItsPlaceIsFound) {
  auto seals = three_days();
  const auto old = *read_file(file());
  {
    auto trail = open();
    write(*trail, 2);
    seals.push_back(seal(*trail));
  }
  EXPECT_TRUE(faults(seals).empty());
  ASSERT_TRUE(write_file_durably(file(), old, 0600));
  const auto found = faults(seals);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].from_day, seals[2].day);
  fs::remove(file());
  ASSERT_EQ(faults(seals).size(), 1U);  // and so is no file at all
  EXPECT_EQ(faults(seals)[0].from_day, seals[0].day);
}

TEST_F(AuditTest, PruningKeepsTheChainVerifiable) {
  auto seals = three_days();
  auto trail = open();
  EXPECT_FALSE(trail->set_keep_days(AuditTrail::kKeepDaysMin - 1));
  ASSERT_TRUE(trail->set_keep_days(AuditTrail::kKeepDaysMin));
  EXPECT_EQ(trail->prune(id(1), seals), 0);
  // Two years after the second day: the rows of the first two days are old enough, the third day's not.
  clock_.now_ms = 1'795'000'000'000 + (1 + AuditTrail::kKeepDaysMin) * kDayMs;
  EXPECT_EQ(trail->prune(id(1), seals), 5);
  const auto report = trail->verify(seals);
  EXPECT_TRUE(report->faults.empty()) << report->faults.at(0).error.english();
  EXPECT_EQ(report->first_seq, 6);
  EXPECT_EQ(trail->list({.action = std::string(audited::kPrune)})->total, 1);
  tamper("DELETE FROM audit_row WHERE seq = 6");
  EXPECT_FALSE(faults(seals).empty());
}

TEST_F(AuditTest, RowsTakenOutByHandAreFoundThoughTheChainIsMadeToFit) {
  const auto seals = three_days();
  const auto whole = *read_file(file());
  // Up to a row that no seal vouches for.
  tamper(
      "INSERT INTO audit_setting(name, value, hash) SELECT 'pruned', seq, hash FROM audit_row WHERE seq = 4;"
      "DELETE FROM audit_row WHERE seq <= 4");
  EXPECT_FALSE(faults(seals).empty());
  ASSERT_TRUE(write_file_durably(file(), whole, 0600));
  // Up to a sealed row, but long before its time.
  tamper(
      "INSERT INTO audit_setting(name, value, hash) SELECT 'pruned', seq, hash FROM audit_row WHERE seq = 5;"
      "DELETE FROM audit_row WHERE seq <= 5");
  ASSERT_EQ(faults(seals).size(), 1U);
  EXPECT_NE(faults(seals)[0].error.english().find("before their time"), std::string::npos);
}

TEST_F(AuditTest, AFileThatIsNoTrailRefusesAndRecovers) {
  ASSERT_TRUE(write_file_durably(file(), std::string(8192, 'x'), 0600));
  auto trail = open();
  EXPECT_FALSE(trail->write({id(1), audited::kExport, id(7)}));
  EXPECT_FALSE(trail->write_restricted_reads(id(1), {id(7)}));
  for (int i = 0; i < 1000; ++i) trail->count_refusal(id(1), audited::kPage);  // neither stops nor throws
  EXPECT_FALSE(trail->verify({}));
  fs::remove(file());
  EXPECT_TRUE(trail->write_restricted_reads(id(1), {id(7)}));
}

}  // namespace
}  // namespace nc::access
