// Ledger: a node's data directory, open. The only way to write records and the way to read them.
//
// Writing: decide -> validate -> sign -> append -> project -> notify, on the one writer thread, with
// group commit; a call returns after the fsync. Reading: any thread, from a pool of read connections;
// what the subject may not know is answered exactly like what is absent.
// Owns: ledger.db, the node's signing key, the lock on the directory, the World snapshot.
// Restricted content leaves by read, list, history and title, which first write the audit trail and, when that
// fails, show what is left below. Writing is never refused for the trail.
// Invariants: derived tables are a function of the journal (rebuild gives the same digest).
// Not here: credentials (access/credentials.h in local.db), figures (insight/stats).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/rng.h"
#include "foundation/store/volume.h"
#include "ledger/access/audit.h"
#include "ledger/blobs/store.h"
#include "ledger/journal/journal.h"
#include "ledger/records/request.h"
#include "ledger/records/view.h"

namespace nc::records {

struct OpenOptions {
  const Clock* clock = nullptr;  // default: the system's
  Rng* rng = nullptr;
  std::int64_t checkpoint_bytes = 0;   // of the log, at which it is moved into the file; 0: what the store finds best
  store::VolumeRoots volume;           // where the kernel tells of the disk
  std::string vfs;                     // SQLite VFS by name, for fault injection
  bool read_only = false;              // beside a process that serves, or where nothing can be written
  std::int32_t zone_minutes = 7 * 60;  // civil day of "today": Asia/Ho_Chi_Minh
};

struct Page {
  std::vector<RecordView> items;
  std::string next_cursor;  // empty: that was all
  std::int64_t total = 0;   // within the reader's sight, as far as was counted
  bool more = false;        // there may be more than the total
  bool unfinished = false;  // the page ends early: enough was looked at, and the next page goes on from there
};

// A file that a reader may have: as the record names it, and the part whose store has its bytes.
struct Attachment {
  blobs::FileRef file;
  std::string part, field;
};

struct FileReport {
  std::int64_t files = 0, bytes = 0;  // that entries name
  struct Problem {
    RecordId record;
    blobs::FileRef file;
    Error error;  // kNotFound: its bytes are not here; kCorrupt: they are others
  };
  std::vector<Problem> problems;
};

class Intake;
struct Joining;
struct NewNode;

class Ledger {
 public:
  // Makes a data directory: node id, keys, journal with the root entry and the published catalogue.
  // Refuses a directory that is not empty.
  static Status found(const std::filesystem::path& dir, const std::filesystem::path& catalog_files, const std::string& unit_code,
                      const OpenOptions& options = {});
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& dir, const OpenOptions& options = {});
  // Makes the directory of a node that joins a tree: keys and catalogue, an empty journal (foreign.h).
  static Status join(const std::filesystem::path& dir, const std::filesystem::path& catalog_files, const Joining& who,
                     const crypto::SigningKey& key, const OpenOptions& options = {});
  ~Ledger();

  [[nodiscard]] std::shared_ptr<const World> world() const;
  // The account with today's date and the given strength; kDenied when unknown or disabled.
  [[nodiscard]] Result<access::Subject> subject(std::string_view login, access::Strength strength = access::Strength::kFull) const;
  [[nodiscard]] Result<access::Subject> subject_of(const PersonId& person, access::Strength strength = access::Strength::kFull) const;
  // The operator at the data directory's own command line, authored as the node's own account.
  [[nodiscard]] access::Subject console() const;
  [[nodiscard]] std::int32_t today() const;
  [[nodiscard]] std::int64_t now_ms() const;  // by the ledger's clock

