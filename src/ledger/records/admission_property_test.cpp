// Nodes that write what they please, wider than they may and for whom they may not, exchange by chance;
// readers that ask get all of it in other orders and batches. Every reader must come to what the oracle
// says, and so to the same state.
#include "base/rng.h"
#include "ledger/journal/bound_id.h"
#include "ledger/records/admission_oracle.h"
#include "ledger/records/admission_world.h"

namespace nc::records {
namespace {

using namespace testing;
using journal::testing::SealedBatch;

class AdmissionLaws : public TreeOfUnits {
 protected:
  using Writers = std::vector<Node*>;

  unsigned unit() {
    static constexpr std::array<unsigned, 7> kUnits = {kForce, kProvince, kPost, kOtherProvince, kOtherPost, kMinistry, 60};
    return kUnits[rng_.below(kUnits.size())];
  }
  Audience audience() {
    switch (rng_.below(5)) {
      case 0: return with(kPost, kMinistry);
      case 1: return below(unit());
      case 2: return Audience::all();
      default: return own(unit());
    }
  }
  // Half the time what an honest node would do.
  unsigned unit_for(std::size_t writer) {
    static constexpr std::array<unsigned, 4> kOwn = {kForce, kProvince, kPost, kOtherProvince};
    return rng_.below(2) == 0 ? unit() : kOwn[std::min<std::size_t>(writer, 3)];
  }

  void step(Writers& writers, unsigned number) {
    const auto which = rng_.below(writers.size());
    auto& by = *writers[which];
    const auto record = 1000 + number;
    switch (rng_.below(16)) {
      case 0:
      case 1: exchange(by, *writers[rng_.below(writers.size())]); return;
      case 2: enter(by, rng_.below(3) == 0 ? 60 : unit_for(which)); return;
      case 3:
        reorganise(by, rng_.below(3) == 0 ? 900 : record, {placing(unit(), unit_for(which), rng_.below(4) == 0 ? "guidance" : "command")});
        return;
      case 4:
        set_authority(by, "login", rng_.below(2) == 0 ? 930 : record,
                      {{"unit", Json(unit_text(unit_for(which)))},
                       {"grants", JsonArray{Json(JsonObject{{"role", Json("r")}, {"unit", Json(unit_text(unit_for(which)))}})}}});
        return;
      case 5: certify_person(by, 21 + static_cast<unsigned>(rng_.below(3)), unit_for(which)); return;
      case 6: purge(by); return;
      case 7:
        if (writers.size() < 6) writers.push_back(&newcomer(by, unit_for(which)));
        return;
      case 8: by.define("sample" + std::to_string(rng_.below(2)), R"({"feeds":"","audience":"own","slots":{}})"); return;
      case 9: create(by, *writers[rng_.below(writers.size())]); return;
      case 14: impostor(by, *writers[rng_.below(writers.size())], unit_for(which)); return;
      case 10:
      case 15: computed(by, *writers[rng_.below(writers.size())]); return;
      default: kept_.push_back(write(by, audience(), record, rng_.below(6) == 0 ? "paper" : "sample").entry.hash); return;
    }
  }
  // Under an id that names some node, seldom the same one twice.
  void create(Node& by, Node& named) {
    auto draft = rng_.below(3) == 0 ? by.authority_draft("create", {{"code", Json("x")}}) : draft_for(by, audience(), 1);
    draft.type = draft.body.act.empty() ? "sample" : "unit";
    draft.form = journal::Form::kAct;
    draft.body.act = "create";
    draft.record = journal::bound_id(0, static_cast<std::uint32_t>(rng_.below(4)), named.journal.self().node);
    by.append(draft);
  }
  // Under an id that everybody can compute, seldom another one: anew, or on what the writer or another saw of it.
  void computed(Node& by, Node& seen_by) {
    const auto record = id_of<RecordId>(kComputed + rng_.below(kComputedEnd - kComputed));
    auto draft = rng_.below(4) == 0 ? by.authority_draft("", {{"code", Json("x")}}) : draft_for(by, audience(), 1);
    const bool authority = draft.type == "authority_note";
    draft.type = authority ? "unit" : rng_.below(4) == 0 ? "paper" : "sample";
    draft.record = record;
    static constexpr std::array<const char*, 4> kActs = {"create", "create", "void", ""};
    draft.body.act = kActs[rng_.below(kActs.size())];
    draft.form = draft.body.act.empty() ? journal::Form::kSet : journal::Form::kAct;
    for (const auto& stored : must(seen_by.journal.entries_of(by.db, record))) {
      if (authority || rng_.below(2) == 0) continue;
      draft.base = {stored.entry.hash};
      draft.part = stored.entry.header.stream.part;
    }
    by.append(draft);
  }
  // What waits for a body or an authority leaves a gap behind it; it comes another time.
  static void exchange(Node& to, Node& from) {
    for (int round = 0; round < 3; ++round)
      for (const auto& batch : from.batches()) (void)to.receive(batch);
  }
  Node& newcomer(Node& by, unsigned of) {
    auto& out = node(next_node_++);
    by.certify(out, of);
    exchange(out, by);
    return out;
  }
  // Under the name of a node that there is, or of its very incarnation; asked for or not.
  void impostor(Node& by, Node& named, unsigned of) {
    const auto key = Node::key_of(40 + static_cast<unsigned>(rng_.below(3)));
    auto who = named.journal.self();
    if (rng_.below(2) == 0) who.incarnation = journal::incarnation_of(key.public_key());
    auto draft = by.certificate(who, rng_.below(4) == 0 ? named.key : key, of);
    if (rng_.below(3) == 0) draft.body.set.erase("asks");
    impostors_.insert(by.append(draft).entry.hash);
  }
  void certify_person(Node& by, unsigned person, unsigned of) {
    by.authority(journal::acts::kCertifyPerson, {{"person", Json(id_of<PersonId>(person).hex())},
                                                 {"public_key", Json(Node::key_of(person).public_key().hex())},
                                                 {"unit", Json(unit_text(of))},
                                                 {"rights", Json(rng_.below(4) == 0 ? "erase" : "purge")}});
  }
  // By one or two persons; his own journal may know better than to take it.
  void purge(Node& by) {
    if (kept_.empty()) return;
    const auto target = kept_[rng_.below(kept_.size())];
    for (unsigned person = 21; person < 24; ++person) {
      if (rng_.below(3) == 0) continue;
      auto transaction = must(store::Transaction::begin(by.db));
      if (!by.journal.append(by.db, by.purge_draft(target, person))) continue;
      must(by.journal.seal_moved(by.db, by.key));
      must(transaction.commit());
    }
  }

