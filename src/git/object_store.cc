#include "git/object_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/assert.h"
#include "base/lru_cache.h"
#include "base/sync.h"
#include "git/beneath.h"
#include "git/handles.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

constexpr std::size_t kTreeCacheBytes = 48'000'000;  // the folders of a repository of 300,000 files
constexpr std::string_view kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

std::string_view kind_name(git_object_t type) {
  switch (type) {
    case GIT_OBJECT_BLOB:
      return "file";
    case GIT_OBJECT_TREE:
      return "folder";
    case GIT_OBJECT_COMMIT:
      return "commit";
    case GIT_OBJECT_TAG:
      return "tag";
    default:
      return "object";
  }
}

// An object as libgit2 holds it, with the handle it came from: no other thread may use that meanwhile, since
// its cache shares the object.
class Object {
 public:
  explicit Object(Handles::Borrowed handle) : handle_(std::move(handle)) {}
  Object(Object&& other) noexcept
      : handle_(std::move(other.handle_)), object_(std::exchange(other.object_, nullptr)) {}
  Object& operator=(Object&&) = delete;
  ~Object() { git_odb_object_free(object_); }
  int read(ObjectId id) {
    const git_oid oid = to_git(id);
    return git_odb_read(&object_, handle_.objects(), &oid);
  }
  [[nodiscard]] std::string_view bytes() const {
    return {static_cast<const char*>(git_odb_object_data(object_)), git_odb_object_size(object_)};
  }
  [[nodiscard]] git_object_t type() const { return git_odb_object_type(object_); }

 private:
  Handles::Borrowed handle_;
  git_odb_object* object_ = nullptr;
};

std::string missing_hint(const Handles& handles) {
  return fmt::format(
      "run `git -C {} fsck` to see what is damaged; in a partial clone (--filter), run `git fetch --refetch` "
      "without a filter first",
      handles.path().string());
}

Result<Object> read_object(Handles& handles, ObjectId id, git_object_t type) {
  FLEET_TRY(auto handle, handles.borrow());
  Object object(std::move(handle));
  if (const int code = object.read(id); code == GIT_ENOTFOUND) {
    return base::fail_world(fmt::format("read the {}", kind_name(type)), id.hex(),
                            "it is missing from the repository", missing_hint(handles));
  } else if (code < 0) {
    return fail_git(fmt::format("read the {}", kind_name(type)), id.hex(), code, missing_hint(handles));
  }
  if (object.type() != type) {
    return base::fail_world(fmt::format("read the {}", kind_name(type)), id.hex(),
                            fmt::format("it is a {}", kind_name(object.type())), missing_hint(handles));
  }
  return object;
}

// `Name <email> seconds +hhmm`; whatever is odd in it is read as well as it can be, as git does.
Signature parse_signature(std::string_view line) {
  Signature out;
  const auto open = line.find('<');
  const auto close = line.rfind('>');
  if (open == line.npos || close == line.npos || close < open) return out;
  out.name = line.substr(0, open);
  while (!out.name.empty() && out.name.back() == ' ')
    out.name.pop_back();
  out.email = line.substr(open + 1, close - open - 1);
  std::string_view rest = line.substr(close + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::int64_t seconds = 0;
  const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), seconds).ptr;
  constexpr std::int64_t kFarthest = 9'000'000'000'000;  // seconds that microseconds can still count
  out.when = TimePoint(std::chrono::seconds(std::clamp(seconds, -kFarthest, kFarthest)));
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  rest.remove_prefix(std::min(rest.find_first_of("+-"), rest.size()));
  int zone = 0;
  if (rest.size() >= 5 && std::from_chars(rest.data() + 1, rest.data() + 5, zone).ec == std::errc()) {
    out.offset = (rest.front() == '-' ? -1 : 1) * (zone / 100 * 60 + zone % 100);
  }
  return out;
}

}  // namespace

// Parsed folders, the least recently used dropped first. One snapshot's folders are read over and over: by
// every merge, difference and look-up on it.
class ObjectStore::TreeCache {
 public:
  std::shared_ptr<const Tree> find(ObjectId id) {
    auto trees = trees_.lock();
    const auto* known = trees->find(id);
    return known != nullptr ? *known : nullptr;
  }
  void add(ObjectId id, std::shared_ptr<const Tree> tree) {
    const std::size_t size = tree->memory();
    trees_.lock()->add(id, std::move(tree), size);
  }

