// Files of records through the ledger: who may name one, who may have one, and that they go with what they belong to.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/files.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/backup.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/ledger.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class AttachmentsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("nc-attachments-" + system_rng().make<RecordId>().hex());
    fs::create_directories(root_);
    dir_ = root_ / "node";
    clock_.now_ms = system_clock().wall_ms();
    options_.clock = &clock_;
    ASSERT_TRUE(Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-post-a", options_));
    reopen();
    post_ = imported_id("units", "vn-post-a");
    Json unit;
    unit.set("code", "vn-post-b").set("name", "Đồn B").set("own", true).set("country", "VN").set("chain", "VN-defence");
    other_post_ = ledger_->create(ledger_->console(), {std::nullopt, "unit", unit, std::nullopt, std::nullopt, true})->id;
    officer_ = account("officer", "post_commander", post_, officer_key_);
    stranger_ = account("stranger", "post_commander", other_post_, stranger_key_);
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
  access::Subject account(const std::string& login, const std::string& role, const UnitId& unit, const crypto::SigningKey& key) {
    Json values;
    values.set("login", login).set("display", login).set("unit", unit.hex()).set("clearance", "internal");
    values.set("grants", JsonArray{Json(JsonObject{{"role", Json(role)}, {"unit", Json(unit.hex())}, {"line", Json("command")}})});
    const auto written = ledger_->create(ledger_->console(), {std::nullopt, "account", values, std::nullopt, std::nullopt, true});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    EXPECT_TRUE(ledger_->certify_key(ledger_->console(), written->id, key.public_key()));
    return ledger_->subject(login).value();
  }
  Json upload(const access::Subject& who, const std::string& name, const std::string& content) {
    const auto started = ledger_->files().start(who.person, name);
    EXPECT_TRUE(started && ledger_->files().append(who.person, started->id, 0, content));
    const auto done = ledger_->finish_upload(who, started->id);
    if (!done) throw std::runtime_error(done.error().english());
    return blobs::json_of(*done->file);
  }
  WriteResult talks(const access::Subject& who, const UnitId& lead, JsonArray files) {
    Json values;
    values.set("sub_kind", "periodic").set("status", "held").set("level", "post").set("lead_unit", lead.hex());
    values.set("when", Json(JsonObject{{"from", catalog::json_from_date({to_day(2024, 5, 6), DatePrecision::kDay, false})}}));
    if (!files.empty()) values.set("attachments", std::move(files));
    return ledger_->create(who, {std::nullopt, "talks", values, std::nullopt, std::nullopt});
  }
  RecordId talks_with(const access::Subject& who, const UnitId& lead, JsonArray files) {
    const auto written = talks(who, lead, std::move(files));
    if (!written) throw std::runtime_error(written.error().error.english() + " at " + written.error().error.where);
    return written->id;
  }
  static Digest hash_of(const Json& value) { return *Digest::from_hex(value.text("sha256")); }
  static std::string read_all(const Result<blobs::CheckedFile>& file) {
    if (!file) return "refused: " + file.error().english();
    std::string out(static_cast<std::size_t>(file->size()), '\0');
    EXPECT_EQ(file->read_at(0, out).value_or(0), out.size());
    return out;
  }
  static std::vector<std::string> holding(const fs::path& folder, const std::string& bytes) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(bytes) != std::string::npos) out.push_back(entry.path().string());
    }
    return out;
  }

  fs::path root_, dir_;
  ManualClock clock_;
  OpenOptions options_;
  std::unique_ptr<Ledger> ledger_;
  UnitId post_, other_post_;
  crypto::SigningKey officer_key_ = crypto::SigningKey::generate(system_rng()), stranger_key_ = crypto::SigningKey::generate(system_rng());
  access::Subject officer_, stranger_;
};

