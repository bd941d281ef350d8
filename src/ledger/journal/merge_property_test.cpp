// The laws of the merge over random histories: it is a function of a set, it agrees with the oracle,
// and nothing that was set is lost. Seeded: RC_PARAMS overrides.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/rng.h"
#include "ledger/journal/history.h"
#include "ledger/journal/merge_oracle.h"

namespace nc::journal {
namespace {

using namespace testing;
using oracle::contains;
using Merger = std::function<RecordState(std::span<const Entry>)>;

RecordState real_merge(std::span<const Entry> entries) { return merge_record(entries, history_rank); }

// Choices taken from a list that RapidCheck makes, and can shrink; zeros when it is used up.
History::Choose from_list(const std::vector<unsigned>& list) {
  return [&list, at = std::size_t{0}](unsigned bound) mutable { return at < list.size() ? list[at++] % bound : 0; };
}

// What is wrong with this merge of this history; empty when the laws hold.
std::string fault(const Merger& merge, const std::vector<Entry>& entries, SeededRng& rng) {
  const auto whole = merge(entries);
  const auto meant = oracle::Oracle::of(entries);
  const auto text = oracle::render(whole);
  if (const auto expected = oracle::render(meant, history_rank); text != expected)
    return "differs from the oracle:\n" + text + "---\n" + expected;
  auto shuffled = entries;
  for (int turn = 0; turn < 3; ++turn) {
    for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[rng.below(i)]);
    if (oracle::render(merge(shuffled)) != text) return "depends on order";
    if (!shuffled.empty()) shuffled.push_back(shuffled[rng.below(shuffled.size())]);
  }
  if (oracle::render(merge(shuffled)) != text) return "is not idempotent";
  for (const auto& entry : entries) {
    if (meant.elsewhere.contains(entry.hash)) continue;
    for (const auto& [field, value] : entry.body.set) {
      const auto& part = whole.parts.at(meant.read_in(entry.hash));
      if (contains(part.proposals, entry.hash)) continue;
      const auto& live = part.registers.at(field).live;
      if (std::ranges::any_of(live, [&](const LiveValue& l) { return contains(l.setters, entry.hash); })) continue;
      const bool overridden = std::ranges::any_of(entries, [&](const Entry& other) {
        return !meant.elsewhere.contains(other.hash) && meant.known.contains(other.hash) &&
               meant.read_in(other.hash) == meant.read_in(entry.hash) && other.body.set.contains(field) &&
               meant.overrides(other.hash, entry.hash);
      });
      if (!overridden) return "lost a value of " + field;
    }
  }
  return {};
}

// Any split into batches gives what the whole gives: what is parked comes in when its base does.
std::string batching_fault(const std::vector<Entry>& entries, SeededRng& rng) {
  std::vector<Entry> held, rest = entries;
  while (!rest.empty()) {
    for (std::size_t n = rng.below(rest.size()) + 1; n > 0; --n) {
      const auto at = static_cast<std::ptrdiff_t>(rng.below(rest.size()));
      held.push_back(rest[static_cast<std::size_t>(at)]);
      rest.erase(rest.begin() + at);
    }
    const auto now = real_merge(held);
    if (oracle::render(now) != oracle::render(oracle::Oracle::of(held), history_rank)) return "a partial set differs from the oracle";
  }
  return oracle::render(real_merge(held)) == oracle::render(real_merge(entries)) ? "" : "depends on batching";
}

TEST(MergeLaws, HoldOverRandomHistories) {
  SeededRng rng(20261122);
  std::size_t entries = 0, conflicts = 0, proposals = 0, voided = 0, closed = 0, elsewhere = 0, raised = 0, late = 0;
  for (int round = 0; round < 2500; ++round) {
    const History history([&](unsigned bound) { return static_cast<unsigned>(rng.below(bound)); },
                          4 + static_cast<unsigned>(rng.below(16)));
    const auto wrong = fault(real_merge, history.entries(), rng) + batching_fault(history.entries(), rng);
    ASSERT_EQ(wrong, "") << "history " << round;
    const auto state = real_merge(history.entries());
    entries += history.entries().size();
    conflicts += state.conflicts().size();
    voided += state.voided;
    const auto meant = oracle::Oracle::of(history.entries());
    elsewhere += meant.elsewhere.size();
    raised += meant.raises().size();
    for (const auto& [hash, entry] : meant.known) late += !meant.elsewhere.contains(hash) && meant.late(hash);
    for (const auto& [key, part] : state.parts) {
      proposals += part.proposals.size();
      closed += part.closed;
    }
  }
  // The histories must be worth something.
  EXPECT_GT(entries, 10'000u);
  EXPECT_GT(conflicts, 300u);
  EXPECT_GT(proposals, 300u);
  EXPECT_GT(voided, 100u);
  EXPECT_GT(closed, 50u);
  EXPECT_GT(elsewhere, 500u);
  EXPECT_GT(raised, 300u);
  EXPECT_GT(late, 200u);
}

RC_GTEST_PROP(MergeLaws, HoldAndShrink, (const std::vector<unsigned>& choices)) {
  SeededRng rng(choices.size());
  const History history(from_list(choices), static_cast<unsigned>(std::min<std::size_t>(choices.size() / 5, 24)));
  RC_ASSERT(fault(real_merge, history.entries(), rng) == "");
}

TEST(MergeLaws, HoldForALongHistory) {
  SeededRng rng(7);
  const History history([&](unsigned bound) { return static_cast<unsigned>(rng.below(bound)); }, 60);
  EXPECT_EQ(fault(real_merge, history.entries(), rng), "");
}

// Canaries: merges with planted bugs, which the checker must find.
RecordState last_writer_wins(std::span<const Entry> entries) {
  auto state = real_merge(entries);
  for (auto& [key, part] : state.parts)
    for (auto& [field, value] : part.registers) {
      const auto shown = std::ranges::find_if(value.live, [&](const LiveValue& live) { return live.value == value.shown; });
      value.live = {*shown};
    }
  return state;
}
RecordState approvals_forgotten(std::span<const Entry> entries) {
  std::vector<Entry> changed(entries.begin(), entries.end());
  for (auto& entry : changed) entry.body.over.clear();
  return real_merge(changed);
}
RecordState order_of_arrival(std::span<const Entry> entries) {
  auto state = real_merge(entries);
  for (auto& [key, part] : state.parts)
    for (auto& [field, value] : part.registers)
      for (const auto& entry : entries)
        for (const auto& live : value.live)
          if (contains(live.setters, entry.hash)) {
            value.shown = live.value;
            value.setter = entry.hash;
          }
  return state;
}

// Who raised it had not seen it, and it is gone.
RecordState late_changes_forgotten(std::span<const Entry> entries) {
  const auto meant = oracle::Oracle::of(entries);
  std::vector<Entry> kept;
  for (const auto& entry : entries)
    if (!meant.known.contains(entry.hash) || meant.elsewhere.contains(entry.hash) || !meant.late(entry.hash)) kept.push_back(entry);
  return real_merge(kept);
}

bool finds(const Merger& broken) {
  SeededRng rng(1);
  for (int round = 0; round < 300; ++round) {
    const History history([&](unsigned bound) { return static_cast<unsigned>(rng.below(bound)); }, 12);
    if (!fault(broken, history.entries(), rng).empty()) return true;
  }
  return false;
}

TEST(MergeCanary, PlantedBugsAreFound) {
  EXPECT_TRUE(finds(last_writer_wins));
  EXPECT_TRUE(finds(approvals_forgotten));
  EXPECT_TRUE(finds(order_of_arrival));
  EXPECT_TRUE(finds(late_changes_forgotten));
  EXPECT_FALSE(finds(real_merge));
}

}  // namespace
}  // namespace nc::journal
