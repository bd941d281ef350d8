// What people had typed when their screen was locked, kept until they are back.
//
// In memory only: nothing typed reaches the disk unsaved, and nobody but the person gets it, however he comes
// back (PIN, password, a new session). One form a person, the last; the oldest go when all together are too
// large. Passwords, PINs and passphrases are never kept.
// Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/id.h"
#include "foundation/net/message.h"

namespace nc::web {

struct Draft {
  std::string target;  // where the form goes
  net::Fields form;
};

// Fields of a form that may be kept: not its token, and nothing secret.
[[nodiscard]] net::Fields keepable(const net::Fields& form);

class Drafts {
 public:
  static constexpr std::size_t kBytesMax = 8 * 1024 * 1024;

  void keep(const PersonId& person, std::string target, const net::Fields& form);
  std::optional<Draft> take(const PersonId& person);

 private:
  struct Kept {
    Draft draft;
    std::size_t bytes = 0;
    std::uint64_t turn = 0;
  };
  std::mutex mutex_;
  std::map<PersonId, Kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace nc::web
