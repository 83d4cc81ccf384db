#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/repository.h"
#include "model/change.h"

namespace fleet::git {

class WorkFolder;  // what a workspace is made of (git/work_folder.h)

struct PoolOptions {
  unsigned threads = 2;                          // that fill a new workspace, and look through a large one
  std::uint64_t max_file_bytes = 2'000'000'000;  // a larger file in a snapshot is an Error
  std::size_t max_files = 2'000'000;             // changed ones in one snapshot
};

// What a scan of a workspace found.
struct WorkspaceSnapshot {
  ObjectId tree;                       // written to the object database, with all it needs
  std::vector<model::Change> changes;  // against the base that was asked for, in bytewise order of paths
  std::vector<std::string> notes;      // for people: what was left out, and why
};

// Files that are kept for dependents: in a folder of the store that mirrors the workspace.
struct Kept {
  std::vector<std::string> paths;  // the topmost ones
  std::vector<std::string> notes;
};

// The folders of an overlay (os/overlay.h) that has to be mounted over the workspace's for each program.
struct Layers {
  std::filesystem::path lower, upper, scratch;
};

// Whether anything may have written to the workspace since its last snapshot, or since it was moved.
enum class Since { maybe_changed, unchanged };

// A lease on one folder of the pool, which goes back when this dies. One thread at a time.
//
// Where it is layered, the folder itself is empty, and what is said here of the folder holds for what a
// program sees there through the overlay. The `.git` folder is then that of the lower folder, under what the
// program writes.
//
// The folder holds the files of a commit exactly as stored (no filters, no line-end conversion; submodules
// are empty folders) and a `.git` folder of its own, made anew whenever the workspace is handed out or moved:
// HEAD detached at the commit, an index that matches, the user's objects as alternates, copies of the user's
// branches and tags (as they were when the pool was opened), no remotes, no hooks.
// What an agent does in there stays there: nothing in it is run by us, and of what it holds only the index is
// read, for what is ignored and tracked all the same. A snapshot compares files with the commit, so that an
// agent's own commits and stagings make no other difference.
//
// Nothing outside the folder is read, written or deleted whatever was left in it: every step is taken from a
// descriptor of the folder and follows no symlink. What cannot be removed (an immutable file) is an Error,
// and the pool gives that folder up.
class Workspace {
 public:
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  ~Workspace();

  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] ObjectId commit() const;
  [[nodiscard]] std::optional<Layers> layers() const;  // none: it is not layered
  // Whether anything stands at a path in it, ignored or not: as lstat(2) says, through symlinks on the way,
  // also those that lead elsewhere.
  [[nodiscard]] Result<bool> holds(const std::string& path) const;

  // Makes the folder hold exactly the files of another commit: all else goes, ignored files too. Costs a scan
  // when something may have been written, and then only what differs.
  [[nodiscard]] Result<> move_to(ObjectId commit, Since since = Since::maybe_changed);

  // Never to be handed out again: somebody may go on writing to it.
  void abandon();

  // Tracked files (also what the task has told its own git to track, by the index in `.git`, and a new
  // submodule if the .gitmodules names it), and untracked files that are not ignored: by the .gitignore files
  // that are in the workspace now, the user's info/exclude and core.excludesFile. What is ignored, and that
  // the task has told its git not to track any more (`git rm --cached`), is gone, as for `git add -A`. A
  // submodule stays what it was as long as its folder is there; that one was removed is noted. Left out and
  // noted: nested repositories, what is in submodules, devices, sockets, fifos, what give_kept() brought.
  // Changes are against the tree of `base`, a commit (by default the workspace's own). No process may be
  // writing meanwhile.
  [[nodiscard]] Result<WorkspaceSnapshot> snapshot(std::optional<ObjectId> base = std::nullopt);

  // Moves ignored files that match the globs (as in .gitignore) out into `store`, a folder that it makes. On
  // the same file system this is a rename. What is tracked or in the snapshot is not taken.
  [[nodiscard]] Result<Kept> take_kept(std::span<const std::string> globs,
                                       const std::filesystem::path& store);
  // Copies what take_kept() stored into the workspace: private copies (by reflink where the file system can),
  // with modes, times and symlinks. What is already there is not replaced.
  [[nodiscard]] Result<Kept> give_kept(const std::filesystem::path& store);

 private:
  friend class WorkspacePool;
  friend class SharedWorkspace;
  struct Lease;
  explicit Workspace(std::unique_ptr<Lease> lease);
  std::unique_ptr<Lease> lease_;
};

// One workspace of a commit that any number of tasks read at the same time. It goes back to the pool with the
// last of its copies. Any thread.
class SharedWorkspace {
 public:
  [[nodiscard]] const std::filesystem::path& folder() const { return workspace_->folder(); }
  [[nodiscard]] ObjectId commit() const { return workspace_->commit(); }

 private:
  friend class WorkspacePool;
  explicit SharedWorkspace(std::shared_ptr<const Workspace> workspace) : workspace_(std::move(workspace)) {}
  std::shared_ptr<const Workspace> workspace_;
};

// Checkouts in one folder, filled once and then moved from snapshot to snapshot by changed paths only. Any
// thread. The repository must outlive it, and it its workspaces.
class WorkspacePool {
 public:
  // `folder` is made when missing, and belongs to the pool. Workspaces that an earlier process left there are
  // used again after every file was compared.
  [[nodiscard]] static Result<WorkspacePool> open(const Repository& repository,
                                                  const std::filesystem::path& folder,
                                                  const PoolOptions& options = {});
  WorkspacePool(WorkspacePool&&) noexcept;
  WorkspacePool& operator=(WorkspacePool&&) noexcept;
  ~WorkspacePool();

  // An idle workspace, moved to the commit, or a new one: the pool grows to as many as are leased at once.
  [[nodiscard]] Result<Workspace> acquire(ObjectId commit);
  // One with layers: what it costs does not grow with the number of files, but for the first of its commit.
  // For programs that cannot write elsewhere: the lower folder is shared, and must stay as it is.
  [[nodiscard]] Result<Workspace> acquire_layered(ObjectId commit);
  // To be called before a program starts that can write to, or name, folders here that it was not given.
  // Until then, what lies below layers need not be looked through before it is moved.
  void distrust_lower();
  // For tasks that write nothing. Nothing here stops them from writing: the sandbox does.
  [[nodiscard]] Result<SharedWorkspace> acquire_shared(ObjectId commit);
  [[nodiscard]] std::size_t size() const;  // checkouts made, leased or idle
  [[nodiscard]] const std::filesystem::path& folder() const;

  struct State;

 private:
  explicit WorkspacePool(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace fleet::git
