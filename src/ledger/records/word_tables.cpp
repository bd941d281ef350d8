#include "ledger/records/word_tables.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "base/words.h"
#include "ledger/catalog/values.h"
#include "ledger/records/word_blocks.h"

namespace nc::records {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS word_doc(no INTEGER PRIMARY KEY, sid INTEGER NOT NULL, lock INTEGER NOT NULL, party INTEGER NOT NULL, text TEXT);
CREATE INDEX IF NOT EXISTS word_doc_of ON word_doc(sid);
CREATE TABLE IF NOT EXISTS word_lock(no INTEGER PRIMARY KEY, type TEXT NOT NULL, handling INTEGER NOT NULL, audience INTEGER NOT NULL,
  higher INTEGER NOT NULL, voided INTEGER NOT NULL, UNIQUE(audience, type, handling, higher, voided));
CREATE TABLE IF NOT EXISTS word_party(no INTEGER PRIMARY KEY, units BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS word_posting(
  block INTEGER NOT NULL, term TEXT NOT NULL, docs BLOB NOT NULL, PRIMARY KEY(block, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word_column(block INTEGER NOT NULL, what INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY(block, what));
)sql";

void add_words_of(const catalog::Field& field, const Json& value, std::string& text) {
  using catalog::FieldKind;
  if (value.is_null()) return;
  const auto add = [&](const std::string& words) {
    if (!words.empty()) text += " · " + words;
  };
  switch (field.kind) {
    case FieldKind::kText:
    case FieldKind::kLongText:
    case FieldKind::kPlace:
    case FieldKind::kMarker:
    case FieldKind::kFile:
    case FieldKind::kFiles: return add(catalog::show_value(field, value, "vi", {}));
    case FieldKind::kChoice:
    case FieldKind::kChoices: {
      const auto vi = catalog::show_value(field, value, "vi", {}), en = catalog::show_value(field, value, "en", {});
      add(vi);
      if (en != vi) add(en);
      return;
    }
    case FieldKind::kLines:
      if (!value.is_array()) return;
      for (const auto& row : value.as_array())
        for (const auto& column : field.columns) add_words_of(column, row[column.id], text);
      return;
    default: return;
  }
}

bool names_units(const catalog::Field& field, const std::vector<const catalog::Type*>& unit_types) {
  return std::any_of(unit_types.begin(), unit_types.end(),
                     [&](const auto* type) { return std::find(field.to.begin(), field.to.end(), type->id) != field.to.end(); });
}

void add_units_of(const catalog::Field& field, const Json& value, const std::vector<const catalog::Type*>& unit_types,
                  std::vector<UnitId>& out) {
  if (field.kind == catalog::FieldKind::kLines) {
    if (!value.is_array()) return;
    for (const auto& row : value.as_array())
      for (const auto& column : field.columns) add_units_of(column, row[column.id], unit_types, out);
    return;
  }
  if (!names_units(field, unit_types)) return;
  for (const auto& [name, target] : links_of_field(field, value)) out.push_back(target);
}

std::string bytes_of(const std::vector<UnitId>& units) {
  std::string out;
  for (const auto& unit : units) out.append(reinterpret_cast<const char*>(unit.bytes.data()), unit.bytes.size());
  return out;
}

struct LockKey {
  std::string type;
  int handling = 0, higher = -1;
  std::int64_t audience = 0;
  bool voided = false;
};

Result<std::int64_t> lock_of(store::Database& db, const LockKey& key) {
  {
    NC_ASSIGN(auto known,
              db.prepare("SELECT no FROM word_lock WHERE audience = ? AND type = ? AND handling = ? AND higher = ? AND voided = ?"));
    known.bind_all(key.audience, key.type, key.handling, key.higher, key.voided);
    NC_ASSIGN(const bool found, known.step());
    if (found) return known.integer(0);
  }
  NC_TRY(db.run("INSERT INTO word_lock(audience, type, handling, higher, voided) VALUES(?,?,?,?,?)", key.audience, key.type, key.handling,
                key.higher, key.voided));
  return db.last_row_id();
}

Result<std::int64_t> party_of(store::Database& db, const std::vector<UnitId>& units) {
  const auto bytes = bytes_of(units);
  {
    NC_ASSIGN(auto known, db.prepare("SELECT no FROM word_party WHERE units = ?"));
    known.bind_blob(1, bytes);
    NC_ASSIGN(const bool found, known.step());
    if (found) return known.integer(0);
  }
  NC_ASSIGN(auto insert, db.prepare("INSERT INTO word_party(units) VALUES(?)"));
  insert.bind_blob(1, bytes);
  NC_TRY(insert.run());
  return db.last_row_id();
}

// What changes in the postings of one block: term -> places that get or lose it.
struct Change {
  std::vector<std::size_t> in, out;
};
using Changes = std::map<std::string, Change, std::less<>>;

Status change_postings(store::Database& db, std::int64_t block, const Changes& changes) {
  for (const auto& [term, change] : changes) {
    DocSet docs;
    {
      NC_ASSIGN(auto held, db.prepare("SELECT docs FROM word_posting WHERE block = ? AND term = ?"));
      held.bind_all(block, term);
      NC_ASSIGN(const bool found, held.step());
      if (found) docs.add(held.blob_view(0));
    }
    for (const auto place : change.out) docs.set(place, false);
    for (const auto place : change.in) docs.set(place, true);
    if (docs.empty()) {
      NC_TRY(db.run("DELETE FROM word_posting WHERE block = ? AND term = ?", block, term));
      continue;
    }
    NC_ASSIGN(auto put, db.prepare("INSERT OR REPLACE INTO word_posting(block, term, docs) VALUES(?, ?, ?)"));
    put.bind_all(block, term);
    NC_TRY(put.bind_blob(3, docs.bytes()).run());
  }
  return {};
}

struct Cells {
  std::uint32_t lock = 0, party = 0;
  std::int32_t day = 0;
  RecordId id;
};

std::string id_text(const RecordId& id) { return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()}; }

void put_cells(std::map<WordColumn, std::string>& columns, std::size_t place, const Cells& cells) {
  put_cell(columns[WordColumn::kLock], place, cells.lock);
  put_cell(columns[WordColumn::kParty], place, cells.party);
  put_cell(columns[WordColumn::kDay], place, cells.day);
  auto& ids = columns[WordColumn::kId];
  if (ids.size() < (place + 1) * RecordId::kSize) ids.resize((place + 1) * RecordId::kSize, '\0');
  ids.replace(place * RecordId::kSize, RecordId::kSize, id_text(cells.id));
}

constexpr std::array kColumns = {WordColumn::kLock, WordColumn::kParty, WordColumn::kDay, WordColumn::kId};

Result<std::map<WordColumn, std::string>> load_columns(store::Database& db, std::int64_t block) {
  std::map<WordColumn, std::string> out;
  for (const auto what : kColumns) {
    NC_ASSIGN(auto row, db.prepare("SELECT cells FROM word_column WHERE block = ? AND what = ?"));
    row.bind_all(block, static_cast<int>(what));
    NC_ASSIGN(const bool found, row.step());
    out[what] = found ? row.blob(0) : std::string();
  }
  return out;
}

Status save_columns(store::Database& db, std::int64_t block, const std::map<WordColumn, std::string>& before,
                    const std::map<WordColumn, std::string>& now) {
  for (const auto& [what, cells] : now) {
    if (const auto held = before.find(what); held != before.end() && held->second == cells) continue;
    NC_ASSIGN(auto put, db.prepare("INSERT OR REPLACE INTO word_column(block, what, cells) VALUES(?, ?, ?)"));
    put.bind_all(block, static_cast<int>(what));
    NC_TRY(put.bind_blob(3, cells).run());
  }
  return {};
}

// Documents from `first` to `last` with their text, in order of numbers.
Status each_doc(store::Database& db, std::int64_t first, std::int64_t last,
                const std::function<void(std::int64_t no, const Cells& cells, std::string_view text)>& visit) {
  NC_ASSIGN(auto row, db.prepare("SELECT d.no, d.lock, d.party, r.day, r.id, coalesce(d.text, r.text_fold) FROM word_doc d"
                                 " LEFT JOIN record r ON r.sid = d.sid WHERE d.no BETWEEN ? AND ? ORDER BY d.no"));
  row.bind_all(first, last);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    const Cells cells{static_cast<std::uint32_t>(row.integer(1)), static_cast<std::uint32_t>(row.integer(2)),
                      static_cast<std::int32_t>(row.integer(3)), row.id<RecordId>(4)};
    visit(row.integer(0), cells, row.text_view(5));
  }
}

// What a pack adds, term by term: most documents of it share most of their terms, so that each is looked up without a copy.
class PackedTerms {
 public:
  // Documents come in order of their places.
  void add(std::size_t place, std::string_view text) {
    for (const auto term : term_places(text)) {
      auto at = in_.find(term);
      if (at == in_.end()) at = in_.emplace(std::string(term), std::vector<std::size_t>()).first;
      if (at->second.empty() || at->second.back() != place) at->second.push_back(place);
    }
  }
  Changes take() {
    Changes out;
    for (auto& [term, places] : in_) out[term].in = std::move(places);
    return out;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::vector<std::size_t>, Hash, std::equal_to<>> in_;
};

// The documents from `first` to `last`, all of one block, leave the tail.
Status pack(store::Database& db, std::int64_t first, std::int64_t last) {
  const auto block = block_of(first);
  NC_ASSIGN(const auto held, load_columns(db, block));
  auto columns = held;
  PackedTerms terms;
  NC_TRY(each_doc(db, first, last, [&](std::int64_t no, const Cells& cells, std::string_view text) {
    put_cells(columns, place_of(no), cells);
    if (cells.lock != 0) terms.add(place_of(no), text);
  }));
  NC_TRY(save_columns(db, block, held, columns));
  return change_postings(db, block, terms.take());
}

// A document that stands in a block has become another one.
Status change_in_block(store::Database& db, std::int64_t no, const std::string& text_before, const std::string& text_now,
                       const Cells& cells) {
  const auto block = block_of(no);
  const auto place = place_of(no);
  NC_ASSIGN(const auto held, load_columns(db, block));
  auto columns = held;
  put_cells(columns, place, cells);
  NC_TRY(save_columns(db, block, held, columns));
  const auto before = terms_of(text_before), now = terms_of(text_now);
  std::vector<std::string> gone, come;
  std::set_difference(before.begin(), before.end(), now.begin(), now.end(), std::back_inserter(gone));
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(), std::back_inserter(come));
  Changes changes;
  for (auto& term : gone) changes[std::move(term)].out.push_back(place);
  for (auto& term : come) changes[std::move(term)].in.push_back(place);
  return change_postings(db, block, changes);
}

struct DocNow {
  std::int64_t lock = 0, party = 0;
  std::string text;                          // as it is searched
  std::optional<std::string> own_text = {};  // as it is stored
};

Status change_doc(store::Database& db, const HeldWords& held, const DocNow& now, const Rows& rows, std::int64_t docs) {
  const std::int64_t day = rows.days ? rows.days->first : kNoDay;
  const bool same = held.lock == now.lock && held.party == now.party && held.text == now.text;
  if (!same) {
    NC_TRY(db.run("UPDATE word_doc SET lock = ?, party = ?, text = ? WHERE no = ?", now.lock, now.party, now.own_text, held.no));
  }
  if ((same && held.day == day) || held.no > packed_of(docs)) return {};
  return change_in_block(
      db, held.no, held.lock == 0 ? std::string() : held.text, now.text,
      {static_cast<std::uint32_t>(now.lock), static_cast<std::uint32_t>(now.party), static_cast<std::int32_t>(day), rows.view.id});
}

}  // namespace

