#include "agents/cli_agent.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "agents/agent_failure.h"
#include "agents/agent_key.h"
#include "agents/json_lines.h"
#include "agents/prompt.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;
using model::AgentKind;
using model::Tokens;
using model::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string stream_of(const std::string& name) {
  std::ifstream file(std::string(FLEET_SOURCE_DIR) + "/tests/agents/streams/" + name + ".jsonl");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

// A prompt, and the agent that does it.
struct Task {
  explicit Task(AgentKind use) {
    planned.id = planned.spec.id = "task";
    planned.spec.work = model::Prompt{"coder", "Do it.", {}};
    who.use = use;
    who.model = "the-model";
  }
  Assignment assignment() const {
    Assignment assignment{planned, 1, feedback, [](std::string_view text) { return std::string(text); }};
    assignment.agent = "coder";
    assignment.who = &who;
    assignment.key = "the-key";
    assignment.goes_on = goes_on;
    return assignment;
  }
  std::unique_ptr<Agent> agent() const {
    auto made = make_agent(assignment());
    EXPECT_TRUE(made) << (made ? "" : made.error().line());
    return *std::move(made);
  }

  model::PlannedTask planned;
  model::SingleAgent who;
  std::string feedback;
  bool goes_on = false;
};

struct Ended {
  Finish finish;
  model::AgentUse use;
  std::string shown;
  RunProgram run;
};

ProgramEnded exits(int status, std::string tail = {}) {
  ProgramEnded ended;
  ended.end.exit_status = status;
  ended.output_tail = std::move(tail);
  return ended;
}

// The agent's program prints this and ends like that; its output is handed over in pieces of this size.
Ended after(AgentKind use, const std::string& printed, ProgramEnded end = exits(0),
            std::size_t piece = std::string::npos) {
  const Task task(use);
  const auto agent = task.agent();
  Ended ended;
  ended.run = std::get<RunProgram>(agent->next(Begin{}));
  for (std::size_t at = 0; at < printed.size(); at += std::min(piece, printed.size() - at))
    ended.shown += ended.run.reader->feed(std::string_view(printed).substr(at, piece));
  ended.shown += ended.run.reader->finish();
  ended.finish = std::get<Finish>(agent->next(end));
  ended.use = agent->use().value();
  return ended;
}

TEST(CliAgent, ReadsWhatClaudeCodePrints) {
  const Ended ended = after(AgentKind::claude_code, stream_of("claude"));
  EXPECT_EQ(ended.finish.verdict, Verdict::done);
  EXPECT_EQ(ended.finish.summary, "Both files of claude are there.");
  EXPECT_EQ(ended.use.model, "test-model");
  EXPECT_EQ(ended.use.turns, 3);
  EXPECT_FALSE(ended.use.session.empty());
  EXPECT_EQ(ended.use.cost.tokens, (Tokens{2000, 0, 0, 40}));
  EXPECT_GT(ended.use.cost.usd.value_or(0), 0);
  EXPECT_EQ(ended.shown, "> Write claude/one\n> Write claude/two\nBoth files of claude are there.\n");
}

TEST(CliAgent, ReadsWhatCodexPrints) {
  const Ended ended = after(AgentKind::codex, stream_of("codex"));
  EXPECT_EQ(ended.finish.verdict, Verdict::done);
  EXPECT_EQ(ended.finish.summary, "Both files of codex are there.");
  EXPECT_EQ(ended.use.cost.tokens, (Tokens{2000, 0, 0, 40}));
  EXPECT_EQ(ended.use.cost.usd, std::nullopt) << "unknown is not free";
  EXPECT_THAT(ended.shown, HasSubstr("> run /bin/bash -lc 'mkdir codex"));
}

TEST(CliAgent, ReadsWhatGeminiCliPrints) {
  const Ended ended = after(AgentKind::gemini_cli, stream_of("gemini"));
  EXPECT_EQ(ended.finish.verdict, Verdict::done);
  EXPECT_EQ(ended.finish.summary, "Both files of gemini are there.");
  EXPECT_EQ(ended.use.cost.tokens, (Tokens{2000, 0, 0, 40}));
  EXPECT_EQ(ended.shown,
            "> write_file gemini/one\n> write_file gemini/two\nBoth files of gemini are there.\n");
}

TEST(CliAgent, DoesNotDependOnHowTheOutputIsCut) {
  for (const auto& [use, name] :
       {std::pair(AgentKind::claude_code, "claude"), std::pair(AgentKind::codex, "codex"),
        std::pair(AgentKind::gemini_cli, "gemini")}) {
    const std::string printed = stream_of(name);
    const Ended whole = after(use, printed);
    for (const std::size_t piece : {1u, 7u, 100u}) {
      const Ended cut = after(use, printed, exits(0), piece);
      EXPECT_EQ(cut.shown, whole.shown);
      EXPECT_EQ(cut.use.cost, whole.use.cost);
      EXPECT_EQ(cut.finish.summary, whole.finish.summary);
    }
  }
}

// What a program says of its end, and what that means. Its exit status does not tell.
struct EndCase {
  AgentKind use;
  std::string printed;
  int exit_status;
  Verdict verdict;
  std::optional<AgentFailure> failure;
};
TEST(CliAgent, TellsFailuresApart) {
  const std::string result = R"({"type":"result","subtype":"success","is_error":)";
  const std::string retry = R"({"type":"system","subtype":"api_retry","error_status":)";
  const EndCase cases[] = {
      {AgentKind::claude_code, result + R"(false,"result":"fine"})", 0, Verdict::done, {}},
      {AgentKind::claude_code, result + R"(false,"result":"fine"})", 1, Verdict::done, {}},
      {AgentKind::claude_code, result + R"(true,"api_error_status":401,"result":"Invalid API key"})", 0,
       Verdict::blocked, AgentFailure::auth},
      {AgentKind::claude_code, result + R"(true,"api_error_status":529,"result":"x"})", 1, Verdict::failed,
       AgentFailure::overload},
      {AgentKind::claude_code, result + R"(true,"api_error_status":400,"result":"Prompt is too long"})", 1,
       Verdict::blocked, AgentFailure::context_too_long},
      {AgentKind::claude_code,
       result + R"(true,"api_error_status":400,"result":"Your credit balance is too low"})", 1,
       Verdict::blocked, AgentFailure::quota},
      {AgentKind::claude_code,
       retry + R"(429,"error":"rate_limit"})" + "\n" + result + R"(true,"result":"x"})", 1, Verdict::failed,
       AgentFailure::rate_limit},
      {AgentKind::claude_code, R"({"type":"result","subtype":"error_max_turns","is_error":false})", 1,
       Verdict::failed, AgentFailure::turns},
      {AgentKind::claude_code, R"({"type":"result","subtype":"error_max_budget_usd"})", 1, Verdict::blocked,
       AgentFailure::quota},
      {AgentKind::claude_code, "", 0, Verdict::failed, AgentFailure::nonsense},
      {AgentKind::claude_code, "[[[[\n{\"type\":7}\n{", 0, Verdict::failed, AgentFailure::nonsense},
      {AgentKind::codex, R"({"type":"turn.failed","error":{"message":"You exceeded your current quota"}})", 1,
       Verdict::blocked, AgentFailure::quota},
      {AgentKind::codex, R"({"type":"error","message":"stream disconnected before completion"})", 1,
       Verdict::failed, AgentFailure::network},
      {AgentKind::codex,
       "{\"type\":\"error\",\"message\":\"Reconnecting\"}\n{\"type\":\"turn.completed\"}",
       0,
       Verdict::done,
       {}},
      {AgentKind::gemini_cli, "", 41, Verdict::blocked, AgentFailure::auth},
      {AgentKind::gemini_cli, "", 53, Verdict::failed, AgentFailure::turns},
      {AgentKind::gemini_cli,
       R"({"type":"result","status":"error","error":{"message":"[API Error: terminated]"}})", 1,
       Verdict::failed, AgentFailure::network},
      {AgentKind::grok, R"({"type":"end","stopReason":"EndTurn","sessionId":"s"})", 0, Verdict::done, {}},
      {AgentKind::grok, R"({"type":"error","message":"401 Unauthorized"})", 1, Verdict::blocked,
       AgentFailure::auth},
      {AgentKind::grok,
       R"({"type":"max_turns_reached"})"
       "\n"
       R"({"type":"end"})",
       0, Verdict::failed, AgentFailure::turns},
      {AgentKind::opencode, R"({"type":"step_finish","part":{"reason":"stop"}})", 0, Verdict::done, {}},
      {AgentKind::opencode, R"({"type":"step_finish","part":{"reason":"tool-calls"}})", 0, Verdict::failed,
       AgentFailure::nonsense},
      {AgentKind::opencode, R"({"type":"error","error":{"name":"APIError","data":{"message":"Overloaded"}}})",
       0, Verdict::failed, AgentFailure::overload},
      {AgentKind::aider, "Tokens: 1k sent, 20 received.\n", 0, Verdict::done, {}},
      {AgentKind::aider,
       "litellm.RateLimitError: slow down\nTokens: 1k sent, 20 received.\n",
       0,
       Verdict::done,
       {}},
      {AgentKind::claude_code, result + R"(false,"result":"cut \\ud83d here"})", 0, Verdict::done, {}},
      {AgentKind::claude_code,
       result + R"(false,"num_turns":1e300,"total_cost_usd":1e308,"result":"x"})",
       0,
       Verdict::done,
       {}},
      {AgentKind::aider, "litellm.AuthenticationError: invalid x-api-key\n", 0, Verdict::blocked,
       AgentFailure::auth},
  };
  for (const EndCase& each : cases) {
    const Ended ended = after(each.use, each.printed, exits(each.exit_status));
    EXPECT_EQ(ended.finish.verdict, each.verdict) << each.printed;
    EXPECT_EQ(ended.use.failure, each.failure) << each.printed;
    if (each.verdict != Verdict::done) {
      EXPECT_THAT(ended.finish.reason, HasSubstr("coder")) << each.printed;
    }
  }
}

TEST(CliAgent, IsEndedForItsSilenceAndSaysWhatItWasAbout) {
  ProgramEnded silent = exits(0);
  silent.was_silent = true;
  Ended ended = after(AgentKind::gemini_cli, "", silent);
  EXPECT_EQ(ended.finish.verdict, Verdict::failed);
  EXPECT_EQ(ended.use.failure, AgentFailure::silence);
  EXPECT_THAT(ended.finish.reason, HasSubstr("5m"));
  ended = after(AgentKind::gemini_cli, "Attempt 3 failed with status 429. Too Many Requests\n", silent);
  EXPECT_EQ(ended.use.failure, AgentFailure::rate_limit);
  // The agent's own words are no sign of anything.
  const std::string words =
      R"({"type":"message","role":"assistant","content":"Too many requests, unauthorized, quota exceeded"})";
  ended = after(AgentKind::gemini_cli, words + "\n", silent);
  EXPECT_EQ(ended.use.failure, AgentFailure::silence);
}

TEST(CliAgent, ThatIsNotThereSaysHowToGetIt) {
  ProgramEnded ended;
  ended.error = "cannot start codex: there is no such program (searched PATH: /usr/bin)";
  const Ended missing = after(AgentKind::codex, "", ended);
  EXPECT_EQ(missing.finish.verdict, Verdict::blocked);
  EXPECT_EQ(missing.use.failure, AgentFailure::unavailable);
  EXPECT_EQ(missing.finish.reason,
            "coder cannot be run: codex is not on PATH; to get it: npm install -g @openai/codex");
  EXPECT_THAT(missing.finish.feedback, IsEmpty()) << "the next one has nothing to learn from it";
}

TEST(CliAgent, WaitsAsLongAsItIsTold) {
  const std::string printed =
      R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":2000}})"
      "\n"
      R"({"type":"result","subtype":"success","is_error":true,"result":"limit reached"})";
  ProgramEnded ended = exits(1);
  ended.at = TimePoint(std::chrono::seconds(1940));
  const Ended limited = after(AgentKind::claude_code, printed, ended);
  EXPECT_EQ(limited.use.failure, AgentFailure::rate_limit);
  EXPECT_EQ(limited.use.retry_after, Duration(std::chrono::seconds(60)));
}

TEST(CliAgent, NotesWhatItWasNotAllowed) {
  const Ended denied =
      after(AgentKind::claude_code,
            R"({"type":"result","subtype":"success","is_error":false,"result":"I could not",)"
            R"("permission_denials":[{"tool_name":"Bash"}]})");
  EXPECT_EQ(denied.finish.verdict, Verdict::done) << "what it did is for others to judge";
  EXPECT_THAT(denied.finish.notes, ElementsAre("coder was not allowed to use Bash"));
  EXPECT_EQ(denied.use.failure, AgentFailure::denied);
}

TEST(CliAgent, MasksBeforeItCuts) {
  Task task(AgentKind::claude_code);
  Assignment assignment = task.assignment();
  assignment.mask = [](std::string_view text) {
    std::string all(text);
    const std::size_t at = all.find("the-secret-key");
    return at == std::string::npos ? all : all.replace(at, 14, "***");
  };
  const auto agent = make_agent(assignment).value();
  const RunProgram run = std::get<RunProgram>(agent->next(Begin{}));
  const std::string words = std::string(290, 'x') + " the-secret-key";
  static_cast<void>(run.reader->feed(R"({"type":"result","subtype":"success","is_error":false,"result":")" +
                                     words + "\"}\n"));
  const Finish finish = std::get<Finish>(agent->next(exits(0)));
  EXPECT_THAT(finish.summary, HasSubstr("xxx ***"));
  EXPECT_THAT(finish.summary, Not(HasSubstr("the-")));
}

