// People: who writes, amends, decides conflicts, declares void.
#include <fmt/format.h>

#include <algorithm>

#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using journal::Audience;

Audience with(UnitId one, UnitId other) {
  if (other < one) std::swap(one, other);
  return {Audience::Kind::kWith, one == other ? std::vector<UnitId>{one} : std::vector<UnitId>{one, other}};
}

Json text_of(const std::string& text) { return Json(JsonObject{{"text", Json(text)}}); }

}  // namespace

// The unit's officer where his account has arrived, else whoever sits at the console.
access::Subject World::officer(Member& member) {
  auto& ledger = member.node->ledger();
  if (rng_.below(2) == 0) return ledger.console();
  auto found = ledger.subject("officer-" + member.unit.hex(), access::Strength::kFull);
  return found ? *found : ledger.console();
}

records::WriteResult World::write_march(Member& member, const std::string& text) {
  Json values;
  const auto day = to_day(2026, 1 + static_cast<int>(rng_.below(12)), 1 + static_cast<int>(rng_.below(28)));
  values.set("place", text).set("lead", member.unit.hex()).set("heads", static_cast<std::int64_t>(rng_.below(40)));
  values.set("when", Json(JsonObject{{"from", catalog::json_from_date({day, DatePrecision::kDay, false})}}));
  values.set("status", rng_.below(4) == 0 ? "planned" : "held").set("level", rng_.below(2) == 0 ? "province" : "post");
  auto& ledger = member.node->ledger();
  return ledger.create(ledger.console(), {std::nullopt, "sim_march", values, std::nullopt, Audience::own(member.unit), true});
}

// Whether what is written next is restricted.
bool World::secretly(const Member& member) {
  const bool secret = member.reach() == catalog::Handling::kRestricted && secret_rng_.below(4) == 0;
  if (secret) count("restricted writes");
  return secret;
}

void World::write(Member& member) {
  auto& ledger = member.node->ledger();
  const auto text = fmt::format("{} viet {}", member.code, ++texts_);
  auto& other = some();
  auto who = officer(member);
  auto handling =
      rng_.below(3) == 0 || member.reach() == catalog::Handling::kOpen ? catalog::Handling::kOpen : catalog::Handling::kInternal;
  if (secretly(member)) {
    handling = catalog::Handling::kRestricted;
    who = ledger.console();
  }
  const auto create = [&](const std::string& type, Audience audience) {
    return ledger.create(who, {std::nullopt, type, text_of(text), handling, std::move(audience), who.console});
  };
  const auto kind = rng_.below(12);
  // What its own ceiling keeps from a node is not written at it.
  if (kind < 4) written(member, text, create("sim_note", Audience::own(member.unit)));
  else if (kind < 5) written(member, text, create("sim_alert", Audience::own(member.unit)));
  else if (kind < 6) written(member, text, create("sim_note", with(member.unit, other.unit)));
  else if (kind < 7) written(member, text, create("sim_note", {Audience::Kind::kBelow, {member.unit}}));
  else if (kind < 8) written(member, text, create("sim_note", Audience::own(other.unit)));  // refused where it may not
  else if (kind < 9 && member.parent == nullptr) written(member, text, create("sim_order", Audience::all()));
  else if (kind < 10) {
    const auto long_text = text + std::string(static_cast<std::size_t>(rng_.below(9000)), 'x');
    written(member, text,
            ledger.create(who, {std::nullopt, "sim_note", text_of(long_text), handling, Audience::own(member.unit), who.console}));
  } else if (member.reach() > catalog::Handling::kOpen) {
    written(member, text, write_march(member, text));
  }
}

void World::written(Member& member, const std::string& what, const records::WriteResult& result) {
  count("writes");
  // Derived now and by this thread: so the same seed gives the same run.
  static_cast<void>(member.node->ledger().catch_up());
  note(what + (result ? "" : ": " + result.error().error.english()));
  if (!result) return;
  records_.push_back(result->id);
  if (!member.disk->is_off()) remember(member);
}

