#include <gmock/gmock.h>

#include "dependencies/locks.h"

namespace fleet::dependencies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(PackageLock, Version3TellsWhatIsAskedForAndUnderWhichLicence) {
  const auto lock =
      read_well(read_package_lock(lock_text("npm-3/package-lock.json"), "web/package-lock.json"));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @25 direct", "tiny-plank 2.0.1 @34 indirect",
                                      "nail-gun 0.2.3 @38 direct dev", "@sawmill/beam 3.0.0-rc.1 @46 direct",
                                      "tiny-plank 1.0.0 @51 direct"));
  EXPECT_THAT(remarks_of(lock), ElementsAre("web/package-lock.json:21: 1 package comes from git, a URL or a "
                                            "folder, where a version says nothing of advisories: from-git"));
  EXPECT_EQ(lock.dependencies[0].license, "MIT OR Apache-2.0");
  EXPECT_EQ(lock.dependencies[0].path, "web/package-lock.json");
  EXPECT_EQ(lock.dependencies[2].license, "GPL-3.0");
  EXPECT_EQ(lock.dependencies[3].license, "(MIT) OR (BSD)");
}

TEST(PackageLock, Version1IsATree) {
  const auto lock = read_well(read_package_lock(lock_text("npm-1/package-lock.json"), "package-lock.json"));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @7", "tiny-plank 1.0.0 @21 dev",
                                      "@sawmill/beam 3.0.0-rc.1 @25", "tiny-plank 2.0.1 @15"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr(":28: 1 package comes from git")));
}

TEST(PackageLock, ThatIsNoneIsRefused) {
  for (const char* text :
       {"", "{", "[]", "{}", "null", "{\"packages\": 3}", "{\"a\": \"\xff\"}", "{\"a\" 1}"}) {
    const auto lock = read_package_lock(text, "package-lock.json");
    ASSERT_FALSE(lock) << text;
    EXPECT_THAT(lock.error().message, HasSubstr("cannot read it")) << text;
  }
  EXPECT_EQ(read_package_lock("{\n\n\"a\": x}", "p").error().at.line, 3);
  EXPECT_THAT(read_package_lock(std::string(300, '['), "p").error().message, HasSubstr("deeper"));
  EXPECT_THAT(read_well(read_package_lock(R"({"lockfileVersion": 3})", "p")).dependencies, IsEmpty());
}

TEST(PackageLock, ANameThatDeceivesIsARemark) {
  const auto lock = read_well(read_package_lock(
      R"({"packages": {"node_modules/a\u202eb": {"version": "1.0.0"}, "node_modules/c": {"version": "1 0"}}})",
      "p"));
  EXPECT_THAT(lock.dependencies, IsEmpty());
  EXPECT_THAT(lock.remarks, SizeIs(2));
}

TEST(YarnLock, OfYarn1) {
  const auto lock = read_well(read_yarn_lock(lock_text("yarn-1/yarn.lock"), "yarn.lock"));
  EXPECT_THAT(told(lock), ElementsAre("@sawmill/beam 3.0.0-rc.1 @5", "left-board 1.4.0 @14",
                                      "nail-gun 0.2.3 @21", "tiny-plank 2.0.1 @25"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr(":10: 1 package comes from git")));
}

TEST(YarnLock, OfYarn2AndLater) {
  const auto lock = read_well(read_yarn_lock(lock_text("yarn-4/yarn.lock"), "yarn.lock"));
  EXPECT_THAT(told(lock), ElementsAre("@sawmill/beam 3.0.0-rc.1 @8 direct", "left-board 1.4.0 @21 direct",
                                      "tiny-plank 2.0.1 @38 indirect", "tiny-plank 1.10.0 @44 indirect"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr(":15: 1 package comes from git")));
}

TEST(PnpmLock, Version5) {
  const auto lock = read_well(read_pnpm_lock(lock_text("pnpm-5/pnpm-lock.yaml"), "pnpm-lock.yaml"));
  EXPECT_THAT(told(lock), ElementsAre("@sawmill/beam 3.0.0-rc.1 @15 indirect", "left-board 1.4.0 @19 direct",
                                      "nail-gun 0.2.3 @27 direct dev"));
  EXPECT_THAT(remarks_of(lock),
              ElementsAre(HasSubstr("folder, where a version says nothing of advisories: from-git")));
}

TEST(PnpmLock, Version6) {
  const auto lock = read_well(read_pnpm_lock(lock_text("pnpm-6/pnpm-lock.yaml"), "pnpm-lock.yaml"));
  EXPECT_THAT(told(lock), ElementsAre("@sawmill/beam 3.0.0-rc.1 @23 direct", "left-board 1.4.0 @27 direct",
                                      "nail-gun 0.2.3 @33 direct dev", "tiny-plank 2.0.1 @37 indirect"));
  EXPECT_THAT(lock.remarks, IsEmpty());
}

TEST(PnpmLock, Version9FollowsWhatIsShipped) {
  const auto lock = read_well(read_pnpm_lock(lock_text("pnpm-9/pnpm-lock.yaml"), "pnpm-lock.yaml"));
  EXPECT_THAT(told(lock), ElementsAre("@sawmill/beam 3.0.0-rc.1 @29 direct", "left-board 1.4.0 @36 direct",
                                      "nail-gun 0.2.3 @41 direct dev", "rivet 1.0.0 @44 indirect dev",
                                      "tiny-plank 2.0.1 @47 indirect"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr(":32: 1 package comes from git")));
}

}  // namespace
}  // namespace fleet::dependencies
