#include "agents/plugin.h"

#include <gmock/gmock.h>

#include "agents/cli_program.h"

namespace fleet::agents {
namespace {

using model::AgentFailure;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHello = R"({"type":"hello","protocol":1,"name":"mine","version":"2"})"
                           "\n";

struct PluginRead {
  CliReport report;
  std::string shown;
};

PluginRead read_plugin(const std::string& printed) {
  const auto reader = kPlugin.make_reader();
  PluginRead read;
  for (const char byte : printed)
    read.shown += reader->feed({&byte, 1});
  read.shown += reader->finish();
  read.report = reader->report();
  return read;
}

TEST(Plugin, AsksWithTheVersionsThatFleetSpeaks) {
  EXPECT_EQ(Json::parse(describe_request()), (Json{{"type", "describe"}, {"protocol", {1}}}));
  const std::string request = run_request({"Do \"it\"\nwell. \xff", "small", 3});
  EXPECT_EQ(request.find('\n'), request.size() - 1) << "one line";
  const Json run = Json::parse(request);
  EXPECT_EQ(run["prompt"], "Do \"it\"\nwell. \uFFFD");
  EXPECT_EQ(run["model"], "small");
  EXPECT_EQ(run["turns"], 3);
  EXPECT_FALSE(Json::parse(run_request({"x", {}, {}})).contains("model"));
}

TEST(Plugin, ReadsWhatCameOfIt) {
  const auto read =
      read_plugin(kHello + R"({"type":"progress","text":"reading"})" + "\n" +
                  R"({"type":"news","text":"of a later version"})" + "\n" +
                  R"({"type":"result","status":"done","summary":"All done.","model":"m-1","turns":4,)" +
                  R"("cost_usd":0.5,"usage":{"input_tokens":10,"cached_tokens":3,"output_tokens":2}})");
  EXPECT_TRUE(read.report.ended);
  EXPECT_EQ(read.report.error, "");
  EXPECT_EQ(read.report.summary, "All done.");
  EXPECT_EQ(read.report.model, "m-1");
  EXPECT_EQ(read.report.turns, 4);
  EXPECT_EQ(read.report.cost.usd, 0.5);
  ASSERT_TRUE(read.report.cost.tokens);
  EXPECT_EQ(*read.report.cost.tokens, (model::Tokens{10, 3, 0, 2}));
  EXPECT_EQ(read.shown, "mine 2\nreading\n");
}

TEST(Plugin, TellsFailuresApartByItsWord) {
  const auto limited = read_plugin(
      kHello +
      R"({"type":"result","status":"failed","reason":"429","failure":"rate-limit","retry_after":30})" + "\n" +
      R"({"type":"result","status":"done"})");
  EXPECT_EQ(limited.report.failure, AgentFailure::rate_limit);
  EXPECT_EQ(limited.report.retry_after, std::chrono::seconds(30));
  EXPECT_EQ(limited.report.error, "429") << "what comes after a result changes nothing";
  const auto work =
      read_plugin(kHello + R"({"type":"result","status":"failed","failure":"boredom","retry_after":1e300})");
  EXPECT_EQ(work.report.failure, std::nullopt);
  EXPECT_EQ(work.report.error, "it gave no reason");
  EXPECT_LE(*work.report.retry_after, std::chrono::seconds(1'000'000));
}

TEST(Plugin, OneOfAnotherProtocolIsNotUnderstood) {
  const auto later = read_plugin(R"({"type":"hello","protocol":2})"
                                 "\n"
                                 R"({"type":"result","status":"done"})");
  EXPECT_FALSE(later.report.ended);
  EXPECT_EQ(later.report.failure, AgentFailure::nonsense);
  EXPECT_THAT(later.report.error, HasSubstr("version 2 of the protocol, and this fleet version 1"));
  EXPECT_THAT(read_plugin(R"({"type":"result","status":"done"})").report.error, HasSubstr("no `hello`"));
  EXPECT_THAT(read_plugin(kHello + R"({"type":"result","status":"great"})").report.error,
              HasSubstr("`great`"));
  EXPECT_FALSE(read_plugin(kHello).report.ended);
  EXPECT_FALSE(read_plugin("hello\n").report.ended);
}

TEST(PluginCheck, NothingIsWrongWithWhatIsByTheProtocol) {
  const std::string result =
      R"({"type":"result","status":"failed","reason":"x","failure":"quota","retry_after":3})"
      "\n";
  EXPECT_THAT(check_answer(kHello, PluginAnswer::description), IsEmpty());
  EXPECT_THAT(
      check_answer(kHello + R"({"type":"progress","text":"a"})" + "\n" + result, PluginAnswer::result),
      IsEmpty());
  EXPECT_THAT(check_answer(kHello, PluginAnswer::refusal), IsEmpty());
  EXPECT_THAT(check_answer("", PluginAnswer::refusal), IsEmpty());
}

TEST(PluginCheck, SaysWhatIsWrongAndWhere) {
  const auto faults = [](const std::string& printed, PluginAnswer wanted) {
    return check_answer(printed, wanted);
  };
  EXPECT_THAT(faults("", PluginAnswer::description), ElementsAre("it never said `hello`"));
  EXPECT_THAT(faults(kHello, PluginAnswer::result), ElementsAre("it ended without a `result`"));
  EXPECT_THAT(faults("Loading\n" + kHello, PluginAnswer::description),
              ElementsAre("line 1 is no JSON object: `Loading`; what is for people goes to stderr"));
  EXPECT_THAT(faults(R"({"type":"hello","protocol":3,"name":1})", PluginAnswer::description),
              ElementsAre("its last line has no end", HasSubstr("version 3"), "line 1 has no `name`",
                          "line 1 has no `version`"));
  EXPECT_THAT(
      faults(kHello + R"({"type":"result","status":"ok","failure":"x","cost_usd":-1})" + "\n" + kHello,
             PluginAnswer::result),
      ElementsAre("line 2 has the `status` `ok`, neither done nor failed",
                  "line 2 has a `failure` that is not known",
                  "line 2 has a `cost_usd` that is no number from 0",
                  "line 3 comes after its `result`, which is the last", "line 3 says `hello` once more"));
  EXPECT_THAT(faults(kHello + R"({"type":"progress"})" + "\n", PluginAnswer::description),
              ElementsAre("line 2 is `progress`, where nothing was to be done", "line 2 has no `text`"));
  EXPECT_THAT(faults(R"({"type":"hello","protocol":1000000,"name":"a","version":"b"})"
                     "\n"
                     R"({"type":"result","status":"done"})"
                     "\n",
                     PluginAnswer::refusal),
              ElementsAre("line 1 does not name a version that the plugin speaks", HasSubstr("cannot know")));
}

}  // namespace
}  // namespace fleet::agents
