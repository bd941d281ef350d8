// Personal data and what two persons destroy, on real files: who may read, and what is left in them.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "ledger/records/backup.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"
#include "ledger/records/local_stores.h"
#include "ledger/records/personal.h"
#include "ledger/records/waiver_for_test.h"
#include "ledger/records/word_search.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class PersonalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("nc-personal-" + system_rng().make<RecordId>().hex());
    fs::create_directories(root_);
    dir_ = root_ / "node";
    clock_.now_ms = 1'795'000'000'000;
    options_.clock = &clock_;
    ASSERT_TRUE(Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options_));
    reopen();
    test::allow_restricted(*ledger_);
    unit_ = imported_id("units", "vn-post-a");
    custodian_ = account("custodian", "pupil_custodian", custodian_key_);
    commander_ = account("commander", "post_commander", commander_key_);
    secret_ = "Trần Bí Mật " + system_rng().make<RecordId>().hex();
  }
  void TearDown() override {
    ledger_.reset();
    fs::remove_all(root_);
  }
  void reopen() {
    ledger_.reset();
    auto opened = Ledger::open(dir_, options_);
    ASSERT_TRUE(opened) << opened.error().english();
    ledger_ = std::move(*opened);
  }
  access::Subject account(const std::string& login, const std::string& role, const crypto::SigningKey& key) {
    Json values;
    values.set("login", login).set("display", login).set("unit", unit_.hex()).set("clearance", "restricted");
    values.set("grants", JsonArray{Json(JsonObject{{"role", Json(role)}, {"unit", Json(unit_.hex())}, {"line", Json("command")}})});
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "account", values, std::nullopt, std::nullopt, true});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    const auto certified = ledger_->certify_key(ledger_->console(), written->id, key.public_key());
    EXPECT_TRUE(certified) << (certified ? "" : certified.error().error.english());
    return ledger_->subject(login).value();
  }
  RecordId pupil(const std::string& name) {
    Json values;
    values.set("code", "HS-01").set("programme", "steps").set("side", "domestic").set("lead_unit", unit_.hex());
    values.set("started_on", catalog::json_from_date({to_day(2024, 9, 5), DatePrecision::kDay, false})).set("status", "held");
    if (!name.empty()) values.set("person_name", name);
    const auto written = ledger_->create(custodian_, {std::nullopt, "pupil", values, std::nullopt, std::nullopt});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english() + " " + written.error().error.where);
    return written ? written->id : RecordId{};
  }
  // Files below the folder that hold the bytes.
  static std::vector<std::string> holding(const fs::path& folder, const std::string& bytes) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(bytes) != std::string::npos) out.push_back(entry.path().filename().string());
    }
    return out;
  }
  [[nodiscard]] store::Database raw() const {
    store::Options options;
    options.application_id = kLedgerApplicationId;
    auto db = store::Database::open(dir_ / "ledger.db", options);
    if (!db) throw std::runtime_error(db.error().english());
    return std::move(*db);
  }
  // The bytes as they lie in the file, without the mark of their form: journals keep bodies compressed.
  [[nodiscard]] std::string stored_body(const EntryHash& entry) const {
    const auto db = std::make_unique<store::Database>(raw());
    auto row = db->prepare("SELECT body FROM journal_entry WHERE hash = ?1");
    if (!row || !row->bind(1, entry).step().value_or(false)) throw std::runtime_error("no such entry");
    return row->blob(0);
  }
  static std::string text_of(const Result<std::vector<PersonalText>>& read) {
    if (!read) return "refused: " + read.error().english();
    if (read->empty()) return "nothing";
    return read->front().erased ? "erased" : read->front().text.value_or("no key");
  }
  void erase(const RecordId& id) {
    const auto first = ledger_->erase(custodian_, id, "hết thời hạn", custodian_key_);
    ASSERT_TRUE(first) << first.error().english();
    EXPECT_EQ(first->persons, 1U);
    EXPECT_FALSE(first->done);
    const auto second = ledger_->erase(commander_, id, "hết thời hạn", commander_key_);
    ASSERT_TRUE(second) << second.error().english();
    EXPECT_TRUE(second->done);
  }

  fs::path root_, dir_;
  ManualClock clock_;
  OpenOptions options_;
  std::unique_ptr<Ledger> ledger_;
  UnitId unit_;
  crypto::SigningKey custodian_key_ = crypto::SigningKey::generate(system_rng());
  crypto::SigningKey commander_key_ = crypto::SigningKey::generate(system_rng());
  access::Subject custodian_, commander_;
  std::string secret_;
};

