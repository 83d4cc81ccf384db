#include "analysis/query_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/rules_fixture.h"
#include "syntax/query.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(QueryWords, AreThoseOfPredicatesOfWhatIsAlwaysThere) {
  EXPECT_THAT(words_needed_by(R"(((call function: (identifier) @f) @here (#any-of? @f "eval" "exec")))"),
              ElementsAre(ElementsAre(ElementsAre("eval", "exec"))));
  EXPECT_THAT(words_needed_by(R"((call function: (identifier) @f (#eq? @f "eval")) (call) @other)"),
              ElementsAre(ElementsAre(ElementsAre("eval")), IsEmpty()));
  EXPECT_THAT(words_needed_by(R"(([(a) @f (b (c) @f)] @all (#eq? @f "eval")) ; why)"),
              ElementsAre(ElementsAre(ElementsAre("eval"))));
  EXPECT_THAT(words_needed_by(R"(((a . (_)+ @f . !name "(" b: (c)) (#eq? @f "eval") (#eq? @f "x\"yz")))"),
              ElementsAre(ElementsAre(ElementsAre("eval"), ElementsAre("x\"yz"))));
}

TEST(QueryWords, AreNoneWhereAMatchMayDoWithout) {
  for (const char* query :
       {R"(([(a) @f (b)] (#eq? @f "eval")))", R"(((a (b)? @f) (#eq? @f "eval")))",
        R"(((a (b (c) @f)*) (#eq? @f "eval")))", R"(((a) @f (#not-eq? @f "eval")))",
        R"(((a) @f (#match? @f "eval")))", R"(((a) @f (b) @g (#eq? @f @g)))", R"(((a) @f (#eq? @f "0")))",
        R"(((a) @f (#any-of? @f "eval" "x")))", R"(((a) @f (#eq? @g "eval")))"}) {
    EXPECT_THAT(words_needed_by(query), ElementsAre(IsEmpty())) << query;
  }
  EXPECT_THAT(words_needed_by(""), IsEmpty());
  EXPECT_THAT(words_needed_by(")"), IsEmpty());
}

TEST(QueryWords, HaveAPatternForEachOfTheQuerys) {
  for (const Rule& rule : built_in_rule_set().rules()) {
    if (rule.query.empty()) continue;
    const auto query = syntax::Query::compile(rule.languages.front(), rule.query);
    ASSERT_TRUE(query) << rule.id;
    EXPECT_EQ(words_needed_by(rule.query).size(), query->pattern_starts().size()) << rule.id;
  }
}

// The first files are searched with single queries, by the words in them; later ones with all, joined.
TEST(RuleQueries, FindTheSameSingleAndJoined) {
  for (const syntax::Language language :
       {syntax::Language::python, syntax::Language::javascript, syntax::Language::cpp, syntax::Language::go,
        syntax::Language::java}) {
    const RuleSet rules(read_built_in_rules());
    const auto found = [&] {
      std::vector<std::string> out;
      for (const Rule& rule : rules.rules()) {
        const bool is_ours =
            std::find(rule.languages.begin(), rule.languages.end(), language) != rule.languages.end();
        if (!is_ours || rule.query.empty()) continue;
        for (const Example& example : rule.match) {
          for (const model::Finding& finding : run(rules, language, example.text).findings)
            out.push_back(rule.id + " " + finding.rule + " " + std::to_string(finding.at.line));
        }
      }
      return out;
    };
    const auto single = found();
    EXPECT_THAT(single, Not(IsEmpty()));
    static_cast<void>(run(rules, language, std::string(300'000, ' ')));
    EXPECT_EQ(found(), single);
  }
}

}  // namespace
}  // namespace fleet::analysis
