// What cannot be is refused by name, and nothing changes.
#include <gtest/gtest.h>

#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"
#include "ledger/records/waiver_for_test.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

class StructureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("nc-structure-" + system_rng().make<RecordId>().hex());
    ASSERT_TRUE(Ledger::found(dir_, fs::path(NC_SOURCE_DIR) / "catalog", "vn-bg"));
    ledger_ = std::move(Ledger::open(dir_).value());
    ours_ = unit("a", "VN", true);
    theirs_ = unit("x", "LA", false);
  }
  void TearDown() override {
    ledger_.reset();
    fs::remove_all(dir_);
  }

  WriteResult create(const std::string& type, const Json& values) {
    return ledger_->create(ledger_->console(), {std::nullopt, type, values, std::nullopt, std::nullopt, true});
  }
  UnitId unit(const std::string& code, const std::string& country, std::optional<bool> own) {
    Json values;
    values.set("code", code).set("name", "Unit " + code).set("country", country);
    if (own) values.set("own", *own);
    const auto made = create("unit", values);
    EXPECT_TRUE(made) << (made ? "" : made.error().error.english());
    return made ? made->id : UnitId{};
  }
  static Json patrol(const UnitId& lead) {
    Json values;
    values.set("sub_kind", "bilateral").set("status", "planned").set("lead_unit", lead.hex());
    return values;
  }
  static Json row(const UnitId& below, const UnitId& above, int year) {
    Json line;
    line.set("unit", below.hex()).set("line", "command").set("parent", above.hex()).set("change", "place");
    line.set("from", catalog::json_from_date({to_day(year, 1, 1), DatePrecision::kDay, false}));
    return line;
  }
  static Json reorganisation(const std::vector<Json>& rows) {
    Json values;
    values.set("code", "QĐ").set("rows", JsonArray(rows.begin(), rows.end()));
    return values;
  }
  // The refusal's text; the digest is the same after it.
  std::string refused(const std::function<WriteResult()>& write) {
    const auto before = ledger_->digest();
    const auto result = write();
    EXPECT_FALSE(result) << "was written";
    EXPECT_EQ(*before, *ledger_->digest());
    return result ? std::string() : result.error().error.english();
  }

  fs::path dir_;
  std::unique_ptr<Ledger> ledger_;
  UnitId ours_, theirs_;
};

// Without a day nothing says which of two placements is the later one but who had seen the other; ids are drawn by chance, so that
// the rule is asked often enough.
TEST_F(StructureTest, OfTwoPlacementsWithoutADayTheOneWrittenLaterHolds) {
  const auto other = unit("b", "VN", true), below = unit("c", "VN", true);
  const auto placed = [&](const UnitId& above) {
    Json line;
    line.set("unit", below.hex()).set("line", "command").set("parent", above.hex()).set("change", "place");
    return create("reorganisation", reorganisation({line}));
  };
  const auto stands_under = [&] { return ledger_->world()->tree->parent(below, orgtree::Line::kCommand, to_day(2020, 1, 1)); };
  std::optional<WriteResult> first;
  for (int turn = 0; turn < 8; ++turn) {
    const auto above = turn % 2 == 0 ? ours_ : other;
    auto made = placed(above);
    ASSERT_TRUE(made) << made.error().error.english();
    if (!first) first = made;
    EXPECT_EQ(stands_under(), above) << "turn " << turn;
  }
  // What is said anew of an older one is the later word; what does not concern its rows is not.
  ASSERT_TRUE(ledger_->amend(ledger_->console(), {first->value().id, {}, Json(JsonObject{{"note", Json("đã xem")}}), {}}));
  EXPECT_EQ(stands_under(), other);
  ledger_.reset();
  ledger_ = std::move(Ledger::open(dir_).value());
  EXPECT_EQ(stands_under(), other) << "a node that opens anew reads the same";
}

TEST_F(StructureTest, NobodyKeepsAUnitFromOthers) {
  Json values;
  values.set("code", "z").set("name", "Unit z").set("country", "KH");
  const auto secret = [&] {
    return ledger_->create(ledger_->console(), {std::nullopt, "unit", values, catalog::Handling::kRestricted, std::nullopt, true});
  };
  EXPECT_NE(refused(secret).find("handling: Everybody's rights follow from records of this type"), std::string::npos);
}

