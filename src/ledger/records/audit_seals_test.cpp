// The audit trail of a whole ledger: restricted content and the trail, daily seals, what verify says of a trail
// that somebody touched.
#include <gtest/gtest.h>

#include "base/files.h"
#include "foundation/store/database.h"
#include "ledger/records/test_world.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;
namespace audited = access::audited;

constexpr std::int64_t kDayMs = 86'400'000;

class AuditSeals : public test::LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    test::allow_restricted(*ledger_);
  }
  std::int64_t rows(std::string_view action) { return ledger_->audit().list({.action = std::string(action)})->total; }
  [[nodiscard]] fs::path file() const { return dir_ / "audit.db"; }
  // A folder where the file should be: nothing can be written any more, as on a broken disk.
  void break_trail() {
    fs::remove(file());
    fs::remove(dir_ / "audit.db-wal");
    fs::remove(dir_ / "audit.db-shm");
    fs::create_directory(file());
    clock_.now_ms += 60'000;  // what was read in this minute is written already
  }
};

TEST_F(AuditSeals, ARestrictedFileLeavesAfterItsRowAndAnotherWithoutOne) {
  const auto console = ledger_->console();
  const auto with_file = [&](const std::string& content, std::optional<catalog::Handling> handling) {
    const auto started = ledger_->files().start(console.person, "biên bản.txt");
    EXPECT_TRUE(started && ledger_->files().append(console.person, started->id, 0, content));
    const auto done = ledger_->finish_upload(console, started->id);
    EXPECT_TRUE(done);
    auto values = talks();
    values.set("attachments", JsonArray{blobs::json_of(*done->file)});
    return std::pair(make(values, handling), done->file->sha256);
  };
  const auto [plain, plain_file] = with_file("ai cũng đọc", std::nullopt);
  const auto [hidden, hidden_file] = with_file("mật của đồn", catalog::Handling::kRestricted);
  const auto who = account("reader", "provincial_staff", "restricted");
  EXPECT_TRUE(ledger_->open_attachment(who, plain, plain_file));
  EXPECT_EQ(rows(audited::kExport), 0);
  EXPECT_TRUE(ledger_->open_attachment(who, hidden, hidden_file));
  EXPECT_EQ(rows(audited::kExport), 1);
  EXPECT_EQ(ledger_->audit().list({.action = std::string(audited::kExport)})->rows[0].record, hidden);
  break_trail();
  EXPECT_FALSE(ledger_->open_attachment(who, hidden, hidden_file)) << "what cannot be written down is not given";
  EXPECT_TRUE(ledger_->open_attachment(who, plain, plain_file));
}

TEST_F(AuditSeals, ReadingRestrictedContentIsWrittenAndReadingTheRestIsNot) {
  const auto plain = make(talks());
  const auto hidden = make(talks(), catalog::Handling::kRestricted);
  const auto who = account("reader", "provincial_staff", "restricted");
  const auto before = ledger_->audit().list({})->total;
  EXPECT_TRUE(ledger_->read(who, plain));
  EXPECT_EQ(ledger_->audit().list({})->total, before);
  EXPECT_TRUE(ledger_->read(who, hidden));
  EXPECT_EQ(ledger_->list(who, {.types = {"talks"}})->items.size(), 2U);
  const auto page = ledger_->audit().list({.actor = who.person});
  ASSERT_EQ(page->total, 1);  // the list showed it again within the minute
  EXPECT_EQ(page->rows[0].action, audited::kReadRestricted);
  EXPECT_EQ(page->rows[0].record, hidden);
}

