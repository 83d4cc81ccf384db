#include "git/layer.h"

#include <algorithm>
#include <utility>

#include "git/keep.h"
#include "git/stored_file.h"
#include "git/tree.h"

namespace fleet::git {

namespace fs = std::filesystem;

Layer::Layer(const Repository& repository, Root root, Root upper, Root scratch, const PoolOptions& options)
    : repository_(repository),
      root_(std::move(root)),
      upper_(std::move(upper)),
      scratch_(std::move(scratch)),
      work_(root_.path() / "work"),
      options_(options) {
  scan_options_.max_files = options.max_files;
}

Result<std::unique_ptr<Layer>> Layer::make(const Repository& repository,
                                           std::shared_ptr<const WorkFolder> lower, const fs::path& folder,
                                           const PoolOptions& options) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return base::fail_errno("make the folder", folder.string(), error.value());
  FLEET_TRY(Root root, Root::open(folder));
  for (const char* name : {"work", "upper", "scratch"}) {
    FLEET_TRY(const auto made, root.make_folder(name));
    static_cast<void>(made);
  }
  FLEET_TRY(Root upper, Root::open(folder / "upper"));
  FLEET_TRY(Root scratch, Root::open(folder / "scratch"));
  std::unique_ptr<Layer> layer(
      new Layer(repository, std::move(root), std::move(upper), std::move(scratch), options));
  FLEET_CHECK(layer->move_to(std::move(lower)));
  return layer;
}

Result<> Layer::move_to(std::shared_ptr<const WorkFolder> lower) {
  FLEET_CHECK(upper_.empty());
  FLEET_CHECK(scratch_.empty());
  FLEET_TRY(tree_, repository_.objects().tree_of(lower->commit()));
  lower_ = std::move(lower);
  scan_options_.excludes = repository_.private_excludes();
  scan_options_.kept.clear();
  last_.reset();
  return {};
}

// What cannot be removed stays until the pool's folder is.
Layer::~Layer() {
  if (root_.empty()) {
    std::error_code ignored;
    fs::remove(root_.path(), ignored);
  }
}

std::optional<Layers> Layer::layers() const {
  return Layers{lower_->folder(), upper_.path(), scratch_.path()};
}

Result<bool> Layer::holds(const std::string& path) const {
  switch (above(upper_, path)) {
    case Above::present:
      return true;
    case Above::hidden:
      return false;
    case Above::nothing:
      break;
  }
  FLEET_TRY(const Place place, look_up(repository_.objects(), tree_, path));
  return place.entry.exists() || !place.folder.is_none();
}

Result<WorkspaceSnapshot> Layer::snapshot(std::optional<ObjectId> base) {
  ObjectStore& store = repository_.objects();
  last_.reset();
  FLEET_TRY(LayerScan found, scan_layer(store, upper_, tree_, scan_options_));
  ChangeMap changes;
  for (const std::string& path : found.scan.missing)
    changes[path] = {path, {}, {}};
  std::vector<std::string> files = found.rewritten;
  files.insert(files.end(), found.scan.untracked.begin(), found.scan.untracked.end());
  FLEET_CHECK(store_files(store, upper_, files, options_, changes));
  FLEET_TRY(WorkspaceSnapshot out,
            snapshot_of(store, tree_, base.value_or(commit()), std::move(changes), found.scan.notes));
  last_ = std::move(found);
  return out;
}

Result<Kept> Layer::take_kept(std::span<const std::string> globs, const fs::path& store) {
  if (!last_) {
    FLEET_TRY(last_, scan_layer(repository_.objects(), upper_, tree_, scan_options_));
  }
  return git::take_kept(upper_, last_->scan.ignored, globs, store);
}

Result<Kept> Layer::give_kept(const fs::path& store) {
  FLEET_TRY(Kept kept, git::give_kept(store, upper_, [this](const std::string& path) {
              return look_up(repository_.objects(), tree_, path);
            }));
  scan_options_.kept.insert(kept.paths.begin(), kept.paths.end());
  last_.reset();
  return kept;
}

}  // namespace fleet::git
