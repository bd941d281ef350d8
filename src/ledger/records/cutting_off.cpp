#include "ledger/records/cutting_off.h"

#include <algorithm>
#include <array>

#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/foreign.h"

namespace nc::records {
namespace {

constexpr std::array<std::pair<CutReason, std::string_view>, 3> kReasons = {
    {{CutReason::kMoved, "moved"}, {CutReason::kLost, "lost"}, {CutReason::kStolen, "stolen"}}};

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

// The last entry of the stream that is good; 0: none is.
Result<std::pair<std::int64_t, EntryHash>> last_good(store::Database& db, const journal::HeldStream& stream, std::int64_t until_ms) {
  std::pair<std::int64_t, EntryHash> out{0, {}};
  NC_TRY(journal::each_held(db, stream.id, 1, [&](const journal::HeldEntry& entry) -> Result<bool> {
    if (entry.header.wall_ms >= until_ms) return false;
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

WriteResult written(Ledger& ledger, const access::Subject& who, const Status& done, const RecordId& record) {
  if (!done) return std::unexpected(Refusal{done.error(), {}});
  Written out;
  out.id = record;
  out.audited = access::audited::kKey;
  static_cast<void>(ledger.audit().write({who.person, out.audited, record, {}, {}}));
  return out;
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

WriteResult cut_off(Ledger& ledger, const access::Subject& who, const CutOff& what) {
  const auto world = ledger.world();
  RecordId record;
  const Status done = ledger.exchange([&](Intake& intake) -> Status {
    auto& db = intake.db();
    NC_ASSIGN(const auto certificate, certificate_of(db, what.node, what.incarnation));
    NC_TRY(may_govern_node(who, certificate.unit, *world));
    if (what.node == intake.self().node)
      return fail(Error(ErrorCode::kDenied, NC_MSG("A node is cut off by its superior")).then(NC_MSG("Ask the superior unit to do it")));
    record = certificate.record;
    const auto target = what.node.hex() + "/" + what.incarnation.hex();
    const std::string reason(cut_reason_name(what.reason));
    NC_ASSIGN(const auto streams, journal::held_streams(db));
    for (const auto& stream : streams) {
      if (stream.key.node != what.node || stream.key.incarnation != what.incarnation) continue;
      std::pair<std::int64_t, EntryHash> good{stream.seq, stream.head};
      if (what.good_until_ms) { NC_ASSIGN(good, last_good(db, stream, *what.good_until_ms)); }
      if (good.first == 0) continue;  // nothing of it: the cut of the whole says so
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
  return written(ledger, who, done, record);
}

WriteResult readmit(Ledger& ledger, const access::Subject& who, const std::vector<EntryHash>& entries) {
  const auto world = ledger.world();
  RecordId record;
  const Status done = ledger.exchange([&](Intake& intake) -> Status {
    auto& db = intake.db();
    JsonArray named;
    for (const auto& hash : entries) {
      NC_ASSIGN(const auto at, journal::entry_aside(db, journal::Aside::kQuarantined, hash));
      if (!at)
        return fail(Error(ErrorCode::kNotFound, NC_MSG("The entry {1} does not lie beyond a cut"), {hash.hex()})
                        .then(NC_MSG("Look at the list again")));
      NC_ASSIGN(const auto certificate, certificate_of(db, at->stream.node, at->stream.incarnation));
      NC_TRY(may_govern_node(who, certificate.unit, *world));
      record = certificate.record;
      named.push_back(Json(hash.hex()));
    }
    if (named.empty()) return fail(Error(ErrorCode::kInvalid, NC_MSG("Choose at least one entry")));
    return write_act(intake, who, *world, record, journal::acts::kReadmit, {{"entries", Json(std::move(named))}});
  });
  return written(ledger, who, done, record);
}

}  // namespace nc::records
