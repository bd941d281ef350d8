// What a node may write, by nodes that write without asking and a reader that asks.
#include <gmock/gmock.h>

#include "ledger/journal/bound_id.h"
#include "ledger/records/admission_world.h"
#include "ledger/records/ledger.h"
#include "ledger/records/project.h"
#include "ledger/records/tables.h"
#include "ledger/records/writer.h"

namespace nc::records {
namespace {

using namespace testing;
using journal::HandlingLevel;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AdmissionTest : public TreeOfUnits {
 protected:
  void SetUp() override {
    TreeOfUnits::SetUp();
    root_ = &founder();
    province_ = &member(*root_, 2, kProvince);
    judge_ = &reader(9);
  }
  // What the judge says to all that the node holds; "" when everything counts.
  std::string said_to(Node& node) {
    std::string out;
    for (const auto& error : judge_->take_all(node).refused) out += error.english() + "\n";
    const auto report = judge_->verify();
    for (const auto& problem : report.problems) ADD_FAILURE() << problem.stream << " " << problem.seq << " " << problem.error.english();
    EXPECT_EQ(judge_->digest(), node.digest()) << "what is refused is held, so that its chain can go on";
    return out;
  }

  Node* root_ = nullptr;
  Node* province_ = nullptr;
  Node* judge_ = nullptr;
};

TEST_F(AdmissionTest, ANodeWritesForItsUnitAndTheUnitsBelow) {
  write(*province_, own(kProvince), 500);
  write(*province_, own(kPost), 501);
  write(*province_, with(kPost, kMinistry), 502);
  write(*province_, below(kPost), 503);
  write(*province_, Audience::all(), 504, "paper");
  EXPECT_EQ(said_to(*province_), "");
}

TEST_F(AdmissionTest, AnAudienceThatDoesNotLieUnderTheNodesUnitIsRefusedByNameAndKept) {
  write(*province_, own(kOtherPost), 500);
  EXPECT_THAT(said_to(*province_), HasSubstr("may not write for the audience own:" + unit_text(kOtherPost)));
  EXPECT_TRUE(judge_->state(record_of(*province_, 500)).parts.empty());
  write(*province_, own(kForce), 501);
  EXPECT_THAT(said_to(*province_), HasSubstr("own:" + unit_text(kForce))) << "nor for those above";
  write(*province_, with(kOtherPost, kMinistry), 502);
  EXPECT_THAT(said_to(*province_), HasSubstr("with:"));
}

TEST_F(AdmissionTest, EitherLineReachesAUnitBelow) {
  reorganise(*root_, 901, {placing(kMinistry, kProvince, "guidance")});
  province_->take_all(*root_);
  write(*province_, own(kMinistry), 500);
  EXPECT_EQ(said_to(*province_), "");
  reorganise(*root_, 902, {placing(kForce, kProvince, "coordination")});
  province_->take_all(*root_);
  write(*province_, own(kForce), 501);
  EXPECT_THAT(said_to(*province_), HasSubstr("own:" + unit_text(kForce))) << "coordination is no line";
}

TEST_F(AdmissionTest, TheFoundingNodeWritesForAllAndSoDoesItsNextIncarnation) {
  auto& again = node(1, 2);
  root_->certify(again, kForce);
  again.take_all(*root_);
  write(*root_, own(kMinistry), 500);
  again.take_all(*root_);
  write(again, own(kMinistry), 501);
  set_authority(again, "note", 910, {{"n", 1}});
  EXPECT_EQ(said_to(again), "");
}

TEST_F(AdmissionTest, ANodeCertifiedForNoUnitByTheRootHoldsTheTree) {
  auto& staff = node(5);
  root_->authority(journal::acts::kCertifyNode, {{"node", staff.journal.self().node.hex()},
                                                 {"incarnation", staff.journal.self().incarnation.hex()},
                                                 {"public_key", staff.key.public_key().hex()},
                                                 {"unit", UnitId{}.hex()}});
  staff.take_all(*root_);
  write(staff, own(kMinistry), 500);
  EXPECT_EQ(said_to(staff), "");
}

TEST_F(AdmissionTest, UnitsPlacedLaterAreJudgedUnderTheAuthorityOfTheEntry) {
  write(*province_, own(kMinistry), 500);  // not yet below the province
  reorganise(*root_, 901, {placing(kMinistry, kProvince)});
  EXPECT_THAT(said_to(*province_), HasSubstr("may not write"));
  province_->take_all(*root_);
  write(*province_, own(kMinistry), 501);
  EXPECT_EQ(said_to(*province_), "");
  EXPECT_TRUE(judge_->state(record_of(*province_, 500)).parts.empty()) << "what came after its authority does not mend it";
  reorganise(*root_, 901, {});  // the placing was a mistake
  province_->take_all(*root_);
  write(*province_, own(kMinistry), 502);
  EXPECT_THAT(said_to(*province_), HasSubstr("may not write"));
  EXPECT_FALSE(judge_->state(record_of(*province_, 501)).parts.empty()) << "nor does it spoil what was right when it was written";
}

TEST_F(AdmissionTest, TheHeirOfAUnitWritesForIt) {
  enter(*root_, 22);
  reorganise(*root_, 901, {{{"unit", Json(unit_text(kOtherPost))}, {"change", Json("merge")}, {"successor", Json(unit_text(kPost))}}});
  province_->take_all(*root_);
  write(*province_, own(kOtherPost), 500);
  EXPECT_EQ(said_to(*province_), "");
}

TEST_F(AdmissionTest, ATypeOfTheAuthorityLiesInTheAuthorityAndNoOtherDoes) {
  write(*root_, own(kForce), 500, "login");
  EXPECT_THAT(said_to(*root_), HasSubstr("do not belong into the part own:"));
  set_authority(*root_, "sample", 501, {{"n", 1}});
  EXPECT_THAT(said_to(*root_), HasSubstr("do not belong into the part authority"));
}

TEST_F(AdmissionTest, WhatIsForAllIsForTypesThatAreSo) {
  write(*province_, Audience::all(), 500);
  EXPECT_THAT(said_to(*province_), HasSubstr("are not for all"));
}

TEST_F(AdmissionTest, ACertificateIsNeverWiderThanItsWriter) {
  member(*province_, 3, kPost);
  EXPECT_EQ(said_to(*province_), "") << "downward";
  member(*province_, 4, kOtherPost);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kOtherPost)));
  auto& wide = member(*province_, 5, kForce);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce)));
  write(wide, own(kMinistry), 500);
  judge_->take_all(wide);
  EXPECT_TRUE(judge_->state(record_of(wide, 500)).parts.empty()) << "and what such a node writes does not count";
}

