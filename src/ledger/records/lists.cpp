// Reading: one record, lists, titles. What the subject may not know is answered like what is absent.
#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/text.h"
#include "foundation/store/transaction.h"
#include "ledger/catalog/values.h"
#include "ledger/records/candidates.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/raising.h"
#include "ledger/records/tables.h"

namespace nc::records {
namespace {

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

// A WHERE clause in the making; values are always bound, never written into the text. The first parameter is the caller's.
class Clause {
 public:
  void add(const std::string& condition) { text_ += " AND " + condition; }
  std::string bound(std::string value) {
    texts_.push_back(std::move(value));
    return "?" + std::to_string(texts_.size() + 1);
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  void bind(store::Statement& statement) const {
    for (std::size_t i = 0; i < texts_.size(); ++i) statement.bind(static_cast<int>(i + 2), texts_[i]);
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
  const orgtree::OrgTree& tree;
  std::vector<std::string> types;
  std::set<std::string, std::less<>> wanted;  // the same
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
    const auto fields = fields_for(context.types, context.catalog, {slot});
    if (fields.empty()) return clause.add("0");
    std::string any;
    const auto value = clause.bound(wanted);
    for (const auto& field : fields) {
      const auto path = sql_text("$." + field);
      any += (any.empty() ? "" : " OR ");
      any += list ? "EXISTS(SELECT 1 FROM json_each(b.vals, " + path + ") j WHERE j.value = " + value + ")"
                  : "json_extract(b.vals, " + path + ") = " + value;
    }
    clause.add("EXISTS(SELECT 1 FROM part b WHERE b.sid = r.sid AND b.handling <= " + std::to_string(context.clearance) + " AND (" + any +
               "))");
  };
  equal("countries", context.query.country, true);
  equal("detail", context.query.detail, false);
  equal("level", context.query.level, false);
  equal("status", context.query.status, false);
}

std::set<UnitId> units_named_with(const std::string& word, const orgtree::OrgTree& tree) {
  std::set<UnitId> out;
  for (const auto& unit : tree.with_void_units())
    if (fold(unit.name + " " + unit.name_en).find(word) != std::string::npos) out.insert(unit.id);
  return out;
}

// Each word stands in the record's own text, or in the name of a unit that the record names.
void add_words(Clause& clause, const ListContext& context) {
  for (const auto& word : split_trimmed(fold(context.query.text), ' ')) {
    std::string either = "instr(r.text_fold, " + clause.bound(word) + ") > 0";
    if (const auto units = units_named_with(word, context.tree); !units.empty())
      either += " OR EXISTS(SELECT 1 FROM link l WHERE l.sid = r.sid AND l.handling <= " + std::to_string(context.clearance) +
                " AND l.target IN " + one_of_ids(units) + ")";
    clause.add("(" + either + ")");
  }
}

// What is asked of single records beside type, days and sight; record r is the one asked about.
Clause conditions_of(const ListContext& context) {
  Clause clause;
  if (!context.query.state.empty()) clause.add("r.state = " + clause.bound(context.query.state));
  add_choices(clause, context);
  add_words(clause, context);
  return clause;
}

// What it must name. Asked before it counts as looked at: links may be what leads to it, and whether they are depends on
// how many there are, hidden ones included.
Clause links_of_list(const ListContext& context) {
  Clause clause;
  add_links(clause, context);
  return clause;
}

// Whether a record whose rows are not there yet may belong to the list: of one of its types, and in its days.
bool may_belong(const WaitingRecord& record, const ListQuery& query, const std::vector<std::string>& types, const World& world) {
  if (std::ranges::find(types, record.type()) == types.end()) return false;
  if (!query.from && !query.until) return true;
  const auto& days = record.rows(world).days;
  return days && (!query.from || days->last >= *query.from) && (!query.until || days->first <= *query.until);
}

// Cursor: "<first day>|<id>" of the last record looked at.
std::string cursor_of(const Candidate& candidate) { return std::to_string(candidate.day) + "|" + candidate.id.hex(); }

Result<ListPlace> begin_of(const ListQuery& query) {
  constexpr std::int64_t kFar = 1'000'000'000;
  const bool newest = query.sort == ListQuery::Sort::kNewest;
  if (query.cursor.empty()) return ListPlace{!newest ? -kFar : query.until ? *query.until + std::int64_t{1} : kFar, {}};
  const auto bar = query.cursor.rfind('|');
  const auto id = bar == std::string::npos ? std::nullopt : RecordId::from_hex(query.cursor.substr(bar + 1));
  std::int64_t day = 0;
  const auto* end = query.cursor.data() + (id ? bar : 0);
  const auto [read, problem] = std::from_chars(query.cursor.data(), end, day);
  if (!id || problem != std::errc() || read != end)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The page address is broken")).at("cursor").then(NC_MSG("Begin the list anew")));
  return ListPlace{day, id};
}

// The way to the records that leads past the fewest others. A reader of few homes is led by them, whatever else there is.
Result<Candidates::Lead> lead_of(store::Database& db, const ListContext& context, const Sight& sight) {
  constexpr std::size_t kFew = 256, kFewTypes = 4, kFewHomes = 8, kManyHomes = 64;
  using Lead = Candidates::Lead;
  const auto& query = context.query;
  DaysAsked days;  // what lasts longer are few
  if (query.from) days.from = *query.from - kLastingDays;
  if (query.until) days.until = *query.until;
  std::vector<RecordId> targets(query.own.begin(), query.own.end());
  if (!query.counterpart.empty()) targets.assign(query.counterpart.begin(), query.counterpart.end());
  if (query.linked_to) targets = {*query.linked_to};
  if (!targets.empty()) {
    NC_ASSIGN(const auto links, count_of_links(db, targets, days, kFew));
    if (links < kFew || sight.homes().size() > kFewHomes) return Lead{Lead::By::kLink, {}, {}, std::move(targets)};
  }
  const Lead by_type{Lead::By::kType, {}, context.types, {}}, by_home{Lead::By::kHome, sight.homes(), {}, {}};
  if (context.types.size() <= kFewTypes) {
    NC_ASSIGN(const auto records, count_of_types(db, context.types, days, kFew));
    if (records < kFew) return by_type;
  }
  return sight.homes().size() <= kManyHomes ? by_home : by_type;
}

// The records of one list in its order.
class Walk {
 public:
  Walk(store::Database& db, const ListContext& context, const Sight& sight, Candidates candidates, std::size_t looked_at_max)
      : db_(db),
        context_(context),
        sight_(sight),
        candidates_(std::move(candidates)),
        links_(links_of_list(context)),
        conditions_(conditions_of(context)),
        looked_at_max_(looked_at_max) {}

