// Server: HTTP/1.1 over TCP or TLS.
//
// Owns one thread for all sockets and a few threads for the handler; the handler is called from
// the latter only, so it may wait for a disk. Invariants: a connection has at most one request in
// the handler; answers come in the order of the requests (pipelining); every phase of a connection
// has a deadline, so that no slow or silent peer holds anything for long; what is too large is
// answered by name (431, 413) and read to the end before closing, so that the answer arrives.
// An exception out of the handler becomes a 500 with an incident id that also stands on stderr.
// Not here: routes (router.h), cookies' meaning, HTTP/2, files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "foundation/net/message.h"

namespace nc::net {

struct ServerOptions {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;     // 0: any free one, see Server::port
  std::string tls_cert_file;  // PEM with the chain; empty: no TLS
  std::string tls_key_file;
  int handler_threads = 2;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t connections_max = 4096;                  // more are answered 503 and closed
  std::int64_t header_ms_max = 10'000;                 // from the first byte to the end of the header; TLS handshake
  std::size_t streamed_bytes_max = 256 * 1024 * 1024;  // of a body that goes into a sink
  std::int64_t body_ms_max = 60'000;                   // for the whole, or for each piece of 64 KiB that goes into a sink
  std::int64_t write_ms_max = 60'000;                  // for each piece of 64 KiB, so that slow links may go on
  std::int64_t idle_ms_max = 60'000;                   // between requests
  std::int64_t drain_ms_max = 10'000;                  // reading what nobody wants, after a refusal
  std::int64_t stop_ms_max = 5'000;                    // how long stop() lets running requests finish
  // The page of a failed request; without it a plain text. Must not throw.
  std::function<Response(const Request&, const std::string& incident)> failure_page;
  // Asked on a handler thread when a request with a body has its head: a sink takes the body, null leaves it in memory.
  std::function<std::shared_ptr<BodySink>(const Request& head)> body_sink;
  // The page of a request that was refused before it could be read (400, 413, 431, 503). Its head as far as it is known, else an empty
  // one. Must not throw.
  std::function<Response(const Request& head, int status)> refusal_page;
};

class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  // Listens when it returns. Errors: kIo (address taken, certificate unreadable), kInvalid (address).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // stops

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  // No new connections; running requests are answered; returns when all threads have ended.
  // Safe to call twice; not from a handler.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nc::net
