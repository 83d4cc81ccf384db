#include "os/system_call_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <optional>

namespace fleet::os {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

#ifdef __x86_64__
constexpr std::uint32_t kForeignCalls = 0x40000000;  // the x32 ABI's, which have other numbers
#endif

constexpr std::uint32_t refuse(int error) {
  return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA);
}

class Assembler {
 public:
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
  void answer(std::uint32_t value) { add(BPF_RET | BPF_K, value); }
  void answer_if_equal(std::uint32_t compared, std::uint32_t value) {
    add(BPF_JMP | BPF_JEQ | BPF_K, compared, 0, 1);
    answer(value);
  }
  void answer_unless_equal(std::uint32_t compared, std::uint32_t value) {
    add(BPF_JMP | BPF_JEQ | BPF_K, compared, 1, 0);
    answer(value);
  }
  void answer_if_at_least(std::uint32_t compared, std::uint32_t value) {
    add(BPF_JMP | BPF_JGE | BPF_K, compared, 0, 1);
    answer(value);
  }

  void refuse_call(long number, int error) {
    load(offsetof(seccomp_data, nr));
    answer_if_equal(static_cast<std::uint32_t>(number), refuse(error));
  }
  // The lower half of an argument, which is all of an int on these little-endian machines.
  void refuse_call_if(long number, unsigned argument, std::int32_t compared, int error) {
    load(offsetof(seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 3);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    answer_if_equal(static_cast<std::uint32_t>(compared), refuse(error));
  }
  void refuse_call_unless(long number, unsigned argument, std::int32_t compared, int error) {
    load(offsetof(seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 3);
    load(offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t));
    answer_unless_equal(static_cast<std::uint32_t>(compared), refuse(error));
  }

  // Two ends that are joined to each other for good. One of datagrams could still send to any socket that has
  // a path. The upper bits of the type are flags.
  void refuse_socket_pairs_but_streams() {
    constexpr std::uint32_t kTypeMask = 0xf;
    load(offsetof(seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketpair, 0, 5);
    load(offsetof(seccomp_data, args) + sizeof(std::uint64_t));
    add(BPF_ALU | BPF_AND | BPF_K, kTypeMask);
    add(BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 2, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, SOCK_SEQPACKET, 1, 0);
    answer(refuse(EACCES));
  }

  std::vector<FilterInstruction> take() { return std::move(instructions_); }

 private:
  void add(int code, std::uint32_t value, std::uint8_t jump_true = 0, std::uint8_t jump_false = 0) {
    instructions_.push_back({static_cast<std::uint16_t>(code), jump_true, jump_false, value});
  }
  std::vector<FilterInstruction> instructions_;
};

void refuse_signals(Assembler& filter, std::int32_t pid, std::int32_t group) {
  for (const std::int32_t target : {pid, -group, -1}) {
    filter.refuse_call_if(SYS_kill, 0, target, EPERM);
    filter.refuse_call_if(SYS_rt_sigqueueinfo, 0, target, EPERM);
  }
  for (const long call : {SYS_tgkill, SYS_tkill, SYS_rt_tgsigqueueinfo, SYS_pidfd_open}) {
    filter.refuse_call_if(call, 0, pid, EPERM);
  }
}

void refuse_network(Assembler& filter) {
  // Unix sockets too: by one that has a path, any daemon of this machine could be asked to reach out.
  filter.refuse_call(SYS_socket, EACCES);
  filter.refuse_call_unless(SYS_socketpair, 0, AF_UNIX, EACCES);
  filter.refuse_socket_pairs_but_streams();
  for (const long call : {SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register}) {
    filter.refuse_call(call, ENOSYS);  // it opens sockets past this filter
  }
  filter.refuse_call(SYS_pidfd_getfd, EPERM);
}

}  // namespace

bool has_system_call_filter() {
  return kArchitecture != 0;
}

std::vector<FilterInstruction> system_call_filter(Network network, int landlock_abi,
                                                  std::int32_t protected_pid, std::int32_t protected_group) {
  Assembler filter;
  filter.load(offsetof(seccomp_data, arch));
  filter.answer_unless_equal(kArchitecture, refuse(ENOSYS));
#ifdef __x86_64__
  filter.load(offsetof(seccomp_data, nr));
  filter.answer_if_at_least(kForeignCalls, refuse(ENOSYS));
#endif
  filter.refuse_call_unless(SYS_prlimit64, 0, 0, EPERM);
  for (const long call : {SYS_add_key, SYS_request_key, SYS_keyctl})
    filter.refuse_call(call, ENOSYS);
  if (landlock_abi < 3) filter.refuse_call(SYS_truncate, EACCES);
  if (landlock_abi < 6) refuse_signals(filter, protected_pid, protected_group);
  if (network == Network::off) refuse_network(filter);
  filter.answer(SECCOMP_RET_ALLOW);
  return filter.take();
}

}  // namespace fleet::os
