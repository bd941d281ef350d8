// Who may change the lists that all use, and the tree of units from which everybody's scope follows (access.h).
#include "foundation/crypto/hash.h"
#include "ledger/records/test_world.h"

namespace nc::records::test {
namespace {

class KeepersTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    a_ = placed("a");
    b_ = placed("b");
    officer_ = person("officer", "post_officer", a_);
    commander_ = person("commander", "post_commander", a_);
    keeper_of_a_ = person("keeper-a", "registrar", a_);
    keeper_ = person("keeper", "registrar", unit_);
  }
  [[nodiscard]] static Json unit_values(const std::string& code, bool own) {
    Json values;
    values.set("code", code).set("name", "Unit " + code).set("country", own ? "VN" : "KH");
    if (own) values.set("own", true);
    return values;
  }
  // Without a day it holds since ever: what follows a placement bears one.
  [[nodiscard]] static Json row(const UnitId& unit, const UnitId& parent, const std::string& change = "place") {
    Json out;
    out.set("unit", unit.hex()).set("parent", parent.hex()).set("line", "command").set("change", change);
    return out;
  }
  [[nodiscard]] static Json rows(const Json& row) { return Json(JsonObject{{"subject", Json("QĐ")}, {"rows", Json(JsonArray{row})}}); }
  UnitId placed(const std::string& code) {
    const auto id = make(unit_values(code, true), std::nullopt, "unit");
    make(rows(row(id, unit_)), std::nullopt, "reorganisation");
    return id;
  }
  access::Subject person(const std::string& login, const std::string& role, const UnitId& over) {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json(role)}, {"unit", Json(over.hex())}}));
    values.set("login", login).set("display", login).set("unit", over.hex()).set("grants", std::move(grants)).set("clearance", "internal");
    make(values, std::nullopt, "account");
    return ledger_->subject(login).value();
  }
  WriteResult create(const access::Subject& who, const std::string& type, const Json& values) {
    return ledger_->create(who, {std::nullopt, type, values, std::nullopt, std::nullopt, true});
  }
  WriteResult rename(const access::Subject& who, const RecordId& id) {
    return ledger_->amend(who, {id, {}, Json(JsonObject{{"name", Json("Renamed " + std::to_string(++names_))}}), {}});
  }
  WriteResult declare_void(const access::Subject& who, const RecordId& id, bool though_named = false) {
    Transition what{id, std::string(journal::acts::kVoid), "reason"};
    if (though_named) what.confirmed["unit_named"] = "twice in the list";
    return ledger_->transition(who, what);
  }
  WriteResult restore(const access::Subject& who, const RecordId& id) {
    return ledger_->transition(who, {id, std::string(journal::acts::kRestore), "reason"});
  }
  RecordId foreign(const access::Subject& who, const std::string& code) {
    const auto made = create(who, "unit", unit_values(code, false));
    EXPECT_TRUE(made) << made.error().error.english();
    return made ? made->id : RecordId{};
  }
  [[nodiscard]] Json talks_with(const UnitId& theirs) const {
    auto values = talks();
    values.erase("counterpart_unnamed");
    return values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(theirs.hex())}})});
  }
  static bool denied(const WriteResult& result) { return !result && result.error().error.code == ErrorCode::kDenied; }

  UnitId a_, b_;
  access::Subject officer_, commander_, keeper_of_a_, keeper_;
  int names_ = 0;
};

TEST_F(KeepersTest, NobodyTakesAUnitThatIsNotInHisCare) {
  auto transfer = row(b_, a_, "transfer");
  transfer.set("from", catalog::json_from_date({ledger_->today()}));
  const auto take = rows(transfer);
  for (const auto* who : {&officer_, &commander_, &keeper_of_a_}) EXPECT_TRUE(denied(create(*who, "reorganisation", take))) << who->login;
  // Nor does he make his own unit the heir of another's records.
  auto heir = row(b_, unit_, "merge");
  heir.set("successor", a_.hex());
  EXPECT_TRUE(denied(create(keeper_of_a_, "reorganisation", rows(heir))));
  EXPECT_EQ(ledger_->world()->tree->parent(b_, orgtree::Line::kCommand, ledger_->today()), unit_);
  EXPECT_TRUE(create(keeper_, "reorganisation", take));
  EXPECT_EQ(ledger_->world()->tree->parent(b_, orgtree::Line::kCommand, ledger_->today()), a_);
}

