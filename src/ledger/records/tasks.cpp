#include "ledger/records/tasks.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>

#include "foundation/store/database.h"
#include "ledger/records/ledger_impl.h"
#include "ledger/records/seen.h"
#include "ledger/records/sight.h"
#include "ledger/records/tables.h"
#include "ledger/records/task_rows.h"

namespace nc::records {
namespace {

using access::Action;

constexpr std::size_t kPiece = 64;       // rows of a lane at a time
constexpr std::size_t kManyUnits = 64;   // more lanes than that are read as one, by day
constexpr std::size_t kCountedMax = 64;  // readers whose count is kept

// What his roles let him do today, wherever it is; only to leave out early what he can never do.
std::set<std::string, std::less<>> capabilities_of(const access::Subject& who, const catalog::Catalog& catalog) {
  std::set<std::string, std::less<>> out;
  for (const auto& grant : who.grants) {
    const auto* role = catalog.role(grant.role);
    if (role != nullptr && grant.from.value_or(kDayMin) <= who.today && who.today <= grant.until.value_or(kDayMax))
      out.insert(role->capabilities.begin(), role->capabilities.end());
  }
  return out;
}

// His own unit, by all names that it had.
std::set<UnitId> own_units(const access::Subject& who, const orgtree::OrgTree& tree) {
  return tree.predecessors(tree.renamed_as_of(who.unit, who.today));
}

std::set<UnitId> units_reached(const access::Subject& who, const orgtree::OrgTree& tree) {
  std::set<UnitId> out;
  for (const auto& grant : who.grants) {
    if (!grant.unit) continue;
    const auto now = tree.renamed_as_of(*grant.unit, who.today);
    out.merge(tree.as_of(now, who.today) == now ? tree.scope_as_of(now, grant.line, who.today) : tree.predecessors(now));
  }
  return out;
}

struct Line {
  std::int64_t due = 0;
  RecordId id;
  std::string rule;
  std::int64_t handling = 0, audience = 0;
  RecordId whose;
  [[nodiscard]] auto place() const { return std::tie(due, id, rule, handling, audience); }
};

// One way to rows in order of (due, id, rule): what waits for one unit or person, or what waits for anybody.
struct Lane {
  std::optional<RecordId> whose;
  bool step = false;
};

// Behind which the next rows stand. A cursor names a task, whatever rows it has.
struct Place {
  std::int64_t due = -kNoTaskDay;
  std::optional<RecordId> id;
  std::string rule;
  std::int64_t handling = std::numeric_limits<std::int64_t>::max(), audience = handling;
};

std::string cursor_of(const Line& row) { return std::to_string(row.due) + "|" + row.id.hex() + "|" + row.rule; }

Result<Place> begin_of(const TaskQuery& query) {
  Place out;
  if (query.from) out.due = *query.from;
  if (query.cursor.empty()) return out;
  const auto first = query.cursor.find('|'), last = query.cursor.rfind('|');
  const auto id = first == last ? std::nullopt : RecordId::from_hex(query.cursor.substr(first + 1, last - first - 1));
  const auto* end = query.cursor.data() + (id ? first : 0);
  const auto [read, problem] = std::from_chars(query.cursor.data(), end, out.due);
  if (!id || problem != std::errc() || read != end)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The page address is broken")).at("cursor").then(NC_MSG("Begin the list anew")));
  out.id = id;
  out.rule = query.cursor.substr(last + 1);
  return out;
}

// Tasks of all lanes in one order, read piece by piece.
class TaskRun {
 public:
  TaskRun(store::Database& db, std::vector<Lane> lanes, Place from, std::int64_t until)
      : db_(db), lanes_(std::move(lanes)), from_(std::move(from)), until_(until) {}

  Result<const Line*> next() {
    if (at_ == piece_.size()) {
      if (over_) return nullptr;
      NC_TRY(read_piece());
      if (piece_.empty()) return nullptr;
    }
    return &piece_[at_++];
  }

