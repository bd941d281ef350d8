// Inside the room: the tables in which records are found by their words. Derived like the others, in the same step.
//
// word_doc      one row a document: a part of a record as whoever sees that part may read it, that is with the parts below it
// word_lock     interned: what sight of a document hangs on (type, handling, audience), and which part lies above it
// word_party    interned: the units that a document names
// word_posting  (block, term): which documents of the block have the term (word_blocks.h)
// word_column   (block, column): lock, party, day and record id of its documents, side by side
//
// A record with nothing hidden in it has one document. One with a restricted part has two: whoever sees the upper one is
// shown that and not the lower, so that a record is found once, by the words that its reader may see, all of them.
// Only what people record has documents: types that are creatable.
// Not here: names of what a record points to; units are asked for by name when somebody searches (word_search.h).
// Threads: those of the connection given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foundation/store/database.h"
#include "ledger/records/shelf.h"
#include "ledger/records/tables.h"

namespace nc::records {

Status make_word_tables(store::Database& db);
Status drop_word_tables(store::Database& db);

// Columns of word_column.
enum class WordColumn : int { kLock, kParty, kDay, kId };

// Folded words of a part for searching, without those of what it points to.
std::string folded_text(const catalog::Type& type, const Json& values, int handling);
// The documents of a record.
std::vector<WordDoc> word_docs(const catalog::Catalog& catalog, const RecordView& view);

// A document as it stands in the tables.
struct HeldWords {
  std::int64_t no = 0, lock = 0, party = 0, day = 0;
  std::string text;
};
// To be asked before the record's rows are written anew.
Result<std::vector<HeldWords>> held_words(store::Database& db, const RecordId& id);
// After the record's own row and its parts: `shelves` are its parts, as view.parts.
Status store_words(store::Database& db, std::int64_t sid, const Rows& rows, const std::vector<ShelfRow>& shelves,
                   const std::vector<HeldWords>& before);

// Before the record's own row goes: the numbers of its documents stay and stand for nothing.
Status forget_words(store::Database& db, const RecordId& id);

// Postings and columns alone, from the documents.
Status make_postings_anew(store::Database& db);

// What of postings and columns is not as the documents say, at most a few; empty: all is.
Result<std::vector<std::string>> word_faults(store::Database& db);

}  // namespace nc::records