  // The next one that belongs to the list; nothing when that was all, or when `looked_at_max` have been looked at.
  Result<const Candidate*> next() {
    while (true) {
      if (at_ == piece_.size()) {
        NC_ASSIGN(piece_, candidates_.next());
        at_ = 0;
        if (piece_.empty()) return nullptr;
      }
      const auto& candidate = piece_[at_++];
      if (candidate.id == taken_) continue;
      NC_ASSIGN(const bool seen, is_seen(candidate));
      if (!seen) continue;
      NC_ASSIGN(const bool linked, fits(links_, candidate));
      if (!linked) continue;
      // Only what he sees is counted: where a page ends must not tell of what is hidden.
      if (looked_at_max_ != 0 && looked_at_ == looked_at_max_) {
        gave_up_ = true;
        return nullptr;
      }
      ++looked_at_;
      last_ = candidate;
      taken_ = candidate.id;
      NC_ASSIGN(const bool fitting, fits(conditions_, candidate));
      if (!fitting) continue;
      return &last_;
    }
  }
  [[nodiscard]] bool gave_up() const { return gave_up_; }
  [[nodiscard]] const Candidate& last() const { return last_; }  // that was looked at

 private:
  Result<bool> is_seen(const Candidate& candidate) {
    const auto& query = context_.query;
    if (!context_.wanted.contains(candidate.type)) return false;
    if (query.until && (candidate.day == kNoDay || candidate.day > *query.until)) return false;
    const auto* type = context_.catalog.find(candidate.type);
    const auto seen = [&](int handling, std::int64_t audience, bool voided, const std::optional<std::int64_t>& last) {
      return (!voided || query.with_voided) && (!query.from || (last && *last >= *query.from)) && handling <= context_.clearance &&
             sight_.admits(type, handling, audience);
    };
    if (candidate.handling >= 0) return seen(candidate.handling, candidate.audience, candidate.voided, candidate.last);
    NC_ASSIGN(auto part, db_.prepare("SELECT p.handling, p.audience, r.voided, r.day_last FROM part p CROSS JOIN record r ON r.sid = p.sid"
                                     " WHERE p.sid = ? AND p.closed = 0"));
    part.bind(1, candidate.sid);
    while (true) {
      NC_ASSIGN(const bool more, part.step());
      if (!more) return false;
      if (seen(static_cast<int>(part.integer(0)), part.integer(1), part.integer(2) != 0, part.optional_integer(3))) return true;
    }
  }