 private:
  Status read_piece() {
    piece_.clear();
    at_ = 0;
    for (const auto& lane : lanes_) NC_TRY(add_lane(lane));
    std::sort(piece_.begin(), piece_.end(), [](const Line& a, const Line& b) { return a.place() < b.place(); });
    // A lane that was full may go on before the last rows of others.
    over_ = piece_.size() < kPiece;
    if (piece_.size() > kPiece) piece_.resize(kPiece);
    if (!piece_.empty()) {
      const auto& last = piece_.back();
      from_ = {last.due, last.id, last.rule, last.handling, last.audience};
    }
    return {};
  }

  Status add_lane(const Lane& lane) {
    static constexpr const char* kOf =
        "SELECT due, id, rule, handling, audience, whose FROM task WHERE whose = ?1 AND step = ?2"
        " AND (due, id, rule, handling, audience) > (?3, ?4, ?5, ?6, ?7) AND due <= ?8 ORDER BY due, id, rule, handling, audience LIMIT ?9";
    static constexpr const char* kOfAll =
        "SELECT due, id, rule, handling, audience, whose FROM task INDEXED BY task_by_day WHERE step = ?2"
        " AND (due, id, rule, handling, audience) > (?3, ?4, ?5, ?6, ?7) AND due <= ?8 ORDER BY due, id, rule, handling, audience LIMIT ?9";
    NC_ASSIGN(auto row, db_.prepare(lane.whose ? kOf : kOfAll));
    if (lane.whose) row.bind(1, *lane.whose);
    row.bind(2, lane.step).bind(3, from_.due);
    if (from_.id) row.bind(4, *from_.id);
    else row.bind_blob(4, std::string_view("", 0));
    row.bind(5, from_.rule).bind(6, from_.handling).bind(7, from_.audience).bind(8, until_).bind(9, static_cast<std::int64_t>(kPiece));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) return {};
      piece_.push_back({row.integer(0), row.id<RecordId>(1), row.text(2), row.integer(3), row.integer(4), row.id<RecordId>(5)});
    }
  }

  store::Database& db_;
  std::vector<Lane> lanes_;
  Place from_;
  std::int64_t until_;
  std::vector<Line> piece_;
  std::size_t at_ = 0;
  bool over_ = false;
};

}  // namespace

namespace {
struct Filling {
  TaskPage& page;
  const TaskQuery& query;
  std::size_t looked_at = 0;
  Line last{};  // that he saw
  bool full = false;
};
}  // namespace

// One question of one reader, in one snapshot.
struct OpenTasks::Reader {
  const catalog::TaskBook& book;
  store::Database& db;
  const journal::Journal& journal;
  const access::Subject& who;
  const World& world;
  const Sight& sight;
  catalog::Handling ceiling;
  std::set<std::string, std::less<>> held;
  std::set<UnitId> units;  // whose tasks are his, if they are steps or he asked for all below
  std::set<RecordId> own;  // whose tasks are his in any case

  [[nodiscard]] std::vector<Lane> lanes(bool units_below) const {
    std::vector<Lane> out;
    for (const auto& one : own)
      for (const bool step : {false, true}) out.push_back({one, step});
    std::vector<RecordId> others;
    for (const auto& unit : units)
      if (!own.contains(unit)) others.push_back(unit);
    const bool by_unit = others.size() <= kManyUnits;
    for (const bool step : {false, true}) {
      if (!step && !units_below) continue;
      if (!by_unit) out.push_back({std::nullopt, step});
      else
        for (const auto& unit : others) out.push_back({unit, step});
    }
    return out;
  }

  [[nodiscard]] bool can_ever(const catalog::TaskRule* rule, const catalog::Transition* transition) const {
    if (rule == nullptr) return held.contains("resolve");
    return transition != nullptr ? held.contains(transition->capability) : held.contains("amend");
  }