TEST(CliAgent, CountsWhatAnAttemptTookThatIsCutOff) {
  const Task task(AgentKind::claude_code);
  const auto agent = task.agent();
  const RunProgram run = std::get<RunProgram>(agent->next(Begin{}));
  static_cast<void>(run.reader->feed(
      R"({"type":"assistant","message":{"id":"a","content":[],"usage":{"input_tokens":5,"output_tokens":1}}})"
      "\n"
      R"({"type":"assistant","message":{"id":"a","content":[],"usage":{"input_tokens":5,"output_tokens":1}}})"
      "\n"
      R"({"type":"assistant","message":{"id":"b","content":[],"usage":{"input_tokens":7,"output_tokens":2}}})"
      "\n"));
  EXPECT_EQ(agent->use()->cost.tokens, (Tokens{12, 0, 0, 3})) << "a message in several lines counts once";
}

TEST(CliAgent, AddsUpWhatAiderPrints) {
  const Ended ended = after(AgentKind::aider,
                            "Applied edit to a.py\n"
                            "Tokens: 2.3k sent, 1.5k cache write, 1.2k cache hit, 512 received. Cost: $0.01 "
                            "message, $0.01 session.\n"
                            "Tokens: 1k sent, 20 received. Cost: $0.02 message, $0.03 session.");
  EXPECT_EQ(ended.use.cost.tokens, (Tokens{3300, 1200, 1500, 532}));
  EXPECT_EQ(ended.use.cost.usd, 0.03);
  EXPECT_EQ(ended.use.turns, 2);
}

