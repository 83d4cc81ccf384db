#include "git/refs.h"

#include <fmt/format.h>
#include <git2.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/assert.h"
#include "git/beneath.h"
#include "git/handles.h"

namespace fleet::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFleetRefs = "refs/fleet/";
constexpr std::string_view kBranches = "refs/heads/";

using Transaction = std::unique_ptr<git_transaction, decltype(&git_transaction_free)>;

Result<std::optional<ObjectId>> read_ref(git_repository* repository, const std::string& name) {
  git_oid oid;
  const int code = git_reference_name_to_id(&oid, repository, name.c_str());
  if (code == GIT_ENOTFOUND) return std::nullopt;
  if (code < 0) return fail_git("read the ref", name, code, "run `git fsck` to see what is damaged");
  return from_git(oid);
}

constexpr std::chrono::seconds kLockPatience{2};
constexpr std::chrono::milliseconds kLockPause{50};

Result<> lock(git_transaction* transaction, const std::string& name) {
  const auto give_up = std::chrono::steady_clock::now() + kLockPatience;
  std::chrono::milliseconds pause{1};
  while (true) {
    const int code = git_transaction_lock_ref(transaction, name.c_str());
    if (code == 0) return {};
    if (code != GIT_ELOCKED || std::chrono::steady_clock::now() > give_up) {
      return fail_git("lock the ref", name, code, "check that the repository can be written");
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLockPause);
  }
}

// Moving a branch under a checkout would make it look as if the user had changed every file.
Result<> refuse_checked_out(git_repository* repository, const std::string& name) {
  git_reference* raw = nullptr;
  if (git_reference_lookup(&raw, repository, name.c_str()) < 0) return {};
  const std::unique_ptr<git_reference, decltype(&git_reference_free)> branch(raw, git_reference_free);
  if (git_branch_is_checked_out(raw) != 1) return {};
  return base::fail_input("write the branch", name.substr(kBranches.size()), "it is checked out",
                          "check out another branch in every worktree first: `git switch -`");
}

Result<> apply(git_repository* repository, std::span<const RefUpdate> updates) {
  git_transaction* raw = nullptr;
  if (const int code = git_transaction_new(&raw, repository); code < 0) {
    return fail_git("write refs to", git_repository_commondir(repository), code);
  }
  const Transaction transaction(raw, git_transaction_free);
  for (const RefUpdate& update : updates) {
    FLEET_CHECK(lock(raw, update.name));
  }
  std::vector<const RefUpdate*> needed;
  for (const RefUpdate& update : updates) {
    FLEET_TRY(const auto now, read_ref(repository, update.name));
    if (update.expected && update.expected->is_none() != !now.has_value()) {
      return base::fail_input("write the ref", update.name, now ? "it exists already" : "it is gone");
    }
    if (update.expected && now && *now != *update.expected) {
      return base::fail_input("write the ref", update.name,
                              fmt::format("it was moved to {} meanwhile", now->hex()));
    }
    if (now.value_or(ObjectId{}) != update.to) needed.push_back(&update);
  }
  for (const RefUpdate* update : needed) {
    const git_oid oid = to_git(update->to);
    const int code = update->to.is_none()
                         ? git_transaction_remove(raw, update->name.c_str())
                         : git_transaction_set_target(raw, update->name.c_str(), &oid, nullptr, "fleet");
    if (code < 0) return fail_git("write the ref", update->name, code);
  }
  if (const int code = git_transaction_commit(raw); code < 0) {
    return fail_git("write refs to", git_repository_commondir(repository), code,
                    "check that the disk is not full and the repository can be written");
  }
  return {};
}

}  // namespace

std::string start_ref(std::string_view run) {
  return fmt::format("{}{}/start", kFleetRefs, run);
}

std::string attempt_ref(std::string_view run, std::string_view task, int attempt) {
  return fmt::format("{}{}/tasks/{}/{}", kFleetRefs, run, task, attempt);
}

std::string withheld_ref(std::string_view run, std::string_view task, int attempt) {
  return fmt::format("{}{}/{}", withheld_refs(run), task, attempt);
}

std::string withheld_refs(std::string_view run) {
  return fmt::format("{}{}/withheld/", kFleetRefs, run);
}

std::string result_ref(std::string_view run) {
  return fmt::format("{}{}/result", kFleetRefs, run);
}

std::string branch_ref(std::string_view run, std::string_view prefix) {
  return fmt::format("{}{}/{}", kBranches, prefix, run);
}

bool is_valid_ref(std::string_view name) {
  start_libgit2();
  int valid = 0;
  return name.find('\0') == name.npos &&
         git_reference_name_is_valid(&valid, std::string(name).c_str()) == 0 && valid == 1;
}

Result<> Refs::write(std::span<const RefUpdate> updates) {
  if (updates.empty()) return {};
  FLEET_TRY(auto handle, repository_.handles()->borrow());
  const std::lock_guard writers(repository_.handles()->ref_writers());
  for (const RefUpdate& update : updates) {
    FLEET_ASSERT(update.name.starts_with(kFleetRefs) || update.name.starts_with(kBranches),
                 "fleet writes only its own refs and branches");
    if (!is_valid_ref(update.name))
      return base::fail_input("write the ref", update.name, "git takes no such name");
    if (update.name.starts_with(kBranches)) {
      FLEET_CHECK(refuse_checked_out(handle.repository(), update.name));
      const std::string_view short_name = std::string_view(update.name).substr(kBranches.size());
      const auto slash = short_name.rfind('/');
      FLEET_ASSERT(slash != short_name.npos, "a run's branch has a prefix");
      if (!update.to.is_none()) {
        FLEET_CHECK(check_branch_free(short_name.substr(slash + 1), short_name.substr(0, slash)));
      }
    }
  }
  FLEET_CHECK(apply(handle.repository(), updates));
  auto unsynced = repository_.handles()->unsynced().lock();
  for (const RefUpdate& update : updates)
    unsynced->refs.insert(update.name);
  return {};
}

