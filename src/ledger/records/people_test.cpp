// People on real files: standing in, the short-handed post, keys that end.
#include <gtest/gtest.h>

#include "ledger/records/accounts.h"
#include "ledger/records/node_world_test.h"
#include "ledger/records/waiving.h"

namespace nc::records {
namespace {

class StandingInTest : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    officer_ = account("officer", "post_officer");
    commander_ = account("commander", "post_commander");
    certify(officer_.person, officer_key_);
    certify(commander_.person, commander_key_);
  }
  void certify(const PersonId& person, const crypto::SigningKey& key) {
    const auto written = ledger_->certify_key(ledger_->console(), person, key.public_key());
    ASSERT_TRUE(written) << written.error().error.english();
  }
  access::Subject stepped_up(const std::string& login) { return ledger_->subject(login, access::Strength::kStepUp).value(); }
  Delegate to_officer() {
    const auto today = ledger_->today();
    return {officer_.person, {"post_commander", unit_, orgtree::Line::kCommand, "", today, today + 5}, "đi công tác", &commander_key_};
  }
  RecordId submitted_by(const access::Subject& who) {
    const auto written = ledger_->create(who, {std::nullopt, "talks", talks(), std::nullopt, std::nullopt});
    EXPECT_TRUE(written) << (written ? "" : written.error().error.english());
    const auto stepped = ledger_->transition(who, {written->id, "submit", ""});
    EXPECT_TRUE(stepped) << (stepped ? "" : stepped.error().error.english());
    return written->id;
  }
  void expect_whole() {
    const auto report = ledger_->verify();
    for (const auto& problem : report->problems) ADD_FAILURE() << problem.stream << " " << problem.error.english();
    const auto rebuilt = ledger_->rebuild(true);
    ASSERT_TRUE(rebuilt) << rebuilt.error().english();
    EXPECT_EQ(rebuilt->before, rebuilt->after);
  }

  access::Subject officer_, commander_;
  crypto::SigningKey officer_key_ = crypto::SigningKey::generate(system_rng());
  crypto::SigningKey commander_key_ = crypto::SigningKey::generate(system_rng());
};

TEST_F(StandingInTest, ADeputyApprovesInAnothersPlaceAndTheHistorySaysFor) {
  const auto other = account("other", "political_officer");
  const auto id = submitted_by(other);
  EXPECT_FALSE(ledger_->transition(stepped_up("officer"), {id, "approve", "", &officer_key_}));
  const auto lent = ledger_->delegate(stepped_up("commander"), to_officer());
  ASSERT_TRUE(lent) << lent.error().error.english();
  EXPECT_TRUE(view(lent->id).bound) << "under his own signature";
  const auto approved = ledger_->transition(stepped_up("officer"), {id, "approve", "", &officer_key_});
  ASSERT_TRUE(approved) << approved.error().error.english();
  const auto last = ledger_->history(commander_, id)->back();
  EXPECT_EQ(last.author, officer_.person);
  EXPECT_EQ(last.acting_for, commander_.person);
  EXPECT_TRUE(last.confirmed.empty());
  reopen();
  expect_whole();
}

// A right that was lent reopens one's own work, and the history says in whose place; what separation forbids it does not bring.
TEST_F(StandingInTest, AnAuthorReopensByALentRightAndDoesNotApproveByIt) {
  const auto id = submitted_by(officer_);
  ASSERT_TRUE(ledger_->transition(stepped_up("commander"), {id, "approve", "", &commander_key_}));
  EXPECT_FALSE(ledger_->transition(stepped_up("officer"), {id, "reopen", ""})) << "no right of his own";
  ASSERT_TRUE(ledger_->delegate(stepped_up("commander"), to_officer()));
  const auto reopened = ledger_->transition(stepped_up("officer"), {id, "reopen", ""});
  ASSERT_TRUE(reopened) << reopened.error().error.english();
  EXPECT_EQ(ledger_->history(commander_, id)->back().acting_for, commander_.person);
  ASSERT_TRUE(ledger_->transition(stepped_up("officer"), {id, "submit", ""}));
  EXPECT_FALSE(ledger_->transition(stepped_up("officer"), {id, "approve", "", &officer_key_}));
  EXPECT_FALSE(ledger_->transition(stepped_up("officer"), {id, "return", "thiếu biên bản"})) << "his own step";
}

