#include "analysis/cppcheck_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CppcheckSettings, SuppressionsAreLinesAndWhatIsNoneIsSaid) {
  CppcheckSettings settings;
  add_suppressions("// ours\n\nmemleak\r\n*:third/*\nuninitvar:a.c:7 # why\nnot one\n1id\nlast:x.c // why",
                   "list", settings);
  EXPECT_THAT(settings.suppressions, ElementsAre("memleak", "*:third/*", "uninitvar:a.c:7", "last:x.c"));
  EXPECT_THAT(settings.remarks, ElementsAre(HasSubstr("list:6: `not one`"), HasSubstr("list:7: `1id`")));
}

TEST(CppcheckSettings, AProjectFileIsHonouredExceptForWhatWouldRunPrograms) {
  CppcheckSettings settings;
  const auto read = add_project_file(R"(<?xml version="1.0" encoding="UTF-8"?>
<project version="1">
  <!-- ours -->
  <platform>unix64</platform>
  <includedir><dir name="include/"/></includedir>
  <defines><define name="A=1"/></defines>
  <undefines><undefine>B</undefine></undefines>
  <exclude><path name="third/"/></exclude>
  <libraries><library>posix</library><library>evil/lib.cfg</library></libraries>
  <suppressions>
    <suppression>memleak</suppression>
    <suppression fileName="a.c" lineNumber="3">uninitvar</suppression>
    <suppression symbolName="x">nullPointer</suppression>
  </suppressions>
  <addons><addon>./run-me.py</addon></addons>
  <tools><tool>clang-tidy</tool></tools>
</project>)",
                                     "/checkout", "p.cppcheck", settings);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(settings.platform, "unix64");
  EXPECT_THAT(settings.everywhere.includes, ElementsAre("include"));
  EXPECT_THAT(settings.everywhere.defines, ElementsAre("A=1"));
  EXPECT_THAT(settings.everywhere.undefines, ElementsAre("B"));
  EXPECT_THAT(settings.excluded, ElementsAre("third"));
  EXPECT_THAT(settings.libraries, ElementsAre("posix"));
  EXPECT_THAT(settings.suppressions, ElementsAre("memleak", "uninitvar:a.c:3"));
  EXPECT_THAT(settings.remarks, ElementsAre(HasSubstr("evil/lib.cfg"), HasSubstr("nullPointer"),
                                            HasSubstr("run-me.py"), HasSubstr("clang-tidy")));
}

TEST(CppcheckSettings, AProjectFileThatIsNoneIsAnError) {
  CppcheckSettings settings;
  const auto read = [&](const std::string& xml) {
    return add_project_file(xml, "/r", "p.cppcheck", settings).error().message();
  };
  EXPECT_THAT(read("<project>"), HasSubstr("cannot read p.cppcheck: it is no XML"));
  EXPECT_THAT(read("<!DOCTYPE x [<!ENTITY a SYSTEM \"/etc/passwd\">]><project>&a;</project>"),
              HasSubstr("document type"));
  std::string deep;
  for (int i = 0; i < 1000; ++i)
    deep += "<a>";
  for (int i = 0; i < 1000; ++i)
    deep += "</a>";
  EXPECT_THAT(read(deep), HasSubstr("nested deeper than 64"));
}

TEST(CppcheckSettings, AreFoundInTheFolder) {
  const auto folder = os::TemporaryDirectory::create().value();
  EXPECT_THAT(find_cppcheck_settings(folder.path())->read, IsEmpty());
  ASSERT_TRUE(os::write_file_atomically(folder / "suppressions.txt", "memleak\n"));
  ASSERT_TRUE(
      os::write_file_atomically(folder / "b.cppcheck", "<project><platform>unix32</platform></project>"));
  ASSERT_TRUE(os::write_file_atomically(folder / "c.cppcheck", "<project/>"));
  ASSERT_TRUE(os::write_file_atomically(folder / "compile_commands.json", "[]"));
  const auto settings = find_cppcheck_settings(folder.path());
  ASSERT_TRUE(settings) << settings.error().message();
  EXPECT_THAT(settings->read, ElementsAre("b.cppcheck", "suppressions.txt", "compile_commands.json"));
  EXPECT_THAT(settings->suppressions, ElementsAre("memleak"));
  EXPECT_THAT(settings->remarks, ElementsAre(HasSubstr("c.cppcheck")));
  ASSERT_TRUE(os::write_file_atomically(folder / "compile_commands.json", "{"));
  EXPECT_THAT(find_cppcheck_settings(folder.path()).error().message(), HasSubstr("compile_commands.json"));
}

TEST(CompileCommands, FlagsComeFromCommandsAndArguments) {
  const auto commands = read_compile_commands(R"([
    {"directory": "/checkout/build", "file": "../src/a.c",
     "command": "cc -I../include -I /opt/x -isystem /usr/include -D A -DB=\"two words\" -DC=\\\"s\\\" -UD -std=gnu99 -include pre.h -o a.o -c ../src/a.c"},
    {"directory": "/checkout", "file": "src/b.cc", "arguments": ["c++", "-iquote", "src", "-DX='", "src/b.cc"]},
    {"directory": "/checkout", "file": "src/b.cc", "arguments": ["c++", "-DLATER"]},
    {"directory": "/elsewhere", "file": "c.c", "command": "cc c.c"}])",
                                              "/checkout", "cc.json");
  ASSERT_TRUE(commands) << commands.error().message();
  ASSERT_EQ(commands->files.size(), 2U);
  const auto& a = commands->files.at("src/a.c");
  EXPECT_THAT(a.includes, ElementsAre("include", "/opt/x"));
  EXPECT_THAT(a.defines, ElementsAre("A", "B=two words", "C=\"s\""));
  EXPECT_THAT(a.undefines, ElementsAre("D"));
  EXPECT_THAT(a.included, ElementsAre("build/pre.h"));
  EXPECT_EQ(a.standard, "gnu99");
  const auto& b = commands->files.at("src/b.cc");
  EXPECT_THAT(b.includes, ElementsAre("src"));
  EXPECT_THAT(b.defines, ElementsAre("X='"));
  EXPECT_EQ(commands->outside, 1U);
}

TEST(CompileCommands, WhatIsWrongIsSaid) {
  const auto error = [](const std::string& json) {
    return read_compile_commands(json, "/r", "cc.json").error().message();
  };
  EXPECT_THAT(error("{}"), HasSubstr("cannot read cc.json: it is no list"));
  EXPECT_THAT(error(R"([{"file":"a.c","command":"cc"},{"file":"b.c"}])"), HasSubstr("/1: a command has"));
  EXPECT_THAT(error(R"([{"file":"a.c","arguments":[1]}])"), HasSubstr("/0"));
}

TEST(CompileCommands, PathsAreNamedFromTheRoot) {
  EXPECT_EQ(path_below("/r", "/r/b", "../a.c"), "a.c");
  EXPECT_EQ(path_below("/r/", "sub", "a.c"), "sub/a.c");
  EXPECT_EQ(path_below("/r", "/r", "/rest/a.c"), "/rest/a.c");
  EXPECT_EQ(path_below("/r", "/r", "../a.c"), "/a.c");
  EXPECT_EQ(path_below("/r", "/r", "."), ".");
  EXPECT_EQ(path_below("/r", "/r", "/r/"), ".");
}

}  // namespace
}  // namespace fleet::analysis
