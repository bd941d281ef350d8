// What takes long: goes on by itself, is cancelled, is told after the program ended, and its file goes in time.
#include "face/web/works/works.h"

#include <gtest/gtest.h>

#include <future>

#include "base/files.h"
#include "base/rng.h"
#include "ledger/records/local_stores.h"

namespace nc::web {
namespace {

namespace fs = std::filesystem;

class WorksTest : public ::testing::Test {
 protected:
  WorksTest() { open(); }
  ~WorksTest() override {
    works_.reset();
    fs::remove_all(folder_);
  }
  void open() {
    works_.reset();
    auto opened = Works::open(folder_, [this] { return now_ms_.load(); });
    if (!opened) throw std::runtime_error(opened.error().english());
    works_ = std::move(*opened);
  }
  WorkId order(const PersonId& maker, std::function<Result<WorkResult>(const Progress&, const fs::path&)> run, const std::string& once = {},
               WorkOrder::Lane lane = WorkOrder::Lane::kCare) {
    WorkOrder order;
    order.lane = lane;
    order.maker = maker;
    order.once = once.empty() ? std::to_string(++forms_) : once;
    order.title = "Verify now";
    order.run = std::move(run);
    const auto id = works_->order(std::move(order));
    if (!id) throw std::runtime_error(id.error().english());
    return *id;
  }
  // Runs until it is cancelled, and says when it has begun.
  std::function<Result<WorkResult>(const Progress&, const fs::path&)> endless() {
    return [this](const Progress& progress, const fs::path& file) -> Result<WorkResult> {
      if (!write_file_durably(file, "half")) return fail(ErrorCode::kIo, "file");
      for (std::int64_t i = 1;; ++i) {
        NC_TRY(step(progress, "Reading the entries", i, 1'000'000));
        begun_ = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    };
  }
  void wait_until_begun() {
    while (!begun_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  static Result<WorkResult> makes_a_file(const Progress&, const fs::path& file) {
    NC_TRY(write_file_durably(file, "made"));
    return WorkResult{{{"{1} records derived from the journal", {"7"}}}, "nhip-cau.csv", "text/csv"};
  }
  [[nodiscard]] std::size_t files() const {
    std::size_t out = 0;
    for (const auto& entry : fs::directory_iterator(folder_)) out += entry.path().filename().string().starts_with("works.db") ? 0U : 1U;
    return out;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("nc-works-" + system_rng().make<RecordId>().hex());
  const PersonId anna_ = system_rng().make<PersonId>(), binh_ = system_rng().make<PersonId>();
  std::atomic<std::int64_t> now_ms_ = 1'795'000'000'000;
  std::atomic<bool> begun_ = false;
  int forms_ = 0;
  std::unique_ptr<Works> works_;
};

TEST_F(WorksTest, WhatIsMadeIsItsMakersForADay) {
  const auto id = order(anna_, makes_a_file);
  works_->wait();
  const auto work = works_->find(anna_, id);
  ASSERT_TRUE(work && work->file);
  EXPECT_EQ(work->state, WorkState::kDone);
  EXPECT_EQ(work->file->bytes, 4);
  ASSERT_EQ(work->lines.size(), 1U);
  EXPECT_EQ(work->lines.front().args, std::vector<std::string>{"7"});
  EXPECT_TRUE(works_->open_file(anna_, id));
  EXPECT_FALSE(works_->find(binh_, id));
  EXPECT_FALSE(works_->open_file(binh_, id));
  EXPECT_TRUE(works_->of(binh_).empty());
  EXPECT_EQ(works_->cancel(binh_, id).error().code, ErrorCode::kNotFound);
  open();
  EXPECT_TRUE(works_->open_file(anna_, id)) << "it outlives the program";
  EXPECT_EQ(works_->find(anna_, id)->lines.size(), 1U);
  now_ms_ += Works::kFileKeptMs;
  EXPECT_FALSE(works_->open_file(anna_, id));
  works_->tidy();
  EXPECT_EQ(files(), 0U);
  EXPECT_FALSE(works_->find(anna_, id)->file);
  now_ms_ += Works::kToldMs;
  works_->tidy();
  EXPECT_TRUE(works_->of(anna_).empty());
  open();
  EXPECT_TRUE(works_->of(anna_).empty());
}

// A purge that came in while works lie there and one runs: nothing of them stays, and what is ordered afterwards goes on.
TEST_F(WorksTest, AfterAPurgeNothingOfThemStays) {
  const auto made = order(anna_, makes_a_file);
  works_->wait();
  const auto runs = order(binh_, [&](const Progress& progress, const fs::path& file) -> Result<WorkResult> {
    NC_TRY(write_file_durably(file, "half"));
    begun_ = true;
    while (progress("Reading the entries", 0, 1)) std::this_thread::yield();
    return WorkResult{{}, "half.csv", "text/csv"};  // it had come to its end when it was told
  });
  wait_until_begun();
  ASSERT_TRUE(write_file_durably(folder_ / records::kPurgedMark, "", 0600));
  const auto after = order(anna_, makes_a_file);  // looks for the mark first
  works_->wait();
  EXPECT_FALSE(works_->find(anna_, made));
  EXPECT_FALSE(works_->open_file(anna_, made));
  EXPECT_FALSE(works_->open_file(binh_, runs));
  EXPECT_TRUE(works_->open_file(anna_, after));
  EXPECT_EQ(files(), 1U) << "the one that was made afterwards";
  open();
  EXPECT_TRUE(works_->open_file(anna_, after));
  // Found at a start, it takes all.
  ASSERT_TRUE(write_file_durably(folder_ / records::kPurgedMark, "", 0600));
  open();
  EXPECT_EQ(files(), 0U);
  EXPECT_TRUE(works_->of(anna_).empty());
}

TEST_F(WorksTest, TheSameFormFindsTheSameWorkAndAnotherPersonsFindsHis) {
  std::atomic<int> runs = 0;
  const auto run = [&](const Progress&, const fs::path&) -> Result<WorkResult> {
    ++runs;
    return WorkResult{};
  };
  const auto first = order(anna_, run, "form"), second = order(anna_, run, "form"), other = order(binh_, run, "form");
  works_->wait();
  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
  EXPECT_EQ(runs, 2);
}

TEST_F(WorksTest, CancelledWhileItRunsOrWaitsLeavesNothing) {
  const auto running = order(anna_, endless());
  const auto waiting = order(anna_, makes_a_file);
  wait_until_begun();
  EXPECT_EQ(works_->find(anna_, waiting)->state, WorkState::kWaiting);
  ASSERT_TRUE(works_->cancel(anna_, waiting));
  const auto seen = works_->find(anna_, running);
  EXPECT_EQ(seen->state, WorkState::kRunning);
  EXPECT_EQ(seen->stage, "Reading the entries");
  EXPECT_GT(seen->done, 0);
  ASSERT_TRUE(works_->cancel(anna_, running));
  works_->wait();
  EXPECT_EQ(works_->find(anna_, running)->state, WorkState::kCancelled);
  EXPECT_EQ(works_->find(anna_, waiting)->state, WorkState::kCancelled);
  EXPECT_EQ(files(), 0U);
  EXPECT_TRUE(works_->cancel(anna_, running)) << "once more does nothing";
}

TEST_F(WorksTest, WhatTheEndOfTheProgramBreaksOffIsToldAfterwards) {
  const auto running = order(anna_, endless());
  const auto waiting = order(binh_, makes_a_file);
  wait_until_begun();
  open();
  EXPECT_EQ(works_->find(anna_, running)->state, WorkState::kBrokenOff);
  EXPECT_EQ(works_->find(binh_, waiting)->state, WorkState::kBrokenOff);
  EXPECT_EQ(files(), 0U);
}

// As after a power cut: the row says that it runs, and half a file lies there.
TEST_F(WorksTest, WhatAPowerCutBreaksOffIsToldAfterwards) {
  const auto copy = fs::path(folder_.string() + "-cut");
  const auto running = order(anna_, endless());
  wait_until_begun();
  fs::copy(folder_, copy, fs::copy_options::recursive);
  const auto opened = Works::open(copy, [this] { return now_ms_.load(); });
  ASSERT_TRUE(opened) << opened.error().english();
  EXPECT_EQ((*opened)->find(anna_, running)->state, WorkState::kBrokenOff);
  EXPECT_FALSE(fs::exists(copy / (running.hex() + ".out")));
  fs::remove_all(copy);
}

TEST_F(WorksTest, OneAfterTheOtherInALaneAndTheLanesBesideEachOther) {
  std::promise<void> exported;
  order(anna_, [&](const Progress& progress, const fs::path&) -> Result<WorkResult> {
    if (exported.get_future().wait_for(std::chrono::seconds(60)) != std::future_status::ready) return fail(ErrorCode::kBusy, "waited");
    NC_TRY(step(progress, "Reading the entries", 1, 1));
    return WorkResult{};
  });
  std::atomic<int> inside = 0, most = 0;
  const auto counted = [&](const Progress&, const fs::path&) -> Result<WorkResult> {
    most = std::max(most.load(), ++inside);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    --inside;
    return WorkResult{};
  };
  for (int i = 0; i < 3; ++i) order(binh_, counted, {}, WorkOrder::Lane::kExport);
  order(
      system_rng().make<PersonId>(),
      [&](const Progress&, const fs::path&) -> Result<WorkResult> {
        exported.set_value();
        return WorkResult{};
      },
      {}, WorkOrder::Lane::kExport);
  works_->wait();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(works_->of(anna_).front().state, WorkState::kDone) << "an export did not wait for the check";
}

TEST_F(WorksTest, AFailureIsToldInItsOwnWords) {
  const auto id = order(anna_, [](const Progress&, const fs::path&) -> Result<WorkResult> {
    return fail(Error(ErrorCode::kFull, "The disk is full: {1}", {"x"}).then("Make room"));
  });
  works_->wait();
  const auto work = works_->find(anna_, id);
  EXPECT_EQ(work->state, WorkState::kFailed);
  ASSERT_EQ(work->lines.size(), 2U);
  EXPECT_EQ(work->lines[0].message, "The disk is full: {1}");
  EXPECT_TRUE(work->lines[0].bad);
  EXPECT_EQ(work->lines[1].message, "Make room");
}

TEST_F(WorksTest, TooMuchAtOnceIsRefused) {
  order(anna_, endless());
  for (std::size_t i = 1; i < Works::kAPersonMax; ++i) order(anna_, makes_a_file);
  WorkOrder more;
  more.maker = anna_;
  more.once = "more";
  more.run = makes_a_file;
  const auto refused = works_->order(std::move(more));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_NO_THROW(order(binh_, makes_a_file));
}

}  // namespace
}  // namespace nc::web
