#include <gmock/gmock.h>

#include <chrono>

#include "analysis/fingerprint.h"
#include "analysis/rules_fixture.h"
#include "analysis/suppressions.h"
#include "slowness.h"

namespace fleet::analysis {
namespace {

using syntax::Language;
using testing::HasSubstr;
using testing::IsEmpty;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += text;
  return out;
}

void survives(Language language, const std::string& source) {
  const auto start = std::chrono::steady_clock::now();
  const auto tree = syntax::parse(language, source, {}, syntax::Keep::nodes_and_parsed);
  ASSERT_TRUE(tree) << tree.error().message();
  const SourceFile file{"f", source, &*tree};
  RuleResult result = built_in_rule_set().run(file);
  set_fingerprints(result.findings, source);
  const auto marks = find_suppressions(source, &*tree);
  const auto about = apply_suppressions(marks, result.findings, "f", source, &*tree,
                                        [](std::string_view) { return Ran::yes; });
  EXPECT_LE(result.findings.size(), RuleSet::kMostFindings);
  EXPECT_LT(std::chrono::steady_clock::now() - start, kSlowness * std::chrono::seconds(60));
}

TEST(HostileSource, NestedDeeply) {
  survives(Language::python, "x = " + repeated("f(", 20'000) + "1" + repeated(")", 20'000) + "\n");
  survives(Language::python, "x = os" + repeated(".system", 20'000) + "(y)\n");
  survives(Language::javascript, repeated("eval(() => {", 5'000) + "x" + repeated("})", 5'000));
  survives(Language::c, "int x = " + repeated("(", 20'000) + "1" + repeated(")", 20'000) + ";\n");
  survives(Language::python, "q = " + repeated("'a' + x + ", 20'000) + "'b'\ndb.execute(q)\n");
}

TEST(HostileSource, OfOneLongLine) {
  survives(Language::javascript, repeated("eval(a);", 50'000));
  survives(Language::python, "x = '" + repeated("SELECT a FROM b ", 50'000) + "'\n");
}

TEST(HostileSource, WithManySuppressions) {
  survives(Language::python, repeated("eval(x)  # fleet:ignore python.eval fine\n", 50'000));
  survives(Language::python, repeated("# fleet:ignore python.eval fine\n", 50'000) + "eval(x)\n");
  survives(Language::python, "# " + repeated("fleet:ignore python.eval ", 200'000) + "\neval(x)\n");
  survives(Language::python, "# fleet:ignore " + repeated("python.eval, ", 200'000) + "\neval(x)\n");
  survives(Language::javascript,
           "f([\n" + repeated("eval(x), // fleet:ignore javascript.eval fine\n", 20'000) + "]);\n");
  const std::string text = repeated("x: fleet:ignore a.b # fleet:ignore a.b ", 100'000);
  EXPECT_EQ(find_suppressions(text, nullptr).size(), kMostSuppressions + 1);
}

TEST(HostileSource, OfOneLineWithManyFindings) {
  survives(Language::javascript,
           repeated("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';", 100'000) +
               repeated("eval(a);", RuleSet::kMostFindings));
}

TEST(HostileSource, OfAnyBytes) {
  survives(Language::python, "import os\nos.system('\xff\xfe' + x)\n\xc3\n");
  survives(Language::c, std::string("void f() { gets(x);\0 }\n", 24));
  survives(Language::javascript,
           "\xef\xbb\xbf"
           "eval(\xed\xa0\x80);\n");
}

TEST(HostileSource, WithManyNames) {
  std::string source = "import os\n";
  for (int i = 0; i < 5'000; ++i)
    source += "a" + std::to_string(i + 1) + " = a" + std::to_string(i) + "\nos.system(a" + std::to_string(i) +
              ")\n";
  survives(Language::python, source);
  survives(Language::python, "import os\n" + repeated("x = x + y\nos.system(x)\n", 3'000));
}

TEST(HostileSource, SaysWhatItLeftOut) {
  const RuleSet rules = rule_set(rule_text("    calls: [f]\n"));
  const RuleResult many = run(rules, Language::python, repeated("f()\n", RuleSet::kMostFindings + 1));
  EXPECT_EQ(many.findings.size(), RuleSet::kMostFindings);
  EXPECT_THAT(many.gave_up, HasSubstr("more than 2000 findings"));
  EXPECT_THAT(many.ran, IsEmpty());

  syntax::Bounds bounds;
  bounds.match_steps = 50;
  EXPECT_EQ(run(rules, Language::python, repeated("f(g)\n", 1'000), bounds).gave_up,
            "it takes too many steps");
  bounds = {};
  bounds.time = std::chrono::microseconds(0);
  EXPECT_THAT(run(rules, Language::python, "f()\n", bounds).gave_up, HasSubstr("it takes longer than"));
  std::atomic<bool> stop = true;
  bounds = {};
  const auto tree = syntax::parse(Language::python, "f()\n", {}, syntax::Keep::nodes_and_parsed);
  bounds.stop = &stop;
  EXPECT_EQ(rules.run({"f", "f()\n", &*tree}, bounds).gave_up, "it was told to stop");
}

// With few steps, a condition that says what is not there must not hold for want of them.
TEST(HostileSource, FindsNothingForWantOfSteps) {
  const std::string rule = rule_text(
      "    calls: [f]\n    where:\n      - {not-inside: 'with lock($X, $$$): $$$'}\n      - {function-lacks: "
      "check}\n"
      "      - {argument: 0, is: not-literal}\n");
  const RuleSet rules = rule_set(rule);
  const std::string source =
      "def g():\n  with lock(" + repeated("1, ", 50) + "2):\n    x = 'a'\n    f(x)\n  check()\n";
  bool was_cut_off = false;
  for (std::uint64_t steps = 0; steps < 3'000; ++steps) {
    syntax::Bounds bounds;
    bounds.match_steps = steps;
    const RuleResult result = run(rules, Language::python, source, bounds);
    EXPECT_THAT(result.findings, IsEmpty()) << steps;
    EXPECT_EQ(result.gave_up.empty(), !result.ran.empty()) << steps;
    was_cut_off = was_cut_off || !result.gave_up.empty();
  }
  EXPECT_TRUE(was_cut_off);
}

TEST(HostileSource, HasOneBoundForAllRules) {
  std::string text = "rules:\n";
  for (int i = 0; i < 200; ++i) {
    std::string rule = rule_text("    regex: 'a+b'\n    in: text\n");
    rule.replace(rule.find("test.rule"), 9, "test.rule" + std::to_string(i));
    text += rule.substr(rule.find('\n') + 1);
  }
  const RuleSet rules = rule_set(text);
  const std::string source = "x = '" + repeated("a", 1'000'000) + "'\n";
  syntax::Bounds bounds;
  bounds.match_steps = 2'000'000;  // one rule takes about 30,000
  EXPECT_EQ(run(rules, Language::python, source, bounds).gave_up, "it takes too many steps");
  EXPECT_EQ(run(rules, Language::python, source).gave_up, "");
}

// A condition on the function is asked once, however many calls it has.
TEST(HostileSource, WithManyCallsInOneFunction) {
  const RuleSet rules = rule_set(rule_text("    calls: [f]\n    where: {function-has: 'never'}\n"));
  const std::string source = "def g():\n" + repeated("    f(1)\n", 20'000);
  syntax::Bounds bounds;
  bounds.match_steps = 5'000'000;  // 20,000 times the function are 110,000,000
  EXPECT_EQ(run(rules, Language::python, source, bounds).gave_up, "");
}

// A place is found among its neighbours without a look at each.
TEST(HostileSource, WithManyPlacesInARow) {
  const RuleSet rules =
      rule_set(rule_text("    query: '((identifier) @x (#eq? @x \"f\"))'\n"
                         "    where: {capture: $x, equals: g}\n"));
  syntax::Bounds bounds;
  bounds.match_steps = 5'000'000;
  EXPECT_EQ(run(rules, Language::python, repeated("f\n", 20'000), bounds).gave_up, "");
}

}  // namespace
}  // namespace fleet::analysis
