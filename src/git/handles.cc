#include "git/handles.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/repository.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/assert.h"
#include "base/unique_fd.h"

namespace fleet::git {
namespace {

// More objects than this are made durable by one syncfs of their file system: cheaper than an fsync each, but
// it also waits for what others wrote there.
constexpr std::size_t kFewObjects = 512;

Result<> sync_descriptor(const std::filesystem::path& path, int fd) {
  int code = 0;
  do {
    code = ::fsync(fd);
  } while (code != 0 && errno == EINTR);
  if (code == 0) return {};
  return base::fail_errno("make durable", path.string(), errno, "check the disk, then resume the run");
}

Result<> sync_folder(const std::filesystem::path& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return base::fail_errno("make durable", path.string(), errno);
  return sync_descriptor(path, fd.get());
}

Result<> sync_file_system(const std::filesystem::path& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0) return base::fail_errno("make durable", path.string(), errno);
  return {};
}

// Starts the writing of all files before it waits for any.
Result<> sync_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<base::UniqueFd> files;
  files.reserve(paths.size());
  std::set<std::filesystem::path> folders;
  for (const auto& path : paths) {
    base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    // Packed meanwhile by the user's git, which makes packs durable itself, or deleted.
    if (!fd && errno == ENOENT) {
      files.emplace_back();
      continue;
    }
    if (!fd) return base::fail_errno("make durable", path.string(), errno);
    ::sync_file_range(fd.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    files.push_back(std::move(fd));
    folders.insert(path.parent_path());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i]) FLEET_CHECK(sync_descriptor(paths[i], files[i].get()));
  }
  for (const auto& folder : folders) {
    FLEET_CHECK(sync_folder(folder));
  }
  return {};
}

// libgit2 calls every file that it may not open locked: "failed open - '/a/b' is locked: Permission denied".
// Where there is a lock in truth, it says so in other words.
std::optional<std::string> path_not_permitted(std::string_view message) {
  static const std::string kEnd = fmt::format("' is locked: {}", std::strerror(EACCES));
  const std::size_t quote = message.find('\'');
  if (!message.ends_with(kEnd) || quote + kEnd.size() >= message.size()) return std::nullopt;
  return std::string(message.substr(quote + 1, message.size() - kEnd.size() - quote - 1));
}

}  // namespace

tl::unexpected<Error> fail_git(std::string tried, std::string on, int code, std::string hint) {
  const git_error* last = git_error_last();
  std::string why =
      last != nullptr && last->message != nullptr ? last->message : fmt::format("error {}", code);
  if (code == GIT_ELOCKED) {
    if (const std::optional<std::string> path = path_not_permitted(why)) {
      return base::fail_world(std::move(tried), std::move(on),
                              fmt::format("{}: {}", *path, std::strerror(EACCES)),
                              "check who owns it, and its mode");
    }
    return base::fail_world(std::move(tried), std::move(on), std::move(why),
                            "another program holds the lock; when none is running, delete the .lock file");
  }
  return base::fail_world(std::move(tried), std::move(on), std::move(why), std::move(hint));
}

git_oid to_git(ObjectId id) {
  git_oid out;
  static_assert(sizeof out.id == sizeof id.bytes);
  std::memcpy(out.id, id.bytes.data(), id.bytes.size());
  return out;
}

ObjectId from_git(const git_oid& id) {
  ObjectId out;
  std::memcpy(out.bytes.data(), id.id, out.bytes.size());
  return out;
}

void start_libgit2() {
  static const bool started = [] {
    FLEET_ASSERT(git_libgit2_init() > 0, "libgit2 starts");
    // Who may open whose repository is decided in git/repository.cc, call by call; libgit2 knows only a
    // setting for the whole process.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Reading hashes every object again otherwise (15-50 %). Damage still shows: zlib's checksum is always
    // checked, and what is received from elsewhere (git/bundle.cc) is hashed object by object.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    // libgit2 would refuse to look. The first three change nothing of how objects and refs are stored; of the
    // others Repository::open() looks at the value, which may be git's default.
    std::array<const char*, 5> extensions{"worktreeconfig", "preciousobjects", "partialclone", "objectformat",
                                          "refstorage"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size());
    return true;
  }();
  (void)started;
}

Handles::Handle::~Handle() {
  git_odb_free(objects);
  git_repository_free(repository);
}

Handles::Handles(std::filesystem::path path, std::unique_ptr<Handle> first)
    : path_(std::move(path)),
      common_folder_(git_repository_commondir(first->repository)),
      objects_folder_(common_folder_ / "objects") {
  idle_.lock()->push_back(std::move(first));
}

Result<std::unique_ptr<Handles::Handle>> Handles::open(const std::filesystem::path& path, unsigned flags) {
  start_libgit2();
  auto handle = std::make_unique<Handle>();
  if (const int code = git_repository_open_ext(&handle->repository, path.c_str(), flags, nullptr); code < 0) {
    return fail_git("open the git repository", path.string(), code);
  }
  if (const int code = git_repository_odb(&handle->objects, handle->repository); code < 0) {
    return fail_git("open the objects of the git repository", path.string(), code);
  }
  // For the reflog of the branch that a run delivers; in memory only.
  git_repository_set_ident(handle->repository, "fleet", "fleet@localhost");
  return handle;
}

Result<Handles::Borrowed> Handles::borrow() {
  {
    auto idle = idle_.lock();
    if (!idle->empty()) {
      auto handle = std::move(idle->back());
      idle->pop_back();
      return Borrowed(*this, std::move(handle));
    }
  }
  FLEET_TRY(auto handle, open(path_, GIT_REPOSITORY_OPEN_NO_SEARCH));
  return Borrowed(*this, std::move(handle));
}

Result<> Handles::sync() {
  const std::lock_guard one_at_a_time(syncing_);
  Unsynced pending;
  std::swap(pending, *unsynced_.lock());
  const auto work = [&]() -> Result<> {
    if (pending.packs || pending.objects.size() > kFewObjects) {
      FLEET_CHECK(sync_file_system(objects_folder_));
    } else if (!pending.objects.empty()) {
      std::vector<std::filesystem::path> files;
      files.reserve(pending.objects.size());
      for (const ObjectId id : pending.objects) {
        const std::string hex = id.hex();
        files.push_back(objects_folder_ / hex.substr(0, 2) / hex.substr(2));
      }
      FLEET_CHECK(sync_files(files));
      FLEET_CHECK(sync_folder(objects_folder_));
    }
    std::vector<std::filesystem::path> refs;
    for (const std::string& name : pending.refs)
      refs.push_back(common_folder_ / name);
    return sync_files(refs);
  };
  auto done = work();
  if (!done) {  // still to be done: the next call tries again
    auto unsynced = unsynced_.lock();
    unsynced->objects.insert(unsynced->objects.end(), pending.objects.begin(), pending.objects.end());
    unsynced->refs.merge(pending.refs);
    unsynced->packs = unsynced->packs || pending.packs;
  }
  return done;
}

}  // namespace fleet::git
