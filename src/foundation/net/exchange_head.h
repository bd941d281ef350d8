// Heads of the small HTTP that own nodes speak with each other: docs/formats/sync.md section "By HTTPS".
//
// Reads bytes from outside: strict, bounded, nothing is kept of what is not known. Values; no sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::net {

inline constexpr std::size_t kHeadBytesMax = 2048;

struct ExchangeHead {
  std::string path;  // of a request
  int status = 0;    // of an answer
  std::size_t length = 0;
  std::string program;    // line "Nhipcau"; empty: absent
  std::size_t frame = 0;  // line "Frame"; 0: absent
};

// How many bytes of `bytes` are the head with its empty line; nothing: it is not whole yet.
[[nodiscard]] std::optional<std::size_t> head_size(std::string_view bytes);

// `head` is what head_size counted. What a reader answers to a wrong one: 400, 405, 411, 413; 0: it is good.
[[nodiscard]] int read_request_head(std::string_view head, std::size_t body_max, ExchangeHead& into);
// kInvalid, kLimit.
Result<ExchangeHead> read_answer_head(std::string_view head, std::size_t body_max);

[[nodiscard]] std::string request_head(const ExchangeHead& head);
[[nodiscard]] std::string answer_head(const ExchangeHead& head);

}  // namespace nc::net
