// Lines between a child and its parent, and sticks.
#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "channels/sync/messages.h"
#include "channels/sync/runs.h"
#include "foundation/crypto/key_file.h"
#include "ledger/records/data_dir.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

void damage(std::string& bytes, SeededRng& rng) {
  auto& byte = bytes[static_cast<std::size_t>(rng.below(bytes.size()))];
  byte = static_cast<char>(byte ^ static_cast<char>(1 + rng.below(127)));
}

// Of a stream that is named by its tag the part was seen before.
class NamedInFull final : public sync::Known {
 public:
  Result<std::optional<journal::StreamKey>> stream(std::string_view) override { return std::optional<journal::StreamKey>(); }
  Result<std::optional<EntryHash>> hash_at(const journal::StreamKey&, std::int64_t) override { return std::optional<EntryHash>(); }
  Result<std::optional<EntryHash>> entry(std::string_view, const journal::StreamKey&, bool) override { return std::optional<EntryHash>(); }
};

// As from its card.
sync::KnownParent known(Member& parent) {
  const auto self = parent.node->ledger().identity();
  return {self.node, self.incarnation, must(crypto::read_key_file(records::DataDir{parent.node->dir()}.key())).public_key()};
}

}  // namespace

bool World::both_see_the_hidden(const Member& child) const {
  return wish_.twin && hidden_from_ != nullptr && child.unit == hidden_from_->unit;
}

World::Apart::Apart(const World& world, Member& child) : rng_(world.wish_.seed ^ static_cast<std::uint64_t>(world.texts_) << 20U) {
  if (!world.both_see_the_hidden(child)) return;
  for (auto* node : {child.node.get(), child.parent->node.get()}) {
    node->draw_from(rng_);
    nodes_.push_back(node);
  }
}

World::Apart::~Apart() {
  for (auto* node : nodes_) node->draw_from_own();
}

sync::Limits World::limits() const {
  // Narrow in half of the worlds, so that a talk takes several requests.
  if (wish_.seed % 2 == 0) return {};
  return {2048, 2048, 1024};
}

// Whatever names a part in what a parent sends must be for the one who gets it, by the simulation's own model.
Finding World::wire(Member& from, Member& to, const std::string& row) const {
  sync::FrameReader reader;
  reader.feed(row);
  NamedInFull nothing;
  while (const auto frame = reader.next())
    for (const auto& message : *frame) {
      if (message.kind == sync::kFileBytes)
        if (auto bad = file_on_the_wire(from, to, message.content); !bad.empty()) return bad;
      if (message.kind != sync::kRun && message.kind != sync::kPiece && message.kind != sync::kStreamHead) continue;
      sync::Unpacker in(message.content);
      const auto key = sync::unpack_stream(in, nothing);
      if (!key || model_.reads(key->part, to.unit, to.parent == nullptr, to.reach(), true)) continue;
      return fmt::format("{} sends {}, who may hold {}, what is for others: {}", from.code, to.code, catalog::handling_name(to.reach()),
                         key->text());
    }
  return {};
}

Finding World::power_returns(Member& member) {
  if (!member.disk->is_off()) return {};
  count("power cuts in the middle of a talk");
  note("  " + member.code + " loses power");
  member.node->close();
  member.disk->power_on();
  if (auto bad = reopen(member); !bad.empty()) return bad;
  return still_there(member);
}

// Some exchanges over a line that cuts, drops, repeats, reorders and damages.
Finding World::talk(Member& child) {
  auto& parent = *child.parent;
  SeededRng rng(rng_.next());
  const bool cut_child = !wish_.twin && rng.below(12) == 0, cut_parent = !wish_.twin && rng.below(12) == 0;
  const bool any_power = std::find(misfortunes_.begin(), misfortunes_.end(), "power") != misfortunes_.end();
  if (any_power && cut_child) child.disk->cut_after(1 + static_cast<std::int64_t>(rng.below(60)));
  if (any_power && cut_parent) parent.disk->cut_after(1 + static_cast<std::int64_t>(rng.below(60)));
  {
    auto session = sync::Session::start(child.node->ledger(), parent.node->id(), limits());
    if (!session && !child.disk->is_off()) return session.error().english();
    bool go_on = session.has_value(), alive = true;
    // What is hidden may take more requests: those who see it talk until all else has come, too.
    constexpr std::uint64_t kUntilAllCame = 200;
    const auto drawn_most = 1 + rng.below(6), most = both_see_the_hidden(child) ? kUntilAllCame : drawn_most;
    for (std::uint64_t i = 0; i < most && go_on && alive; ++i) {
      const Apart drawn(*this, child);
      if (auto bad = exchange(child, **session, rng, go_on, alive); !bad.empty()) return bad;
    }
  }
  for (auto* one : {&child, &parent}) {
    if (auto bad = power_returns(*one); !bad.empty()) return bad;
    one->disk->repair();
    one->disk->cut_after(-1);
  }
  return {};
}

