#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/world.h"
#include "os/sandbox.h"
#include "store/process_lock.h"

namespace fleet::app {

// A folder for the workspaces and temporary folders of one process, which no other process uses meanwhile:
// <base>/fleet-<uid>/<hash of the state folder>/<n>-<random>. Not below `.git`, where test runners and
// watchers look at nothing. The names are short: the path of a unix socket holds 107 bytes.
class WorkspaceFolder {
 public:
  // `user`: to whom tasks drop, and whose everything here is. Absent: the user that we are.
  [[nodiscard]] static Result<WorkspaceFolder> claim(const World& world, const std::string& given,
                                                     const std::filesystem::path& state,
                                                     std::optional<os::UserId> user);
  WorkspaceFolder(WorkspaceFolder&&) = default;
  ~WorkspaceFolder();  // removes it, and what lies around it when no other process is there

  // What the workspaces of all processes of this user lie in.
  [[nodiscard]] std::filesystem::path root() const { return folder_.parent_path().parent_path(); }
  [[nodiscard]] std::filesystem::path workspaces() const { return folder_ / "w"; }
  [[nodiscard]] std::filesystem::path temporary() const { return folder_ / "t"; }

 private:
  WorkspaceFolder(std::filesystem::path folder, std::filesystem::path lock_file, store::ProcessLock lock)
      : folder_(std::move(folder)), lock_file_(std::move(lock_file)), lock_(std::move(lock)) {}
  std::filesystem::path folder_, lock_file_;
  store::ProcessLock lock_;
};

}  // namespace fleet::app
