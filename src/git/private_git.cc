#include "git/private_git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "git/index_file.h"
#include "git/path.h"
#include "git/small_file.h"

namespace fleet::git {
namespace {

constexpr std::uint64_t kLargestShallow =
    100'000'000;  // bytes; a line for each commit where history is cut off

// Bytes as stored, nothing that runs by itself, and a name for commits of agents that have none.
constexpr std::string_view kConfig = R"([core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = false
	autocrlf = false
	safecrlf = false
	fsmonitor = false
	hooksPath = /dev/null
[user]
	name = fleet
	email = fleet@localhost
[commit]
	gpgsign = false
[gc]
	auto = 0
[maintenance]
	auto = false
)";

}  // namespace

Result<FileStamp> write_private_git(const Repository& repository, const Root& work, const Root& trash,
                                    const PrivateGit& what, FileTable& table) {
  FLEET_CHECK(work.remove(".git", trash));
  for (const char* folder : {".git/objects/info", ".git/objects/pack", ".git/refs/heads", ".git/refs/tags"}) {
    FLEET_TRY(const auto made, work.make_folder(folder));
    (void)made;
  }
  FLEET_TRY(const auto info, work.make_folder(".git/info"));
  FLEET_TRY(const auto objects_info, work.make_folder(".git/objects/info"));
  FLEET_TRY(const auto top, work.make_folder(".git"));
  const auto shown = [&](const char* name) { return (work.path() / ".git" / name).string(); };
  const auto make = [&](const base::UniqueFd& folder, const char* name) -> Result<base::UniqueFd> {
    base::UniqueFd file(
        ::openat(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) return base::fail_errno("write", shown(name), errno, "check that the disk is not full");
    return file;
  };
  const auto write = [&](const base::UniqueFd& folder, const char* name, std::string_view bytes) -> Result<> {
    FLEET_TRY(const base::UniqueFd file, make(folder, name));
    return write_all(file.get(), bytes, shown(name));
  };
  const std::string objects = repository.objects_folder().string();
  const std::string quoted = quote_path(objects);
  FLEET_CHECK(write(objects_info, "alternates", quoted + '\n'));
  FLEET_CHECK(write(info, "exclude", what.excludes));
  FLEET_CHECK(write(top, "config", kConfig));
  FLEET_CHECK(write(top, "packed-refs", what.refs));
  if (repository.is_shallow()) {
    FLEET_TRY(const std::string shallow,
              read_small_file(repository.common_folder() / "shallow", kLargestShallow,
                              "fetch more of the history: `git fetch --unshallow`"));
    FLEET_CHECK(write(top, "shallow", shallow));
  }
  struct stat root {};
  (void)::fstat(work.fd(), &root);
  FLEET_TRY(const base::UniqueFd index, make(top, "index"));
  FLEET_CHECK(write_index(index.get(), shown("index"), table, root.st_uid, root.st_gid));
  FLEET_CHECK(write(top, "HEAD", what.commit.hex() + '\n'));
  struct stat written {};
  if (::fstat(index.get(), &written) != 0) return base::fail_errno("look at", shown("index"), errno);
  return FileStamp::of(written);
}

}  // namespace fleet::git
