// For this room's tests: a tree of units and nodes that write into it without asking, so that what they
// write can be judged by readers that do ask.
#pragma once

#include "ledger/journal/node_for_test.h"
#include "ledger/records/admission_rules.h"

namespace nc::records::testing {

using journal::Audience;
using journal::PartKey;
using journal::Stored;
using journal::testing::id_of;
using journal::testing::JournalTest;
using journal::testing::must;
using journal::testing::Node;

// Units: 10 the whole force, 20 and 30 provinces under it, 21 a post of 20, 31 a post of 30; 40 a ministry
// beside them.
inline constexpr unsigned kForce = 10, kProvince = 20, kPost = 21, kOtherProvince = 30, kOtherPost = 31, kMinistry = 40;

inline std::string unit_text(unsigned unit) { return id_of<UnitId>(unit).hex(); }

inline JsonObject placing(unsigned unit, unsigned parent, const char* line = "command") {
  return {{"unit", Json(unit_text(unit))}, {"parent", Json(unit_text(parent))}, {"line", Json(line)}, {"change", Json("place")}};
}

class TreeOfUnits : public JournalTest {
 protected:
  // A founded node that published the types and entered the units; it asks nothing.
  Node& founder(unsigned number = 1) {
    auto& root = node(number);
    root.certify(root, kForce);
    root.define("unit", R"({"feeds":"org-unit","audience":"authority","slots":{"code":"code"}})");
    root.define("change", R"({"feeds":"org-change","audience":"authority","slots":{"rows":"rows"}})");
    root.define("login", R"({"feeds":"person-account","audience":"authority","slots":{"unit":"unit","grants":"grants"}})");
    root.define("note", R"({"feeds":"","audience":"authority","slots":{}})");
    root.define("sample", R"({"feeds":"","audience":"own","slots":{}})");
    root.define("paper", R"({"feeds":"","audience":"all","slots":{}})");
    for (const auto unit : {kForce, kProvince, kPost, kOtherProvince, kOtherPost, kMinistry}) enter(root, unit);
    reorganise(
        root, 900,
        {placing(kProvince, kForce), placing(kPost, kProvince), placing(kOtherProvince, kForce), placing(kOtherPost, kOtherProvince)});
    return root;
  }
  // A node of that unit, certified by `by`, that holds all that `by` holds.
  Node& member(Node& by, unsigned number, unsigned unit) {
    auto& out = node(number);
    by.certify(out, unit);
    out.take_all(by);
    return out;
  }
  // A node that asks, and holds nothing yet.
  Node& reader(unsigned number) {
    auto& out = node(number);
    out.journal.set_rules(admission_rules());
    return out;
  }
  // The record that the node means by a number: one that it knows or, holding the whole tree, may begin under an id that
  // names nobody; else its own of that number.
  static RecordId record_of(Node& by, unsigned number) {
    const auto common = id_of<RecordId>(number);
    const bool known = !must(by.journal.entries_of(by.db, common)).empty() || must(by.journal.holding(by.db)).whole;
    return known ? common : journal::bound_id(0, number, by.journal.self().node);
  }
  static Stored enter(Node& by, unsigned unit) { return set_authority(by, "unit", unit, {{"code", Json(unit_text(unit))}}); }
  static Stored reorganise(Node& by, unsigned record, const std::vector<JsonObject>& rows) {
    JsonArray list;
    for (const auto& row : rows) list.emplace_back(row);
    return set_authority(by, "change", record, {{"rows", Json(list)}});
  }
  static Stored set_authority(Node& by, const std::string& type, unsigned record, JsonObject values) {
    auto draft = by.authority_draft("create", std::move(values));
    draft.record = record_of(by, record);
    if (!must(by.journal.entries_of(by.db, draft.record)).empty()) {
      draft.form = journal::Form::kSet;
      draft.body.act.clear();
    }
    draft.type = type;
    return by.append(draft);
  }
  static journal::Draft draft_for(Node& by, const Audience& audience, unsigned record, const std::string& type = "sample") {
    auto draft = by.set_draft(record, {{"n", Json(static_cast<int>(record))}});
    draft.record = record_of(by, record);
    if (must(by.journal.entries_of(by.db, draft.record)).empty()) {
      draft.form = journal::Form::kAct;
      draft.body.act = journal::acts::kCreate;
    }
    draft.type = type;
    draft.part = {1, audience};
    return draft;
  }
  static Stored write(Node& by, const Audience& audience, unsigned record, const std::string& type = "sample") {
    return by.append(draft_for(by, audience, record, type));
  }
  static Audience own(unsigned unit) { return Audience::own(id_of<UnitId>(unit)); }
  static Audience with(unsigned a, unsigned b) { return {Audience::Kind::kWith, {id_of<UnitId>(a), id_of<UnitId>(b)}}; }
  static Audience below(unsigned unit) { return {Audience::Kind::kBelow, {id_of<UnitId>(unit)}}; }
};

}  // namespace nc::records::testing
