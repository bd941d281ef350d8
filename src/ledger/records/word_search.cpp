#include "ledger/records/word_search.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/text.h"
#include "base/words.h"
#include "foundation/store/transaction.h"
#include "ledger/records/word_blocks.h"
#include "ledger/records/word_memory.h"
#include "ledger/records/word_tables.h"

namespace nc::records {
namespace {

struct Hit {
  std::int32_t day = 0;
  std::uint32_t lock = 0, party = 0;
  std::int64_t no = 0;
  RecordId id;  // filled in late: only what may be shown needs it
};

struct After {  // the cursor: what comes after it is wanted
  std::int64_t day = 0;
  RecordId id;
};

Result<std::optional<After>> after_of(const std::string& cursor) {
  if (cursor.empty()) return std::optional<After>();
  const auto bar = cursor.find('|');
  const auto id = bar == std::string::npos ? std::nullopt : RecordId::from_hex(std::string_view(cursor).substr(bar + 1));
  std::int64_t day = 0;
  const auto* end = cursor.data() + (id ? bar : 0);
  const auto [read, problem] = std::from_chars(cursor.data(), end, day);
  if (!id || problem != std::errc() || read != end)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("The page address is broken")).at("cursor").then(NC_MSG("Begin the list anew")));
  return std::optional(After{day, *id});
}

// One word as it is asked of blocks.
struct Asked {
  std::string term, end;  // of what begins with it: up to there
  bool beginning = false;
  std::vector<bool> parties;  // that name a unit called so; empty: none does
};

std::vector<bool> parties_naming(const Parties& parties, const UnitWords& units, const std::vector<bool>& named) {
  if (named.empty()) return {};
  std::vector<bool> out(parties.size());
  for (std::size_t party = 0; party < parties.size(); ++party)
    parties.each(party, [&](const UnitId& unit) {
      const auto at = units.places.find(unit);
      if (at != units.places.end() && named[at->second]) out[party] = true;
    });
  return out;
}

bool has(const std::vector<bool>& parties, std::uint32_t party) { return party < parties.size() && parties[party]; }

// The blocks of one snapshot.
class Blocks {
 public:
  static Result<Blocks> open(store::Database& db) {
    NC_ASSIGN(const auto docs, db.integer("SELECT coalesce(max(no), 0) FROM word_doc"));
    return Blocks(db, docs);
  }
  [[nodiscard]] std::int64_t packed() const { return packed_; }
  [[nodiscard]] std::int64_t count() const { return packed_ == 0 ? 0 : block_of(packed_) + 1; }
  [[nodiscard]] std::size_t places(std::int64_t block) const {
    return static_cast<std::size_t>(std::min(kBlockDocs, packed_ - block * kBlockDocs));
  }