// Whoever certified the founding node's incarnation with a key of his own could seal what it never wrote.
TEST_F(AdmissionTest, NobodyCertifiesANodeUnderTheNameOfAnother) {
  SeededRng rng(1);
  const auto his = crypto::SigningKey::generate(rng);
  const auto certify = [&](const journal::Identity& who, const crypto::SigningKey& key, bool asked = true) {
    auto draft = province_->certificate(who, key, kPost);
    if (!asked) draft.body.set.erase("asks");
    province_->append(draft);
    return said_to(*province_);
  };
  EXPECT_THAT(certify(root_->journal.self(), his), HasSubstr("is not that of its key"));
  const auto own = journal::incarnation_of(his.public_key());
  EXPECT_THAT(certify({root_->journal.self().node, own}, his), HasSubstr("reaches the unit " + unit_text(kForce))) << "another incarnation";
  EXPECT_THAT(certify({id_of<NodeId>(77), own}, his, false), HasSubstr("did not ask"));
  const auto copied = province_->certificate({id_of<NodeId>(77), own}, his, kPost);
  auto draft = province_->certificate({id_of<NodeId>(77), own}, his, kPost);
  draft.body.set["asks"] = copied.body.set.at("asks");
  province_->append(draft);
  EXPECT_THAT(said_to(*province_), HasSubstr("did not ask")) << "nor by another record";
  EXPECT_EQ(certify({id_of<NodeId>(77), own}, his), "");
  // A node that it certified itself, restored.
  SeededRng more(2);
  const auto next = crypto::SigningKey::generate(more);
  EXPECT_EQ(certify({id_of<NodeId>(77), journal::incarnation_of(next.public_key())}, next), "");
}

