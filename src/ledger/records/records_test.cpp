// The write path on real files: found, create, amend, conflict, void, history, rebuild, verify.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "foundation/crypto/hash.h"
#include "foundation/store/database.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/node_world_test.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

TEST_F(RecordsTest, CreatedRecordSurvivesReopenAndVerifies) {
  const auto id = make(talks());
  reopen();
  EXPECT_EQ(view(id).values.text("sub_kind"), "periodic");
  const auto report = ledger_->verify();
  ASSERT_TRUE(report);
  for (const auto& problem : report->problems) ADD_FAILURE() << problem.stream << " " << problem.error.english();
  EXPECT_GT(report->entries, 40);
}

TEST_F(RecordsTest, RebuildGivesTheSameDigest) {
  const auto id = make(talks());
  make(talks("Cửa khẩu B"));
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{"remark", Json("đã thống nhất")}}), {}}));
  const auto before = ledger_->digest();
  const auto checked = ledger_->rebuild(true);
  ASSERT_TRUE(checked) << checked.error().english();
  EXPECT_EQ(checked->before, checked->after);
  EXPECT_THAT(checked->differs, testing::IsEmpty());
  const auto rebuilt = ledger_->rebuild(false);
  ASSERT_TRUE(rebuilt);
  EXPECT_EQ(*ledger_->digest(), *before);
  EXPECT_EQ(view(id).values.text("remark"), "đã thống nhất");
}

// Each of these leaves the portable digest as it is or not, and all of them change what somebody is shown.
TEST_F(RecordsTest, EveryColumnOfTheDerivedTablesIsComparedWithTheJournal) {
  const auto id = make(talks());
  make(talks("Cửa khẩu B"));
  const std::string mine = " WHERE id=x'" + id.hex() + "'", part_of_mine = " WHERE sid=(SELECT sid FROM record" + mine + ")";
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE record SET day=1" + mine, "record.day"},
      {"UPDATE record SET day_last=99999" + mine, "record.day_last"},
      {"UPDATE record SET code='x'" + mine, "record.code"},
      {"UPDATE record SET created_by=zeroblob(16)" + mine, "record.created_by"},
      {"UPDATE record SET created_ms=1" + mine, "record.created_ms"},
      {"UPDATE record SET changed_ms=1" + mine, "record.changed_ms"},
      {"UPDATE record SET extra='{\"x\":1}'" + mine, "record.extra"},
      {"UPDATE record SET alone_due=1" + mine, "record.alone_due"},
      {"UPDATE record SET text_fold='x'" + mine, "record.text_fold"},
      {"UPDATE part SET grp='works'" + part_of_mine, "part.grp"},
      {"UPDATE part SET sid=sid+100000" + part_of_mine, "part.id"},
      {"DELETE FROM link" + part_of_mine, "link.id"},
      {"UPDATE link SET target=zeroblob(16)" + part_of_mine, "link.target"},
      {"CREATE TRIGGER planted AFTER INSERT ON record BEGIN DELETE FROM link; END", "trigger planted"},
  };
  for (const auto& [sql, named] : changes) {
    { const auto close = std::move(ledger_); }
    {
      auto db = store::Database::open(DataDir{dir_}.ledger(), {.application_id = kLedgerApplicationId});
      ASSERT_TRUE(db) << db.error().english();
      const auto done = db->exec(sql);
      ASSERT_TRUE(done) << done.error().english();
    }
    reopen();
    const auto checked = ledger_->rebuild(true);
    ASSERT_TRUE(checked) << checked.error().english();
    EXPECT_THAT(checked->differs, testing::Contains(named)) << sql;
    ASSERT_TRUE(ledger_->rebuild(false));
    EXPECT_THAT(ledger_->rebuild(true)->differs, testing::IsEmpty()) << sql;
  }
}

TEST_F(RecordsTest, TypesOfTheProgramAreMadeByItsOwnCommandsOnly) {
  const auto made = ledger_->create(ledger_->console(), {std::nullopt, "record_type", Json(JsonObject{}), std::nullopt, std::nullopt});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().error.code, ErrorCode::kDenied);
}

