#include "analysis/fingerprint.h"

#include <gmock/gmock.h>

namespace fleet::analysis {
namespace {

using testing::Each;
using testing::Not;

struct Placed {
  std::uint32_t line, column, end_column;
  std::string rule = "a.b";
  std::string symbol = "f";
};

std::vector<std::string> fingerprints(std::string_view source, const std::vector<Placed>& places) {
  std::vector<model::Finding> findings;
  for (const Placed& each : places) {
    model::Finding& finding = findings.emplace_back();
    finding.rule = each.rule;
    finding.symbol = each.symbol;
    finding.at = {each.line, each.column, each.line, each.end_column};
  }
  set_fingerprints(findings, source);
  std::vector<std::string> out;
  for (const model::Finding& each : findings)
    out.push_back(each.fingerprint);
  return out;
}

TEST(Fingerprint, StaysWhereLinesMove) {
  EXPECT_EQ(fingerprints("f( x )", {{1, 1, 7}}), fingerprints("a\n\n    f( x )", {{3, 5, 11}}));
  EXPECT_EQ(fingerprints("f(1,  2)", {{1, 1, 9}}), fingerprints("f(1,\t2)", {{1, 1, 8}}));
}

TEST(Fingerprint, ChangesWithTheCodeTheRuleAndTheSymbol) {
  const auto one = fingerprints("f(x)", {{1, 1, 5}});
  EXPECT_NE(one, fingerprints("f(y)", {{1, 1, 5}}));
  EXPECT_NE(one, fingerprints("f(x)", {{1, 1, 5, "a.c"}}));
  EXPECT_NE(one, fingerprints("f(x)", {{1, 1, 5, "a.b", "g"}}));
}

TEST(Fingerprint, TellsEqualsApartFromTheTop) {
  const auto two = fingerprints("f(x)\nf(x)", {{2, 1, 5}, {1, 1, 5}});
  EXPECT_NE(two[0], two[1]);
  EXPECT_EQ(two[1], fingerprints("f(x)", {{1, 1, 5}})[0]);
}

TEST(Fingerprint, CountsCharacters) {
  EXPECT_EQ(fingerprints("f(x)", {{1, 1, 5}}), fingerprints("\u00e9\u00e9 f(x) \u00e9", {{1, 4, 8}}));
}

TEST(Fingerprint, HasTheWholeOfSeveralLines) {
  model::Finding finding;
  finding.at = {1, 1, 2, 3};
  std::vector<model::Finding> first{finding};
  std::vector<model::Finding> second{finding};
  set_fingerprints(first, "f(\n1)");
  set_fingerprints(second, "f(\n2)");
  EXPECT_NE(first[0].fingerprint, second[0].fingerprint);
}

TEST(Fingerprint, IsGivenToAnyPlace) {
  EXPECT_THAT(fingerprints("", {{1, 1, 1}, {9, 9, 9}, {0, 0, 0}}), Each(Not("")));
  EXPECT_THAT(fingerprints("\xff\xc3", {{1, 2, 30}}), Each(Not("")));
  EXPECT_EQ(fingerprints("x", {{1, 1, 2}})[0].size(), 32u);
}

}  // namespace
}  // namespace fleet::analysis