TEST_F(KeepersTest, NobodyRenamesOrVoidsAUnitThatIsNotInHisCare) {
  for (const auto* who : {&officer_, &commander_, &keeper_of_a_}) {
    EXPECT_TRUE(denied(rename(*who, b_))) << who->login;
    EXPECT_TRUE(denied(declare_void(*who, b_))) << who->login;
    EXPECT_TRUE(denied(declare_void(*who, unit_))) << who->login;
  }
  EXPECT_TRUE(denied(rename(officer_, a_))) << "nor does an officer rename his own post";
  EXPECT_TRUE(rename(keeper_of_a_, a_));
  EXPECT_TRUE(rename(keeper_, b_));
}

TEST_F(KeepersTest, AReorganisationIsChangedByWhoCaresForAllThatItNames) {
  const auto made = create(keeper_, "reorganisation", rows(row(b_, a_, "transfer")));
  ASSERT_TRUE(made);
  EXPECT_TRUE(denied(ledger_->amend(keeper_of_a_, {made->id, {}, rows(row(unit_, a_)), {}})));
  EXPECT_TRUE(denied(declare_void(officer_, made->id)));
  EXPECT_TRUE(declare_void(keeper_, made->id));
}

TEST_F(KeepersTest, ANewUnitIsPlacedByWhoEnteredIt) {
  EXPECT_TRUE(denied(create(officer_, "unit", unit_values("c", true))));
  const auto c = create(keeper_of_a_, "unit", unit_values("c", true));
  ASSERT_TRUE(c) << c.error().error.english();
  EXPECT_TRUE(denied(create(keeper_of_a_, "reorganisation", rows(row(c->id, b_)))));
  EXPECT_TRUE(create(keeper_of_a_, "reorganisation", rows(row(c->id, a_))));
  // One that somebody else entered, and that may have records already, is not his to take.
  const auto alone = make(unit_values("alone", true), std::nullopt, "unit");
  EXPECT_TRUE(denied(create(keeper_of_a_, "reorganisation", rows(row(alone, a_)))));
  EXPECT_TRUE(denied(rename(keeper_of_a_, alone)));
}

TEST_F(KeepersTest, AForeignUnitIsChangedByWhoEnteredItAndByKeepers) {
  const auto theirs = create(officer_, "unit", unit_values("kh-1", false));
  ASSERT_TRUE(theirs) << theirs.error().error.english();
  EXPECT_TRUE(rename(officer_, theirs->id));
  EXPECT_TRUE(denied(rename(commander_, theirs->id)));
  EXPECT_TRUE(denied(declare_void(commander_, theirs->id)));
  EXPECT_TRUE(denied(ledger_->amend(officer_, {theirs->id, {}, Json(JsonObject{{"own", Json(true)}}), {}}))) << "it became one of ours";
  const auto kept = rename(keeper_of_a_, theirs->id);
  EXPECT_TRUE(kept) << kept.error().error.english();
}

// What a grant by chain reaches follows from the chains of foreign units.
TEST_F(KeepersTest, NobodyMovesAForeignUnitIntoAChainByWhichHeReads) {
  Json values, grants{JsonArray{}};
  grants.push(
      Json(JsonObject{{"chain", Json("KH-police")}, {"line", Json("guidance")}, {"role", Json("registrar")}, {"unit", Json(unit_.hex())}}));
  values.set("login", "by-chain")
      .set("display", "by-chain")
      .set("unit", a_.hex())
      .set("grants", std::move(grants))
      .set("clearance", "internal");
  make(values, std::nullopt, "account");
  const auto by_chain = ledger_->subject("by-chain").value();
  const auto into = [&](const access::Subject& who, const RecordId& id) {
    return ledger_->amend(who, {id, {}, Json(JsonObject{{"chain", Json("KH-police")}}), {}});
  };
  const auto theirs = create(officer_, "unit", unit_values("kh-2", false));
  ASSERT_TRUE(theirs) << theirs.error().error.english();
  EXPECT_TRUE(denied(into(by_chain, theirs->id)));
  EXPECT_TRUE(denied(rename(by_chain, theirs->id)));
  EXPECT_TRUE(denied(into(officer_, theirs->id))) << "though he entered it";
  EXPECT_TRUE(rename(officer_, theirs->id));
  EXPECT_TRUE(into(keeper_, theirs->id));
  EXPECT_TRUE(rename(officer_, theirs->id)) << "where it stands is not touched";
}

