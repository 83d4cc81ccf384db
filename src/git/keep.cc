#include "git/keep.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "git/path.h"
#include "text/glob.h"

namespace fleet::git {
namespace {

using base::UniqueFd;
namespace fs = std::filesystem;

constexpr int kMaxDepth = 1000;
constexpr std::size_t kMaxNotes = 50;

Result<Root> make_store(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return base::fail_errno("make the folder", path.string(), error.value());
  return Root::open(path);
}

constexpr std::string_view kWhyThere = "something is there already";

void note_left_out(std::vector<std::string>& notes, const std::string& path, std::string_view why) {
  if (notes.size() < kMaxNotes) notes.push_back(fmt::format("{} was left out: {}", quote_path(path), why));
}

bool stands(const Root& work, const std::string& path) {
  const Root::Parent at = work.open_parent(path);
  return at.folder && ::faccessat(at.folder.get(), at.name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

// Copies files and folders from below one root to below another, never over what is there.
class Copier {
 public:
  Copier(const Root& from, const Root& to, std::vector<std::string>& notes)
      : from_(from), to_(to), notes_(notes) {}

  // A file, symlink or folder with all that is in it.
  Result<> copy(const std::string& path, int depth = 0) {
    const Root::Parent source = from_.open_parent(path);
    struct stat info {};
    if (!source.folder ||
        ::fstatat(source.folder.get(), source.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      return base::fail_errno("copy", shown(path), errno);
    }
    if (S_ISDIR(info.st_mode)) return copy_folder(path, info, depth);
    const auto slash = path.rfind('/');
    FLEET_TRY(const UniqueFd folder,
              to_.make_folder(slash == path.npos ? "" : std::string_view(path).substr(0, slash)));
    if (S_ISLNK(info.st_mode)) return copy_symlink(source, folder.get(), path, info);
    if (S_ISREG(info.st_mode)) return copy_file(source, folder.get(), path, info);
    note_left_out(notes_, path, "it is neither a file nor a folder nor a symlink");
    return {};
  }

 private:
  [[nodiscard]] std::string shown(const std::string& path) const { return (from_.path() / path).string(); }

  Result<> copy_folder(const std::string& path, const struct stat& info, int depth) {
    if (depth > kMaxDepth) {
      note_left_out(notes_, path, fmt::format("it is nested more than {} folders deep", kMaxDepth));
      return {};
    }
    const UniqueFd source = from_.open_folder(path);
    if (!source) return base::fail_errno("copy", shown(path), errno);
    FLEET_TRY(const auto entries, read_folder(source.get(), shown(path)));
    {
      FLEET_TRY(const UniqueFd made, to_.make_folder(path));
      (void)::fchmod(made.get(), (info.st_mode & 0777) | 0700);
    }
    for (const FolderEntry& entry : entries)
      FLEET_CHECK(copy(path + '/' + entry.name, depth + 1));
    const UniqueFd made = to_.open_folder(path);
    if (made) set_times(made.get(), info);
    return {};
  }

  Result<> copy_symlink(const Root::Parent& source, int folder, const std::string& path,
                        const struct stat& info) {
    char target[4096];
    const ssize_t length = ::readlinkat(source.folder.get(), source.name.c_str(), target, sizeof target - 1);
    if (length < 0) return base::fail_errno("copy", shown(path), errno);
    target[length] = '\0';
    if (::symlinkat(target, folder, source.name.c_str()) != 0) {
      if (errno != EEXIST) return base::fail_errno("copy", shown(path), errno);
      note_left_out(notes_, path, kWhyThere);
      return {};
    }
    const timespec times[2]{info.st_atim, info.st_mtim};
    (void)::utimensat(folder, source.name.c_str(), times, AT_SYMLINK_NOFOLLOW);
    return {};
  }

  Result<> copy_file(const Root::Parent& source, int folder, const std::string& path,
                     const struct stat& info) {
    const UniqueFd from = open_file(source.folder.get(), source.name);
    if (!from) return base::fail_errno("copy", shown(path), errno);
    const UniqueFd to(
        ::openat(folder, source.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to && errno == EEXIST) {
      note_left_out(notes_, path, kWhyThere);
      return {};
    }
    if (!to) return base::fail_errno("copy", shown(path), errno, "check that the disk is not full");
    if (::ioctl(to.get(), FICLONE, from.get()) != 0) FLEET_CHECK(copy_bytes(from.get(), to.get(), path));
    (void)::fchmod(to.get(), info.st_mode & 0777);
    set_times(to.get(), info);
    return {};
  }

  Result<> copy_bytes(int from, int to, const std::string& path) {
    while (true) {
      const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, 1 << 30, 0);
      if (copied == 0) break;
      if (copied > 0 || errno == EINTR) continue;
      if (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
        return copy_slowly(from, to, path);
      return base::fail_errno("copy", shown(path), errno, "check that the disk is not full");
    }
    return copy_slowly(from, to, path);  // some file systems say 0 without having copied anything
  }

  Result<> copy_slowly(int from, int to, const std::string& path) {
    std::vector<char> buffer(1 << 18);
    while (true) {
      const ssize_t got = ::read(from, buffer.data(), buffer.size());
      if (got == 0) return {};
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return base::fail_errno("copy", shown(path), errno);
      for (ssize_t done = 0; done < got;) {
        const ssize_t wrote = ::write(to, buffer.data() + done, static_cast<std::size_t>(got - done));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return base::fail_errno("copy", shown(path), errno, "check that the disk is not full");
        done += wrote;
      }
    }
  }

  static void set_times(int fd, const struct stat& info) {
    const timespec times[2]{info.st_atim, info.st_mtim};
    (void)::futimens(fd, times);
  }

  const Root& from_;
  const Root& to_;
  std::vector<std::string>& notes_;
};

// The ignored paths that the globs ask for, topmost: looks into ignored folders that do not match themselves.
Result<> find_matching(const Root& work, const text::GlobSet& globs, const std::string& path, int depth,
                       std::vector<std::string>& out) {
  if (globs.matches(path)) {
    out.push_back(path.back() == '/' ? path.substr(0, path.size() - 1) : path);
    return {};
  }
  if (path.back() != '/' || depth > kMaxDepth) return {};
  UniqueFd folder = work.open_folder(std::string_view(path).substr(0, path.size() - 1));
  if (!folder) return {};
  FLEET_TRY(const auto entries, read_folder(folder.get(), path));
  folder.reset();
  for (const FolderEntry& entry : entries) {
    if (entry.name == ".git") continue;
    FLEET_CHECK(
        find_matching(work, globs, path + entry.name + (entry.type == DT_DIR ? "/" : ""), depth + 1, out));
  }
  return {};
}

}  // namespace

Result<Kept> take_kept(const Root& work, const std::vector<std::string>& ignored,
                       std::span<const std::string> globs, const fs::path& store_path) {
  FLEET_TRY(const auto wanted, text::GlobSet::parse({globs.begin(), globs.end()}));
  Kept out;
  for (const std::string& path : ignored)
    FLEET_CHECK(find_matching(work, wanted, path, 0, out.paths));
  std::sort(out.paths.begin(), out.paths.end());
  FLEET_TRY(const Root store, make_store(store_path));
  for (const std::string& path : out.paths) {
    const auto slash = path.rfind('/');
    FLEET_TRY(const UniqueFd to,
              store.make_folder(slash == path.npos ? "" : std::string_view(path).substr(0, slash)));
    const Root::Parent from = work.open_parent(path);
    if (!from.folder) return base::fail_errno("keep", (work.path() / path).string(), errno);
    if (::renameat(from.folder.get(), from.name.c_str(), to.get(), from.name.c_str()) == 0) continue;
    if (errno != EXDEV && errno != EACCES && errno != EPERM) {
      return base::fail_errno("keep", (work.path() / path).string(), errno);
    }
    FLEET_CHECK(Copier(work, store, out.notes).copy(path));
  }
  // The task counts as done with these, after a power cut too. They are many: one wait for all.
  if (!out.paths.empty() && ::syncfs(store.fd()) != 0)
    return base::fail_errno("keep files in", store_path.string(), errno, "check the disk");
  return out;
}

Result<Kept> give_kept(const fs::path& store_path, const Root& work,
                       const std::function<Result<Place>(const std::string& path)>& beneath) {
  FLEET_TRY(const Root store, Root::open(store_path));
  Kept out;
  // Topmost paths that are not there yet: what is below an existing folder is given path by path.
  std::vector<std::string> waiting{""};
  while (!waiting.empty()) {
    const std::string folder_path = std::move(waiting.back());
    waiting.pop_back();
    const UniqueFd folder = store.open_folder(folder_path);
    if (!folder) return base::fail_errno("copy what was kept in", store_path.string(), errno);
    FLEET_TRY(const auto entries, read_folder(folder.get(), folder_path));
    for (const FolderEntry& entry : entries) {
      const std::string path = folder_path.empty() ? entry.name : folder_path + '/' + entry.name;
      if (!is_safe_path(path)) {
        note_left_out(out.notes, path, "git takes no such name");
        continue;
      }
      FLEET_TRY(const Place there, beneath(path));
      if (entry.type == DT_DIR && (!there.folder.is_none() || work.open_folder(path))) {
        waiting.push_back(path);
      } else if (there.entry.exists() || !there.folder.is_none() || stands(work, path)) {
        note_left_out(out.notes, path, kWhyThere);
      } else {
        out.paths.push_back(path);
      }
    }
  }
  std::sort(out.paths.begin(), out.paths.end());
  Copier copier(store, work, out.notes);
  for (const std::string& path : out.paths)
    FLEET_CHECK(copier.copy(path));
  return out;
}

}  // namespace fleet::git
