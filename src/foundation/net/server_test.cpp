#include "foundation/net/server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "foundation/net/test_client.h"

namespace nc::net {
namespace {

using Time = std::chrono::steady_clock;

Response echo(const Request& request) {
  if (request.path == "/throw") throw std::runtime_error("broken on purpose");
  if (request.path == "/throw-int") throw 7;
  if (request.path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(300));
  if (request.path == "/large") return Response::text(std::string(3'000'000, 'x'));
  return Response::text(request.method + ' ' + request.target() + ' ' + std::to_string(request.body.size()) + ' ' +
                        std::string(request.header("x-test")));
}

std::unique_ptr<Server> start(ServerOptions options = {}, Server::Handler handler = echo) {
  auto server = Server::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << server.error().english();
  return std::move(*server);
}

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Server, KeepsTheConnectionForMoreRequests) {
  const auto server = start();
  TestClient client(server->port());
  for (int i = 0; i < 50; ++i) {
    const auto path = "/n%20" + std::to_string(i) + "?q=%C4%91";
    const auto answer = client.ask("GET " + path + " HTTP/1.1\r\nHost: h\r\nX-TEST: yes\r\n\r\n");
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_EQ(body_of(answer), "GET " + path + " 0 yes");
  }
  EXPECT_EQ(server->connections(), 1u);
}

TEST(Server, ClosesWhenAsked) {
  const auto server = start();
  TestClient client(server->port());
  EXPECT_EQ(status_of(client.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")), 200);
  EXPECT_TRUE(client.closes_within(2000));
  TestClient old(server->port());
  EXPECT_EQ(status_of(old.ask("GET / HTTP/1.0\r\n\r\n")), 200);
  EXPECT_TRUE(old.closes_within(2000));
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  const auto server = start();
  TestClient client(server->port());
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const auto body = std::string(static_cast<std::size_t>(i * 37), 'b');
    const auto* path = i == 0 ? "/slow" : "/p";
    all += std::string("POST ") + path + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 40; ++i) {
    const auto* path = i == 0 ? "/slow" : "/p";
    EXPECT_EQ(body_of(client.response()), std::string("POST ") + path + std::to_string(i) + ' ' + std::to_string(i * 37) + ' ');
  }
}

TEST(Server, TakesChunkedBodies) {
  const auto server = start();
  TestClient client(server->port());
  EXPECT_EQ(body_of(client.ask("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
            "POST /c 11 ");
}

TEST(Server, HeadHasTheLengthAndNoBody) {
  const auto server = start();
  TestClient client(server->port());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto head = client.response(false);
  EXPECT_NE(head.find("Content-Length: 10\r\n"), std::string::npos) << head;
  EXPECT_EQ(body_of(client.ask(kGet)), "GET /a 0 ");  // nothing of a body came between
}

TEST(Server, LargeAnswersArriveWhole) {
  const auto server = start();
  TestClient client(server->port());
  const auto answer = client.ask("GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(answer).size(), 3'000'000u);
  EXPECT_EQ(body_of(client.ask(kGet)), "GET /a 0 ");
}

TEST(Server, TooLargeABodyGets413EvenWhileTheClientStillSends) {
  ServerOptions options;
  options.body_bytes_max = 1000;
  const auto server = start(options);
  {
    TestClient client(server->port());
    EXPECT_EQ(body_of(client.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'))), "POST / 1000 ");
    ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 30000000\r\n\r\n"));
    ASSERT_TRUE(client.send(std::string(30'000'000, 'x')));  // all of it is read: no reset
    EXPECT_EQ(status_of(client.response()), 413);
  }
  TestClient chunked(server->port());
  ASSERT_TRUE(chunked.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(chunked.send("3e8\r\n" + std::string(1000, 'x') + "\r\n"));
  EXPECT_EQ(status_of(chunked.response()), 413);
}

TEST(Server, ExpectContinue) {
  ServerOptions options;
  options.body_bytes_max = 1000;
  const auto server = start(options);
  TestClient client(server->port());
  EXPECT_EQ(status_of(client.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")), 100);
  EXPECT_EQ(body_of(client.ask("hello")), "POST / 5 ");
  EXPECT_EQ(status_of(client.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")), 413);
  TestClient odd(server->port());
  EXPECT_EQ(status_of(odd.ask("POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 5\r\n\r\nhello")), 417);
}

TEST(Server, RefusesBadRequestsByStatus) {
  const auto server = start();
  const auto ask = [&](std::string_view bytes) { return status_of(TestClient(server->port()).ask(bytes)); };
  EXPECT_EQ(ask("\x16\x03\x01 nonsense\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET /\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n"), 400);  // no Host
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET /../x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\nbad header\r\n\r\n"), 400);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost : h\r\n\r\n"), 400);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"), 400);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n"), 400);
  EXPECT_EQ(ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 400);
  EXPECT_EQ(ask("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(ask("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 431);
}

TEST(Server, SlowClientsLoseTheirConnectionPhaseByPhase) {
  ServerOptions options;
  options.header_ms_max = 300;
  options.body_ms_max = 300;
  options.idle_ms_max = 900;
  const auto server = start(options);
  TestClient silent(server->port());
  TestClient drip(server->port());
  const auto began = Time::now();
  bool cut = false;
  for (const char c : std::string(200, 'G')) {  // one byte each 20 ms would never end
    if (!drip.send({&c, 1}) || drip.closes_within(20)) {
      cut = true;
      break;
    }
  }
  EXPECT_TRUE(cut);
  EXPECT_LT(Time::now() - began, std::chrono::milliseconds(2000));
  TestClient body(server->port());
  body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_TRUE(body.closes_within(2000));
  EXPECT_TRUE(silent.closes_within(3000));
}

TEST(Server, ReaderThatStopsReadingLosesTheConnection) {
  ServerOptions options;
  options.write_ms_max = 300;
  const auto server = start(options, [](const Request&) { return Response::text(std::string(60'000'000, 'x')); });
  TestClient client(server->port());
  client.send(kGet);
  const auto end = Time::now() + std::chrono::seconds(10);
  while (server->connections() == 0 && Time::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  while (server->connections() != 0 && Time::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(server->connections(), 0u);
}

TEST(Server, TwoThousandIdleConnectionsDoNotHurt) {
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  const auto server = start();
  std::vector<TestClient> idle;
  for (int i = 0; i < 2000; ++i) {
    idle.emplace_back(server->port());
    ASSERT_TRUE(idle.back().connected()) << i;
  }
  for (std::size_t i = 0; i < idle.size(); i += 100) EXPECT_EQ(body_of(idle[i].ask(kGet)), "GET /a 0 ");
  TestClient client(server->port());
  const auto began = Time::now();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(body_of(client.ask(kGet)), "GET /a 0 ");
  EXPECT_LT(Time::now() - began, std::chrono::seconds(5));
  EXPECT_EQ(server->connections(), 2001u);
}

TEST(Server, OverTheConnectionLimitIsSaid) {
  ServerOptions options;
  options.connections_max = 2;
  const auto server = start(options);
  TestClient a(server->port()), b(server->port());
  a.ask(kGet);
  b.ask(kGet);
  TestClient c(server->port());
  EXPECT_EQ(status_of(c.response()), 503);
}

TEST(Server, AnExceptionBecomesAnIncident) {
  const auto server = start();
  TestClient client(server->port());
  testing::internal::CaptureStderr();
  const auto answer = client.ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto second = client.ask("GET /throw-int HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(status_of(answer), 500);
  EXPECT_EQ(status_of(second), 500);
  EXPECT_EQ(answer.find("broken on purpose"), std::string::npos);
  const auto incident = body_of(answer).substr(body_of(answer).find("incident ") + 9, 12);
  EXPECT_NE(log.find("incident " + incident + ": GET /throw: broken on purpose"), std::string::npos) << log;
}

TEST(Server, StopLetsARunningRequestFinishAndCutsIdleOnes) {
  const auto server = start();
  TestClient idle(server->port());
  idle.ask(kGet);
  TestClient busy(server->port());
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = Time::now();
  server->stop();
  EXPECT_LT(Time::now() - began, std::chrono::seconds(3));
  EXPECT_EQ(body_of(busy.response()), "GET /slow 0 ");
  EXPECT_TRUE(idle.closes_within(1000));
  EXPECT_EQ(status_of(TestClient(server->port()).ask(kGet)), 0);
}

TEST(Server, StopDoesNotWaitForStuckPeers) {
  ServerOptions options;
  options.stop_ms_max = 200;
  const auto server = start(options);
  TestClient half(server->port());
  half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto began = Time::now();
  server->stop();
  EXPECT_LT(Time::now() - began, std::chrono::seconds(3));
}

TEST(Server, HandlersRunInParallel) {
  const auto server = start();
  TestClient a(server->port()), b(server->port());
  const auto began = Time::now();
  a.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  b.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(a.response()), 200);
  EXPECT_EQ(status_of(b.response()), 200);
  EXPECT_LT(Time::now() - began, std::chrono::milliseconds(550));
}

TEST(Server, SaysWhyItCannotListen) {
  const auto server = start();
  ServerOptions taken;
  taken.port = server->port();
  const auto second = Server::start(taken, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_EQ(second.error().where, "127.0.0.1:" + std::to_string(taken.port));
  ServerOptions odd;
  odd.listen_address = "localhost:80";
  ASSERT_FALSE(Server::start(odd, echo));
  EXPECT_EQ(Server::start(odd, echo).error().code, ErrorCode::kInvalid);
}

// --- bodies that are too large to be held ---

struct Counted final : BodySink {
  std::size_t bytes = 0, most = 0;
  void write(std::string_view piece) override {
    if (piece.starts_with("throw")) throw std::runtime_error("disk gone");
    bytes += piece.size();
    most = std::max(most, piece.size());
  }
  Result<Fields> form() override { return Fields{}; }
};

ServerOptions with_sinks() {
  ServerOptions options;
  options.body_bytes_max = 1000;
  options.streamed_bytes_max = 10'000'000;
  options.body_sink = [](const Request& head) -> std::shared_ptr<BodySink> {
    return head.path == "/upload" ? std::make_shared<Counted>() : nullptr;
  };
  return options;
}

Response tell_size(const Request& request) {
  if (!request.sink) return Response::text("in memory " + std::to_string(request.body.size()));
  const auto& sink = dynamic_cast<const Counted&>(*request.sink);
  return Response::text("streamed " + std::to_string(sink.bytes) + (sink.most <= 64 * 1024 ? " in pieces" : " whole"));
}

TEST(Server, ALargeBodyGoesIntoASinkInPieces) {
  const auto server = start(with_sinks(), tell_size);
  TestClient client(server->port());
  const std::string body(5'000'000, 'b');
  const auto head = [](const std::string& path, std::size_t size) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
  };
  EXPECT_EQ(body_of(client.ask(head("/upload", body.size()) + body)), "streamed 5000000 in pieces");
  // The connection goes on, and other routes are as they were.
  EXPECT_EQ(body_of(client.ask(head("/form", 900) + body.substr(0, 900))), "in memory 900");
  EXPECT_EQ(body_of(client.ask("POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")),
            "streamed 3 in pieces");
  EXPECT_EQ(body_of(client.ask(head("/upload", 0))), "in memory 0");
  EXPECT_EQ(status_of(client.ask(head("/form", 5000) + body.substr(0, 5000))), 413);
}

TEST(Server, ASinkHasALimitAndAFaultInItIsTold) {
  const auto server = start(with_sinks(), tell_size);
  TestClient large(server->port());
  EXPECT_EQ(status_of(large.ask("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 10000001\r\n\r\n")), 413);
  TestClient broken(server->port());
  EXPECT_EQ(status_of(broken.ask("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nthrow")), 500);
  TestClient gone(server->port());
  gone.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nabc");
}

struct Numbers final : BodySource {
  std::int64_t bytes = 0, readable = 0;
  Numbers(std::int64_t size, std::int64_t end) : bytes(size), readable(end) {}
  [[nodiscard]] std::int64_t size() const override { return bytes; }
  [[nodiscard]] Result<std::size_t> read(std::int64_t offset, std::span<char> into) const override {
    if (offset >= readable) return fail(ErrorCode::kIo, "gone");
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = static_cast<char>('0' + (offset + static_cast<std::int64_t>(i)) % 10);
    return into.size();
  }
};

TEST(Server, ALargeAnswerComesFromASourceInPieces) {
  const auto server = start({}, [](const Request& request) {
    Response response;
    response.source = std::make_shared<Numbers>(3'000'001, request.path == "/broken" ? 1'000'000 : 3'000'001);
    return response;
  });
  TestClient client(server->port());
  const auto answer = client.ask(kGet);
  const auto body = body_of(answer);
  ASSERT_EQ(body.size(), 3'000'001U);
  for (const std::size_t at : {std::size_t{0}, std::size_t{65'535}, std::size_t{65'536}, std::size_t{3'000'000}})
    EXPECT_EQ(body[at], static_cast<char>('0' + at % 10));
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.response(false).find("Content-Length: 3000001"), std::string::npos);
  EXPECT_EQ(body_of(client.ask(kGet)).size(), 3'000'001U) << "HEAD has no body";
  TestClient cut(server->port());
  EXPECT_EQ(cut.ask("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n"), "") << "a file that cannot be read to its end is no whole answer";
}

}  // namespace
}  // namespace nc::net