TEST_F(StandingInTest, ALoanThatIsLongerThanUsualIsAskedAbout) {
  auto wish = to_officer();
  wish.grant.until = ledger_->today() + 80 * 365;
  const auto asked = ledger_->delegate(stepped_up("commander"), wish);
  ASSERT_FALSE(asked);
  ASSERT_EQ(asked.error().findings.size(), 1U);
  EXPECT_TRUE(asked.error().findings.front().question);
  EXPECT_EQ(ledger_->subject("officer")->grants.size(), 1U) << "nothing is lent yet";
  wish.confirmed[asked.error().findings.front().rule] = "biệt phái dài hạn";
  const auto lent = ledger_->delegate(stepped_up("commander"), wish);
  ASSERT_TRUE(lent) << lent.error().error.english();
  EXPECT_EQ(ledger_->history(ledger_->console(), lent->id)->front().confirmed.begin()->second, "biệt phái dài hạn");
  EXPECT_EQ(ledger_->subject("officer")->grants.size(), 2U);
  expect_whole();
}

TEST_F(StandingInTest, WhoRunsTheNodeGetsNoRoleLentThatWorksWithRecords) {
  const auto admin = account("admin", "administrator");
  auto wish = to_officer();
  wish.to = admin.person;
  const auto refused = ledger_->delegate(stepped_up("commander"), wish);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.where, "deputy");
  EXPECT_EQ(ledger_->subject("admin")->grants.size(), 1U);
  // Lent first, an administrator's role given afterwards: what was lent is nothing from then on.
  ASSERT_TRUE(ledger_->delegate(stepped_up("commander"), to_officer()));
  EXPECT_EQ(ledger_->subject("officer")->grants.size(), 2U);
  const auto given = add_grant(*ledger_, ledger_->console(), officer_.person, {.role = "administrator", .unit = unit_});
  ASSERT_TRUE(given) << given.error().error.english();
  for (const auto& grant : ledger_->subject("officer")->grants) EXPECT_FALSE(grant.for_person);
}

TEST_F(StandingInTest, ItIsOverWhenItsDaysAreWhenItIsEndedAndWhenTheAccountIsClosed) {
  const auto may = [&] { return ledger_->subject("officer")->grants.size() == 2; };
  EXPECT_FALSE(may());
  const auto first = ledger_->delegate(stepped_up("commander"), to_officer());
  ASSERT_TRUE(first) << first.error().error.english();
  EXPECT_TRUE(may());
  clock_.now_ms += std::int64_t{6} * 24 * 3'600'000;
  EXPECT_FALSE(may());
  clock_.now_ms -= std::int64_t{5} * 24 * 3'600'000;
  EXPECT_TRUE(may());
  Json closed;
  closed.set("disabled", true);
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {commander_.person, {}, closed, {}}));
  EXPECT_FALSE(may());
  closed.set("disabled", false);
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {commander_.person, {}, closed, {}}));
  EXPECT_FALSE(may()) << "what was over does not come back";
  auto anew = to_officer();
  anew.grant.until = *anew.grant.until + 1;
  const auto lent = ledger_->delegate(stepped_up("commander"), anew);
  ASSERT_TRUE(lent) << lent.error().error.english();
  EXPECT_TRUE(may());
  const auto stranger = account("stranger", "provincial_staff");
  EXPECT_FALSE(ledger_->transition(stranger, {lent->id, "void", "không cần"}));
  EXPECT_EQ(ledger_->transition(officer_, {lent->id, "void", ""}).error().error.where, "reason");
  const auto ended = ledger_->transition(commander_, {lent->id, "void", "đã về"});
  ASSERT_TRUE(ended) << ended.error().error.english();
  EXPECT_FALSE(may());
  EXPECT_FALSE(ledger_->transition(commander_, {lent->id, "restore", "lại đi"}));
  expect_whole();
}

