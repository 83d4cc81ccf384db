#include <gmock/gmock.h>

#include "dependencies/locks.h"

namespace fleet::dependencies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CargoLock, TellsWhatTheWorkspaceAsksFor) {
  const auto lock = read_well(read_cargo_lock(lock_text("cargo/Cargo.lock"), "Cargo.lock"));
  EXPECT_THAT(told(lock), ElementsAre("left_board 1.4.0 @10 direct", "tiny-plank 1.0.0 @28 direct",
                                      "tiny-plank 2.0.1 @33 indirect"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("Cargo.lock:5: 1 package comes from git")));
}

TEST(GoMod, WithReplacementsAndGoSum) {
  const auto lock = read_well(read_go_mod(lock_text("go/go.mod"), "go.mod", lock_text("go/go.sum")));
  EXPECT_THAT(told(lock), ElementsAre("forge.example/left-board 1.4.0 @7 direct",
                                      "forge.example/beam/v3 3.0.0-rc.1 @10 direct",
                                      "forge.example/nail-gun 0.0.0-20230102150405-0123456789ab @11 indirect",
                                      "forge.example/old 2.1.0+incompatible @12 indirect",
                                      "fork.example/replaced 1.0.1 @13 direct"));
  EXPECT_THAT(remarks_of(lock), ElementsAre("go.mod:1: go.sum has no entry for 1 of the required modules",
                                            HasSubstr("go.mod:14: 1 package comes from git")));
}

TEST(GoMod, BeforeGo117IsNotWhole) {
  const auto lock = read_well(read_go_mod("module m\ngo 1.16\nrequire a.example/b v1.0.0\n", "go.mod", {}));
  EXPECT_THAT(told(lock), ElementsAre("a.example/b 1.0.0 @3 direct"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("before Go 1.17")));
}

std::optional<std::string> read_beside_pom(const std::string& path) {
  if (path == "maven/pom.xml") return lock_text(path);
  return std::nullopt;
}

TEST(Pom, TakesPropertiesAndManagedVersionsOfItsParents) {
  const auto pom = read_well(read_pom(lock_text("maven/app/pom.xml"), "maven/app/pom.xml", read_beside_pom));
  EXPECT_THAT(
      told(pom),
      ElementsAre("example.boards:left-board 1.4.0 @13 direct", "example.boards:tiny-plank 2.0.1 @24 direct",
                  "example.sawmill:beam 3.0.0 @29 direct", "example.tools:nail-gun 0.2.3 @33 direct dev",
                  "example.shop:counter 1.0 @37 direct", "example.boards:exact 1.5 @42 direct"));
  EXPECT_THAT(remarks_of(pom),
              ElementsAre(HasSubstr(":47: 2 packages have no exact version, and cannot be judged: "
                                    "example.boards:range, example.boards:unknown"),
                          HasSubstr(":57: 1 package comes from git")));
}

TEST(Pom, WithEntitiesOrWithoutAnEndIsRefused) {
  const auto bomb = read_pom("<!DOCTYPE p [<!ENTITY a \"aa\">]><project>&a;</project>", "pom.xml", nullptr);
  ASSERT_FALSE(bomb);
  EXPECT_THAT(bomb.error().message, HasSubstr("document type"));
  const auto open = read_pom("<project>\n<dependencies>\n", "pom.xml", nullptr);
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().at.line, 3);
  std::string deep;
  for (int i = 0; i < 100; ++i)
    deep += "<a>";
  for (int i = 0; i < 100; ++i)
    deep += "</a>";
  EXPECT_THAT(read_pom(deep, "pom.xml", nullptr).error().message, HasSubstr("deeper"));
}

TEST(Pom, WhosePropertiesGrowWithoutEndStops) {
  const auto pom = read_well(
      read_pom("<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><dependencies><dependency>"
               "<groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency></"
               "dependencies></project>",
               "pom.xml", nullptr));
  EXPECT_THAT(pom.dependencies, IsEmpty());
  EXPECT_THAT(remarks_of(pom), ElementsAre(HasSubstr("no exact version")));
}

TEST(GradleLock, TellsConfigurations) {
  const auto lock = read_well(read_gradle_lock(lock_text("gradle/gradle.lockfile"), "gradle.lockfile"));
  EXPECT_THAT(told(lock),
              ElementsAre("example.boards:left-board 1.4.0 @4", "example.tools:nail-gun 0.2.3 @5 dev"));
  EXPECT_THAT(remarks_of(read_well(read_gradle_lock("a:b:1\nx=y\n", "g"))),
              ElementsAre(HasSubstr("g:1: a line is"), HasSubstr("g:2: a line is")));
}

}  // namespace
}  // namespace fleet::dependencies
