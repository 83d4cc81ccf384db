#include "attempt/change_gate.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/rules_fixture.h"
#include "attempt/secret_stop.h"
#include "git/support.h"
#include "git/tree.h"

namespace fleet::attempt {
namespace {

using git::must;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kBad = "def f(request):\n    return eval(request)\n";

class ChangeGateTest : public ::testing::Test {
 protected:
  model::TreeEntry blob(const std::string& bytes) {
    return {must(store_.write_blob(bytes)), model::FileMode::regular};
  }
  GateFailures hold(const std::vector<model::Change>& changes, ObjectId judge = {}) {
    return must(
        must(ChangeGate::create(store_, gate_, analysis::built_in_rule_set().rules(), judge))->hold(changes));
  }

  git::TempFolder temp_;
  git::fs::path clone_ = git::make_clone(temp_ / "clone");
  git::Repository repository_ = must(git::Repository::open(clone_));
  git::ObjectStore& store_ = repository_.objects();
  model::Gate gate_{model::Severity::error, 0, 3, 100, {}, {}, {}};
};

TEST_F(ChangeGateTest, tells_what_to_mend_and_where) {
  const auto held = hold({{"src/a.py", {}, blob(kBad)}});
  EXPECT_THAT(held.failures, ElementsAre(HasSubstr("src/a.py:2 (python.eval)")));
  EXPECT_THAT(held.feedback,
              HasSubstr("src/a.py:2: `eval` runs text as code (python.eval)\n    return eval(request)\n"));
  // How to mend it is the rule's own word.
  const auto& rules = analysis::built_in_rule_set().rules();
  const auto rule =
      std::find_if(rules.begin(), rules.end(), [](const auto& each) { return each.id == "python.eval"; });
  ASSERT_NE(rule, rules.end());
  ASSERT_GT(rule->fix.size(), 20u);
  EXPECT_THAT(held.feedback, HasSubstr(rule->fix.substr(0, 20)));
}

TEST_F(ChangeGateTest, holds_against_a_task_only_what_is_new) {
  EXPECT_THAT(hold({{"a.py", blob(kBad), blob(std::string("import os\n") + kBad)}}).failures, IsEmpty());
  EXPECT_THAT(hold({{"a.py", blob(kBad), {}}, {"b.py", {}, blob(kBad)}}).failures, IsEmpty());
  EXPECT_THAT(hold({{"a.py", blob(kBad), {}}}).failures, IsEmpty());
  EXPECT_THAT(hold({{"a.py", {}, blob("x = 1\n")}}).failures, IsEmpty());
  EXPECT_THAT(hold({}).failures, IsEmpty());
}

TEST_F(ChangeGateTest, holds_complexity_but_no_score) {
  const std::string complex = "def f(a):\n    if a and a > 1 and a < 9:\n        return 1\n    return 2\n";
  EXPECT_THAT(hold({{"a.py", {}, blob(complex)}}).failures,
              ElementsAre(HasSubstr("complexity over 3: f at a.py:1 has 4")));
  gate_.complexity = 4;
  EXPECT_THAT(hold({{"a.py", {}, blob(complex)}}).failures, IsEmpty());
}

TEST_F(ChangeGateTest, lets_pass_what_the_gate_allows_and_the_baseline_knows) {
  gate_.allow = 1;
  EXPECT_THAT(hold({{"a.py", {}, blob(kBad)}}).failures, IsEmpty());
  gate_.allow = 0;
  gate_.new_findings.reset();
  EXPECT_THAT(hold({{"a.py", {}, blob(kBad)}}).failures, IsEmpty());
  gate_.new_findings = model::Severity::error;
  const auto with = [&](const std::string& baseline) {
    return must(git::update(store_, {}, std::vector<model::Change>{{kBaselinePath, {}, blob(baseline)}}));
  };
  const analysis::Analyzer analyzer(analysis::built_in_rule_set(), analysis::SecretScanner::built_in());
  const std::string fingerprint = analyzer.analyze("a.py", kBad).findings.at(0).fingerprint;
  EXPECT_THAT(
      hold({{"a.py", {}, blob(kBad)}},
           with(fmt::format(R"({{"version": 1, "findings": [{{"fingerprint": "{}"}}]}})", fingerprint)))
          .failures,
      IsEmpty());
  EXPECT_FALSE(ChangeGate::create(store_, gate_, {}, with("{}")));
}

TEST_F(ChangeGateTest, tells_no_more_than_can_be_read) {
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += fmt::format("def f{}(request):\n    return eval(request)\n", i);
  const auto held = hold({{"a.py", {}, blob(many)}});
  EXPECT_THAT(held.feedback, HasSubstr("and 30 more findings\n"));
  EXPECT_LT(held.feedback.size(), 20'000u);
}

}  // namespace
}  // namespace fleet::attempt
