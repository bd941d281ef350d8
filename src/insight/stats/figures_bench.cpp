// How fast figures are over five million activities (NC_BENCH_ROWS: over so many), and what columns take.
//
// Five questions, each at least 50 times. Prints a table, and lines "NC_BENCH {json}" for ./dev bench.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "insight/stats/bench_world.h"

namespace {

using namespace nc;
using namespace nc::stats;
using Seconds = std::chrono::duration<double>;

constexpr int kRuns = 60;

int runs_wanted() {
  const auto* wanted = std::getenv("NC_BENCH_RUNS");
  return wanted ? std::max(1, std::atoi(wanted)) : kRuns;
}

// By the clock on the wall, and what the processor worked: on a quiet machine they are the same.
struct Took {
  double wall = 0, cpu = 0;
};
Took took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const auto worked = std::clock();
  work();
  const double cpu = static_cast<double>(std::clock() - worked) * 1000 / CLOCKS_PER_SEC;
  return {Seconds(std::chrono::steady_clock::now() - start).count() * 1000, cpu};
}
double milliseconds_of(const std::function<void()>& work) { return took(work).wall; }

struct Spread {
  double p50 = 0, p95 = 0, min = 0, max = 0;
  explicit Spread(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    const auto at = [&](double part) { return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1) + 0.5)]; };
    p50 = at(0.5), p95 = at(0.95), min = times.front(), max = times.back();
  }
};

struct Question {
  std::string name;
  Query query;
  access::ReadScope read;
};

access::ReadScope commander(const records::World& world) {
  access::Subject who;
  who.console = true;
  return access::ReadScope::resolve(who, access::Action::kCount, *world.tree, *world.catalog);
}

// Internal clearance over the whole force, one counterpart chain only: hidden and seen rows lie side by side.
access::ReadScope restricted(const bench::World& world) {
  access::Subject who;
  access::Grant grant;
  grant.role = "other_line_superior";
  grant.unit = world.force();
  grant.chain = "KH-border";
  who.grants = {grant};
  who.today = to_day(2026, 1, 1);
  who.clearance = access::Handling::kInternal;
  return access::ReadScope::resolve(who, access::Action::kCount, *world.world().tree, *world.world().catalog);
}

// Internal clearance over the whole force: sees nine rows of ten, mixed with those that he does not see.
access::ReadScope cleared(const bench::World& world) {
  access::Subject who;
  access::Grant grant;
  grant.role = "other_line_superior";
  grant.unit = world.force();
  who.grants = {grant};
  who.today = to_day(2026, 1, 1);
  who.clearance = access::Handling::kInternal;
  return access::ReadScope::resolve(who, access::Action::kCount, *world.world().tree, *world.world().catalog);
}

std::vector<Question> questions(const bench::World& world) {
  const auto all = commander(world.world());
  Query one, kinds, provinces, months;
  one.unit = world.province(30);
  one.partner.country = "KH";
  one.from = to_day(2019, 1, 1);
  one.to = to_day(2019, 12, 31);
  one.measure = "count";
  kinds.rows = Dimension::kKind;
  kinds.columns = Dimension::kYear;
  provinces.partner.country = "KH";
  provinces.rows = Dimension::kProvince;
  provinces.columns = Dimension::kKind;
  months.unit = world.post(225);
  months.rows = Dimension::kMonth;
  return {{"one province, one country, one year", one, all},
          {"kind by year, whole force", kinds, all},
          {"province by kind, one partner", provinces, all},
          {"kind by year, most restricted user", kinds, restricted(world)},
          {"months of one post", months, all},
          {"kind by year, user of internal clearance", kinds, cleared(world)}};
}

void print_line(const std::string& row, const std::string& what, const std::string& unit, const Spread& spread, int runs,
                const std::string& aim) {
  Json line;
  const auto rounded = [](double value) { return Json(std::to_string(value)); };
  line.set("row", row).set("what", what).set("unit", unit).set("aim", aim).set("runs", runs);
  line.set("p50", rounded(spread.p50)).set("p95", rounded(spread.p95)).set("min", rounded(spread.min)).set("max", rounded(spread.max));
  std::printf("NC_BENCH %s\n", canonical(line).c_str());
}

}  // namespace

int main() {
  const auto* wanted = std::getenv("NC_BENCH_ROWS");
  const std::size_t rows = wanted ? std::strtoull(wanted, nullptr, 10) : 5'000'000;
  std::unique_ptr<bench::World> made;
  const auto making = milliseconds_of([&] { made = std::make_unique<bench::World>(rows, NC_SOURCE_DIR "/catalog", false); });
  auto& world = *made;
  const auto& store = world.columns().store();
  std::printf("%zu rows made in %.1f s; %zu shapes, %zu days, %zu parties, %zu locks, %zu own sets, %zu links\n", world.columns().rows(),
              making / 1000, store.shapes.size(), store.whens.size(), store.parties.size(), store.locks.size(), store.own_sets.size(),
              store.links.size());
  const auto bytes = store.bytes();
  const auto a_row = [&](std::size_t part) { return static_cast<double>(part) / static_cast<double>(rows); };
  std::printf(
      "bytes a row: %.1f = words %.1f + ids %.1f + index by id %.1f + measures, sources %.1f + parents, clusters %.1f + dictionaries "
      "%.1f\n",
      a_row(bytes.all()), a_row(bytes.words), a_row(bytes.ids), a_row(bytes.index), a_row(bytes.measures), a_row(bytes.links),
      a_row(bytes.dictionaries));
  for (const auto& question : questions(world)) {
    std::vector<double> times, worked;
    Answer answer;
    const auto first = milliseconds_of([&] { answer = world.columns().answer(question.query, question.read, world.world()); });
    for (int i = 0; i < runs_wanted(); ++i) {
      const auto once = took([&] { answer = world.columns().answer(question.query, question.read, world.world()); });
      times.push_back(once.wall), worked.push_back(once.cpu);
    }
    const Spread spread(times), cpu(worked);
    const auto cells = answer.pivot ? answer.pivot->cells.size() : answer.figures.size();
    std::printf("%-45s first %7.2f  p50 %7.2f  p95 %7.2f  min %7.2f  max %7.2f ms  cpu p50 %6.2f p95 %6.2f  %zu cells, %zu records\n",
                question.name.c_str(), first, spread.p50, spread.p95, spread.min, spread.max, cpu.p50, cpu.p95, cells,
                answer.pivot ? answer.pivot->total.records : 0);
    print_line("figures", question.name, "ms", spread, runs_wanted(), "p95 10");
  }
  return 0;
}
