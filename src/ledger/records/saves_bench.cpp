// Signed durable saves through the one write path, beside bare inserts of the same bytes on the same disk.
//
// saves_bench [--seconds N] [--runs N]: runs of ours and of the floor take turns, so that both meet the
// same disk. A save is a whole Ledger::create by a person: decided, checked, signed, on disk. Its rows are derived in groups,
// during the run too; a second rate counts the time until the last of them is there.
// saves_bench --only N [--seconds N]: saves by N writers and nothing else, for a profiler.
// Processor time is that of all threads, the writers' own included: it does not depend on who else runs here.
#include <time.h>

#include <atomic>
#include <thread>

#include "foundation/store/group_committer.h"
#include "foundation/store/transaction.h"
#include "ledger/records/bench_node.h"

namespace {

using namespace nc;

double processor_seconds() {
  timespec spent{};
  NC_CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) == 0);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

struct Rate {
  double a_second = 0;
  double with_all_derived = 0;  // the time until nothing waits any more counts too
  double processor_us = 0;      // a piece of work
};

// As many threads as writers, each doing one piece of work after the other.
Rate rate(std::int64_t writers, double duration, const std::function<void(std::int64_t)>& work, const std::function<void()>& afterwards) {
  const auto spent_before = processor_seconds();
  std::atomic<std::int64_t> number = 0;
  std::atomic<bool> stop = false;
  const auto took = bench::seconds([&] {
    std::vector<std::thread> threads;
    for (std::int64_t i = 0; i < writers; ++i)
      threads.emplace_back([&] {
        while (!stop) work(number.fetch_add(1));
      });
    std::this_thread::sleep_for(std::chrono::duration<double>(duration));
    stop = true;
    for (auto& thread : threads) thread.join();
  });
  const auto longer = took + bench::seconds(afterwards);
  const auto count = static_cast<double>(number);
  return {count / took, count / longer, (processor_seconds() - spent_before) * 1e6 / count};
}

constexpr const char* kInsert = "INSERT INTO floor(bytes) VALUES(?1)";

store::Database floor_database(const std::filesystem::path& path) {
  auto db = bench::must(store::Database::open(path, {.create = true}));
  bench::must(db.exec("CREATE TABLE floor(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)"));
  return db;
}

// The bytes of one saved entry: header and body.
std::string entry_bytes(bench::Node& node) {
  const auto id = node.save(-1);
  std::string out;
  bench::must(node.ledger().inspect([&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto entries, journal.entries_of(db, id));
    for (const auto& stored : entries) out += stored.entry.header_bytes + stored.entry.body_bytes;
    return {};
  }));
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto duration = static_cast<double>(bench::option(argc, argv, "--seconds", bench::quick() ? 1 : 3));
  const auto runs = bench::option(argc, argv, "--runs", bench::quick() ? 2 : 7);
  const bench::Folder folder;
  bench::Node node(folder.path() / "node");
  const auto bytes = entry_bytes(node);
  const auto derive = [&] { bench::must(node.ledger().catch_up()); };
  if (const auto writers = bench::option(argc, argv, "--only", 0); writers > 0) {
    const auto got = rate(writers, duration, [&](std::int64_t number) { node.save(number); }, derive);
    std::printf("%.0f saves a second, %.0f with all derived, %.1f us of processor time each\n", got.a_second, got.with_all_derived,
                got.processor_us);
    return 0;
  }
  auto alone = floor_database(folder.path() / "floor1.db");
  store::GroupCommitter group(floor_database(folder.path() / "floor8.db"), {});
  const auto save = [&](std::int64_t number) { node.save(number); };
  const auto insert_alone = [&](std::int64_t) {
    auto transaction = bench::must(store::Transaction::begin(alone));
    auto insert = bench::must(alone.prepare(kInsert));
    bench::must(insert.bind_blob(1, bytes).run());
    bench::must(transaction.commit());
    if (alone.wal_backlog_bytes() > (4 << 20)) bench::must(alone.checkpoint(store::CheckpointMode::kPassive));
  };
  const auto insert_in_group = [&](std::int64_t) {
    bench::must(group.submit([&](store::Database& db) -> Status {
      NC_ASSIGN(auto insert, db.prepare(kInsert));
      return insert.bind_blob(1, bytes).run();
    }));
  };
  bench::Line one{"saves", "signed durable saves, 1 writer", "/s", ">= 50 % of floor", {}, {}};
  bench::Line eight{"saves", "signed durable saves, 8 writers", "/s", ">= 10000", {}, {}};
  bench::Line one_derived{"saves", "the same, all derived, 1 writer", "/s", "stated", {}, {}};
  bench::Line eight_derived{"saves", "the same, all derived, 8 writers", "/s", "stated", {}, {}};
  bench::Line one_spent{"saves", "processor time of a save, 1 writer", "us", "stated", {}, {}};
  bench::Line eight_spent{"saves", "processor time of a save, 8 writers", "us", "stated", {}, {}};
  const auto note = [&](std::int64_t writers, bench::Line& line, bench::Line& derived, bench::Line& spent,
                        const std::function<void(std::int64_t)>& insert) {
    const auto floor = rate(writers, duration, insert, [] {}), ours = rate(writers, duration, save, derive);
    derived.reference["floor"].push_back(floor.a_second);
    derived.runs.push_back(ours.with_all_derived);
    line.reference["floor"].push_back(floor.a_second);
    line.runs.push_back(ours.a_second);
    spent.reference["floor"].push_back(floor.processor_us);
    spent.runs.push_back(ours.processor_us);
  };
  for (std::int64_t run = 0; run < runs; ++run) {
    note(1, one, one_derived, one_spent, insert_alone);
    note(8, eight, eight_derived, eight_spent, insert_in_group);
  }
  std::printf("an entry has %zu bytes\n", bytes.size());
  for (const auto* line : {&one, &eight, &one_derived, &eight_derived, &one_spent, &eight_spent}) bench::print(*line);
}
