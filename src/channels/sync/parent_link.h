// A child's line to its parent: HTTPS, pinned keys, whole exchanges. docs/formats/sync.md section "By HTTPS".
//
// Keeps its connection between exchanges. Blocking; one thread. Writes how each contact went (contacts.h).
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "channels/sync/bundle.h"
#include "channels/sync/frames.h"
#include "channels/sync/link_rules.h"
#include "channels/sync/session.h"
#include "foundation/net/exchange_client.h"

namespace nc::sync {

struct ParentLinkOptions {
  std::string program;                      // this program's version
  const std::atomic<bool>* stop = nullptr;  // ends whatever it does
};

class ParentLink {
 public:
  // kNotFound: this node has no parent, or it is not known where it listens.
  static Result<std::unique_ptr<ParentLink>> make(records::Ledger& ledger, const LinkRules& rules, const ParentLinkOptions& options);
  ~ParentLink();

  // Until nothing is left to do, or `bytes_max` went over the line (0: any number; Outcome::go_on says so). A line that is cut is
  // tried again as long as each try brings something. kIo: it cannot be reached; kDenied: it does not let this node in; kBusy: ended.
  // A node that is not certified yet asks to be: kDenied until a person has compared the words.
  // `urgent_only`: as Limits says.
  Result<Outcome> exchange(std::int64_t bytes_max = 0, bool urgent_only = false);
  [[nodiscard]] std::int64_t bytes_moved() const { return bytes_; }  // since it was made
  [[nodiscard]] const NodeId& parent() const { return parent_.node; }

 private:
  ParentLink(records::Ledger& ledger, KnownParent parent, const ParentLinkOptions& options)
      : ledger_(ledger), parent_(std::move(parent)), options_(options) {}
  Status connect();
  Status follow(const KnownParent& now);
  Status ask_to_be_let_in();
  Result<bool> is_certified() const;
  Result<Outcome> talk(std::int64_t bytes_max, bool urgent_only);
  Result<net::ExchangeClient::Answered> post(const std::string& path, std::string body,
                                             const std::function<Status(std::string_view)>& take);
  void count_bytes();
  void know_line();
  void learn(bool brought);
  [[nodiscard]] Limits limits_for_line() const;

  records::Ledger& ledger_;
  KnownParent parent_;
  ParentLinkOptions options_;
  net::PinnedIdentity identity_;
  std::int64_t bytes_a_second_ = 0;
  std::unique_ptr<net::ExchangeClient> client_;
  std::int64_t counted_ = 0, bytes_ = 0;  // of this connection, in all
  bool version_asked_ = false;            // on this connection
  std::int64_t rate_ = 0;                 // bytes a second of the line; 0: not known yet
  std::size_t frame_ = 0;                 // for a slow line; 0: of any size
  std::size_t careful_ = kFrameBytesMax;  // no frame larger than that: the line was cut
};

}  // namespace nc::sync
