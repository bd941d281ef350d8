// The parent's side of the line: lets its children in by the keys of the ledger and answers them. docs/formats/sync.md, "By HTTPS".
//
// Owns a server with its threads and one that looks twice a second whose key counts, so that a node that is cut off loses its open
// connection too. Keeps nothing of a child between requests. The ledger must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "foundation/net/exchange_server.h"
#include "ledger/records/ledger.h"

namespace nc::sync {

struct LinkServerOptions {
  net::ExchangeServerOptions net;
  std::string program;  // this program's version
};

class LinkServer {
 public:
  static Result<std::unique_ptr<LinkServer>> start(records::Ledger& ledger, const LinkServerOptions& options);
  ~LinkServer();
  LinkServer(const LinkServer&) = delete;
  LinkServer& operator=(const LinkServer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  void stop();

 private:
  using Answer = net::ExchangeServer::Answer;
  using Asked = net::ExchangeServer::Asked;
  LinkServer(records::Ledger& ledger, LinkServerOptions options) : ledger_(ledger), options_(std::move(options)) {}
  [[nodiscard]] net::Admission admit(const PublicKey& key);
  Answer handle(const Asked& asked);
  Answer sync(const Asked& asked);
  Answer enrol(const Asked& asked);
  std::optional<NodeId> node_of(const PublicKey& key);
  Result<bool> refresh();  // whether anything is other than before
  void watch();

  records::Ledger& ledger_;
  LinkServerOptions options_;
  std::mutex mutex_;  // of what follows
  std::map<PublicKey, NodeId> keys_;
  bool guests_ = false;  // a card waits for its node
  std::int64_t seen_arrival_ = -1, seen_cards_ = -1;
  bool stopping_ = false;
  std::condition_variable stop_;
  std::unique_ptr<net::ExchangeServer> server_;
  std::thread watcher_;
};

}  // namespace nc::sync
