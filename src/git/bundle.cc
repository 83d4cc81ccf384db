#include "git/bundle.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>

#include "base/unique_fd.h"
#include "git/delivery.h"
#include "git/handles.h"
#include "git/path.h"
#include "git/sha1.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

namespace fs = std::filesystem;
using base::UniqueFd;

constexpr std::string_view kSignature = "# v2 git bundle";
constexpr std::size_t kMaxLine = 10'000;
constexpr std::size_t kMaxRefs = 1'000'000;

using Packer = std::unique_ptr<git_packbuilder, decltype(&git_packbuilder_free)>;

Result<std::vector<ObjectId>> commits_of(const Repository& repository, const std::vector<Ref>& refs,
                                         ObjectId start) {
  std::vector<ObjectId> tips;
  tips.reserve(refs.size());
  for (const Ref& ref : refs)
    tips.push_back(ref.commit);
  return repository.commits_beyond(start, tips);
}

// The tree that a commit changed; none for a first commit, or where a shallow clone's history ends.
Result<ObjectId> parent_tree(const ObjectStore& store, const Commit& commit) {
  if (commit.parents.empty() || !store.contains(commit.parents.front())) return ObjectId{};
  return store.tree_of(commit.parents.front());
}

// A file that appears under its name only when it is complete.
class NewFile {
 public:
  explicit NewFile(fs::path path) : path_(std::move(path)), temporary_(path_.string() + ".part") {
    fd_ = UniqueFd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!fd_) error_ = errno;
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!finished_) ::unlink(temporary_.c_str());
  }
  bool write(std::string_view bytes) {
    while (error_ == 0 && !bytes.empty()) {
      const ssize_t wrote = ::write(fd_.get(), bytes.data(), bytes.size());
      if (wrote < 0 && errno != EINTR) error_ = errno;
      if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return error_ == 0;
  }
  [[nodiscard]] bool failed() const { return error_ != 0; }
  Result<> finish() {
    if (error_ == 0 && ::fsync(fd_.get()) != 0) error_ = errno;
    if (error_ == 0 && ::rename(temporary_.c_str(), path_.c_str()) != 0) error_ = errno;
    if (error_ != 0) {
      return base::fail_errno("write the bundle", path_.string(), error_, "check that the disk is not full");
    }
    finished_ = true;
    return {};
  }

 private:
  fs::path path_;
  std::string temporary_;
  UniqueFd fd_;
  int error_ = 0;
  bool finished_ = false;
};

// The commits of the refs beyond the start, with all that they added.
Result<std::vector<ObjectId>> objects_of(const Repository& repository, const std::vector<Ref>& refs,
                                         ObjectId start) {
  const ObjectStore& store = repository.objects();
  FLEET_TRY(auto objects, commits_of(repository, refs, start));
  for (std::size_t i = 0, commits = objects.size(); i < commits; ++i) {
    FLEET_TRY(const Commit commit, store.read_commit(objects[i]));
    FLEET_TRY(const ObjectId before, parent_tree(store, commit));
    FLEET_TRY(const auto added, added_objects(store, before, commit.tree));
    objects.insert(objects.end(), added.begin(), added.end());
  }
  return objects;
}

std::string empty_pack() {
  std::string pack("PACK\0\0\0\2\0\0\0\0", 12);
  const auto sum = sha1(pack);
  return pack.append(reinterpret_cast<const char*>(sum.data()), sum.size());
}

struct Header {
  std::vector<ObjectId> prerequisites;
  std::vector<Ref> refs;
};

tl::unexpected<Error> fail_format(const fs::path& file, std::string why) {
  return base::fail_input("read the bundle", file.string(), std::move(why),
                          "it must be one that `fleet export` wrote, whole");
}

Result<Header> read_header(std::istream& in, const fs::path& file) {
  Header header;
  std::string line;
  const auto next_line = [&] {
    line.clear();
    for (char c = 0; line.size() < kMaxLine && in.get(c);) {
      if (c == '\n') return true;
      line += c;
    }
    return false;
  };
  if (!next_line() || line != kSignature) return fail_format(file, "it is no git bundle of version 2");
  while (next_line()) {
    if (line.empty()) return header;
    const bool is_prerequisite = line.front() == '-';
    const std::string_view rest = std::string_view(line).substr(is_prerequisite ? 1 : 0);
    const auto id = ObjectId::parse(rest.substr(0, 40));
    if (!id) break;
    if (is_prerequisite) {
      header.prerequisites.push_back(*id);
    } else if (rest.size() > 41 && rest[40] == ' ') {
      header.refs.push_back({std::string(rest.substr(41)), *id});
    } else {
      break;
    }
    if (header.refs.size() + header.prerequisites.size() > kMaxRefs) break;
  }
  return fail_format(file, "its header is damaged");
}

