// For tests: a second machine of a node, as after a restored backup while the first goes on; and what the second wrote
// brought to the first. So two people write different things without knowing of each other.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "foundation/store/transaction.h"
#include "ledger/journal/node_for_test.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/backup.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/ledger.h"

namespace nc::records::test {

class SecondMachine {
 public:
  // Holds what the first held at this moment. The directory may be open meanwhile.
  SecondMachine(const std::filesystem::path& first, const OpenOptions& options) : first_(first), dir_(first.string() + "-second") {
    const auto backup = first.string() + ".backup";
    must(backup_directory(first, backup, options.clock ? *options.clock : system_clock()));
    must(restore_backup(backup, dir_, DataDir{first}.recovery_key()));
    std::filesystem::remove(backup);
    ledger_ = must(Ledger::open(dir_, options));
  }
  ~SecondMachine() {
    ledger_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  SecondMachine(const SecondMachine&) = delete;
  SecondMachine& operator=(const SecondMachine&) = delete;

  [[nodiscard]] Ledger& ledger() { return *ledger_; }

  // Into the first directory, which nobody has open; `rebuild` the ledger afterwards.
  void bring() {
    ledger_.reset();
    SeededRng rng(7);
    store::Options kept;
    kept.application_id = kLedgerApplicationId;
    const DataDir to{first_};
    auto mine = must(store::Database::open(DataDir{dir_}.ledger(), kept));
    auto theirs = must(store::Database::open(to.ledger(), kept));
    journal::Journal journal(must(read_config(to)).self, system_clock(), rng);
    journal.set_rules(admission_rules());
    auto transaction = must(store::Transaction::begin(theirs));
    for (const auto& batch : journal::testing::batches_of(mine)) {
      const auto received = must(journal.receive(theirs, batch.entries, batch.seq, batch.head, batch.seal));
      if (!received.refused.empty()) throw std::runtime_error(received.refused.front().english());
    }
    if (const auto done = transaction.commit(); !done) throw std::runtime_error(done.error().english());
  }

 private:
  template <typename T>
  static T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().english());
    return std::move(*result);
  }
  std::filesystem::path first_, dir_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace nc::records::test
