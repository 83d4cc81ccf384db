#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "model/workflow.h"

// What a program may touch. Three doors of the kernel hold it, none of which needs root or a container's
// permission: Landlock (paths, signals, other processes' memory), a seccomp filter (sockets), no_new_privs
// (setuid programs gain nothing). With root, also another uid and fewer capabilities.
//
// What holds inside, for the program and all its descendants, and for good:
// - reading and listing only under `read` and `write`, executing too; writing, truncating, making, removing,
//   renaming and linking only under `write`, and no device files;
// - no signal to, no tracing of, no reading the environment or memory of any process that was not started
//   inside the same sandbox; no abstract unix socket that somebody outside made; no mount;
// - network off: no socket of any kind but a socketpair of streams, no io_uring;
// - as root without `user`: only the capabilities that builds need (file owners and modes, setuid).
//
// What does not: existence, names' lengths, mode, owner, times and extended attributes of files elsewhere are
// not Landlock's business, and seccomp cannot tell paths apart: what the program's uid owns, and as root
// everything, can be given another mode, owner, time or attribute, whatever the mode of the sandbox (drop to
// another uid where that matters); command lines of other processes stay visible in /proc; with the network
// on, a unix socket that has a path, such as a container engine's, can be connected to if its permissions let
// one.
namespace fleet::os {

enum class Network { on, off };

struct UserId {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

// What many sandboxes leave open for reading, held open itself: a rule then need not look it up anew. A path
// that leads elsewhere by now, or that has come to be since, is looked up as ever. Immutable.
class OpenPlaces {
 public:
  struct Place {
    std::string path;
    base::UniqueFd fd;  // none: it was not there
    struct stat status {};
  };
  explicit OpenPlaces(std::vector<std::string> paths);
  [[nodiscard]] const std::vector<Place>& all() const { return places_; }

 private:
  std::vector<Place> places_;
};

enum class Access { read, write };

struct SandboxRules {
  std::shared_ptr<const OpenPlaces> system;  // as `read`; null: none
  std::vector<std::string>
      read;  // files or folders, to read and execute; those that do not exist are left out
  std::vector<std::string> write;  // files or folders, to read, execute and change; must exist
  Access mounted = Access::write;  // to what is mounted for the program (ProcessSpec::overlay)
  Network network = Network::on;
  std::optional<UserId> user;     // drop to it: needs root
  bool limits_processes = false;  // ResourceLimits::processes is set: it does not bind root
};

struct FilterInstruction {  // of a seccomp filter, as struct sock_filter
  std::uint16_t code;
  std::uint8_t jump_true, jump_false;
  std::uint32_t value;
};

// What this kernel and this process can hold, found by trying.
struct SandboxAbility {
  int landlock_abi = 0;  // 0: none. 3: truncate, 6: signals and abstract sockets (landlock(7))
  std::string why_no_landlock;
  bool seccomp = false;
  bool can_change_user = false;
};

// Tried once, then remembered. An Error where that cannot be tried now. Any thread.
[[nodiscard]] Result<SandboxAbility> sandbox_ability();

// The bounds that `rules` ask for and that cannot be held with this ability, in words for people.
[[nodiscard]] std::vector<std::string> missing_bounds(const SandboxRules& rules,
                                                      const SandboxAbility& ability);

// Rules, ready for any number of programs: what is left to do in a child are system calls. Immutable.
class PreparedSandbox {
 public:
  // What the rules ask for and cannot be held here, in words; empty when all is held.
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }
  [[nodiscard]] const std::optional<UserId>& user() const { return user_; }
  // Whether it holds anything but the user: not with mode off.
  [[nodiscard]] bool is_closed() const { return is_closed_; }

  // For a child between clone and exec: only system calls, no allocation, no lock. 0, or an errno. `mounted`:
  // a descriptor of the folder that was mounted for the program, which no rule could name before; -1: none.
  [[nodiscard]] int apply(int mounted) const noexcept;

 private:
  friend Result<std::shared_ptr<const PreparedSandbox>> prepare_sandbox(const SandboxRules& rules,
                                                                        model::SandboxMode mode);
  bool is_closed_ = false;  // mode off: it only changes the user
  base::UniqueFd ruleset_;
  std::uint64_t access_to_mounted_ = 0;  // as Landlock puts it
  std::vector<FilterInstruction> filter_;
  std::optional<UserId> user_;
  std::vector<std::string> missing_;
};

// Mode required: fails, and says which bounds cannot be held. Mode automatic: holds what can be held;
// `missing()` says the rest. Mode off: the user is changed and nothing else. Fails in the other modes when a
// path under `write` does not exist.
// /dev/null, zero, full, random and urandom are always open; terminals and /dev/shm only when they are named.
[[nodiscard]] Result<std::shared_ptr<const PreparedSandbox>> prepare_sandbox(const SandboxRules& rules,
                                                                             model::SandboxMode mode);

// What nearly every program needs to read: system folders, and the folders of PATH. A PATH folder `bin`
// (`sbin`, `shims`) with `lib` or `libexec` beside it brings its whole installation, unless that holds the
// home folder or is `~/.local`; `node_modules/.bin` brings the packages that its links lead to. Where one of
// these holds a folder of `closed`, all that lies around that is named instead.
[[nodiscard]] std::vector<std::string> system_read_paths(std::string_view path_variable,
                                                         const std::string& home,
                                                         const std::vector<std::string>& closed);

}  // namespace fleet::os
