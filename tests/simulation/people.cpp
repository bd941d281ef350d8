// Records about persons: their sealed fields travel as entries, the keys of those as letters, erasures end both; and what must hold of the
// keys when all is quiet.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/records/person_keys.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

using journal::Audience;
using records::PersonKeys;

struct SealedHere {
  std::string text;  // place and box: the same on every node
  bool opens = false;
};
struct KeysHere {
  std::vector<SealedHere> values;
  std::size_t keys = 0;
  bool erased = false, to_be_erased = false;
};

KeysHere keys_at(Node& node, const RecordId& id) {
  KeysHere out;
  must(node.ledger().exchange([&](records::Intake& intake) -> Status {
    NC_ASSIGN(out.erased, intake.person_keys().is_erased(id));
    NC_ASSIGN(out.to_be_erased, intake.is_to_be_erased(id));
    std::vector<PersonKeys::Key> keys;
    if (!out.erased) { NC_ASSIGN(keys, intake.person_keys().find_all(id)); }
    out.keys = keys.size();
    NC_ASSIGN(const auto values, intake.sealed_values(id));
    for (const auto& one : values)
      out.values.push_back(
          {one.place + canonical(one.value), std::ranges::any_of(keys, [&](const auto& key) { return records::opens(key, one); })});
    return {};
  }));
  return out;
}

std::string holders(const std::map<const Member*, KeysHere>& here) {
  std::vector<std::string> codes;
  for (const auto& [member, at] : here)
    if (at.keys > 0) codes.push_back(fmt::format("{} ({} keys)", member->code, at.keys));
  return fmt::format("{}", fmt::join(codes, ", "));
}

}  // namespace

// Two accounts at the top that may erase everywhere.
void World::set_up_custodians() {
  auto& force = *members_.front();
  for (const auto* login : {"giu-1", "giu-2"}) {
    Json values, grants{JsonArray{}};
    grants.push(Json(JsonObject{{"line", Json("command")}, {"role", Json("custodian")}, {"unit", Json(force.unit.hex())}}));
    values.set("login", login).set("display", "Giữ hồ sơ").set("unit", force.unit.hex());
    values.set("grants", std::move(grants)).set("clearance", "internal");
    const auto account = force.node->write("account", values);
    if (!account) continue;
    custodians_.emplace_back(login, crypto::SigningKey::generate(people_rng_));
    const auto& key = custodians_.back().second.public_key();
    static_cast<void>(force.node->ledger().certify_key(force.node->ledger().console(), account->id, key));
    remember(force);
  }
}

void World::with_persons() {
  auto& member = *members_[static_cast<std::size_t>(people_rng_.below(members_.size()))];
  const auto kind = people_rng_.below(8);
  if (people_.empty() || kind < 4) return enter_person(member);
  auto& person = people_[static_cast<std::size_t>(people_rng_.below(people_.size()))];
  if (kind < 7) return amend_person(member, person);
  erase_person(member, person);
}

void World::enter_person(Member& member) {
  if (member.reach() == catalog::Handling::kOpen) return;  // what its own ceiling keeps from a node is not written at it
  const auto& other = *members_[static_cast<std::size_t>(people_rng_.below(members_.size()))];
  auto audience = Audience::own(member.unit);
  if (people_rng_.below(4) == 0 && other.unit != member.unit)
    audience = {Audience::Kind::kWith, {std::min(member.unit, other.unit), std::max(member.unit, other.unit)}};
  Json values;
  values.set("text", fmt::format("{} ghi nguoi {}", member.code, ++texts_)).set("person_name", fmt::format("ten {}", texts_));
  const auto handling = secretly(member) ? catalog::Handling::kRestricted : catalog::Handling::kInternal;
  const auto result = member.node->write("sim_person", values, handling, audience);
  count("persons entered");
  said_of_person(member, "enters a person", result);
  if (result) people_.push_back({result->id, {static_cast<journal::HandlingLevel>(handling), audience}, {member.node->id()}});
}

