#include "analysis/hide_secrets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis/analyzer.h"
#include "analysis/rules_fixture.h"

namespace fleet::analysis {
namespace {

// Put together, so that no scanner takes this file for one that holds a token.
const std::string kToken = std::string("ghp_") + "16C7e42F292c6912E7710c838347Ae178B4a";

std::string without(const std::string& text, const std::vector<std::string>& values) {
  std::vector<ValuePlace> places;
  for (const std::string& value : values)
    places.push_back({0, 0, value});
  return HiddenSecrets("", places).without(text);
}

TEST(HiddenSecrets, LeavesWhatIsNoPartOfThem) {
  EXPECT_EQ(without("a secret-value b", {"secret-value"}), "a *** b");
  EXPECT_EQ(without("a secret-v...", {"secret-value"}), "a ***...");
  EXPECT_EQ(without("...ret-value b", {"secret-value"}), "...*** b");
  EXPECT_EQ(without("secret", {"secret-value"}), "secret");
  EXPECT_EQ(without("pass word pass", {"pass"}), "*** word ***");
  EXPECT_EQ(without("a hunter2 b", {"hunter2"}), "a *** b");
  EXPECT_EQ(without("abc abc", {"abc"}), "abc abc") << "too short to be told from other text";
  EXPECT_EQ(without("", {"secret-value"}), "");
  EXPECT_EQ(without("one-valueother-value", {"one-value", "other-value"}), "***");
  EXPECT_EQ(without("a b", {}), "a b");
}

TEST(HiddenSecrets, TakeLinearTime) {
  std::vector<std::string> values;
  for (int i = 0; i < 2000; ++i)
    values.push_back(std::string(100, 'a') + std::to_string(i) + std::string(100, 'b'));
  EXPECT_EQ(without(std::string(2'000'000, 'a'), values), "***");
}

TEST(HideSecrets, in_what_rules_show_of_their_lines) {
  const Analyzer analyzer(built_in_rule_set(), SecretScanner::built_in());
  const std::string half = kToken.substr(0, 20), other_half = kToken.substr(20);
  for (const std::string& argument : {"\"" + kToken + "\"", "\"" + half + "\" \"" + other_half + "\"",
                                      std::string(120, ' ') + "\"" + kToken + "\""}) {
    const std::string source = "def f(request):\n    eval(" + argument + " + request)\n";
    const FileAnalysis analysis = analyzer.analyze("a.py", source);
    bool has_eval = false, has_secret = false;
    for (const model::Finding& finding : analysis.findings) {
      has_eval = has_eval || finding.rule == "python.eval";
      has_secret = has_secret || finding.rule.starts_with("secrets.");
      for (const std::string* shown : {&finding.message, &finding.excerpt}) {
        EXPECT_EQ(shown->find(kToken.substr(8, 8)), std::string::npos) << finding.rule << ": " << *shown;
        EXPECT_EQ(shown->find(other_half), std::string::npos) << finding.rule << ": " << *shown;
      }
    }
    EXPECT_TRUE(has_eval) << source;
    EXPECT_TRUE(has_secret) << source;
  }
}

// Once it is given to a name, which tells what it is; then it stands alone.
TEST(HideSecrets, wherever_else_their_values_stand) {
  const Analyzer analyzer(built_in_rule_set(), SecretScanner::built_in());
  const std::string password = std::string("Tr0ub4dor") + "&3xQ";
  const std::string source =
      "password = \"" + password + "\"\n\n\ndef f(request):\n    eval(login(\"" + password + "\"))\n";
  const FileAnalysis analysis = analyzer.analyze("a.py", source);
  EXPECT_GE(analysis.findings.size(), 2u);
  for (const model::Finding& finding : analysis.findings)
    EXPECT_EQ((finding.message + finding.excerpt).find(password), std::string::npos) << finding.excerpt;
}

TEST(HideSecrets, whatever_a_rule_or_tool_is_called) {
  const Analyzer analyzer(built_in_rule_set(), SecretScanner::built_in());
  model::Finding finding;
  finding.rule = "secrets.github-token";
  finding.tool = "secrets";
  finding.path = "a.py";
  finding.at = {1, 1, 1, 5};
  finding.message = finding.symbol = "found " + kToken;
  finding.flow = {{"a.py", {1, 1, 1, 5}, "read " + kToken}};
  const FileAnalysis analysis = analyzer.analyze("a.py", "t = \"" + kToken + "\"\n", {}, {}, {finding});
  for (const model::Finding& each : analysis.findings) {
    EXPECT_EQ((each.message + each.excerpt + each.symbol).find(kToken), std::string::npos) << each.tool;
    for (const model::FlowStep& step : each.flow)
      EXPECT_EQ(step.what, "read ***");
  }
}

TEST(HideSecrets, also_where_not_all_was_searched_for_them) {
  const Analyzer analyzer(built_in_rule_set(), SecretScanner::built_in());
  std::string source;
  for (int i = 0; i < 2200; ++i)
    source += "x = eval(\"" + kToken.substr(0, 36) + std::to_string(1000 + i) + "\")\n";
  const FileAnalysis analysis = analyzer.analyze("a.py", source);
  for (const model::Finding& finding : analysis.findings) {
    if (finding.rule == "python.eval") {
      EXPECT_EQ(finding.excerpt, "");
    }
    EXPECT_EQ((finding.message + finding.excerpt).find(kToken.substr(4, 20)), std::string::npos);
  }
}

TEST(HideSecrets, also_in_what_other_tools_say) {
  const Analyzer analyzer(built_in_rule_set(), SecretScanner::built_in());
  model::Finding finding;
  finding.rule = "other.rule";
  finding.tool = "other";
  finding.path = "a.py";
  finding.at = {1, 1, 1, 5};
  finding.message = "the literal " + kToken + " is long";
  const FileAnalysis analysis = analyzer.analyze("a.py", "t = \"" + kToken + "\"\n", {}, {}, {finding});
  ASSERT_EQ(analysis.findings.size(), 2u);
  for (const model::Finding& each : analysis.findings) {
    if (each.rule != "other.rule") continue;
    EXPECT_EQ(each.message, "the literal *** is long");
    EXPECT_EQ(each.excerpt, "t = \"***\"");
  }
}

}  // namespace
}  // namespace fleet::analysis
