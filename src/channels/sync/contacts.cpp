#include "channels/sync/contacts.h"

#include <algorithm>
#include <functional>

#include "base/error_json.h"
#include "base/json.h"
#include "base/text.h"
#include "channels/sync/tables.h"
#include "foundation/store/all_rows.h"
#include "ledger/records/foreign.h"

namespace nc::sync {
namespace {

constexpr std::size_t kTextMax = 200;  // of a version
constexpr const char* kColumns =
    "node, way, at, whole, same, to_send, to_get, same_at, behind_since, clock_ahead, version, notices, failed_at, failure";

Contact contact_in(const store::Statement& row) {
  const auto perhaps = [&](int column) { return row.is_null(column) ? std::nullopt : std::optional(row.integer(column)); };
  Contact out;
  out.node = row.id<NodeId>(0);
  out.way = static_cast<Way>(row.integer(1));
  out.at_ms = row.integer(2);
  out.whole = row.integer(3) != 0;
  out.same = row.integer(4) != 0;
  out.to_send = perhaps(5);
  out.to_get = perhaps(6);
  out.same_at_ms = row.integer(7);
  out.behind_since_ms = row.integer(8);
  out.clock_ahead_ms = perhaps(9);
  out.version = row.text(10);
  if (const auto notices = parse_json(row.text(11)); notices && notices->is_array())
    for (const auto& one : notices->as_array())
      if (one.is_string()) out.notices.push_back(kept_error(one.as_string()));
  out.failed_at_ms = row.integer(12);
  if (const auto why = row.text(13); !why.empty()) out.failure = kept_error(why);
  return out;
}

// Whether there are contacts, and of this incarnation. Those of a directory of before it was written down are taken to be.
Result<bool> has_own(store::Database& db, const IncarnationId& self) {
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema WHERE name IN ('sync_contact', 'sync_contact_self')"));
  if (tables < 2) return tables > 0;
  NC_ASSIGN(const auto others, db.integer("SELECT count(*) FROM sync_contact_self WHERE incarnation<>?1", self));
  return others == 0;
}

// Begins anew when another incarnation had written here.
Status make_own(store::Database& db, const IncarnationId& self) {
  NC_TRY(make_tables(db));
  NC_ASSIGN(const bool own, has_own(db, self));
  if (!own) NC_TRY(db.run("DELETE FROM sync_contact"));
  return db.run("INSERT OR REPLACE INTO sync_contact_self(id, incarnation) VALUES(1, ?1)", self);
}

Result<std::optional<Contact>> find(store::Database& db, const NodeId& node, Way way, const IncarnationId& self) {
  NC_ASSIGN(const bool there, has_own(db, self));
  if (!there) return std::optional<Contact>();
  NC_ASSIGN(auto query, db.prepare(std::string("SELECT ") + kColumns + " FROM sync_contact WHERE node=?1 AND way=?2"));
  query.bind_all(node, static_cast<int>(way));
  NC_ASSIGN(const bool found, query.step());
  return found ? std::optional(contact_in(query)) : std::nullopt;
}

// What another node said may be any bytes; it is kept as text.
std::string safe(std::string_view said) {
  std::string out(said.substr(0, 4 * kTextMax));
  if (!is_utf8(out)) std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\0'; });
  return shorten(to_nfc(out), kTextMax);
}

Status write(store::Database& db, const Contact& one) {
  Json notices{JsonArray{}};
  for (const auto& notice : one.notices) notices.push(kept_text(notice));
  NC_ASSIGN(auto insert, db.prepare(std::string("INSERT OR REPLACE INTO sync_contact(") + kColumns +
                                    ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"));
  insert.bind_all(one.node, static_cast<int>(one.way), one.at_ms, one.whole ? 1 : 0, one.same ? 1 : 0, one.to_send, one.to_get,
                  one.same_at_ms, one.behind_since_ms, one.clock_ahead_ms, one.version, canonical(notices), one.failed_at_ms,
                  one.failure ? kept_text(*one.failure) : std::string());
  return insert.run();
}

bool alike(const Error& one, const Error& other) { return kept_text(one) == kept_text(other); }

// Whether there is more to tell than that time has gone on.
bool tells_more(const Contact& before, const Contact& now) {
  const bool behind_ended =
      (before.to_send.value_or(0) > 0) != (now.to_send.value_or(0) > 0) || (before.to_get.value_or(0) > 0) != (now.to_get.value_or(0) > 0);
  return before.whole != now.whole || before.same != now.same || !std::ranges::equal(before.notices, now.notices, alike) || behind_ended ||
         before.failed_at_ms != 0 || now.at_ms < before.at_ms || now.at_ms - before.at_ms >= kContactWriteMs;
}

// Changes the row of a node in one transaction; `change` answers whether there is anything to write.
Status change(records::Ledger& ledger, const NodeId& node, Way way, const std::function<bool(Contact&)>& change) {
  std::optional<Contact> before;
  NC_ASSIGN(before, contact_with(ledger, node, way));
  Contact now = before.value_or(Contact{});
  now.node = node;
  now.way = way;
  if (!change(now)) return {};
  return ledger.exchange([&](records::Intake& intake) -> Status {
    NC_TRY(make_own(intake.db(), ledger.identity().incarnation));
    return write(intake.db(), now);
  });
}

}  // namespace

Result<std::vector<Contact>> contacts_in(store::Database& db, const IncarnationId& self) {
  NC_ASSIGN(const bool there, has_own(db, self));
  if (!there) return std::vector<Contact>();
  NC_ASSIGN(auto query, db.prepare(std::string("SELECT ") + kColumns + " FROM sync_contact ORDER BY node, way"));
  return all_rows(query, contact_in);
}

Result<std::vector<Contact>> contacts(const records::Ledger& ledger) {
  std::vector<Contact> out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, contacts_in(db, ledger.identity().incarnation));
    return {};
  }));
  return out;
}

Result<std::optional<Contact>> contact_with(const records::Ledger& ledger, const NodeId& node, Way way) {
  std::optional<Contact> out;
  NC_TRY(ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, find(db, node, way, ledger.identity().incarnation));
    return {};
  }));
  return out;
}

Status note_contact(records::Ledger& ledger, Contact seen) {
  seen.at_ms = ledger.now_ms();
  seen.notices.resize(std::min(seen.notices.size(), kContactNoticesMax));
  return change(ledger, seen.node, seen.way, [&](Contact& row) {
    seen.behind_since_ms = 0;
    seen.version = row.version;
    seen.same_at_ms = seen.same ? seen.at_ms : row.same_at_ms;
    if (seen.way == Way::kLink && !seen.same) seen.behind_since_ms = row.behind_since_ms != 0 ? row.behind_since_ms : seen.at_ms;
    seen.failed_at_ms = 0;
    const bool more = tells_more(row, seen);
    row = std::move(seen);
    return more;
  });
}

Status note_failure(records::Ledger& ledger, const NodeId& node, const Error& why) {
  return change(ledger, node, Way::kLink, [&](Contact& row) {
    const auto now = ledger.now_ms();
    const bool again = row.failed_at_ms != 0 && row.failure && alike(*row.failure, why);
    if (again && now >= row.failed_at_ms && now - row.failed_at_ms < kContactWriteMs) return false;
    row.failed_at_ms = now;
    row.failure = why;
    return true;
  });
}

Status note_version(records::Ledger& ledger, const NodeId& node, const std::string& version) {
  return change(ledger, node, Way::kLink, [&](Contact& row) {
    const auto text = safe(version);
    return std::exchange(row.version, text) != text;
  });
}

}  // namespace nc::sync
