#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/object_id.h"
#include "base/result.h"
#include "git/beneath.h"
#include "git/layer_scan.h"
#include "git/work_folder.h"

namespace fleet::git {

// A workspace whose files are those of a checkout that many share, under an upper folder of its own, to be
// seen through an overlay: what was written is what the upper folder holds. One thread at a time.
class Layer final : public WorkFolder {
 public:
  // `lower`: a checkout that nothing changes as long as this lives. `work`: where programs see it. `folder`:
  // for the upper folder and the mounts' scratch; not near the other, which programs know by name.
  [[nodiscard]] static Result<std::unique_ptr<Layer>> make(const Repository& repository,
                                                           std::shared_ptr<const WorkFolder> lower,
                                                           const std::filesystem::path& work,
                                                           const std::filesystem::path& folder,
                                                           const PoolOptions& options);
  ~Layer() override;  // removes both folders
  // Whatever was written goes.
  [[nodiscard]] Result<> move_to(std::shared_ptr<const WorkFolder> lower);

  [[nodiscard]] const std::filesystem::path& folder() const override { return work_; }
  [[nodiscard]] ObjectId commit() const override { return lower_->commit(); }
  [[nodiscard]] std::optional<Layers> layers() const override;
  [[nodiscard]] Result<bool> holds(const std::string& path) const override;
  [[nodiscard]] Result<WorkspaceSnapshot> snapshot(std::optional<ObjectId> base) override;
  [[nodiscard]] Result<Kept> take_kept(std::span<const std::string> globs,
                                       const std::filesystem::path& store) override;
  [[nodiscard]] Result<Kept> give_kept(const std::filesystem::path& store) override;

 private:
  struct Entry {
    enum class Kind { none, folder, symlink, other } kind = Kind::none;
    std::string target;  // of a symlink
  };

  Layer(const Repository& repository, std::filesystem::path work, Root folder, Root upper, Root scratch,
        const PoolOptions& options);
  [[nodiscard]] Result<Entry> entry(const std::string& path) const;
  [[nodiscard]] Result<std::string> text_of(const std::string& path) const;
  // What is dropped in it: only files that are ignored.
  [[nodiscard]] Result<OwnIndex> take_own_index();

  const Repository& repository_;
  const std::filesystem::path work_;
  const Root folder_, upper_, scratch_;
  std::shared_ptr<const WorkFolder> lower_;
  ObjectId tree_;  // of its commit
  const PoolOptions options_;
  ScanOptions scan_options_;
  std::optional<LayerScan> last_;  // as of the last snapshot
};

}  // namespace fleet::git
