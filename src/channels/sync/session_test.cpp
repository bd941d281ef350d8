// Sessions between real ledgers: everything that is subscribed arrives, nothing else leaves, cuts cost at most a frame.
#include <gtest/gtest.h>

#include "channels/sync/branches.h"
#include "channels/sync/bundle.h"
#include "channels/sync/contacts.h"
#include "channels/sync/copies.h"
#include "channels/sync/messages.h"
#include "channels/sync/peer.h"
#include "channels/sync/runs.h"
#include "channels/sync/tables.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/crypto/key_file.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/raising.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::sync {
namespace {

using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;
using simulation::Traffic;

// A force, its provinces a and b, the posts a1 of a and b1 of b. The provinces' nodes hang on the force's, the posts' on the provinces'.
class SessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() / ("nc-sync-" + system_rng().make<RecordId>().hex());
    std::filesystem::create_directories(dir_);
    simulation::make_catalog(NC_SOURCE_DIR, dir_ / "catalog");
    force_ = make("force");
    force_->found(dir_ / "catalog");
    unit_a_ = simulation::enter_unit(*force_, "a", force_->unit());
    unit_b_ = simulation::enter_unit(*force_, "b", force_->unit());
    unit_a1_ = simulation::enter_unit(*force_, "a1", unit_a_);
    a_ = make("a");
    a_->join(*force_, dir_ / "catalog", unit_a_);
  }
  void TearDown() override {
    nodes_.clear();
    std::filesystem::remove_all(dir_);
  }
  Node* make(const std::string& code) {
    nodes_.push_back(std::make_unique<Node>(dir_ / ("node-" + std::to_string(nodes_.size())), code, 100 + nodes_.size(), ""));
    return nodes_.back().get();
  }
  Node& post() {
    if (post_ == nullptr) {
      EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
      post_ = make("a1");
      post_->join(*a_, dir_ / "catalog", unit_a1_);
    }
    return *post_;
  }
  static std::string said(const Outcome& outcome) {
    std::string out = "to send " + std::to_string(outcome.to_send) + ", to get " + std::to_string(outcome.to_get);
    for (const auto& notice : outcome.notices) out += "; " + notice.english();
    return out;
  }
  static void expect_same(Node& child, Node& parent) {
    const auto outcome = sync_until_quiet(child, parent);
    EXPECT_TRUE(outcome.same) << said(outcome);
    EXPECT_EQ(outcome.to_send, 0);
  }

  std::filesystem::path dir_;
  std::vector<std::unique_ptr<Node>> nodes_;
  Node *force_ = nullptr, *a_ = nullptr, *post_ = nullptr;
  UnitId unit_a_, unit_b_, unit_a1_;
};

// All contents of all messages of a row.
std::string contents_of(const std::string& row) {
  FrameReader reader;
  reader.feed(row);
  std::string out;
  while (const auto frame = reader.next())
    for (const auto& message : *frame) out += message.content;
  return out;
}

TEST_F(SessionTest, AChildGetsWhatItSubscribesToAndNoByteOfTheRest) {
  const auto own = journal::Audience::own(unit_a_), other = journal::Audience::own(unit_b_);
  const auto mine = force_->note("cho tinh a", std::nullopt, own);
  const auto post = force_->note("cho don a1", std::nullopt, journal::Audience::own(unit_a1_));
  const auto plan =
      force_->note("ke hoach duoi luc luong", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {force_->unit()}});
  const auto joint =
      force_->note("chung cua a va b", std::nullopt,
                   journal::Audience{journal::Audience::Kind::kWith, {std::min(unit_a_, unit_b_), std::max(unit_a_, unit_b_)}});
  const auto foreign = force_->note("KHONG-CHO-A", std::nullopt, other);
  const auto above = force_->note("KHONG-CHO-A", std::nullopt, journal::Audience::own(force_->unit()));
  const auto session = must(Session::start(a_->ledger(), force_->id()));
  std::string all;
  Outcome outcome;
  do {
    const auto row = must(answer(force_->ledger(), a_->id(), must(session->request())));
    all += contents_of(row);
    must(session->feed(row));
    outcome = must(session->finish());
  } while (outcome.go_on);
  EXPECT_TRUE(outcome.same) << said(outcome);
  EXPECT_EQ(a_->text_of(mine), "cho tinh a");
  EXPECT_EQ(a_->text_of(post), "cho don a1");
  EXPECT_EQ(a_->text_of(plan), "ke hoach duoi luc luong");
  EXPECT_EQ(a_->text_of(joint), "chung cua a va b");
  EXPECT_EQ(a_->text_of(foreign), "");
  EXPECT_EQ(all.find("KHONG-CHO-A"), std::string::npos);
  EXPECT_NE(all.find("cho tinh a"), std::string::npos);
  for (const auto& hidden : {foreign, above}) {
    const std::string raw(reinterpret_cast<const char*>(hidden.bytes.data()), hidden.bytes.size());
    EXPECT_EQ(all.find(raw), std::string::npos) << "the id of a record that is not for it";
  }
}

