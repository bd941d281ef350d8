// Verify and rebuild of a long journal, beside single-thread Ed25519 verifies.
//
// care_bench [--size ENTRIES] [--runs N]
#include "foundation/crypto/sign.h"
#include "ledger/records/bench_node.h"

namespace {

using namespace nc;

double verifies_a_second() {
  constexpr int kCount = 5'000;
  SeededRng rng(1);
  const auto key = crypto::SigningKey::generate(rng);
  const std::string message(200, 'x');
  const auto signature = key.sign(message);
  return kCount / bench::seconds([&] {
           for (int i = 0; i < kCount; ++i) NC_CHECK(crypto::verify(key.public_key(), message, signature));
         });
}

}  // namespace

int main(int argc, char** argv) {
  const auto size = bench::option(argc, argv, "--size", bench::quick() ? 10'000 : 1'000'000);
  const auto runs = bench::option(argc, argv, "--runs", 1);
  const bench::Folder folder;
  bench::Node node(folder.path() / "node");
  const auto filled = bench::seconds([&] { node.fill(0, size); });
  const auto count = static_cast<double>(size);
  const auto entries = std::to_string(size) + " entries";
  bench::Line fill{"care", "import of " + entries + ", 256 a commit", "/s", "stated", {count / filled}, {}};
  bench::Line verify{"care", "verify of " + entries, "/s", "stated", {}, {}};
  bench::Line rebuild{"care", "rebuild from " + entries, "/s", "stated", {}, {}};
  for (std::int64_t run = 0; run < runs; ++run) {
    verify.reference["Ed25519 verifies, one thread"].push_back(verifies_a_second());
    verify.runs.push_back(count / bench::seconds([&] { NC_CHECK(bench::must(node.ledger().verify()).problems.empty()); }));
    rebuild.runs.push_back(count / bench::seconds([&] {
                             const auto report = bench::must(node.ledger().rebuild(false));
                             NC_CHECK(report.before == report.after);
                           }));
  }
  rebuild.reference = verify.reference;
  bench::print(fill);
  bench::print(verify);
  bench::print(rebuild);
}
