#include "git/checkout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/parallel.h"
#include "git/keep.h"
#include "git/path.h"
#include "git/private_git.h"
#include "git/stored_file.h"
#include "git/tree.h"
#include "git/untracked.h"

namespace fleet::git {

using base::UniqueFd;
using model::Change;
using model::FileMode;
using model::TreeEntry;
namespace fs = std::filesystem;

namespace {

Result<UniqueFd> open_clock(const fs::path& path) {
  UniqueFd clock(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!clock) return base::fail_errno("make the file", path.string(), errno);
  return clock;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string() : path.substr(0, slash);
}

}  // namespace

Checkout::Checkout(const Repository& repository, Root work, Root trash, UniqueFd clock,
                   std::shared_ptr<const std::string> refs, const PoolOptions& options)
    : repository_(repository),
      work_(std::move(work)),
      trash_(std::move(trash)),
      clock_(std::move(clock)),
      refs_(std::move(refs)),
      options_(options) {
  scan_options_.max_files = options.max_files;
  scan_options_.threads = options.threads;
}

Result<std::unique_ptr<Checkout>> Checkout::open(const Repository& repository, const fs::path& slot,
                                                 std::shared_ptr<const std::string> refs,
                                                 const PoolOptions& options) {
  std::error_code error;
  fs::create_directories(slot, error);
  if (error) return base::fail_errno("make the folder", slot.string(), error.value());
  FLEET_TRY(const Root root, Root::open(slot));
  FLEET_TRY(const auto old_trash, root.make_folder("trash"));
  (void)old_trash;
  FLEET_TRY(const Root leftovers, Root::open(slot / "trash"));
  FLEET_CHECK(leftovers.empty());
  // Made anew, so that it shows which permissions new folders get.
  FLEET_CHECK(root.remove("trash", leftovers));
  FLEET_TRY(const auto new_trash, root.make_folder("trash"));
  struct stat info {};
  if (::fstat(new_trash.get(), &info) != 0)
    return base::fail_errno("look at the folder", slot.string(), errno);
  FLEET_TRY(Root trash, Root::open(slot / "trash"));
  FLEET_TRY(const auto work_folder, root.make_folder("work"));
  FLEET_TRY(Root work, Root::open(slot / "work"));
  (void)work_folder;
  FLEET_TRY(auto clock, open_clock(slot / "clock"));
  auto checkout = std::unique_ptr<Checkout>(new Checkout(repository, std::move(work), std::move(trash),
                                                         std::move(clock), std::move(refs), options));
  checkout->scan_options_.folder_mode = info.st_mode & 07777;
  return checkout;
}

// An agent with our own uid and no sandbox could have moved the folder itself away.
Result<> Checkout::check_in_place() const {
  struct stat here {};
  struct stat named {};
  if (::fstat(work_.fd(), &here) == 0 && ::lstat(work_.path().c_str(), &named) == 0 &&
      S_ISDIR(named.st_mode) && here.st_dev == named.st_dev && here.st_ino == named.st_ino) {
    return {};
  }
  return base::fail_world("use the workspace", work_.path().string(), "it was moved away or replaced",
                          "fleet makes another one; look at what the task before did");
}

Result<std::int64_t> Checkout::file_system_time() const {
  struct stat info {};
  if (::futimens(clock_.get(), nullptr) != 0 || ::fstat(clock_.get(), &info) != 0) {
    return base::fail_errno("read the time of the file system of", work_.path().string(), errno);
  }
  return FileStamp::of(info).changed;
}

std::uint32_t Checkout::permissions_of(FileMode mode) const {
  return mode == FileMode::executable ? scan_options_.folder_mode & 0777 : scan_options_.folder_mode & 0666;
}

Result<> Checkout::examine(const Scan::Suspect& suspect, Content content, Deviations& out,
                           std::mutex& mutex) {
  FileRecord& record = *suspect.record;
  std::optional<std::uint64_t> size;
  if (content == Content::compare && S_ISREG(suspect.now.mode) && record.entry.mode != FileMode::symlink) {
    FLEET_TRY(size, repository_.objects().blob_size(record.entry.id));
  }
  struct stat info {};
  FLEET_TRY(const TreeEntry now, read_entry(repository_.objects(), work_, suspect.path, content,
                                            options_.max_file_bytes, size, info));
  struct stat root {};
  (void)::fstat(work_.fd(), &root);
  // Also times and extended attributes that a task changed: some programs decide by them.
  const bool as_made = suspect.now == record.stamp && info.st_uid == root.st_uid &&
                       (!S_ISREG(info.st_mode) ||
                        ((info.st_mode & 07777) == permissions_of(record.entry.mode) && info.st_nlink == 1));
  if (now == record.entry && as_made) {
    record.stamp = FileStamp::of(info);
    return {};
  }
  const std::lock_guard lock(mutex);
  if (now == record.entry) {
    out.worn.push_back(suspect.path);
  } else {
    out.changed.push_back({suspect.path, record.entry, now});
  }
  return {};
}

Result<Checkout::Deviations> Checkout::find_deviations(Content content, Untracked look) {
  FLEET_TRY(const std::int64_t begun, file_system_time());
  Deviations out;
  scan_options_.look = look;
  FLEET_TRY(out.scan, git::scan(work_, table_, scan_options_));
  std::mutex mutex;
  const auto& suspects = out.scan.suspects;
  const auto examine_piece = [&](std::size_t begin, std::size_t end) -> Result<> {
    for (std::size_t i = begin; i < end; ++i)
      FLEET_CHECK(examine(suspects[i], content, out, mutex));
    return {};
  };
  FLEET_CHECK(base::in_parallel(options_.threads, suspects.size(), examine_piece));
  scan_options_.trusted_at = begun;
  return out;
}

Result<> Checkout::move_to(ObjectId commit, Since since) {
  const auto move = [&]() -> Result<> {
    FLEET_CHECK(check_in_place());
    FLEET_TRY(const ObjectId tree, repository_.objects().tree_of(commit));
    FLEET_TRY(scan_options_.excludes, repository_.private_excludes());
    FLEET_CHECK(move_files(tree, since));
    commit_ = commit;
    index_as_written_.reset();
    FLEET_TRY(index_as_written_, write_private_git(repository_, work_, trash_,
                                                   {commit, scan_options_.excludes, *refs_}, table_));
    return {};
  };
  auto done = move();
  if (!done) usable_ = false;
  return done;
}

Result<> Checkout::move_files(ObjectId tree, Since since) {
  const ObjectStore& store = repository_.objects();
  std::vector<Change> changes;
  if (commit_.is_none()) {
    table_.clear();
    FLEET_TRY(const auto files, list(store, tree));
    for (const Listed& file : files)
      table_.put(file.path, file.entry);
  } else {
    FLEET_TRY(changes, diff(store, tree_, tree));
  }
  scan_options_.kept.clear();
  scan_options_.added.clear();
  if (since == Since::unchanged && !last_ && as_moved_) last_.emplace();
  if (since == Since::maybe_changed || !last_) {
    last_.reset();
    FLEET_TRY(last_, find_deviations(Content::compare, Untracked::topmost));
  }
  as_moved_ = false;
  const Deviations deviations = *std::move(last_);
  last_.reset();
  FLEET_CHECK(apply(deviations, changes));
  tree_ = tree;
  FLEET_TRY(scan_options_.trusted_at, file_system_time());
  as_moved_ = true;
  return {};
}

Result<> Checkout::apply(const Deviations& deviations, std::span<const Change> changes) {
  const Scan& scan = deviations.scan;
  std::set<std::string> to_remove(scan.extra.begin(), scan.extra.end());
  std::set<std::string> to_write(scan.missing.begin(), scan.missing.end());
  to_remove.insert(scan.submodules.begin(), scan.submodules.end());
  to_write.insert(scan.submodules.begin(), scan.submodules.end());
  for (const Change& change : deviations.changed) {
    to_remove.insert(change.path);
    to_write.insert(change.path);
  }
  to_remove.insert(deviations.worn.begin(), deviations.worn.end());
  to_write.insert(deviations.worn.begin(), deviations.worn.end());

  std::vector<std::string> emptied;
  for (const Change& change : changes) {
    if (change.before.exists()) to_remove.insert(change.path);
    if (change.after.exists()) {
      to_write.insert(change.path);
      table_.put(change.path, change.after);
    } else {
      to_write.erase(change.path);
      table_.erase(change.path, emptied);
    }
  }
  for (const std::string& path : to_remove)
    FLEET_CHECK(work_.remove(path, trash_));
  for (const std::string& path : emptied) {
    const Root::Parent at = work_.open_parent(path);
    // Not empty when another change put a file there again.
    if (at.folder) (void)::unlinkat(at.folder.get(), at.name.c_str(), AT_REMOVEDIR);
  }
  for (const std::string& path : scan.folders) {
    const UniqueFd folder =
        work_.open_folder(std::string_view(path).substr(0, path.empty() ? 0 : path.size() - 1));
    if (folder) (void)::fchmod(folder.get(), scan_options_.folder_mode);
  }
  return write_files(to_write);
}

Result<> Checkout::write_files(const std::set<std::string>& paths) {
  struct Target {
    const std::string* path;
    FileRecord* file;
  };
  std::vector<Target> targets;
  targets.reserve(paths.size());
  for (const std::string& path : paths)
    targets.push_back({&path, table_.find(path)});
  return base::in_parallel(options_.threads, targets.size(),
                           [&](std::size_t begin, std::size_t end) -> Result<> {
                             std::string folder_path;
                             UniqueFd folder;
                             for (std::size_t i = begin; i < end; ++i) {
                               std::string parent = folder_of(*targets[i].path);
                               if (!folder || parent != folder_path) {
                                 FLEET_TRY(folder, work_.make_folder(parent));
                                 folder_path = std::move(parent);
                               }
                               FLEET_CHECK(write_file(folder.get(), *targets[i].path, *targets[i].file));
                             }
                             return {};
                           });
}

Result<> Checkout::write_file(int folder, const std::string& path, FileRecord& file) const {
  const std::string shown = (work_.path() / path).string();
  const char* name = file.name.c_str();
  if (file.entry.mode == FileMode::submodule) {
    FLEET_TRY(const auto made, work_.make_folder(path));
    (void)made;
    return {};
  }
  FLEET_TRY(const std::string bytes, repository_.objects().read_blob(file.entry.id));
  struct stat info {};
  if (file.entry.mode == FileMode::symlink) {
    if (bytes.empty() || bytes.find('\0') != bytes.npos) {
      return base::fail_input("make the symlink", shown, "its target is no path", "run `git fsck`");
    }
    if (::symlinkat(bytes.c_str(), folder, name) != 0) {
      if (errno != EEXIST) return base::fail_errno("make the symlink", shown, errno);
      FLEET_CHECK(work_.remove(path, trash_));
      if (::symlinkat(bytes.c_str(), folder, name) != 0)
        return base::fail_errno("make the symlink", shown, errno);
    }
    if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0) file.stamp = FileStamp::of(info);
    return {};
  }
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const mode_t mode = file.entry.mode == FileMode::executable ? 0777 : 0666;
  UniqueFd made(::openat(folder, name, kFlags, mode));
  if (!made && errno == EEXIST) {
    FLEET_CHECK(work_.remove(path, trash_));
    made = UniqueFd(::openat(folder, name, kFlags, mode));
  }
  if (!made) return base::fail_errno("write", shown, errno, "check that the disk is not full");
  FLEET_CHECK(write_all(made.get(), bytes, shown));
  if (::fstat(made.get(), &info) != 0) return base::fail_errno("look at", shown, errno);
  file.stamp = FileStamp::of(info);
  return {};
}

