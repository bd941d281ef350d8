#include "foundation/net/exchange_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
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
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "base/clock.h"
#include "foundation/net/exchange_head.h"
#include "foundation/net/listening.h"

namespace nc::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Stream = asio::ssl::stream<beast::tcp_stream>;

constexpr std::size_t kReadBytes = 16 * 1024, kWriteBytes = 4096;
constexpr std::size_t kDrainBytesMax = 512 * 1024;
constexpr std::int64_t kDrainMs = 2000;

std::chrono::milliseconds ms(std::int64_t value) { return std::chrono::milliseconds(value); }

}  // namespace

class ExchangeServer::Impl {
 public:
  Impl(const ExchangeServerOptions& options, Admit admit, Handler handler)
      : options_(options),
        admit_(std::move(admit)),
        handler_(std::move(handler)),
        io_(1),
        pool_(static_cast<std::size_t>(std::max(1, options.workers))),
        acceptor_(io_),
        pause_(io_),
        stop_timer_(io_) {}
  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status open(const PinnedIdentity& identity);
  void stop();
  void recheck();
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::size_t connections() const { return count_.load(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.load(); }

 private:
  // A live connection; lives in its coroutine's frame, on the socket thread.
  struct Line {
    Line(Impl& owner, Tcp::socket socket) : impl(owner), stream(std::move(socket), *owner.tls_) {
      error_code ec;
      const auto from = beast::get_lowest_layer(stream).socket().remote_endpoint(ec);
      if (!ec) address = from.address();
      impl.lines_.insert(this);
      ++impl.count_;
      number = ++impl.numbers_;
    }
    ~Line() {
      impl.lines_.erase(this);
      if (const auto at = impl.by_key_.find(key); at != impl.by_key_.end() && at->second == this) impl.by_key_.erase(at);
      --impl.count_;
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void end() {  // also while it waits for bytes
      ended = true;
      if (!working) beast::get_lowest_layer(stream).close();
    }
    Impl& impl;
    Stream stream;
    PublicKey key;
    bool known = false, guest = false, idle = true, working = false, ended = false;
    std::int64_t deadline_ms = 0;  // of a guest
    std::uint64_t number = 0;      // the older the lower
    asio::ip::address address;
    std::string buffer;
  };
  using Turn = asio::strand<asio::thread_pool::executor_type>;

  asio::awaitable<void> accept_all();
  void end_a_stranger();
  asio::awaitable<void> serve(Tcp::socket socket);
  bool enter(Line& line);
  asio::awaitable<bool> serve_one(Line& line);
  asio::awaitable<bool> more(Line& line, std::int64_t patience_ms);
  asio::awaitable<bool> read_body(Line& line, std::size_t length, std::string& body);
  asio::awaitable<Answer> work(Line& line, const Asked& asked);
  asio::awaitable<bool> write(Line& line, const Answer& answer, std::size_t piece);
  asio::awaitable<bool> refuse(Line& line, int status);
  asio::awaitable<void> drain(Line& line);
  Answer call(const Asked& asked);
  std::shared_ptr<Turn> turn_of(const PublicKey& key);

  ExchangeServerOptions options_;
  Admit admit_;
  Handler handler_;
  std::unique_ptr<PinnedContext> pinned_;
  std::unique_ptr<asio::ssl::context> tls_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> count_ = 0, waiting_ = 0;
  std::uint64_t numbers_ = 0;
  std::set<Line*> lines_;  // before io_: frames that io_ destroys take themselves out
  std::map<PublicKey, Line*> by_key_;
  std::map<PublicKey, std::weak_ptr<Turn>> turns_;
  bool stopping_ = false;  // socket thread only
  bool stopped_ = false;
  asio::io_context io_;
  asio::thread_pool pool_;
  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::steady_timer stop_timer_;
  std::thread thread_;
};

Status ExchangeServer::Impl::open(const PinnedIdentity& identity) {
  NC_ASSIGN(pinned_, PinnedContext::make(identity, true, [this](const PublicKey& key) { return admit_(key) != Admission::kRefused; }));
  SSL_CTX_up_ref(pinned_->native());  // asio frees the one that it is given
  tls_ = std::make_unique<asio::ssl::context>(pinned_->native());
  NC_TRY(listen_on(acceptor_, options_.listen_address, options_.port));
  error_code ec;
  port_ = acceptor_.local_endpoint(ec).port();
  asio::co_spawn(io_, accept_all(), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
  return {};
}

void ExchangeServer::Impl::stop() {
  if (stopped_ || !thread_.joinable()) return;
  stopped_ = true;
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    for (auto* line : lines_)
      if (line->idle) line->end();
    if (lines_.empty()) return;
    stop_timer_.expires_after(ms(options_.stop_ms_max));
    stop_timer_.async_wait([this](const error_code& ec) {
      if (!ec) io_.stop();
    });
  });
  thread_.join();
  pool_.join();
}

void ExchangeServer::Impl::recheck() {
  asio::post(io_, [this] {
    for (auto* line : lines_)
      if (line->known && admit_(line->key) == Admission::kRefused) line->end();
  });
}

asio::awaitable<void> ExchangeServer::Impl::accept_all() {
  while (acceptor_.is_open()) {
    error_code ec;
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (!acceptor_.is_open()) co_return;
    if (ec) {
      pause_.expires_after(ms(100));  // out of file descriptors: wait until some close
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    const auto strangers =
        static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [](const Line* one) { return !one->known; }));
    if (lines_.size() >= options_.connections_max) continue;
    if (strangers >= options_.strangers_max) end_a_stranger();
    socket.set_option(Tcp::no_delay(true), ec);
    socket.set_option(asio::socket_base::keep_alive(true), ec);
    asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
  }
}

