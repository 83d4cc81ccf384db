#include "git/repository.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "git/handles.h"
#include "git/integration.h"
#include "git/refs.h"
#include "git/support.h"
#include "git/tree.h"
#include "git/workspace.h"

namespace fleet::git {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const fs::path& path, Trust trust = Trust::given) {
  const auto opened = Repository::open(path, trust);
  return opened ? std::string() : opened.error().message();
}

TEST(Repository, opens_a_clone_from_any_folder_in_it) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone", {{"a/b/c", "1\n"}});
  const Repository repository = must(Repository::open(clone / "a/b"));
  EXPECT_EQ(repository.work_folder(), clone);
  EXPECT_EQ(fs::canonical(repository.common_folder()), clone / ".git");
  EXPECT_EQ(fs::canonical(repository.objects_folder()), clone / ".git/objects");
  EXPECT_FALSE(repository.is_bare());
  EXPECT_FALSE(repository.is_shallow());
  EXPECT_EQ(must(repository.head()).branch, "main");
  EXPECT_EQ(must(repository.head()).commit.hex(), git(clone, "rev-parse HEAD"));
  git(clone, "checkout -q --detach");
  EXPECT_EQ(must(repository.head()).branch, "");
}

TEST(Repository, finds_where_two_branches_parted) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  const std::string parted = git(clone, "rev-parse HEAD");
  git(clone, "checkout -q -b topic");
  git(clone, "commit -q --allow-empty -m topic");
  git(clone, "checkout -q main");
  git(clone, "commit -q --allow-empty -m main");
  git(clone, "checkout -q --orphan stranger");
  git(clone, "commit -q --allow-empty -m stranger");
  const Repository repository = must(Repository::open(clone));
  const auto commit = [&](const char* name) { return must(repository.resolve(name)); };
  EXPECT_EQ(must(repository.merge_base(commit("topic"), commit("main")))->hex(), parted);
  EXPECT_EQ(must(repository.merge_base(commit("main"), commit("main"))), commit("main"));
  EXPECT_EQ(must(repository.merge_base(commit("stranger"), commit("main"))), std::nullopt);

  for (const auto& [depth, found] : {std::pair{1, false}, {2, true}}) {
    const std::string name = fmt::format("shallow{}", depth);
    git(temp.path(), fmt::format("clone -q --depth {} --no-single-branch file://{} {}", depth,
                                 shell_quote(clone.string()), name));
    const Repository shallow = must(Repository::open(temp / name));
    const ObjectId topic = must(shallow.resolve("origin/topic"));
    const auto base = must(shallow.merge_base(topic, must(shallow.resolve("origin/main"))));
    EXPECT_EQ(base ? base->hex() : "none", found ? parted : "none");
  }
}

TEST(Repository, says_what_is_wrong_with_one_that_is_of_no_use) {
  const TempFolder temp;
  int number = 0;
  const auto clone_that = [&](const std::string& is_broken) {
    fs::path clone = make_clone(temp / fmt::format("clone{}", ++number));
    const std::string command = "cd " + shell_quote(clone.string()) + " && " + is_broken;
    EXPECT_EQ(run(command).status, 0);
    fs::create_directories(clone / "sub");
    return clone;
  };
  const std::vector<std::pair<std::string, std::string>> ways{
      {"rm -r .git && echo gitdir: ../nowhere > .git", "nowhere, where nothing is"},
      {"rm -r .git && echo rubbish > .git", "it is a file that does not say where"},
      {"rm -r .git && ln -s /nowhere .git", "it leads to /nowhere, where nothing is"},
      {"git config core.worktree /nowhere", "its core.worktree, /nowhere, is not there"},
      {"rm -r .git/objects", "it has no folder objects/"},
      {"rm -r .git/refs", "it has no folder refs/"},
      {"rm .git/HEAD", "it has no HEAD"}};
  for (const auto& [is_broken, why] : ways) {
    SCOPED_TRACE(is_broken);
    const fs::path clone = clone_that(is_broken);
    for (const fs::path& at : {clone, clone / "sub"}) {
      const std::string message = refusal(at);
      EXPECT_THAT(message, HasSubstr((clone / ".git").string()));
      EXPECT_THAT(message, HasSubstr(why));
      EXPECT_THAT(message, ::testing::Not(HasSubstr("git init")));
    }
  }
  EXPECT_THAT(refusal(temp.path()), HasSubstr("there is none here or above"));
  const fs::path clone = clone_that("git worktree add -q linked && rm -r .git/worktrees/linked");
  EXPECT_THAT(refusal(clone / "linked"), HasSubstr((clone / ".git/worktrees/linked").string()));
}

