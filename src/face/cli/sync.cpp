// sync: one whole exchange with the parent, by this process or by the one that serves the directory.
#include <cstdlib>

#include "channels/sync/card.h"
#include "channels/sync/keeper.h"
#include "channels/sync/parent_link.h"
#include "face/cli/commands.h"
#include "ledger/journal/passing_on.h"

namespace nc::cli {
namespace {

constexpr std::int64_t kClockMs = 5 * 60'000;

Result<sync::Outcome> exchange(const Context& context, const std::string& dir) {
  constexpr int kTries = 2;  // the one that served may end, and the directory is free then
  for (int i = 0;; ++i) {
    const auto ledger = records::Ledger::open(dir);
    if (ledger) {
      NC_ASSIGN(const auto rules, sync::read_link_rules(dir));
      NC_ASSIGN(const auto link, sync::ParentLink::make(**ledger, rules, {context.environment.version, nullptr}));
      return link->exchange();
    }
    if (ledger.error().code != ErrorCode::kBusy) return fail(ledger.error());
    NC_ASSIGN(const auto parent, sync::known_parent(dir));
    if (!parent) return fail(ErrorCode::kNotFound, NC_MSG("This node has no parent: it founded its tree"));
    context.out() << context.tr(NC_MSG("A process serves this directory; it is asked to sync now")) << std::endl;
    auto outcome = sync::ask_serving_node(dir);
    if (outcome || outcome.error().code != ErrorCode::kBusy || i + 1 >= kTries) return outcome;
  }
}

Result<journal::Waiting> waiting_here(const std::string& dir) {
  NC_ASSIGN(const auto ledger, open_for_reading(dir));
  journal::Waiting out;
  NC_TRY(ledger->inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(out, journal::waiting(db));
    return {};
  }));
  return out;
}

Status sync_now(const Context& context, const std::string& dir) {
  NC_ASSIGN(const auto outcome, exchange(context, dir));
  NC_ASSIGN(const auto waiting, waiting_here(dir));
  for (const auto& notice : outcome.notices) context.out() << context.words.error_text(notice) << '\n';
  if (waiting.parked + waiting.aside > 0)
    context.out() << context.tr(NC_MSG("{1} entries wait here for what they stand on"), waiting.parked + waiting.aside) << '\n';
  if (const auto off = std::abs(outcome.clock_ahead_ms); off > kClockMs)
    context.out() << (outcome.clock_ahead_ms > 0
                          ? context.tr(NC_MSG("The parent's clock is ahead of this one's by {1}"), context.words.span(off))
                          : context.tr(NC_MSG("The parent's clock is behind this one's by {1}"), context.words.span(off)))
                  << '\n';
  if (outcome.same) {
    context.out() << context.tr(NC_MSG("This node and its parent hold the same")) << '\n';
    return {};
  }
  return fail(Error(ErrorCode::kConflict, NC_MSG("Not the same yet: the parent lacks {1} entries, this node {2} as far as known"),
                    {std::to_string(outcome.to_send), std::to_string(outcome.to_get)})
                  .then(NC_MSG("Try again; if it stays so, look at what is said above and at the page of the node")));
}

}  // namespace

void add_sync(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("sync", context.tr(NC_MSG("Exchange records with the parent until both hold the same")));
  const auto dir = dir_argument(*command, context);
  command->callback([=, &context] { context.chosen = [=, &context] { return sync_now(context, *dir); }; });
}

}  // namespace nc::cli
