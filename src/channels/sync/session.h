// Sessions: a child and its parent come to hold the same, over any link that carries a request and an answer.
// docs/formats/sync.md section "A session". Bytes in, bytes out; no sockets, no clock that decides.
//
// What is durable lies in the two ledgers; a Session object remembers only how far its own talk has come. The parent keeps nothing
// between requests: answer() is a function of its ledger and the request. Both are bounded by the limits below.
// Threads: one Session at a time for a child's ledger; answer() from any thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/records/ledger.h"

namespace nc::sync {

inline constexpr std::size_t kRequestBytesMax = 256 * 1024;  // what one side sends before it listens; one frame more at most
inline constexpr std::size_t kAnswerBytesMax = 256 * 1024;

struct Limits {
  std::size_t request_bytes = kRequestBytesMax, answer_bytes = kAnswerBytesMax;
  std::size_t frame_bytes = 16 * 1024;  // less for slow lines: a cut costs as much
  bool files = true;                    // attachments, too
  bool urgent_only = false;             // hand in what is urgent, ask for nothing
};

struct Outcome {
  bool whole = false;        // the answer came to its end
  bool same = false;         // both hold the same of what they share: the only case in which that may be shown
  bool go_on = false;        // there is something to do that the next request can do
  std::int64_t to_send = 0;  // entries that the parent is not known to hold
  std::int64_t to_get = 0;   // entries that the parent said wait for us
  std::int64_t taken = 0, parked = 0;
  std::int64_t file_bytes = 0;      // of attachments, that got to the other side in this exchange
  std::int64_t clock_ahead_ms = 0;  // the parent's clock before ours
  std::vector<Error> notices;
};

class Session {
 public:
  static Result<std::unique_ptr<Session>> start(records::Ledger& ledger, const NodeId& parent, const Limits& limits = {});
  ~Session();
  // From the next request on: the line turned out to be another.
  void set_limits(const Limits& limits);
  // The bytes of the next request.
  Result<std::string> request();
  // Bytes of the answer as they come. What a whole frame said is durable on return.
  Status feed(std::string_view bytes);
  // The answer is over, or the line was cut.
  Result<Outcome> finish();

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The parent's side: what a certified child asked, whole or cut. Answers after the fsync of what came.
Result<std::string> answer(records::Ledger& ledger, const NodeId& child, std::string_view request, const Limits& limits = {});

}  // namespace nc::sync
