#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "git/workspace_fixture.h"
#include "os/files.h"
#include "os/overlay.h"
#include "os/run_program.h"

// Workspaces with layers, under real mounts and real programs, beside checkouts.
namespace fleet::attempt {
namespace {

namespace fs = git::fs;
using git::must;
using git::Workspace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Layers : public git::WorkspaceTest {
 protected:
  void SetUp() override {
    const auto why_not = os::why_no_overlay(temp_.path(), {});
    ASSERT_TRUE(why_not) << why_not.error().message();
    if (*why_not) GTEST_SKIP() << "NOT TESTED: no overlay can be mounted here: " << **why_not;
  }

  os::FinishedProgram sh(const Workspace& workspace, const std::string& script,
                         os::Access access = os::Access::write) {
    os::SandboxRules rules;
    rules.read = {"/usr", "/bin", "/lib", "/lib64", "/etc", "/proc", (clone_ / ".git/objects").string()};
    rules.mounted = access;
    if (!workspace.layers()) rules.write.push_back(workspace.folder());
    os::ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.env = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}};
    spec.working_directory = workspace.folder();
    spec.time_limit = std::chrono::seconds(20);
    spec.sandbox = must(os::prepare_sandbox(rules, model::SandboxMode::automatic));
    if (const auto layers = workspace.layers())
      spec.overlay = os::OverlayMount{layers->lower, layers->upper, layers->scratch, workspace.folder()};
    return must(os::run_program(std::move(spec)));
  }
  std::string out_of(const Workspace& workspace, const std::string& script) {
    const os::FinishedProgram finished = sh(workspace, script);
    EXPECT_TRUE(finished.succeeded()) << script << '\n' << finished.err;
    return finished.out;
  }
  static std::vector<std::string> sorted(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

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
  for (const fs::path& folder : {workspace.layers()->lower, workspace.layers()->upper})
    EXPECT_THAT(mounts, Not(HasSubstr(folder.string())));
  EXPECT_THAT(os::read_file("/proc/self/mountinfo", 1 << 20).value(),
              Not(HasSubstr("overlay " + temp_.path().string())));
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

// One step of a task that does anything.
std::string random_step(git::Dice& random) {
  static const std::vector<std::string> kPaths{
      "a",     "dir",     "dir/b",   "dir/sub",    "dir/sub/c",      "new",  "new/x", "new/y.o",
      "build", "build/o", "dir/new", ".gitignore", "dir/.gitignore", "link", "exe",   "moved"};
  const auto path = [&] { return kPaths[random.below(kPaths.size())]; };
  const std::string one = path();
  const std::string two = path();
  switch (random.below(14)) {
    case 0:
    case 1:
      return "mkdir -p $(dirname " + one + "); [ -p " + one + " ] || echo " +
             std::to_string(random.below(4)) + " > " + one;
    case 2:
      return "rm -rf " + one;
    case 3:
      return "rm -f " + one;
    case 4:
      return "mkdir -p " + one;
    case 5:
      return "mv -T " + one + " " + two;
    case 6:
      return "chmod +x " + one;
    case 7:
      return "ln -sfn " + two + " " + one;
    case 8:
      return "rm -f .gitignore; printf '%s\\n' '*.o' build /new > " +
             std::string(random.below(2) == 0 ? "" : "dir/") + ".gitignore";
    case 9:
      if (two.rfind(one, 0) == 0) return "true";  // what comes of that depends on the order of names on disk
      return "[ -p " + two + " ] || cp -rT " + one + " " + two;
    case 10:
      return "rm -rf " + one + "; mkdir -p " + one + " && echo again > " + one + "/c";
    case 11:
      return "mkfifo " + one;
    case 12:
      return "mkdir -p " + one + "/.git && echo inside > " + one + "/inside";
    default:
      return "touch " + one + "; chmod 000 " + two;
  }
}

// Whatever a task does: the same snapshot, and the same words about what was left out.
TEST_F(Layers, EndLikeCheckoutsWhateverAProgramDoes) {
  const char* const many = std::getenv("FLEET_LAYER_CASES");
  const char* const from = std::getenv("FLEET_LAYER_SEED");
  const std::uint64_t cases = many == nullptr ? 200 : std::strtoull(many, nullptr, 10);
  const std::uint64_t first = from == nullptr ? 1 : std::strtoull(from, nullptr, 10);
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    git::Dice random(seed);
    std::string script;
    const std::uint64_t steps = 1 + random.below(12);
    for (std::uint64_t i = 0; i < steps; ++i)
      script += random_step(random) + "\n";
    script += "true";
    Workspace checkout = must(pool_.acquire(head()));
    Workspace layer = must(pool_.acquire_layered(head()));
    sh(checkout, script);
    sh(layer, script);
    const git::WorkspaceSnapshot expected = must(checkout.snapshot());
    const git::WorkspaceSnapshot snapshot = must(layer.snapshot());
    ASSERT_EQ(paths(snapshot.changes), paths(expected.changes)) << "FLEET_LAYER_SEED=" << seed << '\n'
                                                                << script;
    ASSERT_EQ(snapshot.tree, expected.tree) << "FLEET_LAYER_SEED=" << seed << '\n' << script;
    ASSERT_EQ(sorted(snapshot.notes), sorted(expected.notes)) << "FLEET_LAYER_SEED=" << seed << '\n'
                                                              << script;
    const std::vector<std::string> globs{"*.o", "build", "new"};
    ASSERT_EQ(must(layer.take_kept(globs, temp_ / "kept-layer")).paths,
              must(checkout.take_kept(globs, temp_ / "kept-checkout")).paths)
        << "FLEET_LAYER_SEED=" << seed << '\n'
        << script;
    for (const char* kept : {"kept-layer", "kept-checkout"})
      must(os::remove_tree(temp_ / kept));
  }
}

}  // namespace
}  // namespace fleet::attempt
