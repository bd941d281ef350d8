// Standing in for somebody who is away: never wider, never handed on, over when its source is; and separation of
// duties across it. Then the short-handed post.
#include <gtest/gtest.h>

#include "ledger/access/delegation.h"
#include "ledger/access/test_world.h"

namespace nc::access {
namespace {

using orgtree::Line;
using test::id;

// province(1) > post(2), and elsewhere(3).
class DelegationTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto unit = [](std::uint8_t no) {
      orgtree::Unit out;
      out.id = id(no);
      out.code = "u" + std::to_string(no);
      return out;
    };
    tree_ = orgtree::OrgTree::build({unit(1), unit(2), unit(3)}, {{id(2), id(1), Line::kCommand, {}, {}, {}}}, {});
    catalog_ = test::make_catalog({{"officer", {"read", "create", "amend", "submit"}, {}},
                                   {"approver", {"read", "approve"}, {}},
                                   {"granter", {"read", "grant", "administer"}, {}}});
  }
  static void TearDownTestSuite() {
    tree_.reset();
    catalog_.reset();
  }
  static Subject account(std::uint8_t no, const std::string& role = "", std::uint8_t unit = 2) {
    Subject out;
    out.person = id(no);
    out.today = 100;
    out.strength = Strength::kStepUp;
    if (!role.empty()) out.grants = {{role, id(unit), Line::kCommand, "", {}, {}}};
    return out;
  }
  // Of the approver (200) to the officer (201), days 100 to 110.
  static Delegation lent(const std::string& role = "approver") {
    return {id(150), id(200), id(201), {role, id(2), Line::kCommand, "", 100, 110}};
  }
  static std::vector<Grant> held(const Subject& deputy, const std::vector<Delegation>& all, const std::vector<Subject>& accounts) {
    return delegated_grants(
        deputy, all,
        [&](const PersonId& person) {
          const auto at = std::find_if(accounts.begin(), accounts.end(), [&](const auto& one) { return one.person == person; });
          return at == accounts.end() ? nullptr : &*at;
        },
        *tree_, *catalog_);
  }
  static Subject with(Subject deputy, const std::vector<Grant>& more) {
    deputy.grants.insert(deputy.grants.end(), more.begin(), more.end());
    return deputy;
  }
  static Object submitted() {
    Object object;
    object.group = "alpha";
    object.owners = {id(2)};
    object.capability = "approve";
    object.signature_present = true;
    return object;
  }
  static Decision ask(const Subject& who, Action action, const Object& object) { return decide(who, action, object, *tree_, *catalog_); }

  static inline std::shared_ptr<const orgtree::OrgTree> tree_;
  static inline std::shared_ptr<const catalog::Catalog> catalog_;
};

TEST_F(DelegationTest, NoLoanBringsRunningTheNodeAndItsRecordsToOnePerson) {
  const auto approver = account(200, "approver"), granter = account(202, "granter");
  EXPECT_TRUE(held(account(201, "granter"), {lent()}, {approver}).empty());
  auto once = account(201, "granter");
  once.grants[0].until = 99;  // until yesterday
  EXPECT_EQ(held(once, {lent()}, {approver}).size(), 1U);
  EXPECT_TRUE(kept_apart(account(201, "granter"), lent().grant, *catalog_));
  EXPECT_FALSE(kept_apart(once, lent().grant, *catalog_));
  auto running = lent("granter");
  running.from = id(202);
  EXPECT_TRUE(held(account(201, "officer"), {running}, {granter}).empty());
  EXPECT_EQ(held(account(201), {running}, {granter}).size(), 1U) << "who holds nothing himself may";
  const auto both = held(account(201), {running, lent()}, {approver, granter});
  ASSERT_EQ(both.size(), 1U) << "but not both";
  EXPECT_EQ(both[0].role, "approver");
  // Holding both by his own grants is another matter: these were given to him as such.
  auto mixed = account(201, "officer");
  mixed.grants.push_back(account(201, "granter").grants[0]);
  EXPECT_TRUE(held(mixed, {lent()}, {approver}).empty());
}

TEST_F(DelegationTest, TheDeputyMayWhatWasLentAndTheAnswerSaysForWhom) {
  const auto approver = account(200, "approver"), officer = account(201, "officer");
  EXPECT_FALSE(ask(officer, Action::kApprove, submitted()).allow);
  const auto deputy = with(officer, held(officer, {lent()}, {approver}));
  const auto decision = ask(deputy, Action::kApprove, submitted());
  ASSERT_TRUE(decision.allow);
  EXPECT_EQ(decision.acting_for, id(200));
  EXPECT_EQ(decision.delegation, id(150));
  const auto own = ask(deputy, Action::kAmend, submitted());
  EXPECT_TRUE(own.allow);
  EXPECT_FALSE(own.acting_for) << "his own grant is enough";
}

