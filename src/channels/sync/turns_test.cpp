// What a parent's line owes its children: turns in order, bounds by name. Counted, not timed.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "base/rng.h"
#include "foundation/crypto/node_certificate.h"
#include "foundation/net/exchange_client.h"
#include "foundation/net/exchange_server.h"

namespace nc::sync {
namespace {

using net::ExchangeClient;
using net::ExchangeServer;
using namespace std::chrono_literals;

net::PinnedIdentity identity_of(const crypto::SigningKey& key) { return {crypto::node_certificate(key), crypto::private_key_der(key)}; }

std::vector<crypto::SigningKey> keys(std::size_t count) {
  SeededRng rng(7);
  std::vector<crypto::SigningKey> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(crypto::SigningKey::generate(rng));
  return out;
}

// Of this process, in memory now.
std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t whole = 0, resident = 0;
  file >> whole >> resident;
  return resident * static_cast<std::size_t>(::getpagesize());
}

class TurnsTest : public ::testing::Test {
 protected:
  void serve(net::ExchangeServerOptions options, ExchangeServer::Handler handler) {
    const auto everybody = [](const PublicKey&) { return net::Admission::kPinned; };
    auto started = ExchangeServer::start(options, identity_of(own_.front()), everybody, std::move(handler));
    ASSERT_TRUE(started) << started.error().english();
    server_ = std::move(*started);
  }
  Result<std::unique_ptr<ExchangeClient>> connect(const crypto::SigningKey& key) {
    net::ExchangeClientOptions options;
    options.address = "127.0.0.1:" + std::to_string(server_->port());
    return ExchangeClient::connect(identity_of(key), [](const PublicKey&) { return true; }, options);
  }
  static int post(ExchangeClient& client, std::size_t bytes) {
    ExchangeClient::Asked asked;
    asked.path = "/1/sync";
    asked.body = std::string(bytes, 'x');
    asked.answer_max = 64 * 1024;
    const auto answered = client.post(asked, [](std::string_view) { return Status(); });
    return answered ? answered->status : -1;
  }

  std::vector<crypto::SigningKey> own_ = keys(1);
  std::unique_ptr<ExchangeServer> server_;
};

// Each answer is held back until everybody who still has something to ask waits for his turn, so that the order of service does
// not depend on who was quicker.
TEST_F(TurnsTest, AChildThatAsksWithoutAPauseHasItsTurnNoMoreOftenThanTheOthers) {
  constexpr std::size_t kOthers = 5;
  constexpr int kAsks = 4, kFloods = 40;
  const auto all = keys(kOthers + 2);
  std::map<PublicKey, int> left;
  for (std::size_t i = 0; i < kOthers; ++i) left[all[i + 1].public_key()] = kAsks;
  const auto flood = all[kOthers + 1].public_key();
  left[flood] = kFloods;
  std::mutex mutex;
  std::vector<PublicKey> order;
  net::ExchangeServerOptions options;
  options.workers = 1;
  serve(options, [&](const ExchangeServer::Asked& asked) {
    std::size_t others = 0;
    {
      const std::lock_guard guard(mutex);
      for (const auto& [key, asks] : left) others += key != asked.key && asks > 0 ? 1 : 0;
    }
    for (int i = 0; i < 2000 && server_->waiting() < others; ++i) std::this_thread::sleep_for(5ms);
    const std::lock_guard guard(mutex);
    --left[asked.key];
    order.push_back(asked.key);
    return ExchangeServer::Answer{200, "done", {}};
  });
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (std::size_t i = 1; i < all.size(); ++i)
    threads.emplace_back([&, i] {
      const auto client = connect(all[i]);
      const int asks = i == kOthers + 1 ? kFloods : kAsks;
      for (int n = 0; n < asks; ++n)
        if (!client || post(**client, 64) != 200) ++failed;
    });
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(failed, 0);
  ASSERT_EQ(order.size(), kOthers * kAsks + kFloods);
  // Between two turns of the flood everybody who waits has one; so the others are done after kAsks rounds.
  for (std::size_t i = 1; i < all.size() - 1; ++i) {
    std::size_t floods = 0;
    int asks = 0;
    for (std::size_t at = 0; asks < kAsks; ++at) {
      floods += order[at] == flood ? 1 : 0;
      asks += order[at] == all[i].public_key() ? 1 : 0;
    }
    EXPECT_LE(floods, static_cast<std::size_t>(kAsks) + 1) << "before child " << i << " was done";
  }
}

TEST_F(TurnsTest, FiveHundredChildrenStayConnectedWithLittleMemoryEach) {
  constexpr std::size_t kChildren = 500, kBytesMax = 160 * 1024;  // of both ends of a connection, which lie in this process
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4096);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_cur < 2 * kChildren + 100) GTEST_SKIP() << "this process may open only " << files.rlim_cur << " files";
  net::ExchangeServerOptions options;
  options.connections_max = kChildren;
  serve(options, [](const ExchangeServer::Asked& asked) { return ExchangeServer::Answer{200, asked.body.substr(0, 4096), {}}; });
  const auto all = keys(kChildren + 2);
  const auto before = resident_bytes();
  std::vector<std::unique_ptr<ExchangeClient>> clients;
  for (std::size_t i = 1; i <= kChildren; ++i) {
    auto client = connect(all[i]);
    ASSERT_TRUE(client) << i << ": " << client.error().english();
    // A large request each; what was needed for it is given back.
    ASSERT_EQ(post(**client, 200 * 1024), 200) << i;
    clients.push_back(std::move(*client));
  }
  EXPECT_EQ(server_->connections(), kChildren);
  const auto each = (std::max(resident_bytes(), before) - before) / kChildren;
  std::cout << "a connection that waits: " << each << " bytes, both ends together\n";
  EXPECT_LE(each, kBytesMax);
  // One more than connections_max is turned away; those who are there are served on.
  const auto more = connect(all[kChildren + 1]);
  EXPECT_FALSE(more && post(**more, 64) == 200);
  for (auto& client : clients) ASSERT_EQ(post(*client, 64), 200);
}

TEST_F(TurnsTest, ARequestLongerThanItsLimitIsRefusedBeforeItIsRead) {
  std::atomic<int> handled = 0;
  net::ExchangeServerOptions options;
  serve(options, [&](const ExchangeServer::Asked&) {
    ++handled;
    return ExchangeServer::Answer{200, {}, {}};
  });
  const auto all = keys(2);
  const auto client = connect(all[1]);
  ASSERT_TRUE(client);
  EXPECT_EQ(post(**client, options.body_bytes_max + 1), 413);
  EXPECT_EQ(handled, 0);
}

}  // namespace
}  // namespace nc::sync
