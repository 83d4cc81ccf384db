#include <cstdlib>

#include "attempt/layers_fixture.h"

namespace fleet::attempt {
namespace {

namespace fs = git::fs;
using git::must;
using git::Workspace;

const std::vector<std::string>& paths_tried() {
  static const std::vector<std::string> paths{
      "a",       "dir",   "dir/b",   "dir/sub",       "dir/sub/c", "new",          "new/x",
      "new/y.o", "build", "build/o", "build/tracked", "dir/new",   ".gitignore",   "dir/.gitignore",
      "link",    "exe",   "moved",   "module",        "module/x",  "tracked-link", "dir/tracked.o"};
  return paths;
}

// One step of a task that does anything.
std::string random_step(git::Dice& random) {
  const auto path = [&] { return paths_tried()[random.below(paths_tried().size())]; };
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

class RandomLayers : public Layers {
 protected:
  // Upon the clone's commit: a submodule, a symlink, what is tracked though it is ignored, more rules.
  ObjectId with_all_kinds() {
    git::write_file(clone_ / "build/tracked", "t\n");
    git::write_file(clone_ / "dir/tracked.o", "o\n");
    git::write_file(clone_ / "dir/.gitignore", "!*.o\n/new\n");
    fs::create_symlink("dir/sub", clone_ / "tracked-link");
    git::git(clone_, "add -f build dir tracked-link");
    git::git(clone_, "update-index --add --cacheinfo 160000," + head().hex() + ",module");
    git::git(clone_, "commit -qm all");
    return git::id_of(git::git(clone_, "rev-parse HEAD"));
  }
};

// Whatever two programs do, one after the other: the same snapshot, and the same words about what was left
// out.
TEST_F(RandomLayers, EndLikeCheckouts) {
  const char* const many = std::getenv("FLEET_LAYER_CASES");
  const char* const from = std::getenv("FLEET_LAYER_SEED");
  const std::uint64_t cases = many == nullptr ? 200 : std::strtoull(many, nullptr, 10);
  const std::uint64_t first = from == nullptr ? 1 : std::strtoull(from, nullptr, 10);
  const ObjectId start = with_all_kinds();
  git::write_file(temp_ / "kept/build/from-another", "1\n");
  git::write_file(temp_ / "kept/dir/y.o", "1\n");
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    git::Dice random(seed);
    std::string programs[2];
    for (std::string& program : programs) {
      const std::size_t steps = random.below(8);
      for (std::size_t i = 0; i < steps; ++i)
        program += random_step(random) + "\n";
      program += "true";
    }
    const std::string said =
        "FLEET_LAYER_SEED=" + std::to_string(seed) + "\n" + programs[0] + "\n--\n" + programs[1];
    Workspace checkout = must(pool_.acquire(start));
    Workspace layer = must(pool_.acquire_layered(start));
    if (random.one_in(2)) {
      must(checkout.give_kept(temp_ / "kept"));
      must(layer.give_kept(temp_ / "kept"));
    }
    for (const std::string& program : programs) {
      sh(checkout, program);
      sh(layer, program);
    }
    const git::WorkspaceSnapshot expected = must(checkout.snapshot());
    const git::WorkspaceSnapshot snapshot = must(layer.snapshot());
    ASSERT_EQ(paths(snapshot.changes), paths(expected.changes)) << said;
    ASSERT_EQ(snapshot.tree, expected.tree) << said;
    ASSERT_EQ(sorted(snapshot.notes), sorted(expected.notes)) << said;
    for (const std::string& path : paths_tried())
      ASSERT_EQ(must(layer.holds(path)), must(checkout.holds(path))) << path << '\n' << said;
    const std::vector<std::string> globs{"*.o", "build", "new"};
    ASSERT_EQ(must(layer.take_kept(globs, temp_ / "kept-layer")).paths,
              must(checkout.take_kept(globs, temp_ / "kept-checkout")).paths)
        << said;
    for (const char* kept : {"kept-layer", "kept-checkout"})
      must(os::remove_tree(temp_ / kept));
  }
  const Workspace layer = must(pool_.acquire_layered(start));
  EXPECT_EQ(git::on_disk(layer.layers()->lower), as_stored(start)) << "the lower folder was changed";
}

}  // namespace
}  // namespace fleet::attempt