  Result<bool> fits(const Clause& clause, const Candidate& candidate) {
    if (clause.text().empty()) return true;
    NC_ASSIGN(auto row, db_.prepare("SELECT 1 FROM record r WHERE r.sid = ?1" + clause.text()));
    row.bind(1, candidate.sid);
    clause.bind(row);
    return row.step();
  }

  store::Database& db_;
  const ListContext& context_;
  const Sight& sight_;
  Candidates candidates_;
  Clause links_, conditions_;
  std::vector<Candidate> piece_;
  std::size_t at_ = 0, looked_at_ = 0, looked_at_max_;
  Candidate last_;
  std::optional<RecordId> taken_;
  bool gave_up_ = false;
};

// The total of a list of more than one page, as far as it is worth the work: where each record must be looked into, less far.
Status count_whole(store::Database& db, const ListContext& context, const Sight& sight, Candidates::Lead lead, Page& page) {
  constexpr std::size_t kLookedIntoMax = 500, kFewTypes = 4;
  const bool looks_into = !conditions_of(context).text().empty();
  if (lead.by == Candidates::Lead::By::kType && context.types.size() > kFewTypes)
    lead = {Candidates::Lead::By::kHome, sight.homes(), {}, {}};
  auto whole = context.query;
  whole.cursor.clear();
  whole.sort = ListQuery::Sort::kNewest;
  NC_ASSIGN(const auto begin, begin_of(whole));
  // In the list's order where it may end early: what was counted by then must not depend on the way there.
  const auto order = looks_into ? Candidates::Order::kNewest : Candidates::Order::kAny;
  Walk walk(db, context, sight, {db, std::move(lead), order, begin, whole.from}, looks_into ? kLookedIntoMax : 0);
  std::unordered_set<std::int64_t> found;
  while (true) {
    NC_ASSIGN(const auto* next, walk.next());
    if (!next) break;
    if (found.size() == context.query.count_max && !found.contains(next->sid)) {
      page.more = true;
      break;
    }
    found.insert(next->sid);
  }
  page.more = page.more || walk.gave_up();
  page.total = std::max(page.total, static_cast<std::int64_t>(found.size()));
  return {};
}

}  // namespace

Error no_such_record() {
  return Error(ErrorCode::kNotFound, NC_MSG("There is no such record, or it is not for you"))
      .then(NC_MSG("Check the address, or ask your superior for access"));
}

namespace {

// What is told of a record whose open parts are not his: that it was withdrawn. Its state, its approval and what was changed
// last are those of the parts that he may not read.
void say_withdrawn_only(RecordView& view) {
  view.changed_ms = view.created_ms;
  view.arrival = 0;
  view.state.clear();
  view.voided = view.bound = false;
  view.alone.reset();
  for (auto& part : view.parts) part.heads.clear();
}

}  // namespace

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
  Json values{JsonObject{}};
  for (const auto& part : kept)
    for (const auto& [field, value] : part.values.as_object())
      if (!view.type || view.type->field(field)) values.set(field, value);  // a field of a later version is shown to nobody
  if (kept.size() < view.parts.size()) {                                    // a part that is not his may be the one that changed last
    view.changed_ms = view.created_ms;
    view.arrival = 0;
  }
  view.parts = std::move(kept);
  view.values = std::move(values);
  if (withdrawn(view)) say_withdrawn_only(view);
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
  // Asked first: what does not wait any more stands in the tables that are looked into then.
  if (const auto waiting = impl_->waiting.find(id)) return shown(waiting->rows(*now).view, who, *now);
  NC_ASSIGN(const auto db, impl_->reader_as_it_is());
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
  const auto types = types_of(query, *now->catalog);
  NC_ASSIGN(const auto db, impl_->reader_of([&](const WaitingRecord& record) { return may_belong(record, query, types, *now); }));
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  const auto scope = access::ReadScope::resolve(who, access::Action::kRead, *now->tree, *now->catalog);
  NC_ASSIGN(const auto sight, impl_->sights.of(*db, scope, *now));
  const ListContext context{
      query, *now->catalog, *now->tree, types, {types.begin(), types.end()}, static_cast<int>(std::min(ceiling, scope.clearance()))};
  NC_ASSIGN(const auto begin, begin_of(query));
  NC_ASSIGN(auto lead, lead_of(*db, context, *sight));
  const auto order = query.sort == ListQuery::Sort::kNewest ? Candidates::Order::kNewest : Candidates::Order::kOldest;
  Walk walk(*db, context, *sight, {*db, lead, order, begin, query.from}, query.looked_at_max);
  Page page;
  const auto limit = std::clamp<std::size_t>(query.limit, 1, 500);
  std::string last;
  std::size_t shown = 0;
  while (true) {
    NC_ASSIGN(const auto* found, walk.next());
    if (!found) break;
    if (shown == limit) {
      page.next_cursor = last;
      break;
    }
    ++shown;
    last = cursor_of(*found);
    NC_ASSIGN(auto view, load_record(*db, *now->catalog, found->id));
    auto cut = view ? cut_to(std::move(*view), who, *now, ceiling == catalog::Handling::kRestricted) : Cut{};
    if (cut.view) page.items.push_back(std::move(*cut.view));
  }
  page.unfinished = walk.gave_up();
  if (page.unfinished) page.next_cursor = cursor_of(walk.last());
  page.total = static_cast<std::int64_t>(shown);
  if (query.count_max > 0 && (!query.cursor.empty() || !page.next_cursor.empty()))
    NC_TRY(count_whole(*db, context, *sight, std::move(lead), page));
  return page;
}

Result<std::vector<RecordView>> Ledger::awaiting_confirmation(const access::Subject& who) const {
  const auto now = world();
  NC_ASSIGN(const auto db, impl_->reader());
  NC_ASSIGN(const auto snapshot, store::ReadTransaction::begin(*db));
  NC_ASSIGN(auto row, db->prepare("SELECT id FROM record WHERE alone_due IS NOT NULL AND voided = 0 ORDER BY alone_due, id"));
  std::vector<RecordView> out;
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    NC_ASSIGN(auto view, load_record(*db, *now->catalog, row.id<RecordId>(0)));
    if (!view) continue;
    if (auto seen = shown(std::move(*view), who, *now); seen && !withdrawn(*seen)) out.push_back(std::move(*seen));
  }
}

Result<RecordView> Ledger::by_code(const access::Subject& who, std::string_view feeds, std::string_view code) const {
  const auto now = world();
  std::vector<RecordId> found;
  {
    NC_ASSIGN(const auto db, impl_->reader());
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
    if (!view || withdrawn(*view)) continue;
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
