// Inside the room only: the child's side of docs/formats/sync.md section "Letters". Lives as long as the session; one thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "channels/sync/key_post.h"

namespace nc::sync {

class KeyTalk {
 public:
  KeyTalk(records::Ledger& ledger, const NodeId& parent) : ledger_(ledger), parent_(parent) {}

  // Before a request: what is due of this node's own.
  Status begin_request();
  // After the entries of a request, when none is left.
  Status compose(store::Database& db, Shared& shared, Outbox& out);
  // Of an answer: the parent takes letters; what it brought, inside the transaction that takes it; its end.
  void parent_takes(bool letters) { takes_ = letters; }
  void came(const std::vector<std::string>& tags);
  void answered();
  // Something is to be said that the next request can say.
  [[nodiscard]] Result<bool> more(store::Database& db, Shared& shared) const;

 private:
  records::Ledger& ledger_;
  NodeId parent_;
  bool takes_ = false;
  int tended_ = 0;                     // what is due and cannot be done keeps no session going
  std::set<std::string> came_, said_;  // tags; `said_`: in this request
  std::set<std::string> sent_;         // in this session: who does not take it gets it another time
};

}  // namespace nc::sync