TEST_F(AuditSeals, RestrictedContentIsNotShownWhileTheTrailCannotBeWritten) {
  const auto plain = make(talks());
  const auto hidden = make(talks(), catalog::Handling::kRestricted);
  const auto who = account("reader", "provincial_staff", "restricted");
  const auto lower = account("lower", "provincial_staff", "internal");
  break_trail();
  for (const auto& subject : {who, ledger_->console()}) {
    const auto refused = ledger_->read(subject, hidden);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
    EXPECT_NE(refused.error().english().find("audit trail"), std::string::npos) << refused.error().english();
    EXPECT_FALSE(ledger_->history(subject, hidden));
    EXPECT_EQ(ledger_->title(subject, hidden, "en"), hidden.hex().substr(0, 8) + "…");
    const auto list = ledger_->list(subject, {.types = {"talks"}});
    ASSERT_TRUE(list);
    EXPECT_EQ(list->total, 1);
    EXPECT_EQ(list->items.size(), 1U);
    EXPECT_TRUE(ledger_->read(subject, plain));
  }
  // Who may not know of it is told what he is always told.
  EXPECT_EQ(ledger_->read(lower, hidden).error().code, ErrorCode::kNotFound);
  fs::remove(file());
  EXPECT_TRUE(ledger_->read(who, hidden));
}

TEST_F(AuditSeals, NothingIsRefusedToWhoWritesWhileTheTrailCannotBeWritten) {
  const auto hidden = make(talks(), catalog::Handling::kRestricted);
  break_trail();
  for (const auto& type : ledger_->world()->catalog->types()) {
    if (!type.urgent || !type.creatable) continue;
    Json values;
    if (const auto* lead = type.slot("lead")) values.set(lead->id, unit_.hex());
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, type.id, values, std::nullopt, std::nullopt, true});
    // Findings about what is missing are the type's; the trail is no reason.
    if (!written) { EXPECT_EQ(written.error().error.english().find("audit"), std::string::npos) << written.error().error.english(); }
  }
  EXPECT_TRUE(ledger_->amend(ledger_->console(), {hidden, {}, Json(JsonObject{{"remark", Json("báo gấp")}}), {}}));
  EXPECT_TRUE(ledger_->transition(ledger_->console(), {hidden, "void", "nhập nhầm", nullptr}));
}

TEST_F(AuditSeals, VoidsAccountsAndKeysAreWritten) {
  const auto all = ledger_->audit().list({})->total, accounts = rows(audited::kAccount);
  const auto id = make(talks());
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {id, "void", "nhập nhầm", nullptr}));
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {id, "restore", "đúng", nullptr}));
  EXPECT_EQ(rows(audited::kVoid), 1);
  EXPECT_EQ(rows(audited::kRestore), 1);
  const auto who = account("officer", "post_officer", "internal");
  EXPECT_EQ(rows(audited::kAccount), accounts + 1);
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), who.person, crypto::SigningKey::generate(system_rng()).public_key()));
  EXPECT_EQ(rows(audited::kKey), 1);
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{"remark", Json("a")}}), {}}));
  EXPECT_EQ(ledger_->audit().list({})->total, all + 4);  // not the ordinary change
}

TEST_F(AuditSeals, TheHeadIsSealedOnceADayAndNothingOfItReachesALowerReader) {
  ASSERT_TRUE(ledger_->audit().write({{}, audited::kExport, {}, {}, {}}));
  make(talks());
  EXPECT_TRUE(ledger_->audit_seals()->empty());  // the trail began today
  clock_.now_ms += kDayMs;
  reopen();
  EXPECT_TRUE(ledger_->audit_seals()->empty());  // looking changes nothing
  make(talks());
  make(talks());
  ASSERT_TRUE(ledger_->seal_audit());
  EXPECT_EQ(ledger_->audit_seals()->size(), 1U);
  clock_.now_ms += kDayMs;
  ASSERT_TRUE(ledger_->seal_audit());
  EXPECT_EQ(ledger_->audit_seals()->size(), 1U);  // there is nothing new to seal
  reopen();
  ASSERT_TRUE(ledger_->audit().write({{}, audited::kExport, {}, {}, {}}));
  ASSERT_TRUE(ledger_->seal_audit());
  ASSERT_EQ(ledger_->audit_seals()->size(), 2U);
  EXPECT_TRUE(ledger_->verify_audit()->faults.empty());
  EXPECT_EQ(ledger_->verify_audit()->seals, 2);
  const auto report = ledger_->verify();
  EXPECT_TRUE(report->problems.empty());
  EXPECT_EQ(ledger_->rebuild(true)->before, ledger_->rebuild(true)->after);

  const auto lower = account("lower", "provincial_staff", "internal");
  const auto higher = account("higher", "inspector", "restricted");
  EXPECT_EQ(ledger_->list(lower, {.feeds = {"audit-head"}})->total, 0);
  const auto seen = ledger_->list(higher, {.feeds = {"audit-head"}});
  ASSERT_EQ(seen->items.size(), 1U);
  ASSERT_TRUE(ledger_->inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    const auto entries = journal.entries_of(db, seen->items[0].id);
    for (const auto& stored : *entries) EXPECT_EQ(stored.entry.header.stream.part.text(), "own:" + unit_.hex() + "/restricted");
    return {};
  }));
  // No person adds to the seals.
  const auto commander = account("commander", "post_commander", "restricted");
  EXPECT_FALSE(ledger_->amend(commander, {seen->items[0].id, {}, Json(JsonObject{{"seq", Json(1)}}), {}}));
  EXPECT_FALSE(ledger_->transition(commander, {seen->items[0].id, "void", "x", nullptr}));
}

