// Reading: one record, lists, titles. What the subject may not know is answered like what is absent.
#include "base/text.h"
#include "foundation/store/transaction.h"
#include "ledger/catalog/values.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/tables.h"

namespace nc::records {
namespace {

// Interned audiences with the counterpart chains that access asks for, resolved in today's tree.
std::vector<access::ReadScope::InternedAudience> audiences_in(const std::vector<AudienceRow>& rows, const orgtree::OrgTree& tree) {
  std::vector<access::ReadScope::InternedAudience> out;
  for (const auto& row : rows) {
    access::ReadScope::InternedAudience item;
    item.id = row.id;
    item.for_all = row.audience.kind == journal::Audience::Kind::kAll || row.audience.kind == journal::Audience::Kind::kAuthority;
    item.owners = row.audience.units;
    for (const auto& id : row.counterparts)
      if (const auto* unit = tree.find(id); unit && !unit->chain.empty()) item.chains.push_back(unit->chain);
    out.push_back(std::move(item));
  }
  return out;
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// A WHERE clause in the making; values are always bound, never written into the text.
class Clause {
 public:
  void add(const std::string& condition) { text_ += " AND " + condition; }
  std::string bound(std::string value) {
    texts_.push_back(std::move(value));
    return "?" + std::to_string(texts_.size());
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  void bind(store::Statement& statement) const {
    for (std::size_t i = 0; i < texts_.size(); ++i) statement.bind(static_cast<int>(i + 1), texts_[i]);
  }

 private:
  std::string text_;
  std::vector<std::string> texts_;
};

std::vector<std::string> types_of(const ListQuery& query, const catalog::Catalog& catalog) {
  if (!query.types.empty()) return query.types;
  std::vector<std::string> out;
  for (const auto& type : catalog.types())
    if (query.feeds.empty() || std::find(query.feeds.begin(), query.feeds.end(), type.feeds) != query.feeds.end()) out.push_back(type.id);
  return out;
}

std::set<std::string> fields_for(const std::vector<std::string>& types, const catalog::Catalog& catalog,
                                 std::initializer_list<const char*> slots) {
  std::set<std::string> out;
  for (const auto& id : types) {
    const auto* type = catalog.find(id);
    for (const auto* slot : slots)
      if (const auto* field = type ? type->slot(slot) : nullptr) out.insert(field->id);
  }
  return out;
}

std::string one_of_texts(const std::set<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ",") + sql_text(value);
  return "(" + out + ")";
}

std::string one_of_ids(const std::set<UnitId>& ids) {
  std::string out;
  for (const auto& id : ids) out += (out.empty() ? "x'" : ",x'") + id.hex() + "'";
  return "(" + out + ")";
}

bool is_restricted(const PartView& part) {
  return part.key.handling == static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted);
}

struct ListContext {
  const ListQuery& query;
  const catalog::Catalog& catalog;
  std::vector<std::string> types;
  int clearance;
};

void add_links(Clause& clause, const ListContext& context) {
  const auto linked = [&](std::initializer_list<const char*> slots, const std::set<UnitId>& units) {
    const auto fields = fields_for(context.types, context.catalog, slots);
    clause.add("EXISTS(SELECT 1 FROM link l WHERE l.sid = r.sid AND l.handling <= " + std::to_string(context.clearance) +
               " AND l.field IN " + one_of_texts(fields) + " AND l.target IN " + one_of_ids(units) + ")");
  };
  if (!context.query.own.empty()) linked({"lead", "own"}, context.query.own);
  if (!context.query.counterpart.empty()) linked({"counterpart"}, context.query.counterpart);
  if (context.query.linked_to)
    clause.add("EXISTS(SELECT 1 FROM link l WHERE l.sid = r.sid AND l.handling <= " + std::to_string(context.clearance) +
               " AND l.target = x'" + context.query.linked_to->hex() + "')");
}

void add_choices(Clause& clause, const ListContext& context) {
  const auto equal = [&](const char* slot, const std::string& wanted, bool list) {
    if (wanted.empty()) return;
    std::string any;
    const auto value = clause.bound(wanted);
    for (const auto& field : fields_for(context.types, context.catalog, {slot})) {
      const auto path = sql_text("$." + field);
      any += (any.empty() ? "" : " OR ");
      any += list ? "EXISTS(SELECT 1 FROM json_each(b.vals, " + path + ") j WHERE j.value = " + value + ")"
                  : "json_extract(b.vals, " + path + ") = " + value;
    }
    clause.add(any.empty() ? "0"
                           : "EXISTS(SELECT 1 FROM part b WHERE b.sid = r.sid AND b.handling <= " + std::to_string(context.clearance) +
                                 " AND (" + any + "))");
  };
  equal("countries", context.query.country, true);
  equal("detail", context.query.detail, false);
  equal("level", context.query.level, false);
  equal("status", context.query.status, false);
}

std::set<UnitId> units_named_with(const std::string& word, const orgtree::OrgTree& tree) {
  std::set<UnitId> out;
  for (const auto& unit : tree.units())
    if (fold(unit.name + " " + unit.name_en).find(word) != std::string::npos) out.insert(unit.id);
  return out;
}

// Each word stands in the record's own text, or in the name of a unit that the record names.
void add_words(Clause& clause, const ListContext& context, const orgtree::OrgTree& tree) {
  for (const auto& word : split_trimmed(fold(context.query.text), ' ')) {
    std::string either = "instr(r.text_fold, " + clause.bound(word) + ") > 0";
    if (const auto units = units_named_with(word, tree); !units.empty())
      either += " OR r.sid IN (SELECT l.sid FROM link l WHERE l.handling <= " + std::to_string(context.clearance) + " AND l.target IN " +
                one_of_ids(units) + ")";
    clause.add("(" + either + ")");
  }
}

std::string sort_key(ListQuery::Sort sort) {
  return sort == ListQuery::Sort::kCode ? "coalesce(r.code, '')" : "coalesce(r.day_first, -1000000)";
}

// Cursor: "<sort value>|<id>" of the last row shown.
Status add_cursor(Clause& clause, const ListQuery& query) {
  if (query.cursor.empty()) return {};
  const auto bar = query.cursor.rfind('|');
  const auto id = bar == std::string::npos ? std::nullopt : RecordId::from_hex(query.cursor.substr(bar + 1));
  if (!id) return fail(Error(ErrorCode::kInvalid, NC_MSG("The page address is broken")).at("cursor").then(NC_MSG("Begin the list anew")));
  const auto value = query.cursor.substr(0, bar);
  const bool by_code = query.sort == ListQuery::Sort::kCode;
  const auto bound = by_code ? clause.bound(value) : "CAST(" + clause.bound(value) + " AS INTEGER)";
  clause.add("(" + sort_key(query.sort) + ", r.id) " + (query.sort == ListQuery::Sort::kNewest ? "<" : ">") + " (" + bound + ", x'" +
             id->hex() + "')");
  return {};
}

}  // namespace

Error no_such_record() {
  return Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you"))
      .then(NC_MSG("Check the address, or ask your superior for access"));
}

Cut cut_to(RecordView view, const access::Subject& who, const World& world, bool audit_written) {
  Cut cut{std::nullopt, false, no_such_record()};
  std::vector<PartView> kept;
  for (auto& part : view.parts) {
    auto object = object_of(view, part, *world.tree);
    object.audit_written = audit_written;
    const bool restricted = object.handling == catalog::Handling::kRestricted;
    const auto action = restricted ? access::Action::kReadRestricted : access::Action::kRead;
    auto decision = access::decide(who, action, object, *world.tree, *world.catalog);
    if (decision.may_know && !decision.allow) cut.reason = std::move(decision.reason);
    if (!decision.allow) continue;
    cut.restricted |= restricted;
    kept.push_back(std::move(part));
  }
  if (kept.empty()) return cut;
  const bool all_closed = std::all_of(kept.begin(), kept.end(), [](const auto& part) { return part.closed; });
  Json values{JsonObject{}};
  for (const auto& part : kept)
    if (!part.closed || all_closed)
      for (const auto& [field, value] : part.values.as_object())
        if (!view.type || view.type->field(field)) values.set(field, value);  // a field of a later version is shown to nobody
  if (kept.size() < view.parts.size()) {                                      // a part that is not his may be the one that changed last
    view.changed_ms = view.created_ms;
    view.arrival = 0;
  }
  view.parts = std::move(kept);
  view.values = std::move(values);
  cut.view = std::move(view);
  return cut;
}

Result<RecordView> Ledger::shown(RecordView view, const access::Subject& who, const World& now) const {
  auto cut = cut_to(view, who, now, true);
  if (cut.restricted && !impl_->audit->write_restricted_reads(who.person, {view.id})) cut = cut_to(std::move(view), who, now, false);
  if (!cut.view) return fail(std::move(cut.reason));
  return std::move(*cut.view);
}

Result<RecordView> Ledger::read(const access::Subject& who, const RecordId& id) const {
  const auto now = world();
  const auto db = impl_->readers->lease();
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(auto view, load_record(*db, *now->catalog, id));
  if (!view) return fail(no_such_record());
  return shown(std::move(*view), who, *now);
}

Result<Page> Ledger::list(const access::Subject& who, const ListQuery& query) const {
  NC_ASSIGN(auto page, list_up_to(catalog::Handling::kRestricted, who, query));
  std::vector<RecordId> restricted;
  for (const auto& record : page.items)
    if (std::any_of(record.parts.begin(), record.parts.end(), is_restricted)) restricted.push_back(record.id);
  if (restricted.empty() || impl_->audit->write_restricted_reads(who.person, restricted)) return page;
  return list_up_to(catalog::Handling::kInternal, who, query);  // as if nothing higher were there
}

Result<Page> Ledger::list_up_to(catalog::Handling ceiling, const access::Subject& who, const ListQuery& query) const {
  const auto now = world();
  const auto db = impl_->readers->lease();
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(const auto audiences, load_audiences(*db));
  const auto scope = access::ReadScope::resolve(who, access::Action::kRead, *now->tree, *now->catalog);
  const ListContext context{query, *now->catalog, types_of(query, *now->catalog), static_cast<int>(std::min(ceiling, scope.clearance()))};
  Clause clause;
  clause.add("EXISTS(SELECT 1 FROM part WHERE part.sid = r.sid AND part.handling <= " + std::to_string(context.clearance) + " AND (" +
             scope.sql(audiences_in(audiences, *now->tree), *now->catalog) + "))");
  clause.add("r.type IN " + one_of_texts({context.types.begin(), context.types.end()}));
  if (!query.with_voided) clause.add("r.voided = 0");
  if (query.from) clause.add("r.day_last >= " + std::to_string(*query.from));
  if (query.until) clause.add("r.day_first <= " + std::to_string(*query.until));
  if (!query.state.empty()) clause.add("r.state = " + clause.bound(query.state));
  add_links(clause, context);
  add_choices(clause, context);
  add_words(clause, context, *now->tree);
  Page page;
  {
    NC_ASSIGN(auto count, db->prepare("SELECT count(*) FROM record r WHERE 1" + clause.text()));
    clause.bind(count);
    NC_TRY(count.step());
    page.total = count.integer(0);
  }
  NC_TRY(add_cursor(clause, query));
  const auto limit = std::clamp<std::size_t>(query.limit, 1, 500);
  const auto direction = query.sort == ListQuery::Sort::kNewest ? " DESC" : " ASC";
  NC_ASSIGN(auto rows, db->prepare("SELECT r.id, " + sort_key(query.sort) + " FROM record r WHERE 1" + clause.text() + " ORDER BY " +
                                   sort_key(query.sort) + direction + ", r.id" + direction + " LIMIT " + std::to_string(limit + 1)));
  clause.bind(rows);
  std::string last;
  while (true) {
    NC_ASSIGN(const bool row, rows.step());
    if (!row) break;
    if (page.items.size() == limit) {
      page.next_cursor = last;
      break;
    }
    const auto id = rows.id<RecordId>(0);
    last = rows.text(1) + "|" + id.hex();
    NC_ASSIGN(auto view, load_record(*db, *now->catalog, id));
    auto cut = view ? cut_to(std::move(*view), who, *now, ceiling == catalog::Handling::kRestricted) : Cut{};
    if (cut.view) page.items.push_back(std::move(*cut.view));
  }
  return page;
}

Result<std::vector<RecordView>> Ledger::awaiting_confirmation(const access::Subject& who) const {
  const auto now = world();
  const auto db = impl_->readers->lease();
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(auto row, db->prepare("SELECT id FROM record WHERE alone_due IS NOT NULL AND voided = 0 ORDER BY alone_due, id"));
  std::vector<RecordView> out;
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    NC_ASSIGN(auto view, load_record(*db, *now->catalog, row.id<RecordId>(0)));
    if (!view) continue;
    if (auto seen = shown(std::move(*view), who, *now)) out.push_back(std::move(*seen));
  }
}

