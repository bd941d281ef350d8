// What goes wrong with machines: power, full disks, clocks, old copies, backups, clones.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <ranges>

#include "base/files.h"
#include "foundation/crypto/key_file.h"
#include "ledger/journal/node_names.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

void copy_small_files(const fs::path& from, const fs::path& to) {
  const auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
  fs::create_directories(to);
  for (const auto* name : {"node.json", "keys", "catalog", "blobs"})
    if (fs::exists(from / name)) fs::copy(from / name, to / name, options);
}

bool is_certified(Node& node) {
  bool out = false;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    const auto self = node.ledger().identity();
    NC_ASSIGN(const auto all, journal::certificates(db, self.node));
    out = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.incarnation == self.incarnation; });
    return {};
  }));
  return out;
}

}  // namespace

bool World::may_certify(Member& superior) const {
  return !forked_.contains(incarnation_text(*superior.node)) && is_certified(*superior.node);
}

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
  old.changes = changes_;
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
  if (top && member.old->changes != changes_) return {};  // the model knows of no units that move back
  if (!top && !may_certify(*member.parent)) return {};
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
  const auto key = must(crypto::read_key_file(dir.key()));
  who.key = key.public_key();
  who.unit = member.unit;
  who.unit_code = member.code;
  who.ceiling = member.ceiling;
  std::vector<Member*> chain;
  for (auto* at = member.parent; at->parent != nullptr; at = at->parent) chain.push_back(at);
  for (auto* one : chain | std::views::reverse) meet_superior(*one);
  auto& above = *member.parent->node;
  who.node_record = above.ledger().new_node_record();
  who.asks = key.sign(journal::asks_message(who.node_record, who.self.node, who.self.incarnation));
  const auto done = above.ledger().enrol(above.ledger().console(), who);
  if (!done) return fmt::format("{} is not certified again: {}", member.code, done.error().error.english());
  remember(*member.parent);
  for (auto* one : chain) meet_superior(*one);
  sync_until_quiet(*member.node, above);  // so that it may certify whom it lets in
  for (auto* one : chain) remember(*one);
  remember(member);
  return {};
}

Finding World::new_incarnation(Member& member) {
  keep_old(member);
  return restore(member);
}

// The unit gets a machine with nothing on it, which takes the place of that one.
Finding World::set_up_anew(Member& member) {
  count("machines set up anew");
  note(member.code + " gets a new machine");
  auto* parent = member.parent;
  const auto unit = member.unit;
  const auto code = member.code;
  const auto ceiling = member.ceiling;
  const bool encrypted = member.encrypted;
  std::vector<Member*> chain, below;
  for (auto* at = parent; at->parent != nullptr; at = at->parent) chain.push_back(at);
  for (const auto& one : members_)
    if (one->parent == &member) below.push_back(one.get());
  std::erase_if(sticks_, [&](const Stick& stick) { return stick.to == &member; });
  std::erase_if(members_, [&](const auto& one) { return one.get() == &member; });
  for (auto* one : chain | std::views::reverse) meet_superior(*one);
  auto& instead = add(code, parent, unit, ceiling);
  for (auto* one : below) {
    one->parent = &instead;
    one->node->hang_on(*instead.node);
  }
  if (encrypted)
    if (auto bad = encrypt(instead); !bad.empty()) return bad;
  meet_superior(instead);
  for (auto* one : chain) meet_superior(*one);
  for (auto& one : members_) remember(*one);
  return {};
}

// From now on it takes what is restricted. Superiors first, so that it has a way up.
Finding World::encrypt_some() {
  std::vector<Member*> next;
  for (const auto& member : members_) {
    const bool above = member->parent == nullptr || member->parent->reach() == catalog::Handling::kRestricted;
    if (!member->encrypted && above && member->ceiling == catalog::Handling::kRestricted && !member->full && !member->hostile)
      next.push_back(member.get());
  }
  return next.empty() ? Finding() : encrypt(*next[static_cast<std::size_t>(secret_rng_.below(next.size()))]);
}

Finding World::encrypt(Member& member) {
  count("volumes encrypted");
  note("the volume of " + member.code + " is encrypted");
  member.encrypted = true;
  member.node->lie_encrypted(dir_ / "volume");
  return reopen(member);
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
    twin->encrypted = member.encrypted;
    if (twin->encrypted) twin->node->lie_encrypted(dir_ / "volume");
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

}  // namespace nc::simulation
