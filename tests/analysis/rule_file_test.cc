#include "analysis/rule_file.h"

#include <gmock/gmock.h>

#include "analysis/rules_fixture.h"

namespace fleet::analysis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(RuleFile, ReadsAllThatARuleSays) {
  const std::string text =
      "rules:\n"
      "  - id: python.eval\n"
      "    languages: [python]\n"
      "    files: ['*.py', '!tests/']\n"
      "    message: m\n"
      "    why: w\n"
      "    fix: f\n"
      "    severity: error\n"
      "    confidence: low\n"
      "    category: bug\n"
      "    counts: dangerous-call\n"
      "    cwe: CWE-95\n"
      "    owasp: A03:2021\n"
      "    calls: [eval]\n"
      "    where:\n"
      "      - {argument: [0, 'opts.shell', any], is: not-literal}\n"
      "      - any: [{file-lacks: x}, {capture: $CALLEE, not-equals: [a, b]}]\n"
      "    examples: {match: [a], no-match: [b, c]}\n";
  const RuleSource source{"r.yml", text};
  const ReadRules read = read_rules({&source, 1});
  ASSERT_THAT(read.diagnostics, IsEmpty());
  const Rule& rule = read.rules.at(0);
  EXPECT_EQ(rule.severity, model::Severity::error);
  EXPECT_EQ(rule.confidence, model::Confidence::low);
  EXPECT_EQ(rule.category, Category::bug);
  EXPECT_EQ(rule.counts, Counts::dangerous_call);
  EXPECT_THAT(rule.cwe, ElementsAre("CWE-95"));
  EXPECT_THAT(rule.calls, ElementsAre("eval"));
  ASSERT_EQ(rule.where.size(), 2u);
  EXPECT_TRUE(rule.where[0].negated);
  EXPECT_EQ(
      rule.where[0].arguments,
      (std::vector<ArgumentName>{{0, "", ""}, {std::nullopt, "opts", "shell"}, {std::nullopt, "", ""}}));
  EXPECT_EQ(rule.where[1].of, Condition::Of::any_of);
  EXPECT_THAT(rule.where[1].any[1].texts, ElementsAre("a", "b"));
  EXPECT_EQ(rule.no_match.size(), 2u);
  EXPECT_EQ(rule.at, (model::Location{2, 9}));
}

