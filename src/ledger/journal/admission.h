// Inside the room only: does an entry count? docs/LEDGER.md section 4. A function of the entry and of
// what is held, not of the order in which it came.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "ledger/journal/authority.h"
#include "ledger/journal/journal.h"

namespace nc::journal {

struct Verdict {
  Standing standing = Standing::kAdmitted;
  std::optional<Error> error;       // why it does not count
  std::uint32_t depth = 0;          // 0 while parked
  std::vector<std::int64_t> bases;  // arrival numbers
};

// Cuts in force: what lies beyond the lowest cut of a stream is quarantined.
class Cuts {
 public:
  static Result<Cuts> load(store::Database& db);
  [[nodiscard]] Result<bool> beyond(store::Database& db, const std::string& stream, std::int64_t seq, const EntryHash& hash) const;
  // Of "node/incarnation" a stream is cut, or the whole.
  [[nodiscard]] bool names(const std::string& incarnation) const;
  // "node/incarnation" that are cut whole.
  [[nodiscard]] const std::set<std::string>& ended() const { return ended_; }

 private:
  struct Limit {
    std::int64_t seq = 0;
    EntryHash hash;
  };
  using Certifiers = std::map<std::string, std::vector<std::string>>;  // "node/incarnation" -> who certified it
  static Result<Certifiers> load_certifiers(store::Database& db);
  [[nodiscard]] bool above(const std::string& writer, const std::string& target) const;
  [[nodiscard]] std::set<std::string> all_above(const std::string& target) const;
  [[nodiscard]] std::size_t rank(const std::string& who) const;
  [[nodiscard]] Result<bool> readmitted(store::Database& db, const std::string& target, const EntryHash& hash) const;
  std::map<std::string, Limit> limits_;  // by stream
  std::set<std::string> ended_;          // incarnations that are cut whole
  Certifiers certifiers_;
};

struct Standings;

class Admission {
 public:
  // `kept`: answers from before, used and added to while the authority stands still; null: every entry is judged from the rows.
  Admission(store::Database& db, const ReceiveRules& rules, Standings* kept = nullptr) : db_(db), rules_(rules), kept_(kept) {}
  Result<Verdict> check(const Entry& entry);
  // Two persons have purged it, by nodes that may write for its audience. Only its header is asked.
  Result<bool> purged(const Entry& target);
  // Persons who want the body (kPurge) or the key (kErase) gone, by nodes that may write for one of the audiences.
  Result<std::set<PersonId>> who_want(std::string_view act, const std::string& subject, const std::vector<Audience>& audiences);
  // What the node of that stream holds under the authority; nothing certified: neither whole nor a unit.
  Result<Holding> holding(const StreamKey& stream, std::int64_t auth);
  Result<bool> may_write(const Holding& writer, std::int64_t auth, const Audience& audience);
  // A cut or a readmission came or went.
  void forget_cuts();
  // Verdicts on authority entries are being remade: until it is over nothing derived from them is kept.
  void set_remaking(bool remaking);

 private:
  Status check_bases(const Entry& entry, Verdict& verdict);
  Status check_root(const Entry& entry, Verdict& verdict);
  Status check_under(const Entry& entry, std::int64_t auth, Verdict& verdict);
  Status check_writer(const Entry& entry, std::int64_t auth, Verdict& verdict);
  Result<std::optional<std::int64_t>> authority_of(const Entry& entry, Verdict& verdict);
  Result<bool> any_purge();
  Status check_judge(const Entry& entry, std::int64_t auth, std::int64_t definition, Verdict& verdict);
  Result<bool> covers_what_it_saw(const Entry& entry, const std::vector<EntryHash>& heads, const Verdict& verdict);
  Status check_binding(const Entry& entry, std::int64_t auth, Verdict& verdict);
  Result<Holding> held_by(const std::vector<HeldFact>& certificates);
  Result<bool> gives_the_tree(std::int64_t certificate);
  Result<Question> question(const Holding& writer, const std::vector<std::int64_t>& under);
  Status load_era();
  [[nodiscard]] Standings* kept() const;
  store::Database& db_;
  const ReceiveRules& rules_;
  Standings* kept_;
  std::optional<Cuts> cuts_;
  std::string era_;
  bool remaking_ = false;
  std::map<std::int64_t, bool> gives_the_tree_;  // by the arrival of a certificate
};

}  // namespace nc::journal
