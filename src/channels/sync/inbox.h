// Inside the room only: taking what a peer sent. Lives inside one transaction of Ledger::exchange; what it took is durable when that
// returns. Nothing that the other sends stops the rest: it is refused or set aside by name (notices).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "channels/sync/messages.h"
#include "channels/sync/runs.h"
#include "channels/sync/shared.h"
#include "channels/sync/tables.h"
#include "ledger/records/foreign.h"

namespace nc::sync {

// What the receiver holds, in the journal and in the spool of this peer.
class HeldKnown final : public Known {
 public:
  HeldKnown(store::Database& db, const NodeId& peer, Subscription& theirs) : db_(db), peer_(peer), theirs_(theirs) {}
  Result<std::optional<journal::StreamKey>> stream(std::string_view tag) override;
  Result<std::optional<EntryHash>> hash_at(const journal::StreamKey& stream, std::int64_t seq) override;
  Result<std::optional<Before>> entry_at(const journal::StreamKey& stream, std::int64_t seq) override;
  Result<std::optional<RecordId>> record_of(const EntryHash& hash) override { return sync::record_of(db_, peer_, hash); }
  Result<std::optional<EntryHash>> entry(std::string_view beginning, const journal::StreamKey& of, bool authority) override;

 private:
  store::Database& db_;
  NodeId peer_;
  Subscription& theirs_;
  std::map<std::string, journal::StreamKey> by_tag_;
};

struct Taken {
  std::int64_t admitted = 0, parked = 0, known = 0;
  bool unresolved = false;                            // ask to be written to without references
  std::set<std::string> gaps;                         // streams of which entries are missing here
  std::set<std::string> refused;                      // of which something was refused
  std::map<std::string, journal::StreamKey> streams;  // of which something came
  std::vector<Error> notices;
};

class RunsAhead;

class Inbox {
 public:
  // `ahead`: null, or what was read of the same messages before.
  Inbox(records::Intake& intake, const NodeId& peer, Shared& shared, Taken& taken, RunsAhead* ahead = nullptr)
      : intake_(intake),
        peer_(peer),
        taken_here_(shared.taken_here()),
        known_(intake.db(), peer, shared.theirs()),
        taken_(taken),
        ahead_(ahead) {}
  // kRun and kPiece. An error is one of this node's own (disk): nothing of the transaction may count.
  Status take(const Message& message);

 private:
  Status run(std::string_view content);
  Result<Run> read(std::string_view content);
  Status piece(std::string_view content);
  Result<std::optional<journal::Journal::Incoming>> entry_in(const Piece& piece);
  Status keep(Run run, const std::string& name, std::int64_t held);
  Status deliver(Run run, const std::string& name, std::int64_t held);
  Result<std::int64_t> held(const journal::StreamKey& stream);
  Status note(const Error& error, const std::string& stream);
  bool is_too_high(const journal::StreamKey& stream);
  records::Intake& intake_;
  NodeId peer_;
  journal::HandlingLevel taken_here_;
  HeldKnown known_;
  Taken& taken_;
  RunsAhead* ahead_;
};

// Up to where a stream is durable here: held, or spooled without a gap.
Result<std::int64_t> durable(store::Database& db, const NodeId& peer, const journal::StreamKey& stream);

}  // namespace nc::sync
