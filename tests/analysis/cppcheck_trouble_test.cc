#include <unistd.h>

#include "analysis/cppcheck_cache.h"
#include "analysis/cppcheck_running.h"
#include "analysis/hash_parts.h"

// A cppcheck that hangs, crashes or prints what it should not; and what the cache saves of its work.
namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct FakeCppcheck : CppcheckTest {
  FakeCppcheck() {
    options.file_limit = std::chrono::seconds(20);
    for (const char* name : {"a.c", "b.c", "c.c"})
      add(name, "int x;\n");
  }
  std::string why(const std::string& script) {
    use_fake(script);
    files.resize(1);
    const auto report = run();
    EXPECT_THAT(report.files, SizeIs(1));
    EXPECT_NE(report.files.at(0).outcome, CppcheckOutcome::checked);
    return report.files.at(0).why;
  }
};

TEST_F(FakeCppcheck, AMissingProgramIsAnErrorThatSaysWhatToDo) {
  options.program = "no-such-cppcheck";
  const auto report = run_cppcheck(options, files);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().message(), HasSubstr("cannot start no-such-cppcheck: it is not on PATH"));
  EXPECT_THAT(report.error().hint, HasSubstr("apt-get install cppcheck"));
  options.program = folder / "nor-here";
  EXPECT_THAT(run_cppcheck(options, files).error().message(), HasSubstr("it cannot be executed"));
}

TEST_F(FakeCppcheck, AProgramThatTellsNoVersionIsAnError) {
  ASSERT_TRUE(os::write_file_atomically(folder / "other", "#!/bin/sh\necho hello\n", 0755));
  options.program = folder / "other";
  EXPECT_THAT(run_cppcheck(options, files).error().message(), HasSubstr("it printed `hello`"));
  ASSERT_TRUE(os::write_file_atomically(folder / "other", "#!/bin/sh\nexit 3\n", 0755));
  EXPECT_THAT(run_cppcheck(options, files).error().message(), HasSubstr("exit status 3"));
}

TEST_F(FakeCppcheck, AFileThatHangsIsGivenUpAndTheRestGoesOn) {
  options.file_limit = std::chrono::seconds(1);
  use_fake("for file in $files; do start $file; if [ $file = root/b.c ]; then sleep 60; fi; done; top; end");
  const auto report = run();
  EXPECT_THAT(outcomes(report), ElementsAre("a.c checked", "b.c timed-out", "c.c checked"));
  EXPECT_THAT(report.files[1].why, HasSubstr("1s"));
  EXPECT_EQ(report.starts, 4U);  // together, then each alone
}

TEST_F(FakeCppcheck, AFileThatCrashesItIsGivenUpAndTheRestGoesOn) {
  use_fake(
      "for file in $files; do start $file; if [ $file = root/b.c ]; then kill -SEGV $$; fi; done; top; end");
  const auto report = run();
  EXPECT_THAT(outcomes(report), ElementsAre("a.c checked", "b.c failed", "c.c checked"));
  EXPECT_THAT(report.files[1].why, HasSubstr("signal 11"));
  EXPECT_THAT(report.files[1].why, HasSubstr("by hand"));
}

TEST_F(FakeCppcheck, AnExitStatusComesWithWhatItSaid) {
  EXPECT_THAT(why("echo 'Checking a.c ...'; echo 'cppcheck: error: no such library'; exit 1"),
              HasSubstr("exit status 1; it printed `cppcheck: error: no such library`"));
}

TEST_F(FakeCppcheck, NonsenseIsAFailure) {
  EXPECT_THAT(why("start root/a.c; echo rubbish >&2"), HasSubstr("line 1: it is no XML"));
  EXPECT_THAT(why("start root/a.c"), HasSubstr("it is no XML"));
  EXPECT_THAT(why("start root/a.c; echo '<html><body/></html>' >&2"), HasSubstr("no results of version 2"));
  EXPECT_THAT(why("start root/a.c; top"), HasSubstr("it is no XML"));
}