TEST_F(AdmissionTest, APlacingReachesOnlyUnitsThatAreTheWritersOwn) {
  auto entered = placing(25, kPost);
  entered["unit"] = Json(enter(*province_, 25).entry.header.record.hex());
  reorganise(*province_, 920, {entered});
  EXPECT_EQ(said_to(*province_), "") << "a unit that it entered itself, below its own";
  reorganise(*province_, 921, {placing(kOtherPost, kProvince)});
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kOtherPost))) << "taking another's unit";
  reorganise(*province_, 922, {placing(kMinistry, kPost)});
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kMinistry))) << "nor one that stands nowhere";
  reorganise(*province_, 923, {placing(kPost, kOtherProvince)});
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kOtherProvince))) << "nor giving one away";
  reorganise(*province_, 900, {placing(kPost, kProvince)});
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit")) << "nor rewriting what a superior decided about others";
}

TEST_F(AdmissionTest, AUnitAboveIsNotChangedFromBelow) {
  enter(*province_, kPost);
  EXPECT_EQ(said_to(*province_), "");
  enter(*province_, kForce);
  EXPECT_THAT(said_to(*province_), HasSubstr("does not lie under the node's unit"));
}

TEST_F(AdmissionTest, AGrantIsNeverWiderThanItsWriter) {
  const auto account = [&](unsigned record, unsigned unit, unsigned scope) {
    set_authority(*province_, "login", record,
                  {{"unit", Json(unit_text(unit))},
                   {"grants", JsonArray{Json(JsonObject{{"role", Json("approver")}, {"unit", Json(unit_text(scope))}})}}});
  };
  account(930, kPost, kPost);
  EXPECT_EQ(said_to(*province_), "");
  account(931, kPost, kForce);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce)));
  account(932, kMinistry, kPost);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kMinistry)));
  set_authority(*province_, "login", 933,
                {{"unit", Json(unit_text(kPost))}, {"grants", JsonArray{Json(JsonObject{{"role", Json("approver")}})}}});
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit ?")) << "a grant without a unit holds everywhere";
  set_authority(*root_, "login", 934, {{"unit", Json(unit_text(kForce))}});
  province_->take_all(*root_);
  account(934, kPost, kPost);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce))) << "nor is a superior's account rewritten";
}

TEST_F(AdmissionTest, GrantsInElementsAreJudgedToo) {
  auto draft = province_->authority_draft("create", {{"unit", Json(unit_text(kPost))}});
  draft.type = "login";
  draft.body.add["grants"] = {Json(JsonObject{{"role", Json("approver")}, {"unit", Json(unit_text(kForce))}})};
  province_->append(draft);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce)));
}

TEST_F(AdmissionTest, AKeyIsCertifiedForPersonsOfTheWritersUnits) {
  const auto certify = [](Node& by, unsigned person, unsigned unit) {
    by.authority(journal::acts::kCertifyPerson, {{"person", Json(id_of<PersonId>(person).hex())},
                                                 {"public_key", Json(Node::key_of(person).public_key().hex())},
                                                 {"unit", Json(unit_text(unit))}});
  };
  certify(*province_, 21, kPost);
  EXPECT_EQ(said_to(*province_), "");
  certify(*province_, 22, kForce);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce)));
  province_->certify_person(23);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit ?"));
  certify(*root_, 24, kForce);
  province_->take_all(*root_);
  certify(*province_, 24, kPost);
  EXPECT_THAT(said_to(*province_), HasSubstr("reaches the unit " + unit_text(kForce))) << "nobody takes over a superior's person";
}

TEST_F(AdmissionTest, TypesArePublishedByWhoHoldsTheTree) {
  province_->define("sample2", R"({"audience":"all"})");
  EXPECT_THAT(said_to(*province_), HasSubstr("Types are published by a node that holds the whole tree"));
  set_authority(*province_, "note", 940, {{"n", 1}});
  EXPECT_THAT(said_to(*province_), HasSubstr("are made by a node that holds the whole tree"));
}

TEST_F(AdmissionTest, ADefinitionIsTheOneWhoseHashIsPublished) {
  root_->authority(journal::acts::kPublishType,
                   {{"type_id", "other"}, {"version", 1}, {"definition", "{}"}, {"definition_hash", id_of<Digest>(1).hex()}});
  EXPECT_THAT(said_to(*root_), HasSubstr("not the one whose hash is published"));
}