  Result<DocSet> with(std::int64_t block, const Asked& word) {
    DocSet out;
    NC_ASSIGN(auto row, db_.prepare(word.beginning ? "SELECT docs FROM word_posting WHERE block = ?1 AND term >= ?2 AND term < ?3"
                                                   : "SELECT docs FROM word_posting WHERE block = ?1 AND term = ?2"));
    row.bind_all(block, word.term);
    if (word.beginning) row.bind(3, word.end);
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) return out;
      if (!out.add(row.blob_view(0))) return fail(damaged());
    }
  }
  // The cells where they lie, as long as this lives: copied, they would be a good part of a question's time.
  class Column {
   public:
    explicit Column(store::Statement row) : row_(std::move(row)), cells_(row_.blob_view(0)) {}
    [[nodiscard]] std::string_view cells() const { return cells_; }

   private:
    store::Statement row_;
    std::string_view cells_;
  };
  Result<Column> column(std::int64_t block, WordColumn what) {
    NC_ASSIGN(auto row, db_.prepare("SELECT cells FROM word_column WHERE block = ? AND what = ?"));
    row.bind_all(block, static_cast<int>(what));
    NC_ASSIGN(const bool found, row.step());
    if (!found) return fail(damaged());
    return Column(std::move(row));
  }
  // In the tail by what was seen there, else from its block; asked for block by block.
  Result<RecordId> id_of(std::int64_t no) {
    if (no > packed_) return tail_ids_[static_cast<std::size_t>(no - packed_ - 1)];
    if (ids_block_ != block_of(no)) {
      NC_ASSIGN(const auto ids, column(block_of(no), WordColumn::kId));
      ids_ = ids.cells();
      ids_block_ = block_of(no);
    }
    RecordId out;
    const auto at = place_of(no) * RecordId::kSize;
    if (at + RecordId::kSize > ids_.size()) return fail(damaged());
    std::copy_n(reinterpret_cast<const std::uint8_t*>(ids_.data()) + at, RecordId::kSize, out.bytes.begin());
    return out;
  }
  // Documents that are in no block yet.
  template <typename Visit>
  Status each_of_tail(Visit visit) {
    NC_ASSIGN(auto row, db_.prepare("SELECT d.no, d.lock, d.party, r.day, r.id, coalesce(d.text, r.text_fold) FROM word_doc d"
                                    " CROSS JOIN record r ON r.sid = d.sid WHERE d.no > ? ORDER BY d.no"));
    row.bind(1, packed_);
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) return {};
      Hit hit{static_cast<std::int32_t>(row.integer(3)), static_cast<std::uint32_t>(row.integer(1)),
              static_cast<std::uint32_t>(row.integer(2)), row.integer(0), row.id<RecordId>(4)};
      const auto place = static_cast<std::size_t>(hit.no - packed_ - 1);
      if (tail_ids_.size() <= place) tail_ids_.resize(place + 1);
      tail_ids_[place] = hit.id;
      NC_TRY(visit(hit, row.text_view(5)));
    }
  }
  Result<std::string> text_of(std::int64_t no) {
    NC_ASSIGN(auto row,
              db_.prepare("SELECT coalesce(d.text, r.text_fold) FROM word_doc d CROSS JOIN record r ON r.sid = d.sid WHERE d.no = ?"));
    row.bind(1, no);
    NC_ASSIGN(const bool found, row.step());
    return found ? row.text(0) : std::string();
  }

 private:
  Blocks(store::Database& db, std::int64_t docs) : db_(db), packed_(packed_of(docs)) {}
  static Error damaged() {
    return Error(ErrorCode::kCorrupt, NC_MSG("The index of words is damaged")).then(NC_MSG("Run: nhipcau rebuild DIR"));
  }
  store::Database& db_;
  std::int64_t packed_ = 0, ids_block_ = -1;
  std::string ids_;
  std::vector<RecordId> tail_ids_;
};

// The newest of what it is shown, by (day, id). Hits of the last day that fits are all kept until their ids are known.
class Newest {
 public:
  explicit Newest(std::size_t limit) : limit_(limit) {}
  void add(const Hit& hit) {
    if (hit.day < floor_) return;
    hits_.push_back(hit);
    if (hits_.size() >= prune_at_) prune();
  }
  Result<std::vector<Hit>> take(Blocks& blocks) {
    prune();
    std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) { return a.no < b.no; });  // block by block
    for (auto& hit : hits_) { NC_ASSIGN(hit.id, blocks.id_of(hit.no)); }
    std::sort(hits_.begin(), hits_.end(), [](const Hit& a, const Hit& b) { return std::tie(a.day, a.id) > std::tie(b.day, b.id); });
    if (hits_.size() > limit_) hits_.resize(limit_);
    return std::move(hits_);
  }

 private:
  void prune() {
    if (hits_.size() <= limit_) return;
    const auto last = hits_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(hits_.begin(), last, hits_.end(), [](const Hit& a, const Hit& b) { return a.day > b.day; });
    floor_ = last->day;
    std::erase_if(hits_, [this](const Hit& hit) { return hit.day < floor_; });
    prune_at_ = std::max(prune_at_, 2 * hits_.size());
  }
  std::size_t limit_, prune_at_ = 4096;
  std::int32_t floor_ = INT32_MIN;
  std::vector<Hit> hits_;
};

