// Inside the room only: the child's side of docs/formats/sync.md section "Files": asks its parent for what it lacks, offers what it has.
// Lives as long as the session; one thread. What is durable stands in the tables.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "channels/sync/file_inbox.h"
#include "channels/sync/outbox.h"

namespace nc::sync {

inline constexpr std::size_t kWishesMax = 8, kOffersMax = 128;

class FileTalk {
 public:
  FileTalk(records::Ledger& ledger, const NodeId& parent) : ledger_(ledger), parent_(parent) {}

  void begin_request();
  // After the entries of a request. `all_sent`: no entry is left to hand in.
  Status compose(store::Database& db, Shared& shared, Outbox& out, bool all_sent);
  // A message of an answer; its bytes count when flush() has returned in the same transaction.
  Status hear(store::Database& db, Shared& shared, const Message& message);
  Status flush(store::Database& db);
  // Outside of transactions: checks what is whole, gives it its name.
  Status finish(std::vector<Error>& notices);
  // The answer did not come to its end: it is asked anew where to go on.
  void broken() { wanted_.clear(); }
  // It did. `left`: entries wait there, and files behind them. What was not answered is put off.
  Status judge(bool left);
  // Something is to be done that the next request can do.
  [[nodiscard]] Result<bool> more(store::Database& db, Shared& shared);
  [[nodiscard]] std::int64_t bytes_moved() const { return moved_; }  // both ways, in this exchange

 private:
  struct Spoken {
    KnownFile file;
    std::int64_t from = -1;  // from where bytes were sent; -1: it was only offered
  };
  Result<bool> goes_up(store::Database& db, Shared& shared, const KnownFile& file);
  Status put_wishes(store::Database& db, Shared& shared, Outbox& out);
  Status put_offers(store::Database& db, Shared& shared, Outbox& out);
  Status on_wish(store::Database& db, const FileWish& wish);
  Status on_kept(store::Database& db, const FileKept& kept);

  records::Ledger& ledger_;
  NodeId parent_;
  std::map<std::int64_t, Spoken> wanted_;  // the parent has said from where it wants them
  // Of this exchange:
  std::optional<std::set<std::string>> up_;  // streams that are handed up
  std::map<std::int64_t, KnownFile> asked_;
  std::map<std::int64_t, Spoken> spoken_;  // of which the parent has to say how much it has
  std::unique_ptr<FileInbox> inbox_;       // of this transaction
  std::set<std::int64_t> came_, later_;
  std::vector<Error> notices_;
  std::int64_t moved_ = 0;
  bool composed_ = false, all_sent_ = false;
};

}  // namespace nc::sync
