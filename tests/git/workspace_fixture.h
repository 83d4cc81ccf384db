#pragma once

#include <map>
#include <string>
#include <vector>

#include "git/support.h"
#include "git/tree.h"
#include "git/workspace.h"

namespace fleet::git {

// Everything below a folder but `.git`: path to `mode content`, symlinks with their target.
inline std::map<std::string, std::string> on_disk(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator(); ++it) {
    if (it.depth() == 0 && it->path().filename() == ".git") {
      it.disable_recursion_pending();
      continue;
    }
    const std::string path = it->path().lexically_relative(folder).string();
    if (it->is_symlink()) {
      out[path] = "-> " + fs::read_symlink(it->path()).string();
    } else if (it->is_directory()) {
      if (fs::is_empty(it->path())) out[path] = "empty folder";
    } else {
      const bool executable =
          (fs::status(it->path()).permissions() & fs::perms::owner_exec) != fs::perms::none;
      out[path] = (executable ? "x " : "- ") + (it->is_regular_file() ? read_file(it->path()) : "special");
    }
  }
  return out;
}

class WorkspaceTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ =
      make_clone(temp_ / "clone",
                 {{"a", "1\n"}, {"dir/b", "2\n"}, {"dir/sub/c", "3\n"}, {".gitignore", "*.o\nbuild/\n"}});
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();
  WorkspacePool pool_ = must(WorkspacePool::open(repository_, temp_ / "pool"));

  ObjectId head() { return must(repository_.head()).commit; }
  std::map<std::string, std::string> as_stored(ObjectId commit) {
    std::map<std::string, std::string> out;
    for (const Listed& file : must(list(store_, must(store_.tree_of(commit))))) {
      if (file.entry.mode == model::FileMode::submodule) {
        out[file.path] = "empty folder";
        continue;
      }
      const std::string bytes = must(store_.read_blob(file.entry.id));
      out[file.path] = (file.entry.mode == model::FileMode::symlink      ? "-> "
                        : file.entry.mode == model::FileMode::executable ? "x "
                                                                         : "- ") +
                       bytes;
    }
    return out;
  }
  ObjectId commit_of(const WorkspaceSnapshot& snapshot, ObjectId parent) {
    return must(store_.write_commit({snapshot.tree, {parent}, "snapshot", TimePoint{}}));
  }
  static std::vector<std::string> paths(const std::vector<model::Change>& changes) {
    std::vector<std::string> out;
    for (const model::Change& change : changes)
      out.push_back(change.path);
    return out;
  }
};

}  // namespace fleet::git