// How many records begin on each day.
class DayCounts {
 public:
  void add(std::int32_t day) {
    const auto at = static_cast<std::int64_t>(day) - kFirst;
    if (at >= 0 && at < kDays) ++near_[static_cast<std::size_t>(at)];
    else if (day != kNoDay) ++far_[day];
  }
  [[nodiscard]] std::vector<std::pair<int, std::int64_t>> years() const {
    std::map<int, std::int64_t, std::greater<>> out;
    for (const auto& [day, count] : far_) out[from_day(day).year] += count;
    for (std::int64_t i = 0; i < kDays; ++i)
      if (near_[static_cast<std::size_t>(i)] != 0)
        out[from_day(static_cast<std::int32_t>(i + kFirst)).year] += near_[static_cast<std::size_t>(i)];
    return {out.begin(), out.end()};
  }

 private:
  static constexpr std::int64_t kDays = 60'000, kFirst = -20'000;  // from 1915 to 2079
  std::vector<std::uint32_t> near_ = std::vector<std::uint32_t>(kDays);
  std::map<std::int32_t, std::int64_t> far_;
};

// Counts hits and keeps those that are to be shown.
class Tally {
 public:
  Tally(const WordQuestion& question, const KnownTables& known, const std::optional<After>& after)
      : question_(question),
        known_(known),
        after_(after),
        type_counts_(known.catalog->types().size()),
        party_counts_(known.parties.size()) {
    wanted_types_.assign(type_counts_.size(), question.types.empty());
    for (const auto& id : question.types)
      if (const auto* type = known.catalog->find(id)) wanted_types_[static_cast<std::size_t>(type - known.catalog->types().data())] = true;
    wanted_parties_.assign(party_counts_.size(), question.units.empty());
    if (!question.units.empty())
      for (std::size_t party = 0; party < party_counts_.size(); ++party)
        known.parties.each(party,
                           [&](const UnitId& unit) { wanted_parties_[party] = wanted_parties_[party] || question.units.contains(unit); });
    newest_.assign(question.by_type ? type_counts_.size() : 1, Newest(std::clamp<std::size_t>(question.limit, 1, 500) + 1));
  }

  Status add(const Hit& hit, Blocks& blocks) {
    const auto type = known_.locks[hit.lock].type_no;
    const bool of_type = wanted_types_[type], of_party = has(wanted_parties_, hit.party);
    const bool in_time =
        (!question_.from || hit.day >= *question_.from) && (!question_.until || (hit.day <= *question_.until && hit.day != kNoDay));
    if (in_time && of_party) ++type_counts_[type];
    if (of_type && of_party) days_.add(hit.day);
    if (of_type && in_time) ++party_counts_[hit.party];
    if (!of_type || !of_party || !in_time) return {};
    ++total_;
    if (after_ && hit.day >= after_->day) {
      if (hit.day > after_->day) return {};
      NC_ASSIGN(const auto id, blocks.id_of(hit.no));
      if (id >= after_->id) return {};
    }
    newest_[question_.by_type ? type : 0].add(hit);
    return {};
  }

