#include "ledger/records/ledger.h"
#include "ledger/journal/bound_id.h"

#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/rebuild.h"
#include "ledger/records/structure.h"
#include "ledger/records/world.h"

namespace nc::records {
namespace {

constexpr std::size_t kReaders = 3;
constexpr std::size_t kImportRowsPerCommit = 256;

store::Options ledger_options(const OpenOptions& options) {
  store::Options out;
  out.application_id = kLedgerApplicationId;
  out.vfs = options.vfs;
  out.cache_kib = 4096;
  return out;
}

}  // namespace

std::optional<UnitId> Ledger::Impl::node_unit() const {
  const auto* unit = working && !config.unit_code.empty() ? working->tree->by_code(config.unit_code) : nullptr;
  return unit ? std::optional(unit->id) : std::nullopt;
}

std::optional<Plan> Ledger::Impl::plan_ahead(const access::Subject& who, const Create& what, const Confirmed& confirmed) {
  auto now = world();
  const auto* unit = config.unit_code.empty() ? nullptr : now->tree->by_code(config.unit_code);
  const auto own = unit ? std::optional(unit->id) : std::nullopt;
  return records::plan_ahead(std::move(now), own, holding(), rng, who, what, confirmed);
}

Status Ledger::Impl::before_commit(store::Database& db) {
  if (world_stale) {
    NC_ASSIGN(working, build_world(db, working->catalog));
    world_stale = false;
  }
  for (const auto& view : changed) NC_TRY(store_tasks(db, task_book, view));
  if (const auto day = today(); day > latest_day_kept) {
    NC_TRY(keep_latest_day(db, day));
    latest_day = day;
  }
  NC_TRY(waiting.keep_mark(db));
  NC_TRY(keep_audit_head(db));
  return journal.seal_moved(db, *key);
}

std::vector<RecordView> Ledger::Impl::after_commit(bool committed) {
  if (!committed) {
    changed.clear();
    waiting.undone();
    working = world();
    world_stale = false;
    return {};
  }
  auto left = waiting.committed();
  latest_day_kept = latest_day;
  CommitNotice notice;
  notice.world_changed = working != world();
  {
    const std::lock_guard guard(world_mutex);
    published = working;
  }
  notice.world = working;
  notice.changed = std::move(changed);
  changed.clear();
  for (const auto& observer : observers) observer(notice);
  if (deriver && !left.empty()) deriver->hand_over(std::move(left));
  return std::move(notice.changed);
}

Status Ledger::Impl::write(const std::function<Status(store::Database&)>& work) {
  if (!committer) return fail(reading_only());
  return committer->submit([&](store::Database& db) -> Status {
    const auto seen = changed.size();
    const auto mark = waiting.mark();
    const auto forget = [&] {
      changed.resize(seen);
      waiting.back_to(mark);
    };
    try {
      auto done = work(db);
      if (!done) forget();
      return done;
    } catch (...) {
      forget();
      throw;
    }
  });
}

WriteResult Ledger::Impl::submit(const std::function<WriteResult(Writer&)>& work, Waits waits) {
  std::optional<WriteResult> result;  // none: it did not come to that
  const Status status = write([&](store::Database& db) -> Status {
    if (waits == Waits::kNothing) NC_TRY(waiting.derive(db, *working, changed));
    auto pen = writer(db);
    result = work(pen);
    return *result ? Status() : Status(fail(result->error().error));
  });
  if (status || (result && !*result)) return *result;  // done, or refused and nothing changed
  return std::unexpected(Refusal{status.error(), {}});
}

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Ledger::~Ledger() {
  if (!impl_ || !impl_->committer) return;
  impl_->deriver.reset();
  static_cast<void>(impl_->catch_up());  // else the next opening does
  impl_->committer->stop();
}

Error Ledger::Impl::reading_only() {
  return Error(ErrorCode::kBusy, NC_MSG("The data directory is open for reading only"))
      .then(NC_MSG("Stop the other process, or use its web pages"));
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& path, const OpenOptions& options) {
  const DataDir dir{path};
  NC_ASSIGN(auto config, read_config(dir));
  std::optional<FileLock> lock;
  std::optional<crypto::SigningKey> key;
  if (!options.read_only) {
    NC_ASSIGN(lock, FileLock::take(dir.lock()));
    NC_ASSIGN(key, crypto::read_key_file(dir.key()));
  }
  auto db_options = ledger_options(options);
  if (options.read_only) { NC_ASSIGN(db_options.immutable, nobody_writes(dir, lock)); }
  NC_ASSIGN(auto catalog, catalog::Catalog::load(dir.catalog()));
  const Clock& clock = options.clock ? *options.clock : system_clock();
  Rng& rng = options.rng ? *options.rng : system_rng();
  auto impl = std::make_unique<Impl>(dir, std::move(config), clock, rng, options.zone_minutes, std::move(lock), std::move(key));
  impl->encrypted_volume = store::look_at_volume(path, options.volume).encryption == store::Encryption::kEncrypted;
  impl->audit = std::make_unique<access::AuditTrail>(
      dir.audit(), access::AuditTrail::Options{&clock, options.vfs, options.zone_minutes, impl->config.node_record, db_options.immutable});
  store::GroupLimits limits;
  if (options.checkpoint_bytes > 0)
    limits = {limits.group_max, options.checkpoint_bytes, 4 * options.checkpoint_bytes, limits.restart_wait_ms};
  NC_ASSIGN(impl->task_book, catalog::TaskBook::load(dir.catalog(), *catalog));
  if (!options.read_only) NC_TRY(impl->open_for_writing(catalog, db_options, limits));
  NC_ASSIGN(impl->readers, store::ReaderPool::open(dir.ledger(), db_options, kReaders));
  if (options.read_only) {
    const auto db = impl->readers->lease();
    NC_TRY(expect_fresh(*db));
    NC_ASSIGN(impl->latest_day, latest_day(*db, options.zone_minutes));
    NC_ASSIGN(impl->working, build_world(*db, catalog));
    impl->published = impl->working;
  }
  return std::unique_ptr<Ledger>(new Ledger(std::move(impl)));
}

// Derived tables that are of another version or damaged are made anew; new types are published.
Status Ledger::Impl::open_for_writing(const std::shared_ptr<const catalog::Catalog>& catalog, const store::Options& options,
                                      const store::GroupLimits& limits) {
  NC_ASSIGN(auto db, store::Database::open(dir.ledger(), options));
  NC_TRY(journal::Journal::migrate(db));
  {
    NC_ASSIGN(auto transaction, store::Transaction::begin(db));
    bool stale = false;
    NC_TRY(make_tables(db, stale));
    NC_ASSIGN(latest_day, records::latest_day(db, zone_minutes));
    auto built = stale ? Result<std::shared_ptr<const World>>(fail(ErrorCode::kCorrupt, "")) : build_world(db, catalog);
    if (!built) {
      NC_TRY(drop_tables(db));
      NC_TRY(make_tables(db, stale));
      NC_TRY(refill(db, journal, catalog));
      built = build_world(db, catalog);
      stale = true;
    }
    NC_TRY(refresh_tasks(db, task_book, *catalog, stale));
    NC_ASSIGN(working, std::move(built));
    NC_TRY(derive_left_over(db, journal, *working, task_book));
    auto pen = writer(db);
    NC_ASSIGN(const auto holding, journal.holding(db));  // others take the types as they were published above them
    holds_whole_tree = holding.whole;
    if (holding.whole) NC_TRY(publish_catalog(pen, db, config.node_record, *catalog));
    if (!changed.empty()) { NC_ASSIGN(working, build_world(db, catalog)); }
    changed.clear();
    world_stale = false;
    NC_TRY(journal.seal_moved(db, *key));
    NC_TRY(transaction.commit());
  }
  NC_TRY(carry_out_erasures(db));
  NC_TRY(carry_out_purges(db));
  published = working;
  store::GroupHooks hooks;
  hooks.before_commit = [this](store::Database& database) { return before_commit(database); };
  hooks.after_commit = [this](bool committed) { after_commit(committed); };
  committer = std::make_unique<store::GroupCommitter>(std::move(db), std::move(hooks), limits);
  deriver = std::make_unique<Deriver>([this] { return world(); }, [this](std::size_t max) { return derive_now(max); });
  return {};
}

std::shared_ptr<const World> Ledger::world() const { return impl_->world(); }
const std::filesystem::path& Ledger::dir() const { return impl_->dir.root; }
journal::Identity Ledger::identity() const { return impl_->config.self; }
void Ledger::observe(Observer observer) { impl_->observers.push_back(std::move(observer)); }

std::int32_t Ledger::today() const { return impl_->today(); }
std::int64_t Ledger::now_ms() const { return impl_->clock.wall_ms(); }

Status Ledger::may_hold(catalog::Handling handling) const { return records::may_hold(*world(), impl_->holding(), handling); }

std::int32_t Ledger::Impl::minute() const {
  const auto minutes = clock.wall_ms() / 60'000 + zone_minutes;
  return static_cast<std::int32_t>(((minutes % 1440) + 1440) % 1440);
}

std::int32_t Ledger::Impl::today() const { return std::max(civil_day(clock.wall_ms(), zone_minutes), latest_day.load()); }

Result<access::Subject> Ledger::subject(std::string_view login, access::Strength strength) const {
  const auto snapshot = world();
  const auto it = snapshot->accounts.find(login);
  if (it == snapshot->accounts.end() || !it->second.live)
    return fail(Error(ErrorCode::kDenied, NC_MSG("There is no live account “{1}”"), {std::string(login)})
                    .then(NC_MSG("Ask the administrator of this node")));
  auto subject = it->second;
  subject.strength = strength;
  subject.today = today();
  subject.minute = impl_->minute();
  const auto account_of = [&](const PersonId& person) { return snapshot->account(person); };
  for (auto& grant : access::delegated_grants(subject, snapshot->delegations, account_of, *snapshot->tree, *snapshot->catalog))
    subject.grants.push_back(std::move(grant));
  return subject;
}

Result<access::Subject> Ledger::subject_of(const PersonId& person, access::Strength strength) const {
  const auto snapshot = world();
  for (const auto& [login, subject] : snapshot->accounts)
    if (subject.person == person) return this->subject(login, strength);
  return fail(Error(ErrorCode::kDenied, NC_MSG("There is no live account “{1}”"), {person.hex()})
                  .then(NC_MSG("Ask the administrator of this node")));
}

access::Subject Ledger::console() const {
  access::Subject subject;
  subject.person = impl_->config.node_record;
  subject.login = "console";
  subject.clearance = catalog::Handling::kRestricted;
  subject.console = true;
  subject.today = today();
  if (const auto* unit = world()->tree->by_code(impl_->config.unit_code)) subject.unit = unit->id;
  return subject;
}

// Drawn at random: a count of what was made here would tell of hidden records.
RecordId Ledger::Impl::fresh_id() { return journal::bound_id(clock.wall_ms(), journal::make_nonce(rng), config.self.node); }

// The nonce is secret, so that nobody finds a form whose record would have an id that he has seen.
RecordId Ledger::id_from_form(const access::Subject& who, const RecordId& form) const {
  if (who.console) return form;
  if (const auto known = impl_->form_ids.find(form, who.person)) return *known;
  std::string text = "nhipcau-form-1\n" + form.hex() + "\n" + who.person.hex();
  if (impl_->key) text = impl_->key->sign(text).hex();
  const auto mixed = crypto::sha256(text);
  std::int64_t time = 0;
  for (std::size_t i = 0; i < 6; ++i) time = time << 8 | form.bytes[i];
  std::uint32_t nonce = 0;
  for (std::size_t i = 0; i < 4; ++i) nonce = nonce << 8 | mixed.bytes[i];
  const auto id = journal::bound_id(time, nonce, impl_->config.self.node);
  impl_->form_ids.keep(form, who.person, id);
  return id;
}

WriteResult Ledger::create(const access::Subject& who, const Create& what, const Confirmed& confirmed) {
  Create request = what;
  const auto submit = [&] {
    auto ahead = impl_->committer ? impl_->plan_ahead(who, request, confirmed) : std::nullopt;
    return impl_->submit([&](Writer& writer) { return writer.create(who, request, confirmed, ahead ? &*ahead : nullptr); },
                         Impl::Waits::kWorkDecides);
  };
  if (!request.id) {
    // Of many made within a minute two may draw one nonce: the later draws again.
    constexpr int kDrawsMax = 4;
    WriteResult written = std::unexpected(Refusal{});
    for (int draw = 0; draw < kDrawsMax; ++draw) {
      request.id = impl_->fresh_id();
      written = submit();
      if (written || written.error().error.code != ErrorCode::kConflict) break;
    }
    return noted(who, std::move(written));
  }
  // Ids of imported rows can be computed from the row: nobody may try whether one is here.
  const bool made_by_a_form = request.id->bytes[6] >> 4 == 7;
  if (!made_by_a_form && !who.console)
    return std::unexpected(
        Refusal{Error(ErrorCode::kInvalid, NC_MSG("This is not a record id")).at("id").then(NC_MSG("Open a new form")), {}});
  request.id = id_from_form(who, *request.id);
  return noted(who, submit());
}

WriteResult Ledger::amend(const access::Subject& who, const Amend& what, const Confirmed& confirmed) {
  return noted(who, impl_->submit([&](Writer& writer) { return writer.amend(who, what, confirmed); }));
}

WriteResult Ledger::transition(const access::Subject& who, const Transition& what) {
  return noted(who, impl_->submit([&](Writer& writer) { return writer.transition(who, what); }));
}

WriteResult Ledger::certify_key(const access::Subject& who, const PersonId& person, const PublicKey& key) {
  const auto id = impl_->fresh_id();
  return noted(who, impl_->submit([&](Writer& writer) { return writer.certify_key(who, id, person, key); }));
}

WriteResult Ledger::end_key(const access::Subject& who, const PersonId& person, const PublicKey& key, std::string_view why) {
  return noted(who, impl_->submit([&](Writer& writer) { return writer.end_key(who, person, key, why); }));
}

WriteResult Ledger::delegate(const access::Subject& who, const Delegate& what) {
  const auto id = impl_->fresh_id();
  return noted(who, impl_->submit([&](Writer& writer) { return writer.delegate(who, id, what); }));
}

std::vector<WriteResult> Ledger::import(const access::Subject& who, const std::vector<Imported>& rows) {
  std::vector<WriteResult> results;
  for (std::size_t start = 0; start < rows.size(); start += kImportRowsPerCommit) {
    const auto end = std::min(rows.size(), start + kImportRowsPerCommit);
    std::vector<WriteResult> chunk;
    const Status status = impl_->write([&](store::Database& db) -> Status {
      NC_TRY(impl_->waiting.derive(db, *impl_->working, impl_->changed));
      auto writer = impl_->writer(db);
      const auto batch = std::span(rows).subspan(start, end - start);
      NC_ASSIGN(const auto circles, rows_closing_circles(db, *impl_->working->catalog, batch));
      for (std::size_t i = start; i < end; ++i) {
        if (const auto circle = circles.find(i - start); circle != circles.end()) {
          chunk.push_back(std::unexpected(Refusal{circle->second, {}}));
          continue;
        }
        NC_ASSIGN(auto savepoint, store::Savepoint::begin(db));
        const auto mark = impl_->changed.size();
        chunk.push_back(writer.import(who, rows[i]));
        if (chunk.back()) NC_TRY(savepoint.release());
        else impl_->changed.resize(mark);
        // A full disk ends the transaction, and with it every row of this commit.
        if (!chunk.back() && !db.in_transaction()) return fail(chunk.back().error().error);
      }
      return {};
    });
    if (!status) chunk.assign(end - start, std::unexpected(Refusal{status.error(), {}}));
    for (auto& result : chunk) results.push_back(std::move(result));
  }
  return results;
}

Result<journal::VerifyReport> Ledger::verify(const std::function<void(std::int64_t, std::int64_t)>& progress) const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return impl_->journal.verify(*db, progress);
}