Status make_word_tables(store::Database& db) { return db.exec(kSchema); }

Status drop_word_tables(store::Database& db) {
  return db.exec(
      "DROP TABLE IF EXISTS word_doc; DROP TABLE IF EXISTS word_lock; DROP TABLE IF EXISTS word_party;"
      "DROP TABLE IF EXISTS word_posting; DROP TABLE IF EXISTS word_column;");
}

std::string folded_text(const catalog::Type& type, const Json& values, int handling) {
  std::string text = type.label.vi;
  if (type.label.en != type.label.vi) text += " · " + type.label.en;
  for (const auto& field : type.fields) {
    if (field.handling && static_cast<int>(*field.handling) > handling) continue;  // it does not belong here
    add_words_of(field, values[field.id], text);
  }
  return fold(text);
}

std::vector<WordDoc> word_docs(const catalog::Catalog& catalog, const RecordView& view) {
  std::vector<WordDoc> out;
  // What only the program makes (keys, published types, accounts) has its own places.
  if (!view.type || !view.type->creatable) return out;
  const auto unit_types = catalog.feeding("org-unit");
  for (std::size_t i = 0; i < view.parts.size(); ++i) {
    const auto& part = view.parts[i];
    if (part.closed) continue;
    WordDoc doc{i};
    Json together{JsonObject{}};
    for (const auto& other : view.parts) {
      if (view.parts.size() == 1) break;
      if (other.key.audience != part.key.audience || other.closed) continue;
      if (other.key.handling > part.key.handling && (doc.higher < 0 || other.key.handling < doc.higher)) doc.higher = other.key.handling;
      if (other.key.handling > part.key.handling) continue;
      for (const auto& [field, value] : other.values.as_object()) together.set(field, value);
    }
    const auto& values = view.parts.size() == 1 ? part.values : together;
    if (i > 0) doc.text = folded_text(*view.type, values, part.key.handling);
    for (const auto& field : view.type->fields) add_units_of(field, values[field.id], unit_types, doc.units);
    std::sort(doc.units.begin(), doc.units.end());
    doc.units.erase(std::unique(doc.units.begin(), doc.units.end()), doc.units.end());
    out.push_back(std::move(doc));
  }
  return out;
}

