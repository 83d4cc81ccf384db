#include "analysis/cppcheck_settings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "os/files.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CppcheckSettings, SuppressionsAreLinesAndWhatIsNoneIsSaid) {
  CppcheckSettings settings;
  add_suppressions("// ours\n\nmemleak\r\n*:third/*\nuninitvar:a.c:7 # why\nnot one\n1id\nlast:x.c// why",
                   "list", settings);
  EXPECT_THAT(settings.suppressions, ElementsAre("memleak", "*:third/*", "uninitvar:a.c:7", "last:x.c"));
  EXPECT_THAT(settings.remarks.list(),
              ElementsAre(HasSubstr("list:6: `not one`"), HasSubstr("list:7: `1id`")));
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
  EXPECT_THAT(settings.remarks.list(), ElementsAre(HasSubstr("evil/lib.cfg"), HasSubstr("nullPointer"),
                                                   HasSubstr("run-me.py"), HasSubstr("clang-tidy")));
}

TEST(CppcheckSettings, AProjectFileThatIsNoneIsAnError) {
  CppcheckSettings settings;
  const auto read = [&](const std::string& xml) {
    return add_project_file(xml, "/r", "p.cppcheck", settings).error().message();
  };
  EXPECT_THAT(read("<project>"), HasSubstr("cannot read p.cppcheck: line 1: it is no XML"));
  EXPECT_THAT(read("<!DOCTYPE x [<!ENTITY a SYSTEM \"/etc/passwd\">]><project>&a;</project>"),
              HasSubstr("document type"));
  std::string deep;
  for (int i = 0; i < 1000; ++i)
    deep += "<a>";
  for (int i = 0; i < 1000; ++i)
    deep += "</a>";
  EXPECT_THAT(read(deep), HasSubstr("nested deeper than 64"));
}

TEST(CppcheckSettings, AnEmptyNameMeansNothing) {
  CppcheckSettings settings;
  ASSERT_TRUE(add_project_file(
      R"(<project><exclude><path name=""/><path/></exclude><includedir><dir/></includedir>
         <defines><define name=""/><define name="=1"/></defines><undefines><undefine> </undefine></undefines></project>)",
      "/r", "p.cppcheck", settings));
  EXPECT_THAT(settings.excluded, IsEmpty());
  EXPECT_EQ(settings.everywhere, CompileFlags{});
}

TEST(CppcheckSettings, ASymlinkOutOfTheProjectIsNotRead) {
  const auto folder = os::TemporaryDirectory::create().value();
  const std::string root = folder / "root";
  ASSERT_TRUE(os::make_directories(root + "/sub"));
  ASSERT_TRUE(os::make_directories(folder / "build"));
  ASSERT_TRUE(os::write_file_atomically(folder / "secret", "not one: a secret\n"));
  ASSERT_TRUE(os::write_file_atomically(folder / "build/compile_commands.json", "no json"));
  ASSERT_TRUE(os::write_file_atomically(root + "/sub/list", "memleak\n"));
  for (const auto& [to, name] :
       std::vector<std::pair<std::string, std::string>>{{"../secret", "suppressions.txt"},
                                                        {"../secret", "x.cppcheck"},
                                                        {"../build", "build"},
                                                        {"sub/list", ".cppcheck-suppressions"}})
    ASSERT_EQ(::symlink(to.c_str(), (root + "/" + name).c_str()), 0);
  const auto settings = find_cppcheck_settings(root);
  ASSERT_TRUE(settings) << settings.error().message();
  EXPECT_THAT(settings->read, ElementsAre(".cppcheck-suppressions"));
  EXPECT_THAT(settings->suppressions, ElementsAre("memleak"));
  EXPECT_THAT(settings->remarks.list(),
              ElementsAre(HasSubstr("suppressions.txt: not read"), HasSubstr("x.cppcheck: not read"),
                          HasSubstr("build/compile_commands.json: not read")));
}