TEST(RuleFile, SaysWhatIsWrongAtItsPlace) {
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    sevrity: note\n")),
              ElementsAre("12:5: unknown key `sevrity` in a rule"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    calls: [g]\n")),
              ElementsAre("12:5: the key `calls` is here twice"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    category: sekurity\n")),
              ElementsAre(StartsWith("12:15: `sekurity` is not one of: security, bug")));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    cwe: [78]\n")),
              ElementsAre("12:11: `78` is no id of a weakness"));
  EXPECT_THAT(wrong_with(rule_text("    calls:\n")), Contains("11:5: `calls` has no value"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f, f]\n")), ElementsAre("11:16: `f` is here twice"));
}

TEST(RuleFile, SaysWhatDoesNotCompile) {
  EXPECT_THAT(wrong_with(rule_text("    pattern: 'f(('\n")),
              ElementsAre(StartsWith("11:14: no pattern of python:")));
  EXPECT_THAT(wrong_with(rule_text("    regex: 'a(b'\n")), ElementsAre(HasSubstr("11:12: missing )")));
  EXPECT_THAT(wrong_with(rule_text("    query: '(no_such_kind) @x'\n")),
              ElementsAre(HasSubstr("there is no such kind of node in the language at line 1, column 2")));
  EXPECT_THAT(wrong_with(rule_text("    query: '((call) @x (#is? @x \"y\"))'\n")),
              ElementsAre(HasSubstr("the predicate `#is?` is not known")));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    files: ['[a']\n")), ElementsAre(HasSubstr("12:13:")));
}

TEST(RuleFile, SaysNothingThatTurnsATerminalOver) {
  for (const std::string lines :
       {"    regex: \"(\\e[31m\"\n", "    query: \"(\\e[31m)\"\n", "    pattern: \"f(\\e[31m\"\n",
        "    calls: [\"\\e[31m*\"]\n", "    category: \"\\e[31m\"\n"}) {
    const auto wrong = wrong_with(rule_text(lines));
    ASSERT_THAT(wrong, testing::Not(IsEmpty())) << lines;
    for (const std::string& each : wrong)
      EXPECT_EQ(each.find('\x1b'), std::string::npos) << lines;
  }
}

TEST(RuleFile, SaysWhatAConditionLacks) {
  EXPECT_THAT(wrong_with(rule_text("    pattern: f($X)\n    where: [{capture: $Y, is: literal}]\n")),
              ElementsAre("12:23: `$Y` is captured by nothing in this rule"));
  EXPECT_THAT(wrong_with(rule_text("    pattern: f($X)\n    where: [{capture: $X}]\n")),
              ElementsAre("12:13: the condition needs one test"));
  EXPECT_THAT(wrong_with(rule_text("    pattern: f($X)\n    where: [{is: literal}]\n")),
              ElementsAre("12:13: the condition does not say of what it is"));
  EXPECT_THAT(wrong_with(rule_text("    pattern: f($X)\n    where: [{argument: 0, is: literal}]\n")),
              ElementsAre("12:24: arguments are those of `calls`, which this rule has not"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    where: [{argument: 0, is: odd}]\n")),
              ElementsAre(StartsWith("12:31: `odd` is not one of: literal, built")));
}

TEST(RuleFile, SaysWhatARuleLacks) {
  EXPECT_THAT(wrong_with(rule_text("")), ElementsAre("2:5: the rule does not say what it looks for"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    pattern: f()\n")),
              ElementsAre("2:5: a rule looks in one way: patterns, calls, regex or query"));
  EXPECT_THAT(wrong_with("rules:\n  - {id: a.b, calls: [f]}\n"),
              ElementsAre("2:5: the rule has no `message`", "2:5: the rule has no `why`",
                          "2:5: the rule has no `fix`", "2:5: the rule has no `severity`",
                          "2:5: the rule has no `examples`", "2:5: the rule does not say where it looks",
                          "2:5: only a regex is looked for in files of no language"));
}

TEST(RuleFile, SaysWhatCanHaveNoEffect) {
  EXPECT_THAT(wrong_with(rule_text("    calls: ['*.', 'os.*', 'f()', a.b().c]\n")),
              ElementsAre("11:13: nothing that is called has the name `*.`",
                          "11:19: nothing that is called has the name `os.*`",
                          "11:27: nothing that is called has the name `f()`"));
  EXPECT_THAT(wrong_with(rule_text("    pattern: f()\n    patterns: [g()]\n")),
              ElementsAre(StartsWith("11:5: `pattern` and `patterns` say the same thing")));
  EXPECT_THAT(wrong_with(rule_text("    pattern: f($X)\n    where: [{capture: $X, is: present}]\n")),
              ElementsAre("12:13: what is captured is never present"));
  EXPECT_THAT(wrong_with(rule_text("    regex: (?P<X>a)\n    where: [{capture: $X, is: literal}]\n")),
              ElementsAre("12:13: a group of an expression is text, and `is` holds of none"));
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    in: text\n")),
              ElementsAre("12:5: `in` is for `regex`, which this rule has not"));
  const auto of_text = [](std::string_view lines) {
    std::string text = rule_text(lines);
    return wrong_with(text.replace(text.find("languages: [python]"), 19, "files: ['*.txt']"));
  };
  EXPECT_THAT(of_text("    regex: a\n    in: string\n"),
              ElementsAre("12:5: in files of no language no string is known"));
  EXPECT_THAT(of_text("    regex: a\n    where: [{not-inside: f()}]\n"),
              ElementsAre("12:13: in files of no language there is no code around"));
}

constexpr const char* kFacts =
    "sources:\n  - {group: mail, languages: [python], what: a letter, calls: [letter]}\n"
    "sanitizers:\n  - {group: read-twice, languages: [python], calls: [proofread]}\n";

TEST(RuleFile, ReadsWhatDataARuleFollows) {
  const std::string text = rule_text(
      "    calls: [f]\n    sources: [mail]\n    sanitizers: [read-twice]\n"
      "    where: [{argument: 0, is: tainted}]\n");
  EXPECT_THAT(wrong_with(text + kFacts), IsEmpty());
  EXPECT_THAT(wrong_with(text), ElementsAre(HasSubstr("there is no group `mail` of sources"),
                                            HasSubstr("there is no group `read-twice` of sanitizers")));
}

TEST(RuleFile, SaysWhatIsWrongWithTheDataThatIsFollowed) {
  EXPECT_THAT(wrong_with(rule_text("    calls: [f]\n    sources: [mail]\n") + kFacts),
              ElementsAre(HasSubstr("the rule follows no data")));
  EXPECT_THAT(wrong_with("sources: [{group: mail, languages: [python], what: a letter}]\n"),
              ElementsAre("1:11: the source names nothing"));
  EXPECT_THAT(wrong_with("sources: [{calls: [f]}]\n"), ElementsAre(HasSubstr("the source lacks")));
  EXPECT_THAT(wrong_with("sanitizers: [{group: a}]\n"), ElementsAre(HasSubstr("the sanitizer lacks")));
  EXPECT_THAT(wrong_with("sanitizers: 7\n"), ElementsAre("1:13: expected a list of sanitizers, found `7`"));
}

TEST(RuleFile, SaysDoubledAndOddIds) {
  const std::string text = rule_text("    calls: [f]\n");
  EXPECT_THAT(wrong_with(text + text.substr(7)), ElementsAre("12:9: there is another rule `test.rule`"));
  EXPECT_THAT(wrong_with("rules:\n  - id: Eval\n"), Contains("2:9: `Eval` cannot name a rule"));
}

TEST(RuleFile, SaysWhatIsNoFileOfRules) {
  EXPECT_THAT(wrong_with("- a\n"), ElementsAre(HasSubstr("a file of rules is a mapping")));
  EXPECT_THAT(wrong_with("rules: 1\n"), ElementsAre("1:8: expected a list of rules, found `1`"));
  EXPECT_THAT(wrong_with("rules: [a]\n"),
              ElementsAre("1:9: a rule is a mapping of keys and values, found `a`"));
  EXPECT_THAT(wrong_with("rules: ["), testing::SizeIs(1));
}

}  // namespace
}  // namespace fleet::analysis
