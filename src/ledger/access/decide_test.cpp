// Each row of the decision table (docs/LEDGER.md section 9) has a test of its name.
#include <gtest/gtest.h>

#include "ledger/access/capability_words.h"
#include "ledger/access/test_world.h"
#include "ledger/catalog/capabilities.h"

namespace nc::access {
namespace {

using orgtree::Line;
using test::id;

// command(1) > board(2) > post(3); board was old_board(4) until day 99; merged(5) came of part(6) and
// other(7) on day 100; elsewhere(8) > far_post(9). On the guidance line post(3) stands under elsewhere(8).
std::shared_ptr<const orgtree::OrgTree> make_tree() {
  const auto unit = [](std::uint8_t no, std::optional<std::int32_t> from = {}, std::optional<std::int32_t> until = {}) {
    orgtree::Unit out;
    out.id = id(no);
    out.code = "u" + std::to_string(no);
    out.from = from;
    out.until = until;
    return out;
  };
  const auto link = [](std::uint8_t below, std::uint8_t above, Line line = Line::kCommand) {
    return orgtree::Link{id(below), id(above), line, {}, {}, {}};
  };
  return orgtree::OrgTree::build(
      {unit(1), unit(2, 100), unit(3), unit(4, {}, 99), unit(5, 100), unit(6, {}, 99), unit(7, {}, 99), unit(8), unit(9)},
      {link(2, 1), link(3, 2), link(5, 1), link(6, 1), link(7, 1), link(9, 8), link(3, 8, Line::kGuidance)},
      {{id(4), id(2), 100, orgtree::Change::kRename, false},
       {id(6), id(5), 100, orgtree::Change::kMerge, false},
       {id(7), id(5), 100, orgtree::Change::kMerge, false}});
}

class Decide : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    tree_ = make_tree();
    catalog_ = test::make_catalog({
        {"reader", {"know", "read"}, {}},
        {"alpha_reader", {"know", "read"}, {"alpha"}},
        {"know_only", {"know"}, {}},
        {"counter", {"read", "count"}, {}},
        {"sensitive_counter", {"read", "count", "count_sensitive"}, {}},
        {"officer", {"read", "create", "amend", "submit", "resolve"}, {}},
        {"custodian", {"read", "read_personal"}, {"alpha"}},
        {"approver", {"read", "approve", "declassify", "raise_handling", "purge", "erase", "release", "export"}, {}},
        {"inspector", {"read", "read_audit"}, {}},
        {"administrator", {"administer", "grant", "read", "amend"}, {}},  // "read" and "amend" must do nothing
        {"granter", {"read", "grant"}, {}},
        {"publisher", {"read", "publish_type"}, {}},
    });
  }
  static void TearDownTestSuite() {
    tree_.reset();
    catalog_.reset();
  }

  static Subject who(const std::string& role, std::uint8_t unit = 1, Line line = Line::kCommand) {
    Subject subject;
    subject.person = id(200);
    subject.grants = {{role, id(unit), line, "", {}, {}}};
    subject.today = 500;
    return subject;
  }
  static Object of(std::uint8_t owner) {
    Object object;
    object.group = "alpha";
    object.owners = {id(owner)};
    return object;
  }
  static Decision ask(const Subject& subject, Action action, const Object& object) {
    return decide(subject, action, object, *tree_, *catalog_);
  }
  static bool may(const Subject& subject, Action action, const Object& object) { return ask(subject, action, object).allow; }
  static void expect_reason(const Decision& decision, std::string_view part) {
    EXPECT_FALSE(decision.allow);
    EXPECT_TRUE(decision.may_know);
    EXPECT_EQ(decision.reason.code, ErrorCode::kDenied);
    EXPECT_NE(decision.reason.message.find(part), std::string::npos) << decision.reason.message;
    EXPECT_FALSE(decision.reason.next.empty());
  }
  static void expect_as_absent(const Decision& decision) {
    EXPECT_FALSE(decision.allow);
    EXPECT_FALSE(decision.may_know);
    EXPECT_EQ(decision.reason.code, ErrorCode::kNotFound);
    EXPECT_TRUE(decision.reason.args.empty());
    EXPECT_EQ(decision.reason.message, "There is no such record");
  }