TEST_F(AdmissionTest, APurgeReachesOnlyWhatItsNodeMayWriteFor) {
  for (const unsigned person : {21U, 22U}) root_->certify_person(person, "purge");
  const auto theirs = write(*root_, own(kOtherPost), 500), ours = write(*root_, own(kPost), 501);
  province_->take_all(*root_);
  for (const unsigned person : {21U, 22U})
    for (const auto* target : {&theirs, &ours}) province_->append(province_->purge_draft(target->entry.hash, person));
  EXPECT_EQ(said_to(*province_), "");
  EXPECT_EQ(canonical(judge_->state(500).values()), R"({"n":500})");
  EXPECT_TRUE(judge_->state(501).values().is_null() || judge_->state(501).values().as_object().empty());
}

TEST_F(AdmissionTest, TheWritePathAsksTheSame) {
  judge_->take_all(*root_);
  auto& honest = reader(6);
  root_->certify(honest, kProvince);
  honest.take_all(*root_);
  EXPECT_THAT(honest.refuse(draft_for(honest, own(kOtherPost), 500)).english(), HasSubstr("may not write for the audience"));
  EXPECT_FALSE(must(honest.journal.may_write(honest.db, {1, own(kOtherPost)})));
  EXPECT_TRUE(must(honest.journal.may_write(honest.db, {1, own(kPost)})));
  write(honest, own(kPost), 501);
  EXPECT_EQ(said_to(honest), "");
}

// The tables of a reader, as the program shows them.
RecordView shown_by(Node& reader, const RecordId& record) {
  bool stale = false;
  must(make_tables(reader.db, stale));
  World world;
  world.catalog = must(catalog::Catalog::load(std::filesystem::path(NC_SOURCE_DIR) / "catalog"));
  world.tree = orgtree::OrgTree::build({}, {}, {});
  return must(project_record(reader.db, reader.journal, world, record));
}

TEST_F(AdmissionTest, APartAddedForAnotherAudienceNeitherVoidsNorRetypesNorFillsARecord) {
  root_->define("other", R"({"feeds":"","audience":"own","slots":{}})");
  auto& neighbour = member(*root_, 3, kOtherProvince);
  province_->take_all(*root_);
  auto creation = draft_for(neighbour, own(kOtherPost), 500);
  creation.body.state = "draft";
  neighbour.append(creation);
  for (const HandlingLevel handling : {0, 1, 2}) {
    auto elsewhere = draft_for(*province_, own(kProvince), 500, "other");
    elsewhere.record = creation.record;
    elsewhere.part.handling = handling;
    elsewhere.form = journal::Form::kAct;
    elsewhere.body.act = journal::acts::kVoid;
    elsewhere.body.state = "gone";
    elsewhere.body.set = {{"n", Json(1)}, {"more", Json(true)}};
    province_->append(elsewhere);
  }
  std::vector<std::vector<Node*>> orders = {{root_, &neighbour, province_}, {root_, province_, &neighbour}};
  for (unsigned i = 0; i < orders.size(); ++i) {
    auto& to = reader(20 + i);
    for (auto* from : orders[i]) EXPECT_THAT(to.take_all(*from).refused, IsEmpty());
    const auto shown = shown_by(to, creation.record);
    EXPECT_EQ(shown.type_id, "sample");
    EXPECT_EQ(shown.state, "draft");
    EXPECT_FALSE(shown.voided);
    EXPECT_EQ(canonical(shown.values), R"({"n":500})");
    EXPECT_EQ(shown.parts.size(), 1U);
  }
  // Whoever holds that part alone is shown nothing.
  auto& narrow = reader(30);
  narrow.take_all(*root_);
  narrow.take_all(*province_);
  EXPECT_TRUE(shown_by(narrow, creation.record).parts.empty());
}

