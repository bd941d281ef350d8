#include "foundation/sandbox/limited_process.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "base/clock.h"
#include "base/files.h"
#include "base/system_message.h"

namespace nc::sandbox {
namespace {

constexpr int kDescriptorsMax = 32;
constexpr int kCouldNotStart = 127;
constexpr std::int64_t kLibraryBytes = 512 * 1024 * 1024;  // address space of programs, libraries and the file

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "Name the architecture of the system call filter"
#endif

// Calls that a decoder of one file has no use for: they fail as forbidden.
constexpr std::uint32_t kForbidden[] = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_sendto,
    SYS_sendmsg,
    SYS_ptrace,
    SYS_kill,
    SYS_tkill,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_unlinkat,
    SYS_renameat,
    SYS_renameat2,
    SYS_linkat,
    SYS_symlinkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_truncate,
    SYS_mount,
    SYS_umount2,
    SYS_chroot,
    SYS_pivot_root,
    SYS_setns,
    SYS_unshare,
    SYS_bpf,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_io_uring_setup,
    SYS_memfd_create,
    SYS_pidfd_open,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_open_by_handle_at,
    SYS_inotify_init1,
    SYS_shmget,
    SYS_msgget,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_unlink,
    SYS_rename,
    SYS_link,
    SYS_symlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_mknod,
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_creat,
#endif
};

constexpr sock_filter statement(std::uint16_t code, std::uint32_t value) { return {code, 0, 0, value}; }
constexpr sock_filter jump(std::uint16_t code, std::uint32_t value, std::uint8_t yes, std::uint8_t no) { return {code, yes, no, value}; }

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS, kIfEqual = BPF_JMP | BPF_JEQ | BPF_K, kIfSet = BPF_JMP | BPF_JSET | BPF_K,
                        kReturn = BPF_RET | BPF_K;
constexpr sock_filter kRefuse = statement(kReturn, SECCOMP_RET_ERRNO | EPERM);
constexpr sock_filter kAllow = statement(kReturn, SECCOMP_RET_ALLOW);

constexpr sock_filter load_argument(std::size_t index) {
  return statement(kLoad, static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * index));  // little endian: the lower half
}

// The filter in the kernel's small language: another architecture ends the process; a forbidden call fails; files are
// opened for reading only; a new process is refused, a thread is not.
std::vector<sock_filter> make_filter() {
  constexpr auto kCall = statement(kLoad, offsetof(seccomp_data, nr));
  constexpr std::uint32_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, kThread = 0x00010000;  // CLONE_THREAD
  std::vector<sock_filter> out{statement(kLoad, offsetof(seccomp_data, arch)), jump(kIfEqual, kArchitecture, 1, 0),
                               statement(kReturn, SECCOMP_RET_KILL_PROCESS), kCall};
  for (const auto call : kForbidden) {
    out.push_back(jump(kIfEqual, call, 0, 1));
    out.push_back(kRefuse);
  }
  const auto unless = [&](std::uint32_t call, std::size_t argument, std::uint32_t bits, bool refuse_when_set) {
    out.push_back(jump(kIfEqual, call, 0, 4));
    out.push_back(load_argument(argument));
    out.push_back(jump(kIfSet, bits, refuse_when_set ? 0 : 1, refuse_when_set ? 1 : 0));
    out.push_back(kRefuse);
    out.push_back(kAllow);
  };
  unless(SYS_openat, 2, kWriting, true);
#if defined(__x86_64__)
  unless(SYS_open, 1, kWriting, true);
#endif
  unless(SYS_clone, 0, kThread, false);
  // Their flags lie in memory, where a filter cannot look: callers fall back to the plain calls.
  for (const std::uint32_t call : {SYS_clone3, SYS_openat2}) {
    out.push_back(jump(kIfEqual, call, 0, 1));
    out.push_back(statement(kReturn, SECCOMP_RET_ERRNO | ENOSYS));
  }
  out.push_back(kAllow);
  return out;
}

bool limit(__rlimit_resource what, std::int64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  return ::setrlimit(what, &both) == 0;
}