TEST_F(AttachmentsTest, AFileIsReachedThroughItsRecordOnly) {
  const auto file = upload(officer_, "biên bản.txt", "Biên bản hội đàm");
  const auto id = talks_with(officer_, post_, {file});
  EXPECT_EQ(read_all(ledger_->open_attachment(officer_, id, hash_of(file))), "Biên bản hội đàm");
  const auto absent_record = system_rng().make<RecordId>();
  const auto absent_file = crypto::sha256("nothing");
  const auto hidden = read_all(ledger_->open_attachment(stranger_, id, hash_of(file)));
  EXPECT_EQ(hidden, read_all(ledger_->open_attachment(stranger_, absent_record, hash_of(file))));
  EXPECT_EQ(hidden, read_all(ledger_->open_attachment(officer_, id, absent_file)));
  // Through another record, which he does read, neither.
  const auto own = talks_with(stranger_, other_post_, {});
  EXPECT_EQ(hidden, read_all(ledger_->open_attachment(stranger_, own, hash_of(file))));
}

TEST_F(AttachmentsTest, NobodyGetsAtBytesByNamingTheirHash) {
  const auto file = upload(officer_, "biên bản.txt", "Biên bản hội đàm");
  const auto id = talks_with(officer_, post_, {file});
  auto invented = file;
  invented.set("sha256", crypto::sha256("not here").hex());
  const auto named = talks(stranger_, other_post_, {file}), absent = talks(stranger_, other_post_, {invented});
  ASSERT_FALSE(named);
  ASSERT_FALSE(absent);
  EXPECT_EQ(named.error().error.english(), absent.error().error.english()) << "what is here and what is not answer alike";
  auto renamed = file;
  renamed.set("name", "../x.txt");
  EXPECT_FALSE(ledger_->amend(officer_, {id, {}, Json(JsonObject{{"attachments", JsonArray{file, renamed}}}), {}}));
  // The same bytes of his own are another matter.
  EXPECT_TRUE(talks(stranger_, other_post_, {upload(stranger_, "khác.txt", "Biên bản hội đàm")}));
}

TEST_F(AttachmentsTest, FilesOfTwoAuthorsJoinAndARemovedOneStaysInTheHistory) {
  const auto first = upload(officer_, "a.txt", "một"), second = upload(officer_, "b.txt", "hai");
  const auto id = talks_with(officer_, post_, {first});
  ASSERT_TRUE(ledger_->amend(officer_, {id, {}, Json(JsonObject{{"attachments", JsonArray{first, second}}}), {}}));
  EXPECT_EQ(ledger_->read(officer_, id)->values["attachments"].as_array().size(), 2U);
  ASSERT_TRUE(ledger_->amend(officer_, {id, {}, Json(JsonObject{{"attachments", JsonArray{second}}}), {}}));
  EXPECT_EQ(ledger_->read(officer_, id)->values["attachments"].as_array().size(), 1U);
  EXPECT_FALSE(ledger_->open_attachment(officer_, id, hash_of(first))) << "taken away";
  const auto report = ledger_->verify_files();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->files, 2) << "its bytes stay, as the former values do";
  EXPECT_TRUE(report->problems.empty());
}

TEST_F(AttachmentsTest, VerifyNamesWhatIsMissingOrChanged) {
  const auto file = upload(officer_, "a.txt", "nội dung"), other = upload(officer_, "b.txt", "khác");
  const auto id = talks_with(officer_, post_, {file, other});
  for (const auto& entry : fs::recursive_directory_iterator(dir_ / "blobs")) {
    if (entry.path().filename() == hash_of(file).hex()) fs::remove(entry.path());
    if (entry.path().filename() == hash_of(other).hex()) std::ofstream(entry.path(), std::ios::binary) << "sai!";
  }
  const auto report = ledger_->verify_files();
  ASSERT_TRUE(report);
  ASSERT_EQ(report->problems.size(), 2U);
  std::map<std::string, ErrorCode> said;
  for (const auto& problem : report->problems) {
    EXPECT_EQ(problem.record, id);
    said[problem.file.name] = problem.error.code;
  }
  EXPECT_EQ(said["a.txt"], ErrorCode::kNotFound);
  EXPECT_EQ(said["b.txt"], ErrorCode::kCorrupt);
  EXPECT_TRUE(ledger_->verify()->problems.empty()) << "a missing file parks and spoils no entry";
  EXPECT_TRUE(ledger_->read(officer_, id));
}

