#include "forge/rest_client.h"

#include <gmock/gmock.h>

#include "forge/github_summary.h"

namespace fleet::forge {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kNow = 1'790'000'000;

TEST(RestClient, WaitsAsItIsTold) {
  EXPECT_EQ(wait_of(403, {{"retry-after", "7"}}, "", 0, kNow), seconds(7));
  EXPECT_EQ(wait_of(429, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1790000030"}}, "", 0, kNow),
            seconds(31));
  EXPECT_EQ(wait_of(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1"}}, "", 0, kNow),
            seconds(0));
  EXPECT_EQ(wait_of(403, {}, "You have exceeded a secondary rate limit.", 1, kNow), seconds(120));
  EXPECT_EQ(wait_of(429, {{"retry-after", "soon"}}, "", 0, kNow), seconds(60));
  EXPECT_EQ(wait_of(502, {}, "", 2, kNow), seconds(4));
  EXPECT_EQ(wait_of(429, {{"retry-after", "99999999999"}}, "", 0, kNow), seconds(86'400));
}

TEST(RestClient, DoesNotWaitForARightThatItHasNot) {
  const std::string message = "Resource not accessible by integration";
  EXPECT_EQ(wait_of(403, {{"x-ratelimit-remaining", "4999"}}, message, 0, kNow), std::nullopt);
  EXPECT_EQ(wait_of(404, {}, "Not Found", 0, kNow), std::nullopt);
  EXPECT_EQ(wait_of(422, {}, "Validation Failed", 0, kNow), std::nullopt);
}

TEST(RestClient, FindsTheNextPage) {
  EXPECT_EQ(next_page(R"(<https://h/a?page=1>; rel="prev", <https://h/a?page=3>; rel="next")"),
            "https://h/a?page=3");
  EXPECT_EQ(next_page(R"(<https://h/a?page=3>; rel="next", <https://h/a?page=9>; rel="last")"),
            "https://h/a?page=3");
  EXPECT_EQ(next_page(R"(<https://h/a?page=9>; rel="last")"), "");
  for (const char* odd : {"", "<", ">", "<>", "rel=\"next\"", "><; rel=\"next\""})
    EXPECT_EQ(next_page(odd), "") << odd;
}

TEST(GithubSummary, NothingEndsTheMarkerButItself) {
  Ci ci;
  ci.workflow = "CI --> <b>";
  ci.job = "build\nx";
  const std::string marker = summary_marker(ci, "a--b");
  EXPECT_EQ(marker, "<!-- fleet:summary workflow=CI%20%2D%2D%3E%20%3Cb%3E job=build%0Ax key=a%2D%2Db -->");
  EXPECT_NE(summary_marker(ci, "a"), summary_marker(ci, "b"));
}

}  // namespace
}  // namespace fleet::forge