TEST_F(StandingInTest, WhatHasEndedStaysEndedWhenTheClockIsSetBack) {
  const auto may = [&] { return ledger_->subject("officer")->grants.size() == 2; };
  const auto lent = ledger_->delegate(stepped_up("commander"), to_officer());
  ASSERT_TRUE(lent) << lent.error().error.english();
  constexpr std::int64_t kSixDays = std::int64_t{6} * 24 * 3'600'000;
  clock_.now_ms += kSixDays;
  EXPECT_FALSE(may());
  const auto day = ledger_->today();
  make(talks());
  clock_.now_ms -= kSixDays;
  EXPECT_FALSE(may());
  make(talks("Cửa khẩu B"));  // its instant is that of the wrong clock
  reopen();
  EXPECT_FALSE(may());
  ASSERT_TRUE(ledger_->rebuild(false));
  reopen();
  EXPECT_FALSE(may());
  EXPECT_EQ(ledger_->today(), day);
  EXPECT_EQ(ledger_->console().today, day);
  clock_.now_ms += kSixDays + std::int64_t{24} * 3'600'000;
  EXPECT_EQ(ledger_->today(), day + 1);
}

// Whoever resets the deputy's password would act with what is lent to him.
TEST_F(StandingInTest, WhatIsLentToADeputyCountsForWhoeverResetsHisPassword) {
  Json other;
  other.set("code", "vn-far").set("name", "vn-far").set("own", true).set("country", "VN").set("chain", "VN-defence");
  const auto far = ledger_->create(ledger_->console(), {std::nullopt, "unit", other, std::nullopt, std::nullopt, true});
  ASSERT_TRUE(far) << far.error().error.english();
  account("admin", "administrator");
  const auto chief = account("chief", "post_commander", "internal", far->id);
  const auto key = crypto::SigningKey::generate(system_rng());
  certify(chief.person, key);
  const auto may = [&](const PersonId& person) { return may_act_on(*ledger_, stepped_up("admin"), person).has_value(); };
  EXPECT_TRUE(may(officer_.person));
  EXPECT_FALSE(may(chief.person));
  const auto today = ledger_->today();
  const Delegate lend{officer_.person, {"post_commander", far->id, orgtree::Line::kCommand, "", today + 2, today + 5}, "đi vắng", &key};
  const auto lent = ledger_->delegate(stepped_up("chief"), lend);
  ASSERT_TRUE(lent) << lent.error().error.english();
  EXPECT_FALSE(may(officer_.person)) << "it is to come";
  const auto certified =
      ledger_->certify_key(stepped_up("admin"), officer_.person, crypto::SigningKey::generate(system_rng()).public_key());
  ASSERT_FALSE(certified);
  EXPECT_NE(certified.error().error.english().find("wider"), std::string::npos);
  clock_.now_ms += std::int64_t{3} * 24 * 3'600'000;
  EXPECT_FALSE(may(officer_.person)) << "he holds it";
  EXPECT_TRUE(may_act_on(*ledger_, ledger_->console(), officer_.person));
  clock_.now_ms += std::int64_t{3} * 24 * 3'600'000;
  EXPECT_TRUE(may(officer_.person)) << "its last day is over";
}