// Nobody's scope grows by his own act: keeping the lists of one post does not let him open another's records to himself.
TEST_F(KeepersTest, NorByAGrantBesideItThatKeepsTheListsOfAPart) {
  const auto with_both = [&](const std::string& login, const UnitId& keeps, const std::optional<UnitId>& reads) {
    Json values, by_chain, grants{JsonArray{}};
    by_chain.set("chain", "KH-police").set("line", "command").set("role", "post_officer");
    if (reads) by_chain.set("unit", reads->hex());
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json("registrar")}, {"unit", Json(keeps.hex())}}));
    grants.push(std::move(by_chain));
    values.set("login", login).set("display", login).set("unit", a_.hex()).set("grants", std::move(grants)).set("clearance", "internal");
    make(values, std::nullopt, "account");
    return ledger_->subject(login).value();
  };
  const auto of_a = with_both("of-a", a_, unit_), everywhere = with_both("everywhere", unit_, std::nullopt);
  const auto of_all = with_both("of-all", unit_, b_), of_his = with_both("of-his", a_, a_);
  auto theirs = [&, number = 0]() mutable {
    const auto made = create(officer_, "unit", unit_values("kh-" + std::to_string(10 + ++number), false));
    EXPECT_TRUE(made);
    return made ? made->id : RecordId{};
  };
  const auto into = [&](const access::Subject& who, const RecordId& id, const char* chain = "KH-police") {
    return ledger_->amend(who, {id, {}, Json(JsonObject{{"chain", Json(chain)}}), {}});
  };
  const auto unit = theirs();
  for (const auto* who : {&of_a, &everywhere}) EXPECT_TRUE(denied(into(*who, unit))) << who->login;
  EXPECT_TRUE(into(of_a, unit, "KH-defence")) << "a chain by which he does not read";
  EXPECT_TRUE(into(of_all, unit)) << "he keeps the lists of all that he reads so";
  EXPECT_TRUE(into(of_his, theirs()));
  // Nor by a file, nor by taking up again what was void.
  const auto key = imported_id("khmer", "1");
  Imported row{key, "unit", unit_values("kh-20", false), crypto::sha256("1"), "", std::nullopt};
  ASSERT_TRUE(ledger_->import(ledger_->console(), {row}).front());
  row.values.set("chain", "KH-police");
  row.origin = crypto::sha256("2");
  EXPECT_TRUE(denied(ledger_->import(of_a, {row}).front()));
  ASSERT_TRUE(declare_void(keeper_, unit));
  EXPECT_TRUE(denied(ledger_->transition(of_a, {unit, std::string(journal::acts::kRestore), "reason"})));
  EXPECT_TRUE(ledger_->transition(keeper_, {unit, std::string(journal::acts::kRestore), "reason"}));
}

