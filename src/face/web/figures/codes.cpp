#include "face/web/figures/codes.h"

#include <array>

#include "face/web/local_store.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/local_stores.h"

namespace nc::web {
namespace {

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS code (code TEXT PRIMARY KEY, question TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS code_key (key BLOB NOT NULL)";

// Without I, L, O and U, which are taken for others.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr unsigned kBits = 5;
constexpr unsigned kMask = (1U << kBits) - 1;

// Times x in GF(32) = GF(2)[x] / (x^5 + x^2 + 1), whose powers of x are 31 different ones.
constexpr unsigned times_x(unsigned value) {
  constexpr unsigned kReduce = 0b100101;
  value <<= 1U;
  return (value & (1U << kBits)) != 0 ? value ^ kReduce : value;
}

using Symbols = std::array<unsigned, kCodeSymbols>;

// Sum of symbol times x^place: one wrong symbol, or two exchanged ones, never leave it 0.
unsigned checked(const Symbols& symbols) {
  unsigned sum = 0;
  for (const auto symbol : symbols) sum = times_x(sum) ^ symbol;
  return sum;
}

std::optional<unsigned> symbol_of(char typed) {
  char c = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

}  // namespace

std::string make_code(std::uint64_t bits) {
  Symbols symbols{};
  for (std::size_t i = kCodeSymbols - 1; i-- > 0; bits >>= kBits) symbols.at(i) = static_cast<unsigned>(bits) & kMask;
  symbols.back() = checked(symbols);  // its own place counts once
  std::string out;
  for (const auto symbol : symbols) out += kAlphabet[symbol];
  return code_text(out);
}

std::string code_text(std::string_view symbols) {
  constexpr auto kHalf = kCodeSymbols / 2;
  return std::string(symbols.substr(0, kHalf)) + "-" + std::string(symbols.substr(kHalf));
}

std::optional<std::string> read_code(std::string_view typed) {
  Symbols symbols{};
  std::string out;
  for (const char c : typed) {
    if (c == ' ' || c == '-') continue;
    const auto symbol = symbol_of(c);
    if (!symbol || out.size() == kCodeSymbols) return std::nullopt;
    symbols.at(out.size()) = *symbol;
    out += kAlphabet[*symbol];
  }
  if (out.size() != kCodeSymbols || checked(symbols) != 0) return std::nullopt;
  return out;
}

Result<std::unique_ptr<FigureCodes>> FigureCodes::open(const std::filesystem::path& file, Rng& rng) {
  NC_ASSIGN(auto database, open_local_store(file, records::kCodesStore.application_id, kTables));
  NC_TRY(database.run("INSERT INTO code_key SELECT ?1 WHERE NOT EXISTS (SELECT * FROM code_key)", rng.make<Digest>()));
  Digest key;
  {
    NC_ASSIGN(auto row, database.prepare("SELECT key FROM code_key"));
    NC_ASSIGN(const bool found, row.step());
    if (!found) return fail(Error(ErrorCode::kCorrupt, NC_MSG("The file of codes has lost its key")).at(file.string()));
    key = row.id<Digest>(0);
  }
  return std::unique_ptr<FigureCodes>(new FigureCodes(std::move(database), key));
}

std::string FigureCodes::made(const std::string& question, int attempt) const {
  const auto hash = crypto::sha256("nhipcau-figure-code-1\n" + key_.hex() + "\n" + std::to_string(attempt) + "\n" + question);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8U | hash.bytes.at(i);
  return make_code(value);
}

Result<std::string> FigureCodes::code_of(const std::string& question) {
  if (question.size() > kQuestionBytesMax)
    return fail(ErrorCode::kLimit, NC_MSG("The question is longer than {1} bytes"), {std::to_string(kQuestionBytesMax)});
  const std::lock_guard lock(mutex_);
  for (int attempt = 0;; ++attempt) {
    auto code = made(question, attempt);
    const auto symbols = read_code(code).value();
    NC_ASSIGN(auto row, database_.prepare("SELECT question FROM code WHERE code = ?1"));
    row.bind_all(symbols);
    NC_ASSIGN(const bool taken, row.step());
    if (taken && row.text(0) == question) return code;
    if (taken) continue;  // by another question: one in thirty million
    NC_ASSIGN(const auto count, database_.integer("SELECT count(*) FROM code"));
    if (count >= kCodesMax) return fail(ErrorCode::kLimit, NC_MSG("{1} figures have codes already"), {std::to_string(kCodesMax)});
    NC_TRY(database_.run("INSERT INTO code VALUES (?1, ?2)", symbols, question));
    return code;
  }
}

Result<std::optional<std::string>> FigureCodes::question_of(const std::string& symbols) const {
  const std::lock_guard lock(mutex_);
  NC_ASSIGN(auto row, database_.prepare("SELECT question FROM code WHERE code = ?1"));
  row.bind_all(symbols);
  NC_ASSIGN(const bool found, row.step());
  return found ? std::optional(row.text(0)) : std::nullopt;
}

}  // namespace nc::web