// What was lent ends for good with the very grant it comes from; the same role given later needs a new signature.
TEST_F(StandingInTest, ALaterGrantBringsNothingBackThatEndedWithAnEarlierOne) {
  const auto may = [&] { return ledger_->subject("officer")->grants.size() == 2; };
  const auto console = ledger_->console();
  const access::Grant role{"post_commander", unit_, orgtree::Line::kCommand, "", std::nullopt, std::nullopt};
  const auto ended = [&](const RecordId& id) { return view(id).voided; };
  const auto lend = [&] {
    const auto lent = ledger_->delegate(stepped_up("commander"), to_officer());
    EXPECT_TRUE(lent) << (lent ? "" : lent.error().error.english());
    EXPECT_TRUE(may());
    return lent->id;
  };
  const auto by_revoking = lend();
  ASSERT_TRUE(
      add_grant(*ledger_, console, commander_.person, {"inspector", unit_, orgtree::Line::kCommand, "", std::nullopt, std::nullopt}));
  EXPECT_TRUE(may()) << "another role says nothing about it";
  ASSERT_TRUE(take_role(*ledger_, console, commander_.person, "post_commander"));
  EXPECT_FALSE(may());
  EXPECT_TRUE(ended(by_revoking));
  ASSERT_TRUE(add_grant(*ledger_, console, commander_.person, role));
  EXPECT_FALSE(may());
  const auto by_its_last_day = lend();
  const auto rows = grant_rows(view(commander_.person));
  const auto row = std::ranges::find(rows, "post_commander", [](const GrantRow& one) { return one.grant.role; });
  ASSERT_NE(row, rows.end());
  ASSERT_TRUE(end_grant(*ledger_, console, commander_.person, row->key, ledger_->today()));
  EXPECT_TRUE(may()) << "until its last day";
  clock_.now_ms += std::int64_t{24} * 3'600'000;
  EXPECT_FALSE(may());
  ASSERT_TRUE(add_grant(*ledger_, ledger_->console(), commander_.person, role));
  EXPECT_FALSE(may()) << "it had run out before";
  EXPECT_TRUE(ended(by_its_last_day));
  const auto by_closing = lend();
  ASSERT_TRUE(set_closed(*ledger_, ledger_->console(), commander_.person, true));
  ASSERT_TRUE(set_closed(*ledger_, ledger_->console(), commander_.person, false));
  EXPECT_FALSE(may());
  EXPECT_TRUE(ended(by_closing));
  lend();
  expect_whole();
}

TEST_F(StandingInTest, NobodyLendsWhatHeDoesNotHoldOrWithoutHisSignature) {
  auto request = to_officer();
  request.signer = nullptr;
  EXPECT_FALSE(ledger_->delegate(stepped_up("commander"), request));
  request = to_officer();
  request.signer = &officer_key_;
  EXPECT_FALSE(ledger_->delegate(stepped_up("commander"), request)) << "signed by another";
  request = to_officer();
  request.grant.role = "national_staff";
  EXPECT_FALSE(ledger_->delegate(stepped_up("commander"), request));
  request = to_officer();
  request.to = system_rng().make<RecordId>();
  EXPECT_FALSE(ledger_->delegate(stepped_up("commander"), request));
  EXPECT_TRUE(ledger_->world()->delegations.empty());
  // A record of that type without a signature hands nothing over.
  Json values;
  const auto day = [](std::int32_t d) { return catalog::json_from_date({d, DatePrecision::kDay, false}); };
  values.set("principal", commander_.person.hex()).set("deputy", officer_.person.hex()).set("role", "post_commander");
  values.set("unit", unit_.hex()).set("from", day(ledger_->today())).set("until", day(ledger_->today()));
  const auto forged = ledger_->create(ledger_->console(), {std::nullopt, "standing_in", values, std::nullopt, std::nullopt, true});
  ASSERT_TRUE(forged) << forged.error().error.english();
  EXPECT_TRUE(ledger_->world()->delegations.empty());
}

