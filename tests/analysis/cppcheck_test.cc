#include "analysis/cppcheck.h"

#include <sys/stat.h>
#include <unistd.h>

#include "analysis/cppcheck_running.h"
#include "os/run_program.h"

// cppcheck itself, on small sources with known faults.
namespace fleet::analysis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

struct RealCppcheck : CppcheckTest {
  void SetUp() override {
    // It is the bundled analyser: .ci/install-packages brings it, and where it lacks nothing was tested.
    ASSERT_TRUE(os::executable_on_path("cppcheck", options.path_variable))
        << "cppcheck is not installed: .ci/install-packages test";
  }
};

const std::string kNull = "int null_one(void) {\n  int *p = 0;\n  return *p;\n}\n";
const std::string kUninitialised = "int uninit_one(void) {\n  int x;\n  return x;\n}\n";
const std::string kLeak =
    "#include <stdlib.h>\nvoid leak_one(void) {\n  char *m = malloc(3);\n  m[0] = 1;\n}\n";
const std::string kBounds = "int bounds_one(void) {\n  int a[3] = {0};\n  return a[3];\n}\n";
const std::string kClean = "int add(int a, int b) {\n  return a + b;\n}\n";

TEST_F(RealCppcheck, FindsKnownFaultsAndNoneInCleanCode) {
  add("null.c", kNull);
  add("src/uninitialised.c", kUninitialised);
  add("leak.c", kLeak);
  add("bounds.c", kBounds);
  add("clean.c", kClean);
  const auto report = run();
  EXPECT_THAT(places(report.findings),
              ElementsAre("cppcheck.arrayIndexOutOfBounds bounds.c:3", "cppcheck.memleak leak.c:5",
                          "cppcheck.nullPointer null.c:3", "cppcheck.uninitvar src/uninitialised.c:3"));
  EXPECT_THAT(outcomes(report), Contains("clean.c checked"));
  EXPECT_THAT(report.version, testing::StartsWith("2."));
  const auto& null = report.findings[2];
  EXPECT_EQ(null.tool, "cppcheck");
  EXPECT_EQ(null.severity, model::Severity::error);
  EXPECT_EQ(null.confidence, model::Confidence::high);
  EXPECT_EQ(null.message, "Null pointer dereference: p");
  EXPECT_THAT(null.cwe, ElementsAre("CWE-476"));
  EXPECT_EQ(null.at, (model::Region{3, 11, 3, 12}));
  ASSERT_THAT(null.flow, SizeIs(2));  // from the cause to where it does harm
  EXPECT_EQ(null.flow[0].at.line, 2U);
  EXPECT_THAT(null.flow[0].what, HasSubstr("Assignment"));
  EXPECT_EQ(null.flow[1].at.line, 3U);
}

TEST_F(RealCppcheck, KnowsTheMacrosOfLibrariesWhoseHeadersAreRead) {
  const std::string test = "TEST(A, b) {\n  int x;\n  EXPECT_EQ(x, 1) << \"a\";\n}\n";
  add("direct.cc", "#include <gtest/gtest.h>\n" + test);
  add("support.h", "#include <gmock/gmock.h>\n");
  add("through_a_header.cc", "#include \"support.h\"\n" + test);
  EXPECT_THAT(places(run().findings),
              ElementsAre("cppcheck.uninitvar direct.cc:4", "cppcheck.uninitvar through_a_header.cc:4"));
}

TEST_F(RealCppcheck, CountsColumnsInCharacters) {
  add("a.c", "int f(void) { int x; /* \xc3\xa4\xc3\xb6 */ return x; }\n");
  const auto report = run();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].at, (model::Region{1, 38, 1, 39}));
}

TEST_F(RealCppcheck, BatchesInParallelFindTheSameAsOneAtATime) {
  write("shared.h", "static int shared(void) { int z; return z; }\n");
  for (int i = 0; i < 12; ++i) {
    const std::string header = i % 3 == 0 ? "#include \"shared.h\"\n" : "";
    add(fmt::format("s{}.c", i), header + (i % 2 == 0 ? kNull : kLeak));
  }
  // Only to be seen with both: whether they are in one batch must not count.
  write("target.h", "void target(int *p);\n");
  add("defines.c", "#include \"target.h\"\nvoid target(int *p) { *p = 1; }\n");
  add("calls.c", "#include \"target.h\"\nvoid call(void) { int *p = 0; target(p); }\n");
  options.batch = 1;
  const auto one_by_one = run();
  EXPECT_EQ(one_by_one.starts, files.size());
  options.batch = 5;
  options.at_once = 3;
  const auto batches = run();
  options.batch = 100;
  options.at_once = 1;
  const auto together = run();
  EXPECT_LT(together.starts, files.size());
  ASSERT_THAT(places(one_by_one.findings), Contains("cppcheck.uninitvar shared.h:1"));
  EXPECT_THAT(places(batches.findings), ElementsAreArray(places(one_by_one.findings)));
  EXPECT_THAT(places(together.findings), ElementsAreArray(places(one_by_one.findings)));
}