// Whether a record holds personal data is told to who may read them, and to nobody else.
TEST_F(PersonalTest, WhetherThereAreAnyIsToldToNobodyElse) {
  const auto full = pupil(secret_), empty = pupil("");
  const auto told = [&](const access::Subject& who, const RecordId& id) {
    const auto read = ledger_->read_personal(who, id, "visit");
    return read ? std::to_string(read->size()) : read.error().english();
  };
  EXPECT_EQ(told(commander_, full), told(commander_, empty));
  auto low = custodian_;
  low.clearance = catalog::Handling::kInternal;
  EXPECT_EQ(told(low, full), told(low, empty));
  EXPECT_EQ(told(low, full), told(low, system_rng().make<RecordId>())) << "as for what is absent";
  EXPECT_EQ(told(custodian_, full), "1");
  EXPECT_EQ(told(custodian_, empty), "0");
}

TEST_F(PersonalTest, AValueIsInNoFileInPlainAndOnlyTheCustodianReadsItForAPurpose) {
  const auto id = pupil(secret_);
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit: thăm gia đình")), secret_);
  EXPECT_FALSE(ledger_->read_personal(custodian_, id, "")) << "without a purpose";
  const auto unknown = ledger_->read_personal(custodian_, id, "thăm gia đình");
  ASSERT_FALSE(unknown) << "the catalogue says for what";
  EXPECT_EQ(unknown.error().where, "purpose");
  EXPECT_EQ(ledger_->read_personal(custodian_, RecordId{}, "thăm gia đình").error().code, ErrorCode::kNotFound) << "nothing about ids";
  EXPECT_FALSE(ledger_->read_personal(commander_, id, "check")) << "no custody";
  EXPECT_FALSE(ledger_->read_personal(ledger_->console(), id, "vận hành")) << "the operator";
  const auto view = ledger_->read(custodian_, id).value();
  ASSERT_TRUE(view.values["person_name"]["enc"].is_array());
  EXPECT_EQ(catalog::show_value(*view.type->field("person_name"), view.values["person_name"], "vi", {}).find(secret_), std::string::npos);
  EXPECT_EQ(ledger_->list(custodian_, {.types = {"pupil"}, .text = "Bí Mật"})->total, 0) << "in no index";
  EXPECT_TRUE(ledger_->verify()->problems.empty());
  ASSERT_TRUE(backup_directory(dir_, root_ / "a.backup", clock_));
  ledger_.reset();
  EXPECT_EQ(holding(root_, secret_), std::vector<std::string>{});
  EXPECT_EQ(holding(root_, "Bí Mật"), std::vector<std::string>{});
  reopen();
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit: thăm gia đình")), secret_);
}

TEST_F(PersonalTest, ChangingAndSendingAgain) {
  const auto id = pupil(secret_);
  Json values;
  values.set("person_name", secret_);
  EXPECT_FALSE(ledger_->amend(custodian_, {id, {}, values, {}})->changed) << "the same text is no change";
  values.set("person_name", "khác").set("person_school", "trường");
  ASSERT_TRUE(ledger_->amend(custodian_, {id, {}, values, {}})->changed);
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "khác");
  values.set("person_name", ledger_->read(custodian_, id)->values["person_name"]);
  EXPECT_FALSE(ledger_->amend(custodian_, {id, {}, values, {}})) << "only the program seals";
}

// Of the trail, oldest first, without what is of other actions.
std::vector<std::string> audited(const Ledger& ledger, std::string_view action) {
  std::vector<std::string> out;
  const auto page = ledger.audit().list({.action = std::string(action)});
  if (!page) return {page.error().english()};
  for (const auto& row : page->rows)
    out.insert(out.begin(),
               std::string(access::outcome_name(row.outcome)) + " " + row.actor.hex() + " " + row.record.hex() + " " + row.purpose);
  return out;
}

