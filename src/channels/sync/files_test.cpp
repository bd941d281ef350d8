// Attachments between real ledgers: they follow their entries both ways, and nobody gets one whose naming entry is not for him.
#include <gtest/gtest.h>

#include "base/files.h"
#include "channels/sync/bundle.h"
#include "channels/sync/file_tables.h"
#include "channels/sync/file_talk.h"
#include "channels/sync/messages.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "ledger/blobs/arriving.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;
using simulation::Traffic;

// A force, its provinces a and b, the post a1 of a.
class FilesTest : public ::testing::Test, protected simulation::Tree {
 protected:
  FilesTest() : Tree(NC_SOURCE_DIR) {
    force_ = &found("force");
    unit_a_ = simulation::enter_unit(*force_, "a", force_->unit());
    unit_b_ = simulation::enter_unit(*force_, "b", force_->unit());
    unit_a1_ = simulation::enter_unit(*force_, "a1", unit_a_);
    a_ = &join(*force_, "a", unit_a_);
    sync_until_quiet(*a_, *force_);
    post_ = &join(*a_, "a1", unit_a1_);
    sync_until_quiet(*post_, *a_);
    sync_until_quiet(*a_, *force_);
  }
  // Text that nothing makes much smaller.
  std::string text_of(std::size_t bytes) {
    std::string out;
    while (out.size() < bytes) out += rng_.make<RecordId>().hex();
    out.resize(bytes);
    return out;
  }
  static Digest hash_of(const std::string& bytes) { return crypto::sha256(bytes); }
  static std::string part_of(const journal::Audience& audience, int handling = 1) {
    return journal::PartKey{static_cast<journal::HandlingLevel>(handling), audience}.text();
  }
  // By the file itself.
  static bool has(Node& node, const std::string& part, const std::string& bytes) {
    const auto path = node.dir() / "blobs" / blobs::Store::folder_of(part) / hash_of(bytes).hex();
    const auto held = read_file(path, 16 * 1024 * 1024);
    return held && *held == bytes;
  }
  static std::int64_t arriving_files(Node& node) {
    std::int64_t out = 0;
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator(node.dir() / "uploads", ec))
      out += entry.path().extension() == blobs::kArrivingEnding ? 1 : 0;
    return out;
  }
  KnownParent known(Node& parent) {
    const auto self = parent.ledger().identity();
    return {self.node, self.incarnation, must(crypto::read_key_file(records::DataDir{parent.dir()}.key())).public_key()};
  }

  SeededRng rng_{11};
  Node *force_ = nullptr, *a_ = nullptr, *post_ = nullptr;
  UnitId unit_a_, unit_b_, unit_a1_;
};

TEST_F(FilesTest, WhatAPostAttachesReachesTheTopAndWhatTheTopAttachesThePost) {
  const auto own = journal::Audience::own(unit_a1_);
  const auto up = text_of(400'000), down = text_of(300'000), small = std::string("x");
  Node::written(post_->write_paper("anh tu don", post_->upload("a.txt", up)));
  Node::written(post_->write_paper("nho", post_->upload("c.txt", small)));
  Node::written(force_->write_paper("chi thi", force_->upload("b.txt", down), own));
  sync_until_quiet(*post_, *a_);
  EXPECT_TRUE(has(*a_, part_of(own), up));
  EXPECT_TRUE(has(*a_, part_of(own), small));
  sync_until_quiet(*a_, *force_);
  EXPECT_TRUE(has(*force_, part_of(own), up));
  EXPECT_TRUE(has(*force_, part_of(own), small));
  EXPECT_TRUE(has(*a_, part_of(own), down));
  sync_until_quiet(*post_, *a_);
  EXPECT_TRUE(has(*post_, part_of(own), down));
  EXPECT_EQ(arriving_files(*post_) + arriving_files(*a_) + arriving_files(*force_), 0);
  // Then it is quiet: one small exchange.
  for (auto* child : {post_, a_}) {
    sync_until_quiet(*child, child == post_ ? *a_ : *force_);
    Traffic traffic;
    EXPECT_TRUE(sync_until_quiet(*child, child == post_ ? *a_ : *force_, &traffic).same);
    EXPECT_EQ(traffic.exchanges, 1U);
    EXPECT_LE(traffic.up + traffic.down, 60U);
  }
}

