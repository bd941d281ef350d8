// Inside the room only: what a child's request said, and requests that are heard without a turn at writing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/sync/file_answer.h"
#include "channels/sync/inbox.h"
#include "channels/sync/outbox.h"

namespace nc::sync {

struct Asked {
  std::optional<Hello> hello;
  bool again = false;                           // it greeted with `again`
  bool say_all = false;                         // what it says it has told is not what is here
  std::map<std::string, std::int64_t> cursors;  // by tag
  std::vector<ChannelDigest> digests;
  bool compares = false;
  std::vector<std::pair<journal::StreamKey, std::int64_t>> wants;
  std::vector<journal::StreamKey> where;
  std::vector<std::pair<std::string, PartHeld>> parts;  // by stream
  FilesAsked files;
  std::vector<std::string> letters_came;  // their tags
  bool unknown_kind = false;
  Taken taken;
};

// Cursors of a child, by tag.
using Stored = std::map<std::string, std::int64_t>;

Result<Stored> stored_cursors(store::Database& db, const NodeId& child);
// The told of docs/formats/sync.md, of what is stored of the child.
[[nodiscard]] std::string told_here(const std::string& child, const std::string& self, const Stored& stored);

// A request that brings nothing and changes nothing here is heard without a turn at writing: who has nothing new waits for nobody who
// has much. Nothing: it is not of that kind.
Result<std::optional<Asked>> listen(store::Database& db, const records::Ledger& ledger, const NodeId& child, std::string_view request);

}  // namespace nc::sync
