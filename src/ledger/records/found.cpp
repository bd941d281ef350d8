// Making a data directory, and giving a restored one its new incarnation.
#include <filesystem>

#include "base/files.h"
#include "foundation/crypto/hash.h"
#include "foundation/crypto/key_file.h"
#include "foundation/store/transaction.h"
#include "ledger/journal/bound_id.h"
#include "ledger/journal/node_names.h"
#include "ledger/journal/passing_on.h"
#include "ledger/records/checks.h"
#include "ledger/records/foreign.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/world.h"

namespace nc::records {
namespace {

Status copy_catalog(const std::filesystem::path& from, const std::filesystem::path& to) {
  NC_ASSIGN(const auto files, list_files(from, ".toml"));
  for (const auto& file : files) {
    const auto target = to / std::filesystem::relative(file, from);
    std::error_code ec;
    std::filesystem::create_directories(target.parent_path(), ec);
    if (ec) return fail(io_error(target.parent_path(), ec.value()));
    NC_ASSIGN(const auto text, read_file(file));
    NC_TRY(write_file_durably(target, text));
  }
  return {};
}

Status make_directory(const std::filesystem::path& dir) {
  std::error_code ec;
  std::filesystem::create_directories(dir, ec);
  if (ec) return fail(io_error(dir, ec.value()));
  std::filesystem::permissions(dir, std::filesystem::perms::owner_all, ec);
  if (ec) return fail(io_error(dir, ec.value()));
  return {};
}

const catalog::Type* only_type(const catalog::Catalog& catalog, std::string_view feeds) {
  const auto types = catalog.feeding(feeds);
  return types.empty() ? nullptr : types.front();
}

Error catalogue_lacks(std::string_view feeds) {
  return Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {std::string(feeds)})
      .then(NC_MSG("Use the catalogue that comes with the program"));
}

// The record of the node's key: who this incarnation is, under which public key, for which unit.
Json node_values(const catalog::Type& type, const NodeConfig& config, const crypto::SigningKey& key, const std::optional<UnitId>& unit) {
  Json values{JsonObject{}};
  values.set("node", config.self.node.hex()).set("incarnation", config.self.incarnation.hex()).set("public_key", key.public_key().hex());
  values.set("unit", unit.value_or(UnitId{}).hex());  // zero: a node whose unit is not said
  if (const auto* name = type.slot("name"))
    values.set(name->id, config.unit_code.empty() ? config.self.node.hex().substr(0, 8) : config.unit_code);
  return values;
}

// The unit whose node this is may not be imported yet: its record begins with the code alone.
Status assert_unit(Writer& writer, const catalog::Catalog& catalog, const NodeConfig& config) {
  if (config.unit_code.empty()) return {};
  const auto* type = only_type(catalog, "org-unit");
  if (!type) return fail(catalogue_lacks("org-unit"));
  Json values{JsonObject{}};
  values.set(type->slot("code")->id, config.unit_code).set(type->slot("name")->id, config.unit_code);
  const auto id = imported_id("units", config.unit_code);
  NC_TRY(writer.assert_fact(config.node_record, id, *type, journal::acts::kCreate, values));
  return {};
}

// A second incarnation is certified at founding; its key, kept away from the machine, lets a restored
// backup write on at once, without waiting for a superior (docs/operations/backup.md).
Status assert_recovery(Writer& writer, const catalog::Type& type, const NodeConfig& config, const crypto::SigningKey& recovery, Rng& rng,
                       std::int64_t wall_ms, const std::optional<UnitId>& unit) {
  NodeConfig spare = config;
  spare.self.incarnation = journal::incarnation_of(recovery.public_key());
  spare.node_record = journal::bound_id(wall_ms, journal::make_nonce(rng), config.self.node);
  NC_TRY(writer.assert_fact(config.node_record, spare.node_record, type, journal::acts::kCertifyNode,
                            node_values(type, spare, recovery, unit)));
  return {};
}

Status write_root(store::Database& db, journal::Journal& journal, const NodeConfig& config, const crypto::SigningKey& key,
                  const crypto::SigningKey& recovery, Rng& rng, std::int64_t wall_ms, std::shared_ptr<const catalog::Catalog> catalog) {
  const auto* node_type = only_type(*catalog, "node-key");
  if (!node_type) return fail(catalogue_lacks("node-key"));
  NC_ASSIGN(auto transaction, store::Transaction::begin(db));
  bool stale = false;
  NC_TRY(make_tables(db, stale));
  NC_TRY(mark_fresh(db));
  NC_ASSIGN(auto world, build_world(db, catalog));
  bool world_stale = false;
  std::vector<RecordView> changed;
  Writer writer(db, journal, world, world_stale, changed, std::nullopt, nullptr);
  const auto unit = config.unit_code.empty() ? std::nullopt : std::optional(imported_id("units", config.unit_code));
  NC_TRY(writer.assert_fact(config.node_record, config.node_record, *node_type, journal::acts::kCertifyNode,
                            node_values(*node_type, config, key, unit)));
  NC_TRY(assert_recovery(writer, *node_type, config, recovery, rng, wall_ms, unit));
  NC_TRY(publish_catalog(writer, db, config.node_record, *catalog));
  NC_TRY(assert_unit(writer, *catalog, config));
  NC_TRY(journal.seal_moved(db, key));
  return transaction.commit();
}

Result<store::Database> make_ledger_file(const DataDir& dir, const OpenOptions& options) {
  store::Options db_options;
  db_options.create = true;
  db_options.application_id = kLedgerApplicationId;
  db_options.vfs = options.vfs;
  NC_ASSIGN(auto db, store::Database::open(dir.ledger(), db_options));
  NC_TRY(journal::Journal::migrate(db));
  return db;
}

Status fill_directory(const DataDir& dir, const std::filesystem::path& catalog_files, const std::string& unit_code,
                      const OpenOptions& options, std::shared_ptr<const catalog::Catalog> catalog) {
  Rng& rng = options.rng ? *options.rng : system_rng();
  const Clock& clock = options.clock ? *options.clock : system_clock();
  NC_TRY(make_directory(dir.root / "keys"));
  NC_TRY(copy_catalog(catalog_files, dir.catalog()));
  const auto key = crypto::SigningKey::generate(rng);
  NodeConfig config{{rng.make<NodeId>(), journal::incarnation_of(key.public_key())}, {}, unit_code};
  config.node_record = journal::bound_id(clock.wall_ms(), journal::make_nonce(rng), config.self.node);
  const auto recovery = crypto::SigningKey::generate(rng);
  NC_TRY(crypto::write_key_file(dir.key(), key));
  NC_TRY(crypto::write_key_file(dir.recovery_key(), recovery));
  NC_ASSIGN(auto db, make_ledger_file(dir, options));
  journal::Journal journal(config.self, clock, rng);
  journal.set_rules(admission_rules());
  NC_TRY(write_root(db, journal, config, key, recovery, rng, clock.wall_ms(), std::move(catalog)));
  NC_TRY(sync_directories(dir.root));
  return write_config(dir, config);  // last: a half-made directory is no data directory
}

Status fill_joining(const DataDir& dir, const std::filesystem::path& catalog_files, const Joining& who, const crypto::SigningKey& key,
                    const OpenOptions& options) {
  NC_TRY(make_directory(dir.root / "keys"));
  NC_TRY(copy_catalog(catalog_files, dir.catalog()));
  NC_TRY(crypto::write_key_file(dir.key(), key));
  NC_ASSIGN(auto db, make_ledger_file(dir, options));
  NC_ASSIGN(auto transaction, store::Transaction::begin(db));
  bool stale = false;
  NC_TRY(make_tables(db, stale));
  NC_TRY(mark_fresh(db));
  NC_TRY(journal::trust_root(db, who.root));
  NC_TRY(transaction.commit());
  NC_TRY(sync_directories(dir.root));
  return write_config(dir, {who.self, who.node_record, who.unit_code});  // last, as in fill_directory
}

Status in_new_directory(const std::filesystem::path& path, const std::function<Status()>& fill) {
  std::error_code ec;
  if (std::filesystem::exists(path, ec) && !std::filesystem::is_empty(path, ec))
    return fail(Error(ErrorCode::kConflict, NC_MSG("The directory is not empty"))
                    .at(path.string())
                    .then(NC_MSG("Choose a new directory; nothing was changed")));
  NC_TRY(make_directory(path));
  auto filled = fill();
  if (!filled)  // it was empty before: leave it so
    for (const auto& entry : std::filesystem::directory_iterator(path, ec)) std::filesystem::remove_all(entry.path(), ec);
  return filled;
}

}  // namespace

