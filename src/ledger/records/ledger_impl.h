// The inside of Ledger, shared by its .cpp files.
#pragma once

#include <atomic>
#include <mutex>

#include "base/files.h"
#include "foundation/crypto/sign.h"
#include "foundation/store/group_committer.h"
#include "foundation/store/reader_pool.h"
#include "ledger/records/admission_rules.h"
#include "ledger/records/data_dir.h"
#include "ledger/records/deriver.h"
#include "ledger/records/form_ids.h"
#include "ledger/records/ledger.h"
#include "ledger/records/sight.h"
#include "ledger/records/task_rows.h"
#include "ledger/records/waiting.h"
#include "ledger/records/writer.h"

namespace nc::records {

struct Ledger::Impl {
  Impl(DataDir directory, NodeConfig node, const Clock& time, Rng& random, std::int32_t zone, std::optional<FileLock> held,
       std::optional<crypto::SigningKey> signing)
      : dir(std::move(directory)),
        config(std::move(node)),
        clock(time),
        rng(random),
        zone_minutes(zone),
        lock(std::move(held)),
        key(std::move(signing)),
        journal(config.self, clock, rng),
        person_keys(dir.person_keys(), clock, rng, !lock.has_value()),
        files(dir.root, clock, rng),
        waiting(dir.root) {
    journal.set_rules(admission_rules());
  }

  // The civil day in the node's zone; never before a day on which this node wrote: what has ended stays ended when
  // the clock is set back.
  [[nodiscard]] std::int32_t today() const;

  DataDir dir;
  NodeConfig config;
  const Clock& clock;
  Rng& rng;
  std::int32_t zone_minutes;
  bool encrypted_volume = false;
  bool holds_whole_tree = false;          // when it was opened for writing
  std::optional<FileLock> lock;           // none: opened for reading only
  std::optional<crypto::SigningKey> key;  // none: opened for reading only
  journal::Journal journal;
  mutable PersonKeys person_keys;  // guards itself
  mutable blobs::Store files;      // guards itself

  mutable std::mutex world_mutex;
  std::shared_ptr<const World> published;  // what readers see

  // Of whoever writes, one after the other.
  std::shared_ptr<const World> working;
  bool world_stale = false;
  std::vector<RecordView> changed;
  Waiting waiting;
  std::vector<Observer> observers;

  SightCache sights;
  mutable FormIds form_ids;
  catalog::TaskBook task_book;  // of whoever writes

  std::unique_ptr<access::AuditTrail> audit;
  std::atomic<std::int32_t> latest_day = kDayMin;       // on which something was written, or is being written
  std::int32_t latest_day_kept = kDayMin;               // of whoever writes
  std::atomic<std::int32_t> audit_sealed_on = kDayMin;  // no need to look again on this day
  std::optional<std::int64_t> audit_looked_at_ms;       // of whoever writes

  // Stopped first, closed last: the last one to close moves the log into the file.
  std::unique_ptr<store::GroupCommitter> committer;
  std::unique_ptr<store::ReaderPool> readers;
  std::unique_ptr<Deriver> deriver;  // none: opened for reading only

  [[nodiscard]] std::shared_ptr<const World> world() const {
    const std::lock_guard guard(world_mutex);
    return published;
  }
  [[nodiscard]] std::optional<UnitId> node_unit() const;
  [[nodiscard]] std::int32_t minute() const;  // of the civil day
  [[nodiscard]] Writer writer(store::Database& db) {
    return Writer(db, journal, working, world_stale, changed, node_unit(), &person_keys, holding(), &files, committer ? &waiting : nullptr);
  }
  [[nodiscard]] Result<std::vector<RecordId>> unknown_to(const access::Subject& who, const World& now);
  [[nodiscard]] RecordId fresh_id();  // of a record that this node may create
  [[nodiscard]] Holding holding() const { return {encrypted_volume, config.self.node, config.node_record, today()}; }

  Status open_for_writing(const std::shared_ptr<const catalog::Catalog>& catalog, const store::Options& options,
                          const store::GroupLimits& limits);
  static Error reading_only();
  Status before_commit(store::Database& db);
  // What observers were told of, so that who holds the writer's place can give it back before he lets go of that memory.
  std::vector<RecordView> after_commit(bool committed);
  Status keep_audit_head(store::Database& db);  // audit_seals.cpp
  Status carry_out_erasures(store::Database& db);
  Status carry_out_purges(store::Database& db);
  Status destroy_purged_files(store::Database& db);
  Status empty_the_log();
  // As the committer's submit. A work that fails leaves nothing behind in memory either.
  Status write(const std::function<Status(store::Database&)>& work);
  // Nothing waits when the work begins, unless it says itself what may (Writer::create).
  enum class Waits { kNothing, kWorkDecides };
  WriteResult submit(const std::function<WriteResult(Writer&)>& work, Waits waits = Waits::kNothing);

  // --- deriving what waits (deriving.cpp); any thread, but never inside a work or an observer ---
  Status catch_up() { return waiting.size() == 0 ? Status() : derive_now(kWaitingMax); }
  Status derive_now(std::size_t max);  // of what waits longest
  // A reader of the derived tables: sees all that was acknowledged before.
  Result<store::ReaderPool::Lease> reader();
  // One who looks for certain records: they are derived when one of what waits may be such.
  Result<store::ReaderPool::Lease> reader_of(const std::function<bool(const WaitingRecord&)>& concerns);
  // One who has looked among what waits (Waiting::find) before.
  Result<store::ReaderPool::Lease> reader_as_it_is();
  Status wait_until_derived(store::Database& db) const;  // by another process
  // Any thread.
  std::optional<Plan> plan_ahead(const access::Subject& who, const Create& what, const Confirmed& confirmed);
};

// What is left of the view for this subject: parts he may not read are cut off.
struct Cut {
  std::optional<RecordView> view;  // nothing: no part is left, and `reason` is the answer
  bool restricted = false;         // it holds restricted content
  Error reason;
};
Cut cut_to(RecordView view, const access::Subject& who, const World& world, bool audit_written);
Error no_such_record();
// The id under which a node that does not hold the whole tree imports a row.
RecordId row_id_of_node(std::string_view source, std::string_view key, const NodeId& node);

// Publishes new and changed types of the catalogue as authority facts; refuses what is not additive.
Status publish_catalog(Writer& writer, store::Database& db, const PersonId& author, const catalog::Catalog& catalog);

}  // namespace nc::records
