#include "git/repository.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <unordered_set>

#include "base/unique_fd.h"
#include "git/broken_repository.h"
#include "git/gitmodules.h"
#include "git/handles.h"
#include "git/path.h"
#include "git/small_file.h"
#include "git/tree.h"

namespace fleet::git {

namespace fs = std::filesystem;

struct Repository::Facts {
  explicit Facts(std::shared_ptr<Handles> pool) : handles(std::move(pool)), objects(handles) {}
  std::shared_ptr<Handles> handles;
  ObjectStore objects;
  fs::path git_folder;
  std::optional<fs::path> work_folder;
  std::vector<fs::path> object_folders;
};

namespace {

template <class T, void (*kFree)(T*)>
class Owned {
 public:
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() { kFree(value_); }
  T** out() { return &value_; }
  T* get() const { return value_; }

 private:
  T* value_ = nullptr;
};

// How deep git follows alternates of alternates from a workspace, whose own `.git` is one step
// (private_git.h).
constexpr int kDeepestAlternates = 5;
constexpr std::size_t kMostObjectFolders = 1'000;

// gitrepository-layout(5), objects/info/alternates: a folder a line, relative to this one, maybe quoted.
Result<> add_alternates(const fs::path& objects, int depth, std::vector<fs::path>& found) {
  FLEET_TRY(const std::string text, read_small_file(objects / "info" / "alternates"));
  std::string_view rest = text;
  while (!rest.empty() && found.size() < kMostObjectFolders) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty() || line.front() == '#') continue;
    std::error_code error;
    const fs::path named = objects / unquote_path(line).value_or(line);
    const fs::path folder = fs::canonical(named.lexically_normal(), error);
    if (error || !fs::is_directory(folder, error) ||
        std::find(found.begin(), found.end(), folder) != found.end()) {
      continue;
    }
    found.push_back(folder);
    if (depth < kDeepestAlternates) FLEET_CHECK(add_alternates(folder, depth + 1, found));
  }
  return {};
}

Result<std::vector<fs::path>> find_object_folders(const fs::path& objects) {
  std::error_code error;
  std::vector<fs::path> found{fs::canonical(objects, error)};
  if (error) return std::vector<fs::path>{objects};
  FLEET_CHECK(add_alternates(fs::path(found.front()), 1, found));
  return found;
}

fs::path without_last_slash(const char* path) {
  std::string text = path;
  while (text.size() > 1 && text.back() == '/')
    text.pop_back();
  return text;
}

tl::unexpected<Error> explain_open(const fs::path& path, int code, Error error) {
  error.tried = "open the git repository";
  error.on = path.string();
  const auto says = [&](std::string_view text) { return error.why.find(text) != std::string::npos; };
  const auto broken =
      code == GIT_ENOTFOUND || code == GIT_ERROR ? find_broken_repository(path) : std::nullopt;
  if (broken) {
    error.fault = base::Fault::input;
    error.on = broken->found.string();
    error.why = broken->why;
    error.hint = "mend it, or move it away if it is of no use; a linked worktree: `git worktree repair`";
  } else if (code == GIT_ENOTFOUND) {
    error.fault = base::Fault::input;
    std::error_code ignored;
    error.why = fs::exists(path, ignored) ? "there is none here or above" : "there is no such folder";
    error.hint = "run this in a clone, or `git init` and commit first";
  } else if (says("unsupported")) {
    error.fault = base::Fault::input;
    error.hint =
        "its settings ask for a newer format: see core.repositoryformatversion and extensions.* in its "
        "config";
  } else if (error.hint.empty()) {
    error.hint = "run `git status` there: git says more about what is wrong";
  }
  return tl::make_unexpected(std::move(error));
}

// How objects and refs are stored, where its settings name another way than git's default.
Result<> check_storage(const fs::path& path, git_repository* repository) {
  Owned<git_config, git_config_free> config;
  Owned<git_config, git_config_free> settings;
  if (const int code = git_repository_config(config.out(), repository); code < 0)
    return explain_open(path, code, fail_git("", "", code).value());
  if (git_config_snapshot(settings.out(), config.get()) < 0) return {};
  const auto value = [&](const char* key) -> std::string {
    const char* text = nullptr;
    return git_config_get_string(&text, settings.get(), key) == 0 && text != nullptr ? text : "";
  };
  if (const std::string names = value("extensions.objectformat"); !names.empty() && names != "sha1") {
    return base::fail_input(
        "open the git repository", path.string(),
        fmt::format("its objects have names by {}, which libgit2 1.5 does not read", names),
        "use a clone with SHA-1 names (git's default)");
  }
  if (const std::string refs = value("extensions.refstorage"); !refs.empty() && refs != "files") {
    return base::fail_input("open the git repository", path.string(),
                            fmt::format("its refs are stored as {}, which libgit2 1.5 does not read", refs),
                            "convert them: `git refs migrate --ref-format=files`");
  }
  return {};
}

