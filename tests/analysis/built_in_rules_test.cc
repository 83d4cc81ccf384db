#include "analysis/built_in_rules.h"

#include <gmock/gmock.h>

#include "analysis/examples.h"
#include "analysis/rule_file.h"

namespace fleet::analysis {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<RuleSource> built_in_sources() {
  std::vector<RuleSource> files;
  for (const BuiltInFile& file : built_in_rules()) {
    if (!is_of_secrets(file.path)) files.push_back({std::string(file.path), file.text});
  }
  return files;
}

TEST(BuiltInRules, AreGood) {
  for (const model::Diagnostic& each : read_rules(built_in_sources()).diagnostics)
    ADD_FAILURE() << each.path << ":" << each.at.line << ": " << each.message;
}

// They are put together from what was parsed when this was built.
TEST(BuiltInRules, AreReadAsTheirTextIs) {
  std::vector<RuleSource> parsed;
  for (const RuleSource& source : built_in_sources())
    parsed.push_back({source.path, source.text, Check::form});
  const std::vector<Rule> by_text = read_rules(parsed).rules;
  const std::vector<Rule> by_records = read_built_in_rules();
  ASSERT_EQ(by_text.size(), by_records.size());
  for (std::size_t i = 0; i < by_text.size(); ++i) {
    EXPECT_EQ(by_text[i].id, by_records[i].id);
    EXPECT_EQ(by_text[i].message, by_records[i].message);
    EXPECT_EQ(by_text[i].why, by_records[i].why);
    EXPECT_EQ(by_text[i].at.line, by_records[i].at.line);
    EXPECT_EQ(by_text[i].patterns, by_records[i].patterns);
    EXPECT_EQ(by_text[i].query, by_records[i].query);
    ASSERT_EQ(by_text[i].match.size(), by_records[i].match.size()) << by_text[i].id;
    for (std::size_t n = 0; n < by_text[i].match.size(); ++n)
      EXPECT_EQ(by_text[i].match[n].text, by_records[i].match[n].text);
  }
}

TEST(BuiltInRules, HoldTheirExamples) {
  const RuleSet rules(read_built_in_rules());
  for (const model::Diagnostic& each : check_examples(rules))
    ADD_FAILURE() << each.path << ":" << each.at.line << ": " << each.message;
}

bool is_format(const Rule& rule) {
  return rule.cwe == std::vector<std::string>{"CWE-134"};
}

TEST(BuiltInRules, HaveTwoExamplesOfEachKindAndAWeakness) {
  for (const Rule& rule : read_built_in_rules()) {
    EXPECT_GE(rule.match.size(), 2u) << rule.id;
    EXPECT_GE(rule.no_match.size(), 2u) << rule.id;
    EXPECT_THAT(rule.cwe, Not(IsEmpty())) << rule.id;
    // None of OWASP's ten is about memory that is written past its end.
    const bool is_of_memory = rule.path == "c/memory.yml";
    EXPECT_TRUE(!rule.owasp.empty() || rule.category != Category::security ||
                (is_of_memory && !is_format(rule)))
        << rule.id;
  }
}

TEST(Examples, ThatDoNotHoldAreSaidWithTheirLine) {
  const RuleSource source{"r.yml",
                          "rules:\n"
                          "  - id: test.rule\n"
                          "    languages: [python]\n"
                          "    message: m\n"
                          "    why: w\n"
                          "    fix: f\n"
                          "    severity: note\n"
                          "    calls: [f]\n"
                          "    examples:\n"
                          "      match:\n"
                          "        - g()\n"
                          "        - f()\n"
                          "      no-match:\n"
                          "        - f(1)\n"
                          "        - f(\n"};
  ReadRules read = read_rules({&source, 1});
  ASSERT_THAT(read.diagnostics, IsEmpty());
  const model::Diagnostics wrong = check_examples(RuleSet(std::move(read.rules)));
  ASSERT_THAT(wrong, SizeIs(3));
  EXPECT_EQ(wrong[0].at.line, 11);
  EXPECT_EQ(wrong[0].message, "`test.rule` does not find it as python");
  EXPECT_EQ(wrong[1].at.line, 14);
  EXPECT_EQ(wrong[1].message, "`test.rule` finds it as python, on line 1 of it");
  EXPECT_EQ(wrong[2].at.line, 15);
  EXPECT_THAT(wrong[2].message, testing::StartsWith("it does not parse as python"));
}

}  // namespace
}  // namespace fleet::analysis