// What a subscriber is sent is the same whatever happened above it.
TEST_F(SessionTest, NoByteDependsOnWhatIsNotForIt) {
  sync_until_quiet(*a_, *force_);
  sync_until_quiet(*a_, *force_);  // says how far it came, so that the next request says the same twice
  force_->note("mot", std::nullopt, journal::Audience::own(unit_a_));
  const auto session = must(Session::start(a_->ledger(), force_->id()));
  const auto request = must(session->request());
  const auto before = contents_of(must(answer(force_->ledger(), a_->id(), request)));
  for (int i = 0; i < 30; ++i) force_->note("bi mat " + std::to_string(i), std::nullopt, journal::Audience::own(unit_b_));
  EXPECT_EQ(contents_of(must(answer(force_->ledger(), a_->id(), request))), before);
}

TEST_F(SessionTest, WhatAPostWritesArrivesAtTheTopAndTheAnswerComesBack) {
  auto& post = this->post();
  expect_same(post, *a_);
  const auto record = post.note("do don viet");
  expect_same(post, *a_);
  expect_same(*a_, *force_);
  EXPECT_EQ(force_->text_of(record), "do don viet");
  const auto amended =
      force_->ledger().amend(force_->ledger().console(), {record, {}, Json(JsonObject{{"text", Json("cap tren sua")}}), {}});
  ASSERT_TRUE(amended) << amended.error().error.english();
  expect_same(*a_, *force_);
  expect_same(post, *a_);
  EXPECT_EQ(post.text_of(record), "cap tren sua");
  EXPECT_EQ(must(post.ledger().verify()).problems.size(), 0U);
  EXPECT_TRUE(must(post.ledger().rebuild(true)).differs.empty());
}

TEST_F(SessionTest, NothingNewIsOneSmallExchange) {
  sync_until_quiet(*a_, *force_);
  sync_until_quiet(*a_, *force_);  // says how far it came
  Traffic traffic;
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(traffic.exchanges, 1U);
  EXPECT_LE(traffic.up + traffic.down, 60U) << "however many channels there are";
  std::cout << "nothing new: " << traffic.up << " up, " << traffic.down << " down\n";
}

// So that a child which has nothing new waits for no other that has much.
TEST_F(SessionTest, NothingNewIsAnsweredWithoutWriting) {
  sync_until_quiet(*a_, *force_);
  sync_until_quiet(*a_, *force_);
  int writings = 0;
  force_->ledger().observe([&](const records::CommitNotice&) { ++writings; });
  const auto session = must(Session::start(a_->ledger(), force_->id()));
  must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request())))));
  EXPECT_TRUE(must(session->finish()).same);
  EXPECT_EQ(writings, 0);
  a_->note("mot");
  EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
  EXPECT_GT(writings, 0);
}

TEST_F(SessionTest, WhatBothKnowIsSaidAgainOnceOneOfThemHasForgottenIt) {
  const auto own = journal::Audience::own(unit_a_);
  force_->note("mot", std::nullopt, own);
  expect_same(*a_, *force_);
  expect_same(*a_, *force_);
  // The parent lost what the child had told: it is told all, takes what is new meanwhile, and gives what it has.
  must(force_->ledger().exchange([&](records::Intake& intake) { return intake.db().run("DELETE FROM sync_cursor"); }));
  const auto up = a_->note("hai");
  const auto down = force_->note("ba", std::nullopt, own);
  Traffic traffic;
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(traffic.exchanges, 2U) << "one more, in full";
  EXPECT_EQ(force_->text_of(up), "hai");
  EXPECT_EQ(a_->text_of(down), "ba");
  // The child lost it.
  must(a_->ledger().exchange([&](records::Intake& intake) { return intake.db().run("DELETE FROM sync_told"); }));
  traffic = {};
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(traffic.exchanges, 1U);
  traffic = {};
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_LE(traffic.up + traffic.down, 60U) << "they know each other again";
}

TEST_F(SessionTest, AnAnswerThatIsLostIsMadeUpForByTellingAll) {
  expect_same(*a_, *force_);
  for (int i = 0; i < 3; ++i) {
    const auto record = force_->note("viec " + std::to_string(i), std::nullopt, journal::Audience::own(unit_a_));
    const auto session = must(Session::start(a_->ledger(), force_->id()));
    static_cast<void>(must(answer(force_->ledger(), a_->id(), must(session->request()))));  // the line is cut
    EXPECT_TRUE(must(session->finish()).go_on);
    must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request())))));
    const auto outcome = must(session->finish());
    EXPECT_TRUE(outcome.whole && outcome.same) << said(outcome);
    EXPECT_EQ(a_->text_of(record), "viec " + std::to_string(i));
  }
}