TEST_F(RecordsTest, AClosingIsNeitherTypedNorImportedNorAmended) {
  const auto typed = [](std::int32_t month, std::int32_t dom) {
    return catalog::json_from_date({to_day(2024, month, dom), DatePrecision::kDay, false});
  };
  Json values;
  values.set("unit", unit_.hex()).set("line", "command").set("from", typed(1, 1)).set("until", typed(3, 31));
  values.set("as_of", typed(4, 1)).set("parameters", "{}").set("counted", "x").set("set_digest", std::string(64, '0'));
  Create request{std::nullopt, "period_closing", values, std::nullopt, std::nullopt};
  const auto by_hand = ledger_->create(ledger_->console(), request);
  ASSERT_FALSE(by_hand);
  EXPECT_EQ(by_hand.error().error.code, ErrorCode::kDenied);
  const Imported row{imported_id("closing", "1"), "period_closing", values, Digest{}, "closed", std::nullopt};
  const auto imported = ledger_->import(ledger_->console(), {row}).front();
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().error.code, ErrorCode::kDenied);
  request.by_program = true;
  const auto prepared = ledger_->create(ledger_->console(), request);
  ASSERT_TRUE(prepared) << prepared.error().error.english();
  const auto amended = ledger_->amend(ledger_->console(), {prepared->id, {}, Json(JsonObject{{"counted", Json("y")}}), {}});
  ASSERT_FALSE(amended);
  EXPECT_EQ(view(prepared->id).values.text("counted"), "x");
}

TEST_F(RecordsTest, SecondClickMakesOneRecord) {
  const auto id = make_uuid7(1, system_rng());
  const Create request{id, "talks", talks(), std::nullopt, std::nullopt};
  ASSERT_TRUE(ledger_->create(ledger_->console(), request)->changed);
  ASSERT_FALSE(ledger_->create(ledger_->console(), request)->changed);
  EXPECT_EQ(ledger_->list(ledger_->console(), {.types = {"talks"}})->total, 1);
}

TEST_F(RecordsTest, ConcurrentChangesOfDifferentFieldsJoin) {
  const auto id = make(talks());
  const auto heads = view(id).base_part().heads;
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"remark", Json("a")}}), {}}));
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"quantity_text", Json("b")}}), {}}));
  const auto now = view(id);
  EXPECT_EQ(now.values.text("remark"), "a");
  EXPECT_EQ(now.values.text("quantity_text"), "b");
  EXPECT_EQ(now.base_part().heads.size(), 2U);
}

TEST_F(RecordsTest, ConcurrentChangeOfTheSameFieldIsRefusedAndNothingIsLost) {
  const auto id = make(talks());
  const auto heads = view(id).base_part().heads;
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"remark", Json("a")}}), {}}));
  const auto second = ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"remark", Json("b")}}), {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error.code, ErrorCode::kConflict);
  EXPECT_EQ(view(id).values.text("remark"), "a");
}

TEST_F(RecordsTest, SetFieldsJoinElementByElement) {
  const auto id = make(talks());
  const auto heads = view(id).base_part().heads;
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"topics", JsonArray{Json("drugs")}}}), {}}).has_value());
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {id, heads, Json(JsonObject{{"topics", JsonArray{Json("smuggling")}}}), {}}).has_value());
  EXPECT_EQ(view(id).values["topics"].as_array().size(), 2U);
}

TEST_F(RecordsTest, BadInputIsRefusedByNameAndChangesNothing) {
  const auto digest = *ledger_->digest();
  const auto refused = [&](const Json& values, const std::string& where) {
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "talks", values, std::nullopt, std::nullopt});
    ASSERT_FALSE(written) << where;
    EXPECT_NE(written.error().error.where.find(where), std::string::npos) << written.error().error.english();
  };
  auto values = talks();
  refused(Json(values).set("no_such_field", 1), "no_such_field");
  refused(Json(values).set("lead_unit", RecordId{}.hex()), "lead_unit");
  refused(Json(values).set("marker_from", "16x"), "marker_from");
  refused(Json(values).set("level", "galactic"), "level");
  refused(Json(values).set("when", "31/02/2024"), "when");
  auto missing = values;
  missing.erase("when");
  refused(missing, "when");
  EXPECT_EQ(*ledger_->digest(), digest);
}

