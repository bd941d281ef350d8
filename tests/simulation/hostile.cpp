// People with bad intentions: a thief with a machine, a node that writes what it may not.
#include <algorithm>

#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/node_names.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/cutting_off.h"
#include "ledger/records/data_dir.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using journal::Audience;

// A node's journal in the hand of somebody who asks nothing: whoever holds the key and the disk writes what he likes.
class Hand {
 public:
  // `node` is closed.
  Hand(Node& node, const std::string& vfs, bool lawful)
      : dir_{node.dir()},
        db_(must(store::Database::open(dir_.ledger(), options(vfs)))),
        key_(must(crypto::read_key_file(dir_.key()))),
        config_(must(records::read_config(dir_))),
        rng_(node.rng()),
        clock_(node.clock()),
        journal_(config_.self, clock_, rng_) {
    if (lawful) journal_.set_rules(records::admission_rules());
  }
  // Nothing: not even his own journal takes it.
  std::optional<EntryHash> write(journal::Draft draft) {
    auto transaction = must(store::Transaction::begin(db_));
    draft.body.author = config_.node_record;
    const auto stored = journal_.append(db_, std::move(draft));
    if (!stored) return std::nullopt;
    must(journal_.seal_moved(db_, key_));
    must(transaction.commit());
    return stored->entry.hash;
  }
  std::optional<EntryHash> authority(const std::string& type, std::string_view act, JsonObject values,
                                     const std::optional<RecordId>& record = std::nullopt) {
    auto draft = blank(type, 1, {0, Audience::authority()});
    if (record) draft.record = *record;
    draft.lane = journal::Lane::kAuthority;
    draft.body.act = act;
    draft.body.set = std::move(values);
    return write(std::move(draft));
  }
  std::optional<EntryHash> note(const std::string& type, const Audience& audience, const std::string& text) {
    auto draft = blank(type, 1, {1, audience});
    draft.body.act = journal::acts::kCreate;
    draft.body.set = {{"text", Json(text)}};
    return write(std::move(draft));
  }
  journal::Draft blank(const std::string& type, int version, const journal::PartKey& part) {
    journal::Draft draft;
    draft.record = journal::bound_id(clock_.wall_ms(), journal::make_nonce(rng_), config_.self.node);
    draft.type = type;
    draft.type_version = version;
    draft.part = part;
    draft.form = journal::Form::kAct;
    return draft;
  }

 private:
  static store::Options options(const std::string& vfs) {
    store::Options out;
    out.application_id = records::kLedgerApplicationId;
    out.vfs = vfs;
    return out;
  }
  records::DataDir dir_;
  store::Database db_;
  crypto::SigningKey key_;
  records::NodeConfig config_;
  Rng& rng_;
  const Clock& clock_;
  journal::Journal journal_;
};

}  // namespace

