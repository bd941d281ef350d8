#include "foundation/net/exchange_client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <span>
#include <thread>

#include "base/clock.h"
#include "base/system_message.h"
#include "foundation/net/exchange_head.h"

namespace nc::net {
namespace {

constexpr std::size_t kPieceBytes = 4096;         // of what goes out: a TLS record that is cut is lost whole
constexpr std::int64_t kLookMs = 200;             // how often a wait looks whether it shall end
constexpr std::int64_t kRateBytesMin = 8 * 1024;  // less tells nothing of the line
constexpr std::size_t kTextMax = 2048;

std::int64_t now_ms() { return system_clock().steady_ms(); }

// OpenSSL writes to the socket without MSG_NOSIGNAL: a line that is cut must not end the program.
void keep_sigpipe_off() {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

Error cut_error() { return Error(ErrorCode::kIo, NC_MSG("The line was cut")); }
Error ended_error() { return Error(ErrorCode::kBusy, NC_MSG("This node is ending")); }

}  // namespace

Error not_let_in(const std::string& address) {
  return Error(ErrorCode::kDenied, NC_MSG("The parent does not let this node in"))
      .at(address)
      .then(NC_MSG("Ask there whether it was enrolled, and whether it was cut off"));
}

Result<HostPort> parse_host_port(const std::string& address) {
  const auto colon = address.rfind(':');
  HostPort out;
  if (colon != std::string::npos) {
    out.host = address.substr(0, colon);
    out.port = address.substr(colon + 1);
  }
  if (out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']') out.host = out.host.substr(1, out.host.size() - 2);
  int port = 0;
  const auto [end, ec] = std::from_chars(out.port.data(), out.port.data() + out.port.size(), port);
  const bool number = ec == std::errc() && end == out.port.data() + out.port.size() && port >= 1 && port <= 65535;
  if (out.host.empty() || out.host.size() > 255 || !number)
    return fail(Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not an address with a port"), {address})
                    .then(NC_MSG("Write it as 10.0.0.5:8610 or node.lan:8610")));
  return out;
}

class ExchangeClient::Impl {
 public:
  explicit Impl(const ExchangeClientOptions& options) : options_(options) {}
  ~Impl() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    if (fd_ >= 0) ::close(fd_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status open(const PinnedIdentity& identity, PinnedContext::Accept accept);
  Result<Answered> post(const Asked& asked, const std::function<Status(std::string_view)>& take);
  [[nodiscard]] bool usable() const;
  [[nodiscard]] std::int64_t bytes_moved() const {
    return ssl_ == nullptr ? 0 : static_cast<std::int64_t>(BIO_number_read(SSL_get_rbio(ssl_)) + BIO_number_written(SSL_get_wbio(ssl_)));
  }
  [[nodiscard]] std::int64_t measured_rate() const { return rate_; }

 private:
  Status connect_to(const HostPort& where, std::int64_t deadline);
  Status reach(const addrinfo& one, std::int64_t deadline);
  Status shake(std::int64_t deadline);
  // Waits until the socket can be read or written, or bytes were expected too long.
  Status wait(bool to_read, std::int64_t deadline);
  Status write(std::string_view bytes, std::size_t piece);
  Status send(std::string_view bytes, std::size_t piece);
  Result<std::size_t> read(std::span<char> into, std::int64_t patience_ms);
  Result<ExchangeHead> read_head(std::size_t body_max);
  void pace(std::size_t bytes);
  void measure(std::int64_t bytes, std::int64_t since_ms);

  ExchangeClientOptions options_;
  std::unique_ptr<PinnedContext> context_;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
  bool broken_ = false;
  bool wrong_key_ = false;  // the other showed a key that is not its own
  std::string buffer_;      // read and not yet taken
  std::int64_t free_at_ms_ = 0;
  std::int64_t rate_ = 0;
};

Status ExchangeClient::Impl::open(const PinnedIdentity& identity, PinnedContext::Accept accept) {
  keep_sigpipe_off();
  NC_ASSIGN(const auto where, parse_host_port(options_.address));
  NC_ASSIGN(context_, PinnedContext::make(identity, false, [this, accept = std::move(accept)](const PublicKey& key) {
              wrong_key_ = !accept(key);
              return !wrong_key_;
            }));
  const auto deadline = now_ms() + options_.connect_ms_max;
  NC_TRY(connect_to(where, deadline));
  return shake(deadline);
}

Status ExchangeClient::Impl::connect_to(const HostPort& where, std::int64_t deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  if (::getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found) != 0 || found == nullptr)
    return fail(Error(ErrorCode::kIo, NC_MSG("No machine has the name {1}"), {where.host}).then(NC_MSG("Check the address of the parent")));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  Status last;
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    last = reach(*one, deadline);
    if (last || last.error().code == ErrorCode::kBusy) return last;
  }
  return last;
}

Status ExchangeClient::Impl::reach(const addrinfo& one, std::int64_t deadline) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = ::socket(one.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return fail(system_error(ErrorCode::kIo, errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, one.ai_addr, one.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return fail(system_error(ErrorCode::kIo, errno));
  NC_TRY(wait(false, deadline));
  int code = 0;
  socklen_t size = sizeof code;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &size);
  return code == 0 ? Status() : Status(fail(system_error(ErrorCode::kIo, code)));
}

Status ExchangeClient::Impl::shake(std::int64_t deadline) {
  ssl_ = SSL_new(context_->native());
  if (ssl_ == nullptr || SSL_set_fd(ssl_, fd_) != 1) return fail(ErrorCode::kIo, NC_MSG("TLS cannot be set up"));
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(ssl_);
    if (done == 1) return {};
    const int why = SSL_get_error(ssl_, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
      NC_TRY(wait(why == SSL_ERROR_WANT_READ, deadline));
      continue;
    }
    if (wrong_key_)
      return fail(Error(ErrorCode::kDenied, NC_MSG("Who answers there does not have the parent's key"))
                      .at(options_.address)
                      .then(NC_MSG("Check the address; if it is right, somebody stands in between")));
    const auto reason = ERR_GET_REASON(ERR_peek_error());
    if (why == SSL_ERROR_SYSCALL || (why == SSL_ERROR_SSL && reason == SSL_R_UNEXPECTED_EOF_WHILE_READING))
      return fail(cut_error().at(options_.address));
    return fail(Error(ErrorCode::kIo, NC_MSG("What answers there is no node of nhipcau")).at(options_.address));
  }
}

Status ExchangeClient::Impl::wait(bool to_read, std::int64_t deadline) {
  while (true) {
    if (options_.stop != nullptr && *options_.stop) return fail(ended_error());
    const auto left = deadline - now_ms();
    if (left <= 0) return fail(Error(ErrorCode::kIo, NC_MSG("Nothing came from there for too long")).at(options_.address));
    pollfd entry{fd_, static_cast<short>(to_read ? POLLIN : POLLOUT), 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(std::min(left, kLookMs)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(system_error(ErrorCode::kIo, errno));
  }
}

// So that both ways together stay below the cap over any second.
void ExchangeClient::Impl::pace(std::size_t bytes) {
  if (options_.bytes_a_second <= 0) return;
  const auto now = now_ms();
  free_at_ms_ = std::max(free_at_ms_, now) + static_cast<std::int64_t>(bytes) * 1000 / options_.bytes_a_second;
  while (now_ms() < free_at_ms_ && !(options_.stop != nullptr && *options_.stop))
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min<std::int64_t>(kLookMs, free_at_ms_ - now_ms() + 1)));
}

void ExchangeClient::Impl::measure(std::int64_t bytes, std::int64_t since_ms) {
  if (bytes >= kRateBytesMin) rate_ = bytes * 1000 / std::max<std::int64_t>(1, now_ms() - since_ms);
}

Status ExchangeClient::Impl::write(std::string_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const auto some = bytes.substr(0, piece);
    ERR_clear_error();
    const int n = SSL_write(ssl_, some.data(), static_cast<int>(some.size()));
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      pace(static_cast<std::size_t>(n));
      continue;
    }
    const int why = SSL_get_error(ssl_, n);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return fail(cut_error().at(options_.address));
    NC_TRY(wait(why == SSL_ERROR_WANT_READ, now_ms() + options_.stall_ms_max));
  }
  return {};
}