std::vector<std::string> safe_directories() {
  std::vector<std::string> out;
  Owned<git_config, git_config_free> config;
  if (git_config_open_default(config.out()) < 0) return out;
  Owned<git_config_iterator, git_config_iterator_free> entries;
  if (git_config_multivar_iterator_new(entries.out(), config.get(), "safe.directory", nullptr) < 0)
    return out;
  git_config_entry* entry = nullptr;
  while (git_config_next(&entry, entries.get()) == 0) {
    if (entry->value[0] == '\0') out.clear();  // an empty value takes back what stood before
    out.emplace_back(entry->value);
  }
  return out;
}

// git's rule since 2.35.2 (CVE-2022-24765).
Result<> check_owner(const fs::path& git_folder, const std::optional<fs::path>& work_folder) {
  const fs::path& shown = work_folder ? *work_folder : git_folder;
  const auto is_ours = [](const fs::path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return false;
    if (info.st_uid == ::geteuid()) return true;
    const char* sudo = ::geteuid() == 0 ? std::getenv("SUDO_UID") : nullptr;
    return sudo != nullptr && std::to_string(info.st_uid) == sudo;
  };
  if (is_ours(git_folder) && (!work_folder || is_ours(*work_folder))) return {};
  for (const std::string& safe : safe_directories()) {
    if (safe == "*" || fs::path(safe).lexically_normal() == shown.lexically_normal()) return {};
  }
  return base::fail_input(
      "open the git repository", shown.string(), "it belongs to another user",
      fmt::format("when you trust it: `git config --global --add safe.directory {}`", shown.string()));
}

Result<ObjectId> commit_of(git_repository* repository, const std::string& revision) {
  const auto unknown = [&](const char* why) {
    return base::fail_input("find the commit", revision, why,
                            "name a branch, a tag or a commit; a shallow clone has only the latest ones");
  };
  // A shallow clone's history ends somewhere, but HEAD is always there.
  const bool has_all = revision == "HEAD" || git_repository_is_shallow(repository) == 0;
  Owned<git_object, git_object_free> object;
  const int code = git_revparse_single(object.out(), repository, revision.c_str());
  if (code == GIT_EAMBIGUOUS) return unknown("more than one object has that name");
  const git_error* last = git_error_last();
  if (code == GIT_ENOTFOUND && has_all && last != nullptr && last->klass == GIT_ERROR_ODB) {
    return fail_git("read the commit", revision, code,
                    "files below .git/objects are missing, or may not be read: `git fsck` says which");
  }
  if (code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC) return unknown("there is none of that name");
  if (code < 0) return fail_git("find the commit", revision, code, "run `git fsck`");
  Owned<git_object, git_object_free> commit;
  if (git_object_peel(commit.out(), object.get(), GIT_OBJECT_COMMIT) < 0)
    return unknown("it is not a commit");
  return from_git(*git_object_id(commit.get()));
}

// libgit2 1.5 does not know that a shallow clone's history ends, and fails on the parents that are not there.
Result<std::vector<ObjectId>> shallow_commits_beyond(const ObjectStore& store, ObjectId base,
                                                     const std::vector<ObjectId>& tips) {
  std::vector<ObjectId> out;
  std::unordered_set<ObjectId> seen{base};
  std::vector<ObjectId> waiting = tips;
  while (!waiting.empty()) {
    const ObjectId id = waiting.back();
    waiting.pop_back();
    if (!seen.insert(id).second) continue;
    FLEET_TRY(const Commit commit, store.read_commit(id));
    out.push_back(id);
    std::copy_if(commit.parents.begin(), commit.parents.end(), std::back_inserter(waiting),
                 [&](ObjectId parent) { return store.contains(parent); });
  }
  return out;
}

// The newest commit that both reach, in what there is of their history.
Result<std::optional<ObjectId>> shallow_merge_base(const ObjectStore& store, ObjectId one, ObjectId other) {
  FLEET_TRY(const std::vector<ObjectId> known, shallow_commits_beyond(store, {}, {one}));
  const std::unordered_set<ObjectId> reached(known.begin(), known.end());
  std::optional<ObjectId> newest;
  TimePoint when{};
  FLEET_TRY(const std::vector<ObjectId> others, shallow_commits_beyond(store, {}, {other}));
  for (const ObjectId id : others) {
    if (!reached.contains(id)) continue;
    FLEET_TRY(const Commit commit, store.read_commit(id));
    if (newest && commit.committer.when <= when) continue;
    newest = id;
    when = commit.committer.when;
  }
  return newest;
}

}  // namespace

