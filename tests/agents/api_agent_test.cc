#include "agents/api_agent_fixture.h"

namespace fleet::agents {
namespace {

TEST_F(ApiAgentTest, ReadsEditsAndFinishes) {
  answers_ = {
      turn("I look first.", {call("read_file", {{"path", "src/a.ts"}}, "c1")}),
      turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "two"}, {"new_text", "TWO"}}, "c2"),
                call("write_file", {{"path", "src/new.ts"}, {"text", "new\n"}}, "c3")}),
      turn("", {finish("Two files.")})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::done);
  EXPECT_EQ(end.summary, "Two files.");
  EXPECT_EQ(must(editor_.read("src/a.ts")), "one\nTWO\nthree\n");
  EXPECT_EQ(must(editor_.read("src/new.ts")), "new\n");

  ASSERT_EQ(requests_.size(), 3U);
  EXPECT_EQ(sent_[0].url, "https://api.anthropic.com/v1/messages");
  EXPECT_THAT(requests_[0]["system"][0]["text"], HasSubstr("Use tabs."));
  EXPECT_THAT(requests_[0]["messages"][0]["content"][0]["text"], HasSubstr("Do it."));
  EXPECT_THAT(requests_[0]["messages"][0]["content"][0]["text"],
              HasSubstr("README.md\nsrc/a.ts\nsrc/b.ts\n"));
  EXPECT_THAT(results(1), ElementsAre("one\ntwo\nthree\n"));
  EXPECT_THAT(results(2), ElementsAre("Edited src/a.ts at line 2.", "Created src/new.ts (4 bytes)."));
  EXPECT_THAT(
      shown_,
      HasSubstr("I look first.\n> read_file src/a.ts\n> edit_file src/a.ts\n> write_file src/new.ts\n"));
  EXPECT_THAT(raw_, Not(HasSubstr("the-key")));
  const model::AgentUse use = *agent_->use();
  EXPECT_EQ(use.turns, 3);
  EXPECT_EQ(use.model, "model-1");
  EXPECT_EQ(use.cost.tokens, (model::Tokens{30, 0, 0, 15}));
  EXPECT_EQ(use.cost.usd, std::nullopt) << "unknown is not free";
}

TEST_F(ApiAgentTest, OneThatSaysNothingMoreHasFinished) {
  answers_ = {turn("", {call("write_file", {{"path", "x"}, {"text", "x"}})}), turn("It is there.", {})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::done);
  EXPECT_EQ(end.summary, "It is there.");
}

TEST_F(ApiAgentTest, MayOnlyTouchWhatItsTaskMay) {
  task_.spec.reads = {{"src/**", {}}};
  task_.spec.writes = {{{"src/a.ts", {}}}};
  answers_ = {turn("", {call("read_file", {{"path", "README.md"}}), call("list_files", Json::object()),
                        call("write_file", {{"path", "src/b.ts"}, {"text", "x"}}),
                        call("delete_file", {{"path", "README.md"}}),
                        call("move_file", {{"from", "src/a.ts"}, {"to", "src/c.ts"}}),
                        call("apply_patch", {{"patch", "--- /dev/null\n+++ b/c\n@@ -0,0 +1 @@\n+x\n"}}),
                        call("search", {{"pattern", "read me"}})}),
              turn("", {finish()})};
  run();
  const auto told = results(1);
  ASSERT_EQ(told.size(), 7U);
  EXPECT_THAT(told[0], HasSubstr("this task may not read it\nhint: it may read: src/**"));
  EXPECT_EQ(told[1], "src/a.ts\nsrc/b.ts\n");
  for (const int i : {2, 3, 4, 5})
    EXPECT_THAT(told[i], HasSubstr("this task may not change it\nhint: it may change: src/a.ts"));
  EXPECT_EQ(told[6], "Found nothing.");
  EXPECT_TRUE(must(editor_.changes()).empty());
}