// Of a node without the key, too: it seals what it adds under a key of its own.
void World::amend_person(Member& member, Person& person) {
  auto& ledger = member.node->ledger();
  const auto view = ledger.read(ledger.console(), person.id);
  if (!view || view->type == nullptr) return;
  Json values;
  values.set("person_school", fmt::format("truong {}", ++texts_));
  const auto result = ledger.amend(ledger.console(), {person.id, {}, values, {}});
  count("persons amended");
  person.writers.insert(member.node->id());
  said_of_person(member, "amends the person " + person.id.hex().substr(24), result);
}

void World::erase_person(Member& member, const Person& person) {
  auto& ledger = member.node->ledger();
  for (const auto& [login, key] : custodians_) {
    const auto who = ledger.subject(login);
    if (!who) return;  // his account has not come
    const auto done = ledger.erase(*who, person.id, "het han", key);
    note(fmt::format("{} signs at {} that {} be erased{}", login, member.code, person.id.hex().substr(24),
                     done ? "" : ": " + done.error().english()));
    if (!done) return;
    static_cast<void>(ledger.catch_up());
    if (!member.disk->is_off()) remember(member);
  }
  count("persons erased");
}

void World::said_of_person(Member& member, const std::string& what, const records::WriteResult& result) {
  static_cast<void>(member.node->ledger().catch_up());
  note(member.code + " " + what + (result ? "" : ": " + result.error().error.english()));
  if (result && !member.disk->is_off()) remember(member);
}

// Whoever may hold a sealed value, and holds it, opens it as far as anybody does who may; nobody else has a key; what two persons
// erased opens nowhere.
Finding Checks::keys() const {
  const bool hostile = std::ranges::any_of(world_.members_, [](const auto& one) { return one->hostile; });
  for (const auto& person : world_.people_) {
    std::map<const Member*, KeysHere> here;
    std::set<std::string> opened;
    const auto reads = [&](const Member& member, bool ever) {
      return world_.model_.reads(person.part, member.unit, member.parent == nullptr, member.reach(), ever);
    };
    for (const auto& member : world_.members_) {
      if (member->hostile) continue;
      auto& at = here[member.get()] = keys_at(*member->node, person.id);
      if (at.to_be_erased && (!at.erased || at.keys > 0))
        return fmt::format("{} has a key of {}, which was erased", member->code, person.id.hex());
      const bool may = reads(*member, true) || person.writers.contains(member->node->id()) || member->was_under_a_rogue;
      if (at.keys > 0 && !may) return fmt::format("{} has a key of {}, which is not for it", member->code, person.id.hex());
      if (!reads(*member, false)) continue;
      for (const auto& value : at.values)
        if (value.opens) opened.insert(value.text);
    }
    // A hostile node on the way passes nothing on.
    for (const auto& [member, at] : here) {
      if (hostile || at.erased || !reads(*member, false)) continue;
      for (const auto& value : at.values)
        if (!value.opens && opened.contains(value.text))
          return fmt::format("{} holds sealed data of {} ({}) and not the key that {} have", member->code, person.id.hex(),
                             person.part.audience.text(), holders(here));
    }
  }
  return {};
}

// The bugs that are planted of keys: they are lost at one node after the last talk, or lie where they are not for.
void World::plant_keys() {
  for (const auto& person : people_)
    for (auto& from : members_) {
      const auto at = keys_at(*from->node, person.id);
      if (at.keys == 0) continue;
      for (auto& member : members_) {
        const bool reads = model_.reads(person.part, member->unit, member->parent == nullptr, member->reach(), true);
        if (member == from || member->hostile) continue;
        if (wish_.plant == Plant::kLeakKey && !reads && !person.writers.contains(member->node->id())) {
          std::vector<PersonKeys::Key> keys;
          must(from->node->ledger().exchange([&](records::Intake& intake) -> Status {
            NC_ASSIGN(keys, intake.person_keys().find_all(person.id));
            return {};
          }));
          must(member->node->ledger().exchange([&](records::Intake& intake) -> Status {
            NC_ASSIGN([[maybe_unused]] const auto taken, intake.person_keys().take(person.id, keys));
            return {};
          }));
        }
        if (wish_.plant != Plant::kLoseKey || !reads) continue;
        store::Options options;
        options.application_id = records::kKeysApplicationId;
        if (auto db = store::Database::open(member->node->dir() / "keys.db", options)) must(db->exec("DELETE FROM sealing_key"));
      }
    }
}

}  // namespace nc::simulation