  static inline std::shared_ptr<const orgtree::OrgTree> tree_;
  static inline std::shared_ptr<const catalog::Catalog> catalog_;
};

TEST(CapabilityWords, EveryCapabilityThatARoleMayListHasThem) {
  for (const auto capability : catalog::kCapabilities) EXPECT_NE(capability_words(capability), capability) << capability;
  EXPECT_FALSE(catalog::is_capability("knwo"));
}

TEST(CapabilityWords, EveryCapabilityOfTheRolesHasThem) {
  const auto catalog = catalog::Catalog::load(NC_SOURCE_DIR "/catalog");
  ASSERT_TRUE(catalog) << catalog.error().english();
  for (const auto& role : (*catalog)->roles())
    for (const auto& capability : role.capabilities) EXPECT_NE(capability_words(capability), capability) << capability;
}

TEST_F(Decide, DefaultIsDeny) {
  for (int action = 0; action <= static_cast<int>(Action::kEndDelegation); ++action) {
    EXPECT_FALSE(may(Subject{}, static_cast<Action>(action), Object{})) << action;
    EXPECT_FALSE(action_name(static_cast<Action>(action)).empty());
    auto unknown_role = who("no such role");
    EXPECT_FALSE(may(unknown_role, static_cast<Action>(action), of(3))) << action;
  }
}

TEST_F(Decide, BaseNeedsClearance) {
  auto object = of(3);
  object.handling = Handling::kRestricted;
  auto reader = who("reader");
  expect_as_absent(ask(reader, Action::kKnow, object));
  reader.clearance = Handling::kRestricted;
  EXPECT_TRUE(may(reader, Action::kKnow, object));
}

TEST_F(Decide, BaseNeedsALiveAccount) {
  auto reader = who("reader");
  EXPECT_TRUE(may(reader, Action::kRead, of(3)));
  reader.live = false;
  expect_as_absent(ask(reader, Action::kRead, of(3)));
}

TEST_F(Decide, BaseNeedsAGrantValidToday) {
  auto reader = who("reader");
  reader.grants[0].from = 501;
  expect_as_absent(ask(reader, Action::kRead, of(3)));
  reader.grants[0].from = 500;
  reader.grants[0].until = 500;
  EXPECT_TRUE(may(reader, Action::kRead, of(3)));
  reader.grants[0].until = 499;
  expect_as_absent(ask(reader, Action::kRead, of(3)));
}

TEST_F(Decide, BaseNeedsTheGroup) {
  auto object = of(3);
  EXPECT_TRUE(may(who("alpha_reader"), Action::kRead, object));
  object.group = "gamma";
  expect_as_absent(ask(who("alpha_reader"), Action::kRead, object));
}

TEST_F(Decide, ScopeIsTheSubtreeAlongTheGrantsLine) {
  EXPECT_TRUE(may(who("reader", 2), Action::kRead, of(3)));
  EXPECT_FALSE(may(who("reader", 3), Action::kRead, of(2)));
  EXPECT_FALSE(may(who("reader", 8), Action::kRead, of(3)));
  EXPECT_TRUE(may(who("reader", 8, Line::kGuidance), Action::kRead, of(3)));
  EXPECT_FALSE(may(who("reader", 2, Line::kGuidance), Action::kRead, of(3)));
  auto joint = of(9);
  joint.owners.push_back(id(3));  // with: several units
  EXPECT_TRUE(may(who("reader", 2), Action::kRead, joint));
}

TEST_F(Decide, ScopeReachesFormerUnitsByLineage) {
  EXPECT_TRUE(may(who("reader", 2), Action::kRead, of(4)));  // the board reads what it wrote under its old name
  EXPECT_TRUE(may(who("reader", 5), Action::kRead, of(6)));  // and the merged one what its parts wrote
  EXPECT_FALSE(may(who("reader", 2), Action::kRead, of(6)));
}

