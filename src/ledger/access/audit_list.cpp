// The trail as a list: filters, pages, and the cut to whose rows a reader may see.
#include <algorithm>

#include "ledger/access/audit.h"
#include "ledger/access/audit_file.h"

namespace nc::access {
namespace {

constexpr std::size_t kRowsMax = 500;

// The accounts of a reach, beside the trail and in this connection alone, so that an index finds their rows.
Status lay_out(store::Database& db, const AuditReach& reach) {
  NC_TRY(db.exec("CREATE TEMP TABLE IF NOT EXISTS audit_reach(actor BLOB PRIMARY KEY) WITHOUT ROWID"));
  NC_TRY(db.exec("DELETE FROM temp.audit_reach"));
  NC_TRY(db.exec("CREATE TEMP TABLE IF NOT EXISTS audit_hidden(record BLOB PRIMARY KEY) WITHOUT ROWID"));
  NC_TRY(db.exec("DELETE FROM temp.audit_hidden"));
  for (const auto& record : reach.hidden) NC_TRY(db.run("INSERT OR IGNORE INTO temp.audit_hidden(record) VALUES(?1)", record));
  if (reach.whose == AuditReach::Whose::kAll) return {};
  for (const auto& account : reach.accounts) NC_TRY(db.run("INSERT OR IGNORE INTO temp.audit_reach(actor) VALUES(?1)", account));
  return {};
}

std::string of_whom(const AuditReach& reach, const std::string& actor) {
  switch (reach.whose) {
    case AuditReach::Whose::kAll: return "1";
    case AuditReach::Whose::kAllBut: return "(actor IS NULL OR " + actor + " NOT IN temp.audit_reach)";
    case AuditReach::Whose::kOnly: break;
  }
  return actor + " IN temp.audit_reach";
}

// `actor` is the column; "+actor" keeps its index out of the plan.
std::string within(const AuditReach& reach, const std::string& actor) {
  const auto whose = of_whom(reach, actor);
  return reach.hidden.empty() ? whose : "(" + whose + ") AND (record IS NULL OR +record NOT IN temp.audit_hidden)";
}

bool is_everything(const AuditReach& reach) { return reach.whose == AuditReach::Whose::kAll && reach.hidden.empty(); }

// Numbers of rows, as they count among those within reach.
class Numbers {
 public:
  Numbers(store::Database& db, const AuditReach& reach) : db_(db), reach_(reach) {}

  // The seq of the row with that number; more than any when there is none.
  Result<std::int64_t> seq_of(std::int64_t number) {
    if (is_everything(reach_)) {
      NC_ASSIGN(const auto gone, rows_gone());
      return number + gone;
    }
    NC_ASSIGN(const auto all, up_to(INT64_MAX));
    if (number > all) return INT64_MAX;
    // From the newest: that is where people look.
    return db_.integer("SELECT seq FROM audit_row WHERE " + within(reach_, "+actor") + " ORDER BY seq DESC LIMIT 1 OFFSET ?1",
                       all - number);
  }

  Result<std::vector<std::int64_t>> of(const std::vector<AuditRow>& rows) {
    std::vector<std::int64_t> numbers;
    if (rows.empty()) return numbers;
    if (is_everything(reach_)) {
      NC_ASSIGN(const auto gone, rows_gone());
      for (const auto& row : rows) numbers.push_back(row.seq - gone);
      return numbers;
    }
    NC_ASSIGN(auto number, up_to(rows.front().seq));
    numbers.push_back(number);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      NC_ASSIGN(const auto between,
                db_.integer("SELECT count(*) FROM audit_row WHERE seq > ?1 AND seq <= ?2 AND " + within(reach_, "+actor"), rows[i].seq,
                            rows[i - 1].seq));
      numbers.push_back(number -= between);
    }
    return numbers;
  }

 private:
  Result<std::int64_t> up_to(std::int64_t seq) {
    return db_.integer("SELECT count(*) FROM audit_row WHERE seq <= ?1 AND " + within(reach_, "actor"), seq);
  }
  Result<std::int64_t> rows_gone() { return db_.integer("SELECT ifnull(min(seq), 1) - 1 FROM audit_row"); }

  store::Database& db_;
  const AuditReach& reach_;
};

}  // namespace

Result<std::vector<RecordId>> AuditTrail::records() {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto* db, open(false));
  std::vector<RecordId> out;
  if (db == nullptr) return out;
  NC_ASSIGN(auto row, db->prepare("SELECT DISTINCT record FROM audit_row WHERE record IS NOT NULL"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back(row.id<RecordId>(0));
  }
}

bool AuditReach::admits(const PersonId& actor) const {
  const bool listed = std::find(accounts.begin(), accounts.end(), actor) != accounts.end();
  return whose == Whose::kAll || listed == (whose == Whose::kOnly);
}

Result<AuditPage> AuditTrail::list(const AuditQuery& query) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(settle_if_there());  // on a full disk the trail can still be read
  NC_ASSIGN(auto* db, open(false));
  AuditPage page;
  if (db == nullptr) return page;
  const AuditReach reach = query.reach.value_or(AuditReach{});
  NC_TRY(lay_out(*db, reach));
  const auto first_ms = [&](std::int32_t day) { return (static_cast<std::int64_t>(day) * 1440 - options_.zone_minutes) * 60'000; };
  const auto where = [&](const std::string& actor) {
    return " FROM audit_row WHERE " + within(reach, query.actor ? "+actor" : actor) +
           (query.actor ? " AND actor = ?1" : " AND ?1 IS NULL") +
           " AND (?2 = '' OR action = ?2) AND (?3 IS NULL OR record = ?3) AND (?4 IS NULL OR outcome = ?4)"
           " AND (?5 IS NULL OR at_ms >= ?5) AND (?6 IS NULL OR at_ms < ?6)";
  };
  const auto bind = [&](store::Statement& statement) {
    statement.bind_all(query.actor, query.action, query.record,
                       query.outcome ? std::optional<std::string_view>(outcome_name(*query.outcome)) : std::nullopt,
                       query.from ? std::optional(first_ms(*query.from)) : std::nullopt,
                       query.until ? std::optional(first_ms(*query.until + 1)) : std::nullopt);
  };
  NC_ASSIGN(auto count, db->prepare("SELECT count(*)" + where("actor")));
  bind(count);
  NC_TRY(count.step());
  page.total = count.integer(0);
  Numbers numbers(*db, reach);
  auto before = query.before;
  if (query.reach && before > 0) { NC_ASSIGN(before, numbers.seq_of(before)); }
  // By seq, and not by the index over actors: the newest rows are soon found.
  NC_ASSIGN(auto rows,
            db->prepare(std::string("SELECT ") + kAuditColumns + where("+actor") + " AND (?7 = 0 OR seq < ?7) ORDER BY seq DESC LIMIT ?8"));
  bind(rows);
  const auto limit = std::clamp<std::size_t>(query.limit, 1, kRowsMax);
  rows.bind(7, before).bind(8, limit + 1);
  bool more = false;
  while (!more) {
    NC_ASSIGN(const bool found, rows.step());
    if (!found) break;
    more = page.rows.size() == limit;
    if (!more) page.rows.push_back(audit_row_from(rows));
  }
  NC_TRY(rows.status());
  if (query.reach) {
    NC_ASSIGN(page.numbers, numbers.of(page.rows));
  } else {
    for (const auto& row : page.rows) page.numbers.push_back(row.seq);
  }
  if (more) page.next_before = page.numbers.back();
  return page;
}

}  // namespace nc::access
