#include "tests/simulation/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/error_json.h"
#include "channels/sync/branches.h"
#include "channels/sync/vouched.h"

namespace nc::simulation {
namespace {

// In memory where the machine has it: nothing here is worth keeping, and the disks that count are simulated.
fs::path place_for_worlds() {
  std::error_code ec;
  return fs::is_directory("/dev/shm", ec) ? fs::path("/dev/shm") : fs::temp_directory_path();
}

constexpr std::int64_t kDayMs = 86'400'000, kHalfDayMs = kDayMs / 2 + 1, kBegin = 1'795'000'000'000;

}  // namespace

void Tally::add(const Tally& other) {
  days += other.days;
  for (const auto& [what, how_many] : other.counts) counts[what] += how_many;
}

std::string Tally::text() const {
  auto out = fmt::format("{} node-days", days);
  for (const auto& [what, how_many] : counts) out += fmt::format(", {} {}", how_many, what);
  return out;
}

World::World(const Wish& wish)
    : wish_(wish),
      dir_(place_for_worlds() / ("nhipcau-sim-" + system_rng().make<RecordId>().hex())),
      rng_(wish.seed),
      hidden_rng_(wish.seed ^ 0x68696464656eULL),
      files_rng_(wish.seed ^ 0x66696c6573ULL),
      people_rng_(wish.seed ^ 0x70656f706c65ULL),
      secret_rng_(wish.seed ^ 0x736563726574ULL) {
  fs::create_directories(dir_);
}

World::~World() {
  for (auto& member : members_) member->node.reset();
  members_.clear();
  std::error_code ec;
  fs::remove_all(dir_, ec);
}

// --- building ---

Member& World::make_member(const std::string& code) {
  auto member = std::make_unique<Member>();
  const auto machine = ++machines_;
  member->code = code;
  const auto seed = wish_.seed * 1000 + static_cast<std::uint64_t>(machine);
  member->disk = std::make_unique<store::FaultyDisk>(fmt::format("nc-sim-{}-{}", dir_.filename().string().substr(12, 12), machine), seed);
  if (wish_.plant == Plant::kDiskLies) member->disk->set_lie(store::FaultyDisk::Lie::kEverySync);
  member->node = std::make_unique<Node>(dir_ / fmt::format("{}-{}", code, machine), code, seed, member->disk->name());
  members_.push_back(std::move(member));
  return *members_.back();
}

Member& World::add(const std::string& code, Member* parent, const UnitId& unit, catalog::Handling ceiling) {
  auto& member = make_member(code);
  member.parent = parent;
  member.ceiling = ceiling;
  if (parent == nullptr) member.node->found(dir_ / "catalog");
  else member.node->join(*parent->node, dir_ / "catalog", unit, ceiling);
  member.unit = member.node->unit();
  watch(member);
  return member;
}

// A force, its provinces, their posts, and posts of posts. A node is met once before it lets others in. Some units have two
// machines, which subscribe to the same.
void World::build() {
  make_catalog(wish_.source, dir_ / "catalog");
  auto& force = add("force", nullptr, {}, catalog::Handling::kRestricted);
  const auto nodes = wish_.nodes_min + rng_.below(wish_.nodes_max - wish_.nodes_min + 1);
  std::vector<Member*> above = {&force};
  for (std::uint64_t i = 1; i < nodes; ++i) {
    const bool low = above.size() > 1 && rng_.below(3) != 0;
    auto* parent = low ? above[1 + static_cast<std::size_t>(rng_.below(above.size() - 1))] : &force;
    const auto code = fmt::format("n{}", i);
    const bool second = parent->parent != nullptr && rng_.below(6) == 0;  // a second machine of the parent's own unit
    const auto unit = second ? parent->unit : enter_unit(*force.node, code, parent->unit);
    if (!second) model_.place(unit, parent->unit);
    std::vector<Member*> chain;
    for (auto* at = parent; at->parent != nullptr; at = at->parent) chain.push_back(at);
    for (std::size_t k = chain.size(); k-- > 0;) sync_until_quiet(*chain[k]->node, *chain[k]->parent->node);
    const auto ceiling = rng_.below(4) == 0 ? catalog::Handling::kOpen : catalog::Handling::kInternal;
    const auto highest = ceiling > catalog::Handling::kOpen && secret_rng_.below(2) == 0 ? catalog::Handling::kRestricted : ceiling;
    auto& member = add(second ? parent->code : code, parent, unit, std::min(parent->ceiling, highest));
    if (!second && above.size() < 12) above.push_back(&member);
    sync_until_quiet(*member.node, *parent->node);
  }
  for (auto& member : members_) remember(*member);
  set_up_officers();
  set_up_custodians();
  note(fmt::format("{} nodes", nodes));
  for (const auto& member : members_)
    note(fmt::format("  {} under {}", member->code, member->parent == nullptr ? "nobody" : member->parent->code));
}

// One account a unit, entered at the top.
void World::set_up_officers() {
  auto& force = *members_.front();
  for (const auto& member : members_) {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json("writer")}, {"unit", Json(member->unit.hex())}}));
    values.set("login", "officer-" + member->unit.hex()).set("display", "Trực ban").set("unit", member->unit.hex());
    values.set("grants", std::move(grants)).set("clearance", "internal");
    const auto result = force.node->write("account", values);
    if (result) remember(force);
  }
}