TEST_F(Decide, AGrantOverARenamedUnitGoesOnAndOverAMergedOneIsNotWidened) {
  EXPECT_TRUE(may(who("reader", 4), Action::kRead, of(2)));
  EXPECT_TRUE(may(who("reader", 4), Action::kRead, of(3)));
  EXPECT_TRUE(may(who("reader", 6), Action::kRead, of(6)));  // keeps what it holds
  EXPECT_FALSE(may(who("reader", 6), Action::kRead, of(5)));
  EXPECT_FALSE(may(who("reader", 6), Action::kRead, of(7)));
}

TEST_F(Decide, ScopeByCounterpartChain) {
  auto by_chain = who("reader");
  by_chain.grants = {{"reader", {}, Line::kCommand, "KH-police", {}, {}}};
  auto object = of(9);
  expect_as_absent(ask(by_chain, Action::kRead, object));
  object.chains = {"KH-army", "KH-police"};
  EXPECT_TRUE(may(by_chain, Action::kRead, object));
  by_chain.grants[0].unit = id(2);  // unit and chain: both
  EXPECT_FALSE(may(by_chain, Action::kRead, object));
  object.owners = {id(3)};
  EXPECT_TRUE(may(by_chain, Action::kRead, object));
}

TEST_F(Decide, AGrantWithoutScopeReachesOnlyWhatIsForAll) {
  auto anywhere = who("reader");
  anywhere.grants[0].unit.reset();
  expect_as_absent(ask(anywhere, Action::kRead, of(3)));
  auto for_all = of(9);
  for_all.for_all = true;
  EXPECT_TRUE(may(anywhere, Action::kRead, for_all));
}

TEST_F(Decide, WhatIsForAllIsReadByAllAndChangedByTheFew) {
  Object object;
  object.group = "gamma";
  object.for_all = true;
  EXPECT_TRUE(may(who("alpha_reader", 9), Action::kRead, object));
  EXPECT_FALSE(may(who("custodian", 9), Action::kAmend, object));
  EXPECT_TRUE(may(who("officer", 9), Action::kAmend, object));
  object.owners = {id(3)};
  EXPECT_FALSE(may(who("officer", 9), Action::kAmend, object));  // the owner is named: scope counts again
  object.handling = Handling::kRestricted;
  expect_as_absent(ask(who("reader"), Action::kRead, object));
  EXPECT_FALSE(may(Subject{}, Action::kRead, object));
}

TEST_F(Decide, KnowIsReadingAndNoWeaker) {
  expect_as_absent(ask(who("know_only"), Action::kKnow, of(3)));
  EXPECT_TRUE(may(who("reader"), Action::kKnow, of(3)));
}

TEST_F(Decide, ReadRestrictedNeedsFullStrengthAndAudit) {
  auto object = of(3);
  object.handling = Handling::kRestricted;
  auto reader = who("reader");
  reader.clearance = Handling::kRestricted;
  for (const auto action : {Action::kRead, Action::kReadRestricted}) {
    reader.strength = Strength::kPin;
    expect_reason(ask(reader, action, object), "logging in with the password");
    reader.strength = Strength::kToken;
    expect_reason(ask(reader, action, object), "logging in with the password");
    reader.strength = Strength::kFull;
    EXPECT_TRUE(may(reader, action, object));
    object.audit_written = false;
    expect_reason(ask(reader, action, object), "audit trail");
    object.audit_written = true;
  }
}

TEST_F(Decide, ReadPersonalNeedsCustodyOfThatGroupAndAPurpose) {
  auto object = of(3);
  object.purpose = "visit of the school";
  EXPECT_TRUE(may(who("custodian"), Action::kReadPersonal, object));
  expect_reason(ask(who("reader"), Action::kReadPersonal, object), "custodian");
  object.purpose.clear();
  expect_reason(ask(who("custodian"), Action::kReadPersonal, object), "purpose");
  object.group = "gamma";
  expect_as_absent(ask(who("custodian"), Action::kReadPersonal, object));
}

