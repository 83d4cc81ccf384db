#include "attempt/secret_stop.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "git/support.h"
#include "git/tree.h"

namespace fleet::attempt {
namespace {

using git::must;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SecretStopTest : public ::testing::Test {
 protected:
  // As GitLab makes them; written in parts, so that nobody takes this for one.
  static std::string token(char fill) {
    return std::string("gl") + "pat-" + "x7KqZb3R" + std::string(1, fill) + "9vLmT2wYc4H";
  }
  static std::string line(char fill) { return fmt::format("token = \"{}\"\n", token(fill)); }

  model::TreeEntry blob(const std::string& bytes) {
    return {must(store_.write_blob(bytes)), model::FileMode::regular};
  }
  SecretsFound find(const std::vector<model::Change>& changes, ObjectId start_tree = {},
                    const std::map<std::string, std::string>& secrets = {}) {
    return must(must(SecretStop::create(store_, start_tree, secrets)).find(changes));
  }

  git::TempFolder temp_;
  git::fs::path clone_ = git::make_clone(temp_ / "clone");
  git::Repository repository_ = must(git::Repository::open(clone_));
  git::ObjectStore& store_ = repository_.objects();
};

TEST_F(SecretStopTest, FindsWhatIsNewAndNeverPrintsIt) {
  const auto found = find({{"src/a.py", {}, blob("import os\n" + line('B'))}});
  ASSERT_THAT(found.secrets, ElementsAre(HasSubstr("src/a.py:2: ")));
  EXPECT_THAT(found.secrets[0], HasSubstr("secrets.gitlab"));
  EXPECT_EQ(found.secrets[0].find(token('B').substr(8)), std::string::npos);
}

TEST_F(SecretStopTest, LetsBeWhatWasThereWhereverItLay) {
  EXPECT_THAT(find({{"a.py", blob(line('B')), blob("import os\n" + line('B'))}}).secrets, IsEmpty());
  EXPECT_THAT(find({{"a.py", blob(line('B')), {}}, {"b.py", {}, blob(line('B'))}}).secrets, IsEmpty());
  EXPECT_THAT(find({{"a.py", blob(line('B')), blob(line('C'))}}).secrets, ElementsAre(HasSubstr("a.py:1")))
      << "another one in its place";
}

TEST_F(SecretStopTest, ACommentInTheChangeDoesNotMakeItGood) {
  const std::string excused =
      fmt::format("token = \"{}\"  # fleet:ignore secrets.gitlab-token ours\n", token('B'));
  EXPECT_THAT(find({{"a.py", {}, blob(excused)}}).secrets, ElementsAre(HasSubstr("a.py:1")));
}

TEST_F(SecretStopTest, TheBaselineOfTheStartDoes) {
  const std::string secret = find({{"a.py", {}, blob(line('B'))}}).secrets.at(0);
  const std::string fingerprint = secret.substr(secret.rfind(' ') + 1, 32);
  const auto with = [&](const std::string& baseline) {
    return must(git::update(store_, {}, std::vector<model::Change>{{kBaselinePath, {}, blob(baseline)}}));
  };
  const ObjectId good =
      with(fmt::format(R"({{"version": 1, "findings": [{{"fingerprint": "{}"}}]}})", fingerprint));
  EXPECT_THAT(find({{"a.py", {}, blob(line('B'))}}, good).secrets, IsEmpty());
  EXPECT_THAT(find({{"a.py", {}, blob(line('C'))}}, good).secrets, ElementsAre(HasSubstr("a.py:1")));
  const auto damaged = SecretStop::create(store_, with("{}"), {});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().fault, base::Fault::input);
}

TEST_F(SecretStopTest, FindsTheRunsOwnSecretsHoweverTheyAreWritten) {
  const std::map<std::string, std::string> own{{"DEPLOY", "correct horse battery"}, {"USER", "admin"}};
  const auto found = [&](const std::string& bytes) {
    return find({{"a.txt", {}, blob(bytes)}}, {}, own).secrets;
  };
  EXPECT_THAT(
      found("a word\nand correct horse battery\n"),
      ElementsAre(HasSubstr("a.txt:2: The value of the run's secret DEPLOY (secrets.workflow-secret")));
  EXPECT_THAT(found("x\nY29ycmVjdCBob3JzZSBiYXR0ZXJ5\n"), ElementsAre(HasSubstr("a.txt:2: The value")));
  EXPECT_THAT(found("correct horse\nbattery\n"), IsEmpty());
  EXPECT_THAT(found("admin admin\n"), IsEmpty()) << "as good as a word";
  EXPECT_EQ(found("correct horse battery")[0].find("horse"), std::string::npos);
}

TEST_F(SecretStopTest, LetsBeAnOwnSecretThatWasThere) {
  const std::map<std::string, std::string> own{{"DEPLOY", "correct horse battery"}};
  const auto there = blob("correct horse battery");
  EXPECT_THAT(find({{"a", there, blob("and correct horse battery")}}, {}, own).secrets, IsEmpty());
  EXPECT_THAT(find({{"a", there, {}}, {"b", {}, there}}, {}, own).secrets, IsEmpty());
  EXPECT_THAT(find({{"a", there, there}, {"b", {}, there}}, {}, own).secrets, ElementsAre(HasSubstr("b:1")));
}

// The other lines of such a value stand in many files.
TEST_F(SecretStopTest, LooksForWhatTellsAValueOfSeveralLinesApart) {
  const std::string random = "q4f8Zk2Lw9Xc7Vb1Nm5Tr3Yp6Hs0Jd";
  const std::string usual = R"(  "type": "service_account", "auth": "https://accounts.example.org/o/oauth2")";
  const std::map<std::string, std::string> own{
      {"KEY", "{\n" + usual + "\n  \"id\": \"" + random + "\"\r\n}\n"}};
  EXPECT_THAT(find({{"a", {}, blob("{\n" + usual + "\n}\n")}}, {}, own).secrets, IsEmpty());
  EXPECT_THAT(find({{"a", {}, blob("x\n    \"id\": \"" + random + "\"\n}\n")}}, {}, own).secrets,
              ElementsAre(HasSubstr("a:2")));
}

// The longest line of such a key is the same in all.
TEST_F(SecretStopTest, LooksForTheLinesOfAKeyThatNoOtherHas) {
  const std::string heading = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW";
  const std::string own_part = "QyNTUxOQAAACB1qz8Xw2vK5mT7cR4yL9pD3sH6jF0nB";
  const std::map<std::string, std::string> own{{"KEY", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + heading +
                                                           "\n" + own_part +
                                                           "\n-----END OPENSSH PRIVATE KEY-----\n"}};
  EXPECT_THAT(find({{"a", {}, blob(heading + "\n")}}, {}, own).secrets, IsEmpty());
  EXPECT_THAT(find({{"a", {}, blob("x\n" + own_part + "\n")}}, {}, own).secrets,
              ElementsAre(HasSubstr("a:2")));
}

TEST_F(SecretStopTest, LooksAtNamesAndLinks) {
  const std::map<std::string, std::string> own{{"DEPLOY", "correct horse battery"}};
  const model::TreeEntry link{blob("../correct horse battery").id, model::FileMode::symlink};
  EXPECT_THAT(find({{"link", {}, link}}, {}, own).secrets, ElementsAre(HasSubstr("link:1")));
  EXPECT_THAT(find({{"correct horse battery", {}, blob("x")}}, {}, own).secrets,
              ElementsAre(HasSubstr("DEPLOY")));
  EXPECT_THAT(find({{"correct horse battery", blob("x"), blob("y")}}, {}, own).secrets, IsEmpty());
}

TEST_F(SecretStopTest, BlamesTheFileThatHadItNot) {
  const auto has = blob(line('B'));
  EXPECT_THAT(find({{"a", {}, has}, {"b", has, blob("x\n" + line('B'))}}).secrets,
              ElementsAre(HasSubstr("a:1")));
}

TEST_F(SecretStopTest, AnEntryOfTheBaselineLetsAValueOfTheRunBeAnywhere) {
  const std::map<std::string, std::string> own{{"MODE", "production"}};
  const std::vector<model::Change> changes{{"a", {}, blob("production")}, {"b", {}, blob("production")}};
  const std::string secret = find(changes, {}, own).secrets.at(0);
  const std::string fingerprint = secret.substr(secret.rfind(' ') + 1, 32);
  const std::string baseline =
      fmt::format(R"({{"version": 1, "findings": [{{"fingerprint": "{}"}}]}})", fingerprint);
  const ObjectId tree =
      must(git::update(store_, {}, std::vector<model::Change>{{kBaselinePath, {}, blob(baseline)}}));
  EXPECT_THAT(find(changes, tree, own).secrets, IsEmpty());
}

// What is known does not use up what is looked at.
TEST_F(SecretStopTest, ManyKnownOnesHideNoNewOne) {
  std::vector<model::Change> changes;
  for (int i = 0; i < 20; ++i) {
    std::string known;
    for (int each = 0; each < 50; ++each)
      known += fmt::format("t{}_{} = \"{}\"\n", i, each, token(static_cast<char>('A' + each % 26)));
    changes.push_back({fmt::format("{:02}.py", i), blob(known), blob(known + "x = 1\n")});
  }
  changes.push_back({"z.py", {}, blob(line('B'))});
  EXPECT_THAT(find(changes).secrets, ElementsAre(HasSubstr("z.py:1")));
}

TEST_F(SecretStopTest, SaysWhatIsTooLargeAndPassesOverWhatIsNoFile) {
  const auto found = find({{"large", {}, blob(std::string(33 << 20, 'x'))},
                           {"link", {}, {blob(line('B')).id, model::FileMode::symlink}}});
  EXPECT_THAT(found.secrets, IsEmpty());
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("large is too large")));
}

}  // namespace
}  // namespace fleet::attempt
