#include "ledger/records/cutting_off.h"

#include <algorithm>
#include <array>

#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/foreign.h"

namespace nc::records {
namespace {

constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 24 * 60 * kMinuteMs;

constexpr std::array<std::pair<CutReason, std::string_view>, 4> kReasons = {
    {{CutReason::kMoved, "moved"}, {CutReason::kLost, "lost"}, {CutReason::kStolen, "stolen"}, {CutReason::kCopied, "copied"}}};

// Cuts and readmissions stand on the record of the node's certificate.
Status write_act(Intake& intake, const access::Subject& who, const World& world, const RecordId& record, std::string_view act,
                 JsonObject values) {
  const auto types = world.catalog->feeding("node-key");
  if (types.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"node-key"}));
  const journal::PartKey open{0, journal::Audience::authority()};
  journal::Draft draft{record, types.front()->id, types.front()->version, open, journal::Lane::kAuthority, journal::Form::kAct, {}, {}};
  draft.body.author = who.person;
  draft.body.act = std::string(act);
  draft.body.set = std::move(values);
  return intake.append_authority(std::move(draft));
}

// Whether what the machine says of the time of its entries may be somebody else's word.
bool clock_is_doubted(const CutOff& what) {
  return !what.believe_its_clock && (what.reason == CutReason::kStolen || what.reason == CutReason::kLost);
}

// The last entry of the stream that is good; 0: none is.
Result<std::pair<std::int64_t, EntryHash>> last_good(store::Database& db, const journal::HeldStream& stream, std::int64_t until_ms,
                                                     bool doubted) {
  std::pair<std::int64_t, EntryHash> out{0, {}};
  NC_TRY(journal::each_held(db, stream.id, 1, [&](const journal::HeldEntry& entry) -> Result<bool> {
    if (entry.header.wall_ms >= until_ms || (doubted && entry.received_ms >= until_ms)) return false;
    out = {entry.seq, entry.hash};
    return true;
  }));
  return out;
}

Error no_such_node(const NodeId& node) {
  return Error(ErrorCode::kNotFound, NC_MSG("No node {1} is certified here"), {node.hex()}).then(NC_MSG("See the list of the nodes"));
}

Result<journal::Certificate> certificate_of(store::Database& db, const NodeId& node, const IncarnationId& incarnation) {
  NC_ASSIGN(const auto all, journal::certificates(db, node));
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.incarnation == incarnation; });
  if (at == all.end()) return fail(no_such_node(node));
  return *at;
}

// The row of the trail comes first: what cannot be written down is not done. An act that fails has a second row.
WriteResult written_down(Ledger& ledger, const access::Subject& who, const RecordId& record, const std::function<Status(Intake&)>& act) {
  const access::AuditEvent event{who.person, access::audited::kKey, record, {}, {}};
  if (!ledger.audit().write(event))
    return std::unexpected(Refusal{Error(ErrorCode::kBusy, NC_MSG("Nothing was done: the audit trail cannot be written"))
                                       .then(NC_MSG("Have the machine looked after; “nhipcau doctor” says what is wrong with it")),
                                   {}});
  if (const auto done = ledger.exchange(act); !done) {
    auto undone = event;
    undone.outcome = done.error().code == ErrorCode::kDenied ? access::AuditOutcome::kRefused : access::AuditOutcome::kFailed;
    static_cast<void>(ledger.audit().write(undone));
    return std::unexpected(Refusal{done.error(), {}});
  }
  Written out;
  out.id = record;
  out.audited = access::audited::kKey;
  return out;
}

// The record of the certificate, when he may do this to the node.
Result<RecordId> to_be_cut_off(store::Database& db, const access::Subject& who, const World& world, const NodeId& self,
                               const CutOff& what) {
  NC_ASSIGN(const auto certificate, certificate_of(db, what.node, what.incarnation));
  NC_TRY(may_govern_node(who, certificate.unit, world));
  if (what.node == self)
    return fail(Error(ErrorCode::kDenied, NC_MSG("A node is cut off by its superior")).then(NC_MSG("Ask the superior unit to do it")));
  return certificate.record;
}

// The record of the last one's certificate, when all lie beyond a cut and he may readmit each.
Result<RecordId> to_be_readmitted(store::Database& db, const access::Subject& who, const World& world,
                                  const std::vector<EntryHash>& entries) {
  if (entries.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("Choose at least one entry")));
  RecordId record;
  for (const auto& hash : entries) {
    NC_ASSIGN(const auto at, journal::entry_aside(db, journal::Aside::kQuarantined, hash));
    if (!at)
      return fail(Error(ErrorCode::kNotFound, NC_MSG("The entry {1} does not lie beyond a cut"), {hash.hex()})
                      .then(NC_MSG("Look at the list again")));
    NC_ASSIGN(const auto certificate, certificate_of(db, at->stream.node, at->stream.incarnation));
    NC_TRY(may_govern_node(who, certificate.unit, world));
    record = certificate.record;
  }
  return record;
}

