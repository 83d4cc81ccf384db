#include <fstream>
#include <iterator>
#include <vector>

#include "attempt/layers_fixture.h"

namespace fleet::attempt {
namespace {

namespace fs = git::fs;
using git::must;
using git::Workspace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Layers, AProgramSeesTheFilesAndWhatItChangedIsTheSnapshot) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  EXPECT_EQ(out_of(workspace, "cat a dir/b && echo 2 > a && rm -r dir/sub && echo new > n && touch x.o"),
            "1\n2\n");
  // The next program of the attempt goes on where it ended.
  EXPECT_EQ(out_of(workspace, "cat a n; ls dir; ls -A"), "2\nnew\nb\n.git\n.gitignore\na\ndir\nn\nx.o\n");
  const git::WorkspaceSnapshot snapshot = must(workspace.snapshot());
  EXPECT_THAT(paths(snapshot.changes), ElementsAre("a", "dir/sub/c", "n"));
  EXPECT_EQ(must(workspace.holds("x.o")), true);
  EXPECT_EQ(must(workspace.holds("dir/sub/c")), false);
  EXPECT_EQ(must(workspace.holds("dir/b")), true);
  EXPECT_EQ(must(workspace.holds("dir/")), true);
  must(workspace.move_to(head()));
  EXPECT_EQ(out_of(workspace, "cat a dir/sub/c; ls -A"), "1\n3\n.git\n.gitignore\na\ndir\n");
  EXPECT_THAT(must(workspace.snapshot()).changes, IsEmpty());
}

TEST_F(Layers, GitFindsNothingChangedAndCommitsStayInThere) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  EXPECT_EQ(out_of(workspace, "git status --porcelain; git rev-parse HEAD"), head().hex() + "\n");
  EXPECT_EQ(out_of(workspace, "echo 9 > a && git add a && git commit -qm x && git status --porcelain"), "");
  EXPECT_THAT(paths(must(workspace.snapshot()).changes), ElementsAre("a"));
  Workspace other = must(pool_.acquire_layered(head()));
  EXPECT_EQ(out_of(other, "git status --porcelain; git rev-parse HEAD"), head().hex() + "\n");
}

TEST_F(Layers, ShareOneCheckoutAndDoNotSeeEachOther) {
  std::vector<Workspace> workspaces;
  for (int i = 0; i < 5; ++i)
    workspaces.push_back(must(pool_.acquire_layered(head())));
  EXPECT_EQ(pool_.size(), 1U);
  for (int i = 0; i < 5; ++i)
    out_of(workspaces[i], "echo own " + std::to_string(i) + " > a; echo > own" + std::to_string(i));
  for (int i = 0; i < 5; ++i)
    EXPECT_THAT(paths(must(workspaces[i].snapshot()).changes), ElementsAre("a", "own" + std::to_string(i)));
  const fs::path folder = workspaces[0].folder();
  workspaces.clear();
  EXPECT_FALSE(fs::exists(folder)) << "what an attempt wrote is gone with it";
}

TEST_F(Layers, AreReadOnlyWhereTheyAreToBe) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  const auto tried = sh(workspace, "cat a; echo 2 > a; rm dir/b; echo > new", os::Access::read);
  EXPECT_EQ(tried.out, "1\n");
  EXPECT_THAT(must(workspace.snapshot()).changes, IsEmpty());
}

// Whoever can name a file of the lower folder can change its mode, for all that see it.
TEST_F(Layers, DoNotTellAProgramWhereTheFoldersLie) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  const std::string mounts = out_of(workspace, "cat /proc/self/mountinfo /proc/self/mounts");
  EXPECT_THAT(mounts, HasSubstr(workspace.folder().string()));
  const git::Layers layers = *workspace.layers();
  out_of(workspace, "echo 1 > written");  // so that no folder is empty
  for (const fs::path& folder : {layers.lower, layers.upper, layers.scratch}) {
    EXPECT_THAT(mounts, Not(HasSubstr(folder.string())));
    // Whoever watches the folder that all lie in must not learn its name.
    EXPECT_NE(folder.parent_path().parent_path(), workspace.folder().parent_path());
    ASSERT_FALSE(fs::is_empty(folder)) << "there is nothing to be seen";
    const os::FinishedProgram listing = sh(workspace, "ls " + folder.string());
    EXPECT_FALSE(listing.succeeded());
    EXPECT_THAT(listing.err, HasSubstr("Permission denied"));
  }
  std::ifstream own("/proc/self/mountinfo");
  const std::string here((std::istreambuf_iterator<char>(own)), std::istreambuf_iterator<char>());
  EXPECT_THAT(here, Not(HasSubstr(workspace.folder().string()))) << "the mount is to be seen outside";
}

