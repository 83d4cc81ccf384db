#include "agents/tool_box.h"

#include <gmock/gmock.h>

#include "git/support.h"

namespace fleet::agents {
namespace {

using git::must;
using testing::HasSubstr;

class ToolBoxTest : public ::testing::Test {
 protected:
  std::string run(const std::string& name, const Json& arguments) {
    const ToolResult result =
        must(must(ToolBox::create(task_)).perform({"c", name, arguments.dump()}, editor_, stop_));
    is_error_ = result.is_error;
    return result.text;
  }

  git::TempFolder temp_;
  git::fs::path clone_ = git::make_clone(temp_ / "clone", {{"a.ts", "const a = f(1);\nconst b = f(2, 3);\n"},
                                                           {"crlf.txt", "one\r\ntwo\r\nthree\r\n"},
                                                           {"lib/x.py", "f(1)\n"},
                                                           {"lib/y.bin", std::string("f(\0)", 4)},
                                                           {"twice.txt", "x\ny\nx\n"}});
  git::Repository repository_ = must(git::Repository::open(clone_));
  git::TreeEditor editor_{repository_.objects(),
                          must(repository_.objects().tree_of(must(repository_.resolve("HEAD"))))};
  std::atomic<bool> stop_ = false;
  model::TaskSpec task_;
  bool is_error_ = false;
};

TEST_F(ToolBoxTest, Lists) {
  EXPECT_EQ(run("list_files", Json::object()), "a.ts\ncrlf.txt\nlib/x.py\nlib/y.bin\ntwice.txt\n");
  EXPECT_EQ(run("list_files", {{"folder", "lib/"}}), "lib/x.py\nlib/y.bin\n");
  EXPECT_EQ(run("list_files", {{"glob", "*.ts"}}), "a.ts\n");
  EXPECT_EQ(run("list_files", {{"folder", "nowhere"}}), "There is no such file.");
}

TEST_F(ToolBoxTest, ReadsLines) {
  EXPECT_EQ(run("read_file", {{"path", "twice.txt"}, {"start_line", 2}, {"end_line", 2}}),
            "y\n(lines 2 to 2 of 3)");
  EXPECT_EQ(run("read_file", {{"path", "twice.txt"}, {"start_line", 9}}), "(The file has 3 lines only.)");
  must(editor_.write("big", std::string(100'000, 'a') + "\nend\n"));
  const std::string big = run("read_file", {{"path", "big"}});
  EXPECT_LT(big.size(), 66'000U);
  EXPECT_THAT(big, HasSubstr("(line 1 is cut after 65536 bytes)\n(lines 1 to 1 of 2)"));
  must(editor_.write("one line", std::string(100'000, 'a')));
  EXPECT_THAT(run("read_file", {{"path", "one line"}}), HasSubstr("(line 1 is cut after 65536 bytes)"));
  EXPECT_THAT(run("read_file", {{"path", "lib/y.bin"}}), HasSubstr("it is no text"));
}

TEST_F(ToolBoxTest, SearchesInThreeWays) {
  EXPECT_EQ(run("search", {{"pattern", "f(1)"}}), "a.ts:1: const a = f(1);\nlib/x.py:1: f(1)\n");
  EXPECT_EQ(run("search", {{"pattern", "^const b"}, {"kind", "regex"}}), "a.ts:2: const b = f(2, 3);\n");
  EXPECT_EQ(run("search", {{"pattern", "f($A, $B)"}, {"kind", "structural"}, {"language", "typescript"}}),
            "a.ts:2: const b = f(2, 3);\n");
  EXPECT_EQ(run("search", {{"pattern", "f(1)"}, {"glob", "*.py"}}), "lib/x.py:1: f(1)\n");
  EXPECT_EQ(run("search", {{"pattern", "x"}, {"glob", "twice.txt"}}), "twice.txt:1: x\ntwice.txt:3: x\n");
  must(editor_.write(
      "many", std::string(2000, 'z') + "\n" + [] {
        std::string lines;
        for (int i = 0; i < 1000; ++i)
          lines += "hit\n";
        return lines;
      }()));
  EXPECT_THAT(run("search", {{"pattern", "hit"}}), HasSubstr("(the first 200; there may be more)"));
}

TEST_F(ToolBoxTest, EditsWhatStandsThereOnce) {
  EXPECT_EQ(run("edit_file", {{"path", "crlf.txt"}, {"old_text", "one\ntwo"}, {"new_text", "1\n2"}}),
            "Edited crlf.txt at line 1.");
  EXPECT_EQ(must(editor_.read("crlf.txt")), "1\r\n2\r\nthree\r\n");
  EXPECT_THAT(run("edit_file", {{"path", "twice.txt"}, {"old_text", "x"}, {"new_text", "z"}}),
              HasSubstr("2 times, first in the lines 1 and 3"));
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(run("edit_file", {{"path", "twice.txt"}, {"old_text", "x"}, {"new_text", "z"}, {"all", true}}),
            "Edited twice.txt in 2 places.");
  EXPECT_EQ(must(editor_.read("twice.txt")), "z\ny\nz\n");
}

TEST_F(ToolBoxTest, NewLinesEndAsThoseOfTheFile) {
  run("edit_file", {{"path", "crlf.txt"}, {"old_text", "two"}, {"new_text", "two\nand a half"}});
  EXPECT_EQ(must(editor_.read("crlf.txt")), "one\r\ntwo\r\nand a half\r\nthree\r\n");
}

TEST_F(ToolBoxTest, PlacesThatOverlapAreSeveral) {
  must(editor_.write("ends", "}\n}\n}\n"));
  EXPECT_THAT(run("edit_file", {{"path", "ends"}, {"old_text", "}\n}\n"}, {"new_text", "x"}}),
              HasSubstr("overlap"));
}

TEST_F(ToolBoxTest, APatchDeletesOnlyWhatItKnowsWhole) {
  const std::string part = "--- a/twice.txt\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n";
  EXPECT_THAT(run("apply_patch", {{"patch", part}}), HasSubstr("does not remove all"));
  EXPECT_EQ(run("apply_patch", {{"patch", part + "-x\n"}}), "Deleted twice.txt.\n");
}

TEST_F(ToolBoxTest, AppliesAPatchWholeOrNotAtAll) {
  const std::string good = "--- a/twice.txt\n+++ b/twice.txt\n@@ -2 +2 @@\n-y\n+Y\n";
  const std::string removes = "--- a/lib/x.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-f(1)\n";
  EXPECT_THAT(run("apply_patch", {{"patch", good + "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-nothing\n+x\n"}}),
              HasSubstr("nothing was changed"));
  // It can be seen only when the files are written: there is a folder.
  EXPECT_THAT(run("apply_patch", {{"patch", good + "--- /dev/null\n+++ b/zlib\n@@ -0,0 +1 @@\n+x\n--- "
                                                   "/dev/null\n+++ b/zlib/x\n@@ -0,0 +1 @@\n+x\n"}}),
              HasSubstr("cannot write"));
  EXPECT_TRUE(must(editor_.changes()).empty());
  EXPECT_EQ(run("apply_patch", {{"patch", good + removes}}), "Deleted lib/x.py.\nPatched twice.txt.\n");
  EXPECT_EQ(must(editor_.read("twice.txt")), "x\nY\nx\n");
}

TEST_F(ToolBoxTest, FollowsNoLink) {
  must(editor_.write("link", "/etc/passwd", model::FileMode::symlink));
  EXPECT_THAT(run("read_file", {{"path", "link"}}), HasSubstr("it is a symlink"));
  EXPECT_THAT(run("write_file", {{"path", "link"}, {"text", "x"}}), HasSubstr("it is a symlink"));
  EXPECT_THAT(run("write_file", {{"path", "link/below"}, {"text", "x"}}),
              HasSubstr("a symlink, which is not followed"));
}

}  // namespace
}  // namespace fleet::agents
