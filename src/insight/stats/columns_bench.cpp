// How fast the columns are made anew from the records of a ledger, as a node does that has lost columns.bin.
//
// columns_bench [--size RECORDS] [--runs N]
#include "insight/stats/start.h"
#include "ledger/records/bench_node.h"

int main(int argc, char** argv) {
  using namespace nc;
  const auto size = bench::option(argc, argv, "--size", bench::quick() ? 5'000 : 100'000);
  const auto runs = bench::option(argc, argv, "--runs", 3);
  const bench::Folder folder;
  bench::Node node(folder.path() / "node");
  node.fill(0, size);
  stats::Columns columns;
  bench::Line made{"columns", "columns made anew from " + std::to_string(size) + " records", "/s", "stated", {}, {}};
  for (std::int64_t run = 0; run < runs; ++run) {
    const auto took = bench::seconds([&] { bench::must(stats::fill_from_records(columns, node.ledger())); });
    made.runs.push_back(static_cast<double>(columns.rows()) / took);
  }
  bench::print(made);
}