Result<std::size_t> ExchangeClient::Impl::read(std::span<char> into, std::int64_t patience_ms) {
  const auto deadline = now_ms() + patience_ms;
  while (true) {
    ERR_clear_error();
    const int n = SSL_read(ssl_, into.data(), static_cast<int>(into.size()));
    if (n > 0) {
      pace(static_cast<std::size_t>(n));
      return static_cast<std::size_t>(n);
    }
    const int why = SSL_get_error(ssl_, n);
    // In TLS 1.3 a refusal of this side's certificate comes after the handshake.
    if (why == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) >= SSL_AD_REASON_OFFSET) return fail(not_let_in(options_.address));
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return fail(cut_error().at(options_.address));
    NC_TRY(wait(why == SSL_ERROR_WANT_READ, deadline));
  }
}

Result<ExchangeHead> ExchangeClient::Impl::read_head(std::size_t body_max) {
  std::array<char, kPieceBytes> some;
  auto patience = options_.answer_ms_max;
  while (!head_size(buffer_)) {
    if (buffer_.size() >= kHeadBytesMax) return fail(ErrorCode::kInvalid, NC_MSG("What answers there is no node of nhipcau"));
    NC_ASSIGN(const auto n, read(some, patience));
    patience = options_.stall_ms_max;
    buffer_.append(some.data(), n);
  }
  const auto size = *head_size(buffer_);
  NC_ASSIGN(auto head, read_answer_head(std::string_view(buffer_).substr(0, size), body_max));
  buffer_.erase(0, size);
  return head;
}