// cppcheck says what it finds in a header for the first file only.
TEST_F(RealCppcheck, WhatIsFoundInAHeaderIsKeptForEachFileThatReadsIt) {
  options.cache = folder / "cache";
  write("shared.h", "static int shared(void) { int z; return z; }\n");
  add("a.c", "#include \"shared.h\"\n");
  add("b.c", "#include \"shared.h\"\n");
  const std::string found = "cppcheck.uninitvar shared.h:1";
  ASSERT_THAT(places(run().findings), ElementsAre(found));
  write("a.c", kClean);
  const auto without_a = run();
  EXPECT_TRUE(without_a.files[1].from_cache);
  EXPECT_THAT(places(without_a.findings), ElementsAre(found));
  write("b.c", kClean);
  EXPECT_THAT(run().findings, IsEmpty());
}

TEST_F(RealCppcheck, TakesNamesAsHostileAsTheyCome) {
  write("we\"ird/shared.h", "static int shared(void) { int z; return z; }\n");
  const std::vector<std::string> names{"-x.c",          "--version",   "a b.c",   "new\nline.c",
                                       "back\\slash.c", "quo\"te's.c", "st*r?.c", "bad\xff.c",
                                       "\xc3\xa4.c",    "no-extension"};
  for (const auto& name : names)
    add(name, kNull);
  add("we\"ird/nested.c", "#include \"shared.h\"\n");
  const auto report = run();
  std::vector<std::string> found, expected;
  for (const auto& finding : report.findings)
    found.push_back(finding.rule + " " + finding.path);
  for (const auto& name : names)
    expected.push_back("cppcheck.nullPointer " + name);
  expected.emplace_back("cppcheck.uninitvar we\"ird/shared.h");
  EXPECT_THAT(found, testing::UnorderedElementsAreArray(expected));
  for (const auto& file : report.files)
    EXPECT_EQ(file.outcome, CppcheckOutcome::checked) << file.path << ": " << file.why;
}

TEST_F(RealCppcheck, TakesTheLanguageItIsGiven) {
  const std::string text = "class A { public: int f() { int *p = 0; return *p; } };\n";
  add("a.h", text, CppLanguage::cpp);
  add("b.h", kNull, CppLanguage::c);
  EXPECT_THAT(places(run().findings),
              ElementsAre("cppcheck.nullPointer a.h:1", "cppcheck.nullPointer b.h:3"));
}

TEST_F(RealCppcheck, WhatItDoesNotUnderstandIsNoFindingAndNeverClean) {
  add("broken.c", "int f( { x y\n");
  add("nul.c", std::string("int a;\n\0\0", 9));
  add("binary.c", "\x01\xff\xfe");
  add("good.c", kClean);
  const auto report = run();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_THAT(outcomes(report), ElementsAre("broken.c not-understood", "nul.c not-understood",
                                            "binary.c not-understood", "good.c checked"));
  EXPECT_THAT(report.files[0].why, HasSubstr("cppcheck stopped at broken.c:1"));
  EXPECT_THAT(report.notes, SizeIs(testing::Ge(2)));
}

TEST_F(RealCppcheck, HonoursSuppressionsOfTheProjectAndInTheCode) {
  add("null.c", kNull);
  add("third/null.c", kNull);
  add("inline.c", "int f(void) {\n  int *p = 0;\n  // cppcheck-suppress nullPointer\n  return *p;\n}\n");
  write(".cppcheck-suppressions", "# ours\nnullPointer:third/*\nthis is none\n");
  options.settings = find_cppcheck_settings(root).value();
  EXPECT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer null.c:3"));
  EXPECT_THAT(options.settings.remarks.list(), ElementsAre(HasSubstr(".cppcheck-suppressions:3")));
}

// Which lines cppcheck starts with is what it says itself, for lines as people write them and worse.
TEST_F(RealCppcheck, TheSuppressionsThatAreTakenAreThoseThatItStartsWith) {
  add("null.c", kNull);
  const std::vector<std::string> parts{"*",  "**",  "?",  "a", "null?", "null*", "nullPointer",
                                       "9a", "a.b", "-x", "_", "a b",   ""};
  const std::vector<std::string> places{"",       ":",         "::3",      ":a.c", ":*",
                                        ":**",    ":a/**/b.c", ":a*?b",    ":??",  ":?x?.c:3",
                                        ":*.c:x", ":sp ace.c", ":a.c # c", "#c",   "//c"};
  for (const auto& part : parts) {
    for (const auto& place : places) {
      options.settings = {};
      add_suppressions(part + place, "list", options.settings);
      const bool is_taken = !options.settings.suppressions.empty();
      if (!is_taken && (part.empty() || part + place == "a b//c")) continue;  // empty, or a comment
      ASSERT_TRUE(os::write_file_atomically(folder / "list", part + place + "\n"));
      auto spec = os::ProcessSpec{};
      spec.argv = {*os::executable_on_path("cppcheck", options.path_variable),
                   "--suppressions-list=" + (folder / "list"), root + "/null.c"};
      spec.time_limit = std::chrono::seconds(20);
      const auto finished = os::run_program(std::move(spec), 4096);
      ASSERT_TRUE(finished);
      EXPECT_EQ(finished->end.exit_status == 0, is_taken) << part + place << ": " << finished->out;
    }
  }
}

