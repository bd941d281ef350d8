// Rights resolved: which locks let a viewer through.
#include <algorithm>

#include "insight/stats/scan.h"

namespace nc::stats {
namespace {

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

// Of each class, whether its rows pass; each distinct question is asked once, for many locks ask alike.
class Answers {
 public:
  Answers(const Sight& sight, const access::ReadScope& read, const orgtree::OrgTree& tree) : sight_(sight), read_(read), tree_(tree) {}

  void pass(const Lock& lock, std::uint64_t* classes) {
    const auto counterparts = counterparts_.of(lock.counterparts);
    if (counterparts == chains_.size()) chains_.push_back(chain_lists_.of(chains_of(lock.counterparts, tree_)));
    for (std::size_t word = 0; word < sight_.stride; ++word) classes[word] = ~std::uint64_t{0};
    for (const auto& atom : lock.need) {
      const auto* may = admitted_classes(atom, chains_[counterparts]);
      for (std::size_t word = 0; word < sight_.stride; ++word) classes[word] &= may[word];
    }
    for (const auto& atom : lock.next) {
      const auto* may = admitted_classes(atom, chains_[counterparts]);
      for (std::size_t word = 0; word < sight_.stride; ++word) classes[word] &= ~may[word];
    }
    // Where nothing is needed, only classes that there are.
    for (std::size_t c = sight_.classes.size(); c < sight_.stride * 64; ++c) classes[c / 64] &= ~(std::uint64_t{1} << (c % 64));
  }

 private:
  const std::uint64_t* admitted_classes(const Atom& atom, std::uint32_t chains) {
    const auto asked = asked_.of({atoms_.of(atom), chains});
    if ((asked + 1) * sight_.stride > answers_.size()) {
      answers_.resize((asked + 1) * sight_.stride, 0);
      for (std::size_t c = 0; c < sight_.classes.size(); ++c) {
        const auto& [group, sensitive] = sight_.classes[c];
        if (admitted(read_, group, sensitive, atom, chain_lists_.at(chains)))
          answers_[asked * sight_.stride + c / 64] |= std::uint64_t{1} << (c % 64);
      }
    }
    return answers_.data() + asked * sight_.stride;
  }

  const Sight& sight_;
  const access::ReadScope& read_;
  const orgtree::OrgTree& tree_;
  Dictionary<std::vector<UnitId>> counterparts_;
  std::vector<std::uint32_t> chains_;  // number of chain_lists_ by number of counterparts_
  Dictionary<std::vector<std::string>> chain_lists_;
  Dictionary<Atom> atoms_;
  Dictionary<std::pair<std::uint32_t, std::uint32_t>> asked_;  // atom and chains
  std::vector<std::uint64_t> answers_;
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
  for (std::uint32_t lock = 0; lock < store.locks.size(); ++lock) answers.pass(store.locks.at(lock), locks.data() + lock * stride);
}

namespace {

constexpr std::size_t kRememberedMax = 16;

// The newest come first, the oldest is forgotten.
template <typename T, typename Is>
const T* remembered(std::deque<T>& known, const Is& is) {
  const auto at = std::find_if(known.begin(), known.end(), is);
  if (at == known.end()) return nullptr;
  std::rotate(known.begin(), at, at + 1);
  return &known.front();
}
template <typename T>
const T& remember(std::deque<T>& known, T one) {
  known.push_front(std::move(one));
  if (known.size() > kRememberedMax) known.pop_back();
  return known.front();
}

}  // namespace

std::shared_ptr<const Resolved> resolved(const Columns::Store& store, const access::ReadScope& read, const records::World& world) {
  Asker asker{read, world.tree, world.catalog, store.words.size(), store.shapes.size(), store.locks.size()};
  {
    const std::lock_guard lock(store.sights_mutex);
    if (const auto* known = remembered(store.askers, [&](const auto& one) { return *one.first == asker; })) return known->second;
  }
  Sight sight;
  sight.resolve(store, read, world);
  const std::lock_guard lock(store.sights_mutex);
  const auto* known = remembered(store.sights, [&](const auto& one) { return one->sight == sight; });
  auto out = known ? *known : remember(store.sights, std::make_shared<const Resolved>(std::move(sight)));
  return remember(store.askers, {std::make_shared<const Asker>(std::move(asker)), std::move(out)}).second;
}

}  // namespace nc::stats