Result<std::optional<ObjectId>> Refs::read(const std::string& name) const {
  FLEET_TRY(auto handle, repository_.handles()->borrow());
  return read_ref(handle.repository(), name);
}

Result<std::vector<Ref>> Refs::list(std::string_view starts_with) const {
  FLEET_TRY(auto handle, repository_.handles()->borrow());
  git_reference_iterator* raw = nullptr;
  const std::string glob = std::string(starts_with) + "*";
  if (const int code = git_reference_iterator_glob_new(&raw, handle.repository(), glob.c_str()); code < 0) {
    return fail_git("list the refs", glob, code);
  }
  const std::unique_ptr<git_reference_iterator, decltype(&git_reference_iterator_free)> iterator(
      raw, git_reference_iterator_free);
  std::vector<Ref> out;
  const char* name = nullptr;
  int code = 0;
  while ((code = git_reference_next_name(&name, raw)) == 0) {
    FLEET_TRY(const auto commit, read_ref(handle.repository(), name));
    if (commit) out.push_back({name, *commit});
  }
  if (code != GIT_ITEROVER) return fail_git("list the refs", glob, code);
  std::sort(out.begin(), out.end(), [](const Ref& a, const Ref& b) { return a.name < b.name; });
  return out;
}

Result<std::vector<std::string>> Refs::runs() const {
  FLEET_TRY(const auto refs, list(kFleetRefs));
  std::vector<std::string> out;
  for (const Ref& ref : refs) {
    const std::string_view rest = std::string_view(ref.name).substr(kFleetRefs.size());
    const std::string_view run = rest.substr(0, rest.find('/'));
    if (out.empty() || out.back() != run) out.emplace_back(run);
  }
  return out;
}

Result<> Refs::check_branch_free(std::string_view run, std::string_view prefix) const {
  const std::string name = branch_ref(run, prefix);
  if (!is_valid_ref(name)) {
    return base::fail_input("use the branch", fmt::format("{}/{}", prefix, run), "git takes no such name",
                            "set another prefix for the branch");
  }
  const auto in_the_way = [&](std::string_view other) {
    return base::fail_input(
        "make the branch", fmt::format("{}/{}", prefix, run),
        fmt::format("the branch `{}` is in the way: git cannot have both", other.substr(kBranches.size())),
        "rename that branch, or set another prefix for fleet's");
  };
  FLEET_TRY(auto handle, repository_.handles()->borrow());
  for (auto slash = name.find('/', kBranches.size()); slash != name.npos; slash = name.find('/', slash + 1)) {
    const std::string above = name.substr(0, slash);
    FLEET_TRY(const auto found, read_ref(handle.repository(), above));
    if (found) return in_the_way(above);
  }
  FLEET_TRY(const auto below, list(name + "/"));
  if (!below.empty()) return in_the_way(below.front().name);
  return {};
}

Result<> Refs::check_not_checked_out(const std::string& branch_ref) const {
  FLEET_TRY(auto handle, repository_.handles()->borrow());
  return refuse_checked_out(handle.repository(), branch_ref);
}

Result<> Refs::check_unused(std::string_view run, std::string_view prefix, ObjectId start) const {
  FLEET_TRY(const auto own, list(fmt::format("{}{}/", kFleetRefs, run)));
  for (const Ref& ref : own) {
    if (ref.name == start_ref(run) && ref.commit == start) continue;
    return base::fail_input(
        "start the run", std::string(run),
        fmt::format("there is a run of this id already: {} exists", ref.name),
        fmt::format(
            "give another --id; `git for-each-ref {}{}` lists what is left of that run, which another "
            "`--state` may know",
            kFleetRefs, run));
  }
  FLEET_TRY(const auto branch, read(branch_ref(run, prefix)));
  if (!branch) return {};
  return base::fail_input(
      "start the run", std::string(run),
      fmt::format("there is a branch {}/{} already, and it would be written over", prefix, run),
      "give another --id or --branch-prefix, or rename that branch");
}

void Refs::break_start(std::string_view run) const {
  const fs::path start = repository_.common_folder() / start_ref(run);
  std::error_code ignored;
  fs::remove(start.native() + ".lock", ignored);
  remove_empty_file(start);
}

void Refs::break_locks(std::string_view run, std::string_view prefix) const {
  const fs::path common = repository_.common_folder();
  std::error_code ignored;
  std::vector<fs::path> locks;
  for (fs::recursive_directory_iterator at(common / fmt::format("{}{}", kFleetRefs, run), ignored), end;
       at != end; at.increment(ignored)) {
    if (at->path().extension() == ".lock") locks.push_back(at->path());
    remove_empty_file(at->path());
  }
  remove_empty_file(common / branch_ref(run, prefix));
  const fs::path branch = common / (branch_ref(run, prefix) + ".lock");
  const auto give_up = std::chrono::steady_clock::now() + kLockPatience;
  while (fs::exists(branch, ignored) && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(kLockPause);
  locks.push_back(branch);
  for (const fs::path& lock : locks)
    fs::remove(lock, ignored);
}

}  // namespace fleet::git
