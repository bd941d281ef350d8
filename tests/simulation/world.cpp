#include "tests/simulation/world.h"

#include <fmt/format.h>

namespace nc::simulation {
namespace {

void damage(std::string& bytes, SeededRng& rng) {
  auto& byte = bytes[static_cast<std::size_t>(rng.below(bytes.size()))];
  byte = static_cast<char>(byte ^ static_cast<char>(1 + rng.below(127)));
}

}  // namespace

void Tally::add(const Tally& other) {
  days += other.days;
  writes += other.writes;
  exchanges += other.exchanges;
  cuts += other.cuts;
  damaged += other.damaged;
  sticks += other.sticks;
  lost_sticks += other.lost_sticks;
  power_cuts += other.power_cuts;
  checks += other.checks;
}

std::string Tally::text() const {
  return fmt::format("{} node-days, {} writes, {} exchanges ({} cut, {} damaged), {} sticks ({} lost), {} power cuts, {} rounds of checks",
                     days, writes, exchanges, cuts, damaged, sticks, lost_sticks, power_cuts, checks);
}

World::World(const fs::path& source, std::uint64_t seed, Plant plant)
    : source_(source),
      dir_(fs::temp_directory_path() / ("nhipcau-sim-" + system_rng().make<RecordId>().hex())),
      seed_(seed),
      plant_(plant),
      rng_(seed) {
  fs::create_directories(dir_);
}

World::~World() {
  for (auto& member : members_) member->node.reset();
  members_.clear();
  std::error_code ec;
  fs::remove_all(dir_, ec);
}

Member& World::add(const std::string& code, Member* parent, const UnitId& unit) {
  auto member = std::make_unique<Member>();
  const auto number = members_.size();
  member->disk = std::make_unique<store::FaultyDisk>(fmt::format("nc-sim-{}-{}", seed_, number), seed_ * 100 + number);
  member->node = std::make_unique<Node>(dir_ / code, code, seed_ * 1000 + number, member->disk->name());
  member->parent = parent;
  if (parent == nullptr) member->node->found(dir_ / "catalog");
  else member->node->join(*parent->node, dir_ / "catalog", unit);
  members_.push_back(std::move(member));
  return *members_.back();
}

// 2 to 5 nodes: a force, its provinces, their posts. A province is met once before it lets its posts in.
void World::build() {
  make_catalog(source_, dir_ / "catalog");
  auto& force = add("force", nullptr, {});
  const auto nodes = 2 + rng_.below(4);
  std::vector<Member*> provinces;
  for (std::uint64_t i = 1; i < nodes; ++i) {
    const bool post = !provinces.empty() && rng_.below(2) == 0;
    auto* parent = post ? provinces[static_cast<std::size_t>(rng_.below(provinces.size()))] : &force;
    const auto code = fmt::format("n{}", i);
    const auto unit = enter_unit(*force.node, code, parent->node->unit());
    if (post) sync_until_quiet(*parent->node, *force.node);
    auto& member = add(code, parent, unit);
    if (!post) provinces.push_back(&member);
    sync_until_quiet(*member.node, *parent->node);
  }
  note(fmt::format("{} nodes", nodes));
}

Finding World::run(int steps) {
  build();
  for (int i = 0; i < steps; ++i) {
    if (auto bad = step(); !bad.empty()) return bad;
    if (rng_.below(25) != 0) continue;
    if (auto bad = settle(); !bad.empty()) return bad;
  }
  return settle();
}

Finding World::step() {
  for (auto& member : members_) member->node->clock().now_ms += static_cast<std::int64_t>(rng_.below(7'200'000));
  const auto kind = rng_.below(100);
  if (kind < 35) write(some());
  else if (kind < 50) amend(some());
  else if (kind < 80) return talk(some_child());
  else if (kind < 93) stick(some_child());
  else return lose_power(some());
  return {};
}

void World::write(Member& member) {
  auto& node = *member.node;
  const auto text = fmt::format("{} viet {}", node.code(), ++texts_);
  const auto result = node.write("sim_note", Json(JsonObject{{"text", Json(text)}}), std::nullopt, journal::Audience::own(node.unit()));
  ++tally_.writes;
  note(text + (result ? "" : ": " + result.error().error.english()));
  if (result) member.acknowledged[result->id] = text;
}

void World::amend(Member& member) {
  const auto& writer = some();
  if (writer.acknowledged.empty()) return;
  auto at = writer.acknowledged.begin();
  std::advance(at, static_cast<std::ptrdiff_t>(rng_.below(writer.acknowledged.size())));
  const auto record = at->first;
  if (!member.node->ledger().read(member.node->ledger().console(), record)) return;  // not here, or not yet
  const auto number = static_cast<int>(rng_.below(1000));
  const auto result =
      member.node->ledger().amend(member.node->ledger().console(), {record, {}, Json(JsonObject{{"number", Json(number)}}), {}});
  ++tally_.writes;
  note(fmt::format("{} amends {}{}", member.node->code(), record.hex().substr(24), result ? "" : ": refused"));
}

// Some exchanges over a line that cuts, drops, repeats and damages.
Finding World::talk(Member& child) {
  auto& parent = *child.parent->node;
  auto session = sync::Session::start(child.node->ledger(), parent.id());
  if (!session) return session.error().english();
  const auto most = 1 + rng_.below(4);
  for (std::uint64_t i = 0; i < most; ++i) {
    ++tally_.exchanges;
    auto request = must((*session)->request());
    const auto fault = rng_.below(8);
    if (fault == 0) request.resize(static_cast<std::size_t>(rng_.below(request.size())));
    if (fault == 1 && !request.empty()) damage(request, rng_);
    auto answered = sync::answer(parent.ledger(), child.node->id(), request);
    if (fault == 2) answered = sync::answer(parent.ledger(), child.node->id(), request);  // the line repeats it
    std::string row = answered && fault > 0 ? *answered : std::string();
    const auto back = rng_.below(8);
    if (back == 0) row.resize(static_cast<std::size_t>(rng_.below(row.size() + 1)));
    if (back == 1 && !row.empty()) damage(row, rng_);
    tally_.cuts += fault == 0 || back == 0 ? 1 : 0;
    tally_.damaged += fault == 1 || back == 1 ? 1 : 0;
    if (const auto heard = (*session)->feed(row); !heard) note("heard: " + heard.error().english());
    auto outcome = (*session)->finish();
    if (!outcome) return outcome.error().english();
    child.was_the_same = outcome->same;
    note(fmt::format("{} talks with {}: fault {} {}, {}", child.node->code(), parent.code(), fault, back,
                     outcome->same ? "the same" : fmt::format("{} to send, {} to get", outcome->to_send, outcome->to_get)));
    // "The same" is shown only when it is so.
    const bool shown = outcome->same || (plant_ == Plant::kWrongSame && outcome->whole);
    if (auto bad = shown ? check_pair(*child.node, parent) : Finding(); !bad.empty()) return "“the same” was shown: " + bad;
    if (!outcome->go_on && outcome->whole) break;
  }
  return {};
}

// A stick is written for the other side; it arrives some day, twice, or never.
void World::stick(Member& child) {
  if (!sticks_.empty() && rng_.below(2) == 0) {
    const auto at = static_cast<std::size_t>(rng_.below(sticks_.size()));
    auto [to, file] = sticks_[at];
    const auto from_parent = to->parent != nullptr && file.filename().string().starts_with("down");
    std::optional<sync::KnownParent> parent;
    if (from_parent) parent = sync::KnownParent{to->parent->node->id(), to->parent->node->ledger().identity().incarnation, {}};
    const auto taken = sync::take_bundle(to->node->ledger(), file, parent);
    note(fmt::format(
        "{} takes {}: {}", to->node->code(), file.filename().string(),
        taken ? fmt::format("{} new, {} known{}", taken->admitted, taken->known, taken->gap ? ", a gap" : "") : taken.error().english()));
    if (rng_.below(3) != 0) sticks_.erase(sticks_.begin() + static_cast<std::ptrdiff_t>(at));  // else it comes again
    return;
  }
  const bool up = rng_.below(2) == 0;
  auto& from = up ? child : *child.parent;
  auto& to = up ? *child.parent : child;
  const auto file = dir_ / fmt::format("{}-{}", up ? "up" : "down", ++stick_names_);
  std::optional<sync::KnownParent> parent;
  if (up) parent = sync::KnownParent{to.node->id(), to.node->ledger().identity().incarnation, {}};
  const auto made = sync::make_bundle(from.node->ledger(), to.node->id(), parent, file);
  ++tally_.sticks;
  const bool lost = rng_.below(4) == 0;
  tally_.lost_sticks += lost ? 1 : 0;
  note(fmt::format("{} writes {} for {}{}", from.node->code(), file.filename().string(), to.node->code(),
                   made ? lost ? ", lost" : "" : ": " + made.error().english()));
  if (made && !lost) sticks_.emplace_back(&to, file);
}

Finding World::reopen(Member& member) {
  auto opened = member.node->try_open();
  if (!opened) return fmt::format("{} does not open: {}", member.node->code(), opened.error().english());
  member.node->take(std::move(*opened));
  return {};
}

// In the middle of some work.
Finding World::lose_power(Member& member) {
  ++tally_.power_cuts;
  member.disk->cut_after(1 + static_cast<std::int64_t>(rng_.below(120)));
  note(member.node->code() + " will lose power");
  write(member);
  if (!member.disk->is_off() && member.parent != nullptr) {
    auto session = sync::Session::start(member.node->ledger(), member.parent->node->id());
    if (session) {
      const auto request = (*session)->request();
      const auto row = request ? sync::answer(member.parent->node->ledger(), member.node->id(), *request) : request;
      if (row) static_cast<void>((*session)->feed(*row));
    }
  }
  if (!member.disk->is_off()) member.disk->cut_after(0);
  member.node->close();
  member.disk->power_on();
  return reopen(member);
}

void World::plant(Member& member) {
  auto& ledger = member.node->ledger();
  if (plant_ == Plant::kLoseEntry && !member.acknowledged.empty()) member.acknowledged.begin()->second += " (never written)";
  if (plant_ == Plant::kForgetDifference && member.parent != nullptr) write(member);  // after the last talk
  if (plant_ == Plant::kLeak && member.parent != nullptr) {
    // What is not for it, put into it by hand as a parent with a wrong subscription would.
    std::vector<journal::Journal::Incoming> entries;
    std::optional<journal::HeldSeal> seal;
    EntryHash head;
    auto& above = *member.parent->node;
    above.note("chi cho cap tren", std::nullopt, journal::Audience::own(above.unit()));
    must(above.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(const auto streams, journal::held_streams(db));
      for (const auto& stream : streams) {
        if (stream.key.part.audience != journal::Audience::own(above.unit()) || stream.key.node != above.ledger().identity().node) continue;
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

// Lines are good again: from below upward and down again, until nothing moves; then every check.
Finding World::settle() {
  for (int round = 0; round < 4; ++round)
    for (std::size_t i = members_.size(); i-- > 1;) {
      const auto outcome = sync_until_quiet(*members_[i]->node, *members_[i]->parent->node);
      members_[i]->was_the_same = outcome.same;
      if (round < 3) continue;
      if (!outcome.same)
        return fmt::format("{} and its parent do not become the same: {} to send, {} to get", members_[i]->node->code(), outcome.to_send,
                           outcome.to_get);
    }
  if (plant_ != Plant::kNone) plant(*members_.back());
  ++tally_.checks;
  tally_.days = 0;
  for (const auto& member : members_) tally_.days += (member->node->clock().now_ms - 1'795'000'000'000) / 86'400'000;
  for (const auto check : {check_acknowledged, check_digests, check_subscriptions, check_rebuild})
    if (auto bad = check(members_); !bad.empty()) return bad;
  return {};
}

}  // namespace nc::simulation
