// The bugs that a test plants, each for one checker.
#include <algorithm>

#include "ledger/journal/passing_on.h"
#include "tests/simulation/world.h"

namespace nc::simulation {
namespace {

constexpr std::pair<std::string_view, Plant> kPlants[] = {
    {"lose-entry", Plant::kLoseEntry},
    {"forget-difference", Plant::kForgetDifference},
    {"leak", Plant::kLeak},
    {"leak-on-the-wire", Plant::kLeakOnTheWire},
    {"wrong-same", Plant::kWrongSame},
    {"disk-lies", Plant::kDiskLies},
    {"derived-row", Plant::kDerivedRow},
    {"figure", Plant::kFigure},
    {"park", Plant::kPark},
    {"trust-anybody", Plant::kTrustAnybody},
    {"lose-file", Plant::kLoseFile},
    {"leak-file", Plant::kLeakFile},
    {"lose-key", Plant::kLoseKey},
    {"leak-key", Plant::kLeakKey},
    {"hidden-bytes", Plant::kHiddenBytes},
};

}  // namespace

std::optional<Plant> plant_named(std::string_view name) {
  for (const auto& [text, plant] : kPlants)
    if (text == name) return plant;
  return std::nullopt;
}

std::vector<std::string> plant_names() {
  std::vector<std::string> out;
  for (const auto& [text, plant] : kPlants) out.emplace_back(text);
  return out;
}

void World::plant(Member& member) {
  auto& ledger = member.node->ledger();
  if (wish_.plant == Plant::kLoseFile || wish_.plant == Plant::kLeakFile) plant_file(member);
  if (wish_.plant == Plant::kLoseKey || wish_.plant == Plant::kLeakKey) plant_keys();
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
    above.note("chi cho cap tren", std::nullopt, journal::Audience::own(above.unit()));
    remember(*members_.front());
    must(above.ledger().inspect([&](store::Database& db, const journal::Journal&) -> Status {
      NC_ASSIGN(const auto streams, journal::held_streams(db));
      const journal::PartKey part{1, journal::Audience::own(above.unit())};
      for (const auto& stream : streams) {
        if (stream.key.part != part || stream.key.node != above.ledger().identity().node) continue;
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
