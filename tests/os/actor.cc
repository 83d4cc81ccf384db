// Does one thing, as its first argument says. What tries something prints `ok` or the name of the errno.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;

long keep(long result) {
  return result;
}

long try_open(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  char byte = 0;
  if (fd >= 0 && (flags & O_ACCMODE) == O_RDONLY && ::read(fd, &byte, 1) < 0) return -1;
  return fd;
}

long try_unix(const std::string& name, bool is_abstract) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + (is_abstract ? 1 : 0), name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
  return ::connect(fd, reinterpret_cast<sockaddr*>(&address), size);
}

long try_tcp(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

long try_thing(const std::string& what, const Arguments& with) {
  const auto text = [&](std::size_t i) { return with.at(i).c_str(); };
  const auto number = [&](std::size_t i) { return std::atoi(with.at(i).c_str()); };
  int pair[2];
  if (what == "read") return try_open(with.at(0), O_RDONLY);
  if (what == "list") return try_open(with.at(0), O_RDONLY | O_DIRECTORY) < 0 && errno != EISDIR ? -1 : 0;
  if (what == "write") return try_open(with.at(0), O_WRONLY | O_APPEND);
  if (what == "overwrite") return try_open(with.at(0), O_WRONLY | O_TRUNC);
  if (what == "create") return try_open(with.at(0), O_WRONLY | O_CREAT | O_EXCL);
  if (what == "truncate") return ::truncate(text(0), 0);
  if (what == "remove") return ::unlink(text(0));
  if (what == "mkdir") return ::mkdir(text(0), 0700);
  if (what == "rename") return ::rename(text(0), text(1));
  if (what == "exchange")
    return ::syscall(SYS_renameat2, AT_FDCWD, text(0), AT_FDCWD, text(1), RENAME_EXCHANGE);
  if (what == "link") return ::link(text(0), text(1));
  if (what == "symlink") return ::symlink(text(0), text(1));
  if (what == "device") return ::mknod(text(0), S_IFCHR | 0600, (1 << 8) | 3);
  if (what == "chmod") return ::chmod(text(0), 0777);
  if (what == "execute") return ::execl(text(0), text(0), "nothing", nullptr);
  if (what == "mount") return ::mount("none", text(0), "tmpfs", 0, nullptr);
  if (what == "chroot") return ::chroot(text(0));
  if (what == "kill") return ::kill(number(0), number(1));
  if (what == "tgkill") return ::syscall(SYS_tgkill, number(0), number(0), number(1));
  if (what == "sigqueue") return ::sigqueue(number(0), number(1), sigval{});
  if (what == "pidfd-kill") {
    const long handle = ::syscall(SYS_pidfd_open, number(0), 0);
    return handle < 0 ? -1 : ::syscall(SYS_pidfd_send_signal, handle, number(1), nullptr, 0);
  }
  if (what == "ptrace") return ::ptrace(PTRACE_ATTACH, number(0), nullptr, nullptr);
  if (what == "prlimit") {
    const rlimit limit{1, 1};
    return ::prlimit(number(0), RLIMIT_FSIZE, &limit, nullptr);
  }
  if (what == "become-root") return ::setuid(0);
  if (what == "unix") return try_unix(with.at(0), false);
  if (what == "abstract") return try_unix(with.at(0), true);
  if (what == "tcp") return try_tcp(number(0));
  if (what == "udp") return ::socket(AF_INET, SOCK_DGRAM, 0);
  if (what == "udp6") return ::socket(AF_INET6, SOCK_DGRAM, 0);
  if (what == "raw") return ::socket(AF_PACKET, SOCK_RAW, 0);
  if (what == "vsock") return ::socket(AF_VSOCK, SOCK_STREAM, 0);
  if (what == "netlink") return ::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (what == "mptcp") return ::socket(AF_INET, SOCK_STREAM, 262);
  if (what == "socketpair") return ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
  if (what == "socketpair-seqpacket") return ::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  if (what == "socketpair-datagram") return ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
  if (what == "socketpair-raw") return ::socketpair(AF_UNIX, SOCK_RAW, 0, pair);
  if (what == "io-uring") {
    char parameters[256]{};
    return ::syscall(SYS_io_uring_setup, 4, parameters);
  }
  if (what == "i386-socket") {
#ifdef __x86_64__
    // A kernel that runs no 32-bit programs has no such table, and faults.
    static sigjmp_buf before;
    ::signal(SIGSEGV, [](int) { siglongjmp(before, 1); });
    if (sigsetjmp(before, 1) != 0) {
      errno = ENOSYS;
      return -1;
    }
    long answer = 359;  // socket(2) in the table of 32-bit programs
    asm volatile("int $0x80" : "+a"(answer) : "b"(AF_INET), "c"(SOCK_STREAM), "d"(0) : "memory");
    if (answer >= 0) return answer;
    errno = static_cast<int>(-answer);
    return -1;
#else
    errno = ENOSYS;
    return -1;
#endif
  }
  std::fprintf(stderr, "no such thing: %s\n", what.c_str());
  std::exit(99);
}

void write_bytes(int fd, std::size_t count) {
  const std::string block(64 * 1024, 'x');
  while (count > 0) {
    const ssize_t written = ::write(fd, block.data(), std::min(count, block.size()));
    if (written <= 0) std::exit(1);
    count -= static_cast<std::size_t>(written);
  }
}

void tell_pid(const std::string& path) {
  const std::string beside = path + ".new";
  std::FILE* file = std::fopen(beside.c_str(), "w");
  std::fprintf(file, "%d\n", ::getpid());
  std::fclose(file);
  std::rename(beside.c_str(), path.c_str());
}

[[noreturn]] void sleep_for_ever() {
  for (;;)
    ::pause();
}

// Leaves its group, its session and its parent.
void detach() {
  if (::fork() != 0) ::_exit(0);
  ::setsid();
  if (::fork() != 0) ::_exit(0);
}

}  // namespace

