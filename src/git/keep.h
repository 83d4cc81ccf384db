#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/beneath.h"
#include "git/tree.h"
#include "git/workspace.h"

// What Workspace promises by the same names, for a folder that a scan has looked through.
namespace fleet::git {

// `ignored`: as in Scan.
[[nodiscard]] Result<Kept> take_kept(const Root& work, const std::vector<std::string>& ignored,
                                     std::span<const std::string> globs, const std::filesystem::path& store);

// `beneath`: what else stands at a path, which `work` does not show.
[[nodiscard]] Result<Kept> give_kept(const std::filesystem::path& store, const Root& work,
                                     const std::function<Result<Place>(const std::string& path)>& beneath);

}  // namespace fleet::git