// Without the folder's name, which no seed decides.
void World::note(std::string what) {
  const auto folder = dir_.string() + "/";
  for (auto at = what.find(folder); at != std::string::npos; at = what.find(folder)) what.erase(at, folder.size());
  trace_.push_back(std::move(what));
}

// --- open and closed ---

void World::watch(Member& member) {
  member.columns = std::make_shared<stats::Columns>();
  auto& ledger = member.node->ledger();
  auto columns = member.columns;
  const auto world = ledger.world();
  must(ledger.for_each([&](const records::RecordView& view) -> Status {
    columns->apply(view, *world);
    return {};
  }));
  bool forget = wish_.plant == Plant::kFigure;
  ledger.observe([columns, forget](const records::CommitNotice& notice) mutable {
    for (const auto& view : notice.changed) {
      if (forget && view.type_id == "sim_march") continue;
      columns->apply(view, *notice.world);
    }
  });
}

void World::close(Member& member) { member.node->close(); }

namespace {

// Batches without a good seal, and why.
std::string waiting_at(Node& node) {
  std::string out = "nothing set aside";
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(auto rows, db.prepare("SELECT stream, seq, reason FROM journal_kept_aside ORDER BY id DESC LIMIT 1"));
    NC_ASSIGN(const bool some, rows.step());
    if (some) out = fmt::format("{} of {} set aside: {}", rows.integer(1), rows.text(0), kept_error(rows.text(2)).english());
    NC_ASSIGN(auto spool, db.prepare("SELECT stream, min(seq), max(seq) FROM sync_spool GROUP BY stream"));
    while (true) {
      NC_ASSIGN(const bool more, spool.step());
      if (!more) return {};
      out += fmt::format("; {} to {} of {} wait for a seal", spool.integer(1), spool.integer(2), spool.text(0));
    }
  }));
  return out;
}

}  // namespace

Finding World::reopen(Member& member) {
  member.node->close();
  auto opened = member.node->try_open();
  if (!opened) return fmt::format("{} does not open: {}", member.code, opened.error().english());
  member.node->take(std::move(*opened));
  watch(member);
  return {};
}

std::string incarnation_text(Node& node) {
  const auto self = node.ledger().identity();
  return self.node.hex() + "/" + self.incarnation.hex();
}

Heads heads_of(Node& node) {
  Heads out;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto streams, journal::held_streams(db));
    for (const auto& stream : streams) out[stream.name] = {stream.seq, stream.head};
    return {};
  }));
  return out;
}

std::optional<EntryHash> held_at(Node& node, const std::string& stream, std::int64_t seq) {
  std::optional<EntryHash> out;
  must(node.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto key, journal::StreamKey::parse(stream));
    NC_ASSIGN(const auto held, journal::held_stream(db, key));
    if (!held || held->seq < seq) return {};
    NC_ASSIGN(out, journal::hash_at(db, held->id, seq));
    return {};
  }));
  return out;
}

