// Inside the room only: the entries of one record as a graph, with the past of each as a bitset.
//
// Invariants: entries stand in an order in which every entry comes after its base; bit i of a set is
// entry i. Costs n * n / 64 words, which is small: a record has a handful of entries, seldom hundreds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ledger/journal/merge.h"

namespace nc::journal {

class Bits {
 public:
  Bits() = default;
  explicit Bits(std::size_t count) : words_((count + 63) / 64, 0) {}
  void add(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  [[nodiscard]] bool has(std::size_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void join(const Bits& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  [[nodiscard]] bool meets(const Bits& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((words_[i] & other.words_[i]) != 0) return true;
    return false;
  }

 private:
  std::vector<std::uint64_t> words_;
};

class Graph {
 public:
  // Entries with a base that nobody knows, and all that stand on them, go to parked().
  Graph(std::vector<const Entry*> entries, const Ancestry* foreign);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const Entry& entry(std::size_t i) const { return *nodes_[i].entry; }
  [[nodiscard]] std::uint32_t depth(std::size_t i) const { return nodes_[i].depth; }
  [[nodiscard]] const std::vector<EntryHash>& parked() const { return parked_; }
  [[nodiscard]] bool is_head(std::size_t i) const { return nodes_[i].head; }

  // y is in the past of x, by itself or by a twin: an import of the same row (ledger.md, "Import").
  [[nodiscard]] bool seen(std::size_t x, std::size_t y) const { return sees(nodes_[x].past, y); }
  [[nodiscard]] bool sees(const Bits& past, std::size_t y) const { return twins_.empty() ? past.has(y) : past.meets(twins_[y]); }
  [[nodiscard]] bool twin(std::size_t x, std::size_t y) const { return x == y || (!twins_.empty() && twins_[x].has(y)); }
  // What x set is no longer live because of y's past: y saw x; or y saw a twin of x, and x neither
  // follows y nor any twin of y.
  [[nodiscard]] bool overrides(std::size_t y, std::size_t x) const {
    if (nodes_[y].past.has(x)) return true;
    return !twins_.empty() && !twin(x, y) && seen(y, x) && !seen(x, y);
  }
  [[nodiscard]] bool in_past(std::size_t x, std::size_t y) const { return nodes_[x].past.has(y); }
  [[nodiscard]] const Bits& past(std::size_t x) const { return nodes_[x].past; }
  // The hashes and their pasts; hashes that are not here say nothing.
  [[nodiscard]] Bits closure(const std::vector<EntryHash>& heads) const;

 private:
  struct Node {
    const Entry* entry = nullptr;
    std::uint32_t depth = 1;
    bool head = true;
    Bits past;
  };
  void order(std::vector<const Entry*> entries, const Ancestry* foreign);
  void find_twins();
  [[nodiscard]] std::optional<std::size_t> index_of(const EntryHash& hash) const;

  std::vector<Node> nodes_;
  std::vector<std::pair<EntryHash, std::size_t>> by_hash_;  // sorted
  std::vector<Bits> twins_;                                 // of each entry, itself included; empty when nothing was imported
  std::vector<EntryHash> parked_;
};

}  // namespace nc::journal
