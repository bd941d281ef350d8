// Reading personal data for a purpose, and what two persons destroy: keys of personal data, bodies of entries.
#include "foundation/store/transaction.h"
#include "ledger/catalog/purposes.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/checks.h"
#include "ledger/records/erasure_evidence.h"
#include "ledger/records/foreign.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/local_stores.h"
#include "ledger/records/personal.h"
#include "ledger/records/tables.h"
#include "ledger/records/unfinished.h"

namespace nc::records {
namespace {

struct Sealed {
  std::string field, place;
  Json value;
};

}  // namespace

Result<std::vector<PersonalText>> Ledger::read_personal(const access::Subject& who, const RecordId& id, const std::string& purpose) const {
  const auto now = world();
  std::optional<RecordView> view;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_ASSIGN(view, load_record(*db, *now->catalog, id));
  }
  if (!view || !view->type) return fail(no_such_record());
  const auto known = access::decide(who, access::Action::kKnow, object_of(*view, view->base_part(), *now->tree), *now->tree, *now->catalog);
  if (!known.allow) return fail(no_such_record());
  // Asked of every part that may hold some, whether one stands there or not: nobody else learns which.
  for (const auto& field : view->type->fields) {
    if (field.kind != catalog::FieldKind::kPersonal) continue;
    auto part = view->base_part();
    part.key = part_of_field(field, part.key);
    auto object = object_of(*view, part, *now->tree);
    object.purpose = purpose;
    const auto decision = access::decide(who, access::Action::kReadPersonal, object, *now->tree, *now->catalog);
    if (decision.allow) continue;
    impl_->audit->count_refusal(who.person, access::audited::kReadPersonal);
    return fail(decision.may_know ? decision.reason : no_such_record());
  }
  std::vector<Sealed> sealed;
  for (const auto& part : view->parts) {
    for (const auto& field : view->type->fields) {
      if (field.kind != catalog::FieldKind::kPersonal || !part.values.has(field.id)) continue;
      auto object = object_of(*view, part, *now->tree);
      object.purpose = purpose;
      const auto decision = access::decide(who, access::Action::kReadPersonal, object, *now->tree, *now->catalog);
      if (!decision.allow) {
        impl_->audit->count_refusal(who.person, access::audited::kReadPersonal);
        return fail(decision.may_know ? decision.reason : no_such_record());
      }
      sealed.push_back({field.id, personal_place(id, part.key, field.id), part.values[field.id]});
    }
  }
  // Before a single one is opened: what cannot be written down is not shown.
  if (!sealed.empty()) {
    NC_ASSIGN(auto kept, catalog::kept_purpose(*now->catalog, purpose, who.today));
    NC_TRY(impl_->audit->write({who.person, access::audited::kReadPersonal, id, std::move(kept), access::AuditOutcome::kDone}));
  }
  NC_ASSIGN(const bool erased, impl_->person_keys.is_erased(id));
  std::vector<PersonalText> out;
  for (const auto& one : sealed) {
    PersonalText text{one.field, std::nullopt, erased};
    if (!erased) { NC_ASSIGN(text.text, impl_->person_keys.open_value(one.place, one.value)); }
    out.push_back(std::move(text));
  }
  return out;
}

Result<Removal> Ledger::purge(const access::Subject& who, const RecordId& record, const EntryHash& entry, const std::string& reason,
                              const crypto::SigningKey& signer) {
  const auto id = impl_->fresh_id();
  NC_TRY(asked_to_destroy(who, access::audited::kPurge, record,
                          impl_->submit([&](Writer& writer) { return writer.want_purged(who, id, record, entry, reason, signer); })));
  std::set<PersonId> persons;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_ASSIGN(persons, impl_->journal.who_want_purged(*db, entry));
  }
  const Removal out{persons.size(), persons.size() >= journal::kPersonsToDestroy};
  if (!out.done) return out;
  NC_TRY(impl_->catch_up());  // whether a word stands elsewhere is asked of the derived tables
  const auto destroyed = impl_->write([&](store::Database& db) -> Status {
    NC_TRY(forget_purged(db, impl_->journal, *impl_->working->catalog, impl_->dir));
    NC_TRY(impl_->destroy_purged_files(db));
    NC_TRY(forget_unfinished(db));
    return impl_->journal.destroy_body(db, entry);
  });
  NC_TRY(destroyed);
  NC_TRY(impl_->empty_the_log());
  return out;
}