TEST(CppcheckSettings, RemarksAndListsAreBounded) {
  CppcheckSettings settings;
  std::string lines;
  for (int i = 0; i < 50'000; ++i)
    lines += fmt::format("not \x1b[31m one {}{}\n", i, std::string(i == 0 ? 5000 : 0, 'x'));
  for (int i = 0; i < 20'000; ++i)
    lines += fmt::format("memleak:f{}.c\n", i);
  add_suppressions(lines, "list", settings);
  EXPECT_EQ(settings.suppressions.size(), 10'000U);
  const auto remarks = settings.remarks.list();
  ASSERT_EQ(remarks.size(), Remarks::kMaxRemarks + 1);
  EXPECT_EQ(remarks.back(), "49901 more remarks are left out");
  for (const auto& remark : remarks) {
    EXPECT_LT(remark.size(), 300U);
    EXPECT_EQ(remark.find('\x1b'), std::string::npos);
  }
}

TEST(CppcheckSettings, EachRemarkIsMadeOnce) {
  CppcheckSettings settings;
  const std::string xml = "<project><addons><addon>x</addon><addon>x</addon></addons></project>";
  ASSERT_TRUE(add_project_file(xml, "/r", "p.cppcheck", settings));
  EXPECT_THAT(settings.remarks.list(), ElementsAre(HasSubstr("`x` is a program")));
}

TEST(CppcheckSettings, ACommentMayNameADocumentType) {
  CppcheckSettings settings;
  const auto read = [&](const std::string& xml) {
    return add_project_file(xml, "/r", "p.cppcheck", settings);
  };
  EXPECT_TRUE(read("<?xml version='1.0'?><!-- no <!DOCTYPE x> --><project><!-- <!ENTITY --></project>"));
  EXPECT_TRUE(read(
      "<project><suppressions><suppression><![CDATA[<!DOCTYPE]]></suppression></suppressions></project>"));
  for (const std::string type :
       {"<!DOCTYPE x [<!ENTITY a \"b\">]>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'>"}) {
    EXPECT_FALSE(read(type + "<project/>")) << type;
    EXPECT_FALSE(read("\xef\xbb\xbf<?xml version='1.0'?><!-- a --><?pi ?>\n" + type + "<project/>")) << type;
    EXPECT_FALSE(read("<project/>" + type)) << type;
    EXPECT_FALSE(read("<project>" + type + "</project>")) << type;
  }
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
  EXPECT_THAT(settings->remarks.list(), ElementsAre(HasSubstr("c.cppcheck")));
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
  const auto& a = *commands->of("src/a.c");
  EXPECT_THAT(a.includes, ElementsAre("include", "/opt/x"));
  EXPECT_THAT(a.defines, ElementsAre("A", "B=two words", "C=\"s\""));
  EXPECT_THAT(a.undefines, ElementsAre("D"));
  EXPECT_THAT(a.included, ElementsAre("build/pre.h"));
  EXPECT_EQ(a.standard, "gnu99");
  const auto& b = *commands->of("src/b.cc");
  EXPECT_THAT(b.includes, ElementsAre("src"));
  EXPECT_THAT(b.defines, ElementsAre("X='"));
  EXPECT_EQ(commands->outside, 1U);
}

TEST(CompileCommands, OptionsThatOnlyLookLikeFlagsAreNone) {
  const auto commands = read_compile_commands(R"([
    {"file": "pch.cc", "command": "clang++ -Xclang -include-pch -Xclang pch.hxx.pch -Xclang -include -Xclang pch.hxx -c pch.cc"},
    {"file": "values.cc", "command": "c++ -MF -DNO -o -INO -isystem -INO -x c++ -I inc -D=3 -I- -Wp,-MMD,x.d,-DYES=1 values.cc"},
    {"file": "long.cc", "arguments": ["c++", "--std=c++17", "--define-macro=A", "--include-directory", "d", "-imacros", "m.h", "--include=i.h"]},
    {"file": "empty.cc", "arguments": ["c++", "-D", "", "-U", "", "-I", "", "-include", "", "-DN\u0000X", "-DLAST", "-D"]}])",
                                              "/r", "cc.json");
  ASSERT_TRUE(commands) << commands.error().message();
  EXPECT_EQ(*commands->of("pch.cc"), (CompileFlags{{}, {"pch.hxx"}, {}, {}, ""}));
  EXPECT_EQ(*commands->of("values.cc"), (CompileFlags{{"inc"}, {}, {"YES=1"}, {}, ""}));
  EXPECT_EQ(*commands->of("long.cc"), (CompileFlags{{"d"}, {"m.h", "i.h"}, {"A"}, {}, "c++17"}));
  // cppcheck would take the next argument for the value.
  EXPECT_EQ(*commands->of("empty.cc"), (CompileFlags{{}, {}, {"LAST"}, {}, ""}));
  EXPECT_EQ(commands->of("other.cc"), nullptr);
}

TEST(CompileCommands, FilesThatAreCompiledAlikeShareTheirFlags) {
  std::string json = "[";
  for (int i = 0; i < 3; ++i)
    json += fmt::format(R"({}{{"file":"{}.c","command":"cc -DA -c x"}})", i == 0 ? "" : ",", i);
  const auto commands = read_compile_commands(json + "]", "/r", "cc.json");
  ASSERT_TRUE(commands);
  EXPECT_EQ(commands->of("0.c"), commands->of("2.c"));
}

TEST(CompileCommands, WhatIsTooMuchIsAnErrorAndWhatIsUnknownIsPassedOver) {
  const auto why = [](const std::string& json) {
    const auto commands = read_compile_commands(json, "/r", "cc.json");
    return commands ? std::string() : commands.error().message();
  };
  EXPECT_EQ(why(R"([{"file":"a.c","command":"cc","more":[{"x":[1,null,"s"]}],"output":"a.o"}])"), "");
  EXPECT_THAT(why(R"([{"file":"a.c","command":")" + std::string(std::size_t{7} << 20, 'x') + "\"}]"),
              HasSubstr("/0: it is longer than"));
  std::string words = R"([{"file":"a.c","arguments":["")";
  for (int i = 0; i < 300'000; ++i)
    words += ",\"\"";
  EXPECT_THAT(why(words + "]}]"), HasSubstr("/0: it is longer than"));
  // Two bytes each, of which a tree of values would make a hundred.
  EXPECT_THAT(why("[" + std::string(10'000'000, '[')), HasSubstr("/0: it is no object"));
  std::string commands = "[";
  for (int i = 0; i < 40; ++i) {
    commands += fmt::format("{}{{\"file\":\"{}.c\",\"command\":\"cc", i == 0 ? "" : ",", i);
    for (int k = 0; k < 30'000; ++k)
      commands += fmt::format(" -D{}_{}", i, k);
    commands += "\"}";
  }
  EXPECT_THAT(why(commands + "]"), HasSubstr("more than 1000000 different flags"));
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
