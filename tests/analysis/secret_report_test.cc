#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>

#include "analysis/secret_program.h"
#include "analysis/secret_rules.h"
#include "analysis/secret_samples.h"
#include "analysis/secrets.h"
#include "base/base64.h"

namespace fleet::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<model::Finding> found_in(std::string_view path, std::string_view bytes) {
  return SecretScanner::built_in().scan(path, bytes);
}

TEST(SecretReport, KeepsAFingerprintWhereverTheLineMoves) {
  const std::string line = "x = '" + kGithubToken + "'\n";
  const auto one = found_in("a.py", line);
  const auto two = found_in("b.py", "\n\n  " + line + "y = 1\n" + line);
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(one[0].fingerprint, two[0].fingerprint);
  EXPECT_EQ(one[0].message, two[1].message);
  EXPECT_NE(two[0].fingerprint, two[1].fingerprint) << "the second of the same";
  EXPECT_NE(found_in("a.py", "y" + line)[0].fingerprint, one[0].fingerprint);
  EXPECT_NE(found_in("a.py", "x = '" + kGithubTokenAltered + "'\n")[0].fingerprint, one[0].fingerprint)
      << "another token in the same place is another finding";
}

// Whoever has the report may try all words of a dictionary: nothing in it may tell when one is right.
TEST(SecretReport, LeavesNothingToGuessAPasswordBy) {
  for (const auto& [before, one, other, after] : std::initializer_list<std::array<std::string, 4>>{
           {"password = '", joined({"hun", "ter2xy"}), joined({"hun", "ted7kw"}), "'"},
           {"client_secret = '", joined({"mySign", "Key2023!"}), joined({"mySafe", "Key1999?"}), "'"},
           {"Authorization: Basic ", "ZGVwbG95OnRSN2txTG0y", "ZGVwbG95OmF1dHVtbjk5", ""},
           {"postgres://svc:", joined({"aut", "umn99"}), joined({"aut", "hor42k"}), "@db.acme.net/x"}}) {
    const auto left = found_in("src/app.conf", before + one + after);
    const auto right = found_in("src/app.conf", before + other + after);
    ASSERT_THAT(left, SizeIs(1)) << before;
    ASSERT_THAT(right, SizeIs(1)) << before;
    EXPECT_EQ(left[0].fingerprint, right[0].fingerprint) << before;
    EXPECT_EQ(left[0].message, right[0].message) << before;
    EXPECT_EQ(left[0].excerpt, right[0].excerpt) << before;
  }
}

// Neither a value nor a part of it stands in any field of a finding, but for its first four characters and
// what is no secret: what all of its kind begin with.
void expect_hidden(const std::string& text, const std::string& value, std::string_view known = {}) {
  const auto found = found_in("src/app.conf", text);
  EXPECT_THAT(found, Not(IsEmpty())) << text;
  for (const model::Finding& finding : found) {
    for (const std::string& field : {finding.message, finding.excerpt, finding.symbol, finding.fingerprint,
                                     finding.rule, finding.path, finding.owasp, finding.tool}) {
      constexpr std::size_t kPart = 6;
      for (std::size_t at = 0; at + kPart <= value.size(); ++at) {
        const std::string part = value.substr(at, kPart);
        if (known.find(part) != std::string_view::npos) continue;
        EXPECT_THAT(field, Not(HasSubstr(part))) << finding.rule;
      }
    }
  }
}

TEST(SecretReport, NeverPrintsASecretOfAProvider) {
  std::size_t checked = 0;
  for (const SecretRule& rule : read_secret_rules(built_in_secret_files()).rules) {
    // Nearly any text has the shape of those, or does where a name is before it.
    if (rule.is_generic || rule.check == SecretCheck::password || rule.check == SecretCheck::random ||
        rule.regex.ends_with('$'))
      continue;
    const SecretExpression expression(rule.regex);
    for (const std::string& example : rule.examples) {
      const auto found = expression.get().find(example, 0, text::Regex::Start::anywhere);
      ASSERT_TRUE(found) << rule.id;
      expect_hidden(example, example.substr(found->value.begin, found->value.end - found->value.begin),
                    rule.regex);
      ++checked;
    }
  }
  EXPECT_GE(checked, 150u);
}

