#include "face/web/works/works.h"

#include <algorithm>
#include <array>

#include "base/destroy.h"
#include "base/files.h"
#include "base/json.h"
#include "base/priority.h"
#include "base/rng.h"
#include "face/web/local_store.h"
#include "foundation/crypto/hash.h"
#include "ledger/records/local_stores.h"

namespace nc::web {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kApplicationId = 0x4e43574b;  // "NCWK"
constexpr const char* kDatabase = "works.db";
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS work (id BLOB PRIMARY KEY, maker BLOB NOT NULL, title TEXT NOT NULL, about TEXT NOT NULL,"
    " state INTEGER NOT NULL, ordered_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, lines TEXT NOT NULL, file TEXT NOT NULL,"
    " rights BLOB NOT NULL) WITHOUT ROWID";

Json json_of(const std::vector<Said>& lines) {
  Json out{JsonArray{}};
  for (const auto& line : lines) {
    Json args{JsonArray{}};
    for (const auto& arg : line.args) args.push(arg);
    out.push(Json(JsonObject{{"args", std::move(args)}, {"bad", Json(line.bad)}, {"message", Json(line.message)}}));
  }
  return out;
}

std::vector<Said> lines_from(const Json& json) {
  std::vector<Said> out;
  if (!json.is_array()) return out;
  for (const auto& element : json.as_array()) {
    Said line{element.text("message"), {}, element.boolean("bad")};
    if (const auto& args = element["args"]; args.is_array())
      for (const auto& arg : args.as_array()) line.args.push_back(arg.is_string() ? arg.as_string() : std::string());
    out.push_back(std::move(line));
  }
  return out;
}

Result<Work> work_in(const store::Statement& row) {
  Work out;
  out.id = row.id<WorkId>(0);
  out.maker = row.id<PersonId>(1);
  out.title = row.text(2);
  out.about = row.text(3);
  out.state = static_cast<WorkState>(row.integer(4));
  out.ordered_ms = row.integer(5);
  out.ended_ms = row.integer(6);
  NC_ASSIGN(const auto lines, parse_json(row.text(7)));
  out.lines = lines_from(lines);
  if (const auto file = row.text(8); !file.empty()) {
    NC_ASSIGN(const auto json, parse_json(file));
    out.file = blobs::file_from(json);
  }
  out.rights = row.id<Digest>(9);
  return out;
}

// The whole of a file that was made: how long it is and its hash.
Result<blobs::FileRef> made_file(const fs::path& path, const WorkResult& result) {
  constexpr std::size_t kPiece = 64 * 1024;
  NC_ASSIGN(const auto file, InputFile::open(path));
  std::string piece(kPiece, '\0');
  crypto::Sha256 hash;
  for (std::int64_t at = 0; at < file.size();) {
    NC_ASSIGN(const auto got, file.read_at(at, piece));
    if (got == 0) return fail(Error(ErrorCode::kCorrupt, NC_MSG("The file is shorter than it was")).at(path.string()));
    hash.update(std::string_view(piece).substr(0, got));
    at += static_cast<std::int64_t>(got);
  }
  blobs::FileRef out;
  out.sha256 = hash.finish();
  out.name = result.file_name;
  out.media = result.media;
  out.bytes = file.size();
  return out;
}

WorkId id_of(const WorkOrder& order) { return make_uuid8(crypto::sha256("work\n" + order.maker.hex() + "\n" + order.once)); }

Said said(const Error& error) { return {error.message, error.args, true}; }

// With files only, as imports have them.
Status destroy_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder, ec)) files.push_back(entry.path());
  for (const auto& file : files) NC_TRY(destroy_file(file));
  fs::remove(folder, ec);
  return ec ? Status(fail(io_error(folder, ec.value()))) : Status{};
}

}  // namespace

Works::Works(fs::path folder, Now now, store::Database database)
    : folder_(std::move(folder)), now_(std::move(now)), database_(std::move(database)) {}

Result<std::unique_ptr<Works>> Works::open(const fs::path& folder, Now now) {
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec) return fail(io_error(folder, ec.value()));
  fs::permissions(folder, fs::perms::owner_all, ec);
  NC_ASSIGN(auto database, open_local_store(folder / kDatabase, kApplicationId, kTables));
  std::unique_ptr<Works> works(new Works(folder, std::move(now), std::move(database)));
  NC_TRY(works->load());
  works->tidy();
  return works;
}