TEST_F(FakeCppcheck, AnEntityBombIsAFailure) {
  EXPECT_THAT(why(R"(start root/a.c; cat >&2 <<'XML'
<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<results version="2"><cppcheck version="2.10"/><errors><error id="x" severity="error" msg="&c;"/></errors></results>
XML)"),
              HasSubstr("document type"));
}

TEST_F(FakeCppcheck, AFlowThatNeverEndsIsCutOff) {
  EXPECT_THAT(why("start root/a.c; top; yes '<error id=\"x\" severity=\"error\" "
                  "msg=\"xxxxxxxxxxxxxxxxxxxxxxxx\"/>' | "
                  "head -c 70000000 >&2; end"),
              HasSubstr("more than 64 MB"));
}

TEST_F(FakeCppcheck, AFileThatItPassesOverWithoutAWordIsAFailure) {
  use_fake("start root/a.c; start root/c.c; top; end");
  const auto report = run();
  EXPECT_THAT(outcomes(report), ElementsAre("a.c checked", "b.c failed", "c.c checked"));
  EXPECT_THAT(report.files[1].why, HasSubstr("did not say that it checked the file"));
}

TEST_F(FakeCppcheck, KeptResultsNeedNoStart) {
  options.cache = folder / "cache/cppcheck";
  use_fake("empty");
  const auto first = run();
  EXPECT_EQ(first.cache_trouble, "");
  EXPECT_EQ(starts(), 1U);
  EXPECT_EQ(lines_in("versions.txt"), 1U);
  const auto second = run();
  EXPECT_EQ(starts(), 1U);
  EXPECT_EQ(lines_in("versions.txt"), 1U);
  EXPECT_TRUE(second.files[0].from_cache);
  EXPECT_EQ(second.version, "2.10");
  EXPECT_EQ(second.starts, 0U);
}

TEST_F(FakeCppcheck, WhatChangedIsCheckedAgain) {
  options.cache = folder / "cache";
  write("used.h", "int one;\n");
  write("d.c", "#include \"used.h\"\n");
  files.push_back({"d.c", CppLanguage::c});
  options.batch = 1;
  use_fake("empty");
  run();
  ASSERT_EQ(starts(), 4U);
  write("a.c", "int y;\n");
  run();
  EXPECT_EQ(starts(), 5U);
  write("used.h", "int two;\n");
  EXPECT_TRUE(run().files[0].from_cache);
  EXPECT_EQ(starts(), 6U);
  options.settings.suppressions = {"nullPointer"};
  run();
  EXPECT_EQ(starts(), 10U);
  options.settings.everywhere.defines = {"A=1"};
  run();
  EXPECT_EQ(starts(), 14U);
  files[1].language = CppLanguage::cpp;
  run();
  EXPECT_EQ(starts(), 15U);
}

TEST_F(FakeCppcheck, ADamagedEntryIsAsGoodAsNoneAndIsWrittenAnew) {
  options.cache = folder / "cache";
  files.resize(1);
  use_fake(
      R"(start root/a.c; top; echo '<error id="nullPointer" severity="error" msg="m" file0="root/a.c">' >&2
              echo '<location file="root/a.c" line="1" column="5"/></error>' >&2; end)");
  ASSERT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer a.c:1"));
  ASSERT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer a.c:1"));
  ASSERT_EQ(starts(), 1U);
  std::size_t entries = 0;
  for (const std::string damage : {"", "rubbish", "FLIP"}) {
    const std::size_t before = starts();
    entries = 0;
    const auto parts = os::list_directory(options.cache).value();
    for (const auto& part : parts) {
      const auto names = os::list_directory(options.cache + "/" + part).value();
      for (const auto& name : names) {
        const std::string path = options.cache + "/" + part + "/" + name;
        std::string bytes = os::read_file(path, 1 << 20).value();
        // What is still JSON, and says another thing.
        if (const auto at = bytes.find("nullPointer"); at != std::string::npos) bytes[at] = 'N';
        ASSERT_TRUE(os::write_file_atomically(path, damage == "FLIP" ? bytes : damage));
        ++entries;
      }
    }
    EXPECT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer a.c:1")) << damage;
    EXPECT_EQ(starts(), before + 1) << damage;
    EXPECT_TRUE(run().files[0].from_cache);
    EXPECT_EQ(starts(), before + 1) << damage;
  }
  EXPECT_EQ(entries, 2U);  // the result and the version
}