// Whether every commit of the refs has all its folders and files, back to the start.
Result<> check_connected(const Repository& repository, const Header& header, ObjectId start) {
  const ObjectStore& store = repository.objects();
  FLEET_TRY(const auto commits, commits_of(repository, header.refs, start));
  for (const ObjectId id : commits) {
    FLEET_TRY(const Commit commit, store.read_commit(id));
    FLEET_TRY(const ObjectId before, parent_tree(store, commit));
    FLEET_TRY(const auto objects, added_objects(store, before, commit.tree));
    for (const ObjectId object : objects) {
      if (store.contains(object)) continue;
      return base::fail_world("take the bundle's commit", id.hex(),
                              fmt::format("the object {} is missing from it", object.hex()),
                              "export the run again");
    }
  }
  return {};
}

Result<> store_pack(const Repository& repository, git_odb* objects, std::istream& in, const fs::path& file) {
  git_odb_writepack* raw = nullptr;
  if (const int code = git_odb_write_pack(&raw, objects, nullptr, nullptr); code < 0) {
    return fail_git("store the objects of", file.string(), code);
  }
  const std::unique_ptr<git_odb_writepack, void (*)(git_odb_writepack*)> pack(
      raw, [](git_odb_writepack* writer) { writer->free(writer); });
  git_indexer_progress progress{};
  std::vector<char> piece(1 << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    const int code = raw->append(raw, piece.data(), static_cast<std::size_t>(in.gcount()), &progress);
    if (code < 0)
      return fail_git("store the objects of", file.string(), code, "the file may be damaged: export again");
  }
  if (const int code = raw->commit(raw, &progress); code < 0) {
    return fail_git("store the objects of", file.string(), code, "the file may be damaged: export again");
  }
  repository.handles()->unsynced().lock()->packs = true;
  return {};
}

// Nothing that stands here is moved, nor taken for the run's because of its name. What an import left that
// was cut off is the same as in the bundle.
Result<> check_nothing_else_here(const Repository& repository, const Header& header, ObjectId start,
                                 std::string_view run, std::string_view prefix,
                                 std::optional<ObjectId> left) {
  const Refs refs(repository);
  const std::string branch_name = branch_ref(run, prefix);
  FLEET_TRY(auto here, refs.list(fmt::format("refs/fleet/{}/", run)));
  FLEET_TRY(const auto branch, refs.read(branch_name));
  if (branch) here.push_back({branch_name, *branch});
  for (const Ref& ref : here) {
    if (ref.name.starts_with(withheld_refs(run))) continue;  // never left here
    bool is_of_run = std::any_of(header.refs.begin(), header.refs.end(), [&](const Ref& other) {
      return other.name == ref.name && other.commit == ref.commit;
    });
    // Anybody's branch can be named in a bundle, but not be made of the run's results.
    if (is_of_run && ref.name == branch_name) {
      FLEET_TRY(const bool is_made_by_run, holds_only_results(repository.objects(), ref.commit, start, run));
      is_of_run = is_made_by_run && ref.commit != start;
    }
    if (is_of_run || (left && (ref.name != branch_name || ref.commit == *left))) continue;
    return base::fail_input(
        "take from the bundle", ref.name, "this clone has another one of that name",
        "rename that branch (`git branch -m`) or delete that ref (`git update-ref -d`) first");
  }
  return {};
}

}  // namespace

