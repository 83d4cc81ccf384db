#include "text/unified_patch.h"

#include <gmock/gmock.h>

namespace fleet::text {
namespace {

using testing::HasSubstr;

std::string patched(std::string_view text, std::string_view patch) {
  const auto files = parse_patch(patch);
  if (!files) return files.error().message();
  EXPECT_EQ(files->size(), 1U);
  const auto done = apply_hunks(text, files->front().hunks);
  return done ? *done : done.error().message();
}

std::string with_header(std::string_view hunks) {
  return "--- a/x\n+++ b/x\n" + std::string(hunks);
}

TEST(UnifiedPatch, KnowsItsFiles) {
  const auto files = parse_patch(
      "Some words before.\n\ndiff --git a/src/a.ts b/src/a.ts\nindex 1..2 100644\n--- a/src/a.ts\n+++ "
      "b/src/a.ts\n"
      "@@ -1,2 +1,2 @@ class X\n a\n-b\n+c\n--- /dev/null\n+++ b/new file\t2026-01-01\n@@ -0,0 +1 @@\n+x\n"
      "--- a/old\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
  ASSERT_TRUE(files) << files.error().message();
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[0].before, "src/a.ts");
  EXPECT_EQ((*files)[0].hunks[0].line, 1U);
  EXPECT_EQ((*files)[1].before, "");
  EXPECT_EQ((*files)[1].after, "new file");
  EXPECT_EQ((*files)[2].after, "");
}

TEST(UnifiedPatch, IsAppliedWhereItsLinesAre) {
  const std::string text = "a\nb\nc\nd\ne\nf\n";
  EXPECT_EQ(patched(text, with_header("@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n")), "a\nb\nC\nd\ne\nf\n");
  // The line is wrong, and so are the counts.
  EXPECT_EQ(patched(text, with_header("@@ -90,1 +90,7 @@\n b\n-c\n+C\n+CC\n d\n")), "a\nb\nC\nCC\nd\ne\nf\n");
  EXPECT_EQ(patched(text, with_header("@@\n-f\n+F\n")), "a\nb\nc\nd\ne\nF\n");
  EXPECT_EQ(patched(text, with_header("@@ -1 +1 @@\n-a\n+A\n@@ -6 +6 @@\n-f\n+F\n\n\n")),
            "A\nb\nc\nd\ne\nF\n");
  EXPECT_EQ(patched("x\nx\nx\n", with_header("@@ -3 +3 @@\n-x\n+y\n")), "x\nx\ny\n") << "the nearest";
  EXPECT_EQ(patched(text, with_header("@@ -0,0 +1 @@\n+new\n")), "new\n" + text);
  EXPECT_EQ(patched("", with_header("@@ -0,0 +1,2 @@\n+one\n+two\n")), "one\ntwo\n");
  // A blank line of context that lost its space.
  EXPECT_EQ(patched("a\n\nb\n", with_header("@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n")), "a\n\nc\n");
}

TEST(UnifiedPatch, DoesNotGuessAmongSeveralPlaces) {
  EXPECT_THAT(patched("x\ny\nx\n", with_header("@@ -2 +2 @@\n-x\n+z\n")), HasSubstr("it fits in 2 places"));
  EXPECT_EQ(patched("x\ny\nx\n", with_header("@@ -3 +3 @@\n-x\n+z\n")), "x\ny\nz\n");
}

TEST(UnifiedPatch, GivesUpOnWhatTakesTooLong) {
  const std::string text(400'000, '\n');
  std::string hunk = "@@ -1 +1 @@\n";
  for (int i = 0; i < 5'000; ++i)
    hunk += " \n";
  EXPECT_THAT(patched(text, with_header(hunk + "-nowhere\n+x\n")), HasSubstr("takes too long"));
}

TEST(UnifiedPatch, KeepsLineEnds) {
  EXPECT_EQ(patched("a\r\nb\r\n", with_header("@@ -1,2 +1,2 @@\n a\n-b\n+c\n")), "a\r\nc\r\n");
  EXPECT_EQ(patched("a\nb", with_header("@@ -1,2 +1,2 @@\n-a\n+A\n b\n")), "A\nb");
  EXPECT_EQ(patched("a\nb", with_header("@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n")),
            "a\nc\n");
  EXPECT_EQ(patched("a\nb\n", with_header("@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n")),
            "a\nc");
}

TEST(UnifiedPatch, SaysWhatIsWrong) {
  EXPECT_THAT(patched("a\n", with_header("@@ -1 +1 @@\n-b\n+c\n")),
              HasSubstr("not in the file; the first of them is `b`"));
  EXPECT_THAT(patched("a\nb\n", with_header("@@ -2 +2 @@\n-b\n+c\n@@ -1 +1 @@\n-a\n+c\n")),
              HasSubstr("after the hunk before it"));
  EXPECT_THAT(patched("x\nx\n", with_header("@@\n-x\n+y\n")), HasSubstr("it fits in 2 places"));
  EXPECT_THAT(patched("x\n", with_header("@@\n+y\n")), HasSubstr("no context lines"));
  EXPECT_THAT(patched("x\n", with_header("@@ -1 +1 @@\n x\n")), HasSubstr("adds nothing"));
  EXPECT_THAT(patched("x\n", with_header("@@ -1 +1 @@\n*x\n")),
              HasSubstr("line 4: a line of a hunk begins with"));
  EXPECT_THAT(patched("x\n", "no patch\n"), HasSubstr("no `--- a/path`"));
  EXPECT_THAT(patched("x\n", "@@ -1 +1 @@\n-x\n+y\n"), HasSubstr("stands before"));
  EXPECT_THAT(patched("x\n", "rename from a\nrename to b\n"), HasSubstr("renames"));
  EXPECT_THAT(patched("x\n", "--- /dev/null\n+++ /dev/null\n"), HasSubstr("both its files"));
}

}  // namespace
}  // namespace fleet::text