Result<Ledger::RebuildReport> Ledger::rebuild(bool check_only) {
  if (!impl_->committer) return fail(Impl::reading_only());
  RebuildReport report;
  bool done = false;
  const auto catalog = world()->catalog;
  const Status status = impl_->write([&](store::Database& db) -> Status {
    NC_TRY(impl_->waiting.derive(db, *impl_->working, impl_->changed));
    NC_ASSIGN(report, derive_anew(db, impl_->journal, catalog, impl_->task_book));
    done = true;
    impl_->world_stale = !check_only;
    if (check_only) return fail(ErrorCode::kConflict, NC_MSG("Only checked"));
    return {};
  });
  if (!status && !(check_only && done)) return fail(status.error());
  return report;
}

Result<Digest> Ledger::digest() const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return tables_digest(*db, *world()->catalog);
}

Status Ledger::export_plain(const std::function<Status(std::string_view)>& write) const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return impl_->journal.export_plain(*db, write);
}

Status Ledger::for_each(const std::function<Status(const RecordView&)>& visit) const {
  const auto snapshot_world = world();
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return each_record(*db, *snapshot_world->catalog, visit);
}

Status Ledger::inspect(const std::function<Status(store::Database&, const journal::Journal&)>& look) const {
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  return look(*db, impl_->journal);
}

}  // namespace nc::records
