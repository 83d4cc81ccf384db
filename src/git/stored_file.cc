#include "git/stored_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/parallel.h"
#include "git/gitmodules.h"
#include "git/path.h"
#include "git/tree.h"

namespace fleet::git {

using base::UniqueFd;
using model::Change;
using model::FileMode;
using model::TreeEntry;

namespace {

constexpr std::uint64_t kHeldInMemory = 8'000'000;  // bytes of a file; larger ones are stored in pieces

Result<std::string> read_file(int fd, std::uint64_t size, const std::string& path) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno("read", path, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

// `git fsck` takes such a tree for an attack, and so do servers that are pushed to.
Result<> refuse_what_git_refuses(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    const std::string_view name =
        std::string_view(change.path).substr(change.path.rfind('/') + 1);  // npos + 1 is 0
    if (change.after.mode != FileMode::symlink || !is_gitmodules_name(name)) continue;
    return base::fail_input("take the symlink", quote_path(change.path),
                            "git refuses a .gitmodules that is a symlink", "make it a file");
  }
  return {};
}

// They are easily removed without meaning to: their folders are empty here.
void note_removed_submodules(const std::vector<Change>& changes, std::vector<std::string>& notes) {
  constexpr std::size_t kMostNamed = 10;
  std::vector<std::string> paths;
  for (const Change& change : changes) {
    if (change.before.mode == FileMode::submodule && change.after.mode != FileMode::submodule)
      paths.push_back(quote_path(change.path));
  }
  if (paths.empty()) return;
  const std::size_t count = paths.size();
  if (count > kMostNamed) {
    paths.resize(kMostNamed);
    paths.push_back(fmt::format("{} more", count - kMostNamed));
  }
  notes.push_back(fmt::format("{} removed: {}", count == 1 ? "the submodule was" : "submodules were",
                              fmt::join(paths, ", ")));
}

}  // namespace

Result<TreeEntry> read_entry(ObjectStore& store, const Root& work, const std::string& path, Content content,
                             std::uint64_t max_bytes, std::optional<std::uint64_t> expected_size,
                             struct stat& info) {
  const std::string shown = (work.path() / path).string();
  const Root::Parent at = work.open_parent(path);
  if (!at.folder || ::fstatat(at.folder.get(), at.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return base::fail_errno("read", shown, errno, "something still writes to the workspace");
  }
  if (S_ISLNK(info.st_mode)) {
    char target[4096];
    const ssize_t length = ::readlinkat(at.folder.get(), at.name.c_str(), target, sizeof target);
    if (length < 0) return base::fail_errno("read the symlink", shown, errno);
    const std::string_view bytes(target, static_cast<std::size_t>(length));
    if (content == Content::compare) return TreeEntry{ObjectStore::hash_blob(bytes), FileMode::symlink};
    FLEET_TRY(const ObjectId id, store.write_blob(bytes));
    return TreeEntry{id, FileMode::symlink};
  }
  const UniqueFd file = open_file(at.folder.get(), at.name);
  if (!file || ::fstat(file.get(), &info) != 0) return base::fail_errno("read", shown, errno);
  if (!S_ISREG(info.st_mode)) {
    return base::fail_world("read", shown, "it is no file any more",
                            "something still writes to the workspace");
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const FileMode mode = (info.st_mode & 0100) != 0 ? FileMode::executable : FileMode::regular;
  if (content == Content::compare) {
    if (expected_size && *expected_size != size) return TreeEntry{ObjectId{}, mode};
    FLEET_TRY(const auto bytes, read_file(file.get(), size, shown));
    return TreeEntry{ObjectStore::hash_blob(bytes), mode};
  }
  if (size > max_bytes) {
    return base::fail_input(
        "take the file", shown,
        fmt::format("it has {} bytes, more than the {} that one may have", size, max_bytes),
        "name it in .gitignore if it is not to be committed");
  }
  if (size > kHeldInMemory) {
    FLEET_TRY(const ObjectId id, store.write_blob(file.get(), size, shown));
    return TreeEntry{id, mode};
  }
  FLEET_TRY(const auto bytes, read_file(file.get(), size, shown));
  FLEET_TRY(const ObjectId id, store.write_blob(bytes));
  return TreeEntry{id, mode};
}

Result<> store_files(ObjectStore& store, const Root& work, const std::vector<std::string>& paths,
                     const PoolOptions& options, ChangeMap& changes) {
  std::vector<TreeEntry> stored(paths.size());
  const auto store_piece = [&](std::size_t begin, std::size_t end) -> Result<> {
    for (std::size_t i = begin; i < end; ++i) {
      struct stat info {};
      FLEET_TRY(stored[i], read_entry(store, work, paths[i], Content::store, options.max_file_bytes,
                                      std::nullopt, info));
    }
    return {};
  };
  FLEET_CHECK(base::in_parallel(options.threads, paths.size(), store_piece));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    Change& change = changes[paths[i]];  // also a path of the tree that is of another type now
    change.path = paths[i];
    change.after = stored[i];
  }
  return {};
}

Result<WorkspaceSnapshot> snapshot_of(ObjectStore& store, ObjectId tree, ObjectId base,
                                      const ChangeMap& changes, std::vector<std::string> notes) {
  std::vector<Change> all;
  all.reserve(changes.size());
  for (const auto& [path, change] : changes)
    all.push_back(change);
  WorkspaceSnapshot out;
  FLEET_CHECK(refuse_what_git_refuses(all));
  FLEET_TRY(out.tree, update(store, tree, all));
  FLEET_TRY(const ObjectId base_tree, store.tree_of(base));
  FLEET_TRY(out.changes, diff(store, base_tree, out.tree));
  out.notes = std::move(notes);
  note_removed_submodules(out.changes, out.notes);
  return out;
}

}  // namespace fleet::git