TEST_F(PersonalTest, ReadingIsWrittenDownWithItsPurposeAndSoAreErasureAndPurge) {
  const auto id = pupil(secret_);
  ASSERT_TRUE(ledger_->read_personal(custodian_, id, "visit: thăm gia đình"));
  EXPECT_FALSE(ledger_->read_personal(commander_, id, "check"));
  EXPECT_FALSE(ledger_->read_personal(custodian_, RecordId{}, "đoán"));
  clock_.now_ms += 60'000;  // refusals become rows when their minute is over
  erase(id);
  ASSERT_TRUE(ledger_->purge(commander_, id, ledger_->history(custodian_, id)->front().hash, "lộ", commander_key_));
  const auto done = [&](const access::Subject& who, const std::string& purpose) {
    return "done " + who.person.hex() + " " + id.hex() + " " + purpose;
  };
  const auto nothing = RecordId{}.hex() + " ";
  EXPECT_EQ(audited(*ledger_, access::audited::kReadPersonal),
            (std::vector{done(custodian_, "@visit: thăm gia đình"), "refused " + commander_.person.hex() + " " + nothing}));
  EXPECT_EQ(audited(*ledger_, access::audited::kErase), (std::vector{done(custodian_, ""), done(commander_, "")}));
  EXPECT_EQ(audited(*ledger_, access::audited::kPurge), (std::vector{done(commander_, "")}));
  EXPECT_FALSE(ledger_->erase(custodian_, RecordId{}, "x", custodian_key_));
  clock_.now_ms += 60'000;
  EXPECT_EQ(audited(*ledger_, access::audited::kErase).back(), "refused " + custodian_.person.hex() + " " + nothing);
  for (const auto& file : holding(dir_, "hết thời hạn")) EXPECT_FALSE(file.starts_with("audit.db")) << "reasons stand in the journal";
}

TEST_F(PersonalTest, WhatCannotBeWrittenDownIsNotShownAndEnteringGoesOn) {
  const auto id = pupil(secret_);
  ledger_.reset();
  for (const auto* tail : {"-wal", "-shm"}) fs::remove(dir_ / ("audit.db" + std::string(tail)));
  std::ofstream(dir_ / "audit.db", std::ios::trunc) << std::string(8192, 'x');
  reopen();
  const auto read = ledger_->read_personal(custodian_, id, "visit: thăm gia đình");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().english().find(secret_), std::string::npos);
  EXPECT_FALSE(ledger_->read(custodian_, id)->values.has("person_name")) << "nor the sealed text, whose part is restricted";
  const auto urgent = pupil("người mới");  // entering is never refused for it
  Json values;
  values.set("person_name", "sửa");
  EXPECT_TRUE(ledger_->amend(custodian_, {urgent, {}, values, {}}));
  erase(id);  // nor is what must go kept for it
  fs::remove(dir_ / "audit.db");
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, urgent, "visit: thăm gia đình")), "sửa");
}

TEST_F(PersonalTest, WhoMayNotReadIsNotToldThatHeTypedTheSame) {
  const auto id = pupil(secret_);
  const auto officer = account("officer", "post_commander", commander_key_);
  Json values;
  values.set("person_name", secret_);
  const auto same = ledger_->amend(officer, {id, {}, values, {}});
  if (same) { EXPECT_TRUE(same->changed); }
  values.set("person_name", "đoán");
  const auto other = ledger_->amend(officer, {id, {}, values, {}});
  ASSERT_EQ(same.has_value(), other.has_value());
  if (other) { EXPECT_EQ(same->changed, other->changed); }
}

TEST_F(PersonalTest, ASealedValueOpensNowhereElse) {
  const auto id = pupil(secret_), other = pupil("người khác");
  PersonKeys keys(dir_ / "keys.db", clock_, system_rng(), true);
  const auto value = ledger_->read(custodian_, id)->values["person_name"];
  journal::PartKey part{2, journal::Audience::own(unit_)};
  EXPECT_EQ(keys.open_value(personal_place(id, part, "person_name"), value).value(), secret_);
  EXPECT_EQ(keys.open_value(personal_place(id, part, "person_school"), value).value(), std::nullopt);
  EXPECT_EQ(keys.open_value(personal_place(other, part, "person_name"), value).value(), std::nullopt);
  part.handling = 1;
  EXPECT_EQ(keys.open_value(personal_place(id, part, "person_name"), value).value(), std::nullopt);
}

