#include "forge/ci.h"

#include <gmock/gmock.h>

#include <map>

namespace fleet::forge {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Environment = std::map<std::string, std::string, std::less<>>;

const std::string kHead = "1111111111111111111111111111111111111111";
const std::string kBase = "2222222222222222222222222222222222222222";

Environment github(const std::string& event) {
  return {{"GITHUB_ACTIONS", "true"},
          {"GITHUB_REPOSITORY", "o/r"},
          {"GITHUB_EVENT_NAME", event},
          {"GITHUB_EVENT_PATH", "/event.json"},
          {"GITHUB_SERVER_URL", "https://ghe.example"},
          {"GITHUB_API_URL", "https://ghe.example/api/v3/"},
          {"GITHUB_RUN_ID", "7"},
          {"GITHUB_TOKEN", "t"}};
}

Ci detect(const Environment& environment, const std::string& event = "{}") {
  return detect_ci(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() || found->second.empty() ? std::nullopt
                                                                   : std::optional(found->second);
      },
      [&](const std::string& path, std::size_t) -> Result<std::string> {
        if (path == "/event.json") return event;
        return base::fail_input("read", path, "there is no such file");
      });
}

std::string pull_request(const std::string& head_repository) {
  return R"({"pull_request":{"number":5,"head":{"ref":"topic","sha":")" + kHead + R"(","repo":)" +
         head_repository + R"(},"base":{"ref":"main","sha":")" + kBase + R"("}}})";
}

TEST(Ci, OutsideOfCiThereIsNone) {
  const Ci ci = detect({{"CI", "true"}, {"GITHUB_REPOSITORY", "o/r"}});
  EXPECT_EQ(ci.forge, Forge::none);
  EXPECT_FALSE(ci.pull_request);
  EXPECT_TRUE(check_trust(ci));
}

TEST(Ci, APullRequestOfTheRepositoryItself) {
  const Ci ci = detect(github("pull_request"), pull_request(R"({"full_name":"O/R"})"));
  EXPECT_EQ(ci.forge, Forge::github);
  EXPECT_EQ(ci.api_url, "https://ghe.example/api/v3");
  EXPECT_EQ(ci.run_url, "https://ghe.example/o/r/actions/runs/7");
  EXPECT_EQ(ci.token, "t");
  ASSERT_TRUE(ci.pull_request);
  EXPECT_EQ(ci.pull_request->number, 5u);
  EXPECT_EQ(ci.pull_request->head.hex(), kHead);
  EXPECT_EQ(ci.pull_request->base.hex(), kBase);
  EXPECT_EQ(ci.pull_request->base_branch, "main");
  EXPECT_EQ(ci.pull_request->head_branch, "topic");
  EXPECT_FALSE(ci.pull_request->is_fork);
  EXPECT_TRUE(check_trust(ci));
}

TEST(Ci, AForkMayRunWhereItHasNoRights) {
  for (const char* event : {"pull_request", "pull_request_review"}) {
    for (const char* head : {R"({"full_name":"evil/r"})", "null"}) {
      const Ci ci = detect(github(event), pull_request(head));
      ASSERT_TRUE(ci.pull_request);
      EXPECT_TRUE(ci.pull_request->is_fork) << head;
      EXPECT_TRUE(check_trust(ci)) << event;
    }
  }
}

TEST(Ci, AForkMayNotRunWhereTheJobHasRightsUnlessItIsTrusted) {
  const std::string run = R"({"workflow_run":{"head_repository":{"full_name":"evil/r"},"pull_requests":[]}})";
  const std::string comment = R"({"issue":{"number":5,"pull_request":{"url":"x"}}})";
  for (const auto& [event, text] :
       std::map<std::string, std::string>{{"pull_request_target", pull_request(R"({"full_name":"evil/r"})")},
                                          {"pull_request_target", pull_request("null")},
                                          {"workflow_run", run},
                                          {"issue_comment", comment}}) {
    Environment environment = github(event);
    const auto refused = check_trust(detect(environment, text));
    ASSERT_FALSE(refused) << event;
    EXPECT_EQ(refused.error().fault, base::Fault::input);
    EXPECT_THAT(refused.error().message(), HasSubstr("workflow_run"));
    environment["FLEET_TRUST_FORK"] = "1";
    EXPECT_TRUE(check_trust(detect(environment, text))) << event;
    environment["FLEET_TRUST_FORK"] = "0";
    EXPECT_FALSE(check_trust(detect(environment, text))) << event;
  }
}

TEST(Ci, OfAnEventThatCannotBeReadARunWithRightsIsAForks) {
  for (const char* event : {"pull_request_target", "workflow_run", "issue_comment"}) {
    EXPECT_FALSE(check_trust(detect(github(event), "{not JSON"))) << event;
    EXPECT_FALSE(check_trust(detect(github(event), "[]"))) << event;
  }
  Environment environment = github("pull_request_target");
  environment.erase("GITHUB_EVENT_PATH");
  EXPECT_FALSE(check_trust(detect(environment)));
  environment["GITHUB_EVENT_PATH"] = "/elsewhere";
  EXPECT_FALSE(check_trust(detect(environment)));
}

