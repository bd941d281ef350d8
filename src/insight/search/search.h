// Search: one box for everything that its reader may see.
//
// `ask` answers with records in which all words stand, where they stand, and how many there are by type, year and unit; and
// with jumps: the unit, marker, day or official number that the question names. Everything is read through the ledger as
// this reader, so that what he may not see changes no byte of the answer.
//
// Owns nothing but what WordSearch remembers. Threads: any. Must not outlive the ledger.
// Not here: the index (ledger/records/word_tables.h), pages and addresses (face/).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/civil.h"
#include "insight/search/question.h"
#include "ledger/catalog/values.h"
#include "ledger/records/word_search.h"

namespace nc::search {

struct Asked {
  std::string typed;
  std::vector<std::string> types;  // ids; empty: any
  std::optional<int> year;
  std::optional<UnitId> unit;  // it, or one that ever stood below it or was merged into it, is named
  std::string cursor;          // only with one type or more: then all are in one order, newest first
  std::size_t limit = 0;       // of each type, or of all when a type is asked for; 0: kOfEachType, kInOrder
  std::string lang = "vi";
};
inline constexpr std::size_t kOfEachType = 3, kInOrder = 20;

// A field of a record with the words in it.
struct Snippet {
  std::string label;
  std::vector<Piece> pieces;
};

struct Hit {
  records::RecordView record;
  std::vector<Piece> title;
  std::vector<Snippet> snippets;  // those with the most words first, at most kSnippets
};
inline constexpr std::size_t kSnippets = 2;

// Where the question itself leads.
struct Jump {
  enum class Kind : std::uint8_t { kUnit, kMarker, kNumber, kDays } kind = Kind::kUnit;
  RecordId record;  // a unit, a marker, or what has the number
  std::string text;
  std::optional<DayRange> days;
};

struct Answer {
  std::vector<Jump> jumps;
  struct Group {
    const catalog::Type* type = nullptr;  // null: of the types asked for, in one order
    std::int64_t count = 0;
    std::vector<Hit> hits;
  };
  std::vector<Group> groups;
  std::int64_t total = 0;
  std::vector<std::pair<const catalog::Type*, std::int64_t>> types;
  std::vector<std::pair<int, std::int64_t>> years;
  std::vector<std::pair<UnitId, std::int64_t>> units;
  std::string next_cursor;
  bool phrases_cut = false;
  std::shared_ptr<const records::World> world;  // that types are of
};

class Search {
 public:
  explicit Search(const records::Ledger& ledger) : ledger_(ledger), words_(ledger) {}

  // Errors: those of parse_question; kInvalid (cursor).
  Result<Answer> ask(const access::Subject& who, const Asked& asked) const;
  // Without the records; also for what is no question of words.
  Result<std::vector<Jump>> jumps(const access::Subject& who, std::string_view typed, std::string_view lang) const;

 private:
  [[nodiscard]] static Hit hit_of(records::RecordView record, const Question& question, std::string_view lang,
                                  const catalog::NameOf& name_of);
  void add_units(const access::Subject& who, std::string_view typed, const Question& question, std::string_view lang,
                 std::vector<Jump>& out) const;
  Status add_records(const access::Subject& who, std::string_view typed, std::string_view lang, std::vector<Jump>& out) const;

  const records::Ledger& ledger_;
  records::WordSearch words_;
};

}  // namespace nc::search