  struct Group {
    std::string type;
    std::int64_t count = 0;
    std::vector<Hit> hits;
  };
  // Of each group one more than wanted when there is one.
  Result<std::vector<Group>> groups(Blocks& blocks) {
    std::vector<Group> out;
    if (!question_.by_type) {
      NC_ASSIGN(auto hits, newest_.front().take(blocks));
      out.push_back({"", total_, std::move(hits)});
      return out;
    }
    for (std::size_t i = 0; i < newest_.size(); ++i) {
      if (type_counts_[i] == 0 || !wanted_types_[i]) continue;
      NC_ASSIGN(auto hits, newest_[i].take(blocks));
      out.push_back({known_.catalog->types()[i].id, type_counts_[i], std::move(hits)});
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    return out;
  }
  void say(WordAnswer& answer) const {
    answer.total = total_;
    for (std::size_t i = 0; i < type_counts_.size(); ++i)
      if (type_counts_[i] != 0) answer.types.emplace_back(known_.catalog->types()[i].id, type_counts_[i]);
    std::stable_sort(answer.types.begin(), answer.types.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    answer.years = days_.years();
    std::map<UnitId, std::int64_t> units;
    for (std::size_t party = 0; party < party_counts_.size(); ++party)
      if (party_counts_[party] != 0) known_.parties.each(party, [&](const UnitId& unit) { units[unit] += party_counts_[party]; });
    answer.units.assign(units.begin(), units.end());
    std::stable_sort(answer.units.begin(), answer.units.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (answer.units.size() > kUnitsCountedMax) answer.units.resize(kUnitsCountedMax);
  }

 private:
  const WordQuestion& question_;
  const KnownTables& known_;
  const std::optional<After>& after_;
  std::vector<bool> wanted_types_, wanted_parties_;
  std::vector<std::int64_t> type_counts_;
  std::vector<std::int64_t> party_counts_;
  DayCounts days_;
  std::int64_t total_ = 0;
  std::vector<Newest> newest_;
};

// Only the words, a space between two, lines kept apart: what stands between words is not looked at.
std::string words_alone(std::string_view folded) {
  std::string out;
  std::size_t before = 0;
  for (const auto& at : words_in(folded)) {
    if (!out.empty()) out += folded.substr(before, at.begin - before).find('\n') == std::string_view::npos ? ' ' : '\n';
    out += folded.substr(at.begin, at.end - at.begin);
    before = at.end;
  }
  return out;
}

// One question in one snapshot.
class Finding {
 public:
  Finding(const WordQuestion& question, const KnownTables& known, const OpenLocks& open, const UnitWords* units, Blocks& blocks)
      : question_(question), known_(known), open_(open), units_(units), blocks_(blocks) {
    for (const auto& word : question.words) {
      Asked asked{word.term, word.term + "\xf4\x8f\xbf\xbf", word.beginning, {}};
      if (units) asked.parties = parties_naming(known.parties, *units, units->named(word.term, word.beginning));
      words_.push_back(std::move(asked));
    }
    // Words of no unit's name need less to be looked at.
    std::stable_partition(words_.begin(), words_.end(), [](const Asked& word) { return word.parties.empty(); });
  }

  // Everything that the reader may see and that has all words.
  template <typename Visit>
  Status each(Visit visit) {
    NC_TRY(blocks_.each_of_tail([&](const Hit& hit, std::string_view text) -> Status {
      if (!opens(hit.lock) || !in_text(hit, text)) return {};
      return visit(hit);
    }));
    for (auto block = blocks_.count(); block-- > 0;) NC_TRY(each_of(block, visit));
    return {};
  }

  Result<bool> has_phrases(const Hit& hit) {
    NC_ASSIGN(const auto written, blocks_.text_of(hit.no));
    const auto text = words_alone(written);
    return std::all_of(question_.phrases.begin(), question_.phrases.end(), [&](const std::string& asked) {
      const auto phrase = words_alone(asked);
      return stands_in(text, phrase) || stands_in(written, asked) || says_kind(hit, text, phrase) || names_unit(hit.party, phrase);
    });
  }

 private:
  [[nodiscard]] bool opens(std::uint32_t lock) const { return lock < open_.open.size() && open_.open[lock] != 0; }

  bool in_text(const Hit& hit, std::string_view text) const {
    const auto terms = terms_of(text);
    return std::all_of(words_.begin(), words_.end(), [&](const Asked& word) {
      if (has(word.parties, hit.party)) return true;
      const auto at = std::lower_bound(terms.begin(), terms.end(), word.term);
      return at != terms.end() && (word.beginning ? at->starts_with(word.term) : *at == word.term);
    });
  }

  // "Hội đàm định kỳ": the kind and its sub-kind, as titles put them together.
  [[nodiscard]] bool says_kind(const Hit& hit, std::string_view text, std::string_view phrase) const {
    const auto* type = known_.locks[hit.lock].type;
    const auto* detail = type ? type->slot("detail") : nullptr;
    if (!detail) return false;
    return std::ranges::any_of(std::array{"vi", "en"}, [&](const char* lang) {
      const auto kind = words_alone(fold(type->label.in(lang))) + " ";
      if (!phrase.starts_with(kind)) return false;
      const auto rest = phrase.substr(kind.size());
      return std::ranges::any_of(detail->options, [&](const auto& one) { return words_alone(fold(one.label.in(lang))) == rest; }) &&
             stands_in(text, rest);
    });
  }

  // Whether a unit of the party is called so; each party is looked at once.
  bool names_unit(std::uint32_t party, const std::string& phrase) {
    const auto [at, fresh] = named_.try_emplace({party, phrase});
    if (fresh && units_)
      known_.parties.each(party, [&](const UnitId& id) {
        const auto* unit = units_->tree->find(id);
        at->second = at->second ||
                     (unit && (stands_in(words_alone(fold(unit->name)), phrase) || stands_in(words_alone(fold(unit->name_en)), phrase)));
      });
    return at->second;
  }

  template <typename Visit>
  Status each_of(std::int64_t block, Visit& visit) {
    DocSet docs;
    docs.fill(blocks_.places(block));
    auto word = words_.begin();
    for (; word != words_.end() && word->parties.empty(); ++word) {
      NC_ASSIGN(const auto with, blocks_.with(block, *word));
      docs &= with;
      if (docs.empty()) return {};
    }
    // Before names of units are looked at: of most readers few documents are left.
    NC_ASSIGN(const auto locks, blocks_.column(block, WordColumn::kLock));
    docs.each([&](std::size_t place) {
      if (!opens(cell_at<std::uint32_t>(locks.cells(), place))) docs.set(place, false);
    });
    if (docs.empty()) return {};
    NC_ASSIGN(const auto parties, blocks_.column(block, WordColumn::kParty));
    for (; word != words_.end(); ++word) {
      NC_ASSIGN(auto with, blocks_.with(block, *word));
      auto without = docs;
      without -= with;
      without.each([&](std::size_t place) {
        if (has(word->parties, cell_at<std::uint32_t>(parties.cells(), place))) with.set(place, true);
      });
      docs &= with;
    }
    if (docs.empty()) return {};
    NC_ASSIGN(const auto days, blocks_.column(block, WordColumn::kDay));
    Status status;
    docs.each([&](std::size_t place) {
      if (!status) return;
      status = visit(Hit{cell_at<std::int32_t>(days.cells(), place),
                         cell_at<std::uint32_t>(locks.cells(), place),
                         cell_at<std::uint32_t>(parties.cells(), place),
                         doc_at(block, place),
                         {}});
    });
    return status;
  }

  const WordQuestion& question_;
  const KnownTables& known_;
  const OpenLocks& open_;
  const UnitWords* units_;
  Blocks& blocks_;
  std::vector<Asked> words_;
  std::map<std::pair<std::uint32_t, std::string>, bool> named_;
};

// What was found, before the records are read.
struct Found {
  WordAnswer answer;
  std::vector<Tally::Group> groups;
  std::vector<int> handlings;  // by lock
};

Status find_in(store::Database& db, WordMemory& memory, const access::Subject& who, const World& world, int ceiling,
               const WordQuestion& question, const std::optional<After>& after, Found& out) {
  const auto scope = access::ReadScope::resolve(who, access::Action::kRead, *world.tree, *world.catalog);
  NC_ASSIGN(const auto known, memory.tables(db, world));
  NC_ASSIGN(const auto open, memory.open_locks(db, scope, world, *known, std::min(ceiling, static_cast<int>(scope.clearance()))));
  const auto units = reads_units(who, world) ? memory.unit_words(world) : nullptr;
  NC_ASSIGN(auto blocks, Blocks::open(db));
  Finding finding(question, *known, *open, units.get(), blocks);
  Tally tally(question, *known, after);
  if (question.phrases.empty()) {
    NC_TRY(finding.each([&](const Hit& hit) { return tally.add(hit, blocks); }));
  } else {
    Newest newest(kPhraseRecordsMax + 1);
    NC_TRY(finding.each([&](const Hit& hit) -> Status {
      newest.add(hit);
      return {};
    }));
    NC_ASSIGN(auto hits, newest.take(blocks));
    out.answer.phrases_cut = hits.size() > kPhraseRecordsMax;
    if (out.answer.phrases_cut) hits.pop_back();
    for (const auto& hit : hits) {
      NC_ASSIGN(const bool there, finding.has_phrases(hit));
      if (there) NC_TRY(tally.add(hit, blocks));
    }
  }
  NC_ASSIGN(out.groups, tally.groups(blocks));
  tally.say(out.answer);
  for (const auto& lock : known->locks) out.handlings.push_back(lock.handling);
  return {};
}

}  // namespace

struct WordSearch::Memory : WordMemory {};

WordSearch::WordSearch(const Ledger& ledger) : ledger_(ledger), memory_(std::make_unique<Memory>()) {}
WordSearch::~WordSearch() = default;

Result<WordAnswer> WordSearch::find(const access::Subject& who, const WordQuestion& question) const {
  NC_ASSIGN(const auto after, after_of(question.by_type ? std::string() : question.cursor));
  const auto world = ledger_.world();
  for (auto ceiling = catalog::Handling::kRestricted;; ceiling = catalog::Handling::kInternal) {
    Found found;
    NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) {
      return find_in(db, *memory_, who, *world, static_cast<int>(ceiling), question, after, found);
    }));
    bool held_back = false;  // restricted content that may not be shown, because the audit trail cannot be written
    for (auto& group : found.groups) {
      WordAnswer::Group shown{group.type, group.count, {}};
      const auto limit = std::clamp<std::size_t>(question.limit, 1, 500);
      for (std::size_t i = 0; i < std::min(limit, group.hits.size()); ++i) {
        const auto& hit = group.hits[i];
        auto record = ledger_.read(who, hit.id);
        const int wanted = found.handlings[hit.lock];
        const bool whole = record && std::any_of(record->parts.begin(), record->parts.end(),
                                                 [&](const auto& part) { return part.key.handling >= wanted; });
        held_back = held_back || (!whole && wanted == static_cast<int>(catalog::Handling::kRestricted));
        if (record) shown.records.push_back(std::move(*record));
      }
      if (!question.by_type && group.hits.size() > limit) {
        const auto& last = group.hits[limit - 1];
        found.answer.next_cursor = std::to_string(last.day) + "|" + last.id.hex();
      }
      found.answer.groups.push_back(std::move(shown));
    }
    if (!held_back || ceiling == catalog::Handling::kInternal) return std::move(found.answer);
  }
}

