#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dependencies/license_expression.h"
#include "dependencies/license_policy.h"

namespace fleet::dependencies {
namespace {

using testing::HasSubstr;

std::string parsed(std::string_view text) {
  const auto expression = parse_license(text);
  return expression ? expression->text() : "wrong: " + expression.error();
}

TEST(LicenseExpressions, AreParsedByPrecedence) {
  EXPECT_EQ(parsed("mit"), "MIT");
  EXPECT_EQ(parsed("MIT OR Apache-2.0 AND BSD-3-Clause"), "MIT OR Apache-2.0 AND BSD-3-Clause");
  EXPECT_EQ(parsed("(MIT or Apache-2.0) and BSD-3-Clause"), "(MIT OR Apache-2.0) AND BSD-3-Clause");
  EXPECT_EQ(parsed("((MIT))"), "MIT");
  EXPECT_EQ(parsed("GPL-2.0+ WITH classpath-exception-2.0 OR LicenseRef-ours"),
            "GPL-2.0+ WITH Classpath-exception-2.0 OR LicenseRef-ours");
  EXPECT_EQ(parsed("DocumentRef-x:LicenseRef-y"), "DocumentRef-x:LicenseRef-y");
  const auto expression = parse_license("MIT OR Apache-2.0 AND BSD-3-Clause");
  EXPECT_EQ(expression->kind, LicenseExpression::Kind::any_of);
  EXPECT_EQ(expression->parts[1].kind, LicenseExpression::Kind::all_of);
}

TEST(LicenseExpressions, SayWhatIsWrong) {
  for (const auto& [text, why] :
       std::vector<std::pair<std::string, std::string>>{{"", "missing"},
                                                        {"MIT OR", "missing"},
                                                        {"AND MIT", "missing at `AND`"},
                                                        {"(MIT", "not closed"},
                                                        {"MIT)", "too many"},
                                                        {"MIT Apache-2.0", "too many"},
                                                        {"MIT WITH", "exception"},
                                                        {"MIT WITH AND", "exception"},
                                                        {"MIT/Apache-2.0", "too many"},
                                                        {"MIT +", "too many"},
                                                        {"*", "no licence"},
                                                        {std::string(50, '('), "too deeply"},
                                                        {std::string(3000, 'x'), "longer"}})
    EXPECT_THAT(parsed(text), HasSubstr(why)) << text;
}

std::string meant(std::string_view text) {
  const auto reading = read_license(text);
  return reading.expression ? reading.expression->text() : "unknown: " + reading.expression.error();
}

TEST(LicenseSpellings, AreTakenForWhatTheyMean) {
  for (const auto& [text, means] : std::vector<std::pair<std::string, std::string>>{
           {"Apache 2.0", "Apache-2.0"},
           {"The Apache License, Version 2.0", "Apache-2.0"},
           {"Apache License v2.0", "Apache-2.0"},
           {"Apache Software License", "Apache-2.0"},
           {"License :: OSI Approved :: Apache Software License", "Apache-2.0"},
           {"License :: OSI Approved :: MIT License", "MIT"},
           {"License :: OSI Approved :: GNU General Public License v3 (GPLv3)", "GPL-3.0-only"},
           {"License :: OSI Approved :: GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"},
           {"BSD", "BSD-2-Clause AND BSD-3-Clause"},
           {"BSD License", "BSD-2-Clause AND BSD-3-Clause"},
           {"3-Clause BSD License", "BSD-3-Clause"},
           {"New BSD License", "BSD-3-Clause"},
           {"MIT/X11", "MIT"},
           {"MIT License", "MIT"},
           {"The MIT License (MIT)", "MIT"},
           {"MIT/Apache-2.0", "MIT OR Apache-2.0"},
           {"GPL", "GPL-1.0-or-later"},
           {"GPLv2+", "GPL-2.0-or-later"},
           {"LGPLv3", "LGPL-3.0-only"},
           {"MPL 2.0", "MPL-2.0"},
           {"ISC License (ISCL)", "ISC"},
           {"UNLICENSED", "LicenseRef-UNLICENSED"},
           {"Public Domain", "LicenseRef-Public-Domain"}}) {
    EXPECT_EQ(meant(text), means) << text;
    EXPECT_THAT(read_license(text).remark, HasSubstr("is taken to be")) << text;
  }
  EXPECT_EQ(read_license(" MIT ").remark, "");
  EXPECT_THAT(meant("SEE LICENSE IN LICENSE.txt"), HasSubstr("names a file to be read by a person"));
  EXPECT_THAT(meant(""), HasSubstr("no licence is told"));
  EXPECT_THAT(meant("my own words"), HasSubstr("no SPDX expression"));
  EXPECT_THAT(read_license("Foo-1.0").remark, HasSubstr("not on the SPDX list"));
}

LicenseVerdict verdict(std::string_view text, const LicensePolicy& policy) {
  return judge_license(*read_license(text).expression, policy);
}

TEST(LicensePolicies, JudgeChoicesByTheBestAndSumsByTheWorst) {
  const LicensePolicy policy{
      {"MIT", "apache-2.0", "BSD-3-Clause", "GPL-2.0-only WITH Classpath-exception-2.0"},
      {"GPL-*", "AGPL-*"},
      {}};
  EXPECT_EQ(verdict("MIT", policy), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("MIT OR GPL-3.0-only", policy), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("MIT AND GPL-3.0-only", policy), LicenseVerdict::denied);
  EXPECT_EQ(verdict("MIT AND (GPL-3.0-only OR Apache-2.0)", policy), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("ISC", policy), LicenseVerdict::not_allowed);
  EXPECT_EQ(verdict("ISC OR AGPL-3.0-only", policy), LicenseVerdict::not_allowed);
  EXPECT_EQ(verdict("GPL", policy), LicenseVerdict::denied);
  EXPECT_EQ(verdict("GPL-2.0 WITH Classpath-exception-2.0", policy), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("GPL-2.0 WITH GCC-exception-2.0", policy), LicenseVerdict::denied);
  EXPECT_EQ(verdict("LicenseRef-ours", policy), LicenseVerdict::unknown);
  EXPECT_EQ(verdict("LicenseRef-ours OR MIT", policy), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("BSD", policy), LicenseVerdict::not_allowed);
}

TEST(LicensePolicies, KnowTheGnuNames) {
  const LicensePolicy allows{{"GPL-3.0", "Apache-2.0"}, {}, {}};
  EXPECT_EQ(verdict("GPL-3.0-only", allows), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("GPL-2.0+", allows), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("GPL-2.0-or-later", allows), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("GPL-2.0-only", allows), LicenseVerdict::not_allowed);
  EXPECT_EQ(verdict("LGPL-2.1-or-later", allows), LicenseVerdict::not_allowed);
  EXPECT_EQ(verdict("Apache-2.0+", allows), LicenseVerdict::allowed);
  const LicensePolicy denies{{}, {"GPL-3.0-only", "LicenseRef-*"}, {}};
  EXPECT_EQ(verdict("GPL-2.0-or-later", denies), LicenseVerdict::allowed);
  EXPECT_EQ(verdict("GPL-3.0", denies), LicenseVerdict::denied);
  EXPECT_EQ(verdict("LicenseRef-ours", denies), LicenseVerdict::denied);
}

TEST(LicensePolicies, ThatCannotMatchAreRefused) {
  EXPECT_TRUE(
      check_policy({{"MIT", "GPL-*", "LicenseRef-x"}, {"GPL-2.0+ WITH Classpath-exception-2.0"}, {}}));
  for (const char* entry : {"", "*", "MIT OR ISC", "G*L*", "two words"})
    EXPECT_FALSE(check_policy({{}, {entry}, {}})) << entry;
}

}  // namespace
}  // namespace fleet::dependencies
