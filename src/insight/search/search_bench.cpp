// How fast words are found among a whole force's records, by whom, and what the index takes.
//
// search_bench [--size RECORDS] [--runs N]: every question --runs times, warm; with NC_BENCH_KEEP=FOLDER the node is kept
// there and used again.
#include <cstdlib>
#include <fstream>

#include "foundation/store/transaction.h"
#include "insight/search/search.h"
#include "ledger/records/bench_force.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/word_tables.h"

namespace {

using namespace nc;

// Of rare and of very common words, of names of units, numbers, beginnings, quotes, and of nothing that is there.
const std::vector<std::string> kQuestions = {"biên giới",
                                             "bien gioi tuan tra",
                                             "hai bên",
                                             "đồn biên phòng",
                                             "hoi dam",
                                             "tuần tra song phương",
                                             "trao doi tinh hinh an ninh trat tu",
                                             "đồn biên phòng 12.5",
                                             "don bao ve bien gioi 3.1 hoi dam",
                                             "(123456)",
                                             "khu vực mốc 512",
                                             "cua khau quoc te 777 patrol",
                                             "thư trao đổi",
                                             "phòng chống dịch bệnh buôn lậu",
                                             "nha van hoa xa bien gioi",
                                             "phat ray",
                                             "cứu trợ hỗ trợ gạo",
                                             "Đắk Ruê",
                                             "ph",
                                             "đường dây nóng gặp gỡ đột xuất vụ việc"};

std::filesystem::path made_node(const std::filesystem::path& scratch, std::int64_t size) {
  const char* kept = std::getenv("NC_BENCH_KEEP");
  const auto dir = (kept ? std::filesystem::path(kept) : scratch) / ("force-" + std::to_string(size));
  if (!std::filesystem::exists(dir / "made")) {
    std::filesystem::remove_all(dir);
    std::filesystem::create_directories(dir.parent_path());
    bench::Force(dir).fill(size);
    std::ofstream(dir / "made") << "whole\n";
  }
  return dir;
}

// The commander's reach over the whole force, but one of the six chains of counterparts only: what he sees lies between what
// he does not see, all over.
access::Subject of_one_chain(const records::Ledger& ledger) {
  auto who = bench::must(ledger.subject("commander"));
  for (auto& grant : who.grants) grant.chain = "KH-defence";
  return who;
}

void ask(const search::Search& search, const access::Subject& who, const std::string& name, const std::string& aim, std::int64_t runs,
         const std::string& at) {
  bench::Line all{"search", "words among " + at + " records, " + name, "ms", aim, {}, {}};
  for (const auto& question : kQuestions) {
    search::Asked asked;
    asked.typed = question;
    bench::Runs once;
    std::int64_t found = 0;
    bench::must(search.ask(who, asked));
    for (std::int64_t run = 0; run < runs; ++run)
      once.push_back(1000 * bench::seconds([&] { found = bench::must(search.ask(who, asked)).total; }));
    std::printf("%-28s %-44s %9lld found  p50 %7.2f  p95 %7.2f ms\n", name.c_str(), question.c_str(), static_cast<long long>(found),
                bench::quantile(once, 0.5), bench::quantile(once, 0.95));
    all.runs.insert(all.runs.end(), once.begin(), once.end());
  }
  bench::print(all);
}

// The postings of all documents, made anew and thrown away.
void make_anew(const std::filesystem::path& dir, std::int64_t docs) {
  store::Options options;
  options.application_id = records::kLedgerApplicationId;
  auto db = bench::must(store::Database::open(dir / "ledger.db", options));
  auto transaction = bench::must(store::Transaction::begin(db));
  const auto took = bench::seconds([&] { bench::must(records::make_postings_anew(db)); });
  transaction.rollback();
  bench::print({"search", "postings made anew", "documents/s", "stated", {static_cast<double>(docs) / took}, {}});
}

}  // namespace

int main(int argc, char** argv) {
  const auto size = bench::option(argc, argv, "--size", bench::quick() ? 20'000 : 1'000'000);
  const auto runs = bench::option(argc, argv, "--runs", bench::quick() ? 3 : 15);
  const bench::Folder scratch;
  const auto dir = made_node(scratch.path(), size);
  records::WordSearch::Size takes;
  {
    const auto ledger = bench::must(records::Ledger::open(dir, {}));
    const search::Search search(*ledger);
    const auto at = std::to_string(size);
    ask(search, bench::must(ledger->subject("bench")), "the officer of one post", "<= 20", runs, at);
    ask(search, of_one_chain(*ledger), "one chain of the whole force", "<= 20", runs, at);
    ask(search, bench::must(ledger->subject("commander")), "who sees all", "stated", runs, at);
    takes = bench::must(records::WordSearch(*ledger).size());
  }
  bench::print({"search",
                "index: bytes a record, all that is kept for words",
                "B",
                "stated",
                {static_cast<double>(takes.bytes) / static_cast<double>(takes.docs)},
                {}});
  make_anew(dir, takes.docs);
}
