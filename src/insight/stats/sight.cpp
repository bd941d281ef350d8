// Rights resolved: which locks let a viewer through.
#include <algorithm>

#include "insight/stats/scan.h"

namespace nc::stats {
namespace {

// The decision about one atom, by what it is asked about.
struct Asked {
  std::uint32_t type_class = 0, atom = 0, chains = 0;
  bool operator==(const Asked&) const = default;
};
std::uint64_t hash_of(const Asked& asked) { return mixed(std::uint64_t{asked.type_class} << 32 | asked.atom, asked.chains); }

bool admitted(const access::ReadScope& read, const std::string& group, bool sensitive, const Atom& atom,
              const std::vector<std::string>& chains) {
  using Kind = journal::Audience::Kind;
  const bool for_all = atom.audience.kind == Kind::kAll || atom.audience.kind == Kind::kAuthority;
  return read.admits(group, static_cast<catalog::Handling>(atom.handling), for_all, atom.audience.units, chains, sensitive);
}

std::vector<std::string> chains_of(const std::vector<UnitId>& counterparts, const orgtree::OrgTree& tree) {
  std::vector<std::string> chains;
  for (const auto& id : counterparts)
    if (const auto* unit = tree.find(id); unit && !unit->chain.empty()) chains.push_back(unit->chain);
  std::sort(chains.begin(), chains.end());
  chains.erase(std::unique(chains.begin(), chains.end()), chains.end());
  return chains;
}

// Answers each distinct question once: many locks ask alike.
class Answers {
 public:
  Answers(const Sight& sight, const access::ReadScope& read, const orgtree::OrgTree& tree) : sight_(sight), read_(read), tree_(tree) {}

  bool passes(const Lock& lock, std::uint32_t type_class) {
    const auto chains = chain_lists_.of(chains_of(lock.counterparts, tree_));
    const auto may = [&](const Atom& atom) {
      const auto asked = asked_.of({type_class, atoms_.of(atom), chains});
      if (asked < answers_.size()) return answers_[asked] != 0;
      const auto& [group, sensitive] = sight_.classes[type_class];
      answers_.push_back(admitted(read_, group, sensitive, atom, chain_lists_.at(chains)) ? 1 : 0);
      return answers_.back() != 0;
    };
    return std::all_of(lock.need.begin(), lock.need.end(), may) && std::none_of(lock.next.begin(), lock.next.end(), may);
  }

 private:
  const Sight& sight_;
  const access::ReadScope& read_;
  const orgtree::OrgTree& tree_;
  Dictionary<Atom> atoms_;
  Dictionary<std::vector<std::string>> chain_lists_;
  Dictionary<Asked> asked_;
  std::vector<std::uint8_t> answers_;
};

}  // namespace

bool passes(const Wall& wall, const access::ReadScope& read, const records::World& world) {
  const auto* type = world.catalog->find(wall.type);
  if (!type) return false;
  const auto chains = chains_of(wall.counterparts, *world.tree);
  const auto may = [&](const Atom& atom) { return admitted(read, type->group, type->sensitive, atom, chains); };
  return std::all_of(wall.need.begin(), wall.need.end(), may) && std::none_of(wall.next.begin(), wall.next.end(), may);
}

void Sight::resolve(const Columns::Store& store, const access::ReadScope& read, const records::World& world) {
  std::vector<std::uint8_t> is_kind(store.words.size(), 0);
  for (const auto& shape : store.shapes.all()) is_kind[shape.kind] = 1;
  class_of_kind.assign(store.words.size(), kNoNumber);
  for (std::uint32_t word = 0; word < is_kind.size(); ++word) {
    const auto* type = is_kind[word] != 0 ? world.catalog->find(store.words.at(word)) : nullptr;
    if (!type) continue;
    const std::pair mine(type->group, type->sensitive);
    const auto at = std::find(classes.begin(), classes.end(), mine);
    class_of_kind[word] = static_cast<std::uint32_t>(at - classes.begin());
    if (at == classes.end()) classes.push_back(mine);
  }
  stride = classes.size() / 64 + 1;
  locks.assign(store.locks.size() * stride, 0);
  Answers answers(*this, read, *world.tree);
  for (std::uint32_t lock = 0; lock < store.locks.size(); ++lock)
    for (std::uint32_t c = 0; c < classes.size(); ++c)
      if (answers.passes(store.locks.at(lock), c)) locks[lock * stride + c / 64] |= std::uint64_t{1} << (c % 64);
}

}  // namespace nc::stats