Finding World::exchange(Member& child, sync::Session& session, SeededRng& rng, bool& go_on, bool& alive) {
  auto& parent = *child.parent;
  // Who may read what is hidden gets other bytes, and where they are cut must change nothing for the rest.
  const bool good_line = both_see_the_hidden(child);
  count("exchanges");
  const auto asked = session.request();
  if (!asked) {
    alive = false;
    return child.disk->is_off() ? Finding() : asked.error().english();
  }
  auto request = *asked;
  const auto fault = good_line ? 7 : rng.below(10), place = rng.next(), back = good_line ? 7 : rng.below(10), place_back = rng.next();
  if (fault == 0) request.resize(static_cast<std::size_t>(place % request.size()));
  if (fault == 1 && !request.empty()) damage(request, rng);
  const auto ask = [&] {
    // The bug: the parent takes its child for itself.
    const auto whom = wish_.plant == Plant::kLeakOnTheWire ? members_.front()->node->id() : child.node->id();
    return sync::answer(parent.node->ledger(), whom, request, limits());
  };
  const auto before = child.late;
  auto answered = ask();
  if (fault == 2 && answered) answered = ask();  // the line repeats it
  if (fault == 3 && answered && !before.empty())
    static_cast<void>(sync::answer(parent.node->ledger(), child.node->id(), before));  // a late one
  child.late = request;
  if (!answered && parent.disk->is_off()) alive = false;
  std::string row = answered && fault > 0 ? *answered : std::string();
  if (answered && !parent.disk->is_off()) remember(parent);
  if (answered && !parent.hostile)
    if (auto bad = wire(parent, child, *answered); !bad.empty()) return bad;
  if (wish_.twin && !good_line && answered) sent_[child.code].push_back(*answered);
  if (back == 0) row.resize(static_cast<std::size_t>(place_back % (row.size() + 1)));
  if (back == 1 && !row.empty()) damage(row, rng);
  if (fault == 0 || back == 0) count("cut");
  if (fault == 1 || back == 1) count("damaged");
  if (const auto heard = session.feed(row); !heard) {
    note("  heard: " + heard.error().english());
    if (child.disk->is_off()) alive = false;
  }
  if (!alive) return {};
  const auto outcome = session.finish();
  if (!outcome && child.disk->is_off()) {
    alive = false;
    return {};
  }
  if (!outcome) return outcome.error().english();
  if (!child.disk->is_off()) remember(child);
  note(fmt::format("{} talks with {}: fault {} {}, {}{}", child.code, parent.code, fault, back,
                   outcome->same ? "the same" : fmt::format("{} to send, {} to get", outcome->to_send, outcome->to_get),
                   outcome->notices.empty() ? "" : "; " + outcome->notices.front().english()));
  go_on = outcome->go_on || !outcome->whole;
  // "The same" is shown only when it is so.
  const bool shown = outcome->same || (wish_.plant == Plant::kWrongSame && outcome->whole);
  if (!shown || child.disk->is_off() || parent.disk->is_off()) return {};
  if (auto bad = Checks(*this).pair(child, parent, true); !bad.empty()) return "“the same” was shown: " + bad;
  return {};
}

// A stick is written for the other side; it arrives some day, twice, or never.
Finding World::stick(Member& child) {
  if (!sticks_.empty() && rng_.below(2) == 0) return take_stick();
  const bool up = rng_.below(2) == 0;
  auto& from = up ? child : *child.parent;
  auto& to = up ? *child.parent : child;
  const auto file = dir_ / fmt::format("{}-{}", up ? "up" : "down", ++stick_names_);
  std::optional<sync::KnownParent> parent;
  if (up) parent = known(to);
  const auto made = sync::make_bundle(from.node->ledger(), to.node->id(), parent, file);
  count("sticks");
  const auto fate = rng_.below(8);
  const bool lost = fate < 2;
  if (lost) count("lost sticks");
  note(fmt::format("{} writes {} for {}{}", from.code, file.filename().string(), to.code,
                   made ? lost ? ", lost" : "" : ": " + made.error().english()));
  // To one that is cut off nothing is written, nor to one that moved here and whose certificate has not come yet.
  const bool unknown = !made && (made.error().code == ErrorCode::kDenied || made.error().code == ErrorCode::kNotFound);
  if (!made && !unknown) return made.error().english();
  if (made && fate == 2) {  // a bad spot
    auto bytes = must(read_file(file));
    damage(bytes, rng_);
    must(write_file_durably(file, bytes));
  }
  if (made && !lost) sticks_.push_back({&to, file, up ? std::nullopt : std::optional(known(from)), changes_});
  return {};
}

Finding World::take_stick() {
  const auto at = static_cast<std::size_t>(rng_.below(sticks_.size()));
  const auto stick = sticks_[at];
  auto& to = *stick.to;
  const auto before = heads_of(*to.node);
  const auto taken = sync::take_bundle(to.node->ledger(), stick.file, stick.parent);
  // Written for it before its writer moved away: nobody can take that back.
  for (const auto& [name, held] : heads_of(*to.node)) {
    const auto frozen = to.frozen.find(name);
    const auto had = before.find(name);
    if (stick.changes != changes_ && frozen != to.frozen.end() && (had == before.end() || had->second.seq < held.seq))
      frozen->second = held.seq;
  }
  note(fmt::format(
      "{} takes {}: {}", to.code, stick.file.filename().string(),
      taken ? fmt::format("{} new, {} known{}", taken->admitted, taken->known, taken->gap ? ", a gap" : "") : taken.error().english()));
  if (taken) remember(to);
  const bool again = rng_.below(3) == 0;
  if (again) count("sticks taken again");
  else sticks_.erase(sticks_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

}  // namespace nc::simulation