TEST(ObjectStore, writes_what_a_power_cut_left_as_a_name_without_bytes) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  const std::string text = "some text\n";
  const std::string hex = ObjectStore::hash_blob(text).hex();
  const fs::path object = clone / ".git/objects" / hex.substr(0, 2) / hex.substr(2);
  const auto cut = [&] {
    fs::create_directories(object.parent_path());
    fs::remove(object);
    write_file(object, "");
  };
  cut();
  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(must(repository.objects().write_blob(text)).hex(), hex);
  EXPECT_EQ(git(clone, "cat-file -p " + hex) + "\n", text);

  cut();
  write_file(temp / "file", text);
  const base::UniqueFd file(::open((temp / "file").c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(must(repository.objects().write_blob(file.get(), text.size(), "file")).hex(), hex);
  EXPECT_EQ(git(clone, "cat-file -p " + hex) + "\n", text);
}

TEST(ObjectStore, removes_the_names_without_bytes_and_nothing_else) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  const fs::path folder = clone / ".git/objects/00";
  fs::create_directories(folder);
  write_file(folder / std::string(38, 'a'), "");
  write_file(folder / "tmp_obj_abcdef", "");  // somebody is at work on it
  const std::string fsck = "git -C " + shell_quote(clone.string()) + " fsck 2>&1";
  EXPECT_NE(run(fsck).status, 0);
  must(Repository::open(clone)).objects().remove_empty();
  EXPECT_FALSE(fs::exists(folder / std::string(38, 'a')));
  EXPECT_TRUE(fs::exists(folder / "tmp_obj_abcdef"));
  EXPECT_EQ(run(fsck).status, 0);
}

TEST(Repository, opens_bare_shallow_worktree_and_submodule_clones) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  write_file(clone / "a", "2\n");
  git(clone, "commit -qam second");
  const std::string tip = git(clone, "rev-parse HEAD");

  git(temp.path(), "clone -q --bare clone bare.git");
  const Repository bare = must(Repository::open(temp / "bare.git"));
  EXPECT_TRUE(bare.is_bare());
  EXPECT_EQ(must(bare.count_uncommitted()), 0u);

  git(temp.path(), "clone -q --depth 1 file://" + shell_quote(clone.string()) + " shallow");
  const Repository shallow = must(Repository::open(temp / "shallow"));
  EXPECT_TRUE(shallow.is_shallow());

  git(clone, "worktree add -q ../wt -b topic");
  const Repository worktree = must(Repository::open(temp / "wt"));
  EXPECT_EQ(must(worktree.head()).branch, "topic");
  EXPECT_EQ(fs::canonical(worktree.common_folder()), clone / ".git");

  make_clone(temp / "super");
  git(temp / "super",
      "-c protocol.file.allow=always submodule add -q " + shell_quote(clone.string()) + " sub");
  const Repository submodule = must(Repository::open(temp / "super/sub"));
  EXPECT_EQ(submodule.work_folder(), temp / "super/sub");

  // In each of them a task can start, change something and deliver it.
  for (const Repository* repository : {&bare, &shallow, &worktree, &submodule}) {
    SCOPED_TRACE(repository->git_folder());
    const ObjectId head = must(repository->head()).commit;
    EXPECT_EQ(head.hex(), tip);
    WorkspacePool pool = must(WorkspacePool::open(*repository, temp / "pool"));
    Workspace workspace = must(pool.acquire(head));
    EXPECT_EQ(git(workspace.folder(), "status --porcelain"), "");
    EXPECT_THAT(git(workspace.folder(), "log --format=%s"), HasSubstr("second"));
    write_file(workspace.folder() / "new", "new\n");
    const auto snapshot = must(workspace.snapshot());
    const ObjectId made =
        must(repository->objects().write_commit({snapshot.tree, {head}, "made", TimePoint{}}));
    Integration integration = must(Integration::create(repository->objects(), head));
    must(integration.accept({TaskIndex{0}, head, made, "task"}, OnConflict::report));
    const ObjectId merged = must(integration.merged(std::vector<TaskIndex>{{0}}));
    const std::string run = fmt::format("r{}", ::getpid());
    must(Refs(*repository).write(std::vector<RefUpdate>{{branch_ref(run), merged, ObjectId{}}}));
    must(repository->objects().sync());
    EXPECT_EQ(git(repository->git_folder(), "fsck --no-dangling"), "");
    EXPECT_EQ(git(repository->git_folder(), "diff --name-only " + tip + " fleet/" + run), "new");
    must(Refs(*repository).write(std::vector<RefUpdate>{{branch_ref(run), {}, merged}}));
  }
}