TEST_F(FakeCppcheck, AnotherVersionOrProgramIsAsked) {
  options.cache = folder / "cache";
  files.resize(1);
  use_fake("empty");
  run();
  run();
  ASSERT_EQ(starts(), 1U);
  std::string text = os::read_file(options.program, 1 << 20).value();
  text.replace(text.find("Cppcheck 2.10"), 13, "Cppcheck 2.99");
  ASSERT_TRUE(os::write_file_atomically(options.program, text, 0755));
  EXPECT_EQ(run().version, "2.99");
  EXPECT_EQ(starts(), 2U);
  options.program += "-beside";
  ASSERT_TRUE(os::write_file_atomically(options.program, text, 0755));
  run();
  EXPECT_EQ(starts(), 3U);
}

// It reads its files after they were hashed.
TEST_F(FakeCppcheck, AFileThatChangesMeanwhileIsNotKept) {
  options.cache = folder / "cache";
  write("c.c", "#include \"late.h\"\n");
  use_fake(fmt::format("echo 'int changed;' > '{0}/a.c'; echo > '{0}/late.h'; empty", root));
  const auto first = run();
  EXPECT_THAT(outcomes(first), ElementsAre("a.c checked", "b.c checked", "c.c checked"));
  EXPECT_THAT(first.cache_trouble, HasSubstr("changed while it was checked"));
  use_fake("empty");  // of the same version, at the same place
  write("a.c", "int x;\n");
  ASSERT_EQ(::unlink((root + "/late.h").c_str()), 0);
  const auto second = run();
  EXPECT_FALSE(second.files[0].from_cache);
  EXPECT_TRUE(second.files[1].from_cache);
  EXPECT_FALSE(second.files[2].from_cache);
}

TEST_F(FakeCppcheck, FailuresAreNotKept) {
  options.cache = folder / "cache";
  files.resize(1);
  use_fake("exit 1");
  run();
  run();
  EXPECT_EQ(starts(), 2U);
}

TEST_F(FakeCppcheck, ACacheThatCannotBeWrittenIsSaidAndNothingElseIsLost) {
  ASSERT_TRUE(os::write_file_atomically(folder / "cache", "a file"));
  options.cache = folder / "cache";
  use_fake("empty");
  const auto report = run();
  EXPECT_THAT(outcomes(report), ElementsAre("a.c checked", "b.c checked", "c.c checked"));
  EXPECT_THAT(report.cache_trouble, HasSubstr("cache"));
}

TEST_F(FakeCppcheck, AFileWhoseHeadersAreNotKnownIsNeverKept) {
  options.cache = folder / "cache";
  write("a.c", "#define H \"h.h\"\n#include H\n");
  use_fake("empty");
  run();
  run();
  EXPECT_EQ(starts(), 3U);  // a.c alone and the two others together; then a.c
}

