#include "ledger/records/backup_schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/civil.h"
#include "base/destroy.h"
#include "base/files.h"
#include "base/json.h"
#include "foundation/store/database.h"
#include "ledger/records/data_dir.h"

namespace nc::records {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHourMs = 3'600'000, kDayMs = 24 * kHourMs;
constexpr std::string_view kEnding = ".bak";
constexpr std::string_view kKeyBackups = "keys";  // begins the names of their files

std::int32_t day_of(std::int64_t ms) { return static_cast<std::int32_t>((ms >= 0 ? ms : ms - kDayMs + 1) / kDayMs); }

std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// When the file of this name was made; nothing for files of others.
std::optional<std::int64_t> made_of(const std::string& name, std::string_view file) {
  constexpr std::size_t kInstant = 15;  // YYYYMMDD-HHMMSS
  if (file.size() != name.size() + 1 + kInstant + kEnding.size() || !file.starts_with(name + "-") || !file.ends_with(kEnding)) return {};
  const auto text = file.substr(name.size() + 1, kInstant);
  const auto date = digits(text.substr(0, 8)), time = digits(text.substr(9));
  if (!date || !time || text[8] != '-') return {};
  const int year = static_cast<int>(*date / 10'000), month = static_cast<int>(*date / 100 % 100), dom = static_cast<int>(*date % 100);
  if (!is_civil(year, month, dom)) return {};
  return to_day(year, month, dom) * kDayMs + ((*time / 10'000 * 60 + *time / 100 % 100) * 60 + *time % 100) * 1000;
}

std::vector<std::int64_t> backups_in(const fs::path& folder, const std::string& name) {
  std::vector<std::int64_t> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec))
    if (const auto made = made_of(name, entry.path().filename().string())) out.push_back(*made);
  std::sort(out.begin(), out.end(), std::greater<>());
  return out;
}

// The newest that does not lie in the future: a clock that was set back does not end the backups.
std::optional<std::int64_t> last_of(const std::vector<std::int64_t>& made_ms, std::int64_t now_ms) {
  for (const auto made : made_ms)
    if (made <= now_ms + kHourMs) return made;
  return std::nullopt;
}

fs::path usual_key_folder(const fs::path& dir) { return dir / "key-backups"; }

// Where copies of the keys may lie: the plan's folder, and the usual one from before another was configured.
std::vector<fs::path> key_folders(const fs::path& dir, const BackupPlan& plan) {
  std::vector<fs::path> out{plan.key_folder};
  std::error_code ec;
  if (fs::weakly_canonical(plan.key_folder, ec) != fs::weakly_canonical(usual_key_folder(dir), ec)) out.push_back(usual_key_folder(dir));
  return out;
}

Error bad_plan(const fs::path& file, const std::string& member) {
  return Error(ErrorCode::kInvalid, NC_MSG("“{1}” is not understood in the plan of the backups"), {member})
      .at(file.string())
      .then(NC_MSG("See docs/operations/backup.md; no backup is made before it is right"));
}

// Backups of keys are overwritten first: whoever finds the blocks could open what was erased.
Status remove_backup(const BackupJob& job, const fs::path& file) {
  if (job.expires) return destroy_file(file);
  std::error_code ec;
  if (!fs::remove(file, ec) && ec) return fail(io_error(file, ec.value()));
  return {};
}

}  // namespace

Result<BackupPlan> read_backup_plan(const fs::path& dir) {
  BackupPlan plan;
  plan.folder = dir / "backups";
  plan.key_folder = usual_key_folder(dir);
  const auto file = DataDir{dir}.backup_plan();
  std::error_code ec;
  if (!fs::exists(file, ec)) return plan;
  NC_ASSIGN(const auto text, read_file(file, 64 * 1024));
  auto parsed = parse_json(text);
  if (!parsed) return fail(std::move(parsed).error().at(file.string()));
  if (!parsed->is_object()) return fail(bad_plan(file, "{"));
  const std::array numbers{std::pair{"every_hours", &plan.every_hours},
                           std::pair{"keep_days", &plan.keep_days},
                           std::pair{"keep_weeks", &plan.keep_weeks},
                           std::pair{"keep_months", &plan.keep_months},
                           std::pair{"delete_after_days", &plan.delete_after_days},
                           std::pair{"warn_after_hours", &plan.warn_after_hours}};
  for (const auto& [member, value] : parsed->as_object()) {
    const bool path = member == "folder" || member == "key_folder";
    if (path && value.is_string() && !value.as_string().empty()) {
      (member == "folder" ? plan.folder : plan.key_folder) = dir / value.as_string();  // an absolute folder stays as it is
      continue;
    }
    const auto number = std::ranges::find(numbers, member, [](const auto& entry) { return std::string_view(entry.first); });
    if (number == numbers.end() || !value.is_int() || value.as_int() < 0 || value.as_int() > 100'000) return fail(bad_plan(file, member));
    *number->second = value.as_int();
  }
  if (fs::weakly_canonical(plan.folder, ec) == fs::weakly_canonical(plan.key_folder, ec)) return fail(bad_plan(file, "key_folder"));
  if (plan.every_hours == 0 || plan.keep_days == 0) return fail(bad_plan(file, plan.every_hours == 0 ? "every_hours" : "keep_days"));
  return plan;
}

Result<BackupJob> ledger_backup_job(const fs::path& dir, const Clock& clock) {
  NC_ASSIGN(auto plan, read_backup_plan(dir));
  return BackupJob{"ledger", std::move(plan), [dir, &clock](const fs::path& file) -> Status {
                     NC_TRY(backup_directory(dir, file, clock));
                     return {};
                   }};
}

Result<std::optional<BackupJob>> key_backup_job(const fs::path& dir, const Clock& clock) {
  std::error_code ec;
  if (!fs::exists(DataDir{dir}.person_keys(), ec)) return std::optional<BackupJob>();
  NC_ASSIGN(const auto plan, read_backup_plan(dir));
  BackupJob job{std::string(kKeyBackups), {}, {}, true};
  job.plan.folder = plan.key_folder;
  const auto folders = key_folders(dir, plan);
  job.former.assign(folders.begin() + 1, folders.end());
  job.plan.every_hours = plan.every_hours;
  job.plan.keep_days = kKeysBackupDays;
  job.plan.keep_weeks = job.plan.keep_months = 0;
  job.plan.delete_after_days = kKeysBackupDays;
  job.write = [dir, &clock](const fs::path& file) -> Status {
    PersonKeys keys(DataDir{dir}.person_keys(), clock, system_rng(), true);
    NC_TRY(keys.backup_to(file));
    return {};
  };
  return std::optional(std::move(job));
}

Status renew_key_backups(const fs::path& dir, PersonKeys& keys, const Clock& clock) {
  const auto by_hand = [](Error error) {
    return fail(std::move(error).then(NC_MSG("The key is erased here. Destroy the backups of the keys by hand")));
  };
  const auto plan = read_backup_plan(dir);
  if (!plan) return by_hand(plan.error());
  for (const auto& folder : key_folders(dir, *plan)) {
    const auto copies = backups_in(folder, std::string(kKeyBackups));
    if (copies.empty()) continue;
    for (const auto made : copies)
      if (auto gone = destroy_file(folder / backup_name(std::string(kKeyBackups), made)); !gone) return by_hand(gone.error());
    NC_TRY(sync_directory(folder));
    NC_TRY(keys.backup_to(folder / backup_name(std::string(kKeyBackups), clock.wall_ms())));
  }
  return {};
}

namespace {

// Whether a copy holds a key that is erased here, and one that is missing here: that one may be the last.
struct Holds {
  bool erased = false, missing = false;
};
Status look_into(const fs::path& file, PersonKeys& keys, Holds& holds) {
  NC_ASSIGN(auto copy, store::Database::open(file, {.read_only = true, .immutable = true, .application_id = kKeysApplicationId}));
  NC_ASSIGN(auto row, copy.prepare("SELECT id FROM sealing_key"));
  while (true) {
    NC_ASSIGN(const bool more, row.step());
    if (!more) return {};
    const auto id = row.id<RecordId>(0);
    NC_ASSIGN(const bool erased, keys.is_erased(id));
    if (erased) {
      holds.erased = true;
      continue;
    }
    NC_ASSIGN(const auto key, keys.find(id));
    if (!key) holds.missing = true;
  }
}

}  // namespace

Status renew_old_key_backups(const fs::path& dir, PersonKeys& keys, const Clock& clock) {
  NC_ASSIGN(const auto erased_ms, keys.last_erased_ms());
  if (!erased_ms) return {};
  NC_ASSIGN(const auto plan, read_backup_plan(dir));
  Holds holds;
  for (const auto& folder : key_folders(dir, plan))
    for (const auto made : backups_in(folder, std::string(kKeyBackups)))
      if (made <= *erased_ms) NC_TRY(look_into(folder / backup_name(std::string(kKeyBackups), made), keys, holds));
  return holds.erased && !holds.missing ? renew_key_backups(dir, keys, clock) : Status{};
}

std::string backup_name(const std::string& name, std::int64_t made_ms) {
  const auto date = from_day(day_of(made_ms));
  const auto second = (made_ms - day_of(made_ms) * kDayMs) / 1000;
  return fmt::format("{}-{:04}{:02}{:02}-{:02}{:02}{:02}{}", name, date.year, date.month, date.dom, second / 3600, second / 60 % 60,
                     second % 60, kEnding);
}

std::vector<std::int64_t> kept_backups(std::vector<std::int64_t> made_ms, const BackupPlan& plan, std::int64_t now_ms) {
  std::sort(made_ms.begin(), made_ms.end(), std::greater<>());
  std::vector<std::int64_t> kept;
  std::set<std::int32_t> days, weeks, months;
  for (const auto made : made_ms) {
    const auto day = day_of(made);
    const auto date = from_day(day);
    const auto week = (day + 3) / 7;  // 1970-01-01 was a Thursday: weeks begin on Monday
    const auto month = date.year * 12 + date.month;
    const bool future = made > now_ms + kHourMs;
    bool keep = future;
    if (!future) {
      const auto first_of = [&](std::set<std::int32_t>& seen, std::int32_t unit, std::int64_t most) {
        return static_cast<std::int64_t>(seen.size()) < most && seen.insert(unit).second;
      };
      // All three count this one: the newest of a day is that of its week and month too.
      const bool of_day = first_of(days, day, plan.keep_days), of_week = first_of(weeks, week, plan.keep_weeks),
                 of_month = first_of(months, month, plan.keep_months);
      keep = of_day || of_week || of_month;
    }
    if (plan.delete_after_days > 0 && made < now_ms - plan.delete_after_days * kDayMs) keep = false;
    if (keep) kept.push_back(made);
  }
  return kept;
}

namespace {

BackupState state_of(const fs::path& folder, std::string_view name, const BackupPlan& plan, const fs::path& dir, std::int64_t now_ms) {
  BackupState state;
  state.folder = folder;
  const auto made = backups_in(folder, std::string(name));
  state.count = static_cast<std::int64_t>(made.size());
  state.last_ms = last_of(made, now_ms);
  state.age_hours = state.last_ms ? std::max<std::int64_t>(0, (now_ms - *state.last_ms) / kHourMs) : 0;
  state.too_old = !state.last_ms || state.age_hours > plan.warn_after_hours;
  state.same_disk = on_same_disk(folder, dir);
  return state;
}

}  // namespace

Result<BackupState> look_at_backups(const fs::path& dir, std::int64_t now_ms) {
  NC_ASSIGN(const auto plan, read_backup_plan(dir));
  auto state = state_of(plan.folder, "ledger", plan, dir, now_ms);
  if (state.last_ms) { NC_ASSIGN(state.left_out, left_out_of(plan.folder / backup_name("ledger", *state.last_ms))); }
  return state;
}

Result<std::optional<BackupState>> look_at_key_backups(const fs::path& dir, std::int64_t now_ms) {
  std::error_code ec;
  if (!fs::exists(DataDir{dir}.person_keys(), ec)) return std::optional<BackupState>();
  NC_ASSIGN(const auto plan, read_backup_plan(dir));
  auto state = state_of(plan.key_folder, kKeyBackups, plan, dir, now_ms);
  const auto folders = key_folders(dir, plan);
  for (auto folder = folders.begin() + 1; folder != folders.end(); ++folder)
    for (const auto made : backups_in(*folder, std::string(kKeyBackups)))
      state.elsewhere.push_back(*folder / backup_name(std::string(kKeyBackups), made));
  return std::optional(std::move(state));
}

Status delete_surplus_backups(const BackupJob& job, std::int64_t now_ms) {
  auto folders = job.former;
  folders.push_back(job.plan.folder);
  for (const auto& folder : folders) {
    const auto made_ms = backups_in(folder, job.name);
    const auto kept = kept_backups(made_ms, job.plan, now_ms);
    for (const auto made : made_ms) {
      if (std::ranges::find(kept, made) != kept.end()) continue;
      NC_TRY(remove_backup(job, folder / backup_name(job.name, made)));
    }
  }
  return {};
}

Result<bool> run_backup_if_due(const BackupJob& job, std::int64_t now_ms) {
  if (job.expires) NC_TRY(delete_surplus_backups(job, now_ms));
  const auto last = last_of(backups_in(job.plan.folder, job.name), now_ms);
  if (last && now_ms - *last < job.plan.every_hours * kHourMs) return false;
  std::error_code ec;
  fs::create_directories(job.plan.folder, ec);
  if (ec) return fail(io_error(job.plan.folder, ec.value()));
  fs::permissions(job.plan.folder, fs::perms::owner_all, ec);  // a foreign folder keeps its own
  NC_TRY(job.write(job.plan.folder / backup_name(job.name, now_ms)));
  NC_TRY(delete_surplus_backups(job, now_ms));
  return true;
}

BackupKeeper::BackupKeeper(Jobs jobs, std::function<void(const Error&)> tell, const Clock& clock, int look_every_ms)
    : jobs_(std::move(jobs)), tell_(std::move(tell)), clock_(clock), look_every_ms_(look_every_ms) {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, std::chrono::milliseconds(look_every_ms_), [this] { return stopping_; })) {
      lock.unlock();
      look();
      lock.lock();
    }
  });
}

BackupKeeper::~BackupKeeper() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void BackupKeeper::look() {
  const auto jobs = jobs_();
  if (!jobs) return note(jobs.error());
  for (const auto& job : *jobs) {
    const auto made = run_backup_if_due(job, clock_.wall_ms());
    if (!made) return note(made.error());
  }
  told_.clear();
}

void BackupKeeper::note(const Error& error) {
  auto text = error.english();
  if (text == told_) return;
  told_ = std::move(text);
  tell_(error);
}

}  // namespace nc::records
