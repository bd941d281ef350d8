#include "foundation/net/exchange_head.h"

#include <gtest/gtest.h>

namespace nc::net {
namespace {

constexpr std::size_t kBodyMax = 1000;

int asked(const std::string& head, ExchangeHead* out = nullptr) {
  ExchangeHead read;
  const int wrong = read_request_head(head, kBodyMax, read);
  if (out != nullptr) *out = read;
  return wrong;
}

TEST(ExchangeHead, WhatIsWrittenIsReadAndShort) {
  ExchangeHead head;
  head.path = "/1/sync";
  head.length = 85;
  EXPECT_EQ(request_head(head), "POST /1/sync HTTP/1.1\r\nHost:n\r\nContent-Length:85\r\n\r\n");
  head.program = "0.5.0";
  head.frame = 4800;
  ExchangeHead read;
  EXPECT_EQ(asked(request_head(head), &read), 0);
  EXPECT_EQ(read.path, "/1/sync");
  EXPECT_EQ(read.length, 85u);
  EXPECT_EQ(read.program, "0.5.0");
  EXPECT_EQ(read.frame, 4800u);
  const auto answer = read_answer_head("HTTP/1.1 202 Accepted\r\nServer: x\r\ncontent-length: 7\r\n\r\n", kBodyMax);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 202);
  EXPECT_EQ(answer->length, 7u);
}

TEST(ExchangeHead, WrongOnesHaveTheirStatus) {
  const std::string good = "POST /1/sync HTTP/1.1\r\nHost: n\r\n", end = "Content-Length: 5\r\n\r\n";
  EXPECT_EQ(asked(good + end), 0);
  EXPECT_EQ(asked(good + "\r\n"), 411);
  EXPECT_EQ(asked(good + "Transfer-Encoding: chunked\r\n" + end), 411);
  EXPECT_EQ(asked(good + "Content-Length: 5\r\n" + end), 400);
  EXPECT_EQ(asked(good + "Content-Length: -5\r\n\r\n"), 400);
  EXPECT_EQ(asked(good + "Content-Length: 1001\r\n\r\n"), 413);
  EXPECT_EQ(asked(good + "Content-Length: 99999999999999999999\r\n\r\n"), 400);
  EXPECT_EQ(asked(good + " folded\r\n" + end), 400);
  EXPECT_EQ(asked(good + "name : x\r\n" + end), 400);
  EXPECT_EQ(asked(good + "no colon\r\n" + end), 400);
  EXPECT_EQ(asked(good + "Frame: many\r\n" + end), 400);
  EXPECT_EQ(asked("GET /1/sync HTTP/1.1\r\n" + end), 405);
  EXPECT_EQ(asked("POST /1/ sync HTTP/1.1\r\n" + end), 400);
  EXPECT_EQ(asked("POST 1/sync HTTP/1.1\r\n" + end), 400);
  EXPECT_EQ(asked("PRI * HTTP/2.0\r\n" + end), 400);
  EXPECT_EQ(asked("\x16\x03\x01\r\n\r\n"), 400);
}

TEST(ExchangeHead, AnswersOfOthersAreRefused) {
  EXPECT_FALSE(read_answer_head("HTTP/1.1 200 OK\r\n\r\n", kBodyMax));
  EXPECT_FALSE(read_answer_head("SSH-2.0-OpenSSH_9.2\r\n\r\n", kBodyMax));
  EXPECT_FALSE(read_answer_head("HTTP/1.1 2000 \r\nContent-Length: 1\r\n\r\n", kBodyMax));
  EXPECT_FALSE(read_answer_head("HTTP/1.1 100 \r\nContent-Length: 1\r\n\r\n", kBodyMax));
  EXPECT_FALSE(read_answer_head("HTTP/1.1 200 \r\nContent-Length: 1001\r\n\r\n", kBodyMax));
  EXPECT_FALSE(head_size("HTTP/1.1 200 \r\n"));
  EXPECT_FALSE(head_size(std::string(kHeadBytesMax, 'x') + "\r\n\r\n"));
}

}  // namespace
}  // namespace nc::net