TEST_F(PersonalTest, ErasedIsUnreadableAfterRebuildAndFromOlderBackups) {
  const auto id = pupil(secret_);
  const auto other = pupil("người khác");
  const auto before = ledger_->digest().value();
  ASSERT_TRUE(backup_directory(dir_, root_ / "a.backup", clock_));
  ASSERT_EQ(ledger_->backup_person_keys(root_ / "a.keys").value(), 2);
  erase(id);
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "erased");
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, other, "visit")), "người khác");
  Json again;
  again.set("person_name", "lại");
  EXPECT_FALSE(ledger_->amend(custodian_, {id, {}, again, {}})) << "the key id is refused for ever";
  const auto after = ledger_->digest().value();
  const auto rebuilt = ledger_->rebuild(false);
  ASSERT_TRUE(rebuilt);
  EXPECT_EQ(ledger_->digest().value(), after);
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "erased");
  ASSERT_TRUE(ledger_->restore_person_keys(root_ / "a.keys")) << "the keys of the others come back";
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "erased");
  EXPECT_TRUE(ledger_->verify()->problems.empty());
  // The older backup as another node: no key is in it.
  ASSERT_TRUE(restore_backup(root_ / "a.backup", root_ / "restored", {}));
  auto restored = Ledger::open(root_ / "restored", options_);
  ASSERT_TRUE(restored) << restored.error().english();
  EXPECT_EQ((*restored)->digest().value(), before);
  EXPECT_EQ(text_of((*restored)->read_personal((*restored)->subject("custodian").value(), id, "visit")), "no key");
}

TEST_F(PersonalTest, AnErasureThatTheJournalKnowsIsCarriedOutAtOpening) {
  const auto id = pupil(secret_);
  ledger_.reset();
  fs::copy_file(dir_ / "keys.db", root_ / "kept.db");  // somebody puts the old file back
  reopen();
  erase(id);
  ledger_.reset();
  for (const auto* tail : {"", "-wal", "-shm"}) fs::remove(dir_ / ("keys.db" + std::string(tail)));
  fs::copy_file(root_ / "kept.db", dir_ / "keys.db");
  reopen();
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "erased");
}

TEST_F(PersonalTest, KeysOfABackupOlderThanThirtyDaysAreNotTaken) {
  pupil(secret_);
  ASSERT_TRUE(ledger_->backup_person_keys(root_ / "a.keys"));
  clock_.now_ms += 31LL * 86'400'000;
  EXPECT_EQ(ledger_->restore_person_keys(root_ / "a.keys").error().code, ErrorCode::kDenied);
  EXPECT_EQ(ledger_->backup_person_keys(root_ / "a.keys").error().code, ErrorCode::kConflict);
}

