// bench_fill DIR COUNT: a node with COUNT activities and the account of a post officer, for tools/bench_memory.py.
#include "ledger/records/bench_node.h"

int main(int argc, char** argv) {
  NC_CHECK(argc == 3);
  nc::bench::Node node(argv[1]);
  node.fill(0, std::atoll(argv[2]));
}