  // --- writing ---
  WriteResult create(const access::Subject& who, const Create& what, const Confirmed& confirmed = {});
  // A closing and its parts, in one commit: all or nothing. The answer is the closing's.
  WriteResult create_closing(const access::Subject& who, const Closing& what);
  WriteResult amend(const access::Subject& who, const Amend& what, const Confirmed& confirmed = {});
  WriteResult transition(const access::Subject& who, const Transition& what);
  // Certifies a person's public key in the authority stream, so that he can sign binding acts. Asked as
  // granting the account what it holds: nobody certifies his own key, or one for wider rights than his.
  WriteResult certify_key(const access::Subject& who, const PersonId& person, const PublicKey& key);
  // Ends a certified key from now on: lost, stolen or replaced. What it signed before stays valid. By the
  // person himself after a step-up, or by whoever may grant his account what it holds.
  WriteResult end_key(const access::Subject& who, const PersonId& person, const PublicKey& key, std::string_view why);
  // Hands a grant of one's own, or part of it, to another for some days, signed (access/delegation.h).
  // It is ended early by the act "void" on the record, by either of the two or by a superior.
  WriteResult delegate(const access::Subject& who, const Delegate& what);
  // --- what two persons destroy (docs/LEDGER.md section 5) ---
  // One person's signed wish; with the second the body of the entry is hidden and destroyed here, every
  // copy in the log included.
  Result<Removal> purge(const access::Subject& who, const RecordId& record, const EntryHash& entry, const std::string& reason,
                        const crypto::SigningKey& signer);
  // The same for the key of the record's personal data, whose id is refused for ever.
  Result<Removal> erase(const access::Subject& who, const RecordId& record, const std::string& reason, const crypto::SigningKey& signer);

  // Rows in order, in groups of one commit; one result a row.
  std::vector<WriteResult> import(const access::Subject& who, const std::vector<Imported>& rows);
  // --- other own nodes (foreign.h) ---
  // Takes what they wrote, in one commit; returns after the fsync. An error of `work` leaves nothing behind.
  Status exchange(const std::function<Status(Intake&)>& work);
  // Certifies another node for a unit below this one's. At the console only.
  WriteResult enrol(const access::Subject& who, const NewNode& node);
  [[nodiscard]] RecordId new_node_record() const;

  // Observers are called by whoever writes; add them before serving.
  void observe(Observer observer);

  // --- reading ---
  [[nodiscard]] Result<RecordView> read(const access::Subject& who, const RecordId& id) const;
  [[nodiscard]] Result<Page> list(const access::Subject& who, const ListQuery& query) const;
  [[nodiscard]] Result<std::vector<HistoryItem>> history(const access::Subject& who, const RecordId& id) const;
  // Records that one person submitted and approved in a short-handed post and that no superior has confirmed,
  // the most pressing first; those that this reader sees.
  [[nodiscard]] Result<std::vector<RecordView>> awaiting_confirmation(const access::Subject& who) const;
  // The personal data of a record, opened for a stated purpose (catalog/purposes.h), for their custodian alone.
  [[nodiscard]] Result<std::vector<PersonalText>> read_personal(const access::Subject& who, const RecordId& id,
                                                                const std::string& purpose) const;
  // The keys of personal data have backups of their own, at most 30 days old. The number of keys.
  [[nodiscard]] Result<std::int64_t> backup_person_keys(const std::filesystem::path& file) const;
  Result<std::int64_t> restore_person_keys(const std::filesystem::path& file);
  // The one visible record of a type feeding `feeds` whose code slot is `code`.
  [[nodiscard]] Result<RecordView> by_code(const access::Subject& who, std::string_view feeds, std::string_view code) const;
  [[nodiscard]] std::string title(const access::Subject& who, const RecordId& id, std::string_view lang) const;
  // Every record, full views, in order of id: for projections and exports by the console only.
  Status for_each(const std::function<Status(const RecordView&)>& visit) const;

  // --- attachments (docs/formats/attachments.md) ---
  // Uploads, which are a person's own until a record names them: start and append there, finish here.
  [[nodiscard]] blobs::Store& files() const;
  Result<blobs::Upload> finish_upload(const access::Subject& who, const blobs::UploadId& id,
                                      const std::optional<Digest>& expected = std::nullopt) const;
  // Reached through a record only: read() decides; absent and hidden answer alike; restricted bytes leave after their audit row.
  [[nodiscard]] Result<Attachment> attachment(const access::Subject& who, const RecordId& record, const Digest& sha256) const;
  // kCorrupt when the bytes are not what the entry says; whatever is read of it is.
  [[nodiscard]] Result<blobs::CheckedFile> open_attachment(const access::Subject& who, const RecordId& record, const Digest& sha256) const;
  // Reads every file that an entry names.
  [[nodiscard]] Result<FileReport> verify_files() const;
  // Throws away uploads, and files that no entry names, that are older than a day. How many went.
  Result<std::int64_t> collect_files();
  // Every file that an entry names, once for each part. For the console.
  Status export_files(
      const std::function<Status(const std::string& part, const blobs::FileRef& file, const blobs::CheckedFile& bytes)>& take) const;

