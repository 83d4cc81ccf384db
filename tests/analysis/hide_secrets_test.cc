#include "analysis/hide_secrets.h"

#include <gtest/gtest.h>

#include <string>

#include "analysis/analyzer.h"
#include "analysis/rules_fixture.h"

namespace fleet::analysis {
namespace {

// Put together, so that no scanner takes this file for one that holds a token.
const std::string kToken = std::string("ghp_") + "16C7e42F292c6912E7710c838347Ae178B4a";

TEST(WithoutSecrets, leaves_what_is_no_part_of_it) {
  EXPECT_EQ(without_secrets("a secret-value b", {"secret-value"}), "a *** b");
  EXPECT_EQ(without_secrets("a secret-v...", {"secret-value"}), "a ***...");
  EXPECT_EQ(without_secrets("...ret-value b", {"secret-value"}), "...*** b");
  EXPECT_EQ(without_secrets("secret", {"secret-value"}), "secret");
  EXPECT_EQ(without_secrets("pass word pass", {"pass"}), "*** word ***");
  EXPECT_EQ(without_secrets("abc abc", {"abc"}), "abc abc") << "too short to be told from other text";
  EXPECT_EQ(without_secrets("", {"secret-value"}), "");
  EXPECT_EQ(without_secrets("one-valueother-value", {"one-value", "other-value"}), "***");
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
