// bench_fill DIR COUNT [force]: a node with COUNT activities: of one post with the account of its officer, or of a whole
// force with accounts at a post and at the top. For tools/bench_memory.py and tools/bench_pages.py.
#include <string_view>

#include "ledger/records/bench_force.h"
#include "ledger/records/bench_node.h"

int main(int argc, char** argv) {
  NC_CHECK(argc == 3 || (argc == 4 && std::string_view(argv[3]) == "force"));
  const auto count = std::atoll(argv[2]);
  if (argc == 4) nc::bench::Force(argv[1]).fill(count);
  else nc::bench::Node(argv[1]).fill(0, count);
}