TEST(Repository, knows_all_folders_that_git_reads_its_objects_from) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  const auto objects = [&](const char* name) { return temp / name / ".git/objects"; };
  for (const char* name : {"absolute", "relative", "quo\"ted", "nested", "other"})
    make_clone(temp / name);
  write_file(objects("clone") / "info/alternates",
             "# " + objects("other").string() + "\n\n" + objects("absolute").string() + "/\n" +
                 "../../../relative/.git/objects\n\"" + temp.path().string() +
                 "/quo\\\"\\164ed/.git/objects\"\n" + "/nowhere\n" + (temp / "clone/a").string() + "\n");
  write_file(objects("relative") / "info/alternates",
             "../../../nested/.git/objects\n" + objects("clone").string() + "\n");
  EXPECT_THAT(must(Repository::open(clone)).object_folders(),
              ElementsAre(objects("clone"), objects("absolute"), objects("relative"), objects("nested"),
                          objects("quo\"ted")));
}

TEST(Repository, follows_alternates_as_deep_as_git) {
  const TempFolder temp;
  fs::path last = make_clone(temp / "0");
  for (int i = 1; i <= 6; ++i) {
    git(temp.path(), fmt::format("clone -q --shared {} {}", last.string(), i));
    last = temp / std::to_string(i);
  }
  const Repository repository = must(Repository::open(temp / "5"));
  EXPECT_EQ(repository.object_folders().size(), 6u);
  EXPECT_EQ(must(Repository::open(temp / "6")).object_folders().size(), 6u);

  // The workspace's own `.git` is one step more.
  WorkspacePool pool = must(WorkspacePool::open(repository, temp / "pool"));
  const Workspace workspace = must(pool.acquire(must(repository.head()).commit));
  EXPECT_EQ(git(workspace.folder(), "log --format=%s"), "start");
}

TEST(Repository, a_commit_that_is_missing_is_damage_and_no_wrong_name) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  git(clone, "branch other");
  fs::remove_all(clone / ".git/objects");
  fs::create_directory(clone / ".git/objects");
  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(repository.resolve("other").error().fault, base::Fault::world);
  EXPECT_EQ(repository.head().error().fault, base::Fault::world);
  EXPECT_EQ(repository.resolve("nothing").error().fault, base::Fault::input);
}

TEST(Repository, resolves_revisions_to_commits) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  git(clone, "tag -a v1 -m tag");
  git(clone, "commit -q --allow-empty -m second");
  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(must(repository.resolve("v1")).hex(), git(clone, "rev-parse HEAD~1"));
  EXPECT_EQ(must(repository.resolve("HEAD~1")).hex(), git(clone, "rev-parse HEAD~1"));
  EXPECT_EQ(must(repository.resolve(git(clone, "rev-parse --short HEAD"))).hex(),
            git(clone, "rev-parse HEAD"));
  for (const char* bad : {"nothing", "HEAD:a", "", "HEAD~5"}) {
    const auto resolved = repository.resolve(bad);
    ASSERT_FALSE(resolved) << bad;
    EXPECT_EQ(resolved.error().fault, base::Fault::input);
  }
  const ObjectId first = must(repository.resolve("HEAD~1"));
  const ObjectId second = must(repository.resolve("HEAD"));
  EXPECT_TRUE(must(repository.is_ancestor(first, second)));
  EXPECT_TRUE(must(repository.is_ancestor(first, first)));
  EXPECT_FALSE(must(repository.is_ancestor(second, first)));
}

