// A bad line on loopback, for tests: passes bytes on to a port, slowly, and cuts or freezes after so many. One thread a connection
// and direction; settings are set before the first connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <list>
#include <mutex>
#include <thread>

namespace nc::sync {

class ChaosProxy {
 public:
  std::int64_t cut_after_bytes = 0, freeze_after_bytes = 0;  // of one connection, both ways together; 0: never
  std::int64_t bytes_a_second = 0;

  explicit ChaosProxy(std::uint16_t to) : to_(to), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto here = loopback(0);
    socklen_t size = sizeof here;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&here), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0)
      throw std::runtime_error("no port");
    port_ = ntohs(here.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  ~ChaosProxy() {
    stop_ = true;
    accepting_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int cuts() const { return cuts_; }

 private:
  struct Pair {
    int a = -1, b = -1;
    std::atomic<std::int64_t> moved = 0;
    std::atomic<bool> over = false;
    ~Pair() {
      ::close(a);
      ::close(b);
    }
  };
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return out;
  }
  void accept_all() {
    while (!stop_) {
      pollfd entry{listener_, POLLIN, 0};
      if (::poll(&entry, 1, 50) != 1) continue;
      auto pair = std::make_shared<Pair>();
      pair->a = ::accept(listener_, nullptr, nullptr);
      pair->b = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      auto there = loopback(to_);
      if (::connect(pair->b, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) continue;
      threads_.emplace_back([this, pair] { pass(*pair, pair->a, pair->b); });
      threads_.emplace_back([this, pair] { pass(*pair, pair->b, pair->a); });
    }
  }
  void pass(Pair& pair, int from, int to) {
    char some[1024];
    while (!stop_ && !pair.over) {
      pollfd entry{from, POLLIN, 0};
      if (::poll(&entry, 1, 50) != 1) continue;
      const auto n = ::recv(from, some, sizeof some, 0);
      if (n <= 0) break;
      const auto moved = pair.moved += n;
      if (freeze_after_bytes > 0 && moved > freeze_after_bytes) {
        while (!stop_ && !pair.over) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return;
      }
      if (cut_after_bytes > 0 && moved > cut_after_bytes) {
        ++cuts_;
        break;
      }
      if (::send(to, some, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) break;
      if (bytes_a_second > 0) std::this_thread::sleep_for(std::chrono::milliseconds(n * 1000 / bytes_a_second));
    }
    pair.over = true;
    ::shutdown(pair.a, SHUT_RDWR);
    ::shutdown(pair.b, SHUT_RDWR);
  }

  std::uint16_t to_, port_ = 0;
  int listener_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> cuts_ = 0;
  std::list<std::thread> threads_;  // of the accepting thread until that has ended
  std::thread accepting_;
};

}  // namespace nc::sync
