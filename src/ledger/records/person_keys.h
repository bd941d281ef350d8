// PersonKeys: keys.db, the keys under which personal data are sealed. docs/formats/keys.md.
//
// One key a person concerned; its id is the id of the record about the person. Two nodes that sealed before
// they heard of each other made a key each: all keys of an id open, the first seals. The file is apart from
// ledger.db and in no backup of it: who holds a backup of the ledger holds sealed text only.
// Owns: its connection to keys.db, made with the first key. Threads: any; behind a mutex.
// Invariants: a key is on disk before it is given out; an erased id never has a key again, whatever is
// restored, and no byte of the key is left in the file or its log.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "foundation/crypto/secret.h"
#include "foundation/crypto/sign.h"
#include "foundation/store/database.h"

namespace nc::records {

inline constexpr std::uint32_t kKeysApplicationId = 0x4e434b31;  // "NCK1"
inline constexpr std::int64_t kKeysBackupDays = 30;              // older ones are neither kept nor restored
inline constexpr std::size_t kKeysOfOneMax = 16;                 // of one id

class PersonKeys {
 public:
  PersonKeys(std::filesystem::path file, const Clock& clock, Rng& rng, bool read_only, std::string vfs = {});

  using Key = crypto::SecretBytes<32>;
  // Nothing: there is no key here. kDenied: it was erased.
  Result<std::optional<Key>> find(const RecordId& id);
  // All keys of the id, the one that seals first. Errors as find.
  Result<std::vector<Key>> find_all(const RecordId& id);
  // The key, made if there is none. kDenied: it was erased.
  Result<Key> find_or_make(const RecordId& id);
  // {"enc": [key id, nonce, sealed text]}, opened again only in that place. Errors as find_or_make.
  Result<Json> seal_value(const RecordId& id, std::string_view place, std::string_view text);
  // Nothing: no key that is here opens it; of a value that was altered, or sealed for another place, that
  // looks the same. kDenied: erased.
  Result<std::optional<std::string>> open_value(std::string_view place, const Json& value);
  // Destroys the key and refuses the id for ever. False: that was done before.
  Result<bool> erase(const RecordId& id);
  Result<bool> is_erased(const RecordId& id);
  Result<std::optional<std::int64_t>> last_erased_ms();
  Result<std::int64_t> count();         // of ids whose keys are here
  Result<std::int64_t> count_erased();  // of ids that are refused for ever

  // --- parcels: keys that come from another node, sealed to a key for one use (docs/formats/keys.md "Parcels") ---
  // The key under which a parcel for the id shall come, made if there is none. kDenied: the id was erased.
  Result<PublicKey> ask_under(const RecordId& id);
  // Nothing: none was asked for.
  Result<std::optional<crypto::SigningKey>> asked_under(const RecordId& id);
  // Adds keys and destroys the one that was asked under. How many are new. kDenied: the id was erased;
  // kLimit: more than kKeysOfOneMax.
  Result<std::int64_t> take(const RecordId& id, const std::vector<Key>& keys);
  // Nothing is asked for any more.
  Status stop_asking(const RecordId& id);

  // A copy with the time it was made: whole, checked and durable, or none. The file must not exist; none is
  // made when there is no key yet. The number of keys.
  Result<std::int64_t> backup_to(const std::filesystem::path& file);
  // Takes the keys of a backup that are not here. kDenied: it is older than 30 days. Erased ids stay erased.
  Result<std::int64_t> take_from(const std::filesystem::path& file);

 private:
  Result<store::Database*> open(bool make);
  Result<std::optional<Key>> find_in(store::Database& db, const RecordId& id);
  Result<std::vector<Key>> all_in(store::Database& db, const RecordId& id);
  Status add_in(store::Database& db, const RecordId& id, const Key& key, std::int64_t made_ms);

  std::filesystem::path file_;
  const Clock& clock_;
  Rng& rng_;
  bool read_only_;
  bool has_more_ = false;  // a file from before there were several keys of one id has no table of them
  std::string vfs_;
  std::mutex mutex_;
  std::optional<store::Database> db_;
};

}  // namespace nc::records