  // --- the audit trail (access/audit.h) ---
  [[nodiscard]] access::AuditTrail& audit() const;
  // Which rows `who` may see: whose, decided once per unit that has an account and for the node's own; and none about
  // records that he may not know.
  [[nodiscard]] Result<access::AuditReach> audit_reach(const access::Subject& who) const;
  // Once a day: the trail's head goes into the journal. Called with each change, and by whoever serves; cheap
  // when there is nothing to do. Looking alone changes no journal.
  Status seal_audit();
  // The heads sealed by this incarnation, by seq.
  [[nodiscard]] Result<std::vector<access::AuditSeal>> audit_seals() const;
  [[nodiscard]] Result<access::AuditReport> verify_audit() const;

  // Whether this node may hold it: its ceiling, and an encrypted volume or a waiver for restricted content.
  [[nodiscard]] Status may_hold(catalog::Handling handling) const;

  // --- care ---
  Result<journal::VerifyReport> verify(const std::function<void(std::int64_t, std::int64_t)>& progress = {}) const;
  // Derives everything anew from the journal; `check_only` compares and changes nothing.
  struct RebuildReport {
    Digest before, after;              // of the state: what two nodes compare
    std::vector<std::string> differs;  // every column of the derived tables that was not as the journal says, and
                                       // objects of the file that this program does not make
    std::int64_t records = 0;
  };
  Result<RebuildReport> rebuild(bool check_only);
  [[nodiscard]] Result<Digest> digest() const;
  // New records are acknowledged when their entries are on disk; their derived rows, and the notice to observers, may
  // come a moment later. Everything that reads here waits for that; this is for who reads what follows the notices.
  Status catch_up() const;
  Status export_plain(const std::function<Status(std::string_view)>& write) const;
  [[nodiscard]] const std::filesystem::path& dir() const;
  [[nodiscard]] journal::Identity identity() const;

  // For `inspect`: reads with one of the pool's connections.
  Status inspect(const std::function<Status(store::Database&, const journal::Journal&)>& look) const;

  // The id of the record that `create` makes for a form's id (the console's stays as it is): one that names
  // this node (journal/bound_id.h) and that only this person can reach with it. The same form sent again
  // finds his record, and nobody learns by sending an id whether another has a record under it.
  [[nodiscard]] RecordId id_from_form(const access::Subject& who, const RecordId& form) const;

  // --- rows of files (docs/formats/journal.md, "Ids") ---
  // The record of the row that is here: of this node's own import, of one by who holds the whole tree, or one by another
  // node that `who` may read; of several the least id. Nothing: a new one gets new_row_id.
  [[nodiscard]] Result<std::optional<RecordId>> held_row(const access::Subject& who, std::string_view source, std::string_view key) const;
  [[nodiscard]] RecordId new_row_id(std::string_view source, std::string_view key) const;

 private:
  struct Impl;
  // What `who` may see of it, restricted content only after the trail has it.
  [[nodiscard]] Result<RecordView> shown(RecordView view, const access::Subject& who, const World& now) const;
  [[nodiscard]] Result<Page> list_up_to(catalog::Handling ceiling, const access::Subject& who, const ListQuery& query) const;
  Status asked_to_destroy(const access::Subject& who, std::string_view action, const RecordId& record, const WriteResult& asked);
  // After a change: its row in the audit trail, if it is worth one.
  WriteResult noted(const access::Subject& who, WriteResult result);
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The id under which a node that holds the whole tree imports a row: UUIDv8 from source and row key. It names nobody.
RecordId imported_id(std::string_view source, std::string_view key);

}  // namespace nc::records