TEST_F(DelegationTest, ItEndsWithItsDaysTheGrantItComesFromAndTheAccountThatGaveIt) {
  auto approver = account(200, "approver"), officer = account(201, "officer");
  const auto count = [&] { return held(officer, {lent()}, {approver}).size(); };
  EXPECT_EQ(count(), 1U);
  officer.today = 110;
  EXPECT_EQ(count(), 1U);
  officer.today = 111;
  EXPECT_EQ(count(), 0U);
  officer.today = 99;
  EXPECT_EQ(count(), 0U);
  officer.today = 105;
  approver.live = false;
  EXPECT_EQ(count(), 0U) << "the account is closed";
  approver.live = true;
  approver.grants[0].until = 104;
  EXPECT_EQ(count(), 0U) << "the grant is over";
  approver.grants[0].until = {};
  approver.grants[0].unit = id(3);
  EXPECT_EQ(count(), 0U) << "the grant was moved elsewhere";
  approver.grants.clear();
  EXPECT_EQ(count(), 0U) << "the grant was taken back";
  EXPECT_TRUE(held(officer, {lent()}, {}).empty()) << "an account that is not known here";
}

TEST_F(DelegationTest, ItIsNoWiderThanTheGrantAndNoHigherThanEitherClearance) {
  auto approver = account(200, "approver"), officer = account(201, "officer");
  auto wider = lent();
  wider.grant.unit = id(1);
  EXPECT_TRUE(held(officer, {wider}, {approver}).empty());
  wider = lent();
  wider.grant.line = Line::kGuidance;
  EXPECT_TRUE(held(officer, {wider}, {approver}).empty());
  EXPECT_TRUE(held(officer, {lent("officer")}, {approver}).empty()) << "a role that the absent one does not hold";
  auto object = submitted();
  object.handling = Handling::kRestricted;
  officer.clearance = Handling::kRestricted;
  const auto deputy = with(account(201), held(officer, {lent()}, {approver}));
  auto cleared = deputy;
  cleared.clearance = Handling::kRestricted;
  EXPECT_FALSE(ask(cleared, Action::kRead, object).may_know) << "the absent one was not cleared for it";
  approver.clearance = Handling::kRestricted;
  const auto lower = with(account(201), held(officer, {lent()}, {approver}));
  EXPECT_FALSE(ask(lower, Action::kRead, object).may_know) << "the deputy is not cleared for it";
}

TEST_F(DelegationTest, ItIsNotHandedOnAndGivesNobodyRights) {
  const auto officer = account(201, "officer");
  auto approver = account(200, "approver");
  // What the approver himself holds for another cannot be lent on.
  approver.grants[0].for_person = id(202);
  EXPECT_TRUE(held(officer, {lent()}, {approver}).empty());
  Object object;
  object.grantee = id(203);
  object.wanted = {{"approver", id(2), Line::kCommand, "", 100, 101}};
  object.signature_present = true;
  EXPECT_FALSE(ask(approver, Action::kDelegate, object).allow);
  const auto granter = account(200, "granter");
  const auto deputy = with(officer, held(officer, {lent("granter")}, {granter}));
  object.wanted = {{"officer", id(2), Line::kCommand, "", {}, {}}};
  EXPECT_TRUE(ask(granter, Action::kGrant, object).allow);
  EXPECT_FALSE(ask(deputy, Action::kGrant, object).allow);
}

TEST_F(DelegationTest, DelegatingTakesOnesOwnGrantDatesASignatureAndAnotherPerson) {
  auto approver = account(200, "approver", 1);
  Object object;
  object.grantee = id(201);
  object.wanted = {{"approver", id(2), Line::kCommand, "", 100, 110}};  // a part of it
  object.signature_present = true;
  EXPECT_TRUE(ask(approver, Action::kDelegate, object).allow);
  const auto refused = [&](auto change) {
    auto changed = object;
    change(changed);
    return !ask(approver, Action::kDelegate, changed).allow;
  };
  EXPECT_TRUE(refused([](Object& o) { o.signature_present = false; }));
  EXPECT_TRUE(refused([](Object& o) { o.grantee = id(200); }));
  EXPECT_TRUE(refused([](Object& o) { o.wanted.clear(); }));
  EXPECT_TRUE(refused([](Object& o) { o.wanted[0].until.reset(); }));
  EXPECT_TRUE(refused([](Object& o) { o.wanted[0].until = 99; }));
  EXPECT_TRUE(refused([](Object& o) { o.wanted[0].role = "officer"; }));
  EXPECT_TRUE(refused([](Object& o) { o.wanted[0].unit = id(3); }));
  approver.grants[0].until = 109;
  EXPECT_TRUE(refused([](Object&) {})) << "longer than the grant";
  approver.grants[0].until.reset();
  for (const auto strength : {Strength::kPin, Strength::kToken, Strength::kFull}) {
    approver.strength = strength;
    EXPECT_TRUE(refused([](Object&) {}));
  }
}

