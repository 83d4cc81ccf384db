#include "store/cancellation.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/assert.h"
#include "model/name.h"

namespace fleet::store {
namespace {

std::filesystem::path folder_of(const Layout& layout, std::string_view run) {
  return layout.run(run) / "cancel";
}

}  // namespace

Result<> ask_to_cancel(const Layout& layout, std::string_view run, const std::string& task) {
  FLEET_ASSERT(model::is_safe_name(task), "a task's id names a file");
  const std::filesystem::path folder = folder_of(layout, run);
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) return base::fail_errno("make the folder", folder.string(), error.value(), kElsewhere);
  if (!std::ofstream(folder / task))
    return base::fail_errno("write", (folder / task).string(), errno, kElsewhere);
  return {};
}

Result<std::vector<std::string>> take_cancellations(const Layout& layout, std::string_view run) {
  std::vector<std::string> tasks;
  const std::filesystem::path folder = folder_of(layout, run);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    tasks.push_back(entry.path().filename().string());
  if (error && error != std::errc::no_such_file_or_directory)
    return base::fail_errno("read the folder", folder.string(), error.value());
  std::sort(tasks.begin(), tasks.end());
  for (const std::string& task : tasks) {
    if (!std::filesystem::remove(folder / task, error) || error)
      return base::fail_errno("remove", (folder / task).string(), error.value());
  }
  return tasks;
}

}  // namespace fleet::store
