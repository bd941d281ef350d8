#include "channels/sync/listening.h"

#include <algorithm>

#include "channels/sync/contacts.h"
#include "channels/sync/key_post.h"
#include "channels/sync/shared.h"

namespace nc::sync {

Result<Stored> stored_cursors(store::Database& db, const NodeId& child) {
  Stored out;
  NC_ASSIGN(const auto rows, cursors(db, child));
  for (const auto& one : rows) out[one.tag] = one.number;
  return out;
}

std::string told_here(const std::string& child, const std::string& self, const Stored& stored) {
  std::vector<Cursor> told;
  for (const auto& [tag, number] : stored) told.push_back({tag, number});
  return told_tag(child, self, std::move(told));
}

namespace {

class Listening {
 public:
  Listening(store::Database& db, const records::Ledger& ledger, const NodeId& child) : db_(db), ledger_(ledger), child_(child) {}

  Result<std::optional<Asked>> hear(std::string_view request) {
    NC_ASSIGN(bool ordered, entries_are_ordered(db_));
    if (ordered) { NC_ASSIGN(ordered, files_are_indexed(db_)); }
    if (ordered) {
      NC_ASSIGN(const bool due, keys_want_tending(db_, ledger_));
      ordered = !due;
    }
    FrameReader reader;
    reader.feed(request);
    const auto frame = reader.next();
    if (!ordered || !frame || reader.inside() || reader.broken()) return std::optional<Asked>();
    NC_ASSIGN(incarnation_, known_incarnation(db_, child_));
    NC_ASSIGN(stored_, stored_cursors(db_, child_));
    NC_ASSIGN(restricted_, takes_restricted(db_, child_));
    bool quiet = true, ended = false;
    for (const auto& message : *frame) {
      if (!quiet || ended || (message.kind != kHello && message.kind != kAgain && !out_.hello)) return std::optional<Asked>();
      if (message.kind == kHello) quiet = hello(message);
      else if (message.kind == kAgain) quiet = again(message);
      else if (message.kind == kCursors) quiet = cursors_are_known(message);
      else if (out_.files.hear(message)) continue;
      else if (message.kind == kEnd) {
        NC_ASSIGN(ended, complete(message));
      } else quiet = false;
    }
    if (!quiet || !ended || out_.cursors.size() != stored_.size()) return std::optional<Asked>();
    return std::optional(std::move(out_));
  }

 private:
  [[nodiscard]] std::string self() const { return incarnation_tag(ledger_.identity().incarnation); }
  bool hello(const Message& message) {
    auto read = decode_hello(message.content);
    if (!read || read->incarnation != incarnation_ || read->known != self() || read->restricted != restricted_) return false;
    out_.hello = std::move(*read);
    return true;
  }
  bool again(const Message& message) {
    const auto read = decode_again(message.content);
    if (!read || read->digest.empty() || read->restricted != restricted_ || read->told != told_here(incarnation_, self(), stored_))
      return false;
    out_.again = true;
    out_.cursors = stored_;
    out_.hello = greeting_of(*read, incarnation_, self());
    return true;
  }
  bool cursors_are_known(const Message& message) {
    const auto told = decode_cursors(message.content);
    if (!told) return false;
    for (const auto& one : *told) {
      const auto at = stored_.find(one.tag);
      if (at == stored_.end() || at->second != one.number) return false;
      out_.cursors[one.tag] = one.number;
    }
    return true;
  }
  // That all is here is written down when it says more than a moment ago.
  Result<bool> complete(const Message& message) {
    const auto rest = decode_end(message.content);
    if (!rest || rest->left > 0) return false;
    NC_ASSIGN(const auto before, complete_to(db_, child_));
    return before && *before >= std::min(out_.hello->clock_ms, ledger_.now_ms()) - kContactWriteMs;
  }

  store::Database& db_;
  const records::Ledger& ledger_;
  NodeId child_;
  std::string incarnation_;
  bool restricted_ = false;  // as the child said before
  Stored stored_;
  Asked out_;
};

}  // namespace

Result<std::optional<Asked>> listen(store::Database& db, const records::Ledger& ledger, const NodeId& child, std::string_view request) {
  return Listening(db, ledger, child).hear(request);
}

}  // namespace nc::sync
