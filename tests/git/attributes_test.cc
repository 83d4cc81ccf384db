#include "git/attributes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <tuple>
#include <vector>

#include "git/integration_fixture.h"

// git says what attributes a path has (check-attr), and what comes of merges that they rule (merge-tree).
namespace fleet::git {
namespace {

class AttributesTest : public IntegrationTest {
 protected:
  // git reads them from the files of its checkout.
  ObjectId start_with(const std::map<std::string, std::string>& files) {
    for (const auto& [path, bytes] : files)
      write_file(clone_ / path, bytes);
    return commit_files(files);
  }
  // Two tasks that each make these of the start's files.
  std::vector<TaskResult> results(ObjectId start, std::map<std::string, std::string> files,
                                  const std::map<std::string, std::string>& one,
                                  const std::map<std::string, std::string>& other) {
    std::map<std::string, std::string> files_of_other = files;
    for (const auto& [path, bytes] : one)
      files[path] = bytes;
    for (const auto& [path, bytes] : other)
      files_of_other[path] = bytes;
    return {result(0, start, files), result(1, start, files_of_other)};
  }
  // `<tree>\n`, and where they clash the paths and a message.
  std::string merged_by_git(const std::vector<TaskResult>& both) {
    return run(fmt::format("git -C {} merge-tree --write-tree --name-only {} {}", clone_.string(),
                           both[0].snapshot.hex(), both[1].snapshot.hex()))
        .out;
  }
};

std::string by_git(const std::string& value) {
  if (value == "unset" || value == "binary") return "none";
  return value == "union" ? "unite" : "text";
}

std::string name_of(MergeDriver driver) {
  return driver == MergeDriver::none ? "none" : driver == MergeDriver::unite ? "unite" : "text";
}

TEST_F(AttributesTest, are_those_that_git_finds) {
  const std::vector<std::string> patterns{"*",       "*.c",          "a",      "/a",      "dir/a",
                                          "dir/",    "**/sub/*",     "dir/**", "\"b c\"", "\"b\\040c\"",
                                          "[ab]*",   "sub/deep.c",   "!a",     "\\#a",    "[attr]own",
                                          "[attr]x", "[attr]binary", "#a",     "a.c",     "[attr]"};
  const std::vector<std::string> settings{
      "merge=union", "-merge", "!merge",   "merge",        "binary",  "-binary",    "merge=binary",
      "own",         "x",      "text",     "merge=mine",   "!binary", "merge=text", "merge=",
      "own=1",       "-own",   "bad~name", "-merge=union", "=",       "merge=-",    "-"};
  const std::vector<std::string> paths{
      "a",       "a.c",       "b c",         "#a",         "dir/a",          "dir/b c",
      "dir/a.c", "dir/sub/a", "dir/sub/a.c", "sub/deep.c", "dir/sub/deep.c", "b"};
  write_file(temp_ / "paths", fmt::format("{}\n", fmt::join(paths, "\n")));
  Dice dice(20261130);
  std::map<std::string, int> tally;
  for (int round = 0; round < 250; ++round) {
    std::map<std::string, std::string> files;
    for (const char* folder : {"", "dir/", "dir/sub/", "sub/"}) {
      std::string text = dice.one_in(8) ? "\xef\xbb\xbf" : "";
      for (std::size_t line = dice.below(7); line > 0; --line) {
        text += dice.one_in(6) ? " " : "";
        text += patterns[dice.below(patterns.size())];
        for (std::size_t word = dice.below(4); word > 0; --word)
          text += (dice.one_in(4) ? "\t" : " ") + settings[dice.below(settings.size())];
        text += dice.one_in(5) ? "\r\n" : "\n";
      }
      files[std::string(folder) + ".gitattributes"] = text;
    }
    const ObjectId tree = must(store_.tree_of(start_with(files)));
    MergeAttributes attributes(store_);
    const std::string lines = run("cd " + clone_.string() + " && git check-attr --stdin merge 2>/dev/null <" +
                                  (temp_ / "paths").string())
                                  .out;
    std::size_t at = 0;
    for (const std::string& path : paths) {
      const std::size_t end = lines.find('\n', at);
      const std::string line = lines.substr(at, end - at);
      at = end + 1;
      const std::string value = line.substr(line.rfind(": ") + 2);
      const std::string driver = name_of(must(attributes.driver({tree}, path)));
      ASSERT_EQ(driver, by_git(value)) << round << " " << line << "\n"
                                       << fmt::format("{}", fmt::join(files, "\n"));
      ++tally[driver];
    }
  }
  for (const char* what : {"none", "unite", "text"})
    EXPECT_GT(tally[what], 50) << what;
}

// Each file on its own, so that what is one sort of it shows nothing of the others.
TEST_F(AttributesTest, rule_merges_as_in_git) {
  const std::map<std::string, std::string> start_files{
      {".gitattributes", "CHANGES merge=union\n*.lock -merge\n*.bin binary\n*.po merge=po\n"},
      {"CHANGES", "1\n"},
      {"a.lock", "1\n2\n3\n4\n"},
      {"a.bin", "1\n2\n3\n4\n"},
      {"a.po", "1\n2\n3\n4\n"}};
  const ObjectId start = start_with(start_files);
  const std::string first = "one\n2\n3\n4\n", last = "1\n2\n3\nfour\n";
  const std::vector<std::tuple<std::string, std::string, std::string, bool>> cases{
      {"CHANGES", "1\none\n", "1\nother\n", true},
      {"sub/CHANGES", "one\n", "other\n", true},
      {"CHANGES", std::string("1\n\0", 3), "1\n2\n", false},
      {"a.lock", first, last, false},
      {"a.lock", first, first, true},
      {"a.bin", first, last, false},
      {"a.po", first, last, true},
      {"a.po", "one\n", "other\n", false}};
  for (const auto& [path, one, other, do_merge] : cases) {
    SCOPED_TRACE(path + ": " + one);
    const std::vector<TaskResult> both = results(start, start_files, {{path, one}}, {{path, other}});
    Integration integration = must(Integration::create(store_, start));
    EXPECT_TRUE(must(integration.accept(both[0], OnConflict::report)).accepted);
    ASSERT_EQ(must(integration.accept(both[1], OnConflict::report)).accepted, do_merge);
    const std::string by_git = merged_by_git(both);
    ASSERT_EQ(by_git.find("CONFLICT") == by_git.npos, do_merge) << by_git;
    if (!do_merge) continue;
    const ObjectId merged = must(integration.merged(tasks({0, 1})));
    EXPECT_EQ(must(store_.tree_of(merged)).hex() + "\n", by_git);
  }
}

// Of lines that are alike git finds others than libgit2 does: it has another algorithm (histogram).
TEST_F(AttributesTest, unite_lines_as_git_does) {
  Dice dice(20261201);
  std::map<std::string, std::string> start_files{{".gitattributes", "* merge=union\n"}}, one, other;
  const auto edited = [&](std::vector<std::string> lines) {
    for (std::size_t edit = dice.below(4); edit > 0; --edit) {
      const auto here = lines.begin() + static_cast<std::ptrdiff_t>(dice.below(lines.size() + 1));
      const std::string line = fmt::format("new {}\n", dice.below(40));
      if (const auto kind = dice.below(3); kind == 0 || here == lines.end())
        lines.insert(here, line);
      else if (kind == 1)
        lines.erase(here);
      else
        *here = line;
    }
    std::string text = fmt::format("{}", fmt::join(lines, ""));
    if (!text.empty() && dice.below(5) == 0) text.pop_back();
    return text;
  };
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::string> lines(dice.below(20));
    for (std::size_t at = 0; at < lines.size(); ++at)
      lines[at] = fmt::format("{}\n", at);
    const std::string name = fmt::format("{:04}", i);
    start_files[name] = fmt::format("{}", fmt::join(lines, ""));
    one[name] = edited(lines);
    other[name] = edited(lines);
  }
  const ObjectId start = start_with(start_files);
  const std::vector<TaskResult> both = results(start, start_files, one, other);
  Integration integration = must(Integration::create(store_, start));
  for (const TaskResult& each : both)
    EXPECT_TRUE(must(integration.accept(each, OnConflict::report)).accepted);
  const ObjectId merged = must(integration.merged(tasks({0, 1})));
  EXPECT_EQ(must(store_.tree_of(merged)).hex() + "\n", merged_by_git(both));
}

// What a result began with has them, whoever changes them meanwhile, and in whatever order results come.
TEST_F(AttributesTest, are_those_that_the_later_result_began_with) {
  const ObjectId start = commit_files({{"CHANGES", "1\n"}});
  const TaskResult rules =
      result(0, start, {{"CHANGES", "1\n"}, {".gitattributes", "CHANGES merge=union\n"}});
  const TaskResult one = result(1, start, {{"CHANGES", "1\none\n"}});
  const TaskResult other = result(2, start, {{"CHANGES", "1\nother\n"}});
  const auto after = [&](std::uint32_t task, const std::string& text) {
    return result(task, rules.snapshot, {{"CHANGES", text}, {".gitattributes", "CHANGES merge=union\n"}},
                  tasks({0}));
  };
  for (const bool is_first : {true, false}) {
    Integration integration = must(Integration::create(store_, start));
    EXPECT_TRUE(must(integration.accept(rules, OnConflict::report)).accepted);
    EXPECT_TRUE(must(integration.accept(is_first ? one : other, OnConflict::report)).accepted);
    EXPECT_FALSE(must(integration.accept(is_first ? other : one, OnConflict::report)).accepted);
    EXPECT_TRUE(must(integration.accept(after(3, "1\nthree\n"), OnConflict::report)).accepted);
    EXPECT_TRUE(must(integration.accept(after(4, "1\nfour\n"), OnConflict::report)).accepted);
    EXPECT_EQ(files_of(must(integration.merged(tasks({0, 3, 4})))).at("CHANGES"), "1\nthree\nfour\n");
  }
}

}  // namespace
}  // namespace fleet::git