// The machine is stolen and goes on writing; the top cuts its streams where they were, and the unit gets another machine.
Finding World::steal(Member& member) {
  const bool leaf = std::none_of(members_.begin(), members_.end(), [&](const auto& one) { return one->parent == &member; });
  if (!leaf || member.hostile || member.parent == nullptr || members_.size() < 3) return {};
  if (std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  if (!may_certify(*member.parent) || !is_let_in(member)) return {};
  auto& force = *members_.front();
  count("stolen machines");
  note(member.code + " is stolen");
  std::vector<Member*> chain;
  for (auto* at = &member; at->parent != nullptr; at = at->parent) chain.push_back(at);
  for (auto* one : chain) meet_superior(*one);
  const auto prefix = incarnation_text(*member.node);
  Heads at_the_top;
  for (const auto& [name, held] : heads_of(*force.node))
    if (name.starts_with(prefix)) at_the_top[name] = held;
  // Later than any honest clock here: the day of the theft parts what is good from what is not.
  constexpr std::int64_t kTheft = 1'795'000'000'000 + std::int64_t{11} * 365 * 86'400'000;
  member.node->clock().now_ms = kTheft;
  const records::CutOff order{member.node->id(), member.node->ledger().identity().incarnation, records::CutReason::kStolen, kTheft};
  const auto writes = [&] {
    close(member);
    {
      Hand thief(*member.node, member.disk->name(), false);
      for (const auto& [name, held] : at_the_top) {
        const auto key = must(journal::StreamKey::parse(name));
        if (key.lane != journal::Lane::kOrdinary) continue;
        auto draft = thief.blank("sim_note", 1, key.part);
        draft.body.act = journal::acts::kCreate;
        draft.body.set = {{"text", Json("ke trom viet")}};
        if (const auto hash = thief.write(std::move(draft))) may_not_count_.insert(*hash);
      }
    }
    return reopen(member);
  };
  const bool first = rng_.below(2) == 0;  // the thief is quicker
  if (first)
    if (auto bad = writes(); !bad.empty()) return bad;
  if (first) meet_superior(member);
  const auto cut = records::cut_off(force.node->ledger(), force.node->ledger().console(), order);
  if (!cut) return "the top cannot cut it off: " + cut.error().error.english();
  remember(force);
  if (!first)
    if (auto bad = writes(); !bad.empty()) return bad;
  for (int i = 0; i < 2; ++i)
    if (auto bad = talk(member); !bad.empty()) return bad;
  // It is heard no more; what it was given stays where it is.
  return set_up_anew(member);
}

// Emits whatever it may not: wider units, others' audiences, types, grants, other nodes' names.
Finding World::rogue(Member& member) {
  if (std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  count("rogues");
  note(member.code + " writes what it may not");
  member.hostile = true;
  auto& force = *members_.front();
  const auto whole = force.unit;
  const auto stranger = force.node->id();
  const auto self = member.node->id();
  std::vector<journal::Identity> everybody;
  for (const auto& one : members_)
    if (one.get() != &member) everybody.push_back(one->node->ledger().identity());
  close(member);
  {
    Hand hand(*member.node, member.disk->name(), false);
    std::vector<std::optional<EntryHash>> made;
    made.push_back(hand.note("sim_note", Audience::own(whole), "vuot quyen"));
    made.push_back(hand.note("sim_note", Audience::all(), "vuot quyen"));
    static_cast<void>(hand.note("sim_order", Audience::all(), "lenh"));  // to all any node may write what is for all
    made.push_back(hand.note("sim_note", {Audience::Kind::kBelow, {whole}}, "ke hoach gia"));
    JsonObject row = {
        {"unit", Json(whole.hex())}, {"parent", Json(member.unit.hex())}, {"line", Json("command")}, {"change", Json("place")}};
    made.push_back(
        hand.authority("reorganisation", journal::acts::kCreate, {{"subject", Json("gia")}, {"rows", Json(JsonArray{Json(row)})}}));
    const auto definition = std::string("{}");
    made.push_back(hand.authority("record_type", journal::acts::kPublishType,
                                  {{"type_id", Json("gia")},
                                   {"version", Json(1)},
                                   {"definition", Json(definition)},
                                   {"definition_hash", Json(crypto::sha256(definition).hex())}}));
    made.push_back(hand.authority("node_key", journal::acts::kCertifyNode,
                                  {{"node", Json(member.node->rng().make<NodeId>().hex())},
                                   {"incarnation", Json(member.node->rng().make<IncarnationId>().hex())},
                                   {"public_key", Json(crypto::SigningKey::generate(member.node->rng()).public_key().hex())},
                                   {"unit", Json(whole.hex())}}));
    // Under the names of those that there are: the very incarnation with a key of his own, and the top as another incarnation.
    const auto impostor = [&](const journal::Identity& who, const crypto::SigningKey& key) {
      const auto record = journal::bound_id(member.node->clock().wall_ms(), journal::make_nonce(member.node->rng()), self);
      made.push_back(hand.authority("node_key", journal::acts::kCertifyNode,
                                    {{"node", Json(who.node.hex())},
                                     {"incarnation", Json(who.incarnation.hex())},
                                     {"public_key", Json(key.public_key().hex())},
                                     {"asks", Json(key.sign(journal::asks_message(record, who.node, who.incarnation)).hex())},
                                     {"unit", Json(member.unit.hex())}},
                                    record));
    };
    const auto key = crypto::SigningKey::generate(member.node->rng());
    for (const auto& one : everybody) impostor(one, key);
    impostor({stranger, journal::incarnation_of(key.public_key())}, key);
    JsonObject grant = {{"line", Json("command")}, {"role", Json("writer")}, {"unit", Json(whole.hex())}};
    made.push_back(hand.authority("account", journal::acts::kCreate,
                                  {{"login", Json("gia")},
                                   {"display", Json("gia")},
                                   {"unit", Json(whole.hex())},
                                   {"clearance", Json("restricted")},
                                   {"grants", Json(JsonArray{Json(grant)})}}));
    auto others = hand.blank("sim_note", 1, {1, Audience::own(member.unit)});
    others.record = journal::bound_id(member.node->clock().wall_ms(), 7, stranger);
    others.body.act = journal::acts::kCreate;
    others.body.set = {{"text", Json("ten nguoi khac")}};
    made.push_back(hand.write(std::move(others)));
    for (const auto& one : made)
      if (one) may_not_count_.insert(*one);
  }
  return reopen(member);
}

}  // namespace nc::simulation
