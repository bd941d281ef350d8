#include "ledger/records/local_stores.h"

#include "base/destroy.h"
#include "base/file_stream.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/url_text.h"
#include "base/words.h"
#include "foundation/store/transaction.h"
#include "ledger/records/word_tables.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWordBytesMin = 3;    // shorter ones say nothing by themselves
constexpr std::size_t kDigitsOfSecret = 5;  // days and years are no secret
constexpr std::size_t kWithinBytesMin = 4;  // a word that stands within a longer one

store::Options options_of(const LocalStore& store, bool read_only) {
  store::Options out;
  out.read_only = read_only;
  out.application_id = store.application_id;
  return out;
}

// The values of "/activities?kind=talks&q=ab%20c", folded.
void add_values_of(std::string_view address, std::vector<std::string>& out) {
  if (const auto begin = address.find('?'); begin != std::string_view::npos) address.remove_prefix(begin + 1);
  for (const auto& pair : split_trimmed(address, '&')) {
    const auto at = pair.find('=');
    if (at == std::string::npos) continue;
    const auto value = pair.substr(at + 1);
    out.push_back(fold(url_decode(value, true).value_or(value)));
  }
}

bool tells_something(std::string_view folded) {
  const bool digits = folded.find_first_not_of("0123456789 ./-:") == std::string_view::npos;
  return folded.size() >= (digits ? kDigitsOfSecret : kWordBytesMin);
}

std::vector<std::string> words_of(const std::string& folded) {
  std::vector<std::string> out;
  for (const auto& word : words_in(folded)) out.push_back(folded.substr(word.begin, word.end - word.begin));
  return out;
}

// What purges take away, asked about one text after the other.
class Purged {
 public:
  Purged(store::Database& ledger, std::string text) : ledger_(ledger), text_(std::move(text)), words_(words_of(text_)) {}

  // Whether the text (folded), or a word of it, stands in what is purged and nowhere else.
  Result<bool> is_repeated_by(const std::string& folded) {
    NC_ASSIGN(const bool whole, gone(folded));
    if (whole) return true;
    for (const auto& word : words_of(folded)) {
      NC_ASSIGN(const bool this_one, gone(word));
      NC_ASSIGN(const bool within, this_one ? Result<bool>(true) : holds_a_gone_word(word));
      if (within) return true;
    }
    return false;
  }

 private:
  Result<bool> gone(const std::string& folded) {
    if (!tells_something(folded) || text_.find(folded) == std::string::npos) return false;
    NC_ASSIGN(const auto left, ledger_.integer("SELECT EXISTS (SELECT 1 FROM record WHERE instr(text_fold, ?1) > 0)"
                                               " OR EXISTS (SELECT 1 FROM word_doc WHERE text IS NOT NULL AND instr(text, ?1) > 0)",
                                               folded));
    return left == 0;
  }
  Result<bool> holds_a_gone_word(const std::string& longer) {
    for (const auto& word : words_) {
      if (word.size() < kWithinBytesMin || word.size() >= longer.size() || longer.find(word) == std::string::npos) continue;
      NC_ASSIGN(const bool this_one, gone(word));
      if (this_one) return true;
    }
    return false;
  }

  store::Database& ledger_;
  const std::string text_;
  const std::vector<std::string> words_;
};

// All that purged bodies say in words, folded; empty: none lies here any more.
Result<std::string> text_of_purged(store::Database& ledger, const journal::Journal& journal, const catalog::Catalog& catalog) {
  std::string out;
  NC_TRY(journal.for_each_body(ledger, journal::Journal::Bodies::kPurged, [&](const journal::Stored& stored) -> Status {
    out += "\n";
    const auto* type = catalog.find(stored.entry.header.type);
    if (!type) return {};  // no page shows it, so that nobody has words of it
    Json values(stored.entry.body.set);
    for (const auto& [field, elements] : stored.entry.body.add) values.set(field, JsonArray(elements.begin(), elements.end()));
    out += folded_text(*type, values, static_cast<int>(catalog::Handling::kRestricted));
    return {};
  }));
  return out;
}

Result<std::vector<std::string>> rows_to_forget(store::Database& db, const LocalStore& store, Purged& purged) {
  std::vector<std::string> out;
  NC_ASSIGN(auto row, db.prepare(store.texts));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return out;
    std::vector<std::string> texts{fold(row.text(1))};
    add_values_of(row.text_view(2), texts);
    bool repeats = false;
    for (std::size_t i = 0; i < texts.size() && !repeats; ++i) { NC_ASSIGN(repeats, purged.is_repeated_by(texts[i])); }
    if (repeats) out.push_back(row.text(0));
  }
}

