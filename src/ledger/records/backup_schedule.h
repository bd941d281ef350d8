// Backups on a schedule while the node serves: when the next is due, which old ones go, how old the last is.
//
// A plan says where, how often and how many to keep; the node's stands in backup.json of the data directory
// (docs/operations/backup.md). What is backed up is a list of jobs, each with its own plan, so that a file
// whose copies must not live long has its own retention.
// Names are NAME-YYYYMMDD-HHMMSS.bak in UTC: the name alone says when. Nothing else in the folder is touched.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "ledger/records/backup.h"
#include "ledger/records/person_keys.h"

namespace nc::records {

struct BackupPlan {
  std::filesystem::path folder;      // made when absent
  std::filesystem::path key_folder;  // of the backups of keys.db; never the same: the two together are readable
  std::int64_t every_hours = 24;
  std::int64_t keep_days = 7;  // the newest of each of so many days, weeks and months that have one
  std::int64_t keep_weeks = 4;
  std::int64_t keep_months = 12;
  std::int64_t delete_after_days = 0;  // whatever the rest says; 0: never
  std::int64_t warn_after_hours = 72;  // an older last backup is a warning
};

// DIR/backup.json; without it the defaults, into DIR/backups. Unknown members and strange numbers are
// refused by name.
Result<BackupPlan> read_backup_plan(const std::filesystem::path& dir);

struct BackupJob {
  std::string name;  // begins the file names: lower-case letters
  BackupPlan plan;
  // Writes the file whole, durable and checked, or nothing.
  std::function<Status(const std::filesystem::path& file)> write;
  bool expires = false;                       // what no plan keeps goes although no new one can be made
  std::vector<std::filesystem::path> former;  // folders of plans before: nothing new goes there, and what is surplus goes
};
// The node's ledger by the plan of its directory.
Result<BackupJob> ledger_backup_job(const std::filesystem::path& dir, const Clock& clock = system_clock());
// The keys of personal data, daily copies of the last 30 days; nothing while there is no key.
Result<std::optional<BackupJob>> key_backup_job(const std::filesystem::path& dir, const Clock& clock = system_clock());
// After an erasure every copy in the plan's folder and in the usual one (DIR/key-backups) goes, and in each one
// without the erased key takes their place. Copies elsewhere are unknown to the program.
Status renew_key_backups(const std::filesystem::path& dir, PersonKeys& keys, const Clock& clock);
// The same when a copy from before the last erasure still holds an erased key: the power may have failed between
// the two. Not while a copy holds a key that is missing here: keys.db was lost, and the copy is what restores it.
Status renew_old_key_backups(const std::filesystem::path& dir, PersonKeys& keys, const Clock& clock);

// Instants of the backups that a plan keeps, of those there are (in any order). What lies in the future, as
// after a clock was set back, is kept.
std::vector<std::int64_t> kept_backups(std::vector<std::int64_t> made_ms, const BackupPlan& plan, std::int64_t now_ms);
std::string backup_name(const std::string& name, std::int64_t made_ms);

struct BackupState {
  std::filesystem::path folder;
  std::optional<std::int64_t> last_ms;  // none: there is no backup yet
  std::int64_t age_hours = 0;
  std::int64_t count = 0;
  bool too_old = false;                               // or absent
  bool same_disk = false;                             // as the data directory: a broken disk takes both
  std::vector<std::filesystem::path> elsewhere = {};  // copies of keys in the usual folder while another is configured
  std::vector<LeftOut> left_out = {};                 // attached files that the last backup of the ledger does not hold
};
Result<BackupState> look_at_backups(const std::filesystem::path& dir, std::int64_t now_ms);
// The same of the keys of personal data; nothing while there is no key.
Result<std::optional<BackupState>> look_at_key_backups(const std::filesystem::path& dir, std::int64_t now_ms);

// Makes what is due and deletes what no plan keeps; the answer says whether a file was made. Deletes only after
// a good new one, unless the job's copies expire.
Result<bool> run_backup_if_due(const BackupJob& job, std::int64_t now_ms);

// Deletes what no plan keeps, in the job's folder and in those of plans before.
Status delete_surplus_backups(const BackupJob& job, std::int64_t now_ms);

// A thread that looks every minute. Plans are read anew each time, so that a change needs no restart.
class BackupKeeper {
 public:
  using Jobs = std::function<Result<std::vector<BackupJob>>()>;
  // `tell` gets what went wrong, once per kind of trouble until it is over.
  BackupKeeper(Jobs jobs, std::function<void(const Error&)> tell, const Clock& clock = system_clock(), int look_every_ms = 60'000);
  ~BackupKeeper();  // waits for a backup that is being made
  BackupKeeper(const BackupKeeper&) = delete;
  BackupKeeper& operator=(const BackupKeeper&) = delete;

 private:
  void look();
  void note(const Error& error);

  Jobs jobs_;
  std::function<void(const Error&)> tell_;
  const Clock& clock_;
  int look_every_ms_;
  std::string told_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace nc::records