TEST_F(SessionTest, OneNewRecordIsOneExchange) {
  sync_until_quiet(*a_, *force_);
  a_->note("Trao đổi với Bạn tại cửa khẩu: hai bên thống nhất lịch tuần tra song phương tháng tới, thông báo tình hình hai bên biên giới.");
  sync_until_quiet(*a_, *force_);  // the stream is known from now on
  std::string text = "Ngày 12 tháng 11, tại trạm kiểm soát, chỉ huy đồn đã gặp chỉ huy đồn đối diện của Bạn để trao đổi về ";
  text += "việc người dân hai bên qua lại thăm thân, chợ phiên, và việc ba con trâu của một hộ dân đi lạc sang đất Bạn. ";
  text += "Hai bên thống nhất trao trả vào sáng hôm sau tại cột mốc, lập biên bản bằng hai thứ tiếng, mỗi bên giữ một bản. ";
  text += "Bạn đề nghị ta thông báo trước khi tổ chức diễn tập phòng chống cháy rừng ở khu vực sát đường biên.";
  a_->note(text);
  Traffic traffic;
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(traffic.exchanges, 1U);
  EXPECT_LE(traffic.up + traffic.down, 900U);
  std::cout << "one new record of " << text.size() << " bytes of text: " << traffic.up << " up, " << traffic.down << " down\n";
}

// Lines that are cut anywhere: nothing is lost, and what is sent again is at most the frame in which the cut fell.
TEST_F(SessionTest, ACutAnywhereCostsAtMostAFrame) {
  auto& post = this->post();
  expect_same(post, *a_);
  SeededRng rng(9);
  const Limits limits{1024, 1024, 768};
  const auto write = [&] {
    for (int i = 0; i < 60; ++i) {
      std::string noise;
      for (int k = 0; k < 30; ++k) noise += rng.make<RecordId>().hex();
      post.note("don " + noise);
      a_->note("tinh " + noise, std::nullopt, journal::Audience::own(unit_a1_));
    }
  };
  write();
  Traffic whole;
  ASSERT_TRUE(sync_until_quiet(post, *a_, &whole, 200, limits).same);
  write();  // as much again, over a bad line
  std::size_t bytes = 0, cuts = 0, exchanges = 0;
  Outcome outcome;
  while (!outcome.same && exchanges < 1000) {
    const auto session = must(Session::start(post.ledger(), a_->id(), limits));  // the process began anew
    for (int i = 0; i < 12 && !outcome.same; ++i, ++exchanges) {
      auto request = must(session->request());
      const bool cut_up = rng.below(3) == 0;
      if (cut_up) request.resize(static_cast<std::size_t>(rng.below(request.size())));
      bytes += request.size();
      std::string row;
      if (auto answered = answer(a_->ledger(), post.id(), request, limits); answered && !cut_up) row = std::move(*answered);
      const bool cut_down = rng.below(3) == 0;
      if (cut_down) row.resize(static_cast<std::size_t>(rng.below(row.size() + 1)));
      cuts += cut_up || cut_down ? 1 : 0;
      bytes += row.size();
      must(session->feed(row));
      outcome = must(session->finish());
    }
  }
  EXPECT_TRUE(outcome.same) << said(outcome);
  EXPECT_GE(cuts, 30U);
  constexpr std::size_t kExchange = 600;  // a greeting with its cursors, an answer without entries
  EXPECT_LE(bytes, whole.up + whole.down + cuts * limits.frame_bytes + exchanges * kExchange);
  EXPECT_EQ(must(post.ledger().verify()).problems.size(), 0U);
  EXPECT_TRUE(must(a_->ledger().rebuild(true)).differs.empty());
  std::cout << cuts << " cuts in " << exchanges << " exchanges: " << bytes << " bytes; " << whole.up + whole.down << " in "
            << whole.exchanges << " without cuts\n";
}

TEST_F(SessionTest, AnEntryLargerThanAFrameGoesInPieces) {
  sync_until_quiet(*a_, *force_);
  SeededRng rng(4);
  std::string large;  // 9,000 characters of three bytes that nothing makes much smaller
  for (int i = 0; i < 9000; ++i) {
    const auto code = 0xac00 + rng.below(11'172);
    for (const auto byte : {0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)}) large += static_cast<char>(byte);
  }
  const Json values(JsonObject{{"text", Json(large)}, {"more", Json(large.substr(3) + large.substr(0, 3))}});
  const auto write = [&](Node& node) {
    return Node::written(node.write("sim_note", values, std::nullopt, journal::Audience::own(unit_a_)));
  };
  const auto up = write(*a_), down = write(*force_);
  const Limits narrow{20 * 1024, 20 * 1024};
  const auto outcome = sync_until_quiet(*a_, *force_, nullptr, 200, narrow);
  EXPECT_TRUE(outcome.same) << said(outcome);
  EXPECT_EQ(force_->text_of(up), large);
  EXPECT_EQ(a_->text_of(down), large);
  EXPECT_EQ(a_->count("SELECT count(*) FROM sync_piece") + force_->count("SELECT count(*) FROM sync_piece"), 0);
}

// The row as far as a line carries it that is cut after so many frames.
std::string cut_after(const std::string& row, std::size_t frames) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < frames && at + 2 <= row.size(); ++i)
    at += 2 + static_cast<std::size_t>(static_cast<unsigned char>(row[at]) | static_cast<unsigned char>(row[at + 1]) << 8);
  return row.substr(0, at);
}