std::vector<const orgtree::Unit*> WordSearch::units_named(const std::vector<WordQuestion::Word>& words, const World& world) const {
  const auto units = memory_->unit_words(world);
  std::vector<bool> all(words.empty() ? 0 : world.tree->units().size(), true);
  for (const auto& word : words) {
    const auto named = units->named(word.term, word.beginning);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i] && i < named.size() && named[i];
  }
  std::vector<const orgtree::Unit*> out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i]) out.push_back(&world.tree->units()[i]);
  std::stable_partition(out.begin(), out.end(), [](const auto* unit) { return unit->own; });
  // A whole word says more than the beginning of one: "dinh ba" is Dinh Bà before a Ban of Bình Định.
  std::vector<bool> whole(all.size(), true);
  for (const auto& word : words) {
    const auto named = units->named(word.term, false);
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = whole[i] && i < named.size() && named[i];
  }
  const auto* first = world.tree->units().data();
  std::stable_partition(out.begin(), out.end(), [&](const auto* unit) { return whole[static_cast<std::size_t>(unit - first)]; });
  return out;
}

Result<WordSearch::Size> WordSearch::size() const {
  Size out;
  NC_TRY(ledger_.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out.docs, db.integer("SELECT count(*) FROM word_doc"));
    NC_ASSIGN(out.postings, db.integer("SELECT count(*) FROM word_posting"));
    NC_ASSIGN(out.bytes, db.integer("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name LIKE 'word\\_%' ESCAPE '\\'"
                                    " OR name LIKE 'sqlite\\_autoindex\\_word\\_%' ESCAPE '\\'"));
    return {};
  }));
  return out;
}

}  // namespace nc::records
