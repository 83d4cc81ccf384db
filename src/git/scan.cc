#include "git/scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "base/parallel.h"
#include "git/scan_parts.h"
#include "git/untracked.h"

namespace fleet::git {
namespace {

using model::FileMode;

// A file changed within the same tick of the kernel's clock as its stamp can have the same stamp. Ticks are 1
// to 10 ms.
constexpr std::int64_t kFresh = 20'000'000;  // nanoseconds
// Of the files of a part: from two of these on, a second thread saves more than it costs.
constexpr std::size_t kLeastInPart = 2000;

// What is left for another thread: tracked folders that are there, and where they are.
struct LeftPart {
  std::vector<std::pair<FolderRecord*, std::string>> folders;  // with their paths
  std::vector<Level> above;                                    // from the root on
};

class Scanner {
 public:
  Scanner(const Root& work, const ScanOptions& options, const ScanParts& parts)
      : work_(work),
        options_(options),
        parts_(parts),
        untracked_(
            work, options, [&work](const Level& level) { return read_rules(work, level.path); }, out_),
        left_(parts.size()) {}

  // What the scan of the trunk left.
  Result<> part(LeftPart part) {
    for (std::size_t i = 0; i < part.above.size(); ++i)
      part.above[i].above = i == 0 ? nullptr : &part.above[i - 1];
    for (auto& [record, path] : part.folders)
      FLEET_CHECK(folder(record, &part.above.back(), std::move(path)));
    return {};
  }

  Result<> folder(FolderRecord* record, const Level* above, std::string path) {
    base::UniqueFd fd =
        work_.open_folder(std::string_view(path).substr(0, path.empty() ? 0 : path.size() - 1));
    if (!fd && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
      if (record != nullptr) all_missing(*record, path);
      return {};
    }
    if (!fd) return base::fail_errno("look into the folder", shown(path), errno);
    struct stat info {};
    if (record != nullptr && ::fstat(fd.get(), &info) == 0 &&
        (info.st_mode & 07777) != options_.folder_mode) {
      out_.folders.push_back(path);
    }

    FLEET_TRY(const auto entries, read_folder(fd.get(), shown(path)));
    Level level{above, std::move(path), record == nullptr, false, std::nullopt, false};
    for (const FolderEntry& entry : entries)
      level.has_rules = level.has_rules || (entry.name == ".gitignore" && entry.type == DT_REG);

    static FolderRecord nothing;
    FolderRecord& table = record != nullptr ? *record : nothing;
    std::vector<bool> seen_files(table.files.size());
    std::vector<bool> seen_folders(table.folders.size());
    std::vector<std::string> to_enter;  // untracked
    for (const FolderEntry& entry : entries) {
      if (above == nullptr && entry.name == ".git") continue;  // ours
      bool known = false;
      if (FileRecord* file = table.find_file(entry.name)) {
        seen_files[static_cast<std::size_t>(file - table.files.data())] = true;
        known = tracked_file(fd.get(), *file, entry, level);
      } else if (FolderRecord* below = table.find_folder(entry.name);
                 below != nullptr && entry.type == DT_DIR) {
        const auto at =
            std::lower_bound(table.folders.begin(), table.folders.end(), entry.name,
                             [](const auto& item, const std::string& name) { return item->name < name; });
        seen_folders[static_cast<std::size_t>(at - table.folders.begin())] = true;
        known = true;
      }
      if (!known) {
        FLEET_CHECK(untracked_entry(fd.get(), entry, level, to_enter));
      }
    }
    for (std::size_t i = 0; i < seen_files.size(); ++i) {
      if (!seen_files[i]) out_.missing.push_back(level.path + table.files[i].name);
    }
    fd.reset();  // a deep tree must not use up the descriptors
    return enter(table, seen_folders, to_enter, level);
  }

  Scan take() { return std::move(out_); }
  std::vector<LeftPart> take_left() { return std::move(left_); }

 private:
  Result<> enter(FolderRecord& table, const std::vector<bool>& seen,
                 const std::vector<std::string>& untracked, const Level& level) {
    for (std::size_t i = 0; i < table.folders.size(); ++i) {
      FolderRecord& below = *table.folders[i];
      const std::string path = level.path + below.name + '/';
      if (!seen[i]) {
        all_missing(below, path);
      } else if (const auto part = parts_.of(below)) {
        leave(left_[*part], below, path, level);
      } else {
        FLEET_CHECK(folder(&below, &level, path));
      }
    }
    for (const std::string& name : untracked)
      FLEET_CHECK(folder(nullptr, &level, level.path + name + '/'));
    return {};
  }

