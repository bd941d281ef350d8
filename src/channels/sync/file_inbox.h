// Inside the room only: bytes of files as they come. Collected while frames are read, written and synced at once by flush(), inside the
// transaction that notes how much is here; checked, when they are whole, by finish_files() after it.
//
// Nothing that comes, and no disk that is short, stops the entries: what cannot be taken is left out, or named in the notices.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "channels/sync/file_tables.h"

namespace nc::sync {

// Whether this file is taken from that sender; `whole_here`: then nothing of it is taken any more.
struct FileAsked {
  bool wanted = false, whole_here = false;
};

class FileInbox {
 public:
  using Asks = std::function<Result<FileAsked>(const KnownFile&)>;
  FileInbox(store::Database& db, const records::Ledger& ledger, const NodeId& sender, Asks asks)
      : db_(db), ledger_(ledger), sender_(sender), asks_(std::move(asks)) {}
  // kFileBytes.
  Status take(std::string_view content);
  Status flush();
  // Of which something came, known or not.
  [[nodiscard]] const std::map<std::int64_t, KnownFile>& came() const { return came_; }
  [[nodiscard]] std::int64_t bytes_taken() const { return bytes_taken_; }

 private:
  struct Pending {
    KnownFile file;
    std::int64_t from = 0;
    std::string bytes;
  };
  Result<Pending*> begin(const KnownFile& file);
  store::Database& db_;
  const records::Ledger& ledger_;
  NodeId sender_;
  Asks asks_;
  std::map<std::int64_t, Pending> pending_;
  std::map<std::int64_t, KnownFile> came_;
  std::int64_t bytes_taken_ = 0;
};

// Checks what came whole from `sender` and gives it its name. What was refused stands in the notices.
struct Finished {
  std::vector<KnownFile> kept, refused;
};
Result<Finished> finish_files(records::Ledger& ledger, const NodeId& sender, std::vector<Error>& notices);

}  // namespace nc::sync