TEST(CliAgent, IsStartedWithItsKeyModelAndTurnsAndThePromptOnStdin) {
  Task task(AgentKind::claude_code);
  task.who.turns = 7;
  task.who.url = "http://localhost:1";
  const RunProgram run = std::get<RunProgram>(task.agent()->next(Begin{}));
  EXPECT_THAT(run.argv, testing::IsSupersetOf({"--model", "the-model", "--max-turns", "7"}));
  EXPECT_EQ(run.env.at("ANTHROPIC_API_KEY"), "the-key");
  EXPECT_EQ(run.env.at("ANTHROPIC_BASE_URL"), "http://localhost:1");
  EXPECT_THAT(run.input, HasSubstr("Do it."));
  for (const std::string& word : run.argv)
    EXPECT_THAT(word, Not(HasSubstr("the-key"))) << "others on the machine can read it there";
}

TEST(CliAgent, IsStartedAsTheUserSays) {
  Task task(AgentKind::gemini_cli);
  task.who.command = {"npx", "-y", "@google/gemini-cli"};
  const RunProgram run = std::get<RunProgram>(task.agent()->next(Begin{}));
  EXPECT_THAT(run.argv, testing::IsSupersetOf({"npx", "-y", "@google/gemini-cli", "--output-format"}));
  EXPECT_EQ(run.argv[0], "npx");
}