TEST_F(Decide, CountNeedsKnowledgeAndForSensitiveKindsAGrant) {
  auto object = of(3);
  EXPECT_TRUE(may(who("counter"), Action::kCount, object));
  EXPECT_FALSE(may(who("reader"), Action::kCount, object));
  object.sensitive = true;
  EXPECT_FALSE(may(who("counter"), Action::kCount, object));
  EXPECT_TRUE(may(who("sensitive_counter"), Action::kCount, object));
  EXPECT_TRUE(may(who("reader"), Action::kRead, object));  // reading a sensitive record is another matter
  expect_as_absent(ask(who("counter", 8), Action::kCount, object));
}

TEST_F(Decide, CreateNeedsAGrantAndHandlingBetweenTypeAndClearance) {
  auto object = of(3);
  EXPECT_TRUE(may(who("officer", 2), Action::kCreate, object));
  expect_reason(ask(who("reader", 2), Action::kCreate, object), "grants");
  expect_reason(ask(who("officer", 8), Action::kCreate, object), "grants");
  object.handling = Handling::kRestricted;
  expect_reason(ask(who("officer"), Action::kCreate, object), "grants");
  object.handling = Handling::kOpen;
  object.type_default = Handling::kInternal;
  expect_reason(ask(who("officer"), Action::kCreate, object), "at least");
}

TEST_F(Decide, AmendNeedsAGrantAndAStateThatPermits) {
  auto object = of(3);
  EXPECT_TRUE(may(who("officer"), Action::kAmend, object));
  expect_reason(ask(who("reader"), Action::kAmend, object), "grants");
  expect_as_absent(ask(who("officer", 8), Action::kAmend, object));
  object.editable = false;
  expect_reason(ask(who("officer"), Action::kAmend, object), "state");
}

TEST_F(Decide, AmendNeedsBothInOneScope) {
  auto split = who("reader", 1);
  split.grants.push_back({"officer", id(8), Line::kCommand, "", {}, {}});
  expect_reason(ask(split, Action::kAmend, of(3)), "grants");  // reads here, amends there
  EXPECT_TRUE(may(split, Action::kAmend, of(9)));
}

TEST_F(Decide, VoidIsForWhoMayAmendAndOfAnApprovedRecordForAnApproverWhoSigns) {
  auto object = of(3);
  EXPECT_TRUE(may(who("officer"), Action::kVoid, object)) << "a post takes back its own record";
  expect_reason(ask(who("approver"), Action::kVoid, object), "grants");
  expect_as_absent(ask(who("officer", 8), Action::kVoid, object));
  object.editable = false;
  expect_reason(ask(who("officer"), Action::kVoid, object), "state");
  object.approved = true;
  expect_reason(ask(who("officer"), Action::kVoid, object), "grants");
  expect_reason(ask(who("approver"), Action::kVoid, object), "signature");
  object.signature_present = true;
  EXPECT_TRUE(may(who("approver"), Action::kVoid, object));
  EXPECT_FALSE(may(who("officer"), Action::kVoid, object));
}

TEST_F(Decide, ResolveIsNotForTheSoleAuthorOfAValue) {
  auto object = of(3);
  EXPECT_TRUE(may(who("officer"), Action::kResolve, object));
  expect_reason(ask(who("reader"), Action::kResolve, object), "grants");
  object.sole_author = true;
  expect_reason(ask(who("officer"), Action::kResolve, object), "yours alone");
}

TEST_F(Decide, TransitionNeedsTheCataloguesCapabilityAndSeparation) {
  auto object = of(3);
  expect_reason(ask(who("officer"), Action::kTransition, object), "grants");  // the step names no capability
  object.capability = "submit";
  EXPECT_TRUE(may(who("officer"), Action::kTransition, object));
  expect_reason(ask(who("approver"), Action::kTransition, object), "grants");
  object.amenders = {id(200)};
  EXPECT_TRUE(may(who("officer"), Action::kTransition, object));
  object.separate = true;
  expect_reason(ask(who("officer"), Action::kTransition, object), "another person");
}

