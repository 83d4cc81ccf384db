#include "os/overlay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "base/sync.h"
#include "os/children.h"
#include "os/files.h"
#include "os/in_child.h"
#include "os/run_program.h"
#include "os/system.h"

namespace fleet::os {
namespace {

using base::UniqueFd;

// What the process that makes the user namespace needs, and what it answers: it shares our descriptors, not
// our memory.
struct NamespaceMaker {
  std::string uid_map, gid_map;
  int answer = -1;  // the writing end of a pipe: a descriptor of the namespace, or a negated errno
};

FLEET_IN_CHILD int write_text(const char* path, const char* bytes, std::size_t size) {
  const int fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0));
  if (fd < 0) return errno;
  const int error = ::syscall(SYS_write, fd, bytes, size) < 0 ? errno : 0;
  ::syscall(SYS_close, fd);
  return error;
}

FLEET_IN_CHILD int namespace_of_child(const NamespaceMaker& maker) {
  // Its /proc/self belongs to it only so. What it holds is a copy of our memory: for the moment until it
  // ends, before any task has begun.
  if (::syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return -errno;
  if (const int error = write_text("/proc/self/setgroups", "deny", 4); error != 0) return -error;
  if (const int error = write_text("/proc/self/uid_map", maker.uid_map.data(), maker.uid_map.size()))
    return -error;
  if (const int error = write_text("/proc/self/gid_map", maker.gid_map.data(), maker.gid_map.size()))
    return -error;
  const int fd =
      static_cast<int>(::syscall(SYS_openat, AT_FDCWD, "/proc/self/ns/user", O_RDONLY | O_CLOEXEC, 0));
  return fd < 0 ? -errno : fd;
}

[[noreturn]] FLEET_IN_CHILD void make_namespace(const NamespaceMaker& maker) {
  const int answer = namespace_of_child(maker);
  ::syscall(SYS_write, maker.answer, &answer, sizeof answer);
  ::syscall(SYS_exit_group, 0);
  __builtin_unreachable();
}

Result<UniqueFd> make_user_namespace() {
  constexpr std::string_view kMake = "make a user namespace";
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::fail_errno(std::string(kMake), "", errno);
  const UniqueFd from(ends[0]);
  const UniqueFd to(ends[1]);
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  const NamespaceMaker maker{fmt::format("{} {} 1", uid, uid), fmt::format("{} {} 1", gid, gid), to.get()};
  int error = 0;
  const pid_t pid = Children::instance().add([&] {
    const long made =
        ::syscall(SYS_clone, CLONE_FILES | CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (made == 0) make_namespace(maker);
    error = errno;
    return static_cast<pid_t>(made);
  });
  if (pid < 0) return base::fail_errno(std::string(kMake), "", error);
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  static_cast<void>(Children::instance().reap(pid));
  int answer = -ECHILD;
  if (::read(from.get(), &answer, sizeof answer) != sizeof answer || answer < 0)
    return base::fail_errno(std::string(kMake), "", -answer);
  return UniqueFd(answer);
}

// For the whole process, once it could be made. -1: none is needed.
Result<int> user_namespace() {
  if (has_capabilities({CAP_SYS_ADMIN})) return -1;
  static base::Sync<UniqueFd> made;
  auto fd = made.lock();
  if (!*fd) {
    FLEET_TRY(*fd, make_user_namespace());
  }
  return fd->get();
}

// Text that grows in a child.
class Options {
 public:
  FLEET_IN_CHILD void add(const char* text) {
    while (*text != '\0' && size_ + 1 < sizeof bytes_)
      bytes_[size_++] = *text++;
  }
  FLEET_IN_CHILD void add(int number) {
    char digits[16];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    while (count > 0 && size_ + 1 < sizeof bytes_)
      bytes_[size_++] = digits[--count];
  }
  FLEET_IN_CHILD const char* text() {
    bytes_[size_] = '\0';
    return bytes_;
  }

 private:
  char bytes_[256];
  unsigned size_ = 0;
};

// A root that makes files as another user has laid down its rights over files, which the kernel uses for the
// work folder. The sandbox takes them away again.
FLEET_IN_CHILD int take_permitted_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return errno;
  for (__user_cap_data_struct& part : data)
    part.effective = part.permitted;
  return ::syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

FLEET_IN_CHILD int open_folder_in_child(const std::string& path) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
}

}  // namespace

