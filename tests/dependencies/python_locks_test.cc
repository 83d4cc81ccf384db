#include <gmock/gmock.h>

#include <map>

#include "dependencies/locks.h"

namespace fleet::dependencies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::optional<std::string> read_beside_pip(const std::string& path) {
  auto bytes = os::read_file(FLEET_SOURCE_DIR "/tests/dependencies/locks/" + path, 1 << 20);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

TEST(Requirements, WithWhatTheyIncludeAndConstrain) {
  const auto lock = read_well(
      read_requirements(lock_text("pip/requirements.txt"), "pip/requirements.txt", read_beside_pip));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @7", "tiny-plank 2.0.1 @10", "beam 3.0.0rc1 @11",
                                      "constrained 7.1 @14", "glue 5.0.post1 @1", "hammer 0.9 @1 dev"));
  EXPECT_EQ(lock.dependencies[4].path, "pip/base.txt");
  EXPECT_THAT(
      remarks_of(lock),
      ElementsAre(StartsWith("pip/requirements.txt:19: `../../../../outside.txt` cannot be read"),
                  StartsWith("pip/requirements.txt:12: 2 packages have no exact version, and cannot be "
                             "judged: rivet, open-end"),
                  StartsWith("pip/requirements.txt:15: 4 packages come from git")));
}

TEST(Requirements, ThatIncludeEachOtherWithoutEndStop) {
  const ReadBeside endless = [](const std::string& path) -> std::optional<std::string> {
    return "-r x" + path + "\na==1\n";
  };
  const auto lock = read_well(read_requirements("-r a.txt", "requirements.txt", endless));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("more than 100 files include each other")));
}

TEST(Requirements, WhatIsNoRequirementIsARemark) {
  const auto lock = read_well(read_requirements("a b c\n==1\nx==\n", "requirements.txt", nullptr));
  EXPECT_THAT(lock.dependencies, IsEmpty());
  EXPECT_THAT(remarks_of(lock),
              ElementsAre(HasSubstr("`a b c` is no requirement"), HasSubstr("no exact version"),
                          HasSubstr("1 package comes from git")));
  EXPECT_FALSE(read_requirements("a==1\xff", "requirements.txt", nullptr));
}

TEST(PoetryLock, TellsGroupsAndSources) {
  const auto lock = read_well(read_poetry_lock(lock_text("poetry/poetry.lock"), "poetry.lock"));
  EXPECT_THAT(told(lock),
              ElementsAre("left-board 1.4.0 @3", "nail-gun 0.2.3 @21 dev", "tiny-plank 2.0.1 @50 dev"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("poetry.lock:35: 1 package comes from git")));
}

TEST(UvLock, FollowsWhatIsShipped) {
  const auto lock = read_well(read_uv_lock(lock_text("uv/uv.lock"), "uv.lock"));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @10 direct", "nail-gun 0.2.3 @22 direct dev",
                                      "tiny-plank 1.0.0 @47 indirect dev", "tiny-plank 2.0.1 @52 indirect"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("uv.lock:5: 1 package comes from git")));
}

TEST(PdmLock, TellsGroups) {
  const auto lock = read_well(read_pdm_lock(lock_text("pdm/pdm.lock"), "pdm.lock"));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @9", "nail-gun 0.2.3 @22 dev"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("pdm.lock:27: 1 package comes from git")));
}

TEST(PipfileLock, TellsGroups) {
  const auto lock = read_well(read_pipfile_lock(lock_text("pipenv/Pipfile.lock"), "Pipfile.lock"));
  EXPECT_THAT(told(lock), ElementsAre("left-board 1.4.0 @9", "nail-gun 0.2.3 @21 dev"));
  EXPECT_THAT(remarks_of(lock), ElementsAre(HasSubstr("Pipfile.lock:15: 1 package comes from git")));
}

}  // namespace
}  // namespace fleet::dependencies