TEST_F(Decide, OfWhatWasPurgedNobodyKnowsWhoWroteIt) {
  auto object = of(3);
  object.capability = "submit";
  object.amender_unknown = true;
  EXPECT_TRUE(may(who("officer"), Action::kTransition, object)) << "submitting is for anybody";
  object.separate = true;
  expect_reason(ask(who("officer"), Action::kTransition, object), "purged");
}

TEST_F(Decide, AStepMayBeForWhoTookTheOneBeforeOrForAnybodyButHim) {
  auto object = of(3);
  object.capability = "submit";
  object.entered_by = {id(200)};
  object.by = catalog::Transition::By::kSelf;
  EXPECT_TRUE(may(who("officer"), Action::kTransition, object)) << "withdrawing";
  object.by = catalog::Transition::By::kAnother;
  expect_reason(ask(who("officer"), Action::kTransition, object), "another person");
  object.entered_by = {id(201)};
  EXPECT_TRUE(may(who("officer"), Action::kTransition, object)) << "returning";
  object.by = catalog::Transition::By::kSelf;
  expect_reason(ask(who("officer"), Action::kTransition, object), "who took the step before");
  object.entered_by.clear();  // nobody took it: it was imported in that state
  expect_reason(ask(who("officer"), Action::kTransition, object), "who took the step before");
}

TEST_F(Decide, ABindingTransitionIsAnApproval) {
  auto object = of(3);
  object.capability = "submit";
  object.binding = true;
  auto officer = who("officer");
  expect_reason(ask(officer, Action::kTransition, object), "once more");
  officer.strength = Strength::kStepUp;
  expect_reason(ask(officer, Action::kTransition, object), "signature");
  object.signature_present = true;
  EXPECT_TRUE(may(officer, Action::kTransition, object));
  object.amenders = {id(200)};
  expect_reason(ask(officer, Action::kTransition, object), "another person");
}

TEST_F(Decide, ApproveNeedsStepUpSignatureAndNeverAnAmender) {
  auto object = of(3);
  auto approver = who("approver");
  expect_reason(ask(who("officer"), Action::kApprove, object), "grants");
  expect_reason(ask(approver, Action::kApprove, object), "once more");
  approver.strength = Strength::kStepUp;
  expect_reason(ask(approver, Action::kApprove, object), "signature");
  object.signature_present = true;
  EXPECT_TRUE(may(approver, Action::kApprove, object));
  object.amenders = {id(7), id(200)};
  expect_reason(ask(approver, Action::kApprove, object), "another person");
  object.amenders.clear();
  object.capability = "close_period";  // the catalogue asks for another
  expect_reason(ask(approver, Action::kApprove, object), "grants");
}

TEST_F(Decide, RaiseHandlingNeedsItsGrant) {
  EXPECT_TRUE(may(who("approver"), Action::kRaiseHandling, of(3)));
  expect_reason(ask(who("officer"), Action::kRaiseHandling, of(3)), "grants");
}

TEST_F(Decide, DeclassifyIsForTheOriginatorOrAboveAndTwoPersons) {
  auto object = of(3);
  expect_reason(ask(who("approver"), Action::kDeclassify, object), "two persons");
  object.second_person = true;
  EXPECT_TRUE(may(who("approver"), Action::kDeclassify, object));
  expect_as_absent(ask(who("approver", 8), Action::kDeclassify, object));
}

TEST_F(Decide, ExportNeedsReadingAndItsGrant) {
  auto object = of(3);
  EXPECT_TRUE(may(who("approver"), Action::kExport, object));
  expect_reason(ask(who("reader"), Action::kExport, object), "grants");
  object.handling = Handling::kRestricted;
  auto cleared = who("approver");
  cleared.clearance = Handling::kRestricted;
  cleared.strength = Strength::kPin;
  expect_reason(ask(cleared, Action::kExport, object), "password");
}

