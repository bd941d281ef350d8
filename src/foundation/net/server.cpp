// The one translation unit that sees Beast and Asio.
#include "foundation/net/server.h"
#include "foundation/net/listening.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include <openssl/ssl.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/clock.h"
#include "base/files.h"
#include "base/rng.h"
#include "base/text.h"
#include "foundation/net/listening.h"

namespace nc::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;
using Parser = http::request_parser<http::string_body>;
using PieceParser = http::request_parser<http::buffer_body>;

constexpr std::size_t kWritePieceBytes = 64 * 1024, kReadPieceBytes = 64 * 1024;
constexpr std::size_t kDrainBytesMax = 64 * 1024 * 1024;
constexpr std::int64_t kDrainQuietMs = 1000;  // a client that sends nothing for so long has read its answer

std::chrono::milliseconds ms(std::int64_t value) { return std::chrono::milliseconds(value); }

Response refusal(const ServerOptions& options, const Request& head, int status) {
  if (options.refusal_page) return options.refusal_page(head, status);
  return Response::text(std::to_string(status) + ' ' + std::string(status_text(status)) + '\n', status);
}

// 0: nobody is there to answer (closed, timed out, cut off).
int status_of(const error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) return 431;
  if (ec == http::error::body_limit) return 413;
  if (ec == http::error::bad_version) return 505;
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) return 0;
  return ec.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        tls_(asio::ssl::context::tls_server),
        io_(1),
        pool_(static_cast<std::size_t>(std::max(1, options_.handler_threads))),
        acceptor_(io_),
        accept_pause_(io_),
        stop_timer_(io_) {}
  ~Impl() { stop(); }

  Status open();
  void stop();
  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return count_.load(); }

 private:
  // Registration of a live connection; lives in its coroutine frame, on the socket thread.
  struct Slot {
    Slot(Impl& owner, beast::tcp_stream& socket) : impl(owner), stream(socket) {
      impl.slots_.insert(this);
      ++impl.count_;
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      impl.slots_.erase(this);
      --impl.count_;
    }
    Impl& impl;
    beast::tcp_stream& stream;
    bool idle = false;
  };

  Status open_tls();
  asio::awaitable<void> accept_all();
  void admit(Tcp::socket socket);
  asio::awaitable<void> turn_away(Tcp::socket socket);
  template <typename Stream>
  asio::awaitable<void> serve(Stream stream, std::string peer);
  template <typename Stream>
  asio::awaitable<bool> serve_one(Stream& stream, Slot& slot, beast::flat_buffer& buffer, const std::string& peer);
  template <typename Stream>
  asio::awaitable<bool> wait_for_bytes(Stream& stream, Slot& slot, beast::flat_buffer& buffer);
  template <typename Stream>
  asio::awaitable<int> read_body(Stream& stream, beast::flat_buffer& buffer, Parser& parser);
  template <typename Stream>
  asio::awaitable<int> may_send_body(Stream& stream, std::string_view expect);
  template <typename Stream>
  asio::awaitable<int> read_into(Stream& stream, beast::flat_buffer& buffer, PieceParser& parser, BodySink& sink);
  template <typename Stream>
  asio::awaitable<bool> write(Stream& stream, const Response& response, bool keep_alive, bool with_body);
  template <typename Stream>
  asio::awaitable<bool> write_from(Stream& stream, const BodySource& source);
  template <typename Stream>
  asio::awaitable<void> refuse(Stream& stream, const Request& head, int status);
  Response call_handler(const Request& request);
  asio::awaitable<Response> answer(const Request& request);
  // Runs `work` on the pool and comes back to the socket thread; false when it threw.
  asio::awaitable<bool> on_pool(std::function<void()> work);

  ServerOptions options_;
  Handler handler_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> count_ = 0;
  std::set<Slot*> slots_;  // before io_: frames that io_ destroys take themselves out
  bool stopping_ = false;  // socket thread only
  bool stopped_ = false;
  asio::ssl::context tls_;
  asio::io_context io_;
  asio::thread_pool pool_;
  Tcp::acceptor acceptor_;
  asio::steady_timer accept_pause_;
  asio::steady_timer stop_timer_;
  std::thread thread_;
};

namespace {

// From Beast's head of a request to ours; 0, or the status of the refusal.
int take_head(const http::request_header<>& message, Request& request) {
  request.method = std::string(message.method_string());
  for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
  if (message.version() >= 11 && request.headers.count("Host") != 1) return 400;
  if (request.headers.count("Host") > 1) return 400;
  const auto target = message.target();
  if (!read_target(request, std::string_view(target.data(), target.size()))) return 400;
  return 0;
}

}  // namespace