 private:
  base::Sync<base::LruCache<ObjectId, std::shared_ptr<const Tree>>> trees_{kTreeCacheBytes};
};

ObjectStore::ObjectStore(std::shared_ptr<Handles> handles)
    : handles_(std::move(handles)), trees_(std::make_unique<TreeCache>()) {}
ObjectStore::~ObjectStore() = default;

Result<std::string> ObjectStore::read_blob(ObjectId id) const {
  FLEET_TRY(const auto object, read_object(*handles_, id, GIT_OBJECT_BLOB));
  return std::string(object.bytes());
}

Result<std::uint64_t> ObjectStore::blob_size(ObjectId id) const {
  FLEET_TRY(auto handle, handles_->borrow());
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  const git_oid oid = to_git(id);
  if (const int code = git_odb_read_header(&size, &type, handle.objects(), &oid); code < 0) {
    return fail_git("read the file", id.hex(), code, missing_hint(*handles_));
  }
  return size;
}

// libgit2 writes nothing where it finds the name of an object, even if there is nothing in it.
bool ObjectStore::remove_if_empty(ObjectId id) const {
  const std::string hex = id.hex();
  return remove_empty_file(handles_->objects_folder() / hex.substr(0, 2) / hex.substr(2));
}

void ObjectStore::remove_empty() const {
  const base::UniqueFd top(::open(handles_->objects_folder().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (int high = 0; high < 256; ++high) {
    const std::string name = fmt::format("{:02x}", high);
    const base::UniqueFd folder(::openat(top.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto files = folder ? read_folder(folder.get(), name) : Result<std::vector<FolderEntry>>();
    if (!files) continue;
    for (const FolderEntry& file : *files) {
      struct stat info {};
      const bool is_empty = file.name.size() == 38 && file.type == DT_REG &&
                            ::fstatat(folder.get(), file.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                            info.st_size == 0;
      if (is_empty) ::unlinkat(folder.get(), file.name.c_str(), 0);
    }
  }
}

Result<ObjectId> ObjectStore::write(std::string_view bytes, int type, std::string_view what) {
  FLEET_TRY(auto handle, handles_->borrow());
  const auto write_once = [&]() -> Result<ObjectId> {
    git_oid oid;
    if (const int code = git_odb_write(&oid, handle.objects(), bytes.data(), bytes.size(),
                                       static_cast<git_object_t>(type));
        code < 0) {
      return fail_git(fmt::format("write a {} to", what), handles_->objects_folder().string(), code,
                      "check that the disk is not full and the repository can be written");
    }
    return from_git(oid);
  };
  FLEET_TRY(ObjectId id, write_once());
  if (remove_if_empty(id)) {
    FLEET_TRY(id, write_once());
  }
  handles_->unsynced().lock()->objects.push_back(id);
  return id;
}

Result<ObjectId> ObjectStore::write_blob(std::string_view bytes) {
  return write(bytes, GIT_OBJECT_BLOB, "file");
}

Result<ObjectId> ObjectStore::write_blob(int fd, std::uint64_t size, const std::string& path) {
  FLEET_TRY(auto handle, handles_->borrow());
  git_odb_stream* raw = nullptr;
  if (const int code = git_odb_open_wstream(&raw, handle.objects(), size, GIT_OBJECT_BLOB); code < 0) {
    return fail_git("store the file", path, code);
  }
  const std::unique_ptr<git_odb_stream, decltype(&git_odb_stream_free)> stream(raw, git_odb_stream_free);
  const off_t start = ::lseek(fd, 0, SEEK_CUR);
  std::vector<char> piece(1 << 20);
  std::uint64_t left = size;
  while (left > 0) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size()));
    const ssize_t got = ::read(fd, piece.data(), want);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail_errno("read", path, errno);
    if (got == 0) {
      return base::fail_world("store the file", path, "it became shorter while it was read",
                              "something still writes to it: let the task wait for its programs");
    }
    if (const int code = git_odb_stream_write(raw, piece.data(), static_cast<std::size_t>(got)); code < 0) {
      return fail_git("store the file", path, code, "check that the disk is not full");
    }
    left -= static_cast<std::uint64_t>(got);
  }
  git_oid oid;
  if (const int code = git_odb_stream_finalize_write(&oid, raw); code < 0) {
    return fail_git("store the file", path, code, "check that the disk is not full");
  }
  const ObjectId id = from_git(oid);
  if (remove_if_empty(id)) {
    if (start < 0 || ::lseek(fd, start, SEEK_SET) != start)
      return base::fail_world("store the file", path, "it can be read only once, and was not stored whole");
    return write_blob(fd, size, path);
  }
  handles_->unsynced().lock()->objects.push_back(id);
  return id;
}

ObjectId ObjectStore::hash_blob(std::string_view bytes) {
  start_libgit2();
  git_oid oid;
  FLEET_ASSERT(git_odb_hash(&oid, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) == 0, "bytes can be hashed");
  return from_git(oid);
}

Result<std::shared_ptr<const Tree>> ObjectStore::read_tree(ObjectId id) const {
  static const auto empty = std::make_shared<const Tree>(*Tree::parse({}, {}));
  static const ObjectId empty_id = *ObjectId::parse(kEmptyTree);
  if (id.is_none() || id == empty_id) return empty;
  if (auto known = trees_->find(id)) return known;
  FLEET_TRY(const auto object, read_object(*handles_, id, GIT_OBJECT_TREE));
  FLEET_TRY(auto parsed, Tree::parse(id, object.bytes()));
  auto tree = std::make_shared<const Tree>(std::move(parsed));
  trees_->add(id, tree);
  return tree;
}

Result<ObjectId> ObjectStore::write_tree(std::string_view raw) {
  return write(raw, GIT_OBJECT_TREE, "folder");
}

Result<Commit> ObjectStore::read_commit(ObjectId id) const {
  FLEET_TRY(const auto object, read_object(*handles_, id, GIT_OBJECT_COMMIT));
  Commit commit;
  commit.id = id;
  std::string_view rest = object.bytes();
  bool has_tree = false;
  while (!rest.empty() && rest.front() != '\n') {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.starts_with("tree ")) {
      const auto tree = ObjectId::parse(line.substr(5));
      has_tree = tree.has_value();
      if (tree) commit.tree = *tree;
    } else if (line.starts_with("parent ")) {
      if (const auto parent = ObjectId::parse(line.substr(7))) commit.parents.push_back(*parent);
    } else if (line.starts_with("author ")) {
      commit.author = parse_signature(line.substr(7));
    } else if (line.starts_with("committer ")) {
      commit.committer = parse_signature(line.substr(10));
    }
  }
  if (!has_tree) {
    return base::fail_world("read the commit", id.hex(), "it names no tree", missing_hint(*handles_));
  }
  if (!rest.empty()) commit.message = rest.substr(1);
  return commit;
}

Result<ObjectId> ObjectStore::write_commit(const NewCommit& commit) {
  std::string text = fmt::format("tree {}\n", commit.tree.hex());
  for (const ObjectId parent : commit.parents)
    text += fmt::format("parent {}\n", parent.hex());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(commit.when).time_since_epoch().count();
  const std::string who =
      fmt::format("{} <{}> {} +0000\n", kFleetName, kFleetEmail, std::max<std::int64_t>(seconds, 0));
  text += fmt::format("author {}committer {}\n", who, who);
  std::copy_if(commit.message.begin(), commit.message.end(), std::back_inserter(text),
               [](char c) { return c != '\0'; });
  if (text.back() != '\n') text += '\n';
  return write(text, GIT_OBJECT_COMMIT, "commit");
}

Result<ObjectId> ObjectStore::tree_of(ObjectId commit) const {
  FLEET_TRY(const auto read, read_commit(commit));
  return read.tree;
}

bool ObjectStore::contains(ObjectId id) const {
  auto handle = handles_->borrow();
  const git_oid oid = to_git(id);
  return handle && git_odb_exists(handle->objects(), &oid) == 1;
}

// libgit2 answers from its cache what it has seen once.
bool ObjectStore::still_contains(ObjectId id) const {
  const std::string hex = id.hex();
  std::error_code ignored;
  if (std::filesystem::exists(handles_->objects_folder() / hex.substr(0, 2) / hex.substr(2), ignored))
    return true;
  git_odb* fresh = nullptr;
  if (git_odb_open(&fresh, handles_->objects_folder().c_str()) < 0) return false;
  const git_oid oid = to_git(id);
  const bool is_packed = git_odb_exists(fresh, &oid) == 1;
  git_odb_free(fresh);
  return is_packed;
}

Result<> ObjectStore::sync() {
  return handles_->sync();
}

}  // namespace fleet::git
