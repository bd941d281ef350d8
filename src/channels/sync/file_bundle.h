// Inside the room only: files in bundles, docs/formats/bundle.md.
#pragma once

#include "channels/sync/file_inbox.h"
#include "channels/sync/outbox.h"

namespace nc::sync {

// After the entries of a bundle: the receipt, then files, each whole from where the receiver stands or not at all.
class FilePacking {
 public:
  FilePacking(store::Database& db, const blobs::Store& files, const NodeId& to, Shared& shared, Outbox& out)
      : db_(db), files_(files), to_(to), shared_(shared), out_(out) {}
  // To the parent; `streams`: that are handed up. How many files did not fit.
  Result<std::int64_t> up(const std::vector<journal::HeldStream>& streams);
  // To a child. `from`: the channels of which entries were put into the bundle, after which number.
  Result<std::int64_t> down(const std::map<std::int64_t, std::int64_t>& from);

 private:
  Result<bool> send(const KnownFile& file, std::int64_t from);
  store::Database& db_;
  const blobs::Store& files_;
  NodeId to_;
  Shared& shared_;
  Outbox& out_;
};

// What a bundle says of files, inside the transaction in which its frames are taken.
class FileUnpacking {
 public:
  FileUnpacking(store::Database& db, const records::Ledger& ledger, const NodeId& from, bool from_parent, Shared& shared);
  // False: another kind.
  Result<bool> take(const Message& message);
  Status flush() { return inbox_.flush(); }

 private:
  store::Database& db_;
  NodeId from_;
  bool from_parent_;
  FileInbox inbox_;
};
// After it: checks what is whole.
Status finish_unpacked(records::Ledger& ledger, const NodeId& from, bool from_parent, std::vector<Error>& notices);

}  // namespace nc::sync
