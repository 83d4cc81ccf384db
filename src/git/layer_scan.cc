#include "git/layer_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "git/tree.h"
#include "git/untracked.h"

// The signs of overlayfs: Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories", with
// the option `userxattr`.
namespace fleet::git {
namespace {

using model::FileMode;

bool is_whiteout(int folder, const std::string& name) {
  struct stat info {};
  return ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(info.st_mode) &&
         info.st_rdev == 0;
}

bool is_opaque(int folder) {
  char value = 0;
  return ::fgetxattr(folder, "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

class LayerScanner {
 public:
  LayerScanner(const ObjectStore& store, const Root& upper, ObjectId tree, const ScanOptions& options)
      : store_(store),
        upper_(upper),
        tree_(tree),
        untracked_(
            upper, options, [this](const Level& level) { return rules_of(level); }, out_.scan) {}

  // `tree`: what the snapshot before has at this path; none when it has no folder there. `hidden`: of that,
  // only what the upper folder holds too is still there.
  Result<> folder(ObjectId tree, bool hidden, const Level* above, std::string path) {
    base::UniqueFd fd = upper_.open_folder(without_slash(path));
    if (!fd) return base::fail_errno("look into the folder", (upper_.path() / path).string(), errno);
    FLEET_TRY(const auto entries, read_folder(fd.get(), path));
    std::shared_ptr<const Tree> before;
    if (!tree.is_none()) {
      FLEET_TRY(before, store_.read_tree(tree));
    }
    // Of the root, the kernel takes no such mark.
    hidden = hidden || (above != nullptr && is_opaque(fd.get()));
    Level level{above, std::move(path), before == nullptr, false, std::nullopt, false};
    FLEET_TRY(level.has_rules, has_rules(fd.get(), before.get(), hidden, level.path));

    std::set<std::string_view> seen;
    std::vector<std::pair<ObjectId, std::string>> to_enter;
    for (const FolderEntry& entry : entries) {
      if (above == nullptr && entry.name == ".git") continue;  // the agent's
      const Tree::Entry* const old = before ? before->find(entry.name) : nullptr;
      if (old != nullptr) seen.insert(old->name);
      FLEET_TRY(const Step step, look_at(fd.get(), entry, old, level));
      if (step == Step::enter_new) to_enter.emplace_back(ObjectId{}, entry.name);
      if (step == Step::enter_old) to_enter.emplace_back(old->id, entry.name);
    }
    fd.reset();  // a deep tree must not use up the descriptors
    if (hidden && before) {
      for (const Tree::Entry& old : before->entries()) {
        if (seen.count(old.name) == 0) FLEET_CHECK(gone(old, level.path + std::string(old.name)));
      }
    }
    for (auto& [below, name] : to_enter)
      FLEET_CHECK(folder(below, hidden, &level, level.path + name + '/'));
    return {};
  }

  LayerScan take() { return std::move(out_); }

 private:
  enum class Step { pass, enter_new, enter_old };

  static std::string_view without_slash(std::string_view path) {
    return path.substr(0, path.empty() ? 0 : path.size() - 1);
  }

  Result<Step> look_at(int fd, const FolderEntry& entry, const Tree::Entry* old, const Level& level) {
    const std::string path = level.path + entry.name;
    const FileMode mode = old != nullptr ? old->leaf().mode : FileMode::none;
    const bool was_folder = old != nullptr && old->is_folder();
    if (entry.type == DT_DIR && was_folder) return Step::enter_old;
    if (entry.type == DT_DIR && mode == FileMode::submodule) {
      FLEET_CHECK(note_submodule(path));
      return Step::pass;
    }
    const bool was_file = mode != FileMode::none && mode != FileMode::submodule;
    if ((entry.type == DT_REG || entry.type == DT_LNK) && was_file) {
      out_.rewritten.push_back(path);
      return Step::pass;
    }
    if (old != nullptr) FLEET_CHECK(gone(*old, path));
    if (entry.type == DT_CHR && is_whiteout(fd, entry.name)) return Step::pass;
    FLEET_TRY(const bool enter, untracked_.take(fd, entry, level));
    return enter ? Step::enter_new : Step::pass;
  }

  Result<> note_submodule(const std::string& path) {
    const base::UniqueFd inside = upper_.open_folder(path);
    if (!inside) return {};
    FLEET_TRY(const auto content, read_folder(inside.get(), path));
    if (!content.empty()) untracked_.note(path, kWhySubmodule);
    return {};
  }

  Result<> gone(const Tree::Entry& old, const std::string& path) {
    if (!old.is_folder()) {
      out_.scan.missing.push_back(path);
      return {};
    }
    FLEET_TRY(const auto files, list(store_, tree_, path));
    for (const Listed& file : files)
      out_.scan.missing.push_back(file.path);
    return {};
  }

  // Where the upper folder has a .gitignore or a whiteout of one, that stands; else the tree's, if it shows.
  Result<bool> has_rules(int fd, const Tree* before, bool hidden, const std::string& path) const {
    struct stat info {};
    if (::fstatat(fd, ".gitignore", &info, AT_SYMLINK_NOFOLLOW) == 0) return S_ISREG(info.st_mode);
    if (errno != ENOENT)
      return base::fail_errno("look for", (upper_.path() / path / ".gitignore").string(), errno);
    const Tree::Entry* const old = before != nullptr && !hidden ? before->find(".gitignore") : nullptr;
    return old != nullptr && old->leaf().is_file();
  }

  Result<std::string> rules_of(const Level& level) const {
    const std::string path = level.path + ".gitignore";
    FLEET_TRY(const Above in_upper, above(upper_, path));
    if (in_upper == Above::present) return read_rules(upper_, level.path);
    FLEET_TRY(const model::TreeEntry old, entry_at(store_, tree_, path));
    return store_.read_blob(old.id);
  }

  const ObjectStore& store_;
  const Root& upper_;
  const ObjectId tree_;
  LayerScan out_;
  UntrackedFiles untracked_;
};

}  // namespace

Result<LayerScan> scan_layer(const ObjectStore& store, const Root& upper, ObjectId tree,
                             const ScanOptions& options) {
  LayerScanner scanner(store, upper, tree, options);
  FLEET_CHECK(scanner.folder(tree, false, nullptr, ""));
  return scanner.take();
}

Result<Above> above(const Root& upper, const std::string& path) {
  Above answer = Above::nothing;
  for (std::size_t end = 0; end != path.npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    const Root::Parent at = upper.open_parent(part);
    struct stat info {};
    if (!at.folder || ::fstatat(at.folder.get(), at.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return answer;
      return base::fail_errno("look at", (upper.path() / part).string(), errno);
    }
    if (S_ISCHR(info.st_mode) && info.st_rdev == 0) return Above::hidden;
    if (end == path.npos) return Above::present;
    const base::UniqueFd folder = S_ISDIR(info.st_mode) ? upper.open_folder(part) : base::UniqueFd();
    if (!folder || is_opaque(folder.get())) answer = Above::hidden;
  }
  return answer;
}

}  // namespace fleet::git
