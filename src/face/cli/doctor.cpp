// doctor: looks whether this node is in order, and says what to do about what is not.
#include <sys/statvfs.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "channels/sync/branches.h"
#include "channels/sync/card.h"
#include "face/cli/commands.h"
#include "face/cli/room.h"
#include "foundation/crypto/key_file.h"
#include "ledger/access/grants.h"
#include "ledger/blobs/previews.h"
#include "ledger/journal/passing_on.h"
#include "ledger/journal/set_aside.h"
#include "ledger/records/backup_schedule.h"
#include "ledger/records/data_dir.h"

namespace nc::cli {
namespace {

class Checklist {
 public:
  explicit Checklist(const Context& context) : context_(context) {}
  void good(const std::string& what) { context_.out() << "  ok  " << what << '\n'; }
  void remark(const std::string& what) { context_.out() << "  --  " << what << '\n'; }
  void bad(const std::string& what, const Error& error) {
    ++bad_;
    context_.out() << "  !!  " << what << ": " << context_.words.located_text(error) << '\n';
  }
  [[nodiscard]] int bad_count() const { return bad_; }

 private:
  const Context& context_;
  int bad_ = 0;
};

void look_at_disk(const Context& context, const std::filesystem::path& dir, Checklist& list) {
  struct statvfs info{};
  if (::statvfs(dir.c_str(), &info) != 0) return list.bad(context.tr(NC_MSG("Disk")), io_error(dir, errno));
  const auto free_mib = static_cast<std::int64_t>(info.f_bavail * (info.f_frsize / 1024) / 1024);
  if (free_mib < 256)
    list.bad(context.tr(NC_MSG("Disk")),
             Error(ErrorCode::kFull, NC_MSG("Only {1} MiB are free"), {std::to_string(free_mib)}).then(NC_MSG("Free some space")));
  else list.good(context.tr(NC_MSG("Disk: {1} MiB free"), free_mib));
}

void look_at_keys(const Context& context, const records::DataDir& dir, Checklist& list) {
  const auto key = crypto::read_key_file(dir.key());
  if (key) list.good(context.tr(NC_MSG("The node's key can be read by its owner only")));
  else list.bad(context.tr(NC_MSG("The node's key")), key.error());
  std::error_code ec;
  if (std::filesystem::exists(dir.recovery_key(), ec))
    list.remark(context.tr(NC_MSG("The recovery key still lies on this machine: move {1} to a safe place"), dir.recovery_key().string()));
}

void look_at_backups(const Context& context, const records::DataDir& dir, Checklist& list) {
  const auto state = records::look_at_backups(dir.root, system_clock().wall_ms());
  if (!state) return list.bad(context.tr(NC_MSG("Backups")), state.error());
  if (!state->last_ms)
    list.remark(context.tr(NC_MSG("No backup lies in {1} yet; a serving node makes one within minutes"), state->folder.string()));
  else if (state->too_old)
    list.bad(context.tr(NC_MSG("Backups")), Error(ErrorCode::kInvalid, NC_MSG("The last backup in {1} is {2} hours old"),
                                                  {state->folder.string(), std::to_string(state->age_hours)})
                                                .then(NC_MSG("See why no newer one was made: the log of nhipcau serve says it")));
  else list.good(context.tr(NC_MSG("The last of {1} backups is {2} hours old"), state->count, state->age_hours));
  for (const auto& one : state->left_out)
    list.bad(one.record.hex() + " " + one.name,
             Error(ErrorCode::kCorrupt, NC_MSG("The last backup does not hold this file: its bytes were missing or changed"))
                 .then(NC_MSG("Take it from an older backup, or attach it again; the next backup then has it")));
  if (state->same_disk)
    list.remark(context.tr(NC_MSG("The backups lie on the same disk as the node: name another folder in {1}"), dir.backup_plan().string()));
}

// That rows can be written is tried by writing: this look is itself a row.
void look_at_audit(const Context& context, const records::Ledger& ledger, Checklist& list) {
  const auto what = context.tr(NC_MSG("Audit trail"));
  const auto report = ledger.verify_audit();
  if (!report) return list.bad(what, report.error());
  for (const auto& fault : report->faults) list.bad(what, fault.error);
  if (!report->faults.empty())
    list.bad(what, Error(ErrorCode::kCorrupt, NC_MSG("The audit trail does not hold from {1} on"),
                         {context.words.date({report->faults.front().from_day, DatePrecision::kDay, false})}));
  else list.good(context.tr(NC_MSG("Audit trail: {1} rows hold against {2} sealed heads"), report->rows, report->seals));
  if (ledger.world()->catalog->feeding("audit-head").empty())
    list.remark(
        context.tr(NC_MSG("The catalogue has no type for the heads of the audit trail, so that none is sealed: copy "
                          "catalog/system/audit_head.toml from the release")));
  if (!may_write_in(ledger.dir())) return;
  const Status written = ledger.audit().write({ledger.console().person, access::audited::kCheck, {}, {}, access::AuditOutcome::kDone});
  if (!written) list.bad(what, written.error());
}

// What counts as ended because `kept` is counted as today, and would hold on `now`.
std::vector<std::string> ended_between(const Context& context, const records::Ledger& ledger, std::int32_t now, std::int32_t kept) {
  std::vector<std::string> out;
  const auto world = ledger.world();
  const auto add = [&](std::string_view message, const std::string& whose, std::optional<std::int32_t> until) {
    if (until && *until >= now && *until < kept)
      out.push_back(context.tr(message, whose, context.words.date({*until, DatePrecision::kDay, false})));
  };
  for (const auto& [login, account] : world->accounts)
    for (const auto& grant : account.grants)
      add(NC_MSG("Counts as ended: a role of {1}, until {2}"), login + " (" + grant.role + ")", grant.until);
  for (const auto& lent : world->delegations)
    if (const auto* deputy = world->account(lent.to))
      add(NC_MSG("Counts as ended: what {1} does for somebody who is away, until {2}"), deputy->login + " (" + lent.grant.role + ")",
          lent.grant.until);
  for (const auto& waiver : world->waivers)
    if (waiver.node == ledger.identity().node)
      add(NC_MSG("Counts as ended: the waiver of {1}, until {2}"), ledger.title(ledger.console(), waiver.person, context.lang()),
          waiver.until);
  return out;
}

// What ended stays ended however the clock is set (ledger.h: today), so that a clock that once stood ahead is felt.
void look_at_day(const Context& context, const records::Ledger& ledger, Checklist& list) {
  const auto what = context.tr(NC_MSG("Clock"));
  const auto date = [&](std::int32_t day) { return context.words.date({day, DatePrecision::kDay, false}); };
  const auto kept = ledger.today(), now = ledger.audit().today();
  if (kept <= now) return list.good(context.tr(NC_MSG("The clock is not behind what was written: today is {1}"), date(now)));
  list.bad(what,
           Error(ErrorCode::kInvalid,
                 NC_MSG("The clock says {1}, but something was written here on {2}: until then every day counts "
                        "as {2}"),
                 {date(now), date(kept)})
               .then(NC_MSG("If the clock is behind, set it right. If it stood ahead once: ask for figures with both their days, and give "
                            "anew what is listed below; docs/operations/clock.md says what else is affected and what mends it")));
  for (const auto& ended : ended_between(context, ledger, now, kept)) list.remark(ended);
}

std::vector<std::string> roles_with(const records::Ledger& ledger, std::string_view capability) {
  std::vector<std::string> out;
  for (const auto& role : ledger.world()->catalog->roles())
    if (std::ranges::find(role.capabilities, capability) != role.capabilities.end()) out.push_back(role.id);
  return out;
}

// A directory with roles of before names nobody, and then an officer who enters a unit is told only that he may not.
void look_at_keepers(const Context& context, const records::Ledger& ledger, Checklist& list) {
  const auto file = (records::DataDir{ledger.dir()}.catalog() / "roles.toml").string();
  if (roles_with(ledger, "waive_volume").empty())
    list.remark(
        context.tr(NC_MSG("No role answers for restricted content without an encrypted volume, so that nobody can waive it: write "
                          "\"waive_volume\" into the capabilities of approver, post_commander and national_staff in {1}, then start "
                          "the node anew"),
                   file));
  const auto keepers = roles_with(ledger, access::capabilities::kKeepLists);
  if (!keepers.empty()) return list.good(context.tr(NC_MSG("The lists that all use are kept by: {1}"), join(keepers, ", ")));
  list.remark(context.tr(
      NC_MSG(
          "No role keeps the lists that all use, so that units of our side and reorganisations are entered on the command line alone: "
          "write \"keep_lists\" into the capabilities of registrar, provincial_staff and national_staff in {1}, then start the node anew"),
      file));
}

// Its disk was copied, or somebody has its key.
void look_at_forks(const Context& context, const records::Ledger& ledger, Checklist& list) {
  bool forked = false, certified = true;
  const Status looked = ledger.inspect([&](store::Database& db, const journal::Journal&) -> Status {
    NC_ASSIGN(const auto forks, journal::forks(db));
    const auto self = ledger.identity();
    NC_ASSIGN(certified, journal::is_certified(db, self.node, self.incarnation));
    forked = std::ranges::any_of(
        forks, [&](const auto& one) { return one.stream.node == self.node && one.stream.incarnation == self.incarnation; });
    return {};
  });
  const auto what = context.tr(NC_MSG("Journal"));
  if (!looked) return list.bad(what, looked.error());
  if (!certified) list.bad(what, journal::not_certified());
  if (forked)
    list.bad(what, Error(ErrorCode::kDenied, NC_MSG("Another machine writes as this node: its disk was copied, or somebody has its key. "
                                                    "Nothing more is written here"))
                       .then(NC_MSG("docs/operations/copied-disk.md says what is done")));
  const auto parent = sync::known_parent(ledger.dir());
  if (!parent) return list.bad(what, parent.error());
  const auto other = sync::follows_another_branch(ledger, *parent ? std::optional((*parent)->node) : std::nullopt);
  if (!other) list.bad(what, other.error());
  else if (*other) list.bad(what, sync::another_branch());
}

// Lost keys are lost data.
void look_at_key_backups(const Context& context, const records::DataDir& dir, Checklist& list) {
  const auto what = context.tr(NC_MSG("Keys of personal data"));
  const auto state = records::look_at_key_backups(dir.root, system_clock().wall_ms());
  if (!state) return list.bad(what, state.error());
  if (!*state) return;
  const auto& copies = **state;
  if (!copies.last_ms)
    list.remark(context.tr(NC_MSG("No copy of the keys of personal data lies in {1} yet; a serving node makes one within minutes"),
                           copies.folder.string()));
  else if (copies.too_old)
    list.bad(what, Error(ErrorCode::kInvalid, NC_MSG("The last copy of the keys in {1} is {2} hours old"),
                         {copies.folder.string(), std::to_string(copies.age_hours)})
                       .then(NC_MSG("See why no newer one was made: the log of nhipcau serve says it")));
  else
    list.good(context.tr(NC_MSG("The last of {1} copies of the keys of personal data is {2} hours old"), copies.count, copies.age_hours));
  for (const auto& file : copies.elsewhere)
    list.remark(context.tr(NC_MSG("A copy of the keys lies outside of key_folder: {1}. It goes when it is 30 days old; destroy it when "
                                  "it is not wanted"),
                           file.string()));
  if (copies.same_disk)
    list.remark(context.tr(NC_MSG("The copies of the keys lie on the same disk as the node: name another key_folder in {1}"),
                           dir.backup_plan().string()));
}

void look_at_files(const Context& context, const records::Ledger& ledger, Checklist& list) {
  const auto what = context.tr(NC_MSG("Attached files"));
  const auto report = ledger.verify_files();
  if (!report) return list.bad(what, report.error());
  for (const auto& problem : report->problems) list.bad(problem.record.hex() + " " + problem.file.name, problem.error);
  if (report->problems.empty()) list.good(context.tr(NC_MSG("{1} attached files are here, {2} bytes"), report->files, report->bytes));
  if (ledger.world()->catalog->media().empty())
    list.remark(context.tr(NC_MSG("No kind of file may be attached: copy catalog/attachments.toml from the release")));
  if (ledger.world()->catalog->purposes().empty())
    list.remark(context.tr(NC_MSG("Why personal data are read is stated in words: copy catalog/purposes.toml from the release")));
  std::error_code ec;
  const auto programs = blobs::Previews::beside(std::filesystem::read_symlink("/proc/self/exe", ec));
  for (const auto& program : {programs.pictures, programs.pdf})
    if (!std::filesystem::exists(program, ec))
      list.remark(context.tr(NC_MSG("There are no previews without the program {1}"), program.string()));
}

void look_at_ledger(const Context& context, const std::string& path, Checklist& list) {
  const auto ledger = open_for_reading(path);
  if (!ledger) return list.bad(context.tr(NC_MSG("Ledger")), ledger.error());
  list.good(context.tr(NC_MSG("{1} record types are in order"), static_cast<std::int64_t>((*ledger)->world()->catalog->types().size())));
  std::error_code ec;
  if (!std::filesystem::exists(records::DataDir{path}.catalog() / "tasks.toml", ec))
    list.remark(context.tr(NC_MSG("Nothing but conflicts comes up as to be done: copy catalog/tasks.toml from the release")));
  const auto report = (*ledger)->verify();
  if (!report) return list.bad(context.tr(NC_MSG("Journal")), report.error());
  for (const auto& problem : report->problems) list.bad(problem.stream + " #" + std::to_string(problem.seq), problem.error);
  if (report->problems.empty()) list.good(context.tr(NC_MSG("{1} entries verify"), report->entries));
  look_at_day(context, **ledger, list);
  look_at_forks(context, **ledger, list);
  look_at_keepers(context, **ledger, list);
  look_at_files(context, **ledger, list);
  look_at_audit(context, **ledger, list);
  say_what_is_held(context, **ledger);
  const auto rebuilt = (*ledger)->rebuild(true);
  if (!rebuilt && rebuilt.error().code == ErrorCode::kBusy) return list.remark(why_not_compared(context, (*ledger)->dir()));
  if (!rebuilt) return list.bad(context.tr(NC_MSG("Derived state")), rebuilt.error());
  if (rebuilt->differs.empty()) list.good(context.tr(NC_MSG("The derived state equals the journal")));
  else list.bad(context.tr(NC_MSG("Derived state")), derived_differs(*rebuilt));
  for (const auto& problem : (*ledger)->world()->tree->problems()) list.remark(problem);
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("doctor", context.tr(NC_MSG("Look whether this node is in order")));
  const auto dir = dir_argument(*command, context);
  command->callback([=, &context] {
    context.chosen = [=, &context]() -> Status {
      Checklist list(context);
      const records::DataDir data{*dir};
      NC_TRY(records::read_config(data));
      look_at_disk(context, data.root, list);
      look_at_keys(context, data, list);
      look_at_backups(context, data, list);
      look_at_key_backups(context, data, list);
      look_at_ledger(context, *dir, list);
      if (list.bad_count() == 0) return {};
      return fail(Error(ErrorCode::kCorrupt, NC_MSG("{1} things need attention"), {std::to_string(list.bad_count())}));
    };
  });
}

}  // namespace nc::cli