Result<std::vector<HeldWords>> held_words(store::Database& db, const RecordId& id) {
  std::vector<HeldWords> out;
  NC_ASSIGN(auto row, db.prepare("SELECT d.no, d.lock, d.party, r.day, coalesce(d.text, r.text_fold) FROM record r"
                                 " CROSS JOIN word_doc d ON d.sid = r.sid WHERE r.id = ? ORDER BY d.no"));
  row.bind(1, id);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    out.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.text(4)});
  }
}

Status store_words(store::Database& db, std::int64_t sid, const Rows& rows, const std::vector<ShelfRow>& shelves,
                   const std::vector<HeldWords>& before) {
  std::int64_t docs = 0;
  if (!before.empty()) { NC_ASSIGN(docs, db.integer("SELECT max(no) FROM word_doc")); }
  for (std::size_t i = 0; i < std::max(before.size(), rows.words.size()); ++i) {
    if (i >= rows.words.size()) {  // no part is left for it: its number stays and stands for nothing
      NC_TRY(change_doc(db, before[i], {0, 0, {}, std::string()}, rows, docs));
      continue;
    }
    const auto& doc = rows.words[i];
    const auto& shelf = shelves[doc.part];
    DocNow now{0, 0, doc.text ? *doc.text : rows.folded, doc.text};
    NC_ASSIGN(now.lock, lock_of(db, {rows.view.type_id, shelf.handling, doc.higher, shelf.audience, rows.view.voided}));
    NC_ASSIGN(now.party, party_of(db, doc.units));
    if (i < before.size()) {
      NC_TRY(change_doc(db, before[i], now, rows, docs));
      continue;
    }
    NC_TRY(db.run("INSERT INTO word_doc(sid, lock, party, text) VALUES(?, ?, ?, ?)", sid, now.lock, now.party, now.own_text));
    docs = db.last_row_id();
    if (docs % kPackDocs == 0) NC_TRY(pack(db, docs - kPackDocs + 1, docs));
  }
  return {};
}

