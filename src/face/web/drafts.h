// What people had typed when their screen was locked or their session over, kept until they are back.
//
// In memory only, also what may be in no draft on the disk (saved_drafts.h); nobody but the person gets it, however he comes
// back (PIN, password, a new session). The last kFormsMax of a person, each once; the oldest go when all together are too
// large. Passwords, PINs and passphrases are never kept.
// Threads: any.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "foundation/net/message.h"
#include "ledger/access/credentials.h"

namespace nc::web {

struct Draft {
  std::string target;  // where the form goes
  net::Fields form;
};

// Fields of a form that may be kept: not its token, and nothing secret.
[[nodiscard]] net::Fields keepable(const net::Fields& form);

// For Drafts::keep: the session, while its code or a password of one's own is still to come.
[[nodiscard]] inline access::SessionId not_yet_himself(const access::Session& session) {
  return session.code_due || session.must_change ? session.id : access::SessionId{};
}

class Drafts {
 public:
  static constexpr std::size_t kBytesMax = 8 * 1024 * 1024;
  static constexpr std::size_t kFormsMax = 10;

  // `only_in`: a session of somebody who has not shown yet that he is the person (his code or a password of his own
  // is still to come); what it leaves is offered in that session alone, and replaces nothing of the person's.
  void keep(const PersonId& person, std::string target, const net::Fields& form, const access::SessionId& only_in = {});
  // What was left under the first of these that has something: a session, a browser (mark_of), or {}: the person. The newest
  // first.
  std::vector<Draft> take(const PersonId& person, std::initializer_list<access::SessionId> places);
  // The place of what came without a session, told by the cookie of the browser: it is offered in that browser alone.
  [[nodiscard]] static access::SessionId mark_of(std::string_view browser_cookie);

 private:
  struct Kept {
    Draft draft;
    std::size_t bytes = 0;
    std::uint64_t turn = 0;
  };
  std::mutex mutex_;
  using Whose = std::pair<PersonId, access::SessionId>;
  void drop(const Whose& whose, std::size_t at);
  std::map<Whose, std::vector<Kept>> kept_;  // of each the oldest first
  std::size_t bytes_ = 0;
  std::uint64_t turns_ = 0;
};

}  // namespace nc::web
