// Arriving: files of parts that come from other own nodes, in pieces, until they are whole and have their hash.
// docs/formats/attachments.md says where they lie.
//
// Says nothing of whether somebody may have a file: channels/sync does, and remembers how much of it counts. Threads: one at a time for
// the bytes of one sender.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ledger/blobs/store.h"

namespace nc::blobs {

inline constexpr const char* kArrivingEnding = ".arriving";
inline constexpr std::int64_t kArrivingAgeMsMax = std::int64_t{30} * 24 * 60 * 60 * 1000;  // without a byte more; then it is thrown away

class Arriving {
 public:
  // `root`: the data directory of `store`.
  Arriving(Store& store, std::filesystem::path root) : store_(store), uploads_(std::move(root) / "uploads") {}
  // kFull: the disk would not keep its reserve.
  [[nodiscard]] Status room_for(std::int64_t bytes) const;
  // Writes the bytes at `from`, where what came before must end, and syncs them. `sender` keeps apart what several send. kConflict: less
  // is here.
  [[nodiscard]] Status take(const std::string& sender, const std::string& part, const Digest& sha256, std::int64_t from,
                            std::string_view bytes) const;
  // All is here: it becomes a file of the part when it has the hash, else it is thrown away, kCorrupt.
  Status finish(const std::string& sender, const std::string& part, const Digest& sha256);
  // Whatever has come of a file of the part, from anybody: gone.
  static void destroy(const std::filesystem::path& uploads, const std::string& part, const Digest& sha256);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& sender, const std::string& part, const Digest& sha256) const;
  [[nodiscard]] Status make_folder() const;
  Store& store_;
  std::filesystem::path uploads_;
};

}  // namespace nc::blobs