Status forget_in(const LocalStore& store, const DataDir& dir, Purged& purged) {
  std::error_code ec;
  const auto file = dir.root / store.file;
  if (!fs::exists(file, ec) || fs::file_size(file, ec) == 0) return {};
  NC_ASSIGN(auto db, store::Database::open(file, options_of(store, false)));
  NC_ASSIGN(const auto tables, db.integer("SELECT count(*) FROM sqlite_schema"));
  if (tables == 0) return {};  // the power failed while it was being made
  if (!store.texts) {
    NC_TRY(db.run(store.forget));
  } else {
    NC_ASSIGN(const auto keys, rows_to_forget(db, store, purged));
    for (const auto& key : keys) NC_TRY(db.run(store.forget, key));
  }
  return db.checkpoint(store::CheckpointMode::kTruncate);  // older images of the pages lie in the log
}

// A copy of one moment, whoever writes into it meanwhile.
Status put_store(const LocalStore& store, const DataDir& dir, bool nobody_writes, store::Database& backup) {
  const auto copy = backup.path().string() + "." + store.file;
  for (const auto* tail : {"", "-wal", "-shm"}) NC_TRY(destroy_file(copy + tail));  // of a backup that was broken off
  const auto put = [&]() -> Status {
    {
      auto options = options_of(store, true);
      options.immutable = nobody_writes;
      NC_ASSIGN(auto db, store::Database::open(dir.root / store.file, options));
      NC_TRY(db.quick_check());
      NC_TRY(db.backup_to(copy));
    }
    NC_ASSIGN(const auto bytes, InputFile::open(copy));
    NC_ASSIGN(auto transaction, store::Transaction::begin(backup));
    std::string piece(limits::kBlobChunkBytes, '\0');
    for (std::int64_t at = 0; at < bytes.size();) {
      NC_ASSIGN(const auto got, bytes.read_at(at, piece));
      if (got == 0) break;
      NC_ASSIGN(auto insert, backup.prepare("INSERT INTO backup_store(file, content) VALUES(?, ?)"));
      NC_TRY(insert.bind(1, std::string_view(store.file)).bind_blob(2, std::string_view(piece).substr(0, got)).run());
      at += static_cast<std::int64_t>(got);
    }
    return transaction.commit();
  };
  const auto done = put();
  for (const auto* tail : {"", "-wal", "-shm"}) NC_TRY(destroy_file(copy + tail));
  return done;
}

}  // namespace

Status forget_purged(store::Database& ledger, const journal::Journal& journal, const catalog::Catalog& catalog, const DataDir& dir) {
  NC_ASSIGN(auto text, text_of_purged(ledger, journal, catalog));
  if (text.empty()) return {};
  Purged purged(ledger, std::move(text));
  for (const auto& store : kLocalStores) NC_TRY(forget_in(store, dir, purged));
  std::error_code ec;
  return fs::is_directory(dir.works(), ec) ? write_file_durably(dir.works() / kPurgedMark, "", 0600) : Status();
}

Result<std::vector<std::string>> put_local_stores(const DataDir& dir, bool nobody_writes, store::Database& backup) {
  NC_TRY(backup.exec("CREATE TABLE backup_store(id INTEGER PRIMARY KEY, file TEXT NOT NULL, content BLOB NOT NULL)"));
  std::vector<std::string> left_out;
  for (const auto& store : kLocalStores) {
    std::error_code ec;
    if (!store.in_backup || !fs::exists(dir.root / store.file, ec)) continue;
    const auto done = put_store(store, dir, nobody_writes, backup);
    if (!done && done.error().code != ErrorCode::kCorrupt) return fail(done.error());
    if (!done) left_out.emplace_back(store.file);
  }
  return left_out;
}

Status take_local_stores(store::Database& backup, const DataDir& dir) {
  NC_ASSIGN(const auto tables, backup.integer("SELECT count(*) FROM sqlite_master WHERE name = 'backup_store'"));
  if (tables == 0) return {};  // made by a version that kept them out
  for (const auto& store : kLocalStores) {
    if (!store.in_backup) continue;
    std::optional<OutputFile> file;
    NC_ASSIGN(auto row, backup.prepare("SELECT content FROM backup_store WHERE file = ?1 ORDER BY id"));
    row.bind(1, std::string_view(store.file));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      if (!file) {
        NC_ASSIGN(auto made, OutputFile::create(dir.root / store.file));
        file.emplace(std::move(made));
      }
      NC_TRY(file->write(row.blob_view(0)));
    }
    if (!file) continue;
    NC_TRY(file->sync());
    auto options = options_of(store, true);
    options.immutable = true;
    NC_ASSIGN(auto db, store::Database::open(dir.root / store.file, options));
    NC_TRY(db.quick_check());
  }
  return {};
}

}  // namespace nc::records
