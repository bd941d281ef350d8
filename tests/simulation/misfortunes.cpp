// What goes wrong with machines, and what people with bad intentions do.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using journal::Audience;

void copy_small_files(const fs::path& from, const fs::path& to) {
  const auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
  fs::create_directories(to);
  for (const auto* name : {"node.json", "keys", "catalog"})
    if (fs::exists(from / name)) fs::copy(from / name, to / name, options);
}

std::string incarnation_text(Node& node) {
  const auto self = node.ledger().identity();
  return self.node.hex() + "/" + self.incarnation.hex();
}

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
  std::optional<EntryHash> authority(const std::string& type, std::string_view act, JsonObject values) {
    auto draft = blank(type, 1, {0, Audience::authority()});
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

// --- disks ---

// In the middle of some work.
Finding World::lose_power(Member& member) {
  count("power cuts");
  member.disk->cut_after(1 + static_cast<std::int64_t>(rng_.below(120)));
  note(member.code + " will lose power");
  write(member);
  if (!member.disk->is_off()) amend(member);
  if (!member.disk->is_off()) member.disk->cut_after(0);
  member.node->close();
  member.disk->power_on();
  if (auto bad = reopen(member); !bad.empty()) return bad;
  return still_there(member);
}

Finding World::fill_disk(Member& member) {
  count("full disks");
  std::int64_t used = 0;
  for (const auto& [path, bytes] : member.disk->files()) used += static_cast<std::int64_t>(bytes.size());
  member.disk->set_capacity(used + static_cast<std::int64_t>(rng_.below(60'000)));
  note(member.code + " has a full disk");
  member.full = true;
  for (int i = 0; i < 3; ++i) write(member);
  if (member.parent != nullptr) {
    auto session = sync::Session::start(member.node->ledger(), member.parent->node->id());
    if (session) {
      const auto request = (*session)->request();
      const auto row = request ? sync::answer(member.parent->node->ledger(), member.node->id(), *request) : request;
      if (row) remember(*member.parent);
      if (row && (*session)->feed(*row)) static_cast<void>((*session)->finish());
    }
  }
  member.disk->repair();
  member.full = false;
  if (auto bad = reopen(member); !bad.empty()) return bad;
  if (auto bad = still_there(member); !bad.empty()) return bad;
  remember(member);
  return {};
}

void World::clock_jumps(Member& member) {
  constexpr std::int64_t kTenYears = std::int64_t{3650} * 86'400'000;
  count("clocks that jump");
  auto& now = member.node->clock().now_ms;
  const auto way = rng_.below(3);
  if (way == 0) now = 1'795'000'000'000 + kTenYears;
  else if (way == 1) now = 1'795'000'000'000 - kTenYears;
  else now -= static_cast<std::int64_t>(rng_.below(86'400'000));
  note(fmt::format("{}'s clock jumps to {}", member.code, now));
}

// --- old states ---

void World::fill_real_directory(const Member& member, const fs::path& to) const {
  copy_small_files(member.node->dir(), to);
  for (const auto& [path, bytes] : member.disk->files()) {
    std::ofstream out(to / fs::path(path).filename(), std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
}

void World::keep_old(Member& member) {
  if (member.hostile) return;  // its own journal does not verify
  count("backups");
  must(member.node->ledger().catch_up());
  const auto real = dir_ / fmt::format("real-{}", ++stick_names_);
  fill_real_directory(member, real);
  Member::Old old;
  old.files = member.disk->files();
  old.backup = dir_ / fmt::format("backup-{}", stick_names_);
  must(records::backup_directory(real, old.backup, member.node->clock()));
  fs::remove_all(real);
  member.old = std::move(old);
  note(member.code + " is backed up");
}

// What only it held is gone with the disk: its own, and what others wrote who lost it themselves.
void World::forget_lost(Member& member) {
  std::map<std::string, Held> best;
  for (const auto& other : members_) {
    if (other.get() == &member) continue;
    for (const auto& [name, held] : heads_of(*other->node))
      if (held.seq > best[name].seq) best[name] = held;
  }
  for (const auto& writer : members_)
    for (auto at = writer->acknowledged.begin(); at != writer->acknowledged.end();) {
      const auto& left = best[at->first];
      if (forked_.contains(at->first.substr(0, incarnation_text(*member.node).size()))) {  // others hold another branch
        at = writer->acknowledged.erase(at);
        continue;
      }
      if (left.seq < at->second.seq) at->second = left;
      at = at->second.seq == 0 ? writer->acknowledged.erase(at) : std::next(at);
    }
}

// Somebody puts an old copy of the directory back and goes on as if nothing had happened.
Finding World::go_back(Member& member) {
  if (member.hostile || !member.old || std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  count("old directories put back");
  note(member.code + " goes back to an old copy of its directory");
  forked_.insert(incarnation_text(*member.node));
  forget_lost(member);
  close(member);
  member.disk->load(member.old->files, rng_.next());
  if (auto bad = reopen(member); !bad.empty()) return bad;
  member.acknowledged.clear();
  member.durable = heads_of(*member.node);
  went_back_.push_back(&member);
  return {};
}

// The product's way: a new incarnation, which its superior certifies. The top has its recovery key.
Finding World::restore(Member& member) {
  if (member.hostile || !member.old || std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  const records::DataDir dir{member.node->dir()};
  const bool top = member.parent == nullptr;
  if (top && !fs::exists(dir.recovery_key())) return {};
  count("backups restored");
  note(member.code + " is restored from its backup");
  forget_lost(member);
  close(member);
  const auto real = dir_ / fmt::format("real-{}", ++stick_names_);
  must(records::restore_backup(member.old->backup, real, top ? dir.recovery_key() : fs::path(), member.node->rng()));
  store::FaultyDisk::Files files;
  for (const auto& entry : fs::directory_iterator(real))
    if (entry.path().extension() == ".db") files[(dir.root / entry.path().filename()).string()] = must(read_file(entry.path()));
  if (top) fs::remove(dir.recovery_key());  // used up
  copy_small_files(real, dir.root);
  fs::remove_all(real);
  member.disk->load(files, rng_.next());
  member.old.reset();
  if (auto bad = reopen(member); !bad.empty()) return bad;
  member.durable = heads_of(*member.node);
  if (top) return {};
  // Certified by whoever stands above, who may have to hear first where it stands.
  records::NewNode who;
  who.self = member.node->ledger().identity();
  who.key = must(crypto::read_key_file(dir.key())).public_key();
  who.unit = member.unit;
  who.unit_code = member.code;
  who.ceiling = member.ceiling;
  std::vector<Member*> chain;
  for (auto* at = member.parent; at->parent != nullptr; at = at->parent) chain.push_back(at);
  const auto meet = [&] {
    for (std::size_t i = chain.size(); i-- > 0;) sync_until_quiet(*chain[i]->node, *chain[i]->parent->node);
  };
  meet();
  auto& above = *member.parent->node;
  who.node_record = above.ledger().new_node_record();
  const auto done = above.ledger().enrol(above.ledger().console(), who);
  if (!done) return fmt::format("{} is not certified again: {}", member.code, done.error().error.english());
  remember(*member.parent);
  for (auto* one : chain) sync_until_quiet(*one->node, *one->parent->node);
  for (auto* one : chain) remember(*one);
  return {};
}

Finding World::new_incarnation(Member& member) {
  keep_old(member);
  return restore(member);
}

// A second machine with the same keys works beside the first for a while; then somebody notices.
Finding World::clone(Member& member) {
  if (member.hostile || std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  count("clones");
  note("the disk of " + member.code + " is cloned");
  must(member.node->ledger().catch_up());
  forked_.insert(incarnation_text(*member.node));
  {
    auto twin = std::make_unique<Member>();
    twin->code = member.code + "-clone";
    twin->disk = std::make_unique<store::FaultyDisk>(fmt::format("{}-clone-{}", member.disk->name(), ++machines_), rng_.next());
    twin->node = std::make_unique<Node>(dir_ / fmt::format("clone-{}", machines_), member.code, rng_.next(), twin->disk->name());
    twin->node->stand_for(*member.node);
    twin->parent = member.parent;
    twin->unit = member.unit;
    twin->ceiling = member.ceiling;
    copy_small_files(member.node->dir(), twin->node->dir());
    store::FaultyDisk::Files files;
    for (const auto& [path, bytes] : member.disk->files()) files[(twin->node->dir() / fs::path(path).filename()).string()] = bytes;
    twin->disk->load(files, rng_.next());
    if (auto bad = reopen(*twin); !bad.empty()) return bad;
    for (int i = 0; i < 6; ++i) {
      write(rng_.below(2) == 0 ? *twin : member);
      if (auto bad = talk(rng_.below(2) == 0 ? *twin : member); !bad.empty()) return bad;
    }
    const auto gone = twin.get();
    std::erase_if(sticks_, [&](const Stick& stick) { return stick.to == gone; });
    twin->node->close();
  }
  member.acknowledged.clear();  // one of the two is refused by the others
  went_back_.push_back(&member);
  return {};
}

// --- people ---

// The machine is stolen and goes on writing; the top cuts its streams where they were, and the unit gets another machine.
Finding World::steal(Member& member) {
  const bool leaf = std::none_of(members_.begin(), members_.end(), [&](const auto& one) { return one->parent == &member; });
  if (!leaf || member.hostile || member.parent == nullptr || members_.size() < 3) return {};
  if (std::find(went_back_.begin(), went_back_.end(), &member) != went_back_.end()) return {};
  auto& force = *members_.front();
  count("stolen machines");
  note(member.code + " is stolen");
  std::vector<Member*> chain;
  for (auto* at = &member; at->parent != nullptr; at = at->parent) chain.push_back(at);
  for (auto* one : chain) sync_until_quiet(*one->node, *one->parent->node);
  const auto prefix = incarnation_text(*member.node);
  Heads at_the_top;
  for (const auto& [name, held] : heads_of(*force.node))
    if (name.starts_with(prefix)) at_the_top[name] = held;
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
  if (first) sync_until_quiet(*member.node, *member.parent->node);
  close(force);
  {
    Hand hand(*force.node, force.disk->name(), true);
    for (const auto& [name, held] : at_the_top) {
      const auto cut =
          hand.authority("node_key", journal::acts::kCut,
                         {{"stream", Json(name)}, {"seq", Json(held.seq)}, {"hash", Json(held.head.hex())}, {"reason", Json("stolen")}});
      if (!cut) return "the top cannot cut a stream";
    }
  }
  if (auto bad = reopen(force); !bad.empty()) return bad;
  must(force.node->ledger().rebuild(false));
  watch(force);
  remember(force);
  if (!first)
    if (auto bad = writes(); !bad.empty()) return bad;
  for (int i = 0; i < 2; ++i)
    if (auto bad = talk(member); !bad.empty()) return bad;
  // It is heard no more; what it was given stays where it is.
  auto* parent = member.parent;
  const auto unit = member.unit;
  const auto code = member.code;
  const auto ceiling = member.ceiling;
  std::erase_if(sticks_, [&](const Stick& stick) { return stick.to == &member; });
  std::erase_if(members_, [&](const auto& one) { return one.get() == &member; });
  for (std::size_t i = chain.size(); i-- > 1;) sync_until_quiet(*chain[i]->node, *chain[i]->parent->node);
  add(code, parent, unit, ceiling);
  for (std::size_t i = 1; i < chain.size(); ++i) sync_until_quiet(*chain[i]->node, *chain[i]->parent->node);
  for (auto& one : members_) remember(*one);
  return {};
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

// --- units ---

void World::move_unit() {
  auto& force = *members_.front();
  auto& member = *some_child();
  auto& above = some();
  for (auto* at = &above; at != nullptr; at = at->parent)
    if (at == &member || at->hostile) return;
  std::function<bool(const Member&)> fits = [&](const Member& one) {
    return one.ceiling <= above.ceiling &&
           std::all_of(members_.begin(), members_.end(), [&](const auto& below) { return below->parent != &one || fits(*below); });
  };
  if (member.parent == &above || member.unit == member.parent->unit || above.unit == member.unit || member.hostile || !fits(member)) return;
  if (model_.under(above.unit, member.unit)) return;
  Json row;
  const auto day = to_day(2026, 12, 1) + static_cast<std::int32_t>(++texts_);
  row.set("unit", member.unit.hex()).set("parent", above.unit.hex()).set("line", "command").set("change", "transfer");
  row.set("from", catalog::json_from_date({day, DatePrecision::kDay, false}));
  const auto result = force.node->write("reorganisation", Json(JsonObject{{"subject", Json("chuyen")}, {"rows", Json(JsonArray{row})}}));
  must(force.node->ledger().catch_up());
  note(fmt::format("{} moves under {}{}", member.code, above.code, result ? "" : ": " + result.error().error.english()));
  if (!result) return;
  count("units moved");
  remember(force);
  model_.place(member.unit, above.unit);
  member.parent = &above;
  member.node->hang_on(*above.node);
}

void World::merge_or_split() {
  auto& force = *members_.front();
  auto &one = *some_child(), &other = *some_child();
  if (one.unit == other.unit || model_.under(other.unit, one.unit) || model_.under(one.unit, other.unit) || one.hostile || other.hostile)
    return;
  const bool split = rng_.below(2) == 0;
  Json row;
  row.set("unit", one.unit.hex()).set("successor", other.unit.hex()).set("change", split ? "split" : "merge");
  row.set("from", catalog::json_from_date({to_day(2026, 12, 1), DatePrecision::kDay, false}));
  const auto result = force.node->write("reorganisation", Json(JsonObject{{"subject", Json("sap nhap")}, {"rows", Json(JsonArray{row})}}));
  must(force.node->ledger().catch_up());
  note(fmt::format("{} {} {}{}", one.code, split ? "gives part to" : "is merged into", other.code,
                   result ? "" : ": " + result.error().error.english()));
  if (!result) return;
  count("units merged or split");
  remember(force);
  model_.follows(one.unit, other.unit);
}

// The catalogue gets a field and a type; the top has it first, the others some day.
Finding World::new_types(Member& member) {
  auto& force = *members_.front();
  auto& who = force.knows_new_types ? member : force;
  if (who.knows_new_types) return {};
  count("catalogues renewed");
  note(who.code + " gets a newer catalogue");
  const auto places = who.node->dir() / "catalog" / "places";
  auto text = must(read_file(places / "sim_note.toml"));
  const auto at = text.find("version = 1");
  if (at == std::string::npos) return "sim_note has no version";
  text.replace(at, 11, "version = 2");
  text += "\n[[field]]\nid = \"extra\"\nkind = \"integer\"\nlabel = { vi = \"Mới\", en = \"New\" }\n";
  std::ofstream(places / "sim_note.toml") << text;
  auto fresh = must(read_file(places / "sim_order.toml"));
  fresh.replace(fresh.find("sim_order"), 9, "sim_fresh");
  fresh.replace(fresh.find("audience = \"all\""), 16, "audience = \"own\"");
  std::ofstream(places / "sim_fresh.toml") << fresh;
  who.knows_new_types = true;
  must(who.node->ledger().catch_up());
  return reopen(who);
}

// --- planted bugs ---

void World::plant(Member& member) {
  auto& ledger = member.node->ledger();
  if (wish_.plant == Plant::kLoseEntry)
    for (auto& [name, held] : member.acknowledged) ++held.seq;
  if (wish_.plant == Plant::kForgetDifference && member.parent != nullptr) {  // after the last talk
    member.node->note("khong ai biet");
    remember(member);
    member.acknowledged.clear();
  }
  if (wish_.plant == Plant::kDerivedRow)
    must(ledger.exchange([](records::Intake& intake) { return intake.db().exec("UPDATE record SET text_fold=text_fold||'x'"); }));
  if (wish_.plant == Plant::kPark)
    must(ledger.exchange([](records::Intake& intake) {
      return intake.db().exec("UPDATE journal_entry SET status=1 WHERE arrival=(SELECT max(arrival) FROM journal_entry)");
    }));
  if (wish_.plant == Plant::kTrustAnybody && !may_not_count_.empty())
    for (auto& one : members_)
      must(one->node->ledger().exchange(
          [](records::Intake& intake) { return intake.db().exec("UPDATE journal_entry SET status=0 WHERE status=4"); }));
  if (wish_.plant == Plant::kLeak && member.parent != nullptr) {
    // What is not for it, put into it by hand as a parent with a wrong subscription would.
    std::vector<journal::Journal::Incoming> entries;
    std::optional<journal::HeldSeal> seal;
    EntryHash head;
    auto& above = *members_.front()->node;
    above.note("chi cho cap tren", std::nullopt, Audience::own(above.unit()));
    remember(*members_.front());
    must(above.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(const auto streams, journal::held_streams(db));
      for (const auto& stream : streams) {
        if (stream.key.part != journal::PartKey{1, Audience::own(above.unit())} || stream.key.node != above.ledger().identity().node)
          continue;
        entries.clear();
        NC_TRY(journal::each_held(db, stream.id, 1, [&](journal::HeldEntry entry) -> Result<bool> {
          head = entry.hash;
          entries.push_back({std::move(entry.header_bytes), std::move(entry.body_bytes)});
          return true;
        }));
        NC_ASSIGN(seal, journal::last_seal(db, stream.id, 1, stream.seq));
      }
      return {};
    }));
    must(ledger.exchange([&](records::Intake& intake) -> Status {
      NC_ASSIGN(const auto taken, intake.take(entries, seal->seq, head, seal->seal));
      static_cast<void>(taken);
      return {};
    }));
  }
}

}  // namespace nc::simulation
