// Bytes made smaller with a dictionary that both sides have: one zstd frame (RFC 8878) that names its content's size.
//
// Owns: the prepared dictionary. Threads: any; each call has its own work space, kept for its thread.
// Not for secrets beside bytes that an attacker chooses, as compress.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace nc::store {

class Dictionary {
 public:
  Dictionary(std::string_view bytes, int level);  // a trained dictionary, or any bytes that are often met
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  [[nodiscard]] std::string compress(std::string_view bytes) const;
  // kCorrupt: not one whole frame over this dictionary, or its content is longer than `bytes_max`.
  [[nodiscard]] Result<std::string> decompress(std::string_view frame, std::size_t bytes_max) const;

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace nc::store