// What no work names any more is destroyed: half a file, a copy that a check was made on.
Status Works::load() {
  const std::lock_guard lock(mutex_);
  {
    NC_ASSIGN(auto row, database_.prepare("SELECT id, maker, title, about, state, ordered_ms, ended_ms, lines, file, rights FROM work"));
    while (true) {
      NC_ASSIGN(const bool more, row.step());
      if (!more) break;
      NC_ASSIGN(auto work, work_in(row));
      works_.emplace(work.id, std::move(work));
    }
  }
  for (auto& [id, work] : works_) {
    if (work.ended()) continue;
    work.state = WorkState::kBrokenOff;
    work.ended_ms = now_();
    NC_TRY(save(work));
  }
  std::vector<fs::path> strays;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(folder_, ec)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(kDatabase) || name == records::kPurgedMark) continue;
    const auto id = WorkId::from_hex(entry.path().stem().string());
    const auto at = id ? works_.find(*id) : works_.end();
    if (at == works_.end() || !at->second.file) strays.push_back(entry.path());
  }
  for (const auto& stray : strays) NC_TRY(fs::is_directory(stray, ec) ? destroy_folder(stray) : destroy_file(stray));
  return {};
}

Works::~Works() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, running] : unfinished_) running->cancelled = true;
  }
  changed_.notify_all();
  for (auto& [name, lane] : lanes_)
    if (lane.thread.joinable()) lane.thread.join();
}

Result<WorkId> Works::order(WorkOrder order) {
  tidy();
  const auto id = id_of(order);
  {
    const std::lock_guard lock(mutex_);
    if (works_.contains(id)) return id;
    const auto his = std::ranges::count_if(unfinished_, [&](const auto& one) { return works_.at(one.first).maker == order.maker; });
    if (static_cast<std::size_t>(his) >= kAPersonMax || unfinished_.size() >= kAllMax)
      return fail(Error(ErrorCode::kLimit, NC_MSG("Too much is waiting already")).then(NC_MSG("Wait until one is done, or cancel one")));
    Work work;
    work.id = id;
    work.maker = order.maker;
    work.title = std::move(order.title);
    work.about = order.about.substr(0, kTextBytesMax);
    work.ordered_ms = now_();
    work.rights = order.rights;
    if (!order.if_cut_short.empty()) work.lines = {{order.if_cut_short, {}, false}};
    NC_TRY(save(work));
    works_.emplace(id, std::move(work));
    auto running = std::make_shared<Running>();
    running->run = std::move(order.run);
    unfinished_.emplace(id, std::move(running));
    auto& lane = lanes_[order.lane];
    lane.queue.push_back(id);
    if (!lane.thread.joinable()) lane.thread = std::thread([this, &lane] { this->work(lane); });
  }
  changed_.notify_all();
  return id;
}

void Works::work(Lane& lane) {
  lower_own_priority();  // pages and saves come first
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !lane.queue.empty(); });
    if (stopping_) break;
    const auto id = lane.queue.front();
    lane.queue.pop_front();
    run(id, unfinished_.at(id), lock);
    unfinished_.erase(id);
    changed_.notify_all();
  }
  for (const auto& id : lane.queue) end(works_.at(id), fail(given_up()), false);
}

void Works::run(const WorkId& id, const std::shared_ptr<Running>& running, std::unique_lock<std::mutex>& lock) {
  auto& work = works_.at(id);  // stays where it is: only what has ended is taken out
  const auto file = file_of(id);
  Result<WorkResult> result = fail(given_up());
  Result<blobs::FileRef> made = fail(given_up());
  if (!running->cancelled) {
    work.state = WorkState::kRunning;
    static_cast<void>(save(work));
    lock.unlock();
    result = running->run(
        [&](const char* stage, std::int64_t done, std::int64_t total) {
          const std::lock_guard guard(mutex_);
          work.stage = stage;
          work.done = done;
          work.total = total;
          return !running->cancelled;
        },
        file);
    if (result && !result->file_name.empty()) {
      made = made_file(file, *result);
      if (!made) result = fail(made.error());
    }
    running->run = nullptr;
    lock.lock();
  }
  if (result && made && !running->purged) work.file = *made;
  if (running->purged) result = fail(given_up());
  end(work, result, running->cancelled && !stopping_);
}

