// What a node knows of the others: the same, behind since when, complete to when, cut off, copied.
#include "channels/sync/node_states.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "channels/sync/below.h"
#include "channels/sync/tree_for_test.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/cutting_off.h"

namespace nc::sync {
namespace {

using simulation::enter_unit;
using simulation::must;
using simulation::Node;
using simulation::sync_until_quiet;

constexpr std::int64_t kHour = 3'600'000;

class NodeStatesTest : public testing::Test, protected simulation::Tree {
 protected:
  NodeStatesTest() : Tree(NC_SOURCE_DIR) {
    force_ = &found("f");
    province_ = &join(*force_, "p", enter_unit(*force_, "p", force_->unit()));
    meet(*province_, *force_);
    const auto unit = enter_unit(*force_, "a", province_->unit());
    meet(*province_, *force_);  // it knows the unit
    post_ = &join(*province_, "a", unit);
    meet(*province_, *force_);
    meet(*post_, *province_);
    meet(*province_, *force_);
  }
  // Twice: what the first one brought down the parent knows to have arrived by the second.
  static void meet(Node& child, Node& parent) {
    sync_until_quiet(child, parent);
    sync_until_quiet(child, parent);
  }
  void later(std::int64_t ms) {
    for (auto* node : {force_, province_, post_}) node->clock().now_ms += ms;
  }
  static NodeState of(Node& at, Node& whom) {
    for (auto& one : must(node_states(at.ledger(), std::nullopt)))
      if (one.node == whom.id()) return one;
    throw std::runtime_error("no such node");
  }
  static RecordId note(Node& node, const std::string& text) { return node.note(text, std::nullopt, journal::Audience::own(node.unit())); }
  static std::string text_at(Node& node, const RecordId& record) { return node.text_of(record); }

