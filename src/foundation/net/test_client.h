// A blocking client on a plain socket, for the tests of this room: it sends exactly the bytes it is
// given, so that tests can be as rude as the network.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace nc::net {

class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  TestClient(TestClient&& other) noexcept : fd_(other.fd_), connected_(other.connected_), pending_(std::move(other.pending_)) {
    other.fd_ = -1;
  }
  TestClient(const TestClient&) = delete;
  ~TestClient() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // One response with its body by Content-Length; empty when the connection ends first.
  std::string response(bool with_body = true) {
    while (pending_.find("\r\n\r\n") == std::string::npos)
      if (!fill()) return {};
    const auto head_end = pending_.find("\r\n\r\n") + 4;
    std::size_t length = 0;
    const auto at = pending_.find("Content-Length: ");
    if (with_body && at < head_end) length = std::stoul(pending_.substr(at + 16, 12));
    while (pending_.size() < head_end + length)
      if (!fill()) return {};
    auto out = pending_.substr(0, head_end + length);
    pending_.erase(0, out.size());
    return out;
  }

  std::string ask(std::string_view bytes) {
    send(bytes);
    return response();
  }

  // True when the other end closes within the time and nothing more comes.
  bool closes_within(int time_ms) {
    pollfd entry{fd_, POLLIN, 0};
    if (!pending_.empty() || ::poll(&entry, 1, time_ms) != 1) return false;
    char c = 0;
    return ::recv(fd_, &c, 1, 0) <= 0;
  }

 private:
  bool fill() {
    pollfd entry{fd_, POLLIN, 0};
    if (::poll(&entry, 1, 20'000) != 1) return false;
    char buffer[16384];
    const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string pending_;
};

inline std::string body_of(const std::string& response) {
  const auto at = response.find("\r\n\r\n");
  return at == std::string::npos ? std::string() : response.substr(at + 4);
}

inline int status_of(const std::string& response) { return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3)); }

}  // namespace nc::net