TEST_F(DelegationTest, EitherOfTheTwoEndsItAndWhoGrants) {
  Object object;
  object.group = "alpha";
  object.for_all = true;
  object.delegator = id(200);
  object.grantee = id(201);
  EXPECT_TRUE(ask(account(200, "approver"), Action::kEndDelegation, object).allow);
  EXPECT_TRUE(ask(account(201, "officer"), Action::kEndDelegation, object).allow);
  EXPECT_FALSE(ask(account(203, "officer"), Action::kEndDelegation, object).allow);
}

TEST_F(DelegationTest, SeparationOfDutiesHoldsAcrossIt) {
  const auto approver = account(200, "approver"), officer = account(201, "officer");
  const auto deputy = with(officer, held(officer, {lent()}, {approver}));
  auto object = submitted();
  object.amenders = {id(201)};
  EXPECT_FALSE(ask(deputy, Action::kApprove, object).allow) << "his own change";
  object.amenders = {id(200)};
  EXPECT_FALSE(ask(deputy, Action::kApprove, object).allow) << "a change of the one for whom he acts";
  EXPECT_NE(ask(deputy, Action::kApprove, object).reason.message.find("stand in"), std::string::npos);
  // By a right of his own as well, while he stands in for the author.
  const auto second = account(202, "approver");
  auto stands_in = lent("officer");
  stands_in.from = id(201);
  stands_in.to = id(202);
  object.amenders = {id(201)};
  EXPECT_TRUE(ask(second, Action::kApprove, object).allow);
  EXPECT_FALSE(ask(with(second, held(second, {stands_in}, {officer})), Action::kApprove, object).allow);
}

TEST_F(DelegationTest, TwoAbsentOnesAreNotAddedUp) {
  const auto one = account(200, "approver"), other = account(202, "officer");
  auto second = lent("officer");
  second.from = id(202);
  const auto nobody = account(201);
  const auto deputy = with(nobody, held(nobody, {lent(), second}, {one, other}));
  ASSERT_EQ(deputy.grants.size(), 2U);
  auto object = submitted();
  EXPECT_EQ(ask(deputy, Action::kApprove, object).acting_for, id(200));
  EXPECT_EQ(ask(deputy, Action::kAmend, object).acting_for, id(202));
  object.editable = false;
  object.approved = true;
  EXPECT_EQ(ask(deputy, Action::kVoid, object).acting_for, id(200)) << "of an approved record: the approver's right";
}

TEST_F(DelegationTest, InAShortHandedPostAnAmenderMayAndTheAnswerSaysSo) {
  auto commander = account(200, "approver");
  auto object = submitted();
  object.amenders = {id(200)};
  EXPECT_FALSE(ask(commander, Action::kApprove, object).allow);
  object.alone_allowed = true;
  EXPECT_TRUE(ask(commander, Action::kApprove, object).alone);
  object.amenders = {id(201)};
  EXPECT_TRUE(ask(commander, Action::kApprove, object).allow);
  EXPECT_FALSE(ask(commander, Action::kApprove, object).alone) << "two persons acted";
  object.signature_present = false;
  EXPECT_FALSE(ask(commander, Action::kApprove, object).allow) << "it is signed all the same";
}

TEST_F(DelegationTest, ConfirmingIsForAnotherPersonFromAbove) {
  auto object = submitted();
  object.confirms = true;
  object.by = catalog::Transition::By::kAnother;
  object.entered_by = object.amenders = {id(200)};
  object.superiors = {id(1)};
  EXPECT_FALSE(ask(account(200, "approver", 1), Action::kApprove, object).allow) << "himself";
  EXPECT_FALSE(ask(account(201, "approver", 2), Action::kApprove, object).allow) << "of the same post";
  EXPECT_TRUE(ask(account(201, "approver", 1), Action::kApprove, object).allow);
}

}  // namespace
}  // namespace nc::access