void pass_over_unreadable_settings() {
  start_libgit2();
  // By their places (git-config(1)): ~/.gitconfig, and $XDG_CONFIG_HOME/git/config.
  const std::pair<git_config_level_t, const char*> levels[]{{GIT_CONFIG_LEVEL_GLOBAL, ".gitconfig"},
                                                            {GIT_CONFIG_LEVEL_XDG, "config"}};
  for (const auto& [level, name] : levels) {
    git_buf folder{};
    if (git_libgit2_opts(GIT_OPT_GET_SEARCH_PATH, level, &folder) < 0) continue;
    const fs::path file = fs::path(folder.ptr == nullptr ? "" : folder.ptr) / name;
    git_buf_dispose(&folder);
    const base::UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!opened && errno == EACCES) git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  }
}

Repository::Repository(std::unique_ptr<Facts> facts) : facts_(std::move(facts)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const fs::path& path, Trust trust) {
  start_libgit2();
  Owned<git_repository, git_repository_free> found;
  if (const int code = git_repository_open_ext(found.out(), path.c_str(), 0, nullptr); code < 0) {
    return explain_open(path, code, fail_git("", "", code).value());
  }
  const fs::path git_folder = without_last_slash(git_repository_path(found.get()));
  std::optional<fs::path> work_folder;
  if (const char* folder = git_repository_workdir(found.get())) work_folder = without_last_slash(folder);
  if (trust == Trust::found) FLEET_CHECK(check_owner(git_folder, work_folder));
  FLEET_CHECK(check_storage(path, found.get()));

  const fs::path& whole = work_folder ? *work_folder : git_folder;
  auto handle = Handles::open(whole, GIT_REPOSITORY_OPEN_NO_SEARCH);
  // A work folder may lie elsewhere (core.worktree) and not lead back to its git folder.
  const bool leads_back =
      handle && without_last_slash(git_repository_path((*handle)->repository)) == git_folder;
  if (!leads_back) handle = Handles::open(git_folder, GIT_REPOSITORY_OPEN_NO_SEARCH);
  if (!handle) return explain_open(path, GIT_ERROR, std::move(handle).error());
  auto facts =
      std::make_unique<Facts>(std::make_shared<Handles>(leads_back ? whole : git_folder, std::move(*handle)));
  facts->git_folder = git_folder;
  facts->work_folder = std::move(work_folder);
  FLEET_TRY(facts->object_folders, find_object_folders(facts->handles->objects_folder()));
  return Repository(std::move(facts));
}

const fs::path& Repository::common_folder() const {
  return facts_->handles->common_folder();
}
const fs::path& Repository::git_folder() const {
  return facts_->git_folder;
}
const fs::path& Repository::objects_folder() const {
  return facts_->handles->objects_folder();
}
const std::vector<fs::path>& Repository::object_folders() const {
  return facts_->object_folders;
}
const std::optional<fs::path>& Repository::work_folder() const {
  return facts_->work_folder;
}
ObjectStore& Repository::objects() const {
  return facts_->objects;
}
const std::shared_ptr<Handles>& Repository::handles() const {
  return facts_->handles;
}

bool Repository::is_shallow() const {
  std::error_code ignored;
  return fs::exists(common_folder() / "shallow", ignored);
}

Result<Head> Repository::head() const {
  FLEET_TRY(auto handle, facts_->handles->borrow());
  const std::string where = facts_->handles->path().string();
  Owned<git_reference, git_reference_free> reference;
  const int code = git_repository_head(reference.out(), handle.repository());
  if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND) {
    return base::fail_input("find the current commit of", where, "there are no commits yet",
                            "commit something first: `git commit --allow-empty -m start` is enough");
  }
  if (code < 0) return fail_git("find the current commit of", where, code, "run `git status` there");
  Head head;
  FLEET_TRY(head.commit, commit_of(handle.repository(), "HEAD"));
  if (git_reference_is_branch(reference.get()) == 1) head.branch = git_reference_shorthand(reference.get());
  return head;
}

Result<ObjectId> Repository::resolve(const std::string& revision) const {
  FLEET_TRY(auto handle, facts_->handles->borrow());
  return commit_of(handle.repository(), revision);
}