void World::amend(Member& member) {
  if (records_.empty()) return;
  const auto record = records_[static_cast<std::size_t>(rng_.below(records_.size()))];
  auto& ledger = member.node->ledger();
  const auto who = officer(member);
  const auto view = ledger.read(ledger.console(), record);
  if (!view || view->type == nullptr) return;  // not here, or not yet
  Json values{JsonObject{}};
  const auto number = static_cast<std::int64_t>(rng_.below(1000));
  if (view->type_id == "sim_march") values.set("heads", number);
  else if (view->type_id == "sim_note" && rng_.below(2) == 0) values.set("number", number);
  else values.set("text", fmt::format("{} sua {}", member.code, ++texts_));
  const auto result = ledger.amend(who, {record, {}, values, {}});
  count("amendments");
  static_cast<void>(ledger.catch_up());
  note(fmt::format("{} amends {}{}", member.code, record.hex().substr(24), result ? "" : ": " + result.error().error.english()));
  if (result && !member.disk->is_off()) remember(member);
}

// The first conflict that is found here.
void World::resolve(Member& member) {
  auto& ledger = member.node->ledger();
  for (const auto& record : records_) {
    const auto view = ledger.read(ledger.console(), record);
    if (!view || view->type == nullptr || view->parts.empty() || view->base_part().conflicts.empty() || view->voided) continue;
    const auto field = view->base_part().conflicts.front();
    Json values{JsonObject{}};
    values.set(field, view->values[field]);
    const auto result = ledger.amend(rng_.below(2) == 0 ? officer(member) : ledger.console(), {record, {}, values, {field}});
    static_cast<void>(ledger.catch_up());
    note(fmt::format("{} decides {} of {}{}", member.code, field, record.hex().substr(24),
                     result ? "" : ": " + result.error().error.english()));
    if (result) count("conflicts decided");
    if (result && !member.disk->is_off()) remember(member);
    return;
  }
}

void World::void_or_restore(Member& member) {
  if (records_.empty()) return;
  const auto record = records_[static_cast<std::size_t>(rng_.below(records_.size()))];
  auto& ledger = member.node->ledger();
  const auto view = ledger.read(ledger.console(), record);
  if (!view || view->type == nullptr) return;
  const auto result = ledger.transition(officer(member), {record, view->voided ? "restore" : "void", "sai"});
  static_cast<void>(ledger.catch_up());
  count("voided or restored");
  note(fmt::format("{} {} {}{}", member.code, view->voided ? "restores" : "voids", record.hex().substr(24),
                   result ? "" : ": " + result.error().error.english()));
  if (result && !member.disk->is_off()) remember(member);
}

// The day's seal over the trail goes with the first change of the day, whichever that is: in a twin before all of them, in both
// worlds.
void World::seal_trail() {
  auto& force = *members_.front();
  force.node->draw_from(hidden_rng_);
  must(force.node->ledger().seal_audit());
  force.node->draw_from_own();
}

// Twin: the force writes what only it, or one province, may read. Nobody else's bytes may tell.
void World::hide_something() {
  auto& force = *members_.front();
  auto& ledger = force.node->ledger();
  for (auto n = hidden_rng_.below(3); n > 0; --n) {
    const auto& reader = hidden_from_ != nullptr && hidden_rng_.below(2) == 0 ? hidden_from_->unit : force.unit;
    const auto text = std::string(static_cast<std::size_t>(1 + hidden_rng_.below(4000)), 'b');
    const bool with_file = hidden_rng_.below(3) == 0;
    force.node->draw_from(hidden_rng_);
    // The bytes of "mau chung" others have, too: nobody may learn from that.
    const auto result =
        with_file ? force.node->write_paper(text, force.node->upload("an.txt", n % 2 == 0 ? "mau chung" : text), Audience::own(reader))
                  : ledger.create(ledger.console(), {std::nullopt, "sim_note", text_of(text), std::nullopt, Audience::own(reader), true});
    must(ledger.catch_up());
    force.node->draw_from_own();
    if (!result) throw std::runtime_error(result.error().error.english());
    count("hidden writes");
    // The bug: what everybody is told follows what is hidden.
    if (wish_.plant == Plant::kHiddenBytes) ++force.node->clock().now_ms;
  }
}

}  // namespace nc::simulation