TEST_F(PersonalTest, CopiesOfTheKeysLieApartForThirtyDaysAndNoneSurvivesAnErasure) {
  EXPECT_FALSE(*key_backup_job(dir_, clock_)) << "no key yet";
  const auto id = pupil(secret_);
  const auto other = pupil("người khác");
  auto job = *key_backup_job(dir_, clock_);
  ASSERT_TRUE(job);
  const auto copies = [&] { return list_files(dir_ / "key-backups", ".bak").value_or(std::vector<fs::path>{}); };
  for (int day = 0; day < 40; ++day) {
    EXPECT_TRUE(*run_backup_if_due(*job, clock_.now_ms));
    clock_.now_ms += 86'400'000;
  }
  EXPECT_EQ(copies().size(), 30U);
  job->write = [](const fs::path&) { return Status(fail(ErrorCode::kFull, "full")); };
  EXPECT_FALSE(run_backup_if_due(*job, clock_.now_ms + 20 * 86'400'000LL));
  EXPECT_EQ(copies().size(), 10U) << "old ones go although no new one can be made";
  const auto key = PersonKeys(dir_ / "keys.db", clock_, system_rng(), true).find(id).value();
  const std::string bytes(reinterpret_cast<const char*>(key->bytes().data()), key->bytes().size());
  EXPECT_FALSE(holding(dir_, bytes).empty());
  fs::create_hard_link(copies().front(), root_ / "blocks of a removed copy");
  erase(id);
  EXPECT_EQ(holding(root_, bytes), std::vector<std::string>{});
  ASSERT_EQ(copies().size(), 1U);
  ledger_.reset();
  for (const auto* tail : {"", "-wal", "-shm"}) fs::remove(dir_ / ("keys.db" + std::string(tail)));
  reopen();
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, other, "visit")), "no key");
  ASSERT_TRUE(ledger_->restore_person_keys(copies().front()));
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, other, "visit")), "người khác");
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, id, "visit")), "erased");
  std::ofstream(dir_ / "backup.json") << R"({"folder":"both","key_folder":"./both"})";
  EXPECT_NE(read_backup_plan(dir_).error().english().find("key_folder"), std::string::npos) << "never beside the ledger's";
}

TEST_F(PersonalTest, NoCopyInTheUsualFolderSurvivesAnErasureWhenAnotherFolderIsConfigured) {
  const auto id = pupil(secret_);
  const auto other = pupil("người khác");
  const auto key = PersonKeys(dir_ / "keys.db", clock_, system_rng(), true).find(id).value();
  const std::string bytes(reinterpret_cast<const char*>(key->bytes().data()), key->bytes().size());
  const auto copy = [&] { return *run_backup_if_due(**key_backup_job(dir_, clock_), clock_.now_ms); };
  const auto in_usual = [&] { return list_files(dir_ / "key-backups", ".bak").value_or(std::vector<fs::path>{}); };
  ASSERT_TRUE(copy());
  fs::create_hard_link(in_usual().front(), root_ / "blocks of a removed copy");
  std::ofstream(dir_ / "backup.json") << R"({"key_folder":")" << (root_ / "disk").string() << R"("})";
  ASSERT_TRUE(copy());
  EXPECT_EQ((*look_at_key_backups(dir_, clock_.now_ms))->elsewhere, in_usual());
  const auto before = read_file(in_usual().front(), 1 << 20).value();
  erase(id);
  EXPECT_EQ(holding(root_, bytes), std::vector<std::string>{});

  // The power failed between the end of the key and that of its copies.
  ledger_.reset();
  std::ofstream(in_usual().front(), std::ios::binary) << before;
  ASSERT_FALSE(holding(root_, bytes).empty());
  reopen();
  EXPECT_EQ(holding(root_, bytes), std::vector<std::string>{});
  EXPECT_EQ(text_of(ledger_->read_personal(custodian_, other, "visit")), "người khác");

  clock_.now_ms += 31LL * 86'400'000;
  ASSERT_TRUE(copy());
  EXPECT_TRUE(in_usual().empty()) << "none is older than 30 days there either";
  EXPECT_TRUE((*look_at_key_backups(dir_, clock_.now_ms))->elsewhere.empty());
}