Result<Removal> Ledger::erase(const access::Subject& who, const RecordId& record, const std::string& reason,
                              const crypto::SigningKey& signer) {
  const auto id = impl_->fresh_id();
  NC_TRY(asked_to_destroy(who, access::audited::kErase, record,
                          impl_->submit([&](Writer& writer) { return writer.want_erased(who, id, record, reason, signer); })));
  std::set<PersonId> persons;
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_ASSIGN(persons, impl_->journal.who_want_erased(*db, record));
  }
  const Removal out{persons.size(), persons.size() >= journal::kPersonsToDestroy};
  if (!out.done) return out;
  NC_ASSIGN([[maybe_unused]] const bool fresh, impl_->person_keys.erase(record));
  NC_TRY(renew_key_backups(impl_->dir.root, impl_->person_keys, impl_->clock));
  NC_TRY(impl_->empty_the_log());
  return out;
}

// The act stands in the journal with its reason: the trail says who, and which record.
Status Ledger::asked_to_destroy(const access::Subject& who, std::string_view action, const RecordId& record, const WriteResult& asked) {
  if (asked) {
    static_cast<void>(impl_->audit->write({who.person, action, record, {}, access::AuditOutcome::kDone}));
    static_cast<void>(seal_audit());
    return {};
  }
  impl_->audit->count_refusal(who.person, action);
  return fail(asked.error().error);
}

Result<std::int64_t> Ledger::backup_person_keys(const std::filesystem::path& file) const { return impl_->person_keys.backup_to(file); }

Result<std::int64_t> Ledger::restore_person_keys(const std::filesystem::path& file) {
  if (!impl_->committer) return fail(Impl::reading_only());
  NC_ASSIGN(const auto evidence, evidence_of_erasures(*this, file));
  NC_TRY(impl_->person_keys.take_from(file));
  for (const auto& id : evidence.erased) {
    NC_ASSIGN(const bool known, impl_->person_keys.is_erased(id));
    if (!known) NC_TRY(impl_->person_keys.erase(id));
  }
  {
    NC_ASSIGN(const auto db, impl_->reader());
    NC_TRY(impl_->carry_out_erasures(*db));
  }
  return impl_->person_keys.count();
}

Result<bool> Intake::is_to_be_erased(const RecordId& key) {
  NC_ASSIGN(const bool done, keys_.is_erased(key));
  if (done) return true;
  NC_ASSIGN(const auto persons, journal_.who_want_erased(db_, key));
  return persons.size() >= journal::kPersonsToDestroy;
}

Result<std::vector<SealedValue>> Intake::sealed_values(const RecordId& record) {
  std::vector<SealedValue> out;
  NC_ASSIGN(const auto entries, journal_.entries_of(db_, record));
  for (const auto& stored : entries)
    for (auto& one : sealed_in(stored.entry)) out.push_back(std::move(one));
  return out;
}

// What the journal says is erased has no key here, whatever was restored.
Status Ledger::Impl::carry_out_erasures(store::Database& db) {
  NC_ASSIGN(const auto erased, journal.erased(db));
  for (const auto& id : erased) {
    NC_ASSIGN(const bool done, person_keys.is_erased(id));
    if (done) continue;
    NC_ASSIGN([[maybe_unused]] const bool fresh, person_keys.erase(id));
  }
  // A folder that is out of reach does not keep the node closed: each opening tries again, and doctor names the copies.
  static_cast<void>(renew_old_key_backups(dir.root, person_keys, clock));
  return {};
}

// A power cut may come between the second signature and the end of the bytes. A reader that holds the log
// open stops nothing here: the log goes when the last one closes. It is cut also when nothing was left to do, for the power may have
// failed between the end of the bytes and that of the log.
Status Ledger::Impl::carry_out_purges(store::Database& db) {
  NC_TRY(forget_purged(db, journal, *working->catalog, dir));
  NC_TRY(destroy_purged_files(db));
  NC_TRY(forget_unfinished(db));
  NC_TRY(journal.destroy_purged(db));
  NC_ASSIGN(const auto asked, db.integer("SELECT EXISTS (SELECT 1 FROM journal_fact WHERE kind = 'purge')"));
  if (asked > 0) static_cast<void>(db.checkpoint(store::CheckpointMode::kTruncate));
  return {};
}

// Freed pages were overwritten (secure_delete); their older images lie in the log until it is cut.
Status Ledger::Impl::empty_the_log() {
  return committer->submit_alone([](store::Database& db) { return db.checkpoint(store::CheckpointMode::kTruncate); });
}

// --- the writer's part ---