TEST_F(Decide, ReleaseNeedsTheGrantAReadyPreviewAndASignature) {
  auto object = of(3);
  expect_reason(ask(who("reader"), Action::kRelease, object), "grants");
  expect_reason(ask(who("approver"), Action::kRelease, object), "preview");
  object.release_ready = true;
  expect_reason(ask(who("approver"), Action::kRelease, object), "signature");
  object.signature_present = true;
  EXPECT_TRUE(may(who("approver"), Action::kRelease, object));
}

TEST_F(Decide, GrantNeedsStepUpIsNotToOneselfAndNotWider) {
  auto granter = who("granter", 2);
  granter.strength = Strength::kStepUp;
  Object object;
  object.grantee = id(201);
  object.wanted = {{"officer", id(3), Line::kCommand, "", {}, {}}};
  EXPECT_TRUE(may(granter, Action::kGrant, object));
  expect_reason(ask(who("granter", 2), Action::kGrant, object), "once more");
  expect_reason(ask(who("officer", 2), Action::kGrant, object), "grants");

  auto oneself = object;
  oneself.grantee = granter.person;
  expect_reason(ask(granter, Action::kGrant, oneself), "himself");
  oneself.grantee.reset();
  expect_reason(ask(granter, Action::kGrant, oneself), "himself");  // nobody said whose account

  const auto wider = [&](auto change) {
    auto changed = object;
    change(changed);
    expect_reason(ask(granter, Action::kGrant, changed), "wider");
  };
  wider([](Object& o) { o.wanted[0].unit = id(1); });
  wider([](Object& o) { o.wanted[0].unit.reset(); });
  wider([](Object& o) { o.wanted[0].line = Line::kGuidance; });
  wider([](Object& o) { o.wanted[0].role = "administrator"; });
  wider([](Object& o) { o.wanted[0].role = "no such role"; });
  wider([](Object& o) { o.wanted_clearance = Handling::kRestricted; });
  granter.grants[0].until = 600;
  wider([](Object& o) { o.wanted[0].until = 601; });
  object.wanted[0].until = 600;
  EXPECT_TRUE(may(granter, Action::kGrant, object));
}

TEST_F(Decide, PurgeAndEraseNeedTheirGrantAndTwoPersons) {
  for (const auto action : {Action::kPurge, Action::kErase}) {
    auto object = of(3);
    expect_reason(ask(who("officer"), action, object), "grants");
    expect_reason(ask(who("approver"), action, object), "two persons");
    object.second_person = true;
    EXPECT_TRUE(may(who("approver"), action, object));
  }
}

TEST_F(Decide, TheAdministratorReadsNoRecordByThatRole) {
  const auto administrator = who("administrator");
  EXPECT_TRUE(may(administrator, Action::kAdminister, Object{}));
  expect_as_absent(ask(administrator, Action::kRead, of(3)));
  expect_as_absent(ask(administrator, Action::kAmend, of(3)));
  auto for_all = of(3);
  for_all.for_all = true;
  expect_as_absent(ask(administrator, Action::kKnow, for_all));
  expect_as_absent(ask(who("officer"), Action::kAdminister, Object{}));
}

TEST_F(Decide, TheInspectorReadsTheAuditAndNoSealedPart) {
  const auto inspector = who("inspector");
  EXPECT_TRUE(may(inspector, Action::kReadAudit, Object{}));
  expect_as_absent(ask(who("officer"), Action::kReadAudit, Object{}));
  // Rows belong to who acted: within his scope, on his line, on the days of his grant.
  const auto rows_of = [](std::uint8_t unit) {
    Object object;
    object.owners = {id(unit)};
    return object;
  };
  const auto of_two = who("inspector", 2);
  for (const std::uint8_t unit : {2, 3}) EXPECT_TRUE(may(of_two, Action::kReadAudit, rows_of(unit))) << int{unit};
  for (const std::uint8_t unit : {1, 5, 8}) expect_as_absent(ask(of_two, Action::kReadAudit, rows_of(unit)));
  EXPECT_TRUE(may(who("inspector", 8, Line::kGuidance), Action::kReadAudit, rows_of(3)));
  expect_as_absent(ask(who("inspector", 8, Line::kGuidance), Action::kReadAudit, rows_of(5)));
  auto by_chain = of_two;
  by_chain.grants[0].chain = "KH-police";
  EXPECT_TRUE(may(by_chain, Action::kReadAudit, Object{}));
  expect_as_absent(ask(by_chain, Action::kReadAudit, rows_of(3)));
  auto over = of_two;
  over.grants[0].until = over.today - 1;
  expect_as_absent(ask(over, Action::kReadAudit, rows_of(3)));

  auto sealed = of(3);
  sealed.purpose = "inspection";
  expect_reason(ask(inspector, Action::kReadPersonal, sealed), "custodian");
  sealed.handling = Handling::kRestricted;
  expect_as_absent(ask(inspector, Action::kRead, sealed));
}