struct Crossing {
  bool same = false;
  std::size_t exchanges = 0, bytes = 0;
};

// A line of narrow frames that carries so many of them at a time. A request that was cut is taken and not answered.
Crossing cross(Node& child, Node& parent, std::size_t frames_up, std::size_t frames_down, std::size_t requests_a_session) {
  const Limits limits{16 * 1024, 16 * 1024, 1024};
  Crossing out;
  std::unique_ptr<Session> session;
  while (!out.same && out.exchanges < 600) {
    if (out.exchanges % requests_a_session == 0) session = must(Session::start(child.ledger(), parent.id(), limits));
    ++out.exchanges;
    const auto request = must(session->request());
    const auto up = cut_after(request, frames_up);
    auto answered = must(answer(parent.ledger(), child.id(), up, limits));
    const auto down = up.size() < request.size() ? std::string() : cut_after(answered, frames_down);
    out.bytes += up.size() + down.size();
    must(session->feed(down));
    out.same = must(session->finish()).same;
  }
  return out;
}

// Wherever the line is cut, also right before the seal of what came in pieces: nothing is sent for ever.
TEST_F(SessionTest, ALargeLastEntryGoesUpALineThatIsCutEverywhere) {
  sync_until_quiet(*a_, *force_);
  SeededRng rng(5);
  constexpr std::size_t kPieces = 300, kAnyNumber = 1000, kUncut = 100;
  for (std::size_t frames = 2; frames <= 16; ++frames) {
    std::string noise;
    for (std::size_t i = 0; i < kPieces; ++i) noise += rng.make<RecordId>().hex();
    const auto record = a_->note(noise, std::nullopt, journal::Audience::own(unit_a_));
    const auto crossing = cross(*a_, *force_, frames, kUncut, kAnyNumber);
    ASSERT_TRUE(crossing.same) << "a cut after " << frames << " frames";
    EXPECT_NE(force_->text_of(record), "") << "a cut after " << frames << " frames";
    // At most a frame more each time, and a greeting and an answer.
    EXPECT_LE(crossing.bytes, 2 * noise.size() + crossing.exchanges * (1024 + 400)) << "a cut after " << frames << " frames";
  }
}

// A seal over what the receiver has not, or no more, is a gap and refuses nothing.
TEST_F(SessionTest, ASealOverWhatIsNotHereIsAGap) {
  sync_until_quiet(*a_, *force_);
  SeededRng rng(6);
  std::string noise;
  for (int i = 0; i < 60; ++i) noise += rng.make<RecordId>().hex();
  const auto record = a_->note(noise);
  const Limits narrow{16 * 1024, 16 * 1024, 1024};
  const auto session = must(Session::start(a_->ledger(), force_->id(), narrow));
  // It is told that the entry waits, and by the time the seal comes it is gone.
  must(answer(force_->ledger(), a_->id(), cut_after(must(session->request()), 4), narrow));
  must(session->feed(""));
  must(session->finish());
  must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request()), narrow))));
  must(session->finish());
  const auto child = a_->id();
  must(force_->ledger().exchange([&](records::Intake& intake) -> Status {
    NC_TRY(intake.db().run("DELETE FROM sync_spool WHERE node=?1", child));
    return intake.db().run("DELETE FROM sync_piece WHERE node=?1", child);
  }));
  Outcome outcome;
  for (int i = 0; i < 20 && !outcome.same; ++i) {
    must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request()), narrow))));
    outcome = must(session->finish());
    EXPECT_TRUE(outcome.notices.empty()) << said(outcome);
  }
  EXPECT_TRUE(outcome.same) << said(outcome);
  EXPECT_NE(force_->text_of(record), "");
}

TEST_F(SessionTest, ManyEntriesGoThroughSmallRequests) {
  for (int i = 0; i < 150; ++i) force_->note("xuong " + std::to_string(i), std::nullopt, journal::Audience::own(unit_a_));
  const Limits narrow{2 * 1024, 2 * 1024, 1024};
  Traffic traffic;
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic, 400, narrow).same);
  EXPECT_GT(traffic.exchanges, 3U);
}

// Cursors of another incarnation say nothing; what is missing is found by comparing, not by sending everything.
TEST_F(SessionTest, AParentOfAnotherIncarnationIsComparedWith) {
  for (int i = 0; i < 100; ++i) force_->note("cu " + std::to_string(i), std::nullopt, journal::Audience::own(unit_a_));
  EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
  const auto there = force_->id();
  must(a_->ledger().exchange([&](records::Intake& intake) -> Status {
    return intake.db().run("UPDATE sync_peer SET incarnation=x'0102030405060708' WHERE node=?1", there);
  }));
  const auto late = force_->note("moi", std::nullopt, journal::Audience::own(unit_a_));
  const auto mine = a_->note("cua a");
  Traffic traffic;
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(a_->text_of(late), "moi");
  EXPECT_EQ(force_->text_of(mine), "cua a");
  EXPECT_LE(traffic.down, 6000U) << "it was not all sent again";
  traffic = {};
  EXPECT_TRUE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_EQ(traffic.exchanges, 1U) << "the cursors are those of now";
}