// A binding act of one person in the authority that names what is to go.
WriteResult Writer::want_gone(const access::Subject& who, const RecordId& id, std::string_view act, JsonObject named,
                              const std::string& reason, const crypto::SigningKey& signer) {
  const auto refuse = [](Error error) { return std::unexpected(Refusal{std::move(error), {}}); };
  const auto types = world_->catalog->feeding("removal-act");
  if (types.empty()) return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"removal-act"}));
  const journal::PartKey open{0, journal::Audience::authority()};
  journal::Draft draft{id, types.front()->id, types.front()->version, open, journal::Lane::kAuthority, journal::Form::kAct, {}, {}};
  draft.body.author = who.person;
  draft.body.act = std::string(act);
  named["reason"] = reason;
  draft.body.set = std::move(named);
  auto base = journal::Journal::authority_base(db_, open.handling);
  if (!base) return refuse(base.error());
  draft.body.over[open] = {std::move(*base), journal::values_digest(journal::PartState{})};
  draft.body.signature =
      journal::PersonSignature{signer.public_key(), signer.sign(journal::binding_message(id, draft.body.act, draft.body))};
  auto stored = append(draft);
  if (!stored) return refuse(stored.error());
  if (auto view = project(id, {std::move(*stored)}); !view) return refuse(view.error());
  return Written{id, true, {}, false};
}

WriteResult Writer::want_purged(const access::Subject& who, const RecordId& id, const RecordId& record, const EntryHash& entry,
                                const std::string& reason, const crypto::SigningKey& signer) {
  const auto refuse = [](Error error) { return std::unexpected(Refusal{std::move(error), {}}); };
  const auto held = journal_.find(db_, entry);
  if (!held) return refuse(held.error());
  const bool fits = *held && (*held)->entry.header.record == record && (*held)->entry.header.stream.lane != journal::Lane::kAuthority;
  if (!fits)
    return refuse(Error(ErrorCode::kNotFound, NC_MSG("The record has no entry {1} that can be purged"), {entry.hex()})
                      .then(NC_MSG("See the hashes in its history")));
  if (auto may = may_destroy(who, access::Action::kPurge, record, (*held)->entry.header.stream.part, reason); !may)
    return refuse(may.error());
  // Who asks again, or after two have asked, changes nothing.
  const auto wishes = journal_.who_want_purged(db_, entry);
  if (!wishes) return refuse(wishes.error());
  if (wishes->contains(who.person) || wishes->size() >= journal::kPersonsToDestroy) return Written{record, false, {}, false};
  auto written = want_gone(who, id, journal::acts::kPurge, {{"entries", JsonArray{Json(entry.hex())}}}, reason, signer);
  if (!written) return written;
  const auto entries = journal_.entries_of(db_, record);  // read again: with the second wish a body is hidden
  if (!entries) return refuse(entries.error());
  if (auto view = project(record, *entries); !view) return refuse(view.error());
  return written;
}

WriteResult Writer::want_erased(const access::Subject& who, const RecordId& id, const RecordId& record, const std::string& reason,
                                const crypto::SigningKey& signer) {
  const auto refuse = [](Error error) { return std::unexpected(Refusal{std::move(error), {}}); };
  if (auto may = may_destroy(who, access::Action::kErase, record, std::nullopt, reason); !may) return refuse(may.error());
  return want_gone(who, id, journal::acts::kErase, {{"keys", JsonArray{Json(record.hex())}}}, reason, signer);
}

bool may_read_personal(const access::Subject& who, const RecordView& view, const World& world) {
  if (!view.type || !has_personal(*view.type)) return false;
  return std::all_of(view.parts.begin(), view.parts.end(), [&](const PartView& part) {
    auto object = object_of(view, part, *world.tree);
    object.purpose = "amend";
    return access::decide(who, access::Action::kReadPersonal, object, *world.tree, *world.catalog).allow;
  });
}

// The row of the table but for the second person: his act is the other one, and the journal counts them.
Status Writer::may_destroy(const access::Subject& who, access::Action action, const RecordId& record,
                           const std::optional<journal::PartKey>& part, const std::string& reason) {
  NC_ASSIGN(const auto loaded, load(record));
  if (!loaded || !loaded->view.type) return fail(no_such_record());
  NC_ASSIGN(const auto* now, world(who));
  bool decided = false;
  for (const auto& one : loaded->view.parts) {
    if (part && one.key != *part) continue;
    decided = true;
    auto object = object_of(loaded->view, one, *now->tree);
    object.second_person = true;
    object.signature_present = true;
    const auto decision = access::decide(who, action, object, *now->tree, *now->catalog);
    if (!decision.allow) return fail(decision.may_know ? decision.reason : no_such_record());
  }
  if (!decided) return fail(no_such_record());
  if (reason.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("Say why")).at("reason"));
  return {};
}

}  // namespace nc::records
