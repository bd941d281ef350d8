// Inside the room only: what each entry, saved or received, asks of the authority, kept from one to the next.
//
// Everything here follows from the authority entries that are held and from nothing else. A transaction that touches
// one of them keeps nothing until it is sealed, so that an undone savepoint leaves nothing to forget.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ledger/journal/admission.h"

namespace nc::journal {

struct Standings {
  const store::Database* of = nullptr;  // whose
  bool moving = false;                  // the authority changes in this transaction
  std::optional<bool> closed;           // this incarnation was forked
  std::array<std::optional<std::vector<AuthorityHead>>, 3> heads;
  std::optional<Cuts> cuts;
  std::optional<bool> any_purge;
  // The authority entry that was named last, with the handling up to which it may stand, and its arrival.
  std::optional<std::pair<std::pair<EntryHash, HandlingLevel>, std::int64_t>> named;
  // "stream type@version arrival": its node may write such entries under that authority entry.
  std::unordered_set<std::string> may;
  // Streams that may have unsealed entries; nothing: any may.
  std::optional<std::set<std::int64_t>> moved;

  // Another database, or the authority moves: nothing of what was kept holds.
  void belongs_to(const store::Database& db) {
    if (of == &db) return;
    *this = Standings();
    of = &db;
  }
  void authority_moves() {
    forget();
    moving = true;
  }
  void sealed() {
    if (moving) forget();
    moving = false;
    moved.emplace();
  }
  void forget() {
    closed.reset();
    heads = {};
    cuts.reset();
    any_purge.reset();
    named.reset();
    may.clear();
  }
};

}  // namespace nc::journal