TEST_F(StandingInTest, WhatHeEnteredForAnotherIsTheOthersToo) {
  ASSERT_TRUE(ledger_->delegate(stepped_up("commander"), to_officer()));
  const auto id = submitted_by(officer_);
  auto refused = ledger_->transition(stepped_up("officer"), {id, "approve", "", &officer_key_});
  ASSERT_FALSE(refused) << "not his own by way of the delegation";
  Json forged;
  forged.set("remark", "x");
  ASSERT_TRUE(ledger_->transition(officer_, {id, "withdraw", ""}));
  ASSERT_TRUE(ledger_->amend(officer_, {id, {}, forged, {}}, {{"acting_for", commander_.person.hex()}, {"alone", "x"}}));
  EXPECT_FALSE(ledger_->history(commander_, id)->back().acting_for) << "nobody types for whom he acts";
}

class ShortHandedTest : public StandingInTest {
 protected:
  void SetUp() override {
    StandingInTest::SetUp();
    above_ = unit("vn-bc-above");
    Json rows{JsonArray{}};
    rows.push(Json(
        JsonObject{{"unit", Json(unit_.hex())}, {"line", Json("command")}, {"parent", Json(above_.hex())}, {"change", Json("place")}}));
    Json values;
    values.set("rows", rows);
    for (const auto* type : ledger_->world()->catalog->feeding("org-change")) {
      for (const auto& field : type->fields)
        if (field.required && !values.has(field.id)) values.set(field.id, field.kind == catalog::FieldKind::kDate ? day_of(0) : Json("x"));
      const auto written = ledger_->create(ledger_->console(), {std::nullopt, type->id, values, std::nullopt, std::nullopt, true});
      ASSERT_TRUE(written) << written.error().error.english() << " " << written.error().error.where;
    }
    superior_ = account("superior", "approver", "internal", above_);
    certify(superior_.person, superior_key_);
  }
  UnitId unit(const std::string& code) {
    Json values;
    values.set("code", code).set("name", code).set("own", true).set("country", "VN").set("chain", "VN-defence");
    return ledger_->create(ledger_->console(), {std::nullopt, "unit", values, std::nullopt, std::nullopt}).value().id;
  }
  Json day_of(std::int32_t more) { return catalog::json_from_date({ledger_->today() + more, DatePrecision::kDay, false}); }
  WriteResult declare(const access::Subject& who, int from, int until) {
    Json values;
    values.set("unit", unit_.hex()).set("from", day_of(0)).set("until", day_of(3)).set("reason", "hai người trực đêm");
    values.set("hour_from", from).set("hour_until", until);
    return ledger_->create(who, {std::nullopt, "short_handed_post", values, std::nullopt, std::nullopt});
  }
  void set_hour(int hour) {
    const auto now = ledger_->subject("commander")->minute / 60;
    clock_.now_ms += std::int64_t{hour - now} * 3'600'000;
  }
  RecordId approved_alone() {
    const auto id = submitted_by(commander_);
    const auto approved = ledger_->transition(stepped_up("commander"), {id, "approve", "", &commander_key_});
    EXPECT_TRUE(approved) << (approved ? "" : approved.error().error.english());
    return id;
  }

  UnitId above_;
  access::Subject superior_;
  crypto::SigningKey superior_key_ = crypto::SigningKey::generate(system_rng());
};