TEST_F(KeepersTest, AForeignUnitIsDeclaredVoidByWhoKeepsTheListsOfTheWholeForce) {
  const auto theirs = foreign(officer_, "kh-40");
  make(talks_with(theirs).set("lead_unit", a_.hex()));
  EXPECT_TRUE(rename(keeper_of_a_, theirs));
  const auto refused = declare_void(keeper_of_a_, theirs, true);
  ASSERT_TRUE(denied(refused));
  EXPECT_NE(refused.error().error.next.find("Command"), std::string::npos) << refused.error().error.next;
  EXPECT_TRUE(denied(declare_void(officer_, theirs, true))) << "who entered it, when others name it";
  const auto asked = declare_void(keeper_, theirs);
  ASSERT_FALSE(asked);
  ASSERT_EQ(asked.error().findings.size(), 1U);
  EXPECT_TRUE(asked.error().findings.front().question);
  EXPECT_FALSE(ledger_->read(keeper_, theirs)->voided);
  ASSERT_TRUE(declare_void(keeper_, theirs, true));
  EXPECT_TRUE(denied(restore(keeper_of_a_, theirs)));
  EXPECT_TRUE(denied(restore(officer_, theirs)));
  EXPECT_TRUE(restore(keeper_, theirs));
}

TEST_F(KeepersTest, WhoEnteredAForeignUnitTakesItBackWhileNothingNamesIt) {
  const auto theirs = foreign(officer_, "kh-41");
  EXPECT_TRUE(denied(declare_void(keeper_of_a_, theirs)));
  EXPECT_TRUE(declare_void(officer_, theirs));
  EXPECT_TRUE(restore(officer_, theirs));
}

TEST_F(KeepersTest, WhetherHeMayDoesNotTellOfRecordsThatHeMayNotSee) {
  const auto theirs = foreign(officer_, "kh-42"), others = foreign(officer_, "kh-43");
  auto hidden = talks_with(theirs);
  ASSERT_FALSE(ledger_->read(officer_, make(hidden.set("lead_unit", b_.hex()))));
  EXPECT_TRUE(declare_void(officer_, theirs)) << "as if nothing named it";
  EXPECT_TRUE(declare_void(officer_, others));
}

TEST_F(KeepersTest, AVoidUnitKeepsItsNameWhereItIsNamedAndIsNamedNowhereElse) {
  auto says = unit_values("kh-44", false);
  const auto unit = create(ledger_->console(), "unit", says.set("chain", "KH-police").set("name_en", "Unit 44"));
  ASSERT_TRUE(unit);
  const auto talks = make(talks_with(unit->id));
  ASSERT_TRUE(declare_void(keeper_, unit->id, true));
  const auto& tree = *ledger_->world()->tree;
  const auto* known = tree.find(unit->id);
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->voided && known->foreign);
  EXPECT_EQ(known->chain, "KH-police") << "who reads by the chain reads on";
  EXPECT_EQ(ledger_->title(keeper_, unit->id, "vi"), "Unit kh-44 (đã hủy)");
  EXPECT_EQ(ledger_->title(keeper_, unit->id, "en"), "Unit 44 (void)");
  EXPECT_EQ(tree.by_code("kh-44"), known);
  EXPECT_TRUE(tree.by_name("Unit kh-44").empty());
  EXPECT_TRUE(std::ranges::none_of(tree.units(), [&](const auto& one) { return one.id == unit->id; }));
  const auto anew = ledger_->create(ledger_->console(), {std::nullopt, "talks", talks_with(unit->id), std::nullopt, std::nullopt, true});
  ASSERT_FALSE(anew);
  EXPECT_EQ(anew.error().error.where, "counterpart_units");
  EXPECT_TRUE(ledger_->amend(ledger_->console(), {talks, {}, Json(JsonObject{{"remark", Json("x")}}), {}})) << "what stood there stays";
  // Another one by its code, and the void one keeps out of its way.
  const auto other = foreign(ledger_->console(), "kh-44");
  EXPECT_EQ(ledger_->world()->tree->by_code("kh-44")->id, other);
  EXPECT_EQ(ledger_->world()->tree->find(unit->id)->code, unit->id.hex());
}

// Of a unit that does not say whose it is, the country does; void or not.
TEST_F(KeepersTest, AForeignUnitThatDoesNotSayWhoseItIsIsTakenUpAgainToo) {
  const auto unit = foreign(ledger_->console(), "kh-45"), above = foreign(ledger_->console(), "kh-46");
  ASSERT_TRUE(create(ledger_->console(), "reorganisation", rows(row(unit, above))));
  ASSERT_TRUE(declare_void(keeper_, unit, true));
  EXPECT_TRUE(denied(restore(keeper_of_a_, unit)));
  EXPECT_TRUE(restore(keeper_, unit));
}