Status Server::Impl::open_tls() {
  error_code ec;
  tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 |
                       asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 | asio::ssl::context::single_dh_use,
                   ec);
  SSL_CTX_set_mode(tls_.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(tls_.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Read first: a file that is absent is told in words of ours.
  for (const auto& file : {options_.tls_cert_file, options_.tls_key_file})
    if (const auto readable = read_file(file); !readable) return fail(readable.error());
  tls_.use_certificate_chain_file(options_.tls_cert_file, ec);
  if (ec) return fail(Error(ErrorCode::kIo, NC_MSG("Cannot read the certificate: {1}"), {ec.message()}).at(options_.tls_cert_file));
  tls_.use_private_key_file(options_.tls_key_file, asio::ssl::context::pem, ec);
  if (ec)
    return fail(Error(ErrorCode::kIo, NC_MSG("Cannot use the private key: {1}"), {ec.message()})
                    .at(options_.tls_key_file)
                    .then(NC_MSG("Give the key that belongs to the certificate, in PEM without a passphrase")));
  return {};
}

Status Server::Impl::open() {
  if (!options_.tls_cert_file.empty()) NC_TRY(open_tls());
  NC_TRY(listen_on(acceptor_, options_.listen_address, options_.port));
  error_code ec;
  port_ = acceptor_.local_endpoint(ec).port();
  asio::co_spawn(io_, accept_all(), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
  return {};
}

void Server::Impl::stop() {
  if (stopped_ || !thread_.joinable()) return;
  stopped_ = true;
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    for (auto* slot : slots_)
      if (slot->idle) slot->stream.cancel();
    if (slots_.empty()) return;
    stop_timer_.expires_after(ms(options_.stop_ms_max));
    stop_timer_.async_wait([this](const error_code& ec) {
      if (!ec) io_.stop();
    });
  });
  thread_.join();
  pool_.join();
}

asio::awaitable<void> Server::Impl::accept_all() {
  while (acceptor_.is_open()) {
    error_code ec;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) {
      admit(std::move(socket));
      continue;
    }
    if (!acceptor_.is_open()) co_return;
    accept_pause_.expires_after(ms(100));  // out of file descriptors: wait until some close
    co_await accept_pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

void Server::Impl::admit(Tcp::socket socket) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;
  socket.set_option(Tcp::no_delay(true), ec);
  auto peer = remote.address().to_string();
  if (slots_.size() >= options_.connections_max) {
    if (options_.tls_cert_file.empty()) asio::co_spawn(io_, turn_away(std::move(socket)), asio::detached);
    return;
  }
  if (options_.tls_cert_file.empty()) {
    asio::co_spawn(io_, serve(beast::tcp_stream(std::move(socket)), std::move(peer)), asio::detached);
  } else {
    asio::co_spawn(io_, serve(TlsStream(std::move(socket), tls_), std::move(peer)), asio::detached);
  }
}

asio::awaitable<void> Server::Impl::turn_away(Tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  const auto response = refusal(options_, Request{}, 503);
  co_await write(stream, response, false, true);
}

template <typename Stream>
asio::awaitable<void> Server::Impl::serve(Stream stream, std::string peer) {
  auto& socket = beast::get_lowest_layer(stream);
  Slot slot(*this, socket);
  error_code ec;
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    socket.expires_after(ms(options_.header_ms_max));
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
  }
  beast::flat_buffer buffer;
  bool open = !ec;
  while (open && !stopping_) open = co_await serve_one(stream, slot, buffer, peer);
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    socket.expires_after(ms(1000));
    if (!ec && socket.socket().is_open()) co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
  }
  socket.socket().shutdown(Tcp::socket::shutdown_both, ec);
  slot.idle = false;
  if (stopping_ && slots_.size() == 1) stop_timer_.cancel();
}

// An idle connection holds a buffer of a kilobyte and no parser.
template <typename Stream>
asio::awaitable<bool> Server::Impl::wait_for_bytes(Stream& stream, Slot& slot, beast::flat_buffer& buffer) {
  if (buffer.size() > 0) co_return true;
  buffer.shrink_to_fit();
  beast::get_lowest_layer(stream).expires_after(ms(options_.idle_ms_max));
  slot.idle = true;
  error_code ec;
  const auto space = buffer.prepare(1024);
  const auto n = co_await stream.async_read_some(space, asio::redirect_error(asio::use_awaitable, ec));
  slot.idle = false;
  buffer.commit(n);
  co_return !ec && n > 0;
}

