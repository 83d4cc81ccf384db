#include "os/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/sync.h"
#include "base/thread.h"
#include "os/files.h"
#include "os/in_child.h"
#include "os/landlock.h"
#include "os/system.h"
#include "os/system_call_filter.h"

namespace fleet::os {
namespace {

using base::UniqueFd;

constexpr std::uint32_t bit(int capability) {
  return 1U << static_cast<unsigned>(capability);
}

// What a build as root may need: files of any owner, and becoming another user. Nothing of the kernel, the
// network, devices or other processes. Without CAP_SETPCAP, and with no_new_privs, none comes back.
constexpr std::uint32_t kCapabilitiesOfRoot = bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) |
                                              bit(CAP_FSETID) | bit(CAP_SETGID) | bit(CAP_SETUID) |
                                              bit(CAP_NET_BIND_SERVICE);

FLEET_IN_CHILD int drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (::syscall(SYS_capget, &header, data) != 0) return errno;
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t kept = i == 0 ? kCapabilitiesOfRoot : 0;
    data[i].permitted &= kept;
    data[i].effective &= kept;
    data[i].inheritable = 0;
  }
  return ::syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

FLEET_IN_CHILD int become(std::uint32_t uid, std::uint32_t gid) {
  // The bare system calls: those of the C library would change every thread that shares our memory.
  if (::syscall(SYS_setgroups, 0, nullptr) != 0 || ::syscall(SYS_setresgid, gid, gid, gid) != 0 ||
      ::syscall(SYS_setresuid, uid, uid, uid) != 0) {
    return errno;
  }
  return 0;
}

FLEET_IN_CHILD int install_filter(const FilterInstruction* instructions, std::size_t count) {
  struct {
    unsigned short length;
    const FilterInstruction* instructions;
  } program{static_cast<unsigned short>(count), instructions};  // struct sock_fprog
  static_assert(sizeof program == sizeof(sock_fprog) && sizeof(FilterInstruction) == sizeof(sock_filter));
  // Without SPEC_ALLOW, kernels before 5.16 slow every program down that has a filter.
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0
             ? 0
             : errno;
}

std::string why_no_landlock(int error) {
  switch (error) {
    case ENOSYS:
      return "this kernel has no Landlock (it came with Linux 5.13)";
    case EOPNOTSUPP:
      return "Landlock is switched off in this kernel (boot parameter lsm=)";
    default:
      return fmt::format("the kernel or the container refuses it: {}", ::strerrordesc_np(error));
  }
}

// Bounds bind a thread and what it starts: one that ends right away can try them.
Result<SandboxAbility> try_bounds() {
  SandboxAbility ability;
  ability.can_change_user = has_capabilities({CAP_SETUID, CAP_SETGID});
  FLEET_TRY(std::thread bound, base::start_thread([&ability] {
              if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
                ability.why_no_landlock = why_no_landlock(errno);
                return;
              }
              const int abi = landlock::version();
              landlock::RulesetAttributes attributes;
              attributes.handled_access_fs = landlock::kMakeBlockDevice;
              const UniqueFd ruleset(abi > 0 ? landlock::create_ruleset(attributes, abi) : -1);
              if (ruleset && ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0U) == 0) {
                ability.landlock_abi = abi;
              } else {
                ability.why_no_landlock = why_no_landlock(errno);
              }
              const auto filter = system_call_filter(Network::off, 0, 1, 1);
              ability.seccomp = has_system_call_filter() && install_filter(filter.data(), filter.size()) == 0;
            }));
  bound.join();
  return ability;
}

enum class WhenAbsent { leave_out, fail };

OpenPlaces::Place open_place(std::string path) {
  OpenPlaces::Place place;
  place.path = std::move(path);
  place.fd.reset(::open(place.path.c_str(), O_PATH | O_CLOEXEC));
  if (place.fd && ::fstat(place.fd.get(), &place.status) != 0) place.fd.reset();
  return place;
}

Result<> grant(int ruleset, const OpenPlaces::Place& place, std::uint64_t access) {
  if (!S_ISDIR(place.status.st_mode)) access &= landlock::kFileOnly;
  landlock::PathBeneath rule;
  rule.allowed_access = access;
  rule.parent_fd = place.fd.get();
  // EBADFD: a file of a kind that no rule can name, such as a pipe under /proc/self/fd.
  if (landlock::add_rule(ruleset, rule) != 0 && errno != EBADFD)
    return base::fail_errno("put into a sandbox", place.path, errno);
  return {};
}

Result<> grant(int ruleset, const std::string& path, std::uint64_t access, WhenAbsent when_absent) {
  const OpenPlaces::Place place = open_place(path);
  if (place.fd) return grant(ruleset, place, access);
  if (when_absent == WhenAbsent::leave_out) return {};
  return base::fail_errno("let a sandbox write to", path, errno,
                          "make it first, or take it out of `sandbox.write`");
}

bool is_still_there(const OpenPlaces::Place& place) {
  struct stat now {};
  return place.fd && ::stat(place.path.c_str(), &now) == 0 && now.st_dev == place.status.st_dev &&
         now.st_ino == place.status.st_ino;
}

Result<> grant_system(int ruleset, const OpenPlaces& system) {
  for (const OpenPlaces::Place& place : system.all()) {
    FLEET_CHECK(is_still_there(place)
                    ? grant(ruleset, place, landlock::kReading)
                    : grant(ruleset, place.path, landlock::kReading, WhenAbsent::leave_out));
  }
  return {};
}