void Works::end(Work& work, const Result<WorkResult>& result, bool cancelled) {
  work.ended_ms = now_();
  work.cancelling = false;
  if (result) {
    work.state = WorkState::kDone;
    work.lines.assign(result->lines.begin(),
                      result->lines.begin() + static_cast<std::ptrdiff_t>(std::min(result->lines.size(), kLinesMax)));
  } else if (result.error().message == given_up().message) {
    work.state = cancelled ? WorkState::kCancelled : WorkState::kBrokenOff;
  } else {
    work.state = WorkState::kFailed;
    work.lines = {said(result.error())};
    if (!result.error().next.empty()) work.lines.push_back({result.error().next, {}, false});
  }
  if (!work.file) static_cast<void>(destroy_file(file_of(work.id)));
  static_cast<void>(save(work));  // what cannot be kept is broken off at the next start
}

std::optional<Work> Works::find(const PersonId& maker, const WorkId& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = works_.find(id);
  if (at == works_.end() || at->second.maker != maker) return std::nullopt;
  return at->second;
}

std::vector<Work> Works::of(const PersonId& maker) const {
  std::vector<Work> out;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, work] : works_)
      if (work.maker == maker) out.push_back(work);
  }
  std::ranges::sort(out, [](const Work& a, const Work& b) { return std::pair(b.ordered_ms, b.id) < std::pair(a.ordered_ms, a.id); });
  return out;
}

Works::Counts Works::counts(const PersonId& maker) const {
  const std::lock_guard lock(mutex_);
  Counts out;
  for (const auto& [id, work] : works_) {
    out.all += work.maker == maker ? 1 : 0;
    out.unfinished += work.maker == maker && !work.ended() ? 1 : 0;
  }
  return out;
}

Status Works::cancel(const PersonId& maker, const WorkId& id) {
  const std::lock_guard lock(mutex_);
  const auto at = works_.find(id);
  if (at == works_.end() || at->second.maker != maker) return fail(ErrorCode::kNotFound, NC_MSG("There is no such work"));
  const auto running = unfinished_.find(id);
  if (running == unfinished_.end()) return {};
  running->second->cancelled = true;
  at->second.cancelling = true;
  return {};
}

Result<InputFile> Works::open_file(const PersonId& maker, const WorkId& id) const {
  const auto work = find(maker, id);
  if (!work || !work->file || now_() - work->ordered_ms >= kFileKeptMs) return fail(ErrorCode::kNotFound, NC_MSG("There is no such work"));
  return InputFile::open(file_of(id));
}

// What was made, and what is told of it, goes now; half-made files go when their work ends, which is told to end, or, after a
// power cut, at the next start, because no row names them any more.
Status Works::forget_all() {
  for (auto& [id, running] : unfinished_) running->cancelled = running->purged = true;
  for (auto& [id, work] : works_) {
    work.about.clear();
    if (!work.ended()) continue;
    work.file.reset();
    NC_TRY(destroy_file(file_of(id)));
  }
  std::erase_if(works_, [](const auto& one) { return one.second.ended(); });
  NC_TRY(database_.run("DELETE FROM work"));
  NC_TRY(database_.checkpoint(store::CheckpointMode::kTruncate));
  return destroy_file(folder_ / records::kPurgedMark);
}

void Works::tidy() {
  const std::lock_guard lock(mutex_);
  std::error_code ec;
  if (fs::exists(folder_ / records::kPurgedMark, ec)) static_cast<void>(forget_all());  // asked again at the next look
  for (auto at = works_.begin(); at != works_.end();) {
    auto& work = at->second;
    const auto age_ms = now_() - work.ordered_ms;
    if (work.ended() && work.file && age_ms >= kFileKeptMs) static_cast<void>(destroy_file_of(work));
    const bool over = work.ended() && !work.file && age_ms >= kToldMs && database_.run("DELETE FROM work WHERE id = ?1", work.id);
    at = over ? works_.erase(at) : std::next(at);
  }
}

void Works::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unfinished_.empty(); });
}

Status Works::save(const Work& work) {
  const auto file = work.file ? canonical(blobs::json_of(*work.file)) : std::string();
  return database_.run(
      "INSERT INTO work VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
      " ON CONFLICT DO UPDATE SET state = ?5, ended_ms = ?7, lines = ?8, file = ?9",
      work.id, work.maker, work.title, work.about, static_cast<std::int64_t>(work.state), work.ordered_ms, work.ended_ms,
      canonical(json_of(work.lines)), file, work.rights);
}

Status Works::destroy_file_of(Work& work) {
  NC_TRY(destroy_file(file_of(work.id)));
  work.file.reset();
  return save(work);
}

}  // namespace nc::web