TEST_F(AdmissionTest, ARecordIsCreatedByTheNodeThatItsIdNamesAlone) {
  auto& neighbour = member(*root_, 3, kOtherProvince);
  const auto id = journal::bound_id(1, 2, neighbour.journal.self().node);
  const auto create = [&](Node& by, const Audience& audience, const std::string& type = "sample") {
    auto draft = draft_for(by, audience, 500, type);
    draft.record = id;
    draft.form = journal::Form::kAct;
    draft.body.act = journal::acts::kCreate;
    return draft;
  };
  auto unit = province_->authority_draft("create", {{"code", Json("x")}});
  unit.type = "unit";
  unit.record = id;
  auto part = create(*province_, own(kProvince));
  part.body.act = journal::acts::kVoid;
  for (const auto& draft : {create(*province_, own(kProvince)), create(*province_, Audience::all(), "paper"), unit, part})
    province_->append(draft);  // it does not ask
  neighbour.append(create(neighbour, own(kOtherPost)));
  std::vector<std::vector<Node*>> orders = {{root_, &neighbour, province_}, {root_, province_, &neighbour}};
  std::set<std::string> said;
  for (unsigned i = 0; i < orders.size(); ++i) {
    auto& to = reader(20 + i);
    std::size_t refused = 0;
    for (auto* from : orders[i])
      for (const auto& error : to.take_all(*from).refused) {
        ++refused;
        EXPECT_THAT(error.english(), HasSubstr("names another node as the one that may create it"));
      }
    EXPECT_EQ(refused, 3U);
    const auto state = must(to.journal.state_of(to.db, id, {}));
    ASSERT_EQ(state.parts.size(), 1U);
    EXPECT_EQ(state.parts.begin()->first.audience, own(kOtherPost));
    EXPECT_FALSE(state.voided);
    said.insert(canonical(state.values()));
  }
  EXPECT_EQ(said, std::set<std::string>{R"({"n":500})"});
  auto& narrow = reader(30);
  narrow.take_all(*root_);
  narrow.take_all(*province_);
  EXPECT_TRUE(must(narrow.journal.state_of(narrow.db, id, {})).parts.empty()) << "where it is not held there is none";
  EXPECT_THAT(judge_->take_all(*root_).refused, IsEmpty());
  root_->certify(*judge_, kProvince);
  judge_->take_all(*root_);
  EXPECT_THAT(judge_->refuse(create(*judge_, own(kProvince))).english(), HasSubstr("names another node")) << "the write path asks the same";
}

// Everybody can compute the id of a row. Whatever the province writes under it, before it was imported or after, seen or
// not seen, the record is what the node that holds the whole tree made of it, and nothing before that.
class ComputedIds : public AdmissionTest {
 protected:
  journal::Draft under(Node& by, const Audience& audience, const std::string& type, std::string_view act) {
    auto draft = draft_for(by, audience, 500, type);
    if (audience.kind == Audience::Kind::kAuthority) draft = by.authority_draft(act, {{"unit", Json(unit_text(kProvince))}});
    draft.record = id_;
    draft.type = type;
    draft.form = act.empty() ? journal::Form::kSet : journal::Form::kAct;
    draft.body.act = act;
    draft.body.state = act.empty() ? "" : "gone";
    draft.body.set["n"] = 1;
    return draft;
  }
  // All that it could try; how many of them are refused. The others count and begin nothing.
  std::size_t attack(Node& by) {
    std::vector<EntryHash> refused;
    std::size_t count = 0;
    for (const auto* act : {"create", "void", ""}) {
      for (const auto& audience : {own(kProvince), own(kPost), below(kProvince), with(kPost, kMinistry)}) {
        refused = {by.append(under(by, audience, "other", act)).entry.hash};
        auto after = under(by, audience, "other", act);  // it stands on what was refused
        after.base = refused;
        by.append(after);
        count += std::string_view(act) == "create" ? 2 : 1;
      }
      by.append(under(by, Audience::all(), "paper", act));
      by.append(under(by, Audience::authority(), "login", act));
      count += 2;
    }
    by.append(under(by, Audience::authority(), "unit", "create"));
    auto key = by.authority_draft(journal::acts::kCertifyPerson, {{"person", Json(id_of<PersonId>(77).hex())},
                                                                  {"public_key", Json(Node::key_of(77).public_key().hex())},
                                                                  {"unit", Json(unit_text(kProvince))}});
    key.record = id_;
    by.append(key);
    return count + 2;
  }
  std::string said_of(Node& reader) {
    const auto shown = shown_by(reader, id_);
    std::string out = shown.type_id + " " + shown.state + (shown.voided ? " voided " : " ") + canonical(shown.values);
    for (const auto& part : shown.parts) out += " " + part.key.text();
    return out;
  }

  RecordId id_ = imported_id("events", "E001");
};

