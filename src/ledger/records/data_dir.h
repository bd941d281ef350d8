// The data directory: which files there are and what the small ones say.
// docs/operations/data-directory.md explains every file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "ledger/journal/journal.h"

namespace nc::records {

struct NodeConfig {
  journal::Identity self;
  RecordId node_record;   // the record of this incarnation's key, and author of the console
  std::string unit_code;  // whose node this is; may be empty
};

struct DataDir {
  std::filesystem::path root;
  [[nodiscard]] std::filesystem::path config() const { return root / "node.json"; }
  [[nodiscard]] std::filesystem::path ledger() const { return root / "ledger.db"; }
  [[nodiscard]] std::filesystem::path local() const { return root / "local.db"; }
  [[nodiscard]] std::filesystem::path drafts() const { return root / "drafts.db"; }
  [[nodiscard]] std::filesystem::path views() const { return root / "views.db"; }
  [[nodiscard]] std::filesystem::path works() const { return root / "works"; }
  [[nodiscard]] std::filesystem::path audit() const { return root / "audit.db"; }
  [[nodiscard]] std::filesystem::path person_keys() const { return root / "keys.db"; }
  [[nodiscard]] std::filesystem::path key() const { return root / "keys" / "node.key"; }
  [[nodiscard]] std::filesystem::path recovery_key() const { return root / "keys" / "recovery.key"; }
  [[nodiscard]] std::filesystem::path catalog() const { return root / "catalog"; }
  [[nodiscard]] std::filesystem::path backup_plan() const { return root / "backup.json"; }
  [[nodiscard]] std::filesystem::path sign_in_rules() const { return root / "sign-in.json"; }
  [[nodiscard]] std::filesystem::path rates_of_programs() const { return root / "api.json"; }
  [[nodiscard]] std::filesystem::path lock() const { return root / "lock"; }
};

inline constexpr std::uint32_t kLedgerApplicationId = 0x4e434c31;  // "NCL1"
inline constexpr std::uint32_t kLocalApplicationId = 0x4e435031;   // "NCP1": what never travels

Result<NodeConfig> read_config(const DataDir& dir);
// The text of a node.json; `where` is its path for errors.
Result<NodeConfig> parse_config(std::string_view text, const std::string& where);
Status write_config(const DataDir& dir, const NodeConfig& config);

// On a disk that can only be read, or is full, SQLite cannot make the files that readers beside a writer need. They can
// go without when nobody writes (store::Options::immutable); `lock`, kept while reading, holds off a writer. False: read
// as always: a writer that is there has these files open.
Result<bool> nobody_writes(const DataDir& dir, std::optional<FileLock>& lock);

}  // namespace nc::records