TEST(Repository, says_what_is_wrong_and_what_to_do) {
  const TempFolder temp;
  fs::create_directories(temp / "plain");
  EXPECT_THAT(refusal(temp / "plain"), HasSubstr("there is none here or above"));
  EXPECT_THAT(refusal(temp / "nowhere"), HasSubstr("no such folder"));

  fs::create_directories(temp / "unborn");
  git(temp / "unborn", "init -q");
  const auto unborn = must(Repository::open(temp / "unborn")).head();
  ASSERT_FALSE(unborn);
  EXPECT_THAT(unborn.error().message(), HasSubstr("no commits yet"));
  EXPECT_EQ(unborn.error().fault, base::Fault::input);

  fs::create_directories(temp / "sha256");
  git(temp / "sha256", "init -q --object-format=sha256");
  EXPECT_THAT(refusal(temp / "sha256"), HasSubstr("names by sha256"));

  make_clone(temp / "reftable");
  git(temp / "reftable", "config core.repositoryformatversion 1");
  git(temp / "reftable", "config extensions.refstorage reftable");
  EXPECT_THAT(refusal(temp / "reftable"), HasSubstr("reftable"));

  make_clone(temp / "future");
  git(temp / "future", "config core.repositoryformatversion 1");
  git(temp / "future", "config extensions.somethingNew true");
  EXPECT_THAT(refusal(temp / "future"), HasSubstr("newer format"));

  make_clone(temp / "damaged");
  write_file(temp / "damaged/.git/config", "[core\n");
  EXPECT_THAT(refusal(temp / "damaged"), HasSubstr("git status"));

  make_clone(temp / "headless");
  write_file(temp / "headless/.git/HEAD", "");
  const auto headless = Repository::open(temp / "headless");
  EXPECT_FALSE(headless && headless->head());
}

TEST(Repository, takes_settings_that_change_nothing_for_it) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone", {{"a", "1\n"}, {"d/b", "1\n"}});
  git(clone, "sparse-checkout set d");  // sets extensions.worktreeConfig
  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(must(repository.head()).branch, "main");
  EXPECT_EQ(must(repository.count_uncommitted()), 0u);
}

TEST(Repository, says_what_a_partial_clone_lacks) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  git(clone, "config uploadpack.allowFilter true");
  git(temp.path(),
      "clone -q --no-checkout --filter=blob:none file://" + shell_quote(clone.string()) + " partial");
  const Repository repository = must(Repository::open(temp / "partial"));
  const auto entry = must(entry_at(repository.objects(),
                                   must(repository.objects().tree_of(must(repository.head()).commit)), "a"));
  const auto read = repository.objects().read_blob(entry.id);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message(), HasSubstr("missing from the repository"));
  EXPECT_THAT(read.error().message(), HasSubstr("partial clone"));
}

TEST(Repository, opens_what_another_user_owns_only_when_it_was_named) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT TESTED: giving files to another user takes root";
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  ASSERT_EQ(run("chown -R 12345:12345 " + shell_quote(clone.string())).status, 0);
  EXPECT_EQ(refusal(clone, Trust::given), "");
  EXPECT_THAT(refusal(clone, Trust::found), HasSubstr("another user"));
  EXPECT_THAT(refusal(clone, Trust::found), HasSubstr("safe.directory"));
}

TEST(Repository, counts_uncommitted_changes) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone", {{"a", "1\n"}, {"b", "1\n"}, {".gitignore", "*.o\n"}});
  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(must(repository.count_uncommitted()), 0u);
  write_file(clone / "a", "two\n");
  write_file(clone / "staged", "x");
  write_file(clone / "untracked", "x");
  write_file(clone / "x.o", "x");
  git(clone, "add staged");
  EXPECT_EQ(must(repository.count_uncommitted()), 3u);
}