TEST_F(ComputedIds, AreBegunByWhoHoldsTheTreeAlone) {
  root_->define("other", R"({"feeds":"","audience":"own","slots":{}})");
  province_->take_all(*root_);
  auto &before = reader(20), &after = reader(21), &narrow = reader(22);
  for (auto* one : {&before, &narrow}) one->take_all(*root_);
  const auto tried = attack(*province_);
  for (auto* one : {&before, &narrow}) {
    one->take_all(*province_);
    EXPECT_TRUE(shown_by(*one, id_).parts.empty()) << "nothing is there before it was made";
  }
  auto creation = under(*root_, own(kOtherPost), "sample", "create");
  creation.body.state = "draft";
  root_->append(creation);
  after.take_all(*root_);
  const auto meant = said_of(after);
  EXPECT_EQ(meant, R"(sample draft {"n":1} own:)" + unit_text(kOtherPost) + "/internal");
  after.take_all(*province_);
  before.take_all(*root_);
  for (auto* one : {&before, &after}) {
    EXPECT_EQ(said_of(*one), meant);
    EXPECT_THAT(one->verify().problems, IsEmpty());
  }
  EXPECT_EQ(before.digest(), after.digest());
  EXPECT_EQ(before.count("SELECT count(*) FROM journal_entry WHERE status=4"), static_cast<std::int64_t>(tried));
  // Now that it has seen the record, it may write no more than before.
  province_->take_all(*root_);
  const auto again = attack(*province_);
  for (auto* one : {&before, &after}) {
    one->take_all(*province_);
    EXPECT_EQ(said_of(*one), meant);
  }
  EXPECT_EQ(before.count("SELECT count(*) FROM journal_entry WHERE status=4"), static_cast<std::int64_t>(tried + again));
}

TEST_F(ComputedIds, WhatIsBegunIsAmendedByWhoMayWriteThere) {
  const auto made = root_->append(under(*root_, own(kPost), "sample", "create"));
  province_->take_all(*root_);
  auto change = under(*province_, own(kPost), "sample", "");
  change.base = {made.entry.hash};
  change.body.set["n"] = 2;
  province_->append(change);
  EXPECT_EQ(said_to(*province_), "");
  EXPECT_EQ(canonical(judge_->state(id_).values()), R"({"n":2})");
  auto retyped = under(*province_, own(kPost), "other", "create");
  retyped.base = {made.entry.hash};
  root_->define("other", R"({"feeds":"","audience":"own","slots":{}})");
  province_->take_all(*root_);
  province_->append(retyped);
  EXPECT_THAT(said_to(*province_), HasSubstr("does not name the node")) << "nor created anew";
}

// Of the authority everybody holds the audience: there no node begins what another made and it says it has not seen.
TEST_F(ComputedIds, NobodyVoidsAnAuthorityRecordThatHeSaysHeHasNotSeen) {
  auto& blind = member(*root_, 3, kOtherProvince);
  const auto unit = enter(*province_, 25).entry.header.record;
  const auto account = set_authority(*root_, "login", 934, {{"unit", Json(unit_text(kForce))}}).entry.header.record;
  for (const auto& record : {unit, account}) {
    auto gone = blind.authority_draft(journal::acts::kVoid, {});
    gone.record = record;
    gone.type = record == unit ? "unit" : "login";
    blind.append(gone);
  }
  judge_->take_all(*root_);
  EXPECT_THAT(judge_->take_all(*province_).refused, IsEmpty());
  std::string said;
  for (const auto& error : judge_->take_all(blind).refused) said += error.english() + "\n";
  EXPECT_THAT(said, HasSubstr(unit.hex() + " does not name the node"));
  EXPECT_THAT(said, HasSubstr(account.hex() + " does not name the node"));
  EXPECT_FALSE(judge_->state(unit).voided);
  EXPECT_FALSE(judge_->state(account).voided);
}

TEST_F(ComputedIds, TheWritePathAsksTheSameAlsoAfterASaveThatWasRight) {
  auto& honest = reader(6);
  root_->certify(honest, kProvince);
  honest.take_all(*root_);
  write(honest, own(kPost), 501);
  write(honest, own(kPost), 502);
  EXPECT_THAT(honest.refuse(under(honest, own(kPost), "sample", "create")).english(), HasSubstr("does not name the node"));
  EXPECT_THAT(honest.refuse(under(honest, own(kPost), "sample", "")).english(), HasSubstr("does not name the node"));
  auto another = under(honest, own(kPost), "sample", "create");
  another.record = journal::bound_id(1, 2, root_->journal.self().node);
  EXPECT_THAT(honest.refuse(another).english(), HasSubstr("names another node"));
}

}  // namespace
}  // namespace nc::records