  // All batches in random order, again and again until nothing moves.
  void deliver(Node& to, std::vector<SealedBatch> batches) {
    for (int round = 0; round < 60; ++round) {
      const auto before = state_of(to);
      for (std::size_t i = batches.size(); i > 1; --i) std::swap(batches[i - 1], batches[rng_.below(i)]);
      for (const auto& batch : batches) (void)to.receive(batch);
      if (round > 2 && state_of(to) == before) return;
    }
    ADD_FAILURE() << "it does not settle";
  }
  static std::map<EntryHash, int> state_of(Node& node) {
    std::map<EntryHash, int> out;
    auto query = must(node.db.prepare("SELECT hash, status FROM journal_entry"));
    while (must(query.step())) out[query.id<EntryHash>(0)] = static_cast<int>(query.integer(1));
    return out;
  }

  static constexpr unsigned kComputed = 2000, kComputedEnd = 2003;
  static bool is_computed(const RecordId& record) {
    for (unsigned number = kComputed; number < kComputedEnd; ++number)
      if (record == id_of<RecordId>(number)) return true;
    return false;
  }
  // What a reader shows of those records.
  std::string of_computed(Node& reader) {
    std::string out;
    for (unsigned number = kComputed; number < kComputedEnd; ++number) {
      const auto merged = reader.state(number);
      out += canonical(merged.values()) + merged.state + (merged.voided ? " voided" : "");
      for (const auto& [key, part] : merged.parts) out += " " + key.text() + " " + std::to_string(part.heads.size());
      computed_shown_ += merged.parts.empty() ? 0 : 1;
    }
    return out;
  }

