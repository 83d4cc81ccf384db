#include "git/layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "git/keep.h"
#include "git/stored_file.h"
#include "git/tree.h"
#include "git/untracked.h"

namespace fleet::git {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxSymlinks = 40;  // as the kernel follows

bool stands_outside(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

Layer::Layer(const Repository& repository, fs::path work, Root folder, Root upper, Root scratch,
             const PoolOptions& options)
    : repository_(repository),
      work_(std::move(work)),
      folder_(std::move(folder)),
      upper_(std::move(upper)),
      scratch_(std::move(scratch)),
      options_(options) {
  scan_options_.max_files = options.max_files;
}

Result<std::unique_ptr<Layer>> Layer::make(const Repository& repository,
                                           std::shared_ptr<const WorkFolder> lower, const fs::path& work,
                                           const fs::path& folder, const PoolOptions& options) {
  for (const fs::path& path : {work, folder}) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return base::fail_errno("make the folder", path.string(), error.value());
  }
  FLEET_TRY(Root all, Root::open(folder));
  for (const char* name : {"upper", "scratch"}) {
    FLEET_TRY(const auto made, all.make_folder(name));
    static_cast<void>(made);
  }
  FLEET_TRY(Root upper, Root::open(folder / "upper", work));
  FLEET_TRY(Root scratch, Root::open(folder / "scratch"));
  std::unique_ptr<Layer> layer(
      new Layer(repository, work, std::move(all), std::move(upper), std::move(scratch), options));
  FLEET_CHECK(layer->move_to(std::move(lower)));
  return layer;
}

Result<> Layer::move_to(std::shared_ptr<const WorkFolder> lower) {
  FLEET_CHECK(upper_.empty());
  FLEET_CHECK(scratch_.empty());
  FLEET_TRY(tree_, repository_.objects().tree_of(lower->commit()));
  lower_ = std::move(lower);
  FLEET_TRY(scan_options_.excludes, repository_.private_excludes());
  scan_options_.kept.clear();
  scan_options_.added.clear();
  last_.reset();
  return {};
}

// What cannot be removed stays until the pool's folder is.
Layer::~Layer() {
  std::error_code ignored;
  static_cast<void>(folder_.empty());
  fs::remove(folder_.path(), ignored);
  fs::remove(work_, ignored);
}

std::optional<Layers> Layer::layers() const {
  return Layers{lower_->folder(), folder_.path() / "upper", scratch_.path()};
}

Result<Layer::Entry> Layer::entry(const std::string& path) const {
  FLEET_TRY(const Above in_upper, above(upper_, path));
  if (in_upper == Above::hidden) return Entry{};
  if (in_upper == Above::nothing) {
    FLEET_TRY(const Place place, look_up(repository_.objects(), tree_, path));
    if (!place.folder.is_none() || place.entry.mode == model::FileMode::submodule)
      return Entry{Entry::Kind::folder, {}};
    if (place.entry.mode != model::FileMode::symlink)
      return Entry{place.entry.exists() ? Entry::Kind::other : Entry::Kind::none, {}};
    FLEET_TRY(std::string target, repository_.objects().read_blob(place.entry.id));
    return Entry{Entry::Kind::symlink, std::move(target)};
  }
  const Root::Parent at = upper_.open_parent(path);
  struct stat info {};
  if (!at.folder || ::fstatat(at.folder.get(), at.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return base::fail_errno("look at", (work_ / path).string(), errno);
  if (S_ISDIR(info.st_mode)) return Entry{Entry::Kind::folder, {}};
  if (!S_ISLNK(info.st_mode)) return Entry{Entry::Kind::other, {}};
  std::string target(4096, '\0');
  const ssize_t length = ::readlinkat(at.folder.get(), at.name.c_str(), target.data(), target.size());
  if (length < 0) return base::fail_errno("look at", (work_ / path).string(), errno);
  target.resize(static_cast<std::size_t>(length));
  return Entry{Entry::Kind::symlink, std::move(target)};
}

// As lstat(2) would say in there.
Result<bool> Layer::holds(const std::string& path) const {
  std::string at;
  std::string rest = path;
  int symlinks = 0;
  while (true) {
    const std::string part = rest.substr(0, rest.find('/'));
    const bool is_last = part.size() == rest.size();
    rest.erase(0, part.size() + 1);
    if (part.empty() || part == ".") {
      if (is_last) return true;  // the folder that it has come to
      continue;
    }
    if (part == ".." && at.empty()) return stands_outside(work_.parent_path() / rest);
    if (part == "..") {
      at.resize(at.find('/') == at.npos ? 0 : at.rfind('/'));
      if (is_last) return true;
      continue;
    }
    std::string next = at;
    if (!next.empty()) next += '/';
    next += part;
    FLEET_TRY(Entry entry, this->entry(next));
    if (entry.kind == Entry::Kind::none) return false;
    if (is_last) return true;
    if (entry.kind == Entry::Kind::other) return false;
    if (entry.kind == Entry::Kind::folder) {
      at = std::move(next);
      continue;
    }
    if (++symlinks > kMaxSymlinks) return false;
    if (entry.target.front() == '/') {
      const auto [in_target, in_work] = std::mismatch(entry.target.begin(), entry.target.end(),
                                                      work_.native().begin(), work_.native().end());
      const bool is_inside =
          in_work == work_.native().end() && (in_target == entry.target.end() || *in_target == '/');
      if (!is_inside) return stands_outside(fs::path(entry.target) / rest);
      entry.target.erase(0, work_.native().size() + 1);
      at.clear();
    }
    rest.insert(0, 1, '/').insert(0, entry.target);
  }
}

// A small text as a program sees it; empty: no file.
Result<std::string> Layer::text_of(const std::string& path) const {
  FLEET_TRY(const Above in_upper, above(upper_, path));
  if (in_upper == Above::present) return read_bounded(upper_, path);
  if (in_upper == Above::hidden) return std::string();
  FLEET_TRY(const model::TreeEntry entry, entry_at(repository_.objects(), tree_, path));
  if (!entry.is_file()) return std::string();
  return repository_.objects().read_blob(entry.id);
}

// One that the upper folder does not hold is that of the lower one, which matches the tree.
Result<OwnIndex> Layer::take_own_index() {
  const ObjectStore& store = repository_.objects();
  constexpr std::size_t kAll = 10'000'000;
  const FilesBefore before{[&](const std::string& path) -> Result<bool> {
                             FLEET_TRY(const model::TreeEntry entry, entry_at(store, tree_, path));
                             return entry.exists();
                           },
                           [&] { return count(store, tree_, kAll); },
                           [&](const std::function<void(const std::string& path)>& visit) -> Result<> {
                             FLEET_TRY(const auto files, list(store, tree_));
                             for (const Listed& file : files)
                               if (file.entry.mode != model::FileMode::submodule) visit(file.path);
                             return {};
                           }};
  FLEET_TRY(OwnIndex index, read_own_index(upper_, std::nullopt, before));
  FLEET_TRY(const std::string gitmodules, text_of(".gitmodules"));
  keep_named_submodules(index.added, gitmodules);
  scan_options_.added = index.added;
  FLEET_TRY(index.dropped,
            ignored_of(index.dropped, scan_options_.excludes,
                       [this](const std::string& folder) { return text_of(folder + ".gitignore"); }));
  return index;
}

Result<WorkspaceSnapshot> Layer::snapshot(std::optional<ObjectId> base) {
  ObjectStore& store = repository_.objects();
  last_.reset();
  FLEET_TRY(const OwnIndex index, take_own_index());
  FLEET_TRY(LayerScan found, scan_layer(store, upper_, tree_, scan_options_));
  ChangeMap changes;
  for (const std::string& path : found.scan.missing)
    changes[path] = {path, {}, {}};
  std::vector<std::string> files = found.rewritten;
  files.insert(files.end(), found.scan.untracked.begin(), found.scan.untracked.end());
  FLEET_CHECK(store_files(store, upper_, files, options_, changes));
  for (const std::string& path : found.scan.new_submodules)
    changes[path] = {path, {}, index.added.at(path)};
  for (const std::string& path : index.dropped)
    changes[path] = {path, {}, {}};
  std::vector<std::string> notes = notes_of(index);
  notes.insert(notes.end(), found.scan.notes.begin(), found.scan.notes.end());
  FLEET_TRY(WorkspaceSnapshot out,
            snapshot_of(store, tree_, base.value_or(commit()), changes, std::move(notes)));
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