  static void leave(LeftPart& part, FolderRecord& folder, std::string path, const Level& level) {
    part.folders.emplace_back(&folder, std::move(path));
    if (!part.above.empty()) return;
    for (const Level* at = &level; at != nullptr; at = at->above)
      part.above.push_back({nullptr, at->path, at->untracked, at->has_rules, std::nullopt, false});
    std::reverse(part.above.begin(), part.above.end());
  }

  [[nodiscard]] std::string shown(const std::string& path) const { return (work_.path() / path).string(); }

  void all_missing(const FolderRecord& record, const std::string& path) {
    for (const FileRecord& file : record.files)
      out_.missing.push_back(path + file.name);
    for (const auto& below : record.folders)
      all_missing(*below, path + below->name + '/');
  }

  // False when what stands there has nothing to do with the tracked file.
  bool tracked_file(int fd, FileRecord& file, const FolderEntry& entry, const Level& level) {
    if (file.entry.mode == FileMode::submodule) {
      if (entry.type != DT_DIR) {
        out_.missing.push_back(level.path + entry.name);
        return false;
      }
      const base::UniqueFd inside(
          ::openat(fd, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      const auto content =
          inside ? read_folder(inside.get(), entry.name) : Result<std::vector<FolderEntry>>{};
      if (!content || !content->empty()) {
        out_.submodules.push_back(level.path + entry.name);
        untracked_.note(level.path + entry.name, kWhySubmodule);
      }
      return true;
    }
    struct stat info {};
    if ((entry.type != DT_REG && entry.type != DT_LNK) ||
        ::fstatat(fd, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      out_.missing.push_back(level.path + entry.name);
      return false;
    }
    const FileStamp now = FileStamp::of(info);
    if (now != file.stamp || now.changed >= options_.trusted_at - kFresh) {
      out_.suspects.push_back({level.path + entry.name, &file, now});
    }
    return true;
  }

  Result<> untracked_entry(int fd, const FolderEntry& entry, const Level& level,
                           std::vector<std::string>& to_enter) {
    if (!level.untracked) out_.extra.push_back(level.path + entry.name);
    if (options_.look == Untracked::topmost) return {};
    FLEET_TRY(const bool enter, untracked_.take(fd, entry, level));
    if (enter) to_enter.push_back(entry.name);
    return {};
  }

  const Root& work_;
  const ScanOptions& options_;
  const ScanParts& parts_;
  Scan out_;
  UntrackedFiles untracked_;
  std::vector<LeftPart> left_;
};

template <class T>
void append(std::vector<T>& all, std::vector<T>& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

Result<> add(Scan& all, Scan& more, const Root& work, const ScanOptions& options) {
  append(all.suspects, more.suspects);
  for (auto list : {&Scan::missing, &Scan::untracked, &Scan::ignored, &Scan::extra, &Scan::submodules,
                    &Scan::new_submodules, &Scan::folders, &Scan::notes})
    append(all.*list, more.*list);
  if (all.untracked.size() > options.max_files) return too_many_files(work.path(), options.max_files);
  bound_notes(all.notes);
  return {};
}

}  // namespace

Result<Scan> scan(const Root& work, FileTable& table, const ScanOptions& options) {
  const ScanParts parts =
      options.threads > 1 ? ScanParts(table.root(), std::max(kLeastInPart, table.size() / 32)) : ScanParts();
  Scanner trunk(work, options, parts);
  FLEET_CHECK(trunk.folder(&table.root(), nullptr, ""));
  Scan all = trunk.take();
  std::vector<LeftPart> left = trunk.take_left();
  std::vector<Scan> scans(left.size());
  const ScanParts whole;
  const auto scan_parts = [&](std::size_t begin, std::size_t end) -> Result<> {
    for (std::size_t i = begin; i < end; ++i) {
      Scanner scanner(work, options, whole);
      FLEET_CHECK(scanner.part(std::move(left[i])));
      scans[i] = scanner.take();
    }
    return {};
  };
  FLEET_CHECK(base::in_parallel(options.threads, left.size(), scan_parts, 1));
  for (Scan& part : scans)
    FLEET_CHECK(add(all, part, work, options));
  return all;
}

}  // namespace fleet::git
