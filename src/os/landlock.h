#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

// Inside the room: the part of <linux/landlock.h> that we use, declared here because the headers of Debian 12
// end at ABI 2. Source: Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h of
// Linux 6.12.
namespace fleet::os::landlock {

constexpr std::uint64_t kExecute = 1U << 0;
constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadDirectory = 1U << 3;
constexpr std::uint64_t kRemoveDirectory = 1U << 4;
constexpr std::uint64_t kRemoveFile = 1U << 5;
constexpr std::uint64_t kMakeCharacterDevice = 1U << 6;
constexpr std::uint64_t kMakeDirectory = 1U << 7;
constexpr std::uint64_t kMakeRegular = 1U << 8;
constexpr std::uint64_t kMakeSocket = 1U << 9;
constexpr std::uint64_t kMakeFifo = 1U << 10;
constexpr std::uint64_t kMakeBlockDevice = 1U << 11;
constexpr std::uint64_t kMakeSymlink = 1U << 12;
constexpr std::uint64_t kRefer = 1U << 13;          // ABI 2: move and link between folders
constexpr std::uint64_t kTruncate = 1U << 14;       // ABI 3
constexpr std::uint64_t kDeviceControl = 1U << 15;  // ABI 5: ioctl on devices

constexpr std::uint64_t kScopeAbstractSocket = 1U << 0;  // ABI 6
constexpr std::uint64_t kScopeSignal = 1U << 1;          // ABI 6

struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;  // ABI 4
  std::uint64_t scoped = 0;              // ABI 6
};

struct __attribute__((packed)) PathBeneath {
  std::uint64_t allowed_access = 0;
  std::int32_t parent_fd = -1;
};

inline int version() {
  constexpr unsigned kCreateRulesetVersion = 1U << 0;
  return static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, kCreateRulesetVersion));
}

// Kernels refuse a structure that is longer than the one they know.
inline int create_ruleset(const RulesetAttributes& attributes, int abi) {
  const std::size_t size = abi >= 6   ? sizeof attributes
                           : abi >= 4 ? 2 * sizeof(std::uint64_t)
                                      : sizeof(std::uint64_t);
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0U));
}

constexpr unsigned kPathBeneath = 1;  // landlock_rule_type

inline int add_rule(int ruleset, const PathBeneath& rule) {
  return static_cast<int>(::syscall(SYS_landlock_add_rule, ruleset, kPathBeneath, &rule, 0U));
}

constexpr std::uint64_t kReading = kExecute | kReadFile | kReadDirectory;
constexpr std::uint64_t kFileOnly = kExecute | kWriteFile | kReadFile | kTruncate | kDeviceControl;

// What a kernel of this ABI can hold at all.
constexpr std::uint64_t all_access(int abi) {
  std::uint64_t all = (kMakeSymlink << 1) - 1;
  if (abi >= 2) all |= kRefer;
  if (abi >= 3) all |= kTruncate;
  if (abi >= 5) all |= kDeviceControl;
  return all;
}

// What a program may do in a place that is its own: all but making devices.
constexpr std::uint64_t writing(int abi) {
  return all_access(abi) & ~(kMakeCharacterDevice | kMakeBlockDevice);
}

}  // namespace fleet::os::landlock