TEST_F(AttachmentsTest, BackupAndRestoreCarryTheBytes) {
  std::string large;
  while (large.size() < 200'000) large += "một dòng dài trong tệp đính kèm\n";
  const auto file = upload(officer_, "dài.txt", large), small = upload(officer_, "ngắn.txt", "ngắn");
  const auto id = talks_with(officer_, post_, {file, small});
  ASSERT_TRUE(backup_directory(dir_, root_ / "node.bak", clock_));
  const auto restored = restore_backup(root_ / "node.bak", root_ / "again", dir_ / "keys" / "recovery.key");
  ASSERT_TRUE(restored) << restored.error().english();
  const auto again = Ledger::open(root_ / "again", options_);
  ASSERT_TRUE(again);
  EXPECT_EQ(read_all((*again)->open_attachment((*again)->console(), id, hash_of(file))), large);
  EXPECT_TRUE((*again)->verify_files()->problems.empty());
  EXPECT_EQ((*again)->verify_files()->files, 2);
  EXPECT_LT(fs::file_size(root_ / "again" / "ledger.db"), fs::file_size(root_ / "node.bak")) << "the bytes are not kept twice";
}

// One rotten file neither spoils the backup nor keeps anybody from the ledger in it.
TEST_F(AttachmentsTest, ARottenFileIsLeftOutOfTheBackupAndNamedAfterTheRestore) {
  const auto good = upload(officer_, "tốt.txt", "còn nguyên"), rotten = upload(officer_, "hỏng.txt", "sẽ hỏng");
  const auto id = talks_with(officer_, post_, {good, rotten});
  for (const auto& entry : fs::recursive_directory_iterator(dir_ / "blobs"))
    if (entry.path().filename() == hash_of(rotten).hex()) std::ofstream(entry.path(), std::ios::binary) << "sai!";
  const auto made = backup_directory(dir_, root_ / "node.bak", clock_);
  ASSERT_TRUE(made) << made.error().english();
  ASSERT_EQ(made->left_out.size(), 1U) << "said when it is made";
  EXPECT_EQ(made->left_out[0].name, "hỏng.txt");
  EXPECT_EQ(made->left_out[0].record, id);
  EXPECT_FALSE(made->left_out[0].missing);
  const auto restored = restore_backup(root_ / "node.bak", root_ / "again", dir_ / "keys" / "recovery.key");
  ASSERT_TRUE(restored) << restored.error().english();
  ASSERT_EQ(restored->left_out.size(), 1U);
  EXPECT_EQ(restored->left_out[0].name, "hỏng.txt");
  const auto again = Ledger::open(root_ / "again", options_);
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->verify()->problems.empty());
  EXPECT_EQ(read_all((*again)->open_attachment((*again)->console(), id, hash_of(good))), "còn nguyên");
  const auto report = (*again)->verify_files();
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_EQ(report->problems[0].file.name, "hỏng.txt");
  EXPECT_EQ(report->problems[0].error.code, ErrorCode::kNotFound);
}

// What nobody is there to read when it is made: a scheduled backup says it itself.
TEST_F(AttachmentsTest, TheLastScheduledBackupSaysWhichFilesItDoesNotHold) {
  const auto file = upload(officer_, "mất.txt", "sẽ mất");
  const auto id = talks_with(officer_, post_, {file});
  for (const auto& entry : fs::recursive_directory_iterator(dir_ / "blobs"))
    if (entry.path().filename() == hash_of(file).hex()) fs::remove(entry.path());
  const auto job = ledger_backup_job(dir_, clock_);
  ASSERT_TRUE(job && run_backup_if_due(*job, clock_.now_ms).value_or(false));
  const auto state = look_at_backups(dir_, clock_.now_ms);
  ASSERT_TRUE(state) << state.error().english();
  ASSERT_EQ(state->left_out.size(), 1U);
  EXPECT_EQ(state->left_out[0].record, id);
  EXPECT_EQ(state->left_out[0].name, "mất.txt");
  EXPECT_TRUE(state->left_out[0].missing);
}

