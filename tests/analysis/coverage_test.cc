#include "analysis/coverage.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fleet::analysis {
namespace {

using Lines = std::map<std::uint32_t, bool>;

Result<Coverage> read(const std::string& text, const std::set<std::string>& there = {"src/a.py", "b.c"}) {
  return read_coverage(text, "report", "/project",
                       [&](const std::string& path) { return there.contains(path); });
}

TEST(Coverage, reads_a_tracefile_of_lcov) {
  const auto coverage = read(
      "TN:\nSF:/project/src/"
      "a.py\nFN:1,f\nDA:1,1\nDA:2,0,checksum\nDA:1,0\nDA:3,-1\nLF:3\nLH:1\nend_of_record\n"
      "SF:b.c\r\nDA:7,18446744073709551616\r\nend_of_record\r\n"
      "SF:/usr/include/stdio.h\nDA:1,1\nend_of_record\n");
  ASSERT_TRUE(coverage) << coverage.error().message();
  ASSERT_EQ(coverage->files.size(), 2u);
  EXPECT_EQ(coverage->files.at("src/a.py"), (Lines{{1, true}, {2, false}, {3, false}}));
  EXPECT_EQ(coverage->files.at("b.c"), (Lines{{7, true}}));
  EXPECT_EQ(coverage->outside, 1u);
  EXPECT_EQ(coverage->of({"src/a.py", "b.c", "not/there.c"}).percentage(), 50);
  EXPECT_FALSE(coverage->of({"not/there.c"}).percentage());
}

TEST(Coverage, reads_coberturas_xml_with_its_document_type_and_sources) {
  const auto coverage = read(
      "<?xml version=\"1.0\" ?>\n"
      "<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>\n"
      "<coverage "
      "line-rate=\"0.5\"><sources><source>/elsewhere</source><source>/project/src</source></sources>"
      "<packages><package><classes><class name=\"a\" filename=\"a.py\">"
      "<methods><method name=\"f\"><lines><line number=\"2\" hits=\"0\"/></lines></method></methods>"
      "<lines><line number=\"1\" hits=\"3\"/><line number=\"2\" hits=\"0\"/></lines></class>"
      "<class name=\"gone\" filename=\"gone.py\"><lines><line number=\"1\" hits=\"1\"/></lines></class>"
      "</classes></package></packages></coverage>");
  ASSERT_TRUE(coverage) << coverage.error().message();
  EXPECT_EQ(coverage->files.at("src/a.py"), (Lines{{1, true}, {2, false}}));
  EXPECT_EQ(coverage->outside, 1u);
}

TEST(Coverage, reads_the_json_of_coverage_py) {
  const auto coverage = read(
      R"({"meta": {"version": "6.5.0"}, "files": {"src/a.py": {"executed_lines": [1, 4], "missing_lines": [2],
          "summary": {"percent_covered": 66.6}, "excluded_lines": []},
          "../outside.py": {"executed_lines": [1], "missing_lines": []}}, "totals": {}})");
  ASSERT_TRUE(coverage) << coverage.error().message();
  EXPECT_EQ(coverage->files.at("src/a.py"), (Lines{{1, true}, {2, false}, {4, true}}));
  EXPECT_EQ(coverage->files.size(), 1u);
}

TEST(Coverage, of_several_reports_adds_up) {
  auto all = read("SF:b.c\nDA:1,0\nDA:2,1\nend_of_record\n");
  const auto more = read("SF:b.c\nDA:1,4\nDA:3,0\nend_of_record\n");
  ASSERT_TRUE(all && more);
  all->add(*more);
  EXPECT_EQ(all->files.at("b.c"), (Lines{{1, true}, {2, true}, {3, false}}));
}

TEST(Coverage, is_an_error_that_says_what_is_wrong) {
  const auto why = [](const std::string& text) {
    const auto coverage = read(text);
    return coverage ? std::string("none") : coverage.error().why;
  };
  EXPECT_EQ(why(""), "it is no report of coverage that fleet knows");
  EXPECT_EQ(why("hello"), "it is no report of coverage that fleet knows");
  EXPECT_EQ(why("SF:b.c\nDA:x,1\n"), "line 2 is no line of a tracefile");
  EXPECT_EQ(why("TN:\nDA:1,1\n"), "line 2 is no line of a tracefile");
  EXPECT_EQ(why("SF:b.c\nDA:1\n"), "line 2 is no line of a tracefile");
  EXPECT_EQ(why("<html></html>"), "it is XML, but none of Cobertura's: there is no `coverage` in it");
  EXPECT_EQ(why("<coverage><class filename='b.c'>\n<line number='1' hits='many'/></class></coverage>"),
            "line 2: `line` needs the numbers `number` and `hits`");
  EXPECT_NE(why("<coverage>").find("line 1"), std::string::npos);
  // Its own entities could be made to blow up.
  EXPECT_NE(why("<!DOCTYPE coverage [<!ENTITY a 'b'>]><coverage/>"), "none");
  EXPECT_EQ(why("{}"), "it is JSON, but none of `coverage json`: there is no object `files` in it");
  EXPECT_EQ(why(R"({"files": {"b.c": {"executed_lines": [1]}}})"), "b.c: there is no list `missing_lines`");
  EXPECT_EQ(why(R"({"files": {"b.c": {"executed_lines": ["1"], "missing_lines": []}}})"),
            "b.c: `executed_lines` holds no numbers");
  EXPECT_EQ(why(R"({"files": {"b.c": 3}})"), "b.c: there is no list `executed_lines`");
  EXPECT_NE(why("{\"files\": "), "none");
}

}  // namespace
}  // namespace fleet::analysis