// Where memory runs out the kernel ends this process, not the node. Not possible everywhere, and then not missed.
void be_first_to_go() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY);
  if (file < 0) return;
  [[maybe_unused]] const auto written = ::write(file, "1000", 4);
  ::close(file);
}

// Between fork and exec: system calls only, because other threads may have held any lock.
[[noreturn]] void become(const char* program, char* const* arguments, int input, int output, const sock_fprog& filter,
                         const Limits& limits) {
  static char* const kEnvironment[] = {nullptr};
  bool good = ::dup2(input, 0) == 0 && ::dup2(output, 1) == 1;
  const int null = ::open("/dev/null", O_WRONLY);
  good = good && null >= 0 && ::dup2(null, 2) == 2;
  good = good && ::syscall(SYS_close_range, 3U, ~0U, 0U) == 0;
  good = good && limit(RLIMIT_CPU, limits.processor_s_max) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_NOFILE, kDescriptorsMax);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they want terabytes of address space
  good = good && limit(RLIMIT_DATA, limits.memory_bytes_max) && limit(RLIMIT_AS, limits.memory_bytes_max + kLibraryBytes);
#endif
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  good = good && ::chdir("/") == 0;
  be_first_to_go();
  good = good && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  good = good && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
  if (good) ::execve(program, arguments, kEnvironment);
  ::_exit(kCouldNotStart);
}

struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    close(0);
    close(1);
  }
  void close(int which) {
    if (ends[which] >= 0) ::close(ends[which]);
    ends[which] = -1;
  }
};

enum class Heard { kAll, kTooMuch, kTooLong, kBroken };

Heard listen_to(int from, const Limits& limits, std::string& answer) {
  const auto end_ms = system_clock().steady_ms() + limits.wall_ms_max;
  std::array<char, 64 * 1024> piece;
  while (true) {
    const auto left_ms = end_ms - system_clock().steady_ms();
    if (left_ms <= 0) return Heard::kTooLong;
    pollfd wait{from, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(left_ms));
    if (ready < 0 && errno != EINTR) return Heard::kBroken;
    if (ready <= 0) continue;
    const auto n = ::read(from, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Heard::kBroken;
    if (n == 0) return Heard::kAll;
    answer.append(piece.data(), static_cast<std::size_t>(n));
    if (answer.size() > limits.answer_bytes_max) return Heard::kTooMuch;
  }
}

int end_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return status;
}

// Time beyond its limit is told by either signal, as the kernel looks; memory that ran out by the second.
bool ended_by_kernel(int status) { return WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL); }

}  // namespace

Result<std::string> run_limited(const std::filesystem::path& program, const std::vector<std::string>& arguments, int input_descriptor,
                                const Limits& limits) {
  if (::access(program.c_str(), X_OK) != 0)
    return fail(Error(ErrorCode::kNotFound, NC_MSG("The program {1} is not installed"), {program.string()}));
  static const auto kFilter = make_filter();
  const sock_fprog filter{static_cast<unsigned short>(kFilter.size()), const_cast<sock_filter*>(kFilter.data())};
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  Pipe pipe;
  if (::pipe2(pipe.ends, O_CLOEXEC) != 0) return fail(system_error(ErrorCode::kIo, errno));
  const pid_t child = ::fork();
  if (child < 0) return fail(system_error(ErrorCode::kIo, errno));
  if (child == 0) become(program.c_str(), argv.data(), input_descriptor, pipe.ends[1], filter, limits);
  pipe.close(1);
  std::string answer;
  const auto heard = listen_to(pipe.ends[0], limits, answer);
  if (heard != Heard::kAll) ::kill(child, SIGKILL);
  const int status = end_of(child);
  if (heard == Heard::kTooMuch || heard == Heard::kTooLong || (heard == Heard::kAll && ended_by_kernel(status)))
    return fail(ErrorCode::kLimit, NC_MSG("The program took more time or space than it is given"));
  if (heard == Heard::kAll && WIFEXITED(status) && WEXITSTATUS(status) == 0) return answer;
  return fail(Error(ErrorCode::kInvalid, NC_MSG("The program could not read the file"), {}).at(program.filename().string()));
}

}  // namespace nc::sandbox