Result<PreparedOverlay> PreparedOverlay::prepare(const OverlayMount& mount) {
  static std::atomic<std::uint64_t> counter = 0;
  const std::string work = fmt::format("{}/{}", mount.scratch, ++counter);
  // A work folder serves one volatile mount only.
  if (::mkdir(work.c_str(), 0700) != 0) return base::fail_errno("make the folder", work, errno);
  PreparedOverlay prepared;
  prepared.mount_ = mount;
  prepared.work_ = work;
  FLEET_TRY(prepared.user_namespace_, user_namespace());
  return prepared;
}

FLEET_IN_CHILD int PreparedOverlay::mount() const noexcept {
  if (user_namespace_ >= 0 && ::syscall(SYS_setns, user_namespace_, CLONE_NEWUSER) != 0) return -errno;
  if (::syscall(SYS_unshare, CLONE_NEWNS) != 0) return -errno;
  // What is mounted here shows nowhere else; what others unmount, they unmount here too.
  if (::syscall(SYS_mount, "none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) return -errno;
  if (const int error = take_permitted_capabilities(); error != 0) return -error;
  // By descriptors: the program can read the options in /proc/self/mountinfo, and what it cannot name it
  // cannot give another mode. Opened here, since the kernel takes no folder of another mount namespace.
  Options options;
  const char* const names[3] = {"lowerdir=/proc/self/fd/", ",upperdir=/proc/self/fd/",
                                ",workdir=/proc/self/fd/"};
  const std::string* const folders[3] = {&mount_.lower, &mount_.upper, &work_};
  for (int i = 0; i < 3; ++i) {
    const int fd = open_folder_in_child(*folders[i]);
    if (fd < 0) return -errno;
    options.add(names[i]);
    options.add(fd);
  }
  options.add(",userxattr,volatile");
  if (::syscall(SYS_mount, "overlay", mount_.at.c_str(), "overlay", MS_NOSUID | MS_NODEV, options.text()) !=
      0)
    return -errno;
  const int mounted = open_folder_in_child(mount_.at);
  return mounted < 0 ? -errno : mounted;
}

Result<std::optional<std::string>> why_no_overlay(const std::string& folder,
                                                  const std::optional<UserId>& user) {
  FLEET_TRY(const SandboxAbility ability, sandbox_ability());
  // Without, a task could change the lower folder, which others see.
  if (ability.landlock_abi < 3) return "it takes Landlock of ABI 3 (Linux 6.2)";
  FLEET_TRY(const TemporaryDirectory trial, TemporaryDirectory::create(folder));
  const OverlayMount mount{trial / "lower", trial / "upper", trial / "scratch", trial / "at"};
  for (const std::string* path : {&mount.lower, &mount.upper, &mount.scratch, &mount.at})
    FLEET_CHECK(make_directories(*path));
  for (const char* name : {"/changed", "/gone"})
    FLEET_CHECK(write_file_atomically(mount.lower + name, "1"));
  SandboxRules rules;
  rules.read = {"/"};
  rules.write = {mount.at};
  rules.user = user;
  ProcessSpec spec;
  FLEET_TRY(spec.sandbox, prepare_sandbox(rules, model::SandboxMode::automatic));
  spec.argv = {"/bin/sh", "-c", "printf 2 >> changed && rm gone && printf 3 > new && mkdir folder"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  spec.working_directory = mount.at;
  spec.overlay = mount;
  const auto tried = run_program(std::move(spec));
  if (!tried) return tried.error().line();
  if (!tried->succeeded()) return "a program that tried it failed: " + tried->err;
  struct stat gone {};
  if (::lstat((mount.upper + "/gone").c_str(), &gone) != 0 || !S_ISCHR(gone.st_mode) || gone.st_rdev != 0 ||
      read_file(mount.upper + "/changed", 2).value_or("") != "12" ||
      read_file(mount.lower + "/changed", 2).value_or("") != "1") {
    return "what a program changed did not come out as expected";
  }
  return std::nullopt;
}

}  // namespace fleet::os