  // Whether he may do what its button leads to, now.
  Result<bool> may(const RecordView& view, const PartView& part, const catalog::TaskRule* rule,
                   const catalog::Transition* transition) const {
    const auto ask = [&](const access::Subject& subject, Action action, const access::Object& object) {
      return access::decide(subject, action, object, *world.tree, *world.catalog).allow;
    };
    auto object = object_of(view, part, *world.tree);
    if (rule == nullptr) return ask(who, Action::kResolve, object);
    if (transition == nullptr) return ask(who, Action::kAmend, object);
    if (transition->separate || transition->binding || transition->by != catalog::Transition::By::kAnyone) {
      NC_ASSIGN(const auto entries, journal.entries_of(db, view.id));
      object.amenders = authors_of(entries);
      object.entered_by = entered_by(entries, view.state);
    }
    say_step(object, *transition);
    say_unit_now(object, view, *transition, who, world);
    if (!transition->binding) return ask(who, Action::kTransition, object);
    object.signature_present = true;  // the page for signing asks for it, and for the password
    auto signer = who;
    signer.strength = access::Strength::kStepUp;
    return ask(signer, Action::kApprove, object);
  }

  // Nothing: it is not for him to see. `his` is false when he sees it and another does it.
  struct Looked {
    std::optional<Task> task;
    bool seen = false;
  };
  Result<Looked> look_at(const Line& row) const {
    const auto* rule = book.find(row.rule);
    if (rule == nullptr && row.rule != kConflictRule && row.rule != kStatesRule) return Looked{};
    if (row.handling > static_cast<std::int64_t>(ceiling)) return Looked{};
    NC_ASSIGN(auto view, load_record(db, *world.catalog, row.id));
    if (!view || view->type == nullptr || !sight.admits(view->type, static_cast<int>(row.handling), row.audience)) return Looked{};
    const auto* transition =
        rule != nullptr && rule->opens == catalog::TaskRule::Opens::kStep ? view->type->transition(rule->step) : nullptr;
    if (!can_ever(rule, transition)) return Looked{};
    auto cut = cut_to(std::move(*view), who, world, ceiling == catalog::Handling::kRestricted);
    if (!cut.view) return Looked{};
    const auto is_part = [&](const PartView& part) {
      return static_cast<std::int64_t>(part.key.handling) == row.handling &&
             (rule != nullptr || row.rule == kStatesRule || !part.conflicts.empty());
    };
    const auto part = std::find_if(cut.view->parts.begin(), cut.view->parts.end(), is_part);
    if (part == cut.view->parts.end()) return Looked{};
    NC_ASSIGN(const bool his, may(*cut.view, *part, rule, transition));
    if (!his) return Looked{std::nullopt, true};
    const auto due = row.due == kNoTaskDay ? std::nullopt : std::optional(static_cast<std::int32_t>(row.due));
    return Looked{Task{std::move(*cut.view), rule, transition, due}, true};
  }
  Status fill(TaskRun rows, Filling& page) const;
};

// Puts what is his into the page until it is full, enough was looked at, or that was all.
Status OpenTasks::Reader::fill(TaskRun rows, Filling& page) const {
  while (true) {
    NC_ASSIGN(const auto* row, rows.next());
    if (row == nullptr) return {};
    if (!own.contains(row->whose) && !units.contains(row->whose)) continue;
    if (row->id == page.last.id && row->rule == page.last.rule) continue;  // its other part
    NC_ASSIGN(auto looked, look_at(*row));
    if (!looked.seen) continue;
    if (page.page.items.size() == page.query.limit || page.looked_at == page.query.looked_at_max) {
      page.page.next_cursor = cursor_of(page.last);
      page.full = true;
      return {};
    }
    ++page.looked_at;
    page.last = *row;
    if (looked.task) page.page.items.push_back(std::move(*looked.task));
  }
}

OpenTasks::OpenTasks(Ledger& ledger, catalog::TaskBook book)
    : ledger_(ledger),
      book_(std::move(book)),
      sights_(std::make_unique<SightCache>()),
      changes_(std::make_shared<std::atomic<std::uint64_t>>(1)) {
  ledger.observe([changes = changes_](const CommitNotice&) { ++*changes; });
}

OpenTasks::~OpenTasks() = default;

