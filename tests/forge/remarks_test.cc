#include "forge/remarks.h"

#include <gmock/gmock.h>

namespace fleet::forge {
namespace {

using std::nullopt;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(LinesInPatch, AreThoseOfTheNewerSide) {
  EXPECT_THAT(lines_in_patch("@@ -1,3 +1,4 @@ def f():\n a\n-b\n+c\n+d\n e\n@@ -10,2 +11,1 @@\n-x\n y\n"
                             "\\ No newline at end of file"),
              ElementsAre(Pair(1, 1), Pair(2, nullopt), Pair(3, nullopt), Pair(4, 3), Pair(11, 11)));
  EXPECT_THAT(lines_in_patch("@@ -0,0 +1 @@\n+only"), ElementsAre(Pair(1, nullopt)));
  EXPECT_THAT(lines_in_patch("@@ -1 +0,0 @@\n-gone"), IsEmpty());
}

TEST(LinesInPatch, AreNoneWhereNothingIsShown) {
  for (const char* odd :
       {"", "\n", "Binary files differ", "+no hunk\n", "@@ nonsense @@\n+a\n", "@@ -1 +x @@\n+a"})
    EXPECT_THAT(lines_in_patch(odd), IsEmpty()) << odd;
}

TEST(LinesInPatch, OfALineThatLooksLikeAHunk) {
  EXPECT_THAT(lines_in_patch("@@ -1 +1,2 @@\n-@@ -9 +9 @@\n+@@ -9 +9 @@\n+x"),
              ElementsAre(Pair(1, nullopt), Pair(2, nullopt)));
}

}  // namespace
}  // namespace fleet::forge
