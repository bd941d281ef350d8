// Short codes of figures: ten letters and digits on paper that lead back to exactly the question they were printed under.
// docs/formats/figure-code.md says how they are made and read.
//
// A code is kept with its question when a figure is first shown under it, in codes.db of the data directory. It is made
// with a key of this node, so that nobody can work out from a question whether another has asked it. A code opens the
// question and never an answer: whoever opens it sees what he may see. Backups of the node hold the codes; a purge takes
// away those whose question repeats purged words (ledger/records/local_stores.h).
// Owns: its connection. Threads: any; the connection is behind a mutex. Errors: kIo, kFull, kCorrupt, kLimit.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/rng.h"
#include "foundation/store/database.h"

namespace nc::web {

// --- the writing of codes, for any ten symbols ---
inline constexpr std::size_t kCodeSymbols = 10;  // the last is the checksum
// From the lowest 45 bits: "K7Q2M-0XD4P".
[[nodiscard]] std::string make_code(std::uint64_t bits);
// Ten symbols as they stand on paper.
[[nodiscard]] std::string code_text(std::string_view symbols);
// As a person typed it: small letters, spaces and hyphens anywhere, O for 0, I and L for 1. The ten symbols without
// the hyphen; nothing when a symbol is wrong, missing or exchanged with another.
[[nodiscard]] std::optional<std::string> read_code(std::string_view typed);

class FigureCodes {
 public:
  static constexpr const char* kFile = "codes.db";
  static constexpr std::int64_t kCodesMax = 200'000;  // then no new ones are made; those on paper stay good
  static constexpr std::size_t kQuestionBytesMax = 2'000;

  // `file` is made if it is not there, with a key of `rng`.
  static Result<std::unique_ptr<FigureCodes>> open(const std::filesystem::path& file, Rng& rng);
  // The code of the question, kept from now on. kLimit: too many, or too long.
  Result<std::string> code_of(const std::string& question);
  // The question of ten symbols (read_code); nothing when none was kept under them.
  [[nodiscard]] Result<std::optional<std::string>> question_of(const std::string& symbols) const;

 private:
  FigureCodes(store::Database database, const Digest& key) : database_(std::move(database)), key_(key) {}
  [[nodiscard]] std::string made(const std::string& question, int attempt) const;
  mutable std::mutex mutex_;
  mutable store::Database database_;
  const Digest key_;
};

}  // namespace nc::web