  SeededRng rng_{1};
  unsigned next_node_ = 2;
  std::vector<EntryHash> kept_;
  int computed_shown_ = 0, computed_refused_ = 0, impostors_refused_ = 0, impostors_taken_ = 0;
  std::set<EntryHash> impostors_;
};

int status_of(Expected expected) {
  switch (expected) {
    case Expected::kParked: return 1;
    case Expected::kRefused: return 4;
    case Expected::kPurged: return 3;
    default: return 0;
  }
}

TEST_F(AdmissionLaws, EveryOrderAndBatchEndsWhereTheOracleSays) {
  std::map<Expected, int> seen;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    rng_ = SeededRng(seed);
    next_node_ = seed * 40 + 2;
    kept_.clear();
    auto& root = founder(seed * 40 + 1);
    for (const unsigned person : {21U, 22U}) certify_person(root, person, kForce);
    Writers writers = {&root, &member(root, next_node_, kProvince)};
    ++next_node_;
    for (unsigned number = 0; number < 45; ++number) {
      try {
        step(writers, number);
      } catch (const std::runtime_error&) {  // a newcomer whom his certificate has not reached cannot write yet
      }
    }
    for (auto* writer : writers) exchange(root, *writer);
    for (int i = 0; i < 3; ++i) purge(root);
    for (const unsigned person : {31U, 32U}) root.certify_person(person, "purge");  // two whom nobody touched
    for (const unsigned person : {31U, 32U}) root.append(root.purge_draft(kept_.at(0), person));
    std::vector<SealedBatch> all;
    std::map<EntryHash, journal::Entry> entries;
    for (auto* writer : writers)
      for (auto& batch : writer->batches()) {
        for (const auto& bytes : batch.entries) {
          auto entry =
              journal::testing::finish(must(journal::decode_header(bytes.header_bytes)),
                                       must(journal::decode_body(bytes.body_bytes, must(journal::decode_header(bytes.header_bytes)).form)));
          entries.emplace(entry.hash, std::move(entry));
        }
        all.push_back(std::move(batch));
      }
    std::vector<journal::Entry> list;
    for (const auto& [hash, entry] : entries) list.push_back(entry);
    AdmissionOracle oracle(list);
    std::map<EntryHash, int> meant;
    for (const auto& entry : list) {
      const auto expected = oracle.of(entry.hash);
      ++seen[expected];
      if (expected != Expected::kNotHeld) meant[entry.hash] = status_of(expected);
    }
    std::set<std::string> derived;
    for (unsigned i = 0; i < 2; ++i) {
      auto& to = reader(seed * 40 + 30 + i);
      deliver(to, all);
      const auto got = state_of(to);
      for (const auto& [hash, status] : meant)
        EXPECT_EQ(got.contains(hash) ? got.at(hash) : -1, status) << "seed " << seed << ": " << entries.at(hash).header_bytes << "\n"
                                                                  << entries.at(hash).body_bytes;
      EXPECT_EQ(got.size(), meant.size()) << "seed " << seed;
      for (const auto& problem : to.verify().problems)
        ADD_FAILURE() << problem.stream << " " << problem.seq << " " << problem.error.english();
      if (HasFailure()) return;
      derived.insert(of_computed(to));
    }
    EXPECT_EQ(derived.size(), 1U) << "seed " << seed;
    for (const auto& entry : list)
      if (impostors_.contains(entry.hash)) ++(oracle.of(entry.hash) == Expected::kCounts ? impostors_taken_ : impostors_refused_);
    for (const auto& entry : list) computed_refused_ += is_computed(entry.header.record) && oracle.of(entry.hash) == Expected::kRefused;
  }
  EXPECT_GT(computed_refused_, 10);
  EXPECT_GT(computed_shown_, 3);
  EXPECT_GT(impostors_refused_, 10);
  EXPECT_GT(impostors_taken_, 0) << "by the founding node, or before the true one was known";
  // The histories must be worth something.
  for (const auto kind : {Expected::kNotHeld, Expected::kRefused, Expected::kCounts, Expected::kPurged})
    EXPECT_GT(seen[kind], 3) << static_cast<int>(kind);
}

}  // namespace
}  // namespace nc::records
