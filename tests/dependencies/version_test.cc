#include "dependencies/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fleet::dependencies {
namespace {

// Each is below the next.
void expect_rising(Ecosystem ecosystem, const std::vector<std::string>& versions) {
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto left = Version::parse(ecosystem, versions[i]);
    ASSERT_TRUE(left) << versions[i];
    for (std::size_t j = 0; j < versions.size(); ++j) {
      const auto right = Version::parse(ecosystem, versions[j]);
      ASSERT_TRUE(right) << versions[j];
      EXPECT_EQ(*left < *right, i < j) << versions[i] << " " << versions[j];
      EXPECT_EQ(*left == *right, i == j) << versions[i] << " " << versions[j];
    }
  }
}

void expect_equal(Ecosystem ecosystem, const std::string& left, const std::string& right) {
  const auto one = Version::parse(ecosystem, left), other = Version::parse(ecosystem, right);
  ASSERT_TRUE(one) << left;
  ASSERT_TRUE(other) << right;
  EXPECT_TRUE(*one == *other) << left << " " << right;
}

TEST(SemanticVersions, AreOrderedAsSection11Says) {
  expect_rising(Ecosystem::npm, {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                                 "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0",
                                 "2.1.1", "10.0.0", "99999999999999999999.0.0", "100000000000000000000.0.0"});
  expect_equal(Ecosystem::crates_io, "1.0.0+one", "1.0.0+two");
}

TEST(SemanticVersions, OfGoKnowPseudoVersions) {
  expect_rising(Ecosystem::go, {"v0.0.0-20190101000000-abcdefabcdef", "v0.0.0-20210101000000-000000000000",
                                "v0.0.1", "v1.2.3-pre.0.20200101000000-abcdefabcdef", "v1.2.3",
                                "v1.2.4-0.20200101000000-abcdefabcdef", "v1.2.4"});
  expect_equal(Ecosystem::go, "v2.0.0+incompatible", "2.0.0");
}

TEST(SemanticVersions, MayBeShortAndNothingElse) {
  expect_equal(Ecosystem::npm, "1.2", "1.2.0");
  for (const char* text : {"", "1.2.3.4", "1.02.3", "1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3 ", "x",
                           "1.2.3+", "1.2.3-\xff", "vv1.0.0"})
    EXPECT_FALSE(Version::parse(Ecosystem::npm, text)) << text;
  EXPECT_FALSE(Version::parse(Ecosystem::npm, "1." + std::string(300, '1')));
}

// The lists of PEP 440's sections "Summary of permitted suffixes and relative ordering", "Version epochs" and
// "Local version identifiers".
TEST(PythonVersions, AreOrderedAsPep440Says) {
  expect_rising(Ecosystem::pypi, {"1.dev0",
                                  "1.0.dev456",
                                  "1.0a1",
                                  "1.0a2.dev456",
                                  "1.0a12.dev456",
                                  "1.0a12",
                                  "1.0b1.dev456",
                                  "1.0b2",
                                  "1.0b2.post345.dev456",
                                  "1.0b2.post345",
                                  "1.0rc1.dev456",
                                  "1.0rc1",
                                  "1.0",
                                  "1.0+abc.5",
                                  "1.0+abc.7",
                                  "1.0+5",
                                  "1.0.post456.dev34",
                                  "1.0.post456",
                                  "1.0.15",
                                  "1.1.dev1",
                                  "2013.10",
                                  "2014.04",
                                  "1!1.0",
                                  "1!1.1",
                                  "1!2.0"});
}

TEST(PythonVersions, AreNormalised) {
  for (const auto& [left, right] :
       std::vector<std::pair<std::string, std::string>>{{"1.1RC1", "1.1rc1"},
                                                        {"00", "0"},
                                                        {"09000", "9000"},
                                                        {"1.0+foo0100", "1+FOO0100"},
                                                        {"1.1.a1", "1.1a1"},
                                                        {"1.1-a1", "1.1a1"},
                                                        {"1.1_a_1", "1.1a1"},
                                                        {"1.1alpha1", "1.1a1"},
                                                        {"1.1beta2", "1.1b2"},
                                                        {"1.1c3", "1.1rc3"},
                                                        {"1.1pre3", "1.1rc3"},
                                                        {"1.1preview3", "1.1rc3"},
                                                        {"1.2a", "1.2a0"},
                                                        {"1.2-post2", "1.2.post2"},
                                                        {"1.2post2", "1.2.post2"},
                                                        {"1.2.post-2", "1.2.post2"},
                                                        {"1.0-r4", "1.0.post4"},
                                                        {"1.0.rev4", "1.0.post4"},
                                                        {"1.0-1", "1.0.post1"},
                                                        {"1.2.dev", "1.2.dev0"},
                                                        {"1.0+ubuntu-1", "1.0+ubuntu.1"},
                                                        {"v1.0", "1.0"},
                                                        {" 1.0\n", "1.0"},
                                                        {"1.0.0", "1"}})
    expect_equal(Ecosystem::pypi, left, right);
}

TEST(PythonVersions, AreNothingElse) {
  for (const char* text : {"", "french toast", "1.0+", "1.0+_foobar", "1.0+foo&asd", "1.0+1+1", "1.0.",
                           "1.0x", "2004d", "!1", "1.0 beta"})
    EXPECT_FALSE(Version::parse(Ecosystem::pypi, text)) << text;
}

// https://maven.apache.org/pom.html, "Version Order Specification".
TEST(MavenVersions, AreOrderedAsDocumented) {
  expect_rising(Ecosystem::maven, {"1-alpha", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp",
                                   "1-abc", "1-1", "1.1"});
  expect_rising(Ecosystem::maven, {"1-foo2", "1-foo10"});
  expect_rising(Ecosystem::maven,
                {"1.0-alpha-1", "1.0-beta-1", "1.0-SNAPSHOT", "1.0", "1.0.1", "1.2", "1.10"});
  for (const auto& [left, right] : std::vector<std::pair<std::string, std::string>>{{"1", "1.0"},
                                                                                    {"1-ga", "1"},
                                                                                    {"1-0", "1.0"},
                                                                                    {"1.0.0", "1"},
                                                                                    {"1-a1", "1-alpha-1"},
                                                                                    {"1.ga", "1-ga"},
                                                                                    {"1.0.RC2", "1.0-rc2"},
                                                                                    {"1.final", "1.0"},
                                                                                    {"1cr", "1rc"}})
    expect_equal(Ecosystem::maven, left, right);
}

TEST(NormalisedNames, FollowTheEcosystem) {
  EXPECT_EQ(normalised_name(Ecosystem::pypi, "Friendly._-Bard"), "friendly-bard");
  EXPECT_EQ(normalised_name(Ecosystem::npm, "@Scope/Some_Name"), "@Scope/Some_Name");
}

}  // namespace
}  // namespace fleet::dependencies