// 0, -1 when the peer is gone, else the status of the refusal.
template <typename Stream>
asio::awaitable<int> Server::Impl::may_send_body(Stream& stream, std::string_view expect) {
  if (expect.empty()) co_return 0;
  if (!beast::iequals(expect, "100-continue")) co_return 417;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code ec;
  beast::get_lowest_layer(stream).expires_after(ms(options_.write_ms_max));
  co_await asio::async_write(stream, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, ec));
  co_return ec ? -1 : 0;
}

// 0 when the body is there, -1 when the peer is gone, else the status of the refusal.
template <typename Stream>
asio::awaitable<int> Server::Impl::read_body(Stream& stream, beast::flat_buffer& buffer, Parser& parser) {
  error_code ec;
  const auto length = parser.content_length();
  if (length && *length > options_.body_bytes_max) co_return 413;
  if (parser.is_done()) co_return 0;
  if (const int refused = co_await may_send_body(stream, parser.get()[http::field::expect]); refused != 0) co_return refused;
  parser.body_limit(options_.body_bytes_max);  // for chunked bodies, which announce no length
  beast::get_lowest_layer(stream).expires_after(ms(options_.body_ms_max));
  co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) co_return 0;
  const int status = status_of(ec);
  co_return status == 0 ? -1 : status;
}

// The same for a body that goes into a sink: a piece at a time is in memory, and each has a deadline of its own.
template <typename Stream>
asio::awaitable<int> Server::Impl::read_into(Stream& stream, beast::flat_buffer& buffer, PieceParser& parser, BodySink& sink) {
  const auto length = parser.content_length();
  if (length && *length > options_.streamed_bytes_max) co_return 413;
  if (const int refused = co_await may_send_body(stream, parser.get()[http::field::expect]); refused != 0) co_return refused;
  parser.body_limit(options_.streamed_bytes_max);
  std::vector<char> piece(kReadPieceBytes);
  while (!parser.is_done()) {
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    error_code ec;
    beast::get_lowest_layer(stream).expires_after(ms(options_.body_ms_max));
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
    if (ec && ec != http::error::need_buffer) {
      const int status = status_of(ec);
      co_return status == 0 ? -1 : status;
    }
    const std::string_view taken(piece.data(), piece.size() - body.size);
    if (taken.empty()) continue;
    const bool written = co_await on_pool([&] { sink.write(taken); });
    if (!written) co_return 500;
  }
  co_return 0;
}

template <typename Stream>
asio::awaitable<bool> Server::Impl::serve_one(Stream& stream, Slot& slot, beast::flat_buffer& buffer, const std::string& peer) {
  if (!co_await wait_for_bytes(stream, slot, buffer)) co_return false;
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
  parser.body_limit(boost::none);  // read_body looks at the length, so that the answer can be 413
  error_code ec;
  bool keep_alive = false;
  beast::get_lowest_layer(stream).expires_after(ms(options_.header_ms_max));
  co_await http::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
  int status = ec ? status_of(ec) : 0;
  if (ec && status == 0) co_return false;
  Request request;
  request.peer = peer;
  request.tls = std::is_same_v<Stream, TlsStream>;
  if (status == 0) status = take_head(parser.get(), request);
  if (status == 0 && options_.body_sink && !parser.is_done()) {
    const bool asked = co_await on_pool([&] { request.sink = options_.body_sink(request); });
    if (!asked) status = 500;
  }
  if (status == 0 && request.sink) {
    PieceParser pieces(std::move(parser));
    status = co_await read_into(stream, buffer, pieces, *request.sink);
    keep_alive = pieces.keep_alive();
  } else if (status == 0) {
    status = co_await read_body(stream, buffer, parser);
    keep_alive = parser.keep_alive();
    if (status == 0) request.body = std::move(parser.get().body());
  }
  if (status < 0) co_return false;
  if (status != 0) {
    co_await refuse(stream, request, status);
    co_return false;
  }
  const Response response = co_await answer(request);
  const bool stay = keep_alive && !stopping_;
  const bool with_body = request.method != "HEAD";
  const bool written = co_await write(stream, response, stay, with_body);
  co_return written&& stay;
}