Result<RecordView> Ledger::by_code(const access::Subject& who, std::string_view feeds, std::string_view code) const {
  const auto now = world();
  std::vector<RecordId> found;
  {
    const auto db = impl_->readers->lease();
    for (const auto* type : now->catalog->feeding(feeds)) {
      NC_ASSIGN(auto row, db->prepare("SELECT id FROM record WHERE code = ? AND type = ?"));
      row.bind_all(code, type->id);
      while (true) {
        NC_ASSIGN(const bool more, row.step());
        if (!more) break;
        found.push_back(row.id<RecordId>(0));
      }
    }
  }
  std::optional<RecordView> match;
  for (const auto& id : found) {
    auto view = read(who, id);
    if (!view) continue;
    if (match)
      return fail(Error(ErrorCode::kInvalid, NC_MSG("The code “{1}” stands for several records"), {std::string(code)})
                      .then(NC_MSG("Use the record's id")));
    match = std::move(*view);
  }
  if (!match) return fail(no_such_record());
  return std::move(*match);
}

std::string Ledger::title(const access::Subject& who, const RecordId& id, std::string_view lang) const {
  const auto now = world();
  if (const auto* unit = now->tree->find(id); unit && reads_units(who, *now)) {
    if (!unit->name.empty() || !unit->name_en.empty()) return lang == "en" && !unit->name_en.empty() ? unit->name_en : unit->name;
  }
  const auto view = read(who, id);
  if (!view) return id.hex().substr(0, 8) + "…";
  const auto shallow = [&](const RecordId& target) -> std::string {
    const auto* unit = now->tree->find(target);
    if (!unit) return target.hex().substr(0, 8) + "…";
    return lang == "en" && !unit->name_en.empty() ? unit->name_en : unit->name;
  };
  return title_of(*view, lang, shallow);
}

}  // namespace nc::records