// When the other has closed the line it may have said why before.
Status ExchangeClient::Impl::send(std::string_view bytes, std::size_t piece) {
  keep_sigpipe_off();
  const auto written = write(bytes, piece);
  if (written || written.error().code != ErrorCode::kIo) return written;
  std::array<char, kPieceBytes> some;
  const auto said = read(some, kLookMs);
  return !said && said.error().code == ErrorCode::kDenied ? Status(fail(said.error())) : written;
}

Result<ExchangeClient::Answered> ExchangeClient::Impl::post(const Asked& asked, const std::function<Status(std::string_view)>& take) {
  if (broken_) return fail(cut_error().at(options_.address));
  broken_ = true;  // until all has gone well
  ExchangeHead head;
  head.path = asked.path;
  head.length = asked.body.size();
  head.program = asked.program;
  head.frame = asked.frame;
  // Head and a small body in one record, one packet.
  const auto started = now_ms();
  NC_TRY(send(request_head(head) + asked.body, asked.frame > 0 ? std::min(asked.frame, kPieceBytes) : kPieceBytes));
  NC_ASSIGN(const auto answer, read_head(std::max(asked.answer_max, kTextMax)));
  Answered out{answer.status, answer.program, {}};
  if (answer.status != 200 && answer.length > kTextMax)
    return fail(ErrorCode::kInvalid, NC_MSG("What answers there is no node of nhipcau"));
  // What was written may still lie in buffers; when the answer begins it has gone.
  measure(static_cast<std::int64_t>(asked.body.size()), started);
  const auto first = now_ms();
  std::array<char, 16 * 1024> some;
  for (auto left = answer.length; left > 0 || !buffer_.empty();) {
    std::string_view piece(buffer_);
    if (buffer_.empty()) {
      NC_ASSIGN(const auto n, read(std::span(some).first(std::min(left, some.size())), options_.stall_ms_max));
      piece = {some.data(), n};
    }
    if (piece.size() > left) return fail(ErrorCode::kInvalid, NC_MSG("What answers there is no node of nhipcau"));
    left -= piece.size();
    if (answer.status == 200) NC_TRY(take(piece));
    else out.text += piece;
    buffer_.clear();
  }
  if (static_cast<std::int64_t>(asked.body.size()) < kRateBytesMin) measure(static_cast<std::int64_t>(answer.length), first);
  broken_ = false;
  return out;
}

// Between requests the other side says nothing: what can be read is the end.
bool ExchangeClient::Impl::usable() const {
  if (broken_ || ssl_ == nullptr) return false;
  pollfd entry{fd_, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 0;
}

ExchangeClient::ExchangeClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ExchangeClient::~ExchangeClient() = default;

Result<std::unique_ptr<ExchangeClient>> ExchangeClient::connect(const PinnedIdentity& identity, PinnedContext::Accept accept,
                                                                const ExchangeClientOptions& options) {
  auto impl = std::make_unique<Impl>(options);
  NC_TRY(impl->open(identity, std::move(accept)));
  return std::unique_ptr<ExchangeClient>(new ExchangeClient(std::move(impl)));
}

Result<ExchangeClient::Answered> ExchangeClient::post(const Asked& asked, const std::function<Status(std::string_view)>& take) {
  return impl_->post(asked, take);
}
bool ExchangeClient::usable() const { return impl_->usable(); }
std::int64_t ExchangeClient::bytes_moved() const { return impl_->bytes_moved(); }
std::int64_t ExchangeClient::measured_rate() const { return impl_->measured_rate(); }

}  // namespace nc::net