Status forget_words(store::Database& db, const RecordId& id) {
  NC_ASSIGN(const auto held, held_words(db, id));
  if (held.empty()) return {};
  NC_ASSIGN(const auto docs, db.integer("SELECT max(no) FROM word_doc"));
  for (const auto& one : held) {
    // No record's: its number may be another's some day.
    NC_TRY(db.run("UPDATE word_doc SET sid = 0, lock = 0, party = 0, text = '' WHERE no = ?", one.no));
    if (one.no > packed_of(docs)) continue;
    NC_TRY(change_in_block(db, one.no, one.lock == 0 ? std::string() : one.text, {}, {}));
  }
  return {};
}

Status make_postings_anew(store::Database& db) {
  NC_TRY(db.exec("DELETE FROM word_posting; DELETE FROM word_column;"));
  NC_ASSIGN(const auto docs, db.integer("SELECT coalesce(max(no), 0) FROM word_doc"));
  for (std::int64_t last = kPackDocs; last <= docs; last += kPackDocs) NC_TRY(pack(db, last - kPackDocs + 1, last));
  return {};
}

namespace {

constexpr std::size_t kFaultsMax = 5;

// One block beside what its documents say.
Status look_at_block(store::Database& db, std::int64_t block, std::int64_t last, std::vector<std::string>& faults) {
  std::map<std::string, DocSet, std::less<>> wanted;
  std::map<WordColumn, std::string> columns;
  NC_TRY(each_doc(db, doc_at(block, 0), last, [&](std::int64_t no, const Cells& cells, std::string_view text) {
    put_cells(columns, place_of(no), cells);
    if (cells.lock == 0) return;
    for (auto& term : terms_of(text)) wanted[std::move(term)].set(place_of(no), true);
  }));
  NC_ASSIGN(const auto held, load_columns(db, block));
  if (held != columns) faults.push_back("columns of block " + std::to_string(block));
  NC_ASSIGN(auto row, db.prepare("SELECT term, docs FROM word_posting WHERE block = ? ORDER BY term"));
  row.bind(1, block);
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) break;
    const auto at = wanted.find(row.text_view(0));
    if (at == wanted.end() || at->second.bytes() != row.blob_view(1)) faults.push_back("postings of block " + std::to_string(block));
    if (at != wanted.end()) wanted.erase(at);
    if (faults.size() >= kFaultsMax) return {};
  }
  if (!wanted.empty()) faults.push_back("postings missing in block " + std::to_string(block));
  return {};
}

}  // namespace

Result<std::vector<std::string>> word_faults(store::Database& db) {
  std::vector<std::string> faults;
  NC_ASSIGN(const auto docs, db.integer("SELECT coalesce(max(no), 0) FROM word_doc"));
  NC_ASSIGN(const auto held, db.integer("SELECT count(*) FROM word_doc"));
  if (held != docs) faults.push_back("numbers of documents");
  const auto packed = packed_of(docs);
  const auto blocks = packed == 0 ? 0 : block_of(packed) + 1;
  for (std::int64_t block = 0; block < blocks && faults.size() < kFaultsMax; ++block)
    NC_TRY(look_at_block(db, block, std::min(packed, doc_at(block, kBlockDocs - 1)), faults));
  NC_ASSIGN(const auto strange,
            db.integer("SELECT (SELECT count(*) FROM word_posting WHERE block < 0 OR block >= ?1)"
                       " + (SELECT count(*) FROM word_column WHERE block < 0 OR block >= ?1 OR what NOT BETWEEN 0 AND 3)",
                       blocks));
  if (strange != 0) faults.push_back("blocks that have no documents");
  return faults;
}

}  // namespace nc::records