int main(int count, char** words) {
  const Arguments all(words + 1, words + count);
  const std::string what = all.empty() ? "nothing" : all[0];
  const Arguments with(all.size() > 1 ? all.begin() + 1 : all.end(), all.end());
  if (what == "nothing") return 0;
  if (what == "try") {
    const long result = keep(try_thing(with.at(0), Arguments(with.begin() + 1, with.end())));
    std::printf("%s\n", result >= 0 ? "ok" : ::strerrorname_np(errno));
    return 0;
  }
  if (what == "flood") {  // both streams at once, in turns
    const auto bytes = static_cast<std::size_t>(std::atoll(with.at(0).c_str()));
    for (std::size_t done = 0; done < bytes; done += 1 << 20) {
      write_bytes(1, std::min<std::size_t>(1 << 20, bytes - done));
      write_bytes(2, std::min<std::size_t>(1 << 20, bytes - done));
    }
    return 0;
  }
  if (what == "memory") {  // touches that many MiB
    const auto bytes = static_cast<std::size_t>(std::atoll(with.at(0).c_str())) << 20;
    auto* block = static_cast<volatile char*>(std::malloc(bytes));
    for (std::size_t i = 0; i < bytes; i += 4096)
      block[i] = 1;
    return 0;
  }
  if (what == "ignore-term") {
    ::signal(SIGTERM, SIG_IGN);
    tell_pid(with.at(0));
    sleep_for_ever();
  }
  if (what == "ignore-term-in-child") {  // the leader goes by SIGTERM, its child does not
    if (::fork() == 0) {
      ::signal(SIGTERM, SIG_IGN);
      tell_pid(with.at(0));
      sleep_for_ever();
    }
    sleep_for_ever();
  }
  if (what == "leave-child") {  // in the same group, and ends
    if (::fork() == 0) {
      tell_pid(with.at(0));
      sleep_for_ever();
    }
    while (::access(with.at(0).c_str(), F_OK) != 0)
      ::usleep(1000);
    return 7;
  }
  if (what == "leave-daemon" || what == "leave-bare-daemon") {
    if (::fork() == 0) {
      detach();
      if (with.size() > 1 && with[1] == "silent") {
        for (int fd = 0; fd < 3; ++fd)
          ::close(fd);
      }
      if (what == "leave-bare-daemon") {  // not even its environment tells whose it is
        char* const arguments[] = {words[0], const_cast<char*>("tell-and-sleep"),
                                   const_cast<char*>(with[0].c_str()), nullptr};
        char* const none[] = {nullptr};
        ::execve("/proc/self/exe", arguments, none);
      }
      tell_pid(with[0]);
      sleep_for_ever();
    }
    while (::access(with.at(0).c_str(), F_OK) != 0)
      ::usleep(1000);
    if (with.size() > 2) sleep_for_ever();
    return 0;
  }
  if (what == "tell-and-sleep") {
    tell_pid(with.at(0));
    sleep_for_ever();
  }
  if (what == "close-and-sleep") {
    ::close(1);
    ::close(2);
    tell_pid(with.at(0));
    sleep_for_ever();
  }
  if (what == "stop-itself") {
    tell_pid(with.at(0));
    ::raise(SIGSTOP);
    return 0;
  }
  if (what == "descriptors") {  // which ones are open
    for (int fd = 0; fd < 1024; ++fd) {
      if (::fcntl(fd, F_GETFD) >= 0) std::printf("%d ", fd);
    }
    return 0;
  }
  if (what == "signals") {  // which ones are blocked or ignored
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    for (int number = 1; number < 32; ++number) {
      struct sigaction action {};
      ::sigaction(number, nullptr, &action);
      if (sigismember(&blocked, number) == 1 || action.sa_handler == SIG_IGN) std::printf("%d ", number);
    }
    return 0;
  }
  if (what == "identity") {
    std::printf("uid %d gid %d group %d session %d groups %d", static_cast<int>(::getuid()),
                static_cast<int>(::getgid()), static_cast<int>(::getpgrp() == ::getpid()),
                static_cast<int>(::getsid(0) == ::getpid()), ::getgroups(0, nullptr));
    return 0;
  }
  return 98;
}