template <typename Stream>
asio::awaitable<bool> Server::Impl::write(Stream& stream, const Response& response, bool keep_alive, bool with_body) {
  std::string first = response_head(response, keep_alive, system_clock().wall_ms());
  std::string_view rest =
      with_body && response.status != 204 && response.status != 304 ? std::string_view(response.body) : std::string_view();
  first += rest.substr(0, kWritePieceBytes);  // one piece with the head: one packet, one TLS record
  std::string_view piece = first;
  error_code ec;
  while (true) {
    rest.remove_prefix(std::min(rest.size(), kWritePieceBytes));
    beast::get_lowest_layer(stream).expires_after(ms(options_.write_ms_max));
    co_await asio::async_write(stream, asio::buffer(piece), asio::redirect_error(asio::use_awaitable, ec));
    if (ec || rest.empty()) break;
    piece = rest.substr(0, kWritePieceBytes);
  }
  if (ec || !with_body || !response.source) co_return !ec;
  co_return co_await write_from(stream, *response.source);
}

// A piece at a time is in memory; when the file cannot be read to its end the connection ends before the body does.
template <typename Stream>
asio::awaitable<bool> Server::Impl::write_from(Stream& stream, const BodySource& source) {
  std::vector<char> piece(kWritePieceBytes);
  for (std::int64_t at = 0; at < source.size();) {
    const auto wanted = std::span(piece).first(static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(piece), source.size() - at)));
    std::size_t got = 0;
    const bool read = co_await on_pool([&] { got = source.read(at, wanted).value_or(0); });
    if (!read || got == 0) co_return false;
    error_code ec;
    beast::get_lowest_layer(stream).expires_after(ms(options_.write_ms_max));
    co_await asio::async_write(stream, asio::buffer(piece.data(), got), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return false;
    at += static_cast<std::int64_t>(got);
  }
  co_return true;
}

// Closing with unread bytes makes the system send a reset, which can overtake the answer.
template <typename Stream>
asio::awaitable<void> Server::Impl::refuse(Stream& stream, const Request& head, int status) {
  const auto response = refusal(options_, head, status);
  if (!co_await write(stream, response, false, true)) co_return;
  error_code ec;
  auto& socket = beast::get_lowest_layer(stream);
  if constexpr (!std::is_same_v<Stream, TlsStream>) socket.socket().shutdown(Tcp::socket::shutdown_send, ec);
  const auto end_ms = system_clock().steady_ms() + options_.drain_ms_max;
  std::array<char, 16 * 1024> waste;
  const auto waste_buffer = asio::buffer(waste);
  std::size_t drained = 0;
  ec = {};
  while (!ec && drained < kDrainBytesMax && !stopping_ && system_clock().steady_ms() < end_ms) {
    socket.expires_after(ms(kDrainQuietMs));
    drained += co_await stream.async_read_some(waste_buffer, asio::redirect_error(asio::use_awaitable, ec));
  }
}

Response Server::Impl::call_handler(const Request& request) {
  std::string what = "unknown exception";
  try {
    return handler_(request);
  } catch (const std::exception& e) { what = e.what(); } catch (...) {
    // Something that is no std::exception: `what` says so already, and the incident follows.
  }
  const auto incident = system_rng().make<Id<struct IncidentTag, 6>>().hex();
  std::fprintf(stderr, "incident %s: %s %s: %s\n", incident.c_str(), request.method.c_str(), request.path.c_str(), what.c_str());
  if (options_.failure_page) return options_.failure_page(request, incident);
  return Response::text("500 Internal Server Error\nincident " + incident + '\n', 500);
}

// Runs the handler on the pool and comes back to the socket thread. The request lives in the
// waiting coroutine, whose frame `done` keeps alive.
asio::awaitable<Response> Server::Impl::answer(const Request& request) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(Response)>(
      [this, &request](auto done) {
        asio::post(pool_, [this, &request, done = std::move(done), work = asio::make_work_guard(io_)]() mutable {
          auto response = call_handler(request);
          asio::post(io_, [done = std::move(done), response = std::move(response)]() mutable { std::move(done)(std::move(response)); });
        });
      },
      asio::use_awaitable);
}

asio::awaitable<bool> Server::Impl::on_pool(std::function<void()> work) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(
      [this](auto done, std::function<void()> task) {
        asio::post(pool_, [this, task = std::move(task), done = std::move(done), guard = asio::make_work_guard(io_)]() mutable {
          bool good = true;
          try {
            task();
          } catch (const std::exception& e) {
            std::fprintf(stderr, "nhipcau: a body could not be taken or given: %s\n", e.what());
            good = false;
          }
          asio::post(io_, [done = std::move(done), good]() mutable { std::move(done)(good); });
        });
      },
      asio::use_awaitable, std::move(work));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  NC_TRY(impl->open());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port(); }
std::size_t Server::connections() const { return impl_->connections(); }
void Server::stop() { impl_->stop(); }

}  // namespace nc::net
