#include "git/patch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "git/support.h"
#include "git/tree.h"

namespace fleet::git {
namespace {

using model::FileMode;
using model::TreeEntry;
using ::testing::HasSubstr;

class PatchTest : public ::testing::Test {
 protected:
  TempFolder temp_;
  fs::path clone_ = make_clone(temp_ / "clone");
  Repository repository_ = must(Repository::open(clone_));
  ObjectStore& store_ = repository_.objects();

  ObjectId tree(const Files& files) { return must(update(store_, {}, changes_between({}, files))); }
  TreeEntry entry(std::string_view bytes, FileMode mode = FileMode::regular) {
    return {must(store_.write_blob(bytes)), mode};
  }

  // `git apply` on the one tree must give the other.
  void expect_applies(ObjectId before, ObjectId after, const Patch& made) {
    write_file(temp_ / "patch", made.text);
    const std::string index =
        "GIT_INDEX_FILE=" + (temp_ / "index").string() + " git -C " + clone_.string() + " ";
    fs::remove(temp_ / "index");
    const Ran ran = run(index + "read-tree " + before.hex() + " && " + index + "apply --cached " +
                        (temp_ / "patch").string() + " 2>&1 && " + index + "write-tree");
    EXPECT_EQ(ran.out, after.hex() + "\n") << made.text;
  }
};

TEST_F(PatchTest, is_what_git_writes_for_text) {
  const ObjectId before = tree({{"a", entry("1\n2\n3\n4\n5\n6\n7\n8\n9\n")},
                                {"gone", entry("x\n")},
                                {"run", entry("r\n")},
                                {"end", entry("no newline")}});
  const ObjectId after = tree({{"a", entry("1\n2\n3\n4\nfive\n6\n7\n8\n9\n")},
                               {"new file", entry("n\n")},
                               {"run", entry("r\n", FileMode::executable)},
                               {"end", entry("no newline\n")},
                               {"q\"\xff", entry("odd\n")},
                               {"empty", entry("")},
                               {"link", entry("a", FileMode::symlink)}});
  const Patch made = must(patch(store_, before, after));
  EXPECT_EQ(made.text, run("git -C " + clone_.string() +
                           " -c core.quotePath=true diff --full-index --binary --no-renames " + before.hex() +
                           " " + after.hex())
                           .out);
  EXPECT_EQ(made.stat.files, 8u);
  EXPECT_EQ(made.stat.added, 5u);
  EXPECT_EQ(made.stat.removed, 3u);
  EXPECT_TRUE(made.complete);
  expect_applies(before, after, made);
}

TEST_F(PatchTest, applies_for_random_trees_with_binary_files_and_odd_names) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    const auto random_entry = [&] {
      std::string bytes = fmt::format("line {}\n", dice.below(5));
      for (std::size_t lines = dice.below(30); lines > 0; --lines)
        bytes += dice.one_in(8) ? fmt::format("edit {}\n", dice.below(9)) : fmt::format("same {}\n", lines);
      if (dice.one_in(4)) bytes += std::string("\0\1\2binary", 9) + std::string(dice.below(3000), 'x');
      if (dice.one_in(4)) bytes.pop_back();
      constexpr FileMode modes[] = {FileMode::regular, FileMode::regular, FileMode::executable,
                                    FileMode::symlink};
      const FileMode mode = modes[dice.below(4)];
      return entry(mode == FileMode::symlink ? "target" : std::string_view(bytes), mode);
    };
    Files before;
    for (std::size_t i = dice.below(12); i > 0; --i) {
      const std::string path = random_path(dice);
      place(before, path, random_entry());
    }
    Files after = before;
    for (std::size_t i = dice.below(8) + 1; i > 0; --i) {
      if (!after.empty() && dice.one_in(3)) {
        after.erase(after.begin());
      } else if (!after.empty() && dice.one_in(2)) {
        std::next(after.begin(), static_cast<std::ptrdiff_t>(dice.below(after.size())))->second =
            random_entry();
      } else {
        const std::string path = random_path(dice);
        place(after, path, random_entry());
      }
    }
    const ObjectId from = tree(before);
    const ObjectId to = tree(after);
    expect_applies(from, to, must(patch(store_, from, to)));
    const PatchStat stat = must(patch_stat(store_, from, to));
    EXPECT_EQ(stat.files, must(diff(store_, from, to)).size());
  }
}

TEST_F(PatchTest, counts_lines_as_git_does) {
  const ObjectId before = tree({{"a", entry("1\n2\n3\n")}, {"bin", entry(std::string_view("\0x", 2))}});
  const ObjectId after = tree({{"a", entry("1\ntwo\n3\n4\n")}, {"bin", entry(std::string_view("\0y", 2))}});
  const PatchStat stat = must(patch_stat(store_, before, after));
  EXPECT_EQ(git(clone_, "diff --shortstat " + before.hex() + " " + after.hex()),
            fmt::format(" {} files changed, {} insertions(+), {} deletion(-)", stat.files, stat.added,
                        stat.removed));
}

TEST_F(PatchTest, says_so_where_it_leaves_something_out) {
  const ObjectId before = tree({});
  const ObjectId after = tree({{"a", entry(std::string(5000, 'x') + "\n")},
                               {"b", entry("2\n")},
                               {"bin", entry(std::string_view("\0x", 2))}});
  PatchOptions options;
  options.max_bytes = 1000;
  const Patch cut = must(patch(store_, before, after, options));
  EXPECT_FALSE(cut.complete);
  EXPECT_THAT(cut.text, HasSubstr("left out, from a on"));
  EXPECT_EQ(cut.stat.files, 3u);
  EXPECT_EQ(cut.stat.added, 2u);
  options = {};
  options.max_file_bytes = 1000;
  options.binary = false;
  const Patch short_one = must(patch(store_, before, after, options));
  EXPECT_THAT(short_one.text, HasSubstr("Binary files /dev/null and b/a differ"));
  EXPECT_THAT(short_one.text, HasSubstr("Binary files /dev/null and b/bin differ"));
  EXPECT_TRUE(short_one.complete);
  options.binary = true;
  EXPECT_FALSE(must(patch(store_, before, after, options)).complete);
}

}  // namespace
}  // namespace fleet::git