TEST_F(RecordsTest, VoidAndRestoreAreKeptInHistory) {
  const auto id = make(talks());
  ASSERT_FALSE(ledger_->transition(ledger_->console(), {id, "void", ""}));
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {id, "void", "nhập nhầm"}));
  EXPECT_TRUE(view(id).voided);
  EXPECT_EQ(ledger_->list(ledger_->console(), {.types = {"talks"}})->total, 0);
  EXPECT_FALSE(ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{"remark", Json("x")}}), {}}));
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {id, "restore", "đúng rồi"}));
  EXPECT_FALSE(view(id).voided);
  const auto history = ledger_->history(ledger_->console(), id);
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 3U);
  EXPECT_EQ((*history)[1].reason, "nhập nhầm");
  EXPECT_TRUE((*history)[0].sealed);
}

TEST_F(RecordsTest, SecondProcessIsRefusedByName) {
  const auto second = Ledger::open(dir_, options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kBusy);
}

TEST_F(RecordsTest, ImportOfTheSameRowChangesNothing) {
  Imported row{imported_id("events", "E1"), "talks", talks(), crypto::sha256(std::string_view("1")), "", std::nullopt};
  ASSERT_TRUE(ledger_->import(ledger_->console(), {row})[0]->changed);
  const auto digest = *ledger_->digest();
  EXPECT_FALSE(ledger_->import(ledger_->console(), {row})[0]->changed);
  EXPECT_EQ(*ledger_->digest(), digest);
  row.values.set("remark", "mới");
  row.origin = crypto::sha256(std::string_view("2"));
  EXPECT_TRUE(ledger_->import(ledger_->console(), {row})[0]->changed);
  EXPECT_EQ(view(row.id).values.text("remark"), "mới");
}

TEST_F(RecordsTest, ManyWritersAllAcknowledgedAllThere) {
  std::vector<std::thread> threads;
  std::atomic<int> acknowledged = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 15; ++i)
        if (ledger_->create(ledger_->console(), {std::nullopt, "talks", talks("p" + std::to_string(i)), std::nullopt, std::nullopt}))
          ++acknowledged;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(acknowledged, 60);
  EXPECT_EQ(ledger_->list(ledger_->console(), {.types = {"talks"}})->total, 60);
  EXPECT_TRUE(ledger_->verify()->problems.empty());
}

TEST_F(RecordsTest, ListPagesByCursorWithoutGapsOrDoubles) {
  std::set<RecordId> made;
  for (int i = 0; i < 23; ++i) made.insert(make(talks("p" + std::to_string(i))));
  std::set<RecordId> seen;
  ListQuery query{.types = {"talks"}};
  query.limit = 5;
  for (int page = 0; page < 10; ++page) {
    const auto got = ledger_->list(ledger_->console(), query);
    ASSERT_TRUE(got) << got.error().english();
    for (const auto& item : got->items) EXPECT_TRUE(seen.insert(item.id).second);
    if (got->next_cursor.empty()) break;
    query.cursor = got->next_cursor;
  }
  EXPECT_EQ(seen, made);
}

TEST_F(RecordsTest, ListFiltersByWordsWithoutMarksAndByDays) {
  make(talks("Cửa khẩu Đắk Ruê"));
  make(talks("Nơi khác"));
  ListQuery query{.types = {"talks"}};
  query.text = "dak rue";
  EXPECT_EQ(ledger_->list(ledger_->console(), query)->total, 1);
  query.text.clear();
  query.from = to_day(2024, 5, 7);
  EXPECT_EQ(ledger_->list(ledger_->console(), query)->total, 0);
  query.from = to_day(2024, 5, 6);
  EXPECT_EQ(ledger_->list(ledger_->console(), query)->total, 2);
  query.country = "LA";
  EXPECT_EQ(ledger_->list(ledger_->console(), query)->total, 0);
  query.country = "KH";
  query.own = {unit_};
  EXPECT_EQ(ledger_->list(ledger_->console(), query)->total, 2);
}