TEST(SecretReport, NeverPrintsASecret) {
  const std::string both = "a = '" + kGithubToken + "'; b = '" + kAwsId + "'; c = '" + kGithubToken + "'";
  ASSERT_THAT(found_in("a", both), SizeIs(3));
  expect_hidden(both, kGithubToken);
  expect_hidden(both, kAwsId);
  const std::string password = joined({"hunter2", "Xy!9"});
  expect_hidden("password = '" + password + "'  # " + password, password);
  expect_hidden("postgres://svc:" + password + "@db/x # postgres://svc:" + password + "@db/y", password);
}

// Where no rule sees them: as they are, cut by the end of the excerpt, and encoded.
TEST(SecretReport, PrintsNoSecretBesideAnother) {
  const std::string password = joined({"corr&ct", "h0rse>Battery"});
  const std::string line = "password = '" + password + "'; token = '" + kGithubToken + "'; ";
  for (const std::string& also :
       {password, std::string("corr%26cth0rse%3EBattery"), std::string("corr&amp;cth0rse&gt;Battery"),
        base::encode_base64(password)}) {
    for (std::size_t apart = 0; apart < 60; ++apart) {
      expect_hidden(line + std::string(apart, ' ') + also, also);
      expect_hidden(also + std::string(apart, ' ') + line, also);
    }
  }
  // Of a kind that no rule knows.
  const std::string unknown = joined({"q8Zt0Lx3vNf", "G7cRyWm2KpA"});
  ASSERT_THAT(found_in("src/app.conf", "f('" + unknown + "')"), IsEmpty());
  expect_hidden("f('" + unknown + "', '" + kGithubToken + "', '" + unknown + "')", unknown);
}

// A key is longer than its rule looks: in lines, and as one line of JSON.
TEST(SecretReport, PrintsNoSecretPastTheEndOfTheSearch) {
  std::string body;
  for (std::uint64_t i = 1; i < 1000; ++i)
    body += base::encode_base64(fmt::format("{:x}", i * 0x9e3779b97f4a7c15u));
  ASSERT_GT(body.size(), 16'000u);
  for (const std::string_view newline : {"\n", "\\n", "\\r\\n", "\" +\n  \""}) {
    std::string key;
    for (std::size_t at = 0; at < body.size(); at += 64)
      key += body.substr(at, 64) + std::string(newline);
    const std::string text = joined({"{\"k\": \"-----BEGIN ", "PRIVATE KEY-----"}) + std::string(newline) +
                             key + "\", \"x\": 1}\n";
    const auto found = found_in("a.json", text);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_LT(found[0].at.end_line - 1 + found[0].at.end_column, text.size() / 2) << "not seen to its end";
    expect_hidden(text, body);
    // What is found behind it has the rest of the key before it.
    expect_hidden(text.substr(0, text.size() - 10) + " " + kGithubToken, body);
  }
}

// What was not looked for is not known, and so nothing but the beginning is shown.
TEST(SecretReport, PrintsNoSecretWhereTheSearchWasCutOff) {
  std::string text;
  for (std::size_t i = 1; i < SecretScanner::kMostMatches; ++i)
    text += kGithubToken + "\n";
  const std::string password = joined({"corr3ct", "H0rse!Battery"});
  text += "a = '" + kGithubToken + "'; password = '" + password + "'\n";
  const auto found = found_in("src/app.conf", text);
  ASSERT_THAT(found, SizeIs(SecretScanner::kMostMatches + 1));
  EXPECT_EQ(found.back().rule, "secrets.unfinished");
  EXPECT_EQ(found[found.size() - 2].excerpt, "ghp_***");
  expect_hidden(text, password);
}

}  // namespace
}  // namespace fleet::analysis
