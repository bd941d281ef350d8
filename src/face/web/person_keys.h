// Inside the room: the signing keys of people, as the ledger certifies and this machine keeps them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "face/web/visit.h"

namespace nc::web {

struct KeyState {
  enum class Is { kNone, kWaiting, kCertified, kEnded } is = Is::kNone;
  PublicKey key;  // unless kNone
};

// All certified keys, read once for a page.
class PersonKeys {
 public:
  explicit PersonKeys(const Visit& visit);
  // The key that this machine keeps for the person.
  [[nodiscard]] KeyState of(const PersonId& person) const;

 private:
  const Visit& visit_;
  std::map<std::pair<std::string, std::string>, bool> ended_;  // by person and key, as the records write them
};

[[nodiscard]] Html key_badge(const Visit& visit, const KeyState& state);

}  // namespace nc::web