// One must make room: the oldest of the address from which most of them come, so that nobody shuts the others out by knocking.
void ExchangeServer::Impl::end_a_stranger() {
  std::map<asio::ip::address, std::vector<Line*>> by_address;
  for (auto* line : lines_)
    if (!line->known && !line->ended) by_address[line->address].push_back(line);
  const auto most = std::max_element(by_address.begin(), by_address.end(),
                                     [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (most == by_address.end()) return;
  const auto& all = most->second;
  (*std::min_element(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->number < b->number; }))->end();
}

// After the handshake: whose connection it is, and that it is the only one.
bool ExchangeServer::Impl::enter(Line& line) {
  const auto key = PinnedContext::peer_of(line.stream.native_handle());
  const auto admission = key ? admit_(*key) : Admission::kRefused;
  if (admission == Admission::kRefused) return false;
  line.key = *key;
  line.known = true;
  line.guest = admission == Admission::kGuest;
  if (line.guest) {
    const auto guests = static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [](const Line* one) { return one->guest; }));
    if (guests > options_.guests_max) return false;
    line.deadline_ms = system_clock().steady_ms() + options_.guest_ms_max;
  }
  if (const auto before = by_key_.find(line.key); before != by_key_.end()) before->second->end();
  by_key_[line.key] = &line;
  return true;
}

asio::awaitable<void> ExchangeServer::Impl::serve(Tcp::socket socket) {
  Line line(*this, std::move(socket));
  auto& lowest = beast::get_lowest_layer(line.stream);
  error_code ec;
  lowest.expires_after(ms(options_.handshake_ms_max));
  co_await line.stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) {
    co_await drain(line);  // else the system's reset overtakes the alert that says why
  } else if (enter(line)) {
    bool open = true;
    while (open && !stopping_ && !line.ended) open = co_await serve_one(line);
    lowest.expires_after(ms(1000));
    if (!line.ended) co_await line.stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
  }
  lowest.close();
  if (stopping_ && lines_.size() == 1) stop_timer_.cancel();
}

// Whatever comes next, into the buffer. False: nothing came for so long, or the line is gone.
asio::awaitable<bool> ExchangeServer::Impl::more(Line& line, std::int64_t patience_ms) {
  if (line.ended) co_return false;
  if (line.guest) patience_ms = std::min(patience_ms, line.deadline_ms - system_clock().steady_ms());
  if (patience_ms <= 0) co_return false;
  std::array<char, kReadBytes> some;
  error_code ec;
  beast::get_lowest_layer(line.stream).expires_after(ms(patience_ms));
  const auto n = co_await line.stream.async_read_some(asio::buffer(some), asio::redirect_error(asio::use_awaitable, ec));
  line.buffer.append(some.data(), n);
  co_return !ec && n > 0;
}

asio::awaitable<bool> ExchangeServer::Impl::read_body(Line& line, std::size_t length, std::string& body) {
  bool open = true;
  while (open && line.buffer.size() < length) open = co_await more(line, options_.stall_ms_max);
  body = line.buffer.substr(0, length);
  line.buffer.erase(0, body.size());
  co_return body.size() == length;
}

asio::awaitable<bool> ExchangeServer::Impl::serve_one(Line& line) {
  auto patience = options_.idle_ms_max;
  while (!head_size(line.buffer)) {
    if (line.buffer.size() >= kHeadBytesMax) co_return co_await refuse(line, 400);
    line.idle = line.buffer.empty();
    if (line.idle) line.buffer.shrink_to_fit();
    if (!co_await more(line, patience)) co_return false;
    patience = options_.stall_ms_max;
  }
  line.idle = false;
  const auto size = *head_size(line.buffer);
  ExchangeHead head;
  const auto most = line.guest ? options_.guest_body_bytes_max : options_.body_bytes_max;
  if (const int wrong = read_request_head(std::string_view(line.buffer).substr(0, size), most, head); wrong != 0)
    co_return co_await refuse(line, wrong);
  line.buffer.erase(0, size);
  Asked asked{line.key, line.guest, std::move(head.path), std::move(head.program), head.frame, {}, false};
  asked.cut = !co_await read_body(line, head.length, asked.body);
  if (asked.cut && asked.body.empty()) co_return false;
  const auto answer = co_await work(line, asked);
  if (asked.cut) co_return false;
  const bool written = co_await write(line, answer, head.frame > 0 ? std::min(head.frame, kWriteBytes) : kWriteBytes);
  line.idle = true;
  co_return written&& answer.status != 403;
}

