#include "dependencies/judge.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "dependencies/locks.h"
#include "dependencies/tree.h"

namespace fleet::dependencies {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string package_lock(const std::string& packages) {
  return "{\"lockfileVersion\": 3, \"packages\": {\n\"\": {},\n" + packages + "\n}}\n";
}

struct JudgeTest : testing::Test {
  os::TemporaryDirectory folder = os::TemporaryDirectory::create().value();
  JudgeOptions options;

  JudgeTest() { options.database = FLEET_SOURCE_DIR "/tests/dependencies/osv"; }

  void write(const std::string& path, const std::string& text) const {
    const std::string whole = folder / path;
    ASSERT_TRUE(os::make_directories(whole.substr(0, whole.rfind('/'))));
    ASSERT_TRUE(os::write_file_atomically(whole, text));
  }
  [[nodiscard]] Files files(const std::string& path) const { return files_in(folder / path).value(); }
  DependencyReport report(const std::string& path) {
    auto judged = judge(files(path), options);
    EXPECT_TRUE(judged) << (judged ? "" : judged.error().message());
    return judged ? *std::move(judged) : DependencyReport{};
  }
};

std::vector<std::string> told(const DependencyReport& report) {
  std::vector<std::string> lines;
  for (const model::Finding& one : report.findings) {
    lines.push_back(fmt::format("{}:{} {} {}{}: {}", one.path, one.at.line, base::name_of(one.severity),
                                one.rule, one.is_known ? " known" : "", one.message));
  }
  return lines;
}

TEST_F(JudgeTest, TellsPackageVersionAdvisoryAliasesSeverityAndFix) {
  write("web/package-lock.json",
        package_lock("\"node_modules/lodash\": {\"version\": \"4.17.20\"},\n"
                     "\"node_modules/a/node_modules/lodash\": {\"version\": \"4.17.20\"},\n"
                     "\"node_modules/nail-gun\": {\"version\": \"0.2.3\", \"dev\": true},\n"
                     "\"node_modules/left-board\": {\"version\": \"2.0.0\"}"));
  const auto all = report("web");
  EXPECT_THAT(
      told(all),
      ElementsAre(
          "package-lock.json:3 error dependencies.vulnerable: lodash 4.17.20 (and 1 more place in this file) "
          "has "
          "GHSA-35jh-r3h4-6jhm (CVE-2021-23337): Command Injection in lodash; CVSS 7.2 (high); fixed in "
          "4.17.21",
          "package-lock.json:5 error dependencies.vulnerable: nail-gun 0.2.3 has MAL-2024-0001: Malicious "
          "code "
          "in nail-gun; rated critical; no version is known to fix it",
          HasSubstr("package-lock.json:6 warning dependencies.vulnerable: left-board 2.0.0 has INV-2024-0001 "
                    "(INV-ALIAS-1): Splinters in\\nleft-board ; rated medium, CVSS:4.0/AV:N/")));
  EXPECT_EQ(all.lock_files, 1U);
  EXPECT_THAT(all.dependencies, SizeIs(4));
  EXPECT_THAT(all.findings[0].cwe, ElementsAre("CWE-1395"));
}

TEST_F(JudgeTest, FindsLockFilesAtAnyDepthAndFollowsNoLink) {
  write("tree/a/b/requirements.txt", "Left_Board==1.4\n-r ../../../outside.txt\n-r ../link.txt\n");
  write("tree/node_modules/x/package-lock.json",
        package_lock("\"node_modules/lodash\": {\"version\": \"1.0.0\"}"));
  write("outside.txt", "left-board==1.4\n");
  write("outside/Cargo.lock", "[[package]]\nname='smallvec'\nversion='1.6.0'\n");
  ASSERT_EQ(::symlink((folder / "outside.txt").c_str(), (folder / "tree/a/link.txt").c_str()), 0);
  ASSERT_EQ(::symlink((folder / "outside").c_str(), (folder / "tree/linked").c_str()), 0);
  ASSERT_EQ(::symlink((folder / "outside/Cargo.lock").c_str(), (folder / "tree/Cargo.lock").c_str()), 0);
  const auto all = report("tree");
  EXPECT_THAT(told(all),
              ElementsAre("a/b/requirements.txt:1 note dependencies.vulnerable: left-board 1.4 has "
                          "INV-2024-0010: Rot in Left.Board; CVSS 3.1 (low); fixed in 1.4.1"));
  std::vector<std::string> remarks;
  for (const model::Diagnostic& remark : all.remarks)
    if (!remark.path.starts_with(options.database)) remarks.push_back(remark.path + ": " + remark.message);
  EXPECT_THAT(remarks, ElementsAre(HasSubstr("Cargo.lock: cannot read it: it is a symbolic link"),
                                   HasSubstr("requirements.txt: `../../../outside.txt` cannot be read"),
                                   HasSubstr("requirements.txt: `../link.txt` cannot be read")));
}

TEST_F(JudgeTest, ReadsWhatIsBesideAnUnreadableFile) {
  write("tree/package-lock.json", "{");
  write("tree/Cargo.lock",
        "[[package]]\nname='smallvec'\nversion='1.6.0'\nsource='sparse+https://index.crates.io/'\n");
  const auto all = report("tree");
  EXPECT_THAT(told(all),
              ElementsAre(HasSubstr("Cargo.lock:1 error dependencies.vulnerable: smallvec 1.6.0")));
  EXPECT_THAT(all.remarks[0].message, HasSubstr("cannot read it"));
  options.database.clear();
  EXPECT_THAT(report("tree").findings, IsEmpty());
}

TEST_F(JudgeTest, JudgesLicences) {
  options.database.clear();
  options.licenses.allow = {"MIT"};
  options.licenses.deny = {"GPL-*"};
  write("tree/package-lock.json",
        package_lock("\"node_modules/a\": {\"version\": \"1.0.0\", \"license\": \"MIT\"},\n"
                     "\"node_modules/b\": {\"version\": \"1.0.0\", \"license\": \"GPLv3\"},\n"
                     "\"node_modules/c\": {\"version\": \"1.0.0\", \"license\": \"ISC\"},\n"
                     "\"node_modules/d\": {\"version\": \"1.0.0\"},\n"
                     "\"node_modules/@s/e\": {\"version\": \"1.0.0\"},\n"
                     "\"node_modules/f\": {\"version\": \"2.0.0\"}"));
  write("tree/node_modules/@s/e/package.json", R"({"version": "1.0.0", "license": {"type": "GPL-2.0"}})");
  write("tree/node_modules/f/package.json", R"({"version": "1.0.0", "license": "GPL-2.0"})");
  const std::vector<std::string> bad{
      "package-lock.json:4 error dependencies.license: b 1.0.0 is under GPL-3.0-only, which the policy "
      "denies "
      "(`GPLv3` is taken to be GPL-3.0-only)",
      "package-lock.json:5 error dependencies.license: c 1.0.0 is under ISC, which is not on the policy's "
      "list",
      "package-lock.json:7 error dependencies.license: @s/e 1.0.0 is under GPL-2.0, which the policy denies"};
  const auto all = report("tree");
  EXPECT_THAT(told(all), testing::ElementsAreArray(bad));
  ASSERT_THAT(all.remarks, SizeIs(1));
  EXPECT_THAT(all.remarks[0].message,
              HasSubstr("the licences of 2 packages are not known, and not judged: d, f"));
  options.licenses.unknown = model::Severity::warning;
  EXPECT_THAT(
      told(report("tree")),
      testing::Contains("package-lock.json:6 warning dependencies.license: d 1.0.0 has a licence that cannot "
                        "be judged: no licence is told"));
  options.licenses.allow = {"MIT OR ISC"};
  EXPECT_FALSE(judge(files("tree"), options));
}

TEST_F(JudgeTest, ReadsTheMetadataOfAVirtualEnvironment) {
  options.database.clear();
  options.licenses.deny = {"GPL-*"};
  write("tree/requirements.txt", "Left.Board==1.4\nbeam==1\nglue==1\n");
  const std::string packages = "tree/.venv/lib/python3.11/site-packages/";
  write(packages + "left_board-1.4.dist-info/METADATA",
        "Metadata-Version: 2.1\nLicense: see below\n"
        "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)\n\nLicense: MIT\n");
  write(packages + "beam-1.dist-info/METADATA", "License-Expression: GPL-2.0-only\nLicense: MIT\n");
  write(packages + "glue-2.dist-info/METADATA", "License: GPL\n");
  EXPECT_THAT(told(report("tree")), ElementsAre(HasSubstr("left-board 1.4 is under GPL-3.0-only"),
                                                HasSubstr("beam 1 is under GPL-2.0-only")));
}

TEST_F(JudgeTest, OfAChangeMarksWhatWasThere) {
  options.licenses.deny = {"ISC"};
  const std::string left_board =
      "\"node_modules/left-board\": {\"version\": \"1.4.0\", \"license\": \"ISC\"}";
  write("base/package-lock.json", package_lock(left_board));
  write("base/api/package-lock.json", package_lock("\"node_modules/minimist\": {\"version\": \"1.2.5\"}"));
  write("head/package-lock.json",
        package_lock("\"node_modules/lodash\": {\"version\": \"4.17.20\"},\n"
                     "\"node_modules/left-board\": {\"version\": \"1.4.1\", \"license\": \"ISC\"},\n"
                     "\"node_modules/minimist\": {\"version\": \"1.2.5\"}"));
  const auto change = judge_change(files("base"), files("head"), options);
  ASSERT_TRUE(change) << change.error().message();
  // Of the two records about left-board the first spoke in the base, and the second does now.
  EXPECT_THAT(
      told(*change),
      ElementsAre(HasSubstr("package-lock.json:3 error dependencies.vulnerable: lodash"),
                  HasSubstr("package-lock.json:4 error dependencies.license known: left-board 1.4.1"),
                  HasSubstr("package-lock.json:4 warning dependencies.vulnerable known: left-board 1.4.1"),
                  HasSubstr("package-lock.json:5 error dependencies.vulnerable known: minimist 1.2.5")));
}

TEST_F(JudgeTest, FingerprintsStayWhenLinesAndVersionsChange) {
  write("one/package-lock.json", package_lock("\"node_modules/lodash\": {\"version\": \"4.17.20\"}"));
  write("two/web/package-lock.json",
        package_lock("\n\n\"node_modules/lodash\": {\"version\": \"4.17.19\"},\n"
                     "\"node_modules/a/node_modules/lodash\": {\"version\": \"4.17.18\"}"));
  const auto one = report("one"), two = report("two");
  ASSERT_THAT(one.findings, SizeIs(1));
  ASSERT_THAT(two.findings, SizeIs(2));
  EXPECT_EQ(one.findings[0].fingerprint, two.findings[0].fingerprint);
  EXPECT_NE(two.findings[0].fingerprint, two.findings[1].fingerprint);
}

TEST(LockFileNames, AreKnown) {
  for (const char* path :
       {"package-lock.json", "a/npm-shrinkwrap.json", "requirements.txt", "requirements-dev.txt",
        "dev-requirements.txt", "requirements/base.txt", "b/pom.xml", "gradle.lockfile", "go.mod"})
    EXPECT_TRUE(is_lock_file(path)) << path;
  for (const char* path : {"package.json", "requirements.in", "constraints.txt",
                           "requirements/constraints.txt", "notes.txt", "xpackage-lock.json", "go.sum"})
    EXPECT_FALSE(is_lock_file(path)) << path;
}

}  // namespace
}  // namespace fleet::dependencies
