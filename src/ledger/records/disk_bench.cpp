// Bytes on disk of a created record and of a one-field amend: journal, derived state and their indexes.
//
// disk_bench [--size RECORDS]
#include "ledger/records/bench_node.h"

namespace {

using namespace nc;

struct Bytes {
  double journal = 0, journal_index = 0, derived = 0, derived_index = 0;
  Bytes operator-(const Bytes& other) const {
    return {journal - other.journal, journal_index - other.journal_index, derived - other.derived, derived_index - other.derived_index};
  }
};

// Pages in use by each table and index, from SQLite's own account.
Bytes measure(records::Ledger& ledger) {
  Bytes out;
  bench::must(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(auto query,
              db.prepare("SELECT s.name, s.type, (SELECT sum(pgsize) FROM dbstat WHERE dbstat.name = s.name) FROM sqlite_schema s"
                         " WHERE s.rootpage > 0"));
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) return {};
      const auto name = query.text(0);
      const bool journal = name.starts_with("journal_") || name.starts_with("sqlite_autoindex_journal_");
      const bool index = query.text(1) == "index";
      (journal ? index ? out.journal_index : out.journal
       : index ? out.derived_index
               : out.derived) += static_cast<double>(query.integer(2));
    }
  }));
  return out;
}

void print(const std::string& what, const Bytes& bytes, double count, double values) {
  const auto line = [&](const std::string& part, double total, const std::string& aim, bool compared) {
    bench::Line out{"disk", what + ": " + part, "B", aim, {total / count}, {}};
    if (compared) out.reference["the values as canonical JSON"] = {values};
    bench::print(out);
  };
  line("journal", bytes.journal, "<= 140 % of the values as canonical JSON", true);
  line("index of the journal", bytes.journal_index, "stated", false);
  line("derived state", bytes.derived, "stated", false);
  line("index of the derived state", bytes.derived_index, "stated", false);
}

}  // namespace

int main(int argc, char** argv) {
  const auto size = bench::option(argc, argv, "--size", bench::quick() ? 2'000 : 20'000);
  const bench::Folder folder;
  bench::Node node(folder.path() / "node");
  const auto empty = measure(node.ledger());
  std::vector<RecordId> made;
  for (std::int64_t number = 0; number < size; ++number) made.push_back(node.save(number));
  const auto created = measure(node.ledger());
  for (const auto& id : made) node.amend(id);
  const auto amended = measure(node.ledger());
  const auto count = static_cast<double>(size);
  print("a created record", created - empty, count, static_cast<double>(canonical(node.values(size)).size()));
  print("a one-field amend", amended - created, count, static_cast<double>(canonical(node.amendment()).size()));
}
