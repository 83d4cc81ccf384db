#include "store/layout.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "store/support.h"

namespace fleet::store {
namespace {

using testing::HasSubstr;

TEST(Layout, NamesEverythingBelowTheStatesRoot) {
  const Layout layout("state");
  EXPECT_EQ(layout.database(), "state/state.db");
  EXPECT_EQ(layout.lock("r1"), "state/runs/r1/lock");
  EXPECT_EQ(layout.log("r1"), "state/runs/r1/log");
  EXPECT_EQ(layout.report("r1"), "state/runs/r1/report");
  EXPECT_EQ(layout.kept("r1"), "state/runs/r1/kept");
}

TEST(LayoutDeathTest, AnUncheckedNameOfARunIsABug) {
  const Layout layout("state");
  EXPECT_DEATH((void)layout.run("../../etc"), "must be checked");
}

TEST(CreateState, MakesAFolderForItsOwnerOnly) {
  const TemporaryFolder folder;
  const auto layout = create_state(folder.path() / "deep" / "er" / "fleet");
  ASSERT_GOOD(layout);
  struct stat status {};
  ASSERT_EQ(::stat(layout->root().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_GOOD(create_state(layout->root()));
  ASSERT_GOOD(create_run_folders(*layout, "r1"));
  ASSERT_GOOD(create_run_folders(*layout, "r1"));
  EXPECT_TRUE(std::filesystem::is_directory(layout->log("r1")));
}

TEST(CreateState, SaysWhatIsInTheWay) {
  const TemporaryFolder folder;
  write_file(folder.path() / "file", "");
  for (const std::filesystem::path& root : {folder.path() / "file", folder.path() / "file" / "fleet"}) {
    const auto layout = create_state(root);
    ASSERT_FALSE(layout);
    EXPECT_THAT(layout.error().message(), HasSubstr("--state DIR"));
    EXPECT_THAT(layout.error().message(), HasSubstr(root.string()));
  }
}

}  // namespace
}  // namespace fleet::store