  Node *force_ = nullptr, *province_ = nullptr, *post_ = nullptr;
};

TEST_F(NodeStatesTest, EachSeesParentChildrenAndWhoIsBelowThem) {
  EXPECT_EQ(of(*post_, *province_).relation, Relation::kParent);
  EXPECT_EQ(of(*province_, *force_).relation, Relation::kParent);
  EXPECT_EQ(of(*province_, *post_).relation, Relation::kChild);
  EXPECT_EQ(of(*force_, *province_).relation, Relation::kChild);
  EXPECT_EQ(of(*force_, *post_).relation, Relation::kBelow);
  EXPECT_EQ(of(*force_, *post_).by, province_->id());
  EXPECT_EQ(must(node_states(post_->ledger(), std::nullopt)).size(), 1U) << "a post sees its parent alone";
}

TEST_F(NodeStatesTest, SameUntilSomethingNewIsForTheOther) {
  EXPECT_TRUE(of(*province_, *post_).same);
  EXPECT_TRUE(of(*post_, *province_).same);
  later(kHour);
  note(*post_, "mot");
  const auto up = of(*post_, *province_);
  EXPECT_FALSE(up.same);
  EXPECT_EQ(up.behind, 1);
  EXPECT_EQ(up.behind_since_ms, post_->clock().now_ms);
  later(kHour);
  meet(*post_, *province_);
  EXPECT_TRUE(of(*post_, *province_).same);
  EXPECT_TRUE(of(*province_, *post_).same);
  later(kHour);
  // What is the province's own is not for the post: it stays the same.
  note(*province_, "rieng");
  EXPECT_TRUE(of(*province_, *post_).same);
  EXPECT_EQ(of(*province_, *force_).behind, 2) << "the post's note and its own";
  // A unit's order downward is.
  province_->note("lenh", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {province_->unit()}});
  const auto down = of(*province_, *post_);
  EXPECT_FALSE(down.same);
  EXPECT_EQ(down.behind, 1);
  EXPECT_EQ(down.behind_since_ms, province_->clock().now_ms);
}

TEST_F(NodeStatesTest, CompleteToTheHourAtWhichAllOfItCame) {
  const auto first = post_->clock().now_ms;
  EXPECT_EQ(of(*province_, *post_).complete_to_ms, first);
  later(24 * kHour);
  note(*post_, "mot");
  EXPECT_EQ(of(*province_, *post_).complete_to_ms, first) << "nothing was heard since";
  // A first request that cannot carry all of it says nothing.
  const auto session = must(Session::start(post_->ledger(), province_->id(), {.request_bytes = 1, .frame_bytes = 1024}));
  for (int i = 0; i < 30; ++i) note(*post_, post_->rng().make<Digest>().hex() + post_->rng().make<Digest>().hex());
  must(answer(province_->ledger(), post_->id(), must(session->request())));
  EXPECT_EQ(of(*province_, *post_).complete_to_ms, first);
  meet(*post_, *province_);
  EXPECT_EQ(of(*province_, *post_).complete_to_ms, post_->clock().now_ms);
  const auto all = must(completeness(province_->ledger()));
  EXPECT_EQ(all.nodes, 1);
  EXPECT_EQ(all.heard, 1);
  EXPECT_EQ(all.complete_to_ms, post_->clock().now_ms);
}

// The force hears of the post by way of the province; of a node that is not below the province it believes nothing of the kind.
TEST_F(NodeStatesTest, AChildTellsUpToWhenAllOfThoseBelowItIsThere) {
  later(24 * kHour);
  note(*post_, "mot");
  meet(*post_, *province_);
  const auto heard = post_->clock().now_ms;
  later(2 * kHour);
  meet(*province_, *force_);
  EXPECT_EQ(of(*force_, *post_).complete_to_ms, heard);
  const auto all = must(completeness(force_->ledger()));
  EXPECT_EQ(all.nodes, 2);
  EXPECT_EQ(all.heard, 2);
  EXPECT_EQ(all.complete_to_ms, heard);
  // Within the hour it is not said again, so that nothing new stays small.
  meet(*post_, *province_);
  simulation::Traffic traffic;
  sync_until_quiet(*province_, *force_);
  later(kHour / 4);
  sync_until_quiet(*post_, *province_);
  sync_until_quiet(*province_, *force_, &traffic);
  EXPECT_LE(traffic.up + traffic.down, 60U);

  auto* other = &join(*force_, "q", enter_unit(*force_, "q", force_->unit()));
  meet(*other, *force_);
  const auto before = of(*force_, *other).complete_to_ms;
  // A province that speaks of its neighbour, of its superior, and of somebody whom nobody knows; and the neighbour of the post.
  const std::int64_t far = force_->clock().now_ms - 1;
  const auto lie = [&](Node& liar, const NodeId& about) {
    must(liar.ledger().exchange([&](records::Intake& intake) -> Status {
      NC_TRY(intake.db().run("DELETE FROM sync_complete_told"));
      return intake.db().run("INSERT OR REPLACE INTO sync_complete(node, ms) VALUES(?1, ?2)", about, far);
    }));
    later(1);
    meet(liar, *force_);
  };
  later(5 * kHour);
  lie(*province_, other->id());
  lie(*province_, force_->id());
  lie(*province_, other->rng().make<NodeId>());
  lie(*other, post_->id());
  EXPECT_EQ(of(*force_, *post_).complete_to_ms, of(*province_, *post_).complete_to_ms) << "what its superior knows, and no lie";
  EXPECT_LE(of(*force_, *other).complete_to_ms.value_or(0), other->clock().now_ms);
  EXPECT_NE(of(*force_, *other).complete_to_ms, far);
  EXPECT_GE(of(*force_, *other).complete_to_ms, before);
  EXPECT_EQ(force_->count("SELECT count(*) FROM sync_complete"), 3);
}

// The whole subtree: how a post stands its province tells the force, hour by hour, and nobody else can.
TEST_F(NodeStatesTest, AChildTellsHowThoseBelowItStand) {
  later(2 * kHour);
  post_->clock().now_ms -= 60'000;
  meet(*post_, *province_);
  must(note_version(province_->ledger(), post_->id(), "9.1"));
  const auto met = province_->clock().now_ms;
  later(kHour / 2);
  province_->note("lenh", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {province_->unit()}});
  const auto since = province_->clock().now_ms;
  later(2 * kHour);
  meet(*province_, *force_);
  auto seen = of(*force_, *post_);
  EXPECT_TRUE(seen.seen_by_superior);
  EXPECT_FALSE(seen.same || seen.same_then);
  EXPECT_EQ(seen.behind, 1);
  EXPECT_EQ(seen.behind_since_ms, since);
  ASSERT_NE(seen.last_contact(), nullptr);
  EXPECT_EQ(seen.last_contact()->at_ms, met);
  EXPECT_EQ(seen.last_contact()->way, Way::kLink);
  EXPECT_EQ(seen.clock_ahead_ms(), -60'000);
  EXPECT_EQ(seen.version(), "9.1");
  // Within the hour nothing is said, then again.
  meet(*post_, *province_);
  later(kHour / 2);
  meet(*province_, *force_);
  EXPECT_EQ(of(*force_, *post_).behind, 1);
  later(kHour);
  meet(*province_, *force_);
  seen = of(*force_, *post_);
  EXPECT_EQ(seen.behind, 0);
  EXPECT_TRUE(seen.same_then);
  EXPECT_FALSE(seen.same) << "that is for who compares it himself";
  // An old stick changes nothing, a new one does.
  const KnownParent parent{force_->id(), force_->ledger().identity().incarnation, {}};
  must(make_bundle(province_->ledger(), force_->id(), parent, dir() / "old"));
  later(3 * kHour);
  meet(*post_, *province_);
  must(make_bundle(province_->ledger(), force_->id(), parent, dir() / "new"));
  must(take_bundle(force_->ledger(), dir() / "new", std::nullopt));
  const auto newest = of(*force_, *post_).last_contact()->at_ms;
  EXPECT_EQ(newest, province_->clock().now_ms);
  must(take_bundle(force_->ledger(), dir() / "old", std::nullopt));
  EXPECT_EQ(of(*force_, *post_).last_contact()->at_ms, newest);
}

TEST_F(NodeStatesTest, OfNodesThatAreNotBelowItAChildIsNotBelieved) {
  auto* other = &join(*force_, "q", enter_unit(*force_, "q", force_->unit()));
  meet(*other, *force_);
  later(kHour);
  Below lie;
  lie.version = "lie";
  const auto say = [&](Node& liar, const NodeId& about) {
    lie.node = about;
    must(force_->ledger().exchange([&](records::Intake& intake) -> Status {
      const auto world = force_->ledger().world();
      NC_ASSIGN(const auto child, peer_of(intake.db(), *world, liar.id()));
      return take_below(intake.db(), *world, force_->id(), child, {lie}, force_->clock().now_ms);
    }));
  };
  for (const auto& about : {other->id(), force_->id(), province_->id(), other->rng().make<NodeId>()}) say(*province_, about);
  say(*other, post_->id());
  EXPECT_EQ(force_->count("SELECT count(*) FROM sync_below WHERE instr(said, CAST('lie' AS BLOB)) > 0"), 0);
  say(*province_, post_->id());
  EXPECT_EQ(of(*force_, *post_).version(), "lie") << "its own superior is believed";
}

// Until its line has another end a moved post hands in by way of its former superior: nothing waits unseen, and all three say so.
TEST_F(NodeStatesTest, AUnitMovesUnderAnotherSuperior) {
  auto* other = &join(*force_, "q", enter_unit(*force_, "q", force_->unit()));
  meet(*other, *force_);
  simulation::move_under(*force_, post_->unit(), other->unit());
  for (int i = 0; i < 2; ++i) {
    meet(*other, *force_);
    meet(*province_, *force_);
    meet(*post_, *province_);
  }
  EXPECT_TRUE(of(*post_, *province_).moved);
  EXPECT_TRUE(of(*province_, *post_).moved);
  EXPECT_TRUE(of(*other, *post_).unlinked);
  EXPECT_EQ(must(completeness(province_->ledger())).nodes, 0);
  EXPECT_EQ(must(completeness(other->ledger())).nodes, 1);
  const auto after = note(*post_, "sau khi chuyen");
  meet(*post_, *province_);
  meet(*province_, *force_);
  meet(*other, *force_);
  EXPECT_EQ(text_at(*force_, after), "sau khi chuyen");
  EXPECT_EQ(text_at(*other, after), "sau khi chuyen");
  meet(*post_, *other);
  const auto child = of(*other, *post_);
  EXPECT_EQ(child.relation, Relation::kChild);
  EXPECT_FALSE(child.unlinked);
  EXPECT_TRUE(child.same);
  EXPECT_TRUE(child.complete_to_ms);
}

TEST_F(NodeStatesTest, CompleteByStickToo) {
  later(24 * kHour);
  note(*post_, "mot");
  must(make_bundle(post_->ledger(), province_->id(), std::nullopt, dir() / "stick"));
  const auto made = post_->clock().now_ms;
  later(3 * 24 * kHour);
  must(take_bundle(province_->ledger(), dir() / "stick", std::nullopt));
  EXPECT_EQ(of(*province_, *post_).complete_to_ms, made);
  EXPECT_EQ(of(*province_, *post_).last_contact()->way, Way::kBundleIn);
}

// Stolen: what it wrote up to that day stays, the rest is set aside everywhere, and nobody talks to it any more.
TEST_F(NodeStatesTest, AStolenNodeIsCutOffAndSingleEntriesAreReadmitted) {
  const auto before = note(*post_, "truoc");
  meet(*post_, *province_);
  later(24 * kHour);
  const auto theft = post_->clock().now_ms;
  later(kHour);
  const auto good = note(*post_, "that"), bad = note(*post_, "gia");
  meet(*post_, *province_);
  meet(*province_, *force_);
  EXPECT_EQ(text_at(*force_, bad), "gia");
  records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kStolen, theft};
  const auto done = records::cut_off(province_->ledger(), province_->ledger().console(), cut);
  ASSERT_TRUE(done) << done.error().error.english();
  EXPECT_EQ(text_at(*province_, before), "truoc");
  EXPECT_EQ(text_at(*province_, bad), "");
  EXPECT_TRUE(of(*province_, *post_).ended);
  EXPECT_EQ(of(*province_, *post_).cut_aside, 2);
  // The thief goes on: he is not talked to, and what he writes into streams that nobody has seen yet counts for nothing either.
  post_->note("kin", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {post_->unit()}});
  const auto session = must(Session::start(post_->ledger(), province_->id()));
  EXPECT_EQ(answer(province_->ledger(), post_->id(), must(session->request())).error().code, ErrorCode::kDenied);
  EXPECT_FALSE(make_bundle(province_->ledger(), post_->id(), std::nullopt, dir() / "to-thief"));
  // Above it is the same.
  meet(*province_, *force_);
  EXPECT_EQ(text_at(*force_, bad), "");
  EXPECT_EQ(text_at(*force_, before), "truoc");
  // One entry is found to be right.
  std::optional<EntryHash> hash;
  must(province_->ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto aside, journal::entries_aside(db, journal::Aside::kQuarantined, 10));
    for (const auto& one : aside)
      if (one.header.record == good) hash = one.hash;
    // What others have beyond their cuts hides none of it.
    NC_ASSIGN(const auto its, journal::entries_aside(db, journal::Aside::kQuarantined, cut.node, cut.incarnation, 1));
    EXPECT_EQ(its.size(), 1U);
    NC_ASSIGN(const auto others, journal::entries_aside(db, journal::Aside::kQuarantined, province_->id(), cut.incarnation, 10));
    EXPECT_TRUE(others.empty());
    NC_ASSIGN(const auto single, journal::entry_aside(db, journal::Aside::kQuarantined, hash.value_or(EntryHash{})));
    EXPECT_TRUE(single && single->header.record == good);
    NC_ASSIGN(const auto waiting, journal::entry_aside(db, journal::Aside::kParked, hash.value_or(EntryHash{})));
    EXPECT_FALSE(waiting);
    return {};
  }));
  ASSERT_TRUE(hash);
  const auto back = records::readmit(province_->ledger(), province_->ledger().console(), {*hash});
  ASSERT_TRUE(back) << back.error().error.english();
  EXPECT_EQ(text_at(*province_, good), "that");
  EXPECT_EQ(text_at(*province_, bad), "");
  meet(*province_, *force_);
  EXPECT_EQ(text_at(*force_, good), "that");
  EXPECT_TRUE(must(province_->ledger().verify()).problems.empty());
  EXPECT_EQ(nc::join(must(province_->ledger().rebuild(true)).differs, "; "), "");
  EXPECT_EQ(nc::join(must(force_->ledger().rebuild(true)).differs, "; "), "");
}