TEST_F(RecordsTest, AUnitIsFoundUnderItsPresentNameInRecordsWrittenBefore) {
  make(talks("Cửa khẩu Đắk Ruê"));
  const auto found = [&](const std::string& text) {
    ListQuery query{.types = {"talks"}};
    query.text = text;
    return ledger_->list(ledger_->console(), query)->total;
  };
  const auto rename = [&](const std::string& name) {
    const auto done = ledger_->amend(ledger_->console(), {unit_, {}, Json(JsonObject{{"name", Json(name)}}), {}});
    ASSERT_TRUE(done) << done.error().error.english();
  };
  rename("Đồn Biên phòng Bù Gia Mập");
  EXPECT_EQ(found("bu gia map"), 1);
  EXPECT_EQ(found("bu gia map ruê"), 1) << "a word of the unit's name and one of the record";
  rename("Đồn Biên phòng Lộc Thịnh");
  EXPECT_EQ(found("loc thinh"), 1);
  EXPECT_EQ(found("bu gia map"), 0);
  EXPECT_THAT(ledger_->rebuild(true)->differs, testing::IsEmpty()) << "the record's own row says nothing of other records";
  Json elsewhere;
  elsewhere.set("code", "vn-other").set("name", "Đồn Khác").set("country", "VN").set("own", true);
  ASSERT_TRUE(ledger_->create(ledger_->console(), {std::nullopt, "unit", elsewhere, std::nullopt, std::nullopt}));
  EXPECT_EQ(found("don khac"), 0) << "of another unit";
}

TEST_F(RecordsTest, AbsentAndHiddenAnswerAlike) {
  const auto id = make(talks());
  access::Subject stranger;
  stranger.login = "x";
  const auto hidden = ledger_->read(stranger, id);
  const auto absent = ledger_->read(stranger, make_uuid7(1, system_rng()));
  ASSERT_FALSE(hidden);
  ASSERT_FALSE(absent);
  EXPECT_EQ(hidden.error().english(), absent.error().english());
  EXPECT_EQ(ledger_->list(stranger, {.types = {"talks"}})->total, 0);
}

TEST_F(PeopleTest, ApprovalIsSignedByAnotherPersonAndHolds) {
  const auto officer = account("officer", "post_officer");
  auto commander = account("commander", "post_commander");
  const auto key = crypto::SigningKey::generate(system_rng());
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), commander.person, key.public_key()));
  const auto written = ledger_->create(officer, {std::nullopt, "talks", talks(), std::nullopt, std::nullopt});
  ASSERT_TRUE(written) << written.error().error.english();
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "submit", ""}));
  EXPECT_FALSE(ledger_->transition(commander, {written->id, "approve", ""})) << "without a signature";
  EXPECT_FALSE(ledger_->transition(officer, {written->id, "approve", "", &key})) << "an officer may not approve";
  commander.strength = access::Strength::kStepUp;
  const auto strange = crypto::SigningKey::generate(system_rng());
  EXPECT_FALSE(ledger_->transition(commander, {written->id, "approve", "", &strange})) << "a key that nobody certified";
  const auto approved = ledger_->transition(commander, {written->id, "approve", "", &key});
  ASSERT_TRUE(approved) << approved.error().error.english();
  EXPECT_TRUE(view(written->id).bound);
  EXPECT_EQ(view(written->id).state, "approved");
  EXPECT_FALSE(ledger_->amend(officer, {written->id, {}, Json(JsonObject{{"remark", Json("x")}}), {}}));
  EXPECT_TRUE(ledger_->verify()->problems.empty());
  const auto reopened = ledger_->transition(commander, {written->id, "reopen", "", &key});
  ASSERT_TRUE(reopened) << reopened.error().error.english();
  EXPECT_FALSE(view(written->id).bound);
  EXPECT_TRUE(ledger_->amend(officer, {written->id, {}, Json(JsonObject{{"remark", Json("x")}}), {}}));
}