TEST_F(Decide, PublishingATypeNeedsItsGrant) {
  EXPECT_TRUE(may(who("publisher"), Action::kPublishType, Object{}));
  expect_reason(ask(who("officer"), Action::kPublishType, Object{}), "grants");
}

TEST_F(Decide, ATokenIsTheAccountMinusWhatIsAPersons) {
  auto token = who("approver");
  token.grants.push_back({"granter", id(1), Line::kCommand, "", {}, {}});
  token.grants.push_back({"officer", id(1), Line::kCommand, "", {}, {}});
  token.strength = Strength::kToken;
  auto object = of(3);
  object.signature_present = object.second_person = object.release_ready = true;
  object.grantee = id(201);
  object.capability = "approve";
  for (const auto action : {Action::kApprove, Action::kRelease, Action::kGrant, Action::kPurge, Action::kErase, Action::kDeclassify})
    expect_reason(ask(token, action, object), "token");
  object.binding = true;
  expect_reason(ask(token, Action::kTransition, object), "token");
  for (const auto action : {Action::kRead, Action::kAmend, Action::kExport, Action::kCreate}) EXPECT_TRUE(may(token, action, object));
}

TEST_F(Decide, ATokenForReadingChangesNothing) {
  auto token = who("approver");
  token.grants.push_back({"granter", id(1), Line::kCommand, "", {}, {}});
  token.grants.push_back({"officer", id(1), Line::kCommand, "", {}, {}});
  token.strength = Strength::kToken;
  token.reads_only = true;
  auto object = of(3);
  object.capability = "submit";
  for (const auto action : {Action::kAmend, Action::kCreate, Action::kVoid, Action::kTransition, Action::kRaiseHandling, Action::kResolve})
    EXPECT_FALSE(may(token, action, object)) << action_name(action);
  expect_reason(ask(token, Action::kAmend, object), "reading only");
  for (const auto action : {Action::kKnow, Action::kRead}) EXPECT_TRUE(may(token, action, object)) << action_name(action);
}

TEST_F(Decide, TheConsoleReadsAndWritesAndSignsNothing) {
  Subject console;
  console.console = true;
  auto object = of(9);
  object.handling = Handling::kRestricted;
  object.group = "no such group";
  object.sensitive = true;
  object.capability = "submit";
  for (const auto action :
       {Action::kKnow, Action::kRead, Action::kReadRestricted, Action::kCount, Action::kCreate, Action::kAmend, Action::kVoid,
        Action::kResolve, Action::kTransition, Action::kExport, Action::kAdminister, Action::kGrant, Action::kPublishType})
    EXPECT_TRUE(may(console, action, object)) << action_name(action);
  object.signature_present = object.second_person = object.release_ready = true;
  object.purpose = "any";
  for (const auto action : {Action::kApprove, Action::kRelease, Action::kDeclassify, Action::kPurge, Action::kErase, Action::kReadPersonal})
    EXPECT_FALSE(may(console, action, object)) << action_name(action);
  object.binding = true;
  EXPECT_FALSE(may(console, Action::kTransition, object));
  object.approved = true;
  EXPECT_FALSE(may(console, Action::kVoid, object));
}

}  // namespace
}  // namespace nc::access