TEST(Repository, reports_damaged_and_missing_objects) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  const Repository repository = must(Repository::open(clone));
  const ObjectId blob = id_of(git(clone, "rev-parse HEAD:a"));
  const fs::path file = clone / ".git/objects" / blob.hex().substr(0, 2) / blob.hex().substr(2);
  fs::permissions(file, fs::perms::owner_write, fs::perm_options::add);
  write_file(file, "rubbish");
  EXPECT_FALSE(repository.objects().read_blob(blob));
  EXPECT_FALSE(repository.objects().read_commit(blob));
  fs::remove(file);
  EXPECT_FALSE(repository.objects().contains(blob));
  EXPECT_THAT(repository.objects().read_blob(blob).error().message(), HasSubstr("fsck"));
}

TEST(Repository, reads_commits_as_git_does) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone");
  run("cd " + clone.string() +
      " && GIT_AUTHOR_DATE='1600000000 -0530' git commit -q --allow-empty --author='Ä <ä@x>' -m "
      "'subject\n\nbody'");
  const Repository repository = must(Repository::open(clone));
  const Commit commit = must(repository.objects().read_commit(must(repository.head()).commit));
  EXPECT_EQ(commit.author.name, "Ä");
  EXPECT_EQ(commit.author.email, "ä@x");
  EXPECT_EQ(commit.author.when, TimePoint(std::chrono::seconds(1'600'000'000)));
  EXPECT_EQ(commit.author.offset, -(5 * 60 + 30));
  EXPECT_EQ(commit.parents.size(), 1u);
  EXPECT_EQ(commit.tree.hex(), git(clone, "rev-parse HEAD^{tree}"));
}

// All of .git but what fleet may write: the state that the user works with.
std::map<std::string, std::string> users_state(const fs::path& clone) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(clone)) {
    const std::string path = entry.path().lexically_relative(clone).string();
    if (path.starts_with(".git/objects") || path.starts_with(".git/refs/fleet") ||
        path.find("/heads/fleet") != path.npos)
      continue;
    if (entry.is_regular_file()) out[path] = read_file(entry.path());
    // Not even a file's time changes, which would make git look at it again. A folder's does when we add to
    // it.
    if (!entry.is_directory())
      out[path] += std::to_string(entry.last_write_time().time_since_epoch().count());
  }
  return out;
}

TEST(Repository, leaves_the_users_checkout_index_config_and_branch_byte_for_byte_as_they_were) {
  const TempFolder temp;
  const fs::path clone = make_clone(temp / "clone", {{"a", "1\n"}, {"d/b", "1\n"}});
  write_file(clone / "a", "uncommitted\n");
  write_file(clone / "staged", "x");
  git(clone, "add staged");
  write_file(clone / "untracked", "x");
  const auto before = users_state(clone);

  const Repository repository = must(Repository::open(clone));
  EXPECT_EQ(must(repository.count_uncommitted()), 3u);
  const ObjectId head = must(repository.head()).commit;
  WorkspacePool pool = must(WorkspacePool::open(repository, temp / "pool"));
  ObjectId made;
  {
    Workspace workspace = must(pool.acquire(head));
    write_file(workspace.folder() / "a", "by a task\n");
    git(workspace.folder(), "commit -qam agent");
    git(workspace.folder(), "config user.name agent");
    const auto snapshot = must(workspace.snapshot());
    made = must(repository.objects().write_commit({snapshot.tree, {head}, "made", TimePoint{}}));
  }
  must(pool.acquire(made));
  must(Refs(repository)
           .write(std::vector<RefUpdate>{{start_ref("r1"), head, ObjectId{}},
                                         {attempt_ref("r1", "t", 1), made, ObjectId{}},
                                         {branch_ref("r1"), made, ObjectId{}}}));
  must(repository.objects().sync());
  EXPECT_EQ(users_state(clone), before);
  EXPECT_EQ(git(clone, "fsck"), "");
}

}  // namespace
}  // namespace fleet::git