TEST_F(ShortHandedTest, OnePersonActsTwiceAtNightAndTheSuperiorConfirms) {
  set_hour(23);
  const auto first = submitted_by(commander_);
  EXPECT_FALSE(ledger_->transition(stepped_up("commander"), {first, "approve", "", &commander_key_})) << "nobody has allowed it";
  EXPECT_FALSE(declare(commander_, 20, 6)) << "a post does not declare itself";
  const auto staff = account("staff", "provincial_staff", "internal", above_);
  const auto declared = declare(staff, 20, 6);
  ASSERT_TRUE(declared) << declared.error().error.english();
  const auto id = approved_alone();
  ASSERT_TRUE(view(id).alone);
  EXPECT_EQ(view(id).alone->by, commander_.person);
  EXPECT_EQ(view(id).alone->due_ms - view(id).alone->at_ms, std::int64_t{24} * 3'600'000);
  EXPECT_FALSE(view(id).alone->overdue(clock_.now_ms));
  EXPECT_TRUE(ledger_->history(commander_, id)->back().alone) << "the record says so";
  EXPECT_EQ(ledger_->awaiting_confirmation(superior_)->size(), 1U);
  clock_.now_ms += std::int64_t{25} * 3'600'000;
  EXPECT_TRUE(view(id).alone->overdue(clock_.now_ms));
  EXPECT_FALSE(ledger_->transition(stepped_up("commander"), {id, "confirm", "", &commander_key_})) << "not himself";
  EXPECT_FALSE(ledger_->transition(stepped_up("superior"), {id, "confirm", ""})) << "without a signature";
  const auto confirmed = ledger_->transition(stepped_up("superior"), {id, "confirm", "", &superior_key_});
  ASSERT_TRUE(confirmed) << confirmed.error().error.english();
  EXPECT_EQ(view(id).alone->confirmed_by, superior_.person);
  EXPECT_TRUE(ledger_->awaiting_confirmation(superior_)->empty());
  EXPECT_TRUE(ledger_->history(commander_, id)->back().signed_by_person);
  EXPECT_FALSE(ledger_->transition(stepped_up("superior"), {id, "confirm", "", &superior_key_})) << "nothing waits";
  expect_whole();
}

// The commander stands in for the superior who may declare it: what he declares so is his own word.
TEST_F(ShortHandedTest, NobodyActsAloneByHisOwnWord) {
  set_hour(23);
  const auto chief = account("chief", "provincial_staff", "internal", above_);
  const auto chief_key = crypto::SigningKey::generate(system_rng());
  certify(chief.person, chief_key);
  access::Grant lent{"provincial_staff", above_, orgtree::Line::kCommand, "", ledger_->today(), ledger_->today() + 5};
  ASSERT_TRUE(ledger_->delegate(stepped_up("chief"), {commander_.person, lent, "đi công tác", &chief_key}));
  const auto deputy = ledger_->subject("commander").value();
  const auto refused = declare(deputy, 20, 6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.where, "unit") << refused.error().error.english();
  // Nor does he widen what his superior has said, nor take it up again.
  const auto said = declare(chief, 1, 2);
  ASSERT_TRUE(said);
  EXPECT_FALSE(ledger_->amend(deputy, {said->id, {}, Json(JsonObject{{"hour_from", Json(20)}, {"hour_until", Json(6)}}), {}}));
  ASSERT_TRUE(ledger_->transition(chief, {said->id, std::string(journal::acts::kVoid), "sai"}));
  EXPECT_FALSE(ledger_->transition(deputy, {said->id, std::string(journal::acts::kRestore), "lại"}));
  // Somebody of the unit above who works in the post as well.
  ASSERT_TRUE(declare(chief, 20, 6));
  const auto& world = *ledger_->world();
  EXPECT_TRUE(world.short_handed_at(unit_, ledger_->today(), deputy.minute, commander_.person));
  EXPECT_FALSE(world.short_handed_at(unit_, ledger_->today(), deputy.minute, chief.person));
}

TEST_F(StandingInTest, AWaiverIsNotGivenByABorrowedRight) {
  access::Grant lent{"post_commander", unit_, orgtree::Line::kCommand, "", ledger_->today(), ledger_->today() + 5};
  ASSERT_TRUE(ledger_->delegate(stepped_up("commander"), {officer_.person, lent, "x", &commander_key_}));
  const auto deputy = ledger_->subject("officer").value();
  const auto refused = records::waive(*ledger_, deputy, {deputy.person, "đang mua ổ mã hóa", ledger_->today() + 30});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().error.english().find("of one's own"), std::string::npos) << refused.error().error.english();
}