TEST_F(FakeCppcheck, FactsAboutItselfAreNotesAndNotFindings) {
  files.resize(1);
  use_fake(R"(start root/a.c; top; cat >&2 <<'XML'
<error id="missingInclude" severity="information" msg="no header" file0="root/a.c"><location file="root/a.c" line="2" column="0"/></error>
<error id="unmatchedSuppression" severity="information" msg="not matched"/>
<error id="uninitMemberVar" severity="warning" inconclusive="true" msg="not set" file0="root/a.c"><location file="root/a.c" line="1" column="1"/></error>
<error id="passedByValue" severity="performance" msg="slow" file0="root/a.c"><location file="root/a.c" line="1" column="1"/></error>
<error id="nullPointer" severity="error" msg="in the system" file0="root/a.c"><location file="/usr/include/x.h" line="1" column="1"/></error>
XML
end)");
  const auto report = run();
  ASSERT_THAT(places(report.findings),
              ElementsAre("cppcheck.passedByValue a.c:1", "cppcheck.uninitMemberVar a.c:1"));
  EXPECT_EQ(report.findings[0].severity, model::Severity::note);
  EXPECT_EQ(report.findings[1].confidence, model::Confidence::low);
  ASSERT_THAT(report.notes, SizeIs(3));
  EXPECT_EQ(report.notes[0].path, "/usr/include/x.h");
  EXPECT_EQ(report.files[0].outcome, CppcheckOutcome::checked);
}

TEST_F(FakeCppcheck, TextIsPrintableAndNumbersAreBounded) {
  files.resize(1);
  use_fake(fmt::format(R"(start root/a.c; top; cat >&2 <<'XML'
<error id="id{0}" severity="error" msg="two&#10;lines, &#x202e;turned {0}" cwe="{1}" file0="root/a.c"><location file="root/a.c" line="1" column="4000000000" info="&#x202e;"/><location file="root/a.c" line="4000000000" column="1"/></error>
XML
end)",
                       std::string(3000, 'x'), std::string(3000, '7')));
  const auto report = run();
  ASSERT_THAT(report.findings, SizeIs(1));
  const auto& finding = report.findings[0];
  EXPECT_LT(finding.rule.size(), 150U);
  EXPECT_LT(finding.message.size(), 1100U);
  EXPECT_THAT(finding.message, testing::StartsWith("two lines, \\u{202e}turned x"));
  EXPECT_THAT(finding.cwe, IsEmpty());
  EXPECT_EQ(finding.flow[1].what, "\\u{202e}");
}

TEST(CppcheckCacheTest, WhatWasUsedLongestAgoMakesRoom) {
  const auto folder = os::TemporaryDirectory::create().value();
  const CppcheckCache cache(folder.path(), 256 * 40'960);  // ten blocks of a disk for each part
  // Keys of one part.
  std::vector<std::string> keys;
  for (int i = 0; keys.size() < 30; ++i) {
    const std::string key = hash_parts({std::to_string(i)});
    if (key.substr(0, 2) == "00") keys.push_back(key);
  }
  const auto part = [&] { return os::list_directory(folder / "00").value().size(); };
  for (const auto& key : keys) {
    ASSERT_TRUE(cache.keep(key, {}));
    EXPECT_TRUE(cache.find(keys[0])) << "it is used all the time";
    EXPECT_LE(part(), 10U);
  }
  EXPECT_GE(part(), 5U);
  EXPECT_FALSE(cache.find(keys[1]));
  EXPECT_TRUE(cache.find(keys[29]));
  // One that is larger than its part is not kept, and costs no other its place.
  CppcheckMessage large;
  large.text = std::string(50'000, 'x');
  const std::size_t before = part();
  ASSERT_TRUE(cache.keep(keys[2], {large}));
  EXPECT_FALSE(cache.find(keys[2]));
  EXPECT_EQ(part(), before);
}

TEST_F(FakeCppcheck, NoFilesNeedNoStart) {
  use_fake("empty");
  files.clear();
  EXPECT_THAT(run().files, IsEmpty());
  EXPECT_EQ(starts(), 0U);
}

TEST_F(FakeCppcheck, WhatTheProjectExcludesIsSaidToBe) {
  use_fake("empty");
  options.settings.excluded = {"b.c"};
  EXPECT_THAT(outcomes(run()), ElementsAre("a.c checked", "b.c excluded", "c.c checked"));
}

}  // namespace
}  // namespace fleet::analysis
