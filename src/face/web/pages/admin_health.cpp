// /admin/health: the node at a glance, as `nhipcau doctor` says it; what takes long (verify, rebuild) is not done here.
#include <filesystem>

#include "face/web/list.h"
#include "face/web/site_pages.h"
#include "foundation/store/volume.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/holding.h"

namespace nc::web {
namespace {

struct Check {
  std::string what;
  Tone tone = Tone::kGood;
  std::string state, next;  // next: what to do; empty: nothing
};

constexpr std::uintmax_t kMiB = 1024 * 1024;

Check disk(const Visit& visit) {
  constexpr std::uintmax_t kFreeLeast = 256 * kMiB;
  const auto what = visit.tr("Disk");
  std::error_code ec;
  const auto room = std::filesystem::space(visit.ledger().dir(), ec);
  if (ec) return {what, Tone::kBad, visit.tr("cannot be read"), ""};
  const auto text =
      visit.tr("{1} MiB free of {2}", static_cast<std::int64_t>(room.available / kMiB), static_cast<std::int64_t>(room.capacity / kMiB));
  if (room.available < kFreeLeast) return {what, Tone::kBad, text, visit.tr("Free some space")};
  return {what, Tone::kGood, text, ""};
}

Check copies(const Visit& visit, const std::string& what, const records::BackupState& state) {
  if (!state.last_ms) return {what, Tone::kAccent, visit.tr("none yet"), visit.tr("The first is made within minutes.")};
  const auto text = visit.tr("{1}, the last is {2} hours old", state.count, state.age_hours);
  if (state.too_old) return {what, Tone::kBad, text, visit.tr("See why no newer one was made: the log of nhipcau serve says it")};
  if (!state.left_out.empty())
    return {what, Tone::kBad, text,
            visit.tr("The last backup lacks {1} attached files: their bytes are missing or changed.", std::ssize(state.left_out))};
  if (state.same_disk) return {what, Tone::kWarn, text, visit.tr("They lie on the same disk as the node: a broken disk takes both.")};
  return {what, Tone::kGood, text, ""};
}

void add_backups(const Visit& visit, std::vector<Check>& out) {
  const auto now = system_clock().wall_ms();
  const auto state = records::look_at_backups(visit.ledger().dir(), now);
  if (state) out.push_back(copies(visit, visit.tr("Backups"), *state));
  else out.push_back({visit.tr("Backups"), Tone::kBad, visit.ui.error_text(state.error()), ""});
  const auto keys = records::look_at_key_backups(visit.ledger().dir(), now);
  const auto what = visit.tr("Copies of the keys of personal data");
  if (!keys) out.push_back({what, Tone::kBad, visit.ui.error_text(keys.error()), ""});
  else if (*keys) out.push_back(copies(visit, what, **keys));
}

// What ended stays ended however the clock is set (ledger.h: today).
Check clock(const Visit& visit) {
  const auto kept = visit.ledger().today(), now = visit.ledger().audit().today();
  const auto what = visit.tr("Clock");
  if (kept <= now) return {what, Tone::kGood, visit.tr("today is {1}", i18n::day_text(now)), ""};
  return {
      what, Tone::kBad, visit.tr("it says {1}, but something was written on {2}", i18n::day_text(now), i18n::day_text(kept)),
      visit.tr("If the clock is behind, set it right. If it stood ahead then: ask for figures with both their days, give rights that ended "
               "too early anew (nhipcau doctor lists them), and read docs/operations/clock.md for what mends it.")};
}

Check volume(const Visit& visit) {
  const auto found = store::look_at_volume(visit.ledger().dir());
  const auto what = visit.tr("Volume of the data");
  const auto where = found.mount_point + " (" + found.filesystem + ")";
  switch (found.encryption) {
    case store::Encryption::kEncrypted: return {what, Tone::kGood, visit.tr("{1}, encrypted by {2}", where, found.by), ""};
    case store::Encryption::kNone:
      return {what, Tone::kWarn, visit.tr("{1}, no encryption is seen", where),
              visit.tr("Move the data to an encrypted volume: whoever takes the disk reads it.")};
    case store::Encryption::kUnknown: break;
  }
  return {what, Tone::kNeutral, visit.tr("whether it is encrypted cannot be told from here"), ""};
}

Check restricted(const Visit& visit) {
  const bool taken = visit.ledger().may_hold(catalog::Handling::kRestricted).has_value();
  return {visit.tr("Restricted content"), Tone::kNeutral, taken ? visit.tr("is taken on this node") : visit.tr("is refused on this node"),
          ""};
}

net::Response health(Visit& visit, const net::Params&) {
  if (!visit.administers()) return visit.not_found();
  std::vector<Check> checks{
      {visit.tr("Version"), Tone::kNeutral, "nhipcau " NC_VERSION, ""}, disk(visit), clock(visit), volume(visit), restricted(visit)};
  add_backups(visit, checks);
  const auto types = static_cast<std::int64_t>(visit.world->catalog->types().size());
  checks.push_back({visit.tr("Catalogue"), Tone::kGood, visit.tr("{1} record types are in order", types), ""});
  for (const auto& problem : visit.world->tree->problems()) checks.push_back({visit.tr("Tree of the units"), Tone::kWarn, problem, ""});
  List list;
  list.caption = visit.tr("State of the node");
  list.columns = {{visit.tr("What")}, {visit.tr("State")}, {visit.tr("What to do")}};
  for (const auto& check : checks) list.rows.push_back({{Html(check.what), badge(check.tone, check.state), Html(check.next)}});
  auto page = visit.frame(list.caption, Place::kAdmin);
  page.crumbs = {{visit.tr("Administration"), Url::to("/admin")}, {list.caption, {}}};
  page.main =
      join(render(list, visit.ui),
           hint(visit.tr(
               "Whether the journal is whole is verified on the page before; the command “nhipcau doctor” on the machine looks at more.")));
  return visit.show(page);
}

}  // namespace

void add_admin_health_page(net::Router& router, Site& site) { site.add_page(router, "/admin/health", health); }

}  // namespace nc::web