TEST(Ci, TheRepositorysOwnCodeRunsWithRights) {
  EXPECT_TRUE(check_trust(detect(github("pull_request_target"), pull_request(R"({"full_name":"o/r"})"))));
  EXPECT_TRUE(check_trust(
      detect(github("workflow_run"), R"({"workflow_run":{"head_repository":{"full_name":"o/r"}}})")));
  EXPECT_TRUE(check_trust(detect(github("push"), R"({"ref":"refs/heads/main"})")));
  EXPECT_TRUE(check_trust(detect(github("issue_comment"), R"({"issue":{"number":5}})"))) << "of an issue";
}

TEST(Ci, OddEventsAreNotesAndNoPullRequest) {
  for (const char* event :
       {"", "{", "[1]", R"({"pull_request":{"number":-5}})", R"({"pull_request":{"number":"5"}})",
        R"({"pull_request":{"head":[],"number":0}})"}) {
    const Ci ci = detect(github("pull_request"), event);
    EXPECT_FALSE(ci.pull_request) << event;
    EXPECT_THAT(ci.notes, SizeIs(1)) << event;
  }
  for (const char* event : {"{}", R"({"pull_request":7})", R"({"check_suite":{"pull_requests":7}})"}) {
    const Ci ci = detect(github("pull_request"), event);
    EXPECT_FALSE(ci.pull_request) << event;
  }
  const Ci odd = detect(github("pull_request"),
                        R"({"pull_request":{"number":5,"head":{"sha":"zz","ref":[]},"base":"main"}})");
  ASSERT_TRUE(odd.pull_request);
  EXPECT_TRUE(odd.pull_request->head.is_none());
  EXPECT_TRUE(odd.pull_request->is_fork) << "nobody tells";
  EXPECT_THAT(odd.notes, IsEmpty());
}

TEST(Ci, CheckSuitesListTheirPullRequests) {
  const Ci ci = detect(github("check_suite"), R"({"check_suite":{"pull_requests":[{"number":9}]}})");
  ASSERT_TRUE(ci.pull_request);
  EXPECT_EQ(ci.pull_request->number, 9u);
  EXPECT_FALSE(ci.pull_request->is_fork);
}

TEST(Ci, GitLabsMergeRequests) {
  Environment environment{{"GITLAB_CI", "true"},
                          {"CI_API_V4_URL", "https://gl.example/api/v4"},
                          {"CI_PROJECT_PATH", "g/p"},
                          {"CI_PIPELINE_SOURCE", "merge_request_event"},
                          {"CI_COMMIT_SHA", kHead},
                          {"CI_MERGE_REQUEST_IID", "3"},
                          {"CI_MERGE_REQUEST_PROJECT_PATH", "g/p"},
                          {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "g/p"}};
  const Ci own = detect(environment);
  EXPECT_EQ(own.forge, Forge::gitlab);
  ASSERT_TRUE(own.pull_request);
  EXPECT_EQ(own.pull_request->number, 3u);
  EXPECT_EQ(own.pull_request->head.hex(), kHead);
  EXPECT_TRUE(check_trust(own));
  environment["CI_MERGE_REQUEST_SOURCE_PROJECT_PATH"] = "evil/p";
  EXPECT_FALSE(check_trust(detect(environment))) << "run here, by a member";
  environment["CI_PROJECT_PATH"] = "evil/p";
  EXPECT_TRUE(check_trust(detect(environment))) << "run in the fork";
}

TEST(Ci, JenkinsAndAzure) {
  const Ci jenkins =
      detect({{"JENKINS_URL", "https://j.example/"}, {"CHANGE_ID", "12"}, {"CHANGE_TARGET", "main"}});
  EXPECT_EQ(jenkins.forge, Forge::jenkins);
  ASSERT_TRUE(jenkins.pull_request);
  EXPECT_EQ(jenkins.pull_request->number, 12u);
  const Ci azure = detect({{"TF_BUILD", "True"},
                           {"SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "8"},
                           {"SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"},
                           {"SYSTEM_PULLREQUEST_ISFORK", "True"}});
  EXPECT_EQ(azure.forge, Forge::azure);
  ASSERT_TRUE(azure.pull_request);
  EXPECT_EQ(azure.pull_request->base_branch, "main");
  EXPECT_TRUE(azure.pull_request->is_fork);
}

TEST(Ci, AUrlThatIsNoneIsNotTaken) {
  Environment environment = github("push");
  environment["GITHUB_API_URL"] = "file:///etc";
  EXPECT_EQ(detect(environment).api_url, "https://api.github.com");
}

TEST(Ci, AStopTakesTwiceTheGraceAndIsOverBeforeTheJobIsKilled) {
  EXPECT_LE(*longest_grace(Forge::github) * 2, std::chrono::milliseconds(7500));
  EXPECT_LE(*longest_grace(Forge::gitlab) * 2, std::chrono::seconds(8));
  EXPECT_FALSE(longest_grace(Forge::none));
}

}  // namespace
}  // namespace fleet::forge
