// AuditTrail: who read what is not for everybody, who did what binds, who was refused. Local, never
// journalled; docs/formats/audit.md fixes the bytes.
//
// A chain of rows in audit.db: each row's hash covers the row and the hash before it. The node seals the
// chain's head into the journal daily (records/audit_seals.cpp), so that truncation and alteration show.
// Rows hold no contents and no query text. Refusals are counted per subject and minute, so that a million
// of them are some twenty writes.
// Owns: its connection to audit.db, opened at first use; nothing is made before the first row.
// Threads: any, behind a mutex. Several processes may write the same file: each row is placed inside a
// transaction that holds the writer's place.
// Invariants: write() returns well only after the row is on disk. A failing trail never stops the ledger;
// whoever would show restricted content asks first and does not show it.
// Not here: who may read the trail (access.h), sealing (records), words for people (face).
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/id.h"
#include "foundation/store/database.h"

namespace nc::access {

// What is written down. The texts are those of the file: never renamed, only added to.
namespace audited {
inline constexpr std::string_view kBegin = "begin";  // the first row of a trail
inline constexpr std::string_view kLogIn = "log-in";
inline constexpr std::string_view kLogOut = "log-out";
inline constexpr std::string_view kReadRestricted = "read-restricted";
inline constexpr std::string_view kReadPersonal = "read-personal";
inline constexpr std::string_view kReadAudit = "read-audit";
inline constexpr std::string_view kPage = "page";      // refusals only: a page that is not there or not for him
inline constexpr std::string_view kChange = "change";  // refusals only: a form or command that changes something
inline constexpr std::string_view kExport = "export";
inline constexpr std::string_view kPrint = "print";
inline constexpr std::string_view kRelease = "release";
inline constexpr std::string_view kBinding = "binding";  // approve, close a period and the like, signed by a person
inline constexpr std::string_view kPurge = "purge";      // one of two persons wants an entry's content destroyed
inline constexpr std::string_view kErase = "erase";      // the same for the key of personal data
inline constexpr std::string_view kVoid = "void";
inline constexpr std::string_view kRaise = "raise";  // a record is handled higher
inline constexpr std::string_view kRestore = "restore";
inline constexpr std::string_view kAccount = "account-change";  // made, changed, granted rights, password
inline constexpr std::string_view kKey = "key";
inline constexpr std::string_view kBackup = "backup";
inline constexpr std::string_view kRestoreBackup = "restore-backup";
inline constexpr std::string_view kCheck = "check";      // verify, doctor, rebuild, digest
inline constexpr std::string_view kInspect = "inspect";  // the whole ledger by its files
inline constexpr std::string_view kSetting = "setting";  // ceiling, waiver, how long rows are kept
inline constexpr std::string_view kPrune = "prune";      // rows older than is kept were taken out
inline constexpr std::string_view kUnlock = "unlock";    // a locked session, by its person
inline constexpr std::string_view kRecover = "recover";  // an administrator made by whoever holds the machine
inline constexpr std::string_view kToken = "token";      // of a program: made, renewed, ended; refused: unknown or over
inline constexpr std::array kAll = {kBegin,   kLogIn,  kLogOut, kReadRestricted, kReadPersonal, kReadAudit, kPage,
                                    kChange,  kExport, kPrint,  kRelease,        kBinding,      kVoid,      kRestore,
                                    kAccount, kKey,    kBackup, kRestoreBackup,  kCheck,        kInspect,   kSetting,
                                    kPrune,   kPurge,  kErase,  kUnlock,         kRecover,      kToken,     kRaise};
}  // namespace audited

enum class AuditOutcome : std::uint8_t { kDone, kRefused, kFailed };
std::string_view outcome_name(AuditOutcome outcome);
std::optional<AuditOutcome> outcome_from_name(std::string_view name);

struct AuditEvent {
  PersonId actor;           // zero: nobody who is known here
  std::string_view action;  // of audited::kAll
  RecordId record{};        // zero: none
  std::string purpose;      // as stated by who read personal data; at most 200 bytes are kept
  AuditOutcome outcome = AuditOutcome::kDone;
};

struct AuditRow {
  std::int64_t seq = 0;
  std::int64_t at_ms = 0;  // refusals: the beginning of their minute
  PersonId actor;
  std::string action;
  RecordId record;
  std::string purpose;
  std::string origin;  // refused log-ins of nobody known: the network address
  AuditOutcome outcome = AuditOutcome::kDone;
  std::int64_t count = 1;
  Digest hash;
};

// The bytes of a row, and its hash over them; `prev` is the hash of the row before (none for the first).
std::string audit_row_bytes(const AuditRow& row, const std::optional<Digest>& prev);
Digest audit_row_hash(const AuditRow& row, const std::optional<Digest>& prev);

// Whose rows a reader may see (Ledger::audit_reach). Rows of the console, of nobody known and of whoever has no
// account any more are the node's own.
struct AuditReach {
  enum class Whose : std::uint8_t { kAll, kAllBut, kOnly } whose = Whose::kAll;
  std::vector<PersonId> accounts{};  // kAllBut: not theirs; kOnly: only theirs, and not the node's own
  std::vector<RecordId> hidden{};    // rows about records that he may not know are not there for him either
  [[nodiscard]] bool admits(const PersonId& actor) const;
  [[nodiscard]] bool admits_node() const { return whose != Whose::kOnly; }
};

struct AuditQuery {
  // Rows are numbered, and paged by, as they count among those within reach, from the oldest that is kept. None:
  // by seq, for whoever holds the file.
  std::optional<AuditReach> reach;
  std::optional<PersonId> actor;
  std::string action;
  std::optional<RecordId> record;
  std::optional<AuditOutcome> outcome;
  std::optional<std::int32_t> from, until;  // civil days
  std::int64_t before = 0;                  // the number of a row; 0: from the newest
  std::size_t limit = 50;
};
struct AuditPage {
  std::vector<AuditRow> rows;         // newest first
  std::vector<std::int64_t> numbers;  // of the rows
  std::int64_t total = 0;             // without `before`
  std::int64_t next_before = 0;       // 0: that was all
};

// A head as it was sealed into the journal.
struct AuditSeal {
  std::int32_t day = 0;
  std::int64_t seq = 0;
  Digest hash;
};

struct AuditFault {
  std::int64_t seq = 0;
  std::int32_t from_day = 0;  // from this day on the trail proves nothing
  Error error;
};
struct AuditReport {
  std::int64_t rows = 0, seals = 0, first_seq = 0;
  std::vector<AuditFault> faults;  // in order of seq; empty: the chain holds
};

class AuditTrail {
 public:
  struct Options {
    const Clock* clock = nullptr;  // default: the system's
    std::string vfs;
    std::int32_t zone_minutes = 7 * 60;
    RecordId node;           // named by the first row
    bool immutable = false;  // store::Options::immutable: nothing can be written, what is there is read
  };
  static constexpr std::int32_t kKeepDaysDefault = 5 * 366;
  static constexpr std::int32_t kKeepDaysMin = 2 * 366;  // nothing younger is ever taken out

