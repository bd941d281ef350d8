#include "ledger/records/world.h"

#include <limits>
#include <set>

#include "ledger/catalog/values.h"
#include "ledger/catalog/words.h"
#include "ledger/journal/rules.h"
#include "ledger/records/raising.h"
#include "ledger/records/tables.h"

namespace nc::records {
namespace {

std::vector<std::string> types_feeding(const catalog::Catalog& catalog, std::string_view feeds) {
  std::vector<std::string> out;
  for (const auto* type : catalog.feeding(feeds)) out.push_back(type->id);
  return out;
}

constexpr auto kBeingWritten = std::numeric_limits<std::uint32_t>::max();

std::string text_of(const Json& value) { return value.is_string() ? value.as_string() : std::string(); }

std::optional<std::int32_t> first_day(const Json& date) {
  const auto civil = catalog::date_from_json(date);
  const auto days = civil ? extent(*civil) : std::nullopt;
  return days ? std::optional(days->first) : std::nullopt;
}

std::optional<std::int32_t> last_day(const Json& date) {
  const auto civil = catalog::date_from_json(date);
  const auto days = civil ? extent(*civil) : std::nullopt;
  return days ? std::optional(days->last) : std::nullopt;
}

// Whoever reads a name sees that the unit is void: the mark is part of it.
std::string marked(std::string name, std::string_view lang) {
  if (!name.empty()) name += " (" + std::string(catalog::fixed_word("void", lang)) + ")";
  return name;
}

orgtree::Unit unit_of(const RecordView& record) {
  orgtree::Unit unit;
  unit.id = record.id;
  unit.code = text_of(record.slot("code"));
  unit.name = text_of(record.slot("name"));
  unit.name_en = text_of(record.slot("name_en"));
  unit.country = text_of(record.slot("country"));
  unit.force = text_of(record.slot("force"));
  unit.level = text_of(record.slot("level"));
  unit.chain = text_of(record.slot("chain"));
  const auto& area = record.slot("area");
  unit.area = area.is_string() ? area.as_string() : area.text("text");
  unit.from = first_day(record.slot("from"));
  unit.until = last_day(record.slot("until"));
  unit.records_from = last_day(record.slot("records_from"));
  unit.own = record.slot("own").is_bool() && record.slot("own").as_bool();
  if (record.slot("aliases").is_array())
    for (const auto& row : record.slot("aliases").as_array())
      for (const auto& [column, value] : row.as_object())
        if (value.is_string()) unit.aliases.push_back(value.as_string());
  if (record.voided) {
    unit.voided = true;
    unit.name = marked(std::move(unit.name), "vi");
    unit.name_en = marked(std::move(unit.name_en), "en");
  }
  return unit;
}

// A row either places a unit below a parent or says what became of it, or both.
void add_row(const Json& row, const RecordId& source, std::uint32_t depth, std::vector<orgtree::Link>& links,
             std::vector<orgtree::Lineage>& lineage) {
  const auto unit = UnitId::from_hex(row.text("unit"));
  if (!unit) return;
  if (const auto parent = UnitId::from_hex(row.text("parent"))) {
    const auto line = orgtree::line_from_name(row.text("line", "command"));
    if (line) links.push_back({*unit, *parent, *line, first_day(row["from"]), last_day(row["until"]), source, depth});
  }
  const auto change = orgtree::change_from_name(row.text("change"));
  const auto successor = UnitId::from_hex(row.text("successor"));
  if (change && successor) lineage.push_back({*unit, *successor, first_day(row["from"]), *change, row.boolean("default_heir")});
}

std::optional<Waiver> waiver_of(const RecordView& record) {
  const auto node = NodeId::from_hex(text_of(record.slot("node")));
  const auto person = PersonId::from_hex(text_of(record.slot("person")));
  const auto from = first_day(record.slot("from")), until = last_day(record.slot("until"));
  if (!node || !person || !from || !until) return std::nullopt;
  return Waiver{record.id, *node, *person, text_of(record.slot("reason")), *from, *until};
}

Status add_holdings(World& world, store::Database& db, const catalog::Catalog& catalog) {
  NC_ASSIGN(const auto nodes, load_types(db, catalog, types_feeding(catalog, "node-key")));
  for (const auto& record : nodes)
    if (const auto ceiling = catalog::handling_from_name(text_of(record.slot("ceiling")))) world.ceilings[record.id] = *ceiling;
  NC_ASSIGN(const auto waivers, load_types(db, catalog, types_feeding(catalog, "handling-waiver")));
  for (const auto& record : waivers)
    if (auto waiver = record.voided ? std::nullopt : waiver_of(record)) world.waivers.push_back(std::move(*waiver));
  return {};
}

// Only what the absent person signed counts; a delegation without both dates is none.
std::optional<access::Delegation> delegation_of(const RecordView& record) {
  const auto from = PersonId::from_hex(text_of(record.slot("principal"))), to = PersonId::from_hex(text_of(record.slot("deputy")));
  access::Delegation out;
  out.record = record.id;
  out.grant.role = text_of(record.slot("role"));
  out.grant.unit = UnitId::from_hex(text_of(record.slot("unit")));
  out.grant.line = orgtree::line_from_name(text_of(record.slot("line"))).value_or(orgtree::Line::kCommand);
  out.grant.chain = text_of(record.slot("chain"));
  out.grant.from = first_day(record.slot("from"));
  out.grant.until = last_day(record.slot("until"));
  if (record.voided || !record.bound || !from || !to || !out.grant.from || !out.grant.until) return std::nullopt;
  out.from = *from;
  out.to = *to;
  return out;
}

std::optional<World::ShortHanded> short_handed_of(const RecordView& record) {
  const auto unit = UnitId::from_hex(text_of(record.slot("unit")));
  const auto from = first_day(record.slot("from")), until = last_day(record.slot("until"));
  if (record.voided || !unit || !from || !until) return std::nullopt;
  const auto hour = [&](const char* slot) {
    const auto& value = record.slot(slot);
    return value.is_int() ? std::optional(static_cast<std::int32_t>(value.as_int())) : std::nullopt;
  };
  return World::ShortHanded{record.id, *unit, *from, *until, hour("hour_from"), hour("hour_until"), record.created_by};
}

}  // namespace

access::Subject subject_of(const RecordView& record) {
  access::Subject subject;
  subject.person = record.id;
  subject.login = text_of(record.slot("login"));
  subject.unit = UnitId::from_hex(text_of(record.slot("unit"))).value_or(UnitId{});
  subject.grants = grants_of(record.slot("grants"));
  subject.clearance = catalog::handling_from_name(text_of(record.slot("clearance"))).value_or(catalog::Handling::kOpen);
  subject.live = !record.voided && !(record.slot("disabled").is_bool() && record.slot("disabled").as_bool());
  return subject;
}

std::vector<access::Grant> grants_of(const Json& rows) {
  std::vector<access::Grant> out;
  if (!rows.is_array()) return out;
  for (const auto& row : rows.as_array()) {
    access::Grant grant;
    grant.role = row.text("role");
    grant.unit = UnitId::from_hex(row.text("unit"));
    grant.line = orgtree::line_from_name(row.text("line")).value_or(orgtree::Line::kCommand);
    grant.chain = row.text("chain");
    grant.from = first_day(row["from"]);
    grant.until = last_day(row["until"]);
    out.push_back(std::move(grant));
  }
  return out;
}

bool shapes_world(const catalog::Type& type) {
  return type.feeds == "org-unit" || type.feeds == "org-change" || type.feeds == "person-account" || type.feeds == "node-key" ||
         type.feeds == "handling-waiver" || type.feeds == "person-delegation" || type.feeds == "short-handed";
}

bool is_common(const catalog::Type& type, journal::HandlingLevel handling) {
  return !shapes_world(type) || handling <= static_cast<journal::HandlingLevel>(type.handling);
}

namespace {

// Everybody's rights, and what goes to whom, follow from the tree: it is the same for all, so that what lies above the
// handling of its type, where not everybody has it, is a record like any other and no part of the tree.
Result<std::vector<RecordView>> load_common(store::Database& db, const catalog::Catalog& catalog, std::string_view feeds) {
  NC_ASSIGN(auto records, load_types(db, catalog, types_feeding(catalog, feeds)));
  std::erase_if(records,
                [](const RecordView& record) { return !is_common(*record.type, record.base_part().key.handling) || withdrawn(record); });
  return records;
}

// A unit that does not say whose it is belongs to the other side if no unit of ours is of its country.
void say_who_is_foreign(const std::vector<RecordView>& records, std::vector<orgtree::Unit>& units) {
  std::set<std::string> ours;
  for (const auto& unit : units)
    if (unit.own && !unit.voided) ours.insert(unit.country);
  std::set<RecordId> silent;
  for (const auto& record : records)
    if (!record.slot("own").is_bool()) silent.insert(record.id);
  for (auto& unit : units)
    unit.foreign = silent.contains(unit.id) ? !unit.country.empty() && !ours.empty() && !ours.contains(unit.country) : !unit.own;
}

// The depth of the entry that said the rows of a reorganisation: the deepest of those that set them is one whose value is alive.
// What is being written has seen everything. An entry of another part gives no value and counts here neither.
Result<std::uint32_t> depth_of_rows(store::Database& db, const RecordView& record) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> entries;
  {
    NC_ASSIGN(auto query, db.prepare("SELECT arrival, depth FROM journal_entry WHERE record=?1 AND status=0 ORDER BY depth DESC"));
    query.bind_all(record.id);
    while (true) {
      NC_ASSIGN(const bool more, query.step());
      if (!more) break;
      entries.emplace_back(query.integer(0), static_cast<std::uint32_t>(query.integer(1)));
    }
  }
  const auto& field = record.type->slot("rows")->id;
  for (const auto& [arrival, depth] : entries) {
    NC_ASSIGN(const auto entry, journal::authority_entry(db, arrival));
    if (entry.header.stream.part == record.base_part().key && (entry.body.set.contains(field) || entry.body.add.contains(field)))
      return depth;
  }
  return 0;
}

Result<std::shared_ptr<const orgtree::OrgTree>> tree_of(store::Database& db, const catalog::Catalog& catalog,
                                                        const std::vector<RecordView>& unit_records,
                                                        const std::vector<RecordView>& instead) {
  std::vector<orgtree::Unit> units;
  std::vector<orgtree::Link> links;
  std::vector<orgtree::Lineage> lineage;
  units.reserve(unit_records.size());
  for (const auto& record : unit_records) units.push_back(unit_of(record));  // void ones, too: records name them
  say_who_is_foreign(unit_records, units);
  NC_ASSIGN(const auto changes, load_common(db, catalog, "org-change"));
  const auto add_rows = [&](const RecordView& record, std::uint32_t depth) {
    for (const auto& row : record.slot("rows").as_array()) add_row(row, record.id, depth, links, lineage);
  };
  const auto has_rows = [](const RecordView& record) { return !record.voided && record.slot("rows").is_array(); };
  std::set<RecordId> replaced;
  for (const auto& record : instead) replaced.insert(record.id);
  for (const auto& record : changes) {
    if (replaced.contains(record.id) || !has_rows(record)) continue;
    NC_ASSIGN(const auto depth, depth_of_rows(db, record));
    add_rows(record, depth);
  }
  for (const auto& record : instead)
    if (has_rows(record)) add_rows(record, kBeingWritten);
  return orgtree::OrgTree::build(std::move(units), std::move(links), std::move(lineage));
}

}  // namespace