// Two machines of the province wrote as one: neither the force nor the copy takes the other branch, but what the post below
// wrote comes by either.
class ForkedFiles : public FilesTest {
 protected:
  ForkedFiles() : copy_(place("copy", "a")) {
    a_->close();
    std::filesystem::copy(a_->dir(), copy_.dir(), std::filesystem::copy_options::recursive);
    a_->open();
    copy_.stand_for(*a_);
    copy_.open();
    copy_.clock().now_ms = a_->clock().now_ms;
  }
  // A file of the post, by the copy.
  void expect_a_file_goes_up() {
    const auto bytes = text_of(100'000);
    Node::written(post_->write_paper("anh", post_->upload("a.txt", bytes)));
    sync_until_quiet(*post_, copy_);
    sync_until_quiet(copy_, *force_);
    EXPECT_TRUE(has(*force_, part_of(journal::Audience::own(unit_a1_)), bytes));
  }
  Node& copy_;
};

TEST_F(ForkedFiles, GoUpBesideAStreamThatTheSuperiorDoesNotTake) {
  a_->note("may that");
  sync_until_quiet(*a_, *force_);
  copy_.note("may sao chep");
  copy_.note("may sao chep nua");
  expect_a_file_goes_up();
}

TEST_F(ForkedFiles, GoUpBesideAStreamThatIsNotTakenFromTheSuperior) {
  for (const auto* text : {"mot", "hai", "ba"}) a_->note(text);
  sync_until_quiet(*a_, *force_);
  copy_.note("may sao chep");
  expect_a_file_goes_up();
}

// Only after everything else, however large it is.
TEST_F(FilesTest, EntriesGoFirst) {
  Node::written(a_->write_paper("lon", a_->upload("a.txt", text_of(200'000))));
  const Limits narrow{16 * 1024, 16 * 1024, 4096};
  const auto session = must(Session::start(a_->ledger(), force_->id(), narrow));
  for (int i = 0; i < 4; ++i) {
    must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request()), narrow))));
    must(session->finish());
  }
  const auto late = a_->note("gap");
  must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request()), narrow))));
  must(session->finish());
  EXPECT_EQ(force_->text_of(late), "gap");
  EXPECT_GT(arriving_files(*force_), 0) << "the file is on its way";
}

