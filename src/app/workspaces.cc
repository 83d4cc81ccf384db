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
Result<> make_own_folder(const std::string& path, std::uint32_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
    return base::fail_errno("make the folder for workspaces", path, errno,
                            "name another with --workspaces DIR");
  }
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0)
    return base::fail_errno("look at the folder for workspaces", path, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) {
    return base::fail_world("use the folder for workspaces", path, "it belongs to somebody else",
                            "name another with --workspaces DIR");
  }
  if (::chmod(path.c_str(), mode) != 0)
    return base::fail_errno("close the folder for workspaces", path, errno);
  return {};
}

}  // namespace

Result<WorkspaceFolder> WorkspaceFolder::claim(const World& world, const std::string& given,
                                               const std::filesystem::path& state,
                                               std::optional<os::UserId> user) {
  std::string base = given;
  if (base.empty()) base = world.variable("FLEET_WORKSPACES").value_or("");
  if (base.empty()) base = world.variable("TMPDIR").value_or("/var/tmp");
  std::error_code error;
  const std::filesystem::path root = std::filesystem::absolute(base, error);
  if (error) return base::fail_world("find the folder for workspaces", base, error.message());
  FLEET_CHECK(os::make_directories(root));
  // Tasks that run as another user must get through to their workspace; they cannot list what else is there.
  const std::uint32_t mode = user ? 0711 : 0700;
  std::filesystem::path folder = root / fmt::format("fleet-{}", ::geteuid());
  FLEET_CHECK(make_own_folder(folder, mode));
  folder /= fmt::format("{:016x}", base::hash(state.native()));
  FLEET_CHECK(make_own_folder(folder, mode));
  for (int n = 0; n < kMostProcesses; ++n) {
    const std::filesystem::path mine = folder / std::to_string(n);
    auto lock = store::ProcessLock::take(mine.native() + ".lock", "use " + mine.native());
    if (!lock) continue;
    FLEET_CHECK(make_own_folder(mine, mode));
    WorkspaceFolder claimed(mine, *std::move(lock));
    FLEET_CHECK(os::remove_tree(claimed.temporary()));
    FLEET_CHECK(os::make_directories(claimed.temporary(), mode));
    return claimed;
  }
  return base::fail_world("find a free folder for workspaces", folder,
                          "too many runs are going on at the same time");
}

WorkspaceFolder::~WorkspaceFolder() {
  // Moved from: nothing is ours.
  if (folder_.empty()) return;
  (void)os::remove_tree(folder_);
}

}  // namespace fleet::app