TEST_F(StandingInTest, WhatWasSignedIsNotAmendedAndEndsAfterItBegins) {
  const auto until = ledger_->today() + 5;
  access::Grant lent{"post_commander", unit_, orgtree::Line::kCommand, "", ledger_->today() + 2, ledger_->today() + 1};
  const auto backwards = ledger_->delegate(stepped_up("commander"), {officer_.person, lent, "x", &commander_key_});
  ASSERT_FALSE(backwards);
  EXPECT_EQ(backwards.error().error.where, "until") << backwards.error().error.english();
  lent.from = ledger_->today();
  lent.until = until;
  const auto signed_one = ledger_->delegate(stepped_up("commander"), {officer_.person, lent, "x", &commander_key_});
  ASSERT_TRUE(signed_one) << signed_one.error().error.english();
  const auto longer = catalog::json_from_date({until + 30, DatePrecision::kDay, false});
  for (const auto& who : {ledger_->console(), stepped_up("commander")}) {
    const auto refused = ledger_->amend(who, {signed_one->id, {}, Json(JsonObject{{"until", longer}}), {}});
    ASSERT_FALSE(refused) << who.login;
  }
  const auto refused = ledger_->amend(ledger_->console(), {signed_one->id, {}, Json(JsonObject{{"until", longer}}), {}});
  EXPECT_NE(refused.error().error.next.find("sign a new one"), std::string::npos);
}

TEST_F(ShortHandedTest, ByDayAndAfterItsDaysTwoPersonsAreNeeded) {
  const auto staff = account("staff", "provincial_staff", "internal", above_);
  ASSERT_TRUE(declare(staff, 20, 6));
  const auto may = [&](int hour) {
    set_hour(hour);
    return ledger_->world()->short_handed_at(unit_, ledger_->today(), ledger_->subject("commander")->minute, commander_.person) != nullptr;
  };
  EXPECT_FALSE(may(12));
  EXPECT_TRUE(may(20));
  EXPECT_TRUE(may(23));
  EXPECT_FALSE(may(3)) << "the first night begins in the evening";
  clock_.now_ms += std::int64_t{24} * 3'600'000;
  EXPECT_TRUE(may(3));
  EXPECT_FALSE(may(6));
  clock_.now_ms += std::int64_t{3} * 24 * 3'600'000;
  EXPECT_TRUE(may(3)) << "the last night ends in the morning";
  EXPECT_FALSE(may(22));
  set_hour(12);
  const auto id = submitted_by(commander_);
  EXPECT_FALSE(ledger_->transition(stepped_up("commander"), {id, "approve", "", &commander_key_}));
}

TEST_F(StandingInTest, AnEndedKeySignsNothingAndWhatItSignedStays) {
  const auto first = submitted_by(officer_), second = submitted_by(officer_);
  ASSERT_TRUE(ledger_->transition(stepped_up("commander"), {first, "approve", "", &commander_key_}));
  const auto key = commander_key_.public_key();
  EXPECT_FALSE(ledger_->end_key(officer_, commander_.person, key, "mất"));
  EXPECT_FALSE(ledger_->end_key(stepped_up("commander"), commander_.person, officer_key_.public_key(), "mất")) << "not his";
  const auto ended = ledger_->end_key(stepped_up("commander"), commander_.person, key, "mất máy");
  ASSERT_TRUE(ended) << ended.error().error.english();
  EXPECT_FALSE(ledger_->end_key(stepped_up("commander"), commander_.person, key, "mất máy")->changed);
  const auto refused = ledger_->transition(stepped_up("commander"), {second, "approve", "", &commander_key_});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().error.message.find("was ended"), std::string::npos) << refused.error().error.english();
  EXPECT_TRUE(view(first).bound);
  const auto fresh = crypto::SigningKey::generate(system_rng());
  certify(commander_.person, fresh);
  const auto approved = ledger_->transition(stepped_up("commander"), {second, "approve", "", &fresh});
  EXPECT_TRUE(approved) << approved.error().error.english();
  EXPECT_TRUE(view(first).bound) << "the old signature is valid still";
  expect_whole();
}

}  // namespace
}  // namespace nc::records
