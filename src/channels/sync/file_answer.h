// Inside the room only: the parent's side of docs/formats/sync.md section "Files". Nothing is kept between requests but what was taken.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "channels/sync/file_inbox.h"
#include "channels/sync/outbox.h"

namespace nc::sync {

// What a request said of files.
struct FilesAsked {
  std::vector<FileWish> wishes;
  std::vector<FileName> offers;
  std::map<std::int64_t, KnownFile> came;
  // kFileWish and kFileOffer; false: another kind. Bounded, whatever the request says.
  bool hear(const Message& message);
};

// Whether bytes of the file are taken from that child: an entry names it of a part to which both subscribe, or one that the child holds.
Result<FileAsked> asks_of_child(store::Database& db, const blobs::Store& files, const NodeId& child, Shared& shared, const KnownFile& file);

// How much of what was offered or sent is here.
Status put_file_replies(store::Database& db, const records::Ledger& ledger, const NodeId& child, Shared& shared, const FilesAsked& asked,
                        Outbox& out);
// The bytes that the child wishes, as far as there is room.
Status put_file_bytes(store::Database& db, const blobs::Store& files, Shared& shared, const FilesAsked& asked, Outbox& out);

}  // namespace nc::sync