// Whatever the line: nothing is lost, and what is sent again is at most the frame in which the cut fell.
TEST_F(FilesTest, ACutAtAnyFrameCostsAtMostThatFrame) {
  const auto own = journal::Audience::own(unit_a_);
  const Limits limits{8 * 1024, 8 * 1024, 1024};
  for (const bool up : {true, false}) {
    const auto bytes = text_of(200'000);
    auto& writer = up ? *a_ : *force_;
    Node::written(writer.write_paper("tep", writer.upload("a.txt", bytes), own));
    auto& reader = up ? *force_ : *a_;
    const auto session = must(Session::start(a_->ledger(), force_->id(), limits));
    std::size_t carried = 0, cuts = 0, exchanges = 0;
    Outcome outcome;
    do {
      ++exchanges;
      auto request = must(session->request());
      const bool cut_up = up && exchanges % 2 == 0 && request.size() > 1024;
      if (cut_up) request.resize(1024 + static_cast<std::size_t>(rng_.below(request.size() - 1024)));
      auto row = must(answer(force_->ledger(), a_->id(), request, limits));
      if (cut_up) row.clear();
      const bool cut_down = !up && exchanges % 2 == 0 && row.size() > 1024;
      if (cut_down) row.resize(1024 + static_cast<std::size_t>(rng_.below(row.size() - 1024)));
      cuts += cut_up || cut_down ? 1 : 0;
      carried += request.size() + row.size();
      must(session->feed(row));
      outcome = must(session->finish());
    } while ((outcome.go_on || !outcome.whole) && exchanges < 500);
    EXPECT_TRUE(has(reader, part_of(own), bytes)) << (up ? "up" : "down");
    EXPECT_GE(cuts, 5U);
    constexpr std::size_t kExchange = 400;
    EXPECT_LE(carried, bytes.size() * 5 / 4 + cuts * 1024 + exchanges * kExchange) << exchanges << " exchanges, " << cuts << " cuts";
  }
}

// A child that subscribes to other parts asks for a file by its hash, and is answered as if there were none.
TEST_F(FilesTest, AFileOfOthersIsAsIfThereWereNone) {
  const auto hidden = text_of(5'000), nowhere = text_of(5'000);
  Node::written(force_->write_paper("cho b", force_->upload("a.txt", hidden), journal::Audience::own(unit_b_)));
  // In its own part it names the same bytes, as somebody would who wants to know whether they are anywhere.
  Node::written(a_->write_paper("cua a", a_->upload("b.txt", std::string("khac"))));
  sync_until_quiet(*a_, *force_);
  const auto ask = [&](const std::string& part, const std::string& bytes) {
    const auto session = must(Session::start(a_->ledger(), force_->id()));
    FrameReader reader;
    reader.feed(must(session->request()));
    auto messages = *reader.next();
    const FileName name{tag_of(part), hash_of(bytes), static_cast<std::int64_t>(bytes.size())};
    const auto end = messages.back();
    messages.back() = {kFileWish, encode(std::vector<FileWish>{{name, 0}})};
    messages.push_back({kFileOffer, encode(std::vector<FileName>{name})});
    messages.push_back(end);
    FrameWriter writer;
    EXPECT_TRUE(writer.add(messages));
    return must(answer(force_->ledger(), a_->id(), writer.take()));
  };
  for (const auto& part : {part_of(journal::Audience::own(unit_b_)), part_of(journal::Audience::own(unit_a_))})
    EXPECT_EQ(ask(part, hidden), ask(part, nowhere));
}

TEST_F(FilesTest, AFileThatIsInAnotherPartIsNotTakenForThatOfThisOne) {
  const auto bytes = text_of(3'000);
  Node::written(force_->write_paper("cho b", force_->upload("a.txt", bytes), journal::Audience::own(unit_b_)));
  Node::written(a_->write_paper("cua a", a_->upload("b.txt", bytes)));
  const auto before = sync_until_quiet(*a_, *force_);
  EXPECT_TRUE(before.same);
  EXPECT_TRUE(has(*force_, part_of(journal::Audience::own(unit_a_)), bytes)) << "sent, though its bytes lay there in another part";
  EXPECT_FALSE(has(*a_, part_of(journal::Audience::own(unit_b_)), bytes));
}

// Other bytes than the entry names: refused by name, thrown away, not asked for again; the rest goes on.
TEST_F(FilesTest, OtherBytesThanTheEntryNamesAreRefusedAndHinderNothing) {
  const auto own = journal::Audience::own(unit_a_);
  const auto wrong = text_of(4'000), good = text_of(4'000);
  for (const bool up : {true, false}) {
    auto& writer = up ? *a_ : *force_;
    auto& reader = up ? *force_ : *a_;
    const auto text = wrong + (up ? "1" : "2"), fine = good + (up ? "1" : "2");
    Node::written(writer.write_paper("hong", writer.upload("a.txt", text), own));
    const auto path = writer.dir() / "blobs" / blobs::Store::folder_of(part_of(own)) / hash_of(text).hex();
    auto damaged = text;
    damaged[100] = '#';
    std::filesystem::remove(path);
    must(write_file_durably(path, damaged));
    Node::written(writer.write_paper("tot", writer.upload("b.txt", fine), own));
    const auto session = must(Session::start(a_->ledger(), force_->id()));
    std::string notices;
    Outcome outcome;
    for (int i = 0; i < 20; ++i) {
      must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request())))));
      outcome = must(session->finish());
      for (const auto& one : outcome.notices) notices += one.english() + "\n";
      if (!outcome.go_on) break;
    }
    EXPECT_FALSE(outcome.go_on);
    EXPECT_TRUE(outcome.same);
    EXPECT_NE(notices.find(hash_of(text).hex()), std::string::npos) << notices;
    EXPECT_FALSE(has(reader, part_of(own), text));
    EXPECT_FALSE(has(reader, part_of(own), damaged));
    EXPECT_TRUE(has(reader, part_of(own), fine));
    EXPECT_EQ(arriving_files(reader), 0);
    a_->clock().now_ms += 2 * kAskAgainMaxMs;
    sync_until_quiet(*a_, *force_);
    Traffic traffic;
    sync_until_quiet(*a_, *force_, &traffic);
    EXPECT_EQ(traffic.exchanges, 1U) << "it is not asked for again";
    EXPECT_LE(traffic.up + traffic.down, 60U);
  }
}

// Two who name the same file, one of them with a length that it has not.
TEST_F(FilesTest, AWrongLengthHindersNobody) {
  const auto bytes = text_of(2'000);
  auto file = a_->upload("a.txt", bytes);
  Node::written(a_->write_paper("dung", file));
  sync_until_quiet(*a_, *force_);
  ASSERT_TRUE(has(*force_, part_of(journal::Audience::own(unit_a_)), bytes));
  const FileName lie{tag_of(part_of(journal::Audience::own(unit_a_))), hash_of(bytes), 5};
  must(force_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto found, find_file(db, lie));
    EXPECT_FALSE(found);
    return {};
  }));
}

