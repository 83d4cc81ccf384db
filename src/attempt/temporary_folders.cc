#include "attempt/temporary_folders.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/random.h"
#include "base/unique_fd.h"
#include "os/files.h"

namespace fleet::attempt {
namespace {

using base::UniqueFd;

constexpr std::size_t kNameDigits = 8;  // the path of a unix socket in it holds 107 bytes
constexpr std::array kNames{".", "home", "tmp", "output"};
constexpr std::size_t kTop = 0, kOutput = 3;

bool same_but_for_content(const struct stat& now, const struct stat& made) {
  return now.st_dev == made.st_dev && now.st_ino == made.st_ino && now.st_mode == made.st_mode &&
         now.st_uid == made.st_uid && now.st_gid == made.st_gid && now.st_nlink == made.st_nlink;
}

UniqueFd open_entry(int folder, std::size_t which) {
  const int kind = which == kOutput ? O_WRONLY | O_NONBLOCK : O_RDONLY | O_DIRECTORY;
  return UniqueFd(::openat(folder, kNames[which], kind | O_NOFOLLOW | O_CLOEXEC));
}

// How many names a folder holds, or `enough` as soon as it is that many.
std::size_t count_names(int folder, std::size_t enough) {
  alignas(dirent64) std::array<char, 1024> entries;
  std::size_t count = 0;
  for (ssize_t got = 0;
       count < enough && (got = ::getdents64(folder, entries.data(), entries.size())) != 0;) {
    if (got < 0) return enough;
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries.data() + at);
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") ++count;
      at += entry->d_reclen;
    }
  }
  return count;
}

// Empties the outputs of a folder that is otherwise as it was made. False: it is not.
bool restore(const TemporaryFolder& folder, const std::array<struct stat, 4>& made) {
  const UniqueFd top(::open(folder.path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!top) return false;
  for (std::size_t which = 0; which < kNames.size(); ++which) {
    struct stat now {};
    const std::size_t held = which == kTop ? kNames.size() - 1 : 0;
    const UniqueFd entry = open_entry(top.get(), which);
    if (!entry || ::fstat(entry.get(), &now) != 0 || !same_but_for_content(now, made[which])) return false;
    // An attribute of a task's own would tell the next one something.
    if (const ssize_t attributes = ::flistxattr(entry.get(), nullptr, 0);
        attributes > 0 || (attributes < 0 && errno != ENOTSUP)) {
      return false;
    }
    if (which != kOutput && count_names(entry.get(), kNames.size()) != held) return false;
    if (which == kOutput && now.st_size != 0 && ::ftruncate(entry.get(), 0) != 0) return false;
  }
  return true;
}

}  // namespace

bool TemporaryFolder::has_output() const {
  struct stat info {};
  return ::lstat(output().c_str(), &info) == 0 && (info.st_size != 0 || !S_ISREG(info.st_mode));
}

Result<TemporaryFolders::Known> TemporaryFolders::make(const std::string& folder) {
  Known known;
  known.folder.path = folder;
  for (const std::string& path : {known.folder.path, known.folder.home(), known.folder.tmp()})
    FLEET_CHECK(os::make_directories(path, 0700));
  FLEET_CHECK(os::make_file(known.folder.output(), 0600));
  for (std::size_t which = 0; which < kNames.size(); ++which) {
    const std::string path = known.folder.path + "/" + kNames[which];
    if (::lstat(path.c_str(), &known.stamps[which]) != 0) return base::fail_errno("look at", path, errno);
  }
  return known;
}

Result<TemporaryFolder> TemporaryFolders::take() {
  {
    auto state = state_.lock();
    if (!state->idle.empty()) {
      state->taken.push_back(std::move(state->idle.back()));
      state->idle.pop_back();
      return state->taken.back().folder;
    }
  }
  const std::string path = (parent_ / base::random_hex(kNameDigits)).string();
  Result<Known> made = make(path);
  if (!made) {
    static_cast<void>(os::remove_tree(path));
    return tl::make_unexpected(std::move(made).error());
  }
  auto state = state_.lock();
  state->taken.push_back(*std::move(made));
  return state->taken.back().folder;
}

Result<> TemporaryFolders::give_back(const TemporaryFolder& folder, Writers writers) {
  Known known;
  {
    auto state = state_.lock();
    const auto found = std::find_if(state->taken.begin(), state->taken.end(),
                                    [&](const Known& each) { return each.folder.path == folder.path; });
    known = std::move(*found);
    state->taken.erase(found);
  }
  if (writers == Writers::maybe || !restore(known.folder, known.stamps)) return os::remove_tree(folder.path);
  state_.lock()->idle.push_back(std::move(known));
  return {};
}

}  // namespace fleet::attempt