  AuditTrail(std::filesystem::path file, const Options& options);
  ~AuditTrail();  // writes what refusals it still counts

  // --- writing ---
  Status write(const AuditEvent& event);
  // Restricted content is about to be shown. One row per actor, record and minute.
  Status write_restricted_reads(const PersonId& actor, const std::vector<RecordId>& records);
  // Counted; `origin` only when nobody is known. What fails here fails silently: a refusal stays one.
  void count_refusal(const PersonId& actor, std::string_view action, std::string_view origin = {});

  // --- reading ---
  Result<AuditPage> list(const AuditQuery& query);
  // Every record that a row speaks of, once.
  Result<std::vector<RecordId>> records();
  // The first and the last row; nothing while there is none.
  struct Ends {
    AuditRow first, head;
  };
  Result<std::optional<Ends>> ends();
  // `seals` in order of seq, all of this trail.
  Result<AuditReport> verify(const std::vector<AuditSeal>& seals);

  // --- how long rows are kept ---
  Result<std::int32_t> keep_days();
  Status set_keep_days(std::int32_t days);  // kInvalid below kKeepDaysMin
  // Takes out all rows up to the last of `seals` that is older than keep_days; its hash stays as the
  // beginning of the chain. Returns how many rows went.
  Result<std::int64_t> prune(const PersonId& actor, const std::vector<AuditSeal>& seals);

  [[nodiscard]] std::int32_t today() const { return day_of(options_.clock->wall_ms()); }
  [[nodiscard]] std::int32_t day_of(std::int64_t wall_ms) const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  struct Counter {
    std::int64_t total = 0, saved = 0;
  };
  struct CounterKey {
    PersonId actor;
    std::string action, origin;
    auto operator<=>(const CounterKey&) const = default;
  };
  // The file is opened, and made when `make` says so; nothing when it is absent and not to be made.
  Result<store::Database*> open(bool make);
  Status append(store::Database& db, const AuditEvent& event, std::int64_t at_ms);
  Status append_row(store::Database& db, AuditRow row);
  Status in_transaction(const std::function<Status(store::Database&)>& work);
  Status save_counter(store::Database& db, const CounterKey& key, Counter& counter);
  Status end_minutes(store::Database& db);
  // What is counted in memory, or as counters of minutes that are over, becomes rows.
  Status settle(store::Database& db);
  Status settle_if_there();
  [[nodiscard]] std::int64_t minute() const { return options_.clock->wall_ms() / 60'000; }

  std::filesystem::path file_;
  Options options_;
  std::mutex mutex_;
  std::optional<store::Database> database_;
  std::int64_t counted_minute_ = 0;
  std::map<CounterKey, Counter> counters_;
  std::int64_t shown_minute_ = 0;
  std::set<std::pair<PersonId, RecordId>> shown_;  // read in shown_minute_ and written
};

}  // namespace nc::access
