#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>

#include "foundation/net/server.h"
#include "foundation/net/test_client.h"

namespace nc::net {
namespace {

// A self-signed certificate, made by the openssl command as an administrator would.
class Tls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = std::filesystem::temp_directory_path() / ("nc-tls-" + std::to_string(::getpid()));
    std::filesystem::create_directories(dir_);
    for (const auto* name : {"a", "b"}) {
      const auto base = (dir_ / name).string();
      const auto command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout " +
                           base + ".key -out " + base + ".pem 2>/dev/null";
      ASSERT_EQ(std::system(command.c_str()), 0);
    }
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(dir_); }

  static ServerOptions options(const char* cert, const char* key) {
    ServerOptions out;
    out.tls_cert_file = (dir_ / cert).string();
    out.tls_key_file = (dir_ / key).string();
    return out;
  }

  // The answer over TLS of at most `version`, or empty when there is no handshake.
  static std::string ask(std::uint16_t port, int version, const std::string& bytes, std::string* used = nullptr) {
    TestClient client(port);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_max_proto_version(context, version);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, client.fd());
    std::string answer;
    if (SSL_connect(ssl) == 1) {
      if (used != nullptr) *used = SSL_get_version(ssl);
      SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
      char buffer[16384];
      for (int n = 0; (n = SSL_read(ssl, buffer, sizeof buffer)) > 0;) answer.append(buffer, static_cast<std::size_t>(n));
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    return answer;
  }

  static inline std::filesystem::path dir_;
};

Response say_tls(const Request& request) {
  return Response::text(std::string(request.tls ? "tls " : "plain ") + request.peer + ' ' + std::to_string(request.body.size()) +
                        std::string(200'000, '.'));
}

TEST_F(Tls, ServesOverTls13And12AndNothingOlder) {
  const auto server = Server::start(options("a.pem", "a.key"), say_tls);
  ASSERT_TRUE(server) << server.error().english();
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  std::string used;
  const auto answer = ask((*server)->port(), TLS1_3_VERSION, request, &used);
  EXPECT_EQ(used, "TLSv1.3");
  EXPECT_EQ(body_of(answer).substr(0, 16), "tls 127.0.0.1 0.");
  EXPECT_EQ(body_of(answer).size(), 200'015u);
  EXPECT_EQ(status_of(ask((*server)->port(), TLS1_2_VERSION, request, &used)), 200);
  EXPECT_EQ(used, "TLSv1.2");
  EXPECT_EQ(ask((*server)->port(), TLS1_1_VERSION, request), "");
}

TEST_F(Tls, TooLargeABodyGets413) {
  const auto server = Server::start(options("a.pem", "a.key"), say_tls);
  ASSERT_TRUE(server);
  EXPECT_EQ(status_of(ask((*server)->port(), TLS1_3_VERSION,
                          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'))),
            413);
}

TEST_F(Tls, PlainTalkToATlsPortEnds) {
  auto quick = options("a.pem", "a.key");
  quick.header_ms_max = 300;
  const auto server = Server::start(quick, say_tls);
  ASSERT_TRUE(server);
  EXPECT_EQ(status_of(TestClient((*server)->port()).ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), 0);
  EXPECT_TRUE(TestClient((*server)->port()).closes_within(2000));  // no handshake at all
}

TEST_F(Tls, SaysWhichFileIsWrong) {
  const auto missing = Server::start(options("none.pem", "a.key"), say_tls);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, (dir_ / "none.pem").string());
  const auto mismatch = Server::start(options("a.pem", "b.key"), say_tls);
  ASSERT_FALSE(mismatch);
  EXPECT_EQ(mismatch.error().where, (dir_ / "b.key").string());
}

}  // namespace
}  // namespace nc::net