Result<> write_bundle(const Repository& repository, std::string_view run, std::string_view prefix,
                      const fs::path& file) {
  const Refs refs(repository);
  FLEET_TRY(auto all, refs.list(fmt::format("refs/fleet/{}/", run)));
  std::erase_if(all, [&](const Ref& ref) { return ref.name.starts_with(withheld_refs(run)); });
  FLEET_TRY(const auto branch, refs.read(branch_ref(run, prefix)));
  if (branch) all.push_back({branch_ref(run, prefix), *branch});
  FLEET_TRY(const auto start, refs.read(start_ref(run)));
  if (!start) {
    return base::fail_input("export the run", std::string(run), "this repository has no such run",
                            "`fleet runs` lists them");
  }
  NewFile out(file);
  out.write(fmt::format("{}\n-{} start of the run\n", kSignature, start->hex()));
  for (const Ref& ref : all)
    out.write(fmt::format("{} {}\n", ref.commit.hex(), ref.name));
  out.write("\n");

  FLEET_TRY(const auto objects, objects_of(repository, all, *start));
  FLEET_TRY(auto handle, repository.handles()->borrow());
  git_packbuilder* raw = nullptr;
  if (const int code = git_packbuilder_new(&raw, handle.repository()); code < 0) {
    return fail_git("pack the run", std::string(run), code);
  }
  const Packer packer(raw, git_packbuilder_free);
  for (const ObjectId id : objects) {
    const git_oid oid = to_git(id);
    if (const int code = git_packbuilder_insert(raw, &oid, nullptr); code < 0) {
      return fail_git("pack the run", std::string(run), code);
    }
  }
  if (git_packbuilder_object_count(raw) == 0) {
    out.write(empty_pack());
    return out.finish();
  }
  const auto write_piece = [](void* bytes, std::size_t size, void* to) {
    return static_cast<NewFile*>(to)->write({static_cast<const char*>(bytes), size}) ? 0 : -1;
  };
  const int code = git_packbuilder_foreach(raw, write_piece, &out);
  if (code < 0 && !out.failed()) return fail_git("pack the run", std::string(run), code);
  return out.finish();
}

Result<Unbundled> read_bundle(const Repository& repository, std::string_view run, std::string_view prefix,
                              const fs::path& file, std::optional<ObjectId> left) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return base::fail_errno("read the bundle", file.string(), errno);
  FLEET_TRY(const Header header, read_header(in, file));
  ObjectStore& store = repository.objects();
  for (const ObjectId id : header.prerequisites) {
    if (store.contains(id)) continue;
    return base::fail_input(
        "take the bundle", file.string(),
        fmt::format("the run started from commit {}, which this clone does not have", id.hex()),
        "fetch it first (`git fetch --unshallow` in a shallow clone)");
  }
  std::optional<ObjectId> start;
  for (const Ref& ref : header.refs) {
    const bool is_ours =
        ref.name.starts_with(fmt::format("refs/fleet/{}/", run)) || ref.name == branch_ref(run, prefix);
    if (!is_ours || !is_valid_ref(ref.name)) {
      return fail_format(
          file, fmt::format("it holds the ref {}, which is not of the run {}", quote_path(ref.name), run));
    }
    if (ref.name == start_ref(run)) start = ref.commit;
  }
  if (!start || !store.contains(*start) || !is_valid_ref(branch_ref(run, prefix)))
    return fail_format(file, fmt::format("it does not hold the run {}", run));
  FLEET_CHECK(check_nothing_else_here(repository, header, *start, run, prefix, left));

  FLEET_TRY(auto handle, repository.handles()->borrow());
  const auto pack_at = in.tellg();
  std::array<char, 12> pack_header{};
  in.read(pack_header.data(), pack_header.size());
  if (in.gcount() != pack_header.size() ||
      std::string_view(pack_header.data(), 8) != std::string_view("PACK\0\0\0\2", 8)) {
    return fail_format(file, "it ends early");
  }
  const bool is_empty =
      std::all_of(pack_header.begin() + 8, pack_header.end(), [](char c) { return c == 0; });
  if (!is_empty) {
    in.clear();
    in.seekg(pack_at);
    FLEET_CHECK(store_pack(repository, handle.objects(), in, file));
  }
  FLEET_CHECK(check_connected(repository, header, *start));

  Refs refs(repository);
  std::vector<RefUpdate> updates;
  for (const Ref& ref : header.refs) {
    FLEET_TRY(const auto now, refs.read(ref.name));
    updates.push_back({ref.name, ref.commit, now.value_or(ObjectId{})});
  }
  FLEET_CHECK(store.sync());
  FLEET_CHECK(refs.write(updates));
  FLEET_CHECK(store.sync());
  Unbundled out;
  for (const Ref& ref : header.refs) {
    FLEET_TRY(const auto now, refs.read(ref.name));
    if (now) out.refs.push_back({ref.name, *now});
  }
  return out;
}

}  // namespace fleet::git