// What another node wrote in spite of that is a record for those who may read it, and no unit to anybody.
TEST_F(StructureTest, AUnitAboveTheHandlingOfItsTypeIsNoPartOfTheTree) {
  const auto before = ledger_->world()->tree->units().size();
  const auto identity = ledger_->identity();
  const auto version = ledger_->world()->catalog->find("unit")->version;
  ledger_.reset();
  const auto id = system_rng().make<RecordId>();
  {
    const DataDir dir{dir_};
    store::Options options;
    options.application_id = kLedgerApplicationId;
    auto db = store::Database::open(dir.ledger(), options).value();
    journal::Journal journal(identity, system_clock(), system_rng());
    auto transaction = store::Transaction::begin(db).value();
    journal::Draft draft;
    draft.record = id;
    draft.type = "unit";
    draft.type_version = version;
    draft.part = {2, journal::Audience::authority()};
    draft.form = journal::Form::kAct;
    draft.body.author = system_rng().make<PersonId>();
    draft.body.act = "create";
    draft.body.state = "recorded";
    draft.body.set = {{"code", Json("z")}, {"name", Json("Unit z")}, {"country", Json("KH")}};
    const auto appended = journal.append(db, std::move(draft));
    ASSERT_TRUE(appended) << appended.error().english();
    ASSERT_TRUE(journal.seal_moved(db, crypto::read_key_file(dir.key()).value()));
    ASSERT_TRUE(transaction.commit());
  }
  ledger_ = std::move(Ledger::open(dir_).value());
  ASSERT_TRUE(ledger_->rebuild(false));
  EXPECT_EQ(ledger_->world()->tree->units().size(), before);
  EXPECT_EQ(ledger_->world()->tree->by_code("z"), nullptr);
  EXPECT_TRUE(ledger_->read(ledger_->console(), id));
}

TEST_F(StructureTest, WhatIsHandledBelowNamesNothingAboveIt) {
  test::allow_restricted(*ledger_);
  const auto made = [&](const Json& values, catalog::Handling handling) {
    return ledger_->create(ledger_->console(), {std::nullopt, "patrol", values, handling, std::nullopt, true});
  };
  const auto above = made(patrol(ours_), catalog::Handling::kRestricted);
  ASSERT_TRUE(above) << above.error().error.english();
  auto values = patrol(ours_);
  values.set("parent_activity", above->id.hex());
  EXPECT_NE(
      refused([&] { return made(values, catalog::Handling::kInternal); }).find("parent_activity: What is named here is handled above"),
      std::string::npos);
  EXPECT_TRUE(made(values, catalog::Handling::kRestricted));
  const auto below = made(patrol(ours_), catalog::Handling::kInternal);
  ASSERT_TRUE(below);
  const Json link(JsonObject{{"parent_activity", Json(above->id.hex())}});
  EXPECT_NE(refused([&] { return ledger_->amend(ledger_->console(), {below->id, {}, link, {}}); }).find("parent_activity: "),
            std::string::npos);
}

TEST_F(StructureTest, AForeignUnitIsNotOurOwn) {
  EXPECT_NE(refused([&] { return create("patrol", patrol(theirs_)); }).find("lead_unit: “Unit x” is not a unit of our side"),
            std::string::npos);
  auto values = patrol(ours_);
  values.set("own_units", JsonArray{Json(JsonObject{{"ref", Json(theirs_.hex())}})});
  EXPECT_NE(refused([&] { return create("patrol", values); }).find("own_units: "), std::string::npos);
  // A unit that says nothing of its side is known by its country.
  const auto silent = unit("y", "KH", std::nullopt);
  EXPECT_NE(refused([&] { return create("patrol", patrol(silent)); }).find("lead_unit: "), std::string::npos);
  EXPECT_TRUE(create("patrol", patrol(unit("b", "VN", std::nullopt))));
  const auto made = create("patrol", patrol(ours_));
  ASSERT_TRUE(made);
  EXPECT_FALSE(ledger_->amend(ledger_->console(), {made->id, {}, Json(JsonObject{{"lead_unit", Json(theirs_.hex())}}), {}}));
}

