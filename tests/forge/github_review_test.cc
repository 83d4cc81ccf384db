#include "forge/github_review.h"

#include <gmock/gmock.h>

namespace fleet::forge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LinesInPatch, AreThoseOfTheNewerSide) {
  EXPECT_THAT(lines_in_patch("@@ -1,3 +1,4 @@ def f():\n a\n-b\n+c\n+d\n e\n@@ -10,2 +11,1 @@\n-x\n y\n"
                             "\\ No newline at end of file"),
              ElementsAre(1, 2, 3, 4, 11));
  EXPECT_THAT(lines_in_patch("@@ -0,0 +1 @@\n+only"), ElementsAre(1));
  EXPECT_THAT(lines_in_patch("@@ -1 +0,0 @@\n-gone"), IsEmpty());
}

TEST(LinesInPatch, AreNoneWhereNothingIsShown) {
  for (const char* odd :
       {"", "\n", "Binary files differ", "+no hunk\n", "@@ nonsense @@\n+a\n", "@@ -1 +x @@\n+a"})
    EXPECT_THAT(lines_in_patch(odd), IsEmpty()) << odd;
}

TEST(LinesInPatch, OfALineThatLooksLikeAHunk) {
  EXPECT_THAT(lines_in_patch("@@ -1 +1,2 @@\n-@@ -9 +9 @@\n+@@ -9 +9 @@\n+x"), ElementsAre(1, 2));
}

}  // namespace
}  // namespace fleet::forge
