// A node on a disk that loses power: the real Ledger with its files on FaultyDisk, and a notebook of what it
// acknowledged. One seed is one life; only the bursts of several threads are not repeated exactly.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "foundation/store/faulty_disk.h"
#include "ledger/records/ledger.h"

namespace nc::crash {

struct Tally {
  std::int64_t cuts = 0, acknowledged = 0, checked_entries = 0, in_closing = 0, in_opening = 0, failures = 0, full = 0, kills = 0,
               bursts = 0, backups = 0, dropped = 0, unanswered_kept = 0;
  void add(const Tally& other);
  [[nodiscard]] std::string text() const;
};

// Empty: nothing was wrong. Else what was lost or does not agree.
using Finding = std::string;

class TrialNode {
 public:
  // Founds a node in a temporary folder; `source` is the project's folder.
  static Result<std::unique_ptr<TrialNode>> make(const std::filesystem::path& source);
  ~TrialNode();

  // From the state of founding: `cuts` power cuts in a row, each checked. Stops at the first finding.
  Finding live(std::uint64_t seed, int cuts, store::FaultyDisk::Lie lie);
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  // What the program said of one text that it was asked to save.
  struct Notebook {
    std::set<std::string> saved;                         // acknowledged, or seen after a cut
    std::map<RecordId, std::string> shown;               // the text that a record shows
    std::map<RecordId, std::set<std::string>> may_show;  // asked for, without an answer
    std::set<std::string> unanswered;
  };
  struct Asked {
    RecordId id;
    std::string text;
    bool changes_text = true;
  };

  TrialNode(std::filesystem::path dir);
  Finding one_cut();
  void break_something();
  void work();
  void one_change(Rng& ids);
  void note(const records::WriteResult& result, const Asked& asked);
  void create(Rng& ids);
  void amend();
  void void_or_restore();
  void import();
  void read_while_writing();
  void back_up();
  void burst();
  void lose_power();
  Finding open_ledger();
  Finding check();
  Finding check_journal();
  Finding check_shown();
  std::string next_text();
  Json values(const std::string& text) const;
  std::optional<RecordId> some_record();

  std::filesystem::path dir_;
  store::FaultyDisk disk_;
  store::FaultyDisk::Files founded_;
  ManualClock clock_;
  std::unique_ptr<SeededRng> ledger_rng_, rng_;
  std::unique_ptr<records::Ledger> ledger_;
  std::mutex mutex_;  // of the notebook, for bursts
  Notebook notebook_;
  std::set<RecordId> voided_;
  bool stop_ = false;
  std::int64_t texts_ = 0;
  std::int64_t checkpoint_bytes_ = 0;
  Tally tally_;
  Finding finding_;
};

}  // namespace nc::crash
