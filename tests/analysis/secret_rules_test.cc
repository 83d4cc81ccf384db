#include "analysis/secret_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "analysis/examples.h"
#include "analysis/secret_samples.h"

namespace fleet::analysis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;

TEST(SecretRules, ThoseBuiltInAreWithoutFault) {
  const SecretRules read = read_secret_rules(built_in_secret_files());
  for (const model::Diagnostic& each : read.diagnostics)
    ADD_FAILURE() << fmt::format("{}:{}:{}: {}", each.path, each.at.line, each.at.column, each.message);
  std::set<std::string> of_providers;
  for (const SecretRule& rule : read.rules) {
    if (!rule.is_generic) of_providers.insert(rule.id);
  }
  EXPECT_GE(of_providers.size(), 150u);
}

// They are put together from what was parsed when this was built, and not checked again.
TEST(SecretRules, AreTheSameWhereTheyAreUsed) {
  std::vector<RuleSource> files = built_in_secret_files();
  for (RuleSource& file : files)
    file.built_in = nullptr;
  const std::vector<SecretRule> checked = read_secret_rules(files).rules;
  const std::vector<SecretRule> used = read_built_in_secret_rules();
  ASSERT_EQ(used.size(), checked.size());
  for (std::size_t i = 0; i < used.size(); ++i) {
    EXPECT_EQ(used[i].id, checked[i].id);
    EXPECT_EQ(used[i].regex, checked[i].regex);
    EXPECT_EQ(used[i].keywords, checked[i].keywords);
    EXPECT_EQ(used[i].check, checked[i].check);
    EXPECT_EQ(used[i].confidence, checked[i].confidence);
    EXPECT_EQ(used[i].other_names.after, checked[i].other_names.after);
    EXPECT_EQ(used[i].examples, checked[i].examples);
  }
}

TEST(SecretRules, FindTheirExamplesAndNotTheOthers) {
  for (const SecretRule& rule : read_secret_rules(built_in_secret_files()).rules) {
    EXPECT_THAT(rule.examples, Not(IsEmpty())) << rule.id;
    EXPECT_THAT(rule.counter_examples, Not(IsEmpty())) << rule.id;
  }
  EXPECT_THAT(check_examples(SecretScanner::built_in()), IsEmpty());
}

TEST(SecretRules, WhoseExamplesDoNotHoldAreTold) {
  std::vector<SecretRule> rules = read_built_in_secret_rules();
  SecretRule& rule = rules.front();
  std::swap(rule.examples, rule.counter_examples);
  const std::string id = rule.id;
  EXPECT_THAT(check_examples(SecretScanner(std::move(rules))),
              IsSupersetOf({id + ": its example 1 is not found", id + ": its counter-example 1 is found"}));
}

// The repository has to pass its own gate.
TEST(SecretRules, AreNotTakenForSecrets) {
  for (const RuleSource& file : built_in_secret_files()) {
    for (const model::Finding& finding : SecretScanner::built_in().scan(file.path, file.text))
      ADD_FAILURE() << fmt::format("{}:{}: {} {}", file.path, finding.at.line, finding.rule, finding.excerpt);
  }
}

std::vector<std::string> said(std::string_view text) {
  const RuleSource files[] = {{"secrets/mine.yml", text}};
  std::vector<std::string> lines;
  for (const model::Diagnostic& each : read_secret_rules(files).diagnostics)
    lines.push_back(fmt::format("{}:{}:{}: {}", each.path, each.at.line, each.at.column, each.message));
  return lines;
}

constexpr std::string_view kGoodRule =
    "rules:\n"
    "  - id: secrets.mine\n"
    "    provider: Me\n"
    "    message: A key of mine\n"
    "    keywords: [mine_]\n"
    "    regex: mine_([0-9]+)\n"
    "    examples: {match: [[mine_, '123']], no-match: [mine_]}\n";

std::string with(std::string_view line, std::string_view instead) {
  std::string text(kGoodRule);
  return text.replace(text.find(line), line.size(), instead);
}

TEST(SecretRules, SayWhereTheyAreWrong) {
  EXPECT_THAT(said(kGoodRule), IsEmpty());
  EXPECT_THAT(said(with("provider", "providr")),
              ElementsAre("secrets/mine.yml:2:5: the rule has no `provider`",
                          "secrets/mine.yml:3:5: unknown key `providr` in a rule"));
  EXPECT_THAT(said(with("provider: Me", "id: secrets.mine")),
              Contains("secrets/mine.yml:3:5: the key `id` is here twice"));
  EXPECT_THAT(said(with("([0-9]+)", "([0-9]+")), SizeIs(1));
  EXPECT_THAT(said(with("[mine_]", "[Mine_]")), SizeIs(1));
  EXPECT_THAT(said(with("[mine_]", "[]")), SizeIs(1));
  EXPECT_THAT(said(with("[mine_]", "[my]")), SizeIs(1));
  EXPECT_THAT(said(with("secrets.mine", "Mine")),
              ElementsAre("secrets/mine.yml:2:9: `Mine` cannot name a rule for secrets"));
  EXPECT_THAT(said(with(", no-match: [mine_]", "")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    entropy: 9\n    regex")),
              ElementsAre("secrets/mine.yml:6:14: expected bits a character, 0 to 8, found `9`"));
  EXPECT_THAT(said(with("    regex", "    entropy: -1\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    check: crc\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    place: here\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    after: 1000000\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    after: -1\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    generic: 1\n    regex")), SizeIs(1));
  EXPECT_THAT(said(with("    regex", "    other-names: {before: [public]}\n    regex")), SizeIs(1))
      << "of what is not assigned";
  EXPECT_THAT(said(with("    regex", "    place: assigned\n    other-names: {inside: [public]}\n    regex")),
              SizeIs(1));
  EXPECT_THAT(said(std::string(kGoodRule) + std::string(kGoodRule.substr(7))),
              ElementsAre("secrets/mine.yml:8:5: there is another rule `secrets.mine`"));
  EXPECT_THAT(said("rules: [1]"), SizeIs(1));
  EXPECT_THAT(said("rule: []"), SizeIs(1));
  EXPECT_THAT(said("rules: {"), SizeIs(1));
}

// The value may be a group behind others, but not behind any number of them.
TEST(SecretRules, FindValuesInLateGroups) {
  const std::string fifth = with("mine_([0-9]+)", "mine_(a)?(b)?(c)?(d)?(?P<secret>[0-9]+)");
  EXPECT_THAT(said(fifth), IsEmpty());
  const RuleSource files[] = {{"mine.yml", fifth}};
  const SecretScanner scanner(read_secret_rules(files).rules);
  EXPECT_THAT(scanner.scan("a", "x mine_ad1974 y"), SizeIs(1));
  EXPECT_THAT(said(with("mine_([0-9]+)", "mine_(a)?(b)?(c)?(d)?(e)?(f)?(g)?(?P<secret>[0-9]+)")),
              ElementsAre("secrets/mine.yml:6:12: the value is group 8, past the 7 that are looked at"));
}

}  // namespace
}  // namespace fleet::analysis