void World::remember(Member& member) const {
  if (member.full) return;  // not even what was saved can be read while its rows cannot be derived
  member.durable = heads_of(*member.node);
  const auto self = member.node->ledger().identity();
  const auto prefix = self.node.hex() + "/" + self.incarnation.hex() + "/";
  for (const auto& [name, held] : member.durable)
    if (name.starts_with(prefix)) member.acknowledged[name] = held;
}

Finding World::still_there(Member& member) const {
  for (const auto& [name, held] : member.durable)
    if (held_at(*member.node, name, held.seq) != held.head)
      return fmt::format("{} lost what was durable: {} {}", member.code, name, held.seq);
  return {};
}

Member* World::some_child() {
  std::vector<Member*> children;
  for (const auto& member : members_)
    if (member->parent != nullptr) children.push_back(member.get());
  return children[static_cast<std::size_t>(rng_.below(children.size()))];
}

// --- running ---

Finding World::run() {
  build();
  const std::vector<std::string> all = {"power", "full", "clock", "back", "restore", "clone", "steal", "rogue", "move", "merge", "types"};
  if (wish_.plant == Plant::kDiskLies) misfortunes_ = {"power"};
  else if (wish_.plant == Plant::kTrustAnybody) misfortunes_ = {"rogue"};
  else if (!wish_.twin)
    for (const auto& one : all)
      if (rng_.below(3) == 0) misfortunes_.push_back(one);
  if (wish_.twin) hidden_from_ = some_child();
  while (hidden_from_ != nullptr && hidden_from_->parent != members_.front().get()) hidden_from_ = hidden_from_->parent;
  for (int i = 0; i < wish_.steps; ++i) {
    if (wish_.hidden) hide_something();
    if (auto bad = step(); !bad.empty()) return bad;
    if (rng_.below(40) != 0) continue;
    if (auto bad = settle(false); !bad.empty()) return bad;
  }
  return settle(true);
}

void World::draw_anew() {
  if (!wish_.twin) return;
  SeededRng seeds(wish_.seed ^ static_cast<std::uint64_t>(++draws_) << 32U);
  for (auto& member : members_) member->node->draw_anew(seeds.next());
}

Finding World::step() {
  draw_anew();
  for (auto& member : members_) member->node->clock().now_ms += static_cast<std::int64_t>(rng_.below(7'200'000));
  if (wish_.twin) seal_trail();
  constexpr std::uint64_t kAttachEach = 10;
  if (files_rng_.below(kAttachEach) == 0) attach(*members_[static_cast<std::size_t>(files_rng_.below(members_.size()))]);
  constexpr std::uint64_t kPersonEach = 10;
  if (people_rng_.below(kPersonEach) == 0) with_persons();
  constexpr std::uint64_t kEncryptEach = 8;
  if (secret_rng_.below(kEncryptEach) == 0)
    if (auto bad = encrypt_some(); !bad.empty()) return bad;
  const auto kind = rng_.below(100);
  if (kind < 28) write(some());
  else if (kind < 38) amend(some());
  else if (kind < 42) resolve(some());
  else if (kind < 46) void_or_restore(some());
  else if (kind < 76) return talk(*some_child());
  else if (kind < 90) return stick(*some_child());
  else return misfortune();
  return {};
}

Finding World::misfortune() {
  if (misfortunes_.empty()) return {};
  const auto& what = misfortunes_[static_cast<std::size_t>(rng_.below(misfortunes_.size()))];
  auto& any = some();
  auto& child = *some_child();
  if (what == "power") return lose_power(any);
  if (what == "full") return fill_disk(any);
  if (what == "clock") clock_jumps(any);
  if (what == "move") move_unit();
  if (what == "merge") merge_or_split();
  if (what == "types") return new_types(any);
  if (what == "rogue") return rogue(child);
  if (what == "steal" && rng_.below(4) == 0) return steal(child);
  if (what == "back" || what == "restore" || what == "clone") {
    auto& who = what == "restore" ? any : child;
    if (!who.old || rng_.below(3) == 0) keep_old(who);
    else if (what == "back") return go_back(who);
    else if (what == "restore") return restore(who);
    else if (rng_.below(3) == 0) return clone(who);
  }
  return {};
}