// The power fails after the second signature and before the bytes are gone.
TEST_F(PersonalTest, APurgeThatWasBrokenOffIsCarriedOutAtOpening) {
  const auto id = pupil("x");
  ASSERT_TRUE(ledger_->amend(custodian_, {id, {}, Json(JsonObject{{"summary", Json("Nội dung " + secret_)}}), {}}));
  const auto entry = ledger_->history(custodian_, id)->back().hash;
  const auto second_key = crypto::SigningKey::generate(system_rng());
  const auto approver = account("approver", "approver", second_key);
  ASSERT_TRUE(ledger_->purge(commander_, id, entry, "lộ", commander_key_));
  const auto body = stored_body(entry);
  ASSERT_FALSE(holding(dir_, body).empty());
  ASSERT_TRUE(ledger_->purge(approver, id, entry, "lộ", second_key)->done);
  ledger_.reset();
  ASSERT_TRUE(holding(dir_, body).empty());
  {
    auto db = raw();
    auto update = db.prepare("UPDATE journal_entry SET body = ?1 WHERE hash = ?2");
    ASSERT_TRUE(update && update->bind_blob(1, body).bind(2, entry).run());
  }
  ASSERT_FALSE(holding(dir_, body).empty());
  // So it is with a purge that came from another node: what people keep beside the ledger goes first, by a connection of
  // its own, while they have theirs.
  const auto bare = secret_.substr(secret_.rfind(' ') + 1);
  store::Options options;
  options.create = true;
  options.application_id = kViewsStore.application_id;
  auto views = store::Database::open(dir_ / kViewsStore.file, options);
  ASSERT_TRUE(views) << views.error().english();
  ASSERT_TRUE(views->exec("CREATE TABLE view (person BLOB, id BLOB, name TEXT, folded TEXT, target TEXT, PRIMARY KEY (person, id))"));
  for (const auto& target : {"/activities?q=" + bare, std::string("/activities?q=hai")})
    ASSERT_TRUE(views->run("INSERT INTO view VALUES (?1, ?2, 'a', 'a', ?3)", custodian_.person, system_rng().make<RecordId>(), target));
  fs::create_directory(dir_ / "works");
  ASSERT_FALSE(holding(dir_, bare).empty());
  reopen();
  EXPECT_EQ(holding(dir_, body), std::vector<std::string>{});
  EXPECT_EQ(holding(dir_, bare), std::vector<std::string>{});
  EXPECT_EQ(views->integer("SELECT count(*) FROM view").value(), 1);
  EXPECT_TRUE(fs::exists(dir_ / "works" / kPurgedMark)) << "for their owner";
  EXPECT_TRUE(ledger_->verify()->problems.empty());
}

TEST_F(PersonalTest, APurgedBodyIsInNoFileAndNoNewBackup) {
  const auto id = pupil("x");
  Json values;
  values.set("summary", "Nội dung " + secret_);
  ASSERT_TRUE(ledger_->amend(custodian_, {id, {}, values, {}}));
  const auto entry = ledger_->history(custodian_, id)->back().hash;
  const auto body = stored_body(entry);
  ASSERT_FALSE(holding(dir_, secret_).empty()) << "it is there before";
  ASSERT_FALSE(holding(dir_, body).empty());
  EXPECT_FALSE(ledger_->purge(custodian_, id, entry, "lộ", custodian_key_)) << "his role does not purge";
  const auto second_key = crypto::SigningKey::generate(system_rng());
  const auto approver = account("approver", "approver", second_key);
  EXPECT_FALSE(ledger_->purge(commander_, id, entry, "", commander_key_)) << "without a reason";
  EXPECT_FALSE(ledger_->purge(commander_, id, entry, "lộ", second_key)) << "with another's key";
  const auto first = ledger_->purge(commander_, id, entry, "lộ", commander_key_);
  ASSERT_TRUE(first) << first.error().english();
  EXPECT_FALSE(first->done);
  EXPECT_FALSE(ledger_->read(custodian_, id)->values.text("summary").empty()) << "one person asks";
  const auto done = ledger_->purge(approver, id, entry, "lộ", second_key);
  ASSERT_TRUE(done) << done.error().english();
  EXPECT_TRUE(done->done);
  EXPECT_TRUE(ledger_->read(custodian_, id)->values.text("summary").empty());
  EXPECT_TRUE(ledger_->verify()->problems.empty());
  const auto digest = ledger_->digest().value();
  ASSERT_TRUE(ledger_->rebuild(false));
  EXPECT_EQ(ledger_->digest().value(), digest);
  ASSERT_TRUE(backup_directory(dir_, root_ / "new.backup", clock_));
  std::string plain;
  ASSERT_TRUE(ledger_->export_plain([&](std::string_view line) -> Status {
    plain += line;
    return {};
  }));
  EXPECT_EQ(plain.find(secret_), std::string::npos);
  const auto bare = secret_.substr(secret_.rfind(' ') + 1);  // as the filter of lists folds it
  EXPECT_EQ(holding(root_, bare), std::vector<std::string>{}) << "while the node is open";
  // Pieces of it, because a page may hold a part only: the salt, and what follows the author, whom others name too.
  EXPECT_EQ(holding(root_, body.substr(1, 16)), std::vector<std::string>{});
  for (std::size_t at = body.size() / 2; at + 24 <= body.size(); at += 8)
    EXPECT_EQ(holding(root_, body.substr(at, 24)), std::vector<std::string>{}) << at;
  ledger_.reset();
  EXPECT_EQ(holding(root_, bare), std::vector<std::string>{});
}

