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

#include "git/parallel.h"
#include "git/path.h"
#include "git/scan_parts.h"
#include "text/ignore.h"

namespace fleet::git {
namespace {

using model::FileMode;

// A file changed within the same tick of the kernel's clock as its stamp can have the same stamp. Ticks are 1
// to 10 ms.
constexpr std::int64_t kFresh = 20'000'000;  // nanoseconds
constexpr std::size_t kMaxIgnoreFile = 4'000'000;
constexpr std::size_t kMaxNotes = 50;
// Of the files of a part: from two of these on, a second thread saves more than it costs.
constexpr std::size_t kLeastInPart = 2000;

// A folder on the way from the root to where the walk is.
struct Level {
  const Level* above = nullptr;
  std::string path;  // "" or ending in a slash
  bool untracked = false;
  bool has_rules = false;  // a .gitignore
  mutable std::optional<bool> ignored;
  mutable bool loaded = false;
};

tl::unexpected<Error> too_many_files(const Root& work, const ScanOptions& options) {
  return base::fail_input("take the files of the task", work.path().string(),
                          fmt::format("there are more than {} new ones", options.max_files),
                          "name what is not to be kept in .gitignore");
}

// What is left for another thread: tracked folders that are there, and where they are.
struct LeftPart {
  std::vector<std::pair<FolderRecord*, std::string>> folders;  // with their paths
  std::vector<Level> above;                                    // from the root on
};

class Scanner {
 public:
  Scanner(const Root& work, const ScanOptions& options, const ScanParts& parts)
      : work_(work), options_(options), parts_(parts), left_(parts.size()) {
    rules_.add("", options.excludes);
  }

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
      if (!seen_files[i]) file_missing(table.files[i], level.path);
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

  void note(const std::string& path, std::string_view why) {
    if (out_.notes.size() < kMaxNotes)
      out_.notes.push_back(fmt::format("{} was left out: {}", quote_path(path), why));
    if (out_.notes.size() == kMaxNotes) out_.notes.emplace_back("more was left out");
  }

  void file_missing(const FileRecord& file, const std::string& folder_path) {
    auto& list = file.entry.mode == FileMode::submodule ? out_.submodules : out_.missing;
    list.push_back(folder_path + file.name);
  }

  void all_missing(const FolderRecord& record, const std::string& path) {
    for (const FileRecord& file : record.files)
      file_missing(file, path);
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
        note(level.path + entry.name, "it is a submodule, and what is in it stays in it");
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
    const std::string path = level.path + entry.name;
    const bool is_folder = entry.type == DT_DIR;
    if (!level.untracked) out_.extra.push_back(path);
    if (options_.look == Untracked::topmost) return {};
    bool left_out = options_.kept.contains(path);
    if (!left_out) {
      FLEET_TRY(left_out, is_ignored(path, is_folder, level));
    }
    if (left_out) {
      out_.ignored.push_back(is_folder ? path + '/' : path);
      return {};
    }
    if (!is_safe_name(entry.name)) {
      note(path, "git takes no such name");
    } else if (path.size() > kMaxPath) {
      return base::fail_input("take the file", quote_path(path.substr(0, 100)) + "...",
                              fmt::format("its path is longer than {} bytes", kMaxPath));
    } else if (is_folder && ::faccessat(fd, (entry.name + "/.git").c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
      note(path, "it is a git repository of its own");
    } else if (is_folder) {
      to_enter.push_back(entry.name);
    } else if (entry.type != DT_REG && entry.type != DT_LNK) {
      note(path, "it is neither a file nor a folder nor a symlink");
    } else if (out_.untracked.size() == options_.max_files) {
      return too_many_files(work_, options_);
    } else {
      out_.untracked.push_back(path);
    }
    return {};
  }

  Result<bool> is_ignored(const std::string& path, bool is_folder, const Level& level) {
    FLEET_CHECK(load(level));
    return folder_ignored(level) || rules_.check(path, is_folder) == text::Ignored::yes;
  }

  // Only tracked folders can be ignored and still be entered.
  bool folder_ignored(const Level& level) {
    if (!level.ignored) {
      level.ignored = level.above != nullptr &&
                      (folder_ignored(*level.above) ||
                       rules_.check(level.path.substr(0, level.path.size() - 1), true) == text::Ignored::yes);
    }
    return *level.ignored;
  }

  // Rules that cannot be read are an error: without them, what is ignored would be committed.
  Result<> load(const Level& level) {
    if (level.loaded) return {};
    level.loaded = true;
    if (level.above != nullptr) FLEET_CHECK(load(*level.above));
    if (!level.has_rules) return {};
    const std::string path = level.path + ".gitignore";
    const Root::Parent at = work_.open_parent(path);
    const base::UniqueFd file = at.folder ? open_file(at.folder.get(), at.name) : base::UniqueFd();
    // Gone meanwhile, or no file any more.
    if (!file && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO)) return {};
    if (!file) return base::fail_errno("read", shown(path), errno);
    FLEET_TRY(const std::string text, read_rules(file.get(), path));
    rules_.add(level.path.empty() ? level.path : level.path.substr(0, level.path.size() - 1), text);
    return {};
  }

  Result<std::string> read_rules(int fd, const std::string& path) const {
    std::string text;
    char buffer[65536];
    while (text.size() < kMaxIgnoreFile) {
      const ssize_t got = ::read(fd, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return base::fail_errno("read", shown(path), errno);
      if (got == 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

  const Root& work_;
  const ScanOptions& options_;
  const ScanParts& parts_;
  text::IgnoreRules rules_;
  Scan out_;
  std::vector<LeftPart> left_;
};

template <class T>
void append(std::vector<T>& all, std::vector<T>& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

Result<> add(Scan& all, Scan& more, const Root& work, const ScanOptions& options) {
  append(all.suspects, more.suspects);
  for (auto list : {&Scan::missing, &Scan::untracked, &Scan::ignored, &Scan::extra, &Scan::submodules,
                    &Scan::folders, &Scan::notes})
    append(all.*list, more.*list);
  if (all.untracked.size() > options.max_files) return too_many_files(work, options);
  if (all.notes.size() > kMaxNotes) {
    all.notes.resize(kMaxNotes);
    all.notes.emplace_back("more was left out");
  }
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
  FLEET_CHECK(in_parallel(options.threads, left.size(), scan_parts, 1));
  for (Scan& part : scans)
    FLEET_CHECK(add(all, part, work, options));
  return all;
}

}  // namespace fleet::git