// Nobody puts others in their place while we run.
const OpenPlaces& devices() {
  static const OpenPlaces places({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"});
  return places;
}

Result<UniqueFd> make_ruleset(const SandboxRules& rules, int abi) {
  const std::uint64_t all = landlock::all_access(abi);
  landlock::RulesetAttributes attributes;
  attributes.handled_access_fs = all;
  attributes.scoped = abi >= 6 ? landlock::kScopeAbstractSocket | landlock::kScopeSignal : 0;
  UniqueFd ruleset(landlock::create_ruleset(attributes, abi));
  if (!ruleset) return base::fail_errno("make a sandbox", "", errno);

  const std::uint64_t writing = landlock::writing(abi);
  if (rules.system) FLEET_CHECK(grant_system(ruleset.get(), *rules.system));
  for (const std::string& path : rules.read) {
    FLEET_CHECK(grant(ruleset.get(), path, landlock::kReading, WhenAbsent::leave_out));
  }
  for (const std::string& path : rules.write) {
    FLEET_CHECK(grant(ruleset.get(), path, writing, WhenAbsent::fail));
  }
  for (const OpenPlaces::Place& device : devices().all()) {
    if (device.fd) FLEET_CHECK(grant(ruleset.get(), device, writing & ~landlock::kExecute));
  }
  return ruleset;
}

}  // namespace

OpenPlaces::OpenPlaces(std::vector<std::string> paths) {
  places_.reserve(paths.size());
  for (std::string& path : paths)
    places_.push_back(open_place(std::move(path)));
}

Result<SandboxAbility> sandbox_ability() {
  static base::Sync<std::optional<SandboxAbility>> known;
  auto ability = known.lock();
  if (!*ability) {
    FLEET_TRY(*ability, try_bounds());
  }
  return **ability;
}

namespace {

// What root could hold without any sandbox.
void add_missing_of_user(std::vector<std::string>& missing, const SandboxRules& rules,
                         const SandboxAbility& ability) {
  if (rules.limits_processes && ::geteuid() == 0 && !(rules.user && ability.can_change_user)) {
    missing.emplace_back("the number of processes is not limited: the kernel does not limit root's");
  }
  if (rules.user && !ability.can_change_user) {
    missing.push_back(fmt::format("programs do not run as uid {}: that takes root", rules.user->uid));
  }
}

}  // namespace

std::vector<std::string> missing_bounds(const SandboxRules& rules, const SandboxAbility& ability) {
  std::vector<std::string> missing;
  if (ability.landlock_abi == 0) {
    missing.push_back(
        fmt::format("reading and writing elsewhere is not stopped: {}", ability.why_no_landlock));
    missing.emplace_back("signals to and tracing of other programs of the same user are not stopped");
  } else if (ability.landlock_abi < 6) {
    missing.push_back(
        fmt::format("signals to {} of the same user, and abstract unix sockets, are not stopped "
                    "(Linux 6.12 can)",
                    ability.seccomp ? "programs of other tasks" : "any program"));
  }
  if (ability.landlock_abi > 0 && ability.landlock_abi < 3 && !ability.seccomp) {
    missing.emplace_back("truncating files elsewhere is not stopped (Linux 6.2 can)");
  }
  if (rules.network == Network::off && !ability.seccomp) {
    missing.emplace_back("the network is not off: the kernel or the container allows no seccomp filter");
  }
  add_missing_of_user(missing, rules, ability);
  return missing;
}

Result<std::shared_ptr<const PreparedSandbox>> prepare_sandbox(const SandboxRules& rules,
                                                               model::SandboxMode mode) {
  FLEET_TRY(const SandboxAbility ability, sandbox_ability());
  auto prepared = std::make_shared<PreparedSandbox>();
  if (ability.can_change_user) prepared->user_ = rules.user;
  if (mode == model::SandboxMode::off) {
    add_missing_of_user(prepared->missing_, rules, ability);
    return prepared;
  }
  prepared->is_closed_ = true;
  prepared->missing_ = missing_bounds(rules, ability);
  if (mode == model::SandboxMode::required && !prepared->missing_.empty()) {
    return base::fail_world(
        "hold the sandbox that is required", "", fmt::format("{}", fmt::join(prepared->missing_, "; ")),
        "run on a kernel that can, or set `sandbox: {mode: auto}` to go on without these bounds");
  }
  if (ability.landlock_abi > 0) {
    FLEET_TRY(prepared->ruleset_, make_ruleset(rules, ability.landlock_abi));
    prepared->access_to_mounted_ =
        rules.mounted == Access::read ? landlock::kReading : landlock::writing(ability.landlock_abi);
  } else {
    for (const std::string& path : rules.write) {
      if (!exists(path)) return base::fail_errno("let a sandbox write to", path, ENOENT, "make it first");
    }
  }
  if (ability.seccomp) {
    prepared->filter_ = system_call_filter(rules.network, ability.landlock_abi, ::getpid(), ::getpgrp());
  }
  return prepared;
}

FLEET_IN_CHILD int PreparedSandbox::apply(int mounted) const noexcept {
  if (user_.has_value()) {
    if (const int error = become(user_->uid, user_->gid); error != 0) return error;
  }
  if (!is_closed_) return 0;
  if (const int error = drop_capabilities(); error != 0) return error;
  if (::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (ruleset_ && mounted >= 0) {
    const landlock::PathBeneath rule{access_to_mounted_, mounted};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), landlock::kPathBeneath, &rule, 0U) != 0)
      return errno;
  }
  if (ruleset_ && ::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0U) != 0) return errno;
  return filter_.empty() ? 0 : install_filter(filter_.data(), filter_.size());
}

}  // namespace fleet::os