TEST_F(ApiAgentTest, HostileCallsAreAnswered) {
  std::string many(200'000, 'x');
  answers_ = {turn("", {call("read_file", {{"path", "../../etc/passwd"}}),
                        call("write_file", {{"path", "/etc/cron.d/x"}, {"text", "x"}}),
                        call("write_file", {{"path", ".git/hooks/pre-commit"}, {"text", "x"}}),
                        {"c", "read_file", "{\"path\": \"src/a"},
                        {"c", "read_file", "[]"},
                        {"c", "read_file", ""},
                        {"c", "read_file", R"({"path": 7})"},
                        {"c", "run_shell", R"({"command": "env"})"},
                        {"c", "", "{}"},
                        {"c", "run_check", R"({"number": 1})"},
                        call("search", {{"pattern", "((((("}, {"kind", "regex"}}),
                        call("search", {{"pattern", many}, {"kind", "regex"}}),
                        call("search", {{"pattern", "f($A)"}, {"kind", "structural"}, {"language", "cobol"}}),
                        call("edit_file", {{"path", "src/a.ts"}, {"old_text", ""}, {"new_text", "x"}}),
                        call("read_file", {{"path", std::string("src/\0a", 6)}})}),
              turn("", {finish()})};
  run();
  const auto told = results(1);
  ASSERT_EQ(told.size(), 15U);
  for (const std::string& text : told)
    EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("cannot"), HasSubstr("There is no such check"))) << text;
  for (const Json& block : requests_[1]["messages"].back()["content"])
    EXPECT_EQ(block["is_error"], true);
  EXPECT_TRUE(must(editor_.changes()).empty());
}

TEST_F(ApiAgentTest, AFinishBesideAFailedCallIsNotOneYet) {
  answers_ = {turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "four"}, {"new_text", "x"}}),
                        finish()}),
              turn("", {call("edit_file", {{"path", "src/a.ts"}, {"old_text", "two"}, {"new_text", "x"}}),
                        finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_THAT(results(1)[1], HasSubstr("Not yet"));
  EXPECT_EQ(must(editor_.read("src/a.ts")), "one\nx\nthree\n");
}

TEST_F(ApiAgentTest, AFinishThatWasCutIsNotOneYet) {
  answers_ = {turn("", {{"f", "finish", ""}}),
              turn("", {{"f", "finish", R"({"summary": "a"})"}}, "max_tokens"), turn("", {finish()})};
  EXPECT_EQ(run().verdict, Verdict::done);
  EXPECT_THAT(results(1)[0], HasSubstr("`summary`: it is missing"));
  EXPECT_THAT(results(2)[0], HasSubstr("cut at its limit"));
}

TEST_F(ApiAgentTest, WhatIsBlankIsNotSentBack) {
  answers_ = {turn("\n\n", {call("list_files", Json::object())}), turn("", {finish()})};
  run();
  for (const Json& block : requests_[1]["messages"][1]["content"])
    EXPECT_NE(block["type"], "text");
}

TEST_F(ApiAgentTest, OneThatSaysThatItCannotIsBlocked) {
  answers_ = {turn(
      "", {call("finish", {{"summary", "I tried."}, {"could_not", "there is no such function, the-key"}})})};
  const Finish end = run();
  EXPECT_EQ(end.verdict, Verdict::blocked);
  EXPECT_EQ(end.reason, "coder could not do it: there is no such function, ***");
}

TEST_F(ApiAgentTest, RunsTheChecksOfItsTask) {
  task_.spec.checks.resize(2, model::Command{std::string("true"), {}});
  check_status_ = 3;
  answers_ = {turn("", {call("run_check", {{"number", 2}}), call("run_check", {{"number", 3}})}),
              turn("", {finish()})};
  run();
  EXPECT_THAT(
      results(1),
      ElementsAre("Failed: the check ended with exit 3.\nThe end of its output:\nthe output of check 1",
                  HasSubstr("There is no such check")));
}

}  // namespace
}  // namespace fleet::agents
