#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/file_table.h"
#include "git/scan.h"
#include "git/stored_file.h"
#include "git/work_folder.h"

struct stat;

namespace fleet::git {

// One folder of the pool: `work`, the workspace; `trash`, where what is removed goes first; `clock`, a file
// whose times tell what time the file system believes it is. One thread at a time.
class Checkout final : public WorkFolder {
 public:
  // `refs`: the packed-refs that its git gets.
  [[nodiscard]] static Result<std::unique_ptr<Checkout>> open(const Repository& repository,
                                                              const std::filesystem::path& slot,
                                                              std::shared_ptr<const std::string> refs,
                                                              const PoolOptions& options);

  [[nodiscard]] const std::filesystem::path& folder() const override { return work_.path(); }
  [[nodiscard]] ObjectId commit() const override { return commit_; }  // none: what is in it is not known
  [[nodiscard]] ObjectId tree() const { return tree_; }
  // False after an error: what is in the folder is not known any more, and could perhaps not be mended.
  [[nodiscard]] bool is_usable() const { return usable_; }
  void give_up() { usable_ = false; }

  // As Workspace's.
  [[nodiscard]] Result<> move_to(ObjectId commit, Since since);
  [[nodiscard]] Result<bool> holds(const std::string& path) const override;
  [[nodiscard]] Result<WorkspaceSnapshot> snapshot(std::optional<ObjectId> base) override;
  [[nodiscard]] Result<Kept> take_kept(std::span<const std::string> globs,
                                       const std::filesystem::path& store) override;
  [[nodiscard]] Result<Kept> give_kept(const std::filesystem::path& store) override;

 private:
  // A scan whose suspects were looked at.
  struct Deviations {
    Scan scan;
    std::vector<model::Change> changed;  // tracked paths with another content, mode or type
    std::vector<std::string> worn;       // the same for git, but with other permissions, links or owner
  };

  Checkout(const Repository& repository, Root work, Root trash, base::UniqueFd clock,
           std::shared_ptr<const std::string> refs, const PoolOptions& options);

  [[nodiscard]] Result<> check_in_place() const;
  [[nodiscard]] Result<std::int64_t> file_system_time() const;
  [[nodiscard]] std::uint32_t permissions_of(model::FileMode mode) const;
  // What is dropped in it: only files that are ignored.
  [[nodiscard]] Result<OwnIndex> take_own_index();
  [[nodiscard]] Result<Deviations> find_deviations(Content content, Untracked look);
  [[nodiscard]] Result<> examine(const Scan::Suspect& suspect, Content content, Deviations& out,
                                 std::mutex& mutex);
  [[nodiscard]] Result<> move_files(ObjectId tree, Since since);
  [[nodiscard]] Result<> apply(const Deviations& deviations, std::span<const model::Change> changes);
  [[nodiscard]] Result<> write_files(const std::set<std::string>& paths);
  [[nodiscard]] Result<> write_file(int folder, const std::string& path, FileRecord& file) const;

  const Repository& repository_;
  Root work_;
  Root trash_;
  base::UniqueFd clock_;
  std::shared_ptr<const std::string> refs_;
  PoolOptions options_;
  ScanOptions scan_options_;
  FileTable table_;
  ObjectId commit_;
  ObjectId tree_;
  std::optional<FileStamp> index_as_written_;  // of the private git
  bool usable_ = true;
  bool as_moved_ = false;           // nothing was done in it here since it was moved
  std::optional<Deviations> last_;  // as of the last snapshot
};

}  // namespace fleet::git
