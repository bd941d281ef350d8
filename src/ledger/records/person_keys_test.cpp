// Several keys of one id: whoever sealed first has one, others come in parcels; erased, none is left and none comes back.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "ledger/records/person_keys.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class PersonKeysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("nc-keys-" + system_rng().make<RecordId>().hex());
    fs::create_directories(dir_);
    clock_.now_ms = 1'795'000'000'000;
  }
  void TearDown() override { fs::remove_all(dir_); }
  PersonKeys open(const std::string& name, bool read_only = false) { return {dir_ / name, clock_, system_rng(), read_only}; }
  static std::vector<PersonKeys::Key> copies(const std::vector<PersonKeys::Key>& keys) {
    std::vector<PersonKeys::Key> out;
    for (const auto& key : keys) out.push_back(key.copy());
    return out;
  }
  static std::string text(const PersonKeys::Key& key) { return {reinterpret_cast<const char*>(key.bytes().data()), 32}; }
  [[nodiscard]] bool lies_somewhere(const std::string& bytes) const {
    for (const auto& entry : fs::directory_iterator(dir_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  fs::path dir_;
  ManualClock clock_;
  RecordId id_ = system_rng().make<RecordId>();
};

TEST_F(PersonKeysTest, AllKeysOfAnIdOpenAndTheFirstSeals) {
  auto one = open("one"), two = open("two");
  const auto by_one = one.seal_value(id_, "a", "Một").value(), by_two = two.seal_value(id_, "b", "Hai").value();
  EXPECT_EQ(two.open_value("a", by_one).value(), std::nullopt);
  EXPECT_EQ(two.take(id_, one.find_all(id_).value()).value(), 1);
  EXPECT_EQ(two.take(id_, one.find_all(id_).value()).value(), 0) << "twice is as once";
  EXPECT_EQ(two.open_value("a", by_one).value(), "Một");
  EXPECT_EQ(two.open_value("b", by_two).value(), "Hai");
  EXPECT_EQ(two.count().value(), 1);
  const auto later = two.seal_value(id_, "c", "Ba").value();
  EXPECT_EQ(one.open_value("c", later).value(), std::nullopt) << "under its own key still";
  // Who had none seals under what he was given.
  auto three = open("three");
  ASSERT_EQ(three.take(id_, one.find_all(id_).value()).value(), 1);
  EXPECT_EQ(one.open_value("d", three.seal_value(id_, "d", "Bốn").value()).value(), "Bốn");
}

TEST_F(PersonKeysTest, ABackupHoldsAllKeysAndNoneThatWasAskedUnder) {
  auto one = open("one"), two = open("two");
  const auto by_one = one.seal_value(id_, "a", "Một").value();
  ASSERT_TRUE(two.find_or_make(id_));
  ASSERT_TRUE(two.take(id_, one.find_all(id_).value()));
  const auto other = system_rng().make<RecordId>();
  ASSERT_TRUE(two.ask_under(other));
  const auto seed = two.asked_under(other).value()->seed().copy();
  ASSERT_TRUE(two.backup_to(dir_ / "two.bak"));
  fs::rename(dir_ / "two", dir_ / "gone");
  auto back = open("back");
  ASSERT_TRUE(back.take_from(dir_ / "two.bak"));
  EXPECT_EQ(back.open_value("a", by_one).value(), "Một");
  EXPECT_EQ(back.find_all(id_)->size(), 2U);
  EXPECT_FALSE(*back.asked_under(other));
  for (const auto* name : {"gone", "gone-wal", "two-wal"}) fs::remove(dir_ / name);
  EXPECT_FALSE(lies_somewhere(text(seed)));
}

TEST_F(PersonKeysTest, ErasedNoKeyIsLeftAndNoneIsTaken) {
  auto one = open("one"), two = open("two");
  ASSERT_TRUE(two.find_or_make(id_));
  const auto mine = copies(two.find_all(id_).value());
  ASSERT_TRUE(one.find_or_make(id_));
  ASSERT_TRUE(one.ask_under(id_));
  const auto seed = one.asked_under(id_).value()->seed().copy();
  ASSERT_TRUE(one.take(id_, mine));
  EXPECT_FALSE(*one.asked_under(id_)) << "good for one use";
  ASSERT_TRUE(one.ask_under(id_));
  const auto again = one.asked_under(id_).value()->seed().copy();
  const auto keys = copies(one.find_all(id_).value());
  fs::remove(dir_ / "two");
  fs::remove(dir_ / "two-wal");
  ASSERT_TRUE(lies_somewhere(text(keys[1])));
  ASSERT_TRUE(one.erase(id_));
  for (const auto& key : keys) EXPECT_FALSE(lies_somewhere(text(key)));
  EXPECT_FALSE(lies_somewhere(text(seed)));
  EXPECT_FALSE(lies_somewhere(text(again)));
  EXPECT_EQ(one.take(id_, mine).error().code, ErrorCode::kDenied);
  EXPECT_EQ(one.ask_under(id_).error().code, ErrorCode::kDenied);
  EXPECT_EQ(one.find_all(id_).error().code, ErrorCode::kDenied);
  EXPECT_FALSE(*one.asked_under(id_));
}

TEST_F(PersonKeysTest, MoreKeysThanThereMayBeAreRefusedWhole) {
  auto one = open("one");
  std::vector<PersonKeys::Key> many;
  for (std::size_t i = 0; i <= kKeysOfOneMax; ++i) many.push_back(PersonKeys::Key::random(system_rng()));
  EXPECT_EQ(one.take(id_, many).error().code, ErrorCode::kLimit);
  EXPECT_EQ(one.find_all(id_)->size(), 0U);
  many.pop_back();
  EXPECT_EQ(one.take(id_, many).value(), static_cast<std::int64_t>(kKeysOfOneMax));
}

// keys.db, and backups of it, from before there were several keys of one id.
TEST_F(PersonKeysTest, AFileOfBeforeIsReadAsItIs) {
  {
    store::Options options;
    options.create = true;
    options.application_id = kKeysApplicationId;
    auto db = store::Database::open(dir_ / "old", options);
    ASSERT_TRUE(db);
    ASSERT_TRUE(
        db->exec("CREATE TABLE sealing_key(id BLOB PRIMARY KEY, key BLOB NOT NULL, made_ms INTEGER NOT NULL) WITHOUT ROWID;"
                 "CREATE TABLE erased_key(id BLOB PRIMARY KEY, at_ms INTEGER NOT NULL) WITHOUT ROWID;"
                 "CREATE TABLE backup_made(at_ms INTEGER NOT NULL);"));
    auto insert = db->prepare("INSERT INTO sealing_key(id, key, made_ms) VALUES(?1, ?2, 1)");
    ASSERT_TRUE(insert && insert->bind(1, id_).bind_blob(2, std::string(32, 'k')).run());
    ASSERT_TRUE(db->run("INSERT INTO backup_made(at_ms) VALUES(?1)", clock_.now_ms));
  }
  EXPECT_EQ(open("old", true).find_all(id_)->size(), 1U);
  auto mine = open("mine");
  ASSERT_TRUE(mine.take_from(dir_ / "old"));
  EXPECT_EQ(text(mine.find_all(id_)->front()), std::string(32, 'k'));
  auto old = open("old");
  EXPECT_EQ(old.take(id_, mine.find_all(id_).value()).value(), 0);
}

}  // namespace
}  // namespace nc::records