// Asked before anything is written down, and again inside the transaction that does it.
WriteResult look_then_act(Ledger& ledger, const access::Subject& who, const std::function<Result<RecordId>(store::Database&)>& look,
                          const std::function<Status(Intake&, const RecordId&)>& act) {
  RecordId record;
  const auto looked = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(record, look(db));
    return {};
  });
  if (!looked) return std::unexpected(Refusal{looked.error(), {}});
  return written_down(ledger, who, record, [&](Intake& intake) -> Status {
    NC_ASSIGN(const auto same, look(intake.db()));
    return act(intake, same);
  });
}

}  // namespace

std::string_view cut_reason_name(CutReason reason) {
  return std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& one) { return one.first == reason; })->second;
}

std::optional<CutReason> cut_reason_from(std::string_view name) {
  const auto at = std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& one) { return one.second == name; });
  return at == kReasons.end() ? std::nullopt : std::optional(at->first);
}

Status may_govern_node(const access::Subject& who, const UnitId& unit, const World& world) {
  if (who.console) return {};
  const auto decision = access::decide(who, access::Action::kAdminister, {}, *world.tree, *world.catalog);
  if (!decision.allow) return fail(decision.reason);
  if (who.strength != access::Strength::kStepUp)
    return fail(Error(ErrorCode::kDenied, NC_MSG("This asks for your password once more")).then(NC_MSG("Give your password")));
  if (access::may_grant_over(who, unit, *world.tree, *world.catalog)) return {};
  return fail(Error(ErrorCode::kDenied, NC_MSG("The unit of the node does not lie where you may give rights"))
                  .then(NC_MSG("Ask an administrator of the superior unit")));
}

Result<std::int64_t> end_of_good_day(const Ledger& ledger, std::int32_t day) {
  if (day <= ledger.today()) return (std::int64_t{day} + 1) * kDayMs - OpenOptions{}.zone_minutes * kMinuteMs;
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The last day on which it was in good hands lies in the future"))
                  .then(NC_MSG("Give a day that has been")));
}

WriteResult cut_off(Ledger& ledger, const access::Subject& who, const CutOff& what) {
  const auto world = ledger.world();
  const auto look = [&](store::Database& db) { return to_be_cut_off(db, who, *world, ledger.identity().node, what); };
  return look_then_act(ledger, who, look, [&](Intake& intake, const RecordId& record) -> Status {
    auto& db = intake.db();
    const auto target = what.node.hex() + "/" + what.incarnation.hex();
    const std::string reason(cut_reason_name(what.reason));
    NC_ASSIGN(const auto streams, journal::held_streams(db));
    for (const auto& stream : streams) {
      if (stream.key.node != what.node || stream.key.incarnation != what.incarnation) continue;
      std::pair<std::int64_t, EntryHash> good{stream.seq, stream.head};
      if (what.good_until_ms) { NC_ASSIGN(good, last_good(db, stream, *what.good_until_ms, clock_is_doubted(what))); }
      // A cut before this one may have left some: before the first entry nothing has that hash.
      if (good.first == 0) good.first = 1;
      NC_TRY(write_act(
          intake, who, *world, record, journal::acts::kCut,
          {{"stream", Json(stream.name)}, {"seq", Json(good.first)}, {"hash", Json(good.second.hex())}, {"reason", Json(reason)}}));
    }
    NC_TRY(write_act(intake, who, *world, record, journal::acts::kCut,
                     {{"stream", Json(target)}, {"seq", Json(0)}, {"hash", Json(EntryHash{}.hex())}, {"reason", Json(reason)}}));
    NC_ASSIGN(const auto after, certificate_of(db, what.node, what.incarnation));
    if (after.ended) return {};
    return fail(
        Error(ErrorCode::kDenied, NC_MSG("This node does not stand above that one")).then(NC_MSG("Ask the superior unit to do it")));
  });
}

WriteResult readmit(Ledger& ledger, const access::Subject& who, const std::vector<EntryHash>& entries) {
  const auto world = ledger.world();
  const auto look = [&](store::Database& db) { return to_be_readmitted(db, who, *world, entries); };
  return look_then_act(ledger, who, look, [&](Intake& intake, const RecordId& record) -> Status {
    JsonArray named;
    for (const auto& hash : entries) named.push_back(Json(hash.hex()));
    return write_act(intake, who, *world, record, journal::acts::kReadmit, {{"entries", Json(std::move(named))}});
  });
}

}  // namespace nc::records