// What the thief hands in by way of somebody else counts for nothing, whatever stream it stands in.
TEST_F(NodeStatesTest, AStreamThatNobodyHadSeenIsCutToo) {
  records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kLost, std::nullopt};
  note(*post_, "da co");
  meet(*post_, *province_);
  const auto late = post_->note("muon", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {post_->unit()}});
  must(make_bundle(post_->ledger(), province_->id(), std::nullopt, dir() / "stick"));
  ASSERT_TRUE(records::cut_off(province_->ledger(), province_->ledger().console(), cut));
  must(take_bundle(province_->ledger(), dir() / "stick", std::nullopt));
  EXPECT_EQ(text_at(*province_, late), "");
  EXPECT_EQ(of(*province_, *post_).cut_aside, 1);
}

// A thief who sets the clock back writes days that are good. What came here in time is beyond doubt.
TEST_F(NodeStatesTest, AThiefWhoSetsTheClockBackDoesNotKeepWhatHeWrote) {
  const auto good = note(*post_, "that");
  later(kHour);
  meet(*post_, *province_);
  const auto theft = province_->clock().now_ms + kHour;
  const auto late = note(*post_, "that, den muon");
  later(24 * kHour);
  post_->clock().now_ms -= 23 * kHour + kHour / 2;
  ASSERT_LT(post_->clock().now_ms, theft);
  const auto bad = note(*post_, "gia");
  must(make_bundle(post_->ledger(), province_->id(), std::nullopt, dir() / "from-thief"));
  must(take_bundle(province_->ledger(), dir() / "from-thief", std::nullopt));
  ASSERT_EQ(text_at(*province_, bad), "gia");
  records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kStolen, theft};
  ASSERT_TRUE(records::cut_off(province_->ledger(), province_->ledger().console(), cut));
  EXPECT_EQ(text_at(*province_, good), "that");
  EXPECT_EQ(text_at(*province_, bad), "");
  EXPECT_EQ(text_at(*province_, late), "") << "nobody can tell it from what the thief wrote: it is readmitted by name";
  EXPECT_EQ(of(*province_, *post_).cut_aside, 2);
}