TEST(CliAgent, GetsAFileForItsPromptWhereItTakesNoStdin) {
  for (const AgentKind use : {AgentKind::grok, AgentKind::aider}) {
    const RunProgram run = std::get<RunProgram>(Task(use).agent()->next(Begin{}));
    ASSERT_EQ(run.home.size(), 1u);
    EXPECT_THAT(run.argv, testing::Contains("~/" + run.home[0].path));
    EXPECT_THAT(run.home[0].content, HasSubstr("Do it."));
  }
}

TEST(CliAgent, WithoutAWayToItsServerRefusesAUrl) {
  Task task(AgentKind::aider);
  task.who.url = "http://localhost:1";
  EXPECT_FALSE(make_agent(task.assignment()));
}

TEST(AgentKey, IsTheNamedVariableOrTheUsualOne) {
  model::SingleAgent agent;
  agent.use = AgentKind::codex;
  EXPECT_EQ(key_variable(agent), "CODEX_API_KEY");
  agent.key = "MY_KEY";
  EXPECT_EQ(key_variable(agent), "MY_KEY");
  agent = {};
  agent.use = AgentKind::opencode;
  EXPECT_EQ(key_variable(agent), "");
}

TEST(Prompt, SaysByWhatTheWorkIsJudged) {
  Task task(AgentKind::codex);
  task.planned.spec.writes = std::vector<model::Text>{{"src/**", {}}};
  task.planned.spec.expect = std::vector<model::Text>{{"src/new.ts", {}}};
  task.planned.spec.checks = {{"npm test", {}}, {std::vector<std::string>{"npm", "run", "lint"}, {}}};
  const std::string text = write_prompt(task.assignment()).value();
  EXPECT_THAT(text, testing::StartsWith("Do it.\n"));
  for (const char* part : {"  - src/**\n", "  - src/new.ts\n", "  - npm test\n", "  - npm run lint\n"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, Not(HasSubstr("tried before")));
}

TEST(Prompt, TellsWhatBecameOfTheAttemptBefore) {
  Task task(AgentKind::codex);
  task.feedback = "the check failed";
  EXPECT_THAT(write_prompt(task.assignment()).value(),
              HasSubstr("The files are as they were before it. What was wrong:\nthe check failed"));
  task.goes_on = true;
  task.feedback = "first line\n" + std::string(100'000, 'x') + "\nlast line";
  const std::string text = write_prompt(task.assignment()).value();
  EXPECT_THAT(text, HasSubstr("as that attempt left them"));
  EXPECT_THAT(text, HasSubstr("last line"));
  EXPECT_LT(text.size(), 40'000u);
}

TEST(JsonLines, PassOverWhatIsTooLongOrNoJson) {
  std::vector<std::string> objects, others;
  JsonLines lines({[&](const Json& object) { objects.push_back(text_at(object, "a")); },
                   [&](std::string_view line) { others.emplace_back(line.substr(0, 20)); }});
  lines.feed("{\"a\":\"one\"}\r\n\n  \nplain\n{\"a\":\"two\"");
  lines.feed("}\n{\"a\":\"\xff\"}\n[1]\n{\"a\":\"" + std::string(JsonLines::kMaxLine, 'x'));
  lines.feed(std::string(1000, 'x') + "\"}\n{\"a\":\"three\"}");
  lines.finish();
  EXPECT_THAT(objects, ElementsAre("one", "two", "three"));
  EXPECT_THAT(others, ElementsAre("plain", "{\"a\":\"\xff\"}", "[1]", "(a line that is too "));
  others.clear();
  lines.feed("{\"a\":" + std::string(100'000, '[') + "\n{\"a\":\"" + std::string(300, '[') + "\"}\n");
  EXPECT_THAT(others, ElementsAre("(a line that is nest"));
  objects.clear();
  lines.feed(R"({"a":"\\ud83d \ud83d\ude00 \ud83d|\ude00"})"
             "\n");
  EXPECT_THAT(objects, ElementsAre("\\ud83d \xf0\x9f\x98\x80 \xef\xbf\xbd|\xef\xbf\xbd"));
}

TEST(AgentFailure, OfAStatusIsWhatHttpAndTheProvidersSay) {
  EXPECT_EQ(failure_of_status(200), std::nullopt);
  EXPECT_EQ(failure_of_status(401), AgentFailure::auth);
  EXPECT_EQ(failure_of_status(429), AgentFailure::rate_limit);
  EXPECT_EQ(failure_of_status(400), AgentFailure::bad_request);
  EXPECT_EQ(failure_of_status(529), AgentFailure::overload);
}

}  // namespace
}  // namespace fleet::agents