TEST_F(PeopleTest, AnOfficerVoidsHisOwnRecordUntilItIsApproved) {
  const auto officer = account("officer", "post_officer");
  auto commander = account("commander", "post_commander");
  const auto key = crypto::SigningKey::generate(system_rng());
  ASSERT_TRUE(ledger_->certify_key(ledger_->console(), commander.person, key.public_key()));
  const auto written = ledger_->create(officer, {std::nullopt, "talks", talks(), std::nullopt, std::nullopt});
  ASSERT_TRUE(written) << written.error().error.english();
  EXPECT_EQ(ledger_->transition(officer, {written->id, "void", " "}).error().error.where, "reason");
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "void", "nhập nhầm"}));
  EXPECT_TRUE(view(written->id).voided);
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "restore", "vẫn đúng"}));
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "submit", ""}));
  EXPECT_FALSE(ledger_->transition(officer, {written->id, "void", "nhập nhầm"})) << "submitted: he withdraws it first";
  commander.strength = access::Strength::kStepUp;
  ASSERT_TRUE(ledger_->transition(commander, {written->id, "approve", "", &key}));
  EXPECT_FALSE(ledger_->transition(officer, {written->id, "void", "nhập nhầm"}));
  EXPECT_FALSE(ledger_->transition(commander, {written->id, "void", "trùng"})) << "without a signature";
  const auto voided = ledger_->transition(commander, {written->id, "void", "trùng", &key});
  ASSERT_TRUE(voided) << voided.error().error.english();
  EXPECT_TRUE(view(written->id).voided);
  EXPECT_TRUE(ledger_->history(commander, written->id)->back().signed_by_person) << "the signature is kept";
  EXPECT_TRUE(ledger_->verify()->problems.empty());
}

TEST_F(PeopleTest, ASubmissionIsWithdrawnByItsAuthorAndReturnedByAnotherWithAReason) {
  const auto officer = account("officer", "political_officer");  // may return, but not what he submitted himself
  const auto staff = account("staff", "provincial_staff");
  const auto written = ledger_->create(officer, {std::nullopt, "talks", talks(), std::nullopt, std::nullopt});
  ASSERT_TRUE(written) << written.error().error.english();
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "submit", ""}));
  EXPECT_FALSE(ledger_->transition(officer, {written->id, "return", "thiếu số liệu"}));
  EXPECT_FALSE(ledger_->transition(staff, {written->id, "withdraw", ""}));
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "withdraw", ""}));
  EXPECT_EQ(view(written->id).state, "recorded");
  ASSERT_TRUE(ledger_->transition(officer, {written->id, "submit", ""}));
  EXPECT_EQ(ledger_->transition(staff, {written->id, "return", ""}).error().error.where, "reason");
  ASSERT_TRUE(ledger_->transition(staff, {written->id, "return", "thiếu số liệu"}));
  EXPECT_EQ(view(written->id).state, "returned");
  EXPECT_EQ(ledger_->history(officer, written->id)->back().reason, "thiếu số liệu");
}

TEST_F(PeopleTest, NamesOfUnitsAreForReadersOnly) {
  const auto officer = account("officer", "post_officer");
  const auto administrator = account("administrator", "administrator");
  EXPECT_EQ(ledger_->title(officer, unit_, "vi"), "vn-post-a");
  EXPECT_EQ(ledger_->title(administrator, unit_, "vi"), unit_.hex().substr(0, 8) + "…");
}

TEST_F(PeopleTest, NobodyWidensHisOwnRights) {
  const auto staff = account("staff", "provincial_staff");
  Json wider;
  wider.set("clearance", "restricted");
  EXPECT_FALSE(ledger_->amend(staff, {staff.person, {}, wider, {}}));
  EXPECT_FALSE(ledger_->certify_key(staff, staff.person, crypto::SigningKey::generate(system_rng()).public_key()));
  EXPECT_EQ(ledger_->subject("staff")->clearance, catalog::Handling::kInternal);
}

TEST_F(PeopleTest, RestrictedFieldsStayWithThoseCleared) {
  const auto officer = account("officer", "post_officer");
  const auto cleared = account("cleared", "post_commander", "restricted");
  test::allow_restricted(*ledger_);
  const Create request{std::nullopt, "talks", talks(), catalog::Handling::kRestricted, std::nullopt};
  EXPECT_FALSE(ledger_->create(officer, request)) << "above his clearance";
  const auto written = ledger_->create(cleared, request);
  ASSERT_TRUE(written) << written.error().error.english();
  EXPECT_TRUE(ledger_->read(cleared, written->id));
  EXPECT_FALSE(ledger_->read(officer, written->id));
  EXPECT_FALSE(ledger_->history(officer, written->id));
  EXPECT_EQ(ledger_->list(officer, {.types = {"talks"}})->total, 0);
  EXPECT_EQ(ledger_->list(cleared, {.types = {"talks"}})->total, 1);
}

