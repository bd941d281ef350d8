// The tables of the journal, docs/formats/journal.md section "Tables".
#include "foundation/store/transaction.h"
#include "ledger/journal/journal.h"
#include "ledger/journal/tail.h"

namespace nc::journal {
namespace {

// journal_stream_unsealed: of former versions; a page to write for every entry, of use once at each start.
constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS journal_stream(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, node BLOB NOT NULL, incarnation BLOB NOT NULL, part TEXT NOT NULL,
  lane INTEGER NOT NULL, seq INTEGER NOT NULL DEFAULT 0, head BLOB, sealed_seq INTEGER NOT NULL DEFAULT 0,
  closed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS journal_stream_node ON journal_stream(node, incarnation);
DROP INDEX IF EXISTS journal_stream_unsealed;
CREATE TABLE IF NOT EXISTS journal_entry(
  arrival INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, stream INTEGER NOT NULL, seq INTEGER NOT NULL, record BLOB NOT NULL,
  depth INTEGER NOT NULL, status INTEGER NOT NULL, header BLOB NOT NULL, body BLOB, received INTEGER NOT NULL,
  UNIQUE(stream, seq));
CREATE INDEX IF NOT EXISTS journal_entry_record ON journal_entry(record);
CREATE INDEX IF NOT EXISTS journal_entry_waiting ON journal_entry(arrival) WHERE status = 1;
CREATE INDEX IF NOT EXISTS journal_entry_cut ON journal_entry(arrival) WHERE status = 2;
CREATE INDEX IF NOT EXISTS journal_entry_purged ON journal_entry(arrival) WHERE status = 3;
CREATE INDEX IF NOT EXISTS journal_entry_refused ON journal_entry(arrival) WHERE status = 4;
CREATE TABLE IF NOT EXISTS journal_base(child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY(child, parent)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal_authority(entry INTEGER PRIMARY KEY, chain INTEGER NOT NULL, pos INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS journal_authority_chain ON journal_authority(chain, pos);
CREATE TABLE IF NOT EXISTS journal_authority_head(level INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY(level, entry)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal_fact(
  kind TEXT NOT NULL, subject TEXT NOT NULL, entry INTEGER NOT NULL, value TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY(kind, subject, entry)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal_root(id INTEGER PRIMARY KEY CHECK(id = 1), hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS journal_seal(
  stream INTEGER NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL, sig BLOB NOT NULL, PRIMARY KEY(stream, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal_tail(
  arrival INTEGER PRIMARY KEY, stream INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, record BLOB NOT NULL,
  depth INTEGER NOT NULL, received INTEGER NOT NULL, sig BLOB, header BLOB NOT NULL, body BLOB);
CREATE TABLE IF NOT EXISTS journal_kept_aside(
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, stream TEXT NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL, sig BLOB NOT NULL,
  entries BLOB NOT NULL, reason TEXT NOT NULL, waiting INTEGER NOT NULL, received INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS journal_fork(
  stream TEXT NOT NULL, seq INTEGER NOT NULL, ours BLOB NOT NULL, theirs BLOB NOT NULL, header BLOB NOT NULL,
  head_seq INTEGER NOT NULL, head BLOB NOT NULL, sig BLOB NOT NULL, PRIMARY KEY(stream, seq, theirs)) WITHOUT ROWID;
)sql";

// What a cut left in the tail is taken in.
Status make_tables(store::Database& db) {
  NC_TRY(db.exec(kSchema));
  return take_in(db);
}

}  // namespace

Status Journal::migrate(store::Database& db) {
  if (db.in_transaction()) return make_tables(db);
  NC_ASSIGN(auto transaction, store::Transaction::begin(db));
  NC_TRY(make_tables(db));
  return transaction.commit();
}

}  // namespace nc::journal
