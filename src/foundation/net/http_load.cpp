// http_load PORT COOKIE open RATE SECONDS | http_load PORT COOKIE closed CONNECTIONS SECONDS, for tools/bench_pages.py.
//
// Asks a node on 127.0.0.1 for the pages named on standard input, one "CLASS PATH" a line, in turn. Open: request number n
// is due at n / RATE seconds, whether or not earlier ones have been answered, and its time is measured from when it was
// due, so that whatever makes it wait is counted. Closed: each connection asks for the next page as soon as it has one.
// Writes one line of JSON for each class and one for all: answers, milliseconds, bytes, what was not 200.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "foundation/net/test_client.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Page {
  std::string kind, request;
};

struct Told {
  std::vector<double> ms;
  std::uint64_t bytes = 0, bad = 0;
};

struct Plan {
  std::uint16_t port = 0;
  std::vector<Page> pages;
  bool open = false;
  double rate = 0;  // requests a second; of closed ones unlimited
  std::chrono::duration<double> length{};
  Clock::time_point start;
};

class Load {
 public:
  explicit Load(Plan plan) : plan_(std::move(plan)) {}

  void run(int workers) {
    std::vector<std::thread> threads;
    plan_.start = Clock::now() + std::chrono::milliseconds(50);
    for (int i = 0; i < workers; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    seconds_ = std::chrono::duration<double>(Clock::now() - plan_.start).count();
  }

  void print() {
    Told all;
    for (auto& [kind, told] : told_) {
      all.ms.insert(all.ms.end(), told.ms.begin(), told.ms.end());
      all.bytes += told.bytes;
      all.bad += told.bad;
      print(kind, told);
    }
    print("all", all);
  }

 private:
  void work() {
    nc::net::TestClient client(plan_.port);
    std::map<std::string, Told> told;
    while (true) {
      const auto number = next_++;
      auto due = Clock::now();
      if (plan_.open) {
        const auto after = std::chrono::duration<double>(static_cast<double>(number) / plan_.rate);
        if (after >= plan_.length) break;
        due = plan_.start + std::chrono::duration_cast<Clock::duration>(after);
        std::this_thread::sleep_until(due);
      } else if (due - plan_.start >= plan_.length) {
        break;
      }
      const auto& page = plan_.pages[number % plan_.pages.size()];
      const auto answer = client.ask(page.request);
      auto& into = told[page.kind];
      into.ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
      into.bytes += answer.size();
      into.bad += answer.starts_with("HTTP/1.1 200 ") ? 0 : 1;
      if (answer.empty()) break;  // the connection ended: what is left is answered by the others
    }
    const std::lock_guard lock(mutex_);
    for (auto& [kind, mine] : told) {
      auto& into = told_[kind];
      into.ms.insert(into.ms.end(), mine.ms.begin(), mine.ms.end());
      into.bytes += mine.bytes;
      into.bad += mine.bad;
    }
  }

  void print(const std::string& kind, Told& told) const {
    if (told.ms.empty()) return;
    std::sort(told.ms.begin(), told.ms.end());
    const auto count = told.ms.size();
    const auto at = [&](double q) { return told.ms[static_cast<std::size_t>(q * static_cast<double>(count - 1) + 0.5)]; };
    std::printf(
        "{\"kind\": \"%s\", \"answers\": %zu, \"rate\": %.2f, \"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f, \"min\": %.3f, \"max\": %.3f, "
        "\"bytes\": %.0f, \"bad\": %llu}\n",
        kind.c_str(), count, static_cast<double>(count) / seconds_, at(0.5), at(0.95), at(0.99), at(0), at(1),
        static_cast<double>(told.bytes) / static_cast<double>(count), static_cast<unsigned long long>(told.bad));
  }

  Plan plan_;
  double seconds_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::map<std::string, Told> told_;
};

template <typename T>
T number(std::string_view text) {
  T out{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (problem == std::errc() && end == text.data() + text.size()) return out;
  std::cerr << "not a number: " << text << '\n';
  std::exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  Plan plan;
  plan.port = number<std::uint16_t>(argv[1]);
  plan.open = std::string_view(argv[3]) == "open";
  plan.rate = number<double>(argv[4]);
  plan.length = std::chrono::duration<double>(number<double>(argv[5]));
  std::string kind, path;
  while (std::cin >> kind >> path)
    plan.pages.push_back({kind, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + argv[1] + "\r\nCookie: " + argv[2] + "\r\n\r\n"});
  if (plan.pages.empty()) return 2;
  constexpr int kOpenConnections = 64;
  const int workers = plan.open ? kOpenConnections : std::max(1, static_cast<int>(plan.rate));
  Load load(std::move(plan));
  load.run(workers);
  load.print();
}