Status publish_catalog(Writer& writer, store::Database& db, const PersonId& author, const catalog::Catalog& catalog) {
  const auto* meta = only_type(catalog, "type-definition");
  if (!meta) return fail(catalogue_lacks("type-definition"));
  // The type of the definitions comes first, so that every later entry's type is published in its past.
  std::vector<const catalog::Type*> order{meta};
  for (const auto& type : catalog.types())
    if (&type != meta) order.push_back(&type);
  for (const auto* type : order) {
    const auto definition = catalog.definition(*type);
    const auto text = canonical(definition);
    const auto hash = crypto::sha256(text).hex();
    const auto id = imported_id("record-type", type->id);
    NC_ASSIGN(const auto before, load_record(db, catalog, id));
    if (before && before->values.text("definition_hash") == hash) continue;
    if (before) {
      NC_ASSIGN(const Json old, parse_json(before->values.text("definition")));
      // Restored from a backup: its files are older than what it had published, which comes back from the other nodes.
      if (type->version < old.integer("version")) continue;
      auto additive = catalog::check_additive(old, definition);
      if (!additive) return fail(std::move(additive).error().at(type->file.string()));
    }
    Json values{JsonObject{}};
    values.set("type_id", type->id).set("version", type->version).set("definition_hash", hash).set("definition", text);
    NC_TRY(writer.assert_fact(author, id, *meta, journal::acts::kPublishType, values));
  }
  return {};
}

Status Ledger::found(const std::filesystem::path& path, const std::filesystem::path& catalog_files, const std::string& unit_code,
                     const OpenOptions& options) {
  NC_ASSIGN(auto catalog, catalog::Catalog::load(catalog_files));
  return in_new_directory(path, [&] { return fill_directory(DataDir{path}, catalog_files, unit_code, options, std::move(catalog)); });
}

Status Ledger::join(const std::filesystem::path& path, const std::filesystem::path& catalog_files, const Joining& who,
                    const crypto::SigningKey& key, const OpenOptions& options) {
  NC_ASSIGN(const auto catalog, catalog::Catalog::load(catalog_files));
  return in_new_directory(path, [&] { return fill_joining(DataDir{path}, catalog_files, who, key, options); });
}

}  // namespace nc::records