TEST_F(StructureTest, AnOwnUnitIsNoCounterpart) {
  const auto own = unit("c", "VN", true);
  auto values = patrol(ours_);
  values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(own.hex())}})});
  EXPECT_NE(refused([&] { return create("patrol", values); }).find("“Unit c” is a unit of our side"), std::string::npos);
  values.set("counterpart_units", JsonArray{Json(JsonObject{{"ref", Json(theirs_.hex())}})});
  EXPECT_TRUE(create("patrol", values));
}

TEST_F(StructureTest, AnActivityIsNoPartOfItself) {
  const auto whole = create("exchange", patrol(ours_).set("sub_kind", "border"));
  ASSERT_TRUE(whole) << whole.error().error.english();
  const auto part = create("patrol", patrol(ours_).set("parent_activity", whole->id.hex()));
  ASSERT_TRUE(part);
  const auto amend = [&](const RecordId& id, const char* field, const Json& value) {
    return [this, id, field, value] { return ledger_->amend(ledger_->console(), {id, {}, Json(JsonObject{{field, value}}), {}}); };
  };
  EXPECT_NE(refused(amend(part->id, "parent_activity", part->id.hex())).find("point to itself"), std::string::npos);
  EXPECT_NE(refused(amend(whole->id, "parent_activity", part->id.hex())).find("part of itself"), std::string::npos);
  const Json same{JsonArray{Json(JsonObject{{"ref", Json(part->id.hex())}})}};
  EXPECT_NE(refused(amend(part->id, "same_event", same)).find("point to itself"), std::string::npos);
  const auto nowhere = make_uuid7(1, system_rng());
  EXPECT_NE(refused(amend(part->id, "parent_activity", nowhere.hex())).find("does not exist"), std::string::npos);
  const auto wrong = refused(amend(part->id, "parent_activity", ours_.hex()));
  EXPECT_NE(wrong.find("This points to a record of the kind “Unit”; here belongs: "), std::string::npos) << wrong;
}

TEST_F(StructureTest, UnitsDoNotStandUnderEachOther) {
  const auto b = unit("b", "VN", true), c = unit("c", "VN", true);
  ASSERT_TRUE(create("reorganisation", reorganisation({row(b, ours_, 2010), row(c, b, 2010)})));
  EXPECT_NE(refused([&] { return create("reorganisation", reorganisation({row(b, b, 2011)})); }).find("rows[1].parent"), std::string::npos);
  const auto circle = refused([&] { return create("reorganisation", reorganisation({row(ours_, c, 2020)})); });
  EXPECT_NE(circle.find("Unit a"), std::string::npos) << circle;
  // In one record the older link gives way: no circle.
  EXPECT_TRUE(create("reorganisation", reorganisation({row(ours_, c, 2020), row(b, imported_id("units", "vn-bg"), 2020)})));
  // A record that is no unit is no superior.
  const auto other = create("patrol", patrol(ours_));
  EXPECT_NE(refused([&] { return create("reorganisation", reorganisation({row(b, other->id, 2021)})); }).find("rows[1].parent"),
            std::string::npos);
}

TEST_F(StructureTest, AVoidedRecordDoesNotComeBackIntoACircle) {
  const auto b = unit("b", "VN", true);
  const auto first = create("reorganisation", reorganisation({row(b, ours_, 2010)}));
  ASSERT_TRUE(ledger_->transition(ledger_->console(), {first->id, "void", "wrong way round", nullptr}));
  ASSERT_TRUE(create("reorganisation", reorganisation({row(ours_, b, 2010)})));
  EXPECT_NE(refused([&] { return ledger_->transition(ledger_->console(), {first->id, "restore", "again", nullptr}); }).find("Unit b"),
            std::string::npos);
}

TEST_F(StructureTest, OfImportedRowsOnlyTheOneThatClosesTheCircleIsRefused) {
  const auto b = unit("b", "VN", true);
  const auto imported = [](const std::string& key, const Json& values) {
    Imported out;
    out.id = imported_id("links", key);
    out.type = "reorganisation";
    out.values = values;
    out.origin.bytes[0] = static_cast<std::uint8_t>(key.back());
    return out;
  };
  const auto results = ledger_->import(
      ledger_->console(), {imported("1", reorganisation({row(b, ours_, 2010)})), imported("2", reorganisation({row(ours_, b, 2010)}))});
  ASSERT_EQ(results.size(), 2U);
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_TRUE(ledger_->world()->tree->circles().empty());
}

}  // namespace
}  // namespace nc::records
