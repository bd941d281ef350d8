// How fast figures are over five million activities, and what columns take.
//
// figures_bench [--rows N] [--runs N] [--alone 1]: each question --runs times, warm; alone: without the databases
// that it is measured against (tools/bench/figures_references.mjs).
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "insight/stats/bench_references.h"
#include "insight/stats/bench_world.h"

namespace nc::stats {
namespace {

// By the clock on the wall, and what the processor worked: on a quiet machine they are the same.
struct Took {
  double wall = 0, cpu = 0;
};
Took took(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const auto worked = std::clock();
  work();
  const double cpu = static_cast<double>(std::clock() - worked) * 1000 / CLOCKS_PER_SEC;
  return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count(), cpu};
}

struct Question {
  std::string what;
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

void measure_size(const bench::World& world) {
  const auto& store = world.store();
  std::printf("%zu rows; %zu shapes, %zu days, %zu parties, %zu locks, %zu own sets, %zu links\n", store.size(), store.shapes.size(),
              store.whens.size(), store.parties.size(), store.locks.size(), store.own_sets.size(), store.links.size());
  const auto bytes = store.bytes();
  const auto a_row = [&](std::size_t part) { return static_cast<double>(part) / static_cast<double>(store.size()); };
  std::printf(
      "bytes a row: words %.2f, ids %.2f, index by id %.2f, measures and sources %.2f, parents and clusters %.2f, dictionaries %.2f\n",
      a_row(bytes.words), a_row(bytes.ids), a_row(bytes.index), a_row(bytes.measures), a_row(bytes.links), a_row(bytes.dictionaries));
  nc::bench::print({"figures", "columns: bytes a row, all that is kept", "B", "<= 32", {a_row(bytes.all())}, {}});
}

// Saving, and loading into columns that are empty.
void measure_file(bench::World& world, const std::filesystem::path& folder) {
  const auto file = folder / "columns.bin";
  nc::bench::print({"figures",
                    "columns: saving at the end",
                    "s",
                    "stated",
                    {nc::bench::seconds([&] { NC_CHECK(world.columns().save(file, {}).has_value()); })},
                    {}});
  std::printf("columns.bin has %.0f MB\n", static_cast<double>(std::filesystem::file_size(file)) / 1e6);
  nc::bench::Line load{"figures", "columns: loading at start", "s", "<= 2", {}, {}};
  for (int i = 0; i < 5; ++i) {
    Columns again;
    load.runs.push_back(nc::bench::seconds([&] { NC_CHECK(again.load(file, {}).has_value()); }));
    NC_CHECK(again.rows() == world.columns().rows());
  }
  nc::bench::print(load);
}

bench::Asked measure(bench::World& world, const Question& question, std::int64_t runs) {
  nc::bench::Runs worked;
  bench::Asked out{{"figures", question.what, "ms", "<= 10", {}, {}}, question.sql, {}};
  Answer answer;
  const auto ask = [&] { answer = world.columns().answer(question.query, question.read, world.world()); };
  const auto first = took(ask);
  for (std::int64_t i = 0; i < runs; ++i) {
    const auto once = took(ask);
    out.line.runs.push_back(once.wall), worked.push_back(once.cpu);
  }
  const auto p = [](const nc::bench::Runs& of, double q) { return nc::bench::quantile(of, q); };
  std::printf("%-42s first %7.2f  p50 %7.2f  p95 %7.2f ms  processor p50 %6.2f p95 %6.2f  %zu cells\n", question.what.c_str(), first.wall,
              p(out.line.runs, 0.5), p(out.line.runs, 0.95), p(worked, 0.5), p(worked, 0.95),
              answer.pivot ? answer.pivot->cells.size() : answer.figures.size());
  out.answer = bench::plain_answer(world, answer);
  return out;
}

int run(int argc, char** argv) {
  const auto rows = nc::bench::option(argc, argv, "--rows", nc::bench::quick() ? 200'000 : 5'000'000);
  const auto runs = nc::bench::option(argc, argv, "--runs", nc::bench::quick() ? 10 : 60);
  const bool compare = nc::bench::option(argc, argv, "--alone", 0) == 0;
  std::unique_ptr<bench::World> world;
  const auto making = nc::bench::seconds(
      [&] { world = std::make_unique<bench::World>(static_cast<std::size_t>(rows), NC_SOURCE_DIR "/catalog", compare); });
  std::printf("made, and put in order, in %.1f s\n", making);
  const nc::bench::Folder folder;
  measure_size(*world);
  measure_file(*world, folder.path());
  std::vector<bench::Asked> asked;
  for (const auto& question : questions(*world)) asked.push_back(measure(*world, question, runs));
  nc::bench::Line beside{"figures",          "the most restricted user beside the commander", "ms", "<= 120 % of the commander",
                         asked[3].line.runs, {{"the commander", asked[1].line.runs}}};
  int failed = 0;
  if (compare) {
    bench::write_tables(*world, {restricted(*world), cleared(*world)}, folder.path());
    bench::write_questions(asked, folder.path());
    world.reset();  // the references get the memory
    std::fflush(stdout);
    failed = std::system(("node '" NC_SOURCE_DIR "/tools/bench/figures_references.mjs' '" + folder.path().string() + "'").c_str());
  } else {
    for (const auto& one : asked) nc::bench::print(one.line);
  }
  nc::bench::print(beside);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace nc::stats

int main(int argc, char** argv) { return nc::stats::run(argc, argv); }