Result<std::unique_ptr<OpenTasks>> OpenTasks::of(Ledger& ledger) {
  NC_ASSIGN(auto book, catalog::TaskBook::load(DataDir{ledger.dir()}.catalog(), *ledger.world()->catalog));
  return std::unique_ptr<OpenTasks>(new OpenTasks(ledger, std::move(book)));
}

bool OpenTasks::any_for(const access::Subject& who) const {
  const auto world = ledger_.world();
  const auto held = capabilities_of(who, *world->catalog);
  if (held.contains("amend") || held.contains("resolve")) return true;
  return std::any_of(book_.rules().begin(), book_.rules().end(), [&](const catalog::TaskRule& rule) {
    return !rule.step.empty() && std::any_of(rule.types.begin(), rule.types.end(), [&](const std::string& type) {
      return held.contains(world->catalog->find(type)->transition(rule.step)->capability);
    });
  });
}

Result<TaskPage> OpenTasks::list_up_to(catalog::Handling ceiling, const access::Subject& who, const TaskQuery& query) const {
  const auto world = ledger_.world();
  const auto scope = access::ReadScope::resolve(who, Action::kRead, *world->tree, *world->catalog);
  NC_ASSIGN(const auto begin, begin_of(query));
  TaskPage page;
  if (scope.nothing()) return page;
  const auto look = [&](store::Database& db, const journal::Journal& journal) -> Status {
    NC_ASSIGN(const auto sight, sights_->of(db, scope, *world));
    Reader reader{book_,
                  db,
                  journal,
                  who,
                  *world,
                  *sight,
                  std::min(ceiling, scope.clearance()),
                  capabilities_of(who, *world->catalog),
                  units_reached(who, *world->tree),
                  own_units(who, *world->tree)};
    reader.own.insert(who.person);
    const auto lanes = reader.lanes(query.units_below);
    Filling filling{page, query};
    if (begin.due < kNoTaskDay) {
      NC_TRY(reader.fill(TaskRun(db, lanes, begin, query.until ? *query.until : kNoTaskDay - 1), filling));
      if (filling.full || !query.undated) return {};
      return reader.fill(TaskRun(db, lanes, {kNoTaskDay - 1, std::nullopt, {}}, kNoTaskDay), filling);
    }
    return reader.fill(TaskRun(db, lanes, begin, kNoTaskDay), filling);
  };
  NC_TRY(ledger_.inspect(look));
  return page;
}

Result<TaskPage> OpenTasks::list(const access::Subject& who, const TaskQuery& query) const {
  NC_ASSIGN(auto page, list_up_to(catalog::Handling::kRestricted, who, query));
  std::vector<RecordId> restricted;
  for (const auto& task : page.items)
    if (std::any_of(task.record.parts.begin(), task.record.parts.end(), [](const PartView& part) {
          return part.key.handling == static_cast<journal::HandlingLevel>(catalog::Handling::kRestricted);
        }))
      restricted.push_back(task.record.id);
  if (restricted.empty() || ledger_.audit().write_restricted_reads(who.person, restricted)) return page;
  return list_up_to(catalog::Handling::kInternal, who, query);
}

Result<TaskCount> OpenTasks::count(const access::Subject& who, std::int32_t until, std::size_t most) const {
  NC_TRY(ledger_.catch_up());  // what is not yet derived has not been told of either
  const auto change = changes_->load();
  const std::pair key{who.person, who.strength};
  {
    const std::lock_guard lock(mutex_);
    const auto at = counted_.find(key);
    if (at != counted_.end() && at->second.change == change && at->second.day == who.today && at->second.minute == who.minute &&
        at->second.until == until && at->second.most == most)
      return at->second.count;
  }
  TaskQuery query;
  query.until = until;
  query.limit = most;
  // A number shows no content: nothing is written down for it.
  NC_ASSIGN(const auto page, list_up_to(catalog::Handling::kRestricted, who, query));
  const TaskCount count{page.items.size(), !page.next_cursor.empty()};
  const std::lock_guard lock(mutex_);
  if (counted_.size() >= kCountedMax) counted_.clear();
  counted_[key] = {change, who.today, who.minute, until, most, count};
  return count;
}

}  // namespace nc::records