TEST_F(Layers, NameFilesInErrorsAsProgramsSeeThem) {
  git::PoolOptions options;
  options.max_file_bytes = 1000;
  git::WorkspacePool pool = must(git::WorkspacePool::open(repository_, temp_ / "small", options));
  Workspace workspace = must(pool.acquire_layered(head()));
  out_of(workspace, "head -c 2000 /dev/zero > big");
  const auto snapshot = workspace.snapshot();
  ASSERT_FALSE(snapshot);
  EXPECT_THAT(snapshot.error().message(), HasSubstr((workspace.folder() / "big").string()));
}

// As lstat(2) says in a checkout.
TEST_F(Layers, HoldWhatACheckoutHolds) {
  const std::string script =
      "ln -s dir link; ln -s $PWD/dir absolute; ln -s nowhere dangling; ln -s loop loop; rm -r dir/sub; "
      "mkdir out; echo 1 > out/x.o; ln -s ../out dir/up; ln -s $PWD here; ln -s ../dir above; ln -s /usr usr";
  Workspace checkout = must(pool_.acquire(head()));
  Workspace layer = must(pool_.acquire_layered(head()));
  out_of(checkout, script);
  out_of(layer, script);
  for (
      const char* path :
      {"a",          "a/",    "a/b",    "dir",     "dir/",      "dir/b",      "dir/b/",           "dir/sub",
       "dir/sub/c",  "link",  "link/",  "link/b",  "link/none", "absolute/b", "dangling",         "dangling/",
       "dangling/x", "loop",  "loop/x", "out/x.o", "out/x.o/",  "dir/up/x.o", "link/up/../dir/b", "./dir//b",
       "none",       "none/x"}) {
    EXPECT_EQ(must(layer.holds(path)), must(checkout.holds(path))) << path;
  }
}

TEST_F(Layers, SayWhatOnlyTheProgramCanSee) {
  Workspace workspace = must(pool_.acquire_layered(head()));
  out_of(workspace, "printf '#!/bin/sh\\r\\n' > script; chmod +x script; mkdir bin; cp /bin/echo bin/mine");
  const auto start = [&](std::vector<std::string> argv) {
    os::ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.env = {{"PATH", "bin:/usr/bin"}};
    spec.working_directory = workspace.folder();
    const git::Layers layers = *workspace.layers();
    spec.overlay = os::OverlayMount{layers.lower, layers.upper, layers.scratch, workspace.folder()};
    const auto ran = os::run_program(std::move(spec));
    return ran ? ran->out : ran.error().message();
  };
  EXPECT_EQ(start({"mine", "found"}), "found\n");
  EXPECT_THAT(start({"./script"}), HasSubstr("interpreter"));
  EXPECT_THAT(start({"no-such-program"}), HasSubstr("there is no such program (searched PATH"));
}

TEST_F(Layers, KeepFilesForOthersAndGetThem) {
  Workspace maker = must(pool_.acquire_layered(head()));
  out_of(
      maker,
      "mkdir -p build/deep dir/build && echo 1 > build/deep/x && echo 2 > dir/build/y && echo 3 > dir/z.o");
  EXPECT_THAT(must(maker.snapshot()).changes, IsEmpty());
  const std::vector<std::string> globs{"build/", "*.o"};
  EXPECT_THAT(must(maker.take_kept(globs, temp_ / "kept")).paths,
              ElementsAre("build", "dir/build", "dir/z.o"));
  git::write_file(temp_ / "kept/a", "not this");
  Workspace user = must(pool_.acquire_layered(head()));
  const git::Kept given = must(user.give_kept(temp_ / "kept"));
  EXPECT_THAT(given.paths, ElementsAre("build", "dir/build", "dir/z.o"));
  EXPECT_THAT(given.notes, ElementsAre(HasSubstr("something is there already")));
  EXPECT_EQ(out_of(user, "cat build/deep/x dir/build/y dir/z.o dir/b a"), "1\n2\n3\n2\n1\n");
  EXPECT_THAT(must(user.snapshot()).changes, IsEmpty());
}

}  // namespace
}  // namespace fleet::attempt