TEST_F(AuditSeals, ATrailThatWasReplacedOrRemovedIsFoundAndNotSealedOver) {
  const auto a_day_later = [this] {
    clock_.now_ms += kDayMs;
    reopen();
  };
  ASSERT_TRUE(ledger_->audit().write({{}, audited::kExport, {}, {}, {}}));
  a_day_later();
  ASSERT_TRUE(ledger_->seal_audit());
  const auto first_seal = ledger_->today();
  ledger_.reset();
  const auto old = *read_file(file());
  reopen();
  ASSERT_TRUE(ledger_->audit().write({{}, audited::kPrint, {}, {}, {}}));
  a_day_later();
  ASSERT_TRUE(ledger_->seal_audit());
  EXPECT_EQ(ledger_->audit_seals()->back().seq, ledger_->audit().list({})->total);
  EXPECT_TRUE(ledger_->verify_audit()->faults.empty());
  ledger_.reset();
  ASSERT_TRUE(write_file_durably(file(), old, 0600));
  a_day_later();
  ASSERT_TRUE(ledger_->seal_audit());
  EXPECT_EQ(ledger_->audit_seals()->size(), 2U);
  const auto report = ledger_->verify_audit();
  ASSERT_EQ(report->faults.size(), 1U);
  EXPECT_EQ(report->faults[0].from_day, first_seal);
  ledger_.reset();
  fs::remove(file());
  reopen();
  EXPECT_EQ(ledger_->verify_audit()->faults.size(), 1U);
}

// Before any head is sealed, and after the last one.
TEST_F(AuditSeals, RowsThatACommitHasSeenAreMissedOnTheFirstDayToo) {
  const auto forget = [this](const char* sql) {
    auto db = store::Database::open(file(), {.application_id = 0x4e434131}).value();
    ASSERT_TRUE(db.exec(sql));
  };
  for (int n = 0; n < 3; ++n) ASSERT_TRUE(ledger_->audit().write({{}, audited::kExport, {}, {}, {}}));
  clock_.now_ms += 2000;
  make(talks());
  ASSERT_TRUE(ledger_->verify_audit()->faults.empty());
  EXPECT_EQ(ledger_->verify_audit()->seals, 0);
  ledger_.reset();
  const auto whole = *read_file(file());
  forget("DELETE FROM audit_row WHERE seq = (SELECT max(seq) FROM audit_row)");
  reopen();
  EXPECT_EQ(ledger_->verify_audit()->faults.size(), 1U);
  // Rows written since, and commits that see them, cover nothing up.
  ASSERT_TRUE(ledger_->audit().write({{}, audited::kPrint, {}, {}, {}}));
  clock_.now_ms += 2000;
  make(talks());
  EXPECT_EQ(ledger_->verify_audit()->faults.size(), 1U);
  ledger_.reset();
  forget("DELETE FROM audit_row");
  reopen();
  EXPECT_EQ(ledger_->verify_audit()->faults.size(), 1U);
  ledger_.reset();
  ASSERT_TRUE(write_file_durably(file(), whole, 0600));
  reopen();
  EXPECT_TRUE(ledger_->verify_audit()->faults.empty());
}

}  // namespace
}  // namespace nc::records
