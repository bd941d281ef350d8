// The server's side of the small HTTPS between own nodes: docs/formats/sync.md section "By HTTPS".
//
// Owns one thread for all sockets and a few workers; `handle` is called from the latter only, for one key one at a time, and keys take
// turns. Keeps nothing of a request once it is answered. Invariants: a key that `admit` refuses gets no further than the
// handshake; one connection a key, the later ends the earlier; memory is bounded by the limits below; nobody has a deadline
// while bytes move, and nobody holds a connection without moving any. Not here: what the bytes say, whose a key is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "foundation/net/pinned_tls.h"

namespace nc::net {

enum class Admission { kRefused, kGuest, kPinned };

struct ExchangeServerOptions {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  int workers = 2;         // answers that are worked on at a time
  std::size_t body_bytes_max = 320 * 1024;
  std::size_t guest_body_bytes_max = 16 * 1024;
  std::size_t connections_max = 2048;
  std::size_t strangers_max = 64;  // connections before the end of their handshake
  std::size_t guests_max = 8;
  std::int64_t handshake_ms_max = 60'000;
  std::int64_t guest_ms_max = 60'000;  // all of a guest's connection
  std::int64_t stall_ms_max = 60'000;  // without a byte, within a request or an answer
  std::int64_t idle_ms_max = 15 * 60'000;
  std::int64_t stop_ms_max = 5'000;
};

class ExchangeServer {
 public:
  struct Asked {
    PublicKey key;
    bool guest = false;
    std::string path, program;
    std::size_t frame = 0;
    std::string body;
    bool cut = false;  // the line was cut: what came is in `body`, and no answer will be read
  };
  struct Answer {
    int status = 200;
    std::string body;
    std::string program;
  };
  using Handler = std::function<Answer(const Asked&)>;
  // Asked on the socket thread, in each handshake and by recheck(): it must be quick.
  using Admit = std::function<Admission(const PublicKey&)>;

  // Listens when it returns. kIo (address taken), kInvalid (address, identity).
  static Result<std::unique_ptr<ExchangeServer>> start(const ExchangeServerOptions& options, const PinnedIdentity& identity, Admit admit,
                                                       Handler handler);
  ~ExchangeServer();  // stops

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t waiting() const;  // requests that are whole and wait for their turn
  // Ends the connections of keys that are refused now. From any thread.
  void recheck();
  // No new connections; what is being worked on is answered. Safe to call twice; not from a handler.
  void stop();

 private:
  class Impl;
  explicit ExchangeServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nc::net
