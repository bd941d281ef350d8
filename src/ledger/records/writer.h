// Writer: the write path, by whoever writes at the moment (store::GroupCommitter), inside the transaction of the group.
// What can be worked out without the transaction is done before by the thread that asks (new_record.h).
//
// decide -> validate -> append -> project -> collect the notice. Each call is one savepoint's work:
// an error leaves nothing behind, because the caller rolls its savepoint back.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ledger/access/audit.h"
#include "ledger/blobs/store.h"
#include "ledger/journal/journal.h"
#include "ledger/records/holding.h"
#include "ledger/records/new_record.h"
#include "ledger/records/person_keys.h"
#include "ledger/records/request.h"
#include "ledger/records/tables.h"
#include "ledger/records/view.h"
#include "ledger/records/waiting.h"

namespace nc::records {

class Writer {
 public:
  Writer(store::Database& db, journal::Journal& journal, std::shared_ptr<const World>& world, bool& world_stale,
         std::vector<RecordView>& changed, std::optional<UnitId> node_unit, PersonKeys* person_keys, const Holding& holding = {},
         blobs::Store* files = nullptr, Waiting* waiting = nullptr)
      : db_(db),
        journal_(journal),
        world_(world),
        world_stale_(world_stale),
        changed_(changed),
        node_unit_(node_unit),
        person_keys_(person_keys),
        holding_(holding),
        files_(files),
        waiting_(waiting) {}

  // `ahead`: what plan_ahead made of the same request; used up when it still holds. Null: none. Only here another
  // record may wait for its rows (waiting.h): every other way of writing begins when none does.
  WriteResult create(const access::Subject& who, const Create& what, const Confirmed& confirmed, Plan* ahead = nullptr);
  WriteResult amend(const access::Subject& who, const Amend& what, const Confirmed& confirmed);
  WriteResult transition(const access::Subject& who, const Transition& what);
  WriteResult import(const access::Subject& who, const Imported& row);
  // The sealed head of the audit trail: the program's own fact, in a part that only restricted readers have.
  WriteResult seal_audit_head(const PersonId& node_record, const RecordId& id, const access::AuditSeal& seal);
  WriteResult certify_key(const access::Subject& who, const RecordId& id, const PersonId& person, const PublicKey& key);
  WriteResult end_key(const access::Subject& who, const PersonId& person, const PublicKey& key, std::string_view why);
  WriteResult delegate(const access::Subject& who, const RecordId& id, const Delegate& what);
  // One person's wish that a body, or the key of a record's personal data, be destroyed: two are enough.
  // `id` is the id of the new record of the wish.
  WriteResult want_purged(const access::Subject& who, const RecordId& id, const RecordId& record, const EntryHash& entry,
                          const std::string& reason, const crypto::SigningKey& signer);
  WriteResult want_erased(const access::Subject& who, const RecordId& id, const RecordId& record, const std::string& reason,
                          const crypto::SigningKey& signer);
  // The program's own authority facts (founding, published types): no decision, no validation.
  Result<RecordId> assert_fact(const PersonId& author, const RecordId& id, const catalog::Type& type, std::string_view act,
                               const Json& values);

 private:
  struct Loaded {
    RecordView view;
    std::vector<journal::Stored> entries;
  };
  Result<std::optional<Loaded>> load(const RecordId& id);
  Result<const World*> world(const access::Subject& who);
  WriteResult create_record(const access::Subject& who, NewRecord what);
  // Decides between states that were entered side by side (live_states.h).
  WriteResult keep_state(const access::Subject& who, const Transition& what, const std::string& state);
  // To a higher handling (raising.h).
  WriteResult raise(const access::Subject& who, const Transition& what, catalog::Handling to);
  WriteResult carry_out(const access::Subject& who, Plan plan, bool may_wait);
  Status derive_waiting();
  // Appends one entry a part and adds them to `loaded`.
  Status append_values(const access::Subject& who, Loaded& loaded, const catalog::Type& type, const Json& before, const Json& wanted,
                       const std::map<journal::PartKey, std::vector<EntryHash>>& bases, const Confirmed& confirmed,
                       const std::optional<Digest>& origin, const access::Decision& decision);
  // What stands in the parts below `to`, said again for it.
  struct Restated {
    std::vector<journal::Body> acts;     // the first has what is shown, each other one more value of conflicts
    std::vector<journal::Body> waiting;  // amendments that an approval had not seen
  };
  Result<Restated> restated(const Loaded& loaded, const journal::PartKey& to);
  // Personal texts are sealed for one part.
  Status seal_again(const RecordView& view, const journal::PartKey& from, const journal::PartKey& to, JsonObject& values);
  // Of an account that is changed: what it lent, and did not hold before the change or does not hold after it, is ended
  // for good, in the same commit. A grant given later is another grant and brings nothing back.
  Status end_what_was_lent(const access::Subject& who, const RecordView& before, const RecordView& after);
  // Of a reorganisation that is projected: no circle of units that was not there before.
  Status check_tree(const catalog::Type& type);
  WriteResult want_gone(const access::Subject& who, const RecordId& id, std::string_view act, JsonObject named, const std::string& reason,
                        const crypto::SigningKey& signer);
  Status may_destroy(const access::Subject& who, access::Action action, const RecordId& record, const std::optional<journal::PartKey>& part,
                     const std::string& reason);
  // personal.h, with this node's keys.
  Result<Json> sealed(const catalog::Type& type, const RecordId& id, const journal::PartKey& base, const Json& typed,
                      const Json& before) const;
  Result<Json> opened(const RecordView& view, const Json& values) const;
  // The journal's append, with a refusal that names the unit this node may not write for.
  Result<journal::Stored> append(journal::Draft draft);
  // What is about units elsewhere, as a public source tells it, is this unit's own knowledge.
  Result<journal::Audience> audience_within_reach(journal::PartKey part) const;
  // Nothing goes into a part that this node may not hold.
  Status check_holding(const journal::PartKey& part);
  // The bytes of new files into the part that names them, before the entry is written. `before`: the record as it was.
  Status take_files(const access::Subject& who, const journal::PartKey& part, const journal::Body& body, const RecordView* before);
  Status take_file(const access::Subject& who, const std::string& part, const blobs::FileRef& file, const RecordView* before);
  // `entries`: all admitted ones of the record, those just appended included.
  Result<RecordView> project(const RecordId& id, const std::vector<journal::Stored>& entries);

  store::Database& db_;
  journal::Journal& journal_;
  std::shared_ptr<const World>& world_;
  bool& world_stale_;
  std::vector<RecordView>& changed_;
  std::optional<UnitId> node_unit_;
  PersonKeys* person_keys_;  // null: founding, where no record has personal data
  Holding holding_;
  blobs::Store* files_;  // null: founding
  Waiting* waiting_;     // null: founding and opening
};

// Of access::audited: what a change (and the act that made it) is to the audit trail; empty: nothing.
std::string_view audited_change(const catalog::Type& type, std::string_view act);

}  // namespace nc::records