Result<bool> Repository::is_ancestor(ObjectId ancestor, ObjectId commit) const {
  if (ancestor == commit) return true;
  if (is_shallow()) {
    FLEET_TRY(const auto reached, shallow_commits_beyond(objects(), {}, {commit}));
    return std::find(reached.begin(), reached.end(), ancestor) != reached.end();
  }
  FLEET_TRY(auto handle, facts_->handles->borrow());
  const git_oid above = to_git(ancestor);
  const git_oid below = to_git(commit);
  const int code = git_graph_descendant_of(handle.repository(), &below, &above);
  if (code < 0) return fail_git("compare the history of", commit.hex(), code);
  return code == 1;
}

Result<std::optional<ObjectId>> Repository::merge_base(ObjectId one, ObjectId other) const {
  if (is_shallow()) return shallow_merge_base(objects(), one, other);
  FLEET_TRY(auto handle, facts_->handles->borrow());
  const git_oid first = to_git(one);
  const git_oid second = to_git(other);
  git_oid found;
  const int code = git_merge_base(&found, handle.repository(), &first, &second);
  if (code == GIT_ENOTFOUND) return std::nullopt;
  if (code < 0) return fail_git("find the common history of " + one.hex() + " and", other.hex(), code);
  return from_git(found);
}

Result<std::vector<ObjectId>> Repository::commits_beyond(ObjectId base,
                                                         const std::vector<ObjectId>& tips) const {
  if (is_shallow()) return shallow_commits_beyond(objects(), base, tips);
  FLEET_TRY(auto handle, facts_->handles->borrow());
  Owned<git_revwalk, git_revwalk_free> walk;
  int code = git_revwalk_new(walk.out(), handle.repository());
  for (std::size_t i = 0; code == 0 && i < tips.size(); ++i) {
    const git_oid tip = to_git(tips[i]);
    code = git_revwalk_push(walk.get(), &tip);
  }
  const git_oid below = to_git(base);
  if (code == 0) code = git_revwalk_hide(walk.get(), &below);
  std::vector<ObjectId> out;
  git_oid next;
  while (code == 0 && (code = git_revwalk_next(&next, walk.get())) == 0)
    out.push_back(from_git(next));
  if (code != GIT_ITEROVER) return fail_git("walk the history beyond", base.hex(), code);
  return out;
}

Result<std::size_t> Repository::count_uncommitted() const {
  if (is_bare()) return std::size_t{0};
  FLEET_TRY(auto handle, facts_->handles->borrow());
  git_status_options options{};
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  Owned<git_status_list, git_status_list_free> status;
  if (const int code = git_status_list_new(status.out(), handle.repository(), &options); code < 0) {
    return fail_git("look for uncommitted changes in", work_folder()->string(), code);
  }
  return git_status_list_entrycount(status.get());
}

Result<std::vector<std::string>> Repository::submodules(ObjectId commit) const {
  FLEET_TRY(const ObjectId tree, objects().tree_of(commit));
  FLEET_TRY(const auto listing, entry_at(objects(), tree, ".gitmodules"));
  std::vector<std::string> out;
  if (!listing.is_file()) return out;
  FLEET_TRY(const std::string text, objects().read_blob(listing.id));
  for (std::string& path : paths_in_gitmodules(text)) {
    FLEET_TRY(const auto entry, entry_at(objects(), tree, path));
    if (entry.mode == model::FileMode::submodule) out.push_back(std::move(path));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<std::string> Repository::private_excludes() const {
  fs::path file;
  if (auto handle = facts_->handles->borrow()) {
    Owned<git_config, git_config_free> config;
    git_buf path = GIT_BUF_INIT;
    if (git_repository_config_snapshot(config.out(), handle->repository()) == 0 &&
        git_config_get_path(&path, config.get(), "core.excludesfile") == 0) {
      file = path.ptr;
    } else if (const char* settings = std::getenv("XDG_CONFIG_HOME");
               settings != nullptr && *settings != '\0') {
      file = fs::path(settings) / "git" / "ignore";
    } else if (const char* home = std::getenv("HOME")) {
      file = fs::path(home) / ".config" / "git" / "ignore";
    }
    git_buf_dispose(&path);
  }
  std::string rules;
  if (!file.empty()) {
    FLEET_TRY(rules, read_small_file(file));
  }
  if (!rules.empty() && rules.back() != '\n') rules += '\n';
  FLEET_TRY(const std::string own, read_small_file(common_folder() / "info" / "exclude"));
  return rules + own;
}

}  // namespace fleet::git