ExchangeServer::Answer ExchangeServer::Impl::call(const Asked& asked) {
  try {
    return handler_(asked);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "nhipcau: %s of another node failed: %s\n", asked.path.c_str(), e.what());
    return {500, "500\n", {}};
  }
}

// A child's requests come one after the other, also when its next connection is faster than the end of its last.
std::shared_ptr<ExchangeServer::Impl::Turn> ExchangeServer::Impl::turn_of(const PublicKey& key) {
  std::erase_if(turns_, [](const auto& one) { return one.second.expired(); });
  auto& known = turns_[key];
  auto turn = known.lock();
  if (!turn) {
    turn = std::make_shared<Turn>(asio::make_strand(pool_));
    known = turn;
  }
  return turn;
}

// The request lives in the waiting coroutine, whose frame `done` keeps alive.
asio::awaitable<ExchangeServer::Answer> ExchangeServer::Impl::work(Line& line, const Asked& asked) {
  line.working = true;
  // Captured as a pointer: GCC 12 destroys what a temporary of a co_await expression has captured once too often.
  const auto turn = turn_of(line.key);
  auto answer = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Answer)>(
      [this, &asked, strand = turn.get()](auto done) {
        ++waiting_;
        asio::post(*strand, [this, &asked, done = std::move(done), guard = asio::make_work_guard(io_)]() mutable {
          --waiting_;
          auto made = call(asked);
          asio::post(io_, [done = std::move(done), made = std::move(made)]() mutable { std::move(done)(std::move(made)); });
        });
      },
      asio::use_awaitable);
  line.working = false;
  if (line.ended) beast::get_lowest_layer(line.stream).close();
  co_return answer;
}

asio::awaitable<bool> ExchangeServer::Impl::write(Line& line, const Answer& answer, std::size_t piece) {
  ExchangeHead head;
  head.status = answer.status;
  head.length = answer.body.size();
  head.program = answer.program;
  const auto all = answer_head(head) + answer.body;
  std::string_view rest(all);
  error_code ec;
  while (!ec && !rest.empty() && !line.ended) {
    const auto some = rest.substr(0, piece);
    beast::get_lowest_layer(line.stream).expires_after(ms(options_.stall_ms_max));
    rest.remove_prefix(co_await line.stream.async_write_some(asio::buffer(some), asio::redirect_error(asio::use_awaitable, ec)));
  }
  co_return rest.empty();
}

asio::awaitable<bool> ExchangeServer::Impl::refuse(Line& line, int status) {
  const Answer answer{status, std::to_string(status) + "\n", {}};
  if (co_await write(line, answer, kWriteBytes)) co_await drain(line);
  co_return false;
}

// Closing with unread bytes makes the system send a reset, which can overtake the answer.
asio::awaitable<void> ExchangeServer::Impl::drain(Line& line) {
  auto& lowest = beast::get_lowest_layer(line.stream);
  error_code ec;
  lowest.socket().shutdown(Tcp::socket::shutdown_send, ec);
  std::array<char, kReadBytes> waste;
  const auto end = system_clock().steady_ms() + kDrainMs;
  std::size_t drained = 0;
  ec = {};
  while (!ec && drained < kDrainBytesMax && system_clock().steady_ms() < end) {
    lowest.expires_after(ms(std::max<std::int64_t>(1, end - system_clock().steady_ms())));
    drained += co_await lowest.async_read_some(asio::buffer(waste), asio::redirect_error(asio::use_awaitable, ec));
  }
}

ExchangeServer::ExchangeServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExchangeServer::~ExchangeServer() = default;

Result<std::unique_ptr<ExchangeServer>> ExchangeServer::start(const ExchangeServerOptions& options, const PinnedIdentity& identity,
                                                              Admit admit, Handler handler) {
  auto impl = std::make_unique<Impl>(options, std::move(admit), std::move(handler));
  NC_TRY(impl->open(identity));
  return std::unique_ptr<ExchangeServer>(new ExchangeServer(std::move(impl)));
}

std::uint16_t ExchangeServer::port() const { return impl_->port(); }
std::size_t ExchangeServer::connections() const { return impl_->connections(); }
std::size_t ExchangeServer::waiting() const { return impl_->waiting(); }
void ExchangeServer::recheck() { impl_->recheck(); }
void ExchangeServer::stop() { impl_->stop(); }

}  // namespace nc::net