namespace {

// What the product says of it: its former self laid down something otherwise than the superior has it, and nothing more can be taken.
bool is_on_another_branch(const Member& member) {
  if (member.parent == nullptr || member.hostile) return false;
  return must(sync::follows_another_branch(member.node->ledger(), member.parent->node->id()));
}

}  // namespace

bool World::is_let_in(Member& member) {
  bool out = false;
  auto& ledger = member.parent->node->ledger();
  must(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto all, sync::Vouched(db, *ledger.world()).of(member.node->id()));
    const auto self = member.node->ledger().identity().incarnation;
    out = std::ranges::any_of(all, [&](const auto& one) { return one.incarnation == self; });
    return {};
  }));
  return out;
}

void World::meet_superior(Member& member) {
  if (is_let_in(member)) sync_until_quiet(*member.node, *member.parent->node);
}

std::size_t World::depth_of(const Member& member) {
  std::size_t depth = 0;
  for (auto* at = member.parent; at != nullptr; at = at->parent) ++depth;
  return depth;
}

// All but the top.
std::vector<Member*> World::deepest_first() const {
  std::vector<Member*> out;
  for (const auto& member : members_)
    if (member->parent != nullptr) out.push_back(member.get());
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return depth_of(*a) > depth_of(*b); });
  return out;
}

// Every machine is one that its superior lets in and that can take what comes.
Finding World::mend() {
  // Superiors first: one that is not mended yet certifies nobody.
  auto to_mend = std::exchange(went_back_, {});
  std::stable_sort(to_mend.begin(), to_mend.end(), [](const auto* a, const auto* b) { return depth_of(*a) < depth_of(*b); });
  for (auto* member : to_mend)
    if (auto bad = new_incarnation(*member); !bad.empty()) return bad;
  // Whoever moved below another is unknown there until his certificate has gone up by the old way and come down by the new one.
  const auto deepest = deepest_first();
  for (int pass = 0; pass < 2; ++pass)
    for (auto* member : deepest | std::views::reverse) meet_superior(*member);
  for (auto* member : deepest | std::views::reverse)
    if (is_on_another_branch(*member)) {
      forget_lost(*member);
      if (auto bad = set_up_anew(*member); !bad.empty()) return bad;
    }
  // A superior that was restored may have forgotten whom it had let in, when nobody else has heard of him, and does not take what
  // a former superior gave him meanwhile: he comes with a new card.
  for (auto* member : deepest_first() | std::views::reverse)
    if (!is_let_in(*member))
      if (auto bad = new_incarnation(*member); !bad.empty()) return bad;
  return {};
}

// Lines are good again: from below upward and down again, until nothing moves; then every check.
Finding World::settle(bool last) {
  if (auto bad = mend(); !bad.empty()) return bad;
  const auto deepest = deepest_first();
  const auto rounds = 4 + members_.size() / 8;
  for (std::size_t round = 0; round < rounds; ++round) {
    // What nobody had when it was asked for is asked for again after half a day at the latest.
    for (auto& member : members_) member->node->clock().now_ms += kHalfDayMs;
    draw_anew();
    for (auto* child : deepest) {
      const Apart drawn(*this, *child);
      const auto outcome = sync_until_quiet(*child->node, *child->parent->node);
      if (round + 1 < rounds || outcome.same || child->hostile || child->parent->hostile) continue;
      if (auto bad = Checks(*this).pair(*child, *child->parent, false); !bad.empty())
        return fmt::format("{} ({} to send, {} to get, {}{})", bad, outcome.to_send, outcome.to_get,
                           waiting_at(*child->node) + " there, here " + waiting_at(*child->parent->node),
                           outcome.notices.empty() ? "" : "; " + outcome.notices.front().english());
    }
  }
  note("quiet");
  for (auto& member : members_) remember(*member);
  if (wish_.plant != Plant::kNone) plant(*members_.back());
  count("rounds of checks");
  tally_.days = 0;
  for (const auto& member : members_) tally_.days += std::max<std::int64_t>(0, (member->node->clock().now_ms - kBegin) / kDayMs) % 3650;
  return Checks(*this).all(last);
}

}  // namespace nc::simulation
