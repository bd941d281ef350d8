// A backup of keys.db that somebody hands in: taken or refused, never half, and never against an erasure.
// Input: 'f' and the bytes of a file; or rows of a table: 'k' or 'e', a length and so many bytes of id, a
// length and so many bytes of key. Sealed values are tried with the whole input.
#include <unistd.h>

#include <fstream>

#include "base/check.h"
#include "ledger/records/person_keys.h"

namespace {

namespace fs = std::filesystem;
using namespace nc;
using records::PersonKeys;

void remove_database(const fs::path& file) {
  for (const auto* tail : {"", "-wal", "-shm"}) fs::remove(file.string() + tail);
}

std::string take_piece(std::string_view& input) {
  if (input.empty()) return {};
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(input.front())) % 64;
  input.remove_prefix(1);
  const std::string piece(input.substr(0, size));
  input.remove_prefix(piece.size());
  return piece;
}

void write_rows(const fs::path& file, const fs::path& model, std::string_view input, const Clock& clock) {
  PersonKeys keys(model, clock, system_rng(), true);
  NC_CHECK(keys.backup_to(file).has_value());
  store::Options options;
  options.application_id = records::kKeysApplicationId;
  auto db = store::Database::open(file, options);
  NC_CHECK(db.has_value());
  while (!input.empty()) {
    const bool key = input.front() == 'k';
    input.remove_prefix(1);
    const auto id = take_piece(input), bytes = take_piece(input);
    auto insert = db->prepare(key ? "INSERT OR REPLACE INTO sealing_key(id, key, made_ms) VALUES(?1, ?2, 1)"
                                  : "INSERT OR REPLACE INTO erased_key(id, at_ms) VALUES(?1, length(?2))");
    NC_CHECK(insert.has_value());
    NC_CHECK(insert->bind_blob(1, id).bind_blob(2, bytes).run().has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // In memory where there is such a folder: each input is several synced transactions.
  static const fs::path memory = "/dev/shm";
  static const fs::path folder = (fs::exists(memory) ? memory : fs::temp_directory_path()) / ("nc-key-fuzz-" + std::to_string(::getpid()));
  static ManualClock clock;
  static const RecordId person = *RecordId::from_hex("000102030405060708090a0b0c0d0e0f"),
                        erased = *RecordId::from_hex(std::string(32, 'e'));
  const auto file = folder / "in.db", model = folder / "model.db", mine = folder / "keys.db";
  static const bool ready = [&] {
    fs::create_directories(folder);
    clock.now_ms = 1'795'000'000'000;
    PersonKeys keys(model, clock, system_rng(), false);
    return keys.find_or_make(person).has_value();
  }();
  NC_CHECK(ready);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto& one : {file, mine}) remove_database(one);
  if (!input.empty() && input.front() == 'f') std::ofstream(file, std::ios::binary) << input.substr(1);
  else write_rows(file, model, input, clock);

  PersonKeys keys(mine, clock, system_rng(), false);
  NC_CHECK(keys.erase(erased).has_value());
  const auto taken = keys.take_from(file);
  NC_CHECK(*keys.is_erased(erased) && !keys.find(erased));
  const auto found = keys.find(person);
  if (!taken) NC_CHECK(found.has_value() && !found->has_value());
  if (const auto value = parse_json(input)) NC_CHECK(!keys.open_value("place", *value).value_or(std::nullopt));
  return 0;
}