TEST_F(RecordsTest, BackupRestoresAsANewIncarnation) {
  const auto id = make(talks());
  const auto file = fs::temp_directory_path() / ("nc-backup-" + system_rng().make<RecordId>().hex());
  const auto digest = *ledger_->digest();
  ASSERT_TRUE(backup_directory(dir_, file)) << "while the ledger is open";
  make(talks("sau khi sao lưu"));
  const auto key = dir_ / "keys" / "recovery.key";
  for (const bool with_key : {false, true}) {
    const auto target = file.string() + (with_key ? "-a" : "-b");
    const auto restored = restore_backup(file, target, with_key ? key : fs::path());
    ASSERT_TRUE(restored) << restored.error().english();
    EXPECT_EQ(restored->certified, with_key);
    EXPECT_FALSE(fs::exists(fs::path(target) / "local.db"));
    auto again = Ledger::open(target, options_);
    ASSERT_TRUE(again) << again.error().english();
    EXPECT_EQ(*(*again)->digest(), digest);
    EXPECT_NE((*again)->identity().incarnation, ledger_->identity().incarnation);
    EXPECT_TRUE((*again)->read((*again)->console(), id));
    EXPECT_TRUE((*again)->verify()->problems.empty());
    const auto written = (*again)->create((*again)->console(), {std::nullopt, "talks", talks("mới"), std::nullopt, std::nullopt});
    EXPECT_EQ(written.has_value(), with_key) << "without the recovery key it can be read only";
    EXPECT_TRUE((*again)->verify()->problems.empty());
    again->reset();
    fs::remove_all(target);
  }
  fs::remove(file);
}

TEST_F(RecordsTest, ABrokenTypeStopsTheStartWithFileAndLine) {
  ledger_.reset();
  std::ofstream(dir_ / "catalog" / "meetings" / "broken.toml") << "id = \"broken\"\nversion = 1\ngroup = \"meetings\"\nlabel = 5\n";
  const auto opened = Ledger::open(dir_, options_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().where.find("broken.toml:4"), std::string::npos) << opened.error().english();
  fs::remove(dir_ / "catalog" / "meetings" / "broken.toml");
  fs::copy(fs::path(NC_SOURCE_DIR) / "docs" / "samples" / "sample_visit.toml", dir_ / "catalog" / "meetings" / "sample_visit.toml");
  reopen();
  EXPECT_NE(ledger_->world()->catalog->find("sample_visit"), nullptr) << "a new type is one file";
  EXPECT_TRUE(ledger_->verify()->problems.empty());
}

// A node of the top that was restored gets back from the others what it had published later than its backup.
TEST_F(RecordsTest, CatalogueFilesOlderThanWhatWasPublishedAreNoFault) {
  const auto file = dir_ / "catalog" / "meetings" / "sample_visit.toml";
  ledger_.reset();
  fs::copy(fs::path(NC_SOURCE_DIR) / "docs" / "samples" / "sample_visit.toml", file);
  const auto older = *read_file(file);
  reopen();
  ledger_.reset();
  auto newer = older;
  const auto at = newer.find("version = ");
  ASSERT_NE(at, std::string::npos);
  const auto number = std::stoi(newer.substr(at + 10));
  newer.replace(at, newer.find('\n', at) - at, "version = " + std::to_string(number + 1));
  newer += "\n[[field]]\nid = \"added\"\nkind = \"integer\"\nlabel = { vi = \"Mới\", en = \"New\" }\n";
  std::ofstream(file, std::ios::trunc) << newer;
  reopen();
  ledger_.reset();
  std::ofstream(file, std::ios::trunc) << older;
  reopen();
  EXPECT_EQ(ledger_->world()->catalog->find("sample_visit")->version, number);
  ledger_.reset();
  newer.replace(newer.find("\"New\""), 5, "\"Other\"");  // changed under the published version: refused as before
  std::ofstream(file, std::ios::trunc) << newer;
  EXPECT_FALSE(Ledger::open(dir_, options_));
  std::ofstream(file, std::ios::trunc) << older;
  reopen();
  EXPECT_TRUE(ledger_->verify()->problems.empty());
}

}  // namespace
}  // namespace nc::records
