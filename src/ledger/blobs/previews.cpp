#include "ledger/blobs/previews.h"

#include <chrono>

#include "base/files.h"
#include "foundation/sandbox/limited_process.h"

namespace nc::blobs {
namespace {

namespace fs = std::filesystem;

constexpr int kEdgePixels = 480;
constexpr std::size_t kWishesMax = 256, kFailedMax = 10'000;

Error none() { return Error(ErrorCode::kNotFound, NC_MSG("There is no preview of this file")); }

}  // namespace

Previews::Programs Previews::beside(const fs::path& own_program) {
  constexpr const char* kName = "nhipcau-preview";
  const auto folder = own_program.parent_path();
  std::error_code ec;
  const auto installed = folder.parent_path() / "libexec/nhipcau" / kName;
  return {fs::exists(installed, ec) ? installed : folder / kName};
}

bool Previews::is_for(std::string_view media) {
  return media == "image/jpeg" || media == "image/png" || media == "image/webp" || media == "application/pdf";
}

Previews::~Previews() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<InputFile> Previews::find(const std::string& part, const FileRef& file, std::int64_t wait_ms) {
  const auto path = store_.preview_path(part, file.sha256);
  if (auto held = InputFile::open(path)) return held;
  if (!is_for(file.media)) return fail(none());
  std::unique_lock lock(mutex_);
  const Wish wish{part, file};
  if (failed_.contains(wish.key())) return fail(none());
  if (!waiting_.contains(wish.key())) {
    if (wishes_.size() >= kWishesMax) return fail(none());
    waiting_.insert(wish.key());
    wishes_.push_back(wish);
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    changed_.notify_all();
  }
  changed_.wait_for(lock, std::chrono::milliseconds(wait_ms), [&] { return stopping_ || !waiting_.contains(wish.key()); });
  lock.unlock();
  auto made = InputFile::open(path);
  if (!made) return fail(none());
  return made;
}

void Previews::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !wishes_.empty(); });
    if (stopping_) return;
    const auto wish = std::move(wishes_.front());
    wishes_.pop_front();
    lock.unlock();
    const auto made = make(wish);
    lock.lock();
    waiting_.erase(wish.key());
    if (!made && failed_.size() < kFailedMax) failed_.insert(wish.key());
    changed_.notify_all();
  }
}

Status Previews::make(const Wish& wish) {
  NC_TRY(store_.check(wish.part, wish.file));  // a picture of other bytes would stay
  NC_ASSIGN(const auto file, store_.open(wish.part, wish.file.sha256));
  const bool pdf = wish.file.media == "application/pdf";
  const auto edge = std::to_string(kEdgePixels);
  const auto small = pdf ? sandbox::run_limited(programs_.pdf,
                                                {"-jpeg", "-jpegopt", "quality=78", "-singlefile", "-f", "1", "-l", "1", "-scale-to", edge,
                                                 "/proc/self/fd/0"},
                                                file.descriptor())
                         : sandbox::run_limited(programs_.pictures, {edge}, file.descriptor());
  if (!small) return fail(small.error());
  using namespace std::string_view_literals;
  if (!small->starts_with("\xff\xd8\xff"sv)) return fail(none());
  const auto path = store_.preview_path(wish.part, wish.file.sha256);
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  if (ec) return fail(io_error(path, ec.value()));
  NC_TRY(write_file_durably(path, *small, 0600));
  if (store_.holds(wish.part, wish.file.sha256)) return {};
  return destroy_name(path);  // the file was destroyed meanwhile
}

}  // namespace nc::blobs
