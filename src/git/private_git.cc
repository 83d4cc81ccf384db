#include "git/private_git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>

#include "git/path.h"
#include "git/sha1.h"

namespace fleet::git {
namespace {

using model::FileMode;

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

// The part of an index entry before its name, big-endian; what does not fit into 32 bits is cut, as git does.
struct IndexEntry {
  std::uint32_t words[10];
  std::uint8_t id[20];
  std::uint8_t flags[2];
};
static_assert(sizeof(IndexEntry) == 64 && offsetof(IndexEntry, flags) == 60);
constexpr std::size_t kFixedPart = 62;  // without the padding that C++ adds

std::uint32_t word(std::uint64_t value) {
  return __builtin_bswap32(static_cast<std::uint32_t>(value));
}

Result<> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return base::fail_errno("write", path, errno, "check that the disk is not full");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string index_file(FileTable& table, uid_t user, gid_t group) {
  std::string out("DIRC\0\0\0\2", 8);
  out.reserve(table.size() * 112 + 64);
  const std::uint32_t count = word(table.size());
  out.append(reinterpret_cast<const char*>(&count), sizeof count);
  table.for_each([&](const std::string& path, const FileRecord& file) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const FileStamp& stamp = file.stamp;
    const std::uint64_t size = file.entry.mode == FileMode::submodule ? 0 : stamp.size;
    const std::size_t length = std::min<std::size_t>(path.size(), 0xfff);
    IndexEntry entry{{word(static_cast<std::uint64_t>(stamp.changed / kSecond)),
                      word(static_cast<std::uint64_t>(stamp.changed % kSecond)),
                      word(static_cast<std::uint64_t>(stamp.modified / kSecond)),
                      word(static_cast<std::uint64_t>(stamp.modified % kSecond)),
                      0,  // device: git does not look at it
                      word(stamp.inode), word(static_cast<std::uint32_t>(file.entry.mode)), word(user),
                      word(group), word(size)},
                     {},
                     {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length & 0xff)}};
    std::memcpy(entry.id, file.entry.id.bytes.data(), sizeof entry.id);
    out.append(reinterpret_cast<const char*>(&entry), kFixedPart);
    out += path;
    out.append(8 - (kFixedPart + path.size()) % 8, '\0');
  });
  const auto sum = sha1(out);
  out.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  return out;
}

Result<> write_private_git(const Repository& repository, const Root& work, const Root& trash, ObjectId commit,
                           FileTable& table, const std::string& excludes) {
  FLEET_CHECK(work.remove(".git", trash));
  for (const char* folder : {".git/objects/info", ".git/objects/pack", ".git/refs/heads", ".git/refs/tags"}) {
    FLEET_TRY(const auto made, work.make_folder(folder));
    (void)made;
  }
  FLEET_TRY(const auto info, work.make_folder(".git/info"));
  FLEET_TRY(const auto objects_info, work.make_folder(".git/objects/info"));
  FLEET_TRY(const auto top, work.make_folder(".git"));
  const auto write = [&](const base::UniqueFd& folder, const char* name, std::string_view bytes) -> Result<> {
    const base::UniqueFd file(
        ::openat(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    const std::string shown = (work.path() / ".git" / name).string();
    if (!file) return base::fail_errno("write", shown, errno, "check that the disk is not full");
    return write_all(file.get(), bytes, shown);
  };
  const std::string objects = repository.objects_folder().string();
  const std::string quoted = quote_path(objects);
  FLEET_CHECK(write(objects_info, "alternates", quoted + '\n'));
  FLEET_CHECK(write(info, "exclude", excludes));
  FLEET_CHECK(write(top, "config", kConfig));
  if (repository.is_shallow()) {
    FLEET_CHECK(write(top, "shallow", read_whole(repository.common_folder() / "shallow")));
  }
  struct stat root {};
  (void)::fstat(work.fd(), &root);
  FLEET_CHECK(write(top, "index", index_file(table, root.st_uid, root.st_gid)));
  return write(top, "HEAD", commit.hex() + '\n');
}

}  // namespace fleet::git
