// Records by the words that stand in them, for one reader: what he may see, and nothing that hangs on anything else.
//
// A record is found when each word stands in what its reader may read of it, or in the name of a unit that he may read that
// it names. Newest first by (first day, id), as in lists. All of it is looked at, so that counts are exact: one set of
// documents for each word and block (word_blocks.h), and the sight of the reader, resolved once for each lock.
//
// Owns: what it remembers of the tables, until they change. Threads: any. Must not outlive the ledger.
// Not here: what a typed question means (insight/search).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::records {

struct WordQuestion {
  struct Word {
    std::string term;        // base/words.h
    bool beginning = false;  // longer words that begin with it, too
  };
  std::vector<Word> words;           // all of them
  std::vector<std::string> phrases;  // folded; each stands there as it is
  // What else is asked; empty: anything.
  std::vector<std::string> types;
  std::optional<std::int32_t> from, until;  // of the first day
  std::set<UnitId> units;                   // one of which is named
  bool by_type = false;                     // the newest of each type, instead of all in one order
  std::string cursor;                       // from the answer before; not with by_type
  std::size_t limit = 20;                   // of each group
};

struct WordAnswer {
  struct Group {
    std::string type;  // empty: all
    std::int64_t count = 0;
    std::vector<RecordView> records;  // as this reader sees them
  };
  std::vector<Group> groups;  // by_type: the type with the most records first
  std::int64_t total = 0;
  // How many there are of each, whatever was asked about this one thing; the most first, years the latest first.
  std::vector<std::pair<std::string, std::int64_t>> types;
  std::vector<std::pair<int, std::int64_t>> years;
  std::vector<std::pair<UnitId, std::int64_t>> units;
  std::string next_cursor;   // empty: that was all
  bool phrases_cut = false;  // phrases were looked for in the newest kPhraseRecordsMax records that have all the words
};

inline constexpr std::size_t kPhraseRecordsMax = 1000;
inline constexpr std::size_t kUnitsCountedMax = 20;

class WordSearch {
 public:
  explicit WordSearch(const Ledger& ledger);
  ~WordSearch();
  WordSearch(const WordSearch&) = delete;
  WordSearch& operator=(const WordSearch&) = delete;

  // kInvalid: the cursor is broken.
  Result<WordAnswer> find(const access::Subject& who, const WordQuestion& question) const;

  // Units that have all words in their names or codes, our own first; for readers who may read names of units.
  [[nodiscard]] std::vector<const orgtree::Unit*> units_named(const std::vector<WordQuestion::Word>& words, const World& world) const;

  // What the tables take in the file, and how many documents there are: for benches.
  struct Size {
    std::int64_t docs = 0, bytes = 0, postings = 0;
  };
  [[nodiscard]] Result<Size> size() const;

 private:
  struct Memory;
  const Ledger& ledger_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace nc::records
