#include "analysis/duplicate_findings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace fleet::analysis {
namespace {

using Content = std::map<std::string, std::string>;

std::string block(const std::string& name) {
  std::string out = "def " + name + "(a):\n";
  for (int i = 0; i < 12; ++i)
    out += fmt::format("    b{} = a * {} + first(a, {})\n", i, i, i + 1);
  return out + "    return b1\n\n\n";
}

DuplicateReport look(const Content& content, const std::set<std::string>& asked) {
  Files files;
  for (const auto& [path, text] : content)
    files.paths.push_back(path);
  files.read = [&content](const std::string& path) -> Result<std::string> { return content.at(path); };
  return find_duplicates(files, {}, [&](const std::string& path) { return asked.contains(path); });
}

TEST(DuplicateFindings, are_told_at_every_place_but_one) {
  const Content content{{"a.py", block("f")}, {"b.py", "x = 1\n\n\n" + block("f")}, {"c.py", block("f")}};
  const DuplicateReport report = look(content, {"a.py", "b.py", "c.py"});
  EXPECT_FALSE(report.reported.findings.contains("a.py"));
  ASSERT_EQ(report.reported.findings.at("b.py").size(), 1u);
  const model::Finding& finding = report.reported.findings.at("b.py").front();
  EXPECT_EQ(finding.rule, kDuplicate);
  EXPECT_EQ(finding.severity, model::Severity::note);
  EXPECT_EQ(finding.at.line, 4u);
  EXPECT_EQ(finding.message, "14 lines are the same as those at a.py:1, and at 1 more place");
  EXPECT_GT(report.percentage, 80);
}

TEST(DuplicateFindings, of_a_change_point_to_what_was_there) {
  // The first place in the order of files is the changed one: what is new is told all the same.
  const Content content{{"a.py", block("f")}, {"old.py", block("f")}};
  const DuplicateReport report = look(content, {"a.py"});
  ASSERT_EQ(report.reported.findings.size(), 1u);
  EXPECT_EQ(report.reported.findings.at("a.py").front().message,
            "14 lines are the same as those at old.py:1");
  EXPECT_TRUE(look(content, {}).reported.findings.empty());
}

TEST(DuplicateFindings, are_not_looked_for_in_what_is_no_source) {
  const Content content{{"a.py", block("f")}, {"node_modules/b.py", block("f")}, {"c.txt", block("f")}};
  EXPECT_TRUE(look(content, {"a.py", "node_modules/b.py", "c.txt"}).reported.findings.empty());
}

}  // namespace
}  // namespace fleet::analysis
