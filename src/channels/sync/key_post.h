// Inside the room only: asking for keys of personal data, giving them, passing letters on, reporting erasures. docs/formats/keys.md,
// sections "Letters" and "Reports", has the rules. Lives inside one transaction of Ledger::exchange.
//
// What comes never stops an exchange: what is wrong is left out and named in the notices. Errors are this node's own (disk).
// keys.db is written before the ledger's commit: a key that nothing needs does no harm.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "channels/sync/key_tables.h"
#include "channels/sync/outbox.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

inline constexpr std::size_t kLettersAtOnce = 64, kLettersInBundle = 1024;

// What is due of this node's own: asks for values that do not open, reports of what was erased.
Status tend_keys(records::Intake& intake, const records::Ledger& ledger);
// Keys that were here are gone (a restored node, a keys.db that was lost): what they opened is to be looked at.
Status look_for_lost_keys(records::Intake& intake);
// Whether it has anything to do. Reading only.
Result<bool> keys_want_tending(store::Database& db, const records::Ledger& ledger);

class KeyPost {
 public:
  KeyPost(records::Intake& intake, const records::Ledger& ledger, Shared& shared, const NodeId& neighbour, std::vector<Error>& notices)
      : intake_(intake), db_(intake.db()), ledger_(ledger), shared_(shared), neighbour_(neighbour), notices_(notices) {}
  // kLetter and kLetters; false: another kind.
  Result<bool> take(const Message& message);
  // Tags of what came and is durable once the transaction is: to be said.
  [[nodiscard]] const std::vector<std::string>& came() const { return came_; }

 private:
  Status letter(std::string_view bytes);
  Status of_known_writer(const KeyLetter& letter, const Digest& name, std::string_view bytes);
  Status ask(const KeyLetter& letter, const Digest& name, std::string_view bytes);
  Status parcel(const KeyLetter& letter, const Digest& name, std::string_view bytes);
  Status open(const KeyLetter& letter, const Digest& name);
  Status taken(const KeyLetter& letter, const Digest& name, std::string_view bytes);
  Status keep(const KeyLetter& letter, const Digest& name, std::optional<std::string_view> bytes);
  Status refuse(const KeyLetter& letter, const Digest& name, Error why);
  Result<bool> may_hold(const NodeId& node, const std::vector<std::string>& parts);
  void note(const Error& why);
  records::Intake& intake_;
  store::Database& db_;
  const records::Ledger& ledger_;
  Shared& shared_;
  NodeId neighbour_;
  std::vector<Error>& notices_;
  std::vector<std::string> came_;
};

// Puts letters that the neighbour lacks. Answers their tags.
Result<std::vector<std::string>> put_letters(store::Database& db, Shared& shared, const NodeId& neighbour, Outbox& out,
                                             std::size_t most = kLettersAtOnce);
// Those that came from it.
Status put_letter_tags(Outbox& out, const std::vector<std::string>& tags);

}  // namespace nc::sync
