#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/object_id.h"
#include "base/result.h"
#include "git/workspace.h"

namespace fleet::git {

// What a workspace is made of. Each of these is what Workspace promises by the same name.
class WorkFolder {
 public:
  virtual ~WorkFolder() = default;
  [[nodiscard]] virtual const std::filesystem::path& folder() const = 0;
  [[nodiscard]] virtual ObjectId commit() const = 0;
  [[nodiscard]] virtual std::optional<Layers> layers() const { return std::nullopt; }
  [[nodiscard]] virtual Result<bool> holds(const std::string& path) const = 0;
  [[nodiscard]] virtual Result<WorkspaceSnapshot> snapshot(std::optional<ObjectId> base) = 0;
  [[nodiscard]] virtual Result<Kept> take_kept(std::span<const std::string> globs,
                                               const std::filesystem::path& store) = 0;
  [[nodiscard]] virtual Result<Kept> give_kept(const std::filesystem::path& store) = 0;
};

}  // namespace fleet::git