TEST_F(NodeStatesTest, TheClockOfALostMachineMayBeBelieved) {
  const auto late = note(*post_, "that, den muon");
  const auto lost = post_->clock().now_ms + kHour;
  later(24 * kHour);
  meet(*post_, *province_);
  records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kLost, lost, true};
  ASSERT_TRUE(records::cut_off(province_->ledger(), province_->ledger().console(), cut));
  EXPECT_EQ(text_at(*province_, late), "that, den muon");
}

// First without a day; then it is learnt that it was stolen long before.
TEST_F(NodeStatesTest, ASecondCutMayLeaveLess) {
  const auto good = note(*post_, "tot");
  meet(*post_, *province_);
  post_->clock().now_ms += 3'600'000;
  const auto theft = post_->clock().now_ms;
  post_->clock().now_ms += 3'600'000;
  const auto bad = note(*post_, "xau");
  const auto other = post_->note("xau, chuoi khac", std::nullopt, journal::Audience{journal::Audience::Kind::kBelow, {post_->unit()}});
  meet(*post_, *province_);
  province_->clock().now_ms = post_->clock().now_ms;
  records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt};
  const auto today = province_->ledger().today();
  EXPECT_FALSE(records::end_of_good_day(province_->ledger(), today + 1)) << "a slip of the pen";
  EXPECT_GT(must(records::end_of_good_day(province_->ledger(), today)), province_->ledger().now_ms());
  ASSERT_TRUE(records::cut_off(province_->ledger(), province_->ledger().console(), cut));
  EXPECT_EQ(text_at(*province_, bad), "xau");
  cut.good_until_ms = theft;
  const auto less = records::cut_off(province_->ledger(), province_->ledger().console(), cut);
  ASSERT_TRUE(less) << less.error().error.english();
  EXPECT_EQ(text_at(*province_, good), "tot");
  EXPECT_EQ(text_at(*province_, bad), "");
  EXPECT_EQ(text_at(*province_, other), "") << "of a stream of which nothing is good";
}

