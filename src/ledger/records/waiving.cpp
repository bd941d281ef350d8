#include "ledger/records/waiving.h"

#include "base/term.h"
#include "ledger/access/capability_words.h"
#include "ledger/catalog/values.h"
#include "ledger/records/holding.h"
#include "ledger/records/writing.h"

namespace nc::records {
namespace {

Json values_of(const catalog::Type& type, const NodeId& node, const Waiving& what, std::int32_t today) {
  const auto day = [](std::int32_t number) { return catalog::json_from_date({number, DatePrecision::kDay, false}); };
  Json values;
  values.set(type.slot("node")->id, node.hex()).set(type.slot("person")->id, what.person.hex());
  values.set(type.slot("reason")->id, what.reason).set(type.slot("from")->id, day(today));
  return values.set(type.slot("until")->id, day(what.until));
}

}  // namespace

WriteResult waive(Ledger& ledger, const access::Subject& who, const Waiving& what) {
  const auto world = ledger.world();
  const auto today = ledger.today();
  const auto types = world->catalog->feeding("handling-waiver");
  if (types.empty())
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("The catalogue has no type that feeds “{1}”"), {"handling-waiver"})
                      .then(NC_MSG("Use the catalogue that comes with the program")));
  if (what.until < today || what.until - today > kWaiverDaysMax)
    return refuse(Error(ErrorCode::kInvalid, NC_MSG("A waiver ends today at the earliest and in {1} days at the latest"),
                        {std::to_string(kWaiverDaysMax)})
                      .at("--until"));
  const auto before = waiver_in_force(*world, ledger.identity().node, today);
  if (before && !what.replace)
    return refuse(Error(ErrorCode::kConflict, NC_MSG("A waiver of this node is in force already"))
                      .then(NC_MSG("Look at it (nhipcau handling DIR show), and say --replace if this one is to take its place")));
  const auto& type = *types.front();
  Create request{std::nullopt, type.id, values_of(type, ledger.identity().node, what, today), std::nullopt, std::nullopt, true};
  request.audience = journal::Audience::own(ledger.console().unit);  // the node's; zero where that is not said
  auto written = ledger.create(who, request);
  // That he may know nothing of waivers is no reason to hide that he may not give one.
  if (!written && written.error().error.code == ErrorCode::kNotFound)
    return refuse(
        Error(ErrorCode::kDenied, NC_MSG("Your grants do not include “{1}” here"), {term(access::capability_words("waive_volume"))})
            .then(NC_MSG("Ask your superior, or hand this to somebody who may")));
  if (!written || !before) return written;
  // The new one stands first: should the next step fail, both are there for everybody to see.
  if (auto ended = ledger.transition(who, {before->id, std::string(journal::acts::kVoid), what.reason, nullptr}); !ended) return ended;
  return written;
}

}  // namespace nc::records