// A file that nobody can give is asked for less and less often, and the others do not wait for it.
TEST_F(FilesTest, WhatIsNowhereIsAskedForLessAndLessOften) {
  const auto own = journal::Audience::own(unit_a_);
  for (int i = 0; i < 12; ++i) {
    const auto bytes = text_of(500);
    Node::written(force_->write_paper("mat", force_->upload("a.txt", bytes), own));
    std::filesystem::remove(force_->dir() / "blobs" / blobs::Store::folder_of(part_of(own)) / hash_of(bytes).hex());
  }
  const auto there = text_of(500);
  Node::written(force_->write_paper("con", force_->upload("b.txt", there), own));
  sync_until_quiet(*a_, *force_);
  EXPECT_TRUE(has(*a_, part_of(own), there));
  std::size_t asked = 0;
  for (int hour = 0; hour < 48; ++hour) {
    Traffic traffic;
    sync_until_quiet(*a_, *force_, &traffic);
    asked += traffic.exchanges > 1 || traffic.up > 60 ? 1 : 0;
    a_->clock().now_ms += 3'600'000;
  }
  EXPECT_LE(asked, 16U);
}

TEST_F(FilesTest, AParentThatWasRestoredIsOfferedAllOnceMore) {
  const auto bytes = text_of(2'000);
  const auto own = journal::Audience::own(unit_a_);
  Node::written(a_->write_paper("tep", a_->upload("a.txt", bytes)));
  sync_until_quiet(*a_, *force_);
  ASSERT_TRUE(has(*force_, part_of(own), bytes));
  std::filesystem::remove(force_->dir() / "blobs" / blobs::Store::folder_of(part_of(own)) / hash_of(bytes).hex());
  const auto there = force_->id();
  must(a_->ledger().exchange([&](records::Intake& intake) -> Status {
    return intake.db().run("UPDATE sync_peer SET incarnation=x'0102030405060708' WHERE node=?1", there);
  }));
  for (int i = 0; i < 2; ++i) sync_until_quiet(*a_, *force_);
  EXPECT_TRUE(has(*force_, part_of(own), bytes));
}

TEST_F(FilesTest, PurgedFilesAreNeitherAskedForNorSent) {
  const auto own = journal::Audience::own(unit_a_);
  const auto bytes = text_of(1'000);
  Node::written(force_->write_paper("tep", force_->upload("a.txt", bytes), own));
  // Purged here while the bytes are not there yet: the entry names nothing any more.
  const Limits no_files{.files = false};
  sync_until_quiet(*a_, *force_, nullptr, 20, no_files);
  must(a_->ledger().exchange([](records::Intake& intake) {
    return intake.db().exec("UPDATE journal_entry SET status=3 WHERE arrival=(SELECT max(arrival) FROM sync_naming)");
  }));
  sync_until_quiet(*a_, *force_);
  EXPECT_FALSE(has(*a_, part_of(own), bytes));
}

TEST_F(FilesTest, BundlesCarryFilesBothWaysAndSayWhatDidNotFit) {
  const auto own = journal::Audience::own(unit_a_);
  const auto up = text_of(120'000), down = text_of(90'000), down_later = text_of(150'000);
  Node::written(a_->write_paper("len", a_->upload("a.txt", up)));
  Node::written(force_->write_paper("xuong", force_->upload("b.txt", down), own));
  Node::written(force_->write_paper("xuong sau", force_->upload("c.txt", down_later), own));
  int sticks = 0;
  const auto stick = [&] { return dir() / ("stick-" + std::to_string(++sticks)); };
  // The first has no room for all of them.
  auto file = stick();
  auto made = must(make_bundle(force_->ledger(), a_->id(), std::nullopt, file, 120'000));
  EXPECT_EQ(made.files_left, 1);
  must(take_bundle(a_->ledger(), file, known(*force_)));
  EXPECT_TRUE(has(*a_, part_of(own), down));
  EXPECT_FALSE(has(*a_, part_of(own), down_later));
  // Its receipt says what it lacks, and brings its own.
  file = stick();
  made = must(make_bundle(a_->ledger(), force_->id(), known(*force_), file));
  EXPECT_EQ(made.files_left, 0);
  for (int i = 0; i < 2; ++i) must(take_bundle(force_->ledger(), file, std::nullopt));  // twice is as once
  EXPECT_TRUE(has(*force_, part_of(own), up));
  file = stick();
  made = must(make_bundle(force_->ledger(), a_->id(), std::nullopt, file));
  EXPECT_EQ(made.files_left, 0);
  must(take_bundle(a_->ledger(), file, known(*force_)));
  EXPECT_TRUE(has(*a_, part_of(own), down_later));
  // After the receipt nothing of that is sent once more, either way.
  for (const bool to_parent : {true, false}) {
    file = stick();
    auto& from = to_parent ? *a_ : *force_;
    must(make_bundle(from.ledger(), to_parent ? force_->id() : a_->id(), to_parent ? std::optional(known(*force_)) : std::nullopt, file));
    EXPECT_LT(std::filesystem::file_size(file), 20'000U) << (to_parent ? "up" : "down");
    if (to_parent) must(take_bundle(force_->ledger(), file, std::nullopt));
  }
  EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
}

}  // namespace
}  // namespace nc::sync