TEST_F(RealCppcheck, SuppressionsNameFilesFromTheRoot) {
  add("null.c", kNull);
  add("a b/null.c", kNull);
  add("sub/deep/null.c", kNull);
  add("quo\"te/null.c", kNull);
  const auto left = [&](const std::string& line) {
    options.settings = {};
    add_suppressions(line, "list", options.settings);
    std::vector<std::string> paths;
    for (const auto& finding : run().findings)
      paths.push_back(finding.path);
    return paths;
  };
  EXPECT_THAT(left("nullPointer"), IsEmpty());
  EXPECT_THAT(left("nullPointer:null.c"), ElementsAre("a b/null.c", "quo\"te/null.c", "sub/deep/null.c"));
  EXPECT_THAT(left("nullPointer:*/null.c"), ElementsAre("null.c", "quo\"te/null.c"));
  EXPECT_THAT(left("*:./sub/../a b/null.c:3"), ElementsAre("null.c", "quo\"te/null.c", "sub/deep/null.c"));
  EXPECT_THAT(left("nullPointer:" + root + "/sub/*"), ElementsAre("a b/null.c", "null.c", "quo\"te/null.c"));
}

// Of what lies in its working folder cppcheck takes files with these names for its own.
TEST_F(RealCppcheck, TheProjectCannotPutLibrariesInItsWay) {
  add("leak.c", kLeak);
  for (const char* name :
       {"std.cfg", "posix.cfg", "cfg/std.cfg", "cfg/posix.cfg", "platforms/unix64.xml", "unix64.xml"})
    write(name, "<?xml version=\"1.0\"?>\n<def format=\"2\"></def>\n");
  options.settings.libraries = {"posix"};
  options.settings.platform = "unix64";
  EXPECT_THAT(places(run().findings), ElementsAre("cppcheck.memleak leak.c:5"));
}

TEST_F(RealCppcheck, ASourceThatLeadsOutOfTheProjectIsNotRead) {
  ASSERT_TRUE(os::write_file_atomically(folder / "outside.c", kNull));
  ASSERT_EQ(::symlink("../outside.c", (root + "/link.c").c_str()), 0);
  files.push_back({"link.c", CppLanguage::c});
  const auto report = run();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_THAT(outcomes(report), ElementsAre("link.c failed"));
  EXPECT_THAT(report.files[0].why, HasSubstr("leads out of"));
}

TEST_F(RealCppcheck, EmptyDefinesDoNotSwallowWhatFollows) {
  add("null.c", kNull);
  write(
      "compile_commands.json",
      fmt::format(
          R"([{{"directory":"{}","file":"null.c","arguments":["cc","-D","","-U","","-I","","-D","null.c"]}}])",
          root));
  options.settings = find_cppcheck_settings(root).value();
  EXPECT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer null.c:3"));
}

TEST_F(RealCppcheck, ReadsHeadersAndDefinesOfACompileDatabase) {
  write("include/api.h", "#define GET(p) *(p)\n");
  add("src/a.c", "#include <api.h>\n#ifdef WANTED\nint f(void) { int *p = 0; return GET(p); }\n#endif\n");
  EXPECT_THAT(run().findings, IsEmpty());
  write("build/compile_commands.json", fmt::format(R"([{{"directory":"{0}/build","file":"../src/a.c",
                          "command":"cc -DWANTED=1 -I../include -isystem /usr/include -std=gnu17 -c ../src/a.c"}}])",
                                                   root));
  options.settings = find_cppcheck_settings(root).value();
  EXPECT_THAT(places(run().findings), ElementsAre("cppcheck.nullPointer src/a.c:3"));
}

TEST_F(RealCppcheck, AFileThatIsNotThereIsReportedAndTheOthersAreChecked) {
  add("null.c", kNull);
  files.push_back({"missing.c", CppLanguage::c});
  ASSERT_EQ(::mkfifo((root + "/pipe.c").c_str(), 0600), 0);
  files.push_back({"pipe.c", CppLanguage::c});
  const auto report = run();
  EXPECT_THAT(outcomes(report), ElementsAre("null.c checked", "missing.c failed", "pipe.c failed"));
  EXPECT_THAT(report.files[1].why, HasSubstr("No such file"));
  EXPECT_THAT(report.findings, SizeIs(1));
}

TEST_F(RealCppcheck, AFileThatIsGivenTwiceIsCheckedOnce) {
  add("null.c", kNull);
  files.push_back(files[0]);
  const auto report = run();
  EXPECT_EQ(report.starts, 1U);
  EXPECT_THAT(outcomes(report), ElementsAre("null.c checked", "null.c checked"));
  EXPECT_THAT(report.findings, SizeIs(1));
}

}  // namespace
}  // namespace fleet::analysis
