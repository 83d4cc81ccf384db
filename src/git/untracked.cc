#include "git/untracked.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "git/path.h"

namespace fleet::git {
namespace {

constexpr std::size_t kMaxNotes = 50;
constexpr const char* kMoreNotes = "more was left out";

}  // namespace

UntrackedFiles::UntrackedFiles(const Root& work, const ScanOptions& options, ReadRules read_rules, Scan& out)
    : work_(work), options_(options), read_rules_(std::move(read_rules)), out_(out) {
  rules_.add("", options.excludes);
}

void UntrackedFiles::note(const std::string& path, std::string_view why) {
  if (out_.notes.size() < kMaxNotes)
    out_.notes.push_back(fmt::format("{} was left out: {}", quote_path(path), why));
  if (out_.notes.size() == kMaxNotes) out_.notes.emplace_back(kMoreNotes);
}

Result<bool> UntrackedFiles::take(int fd, const FolderEntry& entry, const Level& level) {
  const std::string path = level.path + entry.name;
  const bool is_folder = entry.type == DT_DIR;
  const bool added = is_added(path, is_folder);
  bool left_out = options_.kept.contains(path);
  if (left_out && added) note(path, "a task before has kept it, and what is kept is never committed");
  if (!left_out && !added) {
    FLEET_TRY(left_out, is_ignored(path, is_folder, level));
  }
  if (left_out) {
    out_.ignored.push_back(is_folder ? path + '/' : path);
    return false;
  }
  if (!is_safe_name(entry.name)) {
    note(path, "git takes no such name");
  } else if (path.size() > kMaxPath) {
    return base::fail_input("take the file", quote_path(path.substr(0, 100)) + "...",
                            fmt::format("its path is longer than {} bytes", kMaxPath));
  } else if (const auto own = options_.added.find(path);
             is_folder && own != options_.added.end() && own->second.mode == model::FileMode::submodule) {
    out_.new_submodules.push_back(path);
  } else if (is_folder && ::faccessat(fd, (entry.name + "/.git").c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    note(path, "it is a git repository of its own");
  } else if (is_folder) {
    return true;
  } else if (entry.type != DT_REG && entry.type != DT_LNK) {
    note(path, "it is neither a file nor a folder nor a symlink");
  } else if (out_.untracked.size() == options_.max_files) {
    return too_many_files(work_.path(), options_.max_files);
  } else {
    out_.untracked.push_back(path);
  }
  return false;
}

Result<bool> UntrackedFiles::is_ignored(const std::string& path, bool is_folder, const Level& level) {
  FLEET_CHECK(load(level));
  return folder_ignored(level) || rules_.check(path, is_folder) == text::Ignored::yes;
}

// It, or something below it.
bool UntrackedFiles::is_added(const std::string& path, bool is_folder) const {
  const auto own = options_.added.find(path);
  if (own != options_.added.end()) return !is_folder || own->second.mode == model::FileMode::submodule;
  if (!is_folder || options_.added.empty()) return false;
  const std::string below = path + '/';
  const auto next = options_.added.lower_bound(below);
  return next != options_.added.end() && next->first.starts_with(below);
}

// Only folders with something tracked in them can be ignored and still be entered.
bool UntrackedFiles::folder_ignored(const Level& level) {
  if (!level.ignored) {
    level.ignored = level.above != nullptr &&
                    (folder_ignored(*level.above) ||
                     rules_.check(level.path.substr(0, level.path.size() - 1), true) == text::Ignored::yes);
  }
  return *level.ignored;
}

Result<> UntrackedFiles::load(const Level& level) {
  if (level.loaded) return {};
  level.loaded = true;
  if (level.above != nullptr) FLEET_CHECK(load(*level.above));
  if (!level.has_rules) return {};
  FLEET_TRY(const std::string text, read_rules_(level));
  rules_.add(level.path.empty() ? level.path : level.path.substr(0, level.path.size() - 1), text);
  return {};
}

Result<std::string> read_rules(const Root& work, const std::string& folder) {
  return read_bounded(work, folder + ".gitignore");
}

Result<std::string> read_bounded(const Root& work, const std::string& path) {
  const std::string shown = (work.path() / path).string();
  const Root::Parent at = work.open_parent(path);
  const base::UniqueFd file = at.folder ? open_file(at.folder.get(), at.name) : base::UniqueFd();
  // Gone meanwhile, or no file any more.
  if (!file && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO))
    return std::string();
  if (!file) return base::fail_errno("read", shown, errno);
  std::string text;
  char buffer[65536];
  while (text.size() < kMostOfSmallFile) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno("read", shown, errno);
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

void bound_notes(std::vector<std::string>& notes) {
  if (notes.size() <= kMaxNotes) return;
  notes.resize(kMaxNotes);
  notes.emplace_back(kMoreNotes);
}

tl::unexpected<Error> too_many_files(const std::filesystem::path& work, std::size_t max_files) {
  return base::fail_input("take the files of the task", work.string(),
                          fmt::format("there are more than {} new ones", max_files),
                          "name what is not to be kept in .gitignore");
}

}  // namespace fleet::git
