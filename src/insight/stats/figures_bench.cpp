// How fast figures are over five million activities (NC_BENCH_ROWS: over so many), and what columns take.
//
// Five questions, each at least 50 times. Prints a table, and lines "NC_BENCH {json}" for ./dev bench.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "insight/stats/bench_references.h"
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
  std::string sql;  // for the references (tools/bench/figures_references.mjs)
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
  using namespace bench::sql;
  return {{"one province, one country, one year", one, all, one_province(*one.from, *one.to)},
          {"kind by year, whole force", kinds, all, kKindByYear},
          {"province by kind, one partner", provinces, all, kProvinceByKind},
          {"kind by year, most restricted user", kinds, restricted(world), kind_by_year_seen(0)},
          {"months of one post", months, all, kMonths},
          {"kind by year, user of internal clearance", kinds, cleared(world), kind_by_year_seen(1)}};
}

Json line_of(const Question& question, const Spread& spread) {
  Json line;
  const auto rounded = [](double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3f", value);
    return std::string(text.data());
  };
  line.set("what", question.name);
  line.set("p50", rounded(spread.p50)).set("p95", rounded(spread.p95)).set("min", rounded(spread.min)).set("max", rounded(spread.max));
  return line;
}

void print_size(const bench::World& world, std::size_t rows) {
  const auto& store = world.store();
  std::printf("%zu rows; %zu shapes, %zu days, %zu parties, %zu locks, %zu own sets, %zu links\n", store.size(), store.shapes.size(),
              store.whens.size(), store.parties.size(), store.locks.size(), store.own_sets.size(), store.links.size());
  const auto bytes = store.bytes();
  const auto a_row = [&](std::size_t part) { return static_cast<double>(part) / static_cast<double>(rows); };
  std::printf(
      "bytes a row: %.1f = words %.1f + ids %.1f + index by id %.1f + measures, sources %.1f + parents, clusters %.1f + dictionaries "
      "%.1f\n",
      a_row(bytes.all()), a_row(bytes.words), a_row(bytes.ids), a_row(bytes.index), a_row(bytes.measures), a_row(bytes.links),
      a_row(bytes.dictionaries));
  std::printf(
      "NC_BENCH {\"row\": \"columns\", \"what\": \"bytes a row, all that is kept\", \"unit\": \"B\", \"p50\": %.2f, \"runs\": 1, "
      "\"aim\": \"32\", \"rows\": %zu}\n",
      a_row(bytes.all()), rows);
}

// Saving, loading into columns that are empty, and what it is measured against: settling them anew.
void measure_file(bench::World& world, const std::filesystem::path& folder) {
  const auto file = folder / "columns.bin";
  const auto saved = milliseconds_of([&] { NC_CHECK(world.columns().save(file, {}).has_value()); });
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    Columns again;
    times.push_back(milliseconds_of([&] { NC_CHECK(again.load(file, {}).has_value()); }) / 1000);
    NC_CHECK(again.rows() == world.columns().rows());
  }
  const Spread spread(times);
  std::printf("saved in %.2f s (%.0f MB), loaded in p50 %.2f s, at most %.2f s\n", saved / 1000,
              static_cast<double>(std::filesystem::file_size(file)) / 1e6, spread.p50, spread.max);
  std::printf(
      "NC_BENCH {\"row\": \"columns\", \"what\": \"loading at start\", \"unit\": \"s\", \"p50\": %.3f, \"p95\": %.3f, \"min\": %.3f, "
      "\"max\": %.3f, \"runs\": 5, \"aim\": \"2\", \"rows\": %zu}\n",
      spread.p50, spread.p95, spread.min, spread.max, world.columns().rows());
}

Json measure(bench::World& world, const Question& question) {
  std::vector<double> times, worked;
  Answer answer;
  const auto ask = [&] { answer = world.columns().answer(question.query, question.read, world.world()); };
  const auto first = milliseconds_of(ask);
  for (int i = 0; i < runs_wanted(); ++i) {
    const auto once = took(ask);
    times.push_back(once.wall), worked.push_back(once.cpu);
  }
  const Spread spread(times), cpu(worked);
  std::printf("%-42s first %7.2f  p50 %7.2f  p95 %7.2f  min %7.2f  max %7.2f ms  cpu p50 %6.2f p95 %6.2f  %zu cells\n",
              question.name.c_str(), first, spread.p50, spread.p95, spread.min, spread.max, cpu.p50, cpu.p95,
              answer.pivot ? answer.pivot->cells.size() : answer.figures.size());
  auto line = line_of(question, spread);
  line.set("sql", question.sql).set("answer", bench::plain_answer(world, answer));
  return line;
}

}  // namespace

int main() {
  const auto* wanted = std::getenv("NC_BENCH_ROWS");
  const std::size_t rows = wanted ? std::strtoull(wanted, nullptr, 10) : 5'000'000;
  const auto* references = std::getenv("NC_BENCH_REFERENCES");
  const bool compare = !references || std::string_view(references) != "0";
  std::unique_ptr<bench::World> world;
  const auto making = milliseconds_of([&] { world = std::make_unique<bench::World>(rows, NC_SOURCE_DIR "/catalog", compare); });
  std::printf("made, and put in order, in %.1f s\n", making / 1000);
  print_size(*world, rows);
  const auto folder = std::filesystem::temp_directory_path() / ("nc-figures-" + system_rng().make<RecordId>().hex());
  std::filesystem::create_directories(folder);
  measure_file(*world, folder);
  Json asked{JsonArray{}};
  for (const auto& question : questions(*world)) asked.push(measure(*world, question));
  int failed = 0;
  if (compare) {
    bench::write_tables(*world, {restricted(*world), cleared(*world)}, folder);
    bench::write_questions(asked, runs_wanted(), rows, folder);
    world.reset();  // the references get the memory
    failed = std::system(("node '" NC_SOURCE_DIR "/tools/bench/figures_references.mjs' '" + folder.string() + "'").c_str());
  } else {
    for (const auto& line : asked.as_array())
      std::printf(
          "NC_BENCH {\"row\": \"figures\", \"what\": \"%s\", \"unit\": \"ms\", \"p50\": %s, \"p95\": %s, \"min\": %s, \"max\": %s, "
          "\"runs\": %d, "
          "\"aim\": \"p95 10\", \"rows\": %zu}\n",
          line.text("what").c_str(), line.text("p50").c_str(), line.text("p95").c_str(), line.text("min").c_str(), line.text("max").c_str(),
          runs_wanted(), rows);
  }
  std::filesystem::remove_all(folder);
  return failed == 0 ? 0 : 1;
}