TEST_F(PersonalTest, WhoWroteWhatWasPurgedDoesNotApproveWhatIsLeft) {
  const auto second_key = crypto::SigningKey::generate(system_rng());
  const auto approver = account("approver", "approver", second_key), officer = account("officer", "post_officer", second_key);
  Json talks;
  talks.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", unit_.hex());
  talks.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
  talks.set("countries", JsonArray{Json("KH"), Json("VN")}).set("place", Json(JsonObject{{"text", Json("A")}}));
  const auto made = ledger_->create(officer, {std::nullopt, "talks", talks.set("counterpart_unnamed", true), std::nullopt, std::nullopt});
  ASSERT_TRUE(made) << made.error().error.english();
  const auto id = made->id;
  ASSERT_TRUE(ledger_->amend(commander_, {id, {}, Json(JsonObject{{"summary", Json("lộ ra")}}), {}}));
  const auto entry = ledger_->history(officer, id)->back().hash;
  const auto submitted = ledger_->transition(officer, {id, "submit", ""});
  ASSERT_TRUE(submitted) << submitted.error().error.english();
  const auto approve = [&] {
    auto signer = commander_;
    signer.strength = access::Strength::kStepUp;
    return ledger_->transition(signer, {id, "approve", "", &commander_key_});
  };
  ASSERT_FALSE(approve()) << "he wrote it";
  ASSERT_TRUE(ledger_->purge(commander_, id, entry, "lộ", commander_key_));
  ASSERT_TRUE(ledger_->purge(approver, id, entry, "lộ", second_key)->done);
  const auto refused = approve();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().error.english().find("purged"), std::string::npos) << refused.error().error.english();
}

// In the tail of the index and in its blocks.
TEST_F(PersonalTest, WordsOfAPurgedBodyLeaveTheIndex) {
  const auto second_key = crypto::SigningKey::generate(system_rng());
  const auto approver = account("approver", "approver", second_key);
  std::vector<Imported> others;
  for (int i = 0; i < 520; ++i) {
    Imported row;
    row.id = imported_id("others", std::to_string(i));
    row.type = "source";
    row.values.set("title", "Nguồn " + std::to_string(i));
    row.origin.bytes[0] = 1;
    std::copy(row.id.bytes.begin(), row.id.bytes.end(), row.origin.bytes.begin() + 1);
    others.push_back(std::move(row));
  }
  const WordSearch search(*ledger_);
  const auto found = [&](const std::string& term) {
    WordQuestion question;
    question.words = {{term, false}};
    return search.find(custodian_, question)->total;
  };
  for (const std::string word : {"zqwxvtail", "zqwxvblock"}) {
    const auto id = pupil(secret_);
    Json values;
    values.set("summary", "Nội dung " + word);
    ASSERT_TRUE(ledger_->amend(custodian_, {id, {}, values, {}}));
    if (word == "zqwxvblock") {
      for (const auto& written : ledger_->import(ledger_->console(), others)) ASSERT_TRUE(written) << written.error().error.english();
    }
    EXPECT_EQ(found(word), 1);
    EXPECT_EQ(found("mat"), 0) << "personal data are in no index";
    const auto entry = ledger_->history(custodian_, id)->back().hash;
    ASSERT_TRUE(ledger_->purge(commander_, id, entry, "lộ", commander_key_));
    ASSERT_TRUE(ledger_->purge(approver, id, entry, "lộ", second_key)->done);
    EXPECT_EQ(found(word), 0);
    EXPECT_EQ(holding(dir_, word), std::vector<std::string>{});  // the log included
  }
  ledger_.reset();
  EXPECT_EQ(holding(dir_, "zqwxv"), std::vector<std::string>{});
}

}  // namespace
}  // namespace nc::records
