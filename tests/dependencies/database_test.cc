#include "dependencies/database.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "os/files.h"

namespace fleet::dependencies {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kOsv = FLEET_SOURCE_DIR "/tests/dependencies/osv";

Dependency dependency(Ecosystem ecosystem, const std::string& name, const std::string& version) {
  Dependency one;
  one.ecosystem = ecosystem;
  one.name = name;
  one.version = version;
  return one;
}

Database read_for(Ecosystem ecosystem, const std::string& name, const std::string& folder = kOsv) {
  auto database = Database::read(folder, {{ecosystem, name}}, std::chrono::seconds(60));
  EXPECT_TRUE(database) << database.error().message();
  return database ? *std::move(database) : Database();
}

// `GHSA-1 (CVE-1) fixed in 2.0` of each version.
std::string told(const Database& database, Ecosystem ecosystem, const std::string& name,
                 const std::string& version) {
  std::vector<std::string> all;
  for (const Vulnerability& one : database.vulnerabilities(dependency(ecosystem, name, version)))
    all.push_back(fmt::format("{} ({}) -> {}", one.id, fmt::join(one.also, " "), one.fixed_in));
  return fmt::format("{}", fmt::join(all, "; "));
}

TEST(OsvDatabase, KnowsPublicAdvisories) {
  const std::string log4j = "org.apache.logging.log4j:log4j-core";
  const std::string shell = "GHSA-jfh8-c2jp-5v3q (CVE-2021-44228) -> ";
  const auto maven = read_for(Ecosystem::maven, log4j);
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.14.1"), shell + "2.15.0");
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.0-rc1"), shell + "2.3.1");
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.0-beta8"), "");
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.3.1"), "");
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.12.1"), shell + "2.12.2");
  EXPECT_EQ(told(maven, Ecosystem::maven, log4j, "2.15.0"), "");

  const auto npm = read_for(Ecosystem::npm, "lodash");
  EXPECT_EQ(told(npm, Ecosystem::npm, "lodash", "4.17.20"),
            "GHSA-35jh-r3h4-6jhm (CVE-2021-23337) -> 4.17.21");
  EXPECT_EQ(told(npm, Ecosystem::npm, "lodash", "4.17.21-0"),
            "GHSA-35jh-r3h4-6jhm (CVE-2021-23337) -> 4.17.21");
  EXPECT_EQ(told(npm, Ecosystem::npm, "lodash", "4.17.21"), "");
  EXPECT_EQ(told(npm, Ecosystem::npm, "minimist", "1.2.5"), "") << "it was not wanted";
  EXPECT_EQ(npm.vulnerabilities(dependency(Ecosystem::npm, "lodash", "1.0.0"))[0].severity.score, 7.2);

  const auto minimist = read_for(Ecosystem::npm, "minimist");
  EXPECT_EQ(told(minimist, Ecosystem::npm, "minimist", "0.2.3"),
            "GHSA-xvch-5gv4-984h (CVE-2021-44906) -> 0.2.4");
  EXPECT_EQ(told(minimist, Ecosystem::npm, "minimist", "0.2.4"), "");

  const auto rust = read_for(Ecosystem::crates_io, "smallvec");
  const std::string overflow = "RUSTSEC-2021-0003 (CVE-2021-25900 GHSA-43w2-9j62-hq99) -> ";
  EXPECT_EQ(told(rust, Ecosystem::crates_io, "smallvec", "0.6.3"), overflow + "0.6.14");
  EXPECT_EQ(told(rust, Ecosystem::crates_io, "smallvec", "0.6.14"), "");
  EXPECT_EQ(told(rust, Ecosystem::crates_io, "smallvec", "1.0.0-alpha"), "");
  EXPECT_EQ(told(rust, Ecosystem::crates_io, "smallvec", "1.6.0"), overflow + "1.6.1");
}

TEST(OsvDatabase, GroupsRecordsThatAreAliases) {
  const auto database = read_for(Ecosystem::npm, "left-board");
  // 1.4.1 ends what the first record tells, 1.5.0 the second.
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "1.4.0"),
            "INV-2024-0001 (INV-2024-0002 INV-ALIAS-1) -> 1.5.0");
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "1.4.1"), "INV-2024-0002 (INV-ALIAS-1) -> 1.5.0");
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "1.5.0"), "");
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "2.3.0"), "INV-2024-0001 (INV-ALIAS-1) -> ");
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "2.3.1"), "");
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "0.9.9"),
            "INV-2024-0001 (INV-2024-0002 INV-ALIAS-1) -> 1.5.0");
}

