// For tests and fuzzing: a random history of up to four replicas of one record, from a stream of
// choices. The same choices make the same history, so a failing one can be repeated and shrunk.
#pragma once

#include <functional>
#include <set>

#include "ledger/journal/bound_id.h"
#include "ledger/journal/merge.h"
#include "ledger/journal/testing.h"

namespace nc::journal::testing {

class History {
 public:
  using Choose = std::function<unsigned(unsigned bound)>;  // a number below bound

  History(Choose choose, unsigned steps) : choose_(std::move(choose)), replicas_(choose_(4) + 1) {
    if (choose_(3) == 0) found(choose_(8) != 0);
    for (unsigned step = 0; step < steps; ++step) take_step();
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  using Held = std::set<std::size_t>;

  // A record whose id names node 1, which founds it, or has not yet.
  void found(bool here) {
    desk_.record = bound_id(0, choose_(9), desk_.node);
    if (!here) return;
    entries_.push_back(desk_.act("create", "p", {}, 1, {{"a", Json(7)}}));
    replicas_.front().insert(0);
  }
  void take_step() {
    auto& mine = replicas_[choose_(static_cast<unsigned>(replicas_.size()))];
    if (choose_(4) == 0) return exchange(mine, replicas_[choose_(static_cast<unsigned>(replicas_.size()))]);
    write(mine);
  }
  // A part of what the other holds, each with its past.
  void exchange(Held& to, const Held& from) {
    for (const auto i : from)
      if (choose_(3) != 0 && can_hold(to, i)) to.insert(i);
  }
  bool can_hold(const Held& held, std::size_t i) const {
    return std::all_of(entries_[i].header.base.begin(), entries_[i].header.base.end(), [&](const EntryHash& base) {
      return std::any_of(held.begin(), held.end(), [&](std::size_t j) { return entries_[j].hash == base; });
    });
  }
  // The replica's heads of one part; seldom only some of them, as two officers of one node.
  std::vector<EntryHash> heads(const Held& held, HandlingLevel handling, bool whole) const {
    std::set<EntryHash> out;
    for (const auto i : held)
      if (entries_[i].header.stream.part == part_at(handling)) out.insert(entries_[i].hash);
    for (const auto i : held)
      if (entries_[i].header.stream.part == part_at(handling))
        for (const auto& base : entries_[i].header.base) out.erase(base);
    while (!whole && out.size() > 1) out.erase(out.begin());
    return {out.begin(), out.end()};
  }
  Json value() {
    const auto n = choose_(5);
    return n == 4 ? Json() : Json(static_cast<int>(n));
  }
  std::string field() { return std::string(1, static_cast<char>('a' + choose_(3))); }

  void write(Held& mine) {
    const auto handling = static_cast<HandlingLevel>(choose_(5) == 0 ? 2 : 1);
    auto base = heads(mine, handling, choose_(5) != 0);
    if (choose_(12) == 0) base.clear();
    // Above: what was seen below, too. Whoever raises restates something of it.
    const bool raise = handling == 2 && choose_(4) == 0;
    if (raise || (handling == 2 && choose_(6) == 0))
      for (const auto& below : heads(mine, 1, true)) base.push_back(below);
    Body body;
    Form form = Form::kSet;
    const auto kind = choose_(20);
    if (raise) {
      form = Form::kAct;
      body.act = "raise";
      body.set["a"] = value();
      if (choose_(2) == 0) body.state = std::string(1, static_cast<char>('p' + choose_(3)));
    } else if (kind < 8) body.set[field()] = value();
    else if (kind < 10) body.add["list"].push_back(static_cast<int>(choose_(3)));
    else if (kind < 12) body.remove["list"].push_back(static_cast<int>(choose_(3)));
    else if (kind < 14) {
      const auto row = choose_(3);
      body.set["a"] = static_cast<int>(row);
      body.add["list"].push_back(static_cast<int>(row));
      body.origin = id_of<Digest>(row);
    } else {
      form = Form::kAct;
      act(body, kind, mine, base, handling);
    }
    // Seldom in an audience that is not the others', with what it saw there or with nothing.
    const bool elsewhere = choose_(10) == 0;
    if (elsewhere) std::erase_if(base, [&](const EntryHash&) { return choose_(3) != 0; });
    if (is_bound(desk_.record)) desk_.node = id_of<NodeId>(elsewhere && choose_(4) != 0 ? 2 : 1);
    Entry entry = desk_.make(form, std::move(body), std::move(base), part_at(handling, elsewhere ? 6 + 2 * choose_(2) : 7));
    entries_.push_back(std::move(entry));
    mine.insert(entries_.size() - 1);
  }
  void act(Body& body, unsigned kind, const Held& mine, const std::vector<EntryHash>& base, HandlingLevel handling) {
    static constexpr const char* kActs[] = {"submit", "void", "restore", "reopen", "approve", "part-closed"};
    body.act = kActs[kind - 14];
    if (kind == 19 && choose_(2) == 0) body.act = "create";
    if (choose_(2) == 0) body.state = std::string(1, static_cast<char>('p' + choose_(3)));
    if (choose_(4) == 0) body.set[field()] = value();
    if (body.act != "approve" && (body.act != "void" || choose_(2) == 0)) return;
    body.over[part_at(handling)].heads = base;
    if (handling == 2 || choose_(4) == 0)
      body.over[part_at(3 - handling)].heads = heads(mine, static_cast<HandlingLevel>(3 - handling), true);
    body.signature = PersonSignature{};
  }

  Choose choose_;
  std::vector<Held> replicas_;
  std::vector<Entry> entries_;
  Desk desk_;
};

inline int history_rank(std::string_view state) { return state.empty() ? 0 : state[0] == 'q' ? 5 : 1; }

}  // namespace nc::journal::testing
