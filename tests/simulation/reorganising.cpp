// Units that move, merge and split; a newer catalogue.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "base/files.h"
#include "tests/simulation/world.h"

namespace nc::simulation {

// What a unit reads again it may get again, until it moves away once more.
void World::unfreeze() {
  ++changes_;
  for (auto& member : members_)
    std::erase_if(member->frozen, [&](const auto& stream) {
      const auto key = must(journal::StreamKey::parse(stream.first));
      return model_.reads(key.part, member->unit, member->parent == nullptr, member->reach(), false);
    });
}

void World::look_above(Member& member) const {
  for (auto* at = member.parent; at != nullptr; at = at->parent) member.was_under_a_rogue = member.was_under_a_rogue || at->hostile;
}

void World::move_unit() {
  auto& force = *members_.front();
  auto& member = *some_child();
  auto& above = some();
  for (auto* at = &above; at != nullptr; at = at->parent)
    if (at == &member || at->hostile) return;
  std::function<bool(const Member&)> fits = [&](const Member& one) {
    return one.reach() <= above.reach() &&
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
  unfreeze();
  for (const auto& one : members_) look_above(*one);
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
  unfreeze();
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

}  // namespace nc::simulation