TEST(OsvDatabase, EvaluatesUnsortedEventsLimitsAndListedVersions) {
  const auto python = read_for(Ecosystem::pypi, "left-board");
  EXPECT_EQ(told(python, Ecosystem::pypi, "left-board", "1.4b2"), "");
  EXPECT_EQ(told(python, Ecosystem::pypi, "left-board", "1.4.0"), "INV-2024-0010 () -> 1.4.1");
  EXPECT_EQ(told(python, Ecosystem::pypi, "left-board", "1.4.1.dev1"), "INV-2024-0010 () -> 1.4.1");
  EXPECT_EQ(told(python, Ecosystem::pypi, "left-board", "1.4.1"), "");
  const auto go = read_for(Ecosystem::go, "forge.example/beam/v3");
  EXPECT_EQ(told(go, Ecosystem::go, "forge.example/beam/v3", "3.0.5"), "INV-2024-0020 () -> ");
  EXPECT_EQ(told(go, Ecosystem::go, "forge.example/beam/v3", "3.1.0"), "");
}

TEST(OsvDatabase, BadRecordsAreRemarks) {
  const auto database = read_for(Ecosystem::npm, "left-board");
  EXPECT_EQ(database.withdrawn(), 1U);
  EXPECT_EQ(database.records(), 11U);
  std::vector<std::string> remarks;
  for (const model::Diagnostic& remark : database.remarks())
    remarks.push_back(
        fmt::format("{}:{}: {}", remark.path.substr(kOsv.size()), remark.at.line, remark.message));
  EXPECT_THAT(
      remarks,
      ElementsAre(
          "/bad/bad-range.json:1: a range of left-board is not evaluated: `next` is no version of npm",
          "/bad/bad-range.json:1: a range of left-board is not evaluated: an event says both "
          "introduced and fixed",
          "/bad/bad-range.json:1: a range of left-board is not evaluated: an event says nothing "
          "that is known",
          HasSubstr("/bad/cut-off.json:2: cannot read it: "),
          "/bad/no-id.json:1: it is no OSV record: it has no `id`",
          "/bad/no-list.json:1: `affected` is no list"));
  EXPECT_EQ(told(database, Ecosystem::npm, "left-board", "7.7.7"), "INV-4 () -> ")
      << "its listed version counts";
  EXPECT_THAT(read_for(Ecosystem::npm, "lodash").remarks(), SizeIs(3))
      << "ranges of others are not looked at";
}

TEST(OsvDatabase, FollowsNoLinkAndRefusesAnEmptyFolder) {
  const auto folder = os::TemporaryDirectory::create().value();
  const auto time = std::chrono::seconds(60);
  EXPECT_THAT(Database::read(folder.path(), {}, time).error().why, HasSubstr("no OSV record"));
  EXPECT_FALSE(Database::read(folder / "missing", {}, time));
  ASSERT_TRUE(os::write_file_atomically(folder / "a.json", R"({"id": "A-1"})"));
  ASSERT_EQ(::symlink(kOsv.c_str(), (folder / "osv").c_str()), 0);
  const auto database = Database::read(folder.path(), {}, time);
  ASSERT_TRUE(database);
  EXPECT_EQ(database->records(), 1U);
  ASSERT_THAT(database->remarks(), SizeIs(1));
  EXPECT_THAT(database->remarks()[0].message, HasSubstr("symbolic link"));
  EXPECT_THAT(Database::read(folder.path(), {}, Duration(0)).error().why, HasSubstr("longer than"));
}

}  // namespace
}  // namespace fleet::dependencies
