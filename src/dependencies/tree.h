#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dependencies/dependency.h"
#include "dependencies/files.h"

namespace fleet::dependencies {

// Every dependency that the lock files and manifests of a tree name.
struct TreeDependencies {
  std::vector<Dependency> dependencies;  // by path, line and name, each place once
  model::Diagnostics remarks;            // by path; of files too, that could not be read
  std::vector<std::string> lock_files;   // that were found, sorted
};

inline constexpr std::size_t kMostTreeEntries = 2'000'000;
inline constexpr std::size_t kMostLockFiles = 10'000;
inline constexpr std::size_t kMostTreeDependencies = 1'000'000;

// By its name, whether a file is one that read_tree() reads: `package-lock.json`, `requirements/dev.txt`.
[[nodiscard]] bool is_lock_file(std::string_view path);

// Looks through the whole tree, but for what is installed or kept by tools: .git, node_modules, virtual
// environments. An Error where its root cannot be read, it is larger than the bounds above, or not read
// within `time`; what is wrong with one file or folder is a remark.
[[nodiscard]] Result<TreeDependencies> read_tree(const Files& files, Duration time);

// Of npm's packages that are installed beside their lock file (node_modules), and Python's in `.venv` or
// `venv` beside it: fills in the licence where the lock file did not tell, and the installed version is the
// same.
void add_installed_licenses(const Files& files, std::vector<Dependency>& dependencies);

}  // namespace fleet::dependencies