TEST_F(SessionTest, WhatWasForgottenOfTheOtherIsFoundAgain) {
  sync_until_quiet(*a_, *force_);
  const auto record = a_->note("mot");
  sync_until_quiet(*a_, *force_);
  must(a_->ledger().exchange([&](records::Intake& intake) { return forget_progress(intake.db(), force_->id()); }));
  must(force_->ledger().exchange([&](records::Intake& intake) { return forget_progress(intake.db(), a_->id()); }));
  expect_same(*a_, *force_);
  EXPECT_EQ(force_->text_of(record), "mot");
}

// The force's later authority follows what the province wrote, and that follows the force's earlier: a newcomer takes both.
TEST_F(SessionTest, AuthorityThatGoesToAndFroReachesANewcomer) {
  auto& post = this->post();  // certified by the province, not met yet
  expect_same(*a_, *force_);
  simulation::enter_unit(*force_, "a2", unit_a_);
  expect_same(*a_, *force_);
  expect_same(post, *a_);
  EXPECT_EQ(post.count("SELECT count(*) FROM journal_kept_aside"), 0);
}

// The province wrote about a post before it knew that the post had gone to another: that reaches the force all the same.
TEST_F(SessionTest, WhatANodeMayNoLongerReadItHandsIn) {
  sync_until_quiet(*a_, *force_);
  const auto before = a_->note("viet truoc khi biet", std::nullopt, journal::Audience::own(unit_a1_));
  simulation::move_under(*force_, unit_a1_, unit_b_);
  const auto after = force_->note("viet sau", std::nullopt, journal::Audience::own(unit_a1_));
  // It hears of that by stick, before it hands in anything.
  must(make_bundle(force_->ledger(), a_->id(), std::nullopt, dir_ / "down"));
  must(take_bundle(a_->ledger(), dir_ / "down", KnownParent{force_->id(), force_->ledger().identity().incarnation, {}}));
  expect_same(*a_, *force_);
  EXPECT_EQ(force_->text_of(before), "viet truoc khi biet");
  EXPECT_EQ(a_->text_of(after), "") << "and nothing new comes to it";
}

TEST_F(SessionTest, WhatAFormerSuperiorGaveIsNotHandedToTheNewOne) {
  auto& child = post();
  const auto directive = a_->note("chi cho cap duoi cua a", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {unit_a_}});
  expect_same(child, *a_);
  ASSERT_EQ(child.text_of(directive), "chi cho cap duoi cua a");
  const auto own = child.note("cua don", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {unit_a1_}});
  sync_until_quiet(*a_, *force_);
  auto& b = *make("b");
  b.join(*force_, dir_ / "catalog", unit_b_);
  simulation::move_under(*force_, unit_a1_, unit_b_);
  sync_until_quiet(b, *force_);
  for (int i = 0; i < 2; ++i) sync_until_quiet(child, b);
  EXPECT_EQ(b.text_of(directive), "");
  EXPECT_EQ(b.text_of(own), "cua don");
  EXPECT_EQ(child.text_of(directive), "chi cho cap duoi cua a") << "it keeps what it had";
}