TEST_F(NodeStatesTest, NobodyCutsOffWhoStandsAboveHimOrWithoutTheRight) {
  const records::CutOff above{province_->id(), province_->ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt};
  EXPECT_FALSE(records::cut_off(post_->ledger(), post_->ledger().console(), above));
  EXPECT_FALSE(of(*post_, *province_).ended);
  const records::CutOff below{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt};
  EXPECT_FALSE(records::cut_off(province_->ledger(), access::Subject(), below));
  EXPECT_FALSE(of(*province_, *post_).ended);
}

// The row of the trail comes first: what cannot be written down is not done, and what is not done after it says so.
TEST_F(NodeStatesTest, CuttingOffIsWrittenDownBeforeItIsDone) {
  const auto rows = [&] {
    access::AuditQuery query;
    query.action = access::audited::kKey;
    return must(province_->ledger().audit().list(query)).rows;
  };
  const auto before = rows().size();
  const records::CutOff cut{post_->id(), post_->ledger().identity().incarnation, records::CutReason::kStolen, std::nullopt};
  records::CutOff unknown = cut;
  unknown.node = post_->rng().make<NodeId>();
  EXPECT_FALSE(records::cut_off(province_->ledger(), province_->ledger().console(), unknown));
  EXPECT_EQ(rows().size(), before) << "nothing was about to be done";
  const auto trail = province_->ledger().dir() / "audit.db";
  const auto aside = trail.string() + ".aside";
  std::filesystem::rename(trail, aside);
  std::filesystem::create_directory(trail);  // nothing can be written there
  const auto refused = records::cut_off(province_->ledger(), province_->ledger().console(), cut);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, ErrorCode::kBusy) << refused.error().error.english();
  EXPECT_FALSE(of(*province_, *post_).ended);
  std::filesystem::remove(trail);
  std::filesystem::rename(aside, trail);
  ASSERT_TRUE(records::cut_off(province_->ledger(), province_->ledger().console(), cut));
  EXPECT_TRUE(of(*province_, *post_).ended);
  ASSERT_EQ(rows().size(), before + 1);
  EXPECT_EQ(rows().front().outcome, access::AuditOutcome::kDone);
}

// A disk was copied and both machines write: the first branch stays, and the page names the incarnation.
TEST_F(NodeStatesTest, TwoMachinesWithOneIncarnationAreNamed) {
  post_->close();
  std::filesystem::copy(dir() / "a", dir() / "a-copy", std::filesystem::copy_options::recursive);
  post_->open();
  Node copy(dir() / "a-copy", "a", 77, "");
  copy.open();
  copy.clock().now_ms = post_->clock().now_ms;
  const auto one = post_->note("may that", std::nullopt, journal::Audience::own(post_->unit()));
  const auto two = copy.note("may sao chep", std::nullopt, journal::Audience::own(post_->unit()));
  meet(*post_, *province_);
  EXPECT_FALSE(of(*province_, *post_).forked);
  const auto session = must(Session::start(copy.ledger(), province_->id()));
  for (int i = 0; i < 4; ++i) {
    must(session->feed(must(answer(province_->ledger(), copy.id(), must(session->request())))));
    if (!must(session->finish()).go_on) break;
  }
  EXPECT_TRUE(of(*province_, *post_).forked);
  EXPECT_EQ(text_at(*province_, one), "may that");
  EXPECT_EQ(text_at(*province_, two), "");
}

}  // namespace
}  // namespace nc::sync
