#include "git/work_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "git/handles.h"
#include "git/path.h"

namespace fleet::git {
namespace {

bool is_file_mode(std::uint32_t mode) {
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

// What differs from a tree, or from none: then all that there is.
Result<std::vector<WorkChange>> differences(const Repository& repository, ObjectId commit) {
  FLEET_TRY(auto handle, repository.handles()->borrow());
  git_repository* const raw = handle.repository();
  git_tree* tree = nullptr;
  if (!commit.is_none()) {
    FLEET_TRY(const ObjectId id, repository.objects().tree_of(commit));
    const git_oid oid = to_git(id);
    if (const int code = git_tree_lookup(&tree, raw, &oid); code < 0)
      return fail_git("read the tree", id.hex(), code);
  }
  const std::unique_ptr<git_tree, decltype(&git_tree_free)> owned_tree(tree, git_tree_free);
  git_diff_options options{};
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS | GIT_DIFF_IGNORE_SUBMODULES |
                  GIT_DIFF_SKIP_BINARY_CHECK | GIT_DIFF_INCLUDE_TYPECHANGE;
  git_diff* found = nullptr;
  if (const int code = git_diff_tree_to_workdir_with_index(&found, raw, tree, &options); code < 0)
    return fail_git("compare the files with", commit.is_none() ? "nothing" : commit.hex(), code);
  const std::unique_ptr<git_diff, decltype(&git_diff_free)> diff(found, git_diff_free);
  std::vector<WorkChange> out;
  for (std::size_t i = 0, count = git_diff_num_deltas(diff.get()); i < count; ++i) {
    const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
    const bool has_old = delta.status != GIT_DELTA_ADDED && delta.status != GIT_DELTA_UNTRACKED;
    const bool has_new = delta.status != GIT_DELTA_DELETED;
    WorkChange change{delta.new_file.path, has_old && is_file_mode(delta.old_file.mode),
                      has_new && is_file_mode(delta.new_file.mode)};
    if (change.was_there || change.is_there) out.push_back(std::move(change));
  }
  std::sort(out.begin(), out.end(), [](const WorkChange& a, const WorkChange& b) { return a.path < b.path; });
  return out;
}

}  // namespace

Result<WorkTree> WorkTree::open(const Repository& repository) {
  if (repository.is_bare()) {
    return base::fail_input("look at the files of", repository.git_folder().string(),
                            "it is a bare repository, which has none", "use a clone with a checkout");
  }
  const std::string path = repository.work_folder()->string();
  base::UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return base::fail_errno("open", path, errno);
  return WorkTree(repository, std::move(folder));
}

Result<std::vector<WorkChange>> WorkTree::changes_since(ObjectId commit) const {
  return differences(repository_, commit);
}

Result<std::vector<std::string>> WorkTree::files() const {
  FLEET_TRY(auto changes, differences(repository_, {}));
  std::vector<std::string> out;
  for (WorkChange& change : changes)
    if (change.is_there) out.push_back(std::move(change.path));
  return out;
}

Result<std::string> WorkTree::read(const std::string& path, std::uint64_t max_bytes) const {
  const std::string shown = quote_path(path);
  base::UniqueFd at;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const bool is_last = end == path.size();
    const std::string part = path.substr(start, end - start);
    base::UniqueFd next(
        ::openat(at ? at.get() : folder_.get(), part.c_str(),
                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (is_last ? 0 : O_DIRECTORY)));
    if (!next) return base::fail_errno("read", shown, errno);
    at = std::move(next);
    start = end + 1;
  }
  struct stat info {};
  if (::fstat(at.get(), &info) != 0) return base::fail_errno("read", shown, errno);
  if (!S_ISREG(info.st_mode)) return base::fail_input("read", shown, "it is no file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > max_bytes)
    return base::fail_input("read", shown, fmt::format("it has {} bytes, more than {}", size, max_bytes));
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = ::read(at.get(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::fail_errno("read", shown, errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  text.resize(filled);
  return text;
}

}  // namespace fleet::git
