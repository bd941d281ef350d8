// A simulated tree: real ledgers whose ledger.db lies on disks that lose power, links that cut, drop and damage, sticks that are
// copied, lost and late. Everything is drawn from one seed; one thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "channels/sync/bundle.h"
#include "channels/sync/tree_for_test.h"
#include "foundation/store/faulty_disk.h"

namespace nc::simulation {

// What a test plants so that a checker must find it.
enum class Plant { kNone, kLoseEntry, kForgetDifference, kLeak, kWrongSame };

// Empty: nothing was wrong.
using Finding = std::string;

struct Member {
  std::unique_ptr<store::FaultyDisk> disk;
  std::unique_ptr<Node> node;
  Member* parent = nullptr;
  std::map<RecordId, std::string> acknowledged;  // records begun here, and a text that their history must hold
  bool was_the_same = false;                     // shown after the last exchange
};

struct Tally {
  std::int64_t days = 0, writes = 0, exchanges = 0, cuts = 0, damaged = 0, sticks = 0, lost_sticks = 0, power_cuts = 0, checks = 0;
  void add(const Tally& other);
  [[nodiscard]] std::string text() const;
};

class World {
 public:
  World(const fs::path& source, std::uint64_t seed, Plant plant);
  ~World();
  // Some days of work, then quiet, then every check. With the trace of what happened when something was wrong.
  Finding run(int steps);
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }

 private:
  Member& add(const std::string& code, Member* parent, const UnitId& unit);
  void build();
  Finding step();
  void write(Member& member);
  void amend(Member& member);
  Finding talk(Member& child);
  void stick(Member& child);
  Finding lose_power(Member& member);
  Finding reopen(Member& member);
  Finding settle();
  void plant(Member& member);
  void note(const std::string& what) { trace_.push_back(what); }
  Member& some() { return *members_[static_cast<std::size_t>(rng_.below(members_.size()))]; }
  Member& some_child() { return *members_[1 + static_cast<std::size_t>(rng_.below(members_.size() - 1))]; }

  fs::path source_, dir_;
  std::uint64_t seed_;
  Plant plant_;
  SeededRng rng_;
  std::vector<std::unique_ptr<Member>> members_;      // parents before their children
  std::vector<std::pair<Member*, fs::path>> sticks_;  // on their way, and to whom
  int texts_ = 0, stick_names_ = 0;
  Tally tally_;
  std::vector<std::string> trace_;
};

// --- checkers (checks.cpp) ---
Finding check_acknowledged(const std::vector<std::unique_ptr<Member>>& members);
Finding check_subscriptions(const std::vector<std::unique_ptr<Member>>& members);
Finding check_pair(Node& child, Node& parent);
Finding check_digests(const std::vector<std::unique_ptr<Member>>& members);
Finding check_rebuild(const std::vector<std::unique_ptr<Member>>& members);

}  // namespace nc::simulation
