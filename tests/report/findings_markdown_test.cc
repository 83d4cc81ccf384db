#include "report/findings_markdown.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <numeric>

namespace fleet::report {
namespace {

using model::Finding;
using testing::HasSubstr;
using testing::Not;

Finding finding(std::string path, std::uint32_t line, model::Severity severity = model::Severity::error) {
  Finding out;
  out.rule = "python.eval";
  out.severity = severity;
  out.message = "Never `eval` @everyone <b>";
  out.path = std::move(path);
  out.at.line = line;
  out.cwe = {"CWE-95"};
  return out;
}

std::vector<std::size_t> all_of(const std::vector<Finding>& findings) {
  std::vector<std::size_t> which(findings.size());
  std::iota(which.begin(), which.end(), std::size_t{0});
  return which;
}

TEST(FindingsTable, HasTheWorstFirst) {
  const std::vector<Finding> findings{finding("a.py", 1, model::Severity::note), finding("b|c.py", 2)};
  const std::string table = to_table(findings, all_of(findings), 10'000);
  EXPECT_LT(table.find("`b\\|c.py:2`"), table.find("`a.py:1`"));
  EXPECT_THAT(table, Not(HasSubstr("@everyone")));
  EXPECT_THAT(table, Not(HasSubstr(" <b>")));
  EXPECT_THAT(table, Not(HasSubstr("no room")));
}

TEST(FindingsTable, NeverPassesItsLimitAndLosesNothing) {
  std::vector<Finding> findings;
  for (std::uint32_t i = 1; i <= 500; ++i)
    findings.push_back(finding("app.py", i));
  for (const std::size_t limit : {0u, 100u, 400u, 1'000u, 20'000u, 200'000u}) {
    const std::string table = to_table(findings, all_of(findings), limit);
    EXPECT_LE(table.size(), limit);
    if (table.empty()) continue;
    std::size_t rows = 0;
    for (auto at = table.find("app.py:"); at != table.npos; at = table.find("app.py:", at + 1))
      ++rows;
    if (rows < findings.size()) {
      EXPECT_THAT(table, HasSubstr(fmt::format("_{} more find no room here", findings.size() - rows)));
    }
  }
  EXPECT_EQ(to_table(findings, {}, 10'000), "");
}

TEST(Remark, SaysWhyAndWhatToDo) {
  const model::RuleFacts rule{"python.eval",           "fleet", model::Severity::error,
                              model::Confidence::high, "",      "It runs <script>",
                              "Use `literal_eval`",    {},      ""};
  const std::string remark = to_remark(finding("a.py", 1), &rule);
  EXPECT_THAT(remark, HasSubstr("`python.eval`"));
  EXPECT_THAT(remark, HasSubstr("It runs"));
  EXPECT_THAT(remark, HasSubstr("literal"));
  EXPECT_THAT(remark, HasSubstr("CWE-95"));
  EXPECT_THAT(remark, Not(HasSubstr("<script>")));
  EXPECT_THAT(remark, Not(HasSubstr("@everyone")));
}

}  // namespace
}  // namespace fleet::report
