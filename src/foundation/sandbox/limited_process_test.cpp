// What a limited process cannot do, tried with the system's own programs.
#include "foundation/sandbox/limited_process.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file_stream.h"
#include "base/rng.h"

namespace nc::sandbox {
namespace {

namespace fs = std::filesystem;

class LimitedProcess : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nc-sandbox-" + system_rng().make<RecordId>().hex());
    fs::create_directories(folder_);
    std::ofstream(folder_ / "input") << "hello";
  }
  void TearDown() override { fs::remove_all(folder_); }
  Result<std::string> shell(const std::string& script, const Limits& limits = {}) {
    const auto input = InputFile::open(folder_ / "input");
    return run_limited("/bin/sh", {"-c", script}, input->descriptor(), limits);
  }
  fs::path folder_;
};

TEST_F(LimitedProcess, ReadsItsInputAndAnswers) {
  const auto input = InputFile::open(folder_ / "input");
  const auto answer = run_limited("/bin/cat", {}, input->descriptor());
  ASSERT_TRUE(answer) << answer.error().english();
  EXPECT_EQ(*answer, "hello");
}

TEST_F(LimitedProcess, HasNoEnvironmentAndNoOtherDescriptor) {
  const auto other = InputFile::open(folder_ / "input");
  EXPECT_EQ(shell("for i in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && echo $i; done; echo \"[$HOME$USER]\"").value_or("?"), "[]\n");
}

TEST_F(LimitedProcess, WritesNoFile) {
  const auto target = folder_ / "made";
  EXPECT_EQ(shell("echo x > " + target.string() + "; echo went on").value_or("refused"), "went on\n");
  EXPECT_FALSE(fs::exists(target));
  const auto input = InputFile::open(folder_ / "input");
  EXPECT_FALSE(run_limited("/bin/rm", {(folder_ / "input").string()}, input->descriptor()));
  EXPECT_TRUE(fs::exists(folder_ / "input"));
}

TEST_F(LimitedProcess, StartsNoOtherAndSendsNoSignal) {
  EXPECT_FALSE(shell("/bin/cat; exit 0").has_value()) << "a shell must fork to go on";
  EXPECT_EQ(shell("kill -9 $PPID 2>/dev/null && echo killed; echo still here").value_or("refused"), "still here\n");
}

TEST_F(LimitedProcess, OpensNoConnection) {
  const auto input = InputFile::open(folder_ / "input");
  const auto answer = run_limited(
      "/usr/bin/python3", {"-c", "import socket\ntry:\n  socket.socket()\n  print('open')\nexcept PermissionError:\n  print('refused')"},
      input->descriptor(), {.memory_bytes_max = std::int64_t{2} << 30});
  EXPECT_EQ(answer.value_or("?"), "refused\n");
}

TEST_F(LimitedProcess, EndsWithItsTimeAndItsSpace) {
  const auto slow = shell("while :; do :; done", {.processor_s_max = 1, .wall_ms_max = 20'000});
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, ErrorCode::kLimit);
  const auto asleep = run_limited("/bin/sleep", {"60"}, 0, {.wall_ms_max = 200});
  ASSERT_FALSE(asleep);
  EXPECT_EQ(asleep.error().code, ErrorCode::kLimit);
  const auto endless = run_limited("/usr/bin/yes", {}, 0, {.answer_bytes_max = 100'000});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::kLimit);
}

TEST_F(LimitedProcess, FailureAndAbsenceAreTold) {
  EXPECT_EQ(shell("exit 3").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(run_limited("/nonexistent/program", {}, 0).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace nc::sandbox
