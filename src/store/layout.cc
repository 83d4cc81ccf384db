#include "store/layout.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/assert.h"
#include "model/name.h"

namespace fleet::store {

std::filesystem::path Layout::run(std::string_view run) const {
  FLEET_ASSERT(model::is_safe_name(run), "a run's id must be checked before it names a folder");
  return root_ / "runs" / run;
}

std::filesystem::path Layout::lock(std::string_view run) const {
  return this->run(run) / "lock";
}

std::filesystem::path Layout::log(std::string_view run) const {
  return this->run(run) / "log";
}

std::filesystem::path Layout::report(std::string_view run) const {
  return this->run(run) / "report";
}

std::filesystem::path Layout::kept(std::string_view run) const {
  return this->run(run) / "kept";
}

Result<Layout> create_state(const std::filesystem::path& root) {
  const std::string tried = "keep the state in";
  std::error_code error;
  if (!root.parent_path().empty()) std::filesystem::create_directories(root.parent_path(), error);
  if (error) return base::fail_errno(tried, root.string(), error.value(), kElsewhere);
  if (::mkdir(root.c_str(), 0700) != 0 && errno != EEXIST)
    return base::fail_errno(tried, root.string(), errno, kElsewhere);
  if (!std::filesystem::is_directory(root, error))
    return base::fail_world(tried, root.string(), "it is not a folder", kElsewhere);
  if (::access(root.c_str(), W_OK | X_OK) != 0)
    return base::fail_errno(tried, root.string(), errno, kElsewhere);
  return Layout(root);
}

Result<> create_run_folders(const Layout& layout, std::string_view run) {
  for (const std::filesystem::path& folder : {layout.log(run), layout.report(run), layout.kept(run)}) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return base::fail_errno("make the folder", folder.string(), error.value(), kElsewhere);
  }
  return {};
}

}  // namespace fleet::store
