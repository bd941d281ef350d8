// The client's side of the small HTTPS between own nodes: docs/formats/sync.md section "By HTTPS".
//
// Blocking, one thread. One connection that is kept between requests. Nothing has a deadline while bytes move. Not here: what the
// bytes say (channels/sync).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "foundation/net/pinned_tls.h"

namespace nc::net {

struct ExchangeClientOptions {
  std::string address;                   // host:port, [v6]:port
  std::int64_t connect_ms_max = 60'000;  // to the end of the handshake
  std::int64_t stall_ms_max = 60'000;    // without a byte either way
  std::int64_t answer_ms_max = 300'000;  // from the last byte of the request to the first of the answer: the other may be writing
  std::int64_t bytes_a_second = 0;       // of both ways together; 0: as fast as it goes
  const std::atomic<bool>* stop = nullptr;
};

// The other side refuses this key, at the handshake or on a connection that was open: kDenied.
[[nodiscard]] Error not_let_in(const std::string& address);

class ExchangeClient {
 public:
  // `accept`: whether that is the key of the other side. kIo: nobody answers there; kDenied: another answers, or it refuses this key.
  static Result<std::unique_ptr<ExchangeClient>> connect(const PinnedIdentity& identity, PinnedContext::Accept accept,
                                                         const ExchangeClientOptions& options);
  ~ExchangeClient();

  struct Asked {
    std::string path, body;
    std::string program;    // asks for the other's version
    std::size_t frame = 0;  // bytes, for a slow line; also how much goes out in one piece. 0: as usual
    std::size_t answer_max = 0;
  };
  struct Answered {
    int status = 0;
    std::string program;
    std::string text;  // of an answer other than 200
  };
  // `take` gets the bytes of an answer with 200 as they come; its error ends the request. kIo: the line was cut, or nothing moved;
  // the connection is of no use then, and after any other error.
  Result<Answered> post(const Asked& asked, const std::function<Status(std::string_view)>& take);

  [[nodiscard]] bool usable() const;  // still open, as far as one can see without asking
  [[nodiscard]] std::int64_t bytes_moved() const;
  // Bytes a second of the last answer or request that was long enough to tell; 0: none was.
  [[nodiscard]] std::int64_t measured_rate() const;

 private:
  class Impl;
  explicit ExchangeClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct HostPort {
  std::string host, port;
};
// "host:port" or "[v6]:port"; kInvalid.
Result<HostPort> parse_host_port(const std::string& address);

}  // namespace nc::net