TEST_F(AttachmentsTest, BytesThatHaveChangedAreNeverReadUnderTheOldHash) {
  std::string large;
  while (large.size() < 200'000) large += "một dòng dài trong tệp đính kèm\n";
  const auto file = upload(officer_, "dài.txt", large);
  const auto id = talks_with(officer_, post_, {file});
  const auto open = ledger_->open_attachment(officer_, id, hash_of(file));
  ASSERT_TRUE(open);
  std::string middle(1000, '\0');
  ASSERT_EQ(open->read_at(100'000, middle).value_or(0), 1000U);
  EXPECT_EQ(middle, large.substr(100'000, 1000)) << "any part, wherever the chunks begin";
  for (const auto& entry : fs::recursive_directory_iterator(dir_ / "blobs"))
    if (entry.path().filename() == hash_of(file).hex()) {
      std::fstream bytes(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
      bytes.seekp(150'000);
      bytes << "sai!";
    }
  EXPECT_TRUE(open->read_at(0, middle)) << "this chunk is as it was";
  EXPECT_EQ(open->read_at(150'500, middle).error().code, ErrorCode::kCorrupt) << "it changed while it was being read";
  EXPECT_EQ(ledger_->open_attachment(officer_, id, hash_of(file)).error().code, ErrorCode::kCorrupt);
  ASSERT_FALSE(ledger_->export_files([](const std::string&, const blobs::FileRef&, const blobs::CheckedFile&) -> Status { return {}; }));
}

TEST_F(AttachmentsTest, OrphansGoAfterADayAndNamedFilesStay) {
  const auto file = upload(officer_, "a.txt", "được nêu");
  const auto id = talks_with(officer_, post_, {file});
  upload(officer_, "b.txt", "bỏ quên");
  EXPECT_EQ(ledger_->collect_files().value_or(-1), 0);
  clock_.now_ms += std::int64_t{25} * 3'600'000;
  EXPECT_EQ(ledger_->collect_files().value_or(-1), 2);
  EXPECT_EQ(read_all(ledger_->open_attachment(officer_, id, hash_of(file))), "được nêu");
}

// Between the file and the entry that names it the power may go: the record is as it was, the file an orphan.
TEST_F(AttachmentsTest, ASaveThatFailsLeavesNoEntryAndTheUploadIsStillThere) {
  const auto file = upload(officer_, "a.txt", "chờ lưu");
  auto wrong = talks(officer_, post_, {file, Json(file).set("sha256", crypto::sha256("x").hex())});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(ledger_->verify_files()->files, 0);
  reopen();
  EXPECT_TRUE(talks(ledger_->subject("officer").value(), post_, {file})) << "sent once, saved at the second try";
}

TEST_F(AttachmentsTest, PurgeDestroysTheBytes) {
  const std::string secret = "Nội dung bị lộ 91c2";
  const auto file = upload(officer_, "lộ.txt", secret), kept = upload(officer_, "giữ.txt", "không lộ");
  const auto id = talks_with(officer_, post_, {kept});
  ASSERT_TRUE(ledger_->amend(officer_, {id, {}, Json(JsonObject{{"attachments", JsonArray{kept, file}}}), {}}));
  const auto other = talks_with(officer_, post_, {kept});
  ASSERT_FALSE(holding(dir_, secret).empty());
  const auto history = ledger_->history(ledger_->console(), id);
  ASSERT_TRUE(history);
  EntryHash entry;
  for (const auto& item : *history)
    if (item.act.empty()) entry = item.hash;
  const auto second_key = crypto::SigningKey::generate(system_rng());
  const auto second = account("approver", "approver", post_, second_key);
  const auto one = ledger_->purge(officer_, id, entry, "lộ", officer_key_);
  ASSERT_TRUE(one) << one.error().english();
  EXPECT_FALSE(one->done);
  EXPECT_EQ(read_all(ledger_->open_attachment(officer_, id, hash_of(file))), secret) << "one alone is a wish";
  const auto two = ledger_->purge(second, id, entry, "lộ", second_key);
  ASSERT_TRUE(two) << two.error().english();
  ASSERT_TRUE(two->done);
  EXPECT_EQ(holding(dir_, secret), std::vector<std::string>());
  EXPECT_EQ(read_all(ledger_->open_attachment(officer_, other, hash_of(kept))), "không lộ");
  EXPECT_TRUE(ledger_->verify_files()->problems.empty());
}

}  // namespace
}  // namespace nc::records