Result<std::shared_ptr<const orgtree::OrgTree>> build_tree(store::Database& db, const catalog::Catalog& catalog,
                                                           const std::vector<RecordView>& instead) {
  NC_ASSIGN(const auto units, load_common(db, catalog, "org-unit"));
  return tree_of(db, catalog, units, instead);
}

Result<std::shared_ptr<const World>> build_world(store::Database& db, std::shared_ptr<const catalog::Catalog> catalog) {
  auto world = std::make_shared<World>();
  NC_ASSIGN(auto units, load_common(db, *catalog, "org-unit"));
  NC_ASSIGN(world->tree, tree_of(db, *catalog, units, {}));
  for (auto& unit : units) {
    for (auto& part : unit.parts) part.values = Json();
    world->units.emplace(unit.id, std::move(unit));
  }
  NC_ASSIGN(const auto accounts, load_types(db, *catalog, types_feeding(*catalog, "person-account")));
  for (const auto& record : accounts) {
    auto subject = subject_of(record);
    if (!subject.login.empty()) world->accounts.insert_or_assign(subject.login, std::move(subject));
  }
  NC_TRY(add_holdings(*world, db, *catalog));
  NC_ASSIGN(const auto delegations, load_types(db, *catalog, types_feeding(*catalog, "person-delegation")));
  for (const auto& record : delegations)
    if (auto delegation = delegation_of(record)) world->delegations.push_back(std::move(*delegation));
  NC_ASSIGN(const auto short_handed, load_types(db, *catalog, types_feeding(*catalog, "short-handed")));
  for (const auto& record : short_handed)
    if (auto said = short_handed_of(record)) world->short_handed.push_back(std::move(*said));
  world->catalog = std::move(catalog);
  return std::shared_ptr<const World>(std::move(world));
}

}  // namespace nc::records
