#include "channels/sync/keeper.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "base/error_json.h"
#include "base/files.h"
#include "base/json.h"
#include "base/rng.h"
#include "channels/sync/card.h"
#include "ledger/records/data_dir.h"

namespace nc::sync {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(200);
constexpr std::int64_t kFirstPauseMs = 2'000, kUrgentPauseMs = 15'000;
constexpr std::size_t kFileBytesMax = 256 * 1024;

std::filesystem::path wish_file(const std::filesystem::path& dir) { return dir / "sync-now"; }
std::filesystem::path done_file(const std::filesystem::path& dir) { return dir / "sync-done"; }

Json outcome_to_json(const Outcome& outcome) {
  Json notices{JsonArray{}}, out;
  for (const auto& one : outcome.notices) notices.push(error_to_json(one));
  out.set("whole", outcome.whole).set("same", outcome.same).set("to_send", outcome.to_send).set("to_get", outcome.to_get);
  return out.set("parked", outcome.parked).set("clock", outcome.clock_ahead_ms).set("notices", notices);
}

Outcome outcome_from_json(const Json& json) {
  Outcome out;
  out.whole = json.boolean("whole");
  out.same = json.boolean("same");
  out.to_send = json.integer("to_send");
  out.to_get = json.integer("to_get");
  out.parked = json.integer("parked");
  out.clock_ahead_ms = json.integer("clock");
  if (json["notices"].is_array())
    for (const auto& one : json["notices"].as_array())
      if (one.is_object()) out.notices.push_back(error_from_json(one));
  return out;
}

// Between three and five quarters of it.
std::int64_t about(std::int64_t ms) {
  const auto word = system_rng().make<Id<struct PauseTag, 2>>();
  return ms * 3 / 4 + ms / 2 * (word.bytes[0] * 256 + word.bytes[1]) / 65'536;
}

}  // namespace

Result<std::unique_ptr<Keeper>> Keeper::start(records::Ledger& ledger, const KeeperOptions& options) {
  NC_ASSIGN(const auto parent, known_parent(ledger.dir()));
  if (!parent) return std::unique_ptr<Keeper>();
  NC_ASSIGN(auto rules, read_link_rules(ledger.dir()));
  std::unique_ptr<Keeper> out(new Keeper(ledger, std::move(rules), options));
  out->thread_ = std::thread([raw = out.get()] { raw->work(); });
  return out;
}

Keeper::Keeper(records::Ledger& ledger, LinkRules rules, KeeperOptions options)
    : ledger_(ledger), rules_(std::move(rules)), options_(std::move(options)) {}

Keeper::~Keeper() {
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Keeper::hurry() {
  {
    const std::lock_guard guard(mutex_);
    urgent_ = true;
  }
  wake_.notify_all();
}

void Keeper::notice(const records::CommitNotice& notice) {
  if (std::any_of(notice.changed.begin(), notice.changed.end(), [](const auto& one) { return one.type != nullptr && one.type->urgent; }))
    hurry();
}

void Keeper::tell(const Error& error) {
  auto text = error.english();
  if (text != told_ && options_.report) options_.report(error);
  told_ = std::move(text);
}

// A wish counts once; the file goes before the work begins, so that a later wish is seen.
std::string Keeper::asked() const {
  const auto file = wish_file(ledger_.dir());
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) return {};
  const auto token = read_file(file, kFileBytesMax);
  std::filesystem::remove(file, ec);
  return token ? *token : std::string();
}

void Keeper::answer_asked(const std::string& token, const Result<Outcome>& outcome) {
  Json out;
  out.set("asked", token);
  if (outcome) out.set("outcome", outcome_to_json(*outcome));
  else out.set("failure", error_to_json(outcome.error()));
  if (const auto written = write_file_durably(done_file(ledger_.dir()), canonical(out), 0600); !written) tell(written.error());
}