TEST_F(KeepersTest, WhatBecameOfAForeignUnitAndWhoseItIsAreForTheWholeForceToo) {
  const auto one = foreign(officer_, "kh-47"), two = foreign(officer_, "kh-48");
  auto merged = row(one, two, "merge");
  merged.erase("parent");
  merged.set("successor", two.hex());
  EXPECT_TRUE(denied(create(keeper_of_a_, "reorganisation", rows(merged))));
  const auto asked = create(keeper_, "reorganisation", rows(merged));
  ASSERT_FALSE(asked);
  ASSERT_EQ(asked.error().findings.size(), 1U);
  EXPECT_EQ(asked.error().findings.front().rule, "foreign_unit_replaced");
  EXPECT_TRUE(ledger_->create(keeper_, {std::nullopt, "reorganisation", rows(merged), std::nullopt, std::nullopt, true},
                              {{"foreign_unit_replaced", "their letter"}}));
  EXPECT_TRUE(create(keeper_of_a_, "reorganisation", rows(row(foreign(officer_, "kh-49"), two)))) << "under whom it stands is upkeep";
  const auto whose = [&](const access::Subject& who, const UnitId& id, bool own) {
    return ledger_->amend(who, {id, {}, Json(JsonObject{{"own", Json(own)}}), {}});
  };
  EXPECT_TRUE(denied(whose(keeper_of_a_, a_, false)));
  EXPECT_TRUE(denied(whose(keeper_of_a_, foreign(keeper_of_a_, "kh-50"), true)));
}

// A unit that says that it is foreign, and that rows name, is taken up again by whoever may void it.
TEST_F(KeepersTest, AForeignUnitThatStandsUnderAnotherIsTakenUpAgainByAKeeper) {
  auto says = unit_values("kh-31", false);
  const auto unit = create(ledger_->console(), "unit", says.set("own", false));
  const auto above = create(ledger_->console(), "unit", unit_values("kh-30", false));
  ASSERT_TRUE(unit && above);
  Json row;
  row.set("unit", unit->id.hex()).set("parent", above->id.hex()).set("line", "command").set("change", "place");
  ASSERT_TRUE(create(ledger_->console(), "reorganisation", Json(JsonObject{{"subject", Json("x")}, {"rows", Json(JsonArray{row})}})));
  EXPECT_FALSE(declare_void(keeper_, unit->id)) << "the row names it: he is asked";
  ASSERT_TRUE(declare_void(keeper_, unit->id, true));
  const auto again = ledger_->transition(keeper_, {unit->id, std::string(journal::acts::kRestore), "reason"});
  EXPECT_TRUE(again) << again.error().error.english();
}

TEST_F(KeepersTest, ASourceIsChangedByWhoEnteredItAndByKeepers) {
  const Json values(JsonObject{{"code", Json("S-1")}, {"title", Json("Báo cáo")}});
  const auto source = create(officer_, "source", values);
  ASSERT_TRUE(source) << source.error().error.english();
  EXPECT_TRUE(denied(declare_void(commander_, source->id)));
  EXPECT_TRUE(ledger_->amend(officer_, {source->id, {}, Json(JsonObject{{"title", Json("Báo cáo 2")}}), {}}));
  EXPECT_TRUE(declare_void(keeper_of_a_, source->id));
}

TEST_F(KeepersTest, AnImportTakesNoUnitEither) {
  Imported row_of_file;
  row_of_file.id = imported_id("links", "1");
  row_of_file.type = "reorganisation";
  row_of_file.values = rows(row(b_, a_, "transfer"));
  row_of_file.origin = crypto::sha256("links 1");
  const auto taken = ledger_->import(officer_, {row_of_file});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_FALSE(taken.front());
  EXPECT_EQ(ledger_->world()->tree->parent(b_, orgtree::Line::kCommand, ledger_->today()), unit_);
}

}  // namespace
}  // namespace nc::records::test