TEST_F(SessionTest, AStrangerAndNoiseGetNothing) {
  const auto stranger = system_rng().make<NodeId>();
  EXPECT_EQ(answer(force_->ledger(), stranger, "xx").error().code, ErrorCode::kDenied);
  EXPECT_EQ(answer(force_->ledger(), a_->id(), std::string(500, 'x')).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(answer(force_->ledger(), a_->id(), std::string(600'000, 'x')).error().code, ErrorCode::kLimit);
}

TEST_F(SessionTest, AMessageThatMustBeUnderstoodEndsTheReading) {
  const auto session = must(Session::start(a_->ledger(), force_->id()));
  FrameReader reader;
  reader.feed(must(session->request()));
  const auto first = reader.next();
  ASSERT_TRUE(first);
  for (const std::uint64_t kind : {std::uint64_t{1001}, std::uint64_t{1002}}) {
    FrameWriter writer;
    auto messages = *first;
    messages.push_back({kind, "later"});
    messages.push_back({kAsk, {}});
    ASSERT_TRUE(writer.add(messages));
    EXPECT_TRUE(answer(force_->ledger(), a_->id(), writer.take())) << "it is answered";
  }
}

TEST_F(SessionTest, TwoWhoAmendTheSameFieldGetTheSameConflict) {
  sync_until_quiet(*a_, *force_);
  const auto record = a_->note("dau");
  expect_same(*a_, *force_);
  const auto amend = [&](Node& node, const std::string& text) {
    const auto done = node.ledger().amend(node.ledger().console(), {record, {}, Json(JsonObject{{"text", Json(text)}}), {}});
    ASSERT_TRUE(done) << done.error().error.english();
  };
  amend(*a_, "cua a");
  amend(*force_, "cua luc luong");
  expect_same(*a_, *force_);
  const auto below = must(a_->ledger().read(a_->ledger().console(), record)),
             above = must(force_->ledger().read(force_->ledger().console(), record));
  EXPECT_EQ(below.base_part().conflicts, std::vector<std::string>{"text"});
  EXPECT_EQ(above.base_part().conflicts, std::vector<std::string>{"text"});
  EXPECT_EQ(below.values, above.values);
}

// Raised above, and amended below by somebody who did not know.
TEST_F(SessionTest, AChildWithALowerCeilingIsToldThatARecordWasWithdrawnAndNothingElse) {
  records::test::allow_restricted(force_->ledger());
  sync_until_quiet(*a_, *force_);
  const auto record = a_->note("lộ đường đi"), untouched = a_->note("khác");
  expect_same(*a_, *force_);
  const auto holders = must(copy_holders(force_->ledger(), {{1, journal::Audience::own(unit_a_)}}, {2, journal::Audience::own(unit_a_)}));
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(holders.front().node, a_->id());
  EXPECT_FALSE(holders.front().keeps);

  const auto raised = records::raise(force_->ledger(), force_->ledger().console(), {record, catalog::Handling::kRestricted, "lộ"});
  ASSERT_TRUE(raised) << raised.error().error.english();
  const auto blind = a_->ledger().amend(a_->ledger().console(), {record, {}, Json(JsonObject{{"text", Json("viết dưới")}}), {}});
  ASSERT_TRUE(blind) << blind.error().error.english();
  expect_same(*a_, *force_);
  const auto below = must(a_->ledger().read(a_->ledger().console(), record));
  EXPECT_TRUE(records::withdrawn(below));
  EXPECT_EQ(below.values, Json(JsonObject{}));
  EXPECT_EQ(a_->text_of(untouched), "khác");
  EXPECT_EQ(a_->count("SELECT count(*) FROM journal_stream WHERE part LIKE '%/restricted'"), 0) << "nothing of the higher part";
  EXPECT_FALSE(a_->ledger().amend(a_->ledger().console(), {record, {}, Json(JsonObject{{"text", Json("x")}}), {}}));

  const auto above = must(force_->ledger().read(force_->ledger().console(), record));
  EXPECT_EQ(above.base_part().conflicts, std::vector<std::string>{"text"}) << "both are seen by whoever may see both";
  const auto entries = a_->count("SELECT count(*) FROM journal_entry");
  const auto decided = force_->ledger().amend(force_->ledger().console(), {record, {}, Json(JsonObject{{"text", Json("kín")}}), {"text"}});
  ASSERT_TRUE(decided) << decided.error().error.english();
  EXPECT_EQ(force_->text_of(record), "kín");
  expect_same(*a_, *force_);
  EXPECT_EQ(a_->count("SELECT count(*) FROM journal_entry"), entries) << "what happens above reaches nobody below";
  for (auto* node : {a_, force_}) {
    EXPECT_TRUE(must(node->ledger().verify()).problems.empty());
    EXPECT_TRUE(must(node->ledger().rebuild(true)).differs.empty());
  }
}

TEST_F(SessionTest, EachSideRemembersHowTheLastContactWent) {
  EXPECT_FALSE(must(contact_with(a_->ledger(), force_->id())));
  a_->clock().now_ms += 60'000;
  expect_same(*a_, *force_);
  EXPECT_FALSE(must(contact_with(force_->ledger(), a_->id()))->same);  // it has not heard yet that its last answer arrived
  expect_same(*a_, *force_);
  const auto below = must(contact_with(a_->ledger(), force_->id())), above = must(contact_with(force_->ledger(), a_->id()));
  ASSERT_TRUE(below && above);
  EXPECT_TRUE(below->whole && below->same && above->same);
  EXPECT_EQ(below->same_at_ms, a_->clock().now_ms);
  EXPECT_EQ(below->to_send, 0);
  EXPECT_EQ(below->clock_ahead_ms, -60'000);
  EXPECT_EQ(above->clock_ahead_ms, 60'000);
  EXPECT_FALSE(above->to_get);  // what a child has not sent is not known

  // The line is down: what was known stays, with the reason beside it.
  a_->clock().now_ms += 60'000;
  must(note_failure(a_->ledger(), force_->id(), Error(ErrorCode::kIo, "no {1} route", {"\xff"})));
  must(note_version(a_->ledger(), force_->id(), "9.9"));
  const auto down = must(contact_with(a_->ledger(), force_->id()));
  EXPECT_TRUE(down->same);
  EXPECT_EQ(down->failed_at_ms, a_->clock().now_ms);
  ASSERT_TRUE(down->failure);
  EXPECT_EQ(down->failure->english(), "no  route");
  EXPECT_EQ(down->failure->message, "no {1} route") << "it is translated where it is read";
  EXPECT_EQ(down->version, "9.9");

  // Cut in the middle: behind since then, and again the same.
  for (int i = 0; i < 40; ++i) force_->note(std::string(900, 'x') + std::to_string(i), std::nullopt, journal::Audience::own(unit_a_));
  const auto session = must(Session::start(a_->ledger(), force_->id(), {.request_bytes = 1, .answer_bytes = 1, .frame_bytes = 1024}));
  must(session->feed(must(answer(force_->ledger(), a_->id(), must(session->request()), {.answer_bytes = 1, .frame_bytes = 1024}))));
  must(session->finish());
  const auto behind = must(contact_with(a_->ledger(), force_->id()));
  EXPECT_TRUE(behind->whole && !behind->same);
  EXPECT_GT(behind->to_get.value_or(0), 0);
  EXPECT_EQ(behind->behind_since_ms, a_->clock().now_ms);
  EXPECT_EQ(behind->failed_at_ms, 0);
  expect_same(*a_, *force_);
  EXPECT_EQ(must(contact_with(a_->ledger(), force_->id()))->behind_since_ms, 0);
  EXPECT_EQ(must(contacts(a_->ledger())).size(), 1u);
}

// Two machines wrote as one node, and the longer branch stands below: what follows it is refused by name and not sent for ever.
TEST_F(SessionTest, WhatFollowsAnotherBranchIsRefusedAndTheTalkEnds) {
  auto& original = post();
  expect_same(original, *a_);
  expect_same(*a_, *force_);
  original.close();
  std::filesystem::copy(original.dir(), dir_ / "copy", std::filesystem::copy_options::recursive);
  original.open();
  Node copy(dir_ / "copy", "a1", 77, "");
  copy.stand_for(original);
  copy.open();
  for (int i = 0; i < 4; ++i) original.note("may that");
  for (int i = 0; i < 2; ++i) copy.note("may sao chep");
  sync_until_quiet(original, *a_);
  sync_until_quiet(copy, *force_);
  Traffic traffic;
  EXPECT_FALSE(sync_until_quiet(*a_, *force_, &traffic).same);
  EXPECT_LT(traffic.exchanges, 30U);
  const auto after = a_->note("di tiep");
  sync_until_quiet(*a_, *force_);
  EXPECT_EQ(force_->text_of(after), "di tiep");
}

// A disk was copied, and both machines write before anybody knows.
TEST_F(SessionTest, BothMachinesHearOfTheForkAndNothingOfTheOneThatGoesOnIsLost) {
  auto& original = post();
  expect_same(original, *a_);
  expect_same(*a_, *force_);
  const auto first = original.note("truoc");
  expect_same(original, *a_);
  original.close();
  std::filesystem::copy(original.dir(), dir_ / "copy", std::filesystem::copy_options::recursive);
  original.open();
  Node copy(dir_ / "copy", "a1", 77, "");
  copy.stand_for(original);
  copy.open();
  const auto second = original.note("may that");
  expect_same(original, *a_);
  copy.note("may sao chep");
  const auto third = original.note("tiep theo");  // nobody knows yet
  EXPECT_FALSE(sync_until_quiet(copy, *a_).same);
  const auto refused =
      copy.write("sim_note", Json(JsonObject{{"text", Json("nua")}}), std::nullopt, journal::Audience::own(original.unit()));
  EXPECT_FALSE(refused);
  a_->clock().now_ms += 3'600'000;
  original.clock().now_ms += 3'600'000;
  EXPECT_FALSE(sync_until_quiet(original, *a_).same);
  EXPECT_FALSE(original.write("sim_note", Json(JsonObject{{"text", Json("nua")}}), std::nullopt, journal::Audience::own(original.unit())));
  const auto complete = [&] {
    std::optional<std::int64_t> out;
    must(a_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(out, complete_to(db, original.id()));
      return {};
    }));
    return out.value_or(0);
  };
  EXPECT_LT(complete(), original.clock().now_ms - 1'000'000) << "what was written last is not there";

  const auto self = original.ledger().identity();
  ASSERT_TRUE(records::cut_off(a_->ledger(), a_->ledger().console(), {self.node, self.incarnation, records::CutReason::kCopied, {}}));
  EXPECT_EQ(a_->text_of(second), "may that") << "what stood here stays";
  std::vector<EntryHash> aside;
  must(a_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto all, journal::entries_aside(db, journal::Aside::kQuarantined, self.node, self.incarnation, 100));
    for (const auto& one : all)
      if (one.header.record == third) aside.push_back(one.hash);
    return {};
  }));
  ASSERT_EQ(aside.size(), 1U) << "it had been kept aside when it came";
  ASSERT_TRUE(records::readmit(a_->ledger(), a_->ledger().console(), aside));
  EXPECT_EQ(a_->text_of(third), "tiep theo");
  sync_until_quiet(*a_, *force_);
  EXPECT_EQ(force_->text_of(third), "tiep theo");
  EXPECT_EQ(force_->text_of(first), "truoc");
}

// Both let a node in before anybody knows: what is laid down upon the one at the superior can never come to the other.
TEST_F(SessionTest, WhoFollowsAnotherBranchOfTheAuthoritySaysThatItIsSetUpAnew) {
  expect_same(*a_, *force_);
  a_->close();
  std::filesystem::copy(a_->dir(), dir_ / "copy", std::filesystem::copy_options::recursive);
  a_->open();
  Node copy(dir_ / "copy", "a", 77, "");
  copy.stand_for(*a_);
  copy.open();
  const auto lost = [](Node& node, const std::optional<NodeId>& parent) { return must(follows_another_branch(node.ledger(), parent)); };
  make("a1")->join(*a_, dir_ / "catalog", unit_a1_);
  make("a1")->join(copy, dir_ / "catalog", unit_a1_);
  EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
  simulation::enter_unit(*force_, "c", force_->unit());  // stands on it
  EXPECT_FALSE(lost(copy, force_->id()));
  EXPECT_FALSE(sync_until_quiet(copy, *force_).same);
  EXPECT_TRUE(lost(copy, force_->id()));
  EXPECT_TRUE(lost(copy, std::nullopt));
  sync_until_quiet(*a_, *force_);
  EXPECT_FALSE(lost(*a_, force_->id()));
  EXPECT_FALSE(lost(*force_, std::nullopt));
}

// The branches part in the middle of what the copy hands in: what it sends cannot be read upon the other branch, which it is shown.
TEST_F(SessionTest, WhoHandsInTheMiddleOfAnotherBranchIsShownTheOne) {
  expect_same(*a_, *force_);
  a_->close();
  std::filesystem::copy(a_->dir(), dir_ / "copy", std::filesystem::copy_options::recursive);
  a_->open();
  Node copy(dir_ / "copy", "a", 77, "");
  copy.stand_for(*a_);
  copy.open();
  make("a1")->join(*a_, dir_ / "catalog", unit_a1_);
  EXPECT_TRUE(sync_until_quiet(*a_, *force_).same);
  // It had been told by the force what that holds, from the other machine.
  make("a1")->join(copy, dir_ / "catalog", unit_a1_);
  make("a1")->join(copy, dir_ / "catalog", unit_a1_);
  must(copy.ledger().exchange([&](records::Intake& intake) -> Status {
    NC_ASSIGN(const auto streams, journal::held_streams(intake.db()));
    for (const auto& one : streams)
      if (one.key.node == copy.id() && one.key.lane == journal::Lane::kAuthority)
        NC_TRY(raise_held_there(intake.db(), force_->id(), one.name, one.seq - 1));
    return {};
  }));
  EXPECT_FALSE(sync_until_quiet(copy, *force_).same);
  EXPECT_FALSE(copy.write("sim_note", Json(JsonObject{{"text", Json("nua")}}), std::nullopt, journal::Audience::own(copy.unit())));
  simulation::enter_unit(*force_, "c", force_->unit());
  sync_until_quiet(copy, *force_);
  EXPECT_TRUE(must(follows_another_branch(copy.ledger(), force_->id())));
}

// Nobody but its own key can close a node.
TEST_F(SessionTest, AProofOfAForkThatProvesNothingChangesNothing) {
  expect_same(*a_, *force_);
  const auto record = a_->note("mot");
  const auto self = a_->ledger().identity();
  const auto key = must(crypto::read_key_file(records::DataDir{a_->dir()}.key()));
  SeededRng rng(3);
  const auto other = crypto::SigningKey::generate(rng);
  journal::SealedHead proof;
  must(a_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto streams, journal::held_streams(db));
    for (const auto& one : streams)
      if (one.key.node == self.node && one.key.lane == journal::Lane::kOrdinary) proof = {one.key, one.seq, one.head, {}};
    return {};
  }));
  const auto taken = [&](const journal::SealedHead& one) {
    bool out = false;
    must(a_->ledger().exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(out, intake.take_fork_of_own(one));
      return {};
    }));
    return out;
  };
  const auto sealed = [&](journal::SealedHead one, const crypto::SigningKey& by) {
    one.seal = by.sign(journal::seal_message(one.stream, one.seq, one.head));
    return one;
  };
  EXPECT_FALSE(taken(sealed(proof, key))) << "its own head";
  auto forged = proof;
  forged.head.bytes[0] ^= 1;
  EXPECT_FALSE(taken(sealed(forged, other))) << "another's seal";
  auto elsewhere = forged;
  elsewhere.stream.node = force_->id();
  EXPECT_FALSE(taken(sealed(elsewhere, key))) << "of another node";
  auto former = forged;
  former.stream.incarnation.bytes[0] ^= 1;
  EXPECT_FALSE(taken(sealed(former, key))) << "of an incarnation that never was";
  a_->note("hai");
  EXPECT_TRUE(taken(sealed(forged, key)));
  EXPECT_FALSE(a_->write("sim_note", Json(JsonObject{{"text", Json("ba")}}), std::nullopt, journal::Audience::own(a_->unit())));
  EXPECT_EQ(a_->text_of(record), "mot");
}

}  // namespace
}  // namespace nc::sync
