#include "text/ignore.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "text/random_text.h"

namespace fleet::text {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "fleet-ignore-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

// The paths of these that the real git says are ignored.
std::set<std::string> ignored_by_git(const fs::path& root, const std::vector<std::string>& paths) {
  std::string input;
  for (const std::string& path : paths)
    input += path + '\0';
  write(root / ".git-input", input);
  const std::string command =
      "cd '" + root.string() +
      "' && export HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1"
      " && git init -q . && { git check-ignore --no-index -z --stdin < .git-input > .git-output"
      " || test $? = 1; }";
  // fleet:ignore c.shell-command the folder is the test's own
  EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
  std::ifstream output(root / ".git-output", std::ios::binary);
  std::set<std::string> ignored;
  for (std::string path; std::getline(output, path, '\0');)
    ignored.insert(path);
  return ignored;
}

// A folder `c<n>` for each case, all with the same files and directories, and random .gitignore files.
TEST(IgnoreRules, AgreesWithGit) {
  const std::vector<std::string> files{"a",        "b",       "ab",       "c.o",       "d/a",     "d/b",
                                       "d/ab",     "d/e/a",   "d/e/b.o",  "d/e/f/a",   "e/a",     "e/d/b",
                                       "foobar",   "foo/bar", "foox/bar", "foo/x/bar", "f oo",    "x ",
                                       "#a",       "!b",      "a*b",      "[a]",       "d/c.o",   "e/foo/bar",
                                       "\xc3\xa4", "d-e/]",   "d/e/f/ab", "e/e/e/e/e", "e/f/\xff"};
  const std::vector<std::string> directories{"d",    "d/e",   "d/e/f", "e",   "e/d", "foo",
                                             "foox", "foo/x", "e/foo", "d-e", "e/e", "e/e/e"};
  const std::vector<std::string_view> pieces{
      "a", "b",     "d",    "e",           "foo", "bar",   "/",   "/",   "*",     "**",   "**/",      "/**/",
      "?", "[a-d]", "[!a]", ".",           "o",   "\\",    " ",   "[",   "]",     "-",    "x",        "#",
      "!", "\t",    "\r",   "[[:alpha:]]", "***", "foo**", "\\ ", "/**", "[]-a]", "\xff", "\xc3\xa4", "f"};
  // Directly after a literal start `**` crosses slashes, whatever gitignore(5) says.
  const std::vector<std::string_view> quirks{"foo**/bar\n", "/foo**/bar\n", "foo**/**/\n", "/d**/a\n",
                                             "d/e**/ab\n"};
  TemporaryFolder folder;
  IgnoreRules rules;
  RandomText random(4);
  std::vector<std::string> paths;
  std::vector<bool> is_directory;
  const auto random_file = [&](const std::string& directory) {
    std::string content = random.one_in(10) ? "\xef\xbb\xbf" : "";
    for (std::size_t lines = 1 + random.below(6); lines > 0; --lines) {
      if (random.one_in(4)) content += '!';
      if (random.one_in(12)) content += random.pick(quirks);
      content += random.several(pieces, random.one_in(3) ? 2 : 6);
      if (random.one_in(4)) content += '/';
      if (random.one_in(20)) content += '\r';
      if (lines > 1 || !random.one_in(4)) content += '\n';
    }
    write(folder.path() / directory / ".gitignore", content);
    rules.add(directory, content);
  };
  constexpr int kCases = 150;
  for (int i = 0; i < kCases; ++i) {
    const std::string top = "c" + std::to_string(i);
    for (const std::string& file : files) {
      write(folder.path() / top / file, "");
      paths.push_back(top + "/" + file);
      is_directory.push_back(false);
    }
    for (const std::string& directory : directories) {
      paths.push_back(top + "/" + directory);
      is_directory.push_back(true);
    }
    random_file(top);
    if (random.one_in(2)) random_file(top + "/d");
    if (random.one_in(3)) random_file(top + "/d/e");
    if (random.one_in(3)) random_file(top + "/e");
  }

  const std::set<std::string> expected = ignored_by_git(folder.path(), paths);
  EXPECT_GT(expected.size(), paths.size() / 10);
  EXPECT_LT(expected.size(), paths.size() * 9 / 10);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const bool ignored = rules.check_with_parents(paths[i], is_directory[i]) == Ignored::yes;
    EXPECT_EQ(ignored, expected.contains(paths[i])) << paths[i];
  }
}

TEST(IgnoreRules, LetTheDeepestLevelDecide) {
  IgnoreRules rules;
  rules.add("", "*.log\n!keep.log\n/build/\n");
  rules.add("a", "!*.log\n");
  EXPECT_EQ(rules.check("x.log", false), Ignored::yes);
  EXPECT_EQ(rules.check("keep.log", false), Ignored::no);
  EXPECT_EQ(rules.check("a/x.log", false), Ignored::no);
  EXPECT_EQ(rules.check("ab/x.log", false), Ignored::yes);
  EXPECT_EQ(rules.check("build", false), Ignored::no);
  EXPECT_EQ(rules.check("build", true), Ignored::yes);
}

TEST(IgnoreRules, LetALaterContentOfOneDirectoryDecide) {
  IgnoreRules rules;
  rules.add("", "*.o\n");
  rules.add("", "!a.o\n");
  EXPECT_EQ(rules.check("a.o", false), Ignored::no);
  EXPECT_EQ(rules.check("b.o", false), Ignored::yes);
}

TEST(IgnoreRules, ReincludeNothingBelowAnIgnoredDirectory) {
  IgnoreRules rules;
  rules.add("", "build\n");
  rules.add("build", "!keep\n");
  EXPECT_EQ(rules.check("build/keep", false), Ignored::no) << "what the pattern alone says";
  EXPECT_EQ(rules.check_with_parents("build/keep", false), Ignored::yes);
}

TEST(IgnoreRules, EndALineAtAZeroByteAsGitDoes) {
  IgnoreRules rules;
  rules.add("", std::string_view("abc\0def\n", 8));
  EXPECT_EQ(rules.check("abc", false), Ignored::yes);
}

TEST(IgnoreRules, SurviveAnyBytes) {
  RandomText random(5);
  for (int i = 0; i < 300; ++i) {
    std::string content;
    for (int k = 0; k < 200; ++k)
      content += static_cast<char>(random.below(256));
    IgnoreRules rules;
    rules.add("", content);
    rules.add("", std::string(100'000, "*[a-\\/"[random.below(6)]));
    static_cast<void>(rules.check_with_parents(content, random.one_in(2)));
  }
}

}  // namespace
}  // namespace fleet::text