Result<OwnIndex> Checkout::take_own_index() {
  const FilesBefore before{
      [this](const std::string& path) -> Result<bool> { return table_.find(path) != nullptr; },
      [this]() -> Result<std::size_t> { return table_.size(); },
      [this](const std::function<void(const std::string& path)>& visit) -> Result<> {
        table_.for_each([&](const std::string& path, const FileRecord&) { visit(path); });
        return {};
      }};
  FLEET_TRY(OwnIndex index, read_own_index(work_, index_as_written_, before));
  FLEET_TRY(const std::string gitmodules, read_bounded(work_, ".gitmodules"));
  keep_named_submodules(index.added, gitmodules);
  scan_options_.added = index.added;
  std::erase_if(index.dropped, [&](const std::string& path) {
    return table_.find(path)->entry.mode == FileMode::submodule;
  });
  FLEET_TRY(index.dropped,
            ignored_of(index.dropped, scan_options_.excludes,
                       [this](const std::string& folder) { return read_rules(work_, folder); }));
  return index;
}

Result<WorkspaceSnapshot> Checkout::snapshot(std::optional<ObjectId> base) {
  ObjectStore& store = repository_.objects();
  FLEET_CHECK(check_in_place());
  last_.reset();
  as_moved_ = false;
  FLEET_TRY(const OwnIndex index, take_own_index());
  FLEET_TRY(Deviations found, find_deviations(Content::store, Untracked::classify));
  ChangeMap changes;
  for (const Change& change : found.changed)
    changes[change.path] = change;
  for (const std::string& path : found.scan.missing)
    changes[path] = {path, table_.find(path)->entry, {}};

  FLEET_CHECK(store_files(store, work_, found.scan.untracked, options_, changes));
  for (const std::string& path : found.scan.new_submodules)
    changes[path] = {path, {}, index.added.at(path)};
  for (const std::string& path : index.dropped)
    changes[path] = {path, table_.find(path)->entry, {}};
  std::vector<std::string> notes = notes_of(index);
  notes.insert(notes.end(), found.scan.notes.begin(), found.scan.notes.end());
  FLEET_TRY(WorkspaceSnapshot out,
            snapshot_of(store, tree_, base.value_or(commit_), changes, std::move(notes)));
  last_ = std::move(found);
  return out;
}

Result<bool> Checkout::holds(const std::string& path) const {
  struct stat info {};
  return ::lstat((work_.path() / path).c_str(), &info) == 0;
}

Result<Kept> Checkout::take_kept(std::span<const std::string> globs, const fs::path& store) {
  if (!last_) {
    FLEET_TRY(last_, find_deviations(Content::compare, Untracked::classify));
  }
  as_moved_ = false;
  return git::take_kept(work_, last_->scan.ignored, globs, store);
}

Result<Kept> Checkout::give_kept(const fs::path& store) {
  FLEET_TRY(Kept kept, git::give_kept(store, work_, [](const std::string&) -> Result<Place> { return {}; }));
  scan_options_.kept.insert(kept.paths.begin(), kept.paths.end());
  last_.reset();
  as_moved_ = false;
  return kept;
}

}  // namespace fleet::git