bool Keeper::may(bool urgent) {
  if (!rules_.background) return false;
  if (urgent) return true;
  const auto minute = (ledger_.now_ms() / 60'000 + records::OpenOptions{}.zone_minutes) % (24 * 60);
  if (!within_hours(rules_, minute)) return false;
  return rules_.bytes_a_day == 0 || bytes_of_day(ledger_, ledger_.today()).value_or(0) < rules_.bytes_a_day;
}

// Who asks himself gets all.
Result<Outcome> Keeper::one(bool urgent, bool asked) {
  if (!link_) { NC_ASSIGN(link_, ParentLink::make(ledger_, rules_, {options_.program, &stop_})); }
  const bool urgent_only = urgent && !asked && !may(false);
  std::int64_t most = 0;
  if (rules_.bytes_a_day > 0 && !urgent_only && !asked) {
    NC_ASSIGN(const auto used, bytes_of_day(ledger_, ledger_.today()));
    most = std::max<std::int64_t>(1, rules_.bytes_a_day - used);
  }
  const auto before = link_->bytes_moved();
  auto outcome = link_->exchange(most, urgent_only);
  const auto moved = link_->bytes_moved() - before;
  if (rules_.bytes_a_day > 0 && moved > 0) NC_TRY(add_bytes_of_day(ledger_, ledger_.today(), moved));
  return outcome;
}

std::int64_t Keeper::pause_ms() {
  const auto every = rules_.every_s * 1000;
  if (failures_ == 0) return about(every);
  return about(std::min(every, kFirstPauseMs << std::min(failures_ - 1, 12)));
}

void Keeper::work() {
  std::int64_t due = 0;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait_for(lock, kLookEvery, [this] { return stop_.load() || (urgent_ && failures_ == 0); });
    if (stop_) return;
    const auto now = system_clock().steady_ms();
    // What is urgent goes at once; on a line that fails it is tried often.
    const bool urgent = urgent_ && (failures_ == 0 || now >= due);
    lock.unlock();
    const auto token = asked();
    const bool turn = !token.empty() || ((urgent || now >= due) && may(urgent));
    lock.lock();
    if (!turn) {
      if (now >= due) due = now + 1000;
      continue;
    }
    const bool hurried = std::exchange(urgent_, false);
    lock.unlock();
    const auto outcome = one(hurried, !token.empty());
    if (!token.empty()) answer_asked(token, outcome);
    lock.lock();
    if (stop_) return;
    failures_ = outcome ? 0 : failures_ + 1;
    urgent_ = urgent_ || (hurried && !outcome);
    auto pause = pause_ms();
    if (hurried && !outcome) pause = std::min(pause, about(kUrgentPauseMs));
    due = system_clock().steady_ms() + pause;
    lock.unlock();
    if (!outcome) tell(outcome.error());
    else told_.clear();
    lock.lock();
  }
}

Result<Outcome> ask_serving_node(const std::filesystem::path& dir) {
  const auto token = system_rng().make<Id<struct WishTag, 8>>().hex();
  NC_TRY(write_file_durably(wish_file(dir), token, 0600));
  while (true) {
    std::this_thread::sleep_for(kLookEvery);
    if (const auto text = read_file(done_file(dir), kFileBytesMax)) {
      const auto done = parse_json(*text);
      if (done && done->text("asked") == token) {
        std::error_code ec;
        std::filesystem::remove(done_file(dir), ec);
        if ((*done)["failure"].is_object()) return fail(error_from_json((*done)["failure"]));
        return outcome_from_json((*done)["outcome"]);
      }
    }
    if (const auto free = FileLock::share(records::DataDir{dir}.lock())) {
      std::error_code ec;
      std::filesystem::remove(wish_file(dir), ec);
      return fail(Error(ErrorCode::kBusy, NC_MSG("The node that served ended meanwhile")).then(NC_MSG("Ask again")));
    }
  }
}

}  // namespace nc::sync
