#include "app/workspaces.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "os/files.h"

namespace fleet::app {
namespace {

constexpr int kMostProcesses = 100;  // that drive runs of one repository at the same time

// The folder lies where everybody may write, so somebody else may have put something in its place.
Result<> make_own_folder(const std::string& path, std::uint32_t owner) {
  constexpr mode_t kMode = 0700;
  if (::mkdir(path.c_str(), kMode) != 0 && errno != EEXIST) {
    return base::fail_errno("make the folder for workspaces", path, errno,
                            "name another with --workspaces DIR");
  }
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0)
    return base::fail_errno("look at the folder for workspaces", path, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != owner) {
    return base::fail_world("use the folder for workspaces", path, "it belongs to somebody else",
                            "name another with --workspaces DIR");
  }
  if (::chmod(path.c_str(), kMode) != 0)
    return base::fail_errno("close the folder for workspaces", path, errno);
  return {};
}

// What a process that was killed left. Its programs may still be at work there, so nothing of it is used
// again, and what they do not let go of stays.
void remove_earlier(const std::filesystem::path& folder, int n) {
  const auto names = os::list_directory(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.starts_with(fmt::format("{}-", n))) (void)os::remove_tree(folder / name);
  }
}

}  // namespace

Result<WorkspaceFolder> WorkspaceFolder::claim(const World& world, const std::string& given,
                                               const std::filesystem::path& state,
                                               std::optional<os::UserId> user) {
  std::string base = given;
  if (base.empty()) base = world.variable("FLEET_WORKSPACES").value_or("");
  if (base.empty()) {
    // A relative one would lie in the user's checkout.
    base = world.variable("TMPDIR").value_or("");
    if (base.empty() || base.front() != '/') base = "/var/tmp";
  }
  std::error_code error;
  const std::filesystem::path root = std::filesystem::absolute(base, error);
  if (error) return base::fail_world("find the folder for workspaces", base, error.message());
  FLEET_CHECK(os::make_directories(root));
  const std::uint32_t owner = user ? user->uid : ::geteuid();
  const std::filesystem::path of_user = root / fmt::format("fleet-{}", owner);
  FLEET_CHECK(make_own_folder(of_user, owner));
  const std::filesystem::path folder =
      of_user / fmt::format("{:08x}", static_cast<std::uint32_t>(base::hash(state.native())));
  for (int n = 0; n < kMostProcesses; ++n) {
    // Each time: a process that ends takes the folder away when it was the last one there.
    FLEET_CHECK(make_own_folder(folder, owner));
    const std::filesystem::path lock_file = folder / fmt::format("{}.lock", n);
    auto lock = store::ProcessLock::take(lock_file, "use " + lock_file.native());
    if (!lock && lock.error().fault == base::Fault::world)
      return tl::make_unexpected(std::move(lock).error());
    if (!lock) continue;  // another run has it
    remove_earlier(folder, n);
    const std::filesystem::path mine = folder / fmt::format("{}-{}", n, base::random_hex(12));
    FLEET_CHECK(make_own_folder(mine, owner));
    WorkspaceFolder claimed(mine, lock_file, *std::move(lock));
    FLEET_CHECK(os::make_directories(claimed.temporary(), 0700));
    return claimed;
  }
  return base::fail_world("find a free folder for workspaces", folder,
                          "too many runs are going on at the same time");
}

WorkspaceFolder::~WorkspaceFolder() {
  // Moved from: nothing is ours.
  if (folder_.empty()) return;
  (void)os::remove_tree(folder_);
  // While the lock is held. The folder goes with its last file.
  if (::unlink(lock_file_.c_str()) == 0) ::rmdir(lock_file_.parent_path().c_str());
}

}  // namespace fleet::app
