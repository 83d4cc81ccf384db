#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/object_store.h"

namespace fleet::git {

// Whether a repository that belongs to another user may be opened. `found` is git's own rule (refused unless
// the user's safe.directory names it), for a folder that was only found by walking up from where we stand.
enum class Trust {
  given,  // the user named this very folder: trusted, whoever owns it
  found,
};

// After files are used as another user (os::use_files_as): where the home folder is closed to that user, its
// git settings are none, and no error. Before there are threads, for the whole process.
void pass_over_unreadable_settings();

struct Head {
  ObjectId commit;
  std::string branch;  // `main`; empty when HEAD is detached
};

// A clone that a user works in: normal, bare, shallow, a linked worktree, or the checkout of a submodule. Any
// thread may use it.
//
// It never writes the user's config, index, HEAD, checkout or branches: what fleet writes are objects, refs
// below refs/fleet/ and the branch that a run delivers (git/refs.h).
class Repository {
 public:
  // `path` is any folder inside the clone, or the bare repository itself. Refuses, with what to do about it,
  // what libgit2 1.5 cannot read: SHA-256 object names, reftable, unknown extensions, a damaged repository.
  [[nodiscard]] static Result<Repository> open(const std::filesystem::path& path, Trust trust = Trust::given);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  [[nodiscard]] const std::filesystem::path& common_folder() const;  // `.git`, shared by all worktrees
  [[nodiscard]] const std::filesystem::path& git_folder() const;     // of this worktree
  [[nodiscard]] const std::filesystem::path& objects_folder() const;
  // That one and those that its info/alternates names (`git clone --shared`, `--reference`), theirs in turn
  // as deep as git goes: all that git has to read. Found when the clone is opened; what is not there is left
  // out.
  [[nodiscard]] const std::vector<std::filesystem::path>& object_folders() const;
  [[nodiscard]] const std::optional<std::filesystem::path>& work_folder() const;  // none when bare
  [[nodiscard]] bool is_bare() const { return !work_folder(); }
  [[nodiscard]] bool is_shallow() const;

  // An Error when there is no commit yet.
  [[nodiscard]] Result<Head> head() const;
  // The commit that a revision (`HEAD~2`, `main`, `v1^{}`, an abbreviated id) names.
  [[nodiscard]] Result<ObjectId> resolve(const std::string& revision) const;
  // Whether `ancestor` is `commit` or can be reached from it.
  [[nodiscard]] Result<bool> is_ancestor(ObjectId ancestor, ObjectId commit) const;
  // The best common ancestor of two commits. None: there is none, or a shallow clone does not reach it.
  [[nodiscard]] Result<std::optional<ObjectId>> merge_base(ObjectId one, ObjectId other) const;
  // All commits that can be reached from `tips` but not from `base`; in a shallow clone, as far as it goes.
  [[nodiscard]] Result<std::vector<ObjectId>> commits_beyond(ObjectId base,
                                                             const std::vector<ObjectId>& tips) const;

  // Paths whose file, index and HEAD are not the same, and untracked files: what a run from HEAD does not
  // see. Looks at every file's stat; reads only those that changed. 0 when bare.
  [[nodiscard]] Result<std::size_t> count_uncommitted() const;
  // Paths of the submodules that a commit's .gitmodules names.
  [[nodiscard]] Result<std::vector<std::string>> submodules(ObjectId commit) const;
  // Rules that the user keeps outside the repository's tree: core.excludesFile and info/exclude, one after
  // the other (the later is the stronger), in gitignore's format.
  [[nodiscard]] Result<std::string> private_excludes() const;

  [[nodiscard]] ObjectStore& objects() const;
  [[nodiscard]] const std::shared_ptr<Handles>& handles() const;

 private:
  struct Facts;
  explicit Repository(std::unique_ptr<Facts> facts);
  std::unique_ptr<Facts> facts_;
};

}  // namespace fleet::git
